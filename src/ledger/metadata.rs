//! Metadata: what the user says of documents, beside their text; it wins over the text.

use super::source::Source;
use crate::error::{Error, Result};
use crate::index::{METADATA_FIELDS, level_of};
use crate::query::Names;
use crate::record::{Document, Jurisdiction, Note};
use crate::table::TableName;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// A table of metadata: rows that describe documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows, one value a column; empty values say nothing.
    pub rows: Vec<Vec<Option<String>>>,
}

impl Metadata {
    /// Reads a CSV file's bytes, its first line the column names.
    pub fn from_csv(bytes: &[u8]) -> Result<Self> {
        let (text, _) = crate::text::decode(bytes)
            .map_err(|reason| Error::query(format!("the metadata table cannot be read: {reason}"), Vec::new()))?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let wrong = |e: csv::Error| Error::query(format!("the metadata table cannot be read: {e}"), Vec::new());
        let columns = reader.headers().map_err(wrong)?.iter().map(str::to_owned).collect();
        let mut rows = Vec::new();
        for row in reader.records() {
            let row = row.map_err(wrong)?;
            rows.push(row.iter().map(|v| if v.is_empty() { None } else { Some(v.to_owned()) }).collect());
        }
        Ok(Self { columns, rows })
    }

    /// Gives each source the row that its `file` or `id` column names (the end of a path is enough, and so is a name
    /// without its ending); an `id` becomes the document's. Returns a sentence for each row that fits no source, or several.
    pub fn apply(&self, sources: &mut [Source]) -> Result<Vec<String>> {
        let find = |name: &str| self.columns.iter().position(|c| c.eq_ignore_ascii_case(name));
        let (file, id) = (find("file"), find("id"));
        if file.is_none() && id.is_none() {
            let message = "the metadata table has neither a column \"file\" nor a column \"id\" to tell documents by";
            return Err(Error::query(message, Vec::new()));
        }
        let names = Called::of(sources);
        let mut odd = Vec::new();
        for (number, row) in self.rows.iter().enumerate() {
            let value = |at: Option<usize>| at.and_then(|at| row.get(at)).and_then(Option::as_deref);
            let Some(key) = value(file).or(value(id)) else {
                odd.push(format!("row {} of the metadata names no document", number + 1));
                continue;
            };
            let source = match names.find(key) {
                [one] => sources.get_mut(*one),
                [] => {
                    odd.push(format!("row {} of the metadata: there is no document {key}", number + 1));
                    continue;
                }
                several => {
                    odd.push(format!(
                        "row {} of the metadata: {key} may be any of {} documents",
                        number + 1,
                        several.len()
                    ));
                    continue;
                }
            };
            let Some(source) = source else { continue };
            if let Some(id) = value(id) {
                source.id = Some(id.nfc().collect());
            }
            let said = self.columns.iter().zip(row).enumerate().filter(|(at, _)| Some(*at) != file && Some(*at) != id);
            for (_, (column, value)) in said {
                if let Some(value) = value {
                    source.metadata.insert(column.clone(), value.clone());
                }
            }
        }
        Ok(odd)
    }
}

/// The names by which a row may mean a source.
struct Called {
    by_name: BTreeMap<String, Vec<usize>>,
}

impl Called {
    fn of(sources: &[Source]) -> Self {
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, source) in sources.iter().enumerate() {
            let file = source.file.as_ref().map(|file| file.to_string_lossy().replace('\\', "/"));
            for whole in source.id.iter().chain(&file) {
                let whole: String = whole.nfc().collect();
                let ends = whole.match_indices('/').filter_map(|(slash, _)| whole.get(slash + 1..));
                for end in ends.chain([whole.as_str()]) {
                    let stem = end.rsplit_once('.').map_or(end, |(stem, _)| stem);
                    for name in [end, stem] {
                        let here = by_name.entry(name.to_owned()).or_default();
                        if here.last() != Some(&at) {
                            here.push(at);
                        }
                    }
                }
            }
        }
        Self { by_name }
    }

    fn find(&self, name: &str) -> &[usize] {
        let name: String = name.trim_start_matches("./").replace('\\', "/").nfc().collect();
        self.by_name.get(&name).map_or(&[], Vec::as_slice)
    }
}

