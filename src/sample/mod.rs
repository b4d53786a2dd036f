//! Sample: made plans, as many as one likes, for tests and benches.
//!
//! In: a seed and an index. Out: a [`Plan`], the text of a government plan with what a catalogue would say of it.
//! Guarantee: the same seed and index give the same bytes on every machine, in whatever order plans are made; no two plans
//! of a corpus share a document number. Places, years and levels come from the lexicon, wording from the phrases in
//! `seeds/sample/`: real names, invented tasks. [`measure`] says what a corpus is like as the library reads it.
//! Not a part of the library proper: behind the feature `sample`.

mod group;
mod kin;
mod layout;
mod means;
mod pen;
mod phrases;
mod plan;
mod random;
mod roll;
mod site;
mod write;

pub use kin::{Copying, copy_of, forward_of, revision_of};
pub use means::{Means, measure};
pub use write::write;

use crate::lexicon::Level;
use site::Sites;

/// A made plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Path that it has in a folder of plans, a thousand a folder: `0012/0012345.txt`.
    pub id: String,
    /// The text.
    pub text: String,
    /// What a catalogue says of it.
    pub metadata: Metadata,
}

/// What a catalogue says of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// Title as printed.
    pub title: String,
    /// Document number.
    pub number: String,
    /// Office that issued it.
    pub issuer: String,
    /// Day of issue, ISO 8601.
    pub date: String,
    /// Name of the place.
    pub place: String,
    /// Its GB/T 2260 code.
    pub adcode: String,
    /// Its level.
    pub level: Level,
    /// Slug of the field of policy.
    pub field: String,
}

impl Metadata {
    /// Names of what [`Metadata::values`] gives.
    pub const NAMES: [&str; 8] = ["title", "number", "issuer", "date", "place", "adcode", "level", "field"];

    /// All values, as text.
    pub fn values(&self) -> [&str; 8] {
        let level = match self.level {
            Level::Country => "country",
            Level::Province => "province",
            Level::Prefecture => "prefecture",
            Level::County => "county",
        };
        let Self { title, number, issuer, date, place, adcode, field, .. } = self;
        [title, number, issuer, date, place, adcode, level, field]
    }
}

/// All plans of a seed.
#[derive(Debug, Clone, Copy)]
pub struct Corpus {
    seed: u64,
    sites: &'static Sites,
}

impl Corpus {
    /// The corpus of a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, sites: Sites::embedded() }
    }

    /// The plan with this index; there is no last one.
    pub fn document(&self, index: u64) -> Plan {
        plan::make(self.seed, index, self.sites.occasion(self.seed, index))
    }

    /// The plans of a range of indices.
    pub fn documents(&self, range: std::ops::Range<u64>) -> impl Iterator<Item = Plan> {
        range.map(|index| self.document(index))
    }

    /// The plans of some indices, in their order, made by `threads` threads.
    pub fn make(&self, indices: &[u64], threads: usize) -> Vec<Plan> {
        let size = indices.len().div_ceil(threads.max(1)).max(1);
        std::thread::scope(|scope| {
            let spawn = |chunk: &'_ [u64]| {
                let chunk = chunk.to_vec();
                scope.spawn(move || chunk.into_iter().map(|index| self.document(index)).collect::<Vec<_>>())
            };
            let workers: Vec<_> = indices.chunks(size).map(spawn).collect();
            let ended = workers.into_iter();
            ended.flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        })
    }
}
