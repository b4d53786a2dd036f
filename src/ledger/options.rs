//! How a ledger is opened: what reads documents, what knows names, and how large things may get.

use crate::index::Reading;
use crate::query::Names;
use crate::record::Document;
use crate::text::SourceText;
use std::fmt;
use std::sync::Arc;

/// Reads a text into a document.
pub type Parse = fn(&SourceText) -> Document;

/// How a ledger is opened.
#[derive(Clone)]
pub struct Options {
    /// Make the ledger where there is none.
    pub create: bool,
    /// Only as a published ledger, which nobody writes to, or never as one; `None` takes what is there.
    pub read_only: Option<bool>,
    /// Reads a text into a document.
    pub parse: Parse,
    /// What `parse` depends on.
    pub reading: Reading,
    /// Resolves the names in questions and metadata.
    pub names: Arc<dyn Names>,
    /// Bytes of the engine's page cache.
    pub engine_cache: u64,
    /// Bytes of decoded columns and texts kept.
    pub cache: usize,
    /// Segment size of a new store; fixed at creation.
    pub segment_size: usize,
    /// Files above so many bytes are skipped.
    pub max_bytes: u64,
}

impl Options {
    /// The usual sizes, creating the ledger where there is none.
    pub fn new(parse: Parse, reading: Reading, names: Arc<dyn Names>) -> Self {
        Self {
            create: true,
            read_only: None,
            parse,
            reading,
            names,
            engine_cache: 16 << 20,
            cache: 256 << 20,
            segment_size: 512 << 10,
            max_bytes: 32 << 20,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("create", &self.create).field("reading", &self.reading).finish_non_exhaustive()
    }
}
