//! Coverage: which place has which measure or topic, since when, in how many words, and who leads.
//!
//! In: a space and the clauses wanted. Out: one row a measure (or topic) and place. Counts are exact: a clause counts once for its
//! measure, and for its primary topic.

use super::align::{Filed, Item, Space, Spot};
use super::measure::{Edits, find};
use crate::error::Result;
use crate::index::Reader;
use crate::query::Names;
use crate::table::Table;
use arrow_array::{ArrayRef, Int64Array, StringArray};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What clauses are gathered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Measures, as they are found among the clauses.
    Measure,
    /// Primary topics.
    Topic,
}

/// One place's part in a row.
#[derive(Debug, Default)]
struct Cell<'a> {
    place: Option<&'a str>,
    level: Option<&'a str>,
    since: Option<i64>,
    documents: BTreeSet<&'a str>,
    clauses: i64,
    characters: i64,
    leads: BTreeMap<u16, i64>,
}

impl<'a> Cell<'a> {
    fn add(&mut self, filed: &'a Filed, item: &Item) {
        self.place = filed.place.as_deref().or(self.place);
        self.level = filed.level.as_deref().or(self.level);
        self.since = [self.since, filed.year].into_iter().flatten().min();
        self.documents.insert(&filed.id);
        self.clauses += 1;
        self.characters += i64::from(item.characters);
        for lead in &item.leads {
            *self.leads.entry(*lead).or_default() += 1;
        }
    }

    fn leads(&self, space: &Space) -> Option<String> {
        let mut leads: Vec<(&u16, &i64)> = self.leads.iter().collect();
        leads.sort_by_key(|(lead, count)| (Reverse(**count), **lead));
        let names: Vec<&str> = leads.into_iter().map(|(lead, _)| space.function(*lead)).collect();
        (!names.is_empty()).then(|| names.join("、"))
    }
}

/// A row, before it is flat: id and label of what, and each place's part by code.
type Row<'a> = (&'a str, &'a str, Vec<(Option<String>, Cell<'a>)>);

/// A row of the table: id, label, code, and the place's part.
type Flat<'a> = (&'a str, &'a str, &'a Option<String>, &'a Cell<'a>);

/// Who has what: `measure` or `topic`, `label`, `adcode, place, level, since, documents, clauses, characters, leads`.
///
/// What most places have comes first, then places by code; `leads` are the functions that lead or stand first, the most frequent first.
pub fn coverage(
    reader: Reader<'_>,
    space: &Space,
    by: By,
    clauses: Option<&[String]>,
    edits: &Edits,
    names: &dyn Names,
) -> Result<Table> {
    let groups: Vec<(String, String, Vec<Spot>)> = match by {
        By::Measure => find(Some(reader), space, clauses, edits)?
            .into_iter()
            .map(|m| (m.id, m.label, m.members.into_iter().map(|(spot, _)| spot).collect()))
            .collect(),
        By::Topic => topics(space, clauses),
    };
    let mut in_force: BTreeMap<&str, String> = BTreeMap::new();
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (id, label, spots) in &groups {
        let mut cells: BTreeMap<(bool, Option<String>), Cell<'_>> = BTreeMap::new();
        for (_, filed, item) in spots.iter().filter_map(|spot| space.at(*spot)) {
            let code = filed.adcode.as_deref();
            let code = code.map(|code| in_force.entry(code).or_insert_with(|| names.in_force(code)).clone());
            cells.entry((code.is_none(), code)).or_default().add(filed, item);
        }
        rows.push((id, label, cells.into_iter().map(|((_, code), cell)| (code, cell)).collect()));
    }
    rows.sort_by_key(|(.., cells)| Reverse(cells.len()));
    let flat: Vec<Flat<'_>> = rows
        .iter()
        .flat_map(|(id, label, cells)| cells.iter().map(move |(code, cell)| (*id, *label, code, cell)))
        .collect();
    let text = |get: &dyn Fn(&Flat<'_>) -> Option<String>| -> ArrayRef {
        Arc::new(flat.iter().map(get).collect::<StringArray>())
    };
    let int =
        |get: &dyn Fn(&Flat<'_>) -> Option<i64>| -> ArrayRef { Arc::new(flat.iter().map(get).collect::<Int64Array>()) };
    Table::from_columns(vec![
        (if by == By::Measure { "measure" } else { "topic" }, text(&|(id, ..)| Some((*id).to_owned()))),
        ("label", text(&|(_, label, ..)| Some((*label).to_owned()))),
        ("adcode", text(&|(_, _, code, _)| (*code).clone())),
        ("place", text(&|(.., cell)| cell.place.map(str::to_owned))),
        ("level", text(&|(.., cell)| cell.level.map(str::to_owned))),
        ("since", int(&|(.., cell)| cell.since)),
        ("documents", int(&|(.., cell)| Some(cell.documents.len() as i64))),
        ("clauses", int(&|(.., cell)| Some(cell.clauses))),
        ("characters", int(&|(.., cell)| Some(cell.characters))),
        ("leads", text(&|(.., cell)| cell.leads(space))),
    ])
}

/// Clauses by primary topic; those without one are nobody's.
fn topics(space: &Space, clauses: Option<&[String]>) -> Vec<(String, String, Vec<Spot>)> {
    let chosen = clauses.map(|clauses| space.chosen(clauses.iter().map(String::as_str)));
    let spots: Box<dyn Iterator<Item = Spot>> = match chosen {
        Some(chosen) => Box::new(chosen.into_iter()),
        None => Box::new(space.spots()),
    };
    let mut by: BTreeMap<u16, Vec<Spot>> = BTreeMap::new();
    for spot in spots {
        if let Some(topic) = space.at(spot).and_then(|(.., item)| item.topic) {
            by.entry(topic).or_default().push(spot);
        }
    }
    let name = |topic: u16| space.topic(topic).to_owned();
    by.into_iter().map(|(topic, spots)| (name(topic), space.topic_label(topic), spots)).collect()
}
