//! A document as the ledger holds it.

use crate::index::Reading;
use crate::record::Document;
use crate::text::SourceText;
use std::collections::BTreeMap;

/// A version of a document: its text, what was read in it, and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDocument {
    /// Id.
    pub id: String,
    /// File as given at ingest.
    pub file: Option<String>,
    /// What spans count in.
    pub text: SourceText,
    /// What was read.
    pub document: Document,
    /// What the user said of it.
    pub metadata: BTreeMap<String, String>,
    /// SHA-256 of the file's bytes, in hex.
    pub sha256: String,
    /// Encoding of the file.
    pub encoding: String,
    /// Version, from 1.
    pub version: u32,
    /// Rules and lexicon that read it.
    pub reading: Reading,
}

/// One version of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Version, from 1.
    pub version: u32,
    /// SHA-256 of the bytes, in hex.
    pub sha256: String,
    /// File as given at ingest.
    pub file: Option<String>,
    /// True for the one that queries see.
    pub current: bool,
}

/// Sizes and counts of a ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Live documents.
    pub documents: u64,
    /// Documents among them that are copies of others.
    pub copies: u64,
    /// Versions kept, live ones included.
    pub versions: u64,
    /// Live rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// Bytes of keys and values ever put into each tree.
    pub tree_bytes: BTreeMap<String, u64>,
    /// Bytes of the ledger's folder.
    pub disk: u64,
    /// Commits since the ledger was made.
    pub generation: u64,
    /// Format version.
    pub format: u32,
    /// Who made the ledger.
    pub created_by: String,
    /// Rules and lexicon of its facts, `None` while it is empty.
    pub reading: Option<Reading>,
}
