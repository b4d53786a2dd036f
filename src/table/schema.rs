//! Every column of every answer: its name, type and one-line meaning, stated here once.

use crate::error::{Error, Result};
use arrow_schema::{DataType, Field, Schema};

/// Type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// UTF-8 text.
    Text,
    /// Nullable 64-bit integer.
    Int,
    /// Nullable 64-bit float.
    Float,
    /// True or false.
    Bool,
}

impl ColumnType {
    /// The Arrow type.
    pub fn arrow(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Int => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::Bool => DataType::Boolean,
        }
    }

    /// The name that people read: `text`, `int`, `float`, `bool`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Int => "int",
            Self::Float => "float",
            Self::Bool => "bool",
        }
    }
}

/// A column of a ledger's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name, as in the data model.
    pub name: &'static str,
    /// Type.
    pub kind: ColumnType,
    /// What it says, in one line.
    pub about: &'static str,
}

impl Column {
    /// The Arrow field.
    pub fn field(&self) -> Field {
        Field::new(self.name, self.kind.arrow(), true)
    }
}

/// The tables of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableName {
    /// One row a document.
    Documents,
    /// One row a top-level heading.
    Sections,
    /// One row a leaf of the outline.
    Clauses,
    /// One row a body in a responsibility group.
    Assignments,
    /// One row a number to reach.
    Targets,
    /// One row a dated commitment without a number.
    Milestones,
    /// One row another document named.
    Citations,
    /// One row an oddity.
    Notes,
}

const fn text(name: &'static str, about: &'static str) -> Column {
    Column { name, kind: ColumnType::Text, about }
}

const fn int(name: &'static str, about: &'static str) -> Column {
    Column { name, kind: ColumnType::Int, about }
}

const fn float(name: &'static str, about: &'static str) -> Column {
    Column { name, kind: ColumnType::Float, about }
}

const fn boolean(name: &'static str, about: &'static str) -> Column {
    Column { name, kind: ColumnType::Bool, about }
}

const DOCUMENT: Column = text("document", "id of the document");
const CLAUSE: Column = text("clause", "id of the clause, document#n; null outside clauses");
const PATH: Column = text("path", "printed numbers from section to leaf, 3.16");
const ADCODE: Column = text("adcode", "GB/T 2260 code of the place");
const PLACE: Column = text("place", "name of the place where the document applies");
const LEVEL: Column = text("level", "country, province, prefecture or county");
const YEAR: Column = int("year", "year of issue");
const START: Column = int("start", "first code point in the document's text");
const END: Column = int("end", "one past the last code point");
const WHY: Column = text("why", "rules that made the row, 、-joined");
const REVIEWED: Column =
    text("reviewed", "confirmed, corrected or added by a person; null where the machine's reading stands");
const PART: Column = int("part", "part of the clause, from 1; null outside groups");
const IMPLIED: Column = boolean("implied", "true where a rule or 全覆盖 says so without naming it");
const DEADLINE: Column = text("deadline", "period named, ISO 8601 of reduced precision");

static DOCUMENTS: [Column; 27] = [
    DOCUMENT,
    text("id", "id of the document: given, else its path in the ingested folder"),
    text("title", "title as published"),
    text("number", "document number, brackets as 〔〕"),
    text("issuers", "issuing bodies in order, 、-joined"),
    text("issued", "date of issue, ISO 8601"),
    ADCODE,
    PLACE,
    LEVEL,
    text("zone", "id of the zone that issued it"),
    YEAR,
    int("plan_year", "year in the title, else year of issue"),
    text("file", "file as given at ingest"),
    int("version", "version of the document, from 1"),
    text("same_as", "id of the document that this one is a copy of; null for originals"),
    text("encoding", "encoding of the file"),
    text("sha256", "SHA-256 of the file's bytes"),
    int("length", "code points of the text"),
    int("sections", "number of sections"),
    int("clauses", "number of clauses"),
    int("assignments", "number of assignments"),
    int("targets", "number of targets"),
    int("milestones", "number of milestones"),
    int("citations", "number of documents cited"),
    int("notes", "number of notes"),
    text("reading", "rules and lexicon that read it"),
    REVIEWED,
];

static SECTIONS: [Column; 11] = [
    DOCUMENT,
    text("path", "number of the section, behind that of its plan where a notice attaches several"),
    int("plan", "ordinal of the plan where a notice attaches several"),
    int("no", "printed number"),
    text("heading", "heading line without its number"),
    ADCODE,
    PLACE,
    LEVEL,
    YEAR,
    START,
    END,
];

