//! Ladder: one indicator over places, levels and years.
//!
//! In: targets that a question selects. Out: one row a target, with the group of wordings it belongs to, its value in
//! the common unit of its dimension, what it is a share of, whether another row of its group can be compared with it,
//! and its rank by value and by deadline among those that can.
//! Guarantee: values are converted within a dimension only; rows whose bases differ stand together and are marked.

use super::base::Base;
use super::column::{Columns, at, floats, texts, words};
use super::period::Period;
use super::wording::{groups, likeness, pairs, tidied};
use crate::error::Result;
use crate::index::Reader;
use crate::lexicon::Lexicon;
use crate::query::{self, Names, Query};
use crate::table::{Table, TableName};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// How targets become ladders.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ladder {
    /// Words of an indicator: targets with any of them in indicator or wording are one ladder. Empty: one a group of
    /// wordings.
    pub indicator: Vec<String>,
    /// The user's own groups: words of an indicator, and the group that it belongs to. The longest words win.
    pub map: Vec<(String, String)>,
}

/// Columns of a target that the answer keeps, in front and behind.
const PLACE: [&str; 7] = ["place", "adcode", "level", "year", "document", "clause", "path"];
const TARGET: [&str; 6] = ["indicator", "op", "value", "value_high", "unit", "per"];
const REST: [&str; 7] = ["baseline", "baseline_period", "change", "deadline", "implied", "text", "start"];

/// A target as a rung.
#[derive(Debug, Clone)]
struct Rung<'a> {
    group: usize,
    document: &'a str,
    place: Option<&'a str>,
    base: Base,
    value: Option<f64>,
    unit: Cow<'static, str>,
    dimension: &'static str,
    per: &'a str,
    change: &'a str,
    op: &'a str,
    deadline: Option<Period>,
    /// Rows of the same group with the same unit and base.
    scale: usize,
}

/// The ladder of the targets that `question` selects.
pub fn ladder(reader: Reader<'_>, question: &Query, asked: &Ladder, names: &dyn Names) -> Result<Table> {
    let table = rungs_of(reader, question, asked, names)?;
    let indicators = words(&table, "indicator");
    let texts_of = words(&table, "text");
    let (of, labels) = grouped(&indicators, &texts_of, asked);
    let (ops, units) = (texts(&table, "op"), texts(&table, "unit"));
    let documents = words(&table, "document");
    let (values, places) = (floats(&table, "value"), texts(&table, "place"));
    let (pers, changes, deadlines) = (texts(&table, "per"), texts(&table, "change"), texts(&table, "deadline"));
    let mut rungs: Vec<Rung<'_>> = Vec::with_capacity(table.len());
    for row in 0..table.len() {
        let unit = at(&units, row);
        let (common, value, dimension) = common(unit, at(&values, row));
        rungs.push(Rung {
            group: at(&of, row),
            document: at(&documents, row),
            place: at(&places, row),
            base: Base::of(at(&indicators, row), at(&texts_of, row), unit),
            value,
            unit: common,
            dimension,
            per: at(&pers, row).unwrap_or_default(),
            change: at(&changes, row).unwrap_or_default(),
            op: at(&ops, row).unwrap_or_default(),
            deadline: at(&deadlines, row).and_then(Period::of),
            scale: 0,
        });
    }
    let scales = scales(&mut rungs);
    let order = order(&rungs, &scales);
    let ranks = ranks(&rungs, &scales);
    let rung = |row: &usize| rungs.get(*row);
    let scale = |row: &usize| rung(row).and_then(|rung| scales.get(rung.scale));
    let numbers = shown_numbers(&rungs, &order);
    Columns::default()
        .text("indicator_group", order.iter().map(|row| labels.get(rung(row)?.group)))
        .taken(&table, &order, &PLACE)?
        .taken(&table, &order, &TARGET)?
        .float("common_value", order.iter().map(|row| rung(row)?.value))
        .text("common_unit", order.iter().map(|row| Some(&rung(row)?.unit).filter(|unit| !unit.is_empty())))
        .text("dimension", order.iter().map(|row| Some(rung(row)?.dimension).filter(|d| !d.is_empty())))
        .text("denominator", order.iter().map(|row| rung(row)?.base.denominator.as_ref()))
        .text("counted", order.iter().map(|row| rung(row)?.base.counted.as_ref()))
        .int("scale", order.iter().map(|row| numbers.get(&rung(row)?.scale).copied()))
        .flag("comparable", order.iter().map(|row| scale(row).map(Scale::shared)))
        .text("reason", order.iter().map(|row| Some(reason(rung(row)?, scale(row)?, &scales))))
        .int("ahead", order.iter().map(|row| ranks.get(row)?.0))
        .int("later", order.iter().map(|row| ranks.get(row)?.1))
        .taken(&table, &order, &REST)?
        .taken(&table, &order, &["end"])?
        .table()
}

