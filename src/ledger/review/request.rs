//! Request: a row that somebody points at and what is said of it → an entry.

use super::Opened;
use crate::error::{Error, Result};
use crate::query::Names;
use crate::record::Jurisdiction;
use crate::review::{self, Action, Anchor, Asked, Correction, Fields, checked, fields, find};
use crate::table::TableName;
use crate::text::{Extent, Span};
use serde::Deserialize;
use serde_json::{Value, json};

/// What is said of a row. Names of functions, topics and places are resolved as those of a question.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What is done; not undo.
    pub action: Action,
    /// Id of the document.
    pub document: String,
    /// Table of the row.
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
    /// Words of a row to add, in place of `start` and `end`.
    #[serde(default)]
    pub words: Option<String>,
    /// The row as its table gives it.
    #[serde(default)]
    pub seen: Fields,
    /// What it is to say.
    #[serde(default)]
    pub fields: Fields,
    /// Who says so.
    pub by: String,
    /// Why.
    #[serde(default)]
    pub note: Option<String>,
    /// When, ISO 8601.
    pub when: String,
}

impl Request {
    /// The entry of a request about a document.
    pub(super) fn entry(&self, opened: &Opened, names: &dyn Names) -> Result<Correction> {
        let wrong = |message: String| Error::query(message, Vec::new());
        let table = TableName::from_name(&self.table)?;
        if self.by.trim().is_empty() || self.when.trim().is_empty() {
            return Err(wrong("who says it, and when? by and when are needed".to_owned()));
        }
        let mut said = self.said(table, names)?;
        let (anchor, seen) = match (self.action, table) {
            (Action::Undo, _) => return Err(wrong("undo takes the id of an entry".to_owned())),
            (Action::Set | Action::Confirm, TableName::Documents) => (None, document_fields(opened)),
            (_, TableName::Documents) => {
                return Err(wrong("a document is removed by ledger.remove, not rejected or added".to_owned()));
            }
            (_, TableName::Sections | TableName::Notes) => {
                return Err(wrong(format!("rows of {} cannot be corrected", table.as_str())));
            }
            (Action::Add | Action::Reject, TableName::Clauses) => {
                let advice = "ids of clauses count them, so none is added or rejected; \
                              set kind=\"preamble\" for one that hands out no work";
                return Err(wrong(advice.to_owned()));
            }
            (Action::Add, _) => {
                let anchor = self.new_place(opened, table)?;
                complete(table, &mut said, &anchor, names)?;
                (Some(anchor), Fields::new())
            }
            _ => {
                let asked = self.asked(table)?;
                let found = review::choose(&opened.document, opened.source(), &asked);
                let (anchor, seen) = found.ok_or_else(|| {
                    let (start, end) = (asked.start, asked.end);
                    let id = &self.document;
                    wrong(format!("{id:?} has no row of {} at {start}–{end}; ask for the table anew", table.as_str()))
                })?;
                (Some(anchor), seen)
            }
        };
        if self.action == Action::Set && said.is_empty() {
            return Err(wrong("what is it to say? give at least one field=value".to_owned()));
        }
        Ok(Correction {
            document: self.document.clone(),
            table,
            action: self.action,
            anchor,
            seen,
            fields: if matches!(self.action, Action::Set | Action::Add) { said } else { Fields::new() },
            by: self.by.trim().to_owned(),
            note: self.note.clone().filter(|note| !note.trim().is_empty()),
            when: self.when.trim().to_owned(),
            sha256: opened.sha256.clone(),
            undoes: None,
        })
    }

    /// The row that is pointed at.
    pub(super) fn asked(&self, table: TableName) -> Result<Asked> {
        let (Some(start), Some(end)) = (self.start, self.end) else {
            return Err(Error::query("which row? it needs the columns document, start and end", Vec::new()));
        };
        Ok(Asked { table, clause: self.clause, start, end, seen: seen(table, &self.seen) })
    }

    /// What is said, by the fields of records: names resolved, values checked.
    fn said(&self, table: TableName, names: &dyn Names) -> Result<Fields> {
        let mut said = Fields::new();
        for (name, value) in &self.fields {
            let (name, value) = match (table, name.as_str()) {
                (TableName::Assignments, "function" | "functions") => {
                    ("functions", list(value, |name| names.function(name))?)
                }
                (TableName::Clauses, "topic" | "topics") => ("topics", list(value, |name| names.topic(name))?),
                (TableName::Documents, "place" | "adcode" | "jurisdiction") => ("jurisdiction", place(value, names)?),
                (TableName::Documents, "issuers" | "issuer") => ("issuers", list(value, |name| Ok(name.to_owned()))?),
                (_, name) => (name, value.clone()),
            };
            said.insert(name.to_owned(), checked(table, name, &value)?);
        }
        // Another body has its own functions.
        if let (TableName::Assignments, Some(Value::String(body)), None) =
            (table, said.get("body"), said.get("functions"))
        {
            let functions = names.functions(body);
            said.insert("functions".to_owned(), json!(functions));
        }
        Ok(said)
    }

