//! Exported: a document as it leaves a ledger or a cluster, so that another ledger takes it in without reading it again.
//!
//! In: a document with its text. Out: a row of the table `records`, whose `record` is the document's record in the
//! store's envelope: kind, version, length and checksum in front. The tables alone would not do: they say where a fact
//! stands, not which ranges inside it are page furniture.
//!
//! A row comes from a file that anybody may have written. What [`Exported::document`] gives is sound: its checksums hold,
//! it has a shape that this library knows, every place lies in the text, every clause that is named is there, and no
//! more words are taken from the text than a plan can have.

use super::metadata;
use super::source::{Content, Source};
use crate::index::{Head, Reading, pack_record, unpack_record};
use crate::record::Document;
use crate::store::{Kind, Stored, decode, encode};
use crate::text::{Extent, SourceText};
use std::collections::BTreeMap;

/// What facts say in words all together is at most so many times the text; what names, headings and the like say, so many
/// times the text and the record.
const REPEATED: u64 = 64;

/// Name, type and meaning of the columns of `records`.
pub const RECORDS: [(&str, &str, &str); 9] = [
    ("id", "text", "id of the document"),
    ("file", "text", "file as given at ingest"),
    ("text", "text", "the text, in whose code points every start and end counts"),
    ("sha256", "text", "SHA-256 of the file's bytes"),
    ("encoding", "text", "encoding of the file"),
    ("metadata", "text", "what the user said of it, a JSON object of texts"),
    ("reading", "text", "rules and lexicon that read it"),
    ("record", "bytes", "all that was read in it, in the envelope of a ledger's store"),
    ("error", "text", "why it could not be read; null where it was"),
];

/// What the column `record` holds: what the rest of the row must be, and what was read.
struct Sealed {
    /// Checksum of id, text, hash, encoding and metadata.
    rest: u32,
    /// The record, packed.
    record: Vec<u8>,
}

impl Stored for Sealed {
    const KIND: Kind = Kind::Record;
    const VERSION: u8 = 1;

    fn to_payload(&self) -> Result<Vec<u8>, String> {
        Ok([&self.rest.to_le_bytes(), &self.record[..]].concat())
    }

    fn from_payload(payload: &[u8]) -> Result<Self, String> {
        let (rest, record) = payload.split_first_chunk().ok_or("is cut off")?;
        Ok(Self { rest: u32::from_le_bytes(*rest), record: record.to_vec() })
    }
}

/// Checksum of what a row says beside its record. The reading is not in it: it is asked for before.
fn rest(id: &str, text: &str, sha256: &[u8; 32], encoding: &str, metadata: &BTreeMap<String, String>) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    let pairs = metadata.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    for part in [id.as_bytes(), text.as_bytes(), sha256, encoding.as_bytes()].into_iter().chain(pairs) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize()
}

/// A document that was read elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The text.
    pub text: String,
    /// SHA-256 of the file's bytes.
    pub sha256: [u8; 32],
    /// Encoding of the file.
    pub encoding: String,
    /// The record in its envelope.
    pub record: Vec<u8>,
}

/// A row of the table `records`, as bytes that nobody has looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Where it stands, for errors: file and row.
    pub place: String,
    /// Id.
    pub id: Vec<u8>,
    /// File as given.
    pub file: Option<Vec<u8>>,
    /// The text.
    pub text: Vec<u8>,
    /// SHA-256 in hex.
    pub sha256: Vec<u8>,
    /// Encoding.
    pub encoding: Vec<u8>,
    /// Metadata as JSON.
    pub metadata: Vec<u8>,
    /// Reading as it is printed.
    pub reading: Vec<u8>,
    /// The record in its envelope.
    pub record: Vec<u8>,
}

impl Row {
    /// Text and facts, checked as a load checks them; the error is half a sentence. Whether it was read as a ledger is,
    /// only the ledger can tell.
    pub fn checked(self) -> Result<(SourceText, Document), String> {
        let (Source { id, content, metadata, .. }, _) = self.source()?;
        let Content::Exported { exported, .. } = content else { return Err("holds no document".to_owned()) };
        let text = SourceText::new(exported.text.as_str());
        let said = metadata::kept(metadata);
        let (document, _) = exported.document(&id.unwrap_or_default(), &text, &said)?;
        Ok((text, document))
    }

    /// The source that it is, and what read it; the error is half a sentence.
    pub(super) fn source(self) -> Result<(Source, Reading), String> {
        let reading = reading_of(&utf8("reading", self.reading)?)?;
        let id = utf8("id", self.id)?;
        if id.is_empty() {
            return Err("has an empty id".to_owned());
        }
        let metadata = metadata_of(&utf8("metadata", self.metadata)?)?;
        let exported = Exported {
            text: utf8("text", self.text)?,
            sha256: sha256_of(&self.sha256)?,
            encoding: utf8("encoding", self.encoding)?,
            record: self.record,
        };
        if exported.text.trim().is_empty() {
            return Err("holds no text".to_owned());
        }
        let file = self.file.map(|file| utf8("file", file)).transpose()?.map(Into::into);
        let content = Content::Exported { place: self.place, exported: Box::new(exported) };
        Ok((Source { id: Some(id), file, content, metadata }, reading))
    }
}

