//! Compact, rebuild, reread, backup: the ledger is written again and answers as before, or stays what it was.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

mod ledger_toy;

use ledger_toy::*;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use taizhang::error::ErrorKind;
use taizhang::index::{COLUMNS, DIRECTORIES, TEXTS};
use taizhang::ledger::{Ledger, Options, Reading, Source, Steps, sources};
use taizhang::query::Query;
use taizhang::record::Document;
use taizhang::store::{Chunk, Commit, Settings, Store};
use taizhang::table::TableName;
use taizhang::text::SourceText;

static NEVER: AtomicBool = AtomicBool::new(false);

fn steps() -> Steps<'static> {
    Steps { on_step: &|_, _| (), cancel: &NEVER }
}

/// What a ledger answers, whole; versions as asked.
fn answers(ledger: &Ledger, versions: bool) -> Vec<String> {
    let mut out = Vec::new();
    for table in TableName::ALL {
        out.extend(ledger.query(&Query::new(table)).unwrap().rows().map(|row| format!("{row:?}")));
    }
    for id in ledger.ids().unwrap() {
        out.push(format!("{:?}", ledger.document(&id).unwrap()));
        for version in ledger.versions(&id).unwrap().iter().filter(|_| versions) {
            out.push(format!("{version:?} {:?}", ledger.document_version(&id, version.version).unwrap()));
        }
    }
    out
}

/// Sixty documents in three ingests; some replaced, twice, some removed, some with other metadata.
fn lived(path: &Path) -> Ledger {
    let ledger = open(path);
    let sources = |range: std::ops::Range<usize>, more: &str| -> Vec<Source> {
        range.map(|n| text(&format!("{n:03}"), &format!("{}{more}", plan(n)))).collect()
    };
    ingest(&ledger, sources(0..40, ""));
    ingest(&ledger, sources(30..60, "7.另做一步（市文旅局）\n"));
    ingest(&ledger, sources(35..45, "8.再做一步（市文旅局）\n"));
    for n in [3, 33, 59] {
        assert!(ledger.remove(&format!("{n:03}")).unwrap());
    }
    ingest(&ledger, vec![with(text("004", &plan(4)), &[("batch", "x"), ("title", "另一标题")])]);
    ledger
}

fn folders(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.filter(|name| name.starts_with("engine") || name == "making").collect();
    names.sort();
    names
}

#[test]
fn a_compact_ledger_answers_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.tz");
    let ledger = lived(&path);
    let (before, with_versions) = (answers(&ledger, false), answers(&ledger, true));
    ledger.compact(None, &steps()).unwrap();
    // Which group a document lies in is nobody's business; all else is the same.
    assert_eq!(answers(&ledger, true), with_versions);
    ledger.check().unwrap();
    assert_eq!(folders(&path), ["engine-2"]);
    assert!(ledger.versions("003").is_err(), "removed documents are gone for good");

    ledger.compact(Some(1), &steps()).unwrap();
    assert_eq!(answers(&ledger, false), before);
    assert_eq!(ledger.versions("036").unwrap().iter().map(|v| v.version).collect::<Vec<_>>(), [2, 3]);
    ledger.compact(Some(0), &steps()).unwrap();
    assert_eq!(answers(&ledger, false), before);
    assert_eq!(ledger.versions("036").unwrap().len(), 1);
    let stats = ledger.stats().unwrap();
    assert_eq!((stats.documents, stats.versions), (57, 57));
    ledger.check().unwrap();

    // What comes later goes on where it was.
    let report = ingest(&ledger, vec![text("036", &plan(99)), text("003", &plan(3)), text("005", &plan(5))]);
    assert_eq!(
        (report.new_versions, report.added, report.unchanged),
        (vec!["036".to_owned()], vec!["003".to_owned()], vec!["005".to_owned()])
    );
    assert_eq!(ledger.versions("036").unwrap().last().unwrap().version, 4);
    ledger.check().unwrap();
    drop(ledger);
    let ledger = open(&path);
    assert_eq!(ledger.documents().unwrap(), 58);
    ledger.check().unwrap();
}

#[test]
fn a_compact_ledger_is_in_the_order_of_places_and_dates() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.tz");
    let ledger = open(&path);
    ingest(&ledger, vec![text("a", JIANGMEN), text("b", LINFEN), text("c", GUANGDONG)]);
    ledger.compact(None, &steps()).unwrap();
    drop(ledger);
    let store = Store::open(&path, Settings { create: false, cache: 16 << 20, segment_size: 512 << 10 }).unwrap();
    let ids: Vec<String> = (0..3).map(|n| store.get(&taizhang::index::HEADS, &n).unwrap().unwrap().id).collect();
    assert_eq!(ids, ["b", "c", "a"]);
}

