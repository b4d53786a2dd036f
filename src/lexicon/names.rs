//! Names: look-up of the longest known name at the start of a text, and the spelling that look-ups share.
//!
//! Tables write names as printed, texts come tidied; [`plain`] brings both to one spelling.

use super::table::Tables;
use crate::error::Result;
use crate::text::{is_blank, tidy};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

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
    map: HashMap<Box<str>, T>,
    /// Characters in the longest name.
    longest: usize,
}

impl<T> Default for NameMap<T> {
    fn default() -> Self {
        Self { map: HashMap::new(), longest: 0 }
    }
}

impl<T> NameMap<T> {
    /// Enters `name`; gives back what stood there before.
    pub fn insert(&mut self, name: &str, value: T) -> Option<T> {
        self.longest = self.longest.max(name.chars().count());
        self.map.insert(name.into(), value)
    }

    /// What `name` stands for.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.map.get(name)
    }

    /// The names that `text` starts with, longest first, with their length in bytes.
    pub fn at_start<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, &'a T)> {
        let mut ends = [0_usize; 32];
        let mut count = 0;
        let indices = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(self.longest);
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

/// The names of places, as bodies bear them in front: name, short name and aliases of all times.
#[derive(Debug, Clone, Default)]
pub(super) struct PlaceNames {
    names: Arc<NameMap<()>>,
}

impl PlaceNames {
    /// Reads the names of divisions and zones.
    pub fn read(tables: &Tables) -> Result<Self> {
        let mut names = NameMap::default();
        let mut seen = HashSet::new();
        let mut enter = |name: &str| {
            let name = plain(name);
            if name.chars().count() > 1 && seen.insert(name.to_string()) {
                names.insert(&name, ());
            }
        };
        for row in tables.rows("divisions", super::DIVISIONS)? {
            enter(row.cell(1));
            enter(row.cell(2));
            row.list(9).for_each(&mut enter);
        }
        for row in tables.rows("zones", super::ZONES)? {
            enter(row.cell(1));
            enter(row.cell(2));
            row.list(7).for_each(&mut enter);
        }
        Ok(Self { names: Arc::new(names) })
    }

    /// Byte lengths of the place names that `text` starts with, longest first.
    pub fn at_start<'a>(&'a self, text: &'a str) -> impl Iterator<Item = usize> {
        self.names.at_start(text).map(|(len, ())| len)
    }
}
