//! Cross: rows, or the different documents that they are of, counted by several things at once; no row is made.

use super::Names;
use super::dimension::{Dimension, Local, Of};
use super::resolve::Resolved;
use super::run::blocks;
use super::scan::{Hit, View, documents, scan_documents};
use super::tally::{DIMENSIONS, Tally};
use crate::error::{Error, Result};
use crate::index::{Bits, Reader};
use crate::table::Table;
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// Where no more than one document in so many is left, its rows are counted themselves.
const FEW: usize = 8;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Counted {
    /// Rows; one with several members of a list counts for each.
    #[default]
    Rows,
    /// The different documents that they are of.
    Documents,
}

/// Counts the rows of a question by these names.
pub(super) fn cross(
    reader: Reader<'_>,
    question: &Resolved,
    by: &[String],
    counted: Counted,
    names: &dyn Names,
) -> Result<Table> {
    let metadata = reader.catalog().metadata();
    if by.is_empty() || by.len() > DIMENSIONS {
        return Err(Error::query(format!("rows are counted by one to {DIMENSIONS} things at once"), Vec::new()));
    }
    let by = by.iter().map(|name| Dimension::new(question.table, name, metadata)).collect::<Result<Vec<_>>>()?;
    if by.iter().enumerate().any(|(at, one)| by.iter().skip(at + 1).any(|other| other == one)) {
        return Err(Error::query("rows are counted by the same thing twice", Vec::new()));
    }
    let add = |tally: &mut Tally, at: &usize| match reader.catalog().blocks().get(*at) {
        Some(block) => add(tally, &View { reader, block, table: question.table }, question, &by, counted, names),
        None => Ok(()),
    };
    reader.sum_of(&blocks(reader, question), add, Tally::join)?.table(&by, "count")
}

/// Adds the counts of a block.
fn add(
    tally: &mut Tally,
    view: &View<'_>,
    question: &Resolved,
    by: &[Dimension],
    counted: Counted,
    names: &dyn Names,
) -> Result<()> {
    let documents = documents(view, &question.documents, names)?;
    if documents.none() {
        return Ok(());
    }
    let locals = by.iter().map(|d| d.of_block(view, &documents, names)).collect::<Result<Vec<_>>>()?;
    let mut cells = Cells::new(&locals, counted);
    let of_rows: Vec<usize> = (0..by.len()).filter(|at| by.get(*at).is_some_and(|d| !d.is_of_document())).collect();
    let whole = question.rows.is_empty() && question.text.is_empty();
    // The one list of the rows' own that they are counted by.
    let list = match of_rows.as_slice() {
        [one] if whole => match (by.get(*one).map(|d| &d.of), locals.get(*one)) {
            (Some(Of::Own(column)), Some(Local::Texts { values, list: true, .. })) => Some((*one, *column, values)),
            _ => None,
        },
        _ => None,
    };
    let few = documents.count() * FEW < documents.len();
    let bases = cells.bases(&locals, &documents);
    if let Some((at, _, values)) = list.filter(|_| few) {
        let (step, starts) = (cells.step(at), view.starts(view.table)?);
        let Some(texts) = values.texts() else { return Ok(()) };
        let members = texts.members();
        let start = |at: u32| starts.get(at as usize).copied().unwrap_or_default() as usize;
        for document in documents.rows() {
            let base = bases.get(document as usize).copied().unwrap_or_default();
            texts.codes().each(start(document)..start(document + 1), |_, code| match members.of_code(code as usize) {
                [] => cells.add(base, document, 1),
                members => members.iter().for_each(|m| cells.add(base + step * (u64::from(*m) + 1), document, 1)),
            });
        }
    } else if let Some((at, column, _)) = list {
        // Members were counted by document before; the rows themselves need no look.
        let Some(spread) = view.reader.spread(view.block, view.table, column)? else { return Ok(()) };
        for member in 0..=spread.len() {
            // Behind the last come the rows without a value.
            let number = if member == spread.len() { 0 } else { member as u64 + 1 };
            let step = cells.step(at) * number;
            spread.each(member, |document, rows| {
                if documents.has(document as usize) {
                    let base = bases.get(document as usize).copied().unwrap_or_default();
                    cells.add(base + step, document, u64::from(rows));
                }
            });
        }
    } else if of_rows.is_empty() && whole {
        let starts = view.starts(view.table)?;
        for document in documents.rows() {
            let start = |at: u32| starts.get(at as usize).copied().unwrap_or_default();
            let rows = start(document + 1).saturating_sub(start(document));
            if rows > 0 {
                cells.add(bases.get(document as usize).copied().unwrap_or_default(), document, u64::from(rows));
            }
        }
    } else {
        let rows: Vec<(&Local, u64)> =
            of_rows.iter().filter_map(|at| Some((locals.get(*at)?, cells.step(*at)))).collect();
        for hit in scan_documents(view, question, &documents)? {
            let base = bases.get(hit.document as usize).copied().unwrap_or_default();
            each_cell(&rows, hit, base, &mut |cell| cells.add(cell, hit.document, 1));
        }
    }
    tally.add(&locals, cells.counts());
    Ok(())
}

