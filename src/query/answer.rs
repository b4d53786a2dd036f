//! Answer: the columns of an answer, built from the blocks' kept columns for the rows that a scan found.
//!
//! What an answer needs of a block is gathered once. Rows of several blocks are read block by block, where their values
//! are close to each other, and then brought into the order of the answer, each column for itself. A text is opened once
//! for all the words taken from it.

use super::resolve::Wanted;
use super::scan::{ClauseOf, Hit, View};
use crate::error::Result;
use crate::index::{Block, Extents, LIST, REVIEWED, Reader, TextReader, Values};
use crate::table::{ColumnType, Spot, TableName, gather};
use crate::text::Span;
use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch};
use arrow_schema::SchemaRef;
use std::fmt::Write as _;
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
    /// A column of the user's, of the row's document.
    Metadata(String),
}

impl Origin {
    /// True for words taken from texts.
    fn is_words(&self) -> bool {
        matches!(self, Self::Wording(_) | Self::SectionHeading)
    }
}

/// Bytes of a text, about, where they are not known before.
const WORD: usize = 12;

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

/// What an answer needs of each block, and how its columns are made of it.
pub(super) struct Recipe {
    table: TableName,
    /// Kept columns.
    needed: Vec<(TableName, String)>,
    columns: Vec<(ColumnType, Origin, Vec<usize>)>,
    /// Positions of the documents' `group` and `slot`, where words are taken from texts.
    texts: Option<(usize, usize)>,
    clauses: bool,
}

impl Recipe {
    /// The recipe for these columns of a table.
    pub fn new(table: TableName, wanted: &[Wanted]) -> Self {
        let mut recipe = Self { table, needed: Vec::new(), columns: Vec::new(), texts: None, clauses: false };
        for column in wanted {
            let (origin, kind) = match column {
                Wanted::Schema(column) => (origin(table, column.name), column.kind),
                Wanted::Metadata(name) => (Origin::Metadata(format!("@{name}")), ColumnType::Text),
            };
            let at = match &origin {
                Origin::Own(name)
                | Origin::First(name)
                | Origin::Wording(name)
                | Origin::Start(name)
                | Origin::End(name) => vec![recipe.need(table, name)],
                Origin::Document(name) => vec![recipe.need(TableName::Documents, name)],
                Origin::Metadata(name) => vec![recipe.need(TableName::Documents, name)],
                Origin::Clause(name) => vec![recipe.need(TableName::Clauses, name)],
                Origin::ClauseId => vec![recipe.need(TableName::Documents, "id")],
                Origin::SameAs => Vec::new(),
                Origin::SectionPath => vec![recipe.need(table, "plan"), recipe.need(table, "no")],
                Origin::SectionHeading => {
                    vec![recipe.need(TableName::Clauses, "section"), recipe.need(TableName::Sections, "heading")]
                }
            };
            recipe.clauses |= matches!(origin, Origin::Clause(_) | Origin::ClauseId);
            if origin.is_words() && recipe.texts.is_none() {
                recipe.texts =
                    Some((recipe.need(TableName::Documents, "group"), recipe.need(TableName::Documents, "slot")));
            }
            recipe.columns.push((kind, origin, at));
        }
        recipe
    }

    fn need(&mut self, table: TableName, name: &str) -> usize {
        let known = self.needed.iter().position(|(of, column)| *of == table && column == name);
        known.unwrap_or_else(|| {
            self.needed.push((table, name.to_owned()));
            self.needed.len() - 1
        })
    }

    /// Gathers from a block what the answer needs of it.
    pub fn gather(&self, reader: Reader<'_>, block: &Block) -> Result<Gathered> {
        let view = View { reader, block, table: self.table };
        let column = |(table, name): &(TableName, String)| {
            let may_lack = name.starts_with('@') || name == REVIEWED;
            if may_lack { view.column(*table, name) } else { view.need(*table, name).map(Some) }
        };
        let headings = self.columns.iter().any(|(_, origin, _)| *origin == Origin::SectionHeading);
        let same = self.columns.iter().any(|(_, origin, _)| *origin == Origin::SameAs);
        let original = |number: u32| {
            let like = reader.catalog().same().original(number);
            like.map(|like| reader.id(like.document)).transpose()
        };
        Ok(Gathered {
            same: if same { block.directory.numbers().map(original).collect::<Result<_>>()? } else { Vec::new() },
            columns: self.needed.iter().map(column).collect::<Result<_>>()?,
            clauses: if self.clauses { Some(view.clauses()?) } else { None },
            sections: if headings { Some(view.starts(TableName::Sections)?) } else { None },
        })
    }

