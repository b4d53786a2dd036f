//! Prepare: one source becomes what a commit needs; no writes, so many are prepared side by side.

use super::copies::Print;
use super::load;
use super::metadata;
use super::options::Options;
use super::shared::Shared;
use super::source::{Content, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::index::{Catalog, hex, pack_record};
use crate::record::Document;
use crate::review::{self, Reviewed};
use crate::text::{self, SourceText};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A source, looked at.
pub(super) struct Prepared {
    pub id: String,
    pub file: Option<String>,
    pub sha256: [u8; 32],
    pub found: Found,
}

/// What was found of a source.
pub(super) enum Found {
    /// It cannot be read: a sentence.
    Unreadable(String),
    /// The ledger has it under its id, with the same metadata.
    Known,
    /// The ledger has its bytes under these other ids.
    SameContent(Vec<String>),
    /// It was read.
    Read(Box<ReadText>),
}

/// A source's text and facts.
pub(super) struct ReadText {
    pub text: SourceText,
    pub encoding: String,
    /// The machine's reading, in bytes.
    pub record: Vec<u8>,
    /// That reading as people left it.
    pub document: Reviewed,
    /// What near-copies of it are found by.
    pub print: Arc<Print>,
    /// The user's word on it, that of an earlier ingest where this one says nothing.
    pub metadata: BTreeMap<String, String>,
}

/// Looks at a source. With `read` it is read even where the ledger seems to have it.
pub(super) fn prepare(
    shared: &Shared,
    catalog: &Catalog,
    options: &Options,
    source: &Source,
    read: bool,
) -> Result<Prepared> {
    let file = source.file.as_ref().map(|file| file.to_string_lossy().into_owned());
    let said = metadata::kept(source.metadata.clone());
    let skipped = |reason: String| Prepared {
        id: source.label(),
        file: file.clone(),
        sha256: [0; 32],
        found: Found::Unreadable(reason),
    };
    let (sha256, bytes) = match &source.content {
        Content::Exported { exported, .. } => (exported.sha256, Vec::new()),
        _ => match bytes(source, options.max_bytes) {
            Ok(bytes) => (Sha256::digest(&bytes).into(), bytes),
            Err(reason) => return Ok(skipped(reason)),
        },
    };
    let id = match (&source.id, &file) {
        (Some(id), _) => id.clone(),
        (None, Some(file)) => file.replace('\\', "/"),
        (None, None) => crate::index::hex(&sha256).chars().take(16).collect(),
    };

    let before = match shared.entry(&id)? {
        Some(entry) => Some(shared.head(entry.number)?),
        None => None,
    };
    let done = |found| Prepared { id: id.clone(), file: file.clone(), sha256, found };
    match &before {
        Some(head) if !read && head.sha256 == sha256 && (said.is_empty() || said == head.metadata) => {
            return Ok(done(Found::Known));
        }
        None if !read => {
            let others = shared.with_content(catalog, &sha256)?;
            if !others.is_empty() {
                return Ok(done(Found::SameContent(others)));
            }
        }
        _ => {}
    }

    let read = match &source.content {
        Content::Exported { place, exported } => {
            let size = exported.text.len() as u64;
            if size > options.max_bytes {
                return Err(load::cannot(place, &format!("has a text of {}", too_large(size, options.max_bytes))));
            }
            let text = SourceText::new(exported.text.clone());
            let (document, record) =
                exported.document(&id, &text, &said).map_err(|reason| load::cannot(place, &reason))?;
            Ok((text, exported.encoding.clone(), document, Some(record)))
        }
        _ => text(source, file.as_deref().unwrap_or(&id), bytes).and_then(|(text, encoding)| {
            let document = parsed(options, &text)?;
            Ok((text, encoding.to_owned(), document, None))
        }),
    };
    let (text, encoding, mut document, packed) = match read {
        Ok(read) => read,
        Err(reason) => return Ok(skipped(reason)),
    };
    let metadata = match before {
        Some(head) if said.is_empty() => head.metadata,
        _ => said.clone(),
    };
    // What was read elsewhere knows already what was said of it there.
    let record = match packed {
        Some(packed) if metadata == said => packed,
        _ => {
            metadata::overrule(&mut document, &metadata, &*options.names);
            pack_record(&document)
                .map_err(|reason| Error::new(ErrorKind::Store { doing: format!("keep the record of {id}"), reason }))?
        }
    };
    // What was said of an id holds for whatever comes under it.
    let document = review::apply(document, review::Source { text: &text, sha256: &hex(&sha256) }, &shared.log(&id)?);
    let print = Arc::new(Print::of(&id, &text, &document, &*options.names));
    Ok(done(Found::Read(Box::new(ReadText { text, encoding, record, document, print, metadata }))))
}

/// What a source is, by itself: hash of its bytes, text, encoding, facts; the error is half a sentence.
pub(super) fn read(
    options: &Options,
    source: &Source,
    file: Option<&str>,
) -> Result<([u8; 32], SourceText, &'static str, Document), String> {
    let bytes = bytes(source, options.max_bytes)?;
    let sha256 = Sha256::digest(&bytes).into();
    let (text, encoding) = text(source, file.or(source.id.as_deref()).unwrap_or_default(), bytes)?;
    let document = parsed(options, &text)?;
    Ok((sha256, text, encoding, document))
}

/// The facts of a text. A document that breaks a rule's code costs itself, not the folder it came in.
fn parsed(options: &Options, text: &SourceText) -> Result<Document, String> {
    catch_unwind(AssertUnwindSafe(|| (options.parse)(text)))
        .map_err(|_| "reading it failed; this is a fault of the library, please report it".to_owned())
}

/// The text of a source and the name of its encoding; the error is half a sentence.
fn text(source: &Source, name: &str, bytes: Vec<u8>) -> Result<(SourceText, &'static str), String> {
    let text = match (&source.content, &source.file) {
        (Content::Text(text), _) => text.clone(),
        (Content::Extracted(extract), Some(file)) => {
            drop(bytes);
            extract.text(file)?
        }
        _ => return text::try_read(name, &bytes).map(|read| (read.text, read.encoding.name())),
    };
    text::accept(text).map(|text| (text, "UTF-8"))
}

/// The bytes of a source; the error is half a sentence.
fn bytes(source: &Source, limit: u64) -> Result<Vec<u8>, String> {
    let too_large = |bytes: u64| format!("it has {}", too_large(bytes, limit));
    let bytes = match (&source.content, &source.file) {
        (Content::File | Content::Extracted(_), Some(file)) => {
            let unreadable = |e: std::io::Error| format!("it cannot be read ({e})");
            let size = fs::metadata(file).map_err(unreadable)?.len();
            if size > limit {
                return Err(too_large(size));
            }
            fs::read(file).map_err(unreadable)?
        }
        (Content::File | Content::Extracted(_), None) => return Err("it names no file".to_owned()),
        (Content::Bytes(bytes), _) => bytes.clone(),
        (Content::Text(text), _) => text.clone().into_bytes(),
        (Content::Exported { exported, .. }, _) => exported.text.clone().into_bytes(),
    };
    let size = bytes.len() as u64;
    if size > limit { Err(too_large(size)) } else { Ok(bytes) }
}

fn too_large(bytes: u64, limit: u64) -> String {
    format!("{bytes} bytes, more than the limit of {limit}")
}

/// The sentence for a source that was skipped.
pub(super) fn sentence(label: &str, reason: &str) -> String {
    let kind = ErrorKind::NotADocument { file: label.to_owned(), reason: reason.to_owned() };
    crate::error::Error::new(kind).to_string()
}
