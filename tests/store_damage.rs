//! Kills, flipped bytes, second processes: nothing that was committed may be gone without a word.

#![allow(
    clippy::unwrap_used,
    clippy::format_push_string,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod ledger_toy;

use ledger_toy::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use taizhang::Result;
use taizhang::error::ErrorKind;
use taizhang::ledger::Ledger;
use taizhang::query::Query;
use taizhang::store::{Commit, Settings, Store};
use taizhang::table::TableName;

const SETTINGS: Settings = Settings { create: true, cache: 16 << 20, segment_size: 512 << 10 };

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

fn a_document(id: &str) -> Commit {
    let mut commit = Commit::default();
    commit.document(id, &[1; 32], 1);
    commit
}

#[test]
fn a_kill_between_store_and_witness_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let store = Store::open(&path, SETTINGS).unwrap();
    store.commit(a_document("a")).unwrap();
    store.commit_unwitnessed(a_document("b")).unwrap();
    // As a kill leaves it: the files as they are, the store not closed.
    copy(&path, &folder.path().join("killed"));
    let killed = Store::open(&folder.path().join("killed"), SETTINGS).unwrap();
    assert_eq!((killed.generation().number, killed.generation().documents), (2, 2));
    assert!(!folder.path().join("killed/aside").exists(), "all is well, so the copy is gone");
}

#[test]
fn a_store_behind_its_witness_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let store = Store::open(&path, SETTINGS).unwrap();
    store.commit(a_document("a")).unwrap();
    copy(&path.join("engine-1"), &folder.path().join("old"));
    store.commit(a_document("b")).unwrap();
    store.commit(a_document("c")).unwrap();
    let late = folder.path().join("late");
    copy(&path, &late);
    fs::remove_dir_all(late.join("engine-1")).unwrap();
    copy(&folder.path().join("old"), &late.join("engine-1"));
    let before = fs::read(late.join("engine-1/db")).unwrap();
    for _ in 0..2 {
        let error = Store::open(&late, SETTINGS).unwrap_err();
        let ErrorKind::Damaged { reason, .. } = error.kind() else { panic!("{error}") };
        assert!(
            reason.contains("the last 2 of its 3 commits are missing, and with them 2 of its 3 documents"),
            "{reason}"
        );
        assert!(reason.contains("aside"), "{reason}");
    }
    assert_eq!(fs::read(late.join("aside/db")).unwrap(), before, "the files as they were found are kept");

    fs::remove_dir_all(late.join("engine-1")).unwrap();
    let error = Store::open(&late, SETTINGS).unwrap_err();
    assert!(error.to_string().contains("3 documents, are missing"), "{error}");
    fs::remove_file(path.join("witness")).unwrap();
    copy(&path, &folder.path().join("blind"));
    let error = Store::open(&folder.path().join("blind"), SETTINGS).unwrap_err();
    assert!(error.to_string().contains("witness file is missing"), "{error}");
}

#[test]
fn reading_a_sealed_store_leaves_its_files_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.tz");
    let ledger = open(&path);
    ingest(&ledger, (0..30).map(|n| text(&format!("{n:02}"), &plan(n))).collect());
    drop(ledger);
    let files = || -> Vec<(PathBuf, Vec<u8>)> {
        walk(&path.join("engine-1"))
            .into_iter()
            .map(|(f, _)| (f.clone(), fs::read(path.join("engine-1").join(f)).unwrap()))
            .collect()
    };
    let sealed = files();
    let ledger = open(&path);
    ledger.query(&Query::new(TableName::Clauses)).unwrap();
    // A kill while reading leaves what stands here; the next open takes it for sealed.
    assert!(files() == sealed, "opening and reading wrote to the engine's files");
    drop(ledger);
    assert!(files() == sealed, "closing wrote to the engine's files");
}

/// What a ledger answers, whole.
fn answers(path: &Path) -> Result<String> {
    let ledger = Ledger::open(path, options())?;
    let mut out = String::new();
    for table in TableName::ALL {
        out.push_str(&format!("{:?}\n", ledger.query(&Query::new(table))?.rows().collect::<Vec<_>>()));
    }
    for id in ledger.ids()? {
        out.push_str(&format!("{:?}\n", ledger.document(&id)?));
    }
    ledger.check()?;
    Ok(out)
}

