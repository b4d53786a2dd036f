//! Network: which functions stand in the same clauses, counted without making rows.

use super::Names;
use super::resolve::Resolved;
use super::run::blocks;
use super::scan::{View, documents, scan_documents};
use crate::error::Result;
use crate::index::Reader;
use crate::table::Table;
use arrow_array::{ArrayRef, Int64Array, StringArray};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Pairs of functions, the first before the second: clauses in which both stand, and documents that have such a clause.
type Edges = BTreeMap<(Box<str>, Box<str>), (u64, u64)>;

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
    let join = |a: Edges, b: Edges| {
        let (mut to, from) = if a.len() < b.len() { (b, a) } else { (a, b) };
        for (edge, (clauses, documents)) in from {
            let sum = to.entry(edge).or_default();
            *sum = (sum.0 + clauses, sum.1 + documents);
        }
        to
    };
    let edges = reader.sum_of(&blocks(reader, question), add, join)?;
    let text = |get: fn(&(Box<str>, Box<str>)) -> &str| -> ArrayRef {
        Arc::new(edges.keys().map(|edge| Some(get(edge))).collect::<StringArray>())
    };
    let count = |get: fn(&(u64, u64)) -> u64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(edges.values().map(|sums| get(sums) as i64)))
    };
    Table::from_columns(vec![
        ("function_a", text(|(a, _)| a)),
        ("function_b", text(|(_, b)| b)),
        ("clauses", count(|(clauses, _)| *clauses)),
        ("documents", count(|(_, documents)| *documents)),
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
    for (at, (clauses, documents, _)) in pairs.into_iter().enumerate().filter(|(_, (clauses, ..))| *clauses > 0) {
        let name = |member: usize| Box::from(members.name(texts, member));
        let sum = edges.entry((name(at / size), name(at % size))).or_default();
        *sum = (sum.0 + u64::from(clauses), sum.1 + u64::from(documents));
    }
    Ok(())
}
