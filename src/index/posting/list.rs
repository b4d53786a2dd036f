//! Lists: the units of one term, and how often each has it, in few bits.
//!
//! ```text
//! one unit     varint: unit · 2 + (1 where it has the term more than once), then that number less two
//! more units   head byte: parameter k (31 for a bitmap), + 32 where some unit has the term more than once
//!              the gaps in Rice code: quotient by 2^k in zeros and a one, then k bits; 20 zeros: 32 bits follow
//!              or, where that is shorter, a bit a unit
//!              the counts in unary, from a byte of their own: so many ones less one, and a zero
//! ```
//!
//! Rice code takes log2(mean gap) + 1.5 bits, two thirds of what varints take of gaps that are mostly below 64.

use crate::index::bytes::{Fault, Reader, put_varint};

/// Zeros in place of a quotient: the gap follows as it is.
const ESCAPE: u32 = 20;
/// In place of the parameter: a bitmap.
const BITMAP: u8 = 31;
/// Some unit has the term more than once.
const COUNTED: u8 = 32;
/// Bytes that must be readable behind a list, so that bits can be taken from whole words.
pub(super) const MARGIN: usize = 8;

/// A unit and how often it has the term.
pub(super) type Posting = (u32, u32);

/// Appends the list of these units, ascending and below `universe`.
pub(super) fn put_list(out: &mut Vec<u8>, postings: &[Posting], universe: u32) {
    let counted = postings.iter().any(|(_, count)| *count > 1);
    if let [(unit, count)] = postings {
        put_varint(out, u64::from(*unit) << 1 | u64::from(counted));
        if counted {
            put_varint(out, u64::from(*count - 2));
        }
        return;
    }
    let (k, bits) = parameter(postings);
    let flag = if counted { COUNTED } else { 0 };
    if u64::from(universe) < bits {
        out.push(BITMAP | flag);
        let from = out.len();
        out.resize(from + universe.div_ceil(8) as usize, 0);
        for (unit, _) in postings {
            if let Some(byte) = out.get_mut(from + *unit as usize / 8) {
                *byte |= 1 << (unit % 8);
            }
        }
    } else {
        out.push(k as u8 | flag);
        let mut bits = BitWriter { out, word: 0, used: 0 };
        for gap in gaps(postings) {
            let quotient = gap >> k;
            if quotient < ESCAPE {
                bits.put(1 << quotient, quotient + 1);
                bits.put(u64::from(gap) & ((1 << k) - 1), k);
            } else {
                bits.put(0, ESCAPE);
                bits.put(u64::from(gap), 32);
            }
        }
        bits.finish();
    }
    if counted {
        let mut bits = BitWriter { out, word: 0, used: 0 };
        for (_, count) in postings {
            let mut ones = count.saturating_sub(1);
            while ones >= 31 {
                bits.put((1 << 31) - 1, 31);
                ones -= 31;
            }
            bits.put((1 << ones) - 1, ones + 1);
        }
        bits.finish();
    }
}

/// What lies between the units.
fn gaps(postings: &[Posting]) -> impl Iterator<Item = u32> {
    let mut next = 0;
    postings.iter().map(move |(unit, _)| {
        let gap = unit - next;
        next = unit + 1;
        gap
    })
}

/// The parameter that takes the fewest bits, and how many.
fn parameter(postings: &[Posting]) -> (u32, u64) {
    let last = postings.last().map_or(0, |(unit, _)| *unit);
    let mean = last / (postings.len() as u32).max(1);
    let about = (mean + 1).ilog2();
    let least = about.saturating_sub(2);
    // All are tried in one pass.
    let mut costs = [0u64; 3];
    for gap in gaps(postings) {
        for (k, cost) in (least..).zip(&mut costs) {
            *cost += u64::from(if gap >> k < ESCAPE { (gap >> k) + 1 + k } else { ESCAPE + 32 });
        }
    }
    let best = (least..=about).zip(costs).map(|(k, bits)| (bits, k)).min();
    best.map_or((0, u64::MAX), |(bits, k)| (k, bits))
}

struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    word: u64,
    used: u32,
}

