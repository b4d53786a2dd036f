//! Parsed: sources read into the rows of all tables, without a ledger, as a worker of a cluster does it.
//!
//! In: some hundred sources. Out: every table of the data model with its own schema, rows in the order of the sources,
//! how many of them each source has, and the rows by which a ledger takes them in. A source that cannot be read is a row
//! in `notes` of the kind `unreadable`. One thread does it: a cluster gives each worker a core.

use super::exported::Exported;
use super::metadata;
use super::options::Options;
use super::prepare::{read, sentence};
use super::records::RecordRows;
use super::source::Source;
use crate::error::{Error, Result};
use crate::index::{BlockBuilder, Fields, Head, LIST, METADATA_FIELDS, Values};
use crate::record::Document;
use crate::review::Reviewed;
use crate::table::{Column, ColumnType, Table, TableName};
use crate::text::{SourceText, Span};
use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Sources, read.
#[derive(Debug)]
pub struct Parsed {
    /// The tables, in the order of [`TableName::ALL`]; behind the columns of `documents` those of the user.
    pub tables: Vec<Table>,
    /// Rows of each table for each source.
    pub counts: Vec<Vec<u32>>,
    /// One row a source, for a ledger to load.
    pub records: RecordBatch,
}

/// Reads sources. `metadata` names the user's columns.
pub fn parse_all(options: &Options, sources: &[Source], metadata: &[String]) -> Result<Parsed> {
    let mut block = BlockBuilder::new(0);
    let mut records = RecordRows::default();
    let mut read_ones = Vec::new();
    let mut failed = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        match one(options, source) {
            Ok((head, text, document)) => {
                let record = Exported::seal(&head, text.as_str(), &document).map_err(|e| cannot(&e))?;
                records.push(&head, text.as_str(), &record);
                // Nobody has said anything of a document that no ledger has.
                let document = Reviewed::from(document);
                block.push(&head, &document, text.len());
                read_ones.push((at, head.id, text, document.into_document()));
            }
            Err((id, reason)) => {
                let file = source.file.as_ref().map(|file| file.to_string_lossy().into_owned());
                records.push_failed(&id, file.as_deref(), &reason);
                failed.push(Failed { at, id, message: reason });
            }
        }
    }
    let kept = block.columns().2;
    let rows =
        Rows { kept: kept.into_iter().map(|(table, name, values)| ((table, name), values)).collect(), read_ones };
    let mut tables = Vec::new();
    let mut counts = Vec::new();
    for table in TableName::ALL {
        let mut of_each = vec![0; sources.len()];
        for (at, .., document) in &rows.read_ones {
            if let Some(count) = of_each.get_mut(*at) {
                *count = Fields::rows(table, document) as u32;
            }
        }
        let mut answer = rows.table(table, metadata)?;
        if table == TableName::Notes && !failed.is_empty() {
            answer = with_failed(&answer, &mut of_each, &failed)?;
        }
        tables.push(answer);
        counts.push(of_each);
    }
    Ok(Parsed { tables, counts, records: records.finish()? })
}

/// One source, read; else its id and why it cannot be.
fn one(options: &Options, source: &Source) -> Result<(Head, SourceText, Document), (String, String)> {
    let file = source.file.as_ref().map(|file| file.to_string_lossy().into_owned());
    let said = metadata::kept(source.metadata.clone());
    let found = read(options, source, file.as_deref());
    let id = source.id.clone().or_else(|| file.clone());
    match found {
        Ok((sha256, text, encoding, mut document)) => {
            metadata::overrule(&mut document, &said, &*options.names);
            let id = id.unwrap_or_else(|| crate::index::hex(&sha256).chars().take(16).collect());
            let (encoding, reading) = (encoding.to_owned(), options.reading);
            let head = Head {
                id,
                file,
                version: 1,
                previous: None,
                sha256,
                encoding,
                reading,
                metadata: said,
                group: 0,
                slot: 0,
            };
            Ok((head, text, document))
        }
        Err(reason) => {
            let id = id.unwrap_or_else(|| source.label());
            let said = sentence(&id, &reason);
            Err((id, said))
        }
    }
}

