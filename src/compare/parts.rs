//! Parts: clauses part by part, each with its words and the bodies that answer for it.
//!
//! In: assignments that a question selects. Out: one row a part that has one of them: its words without the group, and
//! all bodies of the part by role, ；-joined, since a name may hold 、 (各省、自治区、直辖市人民政府). Of a part without a group of its own (one that a line below or a node above governs)
//! the clause is the words.

use super::column::{Columns, at, ints, texts, words};
use super::who::{BODIES, ROLES};
use super::{Shelf, each_document};
use crate::error::Result;
use crate::facts::Role;
use crate::index::Reader;
use crate::query::{self, Names, Query};
use crate::record::Document;
use crate::table::{Table, TableName};
use crate::text::{Extent, SourceText, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A part of a clause.
struct Part {
    row: usize,
    words: Extent,
    text: String,
    bodies: [Vec<String>; 4],
    implied: Vec<String>,
}

/// Clause and part, and the row that stands for them.
type Asked = BTreeMap<(u32, u32), usize>;

/// The parts that have an assignment which `question` selects.
pub fn parts(reader: Reader<'_>, shelf: &dyn Shelf, question: &Query, names: &dyn Names) -> Result<Table> {
    let kept = ["document", "clause", "path", "part", "place", "adcode", "level", "year"];
    let columns = kept.map(str::to_owned).to_vec();
    let table = query::run(reader, &Query { table: TableName::Assignments, columns, ..question.clone() }, names)?;
    let (documents, clauses, numbers) = (words(&table, "document"), texts(&table, "clause"), ints(&table, "part"));
    // The first row of each part stands for it.
    let mut wanted: BTreeMap<&str, Asked> = BTreeMap::new();
    for row in (0..table.len()).rev() {
        let n = at(&clauses, row).and_then(|id| id.rsplit_once('#')?.1.parse().ok());
        let (Some(n), Some(part)) = (n, at(&numbers, row)) else { continue };
        wanted.entry(at(&documents, row)).or_default().insert((n, part as u32), row);
    }
    let wanted: Vec<(&str, Asked)> = wanted.into_iter().collect();
    let ids: Vec<&str> = wanted.iter().map(|(id, _)| *id).collect();
    let found = each_document(shelf, &ids, |position, text, document| {
        let asked = wanted.get(position).map(|(_, asked)| asked);
        asked.into_iter().flatten().filter_map(|(part, row)| part_of(*part, *row, text, document)).collect::<Vec<_>>()
    })?;
    let found: Vec<Part> = found.into_iter().flatten().collect();
    let rows: Vec<usize> = found.iter().map(|part| part.row).collect();
    let joined = |bodies: &[String]| (!bodies.is_empty()).then(|| bodies.join(BODIES));
    let mut columns = Columns::default().taken(&table, &rows, &kept)?;
    columns = columns.text("text", found.iter().map(|part| Some(&part.text)));
    for (position, role) in ROLES.into_iter().enumerate() {
        columns = columns.text(role, found.iter().map(|part| joined(part.bodies.get(position)?)));
    }
    columns
        .text("implied", found.iter().map(|part| joined(&part.implied)))
        .int("start", found.iter().map(|part| Some(i64::from(part.words.span.start))))
        .int("end", found.iter().map(|part| Some(i64::from(part.words.span.end))))
        .table()
}

fn part_of((n, number): (u32, u32), row: usize, text: &SourceText, document: &Document) -> Option<Part> {
    let clause = document.clauses.get((n as usize).checked_sub(1)?)?;
    let from = document.assignments.partition_point(|a| a.clause < n);
    let of_clause = document.assignments.get(from..)?.iter().take_while(|a| a.clause == n);
    let mut part =
        Part { row, words: clause.text.clone(), text: String::new(), bodies: Default::default(), implied: Vec::new() };
    let (mut before, mut own) = (None, None);
    for assignment in of_clause {
        let group = assignment.group.as_ref().map(|group| group.span).filter(|g| clause.text.span.contains(*g));
        if let Some(group) = group {
            match assignment.part.cmp(&number) {
                std::cmp::Ordering::Less => before = Some(group.end),
                std::cmp::Ordering::Equal => own = own.or(Some(group.start)),
                std::cmp::Ordering::Greater => {}
            }
        }
        if assignment.part != number {
            continue;
        }
        let role = match assignment.role {
            Role::Lead => 0,
            Role::Responsible => 1,
            Role::Cooperating => 2,
            Role::Supervising => 3,
        };
        if assignment.implied {
            part.implied.push(assignment.body.clone());
        } else if let Some(bodies) = part.bodies.get_mut(role) {
            bodies.push(assignment.body.clone());
        }
    }
    let whole = clause.text.span;
    if let Some(end) = own {
        part.words = within(&clause.text, before.unwrap_or(whole.start), end);
    }
    part.text = text.wording(&part.words);
    Some(part)
}

/// The stretch of an extent between two code points.
fn within(extent: &Extent, start: u32, end: u32) -> Extent {
    let span = Span::new(start.min(end), end);
    let removed = extent.removed.iter().filter(|gap| span.contains(**gap)).copied().collect();
    Extent { span, removed }
}

/// The documents of a table's rows, each once, in order.
pub(super) fn documents_of<'a>(ids: &[&'a str]) -> Vec<&'a str> {
    ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
}
