//! Other people's tests for Chinese numbers, percents, ranges, units and dates (`tests/external/README.md`): the rows
//! that `rows.csv` counts, run through the numeral, quantity and deadline code, with a floor for each kind.
//!
//! A row holds where every answer that it asks for is read, and no other of its kind.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::float_cmp,
    reason = "a test panics where its tables are broken"
)]

#[path = "external/answer.rs"]
mod answer;
#[path = "external/reading.rs"]
mod reading;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Files with the kind of reading that they test.
const FILES: [(&str, Kind); 9] = [
    ("NumberModel.json", Kind::Number),
    ("OrdinalModel.json", Kind::Ordinal),
    ("cn2an.json", Kind::Cn2an),
    ("PercentModel.json", Kind::Percent),
    ("NumberRangeModel.json", Kind::Range),
    ("CurrencyModel.json", Kind::Unit),
    ("DimensionModel.json", Kind::Unit),
    ("DurationParser.json", Kind::Span),
    ("DateTimeModel.json", Kind::Date),
];

/// Share of the rows in that must hold.
const FLOORS: [(&str, f64, &[&str]); 5] = [
    ("numbers", 0.95, &["NumberModel.json", "OrdinalModel.json", "cn2an.json"]),
    ("percents", 0.95, &["PercentModel.json"]),
    ("ranges", 0.85, &["NumberRangeModel.json"]),
    ("units", 0.95, &["CurrencyModel.json", "DimensionModel.json", "DurationParser.json"]),
    ("dates", 0.75, &["DateTimeModel.json"]),
];

/// What a file asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Ordinal,
    Cn2an,
    Percent,
    Range,
    Unit,
    Span,
    Date,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/external")
}

fn cases(file: &str) -> Vec<Value> {
    let path = folder().join(if file == "cn2an.json" { "." } else { "recognizers-text" }).join(file);
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap()
}

fn records(file: &str) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(folder().join(file)).unwrap().records().map(Result::unwrap).collect()
}

/// What is wrong with one row, if anything.
fn complaint(kind: Kind, case: &Value) -> Option<String> {
    match kind {
        Kind::Number => answer::number(case),
        Kind::Ordinal => answer::ordinal(case),
        Kind::Cn2an => answer::cn2an(case),
        Kind::Percent => answer::percent(case),
        Kind::Range => answer::range(case),
        Kind::Unit => answer::unit(case),
        Kind::Span => answer::span(case),
        Kind::Date => answer::date(case),
    }
}

#[test]
fn every_row_is_decided_once() {
    let rows = records("rows.csv");
    let mut seen = BTreeSet::new();
    for row in &rows {
        assert!(matches!(&row[2], "in" | "out") && !row[3].is_empty(), "{row:?}");
        assert!(seen.insert((row[0].to_owned(), row[1].parse::<usize>().unwrap())), "{row:?} stands twice");
    }
    for (file, _) in FILES {
        let count = cases(file).len();
        assert!((0..count).all(|index| seen.contains(&(file.to_owned(), index))), "{file} has undecided rows");
        assert_eq!(seen.iter().filter(|(name, _)| name == file).count(), count, "{file}");
    }
}

#[test]
fn the_rows_in_hold_to_the_floors() {
    let kept: BTreeSet<(String, usize)> =
        records("deviations.csv").iter().map(|row| (row[0].to_owned(), row[1].parse().unwrap())).collect();
    let (mut held, mut asked) = (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new());
    let (mut wrong, mut idle) = (Vec::new(), Vec::new());
    let rows = records("rows.csv");
    for (file, kind) in FILES {
        let cases = cases(file);
        for row in rows.iter().filter(|row| &row[0] == file && &row[2] == "in") {
            let index: usize = row[1].parse().unwrap();
            *asked.entry(file).or_default() += 1;
            let kept = kept.contains(&(file.to_owned(), index));
            match complaint(kind, &cases[index]) {
                None => {
                    *held.entry(file).or_default() += 1;
                    if kept {
                        idle.push(format!("{file} {index}"));
                    }
                }
                Some(why) => {
                    let name = if kept { "kept on purpose: " } else { "" };
                    wrong.push(format!("{file} {index} {name}{}: {why}", answer::input(&cases[index])));
                }
            }
        }
    }
    println!("{}", wrong.join("\n"));
    let rate = |files: &[&str]| {
        let sum = |counts: &BTreeMap<&str, usize>| files.iter().filter_map(|f| counts.get(f)).sum::<usize>();
        (sum(&held), sum(&asked))
    };
    for (file, _) in FILES {
        let (held, asked) = rate(&[file]);
        println!("{file:24} {held:4} of {asked:4}  {:.3}", held as f64 / asked as f64);
    }
    assert!(idle.is_empty(), "no deviations any more: {idle:?}");
    for (name, floor, files) in FLOORS {
        let (held, asked) = rate(files);
        let rate = held as f64 / asked as f64;
        println!("{name:24} {held:4} of {asked:4}  {rate:.3}  (floor {floor})");
    }
    for (name, floor, files) in FLOORS {
        let (held, asked) = rate(files);
        assert!(held as f64 >= floor * asked as f64, "{name}: {held} of {asked} is below {floor}");
    }
}
