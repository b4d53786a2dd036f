//! Descent: which clauses a plan took from where, and what it made of their targets.
//!
//! In: the clauses of plans and of those they may stand upon. Out: for each clause its source, if it has one: how much of
//! its wording is the source's, the longest stretch copied, the days between; and for each target of both what became of it.
//! Wording is counted in runs of [`RUN`] characters, each weighted by how few documents have it: what everybody
//! writes (贯彻落实, 按职责分工负责) proves no descent. A source is of the same level or above, and not issued later.

use super::column::{Columns, at, ints, texts, words};
use super::period::{Period, days};
use super::wording::{likeness, named, pairs, tidied};
use crate::error::Result;
use crate::index::Reader;
use crate::lexicon::Lexicon;
use crate::query::{self, Names, Query};
use crate::table::{Table, TableName};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Clauses and their sources.
#[derive(Debug, Clone)]
pub struct Descent {
    /// One row a clause; `source_…` are null where it has none.
    pub clauses: Table,
    /// One row a target of a clause, or of its source.
    pub targets: Table,
}

/// Characters of a run.
const RUN: usize = 5;
/// Least weighted share of a clause's runs that its source has.
const LEAST: f64 = 0.12;
/// Runs that more clauses have than this lead to none of them.
const COMMON: usize = 64;
/// A copied stretch of so many characters, at least half of its runs rare, is descent whatever the share.
const LONG: usize = 16;
/// Least stretch that counts as copied.
const STRETCH: usize = 8;
/// Least likeness of two indicators of a clause and its source.
const ALIKE: f64 = 0.4;

/// A clause to compare.
struct Clause<'a> {
    row: usize,
    id: &'a str,
    document: &'a str,
    text: Vec<char>,
    runs: Vec<u64>,
}

struct Found {
    source: usize,
    reuse: f64,
    copied: usize,
    longest: String,
}

/// What a document's date and place are.
#[derive(Clone, Copy)]
struct Issue<'a> {
    issued: Option<&'a str>,
    adcode: Option<&'a str>,
}

/// The descent of the clauses that `of` selects from those that `from` selects; without it from all plans of the places
/// above and of their own place.
pub fn descent(reader: Reader<'_>, of: &Query, from: Option<&Query>, names: &dyn Names) -> Result<Descent> {
    let columns = ["id", "issued", "adcode"].map(str::to_owned).to_vec();
    let documents = query::run(reader, &Query { columns, ..Query::new(TableName::Documents) }, names)?;
    let (issued, adcodes) = (texts(&documents, "issued"), texts(&documents, "adcode"));
    let issues: BTreeMap<&str, Issue<'_>> = words(&documents, "id")
        .into_iter()
        .enumerate()
        .map(|(row, id)| (id, Issue { issued: at(&issued, row), adcode: at(&adcodes, row) }))
        .collect();
    let columns: Vec<String> = COLUMNS.iter().map(|&c| c.to_owned()).collect();
    let whole = |question: &Query| Query { table: TableName::Clauses, columns: columns.clone(), ..question.clone() };
    let own = query::run(reader, &whole(of), names)?;
    let sources = match from {
        Some(from) => query::run(reader, &whole(from), names)?,
        None => query::run(reader, &whole(&above(&own, &issues)), names)?,
    };
    let (clauses, candidates) = (clauses(&own), clauses(&sources));
    let found = matched(&clauses, &candidates, &issues);
    let pairs: Vec<(usize, usize)> = clauses
        .iter()
        .zip(&found)
        .filter_map(|(clause, f)| Some((clause.row, candidates.get(f.as_ref()?.source)?.row)))
        .collect();
    Ok(Descent {
        clauses: table(&own, &sources, &clauses, &candidates, &found, &issues)?,
        targets: targets(reader, &own, &sources, &pairs, names)?,
    })
}

const COLUMNS: [&str; 10] =
    ["document", "clause", "path", "heading", "text", "place", "adcode", "level", "start", "end"];

/// All plans of the places of these clauses and of the places above.
fn above(own: &Table, issues: &BTreeMap<&str, Issue<'_>>) -> Query {
    let places = Lexicon::embedded().places();
    let mut codes: BTreeSet<&str> = BTreeSet::new();
    for code in texts(own, "adcode").into_iter().flatten().collect::<BTreeSet<_>>() {
        codes.insert(code);
        codes.extend(places.ancestors(code).map(|place| &*place.adcode));
    }
    let document = issues.iter().filter(|(_, issue)| issue.adcode.is_some_and(|code| codes.contains(code)));
    let document: Vec<String> = document.map(|(id, _)| (*id).to_owned()).collect();
    let limit = document.is_empty().then_some(0);
    Query { document, limit, ..Query::new(TableName::Clauses) }
}

