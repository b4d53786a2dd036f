//! Rows: an answer that comes piece by piece, from one state of the ledger.

use super::shared::{Shared, Shown};
use crate::error::Result;
use crate::query::{self, Names, Query, Stream};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use std::fmt;
use std::sync::Arc;

/// An answer that comes piece by piece. It shows the ledger as it was when the question was put, and keeps it
/// open. Compacting the ledger, or reading it again, ends it with an error.
pub struct Rows {
    shared: Arc<Shared>,
    shown: Shown,
    _stream: Arc<()>,
    names: Arc<dyn Names>,
    stream: Stream,
}

impl Rows {
    pub(super) fn new(shared: Arc<Shared>, names: Arc<dyn Names>, query: &Query) -> Result<Self> {
        // Before the state is looked at: none of its blocks may go in between.
        let held = shared.stream();
        let view = shared.catalog();
        let stream = query::stream(shared.reader(&view), query, &*names)?;
        let shown = view.shown();
        drop(view);
        Ok(Self { shared, shown, _stream: held, names, stream })
    }

    /// The schema of every piece.
    pub fn schema(&self) -> &SchemaRef {
        self.stream.schema()
    }

    fn piece(&mut self) -> Result<Option<RecordBatch>> {
        self.shared.store.usable()?;
        let view = self.shared.again(&self.shown)?;
        self.stream.next(self.shared.reader(&view), &*self.names)
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
