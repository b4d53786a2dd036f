//! Calendar: what falls due when, and who answers for it.
//!
//! In: targets and milestones that a question selects, a period. Out: one row a commitment with a deadline in it, with
//! the bodies of its part, in the order of the deadlines' last days.

use super::column::{Columns, at, flags, ints, texts, words};
use super::period::Period;
use super::who::BODIES;
use crate::error::{Error, Result};
use crate::index::Reader;
use crate::query::{self, Names, Query};
use crate::table::{Table, TableName};
use std::collections::{BTreeMap, BTreeSet};

/// When something is due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// First period, ISO 8601 of reduced precision.
    pub from: Option<String>,
    /// Last period.
    pub to: Option<String>,
}

impl Due {
    fn bounds(&self) -> Result<(Option<Period>, Option<Period>)> {
        let of = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => match Period::of(text) {
                Some(period) => Ok(Some(period)),
                None => {
                    Err(Error::query(format!("{text:?} is no year, month or day (2025, 2025-06, 2025-06-30)"), vec![]))
                }
            },
        };
        Ok((of(&self.from)?, of(&self.to)?))
    }
}

/// Columns of both tables.
const SHARED: [&str; 12] =
    ["place", "adcode", "level", "year", "document", "clause", "path", "part", "text", "deadline", "start", "end"];
/// Columns of targets alone.
const NUMBERS: [&str; 5] = ["indicator", "op", "value", "unit", "per"];

/// One commitment: its table and its row there.
struct Row<'a> {
    table: usize,
    at: usize,
    due: Period,
    place: (Option<&'a str>, &'a str, i64),
}

/// The calendar of the targets and milestones that two questions select.
pub fn calendar(
    reader: Reader<'_>,
    targets: Option<&Query>,
    milestones: Option<&Query>,
    due: &Due,
    names: &dyn Names,
) -> Result<Table> {
    let (from, to) = due.bounds()?;
    let mut tables = Vec::new();
    for (kind, question) in [(TableName::Targets, targets), (TableName::Milestones, milestones)] {
        let numbers = if kind == TableName::Targets { NUMBERS.as_slice() } else { &[] };
        let columns: Vec<String> = SHARED.iter().chain(numbers).map(|&c| c.to_owned()).collect();
        if let Some(question) = question {
            tables.push((kind, run(reader, &Query { table: kind, columns, ..question.clone() }, from, to, names)?));
        }
    }
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (position, (_, table)) in tables.iter().enumerate() {
        let (deadlines, adcodes) = (texts(table, "deadline"), texts(table, "adcode"));
        let (documents, starts) = (words(table, "document"), ints(table, "start"));
        for row in 0..table.len() {
            let Some(period) = at(&deadlines, row).and_then(Period::of) else { continue };
            let late = to.is_some_and(|to| period.last > to.last);
            if late || from.is_some_and(|from| period.last < from.first) {
                continue;
            }
            let place = (at(&adcodes, row), at(&documents, row), at(&starts, row).unwrap_or_default());
            rows.push(Row { table: position, at: row, due: period, place });
        }
    }
    rows.sort_by(|a, b| a.due.cmp(&b.due).then_with(|| a.place.cmp(&b.place)).then(a.table.cmp(&b.table)));

    let column = |name: &'static str| -> Vec<Vec<Option<&str>>> {
        tables
            .iter()
            .map(|(_, table)| if table.column_names().contains(&name) { texts(table, name) } else { Vec::new() })
            .collect()
    };
    let numbers = |name: &'static str| -> Vec<Vec<Option<i64>>> { tables.iter().map(|(_, t)| ints(t, name)).collect() };
    let values: Vec<Vec<Option<f64>>> = tables.iter().map(|(_, t)| super::column::floats(t, "value")).collect();
    let (clauses, parts) = (column("clause"), numbers("part"));
    let part = |row: &Row<'_>| Some((at(clauses.get(row.table)?, row.at)?, at(parts.get(row.table)?, row.at)?));
    let bodies = bodies(reader, rows.iter().filter_map(part).map(|(clause, _)| clause).collect(), names)?;
    let who = |row: &Row<'_>, role: &str| {
        let (clause, part) = part(row)?;
        bodies.get(&(clause.to_owned(), part))?.get(role).map(|names| names.join(BODIES))
    };
    let mut columns = Columns::default()
        .text("deadline", pick(&rows, &column("deadline")))
        .text("last_day", rows.iter().map(|row| Some(row.due.last.to_string())))
        .text(
            "kind",
            rows.iter().map(|row| match tables.get(row.table)?.0 {
                TableName::Targets => Some("target"),
                _ => Some("milestone"),
            }),
        );
    for name in ["place", "adcode", "level"] {
        columns = columns.text(name, pick(&rows, &column(name)));
    }
    columns = columns.int("year", pick(&rows, &numbers("year")));
    for name in ["document", "clause", "path"] {
        columns = columns.text(name, pick(&rows, &column(name)));
    }
    columns = columns.int("part", pick(&rows, &parts));
    for name in ["text", "indicator", "op"] {
        columns = columns.text(name, pick(&rows, &column(name)));
    }
    columns = columns.float("value", pick(&rows, &values));
    for name in ["unit", "per"] {
        columns = columns.text(name, pick(&rows, &column(name)));
    }
    columns
        .text("lead", rows.iter().map(|row| who(row, "lead")))
        .text("responsible", rows.iter().map(|row| who(row, "responsible")))
        .int("start", pick(&rows, &numbers("start")))
        .int("end", pick(&rows, &numbers("end")))
        .table()
}

