//! `_core.sample_documents` and its kin: made plans for benches and tests.

use super::error::OutsideGil;
use crate::error::Result;
use crate::sample::{self, Corpus, Metadata, Plan};
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

/// A made plan as Python reads it: id, text, metadata.
type PlanFacts = (String, String, BTreeMap<&'static str, String>);

/// Made plans: the same for the same seed and indices.
#[pyfunction]
pub(super) fn sample_documents(py: Python<'_>, seed: u64, start: u64, count: u64) -> PyResult<Vec<PlanFacts>> {
    py.outside_gil(|| {
        let indices: Vec<u64> = (start..start.saturating_add(count)).collect();
        Ok(Corpus::new(seed).make(&indices, threads()).into_iter().map(facts).collect())
    })
}

/// Means of a corpus of `count` plans, from `sample` of them evenly spaced: figures, what lies outside its bounds, and all
/// of it as text.
#[pyfunction]
pub(super) fn sample_means(
    py: Python<'_>,
    seed: u64,
    start: u64,
    count: u64,
    sample: u64,
) -> PyResult<(BTreeMap<&'static str, f64>, Vec<String>, String)> {
    py.outside_gil(|| {
        let n = sample.min(count);
        let indices: Vec<u64> =
            (0..n).map(|i| start + (u128::from(i) * u128::from(count) / u128::from(n)) as u64).collect();
        let means = sample::measure(&Corpus::new(seed).make(&indices, threads()), threads());
        let figures = [
            ("documents", means.documents as f64),
            ("bytes", means.bytes),
            ("clauses", means.clauses),
            ("characters", means.characters),
            ("assignments", means.assignments),
            ("targets", means.targets),
            ("milestones", means.milestones),
            ("citations", means.citations),
            ("commonest", means.commonest),
            ("title", means.title),
            ("number", means.number),
            ("date", means.date),
            ("place", means.place),
        ];
        Ok((figures.into(), means.outside(), means.to_string()))
    })
}

/// Writes made plans and their index into a folder; gives their bytes.
#[pyfunction]
pub(super) fn write_sample(py: Python<'_>, folder: &str, seed: u64, start: u64, count: u64) -> PyResult<u64> {
    let write = || -> Result<u64> {
        sample::write(&Corpus::new(seed), Path::new(folder), start..start.saturating_add(count), threads())
    };
    py.outside_gil(write)
}

fn facts(plan: Plan) -> PlanFacts {
    let metadata = Metadata::NAMES.into_iter().zip(plan.metadata.values().map(str::to_owned)).collect();
    (plan.id, plan.text, metadata)
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
