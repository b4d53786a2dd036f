//! One pass over a text: numbers, then what stands around them.

use super::word;
use super::{Dimension, Quantity, compare};
use crate::facts::Op;
use crate::lexicon::Units;
use crate::text::numeral::{self, Numeral};
use crate::text::work::{self, Stage};
use std::ops::Range;

/// All quantities of `text` outside `closed` (ascending ranges: times, groups, names).
pub fn quantities(text: &str, closed: &[Range<usize>], units: &Units) -> Vec<Quantity> {
    work::count(Stage::Target, text.len());
    let mut out: Vec<Quantity> = Vec::new();
    let mut shut = closed.iter().peekable();
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        while shut.next_if(|range| range.end <= at).is_some() {}
        if let Some(range) = shut.peek().filter(|range| range.start <= at) {
            at = range.end;
            continue;
        }
        let limit = shut.peek().map_or(text.len(), |range| range.start);
        let next = at + c.len_utf8();
        if !could_open(c) {
            at = next;
            continue;
        }
        at = match (Scan { text, at, limit, units }).quantity() {
            Some(Read::Quantity(quantity)) => {
                let end = quantity.range.end.max(next);
                out.push(*quantity);
                end
            }
            Some(Read::Other(end)) => end.max(next),
            None => next,
        };
    }
    share_units(text, &mut out);
    out
}

/// What numbers begin with, in figures and in words (半年, 翻一番, 百分之七十).
fn could_open(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '十' | '拾' | '百' | '佰' | '千' | '仟' | '万' | '半' | '翻')
        || numeral::digit(c).is_some()
}

/// A number and its unit before anything around them is looked at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    pub value: f64,
    pub high: Option<f64>,
    /// Bytes of numbers and unit.
    pub len: usize,
    pub unit: Option<String>,
    pub dimension: Dimension,
    pub chinese: bool,
    pub doubling: bool,
    pub open: bool,
}

enum Read {
    Quantity(Box<Quantity>),
    /// A number that is none of ours, up to its end.
    Other(usize),
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    limit: usize,
    units: &'a Units,
}

/// A unit's bytes, spelling and dimension.
type Unit = (usize, String, Dimension);

