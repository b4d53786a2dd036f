//! Quantities: numbers with their unit, the comparison in words around them, and ranges.
//!
//! In: a passage's text and the ranges not to look into. Out: [`Quantity`]s in text order, never overlapping.
//! Guarantee: a number that is a date, a document number, an ordinal or part of a name in letters is none. Whether a
//! quantity is a target is not decided here.
//!
//! | text | op | value | unit |
//! |---|---|---|---|
//! | 不少于4000个 | `>=` | 4000 | 个 |
//! | 3—5家 | `range` | 3, 5 | 家 |
//! | 240元/年 | | 240 | 元 per 年 |
//! | 百分之七十 | | 70 | % |

mod compare;
mod scan;
mod unit;

use super::Op;
use std::ops::Range;

pub use compare::{Comparator, behind, far, in_front};
pub use scan::quantities;
pub use unit::{UNITS, UnitMatch, Units};

/// A number with what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// From the first digit to the end of the unit (and its 以上).
    pub range: Range<usize>,
    /// From the first digit to the end of the unit.
    pub core: Range<usize>,
    /// The value, in `unit`; the lower end of a range.
    pub value: f64,
    /// The upper end of a range.
    pub value_high: Option<f64>,
    /// The unit, as the table spells it.
    pub unit: Option<String>,
    /// What the unit measures, as the table says; empty for a bare number.
    pub dimension: &'static str,
    /// The period behind a slash: 元/年.
    pub per: Option<String>,
    /// The comparison right in front, with its start.
    pub front: Option<(Op, usize)>,
    /// The comparison right behind.
    pub back: Option<Op>,
    /// True where the number is written in Chinese characters.
    pub chinese: bool,
    /// True for 翻一番 and its like.
    pub doubling: bool,
}

impl Quantity {
    /// True for shares, rates and multiples.
    pub fn is_ratio(&self) -> bool {
        matches!(self.dimension, "ratio" | "ratio-difference" | "growth")
    }

    /// True for things that are counted one by one.
    pub fn is_count(&self) -> bool {
        matches!(self.dimension, "count" | "people" | "people-times" | "frequency-count")
    }

    /// The comparison that its own words state.
    pub fn op(&self) -> Option<Op> {
        if self.value_high.is_some() {
            return Some(Op::Range);
        }
        self.back.or(self.front.map(|(op, _)| op))
    }
}
