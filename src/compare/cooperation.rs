//! Cooperation: which functions are put to work together.
//!
//! In: assignments that a question selects. Out: edges, one row a pair of functions that stand in one part, and nodes.
//! A body without a function stands for itself, by its name. Each part counts once for a pair, however many bodies of
//! a function it names; pairs of one function with itself are none.

use super::column::{Columns, Numbered, at, ints, numbered, runs, texts, words};
use crate::error::Result;
use crate::index::Reader;
use crate::query::{self, Names, Query};
use crate::table::{Table, TableName};
use foldhash::fast::FixedState;
use std::cmp::Reverse;
use std::collections::HashMap;

/// Who works with whom.
#[derive(Debug, Clone)]
pub struct Cooperation {
    /// `a, b, parts, clauses, documents, a_leads, b_leads`: a pair, a before b, and in how many parts they stand together.
    pub edges: Table,
    /// `id, parts, leads, partners`.
    pub nodes: Table,
}

/// How often, in how many clauses and documents; rows come clause by clause, so the last one is all that is remembered.
#[derive(Debug, Default, Clone, Copy)]
struct Edge {
    parts: i64,
    clauses: i64,
    documents: i64,
    leads: [i64; 2],
    /// Row of the clause, and of the document, counted last.
    last: Option<(usize, usize)>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Node {
    parts: i64,
    leads: i64,
    partners: i64,
}

/// The network of the assignments that `question` selects.
pub fn cooperation(reader: Reader<'_>, question: &Query, names: &dyn Names) -> Result<Cooperation> {
    let columns = ["clause", "part", "body", "function", "role"].map(str::to_owned).to_vec();
    let table = query::run(reader, &Query { table: TableName::Assignments, columns, ..question.clone() }, names)?;
    let (clauses, parts) = (words(&table, "clause"), ints(&table, "part"));
    let (bodies, functions, roles) = (words(&table, "body"), texts(&table, "function"), words(&table, "role"));
    // Pairs of numbers are ordered as pairs of names.
    let Numbered { of, values: ids } =
        numbered(functions.iter().zip(&bodies).map(|(function, body)| function.unwrap_or(*body)));

    let mut edges: HashMap<(u32, u32), Edge, FixedState> = HashMap::default();
    let mut nodes: Vec<Node> = vec![Node::default(); ids.len()];
    let mut document = (0, "");
    for run in runs(&clauses).windows(2) {
        let &[from, to] = run else { continue };
        let here = at(&clauses, from).rsplit_once('#').map_or("", |(document, _)| document);
        if here != document.1 {
            document = (from, here);
        }
        let mut members: Vec<(Option<i64>, u32, bool)> =
            (from..to).map(|row| (at(&parts, row), at(&of, row), at(&roles, row) == "lead")).collect();
        members.sort_unstable();
        // True comes behind false: the last mention of a node says whether it leads.
        let same = |a: &(Option<i64>, u32, bool), b: &(Option<i64>, u32, bool)| (a.0, a.1) == (b.0, b.1);
        let mut part: Vec<(Option<i64>, u32, bool)> = Vec::new();
        for run in members.chunk_by(same) {
            part.extend(run.last());
        }
        for part in part.chunk_by(|a, b| a.0 == b.0) {
            for (at, (_, a, a_leads)) in part.iter().enumerate() {
                if let Some(node) = nodes.get_mut(*a as usize) {
                    node.parts += 1;
                    node.leads += i64::from(*a_leads);
                }
                for (_, b, b_leads) in part.iter().skip(at + 1) {
                    edges.entry((*a, *b)).or_default().count(from, document.0, *a_leads, *b_leads);
                }
            }
        }
    }
    let mut edges: Vec<((u32, u32), Edge)> = edges.into_iter().collect();
    for ((a, b), _) in &edges {
        for end in [a, b] {
            if let Some(node) = nodes.get_mut(*end as usize) {
                node.partners += 1;
            }
        }
    }
    edges.sort_unstable_by_key(|(pair, edge)| (Reverse(edge.parts), *pair));
    let mut nodes: Vec<(&str, Node)> = ids.iter().copied().zip(nodes).collect();
    nodes.sort_by_key(|(_, node)| Reverse(node.parts));
    let name = |id: u32| ids.get(id as usize).copied();
    let [a_leads, b_leads] = [0, 1].map(|side| edges.iter().map(move |(_, e)| e.leads.get(side).copied()));
    Ok(Cooperation {
        edges: Columns::default()
            .text("a", edges.iter().map(|((a, _), _)| name(*a)))
            .text("b", edges.iter().map(|((_, b), _)| name(*b)))
            .int("parts", edges.iter().map(|(_, edge)| Some(edge.parts)))
            .int("clauses", edges.iter().map(|(_, edge)| Some(edge.clauses)))
            .int("documents", edges.iter().map(|(_, edge)| Some(edge.documents)))
            .int("a_leads", a_leads)
            .int("b_leads", b_leads)
            .table()?,
        nodes: Columns::default()
            .text("id", nodes.iter().map(|(id, _)| Some(*id)))
            .int("parts", nodes.iter().map(|(_, node)| Some(node.parts)))
            .int("leads", nodes.iter().map(|(_, node)| Some(node.leads)))
            .int("partners", nodes.iter().map(|(_, node)| Some(node.partners)))
            .table()?,
    })
}

impl Edge {
    /// Counts a part of the clause that begins at row `clause`, in the document that begins at row `document`.
    fn count(&mut self, clause: usize, document: usize, a_leads: bool, b_leads: bool) {
        self.parts += 1;
        self.clauses += i64::from(self.last.is_none_or(|(last, _)| last != clause));
        self.documents += i64::from(self.last.is_none_or(|(_, last)| last != document));
        self.last = Some((clause, document));
        let [of_a, of_b] = &mut self.leads;
        *of_a += i64::from(a_leads);
        *of_b += i64::from(b_leads);
    }
}
