//! Fields: what of a row can be corrected, and which values it may have.

use crate::error::{Error, Result};
use crate::table::TableName;
use serde_json::Value;

/// What a field may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text that is there.
    Text,
    /// Text or nothing.
    TextOrNull,
    /// A number.
    Number,
    /// A number or nothing.
    NumberOrNull,
    /// A whole number from 1.
    Part,
    /// The same or nothing.
    PartOrNull,
    /// True or false.
    Flag,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One of these words or nothing.
    OneOfOrNull(&'static [&'static str]),
    /// An ISO date of reduced precision.
    Date,
    /// The same or nothing.
    DateOrNull,
    /// A list of texts.
    List,
    /// A place: its code, name, level and zone. Only the library makes it.
    Place,
}

/// A field that can be corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Name in records.
    pub name: &'static str,
    /// What it may hold.
    pub kind: FieldKind,
    /// True where a row that is added must have it.
    pub needed: bool,
}

const fn field(name: &'static str, kind: FieldKind) -> Field {
    Field { name, kind, needed: false }
}

const fn needed(name: &'static str, kind: FieldKind) -> Field {
    Field { name, kind, needed: true }
}

const ROLES: &[&str] = &["lead", "responsible", "cooperating", "supervising"];
const OPS: &[&str] = &["=", ">=", "<=", ">", "<", "~", "range"];

static DOCUMENTS: [Field; 5] = [
    field("title", FieldKind::TextOrNull),
    field("number", FieldKind::TextOrNull),
    field("issuers", FieldKind::List),
    field("issued", FieldKind::DateOrNull),
    field("jurisdiction", FieldKind::Place),
];
static CLAUSES: [Field; 2] = [field("kind", FieldKind::OneOf(&["task", "preamble"])), field("topics", FieldKind::List)];
static ASSIGNMENTS: [Field; 6] = [
    field("part", FieldKind::Part),
    needed("body", FieldKind::Text),
    field("functions", FieldKind::List),
    needed("role", FieldKind::OneOf(ROLES)),
    field("implied", FieldKind::Flag),
    field("open", FieldKind::Flag),
];
static TARGETS: [Field; 12] = [
    field("part", FieldKind::PartOrNull),
    needed("indicator", FieldKind::Text),
    field("op", FieldKind::OneOf(OPS)),
    needed("value", FieldKind::Number),
    field("value_high", FieldKind::NumberOrNull),
    field("unit", FieldKind::TextOrNull),
    field("per", FieldKind::TextOrNull),
    field("baseline", FieldKind::NumberOrNull),
    field("baseline_period", FieldKind::TextOrNull),
    field("change", FieldKind::OneOfOrNull(&["up", "down"])),
    field("deadline", FieldKind::DateOrNull),
    field("implied", FieldKind::Flag),
];
static MILESTONES: [Field; 2] = [field("part", FieldKind::PartOrNull), needed("deadline", FieldKind::Date)];
static CITATIONS: [Field; 2] = [field("title", FieldKind::TextOrNull), field("number", FieldKind::TextOrNull)];

/// The fields of a table that can be corrected; none of sections and notes.
pub fn fields(table: TableName) -> &'static [Field] {
    match table {
        TableName::Documents => &DOCUMENTS,
        TableName::Clauses => &CLAUSES,
        TableName::Assignments => &ASSIGNMENTS,
        TableName::Targets => &TARGETS,
        TableName::Milestones => &MILESTONES,
        TableName::Citations => &CITATIONS,
        TableName::Sections | TableName::Notes => &[],
    }
}

/// A value as a field keeps it; an error says what it may be.
pub fn checked(table: TableName, name: &str, value: &Value) -> Result<Value> {
    let known = || fields(table).iter().map(|field| field.name.to_owned()).collect::<Vec<_>>();
    let Some(field) = fields(table).iter().find(|field| field.name == name) else {
        let message = if fields(table).is_empty() {
            format!("rows of {} cannot be corrected", table.as_str())
        } else {
            format!("{name:?} of {} cannot be corrected; what can: {}", table.as_str(), known().join(", "))
        };
        return Err(Error::query(message, known()));
    };
    fit(field.kind, value).ok_or_else(|| {
        Error::query(format!("{name} of {} is {}, not {value}", table.as_str(), wanted(field.kind)), Vec::new())
    })
}

