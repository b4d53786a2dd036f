//! The exchange format: one JSON object a document, keys as in the data model.
//!
//! In: a read document and its text. Out: JSON with wording in place of spans. Printed by `taizhang parse`, taken by
//! the scorer.

use super::{Assignment, Document, Milestone, Target};
use crate::text::SourceText;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The document as a JSON object in the exchange format.
pub fn exchange(document: &Document, source: &SourceText) -> Value {
    let assignments = by_clause(&document.assignments, |a| Some(a.clause));
    let targets = by_clause(&document.targets, |t| t.clause);
    let milestones = by_clause(&document.milestones, |m| m.clause);
    let clauses: Vec<Value> = document
        .clauses
        .iter()
        .zip(1..)
        .map(|(clause, n)| {
            json!({
                "path": clause.path,
                "heading": clause.heading.as_ref().map(|at| source.wording(at)),
                "kind": clause.kind,
                "text": source.wording(&clause.text),
                "assignments": rows(&assignments, n, assignment),
                "targets": rows(&targets, n, |t| target(t, source)),
                "milestones": rows(&milestones, n, |m| milestone(m, source)),
            })
        })
        .collect();
    let with_path = |mut row: Value, path: &[u32]| {
        if let Some(row) = row.as_object_mut() {
            row.insert("path".to_owned(), json!(path));
        }
        row
    };
    let above_targets: Vec<Value> =
        document.targets.iter().filter(|t| t.clause.is_none()).map(|t| with_path(target(t, source), &t.path)).collect();
    let above_milestones: Vec<Value> = document
        .milestones
        .iter()
        .filter(|m| m.clause.is_none())
        .map(|m| with_path(milestone(m, source), &m.path))
        .collect();
    let sections: Vec<Value> = document
        .sections
        .iter()
        .map(|section| {
            let mut row = Map::new();
            row.insert("no".to_owned(), json!(section.no));
            row.insert("heading".to_owned(), json!(source.wording(&section.heading)));
            if let Some(plan) = section.plan {
                row.insert("plan".to_owned(), json!(plan));
            }
            Value::Object(row)
        })
        .collect();
    json!({
        "title": document.title,
        "number": document.number,
        "issuers": document.issuers,
        "issued": document.issued,
        "jurisdiction": document.jurisdiction.as_ref().map(|place| {
            let mut row = json!({"adcode": place.adcode, "name": place.name, "level": place.level});
            if let (Some(zone), Some(row)) = (&place.zone, row.as_object_mut()) {
                row.insert("zone".to_owned(), json!(zone));
            }
            row
        }),
        "cites": document.citations.iter().map(|c| json!({"title": c.title, "number": c.number})).collect::<Vec<_>>(),
        "sections": sections,
        "clauses": clauses,
        "targets": above_targets,
        "milestones": above_milestones,
    })
}

/// Rows by the clause that they stand in.
fn by_clause<T>(rows: &[T], clause: impl Fn(&T) -> Option<u32>) -> BTreeMap<u32, Vec<&T>> {
    let mut by_clause: BTreeMap<u32, Vec<&T>> = BTreeMap::new();
    for row in rows {
        if let Some(n) = clause(row) {
            by_clause.entry(n).or_default().push(row);
        }
    }
    by_clause
}

fn rows<T>(by_clause: &BTreeMap<u32, Vec<&T>>, n: u32, value: impl Fn(&T) -> Value) -> Vec<Value> {
    by_clause.get(&n).into_iter().flatten().map(|row| value(row)).collect()
}

fn assignment(row: &Assignment) -> Value {
    json!({
        "part": row.part,
        "body": row.body,
        "function": row.functions.first(),
        "role": row.role,
        "implied": row.implied,
        "open": row.open,
    })
}

/// Whole numbers print as whole numbers: 20, not 20.0.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}

fn target(row: &Target, source: &SourceText) -> Value {
    json!({
        "text": source.wording(&row.text),
        "indicator": row.indicator,
        "op": row.op,
        "value": number(row.value),
        "value_high": row.value_high.map(number),
        "unit": row.unit,
        "per": row.per,
        "baseline": row.baseline.map(number),
        "baseline_period": row.baseline_period,
        "change": row.change,
        "deadline": row.deadline,
        "implied": row.implied,
    })
}

fn milestone(row: &Milestone, source: &SourceText) -> Value {
    json!({"text": source.wording(&row.text), "deadline": row.deadline})
}
