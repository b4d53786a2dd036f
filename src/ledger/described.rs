//! Described: sources, each with what a table of the user says of it.
//!
//! In: sources, and a table whose column `file` or `id` names them. Out: the sources in their order, each described when
//! its turn comes, so that a table of a whole country's plans is held once and in few bytes; and a sentence for each row
//! that fits no source, or several.

use super::source::{Source, unreadable};
use crate::error::{Error, Result};
use csv::StringRecord;
use std::borrow::Cow;
use std::path::Path;
use unicode_normalization::UnicodeNormalization;

/// A table of metadata: rows that describe documents. Empty values say nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    columns: Vec<String>,
    rows: Vec<StringRecord>,
}

impl Metadata {
    /// A table of these columns; a row has a value for each.
    pub fn new(columns: Vec<String>, rows: impl IntoIterator<Item = Vec<Option<String>>>) -> Self {
        let rows = rows.into_iter().map(|row| row.into_iter().map(Option::unwrap_or_default).collect());
        Self { columns, rows: rows.collect() }
    }

    /// Reads a CSV file, its first line the column names.
    pub fn from_file(file: &Path) -> Result<Self> {
        Self::from_csv(&std::fs::read(file).map_err(|e| unreadable(file, &e))?)
    }

    /// Reads a CSV file's bytes.
    pub fn from_csv(bytes: &[u8]) -> Result<Self> {
        let (text, _) = crate::text::decode(bytes)
            .map_err(|reason| Error::query(format!("the metadata table cannot be read: {reason}"), Vec::new()))?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let wrong = |e: csv::Error| Error::query(format!("the metadata table cannot be read: {e}"), Vec::new());
        let columns = reader.headers().map_err(wrong)?.iter().map(str::to_owned).collect();
        let rows = reader.records().collect::<Result<_, _>>().map_err(wrong)?;
        Ok(Self { columns, rows })
    }

    /// Gives each source the row that its `file` or `id` column names (the end of a path is enough, and so is a name
    /// without its ending); an `id` becomes the document's. Of several rows for a source a later one wins.
    pub fn describe(self, sources: Vec<Source>) -> Result<Described> {
        let find = |name: &str| self.columns.iter().position(|c| c.eq_ignore_ascii_case(name));
        let (file, id) = (find("file"), find("id"));
        if file.is_none() && id.is_none() {
            let message = "the metadata table has neither a column \"file\" nor a column \"id\" to tell documents by";
            return Err(Error::query(message, Vec::new()));
        }
        let mut odd = Vec::new();
        let mut rows_of = Vec::with_capacity(sources.len().min(self.rows.len()));
        for (at, (row, fits)) in self.rows.iter().zip(self.fits(&sources, file, id)).enumerate() {
            match fits {
                Fits { documents: 1, last } => rows_of.push((last, at)),
                Fits { documents, .. } => odd.push(match (value(row, file).or(value(row, id)), documents) {
                    (None, _) => format!("row {} of the metadata names no document", at + 1),
                    (Some(key), 0) => format!("row {} of the metadata: there is no document {key}", at + 1),
                    (Some(key), n) => format!("row {} of the metadata: {key} may be any of {n} documents", at + 1),
                }),
            }
        }
        rows_of.sort_unstable();
        Ok(Described { table: self, key: (file, id), sources: sources.into_iter(), at: 0, rows_of, used: 0, odd })
    }

    /// The sources that each row may mean.
    fn fits(&self, sources: &[Source], file: Option<usize>, id: Option<usize>) -> Vec<Fits> {
        let keys =
            (0..).zip(&self.rows).filter_map(|(at, row)| Some((called(value(row, file).or(value(row, id))?), at)));
        let mut keys: Vec<(Cow<'_, str>, usize)> = keys.collect();
        keys.sort_unstable();
        let mut fits = vec![Fits::default(); self.rows.len()];
        for (at, source) in sources.iter().enumerate() {
            each_name(source, |name| {
                let from = keys.partition_point(|(key, _)| **key < *name);
                for (_, row) in keys.iter().skip(from).take_while(|(key, _)| key == name) {
                    if let Some(fits) = fits.get_mut(*row).filter(|fits| fits.documents == 0 || fits.last != at) {
                        *fits = Fits { documents: fits.documents + 1, last: at };
                    }
                }
            });
        }
        fits
    }
}

/// How many sources a row may mean, and the last of them.
#[derive(Debug, Clone, Copy, Default)]
struct Fits {
    documents: usize,
    last: usize,
}

/// What a row says in a column; nothing where it is empty.
fn value(row: &StringRecord, at: Option<usize>) -> Option<&str> {
    row.get(at?).filter(|value| !value.is_empty())
}

/// The name in a row as sources are called.
fn called(name: &str) -> Cow<'_, str> {
    if name.is_ascii() && !name.contains('\\') {
        return Cow::Borrowed(name.trim_start_matches("./"));
    }
    Cow::Owned(name.replace('\\', "/").trim_start_matches("./").nfc().collect())
}