    /// Where a row that is added stands.
    fn new_place(&self, opened: &Opened, table: TableName) -> Result<Anchor> {
        let wrong = |message: String| Error::query(message, Vec::new());
        let document = &opened.document;
        let clause = match self.clause {
            None => None,
            Some(n) => {
                let found = (n as usize).checked_sub(1).and_then(|at| document.clauses.get(at));
                Some(found.ok_or_else(|| wrong(format!("{:?} has no clause #{n}", self.document)))?)
            }
        };
        let within = match clause {
            Some(clause) => clause.text.clone(),
            None => Extent { span: Span::new(0, opened.text.len()), removed: Vec::new() },
        };
        let extent = match (&self.words, self.start, self.end) {
            (Some(words), ..) => {
                let mut places = find(&opened.text, &within, words);
                let place = if clause.is_some() { "the clause" } else { "the document" };
                match (places.len(), places.pop()) {
                    (1, Some(extent)) => extent,
                    (0, _) => return Err(wrong(format!("the words {words:?} are not in {place}"))),
                    (n, _) => {
                        return Err(wrong(format!("{words:?} stands {n} times in {place}; give start and end")));
                    }
                }
            }
            (None, Some(start), Some(end)) if start < end && end <= opened.text.len() => {
                let span = Span::new(start, end);
                let inside = |gap: &&Span| span.contains(**gap);
                Extent { span, removed: within.removed.iter().filter(inside).copied().collect() }
            }
            (None, Some(start), Some(end)) => {
                return Err(wrong(format!("{start}–{end} lies outside the text of {:?}", self.document)));
            }
            _ => return Err(wrong("where does it stand? give words, or start and end".to_owned())),
        };
        let (n, path) = match review::clause_at(document, &extent) {
            Some((n, path)) => (Some(n), path),
            None if table == TableName::Assignments => {
                return Err(wrong("an assignment stands in a clause; these words stand in none".to_owned()));
            }
            None => (None, Vec::new()),
        };
        Ok(Anchor::of(&extent, n, &path, &opened.text))
    }
}

/// Fills in what follows from the words, and asks for what a row cannot do without.
fn complete(table: TableName, said: &mut Fields, anchor: &Anchor, names: &dyn Names) -> Result<()> {
    if table == TableName::Assignments {
        let body = said.entry("body".to_owned()).or_insert_with(|| json!(anchor.words)).clone();
        let functions = || json!(body.as_str().map(|body| names.functions(body)).unwrap_or_default());
        said.entry("functions".to_owned()).or_insert_with(functions);
        said.entry("role".to_owned()).or_insert_with(|| json!("responsible"));
    }
    if table == TableName::Citations && !["title", "number"].iter().any(|name| said.contains_key(*name)) {
        return Err(Error::query("a citation needs a title or a number", Vec::new()));
    }
    for field in fields(table).iter().filter(|field| field.needed) {
        if !said.contains_key(field.name) {
            let message = format!("a row of {} needs {}", table.as_str(), field.name);
            return Err(Error::query(message, Vec::new()));
        }
    }
    Ok(())
}

/// What a row of an answer says, by the fields of records.
pub(super) fn seen(table: TableName, row: &Fields) -> Fields {
    let mut seen = Fields::new();
    for field in fields(table) {
        let Some(value) = row.get(field.name) else { continue };
        let value = match (field.kind, value) {
            (review::FieldKind::List, Value::String(text)) => json!(text.split('、').collect::<Vec<_>>()),
            (review::FieldKind::List, Value::Null) => json!([]),
            _ => value.clone(),
        };
        seen.insert(field.name.to_owned(), value);
    }
    seen
}

/// A name, several, or several in one text, each resolved.
fn list(value: &Value, resolve: impl Fn(&str) -> Result<String>) -> Result<Value> {
    let names: Vec<&str> = match value {
        Value::Null => Vec::new(),
        Value::String(text) => text.split('、').map(str::trim).filter(|name| !name.is_empty()).collect(),
        Value::Array(members) => members.iter().filter_map(Value::as_str).collect(),
        other => return Err(Error::query(format!("names are text, not {other}"), Vec::new())),
    };
    let resolved = names.into_iter().map(resolve).collect::<Result<Vec<_>>>()?;
    Ok(json!(resolved))
}

fn place(value: &Value, names: &dyn Names) -> Result<Value> {
    let name = match value {
        Value::Null => return Ok(Value::Null),
        Value::String(name) => name,
        other => return Err(Error::query(format!("a place is a name or a code, not {other}"), Vec::new())),
    };
    let found = names.place(name)?;
    let place = Jurisdiction { adcode: found.adcode, name: found.name, level: found.level, zone: found.zone };
    Ok(json!(place))
}

fn document_fields(opened: &Opened) -> Fields {
    let document = &opened.document;
    let all = [
        ("title", json!(document.title)),
        ("number", json!(document.number)),
        ("issuers", json!(document.issuers)),
        ("issued", json!(document.issued)),
        ("jurisdiction", json!(document.jurisdiction)),
    ];
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
