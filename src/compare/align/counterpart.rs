//! Counterparts: for each clause of one set the clauses of another that hand out the same work.
//!
//! In: a space and two sets of clauses. Out: [`Match`]es by clause, the surest first, or one that says "none" with the nearest
//! clause. Nothing is compared with its own document. Ties go by document id and position, whatever order documents came in.

use super::probe::{Probe, Scratch};
use super::score::{THRESHOLD, odds, score};
use super::space::{Space, Spot};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// How clauses are aligned.
#[derive(Debug, Clone, PartialEq)]
pub struct AlignOptions {
    /// Clauses of one document that a clause may have as counterparts, at most.
    pub top: usize,
    /// Score from which on a clause is a counterpart; 0 answers "none" only where nothing is shared.
    pub threshold: f64,
    /// Counterparts of a clause, the surest, that come with a reason.
    pub reasons: usize,
    /// The user's own vectors of clauses.
    pub vectors: Option<Vectors>,
}

impl Default for AlignOptions {
    fn default() -> Self {
        Self { top: 3, threshold: THRESHOLD, reasons: 20, vectors: None }
    }
}

/// A user's vectors of clauses, by their ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vectors {
    /// Vectors, of any length, all the same.
    pub of: BTreeMap<String, Vec<f32>>,
    /// Share of the score that is theirs.
    pub share: f64,
}

/// A clause with a counterpart, or without.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Match {
    /// The clause.
    pub a: Spot,
    /// The nearest clause.
    pub b: Option<Spot>,
    /// Its score.
    pub score: f64,
    /// Its rank, from 1; none where it is no counterpart.
    pub rank: Option<u32>,
}

/// Vectors by clause, of length 1.
type Unit = BTreeMap<Spot, Vec<f32>>;

/// The counterparts of clauses among `b`, or among all.
pub(crate) fn counterparts(
    space: &Space,
    a: &[Spot],
    b: Option<&BTreeSet<Spot>>,
    options: &AlignOptions,
) -> Vec<Match> {
    let mut probe = Probe::new();
    for spot in a {
        if let Some((shelf, _, item)) = space.at(*spot) {
            probe.push(shelf, item);
        }
    }
    let unit = options.vectors.as_ref().map(|vectors| units(space, vectors));
    let mixed = |a: Spot, b: Spot, score: f64| match (&unit, &options.vectors) {
        (Some(unit), Some(vectors)) => {
            let cosine = unit.get(&a).zip(unit.get(&b)).map(|(a, b)| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>());
            cosine.map_or(score, |c| score * (1.0 - vectors.share) + f64::from(c.clamp(0.0, 1.0)) * vectors.share)
        }
        _ => score,
    };
    // A vector may lift any clause over the threshold, the text alone only one that is near.
    let least = if options.vectors.is_some() { 0.0 } else { score(odds(options.threshold)) };
    let per_shelf: Vec<(Vec<Match>, Vec<Option<Match>>)> = space
        .shelves()
        .par_iter()
        .enumerate()
        .map(|(at, shelf)| {
            let mut scratch = Scratch::default();
            let mut found = Vec::new();
            let mut nearest: Vec<Option<Match>> = vec![None; a.len()];
            let mut near = Vec::new();
            for filed in shelf.documents.iter().filter(|filed| b.is_some() || !filed.copy) {
                for number in filed.items.clone() {
                    let spot = Spot { shelf: at as u32, item: number };
                    let Some(item) = shelf.items.get(number as usize) else { continue };
                    if b.is_some_and(|b| !b.contains(&spot)) {
                        continue;
                    }
                    probe.visit(shelf, item, &mut scratch, |clause, evidence| {
                        let Some(a) = a.get(clause as usize) else { return };
                        if a.shelf == spot.shelf && filed.items.contains(&a.item) {
                            return;
                        }
                        let score = mixed(*a, spot, evidence.score());
                        let this = Match { a: *a, b: Some(spot), score, rank: None };
                        if let Some(best) = nearest.get_mut(clause as usize)
                            && best.is_none_or(|best| best.score < score)
                        {
                            *best = Some(this);
                        }
                        if score >= least && score >= options.threshold {
                            near.push((clause, this));
                        }
                    });
                }
                near.sort_by(|(a, x), (b, y)| a.cmp(b).then(y.score.total_cmp(&x.score)).then(x.b.cmp(&y.b)));
                for same in near.chunk_by(|(a, _), (b, _)| a == b) {
                    found.extend(same.iter().take(options.top).map(|(_, found)| *found));
                }
                near.clear();
            }
            (found, nearest)
        })
        .collect();
    ranked(space, a, per_shelf)
}

