//! Tables: CSV text with a header line, cells by column name, `;`-separated lists, errata applied while reading.
//!
//! In: the texts of the tables. Out: [`Row`]s that know their table and line, for errors.

use crate::error::{Error, ErrorKind, Result};
use crate::text::CHARACTERS;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt::Write;

/// Names of all tables, sorted.
pub const TABLES: [&str; 8] =
    ["departments", "departments_combined", "departments_suffix", "divisions", "errata", "topics", "units", "zones"];

const EMBEDDED: [&str; TABLES.len()] = [
    include_str!("../../seeds/lexicon/departments.csv"),
    include_str!("../../seeds/lexicon/departments_combined.csv"),
    include_str!("../../seeds/lexicon/departments_suffix.csv"),
    include_str!("../../seeds/lexicon/divisions.csv"),
    include_str!("../../seeds/lexicon/errata.csv"),
    include_str!("../../seeds/lexicon/topics.csv"),
    include_str!("../../seeds/lexicon/units.csv"),
    include_str!("../../seeds/lexicon/zones.csv"),
];

/// The texts of all tables.
#[derive(Debug, Clone)]
pub struct Tables {
    texts: [Cow<'static, str>; TABLES.len()],
}

impl Default for Tables {
    fn default() -> Self {
        Self { texts: EMBEDDED.map(Cow::Borrowed) }
    }
}

impl Tables {
    /// These tables with another text for the one called `name` (see [`TABLES`]).
    pub fn with(mut self, name: &str, text: impl Into<String>) -> Result<Self> {
        let slot = TABLES.iter().position(|t| *t == name).and_then(|i| self.texts.get_mut(i));
        let Some(slot) = slot else {
            return Err(fault(name, 0, format!("there is no such table; the tables are {}", TABLES.join(", "))));
        };
        *slot = Cow::Owned(text.into());
        Ok(self)
    }

    /// The text of a table; empty for a name that is none.
    pub(super) fn text(&self, name: &str) -> &str {
        TABLES.iter().zip(&self.texts).find(|(t, _)| **t == name).map_or("", |(_, text)| text)
    }

    /// SHA-256 of each table's bytes, in hex; the table of characters is the text's own, but a part of the vocabulary.
    pub fn fingerprints(&self) -> Vec<(&'static str, String)> {
        let own = TABLES.iter().zip(&self.texts).map(|(name, text)| (*name, text.as_ref()));
        let all = std::iter::once(("characters", CHARACTERS)).chain(own);
        all.map(|(name, text)| (name, hex(&Sha256::digest(text.as_bytes())))).collect()
    }

    /// SHA-256 over the names and fingerprints of all tables, in hex.
    pub fn fingerprint(&self) -> String {
        let mut all = Sha256::new();
        for (name, hash) in self.fingerprints() {
            all.update(name);
            all.update(hash);
        }
        hex(&all.finalize())
    }

    /// The rows of `table`, whose header must be exactly `columns`, with the errata applied.
    pub(super) fn rows<const N: usize>(&self, table: &'static str, columns: [&str; N]) -> Result<Vec<Row<N>>> {
        let mut rows = read(table, self.text(table), columns)?;
        if table != "errata" {
            for erratum in self.rows("errata", ["table", "key", "column", "old", "new", "reason"])? {
                if erratum.cell(0) == table {
                    erratum.correct(&mut rows, &columns)?;
                }
            }
        }
        Ok(rows)
    }
}

/// One line of a table, its cells in the order of the columns asked for.
#[derive(Debug, Clone)]
pub(super) struct Row<const N: usize> {
    table: &'static str,
    line: usize,
    cells: [Box<str>; N],
}

impl<const N: usize> Row<N> {
    /// A cell; the empty string where there is none.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |c| c)
    }

    /// A cell's list.
    pub fn list(&self, column: usize) -> impl Iterator<Item = &str> {
        self.cell(column).split(';').filter(|item| !item.is_empty())
    }

    /// A cell that may be empty.
    pub fn optional(&self, column: usize) -> Option<Box<str>> {
        Some(self.cell(column)).filter(|cell| !cell.is_empty()).map(Into::into)
    }

    /// The error that `reason` is, at this line.
    pub fn fault(&self, reason: impl Into<String>) -> Error {
        fault(self.table, self.line, reason)
    }
}