/// The names by which a row may mean a source: its id and its path, their ends, and all of these without their ending.
fn each_name(source: &Source, mut each: impl FnMut(&str)) {
    let file = source.file.as_ref().map(|file| file.to_string_lossy().replace('\\', "/"));
    for whole in source.id.iter().chain(&file) {
        let whole: String = whole.nfc().collect();
        let ends = whole.match_indices('/').filter_map(|(slash, _)| whole.get(slash + 1..));
        for end in ends.chain([whole.as_str()]) {
            each(end);
            if let Some((stem, _)) = end.rsplit_once('.') {
                each(stem);
            }
        }
    }
}

/// Sources, each with what the table says of it.
#[derive(Debug)]
pub struct Described {
    table: Metadata,
    /// The columns that name documents, `file` and `id`.
    key: (Option<usize>, Option<usize>),
    sources: std::vec::IntoIter<Source>,
    /// Number of the next source.
    at: usize,
    /// Number of a source, and a row that describes it, ascending; so many of them are used.
    rows_of: Vec<(usize, usize)>,
    used: usize,
    odd: Vec<String>,
}

impl Described {
    /// Takes the sentences on rows that fit no source, or several.
    pub fn take_odd(&mut self) -> Vec<String> {
        std::mem::take(&mut self.odd)
    }

    fn describe(&self, source: &mut Source, row: &StringRecord) {
        let (file, id) = self.key;
        if let Some(id) = value(row, id) {
            source.id = Some(id.nfc().collect());
        }
        for (at, column) in self.table.columns.iter().enumerate() {
            if let Some(said) = value(row, Some(at).filter(|at| Some(*at) != file && Some(*at) != id)) {
                source.metadata.insert(column.clone(), said.to_owned());
            }
        }
    }
}

impl From<Vec<Source>> for Described {
    /// Sources of which no table says anything.
    fn from(sources: Vec<Source>) -> Self {
        let (table, sources) = (Metadata::default(), sources.into_iter());
        Self { table, key: (None, None), sources, at: 0, rows_of: Vec::new(), used: 0, odd: Vec::new() }
    }
}

impl Iterator for Described {
    type Item = Source;

    fn next(&mut self) -> Option<Source> {
        let mut source = self.sources.next()?;
        while let Some((_, row)) = self.rows_of.get(self.used).filter(|(of, _)| *of == self.at) {
            if let Some(row) = self.table.rows.get(*row) {
                self.describe(&mut source, row);
            }
            self.used += 1;
        }
        self.at += 1;
        Some(source)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.sources.size_hint()
    }
}

impl ExactSizeIterator for Described {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_find_their_documents() {
        let sources = vec![
            Source::file("a/x.txt", "/data/a/x.txt"),
            Source::file("b/x.txt", "/data/b/x.txt"),
            Source::file("y.txt", "/data/y.txt"),
            Source::file("省/甲.txt", "/data/省/甲.txt"),
        ];
        let csv =
            "file,id,tier\na/x.txt,jm,1\ny,,2\nx.txt,,3\nnone.txt,,4\n,,5\n.\\省\\甲,,6\n./data/y.txt,,\n,y.txt,7\n";
        let mut described = Metadata::from_csv(csv.as_bytes()).unwrap().describe(sources.clone()).unwrap();
        let odd = described.take_odd();
        let described: Vec<Source> = described.collect();
        assert_eq!(described[0].id.as_deref(), Some("jm"));
        let tiers: Vec<Option<&str>> =
            described.iter().map(|source| source.metadata.get("tier").map(String::as_str)).collect();
        assert_eq!(tiers, [Some("1"), None, Some("7"), Some("6")], "a later row wins, where it says something");
        assert_eq!(
            odd,
            [
                "row 3 of the metadata: x.txt may be any of 2 documents",
                "row 4 of the metadata: there is no document none.txt",
                "row 5 of the metadata names no document",
            ]
        );
        assert!(Metadata::from_csv(b"tier\n1\n").unwrap().describe(sources).is_err());
    }
}
