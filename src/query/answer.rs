//! Answer: the columns of an answer, built from a block's kept columns for the rows that a scan found.

use super::resolve::Wanted;
use super::scan::{ClauseOf, Hit, View};
use crate::error::Result;
use crate::index::{LIST, Values};
use crate::table::{ColumnType, TableName};
use crate::text::Extent;
use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::SchemaRef;
use std::sync::Arc;

/// Where a column of an answer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    /// A kept column of the table itself.
    Own(&'static str),
    /// The first member of a kept list.
    First(&'static str),
    /// A kept column of the row's document.
    Document(&'static str),
    /// The id of the document that counts in place of the row's.
    SameAs,
    /// The row's clause: its id.
    ClauseId,
    /// A kept column of the row's clause.
    Clause(&'static str),
    /// A section's number behind its plan's.
    SectionPath,
    /// The heading of a clause's section.
    SectionHeading,
    /// The words of a kept place.
    Wording(&'static str),
    /// Its first code point.
    Start(&'static str),
    /// Behind its last code point.
    End(&'static str),
}

/// The kept place that `start` and `end` are of.
fn place(table: TableName) -> &'static str {
    match table {
        TableName::Sections => "heading",
        TableName::Assignments => "name",
        TableName::Notes => "at",
        _ => "text",
    }
}

fn origin(table: TableName, column: &'static str) -> Origin {
    use TableName::{Assignments, Citations, Clauses, Documents, Milestones, Notes, Sections, Targets};
    match (table, column) {
        (_, "document") => Origin::Document("id"),
        (Documents, "same_as") => Origin::SameAs,
        (Documents, own) => Origin::Own(own),
        (_, "adcode" | "place" | "level" | "year") => Origin::Document(column),
        (_, "clause") => Origin::ClauseId,
        (Sections, "path") => Origin::SectionPath,
        (Clauses | Targets | Milestones, "path") => Origin::Own("path"),
        (Assignments | Citations | Notes, "path") => Origin::Clause("path"),
        (Clauses, "section") => Origin::SectionHeading,
        (Clauses, "topic") => Origin::First("topics"),
        (Assignments, "function") => Origin::First("functions"),
        (_, "text" | "heading") => Origin::Wording(column),
        (_, "start") => Origin::Start(place(table)),
        (_, "end") => Origin::End(place(table)),
        (_, own) => Origin::Own(own),
    }
}

/// The wanted columns of these rows.
pub(super) fn answer(view: &View<'_>, schema: &SchemaRef, wanted: &[Wanted], hits: &[Hit]) -> Result<RecordBatch> {
    let columns = wanted.iter().map(|column| build(view, column, hits)).collect::<Result<Vec<_>>>()?;
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(hits.len()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options).map_err(crate::table::of_arrow)
}

fn build(view: &View<'_>, wanted: &Wanted, hits: &[Hit]) -> Result<ArrayRef> {
    let column = match wanted {
        Wanted::Schema(column) => column,
        Wanted::Metadata(name) => {
            let values = view.column(TableName::Documents, &format!("@{name}"))?;
            return Ok(texts(hits, |hit| values.as_ref()?.text(hit.document as usize)));
        }
    };
    let table = view.table;
    let by_row = |hit: Hit| Some(hit.row as usize);
    Ok(match origin(table, column.name) {
        Origin::Own(name) => plain(column.kind, &*view.need(table, name)?, hits, by_row),
        Origin::Document(name) => {
            let values = view.need(TableName::Documents, name)?;
            plain(column.kind, &values, hits, |hit| Some(hit.document as usize))
        }
        Origin::First(name) => {
            let values = view.need(table, name)?;
            texts(hits, |hit| values.text(hit.row as usize)?.split(LIST).next())
        }
        Origin::Clause(name) => {
            let (clauses, values) = (view.clauses()?, view.need(TableName::Clauses, name)?);
            plain(column.kind, &values, hits, |hit| clauses.row(hit).map(|row| row as usize))
        }
        Origin::SameAs => {
            let (catalog, first) = (view.reader.catalog(), view.block.directory.first);
            let original = |hit: &Hit| catalog.same().original(first + hit.document);
            let ids = hits.iter().map(|hit| original(hit).map(|like| view.reader.id(like.document)).transpose());
            Arc::new(ids.collect::<Result<Vec<_>>>()?.into_iter().collect::<StringArray>())
        }
        Origin::ClauseId => {
            let ids = view.need(TableName::Documents, "id")?;
            clause_ids(&view.clauses()?, &ids, hits)
        }
        Origin::SectionPath => {
            let (plan, no) = (view.need(table, "plan")?, view.need(table, "no")?);
            texts_owned(hits, |hit| {
                let no = no.int(hit.row as usize)?;
                Some(plan.int(hit.row as usize).map_or_else(|| no.to_string(), |plan| format!("{plan}.{no}")))
            })
        }
        Origin::SectionHeading => {
            let starts = view.starts(TableName::Sections)?;
            let section = view.need(TableName::Clauses, "section")?;
            let headings = view.need(TableName::Sections, "heading")?;
            wordings(view, hits, |hit| {
                let start = starts.get(hit.document as usize)?;
                headings.extent(*start as usize + section.int(hit.row as usize)? as usize)
            })?
        }
        Origin::Wording(name) => {
            let values = view.need(table, name)?;
            wordings(view, hits, |hit| values.extent(hit.row as usize))?
        }
        Origin::Start(name) => {
            let values = view.need(table, name)?;
            ints(hits, |hit| Some(i64::from(values.extent(hit.row as usize)?.span.start)))
        }
        Origin::End(name) => {
            let values = view.need(table, name)?;
            ints(hits, |hit| Some(i64::from(values.extent(hit.row as usize)?.span.end)))
        }
    })
}

/// Values as they are kept.
fn plain(kind: ColumnType, values: &Values, hits: &[Hit], row: impl Fn(Hit) -> Option<usize>) -> ArrayRef {
    match kind {
        ColumnType::Text => texts(hits, |hit| values.text(row(hit)?)),
        ColumnType::Int => ints(hits, |hit| values.int(row(hit)?)),
        ColumnType::Float => {
            let floats = hits.iter().map(|hit| values.float(row(*hit)?));
            Arc::new(floats.collect::<Float64Array>())
        }
        ColumnType::Bool => {
            let flags = hits.iter().map(|hit| values.int(row(*hit)?).map(|flag| flag != 0));
            Arc::new(flags.collect::<BooleanArray>())
        }
    }
}

fn texts<'v>(hits: &[Hit], text: impl Fn(Hit) -> Option<&'v str>) -> ArrayRef {
    Arc::new(hits.iter().map(|hit| text(*hit)).collect::<StringArray>())
}

fn texts_owned(hits: &[Hit], text: impl Fn(Hit) -> Option<String>) -> ArrayRef {
    Arc::new(hits.iter().map(|hit| text(*hit)).collect::<StringArray>())
}

fn ints(hits: &[Hit], value: impl Fn(Hit) -> Option<i64>) -> ArrayRef {
    Arc::new(hits.iter().map(|hit| value(*hit)).collect::<Int64Array>())
}

fn clause_ids(clauses: &ClauseOf, ids: &Values, hits: &[Hit]) -> ArrayRef {
    let mut builder = StringBuilder::with_capacity(hits.len(), hits.len() * 24);
    let mut id = String::new();
    for hit in hits {
        match clauses.n(*hit) {
            Some(n) => {
                id.clear();
                id.push_str(ids.text(hit.document as usize).unwrap_or_default());
                id.push('#');
                id.push_str(&n.to_string());
                builder.append_value(&id);
            }
            None => builder.append_null(),
        }
    }
    Arc::new(builder.finish())
}

fn wordings<'v>(view: &View<'_>, hits: &[Hit], extent: impl Fn(Hit) -> Option<&'v Extent>) -> Result<ArrayRef> {
    let mut builder = StringBuilder::with_capacity(hits.len(), hits.len() * 64);
    let mut sources = view.texts()?;
    for hit in hits {
        match extent(*hit) {
            Some(extent) => builder.append_value(sources.get(hit.document)?.wording(extent)),
            None => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}
