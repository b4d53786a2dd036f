//! Compare: governments side by side, as tables.
//!
//! In: a selection of places and documents. Out: long tables, one row a fact or a count, and wide ones, a column a place.
//! Places stand in the order that the selection names them, else by code.
//!
//! Beside it what a scholar asks of a set of plans, a module a question: `ladder`, `who`, `cooperation`, `parts`, `topic`,
//! `lineage`, `descent`, `diff`, `calendar`, `moved`, `codebook`. Each takes the questions that select its rows and answers
//! with tables whose rows bear clause ids and spans.

mod align;
mod base;
mod calendar;
mod codebook;
mod column;
mod cooperation;
mod coverage;
mod departments;
mod descent;
mod diff;
mod grid;
mod ladder;
mod lineage;
mod measure;
mod moved;
mod parts;
mod period;
mod relation;
mod targets;
mod topic;
mod who;
mod wording;

pub use base::Base;
pub use calendar::{Due, calendar};
pub use codebook::{Code, Codebook, Coded, code};
pub use cooperation::{Cooperation, cooperation};
pub use descent::{Descent, descent};
pub use diff::{Wording, diff};
pub use ladder::{Ladder, ladder};
pub use lineage::{Lineage, lineage};
pub use moved::{moved, moved_versions};
pub use parts::parts;
pub use relation::Relation;
pub use topic::topics;
pub use who::{names_of, who};

pub use align::{AlignOptions, Evidence, Space, THRESHOLD, Vectors, align, evidence, unmatched};
pub use coverage::{By, coverage};
pub use measure::{Edit, Edits, measures};

use crate::error::Result;
use crate::index::Reader;
use crate::query::{self, Names, Query};
use crate::record::Document;
use crate::table::{Cell, Table, TableName};
use crate::text::SourceText;
use arrow_array::{ArrayRef, Int64Array, StringArray};
use grid::{Place, Places};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where documents are read whole, by id.
pub trait Shelf: Sync {
    /// The text and the record of a document.
    fn open(&self, id: &str) -> Result<(SourceText, Document)>;
}

/// What `work` says of each document, in the order of the ids; documents are worked side by side.
fn each_document<T: Send>(
    shelf: &dyn Shelf,
    ids: &[&str],
    work: impl Fn(usize, &SourceText, &Document) -> T + Sync,
) -> Result<Vec<T>> {
    ids.par_iter()
        .enumerate()
        .map(|(position, id)| shelf.open(id).map(|(text, document)| work(position, &text, &document)))
        .collect()
}

/// Which documents are compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    /// Places, by name or code; these governments themselves. Empty for all.
    pub places: Vec<String>,
    /// Document ids. Empty for all.
    pub document: Vec<String>,
    /// First year of issue.
    pub year_from: Option<i16>,
    /// Last year of issue.
    pub year_to: Option<i16>,
    /// Only facts of these topics.
    pub topic: Vec<String>,
    /// Exact substrings, all of them: of the clause for departments, of the target for targets.
    pub text: Vec<String>,
    /// Only implied, or only explicit assignments.
    pub implied: Option<bool>,
    /// Copies of a document too; else it counts once.
    pub copies: bool,
}

/// Governments side by side.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// One row a place with documents: `adcode, place, level, documents, clauses, assignments, targets`.
    pub places: Table,
    /// Long form: `function, adcode, place, lead, responsible, cooperating, supervising, total`.
    pub departments: Table,
    /// Wide form: one row a function, for each place a column (its name) with the number of assignments.
    pub departments_wide: Table,
    /// Long form: `indicator, adcode, place, year, op, value, value_high, unit, per, deadline, text, document, clause,
    /// path, start, end`.
    pub targets: Table,
    /// Wide form: one row an indicator, for each place a column with its targets as text (`>=80% (2025)`), ；-joined.
    pub targets_wide: Table,
}

/// Compares the documents of a selection.
pub fn compare(reader: Reader<'_>, selection: &Selection, names: &dyn Names) -> Result<Comparison> {
    let ask = |table: TableName, columns: &[&str]| {
        let facts = table != TableName::Documents;
        let query = Query {
            place: selection.places.clone(),
            document: selection.document.clone(),
            year_from: selection.year_from,
            year_to: selection.year_to,
            topic: if facts { selection.topic.clone() } else { Vec::new() },
            text: if facts { selection.text.clone() } else { Vec::new() },
            implied: selection.implied.filter(|_| table == TableName::Assignments),
            copies: selection.copies,
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            ..Query::new(table)
        };
        query::run(reader, &query, names)
    };
    let documents = ask(TableName::Documents, &["adcode", "place", "level", "clauses", "assignments", "targets"])?;
    let wanted = selection.places.iter().map(|name| Ok(names.place(name)?.adcode)).collect::<Result<Vec<_>>>()?;
    let places = Places::of(&documents, &wanted, names);
    let assignments = ask(TableName::Assignments, &["function", "adcode", "role"])?;
    let (departments, departments_wide) = departments::compare(&assignments, &places)?;
    let targets = targets::compare(&ask(TableName::Targets, &targets::COLUMNS)?, &places)?;
    Ok(Comparison {
        places: place_table(&documents, &places)?,
        departments,
        departments_wide,
        targets: targets.0,
        targets_wide: targets.1,
    })
}

/// Documents, clauses, assignments and targets of each place.
fn place_table(documents: &Table, places: &Places) -> Result<Table> {
    let mut sums: BTreeMap<usize, [i64; 4]> = BTreeMap::new();
    for row in documents.rows() {
        let [adcode, _, _, counts @ ..] = row.as_slice() else { continue };
        let sum = sums.entry(places.position(*adcode)).or_default();
        let counts = [Cell::Int(1)].into_iter().chain(counts.iter().copied());
        sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count.int().unwrap_or_default());
    }
    let rows: Vec<(&Place, [i64; 4])> =
        sums.into_iter().filter_map(|(at, sum)| Some((places.all().get(at)?, sum))).collect();
    let text = |get: &dyn Fn(&Place) -> Option<String>| -> ArrayRef {
        Arc::new(rows.iter().map(|(place, _)| get(place)).collect::<StringArray>())
    };
    let count =
        |at: usize| -> ArrayRef { Arc::new(rows.iter().map(|(_, sum)| sum.get(at).copied()).collect::<Int64Array>()) };
    Table::from_columns(vec![
        ("adcode", text(&|place| place.adcode.clone())),
        ("place", text(&|place| place.name.clone())),
        ("level", text(&|place| place.level.clone())),
        ("documents", count(0)),
        ("clauses", count(1)),
        ("assignments", count(2)),
        ("targets", count(3)),
    ])
}