/// The values of rows that lie in several tables.
fn pick<'a, T: Copy>(rows: &'a [Row<'_>], of: &'a [Vec<Option<T>>]) -> impl Iterator<Item = Option<T>> + 'a {
    rows.iter().map(|row| of.get(row.table)?.get(row.at).copied().flatten())
}

/// Years that are asked one by one; a longer period is asked as a whole.
const YEARS: i16 = 20;

/// The rows with a deadline, in the years of the period where it has both ends.
fn run(
    reader: Reader<'_>,
    question: &Query,
    from: Option<Period>,
    to: Option<Period>,
    names: &dyn Names,
) -> Result<Table> {
    let (Some(from), Some(to), None) = (from, to, question.due) else { return query::run(reader, question, names) };
    let years = from.first.year()..=to.last.year();
    if years.is_empty() || to.last.year() - from.first.year() > YEARS {
        return query::run(reader, question, names);
    }
    let tables = years.map(|year| query::run(reader, &Query { due: Some(year), ..question.clone() }, names));
    Table::concat(&tables.collect::<Result<Vec<_>>>()?)
}

/// Bodies by clause and part, then by role; those that a rule implies are left out.
type Bodies = BTreeMap<(String, i64), BTreeMap<String, Vec<String>>>;

fn bodies(reader: Reader<'_>, clauses: BTreeSet<&str>, names: &dyn Names) -> Result<Bodies> {
    let mut bodies = Bodies::new();
    if clauses.is_empty() {
        return Ok(bodies);
    }
    let question = Query {
        clause: clauses.into_iter().map(str::to_owned).collect(),
        columns: ["clause", "part", "body", "role", "implied"].map(str::to_owned).to_vec(),
        ..Query::new(TableName::Assignments)
    };
    let table = query::run(reader, &question, names)?;
    let (clauses, parts, roles) = (words(&table, "clause"), ints(&table, "part"), words(&table, "role"));
    let (body, implied) = (words(&table, "body"), flags(&table, "implied"));
    for row in (0..table.len()).filter(|row| !at(&implied, *row)) {
        let part = bodies.entry((at(&clauses, row).to_owned(), at(&parts, row).unwrap_or_default())).or_default();
        let known = part.entry(at(&roles, row).to_owned()).or_default();
        if !known.iter().any(|name| name == at(&body, row)) {
            known.push(at(&body, row).to_owned());
        }
    }
    Ok(bodies)
}
