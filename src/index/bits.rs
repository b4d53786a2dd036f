//! Bits: one truth a row.

use super::bytes::{Fault, Reader};
use std::ops::Range;

/// A fixed number of bits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// So many bits, none of them set.
    pub fn new(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }

    /// So many bits, all of them set.
    pub fn full(len: usize) -> Self {
        let mut bits = Self { words: vec![u64::MAX; len.div_ceil(64)], len };
        if !len.is_multiple_of(64)
            && let Some(last) = bits.words.last_mut()
        {
            *last = (1 << (len % 64)) - 1;
        }
        bits
    }

    /// A bit for each value, set where it is accepted.
    pub fn of<T: Copy>(values: &[T], accepts: impl Fn(T) -> bool) -> Self {
        let words = values.chunks(64).map(|values| {
            // Truths a byte each first: that loop runs over many values at once.
            let mut truths = [0u8; 64];
            truths.iter_mut().zip(values).for_each(|(truth, value)| *truth = u8::from(accepts(*value)));
            let eights = truths.as_chunks::<8>().0.iter();
            // The product brings the lowest bits of eight bytes together in the highest byte.
            let packed = eights.map(|eight| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56);
            packed.rev().fold(0, |word, bits| word << 8 | bits)
        });
        Self { words: words.collect(), len: values.len() }
    }

    /// A bit for each byte, set where its truth is.
    pub fn of_bytes(values: &[u8], accepted: &[bool; 256]) -> Self {
        let Some(first) = accepted.iter().position(|accepted| *accepted) else { return Self::new(values.len()) };
        let last = accepted.iter().rposition(|accepted| *accepted).unwrap_or(first);
        if accepted.iter().skip(first).take(last - first).all(|accepted| *accepted) {
            // Neighbouring values are compared many at once.
            let (first, length) = (first as u8, (last - first) as u8);
            return Self::of(values, |value| value.wrapping_sub(first) <= length);
        }
        Self::of(values, |value| accepted.get(usize::from(value)).copied().unwrap_or_default())
    }

    /// Number of bits.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True without bits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a bit.
    pub fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        if let Some(last) = self.words.last_mut() {
            *last |= u64::from(bit) << (self.len % 64);
        }
        self.len += 1;
    }

    /// The bit of a row; false behind the last.
    pub fn has(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Sets the bit of a row.
    pub fn set(&mut self, row: usize) {
        if row < self.len
            && let Some(word) = self.words.get_mut(row / 64)
        {
            *word |= 1 << (row % 64);
        }
    }

    /// Clears the bit of a row.
    pub fn clear(&mut self, row: usize) {
        if let Some(word) = self.words.get_mut(row / 64) {
            *word &= !(1 << (row % 64));
        }
    }

    /// Leaves the bits that are set in both.
    pub fn and(&mut self, other: &Self) {
        let others = other.words.iter().copied().chain(std::iter::repeat(0));
        self.words.iter_mut().zip(others).for_each(|(word, other)| *word &= other);
    }

    /// Sets the bits that are set in the other.
    pub fn or(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    /// Clears the bits that are set in the other.
    pub fn minus(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
    }

    /// True where no bit is set.
    pub fn none(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Number of bits set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// True where all bits are set.
    pub fn all(&self) -> bool {
        self.count() == self.len
    }

    /// The rows whose bits are set, ascending.
    pub fn rows(&self) -> impl Iterator<Item = u32> {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                (bit < 64).then_some(at as u32 * 64 + bit)
            })
        })
    }

    /// Runs of neighbouring rows whose bits are set.
    pub fn runs(&self) -> Vec<Range<u32>> {
        let mut runs: Vec<Range<u32>> = Vec::new();
        for row in self.rows() {
            match runs.last_mut() {
                Some(run) if run.end == row => run.end = row + 1,
                _ => runs.push(row..row + 1),
            }
        }
        runs
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.words.len() * 8
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        let bytes = self.words.iter().flat_map(|word| word.to_le_bytes());
        out.extend(bytes.take(self.len.div_ceil(8)));
    }

    pub(super) fn take(reader: &mut Reader<'_>, len: usize) -> Result<Self, Fault> {
        let bytes = reader.take(len.div_ceil(8))?;
        let mut words = Vec::with_capacity(len.div_ceil(64));
        for eight in bytes.chunks(8) {
            let mut word = [0; 8];
            word.iter_mut().zip(eight).for_each(|(to, from)| *to = *from);
            words.push(u64::from_le_bytes(word));
        }
        if !len.is_multiple_of(64) && words.last().is_some_and(|last| last >> (len % 64) != 0) {
            return Err("has bits behind its end");
        }
        Ok(Self { words, len })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_rows_and_runs() {
        for len in [0, 1, 63, 64, 65, 200] {
            let mut bits = Bits::new(len);
            let rows: Vec<u32> = (0..len as u32).filter(|row| row % 7 < 3).collect();
            for row in &rows {
                bits.set(*row as usize);
            }
            assert_eq!(bits.rows().collect::<Vec<_>>(), rows);
            assert_eq!(bits.count(), rows.len());
            assert_eq!(bits.runs().into_iter().flatten().collect::<Vec<_>>(), rows);
            assert!(bits.runs().iter().all(|run| run.len() <= 3));
            let mut pushed = Bits::default();
            (0..len).for_each(|row| pushed.push(row % 7 < 3));
            assert_eq!(pushed, bits);
            let values: Vec<u32> = (0..len as u32).collect();
            assert_eq!(Bits::of(&values, |row| row % 7 < 3), bits);
            assert!(Bits::full(len).all() && Bits::full(len).count() == len);
            let mut out = Vec::new();
            bits.put(&mut out);
            assert_eq!(Bits::take(&mut Reader::new(&out), len), Ok(bits));
        }
        assert!(Bits::take(&mut Reader::new(&[2]), 1).is_err(), "a bit behind the end");
    }

    #[test]
    fn bits_are_sets() {
        for len in [0, 1, 63, 64, 65, 200] {
            let all = Bits::full(len);
            let mut even = Bits::new(len);
            (0..len + 9).step_by(2).for_each(|n| even.set(n));
            assert_eq!(even.count(), len.div_ceil(2), "what lies behind the end is left out");
            let mut odd = all.clone();
            odd.minus(&even);
            assert!((0..len).all(|n| odd.has(n) == (n % 2 == 1)) && !odd.has(len));
            let mut both = odd.clone();
            both.or(&even);
            assert_eq!(both, all);
            odd.and(&even);
            assert!(odd.none());
        }
    }
}
