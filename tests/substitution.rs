//! The seeds with every place, department and number replaced by others of their kind must read alike: rules know how
//! officials write, not what these five documents say.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};
use taizhang::lexicon::{How, Level, Lexicon, Place};
use taizhang::record::{self, Document};
use taizhang::text::{SourceText, Span};

/// A small seeded generator (SplitMix64): the same seed draws the same documents everywhere.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() { None } else { from.get(self.below(from.len())) }
    }
}

fn seeds() -> Vec<(String, String)> {
    let folder = format!("{}/seeds/documents", env!("CARGO_MANIFEST_DIR"));
    let mut seeds: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "txt"))
        .map(|p| (p.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&p).unwrap()))
        .collect();
    seeds.sort();
    seeds
}

/// For each name of a department in the tables its function, and for each last character the names that end in it.
struct Names {
    function: BTreeMap<String, String>,
    by_end: BTreeMap<char, Vec<String>>,
}

impl Names {
    fn load() -> Self {
        let path = format!("{}/seeds/lexicon/departments.csv", env!("CARGO_MANIFEST_DIR"));
        let mut names = Self { function: BTreeMap::new(), by_end: BTreeMap::new() };
        for row in csv::Reader::from_path(path).unwrap().records() {
            let row = row.unwrap();
            if &row[3] != "department" {
                continue;
            }
            for alias in row[4].split(';').filter(|a| (3..=9).contains(&a.chars().count()) && !a.starts_with('委')) {
                names.function.insert(alias.to_owned(), row[0].to_owned());
                names.by_end.entry(alias.chars().last().unwrap()).or_default().push(alias.to_owned());
            }
        }
        names
    }
}

/// Text with stretches replaced.
fn edit(source: &SourceText, mut edits: Vec<(Span, String)>) -> String {
    edits.sort_by_key(|(span, _)| *span);
    edits.dedup_by(|b, a| a.0.overlaps(b.0));
    let mut out = String::new();
    let mut from = 0;
    for (span, text) in edits {
        out.push_str(source.slice(Span::new(from, span.start)));
        out.push_str(&text);
        from = span.end;
    }
    out.push_str(source.slice(Span::new(from, source.len())));
    out
}

/// Departments in groups become others whose names end alike, one for one; gives the functions that now stand there.
fn departments(text: &str, names: &Names, draw: &mut Draw) -> (String, BTreeMap<String, String>) {
    let lexicon = Lexicon::embedded();
    let source = SourceText::new(text);
    let document = record::parse(&source, lexicon);
    let mut chosen: BTreeMap<String, String> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    let mut functions = BTreeMap::new();
    let mut edits = Vec::new();
    for row in document.assignments.iter().filter(|a| !a.implied) {
        let printed = source.wording(&row.name);
        let Some((at, stem)) =
            printed.char_indices().map(|(i, _)| (i, &printed[i..])).find(|(_, s)| names.function.contains_key(*s))
        else {
            continue;
        };
        let head = &printed[..at];
        if lexicon.departments().resolve(&row.body).is_none_or(|r| {
            r.functions != [names.function[stem].as_str()] || !matches!(r.how, How::Alias | How::Stripped)
        }) || printed.contains(['(', '（'])
        {
            continue;
        }
        let old = &names.function[stem];
        let body_head = row.body.strip_suffix(stem).unwrap_or(head).to_owned();
        let new = chosen.entry(stem.to_owned()).or_insert_with(|| {
            let pool: Vec<&String> = names.by_end[&stem.chars().last().unwrap()]
                .iter()
                .filter(|n| names.function[*n] != *old && !taken.contains(*n))
                .filter(|n| {
                    lexicon
                        .departments()
                        .resolve(&format!("{body_head}{n}"))
                        .is_some_and(|r| r.functions == [names.function[*n].as_str()])
                })
                .filter(|n| {
                    lexicon.departments().resolve(n).is_some_and(|r| r.functions == [names.function[*n].as_str()])
                })
                .collect();
            let new = draw.pick(&pool).map_or(stem.to_owned(), |n| (*n).clone());
            taken.insert(new.clone());
            new
        });
        functions.insert(format!("{body_head}{stem}"), names.function.get(new).cloned().unwrap_or_default());
        edits.push((row.name.span, format!("{head}{new}")));
    }
    (edit(&source, edits), functions)
}