/// The targets asked for, with all columns.
fn rungs_of(reader: Reader<'_>, question: &Query, asked: &Ladder, names: &dyn Names) -> Result<Table> {
    let columns: Vec<String> =
        PLACE.iter().chain(&TARGET).chain(&REST).chain(&["end"]).map(|&name| name.to_owned()).collect();
    let whole = Query { columns, table: TableName::Targets, ..question.clone() };
    if asked.indicator.is_empty() {
        return query::run(reader, &whole, names);
    }
    // The indicator may hold words that stand apart from the number; those in the target's own words are for the query.
    let sought: Vec<String> = asked.indicator.iter().map(|word| tidied(word)).collect();
    let few = |any: &[String], columns: &[&str]| {
        let mut narrow = Query { columns: columns.iter().map(|&c| c.to_owned()).collect(), ..whole.clone() };
        narrow.any.extend_from_slice(any);
        query::run(reader, &narrow, names)
    };
    let named = few(&[], &["document", "start", "indicator"])?;
    let mut wanted: BTreeSet<(String, i64, String)> = BTreeSet::new();
    let mut keep = |table: &Table, all: bool| {
        let starts = super::column::ints(table, "start");
        for (row, (document, indicator)) in
            words(table, "document").into_iter().zip(words(table, "indicator")).enumerate()
        {
            let plain = tidied(indicator);
            if all || sought.iter().any(|word| plain.contains(word)) {
                wanted.insert((document.to_owned(), at(&starts, row).unwrap_or_default(), indicator.to_owned()));
            }
        }
    };
    keep(&named, false);
    if question.any.is_empty() {
        keep(&few(&asked.indicator, &["document", "start", "indicator"])?, true);
    }
    let mut documents: Vec<String> = wanted.iter().map(|(document, ..)| document.clone()).collect();
    documents.dedup();
    if documents.is_empty() {
        return query::run(reader, &Query { limit: Some(0), ..whole }, names);
    }
    let table = query::run(reader, &Query { document: documents, ..whole }, names)?;
    let starts = super::column::ints(&table, "start");
    let rows = words(&table, "document").into_iter().zip(words(&table, "indicator")).enumerate();
    let mask: Vec<bool> = rows
        .map(|(row, (document, indicator))| {
            wanted.contains(&(document.to_owned(), at(&starts, row).unwrap_or_default(), indicator.to_owned()))
        })
        .collect();
    table.filter(&mask)
}

/// The group of each indicator, and the groups' labels: the user's map first, then the words asked for, then wording.
fn grouped(indicators: &[&str], texts: &[&str], asked: &Ladder) -> (Vec<usize>, Vec<String>) {
    let (mut of, mut labels) = if asked.indicator.is_empty() {
        let groups = groups(indicators);
        (groups.of, groups.labels)
    } else {
        (vec![0; indicators.len()], vec![asked.indicator.join("、")])
    };
    let mut map: Vec<(String, &str)> = asked.map.iter().map(|(words, group)| (tidied(words), group.as_str())).collect();
    map.sort_by_key(|(words, _)| Reverse(words.chars().count()));
    if !map.is_empty() {
        let mut own: BTreeMap<&str, usize> = BTreeMap::new();
        for ((indicator, text), group) in indicators.iter().zip(texts).zip(&mut of) {
            let (indicator, text) = (tidied(indicator), tidied(text));
            let hit = map.iter().find(|(words, _)| indicator.contains(words) || text.contains(words));
            if let Some((_, label)) = hit {
                *group = *own.entry(label).or_insert_with(|| {
                    labels.push((*label).to_owned());
                    labels.len() - 1
                });
            }
        }
    }
    (of, labels)
}

/// The common unit of a unit's dimension and the value in it.
fn common(unit: Option<&str>, value: Option<f64>) -> (Cow<'static, str>, Option<f64>, &'static str) {
    let Some(unit) = unit else { return (Cow::Borrowed(""), value, "") };
    match Lexicon::embedded().units().get(unit) {
        Some(found) => {
            // A product of two short decimals may differ from what a reader computes in its last digit.
            let value = value.map(|value| (value * found.multiplier * 1e9).round() / 1e9);
            (Cow::Owned(found.canonical.into_owned()), value, found.dimension)
        }
        None => (Cow::Owned(unit.to_owned()), value, ""),
    }
}

/// Rungs that can be compared: one group, one unit, one base.
#[derive(Debug)]
struct Scale {
    group: usize,
    base: Base,
    rows: Vec<usize>,
    documents: BTreeSet<String>,
    lower_is_better: bool,
}

impl Scale {
    fn shared(&self) -> bool {
        self.documents.len() > 1
    }
}

/// The scales of one group and unit: by their bases as worded, and all of them.
#[derive(Debug, Default)]
struct Known {
    exact: BTreeMap<Option<String>, usize>,
    all: Vec<usize>,
}

/// So many bases of one group are asked whether they are another's; a group of more is no one indicator.
const MOST_BASES: usize = 256;

