//! Ranked search against a naive one, and what an explanation says.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

mod ledger_toy;

use ledger_toy::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use taizhang::ledger::Ledger;
use taizhang::query::{Query, RANKED, Search};
use taizhang::table::{Table, TableName};
use taizhang::text::{is_blank, tidy};

fn tidied(words: &str) -> Vec<char> {
    words.chars().filter(|c| !is_blank(*c)).map(tidy).collect()
}

/// All tokens of a wording, each as often as it stands there.
fn tokens(wording: &str) -> Vec<String> {
    let chars = tidied(wording);
    let pairs = chars.windows(2).map(|two| two.iter().collect());
    pairs.chain(chars.iter().map(char::to_string)).collect()
}

/// Scores of clauses, by their id, as the formula says.
fn naive(clauses: &[(String, String)], words: &str) -> BTreeMap<String, f64> {
    let mut asked: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        let own: Vec<String> = match tidied(word).len() {
            1 => tokens(word),
            _ => tokens(word).into_iter().filter(|token| token.chars().count() == 2).collect(),
        };
        for token in own {
            if !asked.contains(&token) {
                asked.push(token);
            }
        }
    }
    let length = |wording: &str| tidied(wording).len().saturating_sub(1) as f64;
    let n = clauses.len() as f64;
    let mean = (clauses.iter().map(|(_, text)| length(text)).sum::<f64>() / n).max(1.0);
    let count = |wording: &str, token: &String| tokens(wording).iter().filter(|own| *own == token).count() as f64;
    let mut scores = BTreeMap::new();
    for (id, text) in clauses {
        let mut score = 0.0;
        for token in &asked {
            let with = clauses.iter().filter(|(_, text)| count(text, token) > 0.0).count() as f64;
            let idf = (1.0 + (n - with + 0.5) / (with + 0.5)).ln();
            let count = count(text, token);
            score += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length(text) / mean));
        }
        if score > 0.0 {
            scores.insert(id.clone(), score);
        }
    }
    scores
}

fn texts(table: &Table, column: &str) -> Vec<String> {
    table.values(column).map(|cell| cell.text().unwrap_or("-").to_owned()).collect()
}

fn clauses(ledger: &Ledger, filters: &Query) -> Vec<(String, String)> {
    let table = ledger.query(filters).unwrap();
    texts(&table, "clause").into_iter().zip(texts(&table, "text")).collect()
}

fn search(words: &str, limit: usize) -> Search {
    Search { words: words.to_owned(), filters: Query::new(TableName::Clauses), limit }
}

/// Compares an answer with the naive one of all clauses, of which `allowed` may be given.
fn compare(ledger: &Ledger, search: &Search) -> Result<(), TestCaseError> {
    let all = clauses(ledger, &Query::new(TableName::Clauses));
    let allowed = clauses(ledger, &search.filters);
    let scores = naive(&all, &search.words);
    let answer = ledger.search(search).unwrap();
    let found: Vec<(String, f64)> =
        texts(&answer, "clause").into_iter().zip(answer.values("score").map(|s| s.float().unwrap())).collect();
    let possible = allowed.iter().filter(|(id, _)| scores.contains_key(id)).count();
    prop_assert_eq!(found.len(), possible.min(search.limit));
    for (id, score) in &found {
        prop_assert!((score - scores[id]).abs() < 1e-4 * scores[id].max(1.0), "{id}: {score} for {}", scores[id]);
        prop_assert!(allowed.iter().any(|(allowed, _)| allowed == id));
    }
    for two in found.windows(2) {
        prop_assert!((-two[0].1, &two[0].0) < (-two[1].1, &two[1].0), "{:?}", two);
    }
    let worst = found.last().map_or(0.0, |(_, score)| *score);
    for (id, _) in allowed.iter().filter(|(id, _)| !found.iter().any(|(found, _)| found == id)) {
        prop_assert!(scores.get(id).is_none_or(|score| *score < worst + 1e-4), "{id} is missing");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]
    #[test]
    fn scores_are_those_of_the_formula(
        plans in proptest::collection::vec(proptest::collection::vec("[医疗醫保障、7７%推进]{0,12}", 0..9), 1..9),
        words in "[医疗保障療7推]{1,4}( [医疗保障7]{1,3})?",
        limit in 1..12usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let ledger = open(&folder.path().join("l.tz"));
        for (n, lines) in plans.iter().enumerate() {
            let lines: Vec<String> = (1..).zip(lines).map(|(n, line)| format!("{n}.做{line}\n")).collect();
            let year = 2010 + n;
            ingest(&ledger, vec![text(&format!("d{n}"), &format!("计划{n}\n日期：{year}-01-01\n一、支付\n{}", lines.concat()))]);
        }
        if plans.len() > 3 {
            ledger.remove("d1").unwrap();
        }
        compare(&ledger, &search(&words, limit))?;
        let mut part = search(&words, limit);
        part.filters.year_from = Some(2012);
        part.filters.without = vec!["障".into()];
        compare(&ledger, &part)?;
    }
}

