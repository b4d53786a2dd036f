//! Score: the clauses of a block that speak most of some tokens.
//!
//! In: for each token the clauses that have it, and how long clauses are. Out: the best of them with their scores, and all
//! that share the last place.
//!
//! Clauses are scored by the window, so that their scores stay in the nearest cache. Once enough clauses reach a score, the
//! tokens that are worth less than it together are only added where a rarer one stands (the rule known as `MaxScore`).

use crate::index::posting::Lengths;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

const K1: f32 = 1.2;
const B: f32 = 0.75;

/// So many clauses are scored together.
const WINDOW: usize = 4096;
/// So many neighbours are looked at together.
const FEW: usize = 64;
/// Of clauses that are no longer than this, what a term is worth is one look.
const SHORT: u16 = 1024;

/// The clauses that have a token, ascending, and those that have it more than once, with how often.
#[derive(Debug, Default)]
pub(super) struct Having {
    pub clauses: Vec<u32>,
    pub often: Vec<(u32, u32)>,
}

/// A score that enough clauses of some block reach.
#[derive(Debug, Default)]
pub(super) struct Least(AtomicU32);

impl Least {
    fn get(&self) -> f32 {
        f32::from_bits(self.0.load(Relaxed)).max(f32::MIN_POSITIVE)
    }

    fn raise(&self, score: f32) {
        // Scores are above zero, so their bits are in their order.
        self.0.fetch_max(score.to_bits(), Relaxed);
    }
}

/// What a token that a clause has is worth, by how often it has it and how long it is.
#[derive(Debug)]
pub(super) struct Weight {
    idf: Vec<f32>,
    /// Tokens, the rarest first.
    order: Vec<usize>,
    mean: f32,
    /// Most clauses have a token once: by length, what that is worth, without a division.
    once: Vec<f32>,
}

impl Weight {
    /// For tokens of this inverse document frequency, and clauses of this mean length.
    pub fn new(idf: Vec<f32>, mean: f32) -> Self {
        let mut order: Vec<usize> = (0..idf.len()).collect();
        order.sort_by(|a, b| idf.get(*b).partial_cmp(&idf.get(*a)).unwrap_or(std::cmp::Ordering::Equal));
        let mut weight = Self { idf, order, mean, once: Vec::new() };
        weight.once = (0..=SHORT).map(|length| weight.of(1, length)).collect();
        weight
    }

    /// Without the idf.
    fn of(&self, count: u32, length: u16) -> f32 {
        let count = count as f32;
        count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * f32::from(length) / self.mean))
    }

    fn once(&self, length: u16) -> f32 {
        self.once.get(usize::from(length)).copied().unwrap_or_else(|| self.of(1, length))
    }
}

/// A token in a block: what of its list is still to come.
struct Cursor<'a> {
    idf: f32,
    /// No clause has the token, and those that follow, for more.
    rest: f32,
    clauses: &'a [u32],
    often: &'a [(u32, u32)],
}

impl<'a> Cursor<'a> {
    /// The tokens of a block, the rarest first.
    fn all(lists: &'a [Having], weight: &Weight, shortest: u16) -> Vec<Self> {
        let cursor = |token: &usize| {
            let (list, idf) = (lists.get(*token)?, *weight.idf.get(*token)?);
            // The shortest clause there is has it as often as any.
            let most = list.often.iter().map(|(_, count)| *count).max().unwrap_or(1);
            let rest = if list.clauses.is_empty() { 0.0 } else { idf * weight.of(most, shortest) };
            Some(Self { idf, rest, clauses: &list.clauses, often: &list.often })
        };
        let mut cursors: Vec<Self> = weight.order.iter().filter_map(cursor).collect();
        let mut rest = 0.0;
        for cursor in cursors.iter_mut().rev() {
            cursor.rest += rest;
            rest = cursor.rest;
        }
        cursors
    }

    /// What it has below `end`.
    fn below(&mut self, end: u32) -> (&'a [u32], &'a [(u32, u32)]) {
        let (clauses, behind) = self.clauses.split_at(leading(self.clauses, |unit| unit < end));
        let (often, later) = self.often.split_at(leading(self.often, |(unit, _)| unit < end));
        (self.clauses, self.often) = (behind, later);
        (clauses, often)
    }
}

