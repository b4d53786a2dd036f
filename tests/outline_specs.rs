//! The spec tables of headings, document numbers, citations, heads and outlines.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use serde_json::Value;
use taizhang::facts::citation::Citations;
use taizhang::lexicon::Lexicon;
use taizhang::outline::{DocNumber, Lines, Marker};
use taizhang::record::{self, Document};
use taizhang::text::{Passage, SourceText, is_blank, tidy};

fn cases(table: &str) -> Vec<Value> {
    let path = format!("{}/tests/specs/{table}.json", env!("CARGO_MANIFEST_DIR"));
    let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(cases.len() >= 6, "{table} has too few cases");
    cases
}

fn tidied(text: &str) -> String {
    text.chars().filter(|c| !is_blank(*c)).map(tidy).collect()
}

fn text(case: &Value) -> &str {
    case["text"].as_str().unwrap()
}

fn read(text: &str) -> (Document, SourceText) {
    let source = SourceText::new(text);
    (record::parse(&source, Lexicon::embedded()), source)
}

#[test]
fn headings() {
    for case in cases("heading") {
        let lines = Lines::of(&SourceText::new(text(&case))).lines;
        let got = lines.first().and_then(|line| {
            let marker = Marker::of_line(line)?;
            let shape = format!("{:?}", marker.shape);
            Some((shape.split('(').next()?.to_owned(), u64::from(marker.no), line.text[marker.len..].to_owned()))
        });
        let want = case["expect"].as_object().map(|e| {
            (e["shape"].as_str().unwrap().to_owned(), e["no"].as_u64().unwrap(), e["rest"].as_str().unwrap().to_owned())
        });
        assert_eq!(got, want, "{}", text(&case));
    }
}

#[test]
fn document_numbers() {
    for case in cases("number") {
        let got: Vec<String> = DocNumber::all(&tidied(text(&case))).into_iter().map(|n| n.number).collect();
        assert_eq!(serde_json::json!(got), case["expect"], "{}", text(&case));
    }
}

#[test]
fn citations() {
    for case in cases("citation") {
        let found = Citations::default().extract(&Passage::from_text(text(&case)));
        let got: Vec<_> = found.into_iter().map(|c| (c.title, c.number)).collect();
        assert_eq!(serde_json::json!(got), case["expect"], "{}", text(&case));
    }
}

#[test]
fn heads() {
    for case in cases("head") {
        let (document, source) = read(text(&case));
        let exchange = record::exchange(&document, &source);
        for (key, want) in case["expect"].as_object().unwrap() {
            let got = if key == "adcode" { &exchange["jurisdiction"]["adcode"] } else { &exchange[key] };
            assert_eq!(got, want, "{key} of {}", text(&case));
        }
    }
}

#[test]
fn outlines() {
    for case in cases("outline") {
        let (document, source) = read(text(&case));
        let name = case["name"].as_str().unwrap();
        let sections: Vec<String> = document.sections.iter().map(|s| source.wording(&s.heading)).collect();
        assert_eq!(serde_json::json!(sections), case["expect"]["sections"], "sections of {name}");
        let wanted = case["expect"]["clauses"].as_array().unwrap();
        assert_eq!(
            document.clauses.len(),
            wanted.len(),
            "clauses of {name}: {:?}",
            document.clauses.iter().map(|c| &c.path).collect::<Vec<_>>()
        );
        for (clause, want) in document.clauses.iter().zip(wanted) {
            assert_eq!(serde_json::json!(clause.path), want[0], "path in {name}");
            assert_eq!(
                serde_json::json!(clause.heading.as_ref().map(|h| source.wording(h))),
                want[1],
                "heading in {name}"
            );
            if let Some(kind) = want.get(2) {
                assert_eq!(&serde_json::json!(clause.kind), kind, "kind in {name}");
            }
        }
        if let Some(who) = case["expect"].get("assignments") {
            let got: Vec<_> = document.assignments.iter().map(|a| (a.clause, &a.body, a.role)).collect();
            assert_eq!(&serde_json::json!(got), who, "assignments of {name}");
        }
        if let Some(texts) = case["expect"].get("texts") {
            let got: Vec<String> = document.clauses.iter().map(|c| source.wording(&c.text)).collect();
            assert_eq!(&serde_json::json!(got), texts, "texts of {name}");
        }
    }
}

/// Text copied out of a cell or a form loses its newlines; the outline must not.
#[test]
fn the_seeds_in_one_line_keep_their_clauses() {
    for name in ["hubei-2024", "jiangmen-2019", "linfen-2022", "national-2023h2", "qijiang-2022"] {
        let path = format!("{}/seeds/documents/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        let printed = std::fs::read_to_string(path).unwrap();
        let one_line: Vec<&str> = printed.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        let (before, _) = read(&printed);
        let (after, _) = read(&one_line.join(" "));
        let paths = |d: &Document| d.clauses.iter().map(|c| c.path.clone()).collect::<Vec<_>>();
        let who =
            |d: &Document| d.assignments.iter().map(|a| (a.clause, a.part, a.body.clone(), a.role)).collect::<Vec<_>>();
        assert_eq!(paths(&after), paths(&before), "{name}");
        assert_eq!(who(&after), who(&before), "{name}");
    }
}
