//! Progress: how far the work is that a row hands out, as somebody reported it for a period.

use super::{Anchor, Fields, LogKey};
use crate::store::{Kind, Stored, Tree, TreeId};
use serde::{Deserialize, Serialize};

/// A step of the scale of completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// From 1 to 5.
    pub status: u8,
    /// As officials write it.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// The light that it has where none is given.
    pub light: &'static str,
}

/// The scale of completion.
pub const STEPS: [Step; 5] = [
    Step { status: 1, zh: "未启动", en: "not started", light: "red" },
    Step { status: 2, zh: "进展缓慢", en: "behind", light: "yellow" },
    Step { status: 3, zh: "正常推进", en: "on track", light: "green" },
    Step { status: 4, zh: "基本完成", en: "nearly done", light: "green" },
    Step { status: 5, zh: "已完成", en: "done", light: "green" },
];

/// The lights: name and as officials write it.
pub const LIGHTS: [(&str, &str); 3] = [("red", "红灯"), ("yellow", "黄灯"), ("green", "绿灯")];

/// A report on a row, as it is kept, exported and imported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Id of the document.
    pub document: String,
    /// `clauses`, `targets`, `milestones` or `assignments`.
    pub table: String,
    /// Where the row stands.
    pub anchor: Anchor,
    /// What the row said then.
    #[serde(default)]
    pub seen: Fields,
    /// The period reported on: 2025, 2025Q2 or 2025-06.
    pub period: String,
    /// From 1 to 5.
    pub status: u8,
    /// red, yellow or green.
    pub light: String,
    /// Value reached, of a target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Who reported.
    pub by: String,
    /// When, ISO 8601.
    pub when: String,
    /// SHA-256 of the file's bytes that it was said of, in hex.
    pub sha256: String,
}

impl Entry {
    /// Its id, as that of a correction.
    pub fn id(&self) -> String {
        super::id_of(self)
    }
}

/// Document and position → reports on its rows.
pub const PROGRESS: Tree<LogKey, Entry> = Tree::new(TreeId::Progress);

impl Stored for Entry {
    const KIND: Kind = Kind::Progress;
    const VERSION: u8 = 1;

    fn to_payload(&self) -> Result<Vec<u8>, String> {
        serde_json::to_vec(self).map_err(|e| format!("cannot be encoded ({e})"))
    }

    fn from_payload(payload: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(payload).map_err(|e| format!("cannot be decoded ({e})"))
    }
}