/// Places become others of the same kind; what lies in a replaced place lies in its successor.
fn places(text: &str, draw: &mut Draw) -> (String, BTreeMap<String, String>) {
    let places = Lexicon::embedded().places();
    let all: Vec<&Place> = places.divisions().iter().filter(|p| p.in_force() && p.level != Level::Country).collect();
    let shared: BTreeSet<&str> = {
        let mut seen = BTreeSet::new();
        all.iter().filter(|p| !seen.insert(&*p.name)).map(|p| &*p.name).collect()
    };
    let mut present: Vec<&Place> = all
        .iter()
        .copied()
        .filter(|p| p.name.chars().count() >= 2 && !shared.contains(&*p.name) && text.contains(&*p.name))
        .collect();
    present.sort_by_key(|p| (p.level, p.adcode.clone()));
    let mut codes: BTreeMap<String, String> = BTreeMap::new();
    let mut words: Vec<(String, String)> = Vec::new();
    for place in present {
        let parent = place.parent.as_deref().and_then(|p| codes.get(p));
        let like = |p: &&&Place| {
            p.kind == place.kind
                && p.adcode != place.adcode
                && !shared.contains(&*p.name)
                && p.name.chars().count() == place.name.chars().count()
                && !text.contains(&*p.short)
        };
        let mut pool: Vec<&&Place> = all.iter().filter(like).collect();
        if let Some(parent) = parent {
            let inside: Vec<&&Place> = pool.iter().copied().filter(|p| p.parent.as_deref() == Some(parent)).collect();
            pool = if inside.is_empty() { pool } else { inside };
        }
        let Some(new) = draw.pick(&pool) else { continue };
        if codes.values().any(|c| **c == *new.adcode) {
            continue;
        }
        codes.insert(place.adcode.to_string(), new.adcode.to_string());
        words.push((place.name.to_string(), new.name.to_string()));
        if place.short.chars().count() >= 2 && place.short != place.name {
            words.push((place.short.to_string(), new.short.to_string()));
        }
    }
    let patterns: Vec<&str> = words.iter().map(|(old, _)| old.as_str()).collect();
    let news: Vec<&str> = words.iter().map(|(_, new)| new.as_str()).collect();
    let finder = aho_corasick::AhoCorasick::builder()
        .match_kind(aho_corasick::MatchKind::LeftmostLongest)
        .build(patterns)
        .unwrap();
    (finder.replace_all(text, &news), codes)
}

/// Numbers in targets become others with as many digits, years move together.
fn numbers(text: &str, draw: &mut Draw) -> (String, i32) {
    let source = SourceText::new(text);
    let document = record::parse(&source, Lexicon::embedded());
    let shift = draw.below(3) as i32 + 1;
    let chars: Vec<char> = text.chars().collect();
    let mut edits = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let end = (at..chars.len()).find(|i| !chars[*i].is_ascii_digit()).unwrap_or(chars.len());
        if end == at {
            at += 1;
            continue;
        }
        let digits: String = chars[at..end].iter().collect();
        let span = Span::new(at as u32, end as u32);
        let year = digits.len() == 4 && digits.starts_with("20");
        let inside = document.targets.iter().any(|t| t.text.span.contains(span));
        let of_a_name = at > 0 && (chars[at - 1].is_ascii_alphabetic() || chars[at - 1] == '“');
        if year {
            edits.push((span, (digits.parse::<i32>().unwrap() + shift).to_string()));
        } else if inside && !of_a_name {
            let mut new: String = (0..digits.len())
                .map(|i| char::from(b'0' + draw.below(if i == 0 { 7 } else { 10 }) as u8 + u8::from(i == 0) * 2))
                .collect();
            if new.parse::<u64>() == digits.parse::<u64>() {
                new = new.replace(|_: char| true, "3");
            }
            edits.push((span, new));
        }
        at = end;
    }
    (edit(&source, edits), shift)
}

