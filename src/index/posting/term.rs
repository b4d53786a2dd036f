//! Terms: pairs of characters that follow each other.

use std::ops::Range;

/// A pair of characters; the second of the last is none. Order is that of the characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term(u64);

/// Bits of a character.
const CHAR: u32 = 21;

impl Term {
    /// Bits of a character, the first one's above the second's.
    pub(super) const CHAR: u32 = CHAR;
    /// Bits that a term takes.
    pub(super) const BITS: u32 = 2 * CHAR;

    /// Two characters.
    pub fn pair(first: char, second: char) -> Self {
        Self(u64::from(first as u32) << CHAR | u64::from(second as u32))
    }

    /// A character with nothing behind it. No wording holds U+0000, which is blank.
    pub fn last(first: char) -> Self {
        Self::pair(first, '\0')
    }

    /// All that begin with a character.
    pub fn of(first: char) -> Range<Self> {
        let from = u64::from(first as u32) << CHAR;
        Self(from)..Self(from + (1 << CHAR))
    }

    /// The pairs in a word, each once, in order of their first place; none in a word of one character.
    pub fn in_word(word: &str) -> Vec<Self> {
        let mut terms = Vec::new();
        for (first, second) in word.chars().zip(word.chars().skip(1)) {
            let term = Self::pair(first, second);
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
        terms
    }

    /// The number.
    pub(super) fn number(self) -> u64 {
        self.0
    }

    /// The term of a number.
    pub(super) fn of_number(number: u64) -> Self {
        Self(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terms_of_a_character_are_a_range() {
        for first in ['a', '医', '\u{20000}', char::MAX] {
            let range = Term::of(first);
            for second in ['\u{1}', '疗', char::MAX] {
                assert!(range.contains(&Term::pair(first, second)));
            }
            assert!(range.contains(&Term::last(first)));
            assert!(range.end.number() >> Term::BITS <= 1);
        }
        assert!(!Term::of('医').contains(&Term::pair('疗', '医')));
        assert_eq!(Term::in_word("医疗医疗"), [Term::pair('医', '疗'), Term::pair('疗', '医')]);
        assert_eq!(Term::in_word("医"), []);
    }
}