static CLAUSES: [Column; 16] = [
    DOCUMENT,
    CLAUSE,
    PATH,
    text("section", "heading of the section it stands in"),
    text("heading", "its first sentence, where that is a title"),
    text("kind", "task or preamble"),
    text("text", "the clause whole, after its number"),
    text("topic", "primary topic"),
    text("topics", "all topics, 、-joined"),
    ADCODE,
    PLACE,
    LEVEL,
    YEAR,
    START,
    END,
    REVIEWED,
];

static ASSIGNMENTS: [Column; 18] = [
    DOCUMENT,
    CLAUSE,
    PATH,
    PART,
    text("body", "the body's name, written out whole"),
    text("function", "canonical function of the body"),
    text("functions", "all functions of the body, 、-joined"),
    text("role", "lead, responsible, cooperating or supervising"),
    IMPLIED,
    boolean("open", "true where 等 leaves the group open"),
    ADCODE,
    PLACE,
    LEVEL,
    YEAR,
    START,
    END,
    WHY,
    REVIEWED,
];

static TARGETS: [Column; 24] = [
    DOCUMENT,
    CLAUSE,
    PATH,
    PART,
    text("text", "the words that state it"),
    text("indicator", "what is measured, in the document's words"),
    text("op", "=, >=, <=, >, <, ~ or range"),
    float("value", "value in unit"),
    float("value_high", "upper end of a range"),
    text("unit", "unit as printed, number words included"),
    text("per", "period or base of a rate"),
    float("baseline", "old value, where the text gives it"),
    text("baseline_period", "period of the old value"),
    text("change", "up or down, where the value is a change"),
    DEADLINE,
    IMPLIED,
    ADCODE,
    PLACE,
    LEVEL,
    YEAR,
    START,
    END,
    WHY,
    REVIEWED,
];

static MILESTONES: [Column; 14] = [
    DOCUMENT,
    CLAUSE,
    PATH,
    PART,
    text("text", "the words that state it"),
    DEADLINE,
    ADCODE,
    PLACE,
    LEVEL,
    YEAR,
    START,
    END,
    WHY,
    REVIEWED,
];

static CITATIONS: [Column; 12] = [
    DOCUMENT,
    CLAUSE,
    PATH,
    text("title", "title without 《》"),
    text("number", "document number"),
    ADCODE,
    PLACE,
    LEVEL,
    YEAR,
    START,
    END,
    REVIEWED,
];

static NOTES: [Column; 11] = [
    DOCUMENT,
    CLAUSE,
    PATH,
    text("kind", "kind of oddity, a stable slug"),
    text("message", "the sentence"),
    ADCODE,
    PLACE,
    LEVEL,
    YEAR,
    START,
    END,
];

impl TableName {
    /// Every table, in the order of the data model.
    pub const ALL: [Self; 8] = [
        Self::Documents,
        Self::Sections,
        Self::Clauses,
        Self::Assignments,
        Self::Targets,
        Self::Milestones,
        Self::Citations,
        Self::Notes,
    ];

    /// The name in every language of the library.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Sections => "sections",
            Self::Clauses => "clauses",
            Self::Assignments => "assignments",
            Self::Targets => "targets",
            Self::Milestones => "milestones",
            Self::Citations => "citations",
            Self::Notes => "notes",
        }
    }

    /// The table of that name.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|table| table.as_str() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).map(str::to_owned).to_vec();
            Error::query(format!("there is no table {name:?}"), known)
        })
    }

    /// Its columns, in order. Answers from `documents` have the user's metadata columns behind them.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Documents => &DOCUMENTS,
            Self::Sections => &SECTIONS,
            Self::Clauses => &CLAUSES,
            Self::Assignments => &ASSIGNMENTS,
            Self::Targets => &TARGETS,
            Self::Milestones => &MILESTONES,
            Self::Citations => &CITATIONS,
            Self::Notes => &NOTES,
        }
    }

    /// True where the table has a column of that name.
    pub fn has(self, column: &str) -> bool {
        self.columns().iter().any(|c| c.name == column)
    }

    /// The Arrow schema of its answers.
    pub fn schema(self) -> Schema {
        Schema::new(self.columns().iter().map(Column::field).collect::<Vec<_>>())
    }
}
