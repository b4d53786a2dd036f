//! Copies in the life of a ledger: kept, marked, counted once, and counted again when their original goes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

mod ledger_toy;

use ledger_toy::*;
use taizhang::compare::Selection;
use taizhang::ledger::{Ledger, Source};
use taizhang::query::Query;
use taizhang::table::TableName;

/// A plan of several hundred characters; `from` makes its wording.
fn plan(number: &str, date: &str, from: u32) -> String {
    let head = format!("江门市任务\n文号：{number}\n日期：{date}\n地区：440700 江门市 prefecture\n一、支付改革\n");
    let clause = |n: u32| {
        let words: String = (0..40)
            .filter_map(|at| char::from_u32(0x4e00 + (from * 7919 + n * 613 + at * 97 + n * at * 31) % 20_000))
            .filter(|c| !"一二三".contains(*c))
            .collect();
        format!("{}.{words}（市医保局）\n", n + 1)
    };
    head + &(0..10).map(clause).collect::<Vec<_>>().concat()
}

fn portal(text: &str) -> String {
    text.replace("一、支付改革", "浏览次数：99次\n一、支付改革")
}

const NUMBER: &str = "江府办〔2019〕13号";
const DAY: &str = "2019-03-11";

fn texts(ledger: &Ledger, query: &Query, column: &str) -> Vec<String> {
    let answer = ledger.query(query).unwrap();
    answer.values(column).map(|cell| cell.text().unwrap_or("-").to_owned()).collect()
}

fn documents(ledger: &Ledger) -> Vec<String> {
    texts(ledger, &Query::new(TableName::Documents), "id")
}

fn copies(ledger: &Ledger) -> Vec<(String, String)> {
    let table = ledger.copies().unwrap();
    let column = |name| table.values(name).map(|cell| cell.text().unwrap().to_owned()).collect::<Vec<_>>();
    column("document").into_iter().zip(column("same_as")).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

fn four_portals(ledger: &Ledger) {
    let whole = plan(NUMBER, DAY, 1);
    let cut: String = whole.split_inclusive('\n').take(12).collect();
    let unnumbered = portal(&whole).replace("文号", "索引");
    let sources = vec![
        text("a", &whole),
        text("b", &portal(&whole)),
        text("other", &plan("江府办〔2019〕14号", DAY, 2)),
        text("c", &cut),
    ];
    assert_eq!(ingest(ledger, sources).copies, pairs(&[("b", "a"), ("c", "a")]));
    // In another ingest the earlier ones are read from the store.
    let report = ingest(ledger, vec![text("d", &unnumbered)]);
    assert_eq!((report.added.as_slice(), report.copies), (&["d".to_owned()][..], pairs(&[("d", "a")])));
}

#[test]
fn one_plan_on_four_portals_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.tz");
    let ledger = open(&path);
    four_portals(&ledger);
    for _ in 0..2 {
        let ledger = open(&path);
        assert_eq!(documents(&ledger), ["a", "other"]);
        assert_eq!(copies(&ledger), pairs(&[("b", "a"), ("c", "a"), ("d", "a")]));
        let all = Query { copies: true, ..Query::new(TableName::Documents) };
        assert_eq!(texts(&ledger, &all, "id"), ["a", "b", "c", "d", "other"]);
        assert_eq!(texts(&ledger, &all, "same_as"), ["-", "a", "a", "a", "-"]);
        assert_eq!(ledger.ids().unwrap().len(), 5);
        let stats = ledger.stats().unwrap();
        assert_eq!((stats.documents, stats.copies), (5, 3));
        let clauses = Query::new(TableName::Clauses);
        assert_eq!(ledger.count(&clauses).unwrap(), 20);
        assert_eq!(ledger.count(&Query { text: vec!["医保局".into()], ..clauses.clone() }).unwrap(), 20);
        assert_eq!(ledger.count(&Query { copies: true, ..clauses.clone() }).unwrap(), 47);
        let compared = |copies| {
            let selection = Selection { copies, ..Selection::default() };
            ledger.compare(&selection).unwrap().places.values("documents").next().unwrap().int()
        };
        assert_eq!((compared(false), compared(true)), (Some(2), Some(5)));
        // Who names a document or a clause means that one.
        assert_eq!(ledger.count(&Query { document: vec!["c".into()], ..clauses.clone() }).unwrap(), 7);
        assert_eq!(ledger.count(&Query { clause: vec!["b#2".into()], ..clauses }).unwrap(), 1);
        ledger.check().unwrap();
        ledger.close().unwrap();
    }
    let table = ledger.copies().unwrap();
    let scores: Vec<f64> = table.values("score").filter_map(taizhang::table::Cell::float).collect();
    assert_eq!(scores, [1.0, 1.0, 1.0]);
    assert_eq!(
        table.values("reason").filter_map(taizhang::table::Cell::text).collect::<Vec<_>>(),
        ["number", "number", "text"]
    );
    assert_eq!(table.values("same_as_title").next().unwrap().text(), Some("江门市任务"));
}

