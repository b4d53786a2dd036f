//! What people say of rows: it wins in every answer, and outlives whatever is done to the ledger.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::float_cmp,
    reason = "a panic is how a test fails; what a request says is written where it is made"
)]

mod ledger_toy;

use ledger_toy::*;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use taizhang::ledger::{Ledger, Options, ProgressRequest, Reading, Request, Steps};
use taizhang::query::{Counted, Query};
use taizhang::record::Document;
use taizhang::table::{Table, TableName};
use taizhang::text::SourceText;

static NEVER: AtomicBool = AtomicBool::new(false);

fn steps() -> Steps<'static> {
    Steps { on_step: &|_, _| (), cancel: &NEVER }
}

fn say(ledger: &Ledger, request: Value) -> taizhang::Result<String> {
    let mut whole = json!({"document": "jm", "by": "甲", "when": "2025-01-02T03:04:05"});
    whole.as_object_mut().unwrap().extend(request.as_object().unwrap().clone());
    let request: Request = serde_json::from_value(whole).unwrap();
    Ok(ledger.review(&[request])?.remove(0))
}

fn rows(ledger: &Ledger, table: TableName, columns: &[&str]) -> Vec<Vec<String>> {
    let columns = columns.iter().map(|name| (*name).to_owned()).collect();
    cells(&ledger.query(&Query { document: vec!["jm".into()], columns, ..Query::new(table) }).unwrap())
}

fn cells(table: &Table) -> Vec<Vec<String>> {
    table
        .rows()
        .map(|row| {
            let text = |cell: &taizhang::table::Cell<'_>| match cell {
                taizhang::table::Cell::Null => String::new(),
                cell => cell
                    .text()
                    .map(str::to_owned)
                    .or_else(|| cell.int().map(|n| n.to_string()))
                    .or_else(|| cell.float().map(|n| n.to_string()))
                    .unwrap_or_else(|| format!("{cell:?}")),
            };
            row.iter().map(text).collect()
        })
        .collect()
}

/// Where words first stand in the text of the plan.
fn at(words: &str) -> (u32, u32) {
    let start = JIANGMEN.find(words).unwrap();
    let start = JIANGMEN[..start].chars().count() as u32;
    (start, start + words.chars().count() as u32)
}

fn point(table: &str, clause: u32, words: &str, more: Value) -> Value {
    let (start, end) = at(words);
    let mut request = json!({"table": table, "clause": clause, "start": start, "end": end});
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

/// A ledger of three plans, of one of which something was said in every way.
fn spoken_of(path: &Path) -> Ledger {
    let ledger = open(path);
    ingest(&ledger, vec![text("jm", JIANGMEN), text("lf", LINFEN), text("gd", GUANGDONG)]);
    let target = ledger.query(&Query { document: vec!["jm".into()], ..Query::new(TableName::Targets) }).unwrap();
    let place = |name| target.values(name).next().unwrap().int().unwrap();
    let set = json!({"action": "set", "table": "targets", "clause": 2, "start": place("start"), "end": place("end"),
        "fields": {"value": 85, "deadline": "2026"}, "note": "见附件"});
    say(&ledger, set).unwrap();
    say(&ledger, point("assignments", 1, "市医保局", json!({"action": "confirm"}))).unwrap();
    say(&ledger, point("assignments", 1, "市卫健局", json!({"action": "reject"}))).unwrap();
    let add = json!({"action": "add", "table": "assignments", "clause": 4, "words": "宣传", "fields":
        {"body": "市委宣传部", "function": "医保", "role": "lead"}});
    say(&ledger, add).unwrap();
    ledger
}

fn shown(ledger: &Ledger) -> Vec<Vec<Vec<String>>> {
    vec![
        rows(ledger, TableName::Assignments, &["clause", "body", "function", "role", "reviewed", "why"]),
        rows(ledger, TableName::Targets, &["value", "deadline", "reviewed"]),
        rows(ledger, TableName::Documents, &["assignments", "targets"]),
    ]
}

#[test]
fn what_is_said_wins_in_every_answer() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = spoken_of(&folder.path().join("l.tz"));
    let [assignments, targets, documents] = &shown(&ledger)[..] else { panic!() };
    assert_eq!(assignments[0][1..5], ["市医保局", "health-insurance", "lead", "confirmed"]);
    assert!(assignments.iter().all(|row| !(row[0] == "jm#1" && row[1] == "市卫健局")), "rejected rows are gone");
    let added = assignments.iter().find(|row| row[4] == "added").unwrap();
    assert_eq!(added[..], ["jm#4", "市委宣传部", "health-insurance", "lead", "added", "review.added"]);
    assert_eq!(targets[..], [["85", "2026", "corrected"]]);
    assert_eq!(documents[0], ["4", "1"]);
    // Filters, counts, crosses and the document itself see no other.
    let count = |query: Query| ledger.count(&query).unwrap();
    let of = |table| Query { document: vec!["jm".into()], ..Query::new(table) };
    assert_eq!(count(Query { due: Some(2026), ..of(TableName::Targets) }), 1);
    assert_eq!(count(Query { value_from: Some(85.0), ..of(TableName::Targets) }), 1);
    assert_eq!(count(Query { function: vec!["医保".into()], ..of(TableName::Assignments) }), 2);
    let cross = ledger.cross(&of(TableName::Assignments), &["reviewed".to_owned()], Counted::Rows).unwrap();
    assert_eq!(cells(&cross), [["added", "1"], ["confirmed", "1"], ["", "2"]]);
    let all = ledger.cross(&Query::new(TableName::Targets), &["reviewed".to_owned()], Counted::Rows).unwrap();
    assert_eq!(cells(&all), [["corrected", "1"], ["", "1"]]);
    assert_eq!(ledger.document("jm").unwrap().document.targets[0].value, 85.0);
    assert_eq!(ledger.versions("jm").unwrap().len(), 1, "a correction makes no version");
    ledger.check().unwrap();
}

