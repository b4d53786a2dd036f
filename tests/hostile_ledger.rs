//! Hostile ledgers: values that somebody meant to be wrong, with checksums that fit, as docs/threat-model.md has it.
//!
//! Each is written through the store, as a forger would, and the ledger then opened, asked, checked and made anew. What
//! must come is an answer or an error; a panic fails the test, and so does memory or time without bound (the test ends).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use taizhang::index::{
    COLUMNS, DIRECTORIES, Directory, GONE, GoneBits, HEADS, Head, RECORDS, SKETCHES, TEXTS, Values, pack_group,
    pack_texts, posting,
};
use taizhang::ledger::{Ledger, Options, Progress, Source, Steps};
use taizhang::query::Query;
use taizhang::store::{Chunk, Commit, Key, Settings, Store, Stored, Tree};
use taizhang::table::TableName;
use tempfile::TempDir;

const PLAN: &str = "江门市关于加强医保工作的通知\n一、总体要求\n（一）完善制度。到2025年，覆盖率达到70%。（市医保局牵头，市财政局配合）\n（二）推进支付方式改革。2024年底前完成。（市卫生健康局负责）\n";

/// A ledger of five documents, one of them in three versions.
fn ledger() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tz");
    let ledger = Ledger::open(&path, Options::embedded()).unwrap();
    let progress = Progress { on_document: &|_, _, _| (), cancel: &AtomicBool::new(false) };
    for version in 0..3 {
        let text = |n: usize| {
            let version = if n == 0 { version } else { 0 };
            Source::text(Some(n.to_string()), format!("{PLAN}（三）第{n}项，第{version}版。（市教育局负责）\n"))
        };
        ledger.ingest((0..5).map(text), &progress).unwrap();
    }
    drop(ledger);
    (folder, path)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn store(path: &Path) -> Store {
    Store::open(path, Settings { create: false, cache: 16 << 20, segment_size: 512 << 10 }).unwrap()
}

/// Writes values into a ledger as a commit of its own.
fn forge(path: &Path, values: impl FnOnce(&Store, &mut Commit)) {
    let store = store(path);
    let mut commit = Commit::after(store.generation());
    values(&store, &mut commit);
    store.commit(commit).unwrap();
    store.seal().unwrap();
    store.close().unwrap();
}

/// Everything that a ledger can be asked, each an answer or an error; how many errors there were.
fn ask(path: &Path) -> usize {
    let begun = Instant::now();
    let ledger = match Ledger::open(path, Options { create: false, ..Options::embedded() }) {
        Ok(ledger) => ledger,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return 1;
        }
    };
    let steps = Steps { on_step: &|_, _| (), cancel: &AtomicBool::new(false) };
    let mut errors = 0;
    let mut count = |failed: bool| errors += usize::from(failed);
    for table in TableName::ALL {
        count(ledger.query(&Query::new(table)).is_err());
        let words = Query { text: vec!["支付方式".to_owned()], ..Query::new(table) };
        count(ledger.query(&words).is_err());
    }
    for n in 0..6 {
        count(ledger.document(&n.to_string()).is_err());
        count(ledger.versions(&n.to_string()).is_err());
    }
    count(ledger.check().is_err());
    count(ledger.compact(None, &steps).is_err());
    drop(ledger);
    assert!(begun.elapsed() < Duration::from_secs(120), "it took {:?}", begun.elapsed());
    errors
}

/// All keys and values of a tree, as payloads.
fn all<K: Key + ?Sized, V: Stored>(store: &Store, tree: &Tree<K, V>) -> Vec<(Vec<u8>, V)> {
    let mut found = Vec::new();
    store
        .scan(tree, |key, value| {
            found.push((key.to_vec(), value));
            Ok(true)
        })
        .unwrap();
    found
}

fn run_key(key: &[u8]) -> (u32, u16) {
    (u32::from_be_bytes(key[..4].try_into().unwrap()), u16::from_be_bytes(key[4..6].try_into().unwrap()))
}

/// A small seeded generator (`SplitMix64`).
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }

    /// Bytes changed as a forger would: numbers in front, cut ends, bytes put in.
    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(3) {
            if bytes.is_empty() {
                return;
            }
            let at = if self.below(2) == 0 { self.below(bytes.len().min(40)) } else { self.below(bytes.len()) };
            match self.below(5) {
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = 0xff,
                2 => bytes.truncate(at),
                3 => bytes.insert(at, self.below(256) as u8),
                _ => _ = bytes.remove(at),
            }
        }
    }
}

/// A value of a tree, mutated until it decodes again, put back under its key.
fn put_mutated<K: Key + ?Sized, V: Stored>(draw: &mut Draw, value: &V, put: impl FnOnce(&V), _: &Tree<K, V>) {
    let payload = value.to_payload().unwrap();
    for _ in 0..50 {
        let mut bytes = payload.clone();
        draw.mutate(&mut bytes);
        if let Ok(mutated) = V::from_payload(&bytes) {
            return put(&mutated);
        }
    }
}

