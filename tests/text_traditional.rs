//! The seeds in traditional characters, Kangxi radicals and vertical signs read like the seeds: what a character
//! looks like in a portal's or a font's tradition changes no fact.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;
use taizhang::lexicon::Lexicon;
use taizhang::record::{self, Document, Target};
use taizhang::text::{CHARACTERS, SourceText, tidy};

/// For each character those that become it, of the kinds asked for.
fn inverse(kinds: &[&str]) -> BTreeMap<char, Vec<char>> {
    let mut inverse = BTreeMap::<char, Vec<char>>::new();
    for row in csv::Reader::from_reader(CHARACTERS.as_bytes()).records() {
        let row = row.unwrap();
        if kinds.contains(&&row[3]) {
            let from = row[1].chars().next().unwrap();
            inverse.entry(row[2].chars().next().unwrap()).or_default().push(from);
        }
    }
    inverse
}

/// The text with each character replaced by one that becomes it, each in turn.
fn rewritten(text: &str, inverse: &BTreeMap<char, Vec<char>>) -> (String, usize) {
    let (mut changed, mut turn) = (0, 0);
    let text = text
        .chars()
        .map(|c| {
            let Some(others) = inverse.get(&c) else { return c };
            changed += 1;
            turn += 1;
            others[turn % others.len()]
        })
        .collect();
    (text, changed)
}

fn targets(targets: &[Target]) -> Vec<String> {
    targets
        .iter()
        .map(|t| format!("{:?} {:?} {:?} {:?} {:?}", t.op, t.value, t.value_high, t.unit, t.deadline))
        .collect()
}

/// What the document says, by structure.
fn structure(document: &Document) -> Vec<String> {
    let mut out = vec![
        format!("{:?} {:?} {:?}", document.issued, document.jurisdiction, document.number.as_deref().map(tidied)),
        format!("{} sections, {} citations", document.sections.len(), document.citations.len()),
    ];
    out.extend(document.clauses.iter().map(|c| format!("{:?} {:?} {:?} {:?}", c.path, c.kind, c.topics, c.text.span)));
    out.extend(
        document
            .assignments
            .iter()
            .map(|a| format!("{} {} {:?} {:?} {:?}", a.clause, a.part, a.functions, a.role, a.name)),
    );
    out.extend(targets(&document.targets));
    out.extend(document.milestones.iter().map(|m| format!("{:?} {:?}", m.clause, m.deadline)));
    out
}

fn tidied(text: &str) -> String {
    text.chars().map(tidy).collect()
}

#[test]
fn the_seeds_read_alike_in_other_characters() {
    let lexicon = Lexicon::embedded();
    let folder = format!("{}/seeds/documents", env!("CARGO_MANIFEST_DIR"));
    let mut seeds: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    seeds.retain(|path| path.extension().is_some_and(|e| e == "txt"));
    seeds.sort();
    assert_eq!(seeds.len(), 5);
    for kinds in [&["traditional"][..], &["kangxi", "radical", "compatibility"], &["vertical", "small"]] {
        let inverse = inverse(kinds);
        for path in &seeds {
            let text = std::fs::read_to_string(path).unwrap();
            let (other, changed) = rewritten(&text, &inverse);
            assert!(changed * 100 > text.chars().count(), "{} {kinds:?}: {changed} changed", path.display());
            let (one, two) = (SourceText::new(text), SourceText::new(other));
            let (one, two) = (record::parse(&one, lexicon), record::parse(&two, lexicon));
            let (one, two) = (structure(&one), structure(&two));
            for (one, two) in one.iter().zip(&two) {
                assert_eq!(one, two, "{} {kinds:?}", path.display());
            }
            assert_eq!(one.len(), two.len());
        }
    }
}
