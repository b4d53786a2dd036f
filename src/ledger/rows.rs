//! Rows: an answer that comes piece by piece, from one state of the ledger.

use super::shared::Shared;
use crate::error::Result;
use crate::index::Catalog;
use crate::query::{self, Names, Query, Stream};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use std::fmt;
use std::sync::Arc;

/// An answer that comes piece by piece. It shows the ledger as it was when the question was put, and keeps it open.
pub struct Rows {
    shared: Arc<Shared>,
    catalog: Arc<Catalog>,
    names: Arc<dyn Names>,
    stream: Stream,
}

impl Rows {
    pub(super) fn new(shared: Arc<Shared>, names: Arc<dyn Names>, query: &Query) -> Result<Self> {
        let catalog = shared.catalog();
        let stream = query::stream(shared.reader(&catalog), query, &*names)?;
        Ok(Self { shared, catalog, names, stream })
    }

    /// The schema of every piece.
    pub fn schema(&self) -> &SchemaRef {
        self.stream.schema()
    }

    fn piece(&mut self) -> Result<Option<RecordBatch>> {
        self.shared.store.usable()?;
        self.stream.next(self.shared.reader(&self.catalog), &*self.names)
    }
}

impl Iterator for Rows {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.piece().transpose()
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("schema", self.schema()).finish_non_exhaustive()
    }
}
