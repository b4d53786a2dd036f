//! The text of a document, addressed by code points.

use super::{Extent, Span};

/// A document's text: what spans count in. Kept as it was decoded, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    text: String,
    /// Byte offset of each code point, and the length at the end.
    bytes: Vec<u32>,
}

impl SourceText {
    /// Takes a text. Texts are below 4 GiB (the readers refuse far smaller ones).
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let mut bytes: Vec<u32> = text.char_indices().map(|(at, _)| at as u32).collect();
        bytes.push(text.len() as u32);
        Self { text, bytes }
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Number of code points.
    pub fn len(&self) -> u32 {
        self.bytes.len() as u32 - 1
    }

    /// True for the empty text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The characters of `span`; what lies outside the text is cut off.
    pub fn slice(&self, span: Span) -> &str {
        let last = self.bytes.len() - 1;
        let at = |point: u32| self.bytes.get((point as usize).min(last)).copied().unwrap_or_default() as usize;
        self.text.get(at(span.start)..at(span.end)).unwrap_or_default()
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
}
