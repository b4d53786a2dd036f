//! Bases, relations and degrees of commitment as tables: text → what it says, and why not.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use serde_json::Value;
use std::path::Path;
use taizhang::compare::{Base, Codebook, Relation};

fn table(name: &str, none: impl Fn(&Value) -> bool) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs").join(name);
    let rows: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let negative: Vec<&Value> = rows.iter().filter(|row| none(&row["expect"])).collect();
    assert!(negative.len() * 3 >= rows.len(), "{name}: {} of {} rows are negative", negative.len(), rows.len());
    assert!(negative.iter().all(|row| row["why"].is_string()), "{name}: a negative row says why");
    rows
}

#[track_caller]
fn report(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn what_a_number_is_a_share_of() {
    let mut faults = Vec::new();
    for row in table("base.json", |expect| expect.as_object().unwrap().is_empty()) {
        let base = Base::of(row["indicator"].as_str().unwrap(), row["text"].as_str().unwrap(), row["unit"].as_str());
        let want = &row["expect"];
        let same = want["denominator"].as_str() == base.denominator.as_deref();
        let counted = want["counted"].is_null() || want["counted"].as_str() == base.counted.as_deref();
        if !same || !counted {
            faults.push(format!("{}: {base:?} instead of {want}", row["text"]));
        }
    }
    report(&faults);
}

#[test]
fn bases_are_the_same_by_their_nouns() {
    let base = |words: &str| Base { denominator: Some(words.to_owned()), counted: None };
    assert!(base("全部符合条件的校舍维修支出").same(&base("统筹区内校舍维修支出")));
    assert!(base("二级以上消防站").same(&base("二级及以上公立消防站")));
    assert!(!base("二级消防站").same(&base("三级消防站")));
    assert!(!base("行政村").same(&base("维修支出")));
    assert!(!base("行政村").same(&Base::default()));
    assert!(Base::default().same(&Base::default()));
}

/// The relation of each title in a text, read sentence by sentence.
fn relations(text: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    for sentence in text.split_inclusive(['。', '；']) {
        let mut from = 0;
        while let Some(open) = sentence[from..].find('《').map(|at| from + at) {
            let end = open + sentence[open..].find('》').unwrap() + '》'.len_utf8();
            let rest = &sentence[end..];
            // The number belongs to the citation.
            let number = rest.starts_with('（').then(|| rest.find('）').map(|at| at + '）'.len_utf8())).flatten();
            found.push(Relation::of(&sentence[..open], &rest[number.unwrap_or(0)..], None).as_str());
            from = end;
        }
    }
    found
}

#[test]
fn how_a_document_stands_to_one_it_names() {
    let mut faults = Vec::new();
    let none = |expect: &Value| expect.as_array().unwrap().iter().any(|relation| relation == "mentions");
    for row in table("relation.json", none) {
        let found = relations(row["text"].as_str().unwrap());
        if serde_json::json!(found) != row["expect"] {
            faults.push(format!("{}: {found:?} instead of {}", row["text"], row["expect"]));
        }
    }
    report(&faults);
}

#[test]
fn how_firmly_something_is_promised() {
    let book = Codebook::commitment().unwrap();
    let mut faults = Vec::new();
    for row in table("commitment.json", |expect| expect.as_array().unwrap().is_empty()) {
        let text = row["text"].as_str().unwrap();
        let found: Vec<(&str, Option<i64>)> =
            book.find(text).into_iter().map(|(_, code)| (code.term.as_str(), code.grade)).collect();
        if serde_json::json!(found) != row["expect"] {
            faults.push(format!("{text}: {found:?} instead of {}", row["expect"]));
        }
    }
    report(&faults);
}

#[test]
fn every_grade_of_commitment_has_a_source() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/lexicon/commitment.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(text.as_bytes()).into_records().map(Result::unwrap).collect();
    assert!(rows.is_sorted_by(|a, b| a[0] < b[0]), "sorted, no term twice");
    for row in &rows {
        let grade: i64 = row[2].parse().unwrap();
        let code = ["may", "aim", "shall", "must"][usize::try_from(grade).unwrap() - 1];
        assert_eq!(&row[1], code, "{}", &row[0]);
        assert!(!row[4].is_empty(), "{} has no source", &row[0]);
        for word in row[3].split(';').filter(|word| !word.is_empty()) {
            assert!(word.contains(&row[0]), "{word} does not contain {}", &row[0]);
        }
    }
}
