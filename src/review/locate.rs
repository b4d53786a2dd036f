//! Locate: the row that an entry speaks of, in the reading at hand.
//!
//! In the text that the entry was made on, a row is found by its place, whatever the rules make of it now. In another text it
//! is found by its words: in the clause of the same path, else where they stand once. Where neither tells one row, the entry
//! is flagged and left to people.

use super::fact::{Fact, fields_of};
use super::words::{find, whole};
use super::{Anchor, Fields, Source, clause_at};
use crate::record::Document;
use crate::table::TableName;
use crate::text::{Extent, Span};
use serde_json::Value;

/// The reason of an entry that holds for words in another place.
pub(super) const MOVED: &str = "the text has changed; its words were found again";

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It holds.
    Applied,
    /// It holds for words that were found again in a text that has changed since.
    Moved,
    /// It does not hold: its row was not found again.
    Flagged,
    /// It was taken back.
    Undone,
}

impl State {
    /// The name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Moved => "moved",
            Self::Flagged => "flagged",
            Self::Undone => "undone",
        }
    }
}

/// What became of an entry, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What became of it.
    pub state: State,
    /// Why, where it is more than applied.
    pub reason: Option<String>,
    /// Position of its clause now, from 1.
    pub clause: Option<u32>,
    /// Its words now.
    pub at: Option<Span>,
}

impl Outcome {
    pub(super) fn of(state: State, reason: Option<&str>) -> Self {
        Self { state, reason: reason.map(str::to_owned), clause: None, at: None }
    }
}

/// A row that somebody points at.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Its table.
    pub table: TableName,
    /// Position of its clause, from 1.
    pub clause: Option<u32>,
    /// First code point of its words.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// What it says, as far as it is known: tells rows of the same words apart.
    pub seen: Fields,
}