/// What the shelves found, by clause.
fn ranked(space: &Space, a: &[Spot], per_shelf: Vec<(Vec<Match>, Vec<Option<Match>>)>) -> Vec<Match> {
    let mut of: BTreeMap<Spot, Vec<Match>> = BTreeMap::new();
    let mut nearest: BTreeMap<Spot, Match> = BTreeMap::new();
    let id = |spot: Option<Spot>| spot.and_then(|spot| space.at(spot)).map(|(_, filed, item)| (&filed.id, item.n));
    let order = |x: &Match, y: &Match| y.score.total_cmp(&x.score).then_with(|| id(x.b).cmp(&id(y.b)));
    for (found, near) in per_shelf {
        for found in found {
            of.entry(found.a).or_default().push(found);
        }
        for near in near.into_iter().flatten() {
            let best = nearest.entry(near.a).or_insert(near);
            if order(&near, best) == Ordering::Less {
                *best = near;
            }
        }
    }
    let mut out = Vec::new();
    for spot in a {
        match of.remove(spot) {
            Some(mut found) => {
                found.sort_by(order);
                out.extend((1..).zip(found).map(|(rank, found)| Match { rank: Some(rank), ..found }));
            }
            None => {
                out.push(nearest.get(spot).copied().unwrap_or(Match { a: *spot, b: None, score: 0.0, rank: None }));
            }
        }
    }
    out
}

fn units(space: &Space, vectors: &Vectors) -> Unit {
    let unit = |vector: &[f32]| {
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        vector.iter().map(|x| if length > 0.0 { x / length } else { 0.0 }).collect()
    };
    vectors.of.iter().filter_map(|(clause, vector)| Some((space.find(clause)?, unit(vector)))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::space::tests::space;
    use super::*;

    const PLAN: &str = "一、工作\n(一)推进药品集中采购。常态化开展药品集中带量采购,扩大采购范围。\n(二)完善医保支付方式。推行按病种付费。\n(三)加强宣传引导。做好政策解读。";
    const OTHER: &str = "一、任务\n(一)改革支付方式。全面推开按病种付费改革。\n(二)实施集中带量采购。落实药品集中采购中选结果。\n(三)修建农村公路。新建道路。";

    fn ids(space: &Space, matches: &[Match]) -> Vec<(String, Option<String>, Option<u32>)> {
        let id = |spot: Spot| space.at(spot).map(|(_, filed, item)| format!("{}#{}", filed.id, item.n)).unwrap();
        matches.iter().map(|m| (id(m.a), m.b.map(id), m.rank)).collect()
    }

    #[test]
    fn each_clause_finds_its_counterpart_or_none() {
        let space = space(&[("a", "2020", PLAN), ("b", "2021", OTHER)]);
        let a = ["a#1", "a#2", "a#3"].map(|id| space.find(id).unwrap());
        let found = counterparts(&space, &a, None, &AlignOptions::default());
        let found = ids(&space, &found);
        assert_eq!(found[0], ("a#1".into(), Some("b#2".into()), Some(1)));
        assert_eq!(found[1], ("a#2".into(), Some("b#1".into()), Some(1)));
        assert_eq!((found[2].0.as_str(), found[2].2), ("a#3", None), "nobody else publishes");
    }

    #[test]
    fn only_what_was_chosen_counts_and_never_the_document_itself() {
        let space = space(&[("a", "2020", PLAN), ("b", "2021", OTHER), ("c", "2022", PLAN)]);
        let a = [space.find("a#1").unwrap()];
        let chosen = space.chosen(["b#2", "a#1", "a#2"].into_iter());
        let found = counterparts(&space, &a, Some(&chosen), &AlignOptions::default());
        assert_eq!(ids(&space, &found), [("a#1".into(), Some("b#2".into()), Some(1))]);
        let all = counterparts(&space, &a, None, &AlignOptions::default());
        assert_eq!(all[0].b, space.find("c#1"), "the same words come first");
        assert!(all[0].score > all[1].score);
    }

    #[test]
    fn vectors_of_the_user_take_their_share() {
        let space = space(&[("a", "2020", PLAN), ("b", "2021", OTHER)]);
        let a = [space.find("a#3").unwrap()];
        let of = [("a#3", vec![2.0, 0.0]), ("b#3", vec![1.0, 0.0]), ("b#1", vec![0.0, 1.0])];
        let of: BTreeMap<_, _> = of.into_iter().map(|(id, vector)| (id.to_owned(), vector)).collect();
        let with = |share: f64| {
            let vectors = Some(Vectors { of: of.clone(), share });
            counterparts(&space, &a, None, &AlignOptions { vectors, ..AlignOptions::default() })
        };
        assert_eq!(with(0.0)[0].rank, None);
    }
}
