//! Long work under the eyes of Python: it runs on a thread of its own, so that Ctrl-C and the progress bar are served.

use super::error::{caught, fault};
use crate::error::{ErrorKind, Result};
use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How often Python is asked whether to go on; Ctrl-C is noticed within it.
const TICK: Duration = Duration::from_millis(50);

/// How far the work is; it looks at `cancel` now and then.
#[derive(Default)]
pub(super) struct Watched {
    /// Set to stop.
    pub cancel: AtomicBool,
    /// Things done.
    pub done: AtomicUsize,
    /// Things to do, where that is known later than at the beginning.
    pub total: AtomicUsize,
}

/// Does `work`, telling `progress` (called with the numbers of things done and to do) now and then.
///
/// An exception from Python, `KeyboardInterrupt` among them, sets `cancel` and calls `stop`; it comes back beside the result.
pub(super) fn watch<T: Send>(
    py: Python<'_>,
    watched: &Watched,
    progress: Option<&Py<PyAny>>,
    stop: impl Fn() + Sync,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<(Result<T>, Option<PyErr>)> {
    let (result, mut raised) = py.detach(|| {
        std::thread::scope(|scope| {
            let (ended, wait) = channel::<()>();
            let worker = scope.spawn(|| {
                let _ended = ended;
                caught(work)
            });
            let mut raised = None;
            while wait.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                if raised.is_none() {
                    raised = Python::attach(|py| ask(py, progress, watched)).err();
                    watched.cancel.store(raised.is_some(), Ordering::Relaxed);
                    if raised.is_some() {
                        stop();
                    }
                }
            }
            (caught(|| worker.join()), raised)
        })
    });
    let result = result?.map_err(|_| fault("a thread of long work ended without a word"))??;
    if raised.is_none() && result.is_ok() {
        raised = ask(py, progress, watched).err();
    }
    Ok((result, raised))
}

/// The same where nothing is left to tell once Python has raised: its exception wins.
pub(super) fn watch_or_raise<T: Send>(
    py: Python<'_>,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce(&Watched) -> Result<T> + Send,
) -> PyResult<T> {
    let watched = Watched::default();
    match watch(py, &watched, progress, || (), || work(&watched))? {
        (Err(error), Some(raised)) if matches!(error.kind(), ErrorKind::Interrupted) => Err(raised),
        (Err(error), _) => Err(error.into()),
        // It was done before it could be stopped.
        (Ok(value), _) => Ok(value),
    }
}

/// Serves pending signals and tells the progress.
fn ask(py: Python<'_>, progress: Option<&Py<PyAny>>, watched: &Watched) -> PyResult<()> {
    py.check_signals()?;
    if let Some(progress) = progress {
        progress.call1(py, (watched.done.load(Ordering::Relaxed), watched.total.load(Ordering::Relaxed)))?;
    }
    Ok(())
}
