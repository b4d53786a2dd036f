//! Words: which words of a fixed list stand in a text, begin it or close it, each told by one look at a character.
//!
//! In: a list of words, tidied, and a text. Out: numbers of words, their places. Guarantee: the answers are those of
//! asking for one word after the other, in the list's order; the time is that of the text, however long the list is.
//!
//! Most characters of a text begin no word of a list. A word is looked at only where its first character stands, and one
//! of its second behind it.

use std::ops::Range;

/// A list of words, ready to be looked for.
#[derive(Debug, Clone, Default)]
pub struct Words {
    list: Vec<Box<str>>,
    starts: Index,
    ends: Index,
}

impl Words {
    /// Takes a list; an empty word is never found.
    pub fn of<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> Self {
        let list: Vec<Box<str>> = words.into_iter().map(|word| word.as_ref().into()).collect();
        let starts = Index::of(list.iter().map(|word| {
            let mut chars = word.chars();
            (chars.next(), chars.next())
        }));
        let ends = Index::of(list.iter().map(|word| {
            let mut chars = word.chars().rev();
            (chars.next(), chars.next())
        }));
        Self { list, starts, ends }
    }

    /// The first of the list that `text` begins with: its number and bytes.
    pub fn opening(&self, text: &str) -> Option<(usize, usize)> {
        self.all_opening(text).next()
    }

    /// All that `text` begins with, in the list's order: numbers and bytes.
    pub fn all_opening<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        let mut chars = text.chars();
        let (first, second) = (chars.next(), chars.next());
        let group = first.map_or(&[][..], |first| self.starts.group(first, second));
        group.iter().filter_map(|number| {
            let word = self.list.get(*number as usize)?;
            text.starts_with(&**word).then_some((*number as usize, word.len()))
        })
    }

    /// True where `text` begins with one of them.
    pub fn opens(&self, text: &str) -> bool {
        self.opening(text).is_some()
    }

    /// The first of the list that `text` ends with: its number and bytes.
    pub fn closing(&self, text: &str) -> Option<(usize, usize)> {
        self.all_closing(text).next()
    }

    /// The longest that `text` ends with: its number and bytes.
    pub fn longest_closing(&self, text: &str) -> Option<(usize, usize)> {
        self.all_closing(text).max_by_key(|(_, len)| *len)
    }

    /// All that `text` ends with, in the list's order: numbers and bytes.
    pub fn all_closing<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        let mut chars = text.chars().rev();
        let (last, before) = (chars.next(), chars.next());
        let group = last.map_or(&[][..], |last| self.ends.group(last, before));
        group.iter().filter_map(|number| {
            let word = self.list.get(*number as usize)?;
            text.ends_with(&**word).then_some((*number as usize, word.len()))
        })
    }

    /// True where `text` ends with one of them.
    pub fn closes(&self, text: &str) -> bool {
        self.closing(text).is_some()
    }

    /// Where the first of them stands in `text`.
    pub fn find(&self, text: &str) -> Option<usize> {
        self.occurrences(text).next().map(|(_, at)| at)
    }

    /// True where one of them stands in `text`.
    pub fn within(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    /// Every place where a word stands, overlapping ones too, in the order of the text: the word's number, its first byte.
    pub fn occurrences<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        let mut chars = text.char_indices().peekable();
        let (mut group, mut at): (&[u32], usize) = (&[], 0);
        std::iter::from_fn(move || {
            loop {
                while let Some((number, rest)) = group.split_first() {
                    group = rest;
                    let word = self.list.get(*number as usize)?.as_bytes();
                    if text.as_bytes().get(at..).is_some_and(|text| text.starts_with(word)) {
                        return Some((*number as usize, at));
                    }
                }
                let (next, c) = chars.next()?;
                at = next;
                group = self.starts.group(c, chars.peek().map(|(_, c)| *c));
            }
        })
    }
}

/// Words by one of their ends: a small open table from a character to the words that have it there.
#[derive(Debug, Clone, Default)]
struct Index {
    /// One more than a group's number, or 0; a power of two, at most a quarter of it taken.
    slots: Vec<u16>,
    shift: u32,
    groups: Vec<Group>,
    /// The groups' words, each group's in the list's order.
    numbers: Vec<u32>,
}

#[derive(Debug, Clone)]
struct Group {
    outer: char,
    /// A bit for each character that stands next to it, by its last six bits; all where one is a word alone.
    inner: u64,
    numbers: Range<usize>,
}