/// Names of columns as they are kept: one that a table has already gets `user_` before it.
pub(super) fn kept(metadata: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let rename = |name: String| {
        let taken = TableName::Documents.has(&name) && !METADATA_FIELDS.contains(&name.as_str());
        if taken { format!("user_{name}") } else { name }
    };
    metadata.into_iter().map(|(name, value)| (rename(name), value)).collect()
}

/// Lets the user's word win over the text's; where they differ a note says so.
pub(super) fn overrule(document: &mut Document, metadata: &BTreeMap<String, String>, names: &dyn Names) {
    let mut notes = Notes(Vec::new());
    let said = |name: &str| metadata.get(name).map(String::as_str);
    if let Some(title) = said("title") {
        let title: String = title.split_whitespace().collect();
        notes.replace("title", &mut document.title, title);
    }
    if let Some(number) = said("number") {
        notes.replace("number", &mut document.number, number_of(number));
    }
    if let Some(issued) = said("issued").or(said("date")) {
        match date_of(issued) {
            Some(date) => {
                let year = date.get(..4).and_then(|year| year.parse().ok());
                // The year in the title stays; one that was only taken from the date goes with it.
                if document.plan_year == document.year {
                    document.plan_year = year;
                }
                document.year = year;
                notes.replace("issued", &mut document.issued, date);
            }
            None => notes.add("metadata-unreadable", format!("the metadata's date {issued:?} is none")),
        }
    }
    if let Some(issuers) = said("issuers").or(said("issuer")) {
        let issuers: Vec<String> = issuers
            .split(['、', ';', '；', ',', '，'])
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        if !document.issuers.is_empty() && document.issuers != issuers {
            notes.differs("issuers", &issuers.join("、"), &document.issuers.join("、"));
        }
        document.issuers = issuers;
    }
    if let Some(place) = said("adcode").or(said("place")) {
        match names.place(place) {
            Ok(found) => {
                let zone = match &document.jurisdiction {
                    Some(before) if before.adcode == found.adcode => before.zone.clone(),
                    Some(before) => {
                        notes.differs("place", &found.name, &before.name);
                        None
                    }
                    None => None,
                };
                // The name in force when the document was issued is the text's to say.
                let name = match &document.jurisdiction {
                    Some(before) if before.adcode == found.adcode => before.name.clone(),
                    _ => found.name,
                };
                let zone = found.zone.or(zone);
                document.jurisdiction = Some(Jurisdiction { adcode: found.adcode, name, level: found.level, zone });
            }
            Err(e) => notes.add("metadata-unreadable", format!("the metadata's place {place:?} is not known: {e}")),
        }
    }
    if let Some(level) = said("level") {
        match (level_of(level), &mut document.jurisdiction) {
            (Some(level), Some(jurisdiction)) => jurisdiction.level = level,
            (None, _) => notes.add("metadata-unreadable", format!("the metadata's level {level:?} is none")),
            (Some(_), None) => notes.add("metadata-unreadable", format!("the metadata's level {level:?} has no place")),
        }
    }
    document.notes.extend(notes.0);
}

struct Notes(Vec<Note>);

impl Notes {
    fn add(&mut self, kind: &str, message: String) {
        self.0.push(Note { clause: None, kind: kind.to_owned(), message, at: None });
    }

    fn differs(&mut self, field: &str, user: &str, text: &str) {
        self.add("metadata-differs", format!("the metadata says {field} {user:?}, the text says {text:?}"));
    }

    fn replace(&mut self, field: &str, old: &mut Option<String>, new: String) {
        if let Some(old) = old.as_ref().filter(|old| **old != new) {
            self.differs(field, &new, old);
        }
        *old = Some(new);
    }
}

