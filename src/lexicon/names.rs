//! Names: look-up of the longest known name at the start of a text, and the spelling that look-ups share.
//!
//! Tables write names as printed, texts come tidied; [`plain`] brings both to one spelling.

use crate::text::{is_blank, tidy};
use foldhash::fast::FixedState;
use std::borrow::Cow;
use std::collections::HashMap;

/// The spelling of a name that look-ups share: no blanks, half-width signs, one kind of bracket, no quotes.
pub(super) fn plain(name: &str) -> Cow<'_, str> {
    let same = |c: char| plain_char(c) == Some(c);
    if name.chars().all(same) { Cow::Borrowed(name) } else { name.chars().filter_map(plain_char).collect() }
}

fn plain_char(c: char) -> Option<char> {
    match tidy(c) {
        '〔' | '[' | '【' | '{' => Some('('),
        '〕' | ']' | '】' | '}' => Some(')'),
        '“' | '”' | '"' => None,
        c if is_blank(c) => None,
        c => Some(c),
    }
}

/// Names with what they stand for, asked for whole or as the start of a text.
#[derive(Debug, Clone)]
pub(super) struct NameMap<T> {
    map: HashMap<Box<str>, T, FixedState>,
    /// Characters in the longest name that begins with each character.
    longest: HashMap<char, usize, FixedState>,
}

impl<T> Default for NameMap<T> {
    fn default() -> Self {
        Self { map: HashMap::default(), longest: HashMap::default() }
    }
}

impl<T> NameMap<T> {
    fn measure(&mut self, name: &str) {
        let Some(first) = name.chars().next() else { return };
        let longest = self.longest.entry(first).or_default();
        *longest = name.chars().count().max(*longest);
    }

    /// Enters `name`; gives back what stood there before.
    pub fn insert(&mut self, name: &str, value: T) -> Option<T> {
        self.measure(name);
        self.map.insert(name.into(), value)
    }

    /// What `name` stands for, to be added to.
    pub fn entry(&mut self, name: &str) -> &mut T
    where
        T: Default,
    {
        self.measure(name);
        self.map.entry(name.into()).or_default()
    }

    /// All names, in no order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.map.keys().map(|name| &**name)
    }

    /// What `name` stands for.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.map.get(name)
    }

    /// The names that `text` starts with, longest first, with their length in bytes.
    pub fn at_start<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, &'a T)> {
        let mut ends = [0_usize; 32];
        let mut count = 0;
        let longest = text.chars().next().and_then(|first| self.longest.get(&first)).copied().unwrap_or_default();
        let indices = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(longest);
        for (slot, end) in ends.iter_mut().zip(indices) {
            *slot = end;
            count += 1;
        }
        ends.into_iter()
            .take(count)
            .rev()
            .filter_map(move |end| text.get(..end).and_then(|name| self.map.get(name)).map(|value| (end, value)))
    }
}
