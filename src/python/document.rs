//! `_core.Document`: a document with its text, from a ledger or from bytes alone.

use super::error::OutsideGil;
use super::evidence::{evidence, places};
use crate::error::ErrorKind;
use crate::ledger::{StoredDocument, parse};
use crate::record::{Document, exchange};
use crate::text::{self, SourceText, Span};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A document that was read.
#[pyclass(frozen, name = "Document", module = "taizhang._core")]
pub(super) struct PyDocument {
    /// Id in the ledger, or what it was read from.
    #[pyo3(get)]
    id: Option<String>,
    /// File as given.
    #[pyo3(get)]
    file: Option<String>,
    /// What the user said of it.
    #[pyo3(get)]
    metadata: BTreeMap<String, String>,
    text: SourceText,
    document: Document,
}

impl From<StoredDocument> for PyDocument {
    fn from(stored: StoredDocument) -> Self {
        let StoredDocument { id, file, metadata, text, document, .. } = stored;
        Self { id: Some(id), file, metadata, text, document }
    }
}

#[pymethods]
impl PyDocument {
    /// What spans count in.
    #[getter]
    fn text(&self) -> &str {
        self.text.as_str()
    }

    /// The exchange format as JSON.
    #[pyo3(signature = (*, indent=false))]
    fn to_json(&self, py: Python<'_>, indent: bool) -> PyResult<String> {
        let json = py.outside_gil(|| Ok(exchange(&self.document, &self.text)))?;
        let text = if indent { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) };
        text.map_err(|e| PyValueError::new_err(e.to_string()))
    }

    /// The record as it is stored, spans included, as JSON.
    fn record_json(&self, py: Python<'_>) -> PyResult<String> {
        let text = py.outside_gil(|| Ok(serde_json::to_string(&self.document)))?;
        text.map_err(|e| PyValueError::new_err(e.to_string()))
    }

    /// The sentence around a span and the ranges to light in it: those of `spans`, else the places of `words` in the span,
    /// else the span.
    #[pyo3(signature = (start, end, *, whole=false, words=vec![], spans=vec![]))]
    fn evidence(
        &self,
        start: u32,
        end: u32,
        whole: bool,
        words: Vec<String>,
        spans: Vec<(u32, u32)>,
    ) -> PyResult<(String, Vec<(usize, usize)>)> {
        for (start, end) in spans.iter().chain([&(start, end)]) {
            if start > end || *end > self.text.len() {
                return Err(PyValueError::new_err(format!("{start}:{end} lies outside the document's text")));
            }
        }
        let mut spans: Vec<Span> = spans.into_iter().map(|(start, end)| Span::new(start, end)).collect();
        if spans.is_empty() {
            spans = places(&self.text, &self.document, Span::new(start, end), &words);
        }
        if spans.is_empty() {
            spans.push(Span::new(start, end));
        }
        let lit = evidence(&self.text, &self.document, &spans, whole);
        Ok((lit.text, lit.lit))
    }
}

/// Reads a text; `file` is where it was taken from.
#[pyfunction]
#[pyo3(signature = (text, *, file=None))]
pub(super) fn parse_text(py: Python<'_>, text: String, file: Option<PathBuf>) -> PyResult<PyDocument> {
    py.outside_gil(|| Ok(document(SourceText::new(text), file.as_deref())))
}

/// Reads a file.
#[pyfunction]
pub(super) fn parse_file(py: Python<'_>, path: PathBuf) -> PyResult<PyDocument> {
    py.outside_gil(|| {
        let unreadable = |e: std::io::Error| ErrorKind::Unreadable { file: path.clone(), reason: e.to_string() };
        let unreadable = |e| crate::error::Error::new(unreadable(e));
        let name = path.display().to_string();
        text::check_size(&name, std::fs::metadata(&path).map_err(unreadable)?.len(), text::MAX_BYTES)?;
        let read = text::read(&name, &std::fs::read(&path).map_err(unreadable)?)?;
        Ok(document(read.text, Some(&path)))
    })
}

/// The document of a text.
fn document(text: SourceText, path: Option<&Path>) -> PyDocument {
    let document = parse(&text);
    let id = path.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let file = path.map(|p| p.display().to_string());
    PyDocument { id, file, metadata: BTreeMap::new(), text, document }
}
