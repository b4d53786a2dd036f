//! Columns: the values of one field of many rows, as they are kept and as queries read them.
//!
//! In memory as on disk a value takes the bytes that it needs: texts are numbers of words, whole numbers are what lies
//! above the smallest, places are where they begin and how long they are. What few rows have is kept for those rows.

use super::bits::Bits;
use super::bytes::{Fault, Reader, put_varint};
use super::layout::LIST;
use super::members::Members;
use super::plane::Plane;
use crate::text::{Extent, Span};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Texts of a column: each different one once, and for each row its number.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    /// The words, one behind the other.
    text: Box<str>,
    /// Where each ends.
    ends: Vec<u32>,
    /// 0 for none, else the word's position plus one.
    codes: Plane,
    members: OnceLock<Members>,
}

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.ends == other.ends && self.codes == other.codes
    }
}

impl Texts {
    /// Number of different texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True without words.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The word at a position.
    pub fn word(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)? as usize;
        let start = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).map(|e| *e as usize))?;
        self.text.get(start..end)
    }

    /// The different texts, in the order of their positions.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.text.get(start as usize..*end as usize).unwrap_or_default())
    }

    /// For each row 0 for none, else the position of its word plus one.
    pub fn codes(&self) -> &Plane {
        &self.codes
    }

    /// The codes of the words that are one of `values`, or lists with one of them as a member: a truth for each code.
    pub fn with_any<'v>(&self, values: impl Iterator<Item = &'v str>) -> Vec<bool> {
        let mut accepted = vec![false; self.len() + 1];
        let members = self.members();
        let mut accept = |code: usize| accepted.iter_mut().skip(code).take(1).for_each(|to| *to = true);
        for value in values {
            if let Some(member) = members.find(self, value) {
                members.codes(member).iter().for_each(|code| accept(*code as usize));
            }
            if value.contains(LIST) {
                self.words().zip(1..).filter(|(word, _)| *word == value).for_each(|(_, code)| accept(code));
            }
        }
        accepted
    }

    /// The text of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        self.word((self.codes.get(row)? as usize).checked_sub(1)?)
    }

    /// The members of the lists that the words are; found once.
    pub fn members(&self) -> &Members {
        self.members.get_or_init(|| Members::of(self))
    }

    fn bytes(&self) -> usize {
        // Members are made on demand; the room for them is counted at once.
        self.text.len() + self.ends.len() * 28 + self.codes.bytes()
    }
}

/// Integers: the smallest, and how far each lies above it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ints {
    base: i64,
    above: Plane,
    /// Which rows have a value, unless all have.
    present: Option<Bits>,
}

impl Ints {
    fn of(values: &[i64], present: Bits) -> Self {
        let base = present.rows().filter_map(|row| values.get(row as usize)).min().copied().unwrap_or_default();
        let above: Vec<u64> = values
            .iter()
            .enumerate()
            .map(|(row, v)| if present.has(row) { v.wrapping_sub(base) as u64 } else { 0 })
            .collect();
        Self { base, above: Plane::of(&above), present: some_missing(present) }
    }

    /// The integer of a row.
    pub fn get(&self, row: usize) -> Option<i64> {
        let value = self.base.wrapping_add(self.above.get(row)? as i64);
        has(self.present.as_ref(), row).then_some(value)
    }

    /// The rows whose integers are accepted.
    pub fn select(&self, accepts: impl Fn(i64) -> bool) -> Bits {
        let mut rows = Bits::new(self.above.len());
        // Few different ones are asked once each.
        let known: Vec<bool> = match &self.above {
            Plane::Zero(_) | Plane::One(_) => (0..256).map(|above| accepts(self.base.wrapping_add(above))).collect(),
            _ => Vec::new(),
        };
        self.above.each(0..self.above.len(), |row, above| {
            let accepted = known.get(above as usize).copied();
            if accepted.unwrap_or_else(|| accepts(self.base.wrapping_add(above as i64))) {
                rows.set(row);
            }
        });
        if let Some(present) = &self.present {
            rows.and(present);
        }
        rows
    }