    /// True where words are taken from texts.
    pub fn opens_texts(&self) -> bool {
        self.texts.is_some()
    }

    /// A batch of these rows, from the blocks that they are of.
    pub fn batch(&self, reader: Reader<'_>, schema: &SchemaRef, parts: &[Part<'_>]) -> Result<RecordBatch> {
        self.joined(reader, schema, parts, self.build(parts))
    }

    /// What is not taken from texts of these rows of a block, by column.
    pub fn facts<'a>(&self, block: &'a Gathered, hits: &'a [Hit]) -> Vec<Fact<'a>> {
        let parts = [Part { block, document: 0, hits }];
        self.not_words().map(|(kind, origin, at)| fact(*kind, origin, at, &parts, hits.len())).collect()
    }

    /// A batch of these rows, of which the facts of each block are there: where each row is among them.
    pub fn arranged(
        &self,
        reader: Reader<'_>,
        schema: &SchemaRef,
        parts: &[Part<'_>],
        facts: &[Vec<Fact<'_>>],
        spots: &[Spot],
    ) -> Result<RecordBatch> {
        let kinds: Vec<_> = self.not_words().map(|(kind, ..)| kind.arrow()).enumerate().collect();
        let nothing = Fact::Words(Vec::new());
        let arranged = reader.each_of(&kinds, |(at, kind)| {
            let blocks: Vec<&Fact<'_>> = facts.iter().map(|facts| facts.get(*at).unwrap_or(&nothing)).collect();
            if blocks.iter().all(|fact| matches!(fact, Fact::Words(_))) {
                let word = |(block, row): &Spot| match blocks.get(*block as usize)? {
                    Fact::Words(words) => *words.get(*row as usize)?,
                    Fact::Array(_) => None,
                };
                return Ok(strings(spots.iter().map(word)));
            }
            let none = arrow_array::new_empty_array(kind);
            let arrays = blocks.iter().map(|fact| if let Fact::Array(array) = fact { array } else { &none });
            gather(&arrays.collect::<Vec<_>>(), kind, spots)
        })?;
        self.joined(reader, schema, parts, arranged)
    }

    fn not_words(&self) -> impl Iterator<Item = &(ColumnType, Origin, Vec<usize>)> {
        self.columns.iter().filter(|(_, origin, _)| !origin.is_words())
    }

    fn build(&self, parts: &[Part<'_>]) -> Vec<ArrayRef> {
        let rows = rows_of(parts);
        self.not_words().map(|(kind, origin, at)| fact(*kind, origin, at, parts, rows).array()).collect()
    }

    /// These columns and those of words, in the order of the answer.
    fn joined(
        &self,
        reader: Reader<'_>,
        schema: &SchemaRef,
        parts: &[Part<'_>],
        facts: Vec<ArrayRef>,
    ) -> Result<RecordBatch> {
        let rows = rows_of(parts);
        let (mut words, mut facts) = (self.words(reader, parts, rows)?.into_iter(), facts.into_iter());
        let columns = self.columns.iter();
        let columns = columns.filter_map(|(_, origin, _)| if origin.is_words() { words.next() } else { facts.next() });
        let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::clone(schema), columns.collect(), &options)
            .map_err(crate::table::of_arrow)
    }

    /// The columns of words taken from texts, in their order.
    fn words(&self, reader: Reader<'_>, parts: &[Part<'_>], rows: usize) -> Result<Vec<ArrayRef>> {
        let taken: Vec<_> = self
            .columns
            .iter()
            .filter(|(_, origin, _)| origin.is_words())
            .map(|(_, origin, at)| (*origin == Origin::SectionHeading, at))
            .collect();
        let Some((group, slot)) = self.texts else { return Ok(Vec::new()) };
        let mut builders: Vec<StringBuilder> = Vec::with_capacity(taken.len());
        for (of_section, at) in &taken {
            // A character of these texts is three bytes, seldom less, never more but for rare ones.
            let points: u64 = parts.iter().map(|part| part.points(*of_section, at)).sum();
            builders.push(StringBuilder::with_capacity(rows, points as usize * 3));
        }
        let mut texts: TextReader<'_> = reader.text_reader();
        for part in parts {
            let place = |at| part.column(at).and_then(|values| values.int(part.document as usize)).unwrap_or_default();
            texts.with(place(group) as u32, place(slot) as u32, |text| {
                for ((of_section, at), builder) in taken.iter().zip(&mut builders) {
                    for hit in part.hits {
                        let Some((extents, row, span)) = part.extent(*of_section, at, *hit) else {
                            builder.append_null();
                            continue;
                        };
                        let removed = extents.removed(row);
                        if removed.is_empty() {
                            builder.append_value(text.slice(span));
                        } else {
                            // Writing to a builder of strings cannot fail.
                            text.pieces(span, removed).for_each(|piece| builder.write_str(piece).unwrap_or_default());
                            builder.append_value("");
                        }
                    }
                }
            })?;
        }
        Ok(builders.into_iter().map(|mut builder| Arc::new(builder.finish()) as ArrayRef).collect())
    }
}

/// What an answer needs of a block.
pub(super) struct Gathered {
    /// Columns, in the order of the recipe; none where the block has none of that name.
    columns: Vec<Option<Arc<Values>>>,
    clauses: Option<ClauseOf>,
    sections: Option<Arc<Vec<u32>>>,
    /// Ids of the documents that the block's are copies of, where the answer tells.
    same: Vec<Option<String>>,
}

/// What rows have of a column that is not taken from texts.
pub(super) enum Fact<'a> {
    /// Kept words, where they are kept.
    Words(Vec<Option<&'a str>>),
    Array(ArrayRef),
}

impl Fact<'_> {
    fn array(self) -> ArrayRef {
        match self {
            Self::Words(words) => strings(words.into_iter()),
            Self::Array(array) => array,
        }
    }
}

