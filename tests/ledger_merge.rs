//! Small ingests: their blocks are merged, and nothing else changes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

mod ledger_toy;

use ledger_toy::*;
use taizhang::query::Query;
use taizhang::table::TableName;

#[test]
fn many_small_ingests_answer_like_one() {
    let folder = tempfile::tempdir().unwrap();
    let small = open(&folder.path().join("small.tz"));
    let at_once = open(&folder.path().join("at-once.tz"));
    let source = |n: usize| text(&format!("{n:03}"), &plan(n));
    for part in (0..80).collect::<Vec<_>>().chunks(2) {
        ingest(&small, part.iter().map(|n| source(*n)).collect());
    }
    // Somebody reads while more comes: what he reads stays.
    let reading = small.stream(&Query::new(TableName::Assignments)).unwrap();
    let rows = small.count(&Query::new(TableName::Assignments)).unwrap();
    for n in 80..120 {
        ingest(&small, vec![source(n)]);
    }
    small.check().unwrap();
    assert_eq!(reading.map(|piece| piece.unwrap().num_rows() as u64).sum::<u64>(), rows);
    for n in 120..130 {
        ingest(&small, vec![source(n)]);
    }
    ingest(&small, vec![text("007", &plan(200))]);
    small.remove("011").unwrap();

    ingest(&at_once, (0..130).map(source).collect());
    ingest(&at_once, vec![text("007", &plan(200))]);
    at_once.remove("011").unwrap();
    for ledger in [&small, &at_once] {
        ledger.check().unwrap();
    }
    for table in TableName::ALL {
        let ask = |ledger: &taizhang::ledger::Ledger| ledger.query(&Query::new(table)).unwrap();
        assert_eq!(ask(&small), ask(&at_once), "{}", table.as_str());
    }
    let words = Query { text: vec!["第3步".into()], ..Query::new(TableName::Clauses) };
    assert!(small.count(&words).unwrap() > 20);
    assert_eq!(small.query(&words).unwrap(), at_once.query(&words).unwrap());
    drop(small);
    let small = open(&folder.path().join("small.tz"));
    small.check().unwrap();
    let commits = small.stats().unwrap().generation;
    assert!(commits > 92 + 5, "92 ingests and removals, and each eighth small ingest a merge: {commits}");
}