    /// Smallest and largest; none where there is no value.
    pub fn range(&self) -> Option<(i64, i64)> {
        let mut largest = 0;
        self.above.each(0..self.above.len(), |_, above| largest = largest.max(above));
        let any = !self.above.is_empty() && self.present.as_ref().is_none_or(|present| present.count() > 0);
        any.then(|| (self.base, self.base.wrapping_add(largest as i64)))
    }
}

/// Floats.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Floats {
    values: Vec<f64>,
    present: Option<Bits>,
}

impl Floats {
    /// The float of a row.
    pub fn get(&self, row: usize) -> Option<f64> {
        self.values.get(row).copied().filter(|_| has(self.present.as_ref(), row))
    }
}

/// Places in the documents' texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extents {
    starts: Plane,
    lengths: Plane,
    present: Option<Bits>,
    /// Rows that have removed ranges, ascending, and where theirs end in `removed`.
    torn: Vec<(u32, u32)>,
    removed: Vec<Span>,
}

impl Extents {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The span of a row.
    pub fn span(&self, row: usize) -> Option<Span> {
        let start = self.starts.get(row)? as u32;
        has(self.present.as_ref(), row)
            .then(|| Span::new(start, start + self.lengths.get(row).unwrap_or_default() as u32))
    }

    /// The ranges within a row's span that are no part of its wording.
    pub fn removed(&self, row: usize) -> &[Span] {
        let Ok(at) = self.torn.binary_search_by_key(&(row as u32), |(row, _)| *row) else { return &[] };
        let start = at.checked_sub(1).and_then(|before| self.torn.get(before)).map_or(0, |(_, end)| *end as usize);
        let end = self.torn.get(at).map_or(start, |(_, end)| *end as usize);
        self.removed.get(start..end).unwrap_or_default()
    }

    fn get(&self, row: usize) -> Option<Extent> {
        Some(Extent { span: self.span(row)?, removed: self.removed(row).to_vec() })
    }

    fn bytes(&self) -> usize {
        self.starts.bytes()
            + self.lengths.bytes()
            + 8 * (self.torn.len() + self.removed.len())
            + bytes_of(self.present.as_ref())
    }
}

fn has(present: Option<&Bits>, row: usize) -> bool {
    present.is_none_or(|present| present.has(row))
}

fn some_missing(present: Bits) -> Option<Bits> {
    (!present.all()).then_some(present)
}

fn bytes_of(present: Option<&Bits>) -> usize {
    present.map_or(0, Bits::bytes)
}

/// The values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Texts.
    Texts(Texts),
    /// Integers.
    Ints(Ints),
    /// Floats.
    Floats(Floats),
    /// Places in the documents' texts.
    Extents(Extents),
}

/// Collects the values of a column.
#[derive(Debug)]
pub struct Builder {
    growing: Growing,
    present: Bits,
}

/// What a builder holds; rows without a value hold a zero.
#[derive(Debug)]
enum Growing {
    Texts { text: String, ends: Vec<u32>, codes: Vec<u32>, seen: HashMap<Box<str>, u32> },
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Extents { starts: Vec<u32>, lengths: Vec<u32>, torn: Vec<(u32, u32)>, removed: Vec<Span> },
}

impl Builder {
    /// A column of texts.
    pub fn texts() -> Self {
        Self::of(Growing::Texts { text: String::new(), ends: Vec::new(), codes: Vec::new(), seen: HashMap::new() })
    }

    /// A column of integers; booleans are 0 and 1.
    pub fn ints() -> Self {
        Self::of(Growing::Ints(Vec::new()))
    }

    /// A column of floats.
    pub fn floats() -> Self {
        Self::of(Growing::Floats(Vec::new()))
    }

