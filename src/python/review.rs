//! What people say of rows, for Python. Requests come as JSON, so that a row goes in as its table gave it.

use super::error::OutsideGil;
use super::ledger::PyLedger;
use super::table::PyTable;
use crate::error::{Error, Result};
use crate::review::{LIGHTS, STEPS, fields};
use crate::table::TableName;
use pyo3::prelude::*;
use serde::de::DeserializeOwned;

/// Adds the functions to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(review, module)?)?;
    module.add_function(wrap_pyfunction!(corrections, module)?)?;
    module.add_function(wrap_pyfunction!(undo, module)?)?;
    module.add_function(wrap_pyfunction!(export_corrections, module)?)?;
    module.add_function(wrap_pyfunction!(import_corrections, module)?)?;
    module.add_function(wrap_pyfunction!(report_progress, module)?)?;
    module.add_function(wrap_pyfunction!(progress_reports, module)?)?;
    module.add_function(wrap_pyfunction!(review_fields, module)?)?;
    module.add_function(wrap_pyfunction!(progress_steps, module)?)?;
    module.add_function(wrap_pyfunction!(progress_lights, module)?)?;
    module.add_function(wrap_pyfunction!(find_words, module)?)?;
    module.add_function(wrap_pyfunction!(body_functions, module)?)
}

fn read<T: DeserializeOwned>(requests: &[String]) -> Result<Vec<T>> {
    let wrong = |e: serde_json::Error| Error::query(format!("this says nothing of a row: {e}"), Vec::new());
    requests.iter().map(|request| serde_json::from_str(request).map_err(wrong)).collect()
}

/// Keeps what is said of rows; ids of the entries.
#[pyfunction]
fn review(py: Python<'_>, ledger: &PyLedger, requests: Vec<String>) -> PyResult<Vec<String>> {
    py.outside_gil(|| ledger.0.review(&read(&requests)?))
}

/// Every entry, with what became of it.
#[pyfunction]
fn corrections(py: Python<'_>, ledger: &PyLedger) -> PyResult<PyTable> {
    py.outside_gil(|| ledger.0.corrections()).map(PyTable)
}

/// Takes entries back; how many were not taken back before.
#[pyfunction]
fn undo(py: Python<'_>, ledger: &PyLedger, ids: Vec<String>, by: &str, when: &str) -> PyResult<usize> {
    py.outside_gil(|| ledger.0.undo(&ids, by, when))
}

/// Every entry as JSON lines.
#[pyfunction]
fn export_corrections(py: Python<'_>, ledger: &PyLedger) -> PyResult<String> {
    py.outside_gil(|| ledger.0.export_corrections())
}

/// Takes exported entries in: how many are new, were known, and wait for their documents.
#[pyfunction]
fn import_corrections(py: Python<'_>, ledger: &PyLedger, lines: &str) -> PyResult<(usize, usize, usize)> {
    let imported = py.outside_gil(|| ledger.0.import_corrections(lines))?;
    Ok((imported.added, imported.known, imported.waiting))
}

/// Keeps reports of progress; ids of the entries.
#[pyfunction]
fn report_progress(py: Python<'_>, ledger: &PyLedger, requests: Vec<String>) -> PyResult<Vec<String>> {
    py.outside_gil(|| ledger.0.report_progress(&read(&requests)?))
}

/// Every report, with where its row is now.
#[pyfunction]
fn progress_reports(py: Python<'_>, ledger: &PyLedger) -> PyResult<PyTable> {
    py.outside_gil(|| ledger.0.progress_reports()).map(PyTable)
}

/// Where words stand in clauses of a document, or in all of it.
#[pyfunction]
fn find_words(
    py: Python<'_>,
    ledger: &PyLedger,
    document: &str,
    words: Vec<(Option<u32>, String)>,
) -> PyResult<Vec<Vec<(u32, u32)>>> {
    let places = py.outside_gil(|| ledger.0.find_words(document, &words))?;
    Ok(places.into_iter().map(|spans| spans.into_iter().map(|span| (span.start, span.end)).collect()).collect())
}

/// The fields of each table that can be corrected.
#[pyfunction]
fn review_fields() -> Vec<(&'static str, Vec<&'static str>)> {
    let names = |table: TableName| fields(table).iter().map(|field| field.name).collect();
    TableName::ALL.into_iter().map(|table| (table.as_str(), names(table))).collect()
}

/// The scale of completion: status, Chinese, English, light.
#[pyfunction]
fn progress_steps() -> Vec<(u8, &'static str, &'static str, &'static str)> {
    STEPS.iter().map(|step| (step.status, step.zh, step.en, step.light)).collect()
}

/// The lights: name, Chinese.
#[pyfunction]
fn progress_lights() -> Vec<(&'static str, &'static str)> {
    LIGHTS.to_vec()
}

/// All functions of a body, the main one first.
#[pyfunction]
fn body_functions(name: &str) -> Vec<String> {
    let found = crate::lexicon::Lexicon::embedded().departments().resolve(name);
    found.map(|found| found.functions.iter().map(|id| (*id).to_string()).collect()).unwrap_or_default()
}
