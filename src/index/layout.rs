//! Layout: which columns are kept of each table, and how a document fills them.
//!
//! Kept columns are not the columns of answers: wording is kept as places in the text, and what belongs to the document
//! (its place, its year) is looked up there instead of repeated on each row.

use super::column::Builder;
use super::shape::Head;
use crate::facts::{Change, Op, Role};
use crate::record::{Document, Kind, Level};
use crate::table::TableName;
use std::borrow::Cow;

/// Type of a kept column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Texts.
    Text,
    /// Integers; booleans are 0 and 1.
    Int,
    /// Floats.
    Float,
    /// Places in the document's text.
    Extent,
}

/// A kept column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Name; that of the answer's column where the value is the same.
    pub name: &'static str,
    /// Type.
    pub kind: Type,
}

const fn text(name: &'static str) -> Field {
    Field { name, kind: Type::Text }
}

const fn int(name: &'static str) -> Field {
    Field { name, kind: Type::Int }
}

const fn float(name: &'static str) -> Field {
    Field { name, kind: Type::Float }
}

const fn extent(name: &'static str) -> Field {
    Field { name, kind: Type::Extent }
}

/// The sign between the members of a list in one text.
pub const LIST: char = '、';

/// The user's columns that fill a field of the document; all others are kept as they are, beside the fields.
pub const METADATA_FIELDS: [&str; 9] =
    ["title", "number", "issuers", "issuer", "issued", "date", "place", "adcode", "level"];

/// The kept columns of all tables. Names of columns are on disk: a column that means something new has a new name.
#[derive(Debug, Clone, Copy)]
pub struct Fields;

