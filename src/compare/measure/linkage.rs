//! Linkage: average linkage over a matrix of likenesses, by chains of nearest neighbours.
//!
//! In: likenesses of all pairs, and the least one at which clusters join. Out: clusters. Linear memory in the matrix, quadratic time.

/// Likenesses of pairs, symmetric.
#[derive(Debug, Clone)]
pub(super) struct Likeness {
    size: usize,
    of: Vec<f32>,
}

impl Likeness {
    /// Rows as they are computed; `rows[i][j]` counts for `i < j` alone.
    pub fn new(rows: &[Vec<f32>]) -> Self {
        let size = rows.len();
        let mut this = Self { size, of: vec![0.0; size * size] };
        for (i, row) in rows.iter().enumerate() {
            for (j, like) in row.iter().enumerate().skip(i + 1) {
                this.set(i, j, *like);
            }
        }
        this
    }

    fn get(&self, i: usize, j: usize) -> f32 {
        self.of.get(i * self.size + j).copied().unwrap_or(f32::MIN)
    }

    fn set(&mut self, i: usize, j: usize, like: f32) {
        for at in [i * self.size + j, j * self.size + i] {
            if let Some(cell) = self.of.get_mut(at) {
                *cell = like;
            }
        }
    }

    /// Clusters whose members are alike by `least` on average, each in order, by their first members.
    pub fn clusters(mut self, least: f32) -> Vec<Vec<usize>> {
        let mut members: Vec<Vec<usize>> = (0..self.size).map(|i| vec![i]).collect();
        let mut active: Vec<bool> = vec![true; self.size];
        let mut chain: Vec<usize> = Vec::new();
        while let Some(last) = chain.last().copied().or_else(|| active.iter().position(|active| *active)) {
            if chain.is_empty() {
                chain.push(last);
            }
            let before = chain.len().checked_sub(2).and_then(|at| chain.get(at)).copied();
            // The nearest; the one before in the chain where it is as near, so that chains end.
            let mut nearest = before.map(|before| (before, self.get(last, before)));
            for (other, on) in active.iter().enumerate() {
                if *on && other != last && nearest.is_none_or(|(_, like)| self.get(last, other) > like) {
                    nearest = Some((other, self.get(last, other)));
                }
            }
            match nearest {
                // Whoever is nearest is too far, and joining others brings nobody nearer.
                None => retire(&mut active, &mut chain),
                Some((_, like)) if like < least => retire(&mut active, &mut chain),
                Some((other, _)) if Some(other) == before => {
                    chain.truncate(chain.len() - 2);
                    self.join(last.min(other), last.max(other), &mut members, &mut active);
                }
                Some((other, _)) => chain.push(other),
            }
        }
        let mut clusters: Vec<Vec<usize>> = members.into_iter().filter(|members| !members.is_empty()).collect();
        for members in &mut clusters {
            members.sort_unstable();
        }
        clusters.sort();
        clusters
    }

    fn join(&mut self, into: usize, from: usize, members: &mut [Vec<usize>], active: &mut [bool]) {
        let moved = members.get_mut(from).map(std::mem::take).unwrap_or_default();
        let count = |members: &[Vec<usize>]| members.get(into).map_or(0, Vec::len) as f32;
        let (a, b) = (count(members), moved.len() as f32);
        for other in 0..self.size {
            if other != into && other != from {
                let like = (a * self.get(into, other) + b * self.get(from, other)) / (a + b);
                self.set(into, other, like);
            }
        }
        if let Some(members) = members.get_mut(into) {
            members.extend(moved);
        }
        if let Some(active) = active.get_mut(from) {
            *active = false;
        }
    }
}

fn retire(active: &mut [bool], chain: &mut Vec<usize>) {
    if let Some(active) = chain.pop().and_then(|last| active.get_mut(last)) {
        *active = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clusters(points: &[f32], least: f32) -> Vec<Vec<usize>> {
        let rows: Vec<Vec<f32>> = points.iter().map(|a| points.iter().map(|b| -(a - b).abs()).collect()).collect();
        Likeness::new(&rows).clusters(least)
    }

    #[test]
    fn what_is_near_on_average_joins() {
        assert_eq!(clusters(&[0.0, 10.0, 1.0, 11.0, 30.0], -2.0), [vec![0, 2], vec![1, 3], vec![4]]);
        assert_eq!(clusters(&[0.0, 1.0, 2.0, 3.0], -1.2), [vec![0, 1], vec![2, 3]], "a chain is no cluster");
        assert_eq!(clusters(&[0.0, 1.0, 2.0], -9.0), [vec![0, 1, 2]]);
        assert_eq!(clusters(&[5.0], 0.0), [vec![0]]);
        assert!(clusters(&[], 0.0).is_empty());
    }

    #[test]
    fn as_slow_and_simple_linkage_has_it() {
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 40) as f32 / 1e5
        };
        for size in [5, 17, 40] {
            let points: Vec<f32> = (0..size).map(|_| next()).collect();
            assert_eq!(clusters(&points, -9.0), slow(&points, -9.0));
        }
    }

    fn slow(points: &[f32], least: f32) -> Vec<Vec<usize>> {
        let mut clusters: Vec<Vec<usize>> = (0..points.len()).map(|i| vec![i]).collect();
        loop {
            let like = |a: &[usize], b: &[usize]| {
                let all: Vec<f32> = a.iter().flat_map(|i| b.iter().map(|j| -(points[*i] - points[*j]).abs())).collect();
                all.iter().sum::<f32>() / all.len() as f32
            };
            let mut best: Option<(f32, usize, usize)> = None;
            for i in 0..clusters.len() {
                for j in i + 1..clusters.len() {
                    let near = like(&clusters[i], &clusters[j]);
                    if near >= least && best.is_none_or(|(most, ..)| near > most) {
                        best = Some((near, i, j));
                    }
                }
            }
            let Some((_, i, j)) = best else { break };
            let moved = clusters.remove(j);
            clusters[i].extend(moved);
        }
        for members in &mut clusters {
            members.sort_unstable();
        }
        clusters.sort();
        clusters
    }
}
