//! Markers: the printed numbers that open sections, clauses and items.
//!
//! In: a tidied line. Out: its marker, if it has one. The level follows from the marker's shape (第一章, 一、, （一）,
//! 1., （1）), never from indentation. Whether a marker counts (its place in the sequence) is for `clause` to say.

use super::line::Line;
use crate::text::work::{self, Stage};

/// Shapes of markers, highest level first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// 第一部分, 第一编, 第一篇.
    Part,
    /// 第一章.
    Chapter,
    /// 第一节.
    Division,
    /// 第一条.
    Article,
    /// 一、
    Han,
    /// （一）
    ParenHan,
    /// 1. 1、 1．
    Arabic,
    /// 1.1, 1.1.1: the level is the number of dots.
    Dotted(u8),
    /// （1） 1)
    ParenArabic,
}

/// A marker at the start of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    /// Its shape.
    pub shape: Shape,
    /// Its number (the last one of 1.2.3).
    pub no: u32,
    /// Bytes of the tidied line that it takes.
    pub len: usize,
}

/// Short, and without the signs of a sentence.
fn is_title(text: &str) -> bool {
    text.chars().count() <= 15 && !text.contains(['。', ',', ';', ':', '、', '(', ')'])
}

/// The value of a Chinese or Arabic whole number below 1000, as printed in markers.
pub fn ordinal(text: &str) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().filter(|n| *n < 1000);
    }
    let (mut total, mut digit) = (0, None);
    for c in text.chars() {
        let unit = match c {
            '百' => 100,
            '十' => 10,
            _ => {
                let value = "〇一二三四五六七八九".chars().position(|d| d == c || (c == '零' && d == '〇'))? as u32;
                if digit.is_some_and(|d| d != 0) {
                    return None;
                }
                digit = Some(value);
                continue;
            }
        };
        total += digit.take().unwrap_or(1) * unit;
    }
    Some(total + digit.unwrap_or(0)).filter(|n| *n > 0)
}

fn is_han_digit(c: char) -> bool {
    "〇零一二三四五六七八九十百".contains(c)
}

fn take(text: &str, accept: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !accept(c)).unwrap_or(text.len());
    text.split_at(end)
}

impl Marker {
    /// The marker that opens a tidied line.
    pub fn of(line: &str) -> Option<Self> {
        Self::counted(line).or_else(|| Self::han(line)).or_else(|| Self::bracketed(line)).or_else(|| Self::arabic(line))
    }

    /// The marker that opens a printed line; here a blank may stand for the sign behind the number (`1 总则`, `1.1 目的`).
    pub fn of_line(line: &Line) -> Option<Self> {
        work::count(Stage::Outline, 1);
        Self::of(&line.text).or_else(|| {
            let (word, rest) = line.text.split_at_checked(line.word?)?;
            // 第三条　规划管理…: the blank says where the marker ends.
            if let Some(marker) = Self::counted(word).filter(|m| m.len == word.len()) {
                return Some(marker);
            }
            let mut numbers = word.split('.').map(ordinal);
            let plain = word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
                && rest.starts_with(|c: char| ('\u{4e00}'..='\u{9fff}').contains(&c));
            let no = numbers.clone().next_back()??;
            let dots = word.matches('.').count() as u8;
            let bare = !word.contains('.');
            let counts = rest.starts_with(['年', '月', '日', '个', '万', '亿', '号', '级', '家', '项']);
            if !plain || counts || (bare && !is_title(rest)) || !numbers.all(|n| n.is_some_and(|n| n < 100)) {
                return None;
            }
            let shape = if bare { Shape::Arabic } else { Shape::Dotted(dots) };
            Some(Self { shape, no, len: word.len() })
        })
    }

    fn new(shape: Shape, no: u32, line: &str, rest: &str) -> Self {
        Self { shape, no, len: line.len() - rest.len() }
    }