impl Scan<'_> {
    fn before(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    fn after(&self, end: usize) -> &str {
        self.text.get(end..self.limit).unwrap_or_default()
    }

    fn quantity(&self) -> Option<Read> {
        let rest = self.after(self.at);
        // 三五家, 二三十个: no figure.
        if let Some(len) = numeral::approximate(rest) {
            return Some(Read::Other(self.at + len));
        }
        // 上半年 and 每半年 are no lengths of time.
        let halved =
            rest.starts_with('半') && self.before().ends_with(['上', '下', '前', '后', '每', '大', '多', '一']);
        if let Some(draft) = word::leading(rest).filter(|_| !halved) {
            return Some(self.finish(draft));
        }
        let first = numeral::leading(rest)?;
        if self.is_other(first) || rest.get(..first.len).is_some_and(is_lone_capital) {
            return Some(Read::Other(self.at + first.len));
        }
        // 1:50, a proportion of two numbers.
        let colon = rest.get(first.len..).and_then(|r| r.strip_prefix(':'));
        if let Some(second) = colon.and_then(numeral::leading).filter(|n| !n.chinese) {
            return Some(Read::Other(self.at + first.len + 1 + second.len));
        }
        let draft = self.draft(rest, first);
        if draft.chinese && draft.unit.is_none() && !self.compared(&draft) {
            return Some(Read::Other(self.at + first.len));
        }
        Some(self.finish(draft))
    }

    /// 超过一千, 五百以上: a comparison makes a figure of a number without unit; 超过一般 and 最高十佳 are words.
    fn compared(&self, draft: &Draft) -> bool {
        let behind = self.after(self.at + draft.len);
        let alone = behind.chars().next().is_none_or(|c| !c.is_alphanumeric() || c == '的');
        draft.value >= 10.0
            && (compare::behind(behind).is_some() || alone && compare::in_front(self.before()).is_some())
    }

    /// 第3批, 每2—3年, 〔2022〕, GB50034: an order, a period with a number of its own, a document's number, a name.
    fn is_other(&self, number: Numeral) -> bool {
        let before = self.before();
        let dashed =
            before.strip_suffix(['—', '-', '~']).is_some_and(|head| head.ends_with(|c: char| c.is_ascii_digit()));
        let named = !number.chinese && (before.ends_with(is_latin) || before.ends_with(['.', '+', '/', '№', '#', '·']));
        number.len > 48 || named || dashed || before.ends_with(['第', '每', '〔', '['])
    }

    /// One number with its unit, or both ends of a range.
    fn draft(&self, rest: &str, first: Numeral) -> Draft {
        let tail = rest.get(first.len..).unwrap_or_default();
        let special =
            self.open(tail, first).or_else(|| self.between(tail, first)).or_else(|| self.two_places(tail, first));
        if let Some(draft) = special {
            return draft;
        }
        let unit = self.unit(tail, first);
        let single = first.len + unit.as_ref().map_or(0, |(len, ..)| *len);
        let ranged = self.range_sign(rest.get(single..).unwrap_or_default()).and_then(|sign| {
            let tail = rest.get(single + sign..)?;
            let second = numeral::leading(tail)?;
            let unit2 = self.unit(tail.get(second.len..)?, second);
            let fits = match (&unit, &unit2) {
                (None, _) => true,
                (Some((_, first, _)), Some((_, second, _))) => second.starts_with(first.as_str()),
                (Some(_), None) => false,
            };
            let len = single + sign + second.len + unit2.as_ref().map_or(0, |(len, ..)| *len);
            (fits && second.chinese == first.chinese && second.value > first.value).then_some((
                second.value,
                unit2,
                len,
            ))
        });
        let (high, unit, len) = match ranged {
            Some((high, unit, len)) => (Some(high), unit, len),
            None => (None, unit, single),
        };
        let (unit, dimension) = unit.map_or((None, Dimension::Bare), |(_, unit, dimension)| (Some(unit), dimension));
        Draft { high, unit, dimension, ..Draft::of(first, len) }
    }

    /// 十余家, 五百多人: at least ten, and a unit behind.
    fn open(&self, tail: &str, number: Numeral) -> Option<Draft> {
        let behind = tail.strip_prefix(['余', '多']).filter(|_| number.value >= 10.0)?;
        let round = || ["万亿", "万", "亿"].into_iter().find(|word| behind.starts_with(word));
        let (len, unit, dimension) = self
            .unit(behind, number)
            .or_else(|| round().map(|word| (word.len(), word.to_owned(), Dimension::Numeral)))?;
        let len = number.len + tail.len() - behind.len() + len;
        Some(Draft { unit: Some(unit), dimension, open: true, ..Draft::of(number, len) })
    }

    /// 3亿4500万元 is one sum: 34500万元.
    fn two_places(&self, tail: &str, first: Numeral) -> Option<Draft> {
        let behind = tail.strip_prefix('亿')?;
        let second = numeral::leading(behind).filter(|n| n.chinese == first.chinese && n.value < 1e4)?;
        let (len, unit, dimension) = self.unit(behind.get(second.len..)?, second)?;
        let len = first.len + tail.len() - behind.len() + second.len + len;
        let value = first.value * 1e4 + second.value;
        unit.starts_with('万').then(|| Draft { value, unit: Some(unit), dimension, ..Draft::of(first, len) })
    }

    /// 10与20之间, 10家和20家之间: both ends of a range.
    fn between(&self, tail: &str, first: Numeral) -> Option<Draft> {
        let own = self.unit(tail, first);
        let joint = tail.get(own.as_ref().map_or(0, |(len, ..)| *len)..)?.strip_prefix(['与', '和'])?;
        let second = numeral::leading(joint).filter(|second| second.value > first.value)?;
        let behind = joint.get(second.len..)?;
        // 间 counts rooms only where something else follows.
        let (unit, close) = match self.unit(behind, second) {
            Some((len, unit, _)) if unit == "间" && !followed(behind.get(len..)?) => (None, behind),
            Some((len, unit, dimension)) => (Some((unit, dimension)), behind.get(len..)?),
            None => (None, behind),
        };
        let end = close.strip_prefix("之间").or_else(|| close.strip_prefix('间').filter(|rest| !followed(rest)))?;
        let len = first.len + tail.len() - end.len();
        let (unit, dimension) = unit.map_or((None, Dimension::Bare), |(unit, dimension)| (Some(unit), dimension));
        Some(Draft { high: Some(second.value), unit, dimension, ..Draft::of(first, len) })
    }

    /// The unit right behind a number; words that only begin like a unit are none.
    fn unit(&self, tail: &str, number: Numeral) -> Option<Unit> {
        if tail.starts_with('/') {
            // 12/10万: the base of a rate is all its unit.
            return tail
                .char_indices()
                .map(|(at, c)| at + c.len_utf8())
                .take(7)
                .filter_map(|len| Some((len, self.units.get(tail.get(..len)?)?)))
                .last()
                .map(|(len, unit)| (len, unit.unit.into_owned(), Dimension::Measure));
        }
        // 10家具有影响力的平台: 家具 is no word where 具有 is.
        let ours = tail.starts_with("家具有") || tail.starts_with("家具备");
        let unit = if ours { self.units.get("家") } else { self.units.longest_at(tail) }?;
        let others = ["级以上", "年度", "年代", "分别", "期间", "方面", "方案"];
        let other = others.iter().any(|word| tail.starts_with(word) && unit.len < word.len())
            || unit.dimension == "numeral" && (number.chinese || !matches!(unit.unit.as_ref(), "万" | "亿" | "万亿"));
        let dimension = Dimension::named(unit.dimension);
        (!other).then(|| (unit.len, unit.unit.into_owned(), dimension))
    }

    /// Bytes of the sign between the ends of a range; 到 is none behind 由 or 从.
    fn range_sign(&self, after: &str) -> Option<usize> {
        let from = self.before().ends_with(['由', '从', '的', '原']);
        ["——", "—", "~", "-", "至", "到"]
            .iter()
            .find(|sign| after.starts_with(**sign) && !(**sign == "到" && from))
            .map(|s| s.len())
    }

    fn finish(&self, draft: Draft) -> Read {
        let mut end = self.at + draft.len;
        let part_of_name = |c: char| is_latin(c) || matches!(c, '号' | '+' | '/' | '月' | '·' | '条');
        if draft.unit.is_none() && self.after(end).starts_with(part_of_name) {
            return Read::Other(end);
        }
        let mut per = None;
        if let (Some(slash), Some(_)) = (self.after(end).strip_prefix('/'), &draft.unit)
            && let Some(period) = ["年", "月", "日", "天", "季度", "周"].iter().find(|p| slash.starts_with(**p))
        {
            per = Some((*period).to_owned());
            end += 1 + period.len();
        }
        let minus = minus(self.before());
        let start = self.at - minus;
        let front = compare::in_front(self.text.get(..start).unwrap_or_default()).map(|(op, len)| (op, start - len));
        let core = start..end;
        let back = compare::behind(self.after(end)).map(|(op, len)| {
            end += len;
            op
        });
        Read::Quantity(Box::new(Quantity {
            range: start..end,
            core,
            value: if minus > 0 { -draft.value } else { draft.value },
            value_high: draft.high,
            unit: draft.unit,
            dimension: draft.dimension,
            per,
            front,
            back: longest_wins(front, back),
            chinese: draft.chinese,
            doubling: draft.doubling,
            open: draft.open,
        }))
    }
}

