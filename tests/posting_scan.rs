//! Postings give exactly what reading every text gives: random plans, random words, all tables, all filters of words.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

mod ledger_toy;

use ledger_toy::{ToyNames, ingest, text};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use taizhang::facts::Op;
use taizhang::ledger::{Ledger, Options, Reading};
use taizhang::query::Query;
use taizhang::record::*;
use taizhang::table::TableName;
use taizhang::text::{Extent, SourceText, Span, is_blank, tidy};

/// Reads `[` … `]` as a clause, `{` … `}` as a target, `(` … `)` as a section's heading; what stands in `<` … `>` inside
/// of them is page furniture, which is no part of any wording, and neither are line ends.
fn parse(source: &SourceText) -> Document {
    let chars: Vec<char> = source.as_str().chars().collect();
    let mut document = Document::default();
    let mut open: BTreeMap<char, usize> = BTreeMap::new();
    let extent = |from: usize, to: usize| {
        let mut removed: Vec<Span> = Vec::new();
        let mut furniture = false;
        for (at, c) in chars.iter().enumerate().take(to).skip(from) {
            furniture |= *c == '<';
            if furniture || *c == '\n' {
                match removed.last_mut() {
                    Some(gap) if gap.end == at as u32 => gap.end += 1,
                    _ => removed.push(Span::new(at as u32, at as u32 + 1)),
                }
            }
            furniture &= *c != '>';
        }
        Extent { span: Span::new(from as u32, to as u32), removed }
    };
    for (at, c) in chars.iter().enumerate() {
        let opener = match c {
            ']' => '[',
            '}' => '{',
            ')' => '(',
            other => {
                open.insert(*other, at);
                continue;
            }
        };
        let Some(from) = open.remove(&opener) else { continue };
        let place = extent(from + 1, at);
        match c {
            ']' => document.clauses.push(Clause {
                path: vec![1],
                section: None,
                heading: None,
                kind: Kind::Task,
                text: place,
                topics: vec![],
            }),
            ')' => document.sections.push(Section { plan: None, no: 1, heading: place }),
            _ => document.targets.push(Target {
                clause: open.contains_key(&'[').then(|| document.clauses.len() as u32 + 1),
                path: vec![1],
                part: None,
                text: place,
                indicator: "x".into(),
                op: Op::Equal,
                value: 1.0,
                value_high: None,
                unit: None,
                per: None,
                baseline: None,
                baseline_period: None,
                change: None,
                deadline: None,
                implied: false,
                why: vec![],
            }),
        }
    }
    let clauses = document.clauses.len() as u32;
    document.targets.retain(|target| target.clause.is_none_or(|clause| clause <= clauses));
    document.assignments = (1..=clauses).flat_map(|n| [assignment(n), assignment(n)]).collect();
    document
}

fn assignment(clause: u32) -> Assignment {
    Assignment {
        clause,
        part: 1,
        body: "局".into(),
        functions: vec![],
        role: taizhang::facts::Role::Lead,
        implied: false,
        open: false,
        name: Extent { span: Span::new(0, 1), removed: vec![] },
        group: None,
        why: vec![],
    }
}

fn tidied(words: &str) -> String {
    words.chars().filter(|c| !is_blank(*c)).map(tidy).collect()
}

/// What a text holds, printed and without furniture.
fn whole(source: &SourceText, document: &Document) -> String {
    let gaps = document.clauses.iter().flat_map(|clause| &clause.text.removed);
    let mut removed: Vec<Span> = gaps.copied().filter(|gap| !source.slice(*gap).chars().all(is_blank)).collect();
    removed.sort_unstable();
    let less = source.wording(&Extent { span: Span::new(0, source.len()), removed });
    format!("{}\n{}", tidied(source.as_str()), tidied(&less))
}

/// Pieces of plans: the same words in both scripts and widths, a character beyond the basic plane, blanks, furniture.
fn piece() -> impl Strategy<Value = &'static str> {
    let pieces = [
        "医",
        "疗",
        "保",
        "障",
        "醫",
        "療",
        "医疗",
        "保障",
        "７",
        "7",
        "%",
        "％",
        "。",
        "\u{20000}",
        "\u{20000}医",
        " ",
        "\u{3000}",
        "\n",
        "[",
        "]",
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        "<",
        ">",
        "<7>",
        "<\n>",
        "a",
    ];
    proptest::sample::select(pieces.to_vec())
}

fn document() -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), 1..60).prop_map(|pieces| pieces.concat() + "医")
}

fn word() -> impl Strategy<Value = String> {
    let chars = proptest::sample::select("医疗保障療7７%。\u{20000}a<7".chars().collect::<Vec<_>>());
    proptest::collection::vec(chars, 1..6).prop_map(|chars| chars.into_iter().collect())
}

fn words() -> impl Strategy<Value = [Vec<String>; 3]> {
    let some = |most: usize| proptest::collection::vec(word(), 0..=most);
    (some(2), some(2), some(1)).prop_map(|(all, any, none)| [all, any, none])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn postings_find_what_reading_finds(
        texts in proptest::collection::vec(document(), 1..12),
        asked in proptest::collection::vec(words(), 1..12),
        cut in 0..12usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::new(parse, Reading { rules: 1, lexicon: 1 }, Arc::new(ToyNames));
        options.segment_size = 512 << 10;
        let ledger = Ledger::open(folder.path().join("l.tz"), options).unwrap();
        let sources: Vec<_> = texts.iter().enumerate().map(|(n, t)| text(&format!("{n:02}"), t)).collect();
        // In one commit, or in two.
        let cut = cut.min(sources.len());
        ingest(&ledger, sources[..cut].to_vec());
        ingest(&ledger, sources[cut..].to_vec());
        ledger.check().unwrap();
        for [all, any, without] in asked {
            let holds = |wording: &str| {
                let has = |word: &String| wording.contains(&tidied(word));
                all.iter().all(has) && (any.is_empty() || any.iter().any(has)) && !without.iter().any(has)
            };
            for table in [TableName::Documents, TableName::Sections, TableName::Clauses, TableName::Assignments, TableName::Targets] {
                let mut query = Query::new(table);
                let mut expected = Vec::new();
                for id in ledger.ids().unwrap() {
                    let stored = ledger.document(&id).unwrap();
                    let read = |extent: &Extent| tidied(&stored.text.wording(extent));
                    let clause = |n: u32| read(&stored.document.clauses[n as usize - 1].text);
                    let wordings: Vec<String> = match table {
                        TableName::Documents => vec![whole(&stored.text, &stored.document)],
                        TableName::Sections => stored.document.sections.iter().map(|s| read(&s.heading)).collect(),
                        TableName::Clauses => stored.document.clauses.iter().map(|c| read(&c.text)).collect(),
                        TableName::Targets => stored.document.targets.iter().map(|t| read(&t.text)).collect(),
                        _ => stored.document.assignments.iter().map(|a| clause(a.clause)).collect(),
                    };
                    expected.extend(wordings.iter().filter(|wording| holds(wording)).map(|_| id.clone()));
                }
                query.columns = vec!["document".into()];
                [query.text, query.any, query.without] = [all.clone(), any.clone(), without.clone()];
                let answer = ledger.query(&query).unwrap();
                let found: Vec<String> = answer.values("document").map(|id| id.text().unwrap().to_owned()).collect();
                prop_assert_eq!(found, expected, "{:?} {:?}", table, query);
            }
        }
    }
}