#[test]
fn when_the_original_goes_the_next_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.tz");
    let ledger = open(&path);
    four_portals(&ledger);
    ledger.remove("a").unwrap();
    assert_eq!(documents(&ledger), ["b", "other"]);
    assert_eq!(copies(&ledger), pairs(&[("c", "b"), ("d", "b")]));
    ledger.remove("b").unwrap();
    ledger.remove("c").unwrap();
    assert_eq!(documents(&ledger), ["d", "other"]);
    // What comes again is older than those who came after it.
    ingest(&ledger, vec![text("a", &plan(NUMBER, DAY, 1))]);
    assert_eq!((documents(&ledger), copies(&ledger)), (vec!["a".into(), "other".into()], pairs(&[("d", "a")])));
    ledger.check().unwrap();
    ledger.close().unwrap();
    assert_eq!(copies(&open(&path)), pairs(&[("d", "a")]));
}

#[test]
fn a_new_version_is_no_copy_of_the_old_and_keeps_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("l.tz"));
    four_portals(&ledger);
    let amended = plan(NUMBER, DAY, 1).replace("江门市任务", "江门市任务书");
    let report = ingest(&ledger, vec![text("a", &amended)]);
    assert_eq!(report.new_versions, ["a"]);
    assert_eq!((documents(&ledger), copies(&ledger).len()), (vec!["a".into(), "other".into()], 3));
    // It becomes another plan: the next takes its place. Twice in one ingest: only the last counts.
    ingest(&ledger, vec![text("a", &plan(NUMBER, DAY, 5)), text("a", &plan("江府办〔2019〕20号", DAY, 6))]);
    assert_eq!(documents(&ledger), ["a", "b", "other"]);
    assert_eq!(copies(&ledger), pairs(&[("c", "b"), ("d", "b")]));
    // A copy becomes a plan of its own.
    ingest(&ledger, vec![text("d", &plan("江府办〔2019〕21号", DAY, 7))]);
    assert_eq!(documents(&ledger), ["a", "b", "d", "other"]);
    // The user's word on the day and the number is what counts.
    let said = [("date", "2020-01-01"), ("number", "江府办〔2020〕1号")];
    ingest(&ledger, vec![with(text("c", &portal(&plan(NUMBER, DAY, 1))), &said)]);
    assert_eq!(documents(&ledger), ["a", "b", "c", "d", "other"]);
    ledger.check().unwrap();
}

#[test]
fn what_is_found_depends_on_the_order_of_sources_alone() {
    let marks = |sources: &dyn Fn() -> Vec<Source>| {
        let folder = tempfile::tempdir().unwrap();
        let ledger = open(&folder.path().join("l.tz"));
        ingest(&ledger, sources());
        ledger.check().unwrap();
        copies(&ledger)
    };
    // More than a commit holds, so that some originals are written, some on their way.
    let many = || {
        let whole = |n: u32| plan(&format!("江府办〔2019〕{n}号"), DAY, n);
        let originals = (0..450).map(|n| text(&format!("a{n:03}"), &whole(n)));
        originals.chain((0..450).step_by(9).map(|n| text(&format!("b{n:03}"), &portal(&whole(n))))).collect()
    };
    let found = marks(&many);
    assert_eq!(found.len(), 50);
    assert!(found.iter().all(|(copy, original)| copy[1..] == original[1..]));
    assert_eq!(marks(&many), found);
}
