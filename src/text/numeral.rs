//! Numerals: how Chinese and Arabic digits at the head of a text are read.
//!
//! In: text (tidied: half-width digits). Out: the value and how many bytes it takes, or nothing.
//! Guarantee: the longest well-formed numeral is taken; 万 and 亿 are left to the unit where nothing follows them
//! (三万人 is 3 of the unit 万人), and read where digits go on behind them (三万五千人 is 35,000 人).
//!
//! ```
//! use taizhang::text::numeral;
//! assert_eq!(numeral::leading("1,250.5万元").map(|n| (n.value, n.len)), Some((1250.5, 7)));
//! assert_eq!(numeral::leading("一百二十三个").map(|n| n.value), Some(123.0));
//! ```

/// A numeral at the head of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Numeral {
    /// What it says.
    pub value: f64,
    /// Bytes that it takes.
    pub len: usize,
    /// True where it is written in Chinese characters.
    pub chinese: bool,
}

/// The numeral that `text` begins with.
pub fn leading(text: &str) -> Option<Numeral> {
    match text.chars().next()? {
        c if c.is_ascii_digit() => arabic(text),
        c if digit(c).is_some() || matches!(c, '十' | '拾') => chinese(text),
        _ => None,
    }
}

/// The value of a whole text that is one numeral, multipliers 万 and 亿 included.
pub fn parse(text: &str) -> Option<f64> {
    let (negative, body) = match text.strip_prefix(['负', '-']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let value = match leading(body) {
        Some(n) if n.len == body.len() => n.value,
        Some(n) => n.value * multiplier(body.get(n.len..)?)?,
        None => multiplier(body)?,
    };
    Some(if negative { -value } else { value })
}

/// The value of one Chinese digit (〇 to 九, 两).
pub fn digit(c: char) -> Option<u32> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// Bytes of an approximate number at the head of `text`: two digits side by side that name a span (三五家, 一两个),
/// also before or behind a place word (二三十, 十五六, 三四百). It states no figure.
pub fn approximate(text: &str) -> Option<usize> {
    let tens = text.char_indices().take_while(|(_, c)| !matches!(c, '零' | '〇')).take(24);
    // The last two digits side by side, and how many there are.
    let mut run: (u32, u32, usize) = (0, 0, 0);
    let mut len = 0;
    for (at, c) in tens {
        match digit(c) {
            Some(d) => run = (run.1, d, run.2 + 1),
            None if matches!(c, '十' | '百' | '千') => {
                if spans(run) {
                    return Some(at + c.len_utf8());
                }
                run = (0, 0, 0);
            }
            None => break,
        }
        len = at + c.len_utf8();
    }
    spans(run).then_some(len)
}

/// 三五 and neighbours (七八, 一两): the only pairs that name a span.
fn spans((low, high, count): (u32, u32, usize)) -> bool {
    count == 2 && low > 0 && (low + 1 == high || (low, high) == (3, 5))
}

/// The value of number words that stand alone: 百, 千, 万, 亿, 万亿 …
fn multiplier(text: &str) -> Option<f64> {
    if text.is_empty() {
        return None;
    }
    text.chars().try_fold(1.0, |product, c| {
        Some(
            product
                * match c {
                    '十' | '拾' => 1e1,
                    '百' | '佰' => 1e2,
                    '千' | '仟' => 1e3,
                    '万' => 1e4,
                    '亿' => 1e8,
                    _ => return None,
                },
        )
    })
}

/// Digits with thousands commas in threes and a decimal point.
fn arabic(text: &str) -> Option<Numeral> {
    let bytes = text.as_bytes();
    let run = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let mut len = run(0);
    let mut digits = text.get(..len)?.to_owned();
    if len <= 3 && !digits.starts_with('0') {
        while bytes.get(len) == Some(&b',') && run(len + 1) == 3 {
            digits.push_str(text.get(len + 1..len + 4)?);
            len += 4;
        }
    }
    let fraction = run(len + 1);
    if bytes.get(len) == Some(&b'.') && fraction > 0 {
        digits.push_str(text.get(len..=len + fraction)?);
        len += 1 + fraction;
    }
    Some(Numeral { value: digits.parse().ok()?, len, chinese: false })
}

/// Either digits side by side (二〇二五) or places (一百二十三), with 点 and decimals.
fn chinese(text: &str) -> Option<Numeral> {
    let plain: Vec<(usize, u32)> = digits(text).collect();
    let (mut value, mut len) = match plain.as_slice() {
        // 两 counts things and never stands in a row of digits (两两).
        [_, _, ..] if !text.starts_with('两') => (side_by_side(&plain), plain.last().map_or(0, |(at, _)| at + 3)),
        _ => places(text),
    };
    if len == 0 {
        return None;
    }
    if let Some(rest) = text.get(len..).and_then(|rest| rest.strip_prefix('点')) {
        let mut scale = 1.0;
        for (at, d) in digits(rest) {
            scale /= 10.0;
            value += f64::from(d) * scale;
            len = text.len() - rest.len() + at + 3;
        }
        value = (value / scale).round() * scale;
    }
    Some(Numeral { value, len, chinese: true })
}

/// Leading Chinese digits with their offsets; each takes three bytes.
fn digits(text: &str) -> impl Iterator<Item = (usize, u32)> + '_ {
    text.char_indices().map_while(|(at, c)| Some((at, digit(c)?)))
}