impl BitWriter<'_> {
    /// Appends the lowest `count` bits of `bits`, at most 32; the others are zero.
    fn put(&mut self, bits: u64, count: u32) {
        self.word |= bits << self.used;
        self.used += count;
        if self.used >= 32 {
            self.out.extend_from_slice(&(self.word as u32).to_le_bytes());
            self.word >>= 32;
            self.used -= 32;
        }
    }

    fn finish(self) {
        self.out.extend(self.word.to_le_bytes().iter().take(self.used.div_ceil(8) as usize));
    }
}

/// Bits of a window that are there wherever it begins.
const WINDOW: u32 = u64::BITS - 7;

/// At least [`WINDOW`] bits from a bit on.
fn window(bytes: &[u8], bit: usize) -> Result<u64, Fault> {
    let word = bytes.get(bit / 8..).and_then(|rest| rest.first_chunk()).ok_or("ends too early")?;
    Ok(u64::from_le_bytes(*word) >> (bit % 8))
}

/// Reads a list of `len` units from the front of `bytes`, which hold [`MARGIN`] bytes more than it. Each unit is given to
/// `each`, ascending and below `universe`. Gives the bytes behind the units, where the counts begin.
pub(super) fn each_unit(
    bytes: &[u8],
    len: u32,
    universe: u32,
    mut each: impl FnMut(u32),
) -> Result<(bool, usize), Fault> {
    const FAR: Fault = "names a unit that there is not";
    if len == 1 {
        let mut reader = Reader::new(bytes);
        let head = reader.varint()?;
        let unit = u32::try_from(head >> 1).ok().filter(|unit| *unit < universe).ok_or(FAR)?;
        each(unit);
        return Ok((head & 1 == 1, bytes.len() - reader.rest().len()));
    }
    let (head, body) = bytes.split_first().ok_or("ends too early")?;
    let (k, counted) = (u32::from(head & 31), head & COUNTED != 0);
    if head & 31 == BITMAP {
        let words = body.get(..universe.div_ceil(8) as usize).ok_or("ends too early")?;
        let mut found = 0;
        for (at, byte) in (0u32..).zip(words) {
            let mut byte = *byte;
            while byte != 0 {
                let unit = at * 8 + byte.trailing_zeros();
                if unit >= universe {
                    return Err(FAR);
                }
                each(unit);
                found += 1;
                byte &= byte - 1;
            }
        }
        return if found == len { Ok((counted, 1 + words.len())) } else { Err("has other units than it says") };
    }
    let (mut bit, mut next) = (0, 0u32);
    // Bits from `bit` on, of which so many are there: mostly several gaps.
    let (mut word, mut left) = (window(body, 0)?, WINDOW);
    for _ in 0..len {
        let mut zeros = word.trailing_zeros();
        if zeros + 1 + k > left {
            (word, left) = (window(body, bit)?, WINDOW);
            zeros = word.trailing_zeros();
        }
        let (gap, bits) = if zeros < ESCAPE {
            ((zeros << k) + ((word >> (zeros + 1)) as u32 & ((1 << k) - 1)), zeros + 1 + k)
        } else {
            ((window(body, bit)? >> ESCAPE) as u32, ESCAPE + 32)
        };
        bit += bits as usize;
        word = word.checked_shr(bits).unwrap_or_default();
        left = left.saturating_sub(bits);
        let unit = next.checked_add(gap).filter(|unit| *unit < universe).ok_or(FAR)?;
        each(unit);
        next = unit + 1;
    }
    Ok((counted, 1 + bit.div_ceil(8)))
}

/// The same with how often units have the term: all units are appended to `units`, those that have it more than once to
/// `often`, with how often. Gives the bytes of the list.
pub(super) fn postings(
    bytes: &[u8],
    len: u32,
    universe: u32,
    units: &mut Vec<u32>,
    often: &mut Vec<Posting>,
) -> Result<usize, Fault> {
    let from = units.len();
    let (counted, end) = each_unit(bytes, len, universe, |unit| units.push(unit))?;
    if !counted {
        return Ok(end);
    }
    let body = bytes.get(end..).unwrap_or_default();
    let own = units.get(from..).unwrap_or_default();
    if let [unit] = own {
        let mut reader = Reader::new(body);
        often.push((*unit, reader.number()?.checked_add(2).ok_or("counts too many")?));
        return Ok(bytes.len() - reader.rest().len());
    }
    let bits = each_count(body, len, |at, count| often.extend(own.get(at as usize).map(|unit| (*unit, count))))?;
    Ok(end + bits.div_ceil(8))
}