/// What was read, by column.
struct Rows {
    kept: BTreeMap<(TableName, String), Values>,
    /// Number of its source, id, text and record of each document.
    read_ones: Vec<(usize, String, SourceText, Document)>,
}

/// A row: position of its document, of itself in the document, and among all.
#[derive(Clone, Copy)]
struct At {
    document: usize,
    nth: usize,
    row: usize,
}

impl Rows {
    fn table(&self, table: TableName, metadata: &[String]) -> Result<Table> {
        let rows: Vec<At> = self
            .read_ones
            .iter()
            .enumerate()
            .flat_map(|(document, (.., record))| (0..Fields::rows(table, record)).map(move |nth| (document, nth)))
            .enumerate()
            .map(|(row, (document, nth))| At { document, nth, row })
            .collect();
        let mut fields: Vec<Field> = table.columns().iter().map(Column::field).collect();
        let mut columns: Vec<ArrayRef> =
            table.columns().iter().map(|column| self.column(table, column, &rows)).collect();
        if table == TableName::Documents {
            for name in metadata.iter().filter(|name| !METADATA_FIELDS.contains(&name.as_str())) {
                let values = self.kept.get(&(table, format!("@{name}")));
                let texts = rows.iter().map(|at| values.and_then(|values| values.text(at.row)));
                columns.push(Arc::new(texts.collect::<StringArray>()));
                fields.push(Field::new(name, DataType::Utf8, true));
            }
        }
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|e| cannot(&e.to_string()))?;
        Ok(Table::new(schema, vec![batch]))
    }

    fn column(&self, table: TableName, column: &Column, rows: &[At]) -> ArrayRef {
        use TableName::{Assignments, Clauses, Documents, Notes, Sections};
        let kept = |table: TableName, name: &str| self.kept.get(&(table, name.to_owned()));
        let place = match table {
            Sections => "heading",
            Assignments => "name",
            Notes => "at",
            _ => "text",
        };
        let (own, place, n) = (kept(table, column.name), kept(table, place), kept(table, "n"));
        // Position of a row's clause in its document, from 1.
        let clause = |at: &At| if table == Clauses { Some(at.nth as i64 + 1) } else { n?.int(at.row) };
        let of = |at: &At| self.read_ones.get(at.document);
        let point = |get: fn(Span) -> u32| -> ArrayRef {
            let points = rows.iter().map(|at| Some(i64::from(get(place?.extents()?.span(at.row)?))));
            Arc::new(points.collect::<Int64Array>())
        };
        let first = |list: Option<&Values>| -> ArrayRef {
            Arc::new(rows.iter().map(|at| list?.text(at.row)?.split(LIST).next()).collect::<StringArray>())
        };
        match (table, column.name) {
            (_, "document") => Arc::new(rows.iter().map(|at| of(at).map(|(_, id, ..)| id)).collect::<StringArray>()),
            (Documents, "same_as") => Arc::new(StringArray::new_null(rows.len())),
            (Documents, _) => typed(column.kind, own, rows, |at| at.row),
            (_, name @ ("adcode" | "place" | "level" | "year")) => {
                typed(column.kind, kept(Documents, name), rows, |at| at.document)
            }
            (_, "clause") => written(rows, |at, to| {
                let (n, (_, id, ..)) = (clause(at)?, of(at)?);
                write!(to, "{id}#{n}").ok()
            }),
            (Sections, "path") => {
                let (plan, no) = (kept(table, "plan"), kept(table, "no"));
                written(rows, |at, to| match (plan?.int(at.row), no?.int(at.row)?) {
                    (Some(plan), no) => write!(to, "{plan}.{no}").ok(),
                    (None, no) => write!(to, "{no}").ok(),
                })
            }
            (_, "path") if own.is_none() => written(rows, |at, to| {
                let (clause, (.., document)) = (clause(at)?.checked_sub(1)?, of(at)?);
                let clause = document.clauses.get(clause as usize)?;
                to.write_str(&crate::index::path_text(&clause.path)).ok()
            }),
            (Clauses, "section") => written(rows, |at, to| {
                let (.., text, document) = of(at)?;
                let section = document.sections.get(own?.int(at.row)? as usize)?;
                to.write_str(&text.wording(&section.heading)).ok()
            }),
            (Clauses, "topic") => first(kept(table, "topics")),
            (Assignments, "function") => first(kept(table, "functions")),
            (_, "text" | "heading") => written(rows, |at, to| {
                let (extents, (.., text, _)) = (own?.extents()?, of(at)?);
                let mut pieces = text.view().pieces(extents.span(at.row)?, extents.removed(at.row));
                pieces.try_for_each(|piece| to.write_str(piece)).ok()
            }),
            (_, "start") => point(|span| span.start),
            (_, "end") => point(|span| span.end),
            _ => typed(column.kind, own, rows, |at| at.row),
        }
    }
}

