//! `_core.Ledger`: the façade, for Python.

use super::document::PyDocument;
use super::error::OutsideGil;
use super::rows::PyRows;
use super::table::PyTable;
use super::watch::{Watched, watch_or_raise};
use super::{align, ingest, query};
use crate::compare::Comparison;
use crate::error::Result;
use crate::ledger::{Described, Ledger, Metadata, Options, Source, Steps, sources};
use crate::query::{Counted, Search};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

/// A text to ingest: its id, itself, and what is said of it.
type GivenText = (Option<String>, String, BTreeMap<String, String>);

/// A metadata table: column names and rows.
type GivenTable = (Vec<String>, Vec<Vec<Option<String>>>);

/// A handle on an open ledger.
#[pyclass(frozen, name = "Ledger", module = "taizhang._core")]
pub(super) struct PyLedger(pub(super) Ledger);

#[pymethods]
impl PyLedger {
    /// Opens the ledger in a folder.
    #[staticmethod]
    #[pyo3(signature = (path, *, create=true, read_only=None))]
    fn open(py: Python<'_>, path: PathBuf, create: bool, read_only: Option<bool>) -> PyResult<Self> {
        let options = Options { create, read_only, ..Options::embedded() };
        py.outside_gil(|| Ledger::open(&path, options)).map(Self)
    }

    /// True for a published ledger.
    #[getter]
    fn read_only(&self) -> PyResult<bool> {
        Ok(self.0.is_read_only()?)
    }

    /// The folder.
    #[getter]
    fn path(&self) -> PathBuf {
        self.0.path().to_path_buf()
    }