/// The clauses of a block that score best, with all that share the last place. `lengths` are those of all its clauses.
pub(super) fn best(
    lists: &[Having],
    weight: &Weight,
    lengths: &Lengths,
    allowed: impl Fn(u32) -> bool,
    most: usize,
    least: &Least,
) -> Vec<(f32, u32)> {
    let mut cursors = Cursor::all(lists, weight, lengths.shortest);
    let mut best: Vec<(f32, u32)> = Vec::new();
    let mut full = most.saturating_mul(4);
    let mut scores = vec![0f32; WINDOW.min(lengths.of.len())];
    for (first, lengths) in (0..).step_by(WINDOW).zip(lengths.of.chunks(WINDOW)) {
        let floor = least.get();
        scores.fill(0.0);
        for cursor in &mut cursors {
            // Sums are rounded: what comes near the score may reach it.
            let alone = cursor.rest >= floor * 0.999;
            let (clauses, often) = cursor.below(first + lengths.len() as u32);
            for unit in clauses {
                add(&mut scores, lengths, unit - first, alone, |length| cursor.idf * weight.once(length));
            }
            for (unit, count) in often {
                let more = |length| cursor.idf * (weight.of(*count, length) - weight.once(length));
                add(&mut scores, lengths, unit - first, alone, more);
            }
        }
        for (first, few) in (first..).step_by(FEW).zip(scores.chunks(FEW)) {
            // Few clauses come near the best: neighbours are passed over together.
            if highest(few) >= floor {
                let near = (first..).zip(few).filter(|(row, score)| **score >= floor && allowed(*row));
                best.extend(near.map(|(row, score)| (*score, row)));
            }
        }
        if best.len() > full {
            cut(&mut best, most, least);
            full = full.max(best.len().saturating_mul(2));
        }
    }
    cut(&mut best, most, least);
    best
}

/// The highest score. None is below zero, so their bits are in their order, and of integers many are compared at once.
fn highest(scores: &[f32]) -> f32 {
    f32::from_bits(scores.iter().map(|score| score.to_bits() as i32).fold(0, i32::max) as u32)
}

/// How many items at the front are below; those that are far off are not looked at.
fn leading<T: Copy>(items: &[T], below: impl Fn(T) -> bool) -> usize {
    let mut end = FEW;
    while items.get(end).is_some_and(|item| below(*item)) {
        end *= 2;
    }
    let near = items.get(..end).unwrap_or(items);
    near.partition_point(|item| below(*item))
}

/// Adds what a token is worth to a clause, if it has a score or may have it from this token alone.
fn add(scores: &mut [f32], lengths: &[u16], at: u32, alone: bool, worth: impl FnOnce(u16) -> f32) {
    if let (Some(score), Some(length)) = (scores.get_mut(at as usize), lengths.get(at as usize))
        && (alone || *score > 0.0)
    {
        *score += worth(*length);
    }
}

/// Leaves the best, and tells the others what they must reach.
fn cut(best: &mut Vec<(f32, u32)>, most: usize, least: &Least) {
    if most > 0 && best.len() > most {
        let (_, last, _) = best.select_nth_unstable_by(most - 1, |a, b| b.0.total_cmp(&a.0));
        let last = last.0;
        best.retain(|(score, _)| *score >= last);
        least.raise(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What tokens are worth to each clause, one after another.
    fn plainly(lists: &[Having], weight: &Weight, lengths: &[u16]) -> Vec<f32> {
        let score = |(unit, length): (u32, &u16)| {
            let of = |token: &usize| {
                let list = &lists[*token];
                let count = list.often.iter().find(|(of, _)| *of == unit).map_or(1, |(_, count)| *count);
                list.clauses.contains(&unit).then(|| weight.idf[*token] * weight.of(count, *length))
            };
            weight.order.iter().filter_map(of).sum()
        };
        (0..).zip(lengths).map(score).collect()
    }

    fn having(units: &std::collections::BTreeMap<u32, u32>) -> Having {
        let often = units.iter().filter(|(_, count)| **count > 1).map(|(unit, count)| (*unit, *count)).collect();
        Having { clauses: units.keys().copied().collect(), often }
    }

    proptest! {
        /// However high the score that others reach, what reaches it as well is found, with its whole score.
        #[test]
        fn nothing_that_reaches_the_score_is_passed_over(
            units in proptest::collection::vec(proptest::collection::btree_map(0..300u32, 1..4u32, 0..120), 1..5),
            idf in proptest::collection::vec(0.01..8f32, 5),
            lengths in proptest::collection::vec(1..2000u16, 300),
            most in 1..12usize,
            raised in 0..300usize,
        ) {
            let lists: Vec<Having> = units.iter().map(having).collect();
            let weight = Weight::new(idf[..lists.len()].to_vec(), 150.0);
            let scores = plainly(&lists, &weight, &lengths);
            let least = Least::default();
            least.raise(scores[raised]);
            let shortest = lengths.iter().copied().min().unwrap();
            let lengths = Lengths { of: lengths, shortest };
            let mut found = best(&lists, &weight, &lengths, |row| row % 7 != 0, most, &least);
            found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));

            let mut expected: Vec<(f32, u32)> = scores.iter().copied().zip(0..).collect();
            expected.retain(|(score, row)| *score > 0.0 && *score > scores[raised] * 1.0001 && row % 7 != 0);
            expected.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            expected.truncate(most);
            prop_assert!(found.len() >= expected.len());
            for ((score, _), (found, row)) in expected.iter().zip(&found) {
                prop_assert!((score - found).abs() <= score * 1e-4);
                prop_assert!((scores[*row as usize] - found).abs() <= score * 1e-4, "a score is whole");
            }
        }
    }
}
