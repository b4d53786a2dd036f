//! Tables of counterparts.

use super::counterpart::{AlignOptions, Match, counterparts};
use super::probe::{Probe, Scratch};
use super::reason::reason;
use super::score::Evidence;
use super::space::{Space, Spot};
use crate::error::Result;
use crate::index::{Reader, TextReader};
use crate::lexicon::Terms;
use crate::table::Table;
use crate::text::Span;
use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Looks up the words of clauses; a group of texts is read once for neighbouring asks.
pub(crate) struct Speaker<'a>(TextReader<'a>);

impl<'a> Speaker<'a> {
    /// Reads through a reader.
    pub fn new(reader: Reader<'a>) -> Self {
        Self(reader.text_reader())
    }

    /// The words of a span of a document's text, as printed.
    pub fn words(&mut self, group: u32, slot: u32, span: Span) -> Result<String> {
        self.0.with(group, slot, |text| text.slice(span).to_owned())
    }

    /// The words of a clause.
    pub fn clause(&mut self, space: &Space, spot: Spot) -> Result<String> {
        space.at(spot).map_or(Ok(String::new()), |(_, filed, item)| self.words(filed.group, filed.slot, item.span))
    }
}

/// The counterparts of the clauses `a` among the clauses `b` (all without it), both by id: `a_document, a_clause, a_path, a_start,
/// a_end, b_document, b_clause, b_path, b_start, b_end, score, rank, reason`.
///
/// Rows come by clause of `a` in the order given, then by rank; where there is no counterpart `b_*`, `rank` and `reason` are null
/// and `score` is that of the nearest clause.
pub fn align(
    reader: Reader<'_>,
    space: &Space,
    terms: &Terms,
    a: &[String],
    b: Option<&[String]>,
    options: &AlignOptions,
) -> Result<Table> {
    let a: Vec<Spot> = a.iter().filter_map(|id| space.find(id)).collect();
    let b = b.map(|b| space.chosen(b.iter().map(String::as_str)));
    let matches = counterparts(space, &a, b.as_ref(), options);
    let mut speaker = Speaker::new(reader);
    let mut words: BTreeMap<Spot, String> = BTreeMap::new();
    let mut reasons = Vec::with_capacity(matches.len());
    for found in &matches {
        reasons.push(match (found.b, found.rank) {
            (Some(b), Some(rank)) if rank as usize <= options.reasons => {
                let text = match words.entry(found.a) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(speaker.clause(space, found.a)?),
                };
                Some(reason(space, terms, found.a, b, text))
            }
            _ => None,
        });
    }
    table(space, &matches, &reasons)
}

fn table(space: &Space, matches: &[Match], reasons: &[Option<String>]) -> Result<Table> {
    let side = |of: &dyn Fn(&Match) -> Option<Spot>| -> [ArrayRef; 5] {
        let at: Vec<_> = matches.iter().map(|found| of(found).and_then(|spot| space.at(spot))).collect();
        let number = |get: &dyn Fn(Span) -> u32| -> ArrayRef {
            Arc::new(at.iter().map(|at| at.map(|(.., item)| i64::from(get(item.span)))).collect::<Int64Array>())
        };
        [
            Arc::new(at.iter().map(|at| at.map(|(_, filed, _)| filed.id.as_str())).collect::<StringArray>()),
            Arc::new(
                at.iter().map(|at| at.map(|(_, f, item)| format!("{}#{}", f.id, item.n))).collect::<StringArray>(),
            ),
            Arc::new(at.iter().map(|at| at.map(|(.., item)| &*item.path)).collect::<StringArray>()),
            number(&|span| span.start),
            number(&|span| span.end),
        ]
    };
    let [a_document, a_clause, a_path, a_start, a_end] = side(&|found| Some(found.a));
    let [b_document, b_clause, b_path, b_start, b_end] = side(&|found| found.rank.and(found.b));
    Table::from_columns(vec![
        ("a_document", a_document),
        ("a_clause", a_clause),
        ("a_path", a_path),
        ("a_start", a_start),
        ("a_end", a_end),
        ("b_document", b_document),
        ("b_clause", b_clause),
        ("b_path", b_path),
        ("b_start", b_start),
        ("b_end", b_end),
        ("score", Arc::new(matches.iter().map(|found| Some(found.score)).collect::<Float64Array>())),
        ("rank", Arc::new(matches.iter().map(|found| found.rank.map(i64::from)).collect::<Int64Array>())),
        ("reason", Arc::new(reasons.iter().map(Option::as_deref).collect::<StringArray>())),
    ])
}

