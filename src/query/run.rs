//! Run: a resolved question over all blocks, side by side, and the rows in their order.

use super::Names;
use super::answer::answer;
use super::resolve::{Resolved, Wanted};
use super::scan::{Hit, View, count_rows, scan};
use crate::error::Result;
use crate::index::{Block, Reader};
use crate::table::{Table, TableName, of_arrow};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema, SchemaRef};
use std::sync::Arc;

/// Rows of a batch where rows of several blocks are mixed.
const BATCH: usize = 1 << 16;

/// Rows of one document: where they are, and the id that orders them.
struct Run {
    id: String,
    block: usize,
    hits: std::ops::Range<usize>,
}

/// The answer.
pub(super) fn run(reader: Reader<'_>, question: &Resolved, names: &dyn Names) -> Result<Table> {
    let schema = schema(&question.columns);
    let blocks = reader.catalog().blocks();
    let hits = reader.each_block(|block| scan(reader, block, question, names))?;
    let mut runs = runs(reader, &hits)?;
    let in_order = runs.is_sorted_by(|a, b| a.id <= b.id);
    if !in_order {
        runs.sort_by(|a, b| a.id.cmp(&b.id));
    }
    if question.order.is_empty() {
        cut(&mut runs, question.limit);
    }

    // Each block builds the rows that are left, in the order of the runs; `placed` says where they came to lie.
    let mut rows: Vec<Vec<Hit>> = vec![Vec::new(); blocks.len()];
    let mut placed = Vec::with_capacity(runs.len());
    for run in &runs {
        let (Some(to), Some(from)) = (rows.get_mut(run.block), hits.get(run.block)) else { continue };
        placed.push((run.block, to.len()..to.len() + run.hits.len()));
        to.extend_from_slice(from.get(run.hits.clone()).unwrap_or_default());
    }
    let batches = reader.each_block_with(&rows, |block, rows| {
        answer(&View { reader, block, table: question.table }, &schema, &question.columns, rows)
    })?;
    let batches = if in_order {
        batches.into_iter().filter(|b| b.num_rows() > 0).collect()
    } else {
        mix(&schema, &batches, &placed)?
    };
    ordered(Table::new(schema, batches), question)
}

/// The number of rows of the answer.
pub(super) fn count(reader: Reader<'_>, question: &Resolved, names: &dyn Names) -> Result<u64> {
    let rows: u64 = reader.each_block(|block| count_rows(reader, block, question, names))?.into_iter().sum();
    Ok(question.limit.map_or(rows, |limit| rows.min(limit as u64)))
}

fn schema(columns: &[Wanted]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(|c| Field::new(c.name(), c.kind().arrow(), true)).collect::<Vec<_>>()))
}

fn runs(reader: Reader<'_>, hits: &[Vec<Hit>]) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    for (at, (block, hits)) in reader.catalog().blocks().iter().zip(hits).enumerate() {
        if hits.is_empty() {
            continue;
        }
        let ids = ids(reader, block)?;
        let mut from = 0;
        for same in hits.chunk_by(|a, b| a.document == b.document) {
            let document = same.first().map_or(0, |hit| hit.document as usize);
            let id = ids.text(document).unwrap_or_default().to_owned();
            runs.push(Run { id, block: at, hits: from..from + same.len() });
            from += same.len();
        }
    }
    Ok(runs)
}

fn ids(reader: Reader<'_>, block: &Block) -> Result<Arc<crate::index::Values>> {
    View { reader, block, table: TableName::Documents }.need(TableName::Documents, "id")
}

/// Leaves so many rows.
fn cut(runs: &mut Vec<Run>, limit: Option<usize>) {
    let Some(mut left) = limit else { return };
    runs.retain_mut(|run| {
        run.hits.end = run.hits.end.min(run.hits.start + left);
        left -= run.hits.len();
        !run.hits.is_empty()
    });
}

/// Batches in another order of rows than that of their blocks.
fn mix(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    placed: &[(usize, std::ops::Range<usize>)],
) -> Result<Vec<RecordBatch>> {
    let rows: Vec<(usize, usize)> =
        placed.iter().flat_map(|(block, rows)| rows.clone().map(move |row| (*block, row))).collect();
    let mix = |rows: &[(usize, usize)]| -> Result<RecordBatch> {
        let columns = (0..schema.fields().len()).map(|at| {
            let arrays: Vec<&dyn arrow_array::Array> = batches.iter().map(|b| &**b.column(at)).collect();
            arrow_select::interleave::interleave(&arrays, rows).map_err(of_arrow)
        });
        let columns = columns.collect::<Result<Vec<ArrayRef>>>()?;
        let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows.len()));
        RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options).map_err(of_arrow)
    };
    rows.chunks(BATCH).map(mix).collect()
}

/// Orders as the question says, then leaves the rows and columns that it wants.
fn ordered(table: Table, question: &Resolved) -> Result<Table> {
    if question.order.is_empty() {
        return Ok(table);
    }
    let by: Vec<(&str, bool)> = question.order.iter().map(|(name, down)| (name.as_str(), *down)).collect();
    let table = table.sort(&by)?;
    let table = question.limit.map_or_else(|| table.clone(), |limit| table.head(limit));
    let shown: Vec<&str> = question.columns.iter().take(question.shown).map(Wanted::name).collect();
    table.select(&shown)
}