impl Index {
    /// Of each word the character at its end and the one next to it.
    fn of(ends: impl Iterator<Item = (Option<char>, Option<char>)>) -> Self {
        let ends = ends.zip(0..).filter_map(|((outer, inner), number)| Some((outer?, number, inner)));
        let mut ends: Vec<(char, u32, Option<char>)> = ends.collect();
        ends.sort_unstable();
        let mut groups: Vec<Group> = Vec::new();
        for (at, (outer, _, inner)) in ends.iter().enumerate() {
            let bit = inner.map_or(u64::MAX, bit);
            match groups.last_mut().filter(|group| group.outer == *outer) {
                Some(group) => {
                    group.inner |= bit;
                    group.numbers.end = at + 1;
                }
                None => groups.push(Group { outer: *outer, inner: bit, numbers: at..at + 1 }),
            }
        }
        let size = (groups.len() * 4).next_power_of_two().max(2);
        let mut index = Self {
            slots: vec![0; size],
            shift: u32::BITS - size.trailing_zeros(),
            groups,
            numbers: ends.into_iter().map(|(_, number, _)| number).collect(),
        };
        for (number, group) in index.groups.iter().enumerate() {
            let mut at = index.slot(group.outer);
            while index.slots.get(at).is_some_and(|slot| *slot != 0) {
                at = (at + 1) & (size - 1);
            }
            if let Some(slot) = index.slots.get_mut(at) {
                *slot = number as u16 + 1;
            }
        }
        index
    }

    fn slot(&self, c: char) -> usize {
        ((c as u32).wrapping_mul(0x9e37_79b1) >> self.shift) as usize
    }

    /// The words that have `outer` at their end and perhaps `inner` next to it.
    #[inline]
    fn group(&self, outer: char, inner: Option<char>) -> &[u32] {
        let mut at = self.slot(outer);
        while let Some(number) = self.slots.get(at).and_then(|slot| slot.checked_sub(1)) {
            let Some(group) = self.groups.get(number as usize) else { break };
            if group.outer == outer {
                // At the text's end only a word of one character fits, and those answer to every bit.
                let fits = group.inner & inner.map_or(1, bit) != 0;
                return if fits { self.numbers.get(group.numbers.clone()).unwrap_or_default() } else { &[] };
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        &[]
    }
}

fn bit(c: char) -> u64 {
    1 << (c as u32 & 63)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_word_is_found_where_it_stands() {
        let words = Words::of(["局", "教育局", "教育", "财政局"]);
        assert_eq!(words.opening("教育局负责"), Some((1, 9)));
        assert_eq!(words.closing("市教育局"), Some((0, 3)));
        assert_eq!(words.longest_closing("市教育局"), Some((1, 9)));
        assert_eq!(words.occurrences("市教育局、局").collect::<Vec<_>>(), [(1, 3), (2, 3), (0, 9), (0, 15)]);
        assert!(!words.within("教、育") && !words.opens("市教育局") && !words.closes("教育局负责"));
        assert!(Words::default().find("教育").is_none() && Words::of([""]).find("教育").is_none());
    }

    proptest! {
        #[test]
        fn it_answers_as_one_word_after_the_other(
            list in proptest::collection::vec("[甲乙丙a]{1,3}", 0..6),
            text in "[甲乙丙丁a]{0,12}",
        ) {
            let words = Words::of(&list);
            let numbers = |with: &dyn Fn(&str) -> bool| -> Vec<usize> {
                list.iter().enumerate().filter(|(_, w)| with(w)).map(|(i, _)| i).collect()
            };
            let opening: Vec<usize> = words.all_opening(&text).map(|(i, _)| i).collect();
            prop_assert_eq!(opening, numbers(&|w| text.starts_with(w)));
            let closing: Vec<usize> = words.all_closing(&text).map(|(i, _)| i).collect();
            prop_assert_eq!(closing, numbers(&|w| text.ends_with(w)));
            prop_assert_eq!(words.find(&text), list.iter().filter_map(|w| text.find(w.as_str())).min());
            let mut found: Vec<(usize, usize)> = words.occurrences(&text).collect();
            found.sort_unstable();
            let all = text.char_indices().flat_map(|(at, _)| numbers(&|w| text[at..].starts_with(w)).into_iter().map(move |i| (i, at)));
            let mut all: Vec<(usize, usize)> = all.collect();
            all.sort_unstable();
            prop_assert_eq!(found, all);
        }
    }
}
