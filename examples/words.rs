//! What finding words costs: `words COUNT FOLDER`, a ledger of so many made plans in an empty folder, or one made so before.
//!
//! Each line is a kind of question with words drawn from the plans themselves, other ones each time: the median and the
//! fastest and slowest of 15 runs after a first round that warms the pages, and the rows of the median run.

#![allow(clippy::indexing_slicing, reason = "a panic is how a measurement fails")]

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use taizhang::index::posting;
use taizhang::ledger::{Ledger, Options, Progress, Source};
use taizhang::query::{Query, Search};
use taizhang::record::Document;
use taizhang::sample::Corpus;
use taizhang::table::TableName;
use taizhang::text::SourceText;
use taizhang::{lexicon::Lexicon, record};

const RUNS: usize = 15;
/// Documents of a block, as ingest makes them.
const BLOCK: u64 = 270;

type Failed = Box<dyn std::error::Error>;

fn main() -> Result<(), Failed> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let count: u64 = args.first().map_or(Ok(1000), |count| count.parse())?;
    let folder = std::path::PathBuf::from(args.get(1).ok_or("words COUNT FOLDER")?);
    let corpus = Corpus::new(1);
    let read: Vec<(SourceText, Document)> = corpus
        .documents(0..BLOCK)
        .map(|plan| {
            let text = SourceText::new(plan.text);
            let document = record::parse(&text, Lexicon::embedded());
            (text, document)
        })
        .collect();
    runs(&read)?;

    let ledger = Ledger::open(folder.join("words.tz"), Options::embedded())?;
    let there = ledger.documents()?;
    if there < count {
        let begun = Instant::now();
        let source = |plan: taizhang::sample::Plan| Source::text(Some(plan.id), plan.text);
        let cancel = AtomicBool::new(false);
        ledger.ingest(
            corpus.documents(there..count).map(source),
            &Progress { on_document: &|_, _, _| (), cancel: &cancel },
        )?;
        println!("ingest      {:.1} s for {} documents, made on the way", begun.elapsed().as_secs_f64(), count - there);
    }
    let stats = ledger.stats()?;
    let texts: u64 = corpus.documents(0..count.min(1000)).map(|plan| plan.text.len() as u64).sum();
    let texts = texts * count / count.min(1000);
    let [words, all] = [stats.tree_bytes["runs"] + stats.tree_bytes["pairs"], stats.tree_bytes.values().sum()];
    println!(
        "disk        {} documents, {} clauses; texts {} MB, postings {:.3} of them, all trees {:.3}, folder {:.3}",
        stats.documents,
        stats.rows["clauses"],
        texts >> 20,
        words as f64 / texts as f64,
        all as f64 / texts as f64,
        stats.disk as f64 / texts as f64
    );
    ask(&ledger, &read)
}

/// Bytes and time of a run.
fn runs(read: &[(SourceText, Document)]) -> Result<(), Failed> {
    let mut took = Duration::MAX;
    let documents = || read.iter().map(|(text, document)| (text, document)).collect::<Vec<_>>();
    let mut run = posting::build(documents())?;
    for _ in 0..5 {
        let begun = Instant::now();
        run = posting::build(documents())?;
        took = took.min(begun.elapsed());
    }
    let bytes: usize = read.iter().map(|(text, _)| text.as_str().len()).sum();
    println!(
        "run         {BLOCK} documents, {} postings, {:.2} bytes each, {:.3} of the text; {:.3} ms a document",
        run.postings,
        run.bytes() as f64 / run.postings as f64,
        run.bytes() as f64 / bytes as f64,
        took.as_secs_f64() * 1e3 / BLOCK as f64
    );
    Ok(())
}

/// A word of so many characters from a clause, another one for each number.
fn word(read: &[(SourceText, Document)], n: usize, chars: usize) -> String {
    for n in n.. {
        let (text, document) = &read[n * 7919 % read.len()];
        let Some(clause) = document.clauses.get(n % 5) else { continue };
        let wording: Vec<char> = text.wording(&clause.text).chars().collect();
        let at = 6 + n * 31 % 40;
        let word = wording.get(at..at + chars).unwrap_or_default();
        if !word.is_empty() && word.iter().all(|c| ('\u{4e00}'..='\u{9fff}').contains(c)) {
            return word.iter().collect();
        }
    }
    String::new()
}

fn ask(ledger: &Ledger, read: &[(SourceText, Document)]) -> Result<(), Failed> {
    let time = |what: &str, ask: &dyn Fn(usize) -> Result<u64, Failed>| -> Result<(), Failed> {
        for n in 0..RUNS {
            ask(n)?;
        }
        let mut runs = Vec::new();
        for n in 0..RUNS {
            let begun = Instant::now();
            let rows = ask(n)?;
            runs.push((begun.elapsed(), rows));
        }
        runs.sort_unstable();
        let ms = |run: usize| runs[run].0.as_secs_f64() * 1e3;
        println!("{what:38} {:8.2} ms ({:.2}–{:.2}), {} rows", ms(RUNS / 2), ms(0), ms(RUNS - 1), runs[RUNS / 2].1);
        Ok(())
    };
    for chars in [1, 2, 4, 6] {
        for table in [TableName::Clauses, TableName::Documents, TableName::Targets, TableName::Assignments] {
            time(&format!("count {} with {chars} characters", table.as_str()), &|n| {
                let text = vec![word(read, n, chars)];
                Ok(ledger.count(&Query { text, ..Query::new(table) })?)
            })?;
        }
    }
    for chars in [2, 4] {
        time(&format!("clauses of a province with {chars} characters"), &|n| {
            let text = vec![word(read, n, chars)];
            let within = vec![format!("{}0000", [44, 41, 37, 32, 51, 13, 42, 43][n % 8])];
            let columns = ["document", "place", "year", "text"].map(str::to_owned).to_vec();
            Ok(ledger.query(&Query { text, within, columns, ..Query::new(TableName::Clauses) })?.len() as u64)
        })?;
    }
    for words in [1, 2, 3] {
        time(&format!("best 20 of {words} words of 4"), &|n| {
            let words: Vec<String> = (0..words).map(|w| word(read, n * 3 + w, 4)).collect();
            let filters = Query::new(TableName::Clauses);
            Ok(ledger.search(&Search { words: words.join(" "), filters, limit: 20 })?.len() as u64)
        })?;
    }
    Ok(())
}