#[test]
fn it_outlives_upkeep() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.tz");
    let ledger = spoken_of(&path);
    let before = shown(&ledger);
    let listed = cells(&ledger.corrections().unwrap());
    assert_eq!(listed.len(), 7, "{listed:?}");
    let same = |ledger: &Ledger, after: &str| {
        assert_eq!(shown(ledger), before, "{after}");
        assert_eq!(cells(&ledger.corrections().unwrap()), listed, "{after}");
        ledger.check().unwrap();
    };
    ledger.compact(None, &steps()).unwrap();
    same(&ledger, "compact");
    ledger.compact(Some(0), &steps()).unwrap();
    same(&ledger, "compact without versions");
    ledger.rebuild(&steps()).unwrap();
    same(&ledger, "rebuild");
    for n in 0..20 {
        ingest(&ledger, vec![text(&format!("p{n}"), &plan(n))]);
    }
    same(&ledger, "merge of small blocks");
    ledger.backup(folder.path().join("copy.tz")).unwrap();
    same(&open(&folder.path().join("copy.tz")), "backup");
    ledger.close().unwrap();
    same(&open(&path), "close and open");
}

/// Other rules: groups are not read at all, a target is read with other bounds.
fn parse_less(text: &SourceText) -> Document {
    let mut document = parse(text);
    document.assignments.clear();
    document.targets.iter_mut().for_each(|target| target.value += 1.0);
    document
}

#[test]
fn it_outlives_other_rules() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.tz");
    spoken_of(&path).close().unwrap();
    let other = Options { parse: parse_less, reading: Reading { rules: 2, lexicon: 1 }, ..options() };
    let ledger = Ledger::open(&path, other).unwrap();
    // What is said of a ledger of another reading leaves its reading alone.
    let found = ledger.reading_differs().unwrap();
    assert!(found.is_some());
    say(&ledger, point("assignments", 2, "市卫健局", json!({"action": "confirm"}))).unwrap_err();
    assert_eq!(ledger.reading_differs().unwrap(), found);
    ledger.reread(&steps()).unwrap();
    let [assignments, targets, _] = &shown(&ledger)[..] else { panic!() };
    let bodies: Vec<&str> = assignments.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(bodies, ["市医保局", "市委宣传部"], "confirmed and added rows stay, whatever the rules read");
    assert_eq!(assignments[0][4..], ["confirmed", "review.kept"]);
    assert_eq!(targets[..], [["85", "2026", "corrected"]]);
    let states = ledger.corrections().unwrap();
    assert!(states.values("state").all(|cell| cell.text() == Some("applied")));
    ledger.check().unwrap();
}

