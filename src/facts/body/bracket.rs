//! Brackets: which sign opens and which closes, pairs of them, and cutting a text at signs outside brackets.
//!
//! In: tidied text. Out: byte ranges. One pass each, whatever the nesting.

use crate::text::signs;
use crate::text::work::{self, Stage};
use std::ops::Range;

/// The kind of bracket that `c` opens or closes, and whether it opens.
pub fn kind(c: char) -> Option<(usize, bool)> {
    // Most of a text, told at once.
    if ('\u{4e00}'..='\u{9fff}').contains(&c) {
        return None;
    }
    Some(match c {
        '(' => (0, true),
        ')' => (0, false),
        '〔' => (1, true),
        '〕' => (1, false),
        '[' => (2, true),
        ']' => (2, false),
        '【' => (3, true),
        '】' => (3, false),
        '{' => (4, true),
        '}' => (4, false),
        '〈' => (5, true),
        '〉' => (5, false),
        '<' => (6, true),
        '>' => (6, false),
        '《' => (7, true),
        '》' => (7, false),
        '「' => (8, true),
        '」' => (8, false),
        _ => return None,
    })
}

/// A pair of brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// From the opening to behind the closing sign.
    pub outer: Range<usize>,
    /// What stands between them.
    pub inner: Range<usize>,
    /// How many pairs it stands in.
    pub depth: usize,
}

/// The pairs of brackets in `text` in the order of their opening signs; what is left unclosed or unopened is no pair.
pub fn pairs(text: &str) -> Vec<Pair> {
    work::count(Stage::Group, text.len());
    let mut open: Vec<(usize, Range<usize>, usize)> = Vec::new();
    let mut waiting = [0_usize; 9];
    let mut pairs = Vec::new();
    for (at, c) in signs(text) {
        let Some((kind, opens)) = kind(c) else { continue };
        let sign = at..at + c.len_utf8();
        if opens {
            open.push((kind, sign, open.len()));
            if let Some(count) = waiting.get_mut(kind) {
                *count += 1;
            }
        } else if waiting.get(kind).is_some_and(|count| *count > 0) {
            // A closing sign closes its own kind; what was opened inside and never closed is dropped.
            while let Some((other, opening, depth)) = open.pop() {
                if let Some(count) = waiting.get_mut(other) {
                    *count -= 1;
                }
                if other == kind {
                    pairs.push(Pair { outer: opening.start..sign.end, inner: opening.end..sign.start, depth });
                    break;
                }
            }
        }
    }
    pairs.sort_by_key(|pair| pair.outer.start);
    pairs
}

/// `range` of `text` cut at the signs that `cut` names, brackets kept whole; each piece with the sign behind it. No
/// ideograph is a sign, and `cut` is not asked of one.
pub fn split(text: &str, range: Range<usize>, cut: impl Fn(char) -> bool) -> Vec<(Range<usize>, Option<char>)> {
    work::count(Stage::Group, range.len());
    let mut pieces = Vec::new();
    let mut start = range.start;
    let mut depth = 0_usize;
    for (offset, c) in signs(text.get(range.clone()).unwrap_or_default()) {
        let at = range.start + offset;
        match kind(c) {
            Some((_, true)) => depth += 1,
            Some((_, false)) => depth = depth.saturating_sub(1),
            None if depth == 0 && cut(c) => {
                pieces.push((start..at, Some(c)));
                start = at + c.len_utf8();
            }
            None => {}
        }
    }
    pieces.push((start..range.end, None));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_nest_and_forgive() {
        let text = "甲(乙〔丙〕丁)戊)己(庚[辛)壬";
        let found: Vec<_> = pairs(text).into_iter().map(|p| (&text[p.inner], p.depth)).collect();
        assert_eq!(found, [("乙〔丙〕丁", 0), ("丙", 1), ("庚[辛", 0)]);
    }

    #[test]
    fn cuts_outside_brackets_only() {
        let text = "各县(市、区)、甲";
        let found: Vec<_> = split(text, 0..text.len(), |c| c == '、').into_iter().map(|(r, _)| &text[r]).collect();
        assert_eq!(found, ["各县(市、区)", "甲"]);
    }
}
