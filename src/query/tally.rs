//! Tally: counts by several things at once, gathered from blocks and brought into the order of the answer.

use super::answer::strings;
use super::dimension::{Dimension, Label, Local, Of};
use crate::error::Result;
use crate::table::Table;
use arrow_array::{ArrayRef, BooleanArray, Int64Array};
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::sync::Arc;

/// So many things at once can be counted by.
pub(super) const DIMENSIONS: usize = 4;

/// Counts by several things at once.
#[derive(Debug, Default)]
pub(super) struct Tally {
    known: Vec<Known>,
    cells: HashMap<[u32; DIMENSIONS], u64, FixedState>,
}

/// The different values of a dimension; each has the number of its position plus one, 0 is none.
#[derive(Debug, Default)]
struct Known {
    texts: HashMap<Box<str>, u32, FixedState>,
    ints: HashMap<i64, u32, FixedState>,
    /// Of places: whether the name is that under this code, the first document that has it, and the name.
    names: HashMap<u32, (bool, u32, Box<str>), FixedState>,
}

impl Known {
    fn len(&self) -> u32 {
        (self.texts.len() + self.ints.len()) as u32
    }

    fn number(&mut self, label: Label<'_>) -> u32 {
        let next = self.len() + 1;
        match label {
            Label::Int(value) => *self.ints.entry(value).or_insert(next),
            Label::Text(text) => self.text(text),
            Label::Place { adcode, name, by_own_code, document } => {
                let number = self.text(adcode);
                let better = |(own, first, _): &(bool, u32, Box<str>)| (!by_own_code, document) < (!own, *first);
                if self.names.get(&number).is_none_or(better) {
                    self.names.insert(number, (by_own_code, document, name.into()));
                }
                number
            }
        }
    }

    fn text(&mut self, text: &str) -> u32 {
        let next = self.len() + 1;
        self.texts.get(text).copied().unwrap_or_else(|| {
            self.texts.insert(text.into(), next);
            next
        })
    }

    /// All labels, by number.
    fn labels(&self) -> Vec<Option<Label<'_>>> {
        let mut labels = vec![None; self.len() as usize + 1];
        let texts = self.texts.iter().map(|(text, number)| {
            let label = match self.names.get(number) {
                Some((by_own_code, document, name)) => {
                    Label::Place { adcode: text, name, by_own_code: *by_own_code, document: *document }
                }
                None => Label::Text(text),
            };
            (*number, label)
        });
        texts.chain(self.ints.iter().map(|(value, number)| (*number, Label::Int(*value)))).for_each(
            |(number, label)| {
                labels.iter_mut().skip(number as usize).take(1).for_each(|to| *to = Some(label));
            },
        );
        labels
    }
}

impl Tally {
    /// Adds the counts of a block: for each cell the numbers of its own, as `locals` know them.
    pub fn add(&mut self, locals: &[Local], cells: impl Iterator<Item = ([u32; DIMENSIONS], u64)>) {
        self.known.resize_with(self.known.len().max(locals.len()), Known::default);
        // What stands for each number of the block's own, once it is known.
        let mut numbers: Vec<Vec<Option<u32>>> = locals.iter().map(|local| vec![None; local.size()]).collect();
        for (cell, count) in cells {
            let mut key = [0; DIMENSIONS];
            for (((key, local), numbers), (own, known)) in
                key.iter_mut().zip(locals).zip(&mut numbers).zip(cell.iter().zip(&mut self.known))
            {
                let Some(number) = numbers.get_mut(*own as usize) else { continue };
                *key = *number.get_or_insert_with(|| local.label(*own).map_or(0, |label| known.number(label)));
            }
            *self.cells.entry(key).or_default() += count;
        }
    }

