//! Places in a document's text. Offsets count Unicode code points, half-open.

use serde::{Deserialize, Serialize};

/// A half-open range of code points in a document's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`.
    pub fn new(start: u32, end: u32) -> Self {
        debug_assert!(start <= end);
        Self { start, end }
    }

    /// Number of code points.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// True where nothing is covered.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// True where both cover a common code point.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// True where `other` lies inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A span with the ranges inside it that are no part of the wording: whitespace, and page furniture in between.
///
/// `text[start:end]` without `removed` is the wording.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Extent {
    /// From the first to the last code point.
    pub span: Span,
    /// Removed ranges, ascending, disjoint, inside `span`.
    pub removed: Vec<Span>,
}
