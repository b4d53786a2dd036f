//! Sources: files, folders and texts that are to become documents.

use super::exported::Exported;
use super::glob::Glob;
use crate::error::{Error, ErrorKind, Result};
use crate::text::EXTENSIONS;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

/// Where a source's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// In the source's file, read at ingest.
    File,
    /// Here, as a file would hold them.
    Bytes(Vec<u8>),
    /// Here, decoded.
    Text(String),
    /// In the source's file, for another reader to make a text of; the file's own bytes tell whether it changed, and
    /// one that did not is never given to the reader.
    Extracted(Extract),
    /// Here, read elsewhere: text and facts.
    Exported {
        /// Where it stands, for errors.
        place: String,
        /// What was read.
        exported: Box<Exported>,
    },
}

/// A reader of files that this library does not read itself: from a path to a text, or half a sentence why there is none.
/// Called from several threads at once.
#[derive(Clone)]
pub struct Extract(Arc<TextOf>);

type TextOf = dyn Fn(&Path) -> Result<String, String> + Send + Sync;

impl Extract {
    /// A reader that is a function.
    pub fn new(read: impl Fn(&Path) -> Result<String, String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The text of a file.
    pub(super) fn text(&self, file: &Path) -> Result<String, String> {
        (self.0)(file)
    }
}

impl fmt::Debug for Extract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Extract")
    }
}

impl PartialEq for Extract {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Extract {}

/// Something to ingest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Id; without one a file's path, a text's hash.
    pub id: Option<String>,
    /// File as given.
    pub file: Option<PathBuf>,
    /// The bytes.
    pub content: Content,
    /// What the user says of it: column to value.
    pub metadata: BTreeMap<String, String>,
}

impl Source {
    /// A file, read at ingest.
    pub fn file(id: impl Into<String>, file: impl Into<PathBuf>) -> Self {
        Self { id: Some(id.into()), file: Some(file.into()), content: Content::File, metadata: BTreeMap::new() }
    }

    /// A text.
    pub fn text(id: Option<String>, text: impl Into<String>) -> Self {
        Self { id, file: None, content: Content::Text(text.into()), metadata: BTreeMap::new() }
    }

    /// True where its file is a PDF by name, which needs a reader of its own: see [`Content::Extracted`].
    pub fn is_pdf(&self) -> bool {
        self.content == Content::File && self.file.as_deref().is_some_and(|file| ends(file, &[PDF]))
    }

    /// What a report calls it where it has no id.
    pub(super) fn label(&self) -> String {
        match (&self.id, &self.file) {
            (Some(id), _) => id.clone(),
            (None, Some(file)) => file.display().to_string(),
            (None, None) => "a text without an id".to_owned(),
        }
    }
}

/// The extension of files that are listed for readers outside.
const PDF: &str = "pdf";

/// The documents under a file, a folder (recursive) or a glob (`plans/**/*.txt`), sorted by id.
///
/// An id is the path below the folder (of a glob: below its part without wildcards), with `/`, in NFC; a file's id is
/// its name. Files of other types and hidden ones are left out, except one that is named itself.
pub fn sources(path: &str) -> Result<Vec<Source>> {
    let plain = Path::new(path);
    let kind = match fs::metadata(plain) {
        Ok(kind) => kind,
        Err(_) if Glob::is_one(path) => {
            let (base, glob) = Glob::split(path);
            let mut found = folder(&base)?;
            found.retain(|source| source.id.as_deref().is_some_and(|id| glob.matches(id)));
            return Ok(found);
        }
        Err(e) => return Err(unreadable(plain, &e)),
    };
    if kind.is_dir() {
        return folder(plain);
    }
    let name = plain.file_name().unwrap_or(plain.as_os_str()).to_string_lossy();
    Ok(vec![Source::file(name.nfc().collect::<String>(), plain)])
}

fn folder(base: &Path) -> Result<Vec<Source>> {
    let mut files = Vec::new();
    let mut open = vec![base.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(|e| unreadable(&folder, &e))? {
            let entry = entry.map_err(|e| unreadable(&folder, &e))?;
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            // A link to a folder could lead in a circle; a link to a file cannot.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(path);
            } else if (ends(&path, &EXTENSIONS) || ends(&path, &[PDF])) && path.is_file() {
                files.push(Source::file(id_below(base, &path), path));
            }
        }
    }
    files.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(files)
}

fn ends(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|ending| extensions.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

fn id_below(base: &Path, path: &Path) -> String {
    let below = path.strip_prefix(base).unwrap_or(path);
    let parts: Vec<String> = below.components().map(|c| c.as_os_str().to_string_lossy().nfc().collect()).collect();
    parts.join("/")
}

pub(super) fn unreadable(file: &Path, error: &io::Error) -> Error {
    Error::new(ErrorKind::Unreadable { file: file.to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(path: &Path) -> Vec<String> {
        sources(path.to_str().unwrap()).unwrap().into_iter().filter_map(|s| s.id).collect()
    }

    #[test]
    fn a_folder_a_glob_and_a_file_give_ids() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path();
        fs::create_dir_all(base.join("广东/江门")).unwrap();
        for file in ["b.txt", "a.md", "广东/江门/c.TXT", "广东/d.txt", "广东/e.PDF", "skip.csv", ".hidden.txt"]
        {
            fs::write(base.join(file), "x").unwrap();
        }
        assert_eq!(ids(base), ["a.md", "b.txt", "广东/d.txt", "广东/e.PDF", "广东/江门/c.TXT"]);
        assert_eq!(ids(&base.join("*.txt")), ["b.txt"]);
        assert_eq!(ids(&base.join("**/*.txt")), ["b.txt", "广东/d.txt"]);
        assert_eq!(ids(&base.join("广东/*/*")), ["江门/c.TXT"]);
        let found = sources(base.join("广东").to_str().unwrap()).unwrap();
        assert_eq!(found.iter().map(Source::is_pdf).collect::<Vec<_>>(), [false, true, false]);
        assert_eq!(ids(&base.join("skip.csv")), ["skip.csv"], "a file that is named is meant");
        let error = sources(base.join("none").to_str().unwrap()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unreadable { .. }));
    }
}
