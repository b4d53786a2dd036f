//! Dimensions: what rows can be counted by, and what each row of a block has of it.

use super::Names;
use super::scan::{ClauseOf, Hit, View};
use crate::error::{Error, Result};
use crate::index::{Bits, Seats, Values};
use crate::table::{ColumnType, TableName};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What rows are counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dimension {
    /// Name, as asked for and as its column is called.
    pub name: String,
    pub of: Of,
}

/// Where a row has it from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Of {
    /// The government of its document, under the code in force.
    Place,
    /// A kept column of its document.
    Document { column: String, int: bool },
    /// A kept column of texts of its own; of a list each member.
    Own(&'static str),
    /// A kept column of integers or flags of its own.
    Number { column: &'static str, flag: bool },
    /// The year of its deadline.
    Due,
    /// A kept column of texts of its clause.
    Clause(&'static str),
    /// A kept column of texts of the assignments of its clause, each different member once.
    Bodies(&'static str),
}

impl Dimension {
    /// The dimension of a name, for the rows of a table.
    pub fn new(table: TableName, name: &str, metadata: &[String]) -> Result<Self> {
        use TableName::{Assignments, Clauses, Documents, Notes};
        let of_clauses = table.has("clause");
        let text = |column: &str| Of::Document { column: column.to_owned(), int: false };
        let of = match name {
            "place" => Some(Of::Place),
            "document" => Some(text("id")),
            "level" | "zone" => Some(text(name)),
            "year" | "plan_year" => Some(Of::Document { column: name.to_owned(), int: true }),
            "function" if table == Assignments => Some(Of::Own("functions")),
            "function" if of_clauses => Some(Of::Bodies("functions")),
            "role" | "body" if of_clauses && table != Assignments => {
                Some(Of::Bodies(if name == "role" { "role" } else { "body" }))
            }
            "topic" if table == Clauses => Some(Of::Own("topics")),
            "topic" if of_clauses => Some(Of::Clause("topics")),
            "kind" if of_clauses && table != Clauses && table != Notes => Some(Of::Clause("kind")),
            "due" if table.has("deadline") => Some(Of::Due),
            "issuer" if table == Documents => Some(Of::Own("issuers")),
            "part" if table.has("part") => Some(Of::Number { column: "part", flag: false }),
            _ => Self::own(table, name),
        };
        let of = of.or_else(|| metadata.iter().find(|m| *m == name).map(|m| text(&format!("@{m}"))));
        of.map(|of| Self { name: name.to_owned(), of }).ok_or_else(|| {
            let message = format!("the rows of {} cannot be counted by {name:?}", table.as_str());
            Error::query(message, ["place", "level", "year", "document"].map(str::to_owned).to_vec())
        })
    }

    fn own(table: TableName, name: &str) -> Option<Of> {
        let column = table.columns().iter().find(|column| column.name == name)?;
        // What only points into the text is no use to count by.
        let taken = ["text", "heading", "section", "topics", "functions", "clause", "path", "start", "end", "adcode"];
        match column.kind {
            _ if taken.contains(&name) => None,
            ColumnType::Text => Some(Of::Own(column.name)),
            ColumnType::Bool => Some(Of::Number { column: column.name, flag: true }),
            ColumnType::Int => Some(Of::Number { column: column.name, flag: false }),
            ColumnType::Float => None,
        }
    }

    /// True where all rows of a document have the same.
    pub fn is_of_document(&self) -> bool {
        matches!(self.of, Of::Place | Of::Document { .. })
    }

    /// What the rows of a block have of it; of documents, only of these.
    pub fn of_block(&self, view: &View<'_>, documents: &Bits, names: &dyn Names) -> Result<Local> {
        Ok(match &self.of {
            Of::Place => {
                let seats = view.reader.seats(view.block, &|code| names.in_force(code))?;
                let mut known: BTreeMap<&str, u32> = BTreeMap::new();
                let mut found = Vec::new();
                let ids = by_document(documents, |document| {
                    let at = seats.position(document)?;
                    let seat = seats.all().get(at)?;
                    Some(*known.entry(&seat.adcode).or_insert_with(|| {
                        found.push((at, view.block.directory.first + document));
                        found.len() as u32
                    }))
                });
                drop(known);
                Local::Seats { seats, found, ids }
            }
            Of::Document { column, .. } => {
                let Some(values) = view.column(TableName::Documents, column)? else {
                    return Ok(Local::Documents { values: None, found: Vec::new(), ids: vec![0; documents.len()] });
                };
                let mut known: BTreeMap<(Option<&str>, Option<i64>), u32> = BTreeMap::new();
                let mut found = Vec::new();
                let ids = by_document(documents, |document| {
                    let key = (values.text(document as usize), values.int(document as usize));
                    if key == (None, None) {
                        return None;
                    }
                    Some(*known.entry(key).or_insert_with(|| {
                        found.push(document);
                        found.len() as u32
                    }))
                });
                drop(known);
                Local::Documents { values: Some(values), found, ids }
            }
            Of::Own(column) => {
                Local::Texts { values: view.need(view.table, column)?, list: is_list(column), clauses: None }
            }
            Of::Clause(column) => Local::Texts {
                values: view.need(TableName::Clauses, column)?,
                list: is_list(column),
                clauses: Some(view.clauses()?),
            },
            Of::Number { column, .. } => {
                let values = view.need(view.table, column)?;
                let (base, top) = values.ints().and_then(crate::index::Ints::range).unwrap_or_default();
                Local::Numbers { values, base, size: (top - base) as usize + 2 }
            }
            Of::Due => {
                let values = view.need(view.table, "deadline")?;
                let mut years: BTreeMap<&str, u32> = BTreeMap::new();
                let texts = values.texts().into_iter().flat_map(crate::index::Texts::words);
                let words: Vec<&str> = texts.map(|word| word.get(..4).unwrap_or(word)).collect();
                let mut found = Vec::new();
                let mut of = vec![0];
                for year in words {
                    of.push(*years.entry(year).or_insert_with(|| {
                        found.push(Box::from(year));
                        found.len() as u32
                    }));
                }
                drop(years);
                Local::Due { values, of, found }
            }
            Of::Bodies(column) => bodies(view, column)?,
        })
    }
}

/// True for columns whose texts are lists.
pub(super) fn is_list(column: &str) -> bool {
    matches!(column, "topics" | "functions" | "issuers" | "why")
}

fn by_document(documents: &Bits, mut id: impl FnMut(u32) -> Option<u32>) -> Vec<u32> {
    let mut ids = vec![0; documents.len()];
    for document in documents.rows() {
        if let Some(to) = ids.get_mut(document as usize) {
            *to = id(document).unwrap_or_default();
        }
    }
    ids
}

/// The members that the assignments of each clause of a block have.
fn bodies(view: &View<'_>, column: &str) -> Result<Local> {
    let there = View { table: TableName::Assignments, ..*view };
    let (values, of_clause, starts) = (there.need(there.table, column)?, there.clauses()?, there.starts(there.table)?);
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let list = is_list(column);
    if let Some(texts) = values.texts() {
        let members = texts.members();
        for (document, rows) in (0..).zip(starts.windows(2)) {
            let &[from, to] = rows else { continue };
            texts.codes().each(from as usize..to as usize, |row, code| {
                let clause = of_clause.row(Hit { document, row: row as u32 });
                let Some(clause) = clause else { return };
                if list {
                    pairs.extend(members.of_code(code as usize).iter().map(|member| (clause, member + 1)));
                } else if code > 0 {
                    pairs.push((clause, code as u32));
                }
            });
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut ends = vec![0; view.block.directory.rows_of(TableName::Clauses) as usize];
    for (clause, _) in &pairs {
        ends.iter_mut().skip(*clause as usize).take(1).for_each(|end| *end += 1);
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    let ids = pairs.into_iter().map(|(_, id)| id).collect();
    Ok(Local::Bodies { values, list, clauses: view.clauses()?, ends, ids })
}

/// What the rows of a block have of a dimension: numbers of the block's own, 0 for none.
pub(super) enum Local {
    /// Governments: positions of the first seat of each, and the number of the first document that has it.
    Seats { seats: Arc<Seats>, found: Vec<(usize, u32)>, ids: Vec<u32> },
    /// Values of documents: the first document that has each.
    Documents { values: Option<Arc<Values>>, found: Vec<u32>, ids: Vec<u32> },
    /// Texts, or the members of lists.
    Texts { values: Arc<Values>, list: bool, clauses: Option<ClauseOf> },
    /// Integers from `base` on.
    Numbers { values: Arc<Values>, base: i64, size: usize },
    /// Years of deadlines, by the code of the deadline.
    Due { values: Arc<Values>, of: Vec<u32>, found: Vec<Box<str>> },
    /// Texts, or members of lists, of a clause's assignments.
    Bodies { values: Arc<Values>, list: bool, clauses: ClauseOf, ends: Vec<u32>, ids: Vec<u32> },
}

/// What a number of a block's own stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Label<'a> {
    Text(&'a str),
    Int(i64),
    /// A government: code, name, whether that is the name under this code, and a document that has it.
    Place {
        adcode: &'a str,
        name: &'a str,
        by_own_code: bool,
        document: u32,
    },
}

impl Local {
    /// Numbers from 0 to before this one are used.
    pub fn size(&self) -> usize {
        match self {
            Self::Seats { found, .. } => found.len() + 1,
            Self::Documents { found, .. } => found.len() + 1,
            Self::Texts { values, list, .. } | Self::Bodies { values, list, .. } => {
                values.texts().map_or(0, |texts| if *list { texts.members().len() } else { texts.len() }) + 1
            }
            Self::Numbers { size, .. } => *size,
            Self::Due { found, .. } => found.len() + 1,
        }
    }

    /// The number of a document, where all its rows have the same.
    pub fn of_document(&self, document: u32) -> Option<u32> {
        match self {
            Self::Seats { ids, .. } | Self::Documents { ids, .. } => ids.get(document as usize).copied(),
            _ => None,
        }
    }

    /// Calls `each` with the numbers of a row; 0 where it has none.
    pub fn each(&self, hit: Hit, mut each: impl FnMut(u32)) {
        let row = hit.row as usize;
        match self {
            Self::Seats { .. } | Self::Documents { .. } => each(self.of_document(hit.document).unwrap_or_default()),
            Self::Texts { values, list, clauses } => {
                let row = clauses.as_ref().map_or(Some(row), |clauses| clauses.row(hit).map(|row| row as usize));
                let code = row.and_then(|row| values.texts()?.codes().get(row)).unwrap_or_default();
                if !list {
                    return each(code as u32);
                }
                match values.texts().map_or(&[][..], |texts| texts.members().of_code(code as usize)) {
                    [] => each(0),
                    members => members.iter().for_each(|member| each(member + 1)),
                }
            }
            Self::Numbers { values, base, .. } => each(values.int(row).map_or(0, |value| (value - base) as u32 + 1)),
            Self::Due { values, of, .. } => {
                let code = values.texts().and_then(|texts| texts.codes().get(row)).unwrap_or_default();
                each(of.get(code as usize).copied().unwrap_or_default());
            }
            Self::Bodies { clauses, ends, ids, .. } => {
                let range = clauses.row(hit).map_or(0..0, |clause| {
                    let end = |at: usize| ends.get(at).copied().unwrap_or_default() as usize;
                    let at = clause as usize;
                    at.checked_sub(1).map_or(0, end)..end(at)
                });
                match ids.get(range).unwrap_or_default() {
                    [] => each(0),
                    ids => ids.iter().for_each(|id| each(*id)),
                }
            }
        }
    }

    /// What a number stands for; none for 0.
    pub fn label(&self, number: u32) -> Option<Label<'_>> {
        let at = (number as usize).checked_sub(1)?;
        match self {
            Self::Seats { seats, found, .. } => {
                let (seat, document) = *found.get(at)?;
                let seat = seats.all().get(seat)?;
                let (adcode, name, by_own_code) = (&*seat.adcode, &*seat.name, seat.by_own_code);
                Some(Label::Place { adcode, name, by_own_code, document })
            }
            Self::Documents { values, found, .. } => {
                let (values, row) = (values.as_ref()?, *found.get(at)? as usize);
                values.text(row).map(Label::Text).or_else(|| values.int(row).map(Label::Int))
            }
            Self::Texts { values, list, .. } | Self::Bodies { values, list, .. } => {
                let texts = values.texts()?;
                if *list { Some(Label::Text(texts.members().name(texts, at))) } else { texts.word(at).map(Label::Text) }
            }
            Self::Numbers { base, .. } => Some(Label::Int(base + at as i64)),
            Self::Due { found, .. } => found.get(at).map(|year| Label::Text(year)),
        }
    }
}