#[test]
fn values_that_were_meant_to_be_wrong_are_errors_or_answers() {
    let (folder, path) = ledger();
    assert_eq!(ask(&path), 2, "only what was never there: one document and its versions");
    let (mut faults, rounds) = (0, 40);
    for seed in 0..rounds {
        let mut draw = Draw(seed);
        let forged = folder.path().join(format!("{seed}.tz"));
        copy(&path, &forged);
        forge(&forged, |store, commit| {
            let number = |key: &[u8]| u32::from_be_bytes(key[..4].try_into().unwrap());
            let mut chunk = |tree: &Tree<(u32, u16), Chunk>| {
                let values = all(store, tree);
                let (key, value) = &values[draw.below(values.len())];
                put_mutated(&mut draw, value, |value| commit.put(tree, &run_key(key), value).unwrap(), tree);
            };
            match seed % 8 {
                0 => chunk(&TEXTS),
                1 => chunk(&RECORDS),
                2 => chunk(&COLUMNS),
                3 => chunk(&posting::PAIRS),
                4 => chunk(&SKETCHES),
                5 => {
                    let values = all(store, &DIRECTORIES);
                    let (key, value) = &values[draw.below(values.len())];
                    put_mutated(&mut draw, value, |v| commit.put(&DIRECTORIES, &number(key), v).unwrap(), &DIRECTORIES);
                }
                6 => {
                    let values = all(store, &posting::RUNS);
                    let (key, value) = &values[draw.below(values.len())];
                    put_mutated(
                        &mut draw,
                        value,
                        |v| commit.put(&posting::RUNS, &number(key), v).unwrap(),
                        &posting::RUNS,
                    );
                }
                _ => {
                    let values = all(store, &HEADS);
                    let (key, value) = &values[draw.below(values.len())];
                    put_mutated(&mut draw, value, |v| commit.put(&HEADS, &number(key), v).unwrap(), &HEADS);
                }
            }
        });
        faults += usize::from(ask(&forged) > 2);
        std::fs::remove_dir_all(&forged).unwrap();
    }
    println!("{faults} of {rounds} forged ledgers gave an error, the others an answer");
    assert!(faults > rounds as usize / 3, "forgeries are hardly looked at: {faults} of {rounds}");
}

/// A ledger with one value of a tree changed by hand.
fn changed(change: impl FnOnce(&Store, &mut Commit)) -> usize {
    let (_folder, path) = ledger();
    forge(&path, change);
    ask(&path)
}

fn first_directory(store: &Store) -> (u32, Directory) {
    let (key, directory) = all(store, &DIRECTORIES).into_iter().next().unwrap();
    (u32::from_be_bytes(key[..4].try_into().unwrap()), directory)
}

#[test]
fn counts_are_not_believed() {
    for documents in [u32::MAX, 1 << 30, 1 << 24] {
        let errors = changed(|store, commit| {
            let (block, directory) = first_directory(store);
            let rows = directory.rows.iter().map(|_| documents).collect();
            commit.put(&DIRECTORIES, &block, &Directory { documents, rows, ..directory }).unwrap();
        });
        assert!(errors > 0, "{documents}");
    }
    // A column of four thousand million zeros takes no bytes but its number.
    let zeros = [b'i', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 1];
    assert_eq!(Values::decode(&zeros), Err("is too long"));
    let few = [b'i', 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1];
    assert_eq!(Values::decode(&few).map(|column| column.len()), Ok(3));
    // Bits of the documents gone, far beyond those that there are.
    changed(|_, commit| {
        commit.put(&GONE, &u32::MAX, &GoneBits(vec![u64::MAX; 4])).unwrap();
    });
}

#[test]
fn a_block_that_unpacks_to_gigabytes_is_refused() {
    let zeros = vec![0; 300 << 20];
    let bomb = pack_group([&zeros[..]].into_iter()).unwrap();
    drop(zeros);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    assert!(taizhang::index::unpack_group(&bomb).is_err());
    let errors = changed(|store, commit| {
        let (block, mut directory) = first_directory(store);
        directory.columns.iter_mut().for_each(|place| place.raw = u32::MAX);
        commit.put(&DIRECTORIES, &block, &directory).unwrap();
    });
    assert!(errors > 0);
    let errors = changed(|store, commit| {
        let head = all(store, &HEADS).into_iter().next_back().unwrap().1;
        let texts = pack_texts(["短"].into_iter()).unwrap();
        // Says that its text has 200 MiB.
        let forged = [&texts[..2], &[0x80, 0x80, 0x80, 0x64], &texts[3..]].concat();
        commit.put_run(&TEXTS, head.group, &forged).unwrap();
    });
    assert!(errors > 0);
}

#[test]
fn a_circle_of_versions_ends() {
    for previous in [0, 1, 5, 6, 7, u32::MAX] {
        changed(|store, commit| {
            for (key, head) in all(store, &HEADS) {
                let number = u32::from_be_bytes(key[..4].try_into().unwrap());
                commit.put(&HEADS, &number, &Head { previous: Some(previous), ..head }).unwrap();
            }
        });
    }
}

#[test]
fn a_run_of_other_clauses_is_refused() {
    for clauses in [0, 1 << 20, u32::MAX] {
        let errors = changed(|store, commit| {
            for (key, mut run) in all(store, &posting::RUNS) {
                let block = u32::from_be_bytes(key[..4].try_into().unwrap());
                run.clauses = clauses;
                commit.put(&posting::RUNS, &block, &run).unwrap();
            }
        });
        assert!(errors > 0, "{clauses}");
    }
}