impl Exported {
    /// The record of a document in its envelope; the error is half a sentence.
    pub(super) fn seal(head: &Head, text: &str, document: &Document) -> Result<Vec<u8>, String> {
        let rest = rest(&head.id, text, &head.sha256, &head.encoding, &head.metadata);
        encode(&Sealed { rest, record: pack_record(document)? })
    }

    /// The document, checked against its text and what else is said of it, and its bytes as a ledger keeps them; the error
    /// is half a sentence.
    pub(super) fn document(
        &self,
        id: &str,
        text: &SourceText,
        metadata: &BTreeMap<String, String>,
    ) -> Result<(Document, Vec<u8>), String> {
        let sealed = decode::<Sealed>(&self.record).map_err(|e| format!("has a record that {e}"))?;
        if sealed.rest != rest(id, &self.text, &self.sha256, &self.encoding, metadata) {
            return Err("has a record that was made of another id, text or metadata".to_owned());
        }
        let document = unpack_record(&sealed.record).map_err(|e| format!("has a record that {e}"))?;
        sound(&document, text, sealed.record.len()).map_err(|e| format!("has a record that {e}"))?;
        Ok((document, sealed.record))
    }
}

/// Checks what a record of so many bytes says against its text; the error is half a sentence.
fn sound(document: &Document, text: &SourceText, bytes: usize) -> Result<(), String> {
    let clauses = document.clauses.len() as u32;
    let mut places = document.sections.iter().map(|row| &row.heading).collect::<Vec<_>>();
    places.extend(document.clauses.iter().flat_map(|row| row.heading.iter().chain([&row.text])));
    places.extend(document.assignments.iter().flat_map(|row| row.group.iter().chain([&row.name])));
    places.extend(document.targets.iter().map(|row| &row.text));
    places.extend(document.milestones.iter().map(|row| &row.text));
    places.extend(document.citations.iter().map(|row| &row.text));
    places.extend(document.notes.iter().filter_map(|row| row.at.as_ref()));
    if let Some(outside) = places.into_iter().find(|place| !lies_in(place, text.len())) {
        let (span, length) = (outside.span, text.len());
        return Err(format!("names a place {}:{} that its text of {length} has not", span.start, span.end));
    }
    let named = document
        .assignments
        .iter()
        .map(|row| Some(row.clause))
        .chain(document.targets.iter().map(|row| row.clause))
        .chain(document.milestones.iter().map(|row| row.clause))
        .chain(document.citations.iter().map(|row| row.clause))
        .chain(document.notes.iter().map(|row| row.clause));
    if let Some(clause) = named.flatten().find(|clause| !(1..=clauses).contains(clause)) {
        return Err(format!("names clause {clause} of {clauses}"));
    }
    let sections = document.sections.len() as u32;
    if let Some(section) = document.clauses.iter().filter_map(|row| row.section).find(|section| *section >= sections) {
        return Err(format!("names section {section} of {sections}"));
    }
    let numbers = document.targets.iter().flat_map(|row| [Some(row.value), row.value_high, row.baseline]).flatten();
    // It is not even itself: a ledger that held it could never be checked.
    if numbers.into_iter().any(f64::is_nan) {
        return Err("names a number that is none".to_owned());
    }
    // Leaves of an outline never share words; facts may, but not without bound.
    let words = document.clauses.iter().map(|row| u64::from(row.text.span.len())).sum::<u64>();
    let facts = document.targets.iter().map(|row| &row.text).chain(document.milestones.iter().map(|row| &row.text));
    let repeated = facts.map(|place| u64::from(place.span.len())).sum::<u64>();
    // Names are short, but one list of departments may hold for any number of clauses.
    let mut short = document.sections.iter().map(|row| &row.heading).collect::<Vec<_>>();
    short.extend(document.clauses.iter().filter_map(|row| row.heading.as_ref()));
    short.extend(document.assignments.iter().map(|row| &row.name));
    short.extend(document.citations.iter().map(|row| &row.text));
    short.extend(document.notes.iter().filter_map(|row| row.at.as_ref()));
    let short = short.into_iter().map(|place| u64::from(place.span.len())).sum::<u64>();
    let length = u64::from(text.len());
    if words > 2 * length || repeated > REPEATED * length || short > REPEATED * (length + bytes as u64) {
        return Err(format!("takes {} code points from a text of {length}", words + repeated + short));
    }
    Ok(())
}

