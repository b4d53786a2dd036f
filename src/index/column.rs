//! Columns: the values of one field of many rows, as they are kept and as queries read them.
//!
//! In memory as on disk a value takes the bytes that it needs: texts are numbers of words, whole numbers are what lies
//! above the smallest, places are where they begin and how long they are. What few rows have is kept for those rows.

mod wire;

use super::bits::Bits;
use super::layout::LIST;
use super::members::Members;
use super::plane::Plane;
use crate::text::{Extent, Span};
use foldhash::fast::FixedState;
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

    /// Adds the texts of these rows. Words far from each other are not at hand in the core; in loops of one look each, the
    /// looks of many rows are waited for at once, in place of one after the other.
    pub fn of_rows<'t>(&'t self, mut rows: impl Iterator<Item = Option<usize>>, to: &mut Vec<Option<&'t str>>) {
        let mut codes = [0; 64];
        loop {
            let code = |row: Option<usize>| row.and_then(|row| self.codes.get(row)).unwrap_or_default() as usize;
            let some = codes.iter_mut().zip(&mut rows).map(|(to, row)| *to = code(row)).count();
            to.extend(codes.iter().take(some).map(|code| self.word(code.checked_sub(1)?)));
            if some < codes.len() {
                return;
            }
        }
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
        let accepts = |above: u64| accepts(self.base.wrapping_add(above as i64));
        let mut rows = match &self.above {
            Plane::Zero(rows) if accepts(0) => Bits::full(*rows),
            Plane::Zero(rows) => Bits::new(*rows),
            Plane::One(values) => {
                // Each different one is asked once.
                let largest = values.iter().copied().fold(0, u8::max);
                let mut known = [false; 256];
                known.iter_mut().zip(0..=u64::from(largest)).for_each(|(known, above)| *known = accepts(above));
                Bits::of_bytes(values, &known)
            }
            Plane::Two(values) => Bits::of(values, |above| accepts(u64::from(above))),
            Plane::Four(values) => Bits::of(values, |above| accepts(u64::from(above))),
            Plane::Eight(values) => Bits::of(values, accepts),
        };
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
    Texts { text: String, ends: Vec<u32>, codes: Vec<u32>, seen: HashMap<Box<str>, u32, FixedState> },
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Extents { starts: Vec<u32>, lengths: Vec<u32>, torn: Vec<(u32, u32)>, removed: Vec<Span> },
}

impl Builder {
    /// A column of texts.
    pub fn texts() -> Self {
        Self::of(Growing::Texts { text: String::new(), ends: Vec::new(), codes: Vec::new(), seen: HashMap::default() })
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
}
