//! Evidence: the sentence that spans stand in, without page furniture, and where they lie in it.
//!
//! In: a document, spans of its text. Out: the wording of the sentences (or of the whole clause) and the ranges to light,
//! in characters. A responsibility group is shown with the sentence before it, since it says nothing alone.

use crate::query::highlights;
use crate::record::Document;
use crate::text::{Extent, SourceText, Span, is_blank};

/// A sentence and the ranges of its characters that are meant.
pub(super) struct Lit {
    /// The sentence or clause.
    pub(super) text: String,
    /// First character to light and one past the last, of each.
    pub(super) lit: Vec<(usize, usize)>,
}

/// The places of words within a span, without what the clause there leaves out.
pub(super) fn places(text: &SourceText, document: &Document, span: Span, words: &[String]) -> Vec<Span> {
    let clause = document.clauses.iter().map(|c| &c.text).find(|e| e.span.contains(span));
    let removed = clause.map_or(&[][..], |clause| &clause.removed);
    let removed = removed.iter().copied().filter(|gap| span.contains(*gap)).collect();
    highlights(text, &Extent { span, removed }, words)
}

/// The sentences from the first to the last of `spans`, or, where `whole`, the clause around them.
pub(super) fn evidence(text: &SourceText, document: &Document, spans: &[Span], whole: bool) -> Lit {
    let first = spans.iter().map(|span| span.start).min().unwrap_or_default();
    let span = Span::new(first, spans.iter().map(|span| span.end).max().unwrap_or(first));
    let clause = document.clauses.iter().map(|c| &c.text).find(|e| e.span.contains(span));
    let letters = clause.map_or_else(|| paragraph(text, span), |extent| letters(text, extent));
    let start = letters.partition_point(|(at, _)| *at < span.start);
    let end = letters.partition_point(|(at, _)| *at < span.end);
    let (from, to) = if whole { (0, letters.len()) } else { sentence(&letters, start, end) };
    let text = letters.get(from..to).unwrap_or_default().iter().map(|(_, c)| c).collect();
    let point = |at: u32| letters.partition_point(|(point, _)| *point < at) - from;
    Lit { text, lit: spans.iter().map(|span| (point(span.start), point(span.end))).collect() }
}

/// A character and its place in the source.
type Letter = (u32, char);

/// The characters of an extent that are no removed range.
fn letters(text: &SourceText, extent: &Extent) -> Vec<Letter> {
    let mut removed = extent.removed.iter().peekable();
    (extent.span.start..)
        .zip(text.slice(extent.span).chars())
        .filter(|(at, _)| {
            while removed.next_if(|gap| gap.end <= *at).is_some() {}
            removed.peek().is_none_or(|gap| gap.start > *at)
        })
        .collect()
}

/// The lines that a span stands in, without blanks.
fn paragraph(text: &SourceText, span: Span) -> Vec<Letter> {
    let before = text.slice(Span::new(0, span.start)).chars().rev().take_while(|c| *c != '\n').count() as u32;
    let after = text.slice(Span::new(span.end, text.len().max(span.end))).chars().take_while(|c| *c != '\n').count();
    let lines = Span::new(span.start - before, span.end + after as u32);
    (lines.start..).zip(text.slice(lines).chars()).filter(|(_, c)| !is_blank(*c)).collect()
}

/// The range of the sentence around `start..end`.
fn sentence(letters: &[Letter], start: usize, end: usize) -> (usize, usize) {
    let letter = |i: usize| letters.get(i).map(|(_, c)| *c);
    let closes = |i: usize| letter(i).is_some_and(|c| matches!(c, '。' | '！' | '？'));
    let begin = |mut i: usize| {
        while i > 0 && !closes(i - 1) {
            i -= 1;
        }
        i
    };
    let from = begin(start);
    if letter(from).is_some_and(|c| matches!(c, '(' | '（' | '【')) {
        let to = group_end(letters, from).max(end);
        return (begin(from.saturating_sub(1)), to);
    }
    let mut to = end;
    while to < letters.len() && !(to > 0 && to > start && closes(to - 1)) {
        to += 1;
    }
    (from, to)
}

/// Position behind the bracket that opens at `from`.
fn group_end(letters: &[Letter], from: usize) -> usize {
    let mut depth = 0;
    for (i, (_, c)) in letters.iter().enumerate().skip(from) {
        match c {
            '(' | '（' | '【' => depth += 1,
            ')' | '）' | '】' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i + 1;
        }
    }
    letters.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Clause, Kind};

    /// A document of one clause that is the whole text, less the removed ranges.
    fn document(text: &SourceText, removed: Vec<Span>) -> Document {
        let text = Extent { span: Span::new(0, text.len()), removed };
        let clause = Clause { path: vec![1], section: None, heading: None, kind: Kind::Task, text, topics: Vec::new() };
        Document { clauses: vec![clause], ..Document::default() }
    }

    #[track_caller]
    fn check(source: &str, words: &str, want: &str) {
        let text = SourceText::new(source);
        let at = source.find(words).map(|byte| source[..byte].chars().count() as u32).unwrap();
        let span = Span::new(at, at + words.chars().count() as u32);
        let Lit { text, lit } = evidence(&text, &document(&text, Vec::new()), &[span], false);
        assert_eq!(text, want);
        let (start, end) = lit[0];
        assert_eq!(text.chars().skip(start).take(end - start).collect::<String>(), words);
    }

    #[test]
    fn a_sentence_ends_at_its_stop() {
        check("甲。乙达到70%，丙。丁。", "70%", "乙达到70%，丙。");
        check("甲达到70%", "70%", "甲达到70%");
        check("甲。乙。", "甲。", "甲。");
    }

    #[test]
    fn a_group_brings_its_sentence() {
        check("甲。乙。（市教育局（体育局）负责）丙。", "市教育局", "乙。（市教育局（体育局）负责）");
        check("（市教育局负责）", "市教育局", "（市教育局负责）");
    }

    #[test]
    fn furniture_is_left_out() {
        let text = SourceText::new("甲达\n- 3 -\n到70%。乙。");
        let document = document(&text, vec![Span::new(2, 9)]);
        let lit = evidence(&text, &document, &[Span::new(1, 13)], false);
        assert_eq!((lit.text.as_str(), lit.lit), ("甲达到70%。", vec![(1, 6)]));
        let spans = places(&text, &document, Span::new(0, 14), &["达到".to_owned()]);
        assert_eq!(spans, [Span::new(1, 2), Span::new(9, 10)]);
        let lit = evidence(&text, &document, &spans, true);
        assert_eq!((lit.text.as_str(), lit.lit), ("甲达到70%。乙。", vec![(1, 2), (2, 3)]));
    }

    #[test]
    fn outside_clauses_the_line_counts() {
        let text = SourceText::new("一、总则\n  甲 达到70%\n二、附则");
        let lit = evidence(&text, &Document::default(), &[Span::new(9, 14)], false);
        assert_eq!((lit.text.as_str(), lit.lit), ("甲达到70%", vec![(1, 6)]));
    }
}
