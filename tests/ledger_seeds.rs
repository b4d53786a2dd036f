//! The seed documents through the real grammar, into a ledger and out again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use std::path::Path;
use std::sync::atomic::AtomicBool;
use taizhang::compare::Selection;
use taizhang::ledger::{Ledger, Options, Progress, parse, sources};
use taizhang::query::Query;
use taizhang::table::{Cell, TableName};
use taizhang::text::Span;

#[test]
fn the_seeds_come_out_as_they_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path().join("seeds.tz"), Options::embedded()).unwrap();
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
    assert_eq!(compared.departments_wide.column_names().len(), 6);
    let jiangmen = Query { place: vec!["江门".into()], ..Query::new(TableName::Documents) };
    assert_eq!(ledger.count(&jiangmen).unwrap(), 1);
    let health =
        Query { function: vec!["卫健".into()], within: vec!["山西".into()], ..Query::new(TableName::Assignments) };
    assert!(ledger.count(&health).unwrap() > 10);
}