#[test]
fn a_changed_text_moves_or_flags_it() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = spoken_of(&folder.path().join("l.tz"));
    let changed = JIANGMEN.replace("一、支付改革", "（修订）\n一、支付改革").replace("宣传", "宣讲");
    let report = ingest(&ledger, vec![text("jm", &changed)]);
    assert_eq!(report.new_versions, ["jm"]);
    let listed = ledger.corrections().unwrap();
    let states: Vec<_> = listed
        .values("state")
        .zip(listed.values("action"))
        .map(|(s, a)| (s.text().unwrap(), a.text().unwrap()))
        .collect();
    assert_eq!(
        states,
        [
            ("moved", "set"),
            ("moved", "set"),
            ("moved", "confirm"),
            ("moved", "reject"),
            ("flagged", "add"),
            ("flagged", "add"),
            ("flagged", "add")
        ]
    );
    let [assignments, targets, _] = &shown(&ledger)[..] else { panic!() };
    assert_eq!(targets[..], [["85", "2026", "corrected"]]);
    assert!(assignments.iter().all(|row| row[1] != "市委宣传部" && !(row[0] == "jm#1" && row[1] == "市卫健局")));
    // The old text again: all of it holds.
    ingest(&ledger, vec![text("jm", JIANGMEN)]);
    assert!(ledger.corrections().unwrap().values("state").all(|cell| cell.text() == Some("applied")));
    ledger.check().unwrap();
    // Removed and come again.
    ledger.remove("jm").unwrap();
    assert!(ledger.corrections().unwrap().values("state").all(|cell| cell.text() == Some("flagged")));
    ingest(&ledger, vec![text("jm", JIANGMEN)]);
    assert_eq!(shown(&ledger)[1], [["85", "2026", "corrected"]]);
}

#[test]
fn it_is_undone_exported_and_imported() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = spoken_of(&folder.path().join("l.tz"));
    let before = shown(&ledger);
    let lines = ledger.export_corrections().unwrap();
    assert_eq!(lines.lines().count(), 4);

    let other = open(&folder.path().join("other.tz"));
    let imported = other.import_corrections(&lines).unwrap();
    assert_eq!((imported.added, imported.known, imported.waiting), (4, 0, 4));
    ingest(&other, vec![text("jm", JIANGMEN)]);
    assert_eq!(shown(&other), before, "what waited holds");
    let imported = other.import_corrections(&lines).unwrap();
    assert_eq!((imported.added, imported.known), (0, 4), "twice is once");
    other.check().unwrap();

    let third = open(&folder.path().join("third.tz"));
    ingest(&third, vec![text("jm", JIANGMEN)]);
    let machine = shown(&third);
    assert_eq!(third.import_corrections(&lines).unwrap().added, 4);
    assert_eq!(shown(&third), before);

    let ids: Vec<String> = ledger.corrections().unwrap().values("id").map(|c| c.text().unwrap().to_owned()).collect();
    assert_eq!(ledger.undo(&ids, "乙", "2025-02-01").unwrap(), 4);
    assert_eq!(ledger.undo(&ids, "乙", "2025-02-02").unwrap(), 0);
    assert_eq!(shown(&ledger), machine, "what is taken back leaves the machine's reading");
    assert!(ledger.corrections().unwrap().values("state").all(|cell| cell.text() == Some("undone")));
    assert!(ledger.undo(&["x".to_owned()], "乙", "1").unwrap_err().to_string().contains("no correction"));
    ledger.check().unwrap();
    ledger.compact(Some(0), &steps()).unwrap();
    assert_eq!(shown(&ledger), machine);
    // Said again, it holds again, and travels so.
    let again = point("assignments", 1, "市医保局", json!({"action": "confirm"}));
    assert!(ids.contains(&say(&ledger, again).unwrap()), "the same words have the same id");
    assert_eq!(shown(&ledger)[0][0][4], "confirmed");
    let fourth = open(&folder.path().join("fourth.tz"));
    ingest(&fourth, vec![text("jm", JIANGMEN)]);
    let lines = ledger.export_corrections().unwrap();
    assert_eq!(fourth.import_corrections(&lines).unwrap().added, 9);
    assert_eq!(shown(&fourth), shown(&ledger));
    assert_eq!(fourth.import_corrections(&lines).unwrap().added, 0);
    // What comes from outside says nothing of a row's place but by its anchor.
    let hostile = lines.lines().find(|line| line.contains("\"add\"")).unwrap();
    let mut hostile: Value = serde_json::from_str(hostile).unwrap();
    hostile["seen"] = json!({"clause": 99, "name": {"span": {"start": 0, "end": 9999}, "removed": []}});
    hostile["when"] = json!("later");
    fourth.import_corrections(&hostile.to_string()).unwrap();
    assert!(shown(&fourth)[0].iter().all(|row| row[0] != "jm#99"));
    hostile["anchor"] = json!({"start": 3, "end": 99999, "removed": [[9, 4]], "words": "x"});
    fourth.import_corrections(&hostile.to_string()).unwrap();
    assert_eq!(fourth.corrections().unwrap().values("state").last().unwrap().text(), Some("flagged"));
    fourth.check().unwrap();
    assert!(ledger.import_corrections("{}").unwrap_err().to_string().contains("line 1"));
}