/// True where a place lies in a text of this length, and what is removed from it in order inside of it.
fn lies_in(place: &Extent, length: u32) -> bool {
    let mut from = place.span.start;
    let ordered = place.removed.iter().all(|gap| {
        let next = from <= gap.start && gap.start <= gap.end && gap.end <= place.span.end;
        from = gap.end;
        next
    });
    ordered && place.span.start <= place.span.end && place.span.end <= length
}

fn utf8(what: &str, bytes: Vec<u8>) -> Result<String, String> {
    // The quick look first: where it finds a fault, the other one tells where.
    if let Ok(text) = simdutf8::basic::from_utf8(&bytes) {
        return Ok(text.to_owned());
    }
    String::from_utf8(bytes)
        .map_err(|e| format!("has a {what} that is no UTF-8 at byte {}", e.utf8_error().valid_up_to()))
}

fn sha256_of(hex: &[u8]) -> Result<[u8; 32], String> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
    let digits: Option<Vec<u8>> = hex.iter().map(digit).collect();
    let bytes = digits.filter(|digits| digits.len() == 64).map(|digits| {
        let mut out = [0; 32];
        for (to, pair) in out.iter_mut().zip(digits.chunks(2)) {
            *to = pair.iter().fold(0, |byte, digit| byte << 4 | digit);
        }
        out
    });
    bytes.ok_or_else(|| "has a sha256 that is none".to_owned())
}

/// A reading as [`Reading`] prints it.
fn reading_of(text: &str) -> Result<Reading, String> {
    let parts = text.strip_prefix("rules ").and_then(|rest| rest.split_once(" and lexicon "));
    let reading = parts.and_then(|(rules, lexicon)| {
        Some(Reading { rules: rules.parse().ok()?, lexicon: u64::from_str_radix(lexicon, 16).ok()? })
    });
    reading.filter(|reading| reading.to_string() == text).ok_or_else(|| format!("has a reading {text:?} that is none"))
}

