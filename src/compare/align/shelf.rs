//! Shelf: the clauses of some documents as weighed keys, ready to be compared.
//!
//! In: records and texts, and how rare keys are. Out: [`Shelf`], at most [`PAIRS`] pairs of characters a clause, each kind
//! of key scaled to length 1, so that a sum of products is a cosine.

use super::key::{self, KeyMap, Kind};
use super::raw::{Counts, Facts, Names, Raw, section_of};
use super::words::pairs;
use crate::index::path_text;
use crate::lexicon::Terms;
use crate::record::{self, Document};
use crate::text::{Span, TextView, is_blank, tidy};
use std::ops::Range;

/// Pairs of characters kept of a clause, the heaviest; those of its heading always.
const PAIRS: usize = 128;

/// A document of a space.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filed {
    pub id: String,
    pub group: u32,
    pub slot: u32,
    pub adcode: Option<String>,
    pub place: Option<String>,
    pub level: Option<String>,
    pub year: Option<i64>,
    /// True for a copy of a document that counts in its place: compared only where it is asked for.
    pub copy: bool,
    /// Its clauses among the shelf's items.
    pub items: Range<u32>,
}

/// A clause of a space.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// Position of its document on the shelf.
    pub document: u32,
    /// Position in the document, from 1.
    pub n: u32,
    pub path: Box<str>,
    pub span: Span,
    pub heading: Option<Span>,
    /// True for work, false for a preamble.
    pub task: bool,
    /// Characters of its text.
    pub characters: u32,
    /// Functions that lead, or stand first.
    pub leads: Box<[u16]>,
    /// Primary topic.
    pub topic: Option<u16>,
    /// Its keys among the shelf's.
    pub(super) keys: Range<u32>,
    /// How many of them, the first, are pairs of its heading, and their weight.
    pub(super) head: u32,
    pub(super) head_weight: f32,
    /// Whether it has terms, and topics.
    pub(super) has: (bool, bool),
}

/// The clauses of some documents.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shelf {
    pub documents: Vec<Filed>,
    pub items: Vec<Item>,
    keys: Vec<u32>,
    weights: Vec<f32>,
}

/// Counts the keys of a document's clauses.
pub(super) fn raws(document: &Document, text: TextView<'_>, lexicon: (&Terms, &Names)) -> Vec<Raw> {
    let facts = Facts::of(document);
    let mut section = (None, String::new());
    let mut out = Vec::with_capacity(document.clauses.len());
    for (clause, facts) in document.clauses.iter().zip(&facts) {
        if section.0 != Some(clause.section) {
            section = (Some(clause.section), section_of(clause, document, text));
        }
        out.push(Raw::of(clause, facts, text, &section.1, lexicon));
    }
    out
}

impl Shelf {
    /// Puts a document on the shelf.
    pub(super) fn put(
        &mut self,
        mut filed: Filed,
        document: &Document,
        text: TextView<'_>,
        lexicon: (&Terms, &Names),
        ledger: &Counts,
    ) {
        let raws = raws(document, text, lexicon);
        let mut within = Counts::default();
        for raw in &raws {
            within.add(raw);
        }
        let first = self.items.len() as u32;
        for (n, (clause, raw)) in document.clauses.iter().zip(raws).enumerate() {
            let from = self.keys.len() as u32;
            let (head, head_weight) = self.put_pairs(&raw, &|key| ledger.rarity(key) * within.rarity_within(key));
            let has = self.put_others(&raw, &|key| match key::kind(key) {
                Kind::Term => ledger.rarity(key) * within.rarity_within(key),
                // A body that does everything in one plan is still the one to ask elsewhere.
                Kind::Function => ledger.rarity(key),
                _ => 1.0,
            });
            self.items.push(Item {
                document: self.documents.len() as u32,
                n: n as u32 + 1,
                path: path_text(&clause.path).into(),
                span: clause.text.span,
                heading: clause.heading.as_ref().map(|heading| heading.span),
                task: clause.kind == record::Kind::Task,
                characters: raw.characters,
                leads: raw.leads.into(),
                topic: clause.topics.first().and_then(|topic| lexicon.1.topic(topic)),
                keys: from..self.keys.len() as u32,
                head,
                head_weight,
                has,
            });
        }
        filed.items = first..self.items.len() as u32;
        self.documents.push(filed);
    }

