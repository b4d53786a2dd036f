//! Apply: a record and the log of its document → the record as people left it.

use super::fact::{Fact, changed, new};
use super::locate::{Found, MOVED, Outcome, State, locate};
use super::{Action, Correction, Fields, Source};
use crate::record::{Assignment, Citation, Clause, Document, Milestone, Target};
use crate::table::TableName;
use crate::text::Span;
use std::collections::BTreeSet;
use std::ops::Deref;

/// What somebody said of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It is right.
    Confirmed,
    /// Fields of it were given other values.
    Corrected,
    /// The machine does not read it.
    Added,
}

impl Mark {
    /// The name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Corrected => "corrected",
            Self::Added => "added",
        }
    }
}

/// A record with what was said of it applied.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reviewed {
    document: Document,
    marks: [Vec<Option<Mark>>; TableName::ALL.len()],
    outcomes: Vec<Outcome>,
}

impl Deref for Reviewed {
    type Target = Document;

    fn deref(&self) -> &Document {
        &self.document
    }
}

impl From<Document> for Reviewed {
    fn from(document: Document) -> Self {
        Self { document, ..Self::default() }
    }
}

impl Reviewed {
    /// The mark of a row.
    pub fn mark(&self, table: TableName, row: usize) -> Option<Mark> {
        self.marks.get(table as usize)?.get(row).copied().flatten()
    }

    /// The rows of a table that have a mark.
    pub fn marked(&self, table: TableName) -> impl Iterator<Item = (usize, Mark)> {
        let marks = self.marks.get(table as usize).map(Vec::as_slice).unwrap_or_default();
        marks.iter().enumerate().filter_map(|(row, mark)| mark.map(|mark| (row, mark)))
    }

    /// What became of each entry of the log.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// Number of entries of the log that it knows of.
    pub fn entries(&self) -> u32 {
        self.outcomes.len() as u32
    }

    /// The record.
    pub fn into_document(self) -> Document {
        self.document
    }

    fn marks_of(&mut self, table: TableName, rows: usize) -> Option<&mut Vec<Option<Mark>>> {
        let marks = self.marks.get_mut(table as usize)?;
        marks.resize(rows, None);
        Some(marks)
    }
}

/// Which entries of a log a later one takes back. What is said again after that holds again.
pub fn undone(log: &[Correction]) -> Vec<bool> {
    let mut taken_back: BTreeSet<&str> = BTreeSet::new();
    let mut undone: Vec<bool> = Vec::with_capacity(log.len());
    for entry in log.iter().rev() {
        taken_back.extend(entry.undoes.as_deref());
        undone.push(!taken_back.is_empty() && taken_back.contains(entry.id().as_str()));
    }
    undone.reverse();
    undone
}

/// Applies a log, oldest entry first.
pub fn apply(document: Document, source: Source<'_>, log: &[Correction]) -> Reviewed {
    let mut reviewed = Reviewed::from(document);
    for (entry, undone) in log.iter().zip(undone(log)) {
        let outcome = if entry.action == Action::Undo {
            Outcome::of(State::Applied, None)
        } else if undone {
            Outcome::of(State::Undone, None)
        } else {
            match entry.table {
                TableName::Documents => of_document(&mut reviewed, source, entry),
                TableName::Clauses => of_row::<Clause>(&mut reviewed, source, entry),
                TableName::Assignments => of_row::<Assignment>(&mut reviewed, source, entry),
                TableName::Targets => of_row::<Target>(&mut reviewed, source, entry),
                TableName::Milestones => of_row::<Milestone>(&mut reviewed, source, entry),
                TableName::Citations => of_row::<Citation>(&mut reviewed, source, entry),
                TableName::Sections | TableName::Notes => flagged("rows of this table cannot be corrected"),
            }
        };
        reviewed.outcomes.push(outcome);
    }
    reviewed
}

fn flagged(reason: &str) -> Outcome {
    Outcome::of(State::Flagged, Some(reason))
}

