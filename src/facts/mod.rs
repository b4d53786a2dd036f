//! Facts: what a clause's words say about who, how much and by when.
//!
//! In: passages of the outline, the lexicon, and what is known of the document. Out: facts as byte ranges of their
//! passage, each with the names of the rules that made it. `record` turns ranges into spans and words.
//! Knows nothing of storage.

pub mod body;
pub mod citation;
pub mod deadline;
pub mod group;
pub mod milestone;
pub mod quantity;
pub mod target;

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Part a body plays in a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// 牵头, 主办.
    Lead,
    /// 负责, 责任, 承办, 实施, 落实, 组织.
    Responsible,
    /// 配合, 参与, 参加, 协助, 协办, 协同, 支持.
    Cooperating,
    /// 督办, 督导, 监督, 考核, 指导.
    Supervising,
}

/// Comparison that a target states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Op {
    /// 达到, 提高到, 建成 …
    #[serde(rename = "=")]
    Equal,
    /// 以上, 不低于, 至少 …
    #[serde(rename = ">=")]
    AtLeast,
    /// 以内, 不超过, 最高 …
    #[serde(rename = "<=")]
    AtMost,
    /// 超过, 高于, 突破.
    #[serde(rename = ">")]
    Above,
    /// 低于, 少于, 小于.
    #[serde(rename = "<")]
    Below,
    /// 左右, 约.
    #[serde(rename = "~")]
    About,
    /// A—B.
    #[serde(rename = "range")]
    Range,
}

/// Direction of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// 提高, 增长 …
    Up,
    /// 下降, 减少 …
    Down,
}

/// Name of a rule that took part in making a fact, e.g. `group.labelled`.
pub type Rule = &'static str;

/// What the document says of itself that facts in it depend on.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Year in the title, else year of issue: what 年内 and 年底前 mean.
    pub plan_year: Option<i16>,
    /// Date of issue: where 30日内 counts from.
    pub issued: Option<jiff::civil::Date>,
    /// Level word of the issuing place (省, 市, 区, 县), for bodies named without one.
    pub level_word: Option<char>,
}

/// One responsibility group in a passage; it closes a part.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupFact {
    /// The group, brackets or label line included.
    pub range: Range<usize>,
    /// Number of the part that it closes, from 1.
    pub part: u32,
    /// Its bodies, in order.
    pub bodies: Vec<BodyFact>,
    /// True where 等 leaves the list open.
    pub open: bool,
    /// The words of a 完成时限 in the group (`2021年6月底`), label left out.
    pub time_limit: Option<Range<usize>>,
    /// True for a group on a line of its own, which may govern sibling clauses.
    pub own_line: bool,
}

/// One body in a group.
#[derive(Debug, Clone, PartialEq)]
pub struct BodyFact {
    /// The name, shared heads and tails restored.
    pub name: String,
    /// The name as printed.
    pub printed: Range<usize>,
    /// Its role.
    pub role: Role,
    /// All functions of the body, the main one first; empty where none fits.
    pub functions: Vec<String>,
    /// The rules that made it.
    pub why: Vec<Rule>,
}

/// A number that the plan obliges somebody to reach.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetFact {
    /// The words that state it.
    pub range: Range<usize>,
    /// What is measured, in the document's words.
    pub indicator: String,
    /// Comparison.
    pub op: Op,
    /// Value, in `unit`.
    pub value: f64,
    /// Upper end of a range.
    pub value_high: Option<f64>,
    /// Unit as in the lexicon's spelling; none for a bare number.
    pub unit: Option<String>,
    /// Period or base of a rate.
    pub per: Option<String>,
    /// Old value.
    pub baseline: Option<f64>,
    /// Period of the old value (比2020年).
    pub baseline_period: Option<String>,
    /// Direction, where the value is a change.
    pub change: Option<Change>,
    /// ISO 8601 of reduced precision.
    pub deadline: Option<String>,
    /// True for 全覆盖.
    pub implied: bool,
    /// The rules that made it.
    pub why: Vec<Rule>,
}

/// A commitment without a number that bears its own time phrase.
#[derive(Debug, Clone, PartialEq)]
pub struct MilestoneFact {
    /// The words that state it.
    pub range: Range<usize>,
    /// ISO 8601 of reduced precision.
    pub deadline: String,
    /// The rules that made it.
    pub why: Vec<Rule>,
}

/// Another document that this one names.
#[derive(Debug, Clone, PartialEq)]
pub struct CitationFact {
    /// The title with its marks and the number behind it, as printed.
    pub range: Range<usize>,
    /// Title without 《》.
    pub title: Option<String>,
    /// Document number, brackets unified.
    pub number: Option<String>,
}
