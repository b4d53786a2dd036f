//! Columns: the values of one field of many rows, as they are kept and as queries read them.

use super::bytes::{Fault, Reader, put_signed, put_varint};
use crate::text::{Extent, Span};
use std::collections::HashMap;

/// Texts of a column: each different one once, and for each row its number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    words: Vec<Box<str>>,
    /// 0 for none, else the word's position plus one.
    codes: Vec<u32>,
}

impl Texts {
    /// The different texts.
    pub fn words(&self) -> &[Box<str>] {
        &self.words
    }

    /// For each row 0 for none, else the position of its word plus one.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The text of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        let code = *self.codes.get(row)?;
        self.words.get(code.checked_sub(1)? as usize).map(|w| &**w)
    }
}

/// The values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Texts.
    Texts(Texts),
    /// Integers.
    Ints(Vec<Option<i64>>),
    /// Floats.
    Floats(Vec<Option<f64>>),
    /// Places in the documents' texts.
    Extents(Vec<Option<Extent>>),
}

/// Collects the values of a column.
#[derive(Debug)]
pub struct Builder {
    values: Values,
    seen: HashMap<Box<str>, u32>,
}

impl Builder {
    /// A column of texts.
    pub fn texts() -> Self {
        Self::of(Values::Texts(Texts::default()))
    }

    /// A column of integers; booleans are 0 and 1.
    pub fn ints() -> Self {
        Self::of(Values::Ints(Vec::new()))
    }

    /// A column of floats.
    pub fn floats() -> Self {
        Self::of(Values::Floats(Vec::new()))
    }

    /// A column of places.
    pub fn extents() -> Self {
        Self::of(Values::Extents(Vec::new()))
    }

    fn of(values: Values) -> Self {
        Self { values, seen: HashMap::new() }
    }

    /// Adds a text to a column of texts.
    pub fn text(&mut self, text: Option<&str>) {
        let Values::Texts(texts) = &mut self.values else { return debug_assert!(false, "no column of texts") };
        let code = match text {
            None => 0,
            Some(text) => self.seen.get(text).copied().unwrap_or_else(|| {
                texts.words.push(text.into());
                let code = texts.words.len() as u32;
                self.seen.insert(text.into(), code);
                code
            }),
        };
        texts.codes.push(code);
    }

    /// Adds an integer to a column of integers.
    pub fn int(&mut self, value: Option<i64>) {
        let Values::Ints(values) = &mut self.values else { return debug_assert!(false, "no column of integers") };
        values.push(value);
    }

    /// Adds a float to a column of floats.
    pub fn float(&mut self, value: Option<f64>) {
        let Values::Floats(values) = &mut self.values else { return debug_assert!(false, "no column of floats") };
        values.push(value);
    }

    /// Adds a place to a column of places.
    pub fn extent(&mut self, value: Option<&Extent>) {
        let Values::Extents(values) = &mut self.values else { return debug_assert!(false, "no column of places") };
        values.push(value.cloned());
    }

    /// The column.
    pub fn finish(self) -> Values {
        self.values
    }
}

impl Values {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.codes.len(),
            Self::Ints(values) => values.len(),
            Self::Floats(values) => values.len(),
            Self::Extents(values) => values.len(),
        }
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a row, in a column of texts.
    pub fn text(&self, row: usize) -> Option<&str> {
        match self {
            Self::Texts(texts) => texts.get(row),
            _ => None,
        }
    }

    /// The integer of a row, in a column of integers.
    pub fn int(&self, row: usize) -> Option<i64> {
        match self {
            Self::Ints(values) => values.get(row).copied().flatten(),
            _ => None,
        }
    }

    /// The float of a row, in a column of floats.
    pub fn float(&self, row: usize) -> Option<f64> {
        match self {
            Self::Floats(values) => values.get(row).copied().flatten(),
            _ => None,
        }
    }

    /// The place of a row, in a column of places.
    pub fn extent(&self, row: usize) -> Option<&Extent> {
        match self {
            Self::Extents(values) => values.get(row)?.as_ref(),
            _ => None,
        }
    }

    /// Bytes in memory, roughly.
    pub fn bytes(&self) -> usize {
        64 + match self {
            Self::Texts(texts) => texts.codes.len() * 4 + texts.words.iter().map(|w| w.len() + 16).sum::<usize>(),
            Self::Ints(values) => values.len() * 16,
            Self::Floats(values) => values.len() * 16,
            Self::Extents(values) => {
                values.iter().map(|e| 40 + e.as_ref().map_or(0, |e| e.removed.len() * 8)).sum::<usize>()
            }
        }
    }

    /// The bytes on disk, before compression: a letter for the type, the number of rows, the values.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Texts(texts) => {
                out.push(b't');
                put_varint(&mut out, texts.words.len() as u64);
                texts.words.iter().for_each(|w| put_varint(&mut out, w.len() as u64));
                texts.words.iter().for_each(|w| out.extend_from_slice(w.as_bytes()));
                put_varint(&mut out, texts.codes.len() as u64);
                let width = width_of(texts.words.len() as u32);
                texts.codes.iter().for_each(|code| out.extend_from_slice(code.to_le_bytes().split_at(width).0));
            }
            Self::Ints(values) => {
                out.push(b'i');
                put_present(&mut out, values);
                values.iter().flatten().for_each(|v| put_signed(&mut out, *v));
            }
            Self::Floats(values) => {
                out.push(b'f');
                put_present(&mut out, values);
                values.iter().flatten().for_each(|v| out.extend_from_slice(&v.to_le_bytes()));
            }
            Self::Extents(values) => {
                out.push(b'e');
                put_present(&mut out, values);
                let mut before = 0;
                for Extent { span, removed } in values.iter().flatten() {
                    put_signed(&mut out, i64::from(span.start) - before);
                    before = i64::from(span.start);
                    put_varint(&mut out, u64::from(span.end.saturating_sub(span.start)));
                    put_varint(&mut out, removed.len() as u64);
                    let mut from = span.start;
                    for gap in removed {
                        put_signed(&mut out, i64::from(gap.start) - i64::from(from));
                        put_varint(&mut out, u64::from(gap.end.saturating_sub(gap.start)));
                        from = gap.end;
                    }
                }
            }
        }
        out
    }

    /// The column of these bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, &'static str> {
        let mut reader = Reader::new(bytes);
        let values = match reader.byte()? {
            b't' => Self::Texts(texts(&mut reader)?),
            b'i' => Self::Ints(each_present(&mut reader, Reader::signed)?),
            b'f' => Self::Floats(each_present(&mut reader, |reader| {
                let bytes = reader.take(8)?.try_into().map_err(|_| "ends too early")?;
                Ok(f64::from_le_bytes(bytes))
            })?),
            b'e' => {
                let mut before = 0;
                Self::Extents(each_present(&mut reader, |reader| extent(reader, &mut before))?)
            }
            _ => return Err("is of an unknown type"),
        };
        reader.finish()?;
        Ok(values)
    }
}