/// What must stay: everything but the names, numbers and years themselves.
fn structure(document: &Document, source: &SourceText) -> Vec<String> {
    let mut rows = vec![format!("number {} issuers {}", document.number.is_some(), document.issuers.len())];
    rows.extend(
        document
            .sections
            .iter()
            .map(|s| format!("section {} {}", s.no, source.wording(&s.heading).chars().count() > 0)),
    );
    rows.extend(document.clauses.iter().map(|c| format!("clause {:?} {:?} {}", c.path, c.kind, c.heading.is_some())));
    rows.extend(
        document
            .assignments
            .iter()
            .map(|a| format!("assignment {} {} {:?} {} {}", a.clause, a.part, a.role, a.implied, a.open)),
    );
    rows.extend(document.targets.iter().map(|t| {
        format!(
            "target {:?} {:?} {:?} {:?} {:?} base {} high {} due {} {:?}",
            t.path,
            t.op,
            t.unit,
            t.per,
            t.part,
            t.baseline.is_some(),
            t.value_high.is_some(),
            t.deadline.is_some(),
            t.change
        )
    }));
    rows.extend(document.milestones.iter().map(|m| format!("milestone {:?} {}", m.path, m.deadline.len())));
    rows.extend(
        document
            .citations
            .iter()
            .map(|c| format!("citation {:?} {} {}", c.clause, c.title.is_some(), c.number.is_some())),
    );
    rows
}

#[test]
fn the_seeds_read_alike_with_other_names_and_numbers() {
    let names = Names::load();
    for (name, text) in seeds() {
        let source = SourceText::new(text.as_str());
        let before = record::parse(&source, Lexicon::embedded());
        let wanted = structure(&before, &source);
        for seed in 0..6 {
            let mut draw = Draw(seed);
            let (changed, functions) = departments(&text, &names, &mut draw);
            let (changed, codes) = places(&changed, &mut draw);
            let (changed, shift) = numbers(&changed, &mut draw);
            assert_ne!(changed, text);
            let source = SourceText::new(changed);
            let after = record::parse(&source, Lexicon::embedded());
            let got = structure(&after, &source);
            let differ: Vec<_> =
                wanted.iter().filter(|w| !got.contains(w)).chain(got.iter().filter(|g| !wanted.contains(g))).collect();
            assert!(wanted == got, "{name}, seed {seed}: {differ:#?}");
            for (old, new) in before.assignments.iter().zip(&after.assignments).filter(|(a, _)| !a.implied) {
                let want = functions.get(&old.body).map(String::as_str).or(old.functions.first().map(String::as_str));
                assert_eq!(
                    new.functions.first().map(String::as_str),
                    want,
                    "{name}, seed {seed}: {} is now {}",
                    old.body,
                    new.body
                );
            }
            for (old, new) in before.targets.iter().zip(&after.targets) {
                let year = |d: &Option<String>| d.as_ref().map(|d| d[..4].parse::<i32>().unwrap());
                let (from, to) = (year(&old.deadline), year(&new.deadline));
                assert!(to == from || to == from.map(|y| y + shift), "{name}, seed {seed}: {to:?}");
            }
            let (old, new) = (before.jurisdiction.as_ref().unwrap(), after.jurisdiction.as_ref());
            let want = codes.get(&old.adcode).unwrap_or(&old.adcode);
            assert_eq!(
                new.map(|j| &j.adcode),
                Some(want),
                "{name}, seed {seed}: {:?} {:?}",
                after.title,
                after.issuers
            );
        }
    }
}
