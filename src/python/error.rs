//! One function from the library's error to a Python exception, and the one way to work outside the interpreter's lock.
//!
//! A panic inside the library becomes a `TaizhangError`; it never reaches Python as a `PanicException`, which
//! `except Exception` would let through.

use crate::error::Error;
use crate::error::ErrorKind;
use pyo3::exceptions::{PyException, PyFileNotFoundError, PyKeyboardInterrupt};
use pyo3::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

pyo3::create_exception!(taizhang, TaizhangError, PyException, "The base of all errors of this package.");
pyo3::create_exception!(
    taizhang,
    StoreError,
    TaizhangError,
    "A ledger cannot be opened, read or written: damaged, locked by another process, closed, of a newer format."
);
pyo3::create_exception!(
    taizhang,
    QueryError,
    TaizhangError,
    "A question that cannot be answered as asked; `suggestions` holds the names that were probably meant."
);
pyo3::create_exception!(
    taizhang,
    DocumentError,
    TaizhangError,
    "A file that is no document, or an id that no document has."
);

/// Adds the exceptions to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("TaizhangError", py.get_type::<TaizhangError>())?;
    module.add("StoreError", py.get_type::<StoreError>())?;
    module.add("QueryError", py.get_type::<QueryError>())?;
    module.add("DocumentError", py.get_type::<DocumentError>())
}

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error.kind() {
            ErrorKind::Unreadable { file, .. } if !file.exists() => PyFileNotFoundError::new_err(message),
            ErrorKind::Unreadable { .. } | ErrorKind::NotADocument { .. } | ErrorKind::UnknownDocument { .. } => {
                DocumentError::new_err(message)
            }
            ErrorKind::NotALedger { .. }
            | ErrorKind::Locked { .. }
            | ErrorKind::TooNew { .. }
            | ErrorKind::Stale { .. }
            | ErrorKind::Damaged { .. }
            | ErrorKind::Store { .. }
            | ErrorKind::Closed { .. } => StoreError::new_err(message),
            ErrorKind::Query { suggestions, .. } => with_suggestions(QueryError::new_err(message), suggestions),
            ErrorKind::Interrupted => PyKeyboardInterrupt::new_err(message),
            ErrorKind::Lexicon { .. } => TaizhangError::new_err(message),
        }
    }
}

/// The exception with the attribute `suggestions`.
fn with_suggestions(error: PyErr, suggestions: &[String]) -> PyErr {
    Python::attach(|py| match error.value(py).setattr("suggestions", suggestions) {
        Ok(()) => error,
        Err(other) => other,
    })
}

/// Work that does not hold the interpreter's lock.
pub(super) trait OutsideGil {
    /// Does `work` without the lock; errors and panics become exceptions.
    fn outside_gil<T: Send>(self, work: impl FnOnce() -> crate::error::Result<T> + Send) -> PyResult<T>;
}

impl OutsideGil for Python<'_> {
    fn outside_gil<T: Send>(self, work: impl FnOnce() -> crate::error::Result<T> + Send) -> PyResult<T> {
        self.detach(|| caught(work)).and_then(|result| result.map_err(PyErr::from))
    }
}

/// The result of `work`, or an exception where it panicked.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let words = panic
            .downcast_ref::<&str>()
            .map(|s| (*s).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        fault(&words)
    })
}

/// The exception for what should never happen.
pub(super) fn fault(words: &str) -> PyErr {
    TaizhangError::new_err(format!("a fault inside taizhang, please report it: {words}"))
}
