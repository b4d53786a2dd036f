//! Blocks: the columns of one commit's documents, and the directory that says where each column is.
//!
//! The columns of all tables of a block follow each other, each compressed, as one run of bytes that the store keeps in
//! chunks: a small block is one value, of a large one a query reads the chunks that hold the columns it names.

use super::column::{Builder, Values};
use super::group::compress;
use super::layout::{Field, Fields, METADATA_FIELDS, Type};
use super::same::Mark;
use super::shape::Head;
use crate::review::Reviewed;
use crate::store::stored;
use crate::table::TableName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

/// Where the columns of a block are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// Number of its first document; the others follow it.
    pub first: u32,
    /// Number of documents.
    pub documents: u32,
    /// Number of the first text group of its commit, and how many there are.
    pub groups: (u32, u32),
    /// Rows of each table, in the order of [`TableName::ALL`].
    pub rows: Vec<u32>,
    /// The columns, in the order of the run.
    pub columns: Vec<Place>,
    /// Which of its documents are like earlier ones, by number.
    pub copies: Vec<Mark>,
}
stored!(Directory, Directory, 1);

/// Where a column is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Table, as its position in [`TableName::ALL`].
    pub table: u8,
    /// Name of the column; `@` begins those of the user's metadata.
    pub name: String,
    /// First byte in the run.
    pub start: u32,
    /// Bytes in the run.
    pub bytes: u32,
    /// Bytes after decompression.
    pub raw: u32,
    /// Smallest and largest value, of integers.
    pub range: Option<(i64, i64)>,
}

impl Directory {
    /// Positions of the columns in the order of table and name, for [`Self::find`].
    pub fn order(&self) -> Vec<u16> {
        let key = |at: &u16| self.columns.get(*at as usize).map(|c| (c.table, c.name.as_str()));
        let mut order: Vec<u16> = (0..self.columns.len() as u16).collect();
        order.sort_by(|a, b| key(a).cmp(&key(b)));
        order
    }

    /// Position of a column, found by an [`Self::order`].
    pub fn find(&self, order: &[u16], table: TableName, name: &str) -> Option<u16> {
        let wanted = Some((table as u8, name));
        let key = |at: &u16| self.columns.get(*at as usize).map(|c| (c.table, c.name.as_str()));
        order.binary_search_by(|at| key(at).cmp(&wanted)).ok().and_then(|at| order.get(at)).copied()
    }

    /// Rows of a table.
    pub fn rows_of(&self, table: TableName) -> u32 {
        self.rows.get(table as usize).copied().unwrap_or_default()
    }

    /// The numbers of its documents.
    pub fn numbers(&self) -> Range<u32> {
        self.first..self.first.saturating_add(self.documents)
    }

    /// Names of the user's metadata columns, without the sign.
    pub fn metadata(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter_map(|c| c.name.strip_prefix('@'))
    }
}

/// The kept columns of what people said: a table's rows that have a mark, and of documents how many entries of their logs
/// these rows show. A block has them only where there is something to keep.
pub const REVIEWED: &str = "reviewed";
/// See [`REVIEWED`].
pub const ENTRIES: &str = "entries";