fn rows_of(parts: &[Part<'_>]) -> usize {
    parts.iter().map(|part| part.hits.len()).sum()
}

/// Rows of one document; where no words are taken from its text, of one block.
pub(super) struct Part<'a> {
    /// What was gathered of its block.
    pub block: &'a Gathered,
    /// Its position in the block.
    pub document: u32,
    /// The rows.
    pub hits: &'a [Hit],
}

impl<'a> Part<'a> {
    fn column(&self, at: usize) -> Option<&'a Values> {
        self.block.columns.get(at)?.as_deref()
    }

    /// The place that a row's words are at.
    fn extent(&self, of_section: bool, at: &[usize], hit: Hit) -> Option<(&'a Extents, usize, Span)> {
        let (extents, row) = match at {
            [section, headings] if of_section => {
                let start = self.block.sections.as_ref()?.get(hit.document as usize)?;
                let section = self.column(*section)?.int(hit.row as usize)?;
                (self.column(*headings)?.extents()?, *start as usize + section as usize)
            }
            [own] => (self.column(*own)?.extents()?, hit.row as usize),
            _ => return None,
        };
        Some((extents, row, extents.span(row)?))
    }

    /// Code points of all words of a column.
    fn points(&self, of_section: bool, at: &[usize]) -> u64 {
        self.hits
            .iter()
            .filter_map(|hit| self.extent(of_section, at, *hit))
            .map(|(.., span)| u64::from(span.len()))
            .sum()
    }
}

