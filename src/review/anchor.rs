//! Anchor: where a row stood when somebody spoke of it, told without row numbers.

use crate::text::{Extent, SourceText};
use serde::{Deserialize, Serialize};

/// What a row is found by again, in another reading of its text or in another text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Position of its clause, from 1; none outside clauses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<u32>,
    /// Path of its clause or node.
    #[serde(default)]
    pub path: Vec<u32>,
    /// First code point of its words.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Ranges in between that are not its words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<(u32, u32)>,
    /// The words themselves, without these ranges.
    pub words: String,
    /// Position among the rows of the same words, from 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub nth: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Anchor {
    /// The anchor of an extent.
    pub fn of(extent: &Extent, clause: Option<u32>, path: &[u32], text: &SourceText) -> Self {
        Self {
            clause,
            path: path.to_vec(),
            start: extent.span.start,
            end: extent.span.end,
            removed: extent.removed.iter().map(|gap| (gap.start, gap.end)).collect(),
            words: text.wording(extent),
            nth: 0,
        }
    }

    /// The extent in the text that it was made on; none where its numbers make none there.
    pub fn extent(&self, text: &SourceText) -> Option<Extent> {
        use crate::text::Span;
        let ascending = self.removed.iter().try_fold(self.start, |from, (start, end)| {
            (from <= *start && start <= end && *end <= self.end).then_some(*end)
        });
        if ascending.is_none() || self.start > self.end || self.end > text.len() {
            return None;
        }
        let removed = self.removed.iter().map(|(start, end)| Span::new(*start, *end)).collect();
        Some(Extent { span: Span::new(self.start, self.end), removed })
    }
}
