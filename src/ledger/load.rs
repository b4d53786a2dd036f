//! Load: documents that were read elsewhere, into the ledger, without reading them again.
//!
//! In: rows of the table `records`. Out: what an ingest of the same files gives: versions, copies and metadata are settled
//! by the very code that settles them there; only the reading of texts is left out.

use super::exported::Row;
use super::ingest::ingest;
use super::options::Options;
use super::report::{Progress, Report};
use super::shared::Shared;
use super::source::Source;
use crate::error::{Error, ErrorKind, Result};
use crate::index::Reading;

/// Takes in rows. With `accept_other` they may have been read by other rules than this library's, all by the same ones.
pub(super) fn load(
    shared: &Shared,
    options: &Options,
    accept_other: bool,
    rows: impl Iterator<Item = Result<Row>>,
    progress: &Progress<'_>,
) -> Result<Report> {
    let mut rows = rows.peekable();
    let known = shared.reading().filter(|_| shared.store.generation().documents > 0);
    let reading = match (known, accept_other) {
        (Some(known), true) => known,
        // What the rows are read with, an empty ledger is from then on.
        (None, true) => match rows.peek() {
            Some(Ok(first)) => source(first.clone())?.1,
            _ => options.reading,
        },
        (_, false) => options.reading,
    };
    let options = Options { reading, ..options.clone() };
    let mut failed = None;
    let sources = std::iter::from_fn(|| {
        let next = rows.next()?.and_then(|row| same_reading(row, reading, accept_other));
        next.map_err(|error| failed = Some(error)).ok()
    });
    let report = ingest(shared, &options, sources.fuse(), progress);
    match failed {
        Some(error) => Err(error),
        None => report,
    }
}

/// The source of a row that was read as the ledger is.
fn same_reading(row: Row, reading: Reading, accepted: bool) -> Result<Source> {
    let place = row.place.clone();
    let (source, found) = source(row)?;
    if found == reading {
        return Ok(source);
    }
    let what_to_do = if accepted {
        "a ledger holds what was read in one way; parse the texts again, or load into a ledger of their own"
    } else {
        "parse the texts again, or load them with accept_other_reading=True into an empty ledger and call ledger.reread()"
    };
    let whose = if accepted { "the ledger" } else { "this library" };
    Err(cannot(&place, &format!("was read with {found}, {whose} reads with {reading}: {what_to_do}")))
}

fn source(row: Row) -> Result<(Source, Reading)> {
    let place = row.place.clone();
    row.source().map_err(|reason| cannot(&place, &reason))
}

/// An error of a row: what is wrong, as half a sentence.
pub(super) fn cannot(place: &str, reason: &str) -> Error {
    let (doing, reason) = ("load these documents".to_owned(), format!("{place} {reason}"));
    Error::new(ErrorKind::Store { doing, reason })
}