/// Calls `each` with every cell that a row counts in.
fn each_cell(dimensions: &[(&Local, u64)], hit: Hit, cell: u64, each: &mut dyn FnMut(u64)) {
    match dimensions.split_first() {
        None => each(cell),
        Some(((local, step), rest)) => {
            local.each(hit, |number| each_cell(rest, hit, cell + step * u64::from(number), each));
        }
    }
}

/// The counts of a block. A cell is the sum of each dimension's number times its step.
struct Cells {
    steps: Vec<u64>,
    sizes: Vec<u64>,
    counted: Counted,
    /// Count, and the last document that was counted plus one.
    dense: Vec<(u32, u32)>,
    sparse: HashMap<u64, (u32, u32), FixedState>,
}

impl Cells {
    fn new(locals: &[Local], counted: Counted) -> Self {
        let sizes: Vec<u64> = locals.iter().map(|local| local.size() as u64).collect();
        let mut steps = Vec::with_capacity(sizes.len());
        let mut all = 1u64;
        for size in &sizes {
            steps.push(all);
            all = all.saturating_mul(*size);
        }
        // Beyond this a table of all cells takes longer to clear than to fill.
        let dense = if all <= 1 << 16 { vec![(0, 0); all as usize] } else { Vec::new() };
        Self { steps, sizes, counted, dense, sparse: HashMap::default() }
    }

    fn step(&self, dimension: usize) -> u64 {
        self.steps.get(dimension).copied().unwrap_or_default()
    }

    /// For each document the part of its cells that all its rows share.
    fn bases(&self, locals: &[Local], documents: &Bits) -> Vec<u64> {
        let mut bases = vec![0; documents.len()];
        for document in documents.rows() {
            let parts = locals
                .iter()
                .zip(&self.steps)
                .map(|(local, step)| local.of_document(document).map_or(0, |number| step * u64::from(number)));
            bases.iter_mut().skip(document as usize).take(1).for_each(|base| *base = parts.clone().sum());
        }
        bases
    }

    fn add(&mut self, cell: u64, document: u32, rows: u64) {
        let place = match self.dense.get_mut(cell as usize) {
            Some(place) => place,
            None => self.sparse.entry(cell).or_default(),
        };
        match self.counted {
            Counted::Rows => place.0 += rows as u32,
            Counted::Documents if place.1 != document + 1 => *place = (place.0 + 1, document + 1),
            Counted::Documents => {}
        }
    }

    fn counts(&self) -> impl Iterator<Item = ([u32; DIMENSIONS], u64)> {
        let dense = self.dense.iter().enumerate().map(|(cell, place)| (cell as u64, *place));
        let all = dense.chain(self.sparse.iter().map(|(cell, place)| (*cell, *place)));
        all.filter(|(_, (count, _))| *count > 0).map(|(cell, (count, _))| {
            let mut numbers = [0; DIMENSIONS];
            for ((number, step), size) in numbers.iter_mut().zip(&self.steps).zip(&self.sizes) {
                *number = (cell / step % size) as u32;
            }
            (numbers, u64::from(count))
        })
    }
}
