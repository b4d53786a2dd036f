//! Sources: files, folders and texts that are to become documents.

use crate::Result;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Where a source's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// In the source's file, read at ingest.
    File,
    /// Here, as a file would hold them.
    Bytes(Vec<u8>),
    /// Here, decoded.
    Text(String),
}

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
}

/// The documents under a file, a folder (recursive) or a glob (`plans/**/*.txt`), sorted by id.
///
/// An id is the path below the folder (of a glob: below its part without wildcards), with `/`, in NFC; a file's id is
/// its name. Files of other types are left out, except one that is named itself.
pub fn sources(_path: &str) -> Result<Vec<Source>> {
    Ok(Vec::new())
}

/// A table of metadata: rows that describe documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows, one value a column; empty values say nothing.
    pub rows: Vec<Vec<Option<String>>>,
}

impl Metadata {
    /// Reads a CSV file's bytes, its first line the column names.
    pub fn from_csv(_bytes: &[u8]) -> Result<Self> {
        Ok(Self::default())
    }

    /// Gives each source the row that its `id` or `file` column names (a path's end is enough). Returns a sentence for
    /// each row that fits no source.
    pub fn apply(&self, _sources: &mut [Source]) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}
