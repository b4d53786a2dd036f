//! `_core.Rows`: an answer that comes piece by piece, once.

use super::error::OutsideGil;
use super::table::PyTable;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Rows;
use crate::table::Table;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::sync::{Mutex, PoisonError};

/// An answer that comes piece by piece; whoever takes a piece, it is gone.
#[pyclass(frozen, name = "Rows", module = "taizhang._core")]
pub(super) struct PyRows {
    schema: SchemaRef,
    /// `None` once it was handed over as an Arrow stream.
    rows: Mutex<Option<Rows>>,
}

impl PyRows {
    pub(super) fn new(rows: Rows) -> Self {
        Self { schema: rows.schema().clone(), rows: Mutex::new(Some(rows)) }
    }

    fn take(&self) -> Option<Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn next(&self) -> Result<Option<RecordBatch>> {
        match self.rows.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(rows) => rows.next().transpose(),
            None => Err(Error::query("the stream was handed over and can be read only once", Vec::new())),
        }
    }
}

#[pymethods]
impl PyRows {
    /// Column names.
    fn names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// The next rows as a table; `None` behind the last.
    fn next_table(&self, py: Python<'_>) -> PyResult<Option<PyTable>> {
        let batch = py.outside_gil(|| self.next())?;
        Ok(batch.map(|batch| PyTable(Table::new(self.schema.clone(), vec![batch]))))
    }

    /// What is left as an Arrow C stream; only once.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The protocol lets a producer ignore the wish for another schema.
        drop(requested_schema);
        let rows = self.take().ok_or_else(|| {
            let message = "the stream was handed over and can be read only once".to_owned();
            Error::from(ErrorKind::Query { message, suggestions: Vec::new() })
        })?;
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(Batches(rows))), c"arrow_array_stream")
    }
}

/// Rows as Arrow reads them.
struct Batches(Rows);

impl Iterator for Batches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.next()?.map_err(|error| ArrowError::ExternalError(Box::new(error))))
    }
}

impl RecordBatchReader for Batches {
    fn schema(&self) -> SchemaRef {
        self.0.schema().clone()
    }
}
