//! Groups of the gold clauses: one pass over each document's clause texts against the assignments that people read.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use taizhang::facts::group::{Rules, extract};
use taizhang::facts::{Context, Role};
use taizhang::lexicon::Lexicon;
use taizhang::text::Passage;

/// An assignment as it is compared; names without regard to the kind of bracket.
#[derive(Debug, Clone)]
struct Row {
    part: u64,
    body: Vec<String>,
    role: Vec<String>,
    implied: bool,
    function: Option<Vec<Option<String>>>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    hits: usize,
    wrong: usize,
    missed: usize,
    functions: usize,
    functions_wrong: usize,
}

impl Tally {
    fn f1(self) -> f64 {
        2.0 * self.hits as f64 / (2 * self.hits + self.wrong + self.missed).max(1) as f64
    }
}

fn name(text: &str) -> String {
    let width: String = text.chars().map(taizhang::text::tidy).collect();
    width.replace(['〔', '[', '【'], "(").replace(['〕', ']', '】'], ")")
}

fn options(value: &Value) -> Vec<String> {
    match value {
        Value::Array(all) => all.iter().filter_map(|v| v.as_str().map(ToOwned::to_owned)).collect(),
        other => other.as_str().map(ToOwned::to_owned).into_iter().collect(),
    }
}

fn gold_row(value: &Value) -> Row {
    let function = value.get("function").map(|f| match f {
        Value::Array(all) => all.iter().map(|v| v.as_str().map(ToOwned::to_owned)).collect(),
        other => vec![other.as_str().map(ToOwned::to_owned)],
    });
    Row {
        part: value["part"].as_u64().unwrap(),
        body: options(&value["body"]).iter().map(|b| name(b)).collect(),
        role: options(&value["role"]),
        implied: value["implied"].as_bool().unwrap_or(false),
        function,
    }
}

fn role(role: Role) -> String {
    serde_json::to_value(role).unwrap().as_str().unwrap().to_owned()
}

/// Scores one gold file; prints what differs.
fn score(path: &Path) -> (Tally, usize) {
    let gold: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let lexicon = Lexicon::embedded();
    let level_word = match gold["jurisdiction"]["level"].as_str() {
        Some("province") => Some('省'),
        Some("prefecture") => Some('市'),
        Some("county") => Some('区'),
        _ => None,
    };
    let context = Context { level_word, ..Context::default() };
    let mut rules = Rules::default();
    let mut tally = Tally::default();
    let mut elsewhere = 0;
    for (number, clause) in gold["clauses"].as_array().unwrap().iter().enumerate() {
        let passage = Passage::from_text(clause["text"].as_str().unwrap());
        let mut wanted: Vec<Row> = clause["assignments"].as_array().unwrap().iter().map(gold_row).collect();
        let before = rules.implied.clone();
        let groups = extract(&passage, number as u32, &mut rules, lexicon, &context);
        let mut printed: Vec<_> = groups.iter().flat_map(|g| g.bodies.iter().map(|b| b.printed.clone())).collect();
        printed.sort_by_key(|range| range.start);
        assert!(printed.windows(2).all(|two| two[0].end <= two[1].start), "names overlap in {}", passage.text());
        let mut rows: Vec<(u32, String, String, bool, Option<String>)> = Vec::new();
        for group in &groups {
            for body in &group.bodies {
                assert!(group.range.start <= body.printed.start && body.printed.end <= group.range.end);
                rows.push((group.part, name(&body.name), role(body.role), false, body.functions.first().cloned()));
            }
        }
        if clause["kind"] == "task" {
            let parts: Vec<u32> = if groups.is_empty() { vec![1] } else { groups.iter().map(|g| g.part).collect() };
            for part in parts {
                for body in &before {
                    rows.push((part, name(&body.name), role(body.role), true, body.functions.first().cloned()));
                }
            }
        }
        // A group in an inner node or on a sibling's line is the outline's to find.
        if groups.is_empty() && wanted.iter().any(|row| !row.implied) {
            elsewhere += wanted.len();
            continue;
        }
        for (part, body, role, implied, function) in rows {
            let fits = |row: &Row| {
                row.part == u64::from(part)
                    && row.body.contains(&body)
                    && row.role.contains(&role)
                    && row.implied == implied
            };
            if let Some(at) = wanted.iter().position(fits) {
                let row = wanted.remove(at);
                tally.hits += 1;
                if let Some(wanted) = row.function {
                    tally.functions += 1;
                    if !wanted.contains(&function) {
                        tally.functions_wrong += 1;
                        println!("  {} {number}: {body} is {wanted:?}, read {function:?}", path.display());
                    }
                }
            } else {
                tally.wrong += 1;
                println!("  {} {number}: read {part} {body} {role} {implied}", path.display());
            }
        }
        for row in wanted.iter().filter(|row| row.body.len() < 2) {
            tally.missed += 1;
            println!(
                "  {} {number}: missed {} {:?} {:?} {}",
                path.display(),
                row.part,
                row.body,
                row.role,
                row.implied
            );
        }
    }
    println!(
        "{}: F1 {:.4} ({} right, {} wrong, {} missed), functions {} of {}, elsewhere {elsewhere}",
        path.display(),
        tally.f1(),
        tally.hits,
        tally.wrong,
        tally.missed,
        tally.functions - tally.functions_wrong,
        tally.functions
    );
    (tally, elsewhere)
}

fn folder(path: &str) -> BTreeMap<String, std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)) else {
        return BTreeMap::new();
    };
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path))
        .collect()
}

#[test]
fn seeds_are_read_as_people_read_them() {
    let files = folder("tests/gold");
    assert_eq!(files.len(), 5);
    for (file, path) in files {
        let (tally, elsewhere) = score(&path);
        assert_eq!((tally.wrong, tally.missed, elsewhere, tally.functions_wrong), (0, 0, 0, 0), "{file}");
        assert!(tally.hits > 30, "{file}");
    }
}

#[test]
fn development_documents_are_read_nearly_as_people_read_them() {
    let files = folder("../shared/dev/gold");
    let mut sum = Tally::default();
    for path in files.values() {
        let (tally, _) = score(path);
        sum.hits += tally.hits;
        sum.wrong += tally.wrong;
        sum.missed += tally.missed;
    }
    if !files.is_empty() {
        println!("all: F1 {:.4}", sum.f1());
        assert!(sum.f1() >= 0.97, "{sum:?}");
    }
}
