//! The text of a document, addressed by code points.

use super::{Extent, Span};

/// Code points from one mark to the next.
const STRIDE: usize = 64;

/// A document's text: what spans count in. Kept as it was decoded, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    text: String,
    /// Byte offset of every [`STRIDE`]-th code point: finding one costs a look at that many, and a text no memory.
    marks: Vec<u32>,
    /// Number of code points.
    len: u32,
}

impl SourceText {
    /// Takes a text. Texts are below 4 GiB (the readers refuse far smaller ones).
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let (mut marks, mut len) = (Vec::with_capacity(text.len() / STRIDE / 2), 0);
        for (at, _) in text.char_indices() {
            if len % STRIDE as u32 == 0 {
                marks.push(at as u32);
            }
            len += 1;
        }
        Self { text, marks, len }
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Number of code points.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// True for the empty text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The characters of `span`; what lies outside the text is cut off.
    pub fn slice(&self, span: Span) -> &str {
        let start = self.byte(span.start);
        // A short span ends near its start, a long one near a mark.
        let end = if (span.len() as usize) < STRIDE { self.ahead(start, span.len()) } else { self.byte(span.end) };
        self.text.get(start..end).unwrap_or_default()
    }

    /// Byte offset of a code point; the text's length for those behind it.
    fn byte(&self, point: u32) -> usize {
        let Some(mark) = self.marks.get(point as usize / STRIDE) else { return self.text.len() };
        self.ahead(*mark as usize, point % STRIDE as u32)
    }

    /// Byte offset of the code point that stands `count` behind the one at byte `from`; at most the text's length.
    fn ahead(&self, from: usize, count: u32) -> usize {
        let mut at = from;
        let bytes = self.text.as_bytes();
        for _ in 0..count {
            at += match bytes.get(at) {
                Some(0..0x80) => 1,
                Some(0..0xe0) => 2,
                Some(0..0xf0) => 3,
                Some(_) => 4,
                None => break,
            };
        }
        at.min(bytes.len())
    }

    /// The wording of an extent: its span less its removed ranges.
    pub fn wording(&self, extent: &Extent) -> String {
        let mut out = String::new();
        let mut from = extent.span.start;
        for gap in &extent.removed {
            out.push_str(self.slice(Span::new(from, gap.start.max(from))));
            from = gap.end.max(from);
        }
        out.push_str(self.slice(Span::new(from, extent.span.end.max(from))));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wording_leaves_the_removed_ranges_out() {
        let text = SourceText::new("市卫健\n\n12\n委负责");
        let extent = Extent { span: Span::new(0, 10), removed: vec![Span::new(3, 8)] };
        assert_eq!(text.wording(&extent), "市卫健委负");
        assert_eq!(text.slice(Span::new(8, 99)), "委负责");
    }

    #[test]
    fn every_code_point_is_found() {
        for text in [String::new(), "aé台\u{20000}".repeat(50), "台".repeat(64), "台".repeat(65)] {
            let source = SourceText::new(text.clone());
            let chars: Vec<char> = text.chars().collect();
            assert_eq!(source.len() as usize, chars.len());
            for start in 0..=chars.len() + 2 {
                for end in start..=chars.len() + 2 {
                    let part = chars.get(start.min(chars.len())..end.min(chars.len())).unwrap();
                    let expected: String = part.iter().collect();
                    assert_eq!(source.slice(Span::new(start as u32, end as u32)), expected, "{start}..{end}");
                }
            }
        }
    }
}
