//! Compare: governments side by side, as tables.

use crate::Result;
use crate::index::Reader;
use crate::query::Names;
use crate::table::Table;

/// Which documents are compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    /// Places, by name or code; these governments themselves. Empty for all.
    pub places: Vec<String>,
    /// First year of issue.
    pub year_from: Option<i16>,
    /// Last year of issue.
    pub year_to: Option<i16>,
    /// Only facts of these topics.
    pub topic: Vec<String>,
    /// Exact substrings, all of them: of the clause for departments, of the target for targets.
    pub text: Vec<String>,
    /// Only implied, or only explicit assignments.
    pub implied: Option<bool>,
}

/// Governments side by side.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// One row a place with documents: `adcode, place, level, documents, clauses, assignments, targets`.
    pub places: Table,
    /// Long form: `function, adcode, place, lead, responsible, cooperating, supervising, total`.
    pub departments: Table,
    /// Wide form: one row a function, for each place a column (its name) with the number of assignments.
    pub departments_wide: Table,
    /// Long form: `indicator, adcode, place, year, op, value, value_high, unit, per, deadline, text, document, clause,
    /// path, start, end`.
    pub targets: Table,
    /// Wide form: one row an indicator, for each place a column with its targets as text (`>=80% 2025`), ；-joined.
    pub targets_wide: Table,
}

/// Compares the documents of a selection.
pub fn compare(_reader: Reader<'_>, _selection: &Selection, _names: &dyn Names) -> Result<Comparison> {
    Err(crate::Error::query("not built yet", Vec::new()))
}
