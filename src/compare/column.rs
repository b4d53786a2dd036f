//! Columns: tables read and built column by column.
//!
//! In: an answer of `query`. Out: its columns as plain values, and tables of columns that were computed.

use crate::error::Result;
use crate::table::{Cell, Table};
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// The texts of a column, row by row.
pub(super) fn texts<'a>(table: &'a Table, column: &'a str) -> Vec<Option<&'a str>> {
    table.values(column).map(Cell::text).collect()
}

/// The texts of a column that has one in every row; the empty text where it has none.
pub(super) fn words<'a>(table: &'a Table, column: &'a str) -> Vec<&'a str> {
    table.values(column).map(|cell| cell.text().unwrap_or_default()).collect()
}

/// The integers of a column.
pub(super) fn ints<'a>(table: &'a Table, column: &'a str) -> Vec<Option<i64>> {
    table.values(column).map(Cell::int).collect()
}

/// The floats of a column.
pub(super) fn floats<'a>(table: &'a Table, column: &'a str) -> Vec<Option<f64>> {
    table.values(column).map(Cell::float).collect()
}

/// The flags of a column; false where it says nothing.
pub(super) fn flags<'a>(table: &'a Table, column: &'a str) -> Vec<bool> {
    table.values(column).map(|cell| matches!(cell, Cell::Bool(true))).collect()
}

/// The different values of some rows, each with a number.
#[derive(Debug)]
pub(super) struct Numbered<T> {
    /// For each row the number of its value.
    pub of: Vec<u32>,
    /// The values, ascending: their positions are their numbers.
    pub values: Vec<T>,
}

/// Numbers values in their order, so that rows are compared and counted by numbers.
pub(super) fn numbered<T: Copy + Ord + Hash>(rows: impl IntoIterator<Item = T>) -> Numbered<T> {
    let mut known: HashMap<T, u32, FixedState> = HashMap::default();
    let mut values: Vec<T> = Vec::new();
    let mut of: Vec<u32> = Vec::new();
    for value in rows {
        let next = values.len() as u32;
        let number = *known.entry(value).or_insert(next);
        if number == next {
            values.push(value);
        }
        of.push(number);
    }
    let mut order: Vec<(T, u32)> = values.iter().copied().zip(0..).collect();
    order.sort_unstable();
    let mut places = vec![0; order.len()];
    for (place, (_, number)) in (0..).zip(&order) {
        places.iter_mut().skip(*number as usize).take(1).for_each(|to| *to = place);
    }
    for number in &mut of {
        *number = at(&places, *number as usize);
    }
    Numbered { of, values: order.into_iter().map(|(value, _)| value).collect() }
}

/// The first rows of runs of neighbours that have the same, and behind the last.
pub(super) fn runs<T: PartialEq>(values: &[T]) -> Vec<usize> {
    let ends = values.chunk_by(|a, b| a == b).scan(0, |end, run| {
        *end += run.len();
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}

/// The value of a row; the type's own nothing behind the last.
pub(super) fn at<T: Copy + Default>(values: &[T], row: usize) -> T {
    values.get(row).copied().unwrap_or_default()
}

/// A table in the making.
#[derive(Default)]
pub(super) struct Columns(Vec<(&'static str, ArrayRef)>);

impl Columns {
    /// A column of texts.
    pub fn text<S: AsRef<str>>(mut self, name: &'static str, values: impl IntoIterator<Item = Option<S>>) -> Self {
        self.0.push((name, Arc::new(values.into_iter().collect::<StringArray>())));
        self
    }

    /// A column of integers.
    pub fn int(mut self, name: &'static str, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        self.0.push((name, Arc::new(values.into_iter().collect::<Int64Array>())));
        self
    }

    /// A column of floats.
    pub fn float(mut self, name: &'static str, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        self.0.push((name, Arc::new(values.into_iter().collect::<Float64Array>())));
        self
    }

    /// A column of flags.
    pub fn flag(mut self, name: &'static str, values: impl IntoIterator<Item = Option<bool>>) -> Self {
        self.0.push((name, Arc::new(values.into_iter().collect::<BooleanArray>())));
        self
    }

    /// The rows of these numbers of another table's columns.
    pub fn taken(mut self, table: &Table, rows: &[usize], names: &[&'static str]) -> Result<Self> {
        let rows = table.select(names)?.take(rows)?;
        for (at, name) in names.iter().enumerate() {
            if let Some(batch) = rows.batches().first() {
                self.0.push((name, Arc::clone(batch.column(at))));
            }
        }
        Ok(self)
    }

    /// The table.
    pub fn table(self) -> Result<Table> {
        Table::from_columns(self.0)
    }
}
