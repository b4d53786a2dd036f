//! Network: which functions stand in the same clauses, counted without making rows.

use super::Names;
use super::resolve::Resolved;
use super::run::blocks;
use super::scan::{View, documents, scan_documents};
use crate::error::Result;
use crate::index::Reader;
use crate::table::Table;
use arrow_array::{ArrayRef, Int64Array, StringArray};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A pair by name, its clauses, its documents.
type Row<'a> = (&'a str, &'a str, u64, u64);

/// Functions, and for each pair of them the clauses in which both stand and the documents that have such a clause.
#[derive(Debug, Default)]
struct Edges {
    names: Vec<Box<str>>,
    /// Pairs by the numbers of their functions, the smaller first; `side` to a row.
    pairs: Vec<(u64, u64)>,
    side: usize,
}

impl Edges {
    /// The number of a function, a new one where it has none.
    fn number(&mut self, name: &str) -> usize {
        if let Some(known) = self.names.iter().position(|known| **known == *name) {
            return known;
        }
        self.names.push(name.into());
        if self.names.len() > self.side {
            let side = self.names.len().next_power_of_two().max(64);
            let mut pairs = vec![(0, 0); side * side];
            for (to, from) in pairs.chunks_mut(side).zip(self.pairs.chunks(self.side.max(1))) {
                to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            }
            (self.pairs, self.side) = (pairs, side);
        }
        self.names.len() - 1
    }

    fn add(&mut self, a: usize, b: usize, clauses: u64, documents: u64) {
        if let Some(sum) = self.pairs.get_mut(a.min(b) * self.side + a.max(b)) {
            *sum = (sum.0 + clauses, sum.1 + documents);
        }
    }

    /// Both together.
    #[allow(clippy::needless_pass_by_value, reason = "sums are joined by value")]
    fn join(mut self, other: Self) -> Self {
        let numbers: Vec<usize> = other.names.iter().map(|name| self.number(name)).collect();
        for (a, row) in numbers.iter().zip(other.pairs.chunks(other.side.max(1))) {
            for (b, (clauses, documents)) in numbers.iter().zip(row) {
                self.add(*a, *b, *clauses, *documents);
            }
        }
        self
    }

    /// The pairs that are, by name, the first name before the second.
    fn sorted(&self) -> Vec<Row<'_>> {
        let mut rows = Vec::new();
        for (a, row) in self.names.iter().zip(self.pairs.chunks(self.side.max(1))) {
            for (b, (clauses, documents)) in self.names.iter().zip(row).filter(|(_, (clauses, _))| *clauses > 0) {
                rows.push((&**a.min(b), &**a.max(b), *clauses, *documents));
            }
        }
        rows.sort_unstable();
        rows
    }
}

/// The pairs of functions that the assignments of a question bring together in a clause. With `functions` only the pairs
/// that have one of them.
pub(super) fn network(
    reader: Reader<'_>,
    question: &Resolved,
    functions: &BTreeSet<String>,
    names: &dyn Names,
) -> Result<Table> {
    let add = |edges: &mut Edges, at: &usize| match reader.catalog().blocks().get(*at) {
        Some(block) => add(edges, &View { reader, block, table: question.table }, question, functions, names),
        None => Ok(()),
    };
    let edges = reader.sum_of(&blocks(reader, question), add, Edges::join)?;
    let rows = edges.sorted();
    let text =
        |name: fn(&Row<'_>) -> Option<String>| Arc::new(rows.iter().map(name).collect::<StringArray>()) as ArrayRef;
    let count = |sum: fn(&Row<'_>) -> i64| Arc::new(Int64Array::from_iter_values(rows.iter().map(sum))) as ArrayRef;
    Table::from_columns(vec![
        ("function_a", text(|row| Some(row.0.to_owned()))),
        ("function_b", text(|row| Some(row.1.to_owned()))),
        ("clauses", count(|row| row.2 as i64)),
        ("documents", count(|row| row.3 as i64)),
    ])
}

/// Adds the pairs of a block.
fn add(
    edges: &mut Edges,
    view: &View<'_>,
    question: &Resolved,
    functions: &BTreeSet<String>,
    names: &dyn Names,
) -> Result<()> {
    let hits = scan_documents(view, question, &documents(view, &question.documents, names)?)?;
    if hits.is_empty() {
        return Ok(());
    }
    let (values, clauses) = (view.need(view.table, "functions")?, view.clauses()?);
    let Some(texts) = values.texts() else { return Ok(()) };
    let members = texts.members();
    let size = members.len();
    let wanted: Vec<bool> = (0..size).map(|at| functions.contains(members.name(texts, at))).collect();
    let wants = |at: u32| functions.is_empty() || wanted.get(at as usize).copied().unwrap_or_default();
    // Clauses, documents, and the last document that was counted plus one, for each pair.
    let mut pairs: Vec<(u32, u32, u32)> = vec![(0, 0, 0); size * size];
    let mut here: Vec<u32> = Vec::new();
    for of_clause in hits.chunk_by(|a, b| clauses.row(*a) == clauses.row(*b)) {
        let Some(document) = of_clause.first().map(|hit| hit.document) else { continue };
        here.clear();
        for hit in of_clause {
            let code = texts.codes().get(hit.row as usize).unwrap_or_default();
            here.extend_from_slice(members.of_code(code as usize));
        }
        here.sort_unstable();
        here.dedup();
        let mut rest = here.as_slice();
        while let Some((a, behind)) = rest.split_first() {
            rest = behind;
            let row = pairs.get_mut(*a as usize * size..(*a as usize + 1) * size).unwrap_or_default();
            for b in behind.iter().filter(|b| wants(*a) || wants(**b)) {
                if let Some((clauses, documents, last)) = row.get_mut(*b as usize) {
                    *clauses += 1;
                    *documents += u32::from(*last != document + 1);
                    *last = document + 1;
                }
            }
        }
    }
    let numbers: Vec<usize> = (0..size).map(|member| edges.number(members.name(texts, member))).collect();
    for (a, row) in numbers.iter().zip(pairs.chunks(size.max(1))) {
        for (b, (clauses, documents, _)) in numbers.iter().zip(row).filter(|(_, (clauses, ..))| *clauses > 0) {
            edges.add(*a, *b, u64::from(*clauses), u64::from(*documents));
        }
    }
    Ok(())
}
