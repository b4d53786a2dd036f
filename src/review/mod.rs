//! Review: what people say of a document's rows, kept apart from the machine's reading and applied to it.
//!
//! In: a record as the rules read it, its text, and the log of what was said of it. Out: [`Reviewed`], the record that
//! columns, postings and answers are made of, with a mark on each row that somebody looked at; and what became of each
//! entry of the log.
//!
//! Guarantees: the machine's record is never changed; the same record, text and log give the same rows; an entry that finds
//! no row is kept and flagged, never dropped; a log only grows (taking back is an entry too), so that the first entries of a
//! log give the rows that were shown when it had no more.

mod anchor;
mod apply;
mod correction;
mod fact;
mod field;
mod locate;
mod progress;
mod words;

pub use anchor::Anchor;
pub use apply::{Mark, Reviewed, apply, undone};
pub use correction::{Action, CORRECTIONS, Correction, Fields, LogKey};
pub use field::{Field, FieldKind, checked, fields};
pub use locate::{Asked, Outcome, State, choose, resolve};
pub use progress::{Entry as ProgressEntry, LIGHTS, PROGRESS, STEPS, Step};
pub use words::find;

use crate::record::Document;
use crate::text::{Extent, SourceText};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// What an entry about a row needs to know of the text it was made on.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The text.
    pub text: &'a SourceText,
    /// SHA-256 of the file's bytes, in hex.
    pub sha256: &'a str,
}

/// The id of an entry: sixteen hex digits that follow from all that it says.
fn id_of(entry: &impl Serialize) -> String {
    let digest = Sha256::digest(serde_json::to_vec(entry).unwrap_or_default());
    let digits = digest.iter().take(8).flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

/// Position (from 1) and path of the clause that a span lies in.
pub fn clause_at(document: &Document, extent: &Extent) -> Option<(u32, Vec<u32>)> {
    let inside = document.clauses.iter().zip(1..).find(|(clause, _)| clause.text.span.contains(extent.span));
    inside.map(|(clause, n)| (n, clause.path.clone()))
}