fn metadata_of(json: &str) -> Result<BTreeMap<String, String>, String> {
    if json.is_empty() {
        return Ok(BTreeMap::new());
    }
    serde_json::from_str(json).map_err(|e| format!("has metadata that are no JSON object of texts ({e})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Op;
    use crate::record::{Citation, Clause, Kind as ClauseKind, Milestone, Section, Target};
    use crate::text::Span;

    fn clause(start: u32, end: u32) -> Clause {
        let text = Extent { span: Span { start, end }, removed: Vec::new() };
        Clause { path: vec![1], section: None, heading: None, kind: ClauseKind::Task, text, topics: Vec::new() }
    }

    fn head() -> Head {
        Head {
            id: "a".to_owned(),
            file: None,
            version: 1,
            previous: None,
            sha256: [0; 32],
            encoding: "UTF-8".to_owned(),
            reading: Reading::default(),
            metadata: BTreeMap::new(),
            group: 0,
            slot: 0,
        }
    }

    fn read(id: &str, text: &str, record: Vec<u8>) -> Result<Document, String> {
        let exported = Exported { text: text.to_owned(), sha256: [0; 32], encoding: "UTF-8".to_owned(), record };
        exported.document(id, &SourceText::new(text), &BTreeMap::new()).map(|(document, _)| document)
    }

    fn refused(document: &Document) -> String {
        let record = Exported::seal(&head(), "一二三四五", document).unwrap();
        read("a", "一二三四五", record).map_or_else(|e| e, |_| "sound".to_owned())
    }

    #[test]
    fn places_outside_of_the_text_are_refused() {
        let with = |clause| Document { clauses: vec![clause], ..Document::default() };
        assert_eq!(refused(&with(clause(0, 5))), "sound");
        for (start, end) in [(0, 6), (4, 3), (u32::MAX, u32::MAX), (0, u32::MAX)] {
            assert!(refused(&with(clause(start, end))).contains("names a place"), "{start}:{end}");
        }
        let gap = |start, end| {
            let mut torn = clause(1, 4);
            torn.text.removed = vec![Span { start, end }];
            refused(&with(torn))
        };
        assert_eq!(gap(2, 3), "sound");
        assert!(gap(0, 2).contains("names a place") && gap(3, 5).contains("names a place"));
        let section = refused(&with(Clause { section: Some(0), ..clause(0, 1) }));
        assert!(section.contains("names section 0 of 0"), "{section}");
        let many = Document { clauses: vec![clause(0, 5); 3], ..Document::default() };
        assert!(refused(&many).contains("takes 15 code points"), "{}", refused(&many));
    }

    #[test]
    fn clauses_that_are_not_there_are_refused() {
        let milestone = |clause| Milestone {
            clause,
            path: vec![1],
            part: None,
            text: Extent { span: Span { start: 0, end: 1 }, removed: Vec::new() },
            deadline: "2025".to_owned(),
            why: Vec::new(),
        };
        let with = |n| Document { clauses: vec![clause(0, 5)], milestones: vec![milestone(n)], ..Document::default() };
        assert_eq!((refused(&with(Some(1))), refused(&with(None))), ("sound".to_owned(), "sound".to_owned()));
        assert!(refused(&with(Some(2))).contains("names clause 2 of 1"));
        assert!(refused(&with(Some(0))).contains("names clause 0 of 1"));
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        let target = |value, value_high, baseline| Target {
            clause: None,
            path: Vec::new(),
            part: None,
            text: Extent { span: Span { start: 0, end: 1 }, removed: Vec::new() },
            indicator: "一".to_owned(),
            op: Op::Equal,
            value,
            value_high,
            unit: None,
            per: None,
            baseline,
            baseline_period: None,
            change: None,
            deadline: None,
            implied: false,
            why: Vec::new(),
        };
        let said = |value, high, baseline| {
            refused(&Document { targets: vec![target(value, high, baseline)], ..Document::default() })
        };
        assert_eq!(said(0.5, Some(f64::INFINITY), None), "sound");
        for (value, high, baseline) in
            [(f64::NAN, None, None), (0.5, Some(f64::NAN), None), (0.5, None, Some(-f64::NAN))]
        {
            assert!(said(value, high, baseline).contains("names a number that is none"));
        }
    }

    #[test]
    fn names_headings_and_citations_cost_no_more_than_their_bytes() {
        let text = "字".repeat(100_000);
        let extent = |end| Extent { span: Span { start: 0, end }, removed: Vec::new() };
        let citation = |end| Citation { clause: None, title: None, number: None, text: extent(end) };
        let section = |end| Section { plan: None, no: 1, heading: extent(end) };
        let said = |document: &Document| {
            let record = Exported::seal(&head(), &text, document).unwrap();
            read("a", &text, record).map_or_else(|e| e, |_| "sound".to_owned())
        };
        let with = |end| Document { citations: vec![citation(end); 1_000], ..Document::default() };
        assert_eq!(said(&with(1_000)), "sound");
        assert!(said(&with(100_000)).contains("takes 100000000 code points"), "{}", said(&with(100_000)));
        let headings = Document { sections: vec![section(100_000); 1_000], ..Document::default() };
        assert!(said(&headings).contains("takes 100000000 code points"), "{}", said(&headings));
    }

    #[test]
    fn a_record_that_was_cut_or_flipped_is_refused() {
        let document = Document { title: Some("题".to_owned()), clauses: vec![clause(0, 5)], ..Document::default() };
        let text = "一二三四五";
        let record = Exported::seal(&head(), text, &document).unwrap();
        assert_eq!(read("a", text, record.clone()), Ok(document));
        for end in 0..record.len() {
            assert!(read("a", text, record[..end].to_vec()).is_err(), "cut at {end}");
        }
        for bit in 0..record.len() * 8 {
            let mut flipped = record.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(read("a", text, flipped).is_err(), "bit {bit}");
        }
        for (id, text) in [("b", text), ("a", "一二三四六"), ("a", "一二三四五六")] {
            assert!(read(id, text, record.clone()).unwrap_err().contains("made of another id, text"), "{id} {text}");
        }
    }

    #[test]
    fn fields_are_what_they_say() {
        let row = Row {
            id: b"a".to_vec(),
            text: "一".as_bytes().to_vec(),
            sha256: b"0f".repeat(32),
            encoding: b"UTF-8".to_vec(),
            metadata: br#"{"tier":"1"}"#.to_vec(),
            reading: b"rules 1 and lexicon 00000000000000ff".to_vec(),
            ..Row::default()
        };
        let (source, reading) = row.clone().source().unwrap();
        assert_eq!((source.id.as_deref(), reading), (Some("a"), Reading { rules: 1, lexicon: 255 }));
        assert_eq!(source.metadata.get("tier").map(String::as_str), Some("1"));
        let said = |row: Row| row.source().unwrap_err();
        assert_eq!(said(Row { id: Vec::new(), ..row.clone() }), "has an empty id");
        assert!(said(Row { text: b"\xff".to_vec(), ..row.clone() }).contains("a text that is no UTF-8 at byte 0"));
        assert!(said(Row { sha256: b"0f".to_vec(), ..row.clone() }).contains("sha256"));
        assert!(said(Row { metadata: b"[1]".to_vec(), ..row.clone() }).contains("metadata"));
        assert!(said(Row { reading: b"rules 01 and lexicon ff".to_vec(), ..row.clone() }).contains("reading"));
        assert!(said(Row { text: b" ".to_vec(), ..row }).contains("holds no text"));
    }
}