impl Row<6> {
    /// Applies this erratum to the rows of its table: `old` is the whole cell or one item of its list, an empty
    /// `old` adds an item, an empty `new` takes one away. A key is the first cell, or `first@another` cell of the row.
    fn correct<const N: usize>(&self, rows: &mut [Row<N>], columns: &[&str; N]) -> Result<()> {
        let [_, key, column, old, new, _] = &self.cells;
        let Some(at) = columns.iter().position(|c| **c == **column) else {
            return Err(self.fault(format!("the table has no column {column:?}")));
        };
        let (first, other) = key.split_once('@').map_or((&**key, None), |(first, other)| (first, Some(other)));
        let mut fits = false;
        for row in rows {
            if row.cell(0) != first || other.is_some_and(|other| !row.cells.iter().skip(1).any(|c| **c == *other)) {
                continue;
            }
            let Some(cell) = row.cells.get_mut(at) else { continue };
            let mut items: Vec<&str> = cell.split(';').filter(|item| !item.is_empty()).collect();
            *cell = if **cell == **old {
                new.clone()
            } else if old.is_empty() {
                items.push(new);
                items.join(";").into()
            } else if let Some(item) = items.iter_mut().find(|item| ***item == **old) {
                *item = new;
                items.retain(|item| !item.is_empty());
                items.join(";").into()
            } else {
                continue;
            };
            fits = true;
        }
        if fits { Ok(()) } else { Err(self.fault(format!("no row {key:?} has {old:?} in column {column:?}"))) }
    }
}

fn read<const N: usize>(table: &'static str, text: &str, columns: [&str; N]) -> Result<Vec<Row<N>>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    let mut header = true;
    loop {
        let more = reader.read_record(&mut record).map_err(|e| {
            let line = e.position().map_or(0, csv::Position::line) as usize;
            fault(table, line, e.to_string())
        })?;
        if !more {
            break;
        }
        let line = record.position().map_or(0, csv::Position::line) as usize;
        if std::mem::take(&mut header) {
            if record.iter().ne(columns) {
                return Err(fault(table, line, format!("the columns must be {}", columns.join(","))));
            }
        } else if record.len() == N {
            let mut cells = record.iter().map(Box::from);
            rows.push(Row { table, line, cells: std::array::from_fn(|_| cells.next().unwrap_or_default()) });
        } else {
            return Err(fault(table, line, format!("{} cells where {N} are due", record.len())));
        }
    }
    if header { Err(fault(table, 1, "the header line is missing")) } else { Ok(rows) }
}

fn fault(table: &str, line: usize, reason: impl Into<String>) -> Error {
    ErrorKind::Lexicon { table: format!("{table}.csv"), line, reason: reason.into() }.into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [&str; 2] = ["suffix", "id"];

    fn tables(errata: &str) -> Tables {
        let errata = format!("table,key,column,old,new,reason\n{errata}");
        let units = "unit,canonical\n个,个\n只,只;头\n";
        Tables::default().with("errata", errata).unwrap().with("units", units).unwrap()
    }

    fn cells(errata: &str) -> Result<Vec<String>> {
        let rows = tables(errata).rows("units", ["unit", "canonical"])?;
        Ok(rows.iter().map(|row| row.cell(1).to_owned()).collect())
    }

    #[test]
    fn errata_replace_add_and_remove() {
        assert_eq!(cells("").unwrap(), ["个", "只;头"]);
        assert_eq!(cells("units,个,canonical,个,件,why\n").unwrap(), ["件", "只;头"]);
        assert_eq!(cells("units,只,canonical,,匹,why\n").unwrap(), ["个", "只;头;匹"]);
        assert_eq!(cells("units,只,canonical,头,,why\n").unwrap(), ["个", "只"]);
    }

    #[test]
    fn an_erratum_that_no_longer_fits_is_an_error_with_its_line() {
        let error = cells("units,个,canonical,个,件,why\nunits,只,canonical,条,件,why\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "lexicon table errata.csv, line 3: no row \"只\" has \"条\" in column \"canonical\""
        );
    }

    #[test]
    fn malformed_tables_name_their_line() {
        let read = |text: &str| read("units", text, COLUMNS).unwrap_err().to_string();
        assert_eq!(read("suffix,id\na,b\nc\n"), "lexicon table units.csv, line 3: 1 cells where 2 are due");
        assert_eq!(read("id,suffix\n"), "lexicon table units.csv, line 1: the columns must be suffix,id");
        assert_eq!(read(""), "lexicon table units.csv, line 1: the header line is missing");
    }

    #[test]
    fn the_fingerprint_follows_every_table() {
        let other = Tables::default().with("zones", "id\n").unwrap();
        assert_ne!(Tables::default().fingerprint(), other.fingerprint());
        assert!(Tables::default().with("zone", "").is_err());
        let all = Tables::default().fingerprints();
        let characters = hex(&Sha256::digest(std::fs::read("seeds/lexicon/characters.csv").unwrap()));
        assert!(all.contains(&("characters", characters)) && all.len() == TABLES.len() + 1);
    }
}
