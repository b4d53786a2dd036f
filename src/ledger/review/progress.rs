//! Progress: reports on rows, into the ledger and out again.

use super::request::seen;
use super::{Opened, commit, tables};
use crate::error::{Error, Result};
use crate::ledger::Ledger;
use crate::ledger::shared::Shared;
use crate::review::{self, Asked, Fields, LIGHTS, LogKey, PROGRESS, ProgressEntry, STEPS};
use crate::store::Commit;
use crate::table::{Table, TableName};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// How far the work of a row is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgressRequest {
    /// Id of the document.
    pub document: String,
    /// `clauses`, `targets`, `milestones` or `assignments`.
    pub table: String,
    /// Position of its clause, from 1.
    #[serde(default)]
    pub clause: Option<u32>,
    /// First code point of its words.
    #[serde(default)]
    pub start: Option<u32>,
    /// One past the last.
    #[serde(default)]
    pub end: Option<u32>,
    /// The row as its table gives it.
    #[serde(default)]
    pub seen: Fields,
    /// 2025, 2025Q2 or 2025-06.
    pub period: String,
    /// From 1 to 5.
    pub status: u8,
    /// red, yellow or green; that of the status without one.
    #[serde(default)]
    pub light: Option<String>,
    /// Value reached.
    #[serde(default)]
    pub value: Option<f64>,
    /// What was done.
    #[serde(default)]
    pub text: Option<String>,
    /// What shows it.
    #[serde(default)]
    pub evidence: Option<String>,
    /// Who reports.
    pub by: String,
    /// When, ISO 8601.
    pub when: String,
}

impl Ledger {
    /// Keeps reports of progress; ids of the entries. None is kept where one is at fault; one that is there is not kept twice.
    pub fn report_progress(&self, requests: &[ProgressRequest]) -> Result<Vec<String>> {
        let shared = self.shared()?;
        let writing = shared.to_write()?;
        let mut open: BTreeMap<&str, Opened> = BTreeMap::new();
        let mut entries = Vec::with_capacity(requests.len());
        for request in requests {
            let id = request.document.as_str();
            if !open.contains_key(id) {
                // Requests of one document follow each other where there are many.
                open.clear();
                open.insert(id, Opened::new(&shared, id)?);
            }
            if let Some(opened) = open.get(id) {
                entries.push(request.entry(opened)?);
            }
        }
        let ids = entries.iter().map(ProgressEntry::id).collect();
        let kept = keep(&shared, entries);
        drop(writing);
        kept.map(|()| ids)
    }

    /// Every report, with where its row is now.
    pub fn progress_reports(&self) -> Result<Table> {
        tables::reports(&*self.shared()?)
    }
}

fn keep(shared: &Shared, entries: Vec<ProgressEntry>) -> Result<()> {
    let mut known: BTreeMap<String, (u32, BTreeSet<String>)> = BTreeMap::new();
    let mut changes = Commit::default();
    for entry in entries {
        if !known.contains_key(&entry.document) {
            let mut ids = BTreeSet::new();
            let mut next = 0;
            shared.store.scan_prefix(&PROGRESS, &LogKey::prefix(&entry.document), |_, kept| {
                if kept.document == entry.document {
                    ids.insert(kept.id());
                    next += 1;
                }
                Ok(true)
            })?;
            known.insert(entry.document.clone(), (next, ids));
        }
        let Some((next, ids)) = known.get_mut(&entry.document) else { continue };
        if ids.insert(entry.id()) {
            changes.put(&PROGRESS, &LogKey { document: entry.document.clone(), number: *next }, &entry)?;
            *next += 1;
        }
        if changes.is_full() {
            commit(shared, std::mem::take(&mut changes))?;
        }
    }
    if changes.keys() == 0 { Ok(()) } else { commit(shared, changes) }
}

impl ProgressRequest {
    fn entry(&self, opened: &Opened) -> Result<ProgressEntry> {
        let wrong = |message: String| Error::query(message, Vec::new());
        let table = TableName::from_name(&self.table)?;
        let with_progress = [TableName::Clauses, TableName::Targets, TableName::Milestones, TableName::Assignments];
        if !with_progress.contains(&table) {
            let message =
                format!("progress is reported on clauses, targets, milestones and assignments, not on {}", self.table);
            return Err(wrong(message));
        }
        let Some(step) = STEPS.iter().find(|step| step.status == self.status) else {
            let steps: Vec<String> = STEPS.iter().map(|step| format!("{} {}", step.status, step.zh)).collect();
            return Err(wrong(format!("there is no status {}; it is one of {}", self.status, steps.join(", "))));
        };
        let light = self.light.as_deref().unwrap_or(step.light);
        if !LIGHTS.iter().any(|(name, _)| *name == light) {
            return Err(wrong(format!("the light is red, yellow or green, not {light:?}")));
        }
        if !is_period(&self.period) {
            return Err(wrong(format!("a period is 2025, 2025Q2 or 2025-06, not {:?}", self.period)));
        }
        if self.by.trim().is_empty() || self.when.trim().is_empty() {
            return Err(wrong("who reports, and when? by and when are needed".to_owned()));
        }
        if self.value.is_some_and(|value| !value.is_finite()) {
            return Err(wrong("the value reached is no number".to_owned()));
        }
        let (Some(start), Some(end)) = (self.start, self.end) else {
            return Err(wrong("which row? it needs the columns document, start and end".to_owned()));
        };
        let asked = Asked { table, clause: self.clause, start, end, seen: seen(table, &self.seen) };
        let (anchor, seen) = review::choose(&opened.document, opened.source(), &asked).ok_or_else(|| {
            let id = &self.document;
            wrong(format!("{id:?} has no row of {} at {start}–{end}; ask for the table anew", table.as_str()))
        })?;
        let there = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        Ok(ProgressEntry {
            document: self.document.clone(),
            table: self.table.clone(),
            anchor,
            seen,
            period: self.period.clone(),
            status: self.status,
            light: light.to_owned(),
            value: self.value,
            text: there(&self.text),
            evidence: there(&self.evidence),
            by: self.by.trim().to_owned(),
            when: self.when.trim().to_owned(),
            sha256: opened.sha256.clone(),
        })
    }
}

/// True for 2025, 2025Q2 and 2025-06.
fn is_period(period: &str) -> bool {
    let year = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    match (period.split_once('Q'), period.split_once('-')) {
        (Some((before, quarter)), _) => year(before) && matches!(quarter, "1" | "2" | "3" | "4"),
        (None, Some((before, month))) => {
            year(before) && month.len() == 2 && month.parse::<u8>().is_ok_and(|month| (1..=12).contains(&month))
        }
        (None, None) => year(period),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_years_quarters_and_months() {
        for good in ["2025", "2025Q1", "2025-12"] {
            assert!(is_period(good), "{good}");
        }
        for bad in ["", "25", "2025Q5", "2025Q", "2025-13", "2025-1", "2025-06-01", "二〇二五"] {
            assert!(!is_period(bad), "{bad}");
        }
    }
}
