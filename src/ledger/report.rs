//! What an ingest did, and how it tells while it does.

use std::sync::atomic::AtomicBool;

/// What became of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A new document.
    Added,
    /// The same bytes as before.
    Unchanged,
    /// A new version of a document.
    NewVersion,
    /// The same bytes with other metadata.
    Updated,
    /// The same bytes as another document.
    SameContent,
    /// Not readable.
    Skipped,
}

/// How an ingest tells and is told while it runs.
#[derive(Clone, Copy)]
pub struct Progress<'a> {
    /// Called after each source, on the calling thread, with its id, its outcome, and how many are done.
    pub on_document: &'a (dyn Fn(&str, Outcome, usize) + Sync),
    /// Set to stop: what is committed stays, the report says `interrupted`.
    pub cancel: &'a AtomicBool,
}

/// What an ingest did; ids in the order of the sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Ids of new documents.
    pub added: Vec<String>,
    /// Ids of documents whose bytes were known.
    pub unchanged: Vec<String>,
    /// Ids of documents whose bytes changed.
    pub new_versions: Vec<String>,
    /// Ids of documents with the same bytes and other metadata.
    pub updated: Vec<String>,
    /// File or id, and the reason as a sentence.
    pub skipped: Vec<(String, String)>,
    /// Id, and the id of the document that has the same bytes: ingested once.
    pub same_content: Vec<(String, String)>,
    /// Id of a document that was ingested, and the id of the earliest one that it is a near-copy of.
    pub copies: Vec<(String, String)>,
    /// True where the user stopped it; what is listed here is committed.
    pub interrupted: bool,
}

impl Report {
    /// Number of sources that were looked at.
    pub fn len(&self) -> usize {
        self.added.len()
            + self.unchanged.len()
            + self.new_versions.len()
            + self.updated.len()
            + self.skipped.len()
            + self.same_content.len()
    }

    /// True where nothing was looked at.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How work on the ledger as a whole tells and is told while it runs.
#[derive(Clone, Copy)]
pub struct Steps<'a> {
    /// Called now and then, from any thread, with the numbers of documents done and to do.
    pub on_step: &'a (dyn Fn(usize, usize) + Sync),
    /// Set to stop: the ledger stays what it was.
    pub cancel: &'a AtomicBool,
}