/// Collects the columns of a commit's documents.
#[derive(Debug)]
pub struct BlockBuilder {
    first: u32,
    documents: u32,
    rows: [u32; TableName::ALL.len()],
    columns: Vec<(TableName, &'static str, Builder)>,
    metadata: BTreeMap<String, Vec<(u32, String)>>,
    reviewed: BTreeMap<TableName, Vec<(u32, &'static str)>>,
    entries: Vec<(u32, u32)>,
}

impl BlockBuilder {
    /// A block whose first document has the number `first`.
    pub fn new(first: u32) -> Self {
        let columns = TableName::ALL.into_iter().flat_map(|table| {
            Fields::of(table).iter().map(move |Field { name, kind }| {
                let builder = match kind {
                    Type::Text => Builder::texts(),
                    Type::Int => Builder::ints(),
                    Type::Float => Builder::floats(),
                    Type::Extent => Builder::extents(),
                };
                (table, *name, builder)
            })
        });
        Self {
            first,
            documents: 0,
            rows: [0; 8],
            columns: columns.collect(),
            metadata: BTreeMap::new(),
            reviewed: BTreeMap::new(),
            entries: Vec::new(),
        }
    }

    /// Number of documents.
    pub fn len(&self) -> u32 {
        self.documents
    }

    /// True without documents.
    pub fn is_empty(&self) -> bool {
        self.documents == 0
    }

    /// Adds a document, `length` code points long.
    pub fn push(&mut self, head: &Head, document: &Reviewed, length: u32) {
        let mut at = self.columns.iter_mut();
        for table in TableName::ALL {
            let count = Fields::rows(table, document);
            for _ in Fields::of(table) {
                let Some((_, name, builder)) = at.next() else { return };
                Fields::fill(table, name, head, document, length, builder);
            }
            if let Some(rows) = self.rows.get_mut(table as usize) {
                let before = *rows;
                for (row, mark) in document.marked(table) {
                    self.reviewed.entry(table).or_default().push((before + row as u32, mark.as_str()));
                }
                *rows += count as u32;
            }
        }
        for (name, value) in head.metadata.iter().filter(|(name, _)| !METADATA_FIELDS.contains(&name.as_str())) {
            self.metadata.entry(name.clone()).or_default().push((self.documents, value.clone()));
        }
        if document.entries() > 0 {
            self.entries.push((self.documents, document.entries()));
        }
        self.documents += 1;
    }

    /// The columns.
    pub fn columns(self) -> (u32, Vec<u32>, Vec<(TableName, String, Values)>) {
        let mut columns: Vec<_> =
            self.columns.into_iter().map(|(table, name, builder)| (table, name.to_owned(), builder.finish())).collect();
        for (name, values) in self.metadata {
            let mut builder = Builder::texts();
            let mut values = values.into_iter().peekable();
            for document in 0..self.documents {
                builder.text(values.next_if(|(at, _)| *at == document).as_ref().map(|(_, value)| value.as_str()));
            }
            columns.push((TableName::Documents, format!("@{name}"), builder.finish()));
        }
        for (table, marks) in self.reviewed {
            let rows = self.rows.get(table as usize).copied().unwrap_or_default();
            columns.push((table, REVIEWED.to_owned(), sparse(marks, rows, Builder::texts(), |to, mark| to.text(mark))));
        }
        if !self.entries.is_empty() {
            let count = |to: &mut Builder, count: Option<u32>| to.int(count.map(i64::from));
            let counts = sparse(self.entries, self.documents, Builder::ints(), count);
            columns.push((TableName::Documents, ENTRIES.to_owned(), counts));
        }
        (self.documents, self.rows.to_vec(), columns)
    }

    /// The directory, with the marks of its copies, and the run of bytes.
    pub fn finish(self, groups: (u32, u32), copies: Vec<Mark>) -> Result<(Directory, Vec<u8>), String> {
        let first = self.first;
        let (documents, rows, columns) = self.columns();
        let mut run = Vec::new();
        let mut places = Vec::with_capacity(columns.len());
        for (table, name, values) in columns {
            let raw = values.encode();
            let bytes = compress(&raw)?;
            places.push(Place {
                table: table as u8,
                name,
                start: run.len() as u32,
                bytes: bytes.len() as u32,
                raw: raw.len() as u32,
                range: range_of(&values),
            });
            run.extend(bytes);
        }
        Ok((Directory { first, documents, groups, rows, columns: places, copies }, run))
    }
}

/// A column that has values in a few rows.
fn sparse<T>(values: Vec<(u32, T)>, rows: u32, mut to: Builder, add: impl Fn(&mut Builder, Option<T>)) -> Values {
    let mut values = values.into_iter().peekable();
    for row in 0..rows {
        add(&mut to, values.next_if(|(at, _)| *at == row).map(|(_, value)| value));
    }
    to.finish()
}

fn range_of(values: &Values) -> Option<(i64, i64)> {
    if let Values::Ints(ints) = values { ints.range() } else { None }
}
