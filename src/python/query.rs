//! A dict of filters to a typed question. The Python layer has checked names and types; what is wrong here is its fault.

use crate::compare::Selection;
use crate::query::Query;
use crate::table::TableName;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The question about `table` that `filters` put.
pub(super) fn query(table: &str, filters: &Bound<'_, PyDict>) -> PyResult<Query> {
    let mut query = Query::new(TableName::from_name(table)?);
    for (key, value) in filters {
        let key: String = key.extract()?;
        match key.as_str() {
            "document" => query.document = value.extract()?,
            "place" => query.place = value.extract()?,
            "within" => query.within = value.extract()?,
            "years" => query.years = value.extract()?,
            "year_from" => query.year_from = value.extract()?,
            "year_to" => query.year_to = value.extract()?,
            "level" => query.level = value.extract()?,
            "function" => query.function = value.extract()?,
            "body" => query.body = value.extract()?,
            "role" => query.role = value.extract()?,
            "topic" => query.topic = value.extract()?,
            "kind" => query.kind = value.extract()?,
            "clause" => query.clause = value.extract()?,
            "text" => query.text = value.extract()?,
            "any" => query.any = value.extract()?,
            "without" => query.without = value.extract()?,
            "implied" => query.implied = value.extract()?,
            "unit" => query.unit = value.extract()?,
            "op" => query.op = value.extract()?,
            "value_from" => query.value_from = value.extract()?,
            "value_to" => query.value_to = value.extract()?,
            "due" => query.due = value.extract()?,
            "metadata" => query.metadata = value.extract()?,
            "copies" => query.copies = value.extract()?,
            "columns" => query.columns = value.extract()?,
            "order" => query.order = value.extract()?,
            "limit" => query.limit = value.extract()?,
            other => return Err(PyTypeError::new_err(format!("there is no filter {other:?}"))),
        }
    }
    Ok(query)
}

/// What `filters` select for a comparison.
pub(super) fn selection(filters: &Bound<'_, PyDict>) -> PyResult<Selection> {
    let mut selection = Selection::default();
    for (key, value) in filters {
        let key: String = key.extract()?;
        match key.as_str() {
            "places" => selection.places = value.extract()?,
            "document" => selection.document = value.extract()?,
            "year_from" => selection.year_from = value.extract()?,
            "year_to" => selection.year_to = value.extract()?,
            "topic" => selection.topic = value.extract()?,
            "text" => selection.text = value.extract()?,
            "copies" => selection.copies = value.extract()?,
            "implied" => selection.implied = value.extract()?,
            other => return Err(PyTypeError::new_err(format!("there is no filter {other:?}"))),
        }
    }
    Ok(selection)
}
