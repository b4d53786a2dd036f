//! Unfolding: text that lost its newlines gets its lines back, where due numbers stand behind the end of a sentence.
//!
//! In: printed lines, one after the other. Out: the characters at which lines of the original began. A line longer than
//! a paragraph ever is gets its lines back where its numbers run 一、二、… or （一）（二）… from the first; any other only
//! where the number that is due behind the last line's stands right behind a sentence or a group.

use super::heading::{Marker, Shape};
use crate::text::work::{self, Stage};
use crate::text::{is_blank, signs, tidy};
use std::collections::BTreeMap;

/// Characters from which on a line may be several; paragraphs of plans stay below.
const LONG: usize = 600;

/// Characters of a heading at most, where a blank or the next number ends it.
const TITLE: usize = 40;

/// Characters that tell a marker.
const HEAD: usize = 16;

/// What the lines so far say about the numbers to come.
#[derive(Debug, Default)]
pub struct Unfold {
    /// The last number at a line's start, by shape.
    last: BTreeMap<Shape, u32>,
}

impl Unfold {
    /// Positions, in characters of `raw`, at which further lines begin; none where it is one line.
    pub fn starts(&mut self, raw: &str) -> Vec<usize> {
        work::count(Stage::Outline, raw.len());
        if raw.len() >= LONG && raw.chars().count() >= LONG {
            let starts = long(&raw.chars().map(tidy).collect::<Vec<char>>());
            if !starts.is_empty() {
                return starts;
            }
        }
        self.short(raw)
    }

    /// Two clauses on one line: `…负责）（三）加强宣传。…`.
    fn short(&mut self, raw: &str) -> Vec<usize> {
        let mut starts = Vec::new();
        let (mut counted, mut passed) = (0, 0);
        let mut own = None;
        let mut inner = None;
        // A number may stand at the line's begin, and behind what ends a sentence or a group.
        let ends = signs(raw).filter(|(_, c)| matches!(tidy(*c), '。' | ')' | '〕'));
        for from in std::iter::once(0).chain(ends.map(|(at, c)| at + c.len_utf8())) {
            let mut rest = raw.get(from..).unwrap_or_default().char_indices().map(|(at, c)| (from + at, tidy(c)));
            let Some((byte, c)) = rest.find(|(_, c)| !is_blank(*c)).filter(|(_, c)| could_open(*c)) else { continue };
            let signs: String =
                std::iter::once(c).chain(rest.map(|(_, c)| c).take(HEAD - 1)).filter(|c| !is_blank(*c)).collect();
            let Some(marker) = Marker::of(&signs) else { continue };
            let opens = from == 0;
            passed += raw.get(counted..byte).map_or(0, |words| words.chars().count());
            counted = byte;
            let at = passed;
            let due = self.last.get(&marker.shape).is_some_and(|n| marker.no == n + 1);
            let level = match marker.shape {
                Shape::ParenHan | Shape::Han => true,
                Shape::Arabic => own == Some(Shape::Arabic),
                _ => false,
            };
            if opens {
                own = Some(marker.shape);
            } else if marker.no == 1 {
                // A list of its own in the paragraph: （一）抓三件事。（一）修路。（二）架桥。
                inner = Some(marker.shape);
                continue;
            } else if !due || !level || inner == Some(marker.shape) {
                continue;
            } else {
                starts.push(at);
            }
            self.last.insert(marker.shape, marker.no);
        }
        starts
    }
}

/// The first signs at `at`, enough to tell a marker.
fn head(chars: &[char], at: usize) -> String {
    chars.iter().skip(at).take(HEAD).filter(|c| !is_blank(**c)).collect()
}

/// Lines in one that lost all its newlines.
fn long(chars: &[char]) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut due = Due::default();
    // In front of the first number blanks divide title, number and address.
    let mut title_since = Some(0);
    let mut before: Option<char> = None;
    for (at, c) in chars.iter().copied().enumerate() {
        let last = before;
        if !is_blank(c) {
            before = Some(c);
        }
        let after_blank = at > 0 && chars.get(at - 1).is_some_and(|c| is_blank(*c));
        let ended = last.is_none_or(|c| matches!(c, '。' | ';' | ':' | '!' | '?' | ')' | '”'));
        if last == Some('。') {
            title_since = None;
        }
        let in_head = due.passed == 0;
        let in_title = title_since.is_some_and(|from| at - from <= if in_head { 2 * TITLE } else { TITLE });
        if !(ended || after_blank || in_title) || !could_open(c) {
            // A blank behind a short heading ends its line.
            if after_blank && in_title && !is_blank(c) {
                starts.push(at);
                title_since = in_head.then_some(at);
            }
            continue;
        }
        match Marker::of(&head(chars, at)).filter(|marker| due.accepts(*marker)) {
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
    if due.passed >= 3 { starts } else { Vec::new() }
}

fn could_open(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '(' | '第' | '〇' | '十')
        || ('一'..='龥').contains(&c) && "一二三四五六七八九".contains(c)
}

/// The numbers that may come next.
#[derive(Default)]
struct Due {
    last: BTreeMap<Shape, u32>,
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
        let mut starts = vec![0];
        starts.extend(Unfold::default().starts(text));
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
    fn a_due_number_behind_a_group_begins_a_line() {
        let text = "（二）修路。通村。（责任单位：县交通局）（三）架桥。改造危桥。（四）供水。";
        let got: Vec<String> = lines(text).into_iter().map(|l| l.chars().take(5).collect()).collect();
        assert_eq!(got, ["（二）修路", "（三）架桥", "（四）供水"]);
        for text in
            ["（二）修路。依照第三条（三）执行。", "抓好三件事。（一）修路。（二）架桥。", "第三章执行。四、五级公路"]
        {
            assert_eq!(lines(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn a_paragraph_is_left_alone() {
        for text in ["一、总体要求 二、主要任务 三、保障措施".to_owned(), "推进建设。".repeat(200)]
        {
            assert!(Unfold::default().starts(&text).is_empty());
        }
    }
}
