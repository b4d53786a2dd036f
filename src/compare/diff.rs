//! Diff: the difference of two wordings as data.
//!
//! In: two stretches of documents. Out: one row a stretch that is the same, deleted, inserted or replaced, with the code
//! points of each side in its own document.
//! Blanks and page furniture are no difference, nor are half- and full-width signs. Chinese is compared character by
//! character, numbers and Latin words whole; of a long text sentences are compared first and characters only where
//! sentences differ, so that the work does not grow with the product of the lengths. Islands of less than [`ISLAND`]
//! characters between two changes are taken into the change: they are chance.

use super::column::Columns;
use crate::error::Result;
use crate::table::Table;
use crate::text::{Extent, SourceText, is_blank, tidy};
use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::ops::Range;

/// A wording with the way back to its document.
#[derive(Debug, Clone, Default)]
pub struct Wording {
    /// Code point and character, as printed.
    letters: Vec<(u32, char)>,
}

impl Wording {
    /// The wording of an extent.
    pub fn of(text: &SourceText, extent: &Extent) -> Self {
        let mut removed = extent.removed.iter().peekable();
        let letters = (extent.span.start..)
            .zip(text.slice(extent.span).chars())
            .filter(|(at, c)| {
                while removed.next_if(|gap| gap.end <= *at).is_some() {}
                !is_blank(*c) && removed.peek().is_none_or(|gap| gap.start > *at)
            })
            .collect();
        Self { letters }
    }

    fn text(&self, range: Range<usize>) -> String {
        self.letters.get(range).unwrap_or_default().iter().map(|(_, c)| c).collect()
    }

    /// The code points of a range of letters; of an empty one the place where it would stand.
    fn span(&self, range: &Range<usize>) -> (i64, i64) {
        let point = |at: usize| self.letters.get(at).map(|(point, _)| i64::from(*point));
        let behind = |at: usize| at.checked_sub(1).and_then(point).map(|point| point + 1);
        let start = if range.is_empty() { behind(range.start).or_else(|| point(0)) } else { point(range.start) };
        let start = start.unwrap_or_default();
        (start, if range.is_empty() { start } else { behind(range.end).unwrap_or(start) })
    }

    /// Words: a Chinese character or sign, or a run of digits or Latin letters.
    fn words(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let joined = |a: char, b: char| {
            let number = |c: char| c.is_ascii_digit() || c == '.';
            number(a) && number(b) || a.is_ascii_alphabetic() && b.is_ascii_alphabetic()
        };
        self.cut(range, |a, b| !joined(tidy(a), tidy(b)))
    }

    /// Sentences and their halves.
    fn sentences(&self) -> Vec<Range<usize>> {
        self.cut(0..self.letters.len(), |a, _| matches!(tidy(a), '。' | ';' | ':' | '！' | '!' | '?'))
    }

    fn cut(&self, range: Range<usize>, between: impl Fn(char, char) -> bool) -> Vec<Range<usize>> {
        let letters = self.letters.get(range.clone()).unwrap_or_default();
        let mut from = range.start;
        let mut cuts = Vec::new();
        for (at, pair) in letters.windows(2).enumerate() {
            if let [(_, a), (_, b)] = pair
                && between(*a, *b)
            {
                cuts.push(from..range.start + at + 1);
                from = range.start + at + 1;
            }
        }
        if from < range.end {
            cuts.push(from..range.end);
        }
        cuts
    }

    fn plain(&self, range: &Range<usize>) -> Vec<char> {
        self.letters.get(range.clone()).unwrap_or_default().iter().map(|(_, c)| tidy(*c)).collect()
    }
}

/// A stretch of both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    same: bool,
    a: Range<usize>,
    b: Range<usize>,
}

/// Least characters that two changes may have in common between them.
const ISLAND: usize = 2;
/// Texts up to this length are compared word by word at once.
const SHORT: usize = 2_000;
/// A changed stretch whose sides' lengths multiply to more is one change.
const MOST: usize = 16_000_000;

/// The difference of two wordings: `op, a_start, a_end, b_start, b_end, a_text, b_text`; `op` is equal, delete, insert
/// or replace.
pub fn diff(a: &Wording, b: &Wording) -> Result<Table> {
    let pieces = joined(pieces(a, b));
    let op = |piece: &Piece| match (piece.same, piece.a.is_empty(), piece.b.is_empty()) {
        (true, ..) => "equal",
        (_, true, _) => "insert",
        (_, _, true) => "delete",
        _ => "replace",
    };
    Columns::default()
        .text("op", pieces.iter().map(|piece| Some(op(piece))))
        .int("a_start", pieces.iter().map(|piece| Some(a.span(&piece.a).0)))
        .int("a_end", pieces.iter().map(|piece| Some(a.span(&piece.a).1)))
        .int("b_start", pieces.iter().map(|piece| Some(b.span(&piece.b).0)))
        .int("b_end", pieces.iter().map(|piece| Some(b.span(&piece.b).1)))
        .text("a_text", pieces.iter().map(|piece| Some(a.text(piece.a.clone()))))
        .text("b_text", pieces.iter().map(|piece| Some(b.text(piece.b.clone()))))
        .table()
}