/// A column of texts that are written where they are to stand; none where `write` gives none.
fn written(rows: &[At], write: impl Fn(&At, &mut StringBuilder) -> Option<()>) -> ArrayRef {
    let mut builder = StringBuilder::with_capacity(rows.len(), rows.len() * 16);
    for at in rows {
        match write(at, &mut builder) {
            Some(()) => builder.append_value(""),
            None => builder.append_null(),
        }
    }
    Arc::new(builder.finish())
}

/// A kept column as it is.
fn typed(kind: ColumnType, values: Option<&Values>, rows: &[At], row: impl Fn(&At) -> usize) -> ArrayRef {
    let each = || rows.iter().map(&row);
    match kind {
        ColumnType::Text => Arc::new(each().map(|row| values?.text(row)).collect::<StringArray>()),
        ColumnType::Int => Arc::new(each().map(|row| values?.int(row)).collect::<Int64Array>()),
        ColumnType::Float => Arc::new(each().map(|row| values?.float(row)).collect::<Float64Array>()),
        ColumnType::Bool => Arc::new(each().map(|row| Some(values?.int(row)? != 0)).collect::<BooleanArray>()),
    }
}

/// A source that could not be read: its position, its id and why.
struct Failed {
    at: usize,
    id: String,
    message: String,
}

/// The notes with a row for each source that could not be read, in the place of the source.
fn with_failed(notes: &Table, counts: &mut [u32], failed: &[Failed]) -> Result<Table> {
    let columns = TableName::Notes.columns().iter().map(|column| {
        let word = |of: &Failed| match column.name {
            "document" => Some(of.id.clone()),
            "kind" => Some("unreadable".to_owned()),
            "message" => Some(of.message.clone()),
            _ => None,
        };
        let array: ArrayRef = match column.kind {
            ColumnType::Int => Arc::new(Int64Array::new_null(failed.len())),
            _ => Arc::new(failed.iter().map(word).collect::<StringArray>()),
        };
        (column.name, array)
    });
    let all = Table::concat(&[notes.clone(), Table::from_columns(columns.collect())?])?;
    let mut order = Vec::with_capacity(all.len());
    let mut next = 0;
    let mut last = notes.len();
    for (at, count) in counts.iter_mut().enumerate() {
        order.extend(next..next + *count as usize);
        next += *count as usize;
        if failed.iter().any(|failed| failed.at == at) {
            order.push(last);
            last += 1;
            *count += 1;
        }
    }
    all.take(&order)
}

fn cannot(reason: &str) -> Error {
    Error::query(format!("the tables of these documents cannot be made: {reason}"), Vec::new())
}
