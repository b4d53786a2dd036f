//! Ingest under the eyes of Python: the work runs on a thread of its own, so that Ctrl-C and the progress bar are
//! served while it runs.

use super::error::caught;
use crate::ledger::{Content, Extract, Ledger, Outcome, Progress, Report, Source};
use pyo3::prelude::*;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How often Python is asked whether to go on; Ctrl-C is noticed within it.
const TICK: Duration = Duration::from_millis(50);

/// Ingests, telling `progress` (called with the numbers of sources done and given) now and then.
///
/// An exception from Python, `KeyboardInterrupt` among them, stops the work after the documents in hand; it comes back
/// beside the report of what was committed.
pub(super) fn ingest(
    py: Python<'_>,
    ledger: &Ledger,
    sources: Vec<Source>,
    reader: Option<&Py<PyAny>>,
    progress: Option<&Py<PyAny>>,
) -> PyResult<(Report, Option<PyErr>)> {
    let total = sources.len();
    let cancel = AtomicBool::new(false);
    let done = AtomicUsize::new(0);
    let (result, raised) = py.detach(|| {
        std::thread::scope(|scope| {
            let (ended, wait) = channel::<()>();
            let worker = scope.spawn(|| {
                let _ended = ended;
                let on_document = |_: &str, _: Outcome, count: usize| done.store(count, Ordering::Relaxed);
                caught(|| ledger.ingest(sources, &Progress { on_document: &on_document, cancel: &cancel }))
            });
            let mut raised = None;
            while wait.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                if raised.is_none() {
                    raised = Python::attach(|py| ask(py, progress, done.load(Ordering::Relaxed), total)).err();
                    cancel.store(raised.is_some(), Ordering::Relaxed);
                    if let (Some(_), Some(reader)) = (&raised, reader) {
                        // Files in hand are given up, where one may take a minute; an error here could only hide the first.
                        drop(Python::attach(|py| reader.call_method0(py, "stop")));
                    }
                }
            }
            (caught(|| worker.join()), raised)
        })
    });
    let result = result?.map_err(|_| super::error::fault("the ingest thread ended without a word"))?;
    let report = result??;
    if raised.is_none() {
        ask(py, progress, done.into_inner(), total)?;
    }
    Ok((report, raised))
}

/// Serves pending signals and tells the progress.
fn ask(py: Python<'_>, progress: Option<&Py<PyAny>>, done: usize, total: usize) -> PyResult<()> {
    py.check_signals()?;
    if let Some(progress) = progress {
        progress.call1(py, (done, total))?;
    }
    Ok(())
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
