//! Ingest under the eyes of Python, and files that Python reads for it.

use super::watch::{Watched, watch};
use crate::ledger::{Content, Extract, Ledger, Outcome, Progress, Report, Source};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Ingests, telling `progress` (called with the numbers of sources done and given) now and then.
///
/// An exception from Python, `KeyboardInterrupt` among them, stops the work after the documents in hand; it comes back
/// beside the report of what was committed.
pub(super) fn ingest(
    py: Python<'_>,
    ledger: &Ledger,
    sources: impl ExactSizeIterator<Item = Source> + Send,
    reader: Option<&Py<PyAny>>,
    progress: Option<&Py<PyAny>>,
) -> PyResult<(Report, Option<PyErr>)> {
    let watched = Watched { total: AtomicUsize::new(sources.len()), ..Watched::default() };
    let stop = || {
        if let Some(reader) = reader {
            // Files in hand are given up, where one may take a minute; an error here could only hide the first.
            drop(Python::attach(|py| reader.call_method0(py, "stop")));
        }
    };
    let on_document = |_: &str, _: Outcome, count: usize| watched.done.store(count, Ordering::Relaxed);
    let work = || ledger.ingest(sources, &Progress { on_document: &on_document, cancel: &watched.cancel });
    let (report, raised) = watch(py, &watched, progress, stop, work)?;
    Ok((report?, raised))
}

/// A report as Python takes it.
pub(super) fn told(py: Python<'_>, report: Report, raised: bool, total: usize) -> PyResult<Bound<'_, PyDict>> {
    let Report { added, unchanged, new_versions, updated, skipped, same_content, copies, interrupted } = report;
    let out = PyDict::new(py);
    out.set_item("added", added)?;
    out.set_item("unchanged", unchanged)?;
    out.set_item("new_versions", new_versions)?;
    out.set_item("updated", updated)?;
    out.set_item("skipped", skipped)?;
    out.set_item("same_content", same_content)?;
    out.set_item("copies", copies)?;
    out.set_item("sources", total)?;
    out.set_item("interrupted", interrupted || raised)?;
    Ok(out)
}

/// Gives the PDFs among the sources to `reader`, an object of Python with `read` and `stop`.
pub(super) fn hand_over(reader: &Py<PyAny>, sources: &mut [Source]) {
    let reader = Python::attach(|py| reader.clone_ref(py));
    let extract = Extract::new(move |file| extract(&reader, file));
    for source in sources.iter_mut().filter(|source| source.is_pdf()) {
        source.content = Content::Extracted(extract.clone());
    }
}

/// The text that `reader` takes from a file, or half a sentence why there is none.
fn extract(reader: &Py<PyAny>, file: &Path) -> Result<String, String> {
    type Answer = (String, Option<String>);
    match Python::attach(|py| reader.call_method1(py, "read", (file,))?.extract::<Answer>(py)) {
        Ok((text, None)) => Ok(text),
        Ok((_, Some(reason))) => Err(reason),
        Err(error) => Err(format!("reading it failed ({error})")),
    }
}