    /// A column of places.
    pub fn extents() -> Self {
        let (starts, lengths, torn, removed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self::of(Growing::Extents { starts, lengths, torn, removed })
    }

    fn of(growing: Growing) -> Self {
        Self { growing, present: Bits::default() }
    }

    /// Adds a text to a column of texts.
    pub fn text(&mut self, word: Option<&str>) {
        let Growing::Texts { text, ends, codes, seen } = &mut self.growing else {
            return debug_assert!(false, "no column of texts");
        };
        let code = word.map_or(0, |word| {
            seen.get(word).copied().unwrap_or_else(|| {
                text.push_str(word);
                ends.push(text.len() as u32);
                let code = ends.len() as u32;
                seen.insert(word.into(), code);
                code
            })
        });
        codes.push(code);
    }

    /// Adds an integer to a column of integers.
    pub fn int(&mut self, value: Option<i64>) {
        let Growing::Ints(values) = &mut self.growing else { return debug_assert!(false, "no column of integers") };
        values.push(value.unwrap_or_default());
        self.present.push(value.is_some());
    }

    /// Adds a float to a column of floats.
    pub fn float(&mut self, value: Option<f64>) {
        let Growing::Floats(values) = &mut self.growing else { return debug_assert!(false, "no column of floats") };
        values.push(value.unwrap_or_default());
        self.present.push(value.is_some());
    }

    /// Adds a place to a column of places.
    pub fn extent(&mut self, value: Option<&Extent>) {
        let Growing::Extents { starts, lengths, torn, removed } = &mut self.growing else {
            return debug_assert!(false, "no column of places");
        };
        let span = value.map_or(Span::new(0, 0), |extent| extent.span);
        if let Some(gaps) = value.map(|extent| &extent.removed).filter(|gaps| !gaps.is_empty()) {
            removed.extend(gaps);
            torn.push((starts.len() as u32, removed.len() as u32));
        }
        starts.push(span.start);
        lengths.push(span.end.saturating_sub(span.start));
        self.present.push(value.is_some());
    }

    /// The column.
    pub fn finish(self) -> Values {
        let present = self.present;
        match self.growing {
            Growing::Texts { text, ends, codes, .. } => {
                let (text, codes) = (text.into_boxed_str(), Plane::of_u32(&codes));
                Values::Texts(Texts { text, ends, codes, members: OnceLock::new() })
            }
            Growing::Ints(values) => Values::Ints(Ints::of(&values, present)),
            Growing::Floats(values) => Values::Floats(Floats { values, present: some_missing(present) }),
            Growing::Extents { starts, lengths, torn, removed } => Values::Extents(Extents {
                starts: Plane::of_u32(&starts),
                lengths: Plane::of_u32(&lengths),
                present: some_missing(present),
                torn,
                removed,
            }),
        }
    }
}

impl Values {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.codes.len(),
            Self::Ints(ints) => ints.above.len(),
            Self::Floats(floats) => floats.values.len(),
            Self::Extents(extents) => extents.len(),
        }
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The texts, of a column of texts.
    pub fn texts(&self) -> Option<&Texts> {
        if let Self::Texts(texts) = self { Some(texts) } else { None }
    }

    /// The integers, of a column of integers.
    pub fn ints(&self) -> Option<&Ints> {
        if let Self::Ints(ints) = self { Some(ints) } else { None }
    }

    /// The places, of a column of places.
    pub fn extents(&self) -> Option<&Extents> {
        if let Self::Extents(extents) = self { Some(extents) } else { None }
    }

    /// The text of a row, in a column of texts.
    pub fn text(&self, row: usize) -> Option<&str> {
        self.texts()?.get(row)
    }

    /// The integer of a row, in a column of integers.
    pub fn int(&self, row: usize) -> Option<i64> {
        if let Self::Ints(ints) = self { ints.get(row) } else { None }
    }

    /// The float of a row, in a column of floats.
    pub fn float(&self, row: usize) -> Option<f64> {
        if let Self::Floats(floats) = self { floats.get(row) } else { None }
    }

    /// The place of a row, in a column of places.
    pub fn extent(&self, row: usize) -> Option<Extent> {
        self.extents()?.get(row)
    }

    /// Bytes in memory, roughly.
    pub fn bytes(&self) -> usize {
        128 + match self {
            Self::Texts(texts) => texts.bytes(),
            Self::Ints(ints) => ints.above.bytes() + bytes_of(ints.present.as_ref()),
            Self::Floats(floats) => floats.values.len() * 8 + bytes_of(floats.present.as_ref()),
            Self::Extents(extents) => extents.bytes(),
        }
    }

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
    if matches!(steps, Plane::Zero(rows) if rows > 1 << 24) {
        // Nothing stands behind so many zeros that could be counted; no block has as many rows.
        return Err("is too long");
    }
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