    /// 第一章, 第二条 …
    fn counted(line: &str) -> Option<Self> {
        let (number, rest) = take(line.strip_prefix('第')?, |c| is_han_digit(c) || c.is_ascii_digit());
        let no = ordinal(number)?;
        let words = [
            ("部分", Shape::Part),
            ("编", Shape::Part),
            ("篇", Shape::Part),
            ("章", Shape::Chapter),
            ("节", Shape::Division),
            ("条", Shape::Article),
        ];
        let (shape, rest) = words.iter().find_map(|(word, shape)| Some((*shape, rest.strip_prefix(word)?)))?;
        // 第一条例, 第三条线 are words, 第一章规划背景 is none; 第二部分公立医院 may be a heading, which its place in the
        // sequence will tell.
        if rest.starts_with(['第', '至', '、']) || shape == Shape::Article && rest.starts_with(['例', '线', '款', '规'])
        {
            return None;
        }
        Some(Self::new(shape, no, line, rest.trim_start_matches([':', '.', '、'])))
    }

    /// 一、 一.
    fn han(line: &str) -> Option<Self> {
        let (number, rest) = take(line, is_han_digit);
        let rest = rest.strip_prefix(['、', '.'])?;
        // 二、三级医院: a list of numbers, not a heading.
        if take(rest, is_han_digit).1.starts_with(['级', '、', '类']) && rest.starts_with(is_han_digit) {
            return None;
        }
        Some(Self::new(Shape::Han, ordinal(number)?, line, rest))
    }

    /// （一） （1） 1)
    fn bracketed(line: &str) -> Option<Self> {
        let inner = line.strip_prefix(['(', '〔', '['])?;
        let (number, rest) = take(inner, |c| is_han_digit(c) || c.is_ascii_digit());
        let rest = rest.strip_prefix([')', '〕', ']'])?;
        let no = ordinal(number)?;
        let shape = if number.starts_with(is_han_digit) { Shape::ParenHan } else { Shape::ParenArabic };
        Some(Self::new(shape, no, line, rest.trim_start_matches(['、', '.'])))
    }

    /// 1. 1、 and 1.1
    fn arabic(line: &str) -> Option<Self> {
        let digits = |s| take(s, |c: char| c.is_ascii_digit());
        let (number, mut rest) = digits(line);
        let mut no = ordinal(number)?;
        if let Some(after) = rest.strip_prefix('、') {
            let listed = digits(after).0.len();
            return (listed == 0 || digits(after).1.starts_with('年'))
                .then(|| Self::new(Shape::Arabic, no, line, after));
        }
        if let Some(after) = rest.strip_prefix(')') {
            return Some(Self::new(Shape::ParenArabic, no, line, after));
        }
        let mut dots = 0;
        while let Some(after) = rest.strip_prefix('.') {
            let (next, behind) = digits(after);
            // 3.2025年底前 and 3.5月召开: item 3; 1.5万 is a number and no marker.
            if next.is_empty() || next.len() >= 4 || (behind.starts_with('月') && next.len() <= 2) {
                return Some(if dots == 0 {
                    Self::new(Shape::Arabic, no, line, after)
                } else {
                    Self::new(Shape::Dotted(dots), no, line, after)
                });
            }
            (no, rest, dots) = (ordinal(next)?, behind, dots + 1);
        }
        let quantity = rest
            .starts_with(['%', '万', '亿', '个', '倍', '元', '米', '吨', '级', '公', '平', '千', '—', '~', '至', '/']);
        (dots > 0 && !quantity && !rest.is_empty()).then(|| Self::new(Shape::Dotted(dots), no, line, rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals() {
        let cases = [("一", 1), ("十", 10), ("十一", 11), ("二十", 20), ("四十八", 48), ("一百零三", 103), ("12", 12)];
        for (text, want) in cases {
            assert_eq!(ordinal(text), Some(want), "{text}");
        }
        for text in ["", "一二", "甲", "1000"] {
            assert_eq!(ordinal(text), None, "{text}");
        }
    }
}
