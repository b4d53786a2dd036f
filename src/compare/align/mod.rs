//! Align: which clauses of other documents hand out the same work.
//!
//! In: a reader, made into a [`Space`] once a state of the ledger. Out: tables of counterparts with score, rank and reason.
//! Guarantee: the same ledger gives the same answer, whatever the number of threads; no model, no network.
//!
//! Two clauses are alike by their words (pairs of characters, each weighed by its rarity in the ledger and in its own plan, more in
//! a heading), by the terms that stand for them (医联体, 医疗联合体), topics, the functions that are to do it, documents cited and indicators;
//! [`Evidence`] holds these likenesses, and a handful of weights makes them a score.

mod counterpart;
mod key;
mod probe;
mod raw;
mod reason;
mod score;
mod shelf;
mod space;
mod table;
mod words;

pub use counterpart::{AlignOptions, Vectors};
pub(super) use probe::{Probe, Scratch};
pub use score::{Evidence, THRESHOLD};
pub(super) use score::{NOTHING, score as score_of};
pub(super) use shelf::{Filed, Item, Shelf};
pub use space::Space;
pub(super) use space::Spot;
#[cfg(test)]
pub(super) use space::tests;
pub(super) use table::Speaker;
pub use table::{align, evidence, unmatched};
