//! The seed documents through the real grammar, into a ledger and out again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use taizhang::compare::Selection;
use taizhang::ledger::{Ledger, Options, Progress, Reading, sources};
use taizhang::lexicon::Lexicon;
use taizhang::query::{Query, Verbatim};
use taizhang::record::{self, Document};
use taizhang::table::{Cell, TableName};
use taizhang::text::{SourceText, Span};

fn parse(text: &SourceText) -> Document {
    record::parse(text, Lexicon::embedded())
}

#[test]
fn the_seeds_come_out_as_they_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new(parse, Reading::default(), Arc::new(Verbatim));
    let ledger = Ledger::open(folder.path().join("seeds.tz"), options).unwrap();
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/documents");
    let progress = Progress { on_document: &|_, _, _| (), cancel: &AtomicBool::new(false) };
    let report = ledger.ingest(sources(seeds.to_str().unwrap()).unwrap(), &progress).unwrap();
    assert_eq!((report.added.len(), report.len()), (5, 5), "{report:?}");
    ledger.check().unwrap();

    for id in &report.added {
        let stored = ledger.document(id).unwrap();
        let bytes = std::fs::read(seeds.join(id)).unwrap();
        assert_eq!(stored.text.as_str().as_bytes(), bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes));
        assert_eq!(stored.document, parse(&stored.text));
        let mut query = Query::new(TableName::Clauses);
        query.document = vec![id.clone()];
        let clauses = ledger.query(&query).unwrap();
        let wording: Vec<String> = stored.document.clauses.iter().map(|c| stored.text.wording(&c.text)).collect();
        let answered: Vec<&str> = clauses.values("text").filter_map(Cell::text).collect();
        assert_eq!(answered, wording);
    }
    let assignments = ledger.query(&Query::new(TableName::Assignments)).unwrap();
    assert!(assignments.len() > 100);
    for row in 0..assignments.len() {
        let cell = |name| assignments.cell(row, name).unwrap();
        let stored = ledger.document(cell("document").text().unwrap()).unwrap();
        let span = Span::new(cell("start").int().unwrap() as u32, cell("end").int().unwrap() as u32);
        assert!(!stored.text.slice(span).is_empty());
        if row > 20 {
            break;
        }
    }
    let compared = ledger.compare(&Selection::default()).unwrap();
    assert_eq!(compared.places.len(), 5);
    println!("{:?}", compared.departments_wide.head(5).rows().collect::<Vec<_>>());
    println!("{:?}", ledger.stats().unwrap());
}