    /// Closes this handle.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        py.outside_gil(|| self.0.close())
    }

    /// Ingests files, folders and globs; `reader` gives the text of PDFs. Gives the report and the exception that stopped it, if one did.
    #[pyo3(signature = (paths, *, metadata=None, metadata_csv=None, reader=None, progress=None))]
    fn ingest<'py>(
        &self,
        py: Python<'py>,
        paths: Vec<String>,
        metadata: Option<GivenTable>,
        metadata_csv: Option<PathBuf>,
        reader: Option<Py<PyAny>>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Bound<'py, PyDict>, Option<PyErr>)> {
        let mut found = py.outside_gil(|| {
            let found: Result<Vec<Vec<Source>>> = paths.iter().map(|path| sources(path)).collect();
            Ok(found?.into_iter().flatten().collect::<Vec<_>>())
        })?;
        if let Some(reader) = &reader {
            ingest::hand_over(reader, &mut found);
        }
        let mut described = py.outside_gil(|| match (metadata, metadata_csv) {
            (Some((columns, rows)), _) => Metadata::new(columns, rows).describe(found),
            (None, Some(file)) => Metadata::from_file(&file)?.describe(found),
            (None, None) => Ok(Described::from(found)),
        })?;
        let strangers = described.take_odd();
        self.ingest_sources(py, described, strangers, reader, progress)
    }

    /// Ingests texts.
    #[pyo3(signature = (texts, *, progress=None))]
    fn ingest_texts<'py>(
        &self,
        py: Python<'py>,
        texts: Vec<GivenText>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Bound<'py, PyDict>, Option<PyErr>)> {
        let found = texts.into_iter().map(|(id, text, metadata)| Source { metadata, ..Source::text(id, text) });
        self.ingest_sources(py, found, Vec::new(), None, progress)
    }

    /// Removes a document; false where there is none of that id.
    fn remove(&self, py: Python<'_>, id: &str) -> PyResult<bool> {
        py.outside_gil(|| self.0.remove(id))
    }

    /// Ids of the documents, sorted.
    fn ids(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        py.outside_gil(|| self.0.ids())
    }

    /// Number of documents.
    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        py.outside_gil(|| self.0.documents()).map(|n| n as usize)
    }

    /// A document.
    fn document(&self, py: Python<'_>, id: &str) -> PyResult<PyDocument> {
        py.outside_gil(|| self.0.document(id)).map(PyDocument::from)
    }

    /// The rows of a table that satisfy the filters.
    fn query(&self, py: Python<'_>, table: &str, filters: &Bound<'_, PyDict>) -> PyResult<PyTable> {
        let query = query::query(table, filters)?;
        py.outside_gil(|| self.0.query(&query)).map(PyTable)
    }

    /// The number of those rows.
    fn count(&self, py: Python<'_>, table: &str, filters: &Bound<'_, PyDict>) -> PyResult<u64> {
        let query = query::query(table, filters)?;
        py.outside_gil(|| self.0.count(&query))
    }

    /// The steps by which the rows of a table are found.
    fn explain(&self, py: Python<'_>, table: &str, filters: &Bound<'_, PyDict>) -> PyResult<PyTable> {
        let query = query::query(table, filters)?;
        py.outside_gil(|| self.0.explain(&query)).map(PyTable)
    }

    /// The clauses that speak most of some words.
    fn search(&self, py: Python<'_>, words: String, filters: &Bound<'_, PyDict>, limit: usize) -> PyResult<PyTable> {
        let search = Search { words, filters: query::query("clauses", filters)?, limit };
        py.outside_gil(|| self.0.search(&search)).map(PyTable)
    }

    /// Counts of rows, or of their documents, by several things at once.
    fn cross(
        &self,
        py: Python<'_>,
        table: &str,
        by: Vec<String>,
        documents: bool,
        filters: &Bound<'_, PyDict>,
    ) -> PyResult<PyTable> {
        let query = query::query(table, filters)?;
        let counted = if documents { Counted::Documents } else { Counted::Rows };
        py.outside_gil(|| self.0.cross(&query, &by, counted)).map(PyTable)
    }

    /// Pairs of functions that stand in the same clauses.
    fn network(&self, py: Python<'_>, filters: &Bound<'_, PyDict>) -> PyResult<PyTable> {
        let query = query::query("assignments", filters)?;
        py.outside_gil(|| self.0.network(&query)).map(PyTable)
    }

    /// The rows of a table that satisfy the filters, piece by piece.
    fn stream(&self, py: Python<'_>, table: &str, filters: &Bound<'_, PyDict>) -> PyResult<PyRows> {
        let query = query::query(table, filters)?;
        py.outside_gil(|| self.0.stream(&query)).map(PyRows::new)
    }

    /// Governments side by side: tables by name.
    fn compare(&self, py: Python<'_>, filters: &Bound<'_, PyDict>) -> PyResult<BTreeMap<&'static str, PyTable>> {
        let selection = query::selection(filters)?;
        let Comparison { places, departments, departments_wide, targets, targets_wide } =
            py.outside_gil(|| self.0.compare(&selection))?;
        let tables = [
            ("places", places),
            ("departments", departments),
            ("departments_wide", departments_wide),
            ("targets", targets),
            ("targets_wide", targets_wide),
        ];
        Ok(tables.into_iter().map(|(name, table)| (name, PyTable(table))).collect())
    }

    /// The counterparts of clauses among others, or among all.
    fn align(
        &self,
        py: Python<'_>,
        a: &Bound<'_, PyDict>,
        b: Option<&Bound<'_, PyDict>>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<PyTable> {
        let (a, b, options) = (query::query("clauses", a)?, align::clauses(b)?, align::options(options)?);
        py.outside_gil(|| self.0.align(&a, b.as_ref(), &options)).map(PyTable)
    }

    /// The clauses that have no counterpart, each with the nearest text.
    fn unmatched(
        &self,
        py: Python<'_>,
        a: &Bound<'_, PyDict>,
        b: Option<&Bound<'_, PyDict>>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<PyTable> {
        let (a, b, options) = (query::query("clauses", a)?, align::clauses(b)?, align::options(options)?);
        py.outside_gil(|| self.0.unmatched(&a, b.as_ref(), &options)).map(PyTable)
    }

    /// Clauses that hand out the same work.
    fn measures(&self, py: Python<'_>, filters: Option<&Bound<'_, PyDict>>) -> PyResult<PyTable> {
        let clauses = align::clauses(filters)?;
        py.outside_gil(|| self.0.measures(clauses.as_ref())).map(PyTable)
    }

    /// Which place has which measure or topic.
    fn coverage(&self, py: Python<'_>, by: &str, filters: Option<&Bound<'_, PyDict>>) -> PyResult<PyTable> {
        let (by, clauses) = (align::by(by)?, align::clauses(filters)?);
        py.outside_gil(|| self.0.coverage(by, clauses.as_ref())).map(PyTable)
    }

    /// Adds an edit of measures, or takes all back.
    fn edit_measures(&self, py: Python<'_>, edit: Option<(String, Vec<String>)>) -> PyResult<()> {
        let edit = edit.map(|(kind, words)| align::edit(&kind, words)).transpose()?;
        py.outside_gil(|| self.0.edit_measures(edit))
    }

    /// The edits of measures, oldest first.
    fn measure_edits(&self, py: Python<'_>) -> PyResult<Vec<(&'static str, Vec<String>)>> {
        let edits = py.outside_gil(|| self.0.measure_edits())?;
        Ok(edits.0.into_iter().map(align::words).collect())
    }

    /// The copies, each with the document that counts in its place.
    fn copies(&self, py: Python<'_>) -> PyResult<PyTable> {
        py.outside_gil(|| self.0.copies()).map(PyTable)
    }

    /// Sizes and counts.
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let stats = py.outside_gil(|| self.0.stats())?;
        let out = PyDict::new(py);
        out.set_item("documents", stats.documents)?;
        out.set_item("copies", stats.copies)?;
        out.set_item("versions", stats.versions)?;
        out.set_item("rows", stats.rows)?;
        out.set_item("tree_bytes", stats.tree_bytes)?;
        out.set_item("disk", stats.disk)?;
        out.set_item("generation", stats.generation)?;
        out.set_item("format", stats.format)?;
        out.set_item("created_by", stats.created_by)?;
        out.set_item("reading", stats.reading.map(|r| r.to_string()))?;
        Ok(out)
    }

    /// Reads everything that is stored; an error names the first fault.
    fn check(&self, py: Python<'_>) -> PyResult<()> {
        py.outside_gil(|| self.0.check())
    }

    /// Writes the ledger again, in order, without removed documents and all but some older versions.
    #[pyo3(signature = (*, keep_versions=None, progress=None))]
    fn compact(&self, py: Python<'_>, keep_versions: Option<u32>, progress: Option<Py<PyAny>>) -> PyResult<()> {
        watch_or_raise(py, progress.as_ref(), |watched| stepwise(watched, |steps| self.0.compact(keep_versions, steps)))
    }

    /// Makes all that is derived from texts and records anew.
    #[pyo3(signature = (*, progress=None))]
    fn rebuild(&self, py: Python<'_>, progress: Option<Py<PyAny>>) -> PyResult<()> {
        watch_or_raise(py, progress.as_ref(), |watched| stepwise(watched, |steps| self.0.rebuild(steps)))
    }

    /// The same for a ledger that cannot be opened.
    #[staticmethod]
    #[pyo3(signature = (path, *, progress=None))]
    fn rebuild_at(py: Python<'_>, path: PathBuf, progress: Option<Py<PyAny>>) -> PyResult<()> {
        let work = |steps: &Steps<'_>| Ledger::rebuild_at(&path, &Options::embedded(), steps);
        watch_or_raise(py, progress.as_ref(), |watched| stepwise(watched, work))
    }

    /// Reads every kept text again; ids of documents at which the rules failed.
    #[pyo3(signature = (*, progress=None))]
    fn reread(&self, py: Python<'_>, progress: Option<Py<PyAny>>) -> PyResult<Vec<String>> {
        watch_or_raise(py, progress.as_ref(), |watched| stepwise(watched, |steps| self.0.reread(steps)))
    }

    /// Copies the ledger to a folder that does not exist yet.
    fn backup(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.outside_gil(|| self.0.backup(&path))
    }

    /// Writes a published ledger to a folder that does not exist yet.
    fn publish(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.outside_gil(|| self.0.publish(&path))
    }

    /// The ledger's reading and the library's, where they differ.
    fn reading_differs(&self, py: Python<'_>) -> PyResult<Option<(String, String)>> {
        let readings = py.outside_gil(|| self.0.reading_differs())?;
        Ok(readings.map(|(ledger, library)| (ledger.to_string(), library.to_string())))
    }
}

/// Does `work` whose steps are watched.
fn stepwise<T>(watched: &Watched, work: impl FnOnce(&Steps<'_>) -> Result<T>) -> Result<T> {
    let on_step = |done: usize, total: usize| {
        watched.total.store(total, Ordering::Relaxed);
        watched.done.fetch_max(done, Ordering::Relaxed);
    };
    work(&Steps { on_step: &on_step, cancel: &watched.cancel })
}

impl PyLedger {
    /// Ingests and turns the report into a dict.
    fn ingest_sources<'py>(
        &self,
        py: Python<'py>,
        sources: impl ExactSizeIterator<Item = Source> + Send,
        strangers: Vec<String>,
        reader: Option<Py<PyAny>>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Bound<'py, PyDict>, Option<PyErr>)> {
        let total = sources.len();
        let (report, raised) = ingest::ingest(py, &self.0, sources, reader.as_ref(), progress.as_ref())?;
        let out = ingest::told(py, report, raised.is_some(), total)?;
        out.set_item("unmatched", strangers)?;
        Ok((out, raised))
    }
}
