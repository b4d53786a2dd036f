//! Units: the longest unit at the start of a text, and what it is worth in its canonical unit.
//!
//! In: the table `units`, tidied text behind a number. Out: [`UnitMatch`]: spelling, canonical unit, multiplier.
//! Number words belong to the unit (万元, 千万千瓦), also where the table has only the bare unit. What a rate is per
//! period (/年, /日) is left to the caller, any other stroke joins two units (元/件), and a measure word that begins another word (部门, 成立) is none.

use super::names::{NameMap, plain};
use super::table::Tables;
use crate::error::Result;
use std::borrow::Cow;

/// A unit as the table has it.
#[derive(Debug, Clone, PartialEq)]
struct Unit {
    /// As written.
    spelling: Box<str>,
    canonical: Box<str>,
    multiplier: f64,
    dimension: Box<str>,
    /// Characters that make it the beginning of another word.
    not_before: Vec<char>,
    /// False for what does not stand behind a number (百分之) or bears its period (万吨/年).
    counts: bool,
}

/// A unit at the start of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitMatch<'a> {
    /// Its bytes in that text.
    pub len: usize,
    /// Its spelling, number words included.
    pub unit: Cow<'a, str>,
    /// The unit that it is counted in for comparisons.
    pub canonical: Cow<'a, str>,
    /// How many of those one is.
    pub multiplier: f64,
    /// What is measured (money, area, ratio …).
    pub dimension: &'a str,
}

/// The registry of units.
#[derive(Debug, Clone, Default)]
pub struct Units {
    units: Vec<Unit>,
    names: NameMap<usize>,
}

/// Number words before a unit, longest first.
const NUMBER_WORDS: [(&str, f64); 11] = [
    ("万亿", 1e12),
    ("千亿", 1e11),
    ("百亿", 1e10),
    ("十亿", 1e9),
    ("千万", 1e7),
    ("百万", 1e6),
    ("十万", 1e5),
    ("亿", 1e8),
    ("万", 1e4),
    ("千", 1e3),
    ("百", 1e2),
];

/// Periods behind a stroke: per what a number recurs, and no part of its unit.
const PERIODS: [&str; 4] = ["年", "月", "日", "天"];

/// What 个 stands before without being part of the unit (个百分点, 个工作日); 个月 is not 月, which could be a date.
const BARE_BEHIND_GE: [&str; 4] = ["百分点", "千分点", "工作日", "交易日"];

impl Units {
    pub(super) fn read(tables: &Tables) -> Result<Self> {
        let mut this = Self::default();
        for row in tables.rows("units", ["unit", "canonical", "multiplier", "dimension", "note", "not_before"])? {
            let unit = plain(row.cell(0)).into_owned();
            let multiplier = row.cell(2).parse::<f64>().ok().filter(|m| m.is_finite() && *m > 0.0);
            let Some(multiplier) = multiplier else {
                return Err(row.fault(format!("the multiplier {:?} is no positive number", row.cell(2))));
            };
            let new = Unit {
                spelling: row.cell(0).into(),
                canonical: row.cell(1).into(),
                multiplier,
                dimension: row.cell(3).into(),
                not_before: row.list(5).flat_map(str::chars).collect(),
                counts: counts(&unit),
            };
            let before = this.names.insert(&unit, this.units.len()).and_then(|i| this.units.get(i));
            // ％ and % are one spelling once tidied, and must then mean one thing.
            if let Some(before) = before {
                if before.canonical != new.canonical || before.multiplier.to_bits() != new.multiplier.to_bits() {
                    return Err(row.fault(format!("{} stands twice, with another meaning", row.cell(0))));
                }
                let index = this.units.iter().position(|u| u.spelling == before.spelling).unwrap_or_default();
                this.names.insert(&unit, index);
                continue;
            }
            this.units.push(new);
        }
        Ok(this)
    }

    /// The longest unit at the start of tidied `text`.
    pub fn longest_at(&self, text: &str) -> Option<UnitMatch<'_>> {
        let found = self.single_at(text)?;
        let below = text.get(found.len..).and_then(|rest| rest.strip_prefix('/')).and_then(|rest| self.single_at(rest));
        let Some(below) = below.filter(|below| !PERIODS.contains(&&*below.unit)) else { return Some(found) };
        Some(UnitMatch {
            len: found.len + 1 + below.len,
            unit: format!("{}/{}", found.unit, below.unit).into(),
            canonical: format!("{}/{}", found.canonical, below.canonical).into(),
            multiplier: found.multiplier / below.multiplier,
            dimension: "rate",
        })
    }

    /// The longest unit at the start of `text` that the table has, or has without its number word.
    fn single_at(&self, text: &str) -> Option<UnitMatch<'_>> {
        let listed = self.in_table(text);
        let composed = NUMBER_WORDS.iter().find_map(|(word, times)| {
            let base = self.in_table(text.strip_prefix(word)?)?;
            let measures = !matches!(base.dimension, "ratio" | "ratio-difference" | "numeral");
            measures.then(|| UnitMatch {
                len: word.len() + base.len,
                unit: format!("{word}{}", base.unit).into(),
                multiplier: times * base.multiplier,
                ..base
            })
        });
        match (listed, composed) {
            (Some(listed), Some(composed)) if composed.len > listed.len => Some(composed),
            (listed, composed) => listed.or(composed),
        }
    }

    /// The unit called `name`, with its period where it has one (万吨/年).
    pub fn get(&self, name: &str) -> Option<UnitMatch<'_>> {
        let name = plain(name);
        let in_table = self.names.get(&name).and_then(|i| self.units.get(*i)).map(|unit| unit.matched(name.len()));
        in_table.or_else(|| self.longest_at(&name).filter(|found| found.len == name.len()))
    }

    /// `value` of `from` in `to`; none where they do not measure the same.
    pub fn convert(&self, value: f64, from: &str, to: &str) -> Option<f64> {
        let (from, to) = (self.get(from)?, self.get(to)?);
        (from.canonical == to.canonical).then(|| value * from.multiplier / to.multiplier)
    }

    fn in_table(&self, text: &str) -> Option<UnitMatch<'_>> {
        self.names.at_start(text).find_map(|(len, index)| {
            let unit = self.units.get(*index)?;
            (unit.counts && unit.ends_before(text.get(len..)?)).then(|| unit.matched(len))
        })
    }
}