/// Puts rungs on scales.
fn scales(rungs: &mut [Rung<'_>]) -> Vec<Scale> {
    let mut scales: Vec<Scale> = Vec::new();
    let mut of_key: BTreeMap<(usize, String, String, String), Known> = BTreeMap::new();
    for (row, rung) in rungs.iter_mut().enumerate() {
        let key = (rung.group, rung.unit.to_string(), rung.per.to_owned(), rung.change.to_owned());
        let known = of_key.entry(key).or_default();
        let same = |i: &usize| scales.get(*i).is_some_and(|scale| scale.base.same(&rung.base));
        let found = known.exact.get(&rung.base.denominator).copied();
        let found = found.or_else(|| known.all.iter().take(MOST_BASES).copied().find(same));
        rung.scale = found.unwrap_or_else(|| {
            known.all.push(scales.len());
            scales.push(Scale {
                group: rung.group,
                base: rung.base.clone(),
                rows: Vec::new(),
                documents: BTreeSet::new(),
                lower_is_better: matches!(rung.op, "<=" | "<") || rung.change == "down" && rung.op == "<=",
            });
            scales.len() - 1
        });
        known.exact.insert(rung.base.denominator.clone(), rung.scale);
        if let Some(scale) = scales.get_mut(rung.scale) {
            scale.rows.push(row);
            scale.documents.insert(rung.document.to_owned());
        }
    }
    scales
}

/// Groups that most places share first, in a group the scale with most rows first, then by value and text order.
fn order(rungs: &[Rung<'_>], scales: &[Scale]) -> Vec<usize> {
    let mut spread: BTreeMap<usize, (BTreeSet<Option<&str>>, usize)> = BTreeMap::new();
    for rung in rungs {
        let (places, rows) = spread.entry(rung.group).or_default();
        places.insert(rung.place);
        *rows += 1;
    }
    let mut order: Vec<usize> = (0..rungs.len()).collect();
    order.sort_by_cached_key(|row| {
        let rung = rungs.get(*row);
        let spread = rung.and_then(|r| spread.get(&r.group)).map_or((0, 0), |(p, n)| (p.len(), *n));
        let scale = rung.and_then(|r| scales.get(r.scale)).map_or(0, |scale| scale.rows.len());
        (Reverse(spread), rung.map(|r| r.group), Reverse(scale), rung.map(|r| r.scale), *row)
    });
    order
}

/// Numbers of the scales as they appear within their groups, from 1.
fn shown_numbers(rungs: &[Rung<'_>], order: &[usize]) -> BTreeMap<usize, i64> {
    let (mut numbers, mut last) = (BTreeMap::new(), BTreeMap::<usize, i64>::new());
    for rung in order.iter().filter_map(|row| rungs.get(*row)) {
        numbers.entry(rung.scale).or_insert_with(|| {
            let number = last.entry(rung.group).or_default();
            *number += 1;
            *number
        });
    }
    numbers
}

/// Rank by value (1 asks most) and by deadline (1 is first) of each row on a shared scale.
fn ranks(rungs: &[Rung<'_>], scales: &[Scale]) -> BTreeMap<usize, (Option<i64>, Option<i64>)> {
    let mut ranks = BTreeMap::new();
    for scale in scales.iter().filter(|scale| scale.shared()) {
        let rows = || scale.rows.iter().filter_map(|row| Some((*row, rungs.get(*row)?)));
        let mut values: Vec<f64> = rows().filter_map(|(_, rung)| rung.value).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        if !scale.lower_is_better {
            values.reverse();
        }
        let deadlines: BTreeSet<Period> = rows().filter_map(|(_, rung)| rung.deadline).collect();
        for (row, rung) in rows() {
            let ahead = rung.value.and_then(|v| values.iter().position(|other| other.total_cmp(&v).is_eq()));
            let later = rung.deadline.and_then(|d| deadlines.iter().position(|other| *other == d));
            ranks.insert(row, (ahead.map(|at| at as i64 + 1), later.map(|at| at as i64 + 1)));
        }
    }
    ranks
}

/// Why a row can or cannot be compared.
fn reason(rung: &Rung<'_>, scale: &Scale, scales: &[Scale]) -> String {
    let what = measure(rung);
    if scale.shared() {
        let counted = scale.base.counted.as_deref().zip(rung.base.counted.as_deref());
        let differs = counted.is_some_and(|(a, b)| likeness(&pairs(a), &pairs(b)) < 0.3);
        return format!(
            "{what}, {} documents{}",
            scale.documents.len(),
            if differs { "; what is counted is worded differently" } else { "" }
        );
    }
    let others = scales.iter().any(|other| other.group == scale.group && !std::ptr::eq(other, scale));
    if others { format!("{what}: no other document") } else { format!("{what}: the only document with this indicator") }
}

/// What a rung measures, in a few words.
fn measure(rung: &Rung<'_>) -> String {
    let per = if rung.per.is_empty() { String::new() } else { format!(" per {}", rung.per) };
    let unit = if rung.unit.is_empty() { "a bare number" } else { &rung.unit };
    match &rung.base.denominator {
        Some(base) => format!("{unit}{per} of {base}"),
        None => format!("{unit}{per}, no base said"),
    }
}
