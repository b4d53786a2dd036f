//! Metadata: what the user says of documents, beside their text; it wins over the text.

use crate::index::{METADATA_FIELDS, level_of};
use crate::query::Names;
use crate::record::{Document, Jurisdiction, Note};
use crate::table::TableName;
use std::collections::BTreeMap;

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
    fn a_column_of_the_users_does_not_hide_one_of_ours() {
        let said =
            [("year", "1"), ("title", "t"), ("tier", "2")].into_iter().map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(kept(said.collect()).into_keys().collect::<Vec<_>>(), ["tier", "title", "user_year"]);
    }
}
