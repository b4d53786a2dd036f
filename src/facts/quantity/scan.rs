//! One pass over a text: numbers, then what stands around them.

use super::unit::{UNITS, UnitMatch};
use super::{Quantity, compare};
use crate::facts::Op;
use crate::text::numeral::{self, Numeral};
use std::ops::Range;

/// All quantities of `text` outside `closed` (ascending ranges: times, groups, names).
pub fn quantities(text: &str, closed: &[Range<usize>]) -> Vec<Quantity> {
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
        match quantity(text, at, limit) {
            Some(Read::Quantity(quantity)) => {
                at = quantity.range.end.max(at + c.len_utf8());
                out.push(*quantity);
            }
            Some(Read::Other(end)) => at = end.max(at + c.len_utf8()),
            None => at += c.len_utf8(),
        }
    }
    share_units(text, &mut out);
    out
}

enum Read {
    Quantity(Box<Quantity>),
    /// A number that is none of ours, up to its end.
    Other(usize),
}

fn quantity(text: &str, at: usize, limit: usize) -> Option<Read> {
    let rest = text.get(at..limit)?;
    let before = text.get(..at)?;
    if let Some(special) = special(rest) {
        return Some(finish(text, at, limit, special));
    }
    let first = numeral::leading(rest)?;
    let end = at + first.len;
    if first.len > 48 {
        return Some(Read::Other(end)); // a row of digits, no number of anything
    }
    if !first.chinese && (before.ends_with(is_latin) || before.ends_with(['.', '+', '/', '№', '#', '·'])) {
        return Some(Read::Other(end));
    }
    // 第3批, 每2—3年, 〔2022〕: an order, a period with a number of its own, a document's number.
    let dashed = before.strip_suffix(['—', '-', '~']).is_some_and(|head| head.ends_with(|c: char| c.is_ascii_digit()));
    if before.ends_with(['第', '每', '〔', '[']) || dashed {
        return Some(Read::Other(end));
    }
    // 1:50, a proportion of two numbers.
    let colon =
        rest.get(first.len..).and_then(|r| r.strip_prefix(':')).filter(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    if let Some(second) = colon.and_then(numeral::leading) {
        return Some(Read::Other(end + 1 + second.len));
    }
    let (first, unit) = with_unit(rest, first);
    let after_first = rest.get(first.len + unit.map_or(0, |u| u.len)..)?;
    let ranged = range_sign(after_first, before).and_then(|sign| {
        let second_at = first.len + unit.map_or(0, |u| u.len) + sign;
        let second = numeral::leading(rest.get(second_at..)?)?;
        let (second, unit2) = with_unit(rest.get(second_at..)?, second);
        let fits = match (unit, unit2) {
            (None, _) => true,
            (Some(first), Some(second)) => second.unit.starts_with(first.unit),
            (Some(_), None) => false,
        };
        (fits && second.chinese == first.chinese && second.value > first.value).then_some((
            second.value,
            unit2,
            second_at + second.len,
        ))
    });
    let draft = match ranged {
        Some((high, unit, number)) => {
            if first.chinese && unit.is_none() {
                return Some(Read::Other(end));
            }
            Draft { value: first.value, high: Some(high), unit, number, chinese: first.chinese, doubling: false }
        }
        None => {
            if first.chinese && unit.is_none() {
                return Some(Read::Other(end));
            }
            Draft { value: first.value, high: None, unit, number: first.len, chinese: first.chinese, doubling: false }
        }
    };
    Some(finish(text, at, limit, draft))
}

struct Draft {
    value: f64,
    high: Option<f64>,
    unit: Option<UnitMatch>,
    /// Bytes up to the unit.
    number: usize,
    chinese: bool,
    doubling: bool,
}

fn finish(text: &str, at: usize, limit: usize, draft: Draft) -> Read {
    let before = text.get(..at).unwrap_or_default();
    let mut end = at + draft.number + draft.unit.map_or(0, |u| u.len);
    let after = |end: usize| text.get(end..limit).unwrap_or_default();
    if draft.unit.is_none()
        && after(end).starts_with(|c: char| is_latin(c) || matches!(c, '号' | '+' | '/' | '月' | '·' | '条'))
    {
        return Read::Other(end);
    }
    let mut unit = draft.unit.map(|u| spelled(u.unit).to_owned());
    let mut per = None;
    if let Some((own, period)) = unit.as_deref().and_then(|u| u.rsplit_once('/')) {
        if matches!(period, "年" | "月" | "日" | "天" | "季度" | "周") {
            per = Some(period.to_owned());
            unit = Some(own.to_owned());
        }
    } else if let Some(slash) = after(end).strip_prefix('/') {
        let period = ["年", "月", "日", "天", "季度", "周"].iter().find(|p| slash.starts_with(**p));
        if let (Some(period), Some(_)) = (period, &unit) {
            per = Some((*period).to_owned());
            end += 1 + period.len();
        } else if let (Some(base), Some(own)) = (UNITS.longest_at(slash), &unit) {
            end += 1 + base.len;
            unit = Some(format!("{own}/{}", base.unit));
        }
    }
    let front = compare::in_front(before).map(|(op, len)| (op, at - len));
    let core = at..end;
    let back = compare::behind(after(end)).map(|(op, len)| {
        end += len;
        op
    });
    Read::Quantity(Box::new(Quantity {
        range: at..end,
        core,
        value: draft.value,
        value_high: draft.high,
        dimension: draft.unit.map_or("", |u| u.dimension),
        unit,
        per,
        front,
        back: longest_wins(front, back),
        chinese: draft.chinese,
        doubling: draft.doubling,
    }))
}

/// 不低于…以上: the longer word states the comparison, so a short one behind gives way.
fn longest_wins(front: Option<(Op, usize)>, back: Option<Op>) -> Option<Op> {
    match (front, back) {
        (Some((front @ (Op::AtLeast | Op::AtMost), _)), Some(_)) => Some(front),
        _ => back,
    }
}

/// Units whose 个 is only the measure word.
fn spelled(unit: &'static str) -> &'static str {
    match unit {
        "个百分点" => "百分点",
        "个千分点" => "千分点",
        "个工作日" => "工作日",
        "个交易日" => "交易日",
        other => other,
    }
}

/// The unit right behind a number; words that only begin like a unit are none.
fn with_unit(rest: &str, number: Numeral) -> (Numeral, Option<UnitMatch>) {
    let tail = rest.get(number.len..).unwrap_or_default();
    let Some(unit) = UNITS.longest_at(tail) else { return (number, None) };
    let behind = tail.get(unit.len..).unwrap_or_default();
    let latin = unit.unit.chars().last().is_some_and(is_latin)
        && behind.starts_with(|c: char| is_latin(c) || c.is_ascii_digit());
    let other = latin
        || [
            "部门",
            "部委",
            "家庭",
            "级以上",
            "处室",
            "年度",
            "年代",
            "分别",
            "期间",
            "度电",
            "方面",
            "方案",
            "人民",
            "日电",
        ]
        .iter()
        .any(|word| tail.starts_with(word) && unit.len < word.len())
        || (unit.dimension == "numeral" && number.chinese)
        || (unit.dimension == "numeral" && !matches!(unit.unit, "万" | "亿" | "万亿"));
    (number, (!other).then_some(unit))
}

/// Numbers in words: 百分之七十, 三分之一, 半数, 一半, 翻一番.
fn special(rest: &str) -> Option<Draft> {
    let percent = |value: f64, len: usize, chinese: bool| {
        let unit = UnitMatch { len: 0, unit: "%", dimension: "ratio" };
        Some(Draft { value, high: None, unit: Some(unit), number: len, chinese, doubling: false })
    };
    if let Some(tail) = rest.strip_prefix("百分之") {
        if let Some(n) = numeral::leading(tail) {
            return percent(n.value, 9 + n.len, false);
        }
        return tail.starts_with('百').then(|| percent(100.0, 12, false)).flatten();
    }
    if let Some(n) = rest.strip_prefix("千分之").and_then(numeral::leading) {
        let unit = UnitMatch { len: 0, unit: "‰", dimension: "ratio" };
        return Some(Draft {
            value: n.value,
            high: None,
            unit: Some(unit),
            number: 9 + n.len,
            chinese: false,
            doubling: false,
        });
    }
    if rest.starts_with("半数") {
        return percent(50.0, 6, false);
    }
    if rest.starts_with("一半") {
        return percent(50.0, 6, false);
    }
    if let Some(tail) = rest.strip_prefix('翻') {
        let tail = tail.strip_prefix('了').unwrap_or(tail);
        let skipped = rest.len() - tail.len();
        let (times, len) = match numeral::leading(tail) {
            Some(n) => (n.value, n.len),
            None => (1.0, 0),
        };
        if tail.get(len..)?.starts_with('番') && times <= 10.0 {
            let unit = UnitMatch { len: 0, unit: "倍", dimension: "growth" };
            let value = 2f64.powf(times);
            return Some(Draft {
                value,
                high: None,
                unit: Some(unit),
                number: skipped + len + 3,
                chinese: false,
                doubling: true,
            });
        }
        return None;
    }
    let below = numeral::leading(rest)?;
    if let Some(whole) = rest.get(below.len..)?.strip_prefix('/').and_then(numeral::leading) {
        let len = below.len + 1 + whole.len;
        let part = below.value < whole.value && whole.value <= 10.0 && !rest.get(len..)?.starts_with(['万', '/']);
        return part.then(|| percent((below.value / whole.value * 1e8).round() / 1e6, len, false)).flatten();
    }
    let above = numeral::leading(rest.get(below.len..)?.strip_prefix("分之")?)?;
    let len = below.len + 6 + above.len;
    (below.value > above.value).then(|| percent((above.value / below.value * 1e8).round() / 1e6, len, false)).flatten()
}

/// Bytes of the sign between the ends of a range; 到 is none behind 由 or 从.
fn range_sign(after: &str, before: &str) -> Option<usize> {
    for sign in ["——", "—", "～", "~", "-", "至"] {
        if after.starts_with(sign) {
            return Some(sign.len());
        }
    }
    let from = before.ends_with(['由', '从', '的', '原']);
    (after.starts_with('到') && !from).then_some(3)
}

/// 20个、10个百分点; 分别达到10、20、30家: numbers of one list have the unit of the last, and its 以上.
fn share_units(text: &str, all: &mut [Quantity]) {
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
        let alike = first.unit == next.unit || first.dimension == next.dimension;
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
