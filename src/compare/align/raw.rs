//! Raw: what one clause says, counted, before it is known how rare each thing is.
//!
//! In: a record and its text. Out: [`Raw`], its keys with the weight that the place of each gives it.

use super::key::{self, KeyMap};
use super::words::{Words, pairs, tidied};
use crate::facts::Role;
use crate::lexicon::Terms;
use crate::record::{Assignment, Citation, Clause, Document, Target};
use crate::text::TextView;
use std::collections::BTreeMap;

/// Weights beside the logarithm of the count: of a pair of characters in the heading and in the first sentence; of a term in the
/// heading, and in the first sentence of what has none; of a term in the section's heading.
const PAIR_HEAD: f32 = 2.0;
const PAIR_FIRST: f32 = 1.0;
const TERM_HEAD: f32 = 3.0;
const TERM_FIRST: f32 = 2.1;
const TERM_SECTION: f32 = 0.3;
/// Weight of the body that leads, or stands first, beside one of any other.
const LEADS: f32 = 2.0;

/// Names that keys are positions of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Functions, sorted.
    pub functions: Vec<String>,
    /// Topics, sorted.
    pub topics: Vec<String>,
}

impl Names {
    pub fn function(&self, name: &str) -> Option<u16> {
        self.functions.binary_search_by(|known| known.as_str().cmp(name)).ok().map(|at| at as u16)
    }

    pub fn topic(&self, name: &str) -> Option<u16> {
        self.topics.binary_search_by(|known| known.as_str().cmp(name)).ok().map(|at| at as u16)
    }
}

/// What else a record says of one clause.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts<'a> {
    pub assignments: Vec<&'a Assignment>,
    pub citations: Vec<&'a Citation>,
    pub targets: Vec<&'a Target>,
}

impl<'a> Facts<'a> {
    /// What a document says of each of its clauses.
    pub fn of(document: &'a Document) -> Vec<Self> {
        let mut all = vec![Self::default(); document.clauses.len()];
        let mut of = |n: u32, add: &mut dyn FnMut(&mut Self)| {
            if let Some(facts) = (n as usize).checked_sub(1).and_then(|at| all.get_mut(at)) {
                add(facts);
            }
        };
        document.assignments.iter().for_each(|a| of(a.clause, &mut |facts| facts.assignments.push(a)));
        document.citations.iter().for_each(|c| of(c.clause.unwrap_or(0), &mut |facts| facts.citations.push(c)));
        document.targets.iter().for_each(|t| of(t.clause.unwrap_or(0), &mut |facts| facts.targets.push(t)));
        all
    }
}

/// A clause, counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Raw {
    /// Pairs of characters by key: weight by place, and whether the heading has it.
    pub pairs: Vec<(u32, f32, bool)>,
    /// Everything else by key.
    pub others: Vec<(u32, f32)>,
    /// Functions that lead, or stand first.
    pub leads: Vec<u16>,
    /// Characters of its text.
    pub characters: u32,
}

impl Raw {
    /// Counts a clause.
    pub fn of(
        clause: &Clause,
        facts: &Facts<'_>,
        text: TextView<'_>,
        section: &str,
        lexicon: (&Terms, &Names),
    ) -> Self {
        let (terms, names) = lexicon;
        let words = Words::of(clause, &facts.assignments, text);
        let mut this =
            Self { pairs: count_pairs(&words), characters: words.text.chars().count() as u32, ..Self::default() };
        this.count_terms(&words, section, terms);
        for (rank, topic) in clause.topics.iter().filter_map(|topic| names.topic(topic)).enumerate() {
            this.others.push((key::topic(topic), 1.0 / (rank + 1) as f32));
        }
        this.count_functions(&facts.assignments, names);
        for citation in &facts.citations {
            if let Some(name) = citation.number.as_ref().or(citation.title.as_ref()) {
                this.others.push((key::citation(name), 1.0));
            }
        }
        for target in &facts.targets {
            this.others.push((key::indicator(&target.indicator), 1.0));
        }
        this.others.sort_by_key(|(key, _)| *key);
        this.others.dedup_by_key(|(key, _)| *key);
        this
    }

    fn count_terms(&mut self, words: &Words, section: &str, terms: &Terms) {
        let mut counts: BTreeMap<u16, (u32, bool, bool, bool)> = BTreeMap::new();
        let titled = !words.heading.is_empty();
        let behind = if titled && words.text.starts_with(&words.heading) { words.heading.len() } else { 0 };
        terms.visit(&words.heading, |term, _| counts.entry(term).or_default().1 = true);
        terms.visit(&words.text, |term, at| {
            let count = counts.entry(term).or_default();
            count.0 += u32::from(at >= behind);
            count.2 |= !titled && at < words.first;
        });
        terms.visit(section, |term, _| counts.entry(term).or_default().3 = true);
        for (term, (count, head, first, section)) in counts {
            let stands = |there: bool, weight: f32| if there { weight } else { 0.0 };
            let places = stands(head, TERM_HEAD) + stands(first, TERM_FIRST) + stands(section, TERM_SECTION);
            self.others.push((key::term(term), (count as f32).ln_1p() + places));
        }
    }

