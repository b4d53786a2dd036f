//! Prepare: one source becomes what a commit needs; no writes, so many are prepared side by side.

use super::copies::Print;
use super::metadata;
use super::options::Options;
use super::shared::Shared;
use super::source::{Content, Source};
use crate::error::{ErrorKind, Result};
use crate::index::Catalog;
use crate::record::Document;
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
    pub document: Document,
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
    let bytes = match bytes(source, options.max_bytes) {
        Ok(bytes) => bytes,
        Err(reason) => return Ok(skipped(reason)),
    };
    let sha256: [u8; 32] = Sha256::digest(&bytes).into();
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

    let (text, encoding) = match text(source, file.as_deref().unwrap_or(&id), bytes) {
        Ok(read) => read,
        Err(reason) => return Ok(skipped(reason)),
    };
    // A document that breaks a rule's code costs itself, not the folder it came in.
    let Ok(mut document) = catch_unwind(AssertUnwindSafe(|| (options.parse)(&text))) else {
        return Ok(skipped("reading it failed; this is a fault of the library, please report it".to_owned()));
    };
    let metadata = match before {
        Some(head) if said.is_empty() => head.metadata,
        _ => said.clone(),
    };
    metadata::overrule(&mut document, &metadata, &*options.names);
    let print = Arc::new(Print::of(&id, &text, &document, &*options.names));
    let encoding = encoding.to_owned();
    Ok(done(Found::Read(Box::new(ReadText { text, encoding, document, print, metadata }))))
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
    let too_large = |bytes: u64| format!("it has {bytes} bytes, more than the limit of {limit}");
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
    };
    let size = bytes.len() as u64;
    if size > limit { Err(too_large(size)) } else { Ok(bytes) }
}

/// The sentence for a source that was skipped.
pub(super) fn sentence(label: &str, reason: &str) -> String {
    let kind = ErrorKind::NotADocument { file: label.to_owned(), reason: reason.to_owned() };
    crate::error::Error::new(kind).to_string()
}
