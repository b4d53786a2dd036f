//! Tables: the columnar shape of every answer.
//!
//! In: a schema and Arrow record batches, from wherever. Out: rows by position, slices, filtered and sorted tables.
//! Guarantee: a table is materialised and immutable; every operation gives a new one that shares what it can.

mod cell;
mod gather;
mod schema;

pub use cell::Cell;
pub(crate) use gather::{Spot, gather};
pub use schema::{Column, ColumnType, TableName};

use crate::error::{Error, ErrorKind, Result};
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An answer: a schema and record batches.
#[derive(Debug, Clone)]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl PartialEq for Table {
    /// The same columns and rows, however they are cut into batches.
    fn eq(&self, other: &Self) -> bool {
        self.schema == other.schema && self.len() == other.len() && self.rows().eq(other.rows())
    }
}

impl Table {
    /// A table of batches that all have `schema`.
    pub fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches }
    }

    /// A table of whole columns, each with its name.
    pub fn from_columns(columns: Vec<(&str, ArrayRef)>) -> Result<Self> {
        let rows = columns.first().map_or(0, |(_, array)| array.len());
        let fields = columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let batch = batch(&schema, columns.into_iter().map(|(_, array)| array).collect(), rows)?;
        Ok(Self { schema, batches: vec![batch] })
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
    pub fn cell(&self, row: usize, column: &str) -> Option<Cell<'_>> {
        let (batch, row) = self.find(row)?;
        Some(Cell::of(batch.column_by_name(column)?, row))
    }

    /// A row, one cell a column; `None` behind the last.
    pub fn row(&self, row: usize) -> Option<Vec<Cell<'_>>> {
        let (batch, row) = self.find(row)?;
        Some(batch.columns().iter().map(|column| Cell::of(column, row)).collect())
    }

    /// All rows, one cell a column.
    pub fn rows(&self) -> impl Iterator<Item = Vec<Cell<'_>>> {
        self.batches.iter().flat_map(|batch| {
            (0..batch.num_rows()).map(move |row| batch.columns().iter().map(|column| Cell::of(column, row)).collect())
        })
    }

    /// The values of a column, row by row; none where there is no such column.
    pub fn values<'a>(&'a self, column: &'a str) -> impl Iterator<Item = Cell<'a>> {
        self.batches
            .iter()
            .filter_map(move |batch| batch.column_by_name(column))
            .flat_map(|array| (0..array.len()).map(move |row| Cell::of(array, row)))
    }

    fn find(&self, mut row: usize) -> Option<(&RecordBatch, usize)> {
        for batch in &self.batches {
            match row.checked_sub(batch.num_rows()) {
                None => return Some((batch, row)),
                Some(behind) => row = behind,
            }
        }
        None
    }

    /// `length` rows from `offset` on; fewer where the table ends.
    #[must_use]
    pub fn slice(&self, offset: usize, length: usize) -> Self {
        let (mut skip, mut left) = (offset, length);
        let mut batches = Vec::new();
        for batch in &self.batches {
            let from = skip.min(batch.num_rows());
            let take = left.min(batch.num_rows() - from);
            skip -= from;
            left -= take;
            if take > 0 {
                batches.push(batch.slice(from, take));
            }
        }
        Self { schema: Arc::clone(&self.schema), batches }
    }

    /// The first `n` rows.
    #[must_use]
    pub fn head(&self, n: usize) -> Self {
        self.slice(0, n)
    }

    /// The rows where `mask` is true; an error where it has another length.
    pub fn filter(&self, mask: &[bool]) -> Result<Self> {
        if mask.len() != self.len() {
            let message = format!("a mask of {} values for a table of {} rows", mask.len(), self.len());
            return Err(Error::query(message, Vec::new()));
        }
        let mut rest = mask;
        let mut batches = Vec::new();
        for whole in &self.batches {
            let (here, behind) = rest.split_at_checked(whole.num_rows()).unwrap_or((rest, &[]));
            rest = behind;
            let rows: Vec<Spot> = (0..).zip(here).filter(|(_, kept)| **kept).map(|(row, _)| (0, row)).collect();
            if rows.len() == whole.num_rows() {
                batches.push(whole.clone());
            } else if !rows.is_empty() {
                batches.push(self.gathered(std::slice::from_ref(whole), &rows)?);
            }
        }
        Ok(Self { schema: Arc::clone(&self.schema), batches })
    }

    /// The rows of these numbers, in this order; an error where one is none.
    pub fn take(&self, rows: &[usize]) -> Result<Self> {
        if let Some(row) = rows.iter().find(|row| **row >= self.len()) {
            return Err(Error::query(format!("there is no row {row}: the table has {}", self.len()), Vec::new()));
        }
        let ends: Vec<usize> = self.batches.iter().scan(0, |end, batch| Some(add(end, batch.num_rows()))).collect();
        let spot = |row: &usize| {
            let batch = ends.partition_point(|end| end <= row);
            let first = batch.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or_default();
            (batch as u32, (row - first) as u32)
        };
        let rows: Vec<Spot> = rows.iter().map(spot).collect();
        let batch = self.gathered(&self.batches, &rows)?;
        Ok(Self { schema: Arc::clone(&self.schema), batches: vec![batch] })
    }

    /// These rows of some of the table's batches, as one.
    fn gathered(&self, batches: &[RecordBatch], rows: &[Spot]) -> Result<RecordBatch> {
        let fields = self.schema.fields().iter().enumerate();
        let columns = fields.map(|(at, field)| {
            let parts: Vec<&ArrayRef> = batches.iter().filter_map(|batch| batch.columns().get(at)).collect();
            gather(&parts, field.data_type(), rows)
        });
        batch(&self.schema, columns.collect::<Result<_>>()?, rows.len())
    }

    /// All rows as one batch.
    fn whole(&self) -> Result<RecordBatch> {
        match self.batches.as_slice() {
            [one] => Ok(one.clone()),
            many => {
                let of =
                    |(number, batch): (u32, &RecordBatch)| (0..batch.num_rows() as u32).map(move |row| (number, row));
                let rows: Vec<Spot> = (0..).zip(many).flat_map(of).collect();
                self.gathered(many, &rows)
            }
        }
    }

    fn index_of(&self, column: &str) -> Result<usize> {
        self.schema.index_of(column).map_err(|_| {
            let known = self.column_names().into_iter().map(str::to_owned).collect();
            Error::query(format!("the table has no column {column:?}"), known)
        })
    }

    /// The columns of these names, in this order; an error where one is unknown.
    pub fn select(&self, columns: &[&str]) -> Result<Self> {
        let at = columns.iter().map(|name| self.index_of(name)).collect::<Result<Vec<_>>>()?;
        let schema = Arc::new(self.schema.project(&at).map_err(of_arrow)?);
        let batches = self.batches.iter().map(|batch| batch.project(&at).map_err(of_arrow)).collect::<Result<_>>()?;
        Ok(Self { schema, batches })
    }

    /// Sorted by columns, each ascending or descending (true); nulls last, ties in the order before.
    pub fn sort(&self, by: &[(&str, bool)]) -> Result<Self> {
        let whole = self.whole()?;
        let mut keys = Vec::with_capacity(by.len());
        for (name, down) in by {
            keys.push((whole.column(self.index_of(name)?), *down));
        }
        let mut rows: Vec<usize> = (0..whole.num_rows()).collect();
        rows.sort_by(|a, b| {
            let orders = keys.iter().map(|(column, down)| {
                let (a, b) = (Cell::of(column, *a), Cell::of(column, *b));
                if *down && a != Cell::Null && b != Cell::Null { b.order(&a) } else { a.order(&b) }
            });
            orders.fold(Ordering::Equal, Ordering::then)
        });
        Self { schema: Arc::clone(&self.schema), batches: vec![whole] }.take(&rows)
    }

    /// Number of rows for each combination of the columns' values, most frequent first: the columns and `count`.
    pub fn count_by(&self, columns: &[&str]) -> Result<Self> {
        let at = columns.iter().map(|name| self.index_of(name)).collect::<Result<Vec<_>>>()?;
        let mut groups: BTreeMap<Vec<Cell<'_>>, (usize, i64)> = BTreeMap::new();
        for (number, row) in self.rows().enumerate() {
            let key = at.iter().filter_map(|at| row.get(*at).copied()).collect();
            groups.entry(key).or_insert((number, 0)).1 += 1;
        }
        let mut groups: Vec<(usize, i64)> = groups.into_values().collect();
        groups.sort_by_key(|(_, count)| -count);
        let firsts: Vec<usize> = groups.iter().map(|(first, _)| *first).collect();
        let keys = self.select(columns)?.take(&firsts)?.whole()?;
        let count: ArrayRef = Arc::new(Int64Array::from_iter_values(groups.iter().map(|(_, count)| *count)));
        let mut fields: Vec<_> = keys.schema().fields().iter().cloned().collect();
        fields.push(Arc::new(Field::new("count", DataType::Int64, true)));
        let schema = Arc::new(Schema::new(fields));
        let arrays: Vec<_> = keys.columns().iter().cloned().chain([count]).collect();
        let batch = batch(&schema, arrays, groups.len())?;
        Ok(Self { schema, batches: vec![batch] })
    }

    /// `n` rows drawn without replacement, in table order; the same seed draws the same rows.
    #[must_use]
    pub fn sample(&self, n: usize, seed: u64) -> Self {
        let rows = self.len();
        let mut state = seed;
        let (mut wanted, mut mask) = (n.min(rows), Vec::with_capacity(rows));
        for row in 0..rows {
            // Selection sampling: each row with the chance that leaves every set of n rows equally likely.
            let drawn = (u128::from(next(&mut state)) * (rows - row) as u128) >> 64;
            let taken = drawn < wanted as u128;
            wanted -= usize::from(taken);
            mask.push(taken);
        }
        // The mask has the table's length.
        self.filter(&mask).unwrap_or_else(|_| self.clone())
    }

    /// Tables of one schema, one after another; an error where schemas differ or none is given.
    pub fn concat(tables: &[Self]) -> Result<Self> {
        let Some(first) = tables.first() else { return Err(Error::query("nothing to join", Vec::new())) };
        if let Some(other) = tables.iter().find(|table| table.schema != first.schema) {
            let message =
                format!("tables with different columns: {:?} and {:?}", first.column_names(), other.column_names());
            return Err(Error::query(message, Vec::new()));
        }
        let batches = tables.iter().flat_map(|table| table.batches.iter().cloned()).collect();
        Ok(Self { schema: Arc::clone(&first.schema), batches })
    }
}

/// Adds to a sum and gives it.
fn add(sum: &mut usize, more: usize) -> usize {
    *sum += more;
    *sum
}

/// `SplitMix64`: a small generator whose numbers are the same everywhere.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn batch(schema: &SchemaRef, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options).map_err(of_arrow)
}

/// What Arrow could not do.
pub(crate) fn of_arrow(error: ArrowError) -> Error {
    let (doing, reason) = ("build a table".to_owned(), error.to_string());
    Error::new(ErrorKind::Store { doing, reason }).caused_by(error)
}

#[cfg(test)]
mod tests;
