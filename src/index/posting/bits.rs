//! Bits: a set of small numbers.

/// A set of numbers below a bound, a bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    bound: u32,
}

impl Bits {
    /// The empty set of numbers below `bound`.
    pub fn none(bound: u32) -> Self {
        Self { words: vec![0; bound.div_ceil(64) as usize], bound }
    }

    /// The set of all numbers below `bound`.
    pub fn all(bound: u32) -> Self {
        let mut words = vec![u64::MAX; bound.div_ceil(64) as usize];
        if let Some(last) = words.last_mut()
            && !bound.is_multiple_of(64)
        {
            *last = (1 << (bound % 64)) - 1;
        }
        Self { words, bound }
    }

    /// What numbers lie below.
    pub fn bound(&self) -> u32 {
        self.bound
    }

    /// Adds a number; one that is not below the bound is left out.
    pub fn insert(&mut self, number: u32) {
        if number < self.bound
            && let Some(word) = self.words.get_mut(number as usize / 64)
        {
            *word |= 1 << (number % 64);
        }
    }

    /// True where the number is in the set.
    pub fn has(&self, number: u32) -> bool {
        self.words.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Leaves what is in the other set too.
    pub fn keep(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= b);
    }

    /// Adds what is in the other set.
    pub fn add(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a |= b);
    }

    /// Takes out what is in the other set.
    pub fn remove(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= !b);
    }

    /// How many numbers are in the set.
    pub fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// True where none is.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_sets() {
        for bound in [0, 1, 63, 64, 65, 200] {
            let all = Bits::all(bound);
            assert_eq!(all.count(), bound);
            let mut even = Bits::none(bound);
            (0..bound + 9).step_by(2).for_each(|n| even.insert(n));
            assert_eq!(even.count(), bound.div_ceil(2));
            let mut odd = all.clone();
            odd.remove(&even);
            assert!((0..bound).all(|n| odd.has(n) == (n % 2 == 1)) && !odd.has(bound));
            let mut both = odd.clone();
            both.add(&even);
            assert_eq!(both, all);
            odd.keep(&even);
            assert!(odd.is_empty());
        }
    }
}
