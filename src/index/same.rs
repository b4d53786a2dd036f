//! Same: which documents are copies of which, as one state of the ledger has it.
//!
//! In: the marks that ingest left (this document is like those before it) and the documents gone. Out: for each copy the
//! document that counts in its place. Marks are never rewritten: when a document goes, those that pointed to it find
//! another that they are like, or count themselves.

use super::catalog::{Block, Gone};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// Why a document is taken for a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reason {
    /// Both carry one document number.
    Number,
    /// Both say the same and are of the same day.
    Text,
}

impl Reason {
    /// The name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Text => "text",
        }
    }
}

/// A document that another is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Like {
    /// Its number.
    pub document: u32,
    /// Share of the shorter one's wording that the longer one has, in thousandths.
    pub score: u16,
    /// Why.
    pub reason: Reason,
}

/// What ingest found a document to be like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Number of the document.
    pub document: u32,
    /// Number of the first version under its id: a new version does not lose its place to those who copied the old one.
    pub since: u32,
    /// The documents that it is like, at most [`Mark::MOST`]; all came before it.
    pub like: Vec<Like>,
}

impl Mark {
    /// A mark names so many documents, the earliest; a block's marks stay a small part of its directory.
    pub const MOST: usize = 4;
}

/// The copies of one state of a ledger: each with the document that counts in its place.
#[derive(Debug, Clone, Default)]
pub struct Same {
    of: BTreeMap<u32, Like>,
}

impl Same {
    /// Settles who counts. In the order in which ids came, a document counts unless it is like one that does already.
    pub(super) fn settle(blocks: &[Arc<Block>], gone: &Gone) -> Self {
        let mut since: BTreeMap<u32, u32> = BTreeMap::new();
        let mut like: BTreeMap<u32, Vec<Like>> = BTreeMap::new();
        for mark in blocks.iter().flat_map(|block| &block.directory.copies).filter(|mark| !gone.has(mark.document)) {
            since.insert(mark.document, mark.since);
            for other in mark.like.iter().filter(|other| !gone.has(other.document)) {
                like.entry(mark.document).or_default().push(*other);
                like.entry(other.document).or_default().push(Like { document: mark.document, ..*other });
            }
        }
        let rank = |number: u32| (since.get(&number).copied().unwrap_or(number), number);
        let mut order: Vec<u32> = like.keys().copied().collect();
        order.sort_unstable_by_key(|number| rank(*number));
        let (mut counted, mut of) = (BTreeSet::new(), BTreeMap::new());
        for number in order {
            let others = like.get(&number).into_iter().flatten();
            match others.filter(|other| counted.contains(&other.document)).min_by_key(|other| rank(other.document)) {
                Some(original) => drop(of.insert(number, *original)),
                None => drop(counted.insert(number)),
            }
        }
        Self { of }
    }

    /// The document that counts in place of this one, where it is a copy.
    pub fn original(&self, number: u32) -> Option<Like> {
        self.of.get(&number).copied()
    }

    /// True where no document among these numbers is a copy.
    pub fn spares(&self, numbers: Range<u32>) -> bool {
        self.of.range(numbers).next().is_none()
    }

    /// All copies with their originals, by number.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, Like)> {
        self.of.iter().map(|(number, like)| (*number, *like))
    }
}

#[cfg(test)]
mod tests {
    use super::super::block::Directory;
    use super::*;

    /// Documents of a ledger: number, since, like.
    fn settled(marks: &[(u32, u32, &[u32])], away: &[u32]) -> Vec<(u32, u32)> {
        let like = |document: &u32| Like { document: *document, score: 950, reason: Reason::Text };
        let copies = marks
            .iter()
            .map(|(document, since, others)| Mark {
                document: *document,
                since: *since,
                like: others.iter().map(like).collect(),
            })
            .collect();
        let directory = Directory { first: 0, documents: 9, groups: (0, 1), rows: vec![], columns: vec![], copies };
        let mut gone = Gone::default();
        for number in away {
            gone.insert(*number);
        }
        let same = Same::settle(&[Arc::new(Block::new(0, directory))], &gone);
        same.iter().map(|(number, original)| (number, original.document)).collect()
    }

    #[test]
    fn the_earliest_that_is_there_counts() {
        let portals: &[(u32, u32, &[u32])] = &[(1, 1, &[0]), (2, 2, &[0, 1]), (3, 3, &[0, 1, 2])];
        assert_eq!(settled(portals, &[]), [(1, 0), (2, 0), (3, 0)]);
        assert_eq!(settled(portals, &[0]), [(2, 1), (3, 1)], "the next takes its place");
        assert_eq!(settled(portals, &[0, 1, 2]), []);
    }

    #[test]
    fn two_excerpts_of_one_plan_are_no_copies_of_each_other() {
        let excerpts: &[(u32, u32, &[u32])] = &[(1, 1, &[0]), (2, 2, &[0])];
        assert_eq!(settled(excerpts, &[]), [(1, 0), (2, 0)]);
        assert_eq!(settled(excerpts, &[0]), []);
    }

    #[test]
    fn a_new_version_keeps_its_place() {
        // 0 became 2, which is still like its copy 1.
        assert_eq!(settled(&[(1, 1, &[0]), (2, 0, &[1])], &[0]), [(1, 2)]);
        // 0 became 2, which is like nothing any more.
        assert_eq!(settled(&[(1, 1, &[0])], &[0]), []);
    }

    #[test]
    fn a_copy_of_a_copy_counts_where_it_is_not_like_the_original() {
        assert_eq!(settled(&[(1, 1, &[0]), (2, 2, &[1])], &[]), [(1, 0)]);
    }
}
