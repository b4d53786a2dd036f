//! Targets and milestones of the gold files: every clause text is read by itself and scored by `score.py`.
//!
//! Groups, headings and time limits come from other recognisers; here they are approximated by their plainest shapes,
//! so that the figures are those of this recogniser alone. Rows of paragraphs outside clauses are left to the whole
//! parser's test.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use regex::Regex;
use serde_json::{Value, json};
use std::ops::Range;
use std::path::Path;
use std::process::Command;
use taizhang::facts::Context;
use taizhang::facts::target;
use taizhang::lexicon::Lexicon;
use taizhang::text::Passage;

fn first(value: &Value) -> Option<&str> {
    match value {
        Value::Array(list) => list.first().and_then(Value::as_str),
        other => other.as_str(),
    }
}

fn context(gold: &Value) -> Context {
    let issued: Option<jiff::civil::Date> = first(&gold["issued"]).and_then(|d| d.parse().ok());
    let title = first(&gold["title"]).unwrap_or("");
    let in_title = Regex::new("20[0-9]{2}").unwrap().find(title).and_then(|m| m.as_str().parse().ok());
    Context { plan_year: in_title.or(issued.map(jiff::civil::Date::year)), issued, level_word: None }
}

/// Brackets (nesting minded) that speak of who is responsible, and label lines.
fn groups(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let (mut depth, mut from) = (0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => {
                if depth == 0 {
                    from = at;
                }
                depth += 1;
            }
            ')' if depth > 0 => {
                depth -= 1;
                let inside = &text[from..at];
                if depth == 0 && ["负责", "牵头", "责任单位", "配合", "分工"].iter().any(|w| inside.contains(w))
                {
                    out.push(from..at + 1);
                }
            }
            _ => {}
        }
    }
    let label = Regex::new("责任(?:处室|单位|部门):[^。:]*?(?:完成时限|$)").unwrap();
    for m in label.find_iter(text) {
        if !out.iter().any(|r: &Range<usize>| r.start <= m.start() && m.end() <= r.end) {
            let end = m.start() + m.as_str().find("完成时限").unwrap_or(m.len());
            out.push(m.start()..end);
        }
    }
    out
}

fn limits(text: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let label = Regex::new("完成时限:([^。,;)]+)").unwrap();
    label.captures_iter(text).map(|c| (0..text.len(), c.get(1).unwrap().range())).collect()
}

fn predict(gold: &Value, mismatched: &mut Vec<String>) -> Value {
    let context = context(gold);
    let mut doc = gold.clone();
    for clause in doc["clauses"].as_array_mut().unwrap() {
        let passage = Passage::from_text(clause["text"].as_str().unwrap());
        let mut blind = groups(passage.text());
        if let Some(heading) = first(&clause["heading"]) {
            let heading = Passage::from_text(heading).text().to_owned();
            if passage.text().starts_with(&heading) && passage.text().len() > heading.len() {
                let stop = passage.text()[heading.len()..].starts_with('。');
                blind.push(0..heading.len() + if stop { 3 } else { 0 });
            }
        }
        blind.sort_by_key(|r| r.start);
        let (targets, milestones) =
            target::extract(&passage, &blind, &limits(passage.text()), &context, Lexicon::embedded().units());
        let words = |r: &Range<usize>| passage.get(r.clone()).to_owned();
        let targets: Vec<Value> = targets
            .iter()
            .map(|t| {
                json!({"text": words(&t.range), "indicator": t.indicator, "op": t.op, "value": t.value, "value_high": t.value_high,
                    "unit": t.unit, "per": t.per, "baseline": t.baseline, "deadline": t.deadline, "change": t.change,
                    "baseline_period": t.baseline_period, "implied": t.implied, "why": t.why})
            })
            .collect();
        let milestones: Vec<Value> =
            milestones.iter().map(|m| json!({"text": words(&m.range), "deadline": m.deadline, "why": m.why})).collect();
        let tidy = |s: &Value| Passage::from_text(s["text"].as_str().unwrap()).text().to_owned();
        let same = |list: &str, mine: &[Value]| -> Vec<String> {
            clause[list]
                .as_array()
                .unwrap()
                .iter()
                .filter(|g| g["optional"] != true && !mine.iter().any(|m| tidy(m) == tidy(g)))
                .map(|g| format!("{}: {}", clause["path"], tidy(g)))
                .collect()
        };
        mismatched.extend(same("targets", &targets));
        mismatched.extend(same("milestones", &milestones));
        clause["targets"] = Value::Array(targets);
        clause["milestones"] = Value::Array(milestones);
    }
    doc
}

/// Scores all gold files of a folder; gives the figures and the gold wordings that came out otherwise.
fn score(folder: &Path) -> (Value, Vec<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let temp = tempfile::tempdir().unwrap();
    let (gold_dir, pred_dir) = (temp.path().join("gold"), temp.path().join("pred"));
    std::fs::create_dir_all(&gold_dir).unwrap();
    std::fs::create_dir_all(&pred_dir).unwrap();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let mut mismatched = Vec::new();
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "json")) {
        let mut gold: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        gold["targets"] = json!([]);
        gold["milestones"] = json!([]);
        let pred = predict(&gold, &mut mismatched);
        let name = file.file_name().unwrap();
        std::fs::write(gold_dir.join(name), gold.to_string()).unwrap();
        std::fs::write(pred_dir.join(name), pred.to_string()).unwrap();
    }
    let run = |flag: &str| {
        let out = Command::new("python3")
            .arg(root.join("tests/score.py"))
            .args([&gold_dir, &pred_dir])
            .arg(flag)
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    println!("{}", run("--errors"));
    (serde_json::from_str(&run("--json")).unwrap(), mismatched)
}

#[test]
fn the_seeds_targets_and_milestones_are_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (figures, mismatched) = score(&root.join("tests/gold"));
    println!("wording differs:\n{}", mismatched.join("\n"));
    for layer in ["targets", "targets.deadline", "targets.baseline", "targets.per", "targets.indicator", "milestones"] {
        let f1 = figures[layer][2].as_f64().unwrap_or(0.0);
        assert!(f1 >= 0.95, "{layer}: {f1}");
    }
    assert!(mismatched.len() <= 2, "wording of {} rows differs", mismatched.len());
}

#[test]
fn further_gold_is_scored_where_it_is_at_hand() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/dev/gold");
    if !folder.exists() {
        return;
    }
    let (_, mismatched) = score(&folder);
    println!("wording differs:\n{}", mismatched.join("\n"));
}
