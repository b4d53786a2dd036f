//! What goes from ledger to ledger without being read again, and what a cluster's workers call.

use super::error::OutsideGil;
use super::ingest::told;
use super::ledger::PyLedger;
use super::table::PyTable;
use super::watch::{Watched, watch};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Content, Options, Outcome, Progress, RECORDS, Records, Row, Source, parse_all, records_schema};
use crate::lexicon::Lexicon;
use crate::table::Table;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Adds the functions to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyRecords>()?;
    module.add_function(wrap_pyfunction!(load, module)?)?;
    module.add_function(wrap_pyfunction!(records, module)?)?;
    module.add_function(wrap_pyfunction!(record_columns, module)?)?;
    module.add_function(wrap_pyfunction!(reading, module)?)?;
    module.add_function(wrap_pyfunction!(lexicon_tables, module)?)?;
    module.add_function(wrap_pyfunction!(parse_sources, module)?)
}

/// A row of `records` as Python gives it: place, id, file, text, sha256, encoding, metadata, reading, record.
type GivenRow = (String, Vec<u8>, Option<Vec<u8>>, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);

/// Takes in rows of `records`: `pull` gives some, and none behind the last. Gives the report and the exception that stopped
/// it, if one did.
#[pyfunction]
#[pyo3(signature = (ledger, pull, total, *, accept_other=false, progress=None))]
fn load<'py>(
    py: Python<'py>,
    ledger: &PyLedger,
    pull: Py<PyAny>,
    total: usize,
    accept_other: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<(Bound<'py, PyDict>, Option<PyErr>)> {
    let watched = Watched { total: AtomicUsize::new(total), ..Watched::default() };
    let on_document = |_: &str, _: Outcome, count: usize| watched.done.store(count, Ordering::Relaxed);
    let pulled = Pulled { pull: &pull, raised: Mutex::new(None) };
    let work = || {
        let told = Progress { on_document: &on_document, cancel: &watched.cancel };
        // The next rows are pulled while these are worked on; others wait.
        std::thread::scope(|scope| {
            let (send, rows) = sync_channel(1);
            scope.spawn(|| pulled.each(send));
            ledger.0.load(rows.into_iter().flatten(), accept_other, &told)
        })
    };
    let (report, raised) = watch(py, &watched, progress.as_ref(), || (), work)?;
    if let Some(error) = pulled.raised.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Err(error);
    }
    Ok((told(py, report?, raised.is_some(), total)?, raised))
}

/// Rows that Python gives, some at a time.
struct Pulled<'a> {
    pull: &'a Py<PyAny>,
    /// What Python raised in place of rows.
    raised: Mutex<Option<PyErr>>,
}

impl Pulled<'_> {
    /// Sends rows until there are no more, or nobody wants them.
    fn each(&self, send: SyncSender<Vec<Result<Row>>>) {
        loop {
            let rows = match Python::attach(|py| self.pull.call0(py)?.extract::<Vec<GivenRow>>(py)) {
                Ok(given) => given.into_iter().map(|given| Ok(row(given))).collect::<Vec<_>>(),
                Err(error) => {
                    let (doing, reason) = ("load these documents".to_owned(), error.to_string());
                    *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    drop(send.send(vec![Err(Error::new(ErrorKind::Store { doing, reason }))]));
                    return;
                }
            };
            if rows.is_empty() || send.send(rows).is_err() {
                return;
            }
        }
    }
}

fn row((place, id, file, text, sha256, encoding, metadata, reading, record): GivenRow) -> Row {
    Row { place, id, file, text, sha256, encoding, metadata, reading, record }
}

/// The documents of these ids, or all, to be loaded elsewhere.
#[pyfunction]
#[pyo3(signature = (ledger, ids=None))]
fn records(py: Python<'_>, ledger: &PyLedger, ids: Option<Vec<String>>) -> PyResult<PyRecords> {
    py.outside_gil(|| ledger.0.records(ids.as_deref())).map(|records| PyRecords(Mutex::new(Some(records))))
}

/// The columns of `records`: name, type, meaning.
#[pyfunction]
fn record_columns() -> Vec<(&'static str, &'static str, &'static str)> {
    RECORDS.to_vec()
}

/// The library's own way of reading, made once: the lexicon's tables are hashed for it.
static OPTIONS: LazyLock<Options> = LazyLock::new(Options::embedded);

/// What this library reads with.
#[pyfunction]
fn reading(py: Python<'_>) -> PyResult<String> {
    py.outside_gil(|| Ok(OPTIONS.reading.to_string()))
}

/// The lexicon's tables, each with the SHA-256 of its bytes.
#[pyfunction]
fn lexicon_tables() -> Vec<(&'static str, String)> {
    Lexicon::embedded().fingerprints()
}

/// Documents on their way to another ledger.
#[pyclass(frozen, name = "Records", module = "taizhang._core")]
struct PyRecords(Mutex<Option<Records>>);

#[pymethods]
impl PyRecords {
    /// The rows as an Arrow C stream; only once.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let records = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let records = records.ok_or_else(|| Error::query("these records were read already", Vec::new()))?;
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(Batches(records))), c"arrow_array_stream")
    }
}

/// Records as Arrow reads them.
struct Batches(Records);

impl Iterator for Batches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.next()?.map_err(|error| ArrowError::ExternalError(Box::new(error))))
    }
}

impl RecordBatchReader for Batches {
    fn schema(&self) -> SchemaRef {
        records_schema()
    }
}

/// A source as Python gives it: id, file, text or else bytes, metadata.
type GivenSource = (Option<String>, Option<String>, Option<String>, Option<Vec<u8>>, BTreeMap<String, String>);

/// Tables by their order, rows of each for each source, and `records`.
type ParsedSources = (Vec<PyTable>, Vec<Vec<u32>>, PyTable);

/// Reads sources into the rows of all tables, on this thread.
#[pyfunction]
fn parse_sources(py: Python<'_>, sources: Vec<GivenSource>, metadata: Vec<String>) -> PyResult<ParsedSources> {
    let sources: Vec<Source> = sources
        .into_iter()
        .map(|(id, file, text, bytes, metadata)| {
            let content = match (text, bytes) {
                (Some(text), _) => Content::Text(text),
                (None, bytes) => Content::Bytes(bytes.unwrap_or_default()),
            };
            Source { id, file: file.map(Into::into), content, metadata }
        })
        .collect();
    let parsed = py.outside_gil(|| parse_all(&OPTIONS, &sources, &metadata))?;
    let tables = parsed.tables.into_iter().map(PyTable).collect();
    Ok((tables, parsed.counts, PyTable(Table::new(records_schema(), vec![parsed.records]))))
}
