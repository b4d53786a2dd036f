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
mod word;

use super::Op;
use std::ops::Range;

pub use compare::{Comparator, behind, far, in_front};
pub use scan::quantities;

/// What a unit measures, as far as it bears on the grammar of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// No unit.
    Bare,
    /// %, 成, 倍.
    Ratio,
    /// 个百分点.
    Difference,
    /// 番.
    Growth,
    /// 个, 家, 人, 人次: counted one by one.
    Count,
    /// 次.
    Frequency,
    /// 元 and prices.
    Money,
    /// 级, 等, 名次.
    Rank,
    /// 岁.
    Age,
    /// 年, 月, 天, 小时.
    Time,
    /// 工作日, 学时.
    Study,
    /// 分.
    Score,
    /// 万, 亿 alone.
    Numeral,
    /// Lengths, areas, masses …
    Measure,
}

impl Dimension {
    /// By the name that the table of units gives.
    pub fn named(name: &str) -> Self {
        match name {
            "" => Self::Bare,
            "ratio" => Self::Ratio,
            "ratio-difference" => Self::Difference,
            "growth" => Self::Growth,
            "count" | "people" | "people-times" => Self::Count,
            "frequency-count" => Self::Frequency,
            "rank" => Self::Rank,
            "age" => Self::Age,
            "time" => Self::Time,
            "working-time" | "study-time" => Self::Study,
            "score" => Self::Score,
            "numeral" => Self::Numeral,
            money if money.starts_with("money") || money == "price" => Self::Money,
            _ => Self::Measure,
        }
    }
}

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
    /// What the unit measures, as far as it bears on the grammar.
    pub dimension: Dimension,
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
    /// True for 十余家 and 五百多人: the figure and something more. No comparison of the data model's (`op` stays `=`).
    pub open: bool,
}

impl Quantity {
    /// True for shares, rates and multiples.
    pub fn is_ratio(&self) -> bool {
        matches!(self.dimension, Dimension::Ratio | Dimension::Difference | Dimension::Growth)
    }

    /// True for things that are counted one by one.
    pub fn is_count(&self) -> bool {
        matches!(self.dimension, Dimension::Count | Dimension::Frequency)
    }

    /// The comparison that its own words state.
    pub fn op(&self) -> Option<Op> {
        if self.value_high.is_some() {
            return Some(Op::Range);
        }
        self.back.or(self.front.map(|(op, _)| op))
    }
}
