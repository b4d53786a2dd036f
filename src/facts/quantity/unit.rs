//! Units: the table of units as a matcher.
//!
//! In: text behind a number. Out: the longest unit that it begins with, as the table spells it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A unit at the head of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitMatch {
    /// Bytes that it takes.
    pub len: usize,
    /// As the table spells it.
    pub unit: &'static str,
    /// What it measures: `count`, `money`, `ratio` …
    pub dimension: &'static str,
}

/// The table, by first character, longest first.
#[derive(Debug)]
pub struct Units(BTreeMap<char, Vec<(String, &'static str, &'static str)>>);

/// The embedded table.
pub static UNITS: LazyLock<Units> = LazyLock::new(|| {
    let mut table: BTreeMap<char, Vec<(String, &str, &str)>> = BTreeMap::new();
    for line in include_str!("../../../seeds/lexicon/units.csv").lines().skip(1) {
        let mut cells = line.split(',');
        let (Some(unit), Some(dimension)) = (cells.next(), cells.nth(2)) else { continue };
        let tidy: String = unit.chars().map(crate::text::tidy).collect();
        if let Some(first) = tidy.chars().next() {
            table.entry(first).or_default().push((tidy, unit, dimension));
        }
    }
    for list in table.values_mut() {
        list.sort_by_key(|(tidy, ..)| std::cmp::Reverse(tidy.len()));
    }
    Units(table)
});

impl Units {
    /// The longest unit that `text` begins with.
    pub fn longest_at(&self, text: &str) -> Option<UnitMatch> {
        let list = self.0.get(&text.chars().next()?)?;
        let (tidy, unit, dimension) = list.iter().find(|(tidy, ..)| text.starts_with(tidy.as_str()))?;
        Some(UnitMatch { len: tidy.len(), unit, dimension })
    }
}
