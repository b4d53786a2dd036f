//! Who: how much work bodies carry, in which role, and what they are called.
//!
//! In: assignments that a question selects. Out: load by function or body, place, level and year: roles, clauses,
//! documents, the share of all leads, parts led alone; and the names that a function bears from year to year.

use super::column::{Columns, Numbered, at, flags, ints, numbered, runs, texts, words};
use crate::error::{Error, Result};
use crate::index::Reader;
use crate::query::{self, Names, Query};
use crate::table::{Table, TableName};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Roles in the order of their columns.
pub(super) const ROLES: [&str; 4] = ["lead", "responsible", "cooperating", "supervising"];

/// Between bodies in one cell: a name may hold 、.
pub(super) const BODIES: &str = "；";

/// What the load can be counted by.
const BY: [&str; 5] = ["function", "body", "place", "level", "year"];

/// What a key carries; rows come clause by clause, so the last clause and document are all that is remembered.
#[derive(Debug, Default, Clone)]
struct Load {
    roles: [i64; 4],
    clauses: i64,
    documents: i64,
    sole: i64,
    alone: i64,
    implied: i64,
    /// First row of the clause, and of the document, counted last.
    last: Option<(usize, usize)>,
}

/// A value that rows are counted by.
type Key<'a> = Vec<Option<&'a str>>;

/// Load by the columns `by` (function, body, place, level, year); of them function and body say who.
pub fn who(reader: Reader<'_>, question: &Query, by: &[String], names: &dyn Names) -> Result<Table> {
    if by.len() > BY.len() {
        return Err(Error::query("work is counted by the same thing twice", Vec::new()));
    }
    let mut chosen = Vec::new();
    for name in by {
        let known = BY.into_iter().find(|known| known == name);
        let unknown = || Error::query(format!("work is not counted by {name:?}"), BY.map(str::to_owned).to_vec());
        chosen.push(known.ok_or_else(unknown)?);
    }
    let columns =
        ["document", "clause", "part", "body", "function", "role", "implied", "place", "adcode", "level", "year"];
    let columns = columns.map(str::to_owned).to_vec();
    let table = query::run(reader, &Query { table: TableName::Assignments, columns, ..question.clone() }, names)?;
    let years: Vec<Option<String>> = ints(&table, "year").into_iter().map(|y| y.map(|y| y.to_string())).collect();
    let keys: Vec<(&str, Vec<Option<&str>>)> = chosen
        .iter()
        .map(|name| {
            let values =
                if *name == "year" { years.iter().map(Option::as_deref).collect() } else { texts(&table, name) };
            (*name, values)
        })
        .collect();
    let who: Vec<bool> = chosen.iter().map(|name| matches!(*name, "function" | "body")).collect();
    let (clauses, documents, roles) = (words(&table, "clause"), words(&table, "document"), words(&table, "role"));
    let (parts, implied) = (ints(&table, "part"), flags(&table, "implied"));

    // Keys as numbers, so that rows are not compared by their words.
    let Numbered { of, values } = {
        let each: Vec<Numbered<Option<&str>>> =
            keys.iter().map(|(_, values)| numbered(values.iter().copied())).collect();
        let row = |row: usize| each.iter().map(|column| at(&column.of, row)).fold([0; BY.len()], pushed);
        let Numbered { of, values } = numbered((0..table.len()).map(row));
        let named = |numbers: [u32; BY.len()]| -> Key<'_> {
            let own = numbers.iter().skip(BY.len().saturating_sub(each.len()));
            each.iter().zip(own).map(|(column, number)| at(&column.values, *number as usize)).collect()
        };
        Numbered { of, values: values.into_iter().map(named).collect() }
    };
    let mut loads: Vec<Load> = vec![Load::default(); values.len()];
    let load = |loads: &mut Vec<Load>, row: usize, count: &dyn Fn(&mut Load)| {
        loads.iter_mut().skip(at(&of, row) as usize).take(1).for_each(count);
    };
    let mut document = 0;
    for run in runs(&clauses).windows(2) {
        let &[from, to] = run else { continue };
        if at(&documents, from) != at(&documents, document) {
            document = from;
        }
        for row in from..to {
            let role = ROLES.iter().position(|role| *role == at(&roles, row));
            load(&mut loads, row, &|load| load.count(role, from, document, at(&implied, row)));
        }
        // A clause's parts are told by their number.
        let mut members: Vec<(Option<i64>, usize)> = (from..to).map(|row| (at(&parts, row), row)).collect();
        members.sort_unstable();
        for part in members.chunk_by(|a, b| a.0 == b.0) {
            let mut leaders = part.iter().filter(|(_, row)| at(&roles, *row) == "lead");
            if let (Some((_, leader)), None) = (leaders.next(), leaders.next()) {
                load(&mut loads, *leader, &|load| load.sole += 1);
            }
            if let [(_, only)] = part {
                load(&mut loads, *only, &|load| load.alone += 1);
            }
        }
    }
    let mut rows: Vec<(Key<'_>, Load)> = values.into_iter().zip(loads).collect();
    let mut leads: BTreeMap<Key<'_>, i64> = BTreeMap::new();
    for (key, load) in &rows {
        *leads.entry(elsewhere(key, &who)).or_default() += load.roles.first().copied().unwrap_or_default();
    }
    // Where, then the busiest; the order of keys breaks ties.
    rows.sort_by_key(|(key, load)| (elsewhere(key, &who), Reverse(load.roles.iter().sum::<i64>())));
    let mut columns = Columns::default();
    for (position, (name, _)) in keys.iter().enumerate() {
        let value = |key: &Key<'_>| key.get(position).copied().flatten().map(str::to_owned);
        columns = if *name == "year" {
            columns.int(name, rows.iter().map(|(key, _)| value(key)?.parse().ok()))
        } else {
            columns.text(name, rows.iter().map(|(key, _)| value(key)))
        };
    }
    let total = |load: &Load| load.roles.iter().sum::<i64>();
    columns = columns.int("assignments", rows.iter().map(|(_, load)| Some(total(load))));
    for (position, role) in ROLES.into_iter().enumerate() {
        columns = columns.int(role, rows.iter().map(|(_, load)| load.roles.get(position).copied()));
    }
    let share = |key: &Key<'_>, load: &Load| {
        let all = leads.get(&elsewhere(key, &who)).copied().filter(|all| *all > 0)?;
        Some(load.roles.first().copied().unwrap_or_default() as f64 / all as f64)
    };
    columns
        .float("share_of_leads", rows.iter().map(|(key, load)| share(key, load)))
        .int("sole_leads", rows.iter().map(|(_, load)| Some(load.sole)))
        .int("alone", rows.iter().map(|(_, load)| Some(load.alone)))
        .int("implied", rows.iter().map(|(_, load)| Some(load.implied)))
        .int("clauses", rows.iter().map(|(_, load)| Some(load.clauses)))
        .int("documents", rows.iter().map(|(_, load)| Some(load.documents)))
        .table()
}