    /// Both together.
    #[must_use]
    pub fn join(mut self, mut other: Self) -> Self {
        if self.cells.len() < other.cells.len() {
            std::mem::swap(&mut self, &mut other);
        }
        self.known.resize_with(self.known.len().max(other.known.len()), Known::default);
        let mut numbers: Vec<Vec<u32>> = Vec::new();
        for (known, others) in self.known.iter_mut().zip(&other.known) {
            let labels = others.labels();
            numbers.push(labels.into_iter().map(|label| label.map_or(0, |label| known.number(label))).collect());
        }
        other.cells.into_iter().for_each(|(cell, count)| {
            let mut key = [0; DIMENSIONS];
            for ((key, own), numbers) in key.iter_mut().zip(cell).zip(&numbers) {
                *key = numbers.get(own as usize).copied().unwrap_or_default();
            }
            *self.cells.entry(key).or_default() += count;
        });
        self
    }

    /// The counts as a table: the columns of each dimension (of a place its code and name), then the counts, in the order
    /// of the dimensions' values, none last.
    pub fn table(self, by: &[Dimension], count: &str) -> Result<Table> {
        let empty = Known::default();
        let labels: Vec<Vec<Option<Label<'_>>>> =
            (0..by.len()).map(|at| self.known.get(at).unwrap_or(&empty).labels()).collect();
        // Numbers of labels in the order of the labels, so that cells are compared as numbers.
        let ranks: Vec<Vec<u32>> = labels.iter().map(|labels| ranks(labels)).collect();
        let mut cells: Vec<(u128, u64, [u32; DIMENSIONS])> = self
            .cells
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(cell, count)| {
                let rank = cell.iter().zip(&ranks).fold(0, |rank, (own, ranks)| {
                    rank << u32::BITS | u128::from(ranks.get(*own as usize).copied().unwrap_or_default())
                });
                (rank, *count, *cell)
            })
            .collect();
        cells.sort_unstable_by_key(|(rank, ..)| *rank);
        let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
        for (at, (dimension, labels)) in by.iter().zip(&labels).enumerate() {
            let each = || {
                let number = |cell: &[u32; DIMENSIONS]| cell.get(at).copied().unwrap_or_default() as usize;
                cells.iter().map(move |(.., cell)| labels.get(number(cell)).copied().flatten())
            };
            let int = |label: Option<Label<'_>>| if let Some(Label::Int(value)) = label { Some(value) } else { None };
            let text: fn(Option<Label<'_>>) -> Option<&str> = |label| match label {
                Some(Label::Text(text) | Label::Place { adcode: text, .. }) => Some(text),
                _ => None,
            };
            match &dimension.of {
                Of::Place => {
                    let name = |label| match label {
                        Some(Label::Place { name, .. }) => Some(name),
                        _ => None,
                    };
                    columns.push(("adcode", strings(each().map(text))));
                    columns.push(("place", strings(each().map(name))));
                }
                Of::Number { flag: true, .. } => {
                    let flags = each().map(|label| int(label).map(|flag| flag != 0));
                    columns.push((&dimension.name, Arc::new(flags.collect::<BooleanArray>())));
                }
                Of::Document { int: true, .. } | Of::Number { .. } => {
                    columns.push((&dimension.name, Arc::new(each().map(int).collect::<Int64Array>())));
                }
                _ => columns.push((&dimension.name, strings(each().map(text)))),
            }
        }
        let counts = cells.iter().map(|(_, count, _)| *count as i64);
        columns.push((count, Arc::new(Int64Array::from_iter_values(counts))));
        Table::from_columns(columns)
    }
}

/// The rank of each label among all; none last.
fn ranks(labels: &[Option<Label<'_>>]) -> Vec<u32> {
    let key = |at: &u32| match labels.get(*at as usize).copied().flatten() {
        Some(Label::Int(value)) => (0, value, ""),
        Some(Label::Text(text) | Label::Place { adcode: text, .. }) => (1, 0, text),
        None => (2, 0, ""),
    };
    let mut order: Vec<u32> = (0..labels.len() as u32).collect();
    order.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut ranks = vec![0; labels.len()];
    for (rank, at) in (0..).zip(order) {
        ranks.iter_mut().skip(at as usize).take(1).for_each(|to| *to = rank);
    }
    ranks
}