fn clauses(table: &Table) -> Vec<Clause<'_>> {
    let (ids, documents, texts) = (words(table, "clause"), words(table, "document"), words(table, "text"));
    (0..table.len())
        .map(|row| {
            let text: Vec<char> = tidied(at(&texts, row)).chars().collect();
            let mut runs: Vec<u64> = text.windows(RUN).map(hash).collect();
            runs.sort_unstable();
            runs.dedup();
            Clause { row, id: at(&ids, row), document: at(&documents, row), text, runs }
        })
        .collect()
}

/// FNV-1a over characters: the same everywhere.
fn hash(run: &[char]) -> u64 {
    run.iter().fold(0xcbf2_9ce4_8422_2325, |hash, c| (hash ^ u64::from(*c)).wrapping_mul(0x0100_0000_01b3))
}

/// True where a clause may descend from another: of another document, not issued later.
fn may_descend(own: &str, source: &str, issues: &BTreeMap<&str, Issue<'_>>) -> bool {
    let (Some(a), Some(b)) = (issues.get(own), issues.get(source)) else { return false };
    own != source && a.issued.zip(b.issued).is_none_or(|(own, source)| source <= own)
}

/// The source of each clause.
fn matched(clauses: &[Clause<'_>], sources: &[Clause<'_>], issues: &BTreeMap<&str, Issue<'_>>) -> Vec<Option<Found>> {
    // In how many documents a run stands.
    let mut last: HashMap<u64, (&str, u32)> = HashMap::new();
    for clause in clauses.iter().chain(sources) {
        for run in &clause.runs {
            let seen = last.entry(*run).or_insert(("", 0));
            if seen.0 != clause.document {
                *seen = (clause.document, seen.1 + 1);
            }
        }
    }
    let documents = clauses.iter().chain(sources).map(|clause| clause.document).collect::<BTreeSet<_>>().len() as f64;
    // A run that all of many documents share weighs nothing, one that two share the most.
    let weight = |run: &u64| last.get(run).map_or(0.0, |(_, n)| (1.0 + documents / f64::from(*n)).ln());
    let rare = |run: &u64| last.get(run).is_none_or(|(_, n)| f64::from(*n) <= (documents / 10.0).max(2.0));
    let mut having: HashMap<u64, Vec<usize>> = HashMap::new();
    for (position, source) in sources.iter().enumerate() {
        for run in &source.runs {
            having.entry(*run).or_default().push(position);
        }
    }
    clauses
        .iter()
        .map(|clause| {
            let mut shared: BTreeMap<usize, f64> = BTreeMap::new();
            for run in &clause.runs {
                for source in having.get(run).filter(|all| all.len() <= COMMON).into_iter().flatten() {
                    *shared.entry(*source).or_default() += weight(run);
                }
            }
            let whole: f64 = clause.runs.iter().map(weight).sum();
            let best = shared
                .into_iter()
                .filter(|(i, _)| sources.get(*i).is_some_and(|s| may_descend(clause.document, s.document, issues)))
                .map(|(source, shared)| (source, shared / whole))
                .fold(None, |best: Option<(usize, f64)>, next| match best {
                    Some(known) if known.1 >= next.1 => Some(known),
                    _ => Some(next),
                });
            let (source, reuse) = best?;
            let (copied, longest) = copied(&clause.text, &sources.get(source)?.text);
            let runs = longest.len().saturating_sub(RUN - 1);
            let few = longest.windows(RUN).filter(|run| rare(&hash(run))).count();
            let taken = reuse >= LEAST || longest.len() >= LONG && 2 * few >= runs;
            taken.then(|| Found { source, reuse, copied, longest: longest.into_iter().collect() })
        })
        .collect()
}

/// Characters of `text` in stretches that `source` has too, and the longest of them.
fn copied(text: &[char], source: &[char]) -> (usize, Vec<char>) {
    let mut places: HashMap<&[char], Vec<usize>> = HashMap::new();
    for (at, run) in source.windows(STRETCH).enumerate() {
        places.entry(run).or_default().push(at);
    }
    let (mut at, mut count, mut longest) = (0, 0, 0..0);
    while let Some(run) = text.get(at..at + STRETCH) {
        let reach = |from: &usize| {
            let (own, other) = (text.get(at..).unwrap_or_default(), source.get(*from..).unwrap_or_default());
            own.iter().zip(other).take_while(|(a, b)| a == b).count()
        };
        // Few places hold a stretch of eight; those of a text that repeats itself are looked at no further.
        let length = places.get(run).into_iter().flatten().take(COMMON).map(reach).max().unwrap_or_default();
        if length > longest.len() {
            longest = at..at + length;
        }
        count += length;
        at += length.max(1);
    }
    (count, text.get(longest).unwrap_or_default().to_vec())
}

