//! Reread: every kept text read again with this library's rules and the user's metadata, older versions too.
//!
//! Guarantees: until all is read the ledger answers as before; a reread that was killed or interrupted goes on where it was,
//! as long as the ledger and the library are the same.

use super::compact::all;
use super::fresh::{Fresh, How};
use super::options::Options;
use super::report::Steps;
use super::shared::Shared;
use crate::error::Result;

/// Reads everything again; ids of documents at which the rules failed, which keep what was read before.
pub(super) fn reread(shared: &Shared, options: &Options, steps: &Steps<'_>) -> Result<Vec<String>> {
    let writing = shared.to_write()?;
    let documents = all(shared)?;
    let resume = Some(format!("reread with {}", options.reading));
    let failed =
        Fresh { shared, options, how: How::Read, documents, reading: Some(options.reading), resume, steps }.make();
    drop(writing);
    failed
}
