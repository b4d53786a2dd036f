//! The life of a ledger: what comes, changes, goes, and what the ledger says of it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

mod ledger_toy;

use ledger_toy::parse; // a name that both globs bring
use ledger_toy::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use taizhang::error::ErrorKind;
use taizhang::ledger::{Content, Extract, Ledger, Options, Outcome, Progress, Reading, Source, sources};
use taizhang::query::Query;
use taizhang::table::TableName;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn texts(ledger: &Ledger, table: TableName, column: &str) -> Vec<String> {
    let answer = ledger.query(&Query::new(table)).unwrap();
    answer.values(column).filter_map(|cell| cell.text().map(str::to_owned)).collect()
}

#[test]
fn a_document_comes_changes_goes_and_comes_again() {
    let folder = folder();
    let path = folder.path().join("l.tz");
    let ledger = open(&path);
    let report = ingest(&ledger, vec![text("a", JIANGMEN), text("b", LINFEN)]);
    assert_eq!((report.added.as_slice(), report.len()), (&["a".to_owned(), "b".to_owned()][..], 2));
    let report = ingest(&ledger, vec![text("a", JIANGMEN), text("b", LINFEN)]);
    assert_eq!((report.unchanged.len(), report.len()), (2, 2));
    let stored = ledger.document("a").unwrap();
    assert_eq!((stored.text.as_str(), &stored.document), (JIANGMEN, &parse(&stored.text)));
    assert_eq!((stored.version, stored.encoding.as_str(), stored.reading), (1, "UTF-8", READING));

    let changed = JIANGMEN.replace("80%", "85%");
    assert_eq!(ingest(&ledger, vec![text("a", &changed)]).new_versions, ["a"]);
    assert_eq!(ledger.documents().unwrap(), 2);
    assert_eq!(texts(&ledger, TableName::Targets, "text"), ["签约覆盖率达到85%", "覆盖率达到90%"]);
    let versions = ledger.versions("a").unwrap();
    assert_eq!(versions.iter().map(|v| (v.version, v.current)).collect::<Vec<_>>(), [(1, false), (2, true)]);
    assert_eq!(ledger.document_version("a", 1).unwrap().text.as_str(), JIANGMEN);
    assert_eq!(ledger.document("a").unwrap().text.as_str(), changed);

    assert!(ledger.remove("a").unwrap());
    assert!(!ledger.remove("a").unwrap());
    assert!(!ledger.remove("never").unwrap());
    assert_eq!((ledger.ids().unwrap(), ledger.documents().unwrap()), (vec!["b".to_owned()], 1));
    assert!(matches!(ledger.document("a").unwrap_err().kind(), ErrorKind::UnknownDocument { .. }));
    assert_eq!(ingest(&ledger, vec![text("a", JIANGMEN)]).added, ["a"]);
    assert_eq!(ledger.document("a").unwrap().version, 3);
    ledger.check().unwrap();

    ledger.close().unwrap();
    assert!(matches!(ledger.documents().unwrap_err().kind(), ErrorKind::Closed { .. }));
    let ledger = open(&path);
    assert_eq!(ledger.ids().unwrap(), ["a", "b"]);
    assert_eq!(ledger.versions("a").unwrap().len(), 3);
    ledger.check().unwrap();
    let stats = ledger.stats().unwrap();
    assert_eq!((stats.documents, stats.versions, stats.rows["clauses"], stats.format), (2, 4, 6, 2));
    assert!(stats.disk > stats.tree_bytes.values().sum::<u64>());
}

#[test]
fn the_same_bytes_are_ingested_once() {
    let folder = folder();
    let ledger = open(&folder.path().join("l.tz"));
    let once = |a: &str, b: &str| vec![(a.to_owned(), b.to_owned())];
    let report = ingest(&ledger, vec![text("a", JIANGMEN), text("b", JIANGMEN), text("a", JIANGMEN)]);
    assert_eq!((report.added.len(), report.same_content, report.unchanged.len()), (1, once("b", "a"), 1));
    assert_eq!(ingest(&ledger, vec![text("b", JIANGMEN)]).same_content, once("b", "a"));
    // The first changes: the other's content is its own now, even in the same ingest.
    let report = ingest(&ledger, vec![text("a", LINFEN), text("b", JIANGMEN)]);
    assert_eq!((report.new_versions, report.added), (vec!["a".to_owned()], vec!["b".to_owned()]));
    // A text without an id has its hash for one.
    let report = ingest(&ledger, vec![Source::text(None, GUANGDONG), Source::text(None, GUANGDONG)]);
    assert_eq!((report.added[0].len(), report.unchanged.len()), (16, 1));
    // Twice in one ingest with other bytes: two versions.
    let report = ingest(&ledger, vec![text("c", "一"), text("c", "二"), text("c", "一")]);
    assert_eq!((report.added.len(), report.new_versions.len()), (1, 2));
    assert_eq!(ledger.versions("c").unwrap().len(), 3);
    ledger.check().unwrap();
}

