//! Terms: words that name the same thing in plans (医联体, 医疗联合体, 医疗集团), by the table `terms`.
//!
//! In: a text, tidied. Out: [`Terms::visit`], each word found with the term it stands for; a word may stand for several.

use super::names::plain;
use super::table::Tables;
use crate::error::Result;
use crate::text::Words;
use crate::text::work::{self, Stage};

/// The registry of terms.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    names: Vec<Box<str>>,
    /// Term of each pattern.
    owners: Vec<u16>,
    words: Words,
}

impl Terms {
    pub(super) fn read(tables: &Tables) -> Result<Self> {
        let mut this = Self::default();
        let mut words = Vec::new();
        for row in tables.rows("terms", ["term", "words"])? {
            let owner = this.names.len() as u16;
            this.names.push(row.cell(0).into());
            let before = words.len();
            words.extend(row.list(1).map(|word| plain(word).into_owned()));
            if words.len() == before {
                return Err(row.fault(format!("the term {} has no words", row.cell(0))));
            }
            this.owners.resize(words.len(), owner);
        }
        this.words = Words::of(words);
        Ok(this)
    }

    /// Number of terms.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// True where the table is empty.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Name of a term, by its position in the table.
    pub fn name(&self, term: u16) -> &str {
        self.names.get(usize::from(term)).map_or("", |name| name)
    }

    /// Shows each word found: its term's position in the table, and the byte where it begins.
    pub fn visit(&self, text: &str, mut see: impl FnMut(u16, usize)) {
        work::count(Stage::Lexicon, text.len());
        for (word, at) in self.words.occurrences(text) {
            if let Some(term) = self.owners.get(word) {
                see(*term, at);
            }
        }
    }
}
