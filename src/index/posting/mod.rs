//! Postings: which clauses of a block hold which pairs of characters, so that words are found without reading texts.
//!
//! In: the texts and records of a block's documents. Out: one immutable [`Run`] a block, and [`Postings`] to read it by.
//!
//! A *term* is two characters that follow each other in the tidied wording ([`tidy`](crate::text::tidy), without blanks:
//! what questions are compared with), or the last character and the end. A word of two characters is a term; one of one
//! character is the range of terms that it begins; a longer one holds all the terms in it, and whether they stand in a
//! row the text must say. A *unit* is a place that is told apart:
//!
//! ```text
//! 0 .. clauses                      the block's clauses, in the order of its rows
//! clauses .. clauses + documents    each document outside of its clauses, and where they meet the rest
//! … .. clauses + 2 · documents      pairs that only a heading's or a target's own gaps bring together
//! ```
//!
//! Guarantee: a clause's unit has a term exactly where its tidied wording has it; the clauses of a document and its unit
//! outside have together exactly the terms of its text, printed or without page furniture.

mod list;
mod lookup;
mod page;
mod run;
mod term;
mod unit;

pub(super) use lookup::Cached;
pub use lookup::{Lengths, List, Postings};
pub use run::{PAIRS, RUNS, Run, RunDirectory, build, build_of};
pub use term::Term;
pub use unit::{Occurrences, occurrences};

/// Reads every list of a page's bytes, as questions do; for the fuzz targets. Gives the number of units.
#[doc(hidden)]
pub fn read_page(bytes: &[u8], universe: u32) -> Result<usize, &'static str> {
    let page = page::Page::new(bytes.to_vec())?;
    let mut entries = Vec::new();
    page.each(&(Term::of_number(0)..Term::of_number(u64::MAX)), |entry| entries.push(entry))?;
    let (mut units, mut list, mut often) = (0, Vec::new(), Vec::new());
    for entry in &entries {
        page::entry_postings(&page, entry, universe, &mut list, &mut often)?;
        units += list.len();
    }
    Ok(units)
}
