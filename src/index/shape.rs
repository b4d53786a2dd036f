//! Shapes: what is kept of a document in the store, and the trees that hold it.

use crate::record::Document;
use crate::store::{Chunk, Tree, TreeId, pack, stored, unpack};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What facts depend on beside the text: the rules and the lexicon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// Version of the rules, raised with any change of facts.
    pub rules: u32,
    /// Fingerprint of the lexicon's tables.
    pub lexicon: u64,
}
stored!(Reading, Reading, 1);

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rules {} and lexicon {:016x}", self.rules, self.lexicon)
    }
}

/// What is kept of a version of a document beside its text and facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Id.
    pub id: String,
    /// File as given at ingest.
    pub file: Option<String>,
    /// Version, from 1.
    pub version: u32,
    /// Number of the document before it under the same id.
    pub previous: Option<u32>,
    /// SHA-256 of the file's bytes.
    pub sha256: [u8; 32],
    /// Encoding of the file.
    pub encoding: String,
    /// Rules and lexicon that read it.
    pub reading: Reading,
    /// What the user said of it.
    pub metadata: BTreeMap<String, String>,
    /// Group that holds text and record.
    pub group: u32,
    /// Position in the group.
    pub slot: u32,
}
stored!(Head, Head, 1);

/// The document that an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Number of the newest version.
    pub number: u32,
    /// False once removed.
    pub live: bool,
}
stored!(Entry, Entry, 1);

/// That a key is there is all it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present;
stored!(Present, Present, 1);

/// Documents of a range of numbers that are replaced or removed, one bit each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneBits(pub Vec<u64>);
stored!(GoneBits, Gone, 1);

/// Shape of records; raised with any change of [`Document`] or of what it holds.
const RECORD: u8 = 1;

/// A document's record in bytes: the version of its shape, then bincode.
pub fn pack_record(document: &Document) -> Result<Vec<u8>, String> {
    let mut out = vec![RECORD];
    out.extend(pack(document)?);
    Ok(out)
}

/// The record of these bytes; the error is half a sentence.
pub fn unpack_record(bytes: &[u8]) -> Result<Document, String> {
    match bytes.split_first() {
        Some((&RECORD, payload)) => unpack(payload),
        Some((shape, _)) => Err(format!("has the shape {shape}, this library knows {RECORD}")),
        None => Err("is empty".to_owned()),
    }
}

/// Document number → head.
pub const HEADS: Tree<u32, Head> = Tree::new(TreeId::Heads);
/// Document id → newest number.
pub const IDS: Tree<str, Entry> = Tree::new(TreeId::Ids);
/// SHA-256 and number of a document that has, or had, these bytes.
pub const CONTENTS: Tree<([u8; 32], u32), Present> = Tree::new(TreeId::Contents);
/// Group → texts.
pub const TEXTS: Tree<(u32, u16), Chunk> = Tree::new(TreeId::Texts);
/// Group → records.
pub const RECORDS: Tree<(u32, u16), Chunk> = Tree::new(TreeId::Records);
/// Block → where its columns are.
pub const DIRECTORIES: Tree<u32, super::Directory> = Tree::new(TreeId::Directories);
/// Block → its columns.
pub const COLUMNS: Tree<(u32, u16), Chunk> = Tree::new(TreeId::Columns);
/// Range of numbers → those gone.
pub const GONE: Tree<u32, GoneBits> = Tree::new(TreeId::Gone);
/// Block → sketches of its documents' wording.
pub const SKETCHES: Tree<(u32, u16), Chunk> = Tree::new(TreeId::Sketches);
/// The ledger's reading.
pub const READING: Tree<str, Reading> = Tree::new(TreeId::Meta);
/// Its key.
pub const READING_KEY: &str = "reading";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Change, Op, Role};
    use crate::record::*;
    use crate::store::Stored;
    use crate::text::{Extent, Span};

    /// A record that has everything.
    fn record() -> Document {
        let place = Extent { span: Span::new(1, 9), removed: vec![Span::new(2, 3)] };
        let text = || "字".to_owned();
        Document {
            title: Some(text()),
            number: None,
            issuers: vec![text()],
            issued: Some("2019-03-11".to_owned()),
            jurisdiction: Some(Jurisdiction {
                adcode: "440700".to_owned(),
                name: text(),
                level: Level::County,
                zone: None,
            }),
            year: Some(2019),
            plan_year: None,
            sections: vec![Section { plan: Some(1), no: 2, heading: place.clone() }],
            clauses: vec![Clause {
                path: vec![1, 2],
                section: Some(0),
                heading: None,
                kind: Kind::Preamble,
                text: place.clone(),
                topics: vec![text()],
            }],
            assignments: vec![Assignment {
                clause: 1,
                part: 1,
                body: text(),
                functions: vec![text()],
                role: Role::Supervising,
                implied: true,
                open: false,
                name: place.clone(),
                group: Some(place.clone()),
                why: vec![text()],
            }],
            targets: vec![Target {
                clause: Some(1),
                path: vec![1],
                part: None,
                text: place.clone(),
                indicator: text(),
                op: Op::Range,
                value: 0.5,
                value_high: Some(1.5),
                unit: Some(text()),
                per: None,
                baseline: None,
                baseline_period: None,
                change: Some(Change::Down),
                deadline: None,
                implied: false,
                why: vec![],
            }],
            milestones: vec![Milestone {
                clause: None,
                path: vec![],
                part: Some(1),
                text: place.clone(),
                deadline: text(),
                why: vec![],
            }],
            citations: vec![Citation { clause: None, title: None, number: Some(text()), text: place.clone() }],
            notes: vec![Note { clause: None, kind: text(), message: text(), at: Some(place) }],
        }
    }

    #[test]
    fn a_record_of_another_shape_is_told() {
        let bytes = pack_record(&record()).unwrap();
        assert_eq!(unpack_record(&bytes), Ok(record()));
        let mut other = bytes.clone();
        other[0] += 1;
        assert!(unpack_record(&other).unwrap_err().contains("has the shape 2"));
        assert!(unpack_record(&[&bytes[..], b"\0"].concat()).is_err());
        // Where this fails, stored records have changed their shape: raise RECORD, and keep a way to read the old ones.
        assert_eq!((bytes.len(), crc32fast::hash(&bytes)), (604, 1_114_502_038));
    }

    #[test]
    fn the_bytes_of_a_head_never_change() {
        let head = Head {
            id: "a".to_owned(),
            file: None,
            version: 1,
            previous: Some(2),
            sha256: [7; 32],
            encoding: "UTF-8".to_owned(),
            reading: Reading { rules: 3, lexicon: 4 },
            metadata: BTreeMap::from([("k".to_owned(), "v".to_owned())]),
            group: 5,
            slot: 6,
        };
        let hex = crate::index::hex(&head.to_payload().unwrap());
        let golden = [
            "010000000000000061", // id
            "00",                 // file
            "01000000",           // version
            "0102000000",         // previous
            &"07".repeat(32),
            "05000000000000005554462d38", // encoding
            "030000000400000000000000",   // reading
            "0100000000000000",           // metadata: one pair
            "01000000000000006b010000000000000076",
            "0500000006000000", // group, slot
        ];
        assert_eq!(hex, golden.concat());
        assert_eq!(Head::from_payload(&head.to_payload().unwrap()), Ok(head));
        assert_eq!(pack(&Entry { number: 258, live: true }), Ok(vec![2, 1, 0, 0, 1]));
    }
}