#[test]
fn the_users_word_wins_and_stays() {
    let folder = folder();
    let ledger = open(&folder.path().join("l.tz"));
    let said = [("title", "新标题"), ("place", "江门"), ("tier", "三线"), ("year", "x")];
    ingest(&ledger, vec![with(text("a", JIANGMEN), &said), with(text("b", LINFEN), &[("region", "北")])]);
    assert_eq!(texts(&ledger, TableName::Documents, "title"), ["新标题", "临汾市任务"]);
    assert_eq!(texts(&ledger, TableName::Documents, "tier"), ["三线"]);
    assert_eq!(texts(&ledger, TableName::Documents, "user_year"), ["x"]);
    assert_eq!(texts(&ledger, TableName::Notes, "kind"), ["metadata-differs"]);
    assert_eq!(ingest(&ledger, vec![text("a", JIANGMEN)]).unchanged, ["a"], "to say nothing takes nothing back");
    assert_eq!(ingest(&ledger, vec![with(text("a", JIANGMEN), &said)]).unchanged, ["a"]);
    assert_eq!(ingest(&ledger, vec![with(text("a", JIANGMEN), &[("tier", "二线")])]).updated, ["a"]);
    assert_eq!(texts(&ledger, TableName::Documents, "title")[0], "江门市任务");
    assert_eq!(texts(&ledger, TableName::Documents, "tier"), ["二线"]);
    assert_eq!(ledger.versions("a").unwrap().len(), 1, "other metadata is no other version");
    ingest(&ledger, vec![text("a", LINFEN)]);
    assert_eq!(ledger.document("a").unwrap().metadata["tier"], "二线");
    ledger.check().unwrap();
}

#[test]
fn files_are_read_and_odd_ones_skipped_with_a_sentence() {
    let folder = folder();
    let plans = folder.path().join("plans");
    std::fs::create_dir(&plans).unwrap();
    let (gb, _, _) = encoding_rs::GB18030.encode(JIANGMEN);
    std::fs::write(plans.join("gb.txt"), &gb).unwrap();
    std::fs::write(plans.join("empty.txt"), " \n").unwrap();
    std::fs::write(plans.join("binary.txt"), b"MZ\x90\x00").unwrap();
    std::fs::write(plans.join("page.html"), "<p>一、目标</p><p>（一）任务。</p>").unwrap();
    std::fs::write(plans.join("zip.docx"), b"PK\x03\x04").unwrap();
    std::fs::write(plans.join("large.txt"), "x".repeat(2000)).unwrap();
    let ledger = Ledger::open(folder.path().join("l.tz"), Options { max_bytes: 1000, ..options() }).unwrap();
    let seen = std::sync::Mutex::new(Vec::new());
    let cancel = AtomicBool::new(false);
    let on_document =
        |id: &str, outcome: Outcome, done: usize| seen.lock().unwrap().push((id.to_owned(), outcome, done));
    let progress = Progress { on_document: &on_document, cancel: &cancel };
    let mut found = sources(plans.to_str().unwrap()).unwrap();
    found.push(Source::file("gone.txt", plans.join("gone.txt")));
    let report = ledger.ingest(found, &progress).unwrap();
    assert_eq!(report.added, ["gb.txt", "page.html"]);
    assert_eq!(ledger.document("page.html").unwrap().text.as_str(), "一、目标\n（一）任务。\n");
    assert_eq!(ledger.document("gb.txt").unwrap().encoding, "GB18030");
    let reasons: Vec<&str> = report.skipped.iter().map(|(_, reason)| reason.as_str()).collect();
    let words =
        ["zero bytes", "holds no text", "2000 bytes, more than the limit of 1000", "truncated", "cannot be read"];
    assert_eq!(reasons.len(), words.len());
    for (reason, says) in reasons.iter().zip(words) {
        assert!(reason.contains(says), "{reason}");
    }
    let seen = seen.into_inner().unwrap();
    assert_eq!(seen.len(), 7);
    assert_eq!(seen[2], ("gb.txt".to_owned(), Outcome::Added, 3));
}

#[test]
fn an_interrupted_ingest_keeps_what_it_reports() {
    let folder = folder();
    let ledger = open(&folder.path().join("l.tz"));
    let cancel = AtomicBool::new(false);
    let on_document = |_: &str, _: Outcome, done: usize| cancel.store(done >= 70, Ordering::Relaxed);
    let all: Vec<Source> = (0..300).map(|n| text(&format!("{n:03}"), &plan(n))).collect();
    let report = ledger.ingest(all, &Progress { on_document: &on_document, cancel: &cancel }).unwrap();
    assert!(report.interrupted);
    assert!((70..300).contains(&report.added.len()), "{}", report.added.len());
    assert_eq!(ledger.ids().unwrap(), report.added);
    ledger.check().unwrap();
}