#[test]
fn a_flipped_bit_is_an_error_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.tz");
    let ledger = open(&path);
    for part in (0..24).collect::<Vec<_>>().chunks(8) {
        ingest(&ledger, part.iter().map(|n| text(&format!("{n:02}"), &plan(*n))).collect());
    }
    drop(ledger);
    let whole = answers(&path).unwrap();
    let sizes: Vec<(PathBuf, u64)> =
        walk(&path).into_iter().filter(|(f, _)| !f.ends_with("ballast") && !f.ends_with("lock")).collect();
    let mut state = 7u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let (mut errors, mut harmless) = (0, 0);
    for round in 0..40 {
        let damaged = folder.path().join(format!("flip{round}"));
        copy(&path, &damaged);
        // Half of the flips where the log has something, a quarter in the small files.
        let (file, size) = &sizes[draw(sizes.len() as u64) as usize];
        let file = damaged.join(file);
        let mut bytes = fs::read(&file).unwrap();
        let used = bytes.iter().rposition(|b| *b != 0).map_or(*size, |at| at as u64 + 1);
        let at = draw(used) as usize;
        bytes[at] ^= 1 << draw(8);
        fs::write(&file, &bytes).unwrap();
        match answers(&damaged) {
            Ok(found) => {
                assert_eq!(found, whole, "bit {at} of {} changed an answer", file.display());
                harmless += 1;
            }
            Err(error) => {
                let kind = error.kind();
                assert!(
                    matches!(
                        kind,
                        ErrorKind::Damaged { .. }
                            | ErrorKind::NotALedger { .. }
                            | ErrorKind::TooNew { .. }
                            | ErrorKind::Store { .. }
                    ),
                    "{error}"
                );
                errors += 1;
            }
        }
        fs::remove_dir_all(&damaged).unwrap();
    }
    println!("{errors} errors, {harmless} harmless");
    assert!(errors > 0);
}

fn walk(path: &Path) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            } else {
                let size = entry.metadata().unwrap().len();
                found.push((entry.path().strip_prefix(path).unwrap().to_owned(), size));
            }
        }
    }
    found.sort();
    found
}

/// Not a test of its own: what `a_second_process…` and `a_killed_process…` run in another process.
#[test]
#[ignore = "run by other tests in a process of its own"]
fn child() {
    let Ok(path) = std::env::var("TAIZHANG_TEST_LEDGER") else { return };
    if std::env::var("TAIZHANG_TEST_DO").as_deref() == Ok("open") {
        match Ledger::open(&path, options()) {
            Ok(_) => println!("opened"),
            Err(error) => println!("{:?} {error}", error.kind()),
        }
        return;
    }
    let ledger = open(Path::new(&path));
    for n in 0.. {
        let other = format!("{}x", plan(n));
        ingest(&ledger, vec![text(&format!("{n:04}"), &plan(n)), text(&format!("x{n:04}"), &other)]);
        println!("done {n}");
    }
}

fn child_process(path: &Path, what: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "child", "--nocapture"]);
    command
        .env("TAIZHANG_TEST_LEDGER", path)
        .env("TAIZHANG_TEST_DO", what)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

#[test]
fn a_second_process_is_told_who_has_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.tz");
    let ledger = open(&path);
    let run = || String::from_utf8(child_process(&path, "open").output().unwrap().stdout).unwrap();
    let said = run();
    assert!(said.contains("Locked") && said.contains("is open in another process; close it there"), "{said}");
    drop(ledger);
    assert!(run().contains("opened"));
}

#[test]
fn a_killed_process_leaves_all_that_it_had_committed() {
    use std::io::{BufRead, BufReader};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.tz");
    for round in 1..=3 {
        let mut child = child_process(&path, "ingest").spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(std::io::Result::ok);
        let last = lines.filter_map(|line| line.split("done ").nth(1)?.trim().parse::<usize>().ok());
        let last = last.take(round * 4).last().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let ledger = open(&path);
        assert!(ledger.documents().unwrap() >= 2 * (last as u64 + 1), "round {round}: {last}");
        assert_eq!(ledger.documents().unwrap() % 2, 0, "half a commit");
        ledger.check().unwrap();
    }
}
