//! What a scholar asks, for Python: functions of a ledger that give tables.

use super::error::OutsideGil;
use super::ledger::PyLedger;
use super::query::query;
use super::table::PyTable;
use crate::compare::{Code, Codebook, Due, Ladder};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Filters as the Python layer writes them.
type Filters<'py> = Bound<'py, PyDict>;

/// A term, its code, its grade and the words that contain it without being meant.
type GivenCode = (String, String, Option<i64>, Vec<String>);

/// Adds the functions to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(ladder, module)?)?;
    module.add_function(wrap_pyfunction!(who, module)?)?;
    module.add_function(wrap_pyfunction!(body_names, module)?)?;
    module.add_function(wrap_pyfunction!(cooperation, module)?)?;
    module.add_function(wrap_pyfunction!(parts, module)?)?;
    module.add_function(wrap_pyfunction!(place_topics, module)?)?;
    module.add_function(wrap_pyfunction!(lineage, module)?)?;
    module.add_function(wrap_pyfunction!(descent, module)?)?;
    module.add_function(wrap_pyfunction!(calendar, module)?)?;
    module.add_function(wrap_pyfunction!(moved, module)?)?;
    module.add_function(wrap_pyfunction!(moved_versions, module)?)?;
    module.add_function(wrap_pyfunction!(code, module)?)?;
    module.add_function(wrap_pyfunction!(diff, module)?)
}

#[pyfunction]
fn ladder(
    py: Python<'_>,
    ledger: &PyLedger,
    targets: &Filters<'_>,
    indicator: Vec<String>,
    map: Vec<(String, String)>,
) -> PyResult<PyTable> {
    let question = query("targets", targets)?;
    py.outside_gil(|| ledger.0.ladder(&question, &Ladder { indicator, map })).map(PyTable)
}

#[pyfunction]
fn who(py: Python<'_>, ledger: &PyLedger, assignments: &Filters<'_>, by: Vec<String>) -> PyResult<PyTable> {
    let question = query("assignments", assignments)?;
    py.outside_gil(|| ledger.0.who(&question, &by)).map(PyTable)
}

#[pyfunction]
fn body_names(py: Python<'_>, ledger: &PyLedger, assignments: &Filters<'_>) -> PyResult<PyTable> {
    let question = query("assignments", assignments)?;
    py.outside_gil(|| ledger.0.body_names(&question)).map(PyTable)
}

#[pyfunction]
fn cooperation(py: Python<'_>, ledger: &PyLedger, assignments: &Filters<'_>) -> PyResult<(PyTable, PyTable)> {
    let question = query("assignments", assignments)?;
    let network = py.outside_gil(|| ledger.0.cooperation(&question))?;
    Ok((PyTable(network.edges), PyTable(network.nodes)))
}

#[pyfunction]
fn parts(py: Python<'_>, ledger: &PyLedger, assignments: &Filters<'_>) -> PyResult<PyTable> {
    let question = query("assignments", assignments)?;
    py.outside_gil(|| ledger.0.parts(&question)).map(PyTable)
}

#[pyfunction]
fn place_topics(
    py: Python<'_>,
    ledger: &PyLedger,
    clauses: &Filters<'_>,
    leads: Option<&Filters<'_>>,
) -> PyResult<PyTable> {
    let question = query("clauses", clauses)?;
    let leads = leads.map(|leads| query("assignments", leads)).transpose()?;
    py.outside_gil(|| ledger.0.topics(&question, leads.as_ref())).map(PyTable)
}

#[pyfunction]
fn lineage(py: Python<'_>, ledger: &PyLedger, citations: &Filters<'_>) -> PyResult<(PyTable, PyTable)> {
    let question = query("citations", citations)?;
    let lineage = py.outside_gil(|| ledger.0.lineage(&question))?;
    Ok((PyTable(lineage.citations), PyTable(lineage.missing)))
}

#[pyfunction]
fn descent(
    py: Python<'_>,
    ledger: &PyLedger,
    of: &Filters<'_>,
    source: Option<&Filters<'_>>,
) -> PyResult<(PyTable, PyTable)> {
    let question = query("clauses", of)?;
    let source = source.map(|source| query("clauses", source)).transpose()?;
    let descent = py.outside_gil(|| ledger.0.descent(&question, source.as_ref()))?;
    Ok((PyTable(descent.clauses), PyTable(descent.targets)))
}

#[pyfunction]
fn calendar(
    py: Python<'_>,
    ledger: &PyLedger,
    targets: Option<&Filters<'_>>,
    milestones: Option<&Filters<'_>>,
    first: Option<String>,
    last: Option<String>,
) -> PyResult<PyTable> {
    let targets = targets.map(|filters| query("targets", filters)).transpose()?;
    let milestones = milestones.map(|filters| query("milestones", filters)).transpose()?;
    let due = Due { from: first, to: last };
    py.outside_gil(|| ledger.0.calendar(targets.as_ref(), milestones.as_ref(), &due)).map(PyTable)
}

#[pyfunction]
fn moved(py: Python<'_>, ledger: &PyLedger, targets: &Filters<'_>, milestones: &Filters<'_>) -> PyResult<PyTable> {
    let (targets, milestones) = (query("targets", targets)?, query("milestones", milestones)?);
    py.outside_gil(|| ledger.0.moved(&targets, &milestones)).map(PyTable)
}

#[pyfunction]
fn moved_versions(py: Python<'_>, ledger: &PyLedger, id: &str, old: u32, new: u32) -> PyResult<PyTable> {
    py.outside_gil(|| ledger.0.moved_versions(id, old, new)).map(PyTable)
}

#[pyfunction]
fn code(
    py: Python<'_>,
    ledger: &PyLedger,
    clauses: &Filters<'_>,
    book: Option<Vec<GivenCode>>,
) -> PyResult<(PyTable, PyTable)> {
    let question = query("clauses", clauses)?;
    let given = |(term, code, grade, not_in): GivenCode| Code { term, code, grade, not_in };
    let coded = py.outside_gil(|| {
        let book = book.map(|book| Codebook::new(book.into_iter().map(given).collect())).transpose()?;
        ledger.0.code(&question, book.as_ref())
    })?;
    Ok((PyTable(coded.clauses), PyTable(coded.mentions)))
}

#[pyfunction]
fn diff(py: Python<'_>, ledger: &PyLedger, a: (String, Option<u32>), b: (String, Option<u32>)) -> PyResult<PyTable> {
    py.outside_gil(|| ledger.0.diff((&a.0, a.1), (&b.0, b.1))).map(PyTable)
}