impl Draft {
    /// A number without unit.
    fn of(number: Numeral, len: usize) -> Self {
        Self {
            value: number.value,
            high: None,
            len,
            unit: None,
            dimension: Dimension::Bare,
            chinese: number.chinese,
            doubling: false,
            open: false,
        }
    }
}

/// Bytes of the sign of a negative number: 负, 零下, or a hyphen that joins nothing.
fn minus(before: &str) -> usize {
    if before.ends_with("零下") {
        return 6;
    }
    if before.ends_with('负') && !before.ends_with("正负") {
        return 3;
    }
    let joins =
        |head: &str| !(head.is_empty() || head.ends_with([',', '。', ';', ':', '(', '、', '为', '到', '至', '=']));
    usize::from(before.strip_suffix('-').is_some_and(|head| !joins(head)))
}

/// 陆 is land and 伍 a company of men: a capital numeral that stands alone is none.
fn is_lone_capital(number: &str) -> bool {
    matches!(number, "壹" | "贰" | "叁" | "肆" | "伍" | "陆" | "柒" | "捌" | "玖" | "拾")
}

/// True where a word goes on.
fn followed(rest: &str) -> bool {
    rest.chars().next().is_some_and(|c| c.is_alphanumeric() && c != '的')
}

/// 不低于…以上: the longer word states the comparison, so a short one behind gives way.
fn longest_wins(front: Option<(Op, usize)>, back: Option<Op>) -> Option<Op> {
    match (front, back) {
        (Some((front @ (Op::AtLeast | Op::AtMost), _)), Some(_)) => Some(front),
        _ => back,
    }
}

/// 20个、10个百分点; 分别达到10、20、30家: numbers of one list have the unit of the last, and its 以上.
fn share_units(text: &str, all: &mut [Quantity]) {
    work::count(Stage::Target, all.len());
    for i in (1..all.len()).rev() {
        let (head, tail) = all.split_at_mut(i);
        let (Some(first), Some(next)) = (head.last_mut(), tail.first()) else { continue };
        let between = text.get(first.range.end..next.core.start).unwrap_or_default();
        if !matches!(between, "、" | "和" | "及" | "或" | "以及" | "与") {
            continue;
        }
        let plainer = match (&first.unit, &next.unit) {
            (None, Some(_)) => !next.chinese,
            (Some(a), Some(b)) => a == "个" && matches!(b.as_str(), "百分点" | "千分点" | "工作日"),
            _ => false,
        };
        if plainer {
            first.unit.clone_from(&next.unit);
            first.dimension = next.dimension;
        }
        let alike =
            first.unit == next.unit || first.dimension == next.dimension && next.dimension != Dimension::Measure;
        if alike && first.back.is_none() && first.front.is_none() && first.value_high.is_none() {
            first.back = next.back;
        }
        if alike && first.per.is_none() {
            first.per.clone_from(&next.per);
        }
    }
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || ('\u{370}'..'\u{400}').contains(&c)
}
