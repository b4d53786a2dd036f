//! Ledger: the façade that knows all: open, ingest, remove, query, compare.
//!
//! A ledger is one folder. One process may hold it open, in any number of handles that share one store.

mod embedded;
mod options;
mod report;
mod source;
mod stored;

pub use crate::index::Reading;
pub use embedded::parse;
pub use options::{Options, Parse};
pub use report::{Outcome, Progress, Report};
pub use source::{Content, Metadata, Source, sources};
pub use stored::{Stats, StoredDocument, Version};

use crate::compare::{Comparison, Selection};
use crate::error::ErrorKind;
use crate::query::Query;
use crate::table::Table;
use crate::{Error, Result};
use std::path::Path;

/// A handle on an open ledger.
#[derive(Debug)]
pub struct Ledger {}

fn todo<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Store { doing: "do this".to_owned(), reason: "not built yet".to_owned() }))
}

impl Ledger {
    /// Opens the ledger in a folder, making it where `options` say so. Opening it again in the same process shares the
    /// open store; then only `parse`, `reading` and `names` of the options count.
    pub fn open(_path: impl AsRef<Path>, _options: Options) -> Result<Self> {
        todo()
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        Path::new("")
    }

    /// Reads and commits sources. Metadata of a source wins over its text, differences become notes.
    pub fn ingest(&self, _sources: impl IntoIterator<Item = Source>, _progress: &Progress<'_>) -> Result<Report> {
        todo()
    }

    /// Removes a document from all answers; false where there is none of that id.
    pub fn remove(&self, _id: &str) -> Result<bool> {
        todo()
    }

    /// Number of live documents.
    pub fn documents(&self) -> Result<u64> {
        todo()
    }

    /// Ids of the live documents, sorted.
    pub fn ids(&self) -> Result<Vec<String>> {
        todo()
    }

    /// A document as it is now.
    pub fn document(&self, _id: &str) -> Result<StoredDocument> {
        todo()
    }

    /// A version of a document that is still kept.
    pub fn document_version(&self, _id: &str, _version: u32) -> Result<StoredDocument> {
        todo()
    }

    /// The versions of a document, oldest first.
    pub fn versions(&self, _id: &str) -> Result<Vec<Version>> {
        todo()
    }

    /// Answers a question.
    pub fn query(&self, _query: &Query) -> Result<Table> {
        todo()
    }

    /// Number of rows that answer a question.
    pub fn count(&self, _query: &Query) -> Result<u64> {
        todo()
    }

    /// Governments side by side.
    pub fn compare(&self, _selection: &Selection) -> Result<Comparison> {
        todo()
    }

    /// Sizes and counts.
    pub fn stats(&self) -> Result<Stats> {
        todo()
    }

    /// Reads everything that is stored and compares it; an error names the first fault.
    pub fn check(&self) -> Result<()> {
        todo()
    }

    /// Closes and opens the store so that damage in it cannot go unseen; ingest does so by itself.
    pub fn seal(&self) -> Result<()> {
        todo()
    }

    /// The ledger's reading and this library's, where they differ.
    pub fn reading_differs(&self) -> Result<Option<(Reading, Reading)>> {
        todo()
    }

    /// Closes this handle; the last one closes the store. A closed handle answers with an error.
    pub fn close(&self) -> Result<()> {
        Ok(())
    }
}