/// Reads `len` counts in unary, and calls `each` with the position and the count of those above one. Gives their bits.
///
/// Nearly all are one, so that a step is a stretch of zeros instead of a count.
fn each_count(bytes: &[u8], len: u32, mut each: impl FnMut(u32, u32)) -> Result<usize, Fault> {
    let (mut at, mut more) = (0, 0);
    let mut bit = 0;
    while at < len {
        // At a whole byte a window has all its bits.
        let (mut word, mut left) = (window(bytes, bit)?, u64::BITS);
        bit += u64::BITS as usize;
        while left > 0 {
            let ones = word.trailing_ones().min(left);
            more += ones;
            word = word.checked_shr(ones).unwrap_or_default();
            left -= ones;
            let zeros = word.trailing_zeros().min(left);
            if zeros > 0 && more > 0 {
                each(at, 1 + std::mem::take(&mut more));
            }
            at += zeros;
            word = word.checked_shr(zeros).unwrap_or_default();
            left -= zeros;
            if at >= len {
                return Ok(bit - left as usize - (at - len) as usize);
            }
        }
    }
    Ok(bit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round(list: &[Posting], universe: u32) -> usize {
        let mut bytes = Vec::new();
        put_list(&mut bytes, list, universe);
        let len = bytes.len();
        bytes.extend([0xff; MARGIN]);
        let (mut units, mut often) = (Vec::new(), Vec::new());
        assert_eq!(postings(&bytes, list.len() as u32, universe, &mut units, &mut often), Ok(len));
        assert!(units.iter().eq(list.iter().map(|(unit, _)| unit)));
        assert!(often.iter().eq(list.iter().filter(|(_, count)| *count > 1)));
        units.clear();
        each_unit(&bytes, list.len() as u32, universe, |unit| units.push(unit)).unwrap();
        assert!(units.iter().eq(list.iter().map(|(unit, _)| unit)));
        len
    }

    #[test]
    fn lists_take_few_bytes() {
        let even: Vec<Posting> = (0..500).map(|n| (n * 16, 1)).collect();
        assert_eq!(round(&even, 8000), 1 + (500usize * 5).div_ceil(8), "log2(16) + 1 bits");
        let dense: Vec<Posting> = (0..8000).filter(|n| n % 5 != 0).map(|n| (n, 1)).collect();
        assert_eq!(round(&dense, 8000), 1 + 1000, "a bit a unit");
        assert_eq!(round(&[(7, 1)], 8000), 1);
        assert_eq!(round(&[(7, 3)], 8000), 2);
        // Neighbours far out: the gap before them costs 52 bits at most.
        let far: Vec<Posting> = (3_999_000..4_000_000).map(|n| (n, 1)).collect();
        assert!(round(&far, 1 << 22) < 2 + 7 + 1000 * 11 / 8);
        round(&[(0, 200), (u32::MAX - 2, 57), (u32::MAX - 1, 56)], u32::MAX);
    }

    proptest! {
        #[test]
        fn lists_come_back(
            units in proptest::collection::btree_set(0..5_000u32, 1..300),
            counts in proptest::collection::vec(prop_oneof![4 => Just(1u32), 1 => 1..130u32], 300),
            more in 0..9_000u32,
        ) {
            let list: Vec<Posting> = units.iter().copied().zip(counts).collect();
            round(&list, list.last().unwrap().0 + 1 + more);
        }

        #[test]
        fn any_bytes_are_a_list_or_an_error(
            bytes in proptest::collection::vec(any::<u8>(), 0..80), len in 1..90u32, universe in 1..300u32,
        ) {
            let (mut units, mut often) = (Vec::new(), Vec::new());
            if postings(&bytes, len, universe, &mut units, &mut often).is_ok() {
                prop_assert_eq!(units.len(), len as usize);
                prop_assert!(units.is_sorted() && units.iter().all(|unit| *unit < universe));
                prop_assert!(often.iter().all(|(unit, count)| *count > 1 && units.contains(unit)));
            }
        }
    }
}
