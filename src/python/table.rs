//! `_core.Table`: an answer, handed over as an Arrow stream or as plain values.

use super::error::OutsideGil;
use crate::error::Error;
use crate::error::ErrorKind;
use crate::table::{Cell, Table};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, RecordBatchIterator, RecordBatchOptions, StringArray,
};
use arrow_schema::{DataType, Field, Schema};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList, PyTuple};
use std::sync::Arc;

/// An answer: immutable, shared with whoever reads its columns.
#[pyclass(frozen, name = "Table", module = "taizhang._core")]
pub(super) struct PyTable(pub(super) Table);

#[pymethods]
impl PyTable {
    /// A table of columns as `column` gives them; the way back from a pickle.
    #[staticmethod]
    fn from_columns(
        names: Vec<String>,
        types: Vec<String>,
        columns: Vec<Bound<'_, PyList>>,
        rows: usize,
    ) -> PyResult<Self> {
        if names.len() != types.len() || names.len() != columns.len() {
            return Err(PyValueError::new_err("names, types and columns differ in number"));
        }
        let mut fields = Vec::new();
        let mut arrays = Vec::new();
        for ((name, kind), values) in names.iter().zip(&types).zip(&columns) {
            let (data_type, array) = array(kind, values)?;
            fields.push(Field::new(name, data_type, true));
            arrays.push(array);
        }
        let schema = Arc::new(Schema::new(fields));
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(schema.clone(), arrays, &options)
            .map_err(|e| PyValueError::new_err(e.to_string()))?;
        Ok(Self(Table::new(schema, vec![batch])))
    }

    /// One table after another.
    #[staticmethod]
    fn concat(py: Python<'_>, tables: Vec<PyRef<'_, Self>>) -> PyResult<Self> {
        let tables: Vec<Table> = tables.iter().map(|t| t.0.clone()).collect();
        py.outside_gil(|| Table::concat(&tables)).map(Self)
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// Column names.
    fn names(&self) -> Vec<String> {
        self.0.column_names().into_iter().map(str::to_owned).collect()
    }

    /// Column types: text, int, float, bool.
    fn types(&self) -> Vec<&'static str> {
        self.0.schema().fields().iter().map(|f| type_name(f.data_type())).collect()
    }

    /// The values of a column.
    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        if !self.0.column_names().contains(&name) {
            return Err(Error::query(format!("the table has no column {name:?}"), self.names()).into());
        }
        let values = PyList::empty(py);
        for row in 0..self.0.len() {
            values.append(value(py, self.0.cell(row, name).unwrap_or(Cell::Null))?)?;
        }
        Ok(values)
    }

    /// `length` rows from `offset` on, each a tuple.
    fn rows<'py>(&self, py: Python<'py>, offset: usize, length: usize) -> PyResult<Vec<Bound<'py, PyTuple>>> {
        let end = self.0.len().min(offset.saturating_add(length));
        (offset..end)
            .map(|row| {
                let cells = self.0.row(row).ok_or_else(|| PyIndexError::new_err("the table has no such row"))?;
                let values: Vec<_> = cells.into_iter().map(|c| value(py, c)).collect::<PyResult<_>>()?;
                PyTuple::new(py, values)
            })
            .collect()
    }

    /// `length` rows from `offset` on.
    fn slice(&self, offset: usize, length: usize) -> Self {
        Self(self.0.slice(offset, length))
    }

    /// The rows where `mask` is true.
    fn filter(&self, py: Python<'_>, mask: Vec<bool>) -> PyResult<Self> {
        py.outside_gil(|| self.0.filter(&mask)).map(Self)
    }

    /// The rows of these numbers.
    fn take(&self, py: Python<'_>, rows: Vec<usize>) -> PyResult<Self> {
        py.outside_gil(|| self.0.take(&rows)).map(Self)
    }

    /// The columns of these names.
    fn select(&self, py: Python<'_>, columns: Vec<String>) -> PyResult<Self> {
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        py.outside_gil(|| self.0.select(&columns)).map(Self)
    }

    /// Sorted by columns, each with whether it descends.
    fn sort(&self, py: Python<'_>, by: Vec<(String, bool)>) -> PyResult<Self> {
        let by: Vec<(&str, bool)> = by.iter().map(|(name, descending)| (name.as_str(), *descending)).collect();
        py.outside_gil(|| self.0.sort(&by)).map(Self)
    }

    /// Number of rows for each combination of values.
    fn count_by(&self, py: Python<'_>, columns: Vec<String>) -> PyResult<Self> {
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        py.outside_gil(|| self.0.count_by(&columns)).map(Self)
    }

    /// `n` rows drawn without replacement.
    fn sample(&self, n: usize, seed: u64) -> Self {
        Self(self.0.sample(n, seed))
    }

    /// The table as an Arrow C stream; each call makes a new one.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The protocol lets a producer ignore the wish for another schema.
        drop(requested_schema);
        let batches: Vec<_> = self.0.batches().iter().cloned().map(Ok).collect();
        let reader = RecordBatchIterator::new(batches, self.0.schema().clone());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), c"arrow_array_stream")
    }
}

/// The name of an Arrow type in this library.
fn type_name(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Int64 => "int",
        DataType::Float64 => "float",
        DataType::Boolean => "bool",
        _ => "text",
    }
}

/// A cell as a Python value.
fn value<'py>(py: Python<'py>, cell: Cell<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match cell {
        Cell::Null => py.None().into_bound(py),
        Cell::Text(text) => text.into_pyobject(py)?.into_any(),
        Cell::Int(number) => number.into_pyobject(py)?.into_any(),
        Cell::Float(number) => number.into_pyobject(py)?.into_any(),
        Cell::Bool(truth) => truth.into_pyobject(py)?.to_owned().into_any(),
    })
}

/// Python values as an Arrow array.
fn array(kind: &str, values: &Bound<'_, PyList>) -> PyResult<(DataType, ArrayRef)> {
    Ok(match kind {
        "text" => (DataType::Utf8, Arc::new(StringArray::from(values.extract::<Vec<Option<String>>>()?))),
        "int" => (DataType::Int64, Arc::new(Int64Array::from(values.extract::<Vec<Option<i64>>>()?))),
        "float" => (DataType::Float64, Arc::new(Float64Array::from(values.extract::<Vec<Option<f64>>>()?))),
        "bool" => (DataType::Boolean, Arc::new(BooleanArray::from(values.extract::<Vec<Option<bool>>>()?))),
        other => {
            let message = format!("there is no column type {other:?}");
            return Err(Error::from(ErrorKind::Query { message, suggestions: Vec::new() }).into());
        }
    })
}
