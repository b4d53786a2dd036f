//! Wire: columns as bytes on disk, and back; hostile bytes are an error.

use super::super::bits::Bits;
use super::super::bytes::{Fault, Reader, put_varint};
use super::super::plane::Plane;
use super::{Extents, Floats, Ints, Texts, Values};
use crate::text::Span;
use std::sync::OnceLock;

impl Values {
    /// The bytes on disk, before compression: a letter for the type, then the values.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Texts(texts) => {
                out.push(b't');
                put_steps(&mut out, texts.ends.iter().copied());
                out.extend_from_slice(texts.text.as_bytes());
                texts.codes.put(&mut out);
            }
            Self::Ints(ints) => {
                out.push(b'i');
                out.extend_from_slice(&ints.base.to_le_bytes());
                ints.above.put(&mut out);
                put_present(&mut out, ints.present.as_ref());
            }
            Self::Floats(floats) => {
                out.push(b'f');
                put_varint(&mut out, floats.values.len() as u64);
                floats.values.iter().for_each(|v| out.extend_from_slice(&v.to_le_bytes()));
                put_present(&mut out, floats.present.as_ref());
            }
            Self::Extents(extents) => {
                out.push(b'e');
                let mut starts = Vec::with_capacity(extents.len());
                extents.starts.each(0..extents.len(), |_, start| starts.push(start as u32));
                put_steps(&mut out, starts.into_iter());
                extents.lengths.put(&mut out);
                put_present(&mut out, extents.present.as_ref());
                put_steps(&mut out, extents.torn.iter().map(|(row, _)| *row));
                put_steps(&mut out, extents.torn.iter().map(|(_, end)| *end));
                put_steps(&mut out, extents.removed.iter().map(|gap| gap.start));
                put_steps(&mut out, extents.removed.iter().map(|gap| gap.end - gap.start));
            }
        }
        out
    }

    /// The column of these bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, &'static str> {
        let mut reader = Reader::new(bytes);
        let values = match reader.byte()? {
            b't' => Self::Texts(texts(&mut reader)?),
            b'i' => {
                let base = i64::from_le_bytes(eight(reader.take(8)?)?);
                let above = Plane::take(&mut reader)?;
                let present = take_present(&mut reader, above.len())?;
                Self::Ints(Ints { base, above, present })
            }
            b'f' => {
                let rows = reader.varint()? as usize;
                let bytes = reader.take(rows.checked_mul(8).ok_or("is too long")?)?;
                let values = bytes.chunks_exact(8).map(|b| Ok(f64::from_le_bytes(eight(b)?)));
                let values = values.collect::<Result<Vec<_>, Fault>>()?;
                let present = take_present(&mut reader, values.len())?;
                Self::Floats(Floats { values, present })
            }
            b'e' => Self::Extents(extents(&mut reader)?),
            _ => return Err("is of an unknown type"),
        };
        reader.finish()?;
        Ok(values)
    }
}

fn eight(bytes: &[u8]) -> Result<[u8; 8], Fault> {
    bytes.try_into().map_err(|_| "ends too early")
}

/// Numbers as steps from each to the next: what grows evenly compresses well.
fn put_steps(out: &mut Vec<u8>, values: impl Iterator<Item = u32>) {
    let mut before = 0;
    let steps: Vec<u64> = values
        .map(|value| {
            let step = i64::from(value) - i64::from(before);
            before = value;
            ((step << 1) ^ (step >> 63)) as u64
        })
        .collect();
    Plane::of(&steps).put(out);
}

fn take_steps(reader: &mut Reader<'_>) -> Result<Vec<u32>, Fault> {
    let steps = Plane::take(reader)?;
    let mut values = Vec::with_capacity(steps.len());
    let (mut value, mut outside) = (0i64, false);
    steps.each(0..steps.len(), |_, step| {
        value = value.wrapping_add((step >> 1) as i64 ^ -((step & 1) as i64));
        outside |= u32::try_from(value).is_err();
        values.push(value as u32);
    });
    if outside { Err("holds a number that is too large") } else { Ok(values) }
}

/// Which rows have a value: 1 where all have, else 0 and a bit each.
fn put_present(out: &mut Vec<u8>, present: Option<&Bits>) {
    out.push(u8::from(present.is_none()));
    if let Some(present) = present {
        present.put(out);
    }
}

fn take_present(reader: &mut Reader<'_>, rows: usize) -> Result<Option<Bits>, Fault> {
    if reader.byte()? == 1 { Ok(None) } else { Bits::take(reader, rows).map(Some) }
}

