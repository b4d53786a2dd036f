//! Numbers in words: 百分之七十, 三分之一, 1/3, 半数, 一半, 翻一番.

use super::Dimension;
use super::scan::Draft;
use crate::text::numeral;

/// The number in words that `rest` begins with.
pub(super) fn leading(rest: &str) -> Option<Draft> {
    if let Some(tail) = rest.strip_prefix("百分之") {
        let (value, len) = match numeral::leading(tail) {
            Some(n) => (n.value, n.len),
            None => (tail.starts_with('百').then_some(100.0)?, 3),
        };
        return Some(ratio(value, "%", 9 + len));
    }
    if let Some(n) = rest.strip_prefix("千分之").and_then(numeral::leading) {
        return Some(ratio(n.value, "‰", 9 + n.len));
    }
    if rest.starts_with("半数") || rest.starts_with("一半") {
        return Some(ratio(50.0, "%", 6));
    }
    if let Some(tail) = rest.strip_prefix('翻') {
        return doubling(rest, tail);
    }
    fraction(rest)
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