#[test]
fn a_ledger_of_another_reading_answers_but_takes_nothing() {
    let folder = folder();
    let path = folder.path().join("l.tz");
    let ledger = open(&path);
    assert_eq!(ledger.reading_differs().unwrap(), None);
    ingest(&ledger, vec![text("a", JIANGMEN)]);
    drop(ledger);
    let newer = Reading { rules: 2, ..READING };
    let ledger = Ledger::open(&path, Options { reading: newer, ..options() }).unwrap();
    assert_eq!(ledger.reading_differs().unwrap(), Some((READING, newer)));
    assert_eq!(ledger.ids().unwrap(), ["a"]);
    assert!(matches!(try_ingest(&ledger, vec![text("b", LINFEN)]).unwrap_err().kind(), ErrorKind::Stale { .. }));
    ledger.remove("a").unwrap();
    ingest(&ledger, vec![text("b", LINFEN)]);
    assert_eq!(ledger.reading_differs().unwrap(), None, "an empty ledger takes the new reading");
}

#[test]
fn handles_of_one_process_share_the_store() {
    let folder = folder();
    let path = folder.path().join("l.tz");
    let first = open(&path);
    let second = open(&folder.path().join(".").join("l.tz"));
    ingest(&first, vec![text("a", JIANGMEN)]);
    assert_eq!(second.ids().unwrap(), ["a"]);
    first.close().unwrap();
    first.close().unwrap();
    ingest(&second, vec![text("b", LINFEN)]);
    drop(second);
    assert_eq!(open(&path).documents().unwrap(), 2);
}

#[test]
fn queries_run_beside_an_ingest_and_see_whole_commits() {
    let folder = folder();
    let ledger = open(&folder.path().join("l.tz"));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for part in (0..120).collect::<Vec<usize>>().chunks(20) {
                ingest(&ledger, part.iter().map(|n| text(&format!("{n:03}"), &plan(*n))).collect());
            }
            done.store(true, Ordering::Release);
        });
        while !done.load(Ordering::Acquire) {
            let clauses = texts(&ledger, TableName::Clauses, "document");
            let documents: std::collections::BTreeSet<&String> = clauses.iter().collect();
            assert_eq!(documents.len() % 20, 0);
        }
    });
    assert_eq!(ledger.documents().unwrap(), 120);
}

#[test]
fn foreign_newer_and_missing_folders_are_told_apart() {
    let folder = folder();
    let kind = |path: &Path, create: bool| {
        Ledger::open(path, Options { create, ..options() }).map(|_| ()).unwrap_err().kind().clone()
    };
    assert!(matches!(kind(&folder.path().join("none"), false), ErrorKind::NotALedger { .. }));
    let foreign = folder.path().join("foreign");
    std::fs::create_dir(&foreign).unwrap();
    assert!(matches!(kind(&foreign, false), ErrorKind::NotALedger { .. }));
    std::fs::write(foreign.join("thesis.doc"), "x").unwrap();
    assert!(matches!(kind(&foreign, true), ErrorKind::NotALedger { reason, .. } if reason.contains("thesis.doc")));
    assert_eq!(std::fs::read_dir(&foreign).unwrap().count(), 1, "nothing of ours is left there");
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    assert!(matches!(kind(&file, true), ErrorKind::NotALedger { .. }));

    let path = folder.path().join("l.tz");
    drop(open(&path));
    let format = std::fs::read_to_string(path.join("format")).unwrap();
    std::fs::write(path.join("format"), format.replace("format 2", "format 3")).unwrap();
    assert!(matches!(kind(&path, true), ErrorKind::TooNew { found: 3, known: 2, .. }));
}

#[test]
fn large_and_many_documents_are_cut_into_values_and_commits() {
    let folder = folder();
    let ledger = open(&folder.path().join("l.tz"));
    // A text that does not compress: more chunks than one.
    let mut state = 1u32;
    let noise = (0..400_000).filter_map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from_u32(0x4e00 + (state >> 16) % 20_000)
    });
    let large: String = noise.collect();
    let mut all: Vec<Source> = (0..1500).map(|n| text(&format!("{n:04}"), &plan(n))).collect();
    all.insert(700, text("large", &large));
    assert_eq!(ingest(&ledger, all).added.len(), 1501);
    assert_eq!(ledger.document("large").unwrap().text.as_str(), large);
    assert_eq!(ledger.document("1499").unwrap().text.as_str(), plan(1499));
    assert_eq!(ledger.stats().unwrap().generation, 4, "444 documents a commit");
    ledger.check().unwrap();
}

