//! Probe: some clauses turned inside out, so that any other clause is compared with all of them in one pass over its keys.

use super::key::{self, KeyMap, Kind};
use super::score::Evidence;
use super::shelf::{Item, Shelf};

/// Bits that tell most keys that no clause of the probe has.
const BITS: u32 = 1 << 18;

#[derive(Debug, Clone, Copy)]
struct Posting {
    clause: u32,
    weight: f32,
    head: bool,
}

/// Clauses to compare others with; more can be added.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    filter: Vec<u64>,
    postings: KeyMap<Vec<Posting>>,
    /// Weight of the heading's pairs, and what the tables have words for, of each clause.
    clauses: Vec<(f32, (bool, bool))>,
}

/// What a clause shares with each clause of a probe, as it adds up.
#[derive(Debug, Clone, Copy, Default)]
struct Shared {
    seen: bool,
    text: f32,
    head: f32,
    head_of_other: f32,
    terms: f32,
    topics: f32,
    functions: f32,
    citation: bool,
    indicator: bool,
}

/// Room to add up in, used again for every clause.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scratch {
    shared: Vec<Shared>,
    touched: Vec<u32>,
}

impl Probe {
    /// A probe without clauses.
    pub fn new() -> Self {
        Self { filter: vec![0; BITS as usize / 64], postings: KeyMap::default(), clauses: Vec::new() }
    }

    /// Adds a clause; clauses are numbered as they come.
    pub fn push(&mut self, shelf: &Shelf, item: &Item) {
        let clause = self.clauses.len() as u32;
        for (at, (key, weight)) in shelf.keys(item).enumerate() {
            let (word, bit) = spot(key);
            if let Some(word) = self.filter.get_mut(word) {
                *word |= bit;
            }
            self.postings.entry(key).or_default().push(Posting { clause, weight, head: at < item.head as usize });
        }
        self.clauses.push((item.head_weight, item.has));
    }

    /// Shows what a clause shares with each clause of the probe that it shares anything with, in the order of their numbers.
    pub fn visit(&self, shelf: &Shelf, item: &Item, scratch: &mut Scratch, mut see: impl FnMut(u32, Evidence)) {
        scratch.shared.resize(self.clauses.len(), Shared::default());
        for (at, (key, weight)) in shelf.keys(item).enumerate() {
            let (word, bit) = spot(key);
            if self.filter.get(word).is_none_or(|word| word & bit == 0) {
                continue;
            }
            let Some(postings) = self.postings.get(&key) else { continue };
            let (kind, in_head) = (key::kind(key), at < item.head as usize);
            for posting in postings {
                let Some(shared) = scratch.shared.get_mut(posting.clause as usize) else { continue };
                if !shared.seen {
                    shared.seen = true;
                    scratch.touched.push(posting.clause);
                }
                let product = weight * posting.weight;
                match kind {
                    Kind::Pair => {
                        shared.text += product;
                        shared.head += if posting.head { posting.weight } else { 0.0 };
                        shared.head_of_other += if in_head { weight } else { 0.0 };
                    }
                    Kind::Term => shared.terms += product,
                    Kind::Topic => shared.topics += product,
                    Kind::Function => shared.functions += product,
                    Kind::Citation => shared.citation = true,
                    Kind::Indicator => shared.indicator = true,
                }
            }
        }
        scratch.touched.sort_unstable();
        for clause in scratch.touched.drain(..) {
            let (Some(shared), Some((head_weight, has))) =
                (scratch.shared.get_mut(clause as usize), self.clauses.get(clause as usize))
            else {
                continue;
            };
            let shared = std::mem::take(shared);
            let share = |part: f32, whole: f32| if whole > 0.0 { part / whole } else { 0.0 };
            see(
                clause,
                Evidence {
                    text: shared.text,
                    heading: (share(shared.head, *head_weight) * share(shared.head_of_other, item.head_weight)).sqrt(),
                    terms: (has.0 && item.has.0).then_some(shared.terms),
                    topics: (has.1 && item.has.1).then_some(shared.topics),
                    functions: shared.functions,
                    citation: shared.citation,
                    indicator: shared.indicator,
                },
            );
        }
    }
}

fn spot(key: u32) -> (usize, u64) {
    let at = key.wrapping_mul(0x9e37_79b1) >> 14;
    ((at / 64) as usize, 1 << (at % 64))
}