/// Where the row of an entry is.
pub(super) enum Found {
    /// It is this one.
    Row(usize, bool),
    /// The machine reads none there, but the words are there.
    Lost(Place, bool),
    /// Nowhere: why.
    Nothing(&'static str),
}

/// Where a row would stand.
pub(super) struct Place {
    pub clause: Option<u32>,
    pub path: Vec<u32>,
    pub extent: Extent,
}

/// The row that somebody points at: its anchor, and what it says; none where there is no such row.
pub fn choose(document: &Document, source: Source<'_>, asked: &Asked) -> Option<(Anchor, Fields)> {
    use crate::record::{Assignment, Citation, Clause, Milestone, Target};
    match asked.table {
        TableName::Clauses => chosen::<Clause>(document, source, asked),
        TableName::Assignments => chosen::<Assignment>(document, source, asked),
        TableName::Targets => chosen::<Target>(document, source, asked),
        TableName::Milestones => chosen::<Milestone>(document, source, asked),
        TableName::Citations => chosen::<Citation>(document, source, asked),
        TableName::Documents | TableName::Sections | TableName::Notes => None,
    }
}

fn chosen<F: Fact>(document: &Document, source: Source<'_>, asked: &Asked) -> Option<(Anchor, Fields)> {
    let rows = F::rows(document);
    let here: Vec<usize> = (rows.iter().enumerate())
        .filter(|(at, row)| row.extent().span == Span::new(asked.start, asked.end) && row.clause(*at) == asked.clause)
        .map(|(at, _)| at)
        .collect();
    let at = pick(rows, &here, &asked.seen, 0)?;
    let row = rows.get(at)?;
    let nth = here.iter().position(|other| *other == at)? as u32;
    let anchor = Anchor::of(row.extent(), row.clause(at), row.path(document), source.text);
    Some((Anchor { nth, ..anchor }, fields_of(row)))
}

/// The row of an entry that was made on a text of this SHA-256.
pub(super) fn locate<F: Fact>(
    document: &Document,
    source: Source<'_>,
    anchor: &Anchor,
    seen: &Fields,
    made_on: &str,
) -> Found {
    if made_on == source.sha256 {
        in_place::<F>(document, source, anchor, seen)
    } else {
        by_words::<F>(document, source, anchor, seen)
    }
}

fn in_place<F: Fact>(document: &Document, source: Source<'_>, anchor: &Anchor, seen: &Fields) -> Found {
    let Some(extent) = anchor.extent(source.text) else { return Found::Nothing("its place lies outside the text") };
    let rows = F::rows(document);
    let of_path = |row: &F| row.path(document) == anchor.path;
    let mut here = these(rows, |_, row| row.extent().span == extent.span);
    for narrower in [
        these(rows, |at, row| row.extent().span == extent.span && of_path(row) && row.clause(at) == anchor.clause),
        these(rows, |_, row| row.extent().span == extent.span && of_path(row)),
    ] {
        if !narrower.is_empty() {
            here = narrower;
            break;
        }
    }
    // A rule holds in many clauses by the same words: only its own clause tells which row is meant.
    if rows.iter().any(|row| row.is_elsewhere() && row.extent().span == extent.span) {
        here.retain(|at| rows.get(*at).is_some_and(of_path));
    }
    if here.is_empty() {
        // Other rules may cut the words elsewhere.
        let same = |row: &F| is_same(&fields_of(row), seen, F::TABLE);
        here = these(rows, |_, row| row.extent().span.overlaps(extent.span) && !row.is_elsewhere() && same(row));
    }
    if let Some(at) = pick(rows, &here, seen, anchor.nth) {
        return Found::Row(at, false);
    }
    let elsewhere = seen.get("implied").and_then(Value::as_bool) == Some(true) && F::TABLE == TableName::Assignments;
    let clause = if elsewhere { by_path(document, anchor) } else { clause_at(document, &extent) };
    match clause {
        Some((n, path)) => Found::Lost(Place { clause: Some(n), path, extent }, false),
        None if anchor.clause.is_some() => Found::Nothing("its clause is not read any more"),
        None => Found::Lost(Place { clause: None, path: anchor.path.clone(), extent }, false),
    }
}

fn by_words<F: Fact>(document: &Document, source: Source<'_>, anchor: &Anchor, seen: &Fields) -> Found {
    let rows = F::rows(document);
    let same = |row: &F| source.text.wording(row.extent()) == anchor.words;
    let all = these(rows, |_, row| same(row));
    let in_clause = these(rows, |_, row| row.path(document) == anchor.path && same(row));
    let candidates = if in_clause.is_empty() { &all } else { &in_clause };
    if in_clause.is_empty() && all.len() > 1 {
        return Found::Nothing("the text has changed, and its words stand in several clauses");
    }
    if let Some(at) = pick(rows, candidates, seen, anchor.nth) {
        return Found::Row(at, true);
    }
    if seen.get("implied").and_then(Value::as_bool) == Some(true) && F::TABLE == TableName::Assignments {
        return Found::Nothing("the text has changed, and the rule it follows from is not there");
    }
    let clause = by_path(document, anchor).and_then(|(n, _)| document.clauses.get(n as usize - 1));
    let mut places = clause.map(|clause| find(source.text, &clause.text, &anchor.words)).unwrap_or_default();
    if places.is_empty() {
        places = find(source.text, &whole(source.text), &anchor.words);
    }
    match (places.len(), places.pop()) {
        (1, Some(extent)) => {
            let (clause, path) = match clause_at(document, &extent) {
                Some((n, path)) => (Some(n), path),
                None if anchor.clause.is_some() => {
                    return Found::Nothing("the text has changed, and its words stand in no clause");
                }
                None => (None, anchor.path.clone()),
            };
            Found::Lost(Place { clause, path, extent }, true)
        }
        (0, _) => Found::Nothing("the text has changed, and its words are no longer there"),
        _ => Found::Nothing("the text has changed, and its words stand there several times"),
    }
}

/// Position and path of the clause that an anchor names: of its path, and of several that of its position.
fn by_path(document: &Document, anchor: &Anchor) -> Option<(u32, Vec<u32>)> {
    let of_path = || document.clauses.iter().zip(1u32..).filter(|(clause, _)| clause.path == anchor.path);
    let found = of_path().find(|(_, n)| Some(*n) == anchor.clause).or_else(|| of_path().next());
    found.map(|(clause, n)| (n, clause.path.clone()))
}

fn these<F: Fact>(rows: &[F], keep: impl Fn(usize, &F) -> bool) -> Vec<usize> {
    rows.iter().enumerate().filter(|(at, row)| keep(*at, row)).map(|(at, _)| at).collect()
}

/// The candidate that says most of what was seen; of several alike the `nth`.
fn pick<F: Fact>(rows: &[F], candidates: &[usize], seen: &Fields, nth: u32) -> Option<usize> {
    if let [only] = candidates {
        return Some(*only);
    }
    let score = |at: &usize| {
        let fields = rows.get(*at).map(fields_of).unwrap_or_default();
        seen.iter().filter(|(name, value)| fields.get(*name) == Some(value)).count()
    };
    let best = candidates.iter().map(score).max()?;
    let alike: Vec<usize> = candidates.iter().copied().filter(|at| score(at) == best).collect();
    alike.get(nth as usize).or(alike.last()).copied()
}

/// True where two rows of overlapping words say the same thing.
fn is_same(fields: &Fields, seen: &Fields, table: TableName) -> bool {
    let alike = |name: &str| fields.get(name).is_some_and(|value| !value.is_null() && seen.get(name) == Some(value));
    match table {
        TableName::Assignments => alike("body"),
        TableName::Targets => alike("value"),
        TableName::Milestones => alike("deadline"),
        TableName::Citations => alike("title") || alike("number"),
        _ => true,
    }
}

/// Where the row of an entry is now.
pub fn resolve(
    document: &Document,
    source: Source<'_>,
    table: TableName,
    (anchor, seen, made_on): (&Anchor, &Fields, &str),
) -> Outcome {
    use crate::record::{Assignment, Citation, Clause, Milestone, Target};
    match table {
        TableName::Clauses => resolved::<Clause>(document, source, anchor, seen, made_on),
        TableName::Assignments => resolved::<Assignment>(document, source, anchor, seen, made_on),
        TableName::Targets => resolved::<Target>(document, source, anchor, seen, made_on),
        TableName::Milestones => resolved::<Milestone>(document, source, anchor, seen, made_on),
        TableName::Citations => resolved::<Citation>(document, source, anchor, seen, made_on),
        TableName::Documents | TableName::Sections | TableName::Notes => {
            Outcome::of(State::Flagged, Some("rows of this table have no place of their own"))
        }
    }
}

fn resolved<F: Fact>(
    document: &Document,
    source: Source<'_>,
    anchor: &Anchor,
    seen: &Fields,
    made_on: &str,
) -> Outcome {
    match locate::<F>(document, source, anchor, seen, made_on) {
        Found::Row(at, moved) => {
            let (state, reason) = if moved { (State::Moved, Some(MOVED)) } else { (State::Applied, None) };
            let row = F::rows(document).get(at);
            let clause = row.and_then(|row| row.clause(at));
            Outcome { clause, at: row.map(|row| row.extent().span), ..Outcome::of(state, reason) }
        }
        Found::Lost(place, _) => {
            let reason = "its words are there, but no row of this table is read in them any more";
            Outcome { clause: place.clause, at: Some(place.extent.span), ..Outcome::of(State::Flagged, Some(reason)) }
        }
        Found::Nothing(reason) => Outcome::of(State::Flagged, Some(reason)),
    }
}
