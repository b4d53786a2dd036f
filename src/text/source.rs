//! The text of a document, addressed by code points.

use super::{Extent, Span};

/// Bytes from one mark to the next.
const STRIDE: usize = 128;

/// A document's text: what spans count in. Kept as it was decoded, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    text: String,
    marks: Marks,
}

/// A text that is somebody else's, with its marks: what [`SourceText`] can, without owning it.
#[derive(Debug, Clone, Copy)]
pub struct TextView<'a> {
    text: &'a str,
    marks: &'a Marks,
}

/// How many code points begin before every [`STRIDE`]-th byte: counted in bulk, so that a text is ready as soon as it
/// is read, and finding a code point costs a look at that many bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    before: Vec<u32>,
    len: u32,
}

impl Marks {
    /// Counts a text's code points, in place of what was counted before. Texts are below 4 GiB (the readers refuse far
    /// smaller ones).
    pub fn count(&mut self, text: &str) {
        self.before.clear();
        self.before.reserve(text.len() / STRIDE + 1);
        self.len = 0;
        for piece in text.as_bytes().chunks(STRIDE) {
            self.before.push(self.len);
            // A piece has at most 128 of them: the sum fits a byte, and the loop runs over many bytes at once.
            self.len += u32::from(piece.iter().map(|byte| u8::from(begins(*byte))).fold(0u8, u8::wrapping_add));
        }
    }

    /// Byte offset of a code point in the text that was counted; the text's length for those behind it.
    fn byte(&self, text: &str, point: u32) -> usize {
        if point >= self.len {
            return text.len();
        }
        // The piece in which it begins: where even a piece of its average would have it, or not far from there.
        let mut piece = (u64::from(point) * self.before.len() as u64 / u64::from(self.len.max(1))) as usize;
        let before = |piece: usize| self.before.get(piece).copied().unwrap_or(self.len);
        let mut looks = 0;
        while looks < 8 && !(before(piece) <= point && point < before(piece + 1)) {
            piece = if before(piece) > point { piece.saturating_sub(1) } else { piece + 1 };
            looks += 1;
        }
        if looks == 8 {
            piece = self.before.partition_point(|before| *before <= point).saturating_sub(1);
        }
        let from = piece * STRIDE;
        let bytes = text.as_bytes().get(from..).unwrap_or_default();
        let mut left = point - before(piece);
        for (at, byte) in bytes.iter().enumerate() {
            if begins(*byte) {
                if left == 0 {
                    return from + at;
                }
                left -= 1;
            }
        }
        text.len()
    }
}

/// Byte offset of the code point that stands `count` behind the one at byte `from`; at most the text's length.
fn ahead(text: &str, from: usize, count: u32) -> usize {
    let mut at = from;
    let bytes = text.as_bytes();
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

/// True for the first byte of a character.
fn begins(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

impl<'a> TextView<'a> {
    /// A text and what was counted of it.
    pub fn new(text: &'a str, marks: &'a Marks) -> Self {
        Self { text, marks }
    }

    /// The whole text.
    pub fn as_str(self) -> &'a str {
        self.text
    }

    /// Number of code points.
    #[allow(clippy::len_without_is_empty, reason = "no text that is kept is empty")]
    pub fn len(self) -> u32 {
        self.marks.len
    }

    /// The characters of `span`; what lies outside the text is cut off.
    pub fn slice(self, span: Span) -> &'a str {
        let start = self.marks.byte(self.text, span.start);
        // A short span ends near its start, a long one near a mark.
        let end = if span.len() as usize <= STRIDE / 4 {
            ahead(self.text, start, span.len())
        } else {
            self.marks.byte(self.text, span.end)
        };
        self.text.get(start..end).unwrap_or_default()
    }

    /// The pieces that the wording of a span is made of, without its removed ranges; nearly always one.
    pub fn pieces(self, span: Span, removed: &[Span]) -> impl Iterator<Item = &'a str> {
        let mut from = span.start;
        let gaps = removed.iter().copied().chain(std::iter::once(Span::new(span.end, span.end)));
        gaps.map(move |gap| {
            let piece = Span::new(from, gap.start.max(from));
            from = gap.end.max(from);
            self.slice(piece)
        })
    }
}

impl SourceText {
    /// Takes a text.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let mut marks = Marks::default();
        marks.count(&text);
        Self { text, marks }
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text, borrowed.
    pub fn view(&self) -> TextView<'_> {
        TextView::new(&self.text, &self.marks)
    }

    /// Number of code points.
    pub fn len(&self) -> u32 {
        self.marks.len
    }

    /// True for the empty text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The characters of `span`; what lies outside the text is cut off.
    pub fn slice(&self, span: Span) -> &str {
        self.view().slice(span)
    }

    /// The wording of an extent: its span less its removed ranges.
    pub fn wording(&self, extent: &Extent) -> String {
        self.view().pieces(extent.span, &extent.removed).collect()
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
        for text in [String::new(), "aé台\u{20000}".repeat(50), "台".repeat(64), "a".repeat(900) + &"台".repeat(900)]
        {
            let source = SourceText::new(text.clone());
            let chars: Vec<char> = text.chars().collect();
            assert_eq!(source.len() as usize, chars.len());
            for start in (0..=chars.len() + 2).step_by(1 + chars.len() / 300) {
                for end in start..=chars.len() + 2 {
                    let part = chars.get(start.min(chars.len())..end.min(chars.len())).unwrap();
                    let expected: String = part.iter().collect();
                    assert_eq!(source.slice(Span::new(start as u32, end as u32)), expected, "{start}..{end}");
                }
            }
        }
    }
}
