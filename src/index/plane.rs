//! Planes: whole numbers of many rows, each in as many bytes as the largest of them takes.
//!
//! On disk the bytes of one weight stand together, lowest first: the high ones are nearly always the same, which costs
//! nothing once compressed, and coming back is a copy instead of a loop over variable lengths.

use super::bits::Bits;
use super::bytes::{Fault, Reader, put_varint};
use std::ops::Range;

/// No block has as many rows: a plane of zeros takes no bytes, so nothing else bounds what it claims.
pub(super) const MOST_ROWS: u32 = 1 << 24;

/// Whole numbers of many rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plane {
    /// So many zeros.
    Zero(usize),
    /// One byte each.
    One(Vec<u8>),
    /// Two bytes each.
    Two(Vec<u16>),
    /// Four bytes each.
    Four(Vec<u32>),
    /// Eight bytes each.
    Eight(Vec<u64>),
}

impl Default for Plane {
    fn default() -> Self {
        Self::Zero(0)
    }
}

/// Calls the loop body with the slice of each width, so that it is compiled for each.
macro_rules! each_width {
    ($plane:expr, $zero:ident => $of_zero:expr, $values:ident => $of_values:expr) => {
        match $plane {
            Plane::Zero($zero) => $of_zero,
            Plane::One($values) => $of_values,
            Plane::Two($values) => $of_values,
            Plane::Four($values) => $of_values,
            Plane::Eight($values) => $of_values,
        }
    };
}

impl Plane {
    /// The plane of these numbers.
    pub fn of(values: &[u64]) -> Self {
        match values.iter().copied().max().unwrap_or_default() {
            0 => Self::Zero(values.len()),
            1..=0xff => Self::One(values.iter().map(|v| *v as u8).collect()),
            0x100..=0xffff => Self::Two(values.iter().map(|v| *v as u16).collect()),
            0x1_0000..=0xffff_ffff => Self::Four(values.iter().map(|v| *v as u32).collect()),
            _ => Self::Eight(values.to_vec()),
        }
    }

    /// The plane of these numbers.
    pub fn of_u32(values: &[u32]) -> Self {
        match values.iter().copied().max().unwrap_or_default() {
            0 => Self::Zero(values.len()),
            1..=0xff => Self::One(values.iter().map(|v| *v as u8).collect()),
            0x100..=0xffff => Self::Two(values.iter().map(|v| *v as u16).collect()),
            _ => Self::Four(values.to_vec()),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        each_width!(self, zeros => *zeros, values => values.len())
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of a row.
    pub fn get(&self, row: usize) -> Option<u64> {
        match self {
            Self::Zero(rows) => (row < *rows).then_some(0),
            Self::One(values) => values.get(row).map(|v| u64::from(*v)),
            Self::Two(values) => values.get(row).map(|v| u64::from(*v)),
            Self::Four(values) => values.get(row).map(|v| u64::from(*v)),
            Self::Eight(values) => values.get(row).copied(),
        }
    }

    /// Calls `each` with the rows of a range and their numbers; rows behind the last are left out.
    #[allow(clippy::useless_conversion, reason = "one loop for numbers of every width")]
    pub fn each(&self, rows: Range<usize>, mut each: impl FnMut(usize, u64)) {
        let rows = rows.start.min(self.len())..rows.end.min(self.len());
        each_width!(
            self,
            _zeros => rows.for_each(|row| each(row, 0)),
            values => {
                let from = rows.start;
                let values = values.get(rows).unwrap_or_default();
                values.iter().enumerate().for_each(|(at, v)| each(from + at, u64::from(*v)));
            }
        );
    }

    /// The rows whose numbers are accepted, each by its truth; those behind the last are not.
    pub fn among(&self, accepted: &[bool]) -> Bits {
        let has = |value: usize| accepted.get(value).copied().unwrap_or_default();
        match self {
            Self::Zero(rows) if has(0) => Bits::full(*rows),
            Self::Zero(rows) => Bits::new(*rows),
            Self::One(values) => {
                // Known to be as long as there are bytes, it is read without a check.
                let mut known = [false; 256];
                known.iter_mut().zip(accepted).for_each(|(to, from)| *to = *from);
                Bits::of_bytes(values, &known)
            }
            Self::Two(values) => Bits::of(values, |value| has(usize::from(value))),
            Self::Four(values) => Bits::of(values, |value| has(value as usize)),
            Self::Eight(values) => Bits::of(values, |value| usize::try_from(value).is_ok_and(has)),
        }
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.len() * usize::from(self.width())
    }

    fn width(&self) -> u8 {
        match self {
            Self::Zero(_) => 0,
            Self::One(_) => 1,
            Self::Two(_) => 2,
            Self::Four(_) => 4,
            Self::Eight(_) => 8,
        }
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.push(self.width());
        put_varint(out, self.len() as u64);
        out.reserve(self.bytes());
        for byte in 0..u32::from(self.width()) {
            self.each(0..self.len(), |_, value| out.push((value >> (8 * byte)) as u8));
        }
    }

    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let width = reader.byte()?;
        let rows = reader.number()?;
        if rows > MOST_ROWS {
            return Err("is too long");
        }
        let rows = rows as usize;
        let bytes = reader.take(rows.checked_mul(usize::from(width)).ok_or("is too long")?)?;
        let mut of_weight = bytes.chunks_exact(rows.max(1));
        let mut next = || of_weight.next().unwrap_or_default();
        Ok(match width {
            0 => Self::Zero(rows),
            1 => Self::One(next().to_vec()),
            2 => {
                let (low, high) = (next(), next());
                Self::Two(low.iter().zip(high).map(|(l, h)| u16::from_le_bytes([*l, *h])).collect())
            }
            4 => {
                let (a, b, c, d) = (next(), next(), next(), next());
                let all = a.iter().zip(b).zip(c.iter().zip(d));
                Self::Four(all.map(|((a, b), (c, d))| u32::from_le_bytes([*a, *b, *c, *d])).collect())
            }
            8 => {
                let mut values = vec![0u64; rows];
                for weight in 0..8 {
                    values.iter_mut().zip(next()).for_each(|(v, byte)| *v |= u64::from(*byte) << (8 * weight));
                }
                Self::Eight(values)
            }
            _ => return Err("has numbers of an unknown width"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_least_bytes_and_come_back() {
        let cases: [(&[u64], u8); 7] = [
            (&[], 0),
            (&[0, 0], 0),
            (&[0, 255], 1),
            (&[256, 1, 3], 2),
            (&[65_536], 4),
            (&[u64::MAX, 7], 8),
            (&[1 << 32, 0], 8),
        ];
        for (values, width) in cases {
            let plane = Plane::of(values);
            assert_eq!((plane.width(), plane.len()), (width, values.len()));
            assert!(values.iter().enumerate().all(|(row, v)| plane.get(row) == Some(*v)));
            assert_eq!(plane.get(values.len()), None);
            let mut seen = Vec::new();
            plane.each(1..99, |row, value| seen.push((row, value)));
            assert_eq!(seen, values.iter().copied().enumerate().skip(1).collect::<Vec<_>>());
            let accepted = [true, false, false, true];
            let has = |v: &u64| accepted.get(*v as usize).copied().unwrap_or_default();
            let among = plane.among(&accepted);
            assert!((0..values.len()).all(|row| among.has(row) == has(&values[row])) && among.len() == values.len());
            let mut out = Vec::new();
            plane.put(&mut out);
            assert_eq!(Plane::take(&mut Reader::new(&out)), Ok(plane));
        }
    }
}