    /// Keeps the heaviest pairs, those of the heading first; how many those are, and their weight.
    fn put_pairs(&mut self, raw: &Raw, weight: &dyn Fn(u32) -> f32) -> (u32, f32) {
        let weighed = raw.pairs.iter().map(|(key, place, head)| (*key, place * weight(*key), *head));
        let mut pairs: Vec<(u32, f32, bool)> = weighed.filter(|(_, weight, _)| *weight > 0.0).collect();
        if pairs.len() > PAIRS {
            pairs.sort_by(|a, b| b.2.cmp(&a.2).then(b.1.total_cmp(&a.1)).then(a.0.cmp(&b.0)));
            pairs.truncate(PAIRS);
        }
        pairs.sort_unstable_by_key(|(key, _, head)| (!head, *key));
        let length = pairs.iter().map(|(_, weight, _)| weight * weight).sum::<f32>().sqrt();
        let (mut head, mut head_weight) = (0, 0.0);
        for (key, weight, in_head) in pairs {
            let weight = weight / length;
            if in_head {
                head += 1;
                head_weight += weight;
            }
            self.keys.push(key);
            self.weights.push(weight);
        }
        (head, head_weight)
    }

    /// Keeps everything else; whether there are terms, and topics.
    fn put_others(&mut self, raw: &Raw, weight: &dyn Fn(u32) -> f32) -> (bool, bool) {
        let mut has = (false, false);
        for same in raw.others.chunk_by(|a, b| key::kind(a.0) == key::kind(b.0)) {
            let kind = same.first().map(|(key, _)| key::kind(*key));
            let weights: Vec<f32> = same.iter().map(|(key, place)| place * weight(*key)).collect();
            let length = weights.iter().map(|weight| weight * weight).sum::<f32>().sqrt();
            self.keys.extend(same.iter().map(|(key, _)| key));
            self.weights.extend(weights.iter().map(|weight| weight / length));
            has.0 |= kind == Some(Kind::Term);
            has.1 |= kind == Some(Kind::Topic);
        }
        has
    }

    /// Gives room back that is not needed any more.
    pub(super) fn fit(&mut self) {
        self.documents.shrink_to_fit();
        self.items.shrink_to_fit();
        self.keys.shrink_to_fit();
        self.weights.shrink_to_fit();
    }

    /// The weightiest phrase of a clause's first sentence.
    pub fn phrase(&self, item: &Item, words: &str) -> String {
        let weights: KeyMap<f32> = self.keys(item).collect();
        let words: String = words.chars().filter(|c| !is_blank(*c)).collect();
        let sentence = words.split(['。', ';', '；']).next().unwrap_or_default();
        let weigh = |phrase: &str| -> f32 {
            let tidy: String = phrase.chars().map(tidy).collect();
            pairs(&tidy).filter_map(|(pair, _)| weights.get(&pair)).sum()
        };
        let mut best = (f32::MIN, "");
        for phrase in sentence.split([',', '，', '(', '（', ':', '：']) {
            let weight = weigh(phrase);
            if weight > best.0 {
                best = (weight, phrase);
            }
        }
        best.1.to_owned()
    }

    /// The keys of a clause with their weights, those of its heading first.
    pub(super) fn keys(&self, item: &Item) -> impl Iterator<Item = (u32, f32)> {
        let range = item.keys.start as usize..item.keys.end as usize;
        let keys = self.keys.get(range.clone()).unwrap_or_default();
        keys.iter().copied().zip(self.weights.get(range).unwrap_or_default().iter().copied())
    }
}