fn fact<'a>(kind: ColumnType, origin: &Origin, at: &[usize], parts: &[Part<'a>], rows: usize) -> Fact<'a> {
    let first = at.first().copied().unwrap_or_default();
    let row: fn(&Part<'_>, Hit) -> Option<usize> = match origin {
        Origin::Document(_) | Origin::Metadata(_) => |_, hit| Some(hit.document as usize),
        Origin::Clause(_) => |part, hit| part.block.clauses.as_ref()?.row(hit).map(|row| row as usize),
        _ => |_, hit| Some(hit.row as usize),
    };
    let each = || parts.iter().flat_map(|part| part.hits.iter().map(move |hit| (part, *hit)));
    let point = |get: fn(Span) -> u32| {
        ints(parts, rows, |part, hit| Some(i64::from(get(part.column(first)?.extents()?.span(hit.row as usize)?))))
    };
    let array = match origin {
        Origin::Start(_) => point(|span| span.start),
        Origin::End(_) => point(|span| span.end),
        Origin::ClauseId => clause_ids(first, parts, rows),
        Origin::SectionPath => section_paths(at, parts, rows),
        Origin::SameAs => {
            let same = each().map(|(part, hit)| part.block.same.get(hit.document as usize)?.as_deref());
            return Fact::Words(same.collect());
        }
        Origin::First(_) => {
            let first_of = |list: &'a str| list.split_once(LIST).map_or(list, |(first, _)| first);
            return Fact::Words(words(first, parts, rows, row).into_iter().map(|list| list.map(first_of)).collect());
        }
        _ => match kind {
            ColumnType::Text => return Fact::Words(words(first, parts, rows, row)),
            ColumnType::Int => ints(parts, rows, |part, hit| part.column(first)?.int(row(part, hit)?)),
            ColumnType::Float => {
                let floats = each().map(|(part, hit)| part.column(first)?.float(row(part, hit)?));
                Arc::new(floats.collect::<Float64Array>())
            }
            ColumnType::Bool => {
                let flags = each().map(|(part, hit)| part.column(first)?.int(row(part, hit)?).map(|flag| flag != 0));
                Arc::new(flags.collect::<BooleanArray>())
            }
        },
    };
    Fact::Array(array)
}

/// Kept texts of rows.
fn words<'a>(
    at: usize,
    parts: &[Part<'a>],
    rows: usize,
    row: fn(&Part<'_>, Hit) -> Option<usize>,
) -> Vec<Option<&'a str>> {
    let mut words = Vec::with_capacity(rows);
    for part in parts {
        match part.column(at).and_then(Values::texts) {
            Some(texts) => texts.of_rows(part.hits.iter().map(|hit| row(part, *hit)), &mut words),
            None => words.resize(words.len() + part.hits.len(), None),
        }
    }
    words
}

/// A column of these texts, in room measured before.
pub(super) fn strings<'t>(words: impl ExactSizeIterator<Item = Option<&'t str>> + Clone) -> ArrayRef {
    let bytes = words.clone().flatten().map(str::len).sum();
    let mut builder = StringBuilder::with_capacity(words.len(), bytes);
    words.for_each(|word| builder.append_option(word));
    Arc::new(builder.finish())
}

fn ints(parts: &[Part<'_>], rows: usize, value: impl Fn(&Part<'_>, Hit) -> Option<i64>) -> ArrayRef {
    let mut builder = Int64Array::builder(rows);
    for part in parts {
        part.hits.iter().for_each(|hit| builder.append_option(value(part, *hit)));
    }
    Arc::new(builder.finish())
}

fn clause_ids(ids: usize, parts: &[Part<'_>], rows: usize) -> ArrayRef {
    let mut builder = StringBuilder::with_capacity(rows, rows * WORD * 2);
    for part in parts {
        let (ids, clauses) = (part.column(ids).and_then(Values::texts), part.block.clauses.as_ref());
        for hit in part.hits {
            let id = ids.and_then(|ids| ids.get(hit.document as usize)).unwrap_or_default();
            match clauses.and_then(|clauses| clauses.n(*hit)) {
                // Writing to a builder of strings cannot fail.
                Some(n) => {
                    write!(builder, "{id}#{n}").unwrap_or_default();
                    builder.append_value("");
                }
                None => builder.append_null(),
            }
        }
    }
    Arc::new(builder.finish())
}

fn section_paths(at: &[usize], parts: &[Part<'_>], rows: usize) -> ArrayRef {
    let &[plan, no] = at else { return Arc::new(arrow_array::StringArray::new_null(rows)) };
    let mut builder = StringBuilder::with_capacity(rows, rows * 4);
    for part in parts {
        for hit in part.hits {
            let number = |at: usize| part.column(at).and_then(|values| values.int(hit.row as usize));
            let Some(no) = number(no) else {
                builder.append_null();
                continue;
            };
            // Writing to a builder of strings cannot fail.
            let written = match number(plan) {
                Some(plan) => write!(builder, "{plan}.{no}"),
                None => write!(builder, "{no}"),
            };
            written.unwrap_or_default();
            builder.append_value("");
        }
    }
    Arc::new(builder.finish())
}
