//! Numbers in words: 百分之七十, 万分之三, 三分之一, 1/3, 半数, 一半, 半年, 翻一番.

use super::Dimension;
use super::scan::Draft;
use crate::text::numeral;

/// The number in words that `rest` begins with.
pub(super) fn leading(rest: &str) -> Option<Draft> {
    if let Some(draft) = share(rest) {
        return Some(draft);
    }
    if rest.starts_with("半数") || rest.starts_with("一半") {
        return Some(ratio(50.0, "%", 6));
    }
    if let Some(tail) = rest.strip_prefix('半') {
        let unit = ["年", "个月", "小时"].into_iter().find(|unit| tail.starts_with(unit))?;
        return Some(Draft { dimension: Dimension::Time, ..ratio(0.5, unit, 3 + unit.len()) });
    }
    if let Some(tail) = rest.strip_prefix('翻') {
        return doubling(rest, tail);
    }
    fraction(rest)
}

/// Shares of a round whole, with the unit that they are given in and what that takes.
const WHOLES: [(&str, &str, f64); 7] = [
    ("千万分之", "%", 1e5),
    ("百万分之", "%", 1e4),
    ("万分之", "%", 1e2),
    ("千分之", "‰", 1.0),
    ("仟分之", "‰", 1.0),
    ("百分之", "%", 1.0),
    ("佰分之", "%", 1.0),
];

/// 百分之七十, 百分之百, 百分之负三, 万分之三.
fn share(rest: &str) -> Option<Draft> {
    let (tail, unit, parts) =
        WHOLES.iter().find_map(|(word, unit, parts)| Some((rest.strip_prefix(word)?, unit, parts)))?;
    let number = tail.strip_prefix('负').unwrap_or(tail);
    if numeral::approximate(number).is_some() {
        return None;
    }
    let (value, len) = match numeral::leading(number) {
        Some(n) => (n.value, n.len),
        None => (number.starts_with('百').then_some(100.0)?, 3),
    };
    let value = if number.len() < tail.len() { -value } else { value };
    Some(ratio(value / parts, unit, rest.len() - number.len() + len))
}

fn ratio(value: f64, unit: &str, len: usize) -> Draft {
    Draft {
        value,
        high: None,
        len,
        unit: Some(unit.to_owned()),
        dimension: Dimension::Ratio,
        chinese: false,
        doubling: false,
        open: false,
    }
}

/// 翻一番 is twice as much, 翻两番 four times.
fn doubling(rest: &str, tail: &str) -> Option<Draft> {
    let tail = tail.strip_prefix('了').unwrap_or(tail);
    let (times, len) = numeral::leading(tail).map_or((1.0, 0), |n| (n.value, n.len));
    if !tail.get(len..)?.starts_with('番') || times > 10.0 {
        return None;
    }
    let len = rest.len() - tail.len() + len + 3;
    Some(Draft { dimension: Dimension::Growth, doubling: true, ..ratio(2f64.powf(times), "倍", len) })
}

/// 三分之一 and 1/3, as a percentage.
fn fraction(rest: &str) -> Option<Draft> {
    let first = numeral::leading(rest)?;
    let tail = rest.get(first.len..)?;
    let percent = |part: f64, whole: f64| (part / whole * 1e8).round() / 1e6;
    if let Some(whole) = tail.strip_prefix('/').and_then(numeral::leading) {
        let len = first.len + 1 + whole.len;
        let part = first.value < whole.value && whole.value <= 10.0 && !rest.get(len..)?.starts_with(['万', '/']);
        return part.then(|| ratio(percent(first.value, whole.value), "%", len));
    }
    let above = numeral::leading(tail.strip_prefix("分之")?)?;
    (first.value > above.value).then(|| ratio(percent(above.value, first.value), "%", first.len + 6 + above.len))
}