impl Fields {
    /// The kept columns of a table.
    pub fn of(table: TableName) -> &'static [Field] {
        match table {
            TableName::Documents => {
                const {
                    &[
                        text("id"),
                        text("file"),
                        text("title"),
                        text("number"),
                        text("issuers"),
                        text("issued"),
                        text("adcode"),
                        text("place"),
                        text("level"),
                        text("zone"),
                        int("year"),
                        int("plan_year"),
                        int("version"),
                        text("encoding"),
                        text("sha256"),
                        int("length"),
                        text("reading"),
                        int("group"),
                        int("slot"),
                        int("sections"),
                        int("clauses"),
                        int("assignments"),
                        int("targets"),
                        int("milestones"),
                        int("citations"),
                        int("notes"),
                    ]
                }
            }
            TableName::Sections => const { &[int("plan"), int("no"), extent("heading")] },
            TableName::Clauses => {
                const { &[text("path"), int("section"), extent("heading"), text("kind"), extent("text"), text("topics")] }
            }
            TableName::Assignments => {
                const {
                    &[
                        int("n"),
                        int("part"),
                        text("body"),
                        text("functions"),
                        text("role"),
                        int("implied"),
                        int("open"),
                        extent("name"),
                        text("why"),
                    ]
                }
            }
            TableName::Targets => {
                const {
                    &[
                        int("n"),
                        text("path"),
                        int("part"),
                        extent("text"),
                        text("indicator"),
                        text("op"),
                        float("value"),
                        float("value_high"),
                        text("unit"),
                        text("per"),
                        float("baseline"),
                        text("baseline_period"),
                        text("change"),
                        text("deadline"),
                        int("implied"),
                        text("why"),
                    ]
                }
            }
            TableName::Milestones => {
                const { &[int("n"), text("path"), int("part"), extent("text"), text("deadline"), text("why")] }
            }
            TableName::Citations => const { &[int("n"), text("title"), text("number"), extent("text")] },
            TableName::Notes => const { &[int("n"), text("kind"), text("message"), extent("at")] },
        }
    }

    /// Number of rows of a table in a document.
    pub fn rows(table: TableName, document: &Document) -> usize {
        match table {
            TableName::Documents => 1,
            TableName::Sections => document.sections.len(),
            TableName::Clauses => document.clauses.len(),
            TableName::Assignments => document.assignments.len(),
            TableName::Targets => document.targets.len(),
            TableName::Milestones => document.milestones.len(),
            TableName::Citations => document.citations.len(),
            TableName::Notes => document.notes.len(),
        }
    }

    /// Adds a document's values of one column. Which one is asked once, not once a row.
    pub(super) fn fill(table: TableName, name: &str, head: &Head, document: &Document, length: u32, to: &mut Builder) {
        match table {
            TableName::Documents => documents(name, head, document, length, to),
            TableName::Sections => match name {
                "plan" => document.sections.iter().for_each(|row| to.int(row.plan.map(i64::from))),
                "no" => document.sections.iter().for_each(|row| to.int(Some(i64::from(row.no)))),
                _ => document.sections.iter().for_each(|row| to.extent(Some(&row.heading))),
            },
            TableName::Clauses => match name {
                "path" => document.clauses.iter().for_each(|row| to.text(Some(&path_text(&row.path)))),
                "section" => document.clauses.iter().for_each(|row| to.int(row.section.map(i64::from))),
                "heading" => document.clauses.iter().for_each(|row| to.extent(row.heading.as_ref())),
                "kind" => document.clauses.iter().for_each(|row| to.text(Some(kind_name(row.kind)))),
                "text" => document.clauses.iter().for_each(|row| to.extent(Some(&row.text))),
                _ => document.clauses.iter().for_each(|row| to.text(list(&row.topics).as_deref())),
            },
            TableName::Assignments => match name {
                "n" => document.assignments.iter().for_each(|row| to.int(Some(i64::from(row.clause)))),
                "part" => document.assignments.iter().for_each(|row| to.int(Some(i64::from(row.part)))),
                "body" => document.assignments.iter().for_each(|row| to.text(Some(&row.body))),
                "functions" => document.assignments.iter().for_each(|row| to.text(list(&row.functions).as_deref())),
                "role" => document.assignments.iter().for_each(|row| to.text(Some(role_name(row.role)))),
                "implied" => document.assignments.iter().for_each(|row| to.int(Some(i64::from(row.implied)))),
                "open" => document.assignments.iter().for_each(|row| to.int(Some(i64::from(row.open)))),
                "name" => document.assignments.iter().for_each(|row| to.extent(Some(&row.name))),
                _ => document.assignments.iter().for_each(|row| to.text(list(&row.why).as_deref())),
            },
            TableName::Targets => match name {
                "n" => document.targets.iter().for_each(|row| to.int(row.clause.map(i64::from))),
                "path" => document.targets.iter().for_each(|row| to.text(Some(&path_text(&row.path)))),
                "part" => document.targets.iter().for_each(|row| to.int(row.part.map(i64::from))),
                "text" => document.targets.iter().for_each(|row| to.extent(Some(&row.text))),
                "indicator" => document.targets.iter().for_each(|row| to.text(Some(&row.indicator))),
                "op" => document.targets.iter().for_each(|row| to.text(Some(op_name(row.op)))),
                "value" => document.targets.iter().for_each(|row| to.float(Some(row.value))),
                "value_high" => document.targets.iter().for_each(|row| to.float(row.value_high)),
                "unit" => document.targets.iter().for_each(|row| to.text(row.unit.as_deref())),
                "per" => document.targets.iter().for_each(|row| to.text(row.per.as_deref())),
                "baseline" => document.targets.iter().for_each(|row| to.float(row.baseline)),
                "baseline_period" => document.targets.iter().for_each(|row| to.text(row.baseline_period.as_deref())),
                "change" => document.targets.iter().for_each(|row| to.text(row.change.map(change_name))),
                "deadline" => document.targets.iter().for_each(|row| to.text(row.deadline.as_deref())),
                "implied" => document.targets.iter().for_each(|row| to.int(Some(i64::from(row.implied)))),
                _ => document.targets.iter().for_each(|row| to.text(list(&row.why).as_deref())),
            },
            TableName::Milestones => match name {
                "n" => document.milestones.iter().for_each(|row| to.int(row.clause.map(i64::from))),
                "path" => document.milestones.iter().for_each(|row| to.text(Some(&path_text(&row.path)))),
                "part" => document.milestones.iter().for_each(|row| to.int(row.part.map(i64::from))),
                "text" => document.milestones.iter().for_each(|row| to.extent(Some(&row.text))),
                "deadline" => document.milestones.iter().for_each(|row| to.text(Some(&row.deadline))),
                _ => document.milestones.iter().for_each(|row| to.text(list(&row.why).as_deref())),
            },
            TableName::Citations => match name {
                "n" => document.citations.iter().for_each(|row| to.int(row.clause.map(i64::from))),
                "title" => document.citations.iter().for_each(|row| to.text(row.title.as_deref())),
                "number" => document.citations.iter().for_each(|row| to.text(row.number.as_deref())),
                _ => document.citations.iter().for_each(|row| to.extent(Some(&row.text))),
            },
            TableName::Notes => match name {
                "n" => document.notes.iter().for_each(|row| to.int(row.clause.map(i64::from))),
                "kind" => document.notes.iter().for_each(|row| to.text(Some(&row.kind))),
                "message" => document.notes.iter().for_each(|row| to.text(Some(&row.message))),
                _ => document.notes.iter().for_each(|row| to.extent(row.at.as_ref())),
            },
        }
    }
}