/// Bytes that a code up to `largest` takes.
fn width_of(largest: u32) -> usize {
    match largest {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        _ => 4,
    }
}

fn texts(reader: &mut Reader<'_>) -> Result<Texts, Fault> {
    let count = reader.count()?;
    let lengths = (0..count).map(|_| reader.varint()).collect::<Result<Vec<_>, _>>()?;
    let mut words = Vec::with_capacity(count);
    for length in lengths {
        let word = std::str::from_utf8(reader.take(length as usize)?).map_err(|_| "holds what is no text")?;
        words.push(word.into());
    }
    let rows = reader.count()?;
    let width = width_of(count as u32);
    let mut codes = Vec::with_capacity(rows);
    for bytes in reader.take(rows.checked_mul(width).ok_or("is too long")?)?.chunks_exact(width) {
        let mut code = [0; 4];
        code.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        codes.push(u32::from_le_bytes(code));
    }
    if codes.len() != rows || codes.iter().any(|code| *code as usize > count) {
        return Err("names a word that it does not hold");
    }
    Ok(Texts { words, codes })
}

/// Which rows have a value: their number, then 1 where all have, else 0 and a bit each.
fn put_present<T>(out: &mut Vec<u8>, values: &[Option<T>]) {
    put_varint(out, values.len() as u64);
    let all = values.iter().all(Option::is_some);
    out.push(u8::from(all));
    if !all {
        out.extend(values.chunks(8).map(|eight| {
            eight.iter().enumerate().fold(0, |byte, (bit, value)| byte | u8::from(value.is_some()) << bit)
        }));
    }
}

fn each_present<'a, T>(
    reader: &mut Reader<'a>,
    mut read: impl FnMut(&mut Reader<'a>) -> Result<T, Fault>,
) -> Result<Vec<Option<T>>, Fault> {
    let rows = reader.varint()? as usize;
    let mut values = Vec::new();
    if reader.byte()? == 1 {
        for _ in 0..rows {
            values.push(Some(read(reader)?));
        }
        return Ok(values);
    }
    let present = reader.take(rows.div_ceil(8))?;
    for row in 0..rows {
        let has = present.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1);
        values.push(if has { Some(read(reader)?) } else { None });
    }
    Ok(values)
}

fn extent(reader: &mut Reader<'_>, before: &mut i64) -> Result<Extent, Fault> {
    const FAR: Fault = "holds a place outside of any text";
    let span = |start: i64, length: u32| {
        let start = u32::try_from(start).map_err(|_| FAR)?;
        Ok::<_, Fault>(Span::new(start, start.checked_add(length).ok_or(FAR)?))
    };
    *before = before.checked_add(reader.signed()?).ok_or(FAR)?;
    let whole = span(*before, reader.number()?)?;
    let gaps = reader.count()?;
    let mut from = *before;
    let mut removed = Vec::with_capacity(gaps);
    for _ in 0..gaps {
        let gap = span(from.checked_add(reader.signed()?).ok_or(FAR)?, reader.number()?)?;
        from = i64::from(gap.end);
        removed.push(gap);
    }
    Ok(Extent { span: whole, removed })
}

#[cfg(test)]
mod tests {
    use super::*;
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
