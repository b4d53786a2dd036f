//! Tables: corrections and reports of progress as rows, each with what became of it.

use super::{Opened, is_live, logs};
use crate::error::Result;
use crate::ledger::shared::Shared;
use crate::review::{self, Action, Correction, Outcome, PROGRESS, ProgressEntry, State};
use crate::table::{Table, TableName};
use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A row of the table of corrections.
struct Row<'a> {
    entry: &'a Correction,
    id: String,
    outcome: Outcome,
    field: Option<&'a str>,
    was: Option<String>,
    value: Option<String>,
}

/// `id, document, clause, table, action, field, was, value, words, by, note, when, state, reason, start, end`: one row a field
/// of an entry, or one for an entry without fields. Entries that take others back are no rows.
pub(super) fn corrections(shared: &Shared) -> Result<Table> {
    let all = logs(shared)?;
    let mut rows = Vec::new();
    for log in all.chunk_by(|a, b| a.document == b.document) {
        let outcomes = outcomes(shared, log)?;
        for (entry, outcome) in log.iter().zip(outcomes).filter(|(entry, _)| entry.action != Action::Undo) {
            let row = |field| Row { entry, id: entry.id(), outcome: outcome.clone(), field, was: None, value: None };
            if entry.fields.is_empty() {
                rows.push(row(None));
            }
            for (name, value) in &entry.fields {
                let was = entry.seen.get(name).and_then(plain);
                rows.push(Row { was, value: plain(value), ..row(Some(name)) });
            }
        }
    }
    let text = |value: &dyn Fn(&Row<'_>) -> Option<String>| -> ArrayRef {
        Arc::new(rows.iter().map(value).collect::<StringArray>())
    };
    let int = |value: &dyn Fn(&Row<'_>) -> Option<i64>| -> ArrayRef {
        Arc::new(rows.iter().map(value).collect::<Int64Array>())
    };
    Table::from_columns(vec![
        ("id", text(&|row| Some(row.id.clone()))),
        ("document", text(&|row| Some(row.entry.document.clone()))),
        ("clause", text(&|row| row.outcome.clause.map(|n| format!("{}#{n}", row.entry.document)))),
        ("table", text(&|row| Some(row.entry.table.as_str().to_owned()))),
        ("action", text(&|row| Some(row.entry.action.as_str().to_owned()))),
        ("field", text(&|row| row.field.map(str::to_owned))),
        ("was", text(&|row| row.was.clone())),
        ("value", text(&|row| row.value.clone())),
        ("words", text(&|row| row.entry.anchor.as_ref().map(|anchor| anchor.words.clone()))),
        ("by", text(&|row| Some(row.entry.by.clone()))),
        ("note", text(&|row| row.entry.note.clone())),
        ("when", text(&|row| Some(row.entry.when.clone()))),
        ("state", text(&|row| Some(row.outcome.state.as_str().to_owned()))),
        ("reason", text(&|row| row.outcome.reason.clone())),
        ("start", int(&|row| row.outcome.at.map(|at| i64::from(at.start)))),
        ("end", int(&|row| row.outcome.at.map(|at| i64::from(at.end)))),
    ])
}

/// What became of each entry of a document's log.
fn outcomes(shared: &Shared, log: &[Correction]) -> Result<Vec<Outcome>> {
    let Some(first) = log.first() else { return Ok(Vec::new()) };
    if !is_live(shared, &first.document)? {
        return Ok(log.iter().map(|_| absent()).collect());
    }
    let opened = Opened::new(shared, &first.document)?;
    Ok(review::apply(opened.machine.clone(), opened.source(), log).outcomes().to_vec())
}

fn absent() -> Outcome {
    let reason = Some("its document is not in the ledger".to_owned());
    Outcome { state: State::Flagged, reason, clause: None, at: None }
}

/// A value as a cell shows it.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(members) => Some(members.iter().filter_map(plain).collect::<Vec<_>>().join("、")),
        Value::Object(place) => place.get("adcode").and_then(plain),
        Value::Number(number) => match number.as_f64() {
            Some(whole) if whole.fract() == 0.0 && whole.abs() < 9e15 => Some(format!("{whole:.0}")),
            _ => Some(number.to_string()),
        },
        Value::Bool(flag) => Some(flag.to_string()),
    }
}

/// `id, document, clause, table, start, end, words, period, status, light, value, text, evidence, by, when, state, reason`:
/// every report, by document and in the order in which it came; places are those of now.
pub(super) fn reports(shared: &Shared) -> Result<Table> {
    let mut all: Vec<ProgressEntry> = Vec::new();
    shared.store.scan(&PROGRESS, |_, entry| {
        all.push(entry);
        Ok(true)
    })?;
    all.sort_by(|a, b| a.document.cmp(&b.document));
    let mut documents: BTreeMap<&str, Option<Opened>> = BTreeMap::new();
    let mut rows: Vec<(&ProgressEntry, Outcome)> = Vec::with_capacity(all.len());
    for entry in &all {
        if !documents.contains_key(entry.document.as_str()) {
            // They come by document: the one before is not asked for again.
            documents.clear();
            let live = is_live(shared, &entry.document)?;
            let opened = live.then(|| Opened::new(shared, &entry.document)).transpose()?;
            documents.insert(&entry.document, opened);
        }
        let outcome = match documents.get(entry.document.as_str()).and_then(Option::as_ref) {
            None => absent(),
            Some(opened) => {
                let table = TableName::from_name(&entry.table)?;
                let entry = (&entry.anchor, &entry.seen, entry.sha256.as_str());
                review::resolve(&opened.document, opened.source(), table, entry)
            }
        };
        rows.push((entry, outcome));
    }
    let text = |value: &dyn Fn(&ProgressEntry, &Outcome) -> Option<String>| -> ArrayRef {
        Arc::new(rows.iter().map(|(entry, outcome)| value(entry, outcome)).collect::<StringArray>())
    };
    let int = |value: &dyn Fn(&ProgressEntry, &Outcome) -> Option<i64>| -> ArrayRef {
        Arc::new(rows.iter().map(|(entry, outcome)| value(entry, outcome)).collect::<Int64Array>())
    };
    Table::from_columns(vec![
        ("id", text(&|entry, _| Some(entry.id()))),
        ("document", text(&|entry, _| Some(entry.document.clone()))),
        ("clause", text(&|entry, outcome| outcome.clause.map(|n| format!("{}#{n}", entry.document)))),
        ("table", text(&|entry, _| Some(entry.table.clone()))),
        ("start", int(&|_, outcome| outcome.at.map(|at| i64::from(at.start)))),
        ("end", int(&|_, outcome| outcome.at.map(|at| i64::from(at.end)))),
        ("words", text(&|entry, _| Some(entry.anchor.words.clone()))),
        ("period", text(&|entry, _| Some(entry.period.clone()))),
        ("status", int(&|entry, _| Some(i64::from(entry.status)))),
        ("light", text(&|entry, _| Some(entry.light.clone()))),
        ("value", Arc::new(rows.iter().map(|(entry, _)| entry.value).collect::<Float64Array>())),
        ("text", text(&|entry, _| entry.text.clone())),
        ("evidence", text(&|entry, _| entry.evidence.clone())),
        ("by", text(&|entry, _| Some(entry.by.clone()))),
        ("when", text(&|entry, _| Some(entry.when.clone()))),
        ("state", text(&|_, outcome| Some(outcome.state.as_str().to_owned()))),
        ("reason", text(&|_, outcome| outcome.reason.clone())),
    ])
}