/// The clauses of `a` that have no counterpart in `b`, each with the nearest text: `document, clause, path, start, end, heading, text,
/// nearest_document, nearest_clause, nearest_path, nearest_start, nearest_end, nearest_text, score`.
pub fn unmatched(
    reader: Reader<'_>,
    space: &Space,
    a: &[String],
    b: Option<&[String]>,
    options: &AlignOptions,
) -> Result<Table> {
    let a: Vec<Spot> = a.iter().filter_map(|id| space.find(id)).collect();
    let b: Option<BTreeSet<Spot>> = b.map(|b| space.chosen(b.iter().map(String::as_str)));
    let mut matches = counterparts(space, &a, b.as_ref(), options);
    matches.retain(|found| found.rank.is_none());
    let mut speaker = Speaker::new(reader);
    let mut say = |spot: Option<Spot>, heading: bool| -> Result<Option<String>> {
        let Some((_, filed, item)) = spot.and_then(|spot| space.at(spot)) else { return Ok(None) };
        let span = if heading { item.heading } else { Some(item.span) };
        span.map(|span| speaker.words(filed.group, filed.slot, span)).transpose()
    };
    let headings = matches.iter().map(|found| say(Some(found.a), true)).collect::<Result<Vec<_>>>()?;
    let texts = matches.iter().map(|found| say(Some(found.a), false)).collect::<Result<Vec<_>>>()?;
    let nearest = matches.iter().map(|found| say(found.b, false)).collect::<Result<Vec<_>>>()?;
    let with_b: Vec<Match> = matches.iter().map(|found| Match { rank: Some(1), ..*found }).collect();
    let all = table(space, &with_b, &vec![None; with_b.len()])?;
    let column = |name: &str| all.batches().first().and_then(|batch| batch.column_by_name(name).cloned());
    let text = |texts: &[Option<String>]| -> ArrayRef {
        Arc::new(texts.iter().map(Option::as_deref).collect::<StringArray>())
    };
    let kept = |name: &str, from: &str| Some((name.to_owned(), column(from)?));
    let columns = [
        kept("document", "a_document"),
        kept("clause", "a_clause"),
        kept("path", "a_path"),
        kept("start", "a_start"),
        kept("end", "a_end"),
        Some(("heading".to_owned(), text(&headings))),
        Some(("text".to_owned(), text(&texts))),
        kept("nearest_document", "b_document"),
        kept("nearest_clause", "b_clause"),
        kept("nearest_path", "b_path"),
        kept("nearest_start", "b_start"),
        kept("nearest_end", "b_end"),
        Some(("nearest_text".to_owned(), text(&nearest))),
        kept("score", "score"),
    ];
    let columns: Vec<(String, ArrayRef)> = columns.into_iter().flatten().collect();
    Table::from_columns(columns.iter().map(|(name, array)| (name.as_str(), Arc::clone(array))).collect())
}

/// What each clause of `a` shares with each of `b`, both by id; none where they share nothing.
pub fn evidence(space: &Space, a: &[String], b: &[String]) -> Vec<Vec<Option<Evidence>>> {
    let mut probe = Probe::new();
    let found = |ids: &[String]| ids.iter().filter_map(|id| space.find(id)).collect::<Vec<_>>();
    let (a, b) = (found(a), found(b));
    a.iter().filter_map(|spot| space.at(*spot)).for_each(|(shelf, _, item)| probe.push(shelf, item));
    let mut out = vec![vec![None; b.len()]; a.len()];
    let mut scratch = Scratch::default();
    for (at, spot) in b.iter().enumerate() {
        let Some((shelf, _, item)) = space.at(*spot) else { continue };
        probe.visit(shelf, item, &mut scratch, |clause, evidence| {
            if let Some(cell) = out.get_mut(clause as usize).and_then(|row| row.get_mut(at)) {
                *cell = Some(evidence);
            }
        });
    }
    out
}
