//! Correction: one thing that somebody said of a row, as it is kept, exported and imported.

use super::Anchor;
use crate::store::{Key, Kind, Stored, Tree, TreeId};
use crate::table::TableName;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// Fields of a row by name, as JSON values.
pub type Fields = BTreeMap<String, Value>;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Fields of a row were given other values.
    Set,
    /// A row is right as it is.
    Confirm,
    /// A row is none.
    Reject,
    /// A row that the machine did not read.
    Add,
    /// An earlier entry was taken back.
    Undo,
}

impl Action {
    /// The name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Confirm => "confirm",
            Self::Reject => "reject",
            Self::Add => "add",
            Self::Undo => "undo",
        }
    }
}

/// One entry of a document's log. On disk and in a file it is a JSON object, so that a later library can add to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// Id of the document.
    pub document: String,
    /// Table of the row.
    #[serde(serialize_with = "table_name", deserialize_with = "table")]
    pub table: TableName,
    /// What was done.
    pub action: Action,
    /// Where the row stands; none for the document's own row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// What the row said then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seen: Fields,
    /// What it is to say.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: Fields,
    /// Who said so.
    pub by: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When, ISO 8601.
    pub when: String,
    /// SHA-256 of the file's bytes that it was said of, in hex.
    pub sha256: String,
    /// Id of the entry that is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
}

impl Correction {
    /// Its id: sixteen hex digits that follow from all that it says, so that it is the same in every ledger.
    pub fn id(&self) -> String {
        super::id_of(self)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn table_name<S: Serializer>(table: &TableName, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(table.as_str())
}

fn table<'de, D: Deserializer<'de>>(from: D) -> Result<TableName, D::Error> {
    let name = String::deserialize(from)?;
    TableName::from_name(&name).map_err(serde::de::Error::custom)
}

/// The place of an entry in a document's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogKey {
    /// Id of the document.
    pub document: String,
    /// Position in the log, from 0.
    pub number: u32,
}

impl LogKey {
    /// What all keys of a document begin with. Another id may begin with it too, where it goes on with a zero.
    pub fn prefix(document: &str) -> Vec<u8> {
        [document.as_bytes(), b"\0"].concat()
    }
}

impl Key for LogKey {
    fn key_bytes(&self) -> Vec<u8> {
        [Self::prefix(&self.document), self.number.to_be_bytes().to_vec()].concat()
    }
}

/// Document and position → what was said of its rows.
pub const CORRECTIONS: Tree<LogKey, Correction> = Tree::new(TreeId::Corrections);

impl Stored for Correction {
    const KIND: Kind = Kind::Correction;
    const VERSION: u8 = 1;

    fn to_payload(&self) -> Result<Vec<u8>, String> {
        serde_json::to_vec(self).map_err(|e| format!("cannot be encoded ({e})"))
    }

    fn from_payload(payload: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(payload).map_err(|e| format!("cannot be decoded ({e})"))
    }
}
