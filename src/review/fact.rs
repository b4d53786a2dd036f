//! Fact: what the rows of all tables have in common, so that one way of correcting does for all.

use super::Fields;
use super::field::fields;
use crate::record::{Assignment, Citation, Clause, Document, Milestone, Target};
use crate::table::TableName;
use crate::text::Extent;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// A row that stands in the text.
pub(super) trait Fact: Serialize + DeserializeOwned {
    /// Its table.
    const TABLE: TableName;

    fn rows(document: &Document) -> &Vec<Self>;
    fn rows_mut(document: &mut Document) -> &mut Vec<Self>;
    /// Position of its clause, from 1.
    fn clause(&self, at: usize) -> Option<u32>;
    /// Path of its clause or node.
    fn path<'a>(&'a self, document: &'a Document) -> &'a [u32];
    fn extent(&self) -> &Extent;
    /// True where its words are those of a rule stated elsewhere.
    fn is_elsewhere(&self) -> bool {
        false
    }
    /// What rows are ordered by.
    fn order(&self) -> (u32, u32, u32);
    /// What a new row has beside the fields that are given; none where rows cannot be added.
    fn blank(clause: Option<u32>, path: &[u32], extent: &Extent, why: &str) -> Option<Value>;
}

/// The fields of a row that can be corrected.
pub(super) fn fields_of<F: Fact>(row: &F) -> Fields {
    let Ok(Value::Object(mut all)) = serde_json::to_value(row) else { return Fields::new() };
    let names = fields(F::TABLE).iter().map(|field| field.name);
    names.filter_map(|name| all.remove(name).map(|value| (name.to_owned(), value))).collect()
}

/// A row with other values; none where they make no row.
pub(super) fn changed<F: Fact>(row: &F, fields: &Fields) -> Option<F> {
    let Ok(Value::Object(all)) = serde_json::to_value(row) else { return None };
    made(all, fields)
}

/// A new row; none where these fields make none.
pub(super) fn new<F: Fact>(
    clause: Option<u32>,
    path: &[u32],
    extent: &Extent,
    why: &str,
    fields: &Fields,
) -> Option<F> {
    let Value::Object(all) = F::blank(clause, path, extent, why)? else { return None };
    made(all, fields)
}

fn made<F: Fact>(mut all: Map<String, Value>, fields: &Fields) -> Option<F> {
    // What an entry brings along beside what can be corrected (its place, say) is not its to change.
    let known = super::field::fields(F::TABLE).iter().filter_map(|field| fields.get_key_value(field.name));
    all.extend(known.map(|(name, value)| (name.clone(), value.clone())));
    serde_json::from_value(Value::Object(all)).ok()
}

fn path_of(document: &Document, clause: Option<u32>) -> &[u32] {
    let at = clause.and_then(|n| n.checked_sub(1));
    at.and_then(|at| document.clauses.get(at as usize)).map_or(&[], |clause| &clause.path)
}

impl Fact for Clause {
    const TABLE: TableName = TableName::Clauses;

    fn rows(document: &Document) -> &Vec<Self> {
        &document.clauses
    }
    fn rows_mut(document: &mut Document) -> &mut Vec<Self> {
        &mut document.clauses
    }
    fn clause(&self, at: usize) -> Option<u32> {
        Some(at as u32 + 1)
    }
    fn path<'a>(&'a self, _: &'a Document) -> &'a [u32] {
        &self.path
    }
    fn extent(&self) -> &Extent {
        &self.text
    }
    fn order(&self) -> (u32, u32, u32) {
        (self.text.span.start, 0, 0)
    }
    fn blank(_: Option<u32>, _: &[u32], _: &Extent, _: &str) -> Option<Value> {
        None
    }
}

impl Fact for Assignment {
    const TABLE: TableName = TableName::Assignments;

    fn rows(document: &Document) -> &Vec<Self> {
        &document.assignments
    }
    fn rows_mut(document: &mut Document) -> &mut Vec<Self> {
        &mut document.assignments
    }
    fn clause(&self, _: usize) -> Option<u32> {
        Some(self.clause)
    }
    fn path<'a>(&'a self, document: &'a Document) -> &'a [u32] {
        path_of(document, Some(self.clause))
    }
    fn extent(&self) -> &Extent {
        &self.name
    }
    fn is_elsewhere(&self) -> bool {
        self.implied
    }
    fn order(&self) -> (u32, u32, u32) {
        (self.clause, self.part, self.name.span.start)
    }
    fn blank(clause: Option<u32>, _: &[u32], extent: &Extent, why: &str) -> Option<Value> {
        let group: Option<&Extent> = None;
        Some(json!({
            "clause": clause?, "part": 1, "functions": [], "role": "responsible", "implied": false, "open": false,
            "name": extent, "group": group, "why": [why],
        }))
    }
}

impl Fact for Target {
    const TABLE: TableName = TableName::Targets;

    fn rows(document: &Document) -> &Vec<Self> {
        &document.targets
    }
    fn rows_mut(document: &mut Document) -> &mut Vec<Self> {
        &mut document.targets
    }
    fn clause(&self, _: usize) -> Option<u32> {
        self.clause
    }
    fn path<'a>(&'a self, _: &'a Document) -> &'a [u32] {
        &self.path
    }
    fn extent(&self) -> &Extent {
        &self.text
    }
    fn order(&self) -> (u32, u32, u32) {
        (self.text.span.start, 0, 0)
    }
    fn blank(clause: Option<u32>, path: &[u32], extent: &Extent, why: &str) -> Option<Value> {
        Some(json!({
            "clause": clause, "path": path, "part": null, "text": extent, "indicator": "", "op": "=",
            "value_high": null, "unit": null, "per": null, "baseline": null, "baseline_period": null, "change": null,
            "deadline": null, "implied": false, "why": [why],
        }))
    }
}

impl Fact for Milestone {
    const TABLE: TableName = TableName::Milestones;

    fn rows(document: &Document) -> &Vec<Self> {
        &document.milestones
    }
    fn rows_mut(document: &mut Document) -> &mut Vec<Self> {
        &mut document.milestones
    }
    fn clause(&self, _: usize) -> Option<u32> {
        self.clause
    }
    fn path<'a>(&'a self, _: &'a Document) -> &'a [u32] {
        &self.path
    }
    fn extent(&self) -> &Extent {
        &self.text
    }
    fn order(&self) -> (u32, u32, u32) {
        (self.text.span.start, 0, 0)
    }
    fn blank(clause: Option<u32>, path: &[u32], extent: &Extent, why: &str) -> Option<Value> {
        Some(json!({"clause": clause, "path": path, "part": null, "text": extent, "why": [why]}))
    }
}

impl Fact for Citation {
    const TABLE: TableName = TableName::Citations;

    fn rows(document: &Document) -> &Vec<Self> {
        &document.citations
    }
    fn rows_mut(document: &mut Document) -> &mut Vec<Self> {
        &mut document.citations
    }
    fn clause(&self, _: usize) -> Option<u32> {
        self.clause
    }
    fn path<'a>(&'a self, document: &'a Document) -> &'a [u32] {
        path_of(document, self.clause)
    }
    fn extent(&self) -> &Extent {
        &self.text
    }
    fn order(&self) -> (u32, u32, u32) {
        (self.text.span.start, 0, 0)
    }
    fn blank(clause: Option<u32>, _: &[u32], extent: &Extent, _: &str) -> Option<Value> {
        Some(json!({"clause": clause, "title": null, "number": null, "text": extent}))
    }
}
