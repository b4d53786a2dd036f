//! Alignment for Python: dicts to options, edits to pairs.

use super::query;
use crate::compare::{AlignOptions, By, Edit, Vectors};
use crate::query::Query;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A question about clauses, where one was put.
pub(super) fn clauses(filters: Option<&Bound<'_, PyDict>>) -> PyResult<Option<Query>> {
    filters.map(|filters| query::query("clauses", filters)).transpose()
}

/// The options of an alignment.
pub(super) fn options(given: &Bound<'_, PyDict>) -> PyResult<AlignOptions> {
    let mut options = AlignOptions::default();
    let mut vectors = Vectors { share: 0.5, ..Vectors::default() };
    for (key, value) in given {
        let key: String = key.extract()?;
        match key.as_str() {
            "top" => options.top = value.extract()?,
            "threshold" => options.threshold = value.extract()?,
            "reasons" => options.reasons = value.extract()?,
            "vectors" => vectors.of = value.extract()?,
            "share" => vectors.share = value.extract()?,
            other => return Err(PyTypeError::new_err(format!("there is no option {other:?}"))),
        }
    }
    options.vectors = (!vectors.of.is_empty()).then_some(vectors);
    Ok(options)
}

/// What clauses are gathered by.
pub(super) fn by(name: &str) -> PyResult<By> {
    match name {
        "measure" => Ok(By::Measure),
        "topic" => Ok(By::Topic),
        _ => Err(PyValueError::new_err(format!("coverage is by \"measure\" or \"topic\", not by {name:?}"))),
    }
}

/// An edit of measures from its kind and its words.
pub(super) fn edit(kind: &str, words: Vec<String>) -> PyResult<Edit> {
    match (kind, words.as_slice()) {
        ("merge", _) => Ok(Edit::Merge(words)),
        ("split", _) => Ok(Edit::Split(words)),
        ("rename", [clause, label]) => Ok(Edit::Rename(clause.clone(), label.clone())),
        _ => Err(PyTypeError::new_err(format!("there is no edit {kind:?} of {} words", words.len()))),
    }
}

/// An edit of measures as its kind and its words.
pub(super) fn words(edit: Edit) -> (&'static str, Vec<String>) {
    match edit {
        Edit::Merge(clauses) => ("merge", clauses),
        Edit::Split(clauses) => ("split", clauses),
        Edit::Rename(clause, label) => ("rename", vec![clause, label]),
    }
}