fn table(
    own: &Table,
    sources: &Table,
    clauses: &[Clause<'_>],
    candidates: &[Clause<'_>],
    found: &[Option<Found>],
    issues: &BTreeMap<&str, Issue<'_>>,
) -> Result<Table> {
    let rows: Vec<usize> = clauses.iter().map(|clause| clause.row).collect();
    let source = |row: usize| candidates.get(found.get(row)?.as_ref()?.source);
    let column = |name: &'static str| -> Vec<Option<&str>> {
        let values = texts(sources, name);
        rows.iter().map(|row| at(&values, source(*row)?.row)).collect()
    };
    let number = |name: &'static str| -> Vec<Option<i64>> {
        let values = ints(sources, name);
        rows.iter().map(|row| at(&values, source(*row)?.row)).collect()
    };
    let gap = |row: usize| {
        let date = |id: &str| issues.get(id)?.issued?.parse().ok();
        Some(days(date(source(row)?.document)?, date(clauses.get(row)?.document)?))
    };
    let share = |found: &Option<Found>, clause: &Clause<'_>| {
        Some(found.as_ref()?.copied as f64 / clause.text.len().max(1) as f64)
    };
    Columns::default()
        .taken(own, &rows, &["document", "clause", "path", "heading", "place", "level"])?
        .text("source_document", column("document"))
        .text("source_clause", rows.iter().map(|row| source(*row).map(|s| s.id)))
        .text("source_path", column("path"))
        .text("source_heading", column("heading"))
        .text("source_place", column("place"))
        .text("source_level", column("level"))
        .float("reuse", found.iter().map(|f| Some(f.as_ref()?.reuse)))
        .float("copied", found.iter().zip(clauses).map(|(f, clause)| share(f, clause)))
        .text("longest", found.iter().map(|f| Some(f.as_ref()?.longest.clone()).filter(|words| !words.is_empty())))
        .int("days", rows.iter().map(|row| gap(*row)))
        .taken(own, &rows, &["start", "end"])?
        .int("source_start", number("start"))
        .int("source_end", number("end"))
        .table()
}

/// A target of a clause or its source.
struct Target<'a> {
    indicator: &'a str,
    text: &'a str,
    op: &'a str,
    value: Option<f64>,
    unit: Option<&'a str>,
    deadline: Option<&'a str>,
    span: (Option<i64>, Option<i64>),
}

