//! Ingest under the eyes of Python: the work runs on a thread of its own, so that Ctrl-C and the progress bar are
//! served while it runs.

use super::error::caught;
use crate::ledger::{Ledger, Outcome, Progress, Report, Source};
use pyo3::prelude::*;
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