#[test]
fn an_empty_ledger_can_be_compacted() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("l.tz"));
    ledger.compact(Some(0), &steps()).unwrap();
    ingest(&ledger, vec![text("a", JIANGMEN)]);
    ledger.compact(Some(0), &steps()).unwrap();
    ledger.check().unwrap();
    assert_eq!(ledger.documents().unwrap(), 1);
}

#[test]
fn an_interrupted_compact_leaves_the_ledger_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.tz");
    let ledger = lived(&path);
    let before = answers(&ledger, true);
    let cancel = AtomicBool::new(true);
    let error = ledger.compact(None, &Steps { on_step: &|_, _| (), cancel: &cancel }).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Interrupted), "{error}");
    assert_eq!(folders(&path), ["engine-1"]);
    assert_eq!(answers(&ledger, true), before);
    drop(ledger);
    // What a kill may leave behind: an engine that no witness names, one half made.
    fs::create_dir_all(path.join("engine-2")).unwrap();
    fs::create_dir_all(path.join("making/engine-1")).unwrap();
    let ledger = open(&path);
    assert_eq!(folders(&path), ["engine-1"]);
    assert_eq!(answers(&ledger, true), before);
}

#[test]
fn queries_beside_a_compact_see_one_state() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = lived(&folder.path().join("l.tz"));
    let before = answers(&ledger, true);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut rounds = 0;
                    while !done.load(Ordering::Relaxed) {
                        assert_eq!(answers(&ledger, true), before);
                        ledger.stats().unwrap();
                        rounds += 1;
                    }
                    rounds
                })
            })
            .collect();
        for _ in 0..4 {
            ledger.compact(None, &steps()).unwrap();
        }
        ledger.rebuild(&steps()).unwrap();
        done.store(true, Ordering::Relaxed);
        assert!(readers.into_iter().all(|reader| reader.join().unwrap() > 0));
    });
}

fn settings() -> Settings {
    Settings { create: false, cache: 16 << 20, segment_size: 512 << 10 }
}

#[test]
fn a_rebuild_mends_what_is_derived() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.tz");
    let ledger = lived(&path);
    let before = answers(&ledger, true);
    drop(ledger);
    let store = Store::open(&path, settings()).unwrap();
    let mut commit = Commit::default();
    commit.put(&COLUMNS, &(1, 0), &Chunk(vec![7; 9_000])).unwrap();
    store.commit(commit).unwrap();
    drop(store);
    let ledger = open(&path);
    let error = ledger.check().unwrap_err().to_string();
    assert!(error.contains("block 1") && error.contains("rebuild makes the rest anew"), "{error}");
    ledger.rebuild(&steps()).unwrap();
    ledger.check().unwrap();
    assert_eq!(answers(&ledger, true), before);
    drop(ledger);

    // Without directories it cannot be opened.
    let store = Store::open(&path, settings()).unwrap();
    let mut commit = Commit::default();
    commit.delete(&DIRECTORIES, &0);
    store.commit(commit).unwrap();
    drop(store);
    let error = Ledger::open(&path, options()).unwrap_err().to_string();
    assert!(error.contains("rebuild"), "{error}");
    Ledger::rebuild_at(&path, &options(), &steps()).unwrap();
    let ledger = open(&path);
    ledger.check().unwrap();
    assert_eq!(answers(&ledger, true), before);
    drop(ledger);

    // A text is no derived thing: the error names it.
    let store = Store::open(&path, settings()).unwrap();
    let mut commit = Commit::default();
    commit.put(&TEXTS, &(0, 0), &Chunk(vec![7; 90])).unwrap();
    store.commit(commit).unwrap();
    drop(store);
    let ledger = open(&path);
    for error in [
        ledger.check().unwrap_err(),
        ledger.rebuild(&steps()).unwrap_err(),
        ledger.compact(None, &steps()).unwrap_err(),
        ledger.document("000").unwrap_err(),
    ] {
        assert!(matches!(error.kind(), ErrorKind::Damaged { .. }) && error.to_string().contains("\"000\""), "{error}");
    }
    assert!(ledger.document("058").is_ok());
}