fn side_by_side(digits: &[(usize, u32)]) -> f64 {
    digits.iter().fold(0.0, |value, (_, d)| value * 10.0 + f64::from(*d))
}

/// Places up to 亿. A closing 万 or 亿 belongs to the unit, and is taken only where the number would say something else
/// without it: behind an earlier one (四亿五千万) or before a point (八千三百万点五).
fn places(text: &str) -> (f64, usize) {
    let (mut total, mut section, mut pending) = (0.0, 0.0, None::<u32>);
    let (mut kept, mut kept_len) = (0.0, 0);
    let mut last_place = f64::INFINITY;
    let mut zero = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match c {
            '零' | '〇' if at > 0 => {
                if pending.is_some() {
                    break;
                }
                zero = true;
                continue;
            }
            _ if digit(c).is_some() => {
                if pending.is_some() {
                    break;
                }
                pending = digit(c);
                (kept, kept_len) = (total + section + f64::from(pending.unwrap_or(0)), end);
            }
            '十' | '拾' | '百' | '千' | '佰' | '仟' => {
                let place = multiplier(c.encode_utf8(&mut [0; 4])).unwrap_or(1.0);
                // A bare 十 is ten (十二, 一百十六); other places need a digit, or 零 before them (一万零百一十).
                if place >= last_place || (pending.is_none() && !matches!(c, '十' | '拾') && !zero) {
                    break;
                }
                section += f64::from(pending.take().unwrap_or(1)) * place;
                last_place = place;
                (kept, kept_len) = (total + section, end);
            }
            '万' | '亿' => {
                let place = multiplier(c.encode_utf8(&mut [0; 4])).unwrap_or(1.0);
                section += f64::from(pending.take().unwrap_or(0));
                if section == 0.0 && total == 0.0 {
                    break;
                }
                let closes = total > 0.0 && section > 0.0 && place < total;
                total = if place > 1e4 { (total + section) * place } else { total + section * place };
                section = 0.0;
                last_place = f64::INFINITY;
                let point = text.get(end..).and_then(|rest| rest.strip_prefix('点'));
                if closes || point.and_then(|rest| digit(rest.chars().next()?)).is_some() {
                    (kept, kept_len) = (total, end);
                }
            }
            _ => break,
        }
        zero = false;
    }
    (kept, kept_len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// The table of numerals: `text` → the value of the numeral that it begins with and what is left behind it.
    #[test]
    fn numerals_follow_the_table() {
        let rows: Vec<Value> = serde_json::from_str(include_str!("../../tests/specs/numeral.json")).unwrap();
        assert!(rows.len() >= 40, "{} cases", rows.len());
        for row in rows {
            let text = row["text"].as_str().unwrap();
            let got = leading(text).map(|n| (n.value, &text[n.len..]));
            match row["expect"].as_array().unwrap().first() {
                Some(want) => {
                    let want = (want["value"].as_f64().unwrap(), want["rest"].as_str().unwrap_or(""));
                    assert_eq!(got, Some(want), "{row}");
                }
                None => assert_eq!(got, None, "{row}"),
            }
        }
    }

    #[test]
    fn whole_texts_take_their_multipliers() {
        for (text, value) in [("三万", 3e4), ("1.5亿", 1.5e8), ("负五", -5.0), ("一万亿", 1e12), ("万", 1e4)] {
            assert_eq!(parse(text), Some(value), "{text}");
        }
        assert_eq!(parse("三万人"), None);
    }
}