/// A document number without spaces, its brackets 〔〕.
fn number_of(number: &str) -> String {
    let bracket = |c: char| match c {
        '[' | '(' | '（' | '【' | '［' | '﹝' => '〔',
        ']' | ')' | '）' | '】' | '］' | '﹞' => '〕',
        c => c,
    };
    number.chars().filter(|c| !c.is_whitespace()).map(bracket).collect()
}

/// A date as people write it (2019-03-11, 2019/3/11, 2019年3月11日, 2019) in ISO 8601, of the precision given.
fn date_of(date: &str) -> Option<String> {
    let parts: Vec<i16> = date
        .split(|c: char| !c.is_ascii_digit())
        .filter(|p| !p.is_empty())
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    match *parts.as_slice() {
        [year @ 1000..=9999] => Some(format!("{year}")),
        [year @ 1000..=9999, month @ 1..=12] => Some(format!("{year}-{month:02}")),
        [year, month, day, ..] => {
            let date = jiff::civil::Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
            (year >= 1000).then(|| date.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Verbatim;

    #[test]
    fn dates_and_numbers_are_read_as_people_write_them() {
        for (written, date) in [
            ("2019-03-11", Some("2019-03-11")),
            ("2019/3/11", Some("2019-03-11")),
            ("2019年3月11日", Some("2019-03-11")),
            ("2019-03-11 00:00:00", Some("2019-03-11")),
            ("2019年3月", Some("2019-03")),
            ("2019", Some("2019")),
            ("2019-02-30", None),
            ("去年", None),
        ] {
            assert_eq!(date_of(written).as_deref(), date, "{written}");
        }
        assert_eq!(number_of("江府办 [2019] 13号"), "江府办〔2019〕13号");
    }

    #[test]
    fn the_users_word_wins_and_the_difference_is_noted() {
        let mut document = Document {
            title: Some("旧".into()),
            issued: Some("2018-01-01".into()),
            year: Some(2018),
            plan_year: Some(2018),
            ..Document::default()
        };
        let said = [("title", "新 题"), ("date", "2019/3/1"), ("place", "440700"), ("tier", "二线"), ("level", "x")];
        let said = said.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        overrule(&mut document, &said, &Verbatim);
        assert_eq!((document.title.as_deref(), document.issued.as_deref()), (Some("新题"), Some("2019-03-01")));
        assert_eq!((document.year, document.plan_year), (Some(2019), Some(2019)));
        assert_eq!(document.jurisdiction.unwrap().adcode, "440700");
        let kinds: Vec<&str> = document.notes.iter().map(|n| n.kind.as_str()).collect();
        assert_eq!(kinds, ["metadata-differs", "metadata-differs", "metadata-unreadable"]);
    }

    #[test]
    fn rows_find_their_documents() {
        let mut sources = vec![
            Source::file("a/x.txt", "/data/a/x.txt"),
            Source::file("b/x.txt", "/data/b/x.txt"),
            Source::file("y.txt", "/data/y.txt"),
        ];
        let csv = "file,id,tier\na/x.txt,jm,1\ny,,2\nx.txt,,3\nnone.txt,,4\n,,5\n";
        let odd = Metadata::from_csv(csv.as_bytes()).unwrap().apply(&mut sources).unwrap();
        assert_eq!(sources[0].id.as_deref(), Some("jm"));
        assert_eq!(sources[2].metadata.get("tier").map(String::as_str), Some("2"));
        assert!(sources[1].metadata.is_empty());
        assert_eq!(odd.len(), 3, "{odd:?}");
        assert!(Metadata::from_csv(b"tier\n1\n").unwrap().apply(&mut sources).is_err());
    }

    #[test]
    fn a_column_of_the_users_does_not_hide_one_of_ours() {
        let said =
            [("year", "1"), ("title", "t"), ("tier", "2")].into_iter().map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(kept(said.collect()).into_keys().collect::<Vec<_>>(), ["tier", "title", "user_year"]);
    }
}