fn texts(reader: &mut Reader<'_>) -> Result<Texts, Fault> {
    let ends = take_steps(reader)?;
    let text = simdutf8::basic::from_utf8(reader.take(ends.last().map_or(0, |end| *end as usize))?);
    let text = text.map_err(|_| "holds what is no text")?;
    if !ends.is_sorted() || ends.iter().any(|end| !text.is_char_boundary(*end as usize)) {
        return Err("holds what is no text");
    }
    let codes = Plane::take(reader)?;
    let mut largest = 0;
    codes.each(0..codes.len(), |_, code| largest = largest.max(code));
    if largest > ends.len() as u64 {
        return Err("names a word that it does not hold");
    }
    Ok(Texts { text: text.into(), ends, codes, members: OnceLock::new() })
}

fn extents(reader: &mut Reader<'_>) -> Result<Extents, Fault> {
    const FAR: Fault = "holds a place outside of any text";
    let starts = take_steps(reader)?;
    let lengths = Plane::take(reader)?;
    if lengths.len() != starts.len() {
        return Err("ends too early");
    }
    let mut far = false;
    lengths.each(0..starts.len(), |row, length| {
        let start = starts.get(row).copied().unwrap_or_default();
        far |= u64::from(start).saturating_add(length) > u64::from(u32::MAX);
    });
    if far {
        return Err(FAR);
    }
    let present = take_present(reader, starts.len())?;
    let (rows, ends) = (take_steps(reader)?, take_steps(reader)?);
    let (from, long) = (take_steps(reader)?, take_steps(reader)?);
    let fits =
        rows.len() == ends.len() && from.len() == long.len() && ends.last().map_or(0, |e| *e as usize) == from.len();
    if !fits || !ends.is_sorted() || !rows.is_sorted_by(|a, b| a < b) {
        return Err("has removed ranges of no row");
    }
    let gaps = from.iter().zip(&long).map(|(from, long)| Ok(Span::new(*from, from.checked_add(*long).ok_or(FAR)?)));
    let removed = gaps.collect::<Result<Vec<_>, Fault>>()?;
    let torn = rows.into_iter().zip(ends).collect();
    Ok(Extents { starts: Plane::of_u32(&starts), lengths, present, torn, removed })
}

#[cfg(test)]
mod tests {
    use super::super::Builder;
    use super::*;
    use crate::text::Extent;
    use proptest::prelude::*;

    fn columns() -> Vec<Values> {
        let filled = |mut builder: Builder, fill: &dyn Fn(&mut Builder)| {
            fill(&mut builder);
            builder.finish()
        };
        let far = Extent { span: Span::new(10, 50), removed: vec![Span::new(12, 13), Span::new(20, 31)] };
        let empty = Extent { span: Span::new(3, 3), removed: vec![] };
        vec![
            filled(Builder::texts(), &|b| {
                for text in [Some("市卫生健康局"), None, Some(""), Some("市卫生健康局")] {
                    b.text(text);
                }
            }),
            filled(Builder::texts(), &|b| (0..70_000).for_each(|n| b.text(Some(&format!("w{n}"))))),
            filled(Builder::ints(), &|b| {
                for value in [Some(2019), None, Some(-1), Some(i64::MIN)] {
                    b.int(value);
                }
            }),
            filled(Builder::floats(), &|b| {
                for value in [Some(0.1), None, Some(-0.0), Some(f64::MAX)] {
                    b.float(value);
                }
            }),
            filled(Builder::extents(), &|b| {
                for extent in [Some(&far), None, Some(&empty)] {
                    b.extent(extent);
                }
            }),
            Builder::texts().finish(),
            Builder::extents().finish(),
        ]
    }

    #[test]
    fn a_column_comes_back() {
        for column in columns() {
            assert_eq!(Values::decode(&column.encode()), Ok(column));
        }
    }

    #[test]
    fn a_cut_or_longer_column_is_refused() {
        for column in columns().into_iter().filter(|c| c.len() < 10) {
            let bytes = column.encode();
            for end in 0..bytes.len() {
                assert!(Values::decode(&bytes[..end]).is_err(), "{column:?} cut at {end}");
            }
            assert!(Values::decode(&[&bytes[..], b"\0"].concat()).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_column_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(column) = Values::decode(&bytes) {
                prop_assert_eq!(Values::decode(&column.encode()).map(|c| c.len()), Ok(column.len()));
            }
        }
    }
}