impl Load {
    /// Counts a row of the clause that begins at row `clause`, in the document that begins at row `document`.
    fn count(&mut self, role: Option<usize>, clause: usize, document: usize, implied: bool) {
        let Some(role) = role else { return };
        self.roles.iter_mut().skip(role).take(1).for_each(|count| *count += 1);
        self.clauses += i64::from(self.last.is_none_or(|(last, _)| last != clause));
        self.documents += i64::from(self.last.is_none_or(|(_, last)| last != document));
        self.last = Some((clause, document));
        self.implied += i64::from(implied);
    }
}

/// The numbers with another behind them, in place of the first.
fn pushed(mut numbers: [u32; BY.len()], number: u32) -> [u32; BY.len()] {
    numbers.rotate_left(1);
    if let Some(last) = numbers.last_mut() {
        *last = number;
    }
    numbers
}

/// The columns of a key that say where and when, not who.
fn elsewhere<'a>(key: &Key<'a>, who: &[bool]) -> Key<'a> {
    key.iter().zip(who).map(|(value, who)| value.filter(|_| !who)).collect()
}

/// How a name is used.
#[derive(Default)]
struct Use<'a> {
    years: BTreeSet<i64>,
    places: BTreeSet<&'a str>,
    documents: BTreeSet<&'a str>,
    count: i64,
}

/// Function, level and name.
type Name<'a> = (Option<&'a str>, Option<&'a str>, &'a str);

/// What a function's bodies are called: one row a function, name and level, with its years and places.
pub fn names_of(reader: Reader<'_>, question: &Query, names: &dyn Names) -> Result<Table> {
    let columns = ["document", "function", "body", "place", "level", "year"].map(str::to_owned).to_vec();
    let table = query::run(reader, &Query { table: TableName::Assignments, columns, ..question.clone() }, names)?;
    let (documents, bodies) = (words(&table, "document"), words(&table, "body"));
    let (functions, levels) = (texts(&table, "function"), texts(&table, "level"));
    let (places, years) = (texts(&table, "place"), ints(&table, "year"));
    let mut uses: BTreeMap<Name<'_>, Use<'_>> = BTreeMap::new();
    for row in 0..table.len() {
        let used = uses.entry((at(&functions, row), at(&levels, row), at(&bodies, row))).or_default();
        used.years.extend(at(&years, row));
        used.places.extend(at(&places, row));
        used.documents.insert(at(&documents, row));
        used.count += 1;
    }
    let mut rows: Vec<(Name<'_>, Use<'_>)> = uses.into_iter().collect();
    rows.sort_by_key(|((function, level, body), used)| {
        (function.is_none(), *function, *level, used.years.first().copied(), *body)
    });
    Columns::default()
        .text("function", rows.iter().map(|((function, ..), _)| *function))
        .text("level", rows.iter().map(|((_, level, _), _)| *level))
        .text("body", rows.iter().map(|((.., body), _)| Some(*body)))
        .int("since", rows.iter().map(|(_, used)| used.years.first().copied()))
        .int("until", rows.iter().map(|(_, used)| used.years.last().copied()))
        .int("places", rows.iter().map(|(_, used)| Some(used.places.len() as i64)))
        .int("documents", rows.iter().map(|(_, used)| Some(used.documents.len() as i64)))
        .int("count", rows.iter().map(|(_, used)| Some(used.count)))
        .table()
}