#[test]
fn the_best_come_first_with_their_words_lit() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("l.tz"));
    ingest(&ledger, vec![text("jiangmen", JIANGMEN), text("linfen", LINFEN), text("guangdong", GUANGDONG)]);
    let answer = ledger.search(&search("推進 醫保", 9)).unwrap();
    assert_eq!(answer.column_names(), RANKED.map(|column| column.name));
    assert_eq!(texts(&answer, "clause"), ["linfen#1", "jiangmen#1", "linfen#2"], "short before long, two before one");
    let source = ledger.document("linfen").unwrap().text;
    for (light, words) in texts(&answer, "highlights").iter().zip(["推进医保", "", "医保"]) {
        if words.is_empty() {
            continue;
        }
        let spans = light.split('、').map(|span| span.split_once('-').unwrap());
        let lit = spans.map(|(from, to)| taizhang::text::Span::new(from.parse().unwrap(), to.parse().unwrap()));
        assert_eq!(lit.map(|span| source.slice(span)).collect::<String>(), words);
    }
    assert_eq!(answer.values("rank").map(|rank| rank.int().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(answer.values("year").map(|year| year.int().unwrap()).collect::<Vec<_>>(), [2022, 2019, 2022]);

    let mut here = search("推进", 9);
    here.filters.place = vec!["江门".into()];
    assert_eq!(texts(&ledger.search(&here).unwrap(), "clause"), ["jiangmen#1"]);
    assert_eq!(ledger.search(&search("没有", 9)).unwrap().len(), 0);
    assert_eq!(ledger.search(&search("推进", 0)).unwrap().len(), 0);
    assert!(ledger.search(&search(" \u{3000}", 9)).unwrap_err().to_string().contains("needs words"));
}

#[test]
fn an_explanation_names_each_step() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("l.tz"));
    ingest(&ledger, (0..40).map(|n| text(&format!("{n}"), &plan(n))).collect());
    ledger.remove("3").unwrap();
    let mut query = Query::new(TableName::Clauses);
    query.text = vec!["第39件".into(), "卫健".into()];
    query.year_from = Some(2010);
    query.limit = Some(2);
    let steps = ledger.explain(&query).unwrap();
    let left = |step: &str| {
        let row = texts(&steps, "step").iter().position(|own| own == step).unwrap_or_else(|| panic!("{steps:?}"));
        steps.values("left").nth(row).unwrap().int().unwrap() as u64
    };
    assert_eq!(left("documents"), 39);
    let expected = ledger.count(&Query { limit: None, ..query.clone() }).unwrap();
    assert_eq!(left("rows that have the words"), expected);
    assert_eq!(left("answer"), expected.min(2));
    // The clauses of a document that is gone are still in the lists.
    assert_eq!(left("places with 卫健"), ledger.count(&Query::new(TableName::Clauses)).unwrap() + 4);
    assert!(left("rows that may have the words") < 20, "{steps:?}");
    let how = texts(&steps, "how");
    assert!(
        how.contains(&"by year, copies counted once".to_owned())
            && how.iter().any(|how| how.contains("postings of 1 blocks")),
        "{how:?}"
    );
}