/// What became of the targets of clauses and sources.
fn targets(
    reader: Reader<'_>,
    own: &Table,
    sources: &Table,
    pairs_of: &[(usize, usize)],
    names: &dyn Names,
) -> Result<Table> {
    let (ids, source_ids) = (words(own, "clause"), words(sources, "clause"));
    let asked: BTreeSet<&str> = pairs_of.iter().flat_map(|(a, b)| [at(&ids, *a), at(&source_ids, *b)]).collect();
    let columns =
        ["clause", "indicator", "text", "op", "value", "unit", "deadline", "start", "end"].map(str::to_owned).to_vec();
    let clause: Vec<String> = asked.into_iter().map(str::to_owned).collect();
    let limit = clause.is_empty().then_some(0);
    let question = Query { clause, columns, limit, ..Query::new(TableName::Targets) };
    let table = query::run(reader, &question, names)?;
    let mut of_clause: BTreeMap<&str, Vec<Target<'_>>> = BTreeMap::new();
    let [clauses, indicators, wordings, ops] = ["clause", "indicator", "text", "op"].map(|name| words(&table, name));
    let (values, units, deadlines) =
        (super::column::floats(&table, "value"), texts(&table, "unit"), texts(&table, "deadline"));
    let (starts, ends) = (ints(&table, "start"), ints(&table, "end"));
    for row in 0..table.len() {
        of_clause.entry(at(&clauses, row)).or_default().push(Target {
            indicator: at(&indicators, row),
            text: at(&wordings, row),
            op: at(&ops, row),
            value: at(&values, row),
            unit: at(&units, row),
            deadline: at(&deadlines, row),
            span: (at(&starts, row), at(&ends, row)),
        });
    }
    let none = Vec::new();
    let mut rows: Vec<(&str, &str, Option<&Target<'_>>, Option<&Target<'_>>)> = Vec::new();
    for (a, b) in pairs_of {
        let (clause, source) = (at(&ids, *a), at(&source_ids, *b));
        let (own, theirs) = (of_clause.get(clause).unwrap_or(&none), of_clause.get(source).unwrap_or(&none));
        let matched = counterparts(own, theirs);
        for (target, other) in own.iter().zip(&matched) {
            rows.push((clause, source, Some(target), other.and_then(|i| theirs.get(i))));
        }
        let dropped = theirs.iter().enumerate().filter(|(i, _)| !matched.contains(&Some(*i)));
        rows.extend(dropped.map(|(_, target)| (clause, source, None, Some(target))));
    }
    let own = |get: fn(&Target<'_>) -> Option<f64>| rows.iter().map(move |(.., a, _)| (*a).and_then(get));
    let theirs = |get: fn(&Target<'_>) -> Option<f64>| rows.iter().map(move |(.., b)| (*b).and_then(get));
    Columns::default()
        .text("clause", rows.iter().map(|(clause, ..)| Some(*clause)))
        .text("source_clause", rows.iter().map(|(_, source, ..)| Some(*source)))
        .text("change", rows.iter().map(|(.., a, b)| Some(change(*a, *b))))
        .text("indicator", rows.iter().map(|(.., a, b)| Some(a.or(*b)?.indicator)))
        .float("value", own(|target| target.value))
        .text("unit", rows.iter().map(|(.., a, _)| (*a)?.unit))
        .text("deadline", rows.iter().map(|(.., a, _)| (*a)?.deadline))
        .float("source_value", theirs(|target| target.value))
        .text("source_unit", rows.iter().map(|(.., b)| (*b)?.unit))
        .text("source_deadline", rows.iter().map(|(.., b)| (*b)?.deadline))
        .text("text", rows.iter().map(|(.., a, _)| Some((*a)?.text)))
        .text("source_text", rows.iter().map(|(.., b)| Some((*b)?.text)))
        .int("start", rows.iter().map(|(.., a, _)| (*a)?.span.0))
        .int("end", rows.iter().map(|(.., a, _)| (*a)?.span.1))
        .table()
}

/// For each target the one of the source that names the same thing, best first, each once.
fn counterparts(own: &[Target<'_>], theirs: &[Target<'_>]) -> Vec<Option<usize>> {
    let mut likely: Vec<(f64, usize, usize)> = Vec::new();
    for (i, a) in own.iter().enumerate() {
        let a_pairs = pairs(&named(a.indicator));
        for (j, b) in theirs.iter().enumerate() {
            let like = likeness(&a_pairs, &pairs(&named(b.indicator)));
            likely.extend((like >= ALIKE).then_some((like, i, j)));
        }
    }
    likely.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut of, mut taken) = (vec![None; own.len()], BTreeSet::new());
    for (_, i, j) in likely {
        if let Some(free) = of.get_mut(i).filter(|of| of.is_none() && !taken.contains(&j)) {
            *free = Some(j);
            taken.insert(j);
        }
    }
    of
}

/// What a plan made of its source's target.
fn change(own: Option<&Target<'_>>, source: Option<&Target<'_>>) -> &'static str {
    let (Some(own), Some(source)) = (own, source) else { return if own.is_some() { "added" } else { "dropped" } };
    let units = Lexicon::embedded().units();
    let value = match (own.unit, source.unit) {
        (Some(to), Some(from)) => own.value.and_then(|value| units.convert(value, to, from)),
        (None, None) => own.value,
        _ => None,
    };
    let (Some(value), Some(before)) = (value, source.value) else { return "not comparable" };
    if (value - before).abs() > 1e-9 * before.abs().max(1.0) {
        // A lower ceiling asks more.
        let ceiling = matches!(own.op, "<=" | "<");
        return if (value > before) == ceiling { "lowered" } else { "raised" };
    }
    match (own.deadline.and_then(Period::of), source.deadline.and_then(Period::of)) {
        (Some(own), Some(source)) => match own.cmp(&source) {
            std::cmp::Ordering::Less => "earlier",
            std::cmp::Ordering::Equal => "same",
            std::cmp::Ordering::Greater => "later",
        },
        (Some(_), None) => "dated",
        (None, Some(_)) => "undated",
        (None, None) => "same",
    }
}