/// One random step.
#[derive(Debug, Clone)]
enum Step {
    Ingest(Vec<(u8, u8)>),
    Remove(u8),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => proptest::collection::vec((0..12u8, 0..8u8), 1..6).prop_map(Step::Ingest),
        2 => (0..12u8).prop_map(Step::Remove),
        1 => Just(Step::Reopen),
    ];
    proptest::collection::vec(step, 1..14)
}

#[test]
fn random_lives_end_as_a_map_says() {
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&steps(), |steps| {
        let folder = folder();
        let path = folder.path().join("l.tz");
        let mut ledger = open(&path);
        let mut model: BTreeMap<String, String> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Ingest(documents) => {
                    let documents: Vec<(String, String)> =
                        documents.into_iter().map(|(id, n)| (format!("d{id:02}"), plan(n as usize))).collect();
                    let report = ingest(&ledger, documents.iter().map(|(id, plan)| text(id, plan)).collect());
                    prop_assert_eq!(report.len(), documents.len());
                    for (id, plan) in documents {
                        let elsewhere = model.iter().any(|(other, text)| *other != id && *text == plan);
                        if model.contains_key(&id) || !elsewhere {
                            model.insert(id, plan);
                        }
                    }
                }
                Step::Remove(id) => {
                    let id = format!("d{id:02}");
                    prop_assert_eq!(ledger.remove(&id).unwrap(), model.remove(&id).is_some());
                }
                Step::Reopen => {
                    drop(ledger);
                    ledger = open(&path);
                }
            }
            prop_assert_eq!(ledger.documents().unwrap(), model.len() as u64);
        }
        prop_assert_eq!(ledger.ids().unwrap(), model.keys().cloned().collect::<Vec<_>>());
        for (id, text) in &model {
            let stored = ledger.document(id).unwrap();
            prop_assert_eq!(stored.text.as_str(), text);
        }
        let clauses: usize = model.values().map(|text| text.matches("做第").count()).sum();
        prop_assert_eq!(ledger.query(&Query::new(TableName::Clauses)).unwrap().len(), clauses);
        ledger.check().unwrap();
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn a_reader_outside_gives_the_text_and_the_file_its_hash() {
    let folder = tempfile::tempdir().unwrap();
    let plans = folder.path().join("plans");
    fs::create_dir(&plans).unwrap();
    fs::write(plans.join("a.PDF"), "%PDF 1").unwrap();
    fs::write(plans.join("b.pdf"), "%PDF 2").unwrap();
    fs::write(plans.join("c.txt"), LINFEN).unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let extract = {
        let asked = Arc::clone(&asked);
        Extract::new(move |file| {
            asked.lock().unwrap().push(file.file_name().unwrap().to_string_lossy().into_owned());
            if file.ends_with("b.pdf") { Err("it is scanned".to_owned()) } else { Ok(JIANGMEN.to_owned()) }
        })
    };
    let ledger = open(&folder.path().join("l.tz"));
    let read = |extract: Option<&Extract>| {
        let mut found = sources(plans.to_str().unwrap()).unwrap();
        if let Some(extract) = extract {
            found.iter_mut().filter(|s| s.is_pdf()).for_each(|s| s.content = Content::Extracted(extract.clone()));
        }
        let report = ingest(&ledger, found);
        let mut names = std::mem::take(&mut *asked.lock().unwrap());
        names.sort();
        (report, names)
    };
    let (alone, _) = read(None);
    assert_eq!((alone.added, alone.skipped.len()), (vec!["c.txt".to_owned()], 2), "a PDF needs its reader");
    assert!(alone.skipped[0].1.contains("it is a PDF"), "{:?}", alone.skipped);

    let (first, names) = read(Some(&extract));
    assert_eq!((first.added, names), (vec!["a.PDF".to_owned()], vec!["a.PDF".to_owned(), "b.pdf".to_owned()]));
    assert!(first.skipped[0].0.ends_with("b.pdf") && first.skipped[0].1.contains("it is scanned"));
    let stored = ledger.document("a.PDF").unwrap();
    assert_eq!(stored.text.as_str(), JIANGMEN);
    assert_eq!(stored.file.as_deref(), plans.join("a.PDF").to_str());
    assert_eq!(stored.sha256, format!("{:x}", Sha256::digest("%PDF 1")));

    let (again, names) = read(Some(&extract));
    assert_eq!((again.unchanged.len(), names), (2, vec!["b.pdf".to_owned()]), "what is known is not read again");
    fs::write(plans.join("a.PDF"), "%PDF 3").unwrap();
    assert_eq!(read(Some(&extract)).0.new_versions, ["a.PDF"]);
}
