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
type Row<'a> = (&'a str, &'a str, u32, u32);

/// Two functions.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    /// Clauses in which both stand.
    clauses: u32,
    /// Documents that have such a clause.
    documents: u32,
    /// The last of them, plus one.
    last: u32,
}

/// Functions, and for each pair of them the clauses in which both stand and the documents that have such a clause.
#[derive(Debug, Default)]
struct Edges {
    names: Vec<Box<str>>,
    /// Pairs by the numbers of their functions, the smaller first; `side` to a row.
    pairs: Vec<Pair>,
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
            let mut pairs = vec![Pair::default(); side * side];
            for (to, from) in pairs.chunks_mut(side).zip(self.pairs.chunks(self.side.max(1))) {
                to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            }
            (self.pairs, self.side) = (pairs, side);
        }
        self.names.len() - 1
    }

    fn pair(&mut self, a: usize, b: usize) -> Option<&mut Pair> {
        self.pairs.get_mut(a.min(b) * self.side + a.max(b))
    }

    /// Counts a clause of a document; those of one document come together.
    fn count(&mut self, a: usize, b: usize, document: u32) {
        if let Some(pair) = self.pair(a, b) {
            pair.clauses += 1;
            pair.documents += u32::from(pair.last != document + 1);
            pair.last = document + 1;
        }
    }

    /// Both together.
    #[allow(clippy::needless_pass_by_value, reason = "sums are joined by value")]
    fn join(mut self, other: Self) -> Self {
        let numbers: Vec<usize> = other.names.iter().map(|name| self.number(name)).collect();
        for (a, row) in numbers.iter().zip(other.pairs.chunks(other.side.max(1))) {
            for (b, other) in numbers.iter().zip(row) {
                if let Some(pair) = self.pair(*a, *b) {
                    pair.clauses += other.clauses;
                    pair.documents += other.documents;
                }
            }
        }
        self
    }

    /// The pairs that are, by name, the first name before the second.
    fn sorted(&self) -> Vec<Row<'_>> {
        let mut rows = Vec::new();
        for (a, row) in self.names.iter().zip(self.pairs.chunks(self.side.max(1))) {
            for (b, pair) in self.names.iter().zip(row).filter(|(_, pair)| pair.clauses > 0) {
                rows.push((&**a.min(b), &**a.max(b), pair.clauses, pair.documents));
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
        ("clauses", count(|row| i64::from(row.2))),
        ("documents", count(|row| i64::from(row.3))),
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
    let wants: Vec<bool> =
        (0..size).map(|member| functions.is_empty() || functions.contains(members.name(texts, member))).collect();
    let wants = |member: u32| wants.get(member as usize).copied().unwrap_or_default();
    let numbers: Vec<usize> = (0..size).map(|member| edges.number(members.name(texts, member))).collect();
    let number = |member: u32| numbers.get(member as usize).copied().unwrap_or_default();
    let first = view.block.directory.first;
    let mut here: Vec<u32> = Vec::new();
    let mut pair_up = |here: &mut Vec<u32>, document: u32| {
        here.sort_unstable();
        here.dedup();
        let mut rest = here.as_slice();
        while let Some((a, behind)) = rest.split_first() {
            rest = behind;
            for b in behind.iter().filter(|b| wants(*a) || wants(**b)) {
                edges.count(number(*a), number(*b), first + document);
            }
        }
        here.clear();
    };
    // Rows of a clause come together.
    let mut of: Option<(u32, Option<u32>)> = None;
    for hit in hits {
        let clause = (hit.document, clauses.n(hit));
        if let Some((document, _)) = of.filter(|of| *of != clause) {
            pair_up(&mut here, document);
        }
        of = Some(clause);
        let code = texts.codes().get(hit.row as usize).unwrap_or_default();
        here.extend_from_slice(members.of_code(code as usize));
    }
    if let Some((document, _)) = of {
        pair_up(&mut here, document);
    }
    Ok(())
}