    fn count_functions(&mut self, assignments: &[&Assignment], names: &Names) {
        let mut weights: BTreeMap<u16, f32> = BTreeMap::new();
        for (at, assignment) in assignments.iter().filter(|a| !a.implied).enumerate() {
            let leads = assignment.role == Role::Lead || at == 0;
            let functions = assignment.functions.iter().filter_map(|function| names.function(function));
            for function in functions {
                let weight = weights.entry(function).or_default();
                *weight = weight.max(if leads { LEADS } else { 1.0 });
                if leads && !self.leads.contains(&function) {
                    self.leads.push(function);
                }
            }
        }
        self.others.extend(weights.into_iter().map(|(function, weight)| (key::function(function), weight)));
    }
}

fn count_pairs(words: &Words) -> Vec<(u32, f32, bool)> {
    let mut head: Vec<u32> = pairs(&words.head).map(|(pair, _)| pair).collect();
    head.sort_unstable();
    head.dedup();
    let mut all: Vec<(u32, bool)> = pairs(&words.text).map(|(pair, at)| (pair, at < words.first)).collect();
    // Those of the first sentence come first among their like.
    all.sort_unstable_by_key(|(pair, first)| (*pair, !first));
    let mut counted: Vec<(u32, f32, bool)> = all
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|same| {
            let (pair, first) = same.first()?;
            let first = if *first { PAIR_FIRST } else { 0.0 };
            Some((*pair, 1.0 + (same.len() as f32).ln() + first, false))
        })
        .collect();
    for pair in head {
        match counted.binary_search_by_key(&pair, |(pair, ..)| *pair) {
            Ok(at) => {
                if let Some(found) = counted.get_mut(at) {
                    *found = (pair, found.1 + PAIR_HEAD, true);
                }
            }
            Err(at) => counted.insert(at, (pair, PAIR_HEAD, true)),
        }
    }
    counted
}

/// The heading of a clause's section, tidied.
pub(super) fn section_of(clause: &Clause, document: &Document, text: TextView<'_>) -> String {
    let section = clause.section.and_then(|at| document.sections.get(at as usize));
    section.map(|section| tidied(text, &section.heading)).unwrap_or_default()
}

/// In how many of so many clauses each key stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    clauses: u32,
    of: KeyMap<u32>,
}

/// Nothing counts as rarer than this: what stands in one clause of 150 or of 15,000 tells clauses apart as well.
const RAREST: f32 = 5.0;
/// Terms and functions that stand everywhere still say a little.
const LEAST: f32 = 0.2;

impl Counts {
    /// Counts a clause's keys.
    pub fn add(&mut self, raw: &Raw) {
        self.clauses += 1;
        for key in raw.pairs.iter().map(|(key, ..)| key).chain(raw.others.iter().map(|(key, _)| key)) {
            *self.of.entry(*key).or_default() += 1;
        }
    }

    /// Adds the counts of other clauses.
    pub fn join(&mut self, other: Self) {
        self.clauses += other.clauses;
        // Sums do not ask for an order.
        #[expect(clippy::iter_over_hash_type, reason = "a sum is the same in any order")]
        for (key, count) in other.of {
            *self.of.entry(key).or_default() += count;
        }
    }

    fn count(&self, key: u32) -> f32 {
        self.of.get(&key).copied().unwrap_or_default() as f32
    }

    /// Rarity in a ledger.
    pub fn rarity(&self, key: u32) -> f32 {
        let rarity = ((1.0 + self.clauses as f32) / (0.5 + self.count(key))).ln().min(RAREST);
        if key::kind(key) == key::Kind::Pair { rarity.max(0.0) } else { rarity.max(LEAST) }
    }

    /// Rarity in a document, 1 for what stands in one clause: what runs through a plan tells none of its clauses apart.
    pub fn rarity_within(&self, key: u32) -> f32 {
        let all = 1.0 + self.clauses as f32;
        ((all / (0.5 + self.count(key))).ln() / (all / 1.5).ln().max(f32::MIN_POSITIVE)).clamp(0.02, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_weigh_and_repetition_counts_less_each_time() {
        let words = Words::new("集中采购".into(), "集中采购。采购药品,采购耗材。采购".to_owned());
        let counted = count_pairs(&words);
        let of = |word: &str| {
            let pair = pairs(word).next().unwrap().0;
            counted.iter().find(|(found, ..)| *found == pair).copied().unwrap()
        };
        let (_, weight, head) = of("采购");
        assert!(head && (weight - (1.0 + 4.0_f32.ln() + PAIR_FIRST + PAIR_HEAD)).abs() < 1e-6);
        assert_eq!(of("药品"), (of("药品").0, 1.0, false));
    }

    #[test]
    fn rarity_is_bounded_on_both_sides() {
        let mut counts = Counts::default();
        let raw = |keys: &[u32]| Raw { others: keys.iter().map(|k| (*k, 1.0)).collect(), ..Raw::default() };
        for n in 0..1000 {
            let keys = [key::term(1), key::term(2)];
            counts.add(&raw(keys.get(..if n == 0 { 2 } else { 1 }).unwrap()));
        }
        assert!((counts.rarity(key::term(1)) - LEAST).abs() < 1e-6);
        assert!((counts.rarity(key::term(2)) - RAREST).abs() < 1e-6);
        assert!((counts.rarity(u32::from('医') << 16 | u32::from('保')) - RAREST).abs() < 1e-6);
        assert!((counts.rarity_within(key::term(2)) - 1.0).abs() < 1e-6 && counts.rarity_within(key::term(1)) < 0.03);
    }
}