fn documents(name: &str, head: &Head, document: &Document, length: u32, to: &mut Builder) {
    let place = document.jurisdiction.as_ref();
    match name {
        "id" => to.text(Some(&head.id)),
        "file" => to.text(head.file.as_deref()),
        "title" => to.text(document.title.as_deref()),
        "number" => to.text(document.number.as_deref()),
        "issuers" => to.text(list(&document.issuers).as_deref()),
        "issued" => to.text(document.issued.as_deref()),
        "adcode" => to.text(place.map(|p| p.adcode.as_str())),
        "place" => to.text(place.map(|p| p.name.as_str())),
        "level" => to.text(place.map(|p| level_name(p.level))),
        "zone" => to.text(place.and_then(|p| p.zone.as_deref())),
        "year" => to.int(document.year.map(i64::from)),
        "plan_year" => to.int(document.plan_year.map(i64::from)),
        "version" => to.int(Some(i64::from(head.version))),
        "encoding" => to.text(Some(&head.encoding)),
        "sha256" => to.text(Some(&hex(&head.sha256))),
        "length" => to.int(Some(i64::from(length))),
        "reading" => to.text(Some(&head.reading.to_string())),
        "group" => to.int(Some(i64::from(head.group))),
        "slot" => to.int(Some(i64::from(head.slot))),
        counted => {
            let table = TableName::ALL.into_iter().find(|table| table.as_str() == counted);
            to.int(table.map(|table| Fields::rows(table, document) as i64));
        }
    }
}

/// Bytes in hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|b| [b >> 4, b & 15]).filter_map(|d| char::from_digit(u32::from(d), 16)).collect()
}

/// A path as text: `3.16`.
pub fn path_text(path: &[u32]) -> String {
    path.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

/// A list in one text; none where it is empty.
fn list(members: &[String]) -> Option<Cow<'_, str>> {
    match members {
        [] => None,
        [one] => Some(Cow::Borrowed(one)),
        _ => Some(Cow::Owned(members.join(LIST.encode_utf8(&mut [0; 4])))),
    }
}

/// The name of a level in tables.
pub fn level_name(level: Level) -> &'static str {
    match level {
        Level::Country => "country",
        Level::Province => "province",
        Level::Prefecture => "prefecture",
        Level::County => "county",
    }
}

/// The level of a name.
pub fn level_of(name: &str) -> Option<Level> {
    [Level::Country, Level::Province, Level::Prefecture, Level::County].into_iter().find(|l| level_name(*l) == name)
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Task => "task",
        Kind::Preamble => "preamble",
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Lead => "lead",
        Role::Responsible => "responsible",
        Role::Cooperating => "cooperating",
        Role::Supervising => "supervising",
    }
}

fn op_name(op: Op) -> &'static str {
    match op {
        Op::Equal => "=",
        Op::AtLeast => ">=",
        Op::AtMost => "<=",
        Op::Above => ">",
        Op::Below => "<",
        Op::About => "~",
        Op::Range => "range",
    }
}

fn change_name(change: Change) -> &'static str {
    match change {
        Change::Up => "up",
        Change::Down => "down",
    }
}
