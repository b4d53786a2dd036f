//! Unfolding: text that lost its newlines gets its lines back, where due numbers stand behind the end of a sentence.
//!
//! In: one printed line. Out: the characters at which lines of the original began. A line is left alone unless it is
//! longer than a paragraph ever is and its numbers run 一、二、… or （一）（二）… from the first.

use super::heading::{Marker, Shape};
use crate::text::{is_blank, tidy};

/// Characters from which on a line may be several; paragraphs of plans stay below.
const LONG: usize = 600;

/// Characters of a heading at most, where a blank or the next number ends it.
const TITLE: usize = 40;

/// Positions, in characters of `raw`, at which a line begins; the first is 0.
pub fn starts(raw: &str) -> Vec<usize> {
    let chars: Vec<char> = raw.chars().map(tidy).collect();
    if chars.len() < LONG {
        return vec![0];
    }
    let mut starts = vec![0];
    let mut due = Due::default();
    let mut title_since: Option<usize> = None;
    for at in 0..chars.len() {
        let before = chars.get(..at).and_then(|c| c.iter().rev().find(|c| !is_blank(**c))).copied();
        let after_blank = at > 0 && chars.get(at - 1).is_some_and(|c| is_blank(*c));
        let ended = before.is_none_or(|c| matches!(c, '。' | ';' | ':' | '!' | '?' | ')' | '”'));
        if before == Some('。') {
            title_since = None;
        }
        let in_title = title_since.is_some_and(|from| at - from <= TITLE);
        if !(ended || after_blank || in_title) || !chars.get(at).is_some_and(|c| could_open(*c)) {
            // A blank behind a short heading ends its line.
            if after_blank && in_title && chars.get(at).is_some_and(|c| !is_blank(*c)) {
                starts.push(at);
                title_since = None;
            }
            continue;
        }
        let head: String = chars.iter().skip(at).take(12).filter(|c| !is_blank(**c)).collect();
        match Marker::of(&head).filter(|marker| due.accepts(*marker)) {
            Some(marker) => {
                due.pass(marker);
                if at > 0 {
                    starts.push(at);
                }
                title_since = matches!(marker.shape, Shape::Han | Shape::ParenHan | Shape::Chapter).then_some(at);
            }
            None if after_blank && in_title => {
                starts.push(at);
                title_since = None;
            }
            None => {}
        }
    }
    if due.passed >= 3 { starts } else { vec![0] }
}

fn could_open(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '(' | '第' | '〇' | '十')
        || ('一'..='龥').contains(&c) && "一二三四五六七八九".contains(c)
}

/// The numbers that may come next.
#[derive(Default)]
struct Due {
    last: std::collections::BTreeMap<Shape, u32>,
    passed: usize,
}

impl Due {
    fn accepts(&self, marker: Marker) -> bool {
        let last = self.last.get(&marker.shape).copied();
        match marker.shape {
            Shape::Han | Shape::Chapter | Shape::Article => marker.no == last.unwrap_or(0) + 1,
            Shape::ParenHan | Shape::Arabic => {
                last.map_or(marker.no == 1, |n| marker.no == n + 1 || (marker.no == 1 && n > 1))
            }
            _ => false,
        }
    }

    fn pass(&mut self, marker: Marker) {
        self.passed += 1;
        self.last.insert(marker.shape, marker.no);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let mut starts = starts(text);
        starts.push(chars.len());
        starts.windows(2).map(|w| chars[w[0]..w[1]].iter().collect::<String>().trim().to_owned()).collect()
    }

    #[test]
    fn due_numbers_behind_sentences_begin_lines() {
        let prose = "稳步推进各项工作，确保取得实效。".repeat(20);
        let text = format!(
            "某县行动方案 一、总体要求 {prose}二、主要任务（一）修路。{prose}（二）架桥。依照（一）执行。{prose}"
        );
        let got: Vec<String> = lines(&text).into_iter().map(|l| l.chars().take(8).collect()).collect();
        assert_eq!(
            got,
            [
                "某县行动方案",
                "一、总体要求",
                "稳步推进各项工作",
                "二、主要任务",
                "（一）修路。稳步",
                "（二）架桥。依照"
            ]
        );
    }

    #[test]
    fn a_paragraph_is_left_alone() {
        for text in ["一、总体要求 二、主要任务 三、保障措施".to_owned(), "推进建设。".repeat(200)]
        {
            assert_eq!(starts(&text), [0]);
        }
    }
}
