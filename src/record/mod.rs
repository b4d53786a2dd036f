//! Records: the only persisted shapes, and the way from a text to them.
//!
//! In: outline and facts. Out: [`Document`], whose rows carry [`Extent`]s of the source text. Wording is never
//! stored; `SourceText::wording` gives it back.

mod assemble;
mod exchange;
mod kind;
#[cfg(test)]
mod linear;
mod place;

pub use assemble::parse;
pub use exchange::exchange;

pub use crate::lexicon::Level;

use crate::facts::{Change, Op, Role};
use crate::text::Extent;
use serde::{Deserialize, Serialize};

/// Where a document applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jurisdiction {
    /// GB/T 2260 code, six digits; 100000 is the state.
    pub adcode: String,
    /// Name in force when the document was issued; 全国 for the state.
    pub name: String,
    /// Level of the place.
    pub level: Level,
    /// Id of the zone in `zones.csv`, where a zone issued it.
    pub zone: Option<String>,
}

/// A document, read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Title as published, without whitespace.
    pub title: Option<String>,
    /// Document number (文号).
    pub number: Option<String>,
    /// Issuing bodies in order.
    pub issuers: Vec<String>,
    /// Date of issue, ISO 8601.
    pub issued: Option<String>,
    /// Where it applies.
    pub jurisdiction: Option<Jurisdiction>,
    /// Year of `issued`.
    pub year: Option<i16>,
    /// Year in the title, else `year`.
    pub plan_year: Option<i16>,
    /// Top-level headings in order.
    pub sections: Vec<Section>,
    /// Leaves of the outline in order; `n` is the index plus one.
    pub clauses: Vec<Clause>,
    /// Bodies in responsibility groups, in clause order.
    pub assignments: Vec<Assignment>,
    /// Numbers to reach, in text order.
    pub targets: Vec<Target>,
    /// Dated commitments without a number, in text order.
    pub milestones: Vec<Milestone>,
    /// Other documents named, first mention only.
    pub citations: Vec<Citation>,
    /// What was odd.
    pub notes: Vec<Note>,
}

/// A top-level heading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Ordinal of the plan, where a notice attaches several.
    pub plan: Option<u32>,
    /// Printed number.
    pub no: u32,
    /// The heading line without its number and closing sign.
    pub heading: Extent,
}

/// Whether a clause assigns work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Work.
    Task,
    /// 指导思想, 总体要求, 工作目标 and the like.
    Preamble,
}

/// A leaf of the numbered outline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clause {
    /// Printed numbers from section to leaf.
    pub path: Vec<u32>,
    /// Index into `sections` of the section it stands in.
    pub section: Option<u32>,
    /// The first sentence, where it is a title.
    pub heading: Option<Extent>,
    /// Task or preamble.
    pub kind: Kind,
    /// The clause whole, after its number, groups included.
    pub text: Extent,
    /// Topics, the primary first; empty where none fits.
    pub topics: Vec<String>,
}

/// One body in one responsibility group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// Position of the clause, from 1.
    pub clause: u32,
    /// Number of the part, from 1.
    pub part: u32,
    /// Name, written out whole.
    pub body: String,
    /// Functions, the main one first; empty where none fits.
    pub functions: Vec<String>,
    /// Role.
    pub role: Role,
    /// True where it holds through a rule stated earlier.
    pub implied: bool,
    /// True where 等 leaves the group open.
    pub open: bool,
    /// The name as printed; of an implied one the sentence that states the rule.
    pub name: Extent,
    /// The group; none for an implied one.
    pub group: Option<Extent>,
    /// The rules that made it.
    pub why: Vec<String>,
}

/// A number that the plan obliges somebody to reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Position of the clause, from 1; none in a paragraph of a section or inner node.
    pub clause: Option<u32>,
    /// Path of the clause or node.
    pub path: Vec<u32>,
    /// Part, none outside groups.
    pub part: Option<u32>,
    /// The words that state it.
    pub text: Extent,
    /// What is measured.
    pub indicator: String,
    /// Comparison.
    pub op: Op,
    /// Value, in `unit`.
    pub value: f64,
    /// Upper end of a range.
    pub value_high: Option<f64>,
    /// Unit.
    pub unit: Option<String>,
    /// Period or base of a rate.
    pub per: Option<String>,
    /// Old value.
    pub baseline: Option<f64>,
    /// Period of the old value.
    pub baseline_period: Option<String>,
    /// Direction, where the value is a change.
    pub change: Option<Change>,
    /// ISO 8601 of reduced precision.
    pub deadline: Option<String>,
    /// True for 全覆盖.
    pub implied: bool,
    /// The rules that made it.
    pub why: Vec<String>,
}

/// A dated commitment without a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Milestone {
    /// Position of the clause, from 1; none in a paragraph of a section or inner node.
    pub clause: Option<u32>,
    /// Path of the clause or node.
    pub path: Vec<u32>,
    /// Part, none outside groups.
    pub part: Option<u32>,
    /// The words that state it.
    pub text: Extent,
    /// ISO 8601 of reduced precision.
    pub deadline: String,
    /// The rules that made it.
    pub why: Vec<String>,
}

/// Another document that this one names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Citation {
    /// Position of the clause that names it first, none outside clauses.
    pub clause: Option<u32>,
    /// Title without 《》.
    pub title: Option<String>,
    /// Document number.
    pub number: Option<String>,
    /// Title and number as printed.
    pub text: Extent,
}

/// What was odd in a document, for its user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Position of the clause, where it is in one.
    pub clause: Option<u32>,
    /// Kind, a stable slug (`unknown-body`, `skipped-number`, `metadata-differs` …).
    pub kind: String,
    /// The sentence.
    pub message: String,
    /// Where, if in the text.
    pub at: Option<Extent>,
}