fn pieces(a: &Wording, b: &Wording) -> Vec<Piece> {
    let (whole_a, whole_b) = (0..a.letters.len(), 0..b.letters.len());
    if whole_a.len().max(whole_b.len()) <= SHORT {
        return compared(a, b, &a.words(whole_a), &b.words(whole_b), Algorithm::Myers);
    }
    let sentences = compared(a, b, &a.sentences(), &b.sentences(), Algorithm::Patience);
    let finer = |piece: Piece| {
        if piece.same || piece.a.is_empty() || piece.b.is_empty() || piece.a.len() * piece.b.len() > MOST {
            return vec![piece];
        }
        compared(a, b, &a.words(piece.a), &b.words(piece.b), Algorithm::Myers)
    };
    sentences.into_iter().flat_map(finer).collect()
}

/// Compares unit by unit.
fn compared(a: &Wording, b: &Wording, of_a: &[Range<usize>], of_b: &[Range<usize>], how: Algorithm) -> Vec<Piece> {
    let plain = |wording: &Wording, units: &[Range<usize>]| -> Vec<Vec<char>> {
        units.iter().map(|unit| wording.plain(unit)).collect()
    };
    let range = |units: &[Range<usize>], range: Range<usize>| {
        let start = units.get(range.start).map_or_else(|| units.last().map_or(0, |unit| unit.end), |unit| unit.start);
        let end = range.end.checked_sub(1).and_then(|last| units.get(last)).map_or(start, |unit| unit.end);
        start..end.max(start)
    };
    capture_diff_slices(how, &plain(a, of_a), &plain(b, of_b))
        .into_iter()
        .map(|op| Piece {
            same: op.tag() == DiffTag::Equal,
            a: range(of_a, op.old_range()),
            b: range(of_b, op.new_range()),
        })
        .collect()
}

/// Neighbouring changes made one, with the islands between them.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let last = pieces.len().saturating_sub(1);
    let mut out: Vec<Piece> = Vec::new();
    for (at, mut piece) in pieces.into_iter().enumerate() {
        piece.same &= at == 0 || at == last || piece.a.len() >= ISLAND;
        match out.last_mut().filter(|before| before.same == piece.same) {
            Some(before) => (before.a.end, before.b.end) = (piece.a.end, piece.b.end),
            None => out.push(piece),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Cell;
    use crate::text::Span;

    fn wording(text: &str) -> Wording {
        let text = SourceText::new(text);
        let span = Span::new(0, text.len());
        Wording::of(&text, &Extent { span, removed: Vec::new() })
    }

    /// The changes as `op:a→b`.
    fn changes(a: &str, b: &str) -> Vec<String> {
        let table = diff(&wording(a), &wording(b)).unwrap();
        let text =
            |row: usize, column: &str| table.cell(row, column).and_then(Cell::text).unwrap_or_default().to_owned();
        (0..table.len())
            .filter(|row| text(*row, "op") != "equal")
            .map(|row| format!("{}:{}→{}", text(row, "op"), text(row, "a_text"), text(row, "b_text")))
            .collect()
    }

    #[test]
    fn numbers_are_words() {
        assert_eq!(changes("覆盖率达到70%以上", "覆盖率达到75%以上"), ["replace:70→75"]);
        assert_eq!(changes("建设5G基站", "建设基站"), ["delete:5G→"]);
        assert_eq!(changes("到2025年完成", "到2027年底完成"), ["replace:2025年→2027年底"]);
    }

    #[test]
    fn layout_and_width_are_no_difference() {
        assert_eq!(changes("完善制度，\n  落实责任", "完善制度,落实责任"), Vec::<String>::new());
        assert_eq!(changes("", ""), Vec::<String>::new());
    }

    #[test]
    fn both_sides_are_all_there_in_order() {
        let sentence = |n: usize| format!("第{n}项工作由各部门分别落实，按季度报送进展。");
        let a: String = (0..200).map(sentence).collect();
        let b: String = (0..200)
            .filter(|n| n % 7 != 0)
            .map(|n| sentence(n).replace("季度", if n % 5 == 0 { "月" } else { "季度" }))
            .collect();
        let table = diff(&wording(&a), &wording(&b)).unwrap();
        let side = |column: &str| table.values(column).filter_map(Cell::text).collect::<String>();
        assert_eq!((side("a_text"), side("b_text")), (a, b));
        let mut last = 0;
        for row in 0..table.len() {
            let start = table.cell(row, "a_start").and_then(Cell::int).unwrap();
            assert!(start >= last);
            last = table.cell(row, "a_end").and_then(Cell::int).unwrap();
        }
    }
}
