//! Cooperation: which functions are put to work together.
//!
//! In: assignments that a question selects. Out: edges, one row a pair of functions that stand in one part, and nodes.
//! A body without a function stands for itself, by its name. Each part counts once for a pair, however many bodies of
//! a function it names; pairs of one function with itself are none.

use super::column::{Columns, at, ints, texts, words};
use crate::error::Result;
use crate::index::Reader;
use crate::query::{self, Names, Query};
use crate::table::{Table, TableName};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Who works with whom.
#[derive(Debug, Clone)]
pub struct Cooperation {
    /// `a, b, parts, clauses, documents, a_leads, b_leads`: a pair, a before b, and in how many parts they stand together.
    pub edges: Table,
    /// `id, parts, leads, partners`.
    pub nodes: Table,
}

#[derive(Debug, Default)]
struct Edge<'a> {
    parts: i64,
    clauses: BTreeSet<&'a str>,
    documents: BTreeSet<&'a str>,
    leads: [i64; 2],
}

#[derive(Debug, Default)]
struct Node<'a> {
    parts: i64,
    leads: i64,
    partners: BTreeSet<&'a str>,
}

/// The network of the assignments that `question` selects.
pub fn cooperation(reader: Reader<'_>, question: &Query, names: &dyn Names) -> Result<Cooperation> {
    let columns = ["document", "clause", "part", "body", "function", "role"].map(str::to_owned).to_vec();
    let table = query::run(reader, &Query { table: TableName::Assignments, columns, ..question.clone() }, names)?;
    let (documents, clauses, parts) = (words(&table, "document"), words(&table, "clause"), ints(&table, "part"));
    let (bodies, functions, roles) = (words(&table, "body"), texts(&table, "function"), words(&table, "role"));
    let mut edges: BTreeMap<(&str, &str), Edge<'_>> = BTreeMap::new();
    let mut nodes: BTreeMap<&str, Node<'_>> = BTreeMap::new();
    let mut from = 0;
    while from < table.len() {
        let clause = at(&clauses, from);
        let to = (from..table.len()).find(|row| at(&clauses, *row) != clause).unwrap_or(table.len());
        let mut members: BTreeMap<Option<i64>, BTreeMap<&str, bool>> = BTreeMap::new();
        for row in from..to {
            let id = at(&functions, row).unwrap_or(at(&bodies, row));
            let leads = members.entry(at(&parts, row)).or_default().entry(id).or_default();
            *leads |= at(&roles, row) == "lead";
        }
        for part in members.into_values() {
            for (at, (a, a_leads)) in part.iter().enumerate() {
                let node = nodes.entry(a).or_default();
                node.parts += 1;
                node.leads += i64::from(*a_leads);
                node.partners.extend(part.keys().filter(|b| *b != a));
                for (b, b_leads) in part.iter().skip(at + 1) {
                    let edge = edges.entry((a, b)).or_default();
                    edge.parts += 1;
                    edge.clauses.insert(clause);
                    edge.documents.insert(documents.get(from).copied().unwrap_or_default());
                    let [of_a, of_b] = &mut edge.leads;
                    *of_a += i64::from(*a_leads);
                    *of_b += i64::from(*b_leads);
                }
            }
        }
        from = to;
    }
    let mut edges: Vec<((&str, &str), Edge<'_>)> = edges.into_iter().collect();
    edges.sort_by_key(|(_, edge)| Reverse(edge.parts));
    let mut nodes: Vec<(&str, Node<'_>)> = nodes.into_iter().collect();
    nodes.sort_by_key(|(_, node)| Reverse(node.parts));
    let [a_leads, b_leads] = [0, 1].map(|side| edges.iter().map(move |(_, e)| e.leads.get(side).copied()));
    Ok(Cooperation {
        edges: Columns::default()
            .text("a", edges.iter().map(|((a, _), _)| Some(*a)))
            .text("b", edges.iter().map(|((_, b), _)| Some(*b)))
            .int("parts", edges.iter().map(|(_, edge)| Some(edge.parts)))
            .int("clauses", edges.iter().map(|(_, edge)| Some(edge.clauses.len() as i64)))
            .int("documents", edges.iter().map(|(_, edge)| Some(edge.documents.len() as i64)))
            .int("a_leads", a_leads)
            .int("b_leads", b_leads)
            .table()?,
        nodes: Columns::default()
            .text("id", nodes.iter().map(|(id, _)| Some(*id)))
            .int("parts", nodes.iter().map(|(_, node)| Some(node.parts)))
            .int("leads", nodes.iter().map(|(_, node)| Some(node.leads)))
            .int("partners", nodes.iter().map(|(_, node)| Some(node.partners.len() as i64)))
            .table()?,
    })
}
