//! Tables: the columnar shape of every answer.
//!
//! In: a schema and Arrow record batches, from wherever. Out: rows by position, slices, filtered and sorted tables.
//! Guarantee: a table is materialised and immutable; every operation gives a new one that shares what it can.

mod schema;

pub use schema::{Column, ColumnType, TableName};

use crate::Result;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

/// One value of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Null,
    /// Text.
    Text(&'a str),
    /// Integer.
    Int(i64),
    /// Float.
    Float(f64),
    /// True or false.
    Bool(bool),
}

/// An answer: a schema and record batches.
#[derive(Debug, Clone)]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// A table of batches that all have `schema`.
    pub fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches }
    }

    /// The schema.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The record batches, in row order.
    pub fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Column names, in order.
    pub fn column_names(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|f| f.name().as_str()).collect()
    }

    /// The value of a column in a row; `None` where there is no such row or column.
    pub fn cell(&self, _row: usize, _column: &str) -> Option<Cell<'_>> {
        None
    }

    /// A row, one cell a column; `None` behind the last.
    pub fn row(&self, _row: usize) -> Option<Vec<Cell<'_>>> {
        None
    }

    /// `length` rows from `offset` on; fewer where the table ends.
    #[must_use]
    pub fn slice(&self, _offset: usize, _length: usize) -> Self {
        self.clone()
    }

    /// The first `n` rows.
    #[must_use]
    pub fn head(&self, n: usize) -> Self {
        self.slice(0, n)
    }

    /// The rows where `mask` is true; an error where it has another length.
    pub fn filter(&self, _mask: &[bool]) -> Result<Self> {
        Ok(self.clone())
    }

    /// The rows of these numbers, in this order; an error where one is none.
    pub fn take(&self, _rows: &[usize]) -> Result<Self> {
        Ok(self.clone())
    }

    /// The columns of these names, in this order; an error where one is unknown.
    pub fn select(&self, _columns: &[&str]) -> Result<Self> {
        Ok(self.clone())
    }

    /// Sorted by columns, each ascending or descending (true); nulls last, ties in the order before.
    pub fn sort(&self, _by: &[(&str, bool)]) -> Result<Self> {
        Ok(self.clone())
    }

    /// Number of rows for each combination of the columns' values, most frequent first: the columns and `count`.
    pub fn count_by(&self, _columns: &[&str]) -> Result<Self> {
        Ok(self.clone())
    }

    /// `n` rows drawn without replacement, in table order; the same seed draws the same rows.
    #[must_use]
    pub fn sample(&self, _n: usize, _seed: u64) -> Self {
        self.clone()
    }

    /// Tables of one schema, one after another; an error where schemas differ or none is given.
    pub fn concat(tables: &[Self]) -> Result<Self> {
        tables.first().cloned().ok_or_else(|| crate::Error::query("nothing to join", Vec::new()))
    }
}