fn parse_anew(source: &SourceText) -> Document {
    let mut document = parse(source);
    document.number = Some(format!("新{}号", source.len()));
    document
}

fn other() -> Options {
    Options { parse: parse_anew, reading: Reading { rules: 2, lexicon: 0xabc }, ..options() }
}

#[test]
fn a_reread_reads_every_version_and_opens_the_door_for_ingest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.tz");
    drop(lived(&path));
    let ledger = Ledger::open(&path, other()).unwrap();
    let error = try_ingest(&ledger, vec![text("new", &plan(77))]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Stale { .. }) && error.to_string().contains("reread()"), "{error}");

    // Interrupted, it goes on another time.
    let (cancel, seen) = (AtomicBool::new(false), AtomicUsize::new(0));
    let stop = |done: usize, _: usize| {
        seen.fetch_max(done, Ordering::Relaxed);
        cancel.store(true, Ordering::Relaxed);
    };
    let stopped = ledger.reread(&Steps { on_step: &stop, cancel: &cancel });
    if let Err(error) = &stopped {
        assert!(matches!(error.kind(), ErrorKind::Interrupted), "{error}");
        assert_eq!(folders(&path), ["engine-1", "making"]);
        assert!(ledger.reading_differs().unwrap().is_some());
    }
    drop(ledger);
    let ledger = Ledger::open(&path, other()).unwrap();
    assert_eq!(ledger.reread(&steps()).unwrap(), Vec::<String>::new());
    assert_eq!(ledger.reading_differs().unwrap(), None);
    assert_eq!(folders(&path), ["engine-2"]);
    ledger.check().unwrap();
    for id in ledger.ids().unwrap() {
        for version in ledger.versions(&id).unwrap() {
            let stored = ledger.document_version(&id, version.version).unwrap();
            assert_eq!(stored.document.number, Some(format!("新{}号", stored.text.len())));
            assert_eq!(stored.reading, other().reading);
        }
    }
    assert_eq!(ledger.document("004").unwrap().document.title.as_deref(), Some("另一标题"), "the user's word wins");
    assert_eq!(ingest_other(&ledger), 1);
}

fn ingest_other(ledger: &Ledger) -> usize {
    ingest(ledger, vec![text("new", &plan(77)), text("005", &plan(5))]).added.len()
}

#[test]
fn a_backup_is_the_ledger_and_a_moved_ledger_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.tz");
    let ledger = lived(&path);
    let before = answers(&ledger, true);
    let copy = folder.path().join("copy.tz");
    ledger.backup(&copy).unwrap();
    for (target, says) in [
        (copy.clone(), "it exists"),
        (path.join("inside"), "inside the ledger"),
        (folder.path().join("no/such"), "above"),
    ] {
        let error = ledger.backup(&target).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    // Both live on, each for itself.
    let other = open(&copy);
    assert_eq!(answers(&other, true), before);
    other.check().unwrap();
    other.remove("000").unwrap();
    assert_eq!(answers(&ledger, true), before);
    drop((other, ledger));
    let moved = folder.path().join("elsewhere/l.tz");
    fs::create_dir(folder.path().join("elsewhere")).unwrap();
    fs::rename(&path, &moved).unwrap();
    let ledger = open(&moved);
    assert_eq!(answers(&ledger, true), before);
    ledger.check().unwrap();
    assert!(!folder.path().join(".copy.tz.part").exists());
}

#[test]
fn a_moved_source_folder_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here/plans"), folder.path().join("there/other"));
    fs::create_dir_all(here.join("广东")).unwrap();
    fs::create_dir_all(folder.path().join("there")).unwrap();
    fs::write(here.join("广东/a.txt"), JIANGMEN).unwrap();
    fs::write(here.join("b.txt"), LINFEN).unwrap();
    let ledger = open(&folder.path().join("l.tz"));
    assert_eq!(ingest(&ledger, sources(here.to_str().unwrap()).unwrap()).added.len(), 2);
    fs::rename(&here, &there).unwrap();
    let report = ingest(&ledger, sources(there.to_str().unwrap()).unwrap());
    assert_eq!((report.unchanged.len(), ledger.documents().unwrap()), (2, 2));
    // A glob of the folder gives the same ids.
    let glob = there.join("**/*.txt");
    assert_eq!(ingest(&ledger, sources(glob.to_str().unwrap()).unwrap()).unchanged.len(), 2);
}