impl Unit {
    fn matched(&self, len: usize) -> UnitMatch<'_> {
        let bare = self.spelling.strip_prefix('个').filter(|bare| BARE_BEHIND_GE.contains(bare));
        UnitMatch {
            len,
            unit: Cow::Borrowed(bare.unwrap_or(&self.spelling)),
            canonical: Cow::Borrowed(&self.canonical),
            multiplier: self.multiplier,
            dimension: &self.dimension,
        }
    }

    /// True where what follows does not make it the beginning of another word.
    fn ends_before(&self, rest: &str) -> bool {
        let letters = self.spelling.ends_with(|c: char| c.is_ascii_alphabetic());
        rest.chars()
            .next()
            .is_none_or(|next| !(self.not_before.contains(&next) || letters && next.is_ascii_alphanumeric()))
    }
}

/// True for what stands behind a number and leaves a rate's period to the caller.
fn counts(unit: &str) -> bool {
    let per = unit.rsplit_once('/').is_some_and(|(_, per)| PERIODS.contains(&per));
    let digit = unit.starts_with(|c: char| c.is_ascii_digit() || c == '/');
    !per && !digit && !matches!(unit, "一" | "十" | "百" | "千" | "分之" | "百分之" | "千分之")
}

#[cfg(test)]
mod tests {
    use crate::lexicon::Lexicon;

    #[track_caller]
    fn check(text: &str, unit: Option<(&str, &str)>) {
        let found = Lexicon::embedded().units().longest_at(text);
        let found = found.as_ref().map(|m| (&text[..m.len], &*m.unit));
        assert_eq!(found, unit, "{text}");
    }

    #[test]
    fn the_longest_unit_wins_number_words_included() {
        check("万元以上", Some(("万元", "万元")));
        check("亿千瓦时", Some(("亿千瓦时", "亿千瓦时")));
        check("千万千瓦级基地", Some(("千万千瓦", "千万千瓦")));
        check("万棵树", Some(("万棵", "万棵")));
        check("台(套)设备", Some(("台(套)", "台（套）")));
        check("个百分点左右", Some(("个百分点", "百分点")));
        check("个工作日内", Some(("个工作日", "工作日")));
        check("个月内", Some(("个月", "个月")));
        check("%以上", Some(("%", "%")));
        check("张床位", Some(("张床位", "张床位")));
    }

    #[test]
    fn a_period_is_the_callers_and_other_strokes_stay() {
        check("万吨/年", Some(("万吨", "万吨")));
        check("元/年", Some(("元", "元")));
        check("克标准煤/千瓦时", Some(("克标准煤/千瓦时", "克标准煤/千瓦时")));
        check("元/件", Some(("元/件", "元/件")));
        check("元/人", Some(("元/人", "元/人")));
        check("万元/家/年", Some(("万元/家", "万元/家")));
    }

    #[test]
    fn a_measure_word_that_begins_another_word_is_none() {
        for text in [
            "部门负责",
            "成立专班",
            "大工程",
            "",
            "G基站",
            "级别",
            "人民政府",
            "分级诊疗",
            "/10万",
            "百分之三十",
            "月饼",
        ] {
            check(text, None);
        }
        check("部法规", Some(("部", "部")));
        check("成以上", Some(("成", "成")));
    }

    #[test]
    fn values_compare_in_their_canonical_unit() {
        let units = Lexicon::embedded().units();
        assert_eq!(units.convert(1.0, "亿元", "万元"), Some(10_000.0));
        assert_eq!(units.convert(2.0, "千万千瓦", "万千瓦"), Some(2_000.0));
        assert_eq!(units.convert(3.0, "元/件", "万元/件"), Some(3e-4));
        assert_eq!(units.convert(1.0, "%", "百分点"), None);
        assert_eq!(units.get("万吨/年").map(|u| u.dimension), Some("flow"));
        assert_eq!(units.get("％").map(|u| u.unit), Some("%".into()));
        assert_eq!(units.get("部门"), None);
    }
}
