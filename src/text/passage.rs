//! Passages: a stretch of a document as rules want to read it, with the way back to the source.
//!
//! A passage's text has no whitespace and no page furniture, and its signs are unified (see [`tidy`]): rules see one
//! comma, one bracket, half-width digits. Each byte knows the code point of the source that it came from.

use super::{Extent, SourceText, Span, is_blank, tidy};
use crate::text::work::{self, Stage};
use std::ops::Range;

/// Clean text with, for every byte, the source code point that it came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passage {
    text: String,
    at: Vec<u32>,
    paragraphs: Vec<usize>,
    /// True where a stretch stands behind one that follows it in the source.
    turned: bool,
}

impl Passage {
    /// A passage over a whole text, a paragraph a line; for tests and single strings.
    pub fn from_text(text: &str) -> Self {
        let source = SourceText::new(text);
        let mut builder = PassageBuilder::default();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.chars().count() as u32;
            builder.paragraph();
            builder.push(&source, Span::new(start, end));
            start = end;
        }
        builder.finish()
    }

    /// The clean text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The clean text of a byte range; empty where the range is none.
    pub fn get(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// Byte offsets at which a paragraph of the source begins, ascending.
    pub fn paragraphs(&self) -> &[usize] {
        &self.paragraphs
    }

    /// The byte range of the paragraph that holds `byte`.
    pub fn paragraph_of(&self, byte: usize) -> Range<usize> {
        let next = self.paragraphs.partition_point(|start| *start <= byte);
        let start = next.checked_sub(1).and_then(|i| self.paragraphs.get(i)).copied().unwrap_or(0);
        start..self.paragraphs.get(next).copied().unwrap_or(self.text.len())
    }

    /// True where the passage has no character.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Where a byte range of the clean text stands in the source, with the ranges in between that it leaves out.
    /// An empty range gives an empty extent at its place.
    pub fn extent(&self, range: Range<usize>) -> Extent {
        work::count(Stage::Text, range.len());
        if let Some(span) = self.unbroken(&range) {
            return Extent { span, removed: Vec::new() };
        }
        let mut removed = Vec::new();
        let mut span: Option<Span> = None;
        for (offset, _) in self.get(range.clone()).char_indices() {
            let point = self.at.get(range.start + offset).copied().unwrap_or_default();
            match &mut span {
                None => span = Some(Span::new(point, point + 1)),
                Some(span) => {
                    if point > span.end {
                        removed.push(Span::new(span.end, point));
                    }
                    span.end = (point + 1).max(span.end);
                }
            }
        }
        let here = || self.at.get(range.start).copied().or_else(|| self.at.last().map(|p| p + 1)).unwrap_or_default();
        Extent { span: span.unwrap_or_else(|| Span::new(here(), here())), removed }
    }

    /// The span of a range that leaves nothing out: as many code points as characters.
    fn unbroken(&self, range: &Range<usize>) -> Option<Span> {
        let words = self.text.get(range.clone()).filter(|words| !words.is_empty() && !self.turned)?;
        let (first, last) = (*self.at.get(range.start)?, *self.at.get(range.end - 1)?);
        ((last - first) as usize + 1 == words.chars().count()).then(|| Span::new(first, last + 1))
    }

    /// The part of this passage in `range`, as a passage of its own.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        work::count(Stage::Text, range.len());
        let paragraphs = std::iter::once(0)
            .chain(self.paragraphs.iter().filter(|p| range.start < **p && **p < range.end).map(|p| p - range.start))
            .collect();
        Self {
            text: self.get(range.clone()).to_owned(),
            at: self.at.get(range).unwrap_or_default().to_vec(),
            paragraphs,
            turned: self.turned,
        }
    }
}

/// Collects stretches of a source into a passage.
#[derive(Debug, Default)]
pub struct PassageBuilder {
    passage: Passage,
}

impl PassageBuilder {
    /// The next stretch begins a paragraph.
    pub fn paragraph(&mut self) {
        let here = self.passage.text.len();
        if self.passage.paragraphs.last() != Some(&here) {
            self.passage.paragraphs.push(here);
        }
    }

    /// Adds the characters of `span`, tidied, without whitespace.
    pub fn push(&mut self, source: &SourceText, span: Span) {
        work::count(Stage::Text, span.len() as usize);
        let Passage { text, at, turned, .. } = &mut self.passage;
        let raw = source.slice(span);
        text.reserve(raw.len());
        at.reserve(raw.len());
        *turned |= at.last().is_some_and(|last| *last >= span.start);
        for (point, c) in (span.start..).zip(raw.chars()) {
            if is_blank(c) {
                continue;
            }
            let c = tidy(c);
            text.push(c);
            match c.len_utf8() {
                3 => at.extend([point; 3]),
                len => at.extend(std::iter::repeat_n(point, len)),
            }
        }
    }

    /// Bytes collected so far.
    pub fn len(&self) -> usize {
        self.passage.text.len()
    }

    /// True where nothing was collected yet.
    pub fn is_empty(&self) -> bool {
        self.passage.is_empty()
    }

    /// The passage.
    pub fn finish(mut self) -> Passage {
        if self.passage.paragraphs.first() != Some(&0) {
            self.passage.paragraphs.insert(0, 0);
        }
        let end = self.passage.text.len();
        self.passage.paragraphs.retain(|p| *p == 0 || *p < end);
        self.passage
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_clean_bytes_back_to_source_code_points() {
        let source = SourceText::new("（市卫健\n 12 \n委，负责）");
        let mut builder = PassageBuilder::default();
        builder.push(&source, Span::new(0, 4));
        builder.push(&source, Span::new(10, 15));
        let passage = builder.finish();
        assert_eq!(passage.text(), "(市卫健委,负责)");
        let at = passage.text().find('委').unwrap();
        let extent = passage.extent(1..at + 3);
        assert_eq!(extent.span, Span::new(1, 11));
        assert_eq!(source.wording(&extent), "市卫健委");
    }

    #[test]
    fn paragraphs_follow_the_lines() {
        let passage = Passage::from_text("甲乙\n\n丙\n");
        assert_eq!(passage.text(), "甲乙丙");
        assert_eq!(passage.paragraphs(), [0, 6]);
        assert_eq!(passage.paragraph_of(7), 6..9);
        assert_eq!(passage.paragraph_of(0), 0..6);
    }
}
