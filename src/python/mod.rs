//! Python: the bindings behind `taizhang._core`, and the only place that names pyo3.
//!
//! In: Python values. Out: newtypes around the library's own. Each method converts, leaves the interpreter's lock, calls
//! one function of the library and maps its error. No rules of any kind live here; signatures, defaults and
//! docstrings for users are in `python/taizhang`.
#![allow(clippy::needless_pass_by_value, reason = "pyo3 hands arguments over by value")]

mod align;
mod document;
mod error;
mod evidence;
mod ingest;
mod ledger;
mod load;
mod query;
mod questions;
mod review;
mod rows;
mod sample;
mod table;
mod watch;

use crate::lexicon::Lexicon;
use crate::table::TableName;
use pyo3::prelude::*;

/// Reading plans makes and drops millions of small texts; the system's allocator took a fifth of an ingest.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A column as Python reads it: name, type, meaning.
type ColumnFacts = (&'static str, &'static str, &'static str);

/// Every table with its columns, as the library states them.
#[pyfunction]
fn schema() -> Vec<(&'static str, Vec<ColumnFacts>)> {
    let columns = |table: TableName| table.columns().iter().map(|c| (c.name, c.kind.name(), c.about)).collect();
    TableName::ALL.into_iter().map(|table| (table.as_str(), columns(table))).collect()
}

/// A name of the lexicon as Python reads it: id, Chinese, English.
type NameFacts = (String, String, String);

/// Every function that a body can have.
#[pyfunction]
fn functions() -> Vec<NameFacts> {
    let all = Lexicon::embedded().departments().functions();
    all.iter().map(|f| (f.id.to_string(), f.zh.to_string(), f.en.to_string())).collect()
}

/// Every topic that a clause can have.
#[pyfunction]
fn topics() -> Vec<NameFacts> {
    let all = Lexicon::embedded().topics().topics();
    all.iter().map(|t| (t.id.to_string(), t.zh.to_string(), t.en.to_string())).collect()
}

/// The extension module.
#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("DEBUG_BUILD", cfg!(debug_assertions))?;
    module.add("FORMAT", crate::store::FORMAT)?;
    error::register(module)?;
    questions::register(module)?;
    review::register(module)?;
    load::register(module)?;
    module.add_class::<ledger::PyLedger>()?;
    module.add_class::<document::PyDocument>()?;
    module.add_class::<table::PyTable>()?;
    module.add_class::<rows::PyRows>()?;
    module.add_function(wrap_pyfunction!(schema, module)?)?;
    module.add_function(wrap_pyfunction!(functions, module)?)?;
    module.add_function(wrap_pyfunction!(topics, module)?)?;
    module.add_function(wrap_pyfunction!(document::parse_text, module)?)?;
    module.add_function(wrap_pyfunction!(document::parse_file, module)?)?;
    module.add_function(wrap_pyfunction!(sample::sample_documents, module)?)?;
    module.add_function(wrap_pyfunction!(sample::sample_means, module)?)?;
    module.add_function(wrap_pyfunction!(sample::write_sample, module)?)?;
    Ok(())
}
