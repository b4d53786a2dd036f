//! Clusters of clauses that hand out the same work.
//!
//! In: a space and clauses in the ledger's order. Out: clusters, each in that order, by their first members.
//! The first [`CORE`] clauses are joined by average linkage; each later one goes to the cluster whose first members it is most like, or founds
//! its own. So what comes later hardly moves what was there, and work grows with clauses times clusters, not with their square.

use super::linkage::Likeness;
use crate::compare::align::{NOTHING, Probe, Scratch, Space, Spot};
use rayon::prelude::*;

/// Clauses joined by average linkage.
const CORE: usize = 2000;
/// Log odds at which clusters of the core join, on average over pairs.
const JOIN: f32 = 3.0;
/// Log odds that a later clause needs, on average over the first members of a cluster.
const ENTER: f64 = 3.0;
/// First members of a cluster that later clauses are compared with.
const FIRST: usize = 6;
/// Members among which the most typical one is sought.
const TYPICAL: usize = 30;

/// Clauses that hand out the same work.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cluster {
    /// Its clauses, in order, with their log odds to the most typical one.
    pub members: Vec<(Spot, f64)>,
    /// The most typical clause.
    pub medoid: Spot,
}

/// The clusters of clauses in the order of their documents.
pub(super) fn clusters(space: &Space, order: &[Spot]) -> Vec<Vec<Spot>> {
    let (core, rest) = order.split_at(order.len().min(CORE));
    let of = |members: Vec<usize>| members.into_iter().filter_map(|at| core.get(at).copied()).collect();
    let mut clusters: Vec<Vec<Spot>> =
        Likeness::new(&likenesses(space, core)).clusters(JOIN).into_iter().map(of).collect();
    let mut probe = Probe::new();
    // Cluster of each clause of the probe, and how many of each cluster are in it.
    let mut owners: Vec<usize> = Vec::new();
    let mut known: Vec<usize> = vec![0; clusters.len()];
    for (at, members) in clusters.iter().enumerate() {
        for spot in members.iter().take(FIRST) {
            learn(space, *spot, at, &mut probe, &mut owners, &mut known);
        }
    }
    let mut scratch = Scratch::default();
    let mut sums: Vec<(f64, usize)> = Vec::new();
    for spot in rest {
        let Some((shelf, _, item)) = space.at(*spot) else { continue };
        sums.clear();
        sums.resize(clusters.len(), (0.0, 0));
        probe.visit(shelf, item, &mut scratch, |clause, evidence| {
            if let Some(sum) = owners.get(clause as usize).and_then(|owner| sums.get_mut(*owner)) {
                *sum = (sum.0 + evidence.odds() - NOTHING, sum.1 + 1);
            }
        });
        let mut best: Option<(f64, usize)> = None;
        for (at, ((sum, touched), known)) in sums.iter().zip(&known).enumerate() {
            let mean = NOTHING + sum / (*known).max(1) as f64;
            if *touched > 0 && mean >= ENTER && best.is_none_or(|(most, _)| mean > most) {
                best = Some((mean, at));
            }
        }
        let at = best.map_or(clusters.len(), |(_, at)| at);
        if best.is_none() {
            clusters.push(Vec::new());
            known.push(0);
        }
        if let Some(members) = clusters.get_mut(at) {
            members.push(*spot);
        }
        if known.get(at).is_some_and(|known| *known < FIRST) {
            learn(space, *spot, at, &mut probe, &mut owners, &mut known);
        }
    }
    clusters
}

fn learn(space: &Space, spot: Spot, at: usize, probe: &mut Probe, owners: &mut Vec<usize>, known: &mut [usize]) {
    if let (Some((shelf, _, item)), Some(known)) = (space.at(spot), known.get_mut(at)) {
        probe.push(shelf, item);
        owners.push(at);
        *known += 1;
    }
}

/// Log odds of all pairs.
fn likenesses(space: &Space, spots: &[Spot]) -> Vec<Vec<f32>> {
    let mut probe = Probe::new();
    spots.iter().filter_map(|spot| space.at(*spot)).for_each(|(shelf, _, item)| probe.push(shelf, item));
    let row = |scratch: &mut Scratch, spot: &Spot| {
        let mut row = vec![NOTHING as f32; spots.len()];
        if let Some((shelf, _, item)) = space.at(*spot) {
            probe.visit(shelf, item, scratch, |clause, evidence| {
                if let Some(cell) = row.get_mut(clause as usize) {
                    *cell = evidence.odds() as f32;
                }
            });
        }
        row
    };
    spots.par_iter().map_init(Scratch::default, row).collect()
}

/// Finds the most typical clause of each cluster, and how near the others are to it.
pub(super) fn typical(space: &Space, members: &[Spot]) -> Option<Cluster> {
    let sample = members.get(..members.len().min(TYPICAL))?;
    let odds = likenesses(space, sample);
    let mean = |row: &Vec<f32>, own: usize| {
        row.iter().enumerate().filter(|(at, _)| *at != own).map(|(_, odds)| f64::from(*odds)).sum::<f64>()
    };
    let mut best: Option<(f64, Spot)> = None;
    for (at, (row, spot)) in odds.iter().zip(sample).enumerate() {
        let mean = mean(row, at);
        if best.is_none_or(|(most, _)| mean > most) {
            best = Some((mean, *spot));
        }
    }
    let (_, medoid) = best?;
    let (shelf, _, item) = space.at(medoid)?;
    let mut probe = Probe::new();
    probe.push(shelf, item);
    let mut scratch = Scratch::default();
    let near = |spot: &Spot| {
        let mut odds = NOTHING;
        if let Some((shelf, _, item)) = space.at(*spot) {
            probe.visit(shelf, item, &mut scratch, |_, evidence| odds = evidence.odds());
        }
        (*spot, odds)
    };
    Some(Cluster { members: members.iter().map(near).collect(), medoid })
}
