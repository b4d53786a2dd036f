//! Keys: everything that two clauses may have in common, as one number: a pair of characters, a term, a topic, a
//! function, a document cited, an indicator.
//!
//! A pair of characters is its two code points, so that it can be printed; the others lie below the first letter.

/// What a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Pair,
    Term,
    Topic,
    Function,
    Citation,
    Indicator,
}

const TERM: u32 = 1 << 16;
const TOPIC: u32 = 2 << 16;
const FUNCTION: u32 = 3 << 16;
const CITATION: u32 = 0x10 << 16;
const INDICATOR: u32 = 0x28 << 16;
/// Keys that hashes are spread over.
const SPREAD: u32 = 0x18 << 16;

/// The kind of a key.
pub(super) fn kind(key: u32) -> Kind {
    match key >> 16 {
        1 => Kind::Term,
        2 => Kind::Topic,
        3 => Kind::Function,
        0x10..0x28 => Kind::Citation,
        0x28..0x40 => Kind::Indicator,
        _ => Kind::Pair,
    }
}

/// The key of a term.
pub(super) fn term(term: u16) -> u32 {
    TERM | u32::from(term)
}

/// The key of a topic.
pub(super) fn topic(topic: u16) -> u32 {
    TOPIC | u32::from(topic)
}

/// The key of a function.
pub(super) fn function(function: u16) -> u32 {
    FUNCTION | u32::from(function)
}

/// The key of a document cited, by its number or title.
pub(super) fn citation(name: &str) -> u32 {
    CITATION + hash(name) % SPREAD
}

/// The key of an indicator, by its words.
pub(super) fn indicator(words: &str) -> u32 {
    INDICATOR + hash(words) % SPREAD
}

/// Position in its table, of keys that have one.
pub(super) fn position(key: u32) -> u16 {
    (key & 0xffff) as u16
}

/// FNV-1a.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Spreads keys over a table: a multiplication, since they are no adversary's.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spread(u64);

impl std::hash::Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, key: u32) {
        self.0 = (self.0 ^ u64::from(key)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 32;
    }
}

/// A map from keys; never iterated where order shows.
pub(super) type KeyMap<T> = std::collections::HashMap<u32, T, std::hash::BuildHasherDefault<Spread>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_do_not_mix() {
        assert_eq!(kind(term(3)), Kind::Term);
        assert_eq!(kind(topic(0)), Kind::Topic);
        assert_eq!((kind(function(9)), position(function(9))), (Kind::Function, 9));
        for name in ["国办发〔2019〕2号", "某项改革的意见", "签约率", ""] {
            assert_eq!(kind(citation(name)), Kind::Citation);
            assert_eq!(kind(indicator(name)), Kind::Indicator);
        }
        assert_eq!(kind(u32::from('A') << 16 | u32::from('B')), Kind::Pair);
        assert_eq!(kind(u32::from('医') << 16 | u32::from('保')), Kind::Pair);
    }
}