fn fit(kind: FieldKind, value: &Value) -> Option<Value> {
    let text = || value.as_str().map(str::trim).filter(|text| !text.is_empty());
    let null = value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
    match kind {
        FieldKind::Text => text().map(Value::from),
        FieldKind::Number => value.as_f64().filter(|n| n.is_finite()).map(Value::from),
        FieldKind::Part => value.as_u64().filter(|n| (1..=u64::from(u32::MAX)).contains(n)).map(Value::from),
        FieldKind::Flag => value.as_bool().map(Value::from),
        FieldKind::OneOf(words) => text().filter(|text| words.contains(text)).map(Value::from),
        FieldKind::Date => text().filter(|text| is_date(text)).map(Value::from),
        FieldKind::TextOrNull
        | FieldKind::NumberOrNull
        | FieldKind::PartOrNull
        | FieldKind::OneOfOrNull(_)
        | FieldKind::DateOrNull
            if null =>
        {
            Some(Value::Null)
        }
        FieldKind::TextOrNull => fit(FieldKind::Text, value),
        FieldKind::NumberOrNull => fit(FieldKind::Number, value),
        FieldKind::PartOrNull => fit(FieldKind::Part, value),
        FieldKind::OneOfOrNull(words) => fit(FieldKind::OneOf(words), value),
        FieldKind::DateOrNull => fit(FieldKind::Date, value),
        FieldKind::List => {
            let members = value.as_array()?.iter().map(|member| fit(FieldKind::Text, member));
            members.collect::<Option<Vec<_>>>().map(Value::from)
        }
        FieldKind::Place => (value.is_null() || value.is_object()).then(|| value.clone()),
    }
}

fn wanted(kind: FieldKind) -> String {
    match kind {
        FieldKind::Text => "text".to_owned(),
        FieldKind::TextOrNull => "text or nothing".to_owned(),
        FieldKind::Number => "a number".to_owned(),
        FieldKind::NumberOrNull => "a number or nothing".to_owned(),
        FieldKind::Part => "a whole number from 1".to_owned(),
        FieldKind::PartOrNull => "a whole number from 1, or nothing".to_owned(),
        FieldKind::Flag => "true or false".to_owned(),
        FieldKind::OneOf(words) => format!("one of {}", words.join(", ")),
        FieldKind::OneOfOrNull(words) => format!("one of {}, or nothing", words.join(", ")),
        FieldKind::Date => "a date such as 2025, 2025-06 or 2025-06-30".to_owned(),
        FieldKind::DateOrNull => "a date such as 2025, 2025-06 or 2025-06-30, or nothing".to_owned(),
        FieldKind::List => "a list of texts".to_owned(),
        FieldKind::Place => "a place".to_owned(),
    }
}

/// True for 2025, 2025-06 and 2025-06-30.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, digits: usize| {
        if part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()) { part.parse::<i16>().ok() } else { None }
    };
    let day = |year: &str, month: &str, day: &str| {
        let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
        jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    match *parts.as_slice() {
        [year] => day(year, "01", "01").is_some(),
        [year, month] => day(year, month, "01").is_some(),
        [year, month, of_month] => day(year, month, of_month).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_checked_by_what_a_field_holds() {
        let good = [
            (TableName::Assignments, "role", json!("lead"), json!("lead")),
            (TableName::Targets, "value", json!(20), json!(20.0)),
            (TableName::Targets, "unit", json!(" "), json!(null)),
            (TableName::Targets, "deadline", json!("2025-06"), json!("2025-06")),
            (TableName::Clauses, "topics", json!(["a"]), json!(["a"])),
        ];
        for (table, name, given, kept) in good {
            assert_eq!(checked(table, name, &given).unwrap(), kept, "{name}");
        }
        let bad = [
            (TableName::Assignments, "role", json!("boss"), "one of lead"),
            (TableName::Assignments, "bodies", json!("x"), "cannot be corrected; what can"),
            (TableName::Targets, "value", json!("20"), "a number"),
            (TableName::Targets, "deadline", json!("2025-13"), "a date"),
            (TableName::Milestones, "deadline", json!(null), "a date"),
            (TableName::Assignments, "part", json!(0), "from 1"),
            (TableName::Notes, "kind", json!("x"), "rows of notes"),
        ];
        for (table, name, given, says) in bad {
            let error = checked(table, name, &given).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