#[test]
fn what_makes_no_sense_is_refused_and_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("l.tz"));
    ingest(&ledger, vec![text("jm", JIANGMEN)]);
    let body = |more: Value| point("assignments", 1, "市医保局", more);
    let cases = [
        (body(json!({"action": "set", "fields": {"role": "boss"}})), "one of lead"),
        (body(json!({"action": "set", "fields": {"rolle": "lead"}})), "cannot be corrected; what can"),
        (body(json!({"action": "set", "fields": {"function": "没有"}})), "没有"),
        (body(json!({"action": "set", "fields": {}})), "at least one"),
        (body(json!({"action": "set", "fields": {"part": 2}, "by": " "})), "by and when"),
        (
            json!({"action": "confirm", "table": "assignments", "clause": 1, "start": 3, "end": 4}),
            "no row of assignments",
        ),
        (
            json!({"action": "add", "table": "targets", "clause": 1, "words": "率九成", "fields": {}}),
            "not in the clause",
        ),
        (json!({"action": "add", "table": "targets", "clause": 9, "words": "率", "fields": {}}), "no clause #9"),
        (json!({"action": "add", "table": "targets", "words": "市卫健局", "fields": {}}), "stands 2 times"),
        (json!({"action": "add", "table": "targets", "words": "推进", "fields": {"value": 3}}), "needs indicator"),
        (json!({"action": "add", "table": "assignments", "words": "江门市任务", "fields": {}}), "stand in none"),
        (
            point("clauses", 1, "推进支付（市医保局、市卫健局）", json!({"action": "reject"})),
            "none is added or rejected",
        ),
        (json!({"action": "reject", "table": "documents"}), "ledger.remove"),
        (json!({"action": "confirm", "table": "notes", "start": 1, "end": 2}), "rows of notes"),
        (json!({"action": "confirm", "table": "plans"}), "no table"),
    ];
    for (request, says) in cases {
        let error = say(&ledger, request.clone()).unwrap_err().to_string();
        assert!(error.contains(says), "{request}: {error}");
    }
    assert!(say(&ledger, json!({"document": "x", "action": "confirm", "table": "documents"})).is_err());
    assert_eq!(cells(&ledger.corrections().unwrap()).len(), 0);
    // Documents and clauses have fields of their own.
    say(&ledger, json!({"action": "set", "table": "documents", "fields": {"place": "141000", "issued": "2020-02", "issuers": "甲局、乙局"}})).unwrap();
    let clause = point(
        "clauses",
        1,
        "推进支付（市医保局、市卫健局）",
        json!({"action": "set", "fields": {"kind": "preamble", "topic": "x"}}),
    );
    say(&ledger, clause).unwrap();
    assert_eq!(
        rows(&ledger, TableName::Documents, &["adcode", "level", "issued", "year", "issuers", "reviewed"]),
        [["141000", "prefecture", "2020-02", "2020", "甲局、乙局", "corrected"]]
    );
    assert_eq!(rows(&ledger, TableName::Clauses, &["kind", "topic", "reviewed"])[0], ["preamble", "x", "corrected"]);
    let within = Query { within: vec!["140000".into()], ..Query::new(TableName::Clauses) };
    assert_eq!(ledger.count(&within).unwrap(), 4, "a corrected place is found there");
}

#[test]
fn progress_follows_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = spoken_of(&folder.path().join("l.tz"));
    let report = |status: u8, period: &str, when: &str| -> taizhang::Result<Vec<String>> {
        let mut request = point("clauses", 1, "推进支付（市医保局、市卫健局）", json!({}));
        let more = json!({"document": "jm", "period": period, "status": status, "by": "甲", "when": when, "evidence": "=文件"});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ledger.report_progress(&[serde_json::from_value::<ProgressRequest>(request).unwrap()])
    };
    let first = report(2, "2019Q1", "2019-04-01").unwrap();
    assert_eq!(report(2, "2019Q1", "2019-04-01").unwrap(), first, "twice is once");
    report(5, "2019Q2", "2019-07-01").unwrap();
    assert!(report(6, "2019Q2", "x").unwrap_err().to_string().contains("未启动"));
    assert!(report(5, "上半年", "x").unwrap_err().to_string().contains("2025Q2"));
    let reports = ledger.progress_reports().unwrap();
    let of = |name| cells(&reports.select(&[name]).unwrap()).concat();
    assert_eq!(of("clause"), ["jm#1", "jm#1"]);
    assert_eq!(of("status"), ["2", "5"]);
    assert_eq!(of("light"), ["yellow", "green"]);
    ledger.compact(Some(0), &steps()).unwrap();
    assert_eq!(cells(&ledger.progress_reports().unwrap()), cells(&reports));
    let changed = JIANGMEN.replace("1.推进支付", "1.加快推进支付");
    ingest(&ledger, vec![text("jm", &changed)]);
    let reports = ledger.progress_reports().unwrap();
    assert!(reports.values("state").all(|cell| cell.text() == Some("flagged")), "{:?}", cells(&reports));
    ledger.check().unwrap();
}