fn of_row<F: Fact>(reviewed: &mut Reviewed, source: Source<'_>, entry: &Correction) -> Outcome {
    let Some(anchor) = &entry.anchor else { return flagged("it names no place in the text") };
    let (at, place, moved) = match locate::<F>(&reviewed.document, source, anchor, &entry.seen, &entry.sha256) {
        Found::Row(at, moved) => (Some(at), None, moved),
        Found::Lost(place, moved) => (None, Some(place), moved),
        Found::Nothing(reason) => return flagged(reason),
    };
    let (clause, span) = match (&place, at.and_then(|at| F::rows(&reviewed.document).get(at).map(|row| (at, row)))) {
        (Some(place), _) => (place.clause, Some(place.extent.span)),
        (None, Some((at, row))) => (row.clause(at), Some(row.extent().span)),
        (None, None) => (None, None),
    };
    let done = match (at, place, entry.action) {
        (Some(at), _, Action::Reject) => remove::<F>(reviewed, at),
        (None, _, Action::Reject) => true,
        (Some(at), _, action) => change::<F>(reviewed, at, action, &entry.fields),
        (None, Some(place), action) => {
            // What was seen, or said of it then, holds where the rules no longer read it.
            let mut fields = entry.seen.clone();
            fields.extend(entry.fields.clone());
            let why = if action == Action::Add { "review.added" } else { "review.kept" };
            let row = new::<F>(place.clause, &place.path, &place.extent, why, &fields);
            row.is_some_and(|row| insert(reviewed, row, mark_of(action)))
        }
        (None, None, _) => false,
    };
    if !done {
        return flagged("what it says makes no row of this table");
    }
    let (state, reason) = if moved { (State::Moved, Some(MOVED)) } else { (State::Applied, None) };
    Outcome { clause, at: span, ..Outcome::of(state, reason) }
}

fn mark_of(action: Action) -> Mark {
    match action {
        Action::Confirm => Mark::Confirmed,
        Action::Add => Mark::Added,
        _ => Mark::Corrected,
    }
}

fn change<F: Fact>(reviewed: &mut Reviewed, at: usize, action: Action, fields: &Fields) -> bool {
    let rows = F::rows_mut(&mut reviewed.document);
    let Some(row) = rows.get_mut(at) else { return false };
    if !fields.is_empty() {
        let Some(other) = changed(row, fields) else { return false };
        *row = other;
    }
    let count = rows.len();
    let Some(mark) = reviewed.marks_of(F::TABLE, count).and_then(|marks| marks.get_mut(at)) else { return false };
    // An added row stays one, and a corrected one too; that a row is both said and read needs no more than a nod.
    let new = if action == Action::Add { Mark::Confirmed } else { mark_of(action) };
    *mark = match (*mark, new) {
        (Some(old), Mark::Confirmed) => Some(old),
        (Some(Mark::Added), Mark::Corrected) => Some(Mark::Added),
        _ => Some(new),
    };
    true
}

fn remove<F: Fact>(reviewed: &mut Reviewed, at: usize) -> bool {
    // Ids of clauses count them: none can go.
    if F::TABLE == TableName::Clauses {
        return false;
    }
    let count = F::rows(&reviewed.document).len();
    if at >= count {
        return false;
    }
    if let Some(marks) = reviewed.marks_of(F::TABLE, count) {
        marks.remove(at);
    }
    F::rows_mut(&mut reviewed.document).remove(at);
    true
}

fn insert<F: Fact>(reviewed: &mut Reviewed, row: F, mark: Mark) -> bool {
    let rows = F::rows_mut(&mut reviewed.document);
    let at = rows.iter().position(|other| other.order() > row.order()).unwrap_or(rows.len());
    let count = rows.len();
    rows.insert(at, row);
    if let Some(marks) = reviewed.marks_of(F::TABLE, count) {
        marks.insert(at, Some(mark));
    }
    true
}

fn of_document(reviewed: &mut Reviewed, source: Source<'_>, entry: &Correction) -> Outcome {
    let mark = match entry.action {
        Action::Set => Mark::Corrected,
        Action::Confirm => Mark::Confirmed,
        _ => return flagged("a document is removed from the ledger, not rejected or added"),
    };
    let document = &mut reviewed.document;
    for (name, value) in &entry.fields {
        let text = || value.as_str().map(str::to_owned);
        match name.as_str() {
            "title" => document.title = text(),
            "number" => document.number = text(),
            "issued" => {
                let year = text().and_then(|date| date.get(..4)?.parse().ok());
                // The year in the title stays; one that was only taken from the date goes with it.
                if document.plan_year == document.year {
                    document.plan_year = year;
                }
                (document.issued, document.year) = (text(), year);
            }
            "issuers" => match serde_json::from_value(value.clone()) {
                Ok(issuers) => document.issuers = issuers,
                Err(_) => return flagged("its issuers are no list of names"),
            },
            "jurisdiction" => match serde_json::from_value(value.clone()) {
                Ok(place) => document.jurisdiction = place,
                Err(_) => return flagged("its place is none"),
            },
            _ => return flagged("it names a field that documents have not"),
        }
    }
    if let Some(first) = reviewed.marks_of(TableName::Documents, 1).and_then(|marks| marks.first_mut())
        && (first.is_none() || mark == Mark::Corrected)
    {
        *first = Some(mark);
    }
    if entry.sha256 == source.sha256 {
        Outcome::of(State::Applied, None)
    } else {
        let at = Some(Span::new(0, 0));
        Outcome { at, ..Outcome::of(State::Moved, Some("the text has changed since")) }
    }
}
