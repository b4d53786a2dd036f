//! Copies among made plans: what portals, forwarding notices and the next year make of a plan, told apart; and what it
//! costs to find out.
//!
//! ```text
//! cargo test --features sample --test copies_corpus -- --nocapture
//! cargo test --release --features sample --test copies_corpus -- --nocapture --ignored
//! ```

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use taizhang::index::{Shingles, Sketch};
use taizhang::ledger::{Ledger, Options, Progress, Source, parse};
use taizhang::sample::{Copying, Corpus, copy_of, forward_of, revision_of};
use taizhang::table::Cell;
use taizhang::text::SourceText;

/// Plans, each with two copies, a notice that forwards it and a revision.
const PLANS: u64 = 48;

#[test]
fn copies_of_made_plans_are_found_and_no_others() {
    let corpus = Corpus::new(11);
    let mut sources = Vec::new();
    let mut copies: BTreeMap<String, (String, Copying)> = BTreeMap::new();
    for (at, plan) in corpus.documents(0..PLANS).enumerate() {
        let kinds = [0, 3].map(|shift| Copying::ALL[(at + shift) % Copying::ALL.len()]);
        let made = kinds.map(|kind| (kind, copy_of(&plan, kind, 1 + kind as u64)));
        let others = [forward_of(&corpus, &plan, 1), revision_of(&plan, 1)];
        sources.push(Source::text(Some(plan.id.clone()), plan.text.clone()));
        for (kind, copy) in made {
            copies.insert(copy.id.clone(), (plan.id.clone(), kind));
            sources.push(Source::text(Some(copy.id), copy.text));
        }
        sources.extend(others.map(|other| Source::text(Some(other.id), other.text)));
    }
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path().join("l.tz"), Options::embedded()).unwrap();
    let progress = Progress { on_document: &|_, _, _| (), cancel: &AtomicBool::new(false) };
    let report = ledger.ingest(sources, &progress).unwrap();
    assert_eq!(report.added.len() as u64, 5 * PLANS, "{report:?}");

    let table = ledger.copies().unwrap();
    let column = |name| table.values(name).filter_map(|cell| Cell::text(cell).map(str::to_owned)).collect::<Vec<_>>();
    let marked: BTreeMap<String, String> = column("document").into_iter().zip(column("same_as")).collect();
    let (mut right, mut wrong) = (0, 0);
    for (copy, original) in &marked {
        if copies.get(copy).is_some_and(|(plan, _)| plan == original) {
            right += 1;
        } else {
            wrong += 1;
            println!("wrong: {copy} is said to be a copy of {original}");
        }
    }
    for (copy, (_, kind)) in copies.iter().filter(|(copy, _)| !marked.contains_key(*copy)) {
        let read = ledger.document(copy).unwrap().document;
        println!("missed: {copy} ({kind:?}) {:?} {:?} {:?}", read.number, read.issued, read.jurisdiction);
    }
    let precision = f64::from(right) / f64::from(right + wrong);
    let recall = f64::from(right) / copies.len() as f64;
    println!("{} pairs: precision {precision:.3}, recall {recall:.3}", 4 * PLANS);
    assert!(precision >= 0.98, "precision {precision}");
    assert!(recall >= 0.9, "recall {recall}");
}

#[test]
#[ignore = "prints what it costs; run it in release"]
fn what_a_sketch_costs() {
    let corpus = Corpus::new(5);
    let read: Vec<_> = corpus
        .documents(0..200)
        .map(|plan| {
            let text = SourceText::new(plan.text);
            let document = parse(&text);
            (text, document)
        })
        .collect();
    let bytes: usize = read.iter().map(|(text, _)| text.as_str().len()).sum();
    let (mut times, mut pairs) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        let begun = Instant::now();
        let made: Vec<_> = read
            .iter()
            .map(|(text, document)| {
                let shingles = Shingles::of(text, document);
                (Sketch::of(document, &shingles), shingles)
            })
            .collect();
        times.push(begun.elapsed().as_secs_f64() * 1e6 / read.len() as f64);
        let begun = Instant::now();
        let shared: usize = made.windows(2).map(|two| two[0].1.shared(&two[1].1)).sum();
        pairs.push(begun.elapsed().as_secs_f64() * 1e6 / read.len() as f64);
        assert!(shared > 0);
    }
    times.sort_by(f64::total_cmp);
    pairs.sort_by(f64::total_cmp);
    println!("{} bytes a document: {:.0} µs a sketch, {:.0} µs a comparison", bytes / read.len(), times[3], pairs[3]);
}
