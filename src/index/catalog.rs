//! Catalog: which blocks there are and which documents are gone; immutable, so that a query sees one state throughout.

use super::block::{Directory, Place};
use super::plane::MOST_ROWS;
use super::same::Same;
use super::shape::{DIRECTORIES, GONE, GoneBits};
use crate::error::Result;
use crate::store::{Store, number_of};
use crate::table::TableName;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Documents in a range of the bitmap.
const RANGE: u32 = 1 << 15;

/// Documents that are replaced or removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gone {
    ranges: BTreeMap<u32, GoneBits>,
}

impl Gone {
    /// True where the document is gone.
    pub fn has(&self, number: u32) -> bool {
        let (range, word, bit) = address(number);
        self.ranges.get(&range).and_then(|bits| bits.0.get(word)).is_some_and(|word| word >> bit & 1 == 1)
    }

    /// Says that a document is gone; the range that changed.
    pub fn insert(&mut self, number: u32) -> u32 {
        let (range, word, bit) = address(number);
        let bits = self.ranges.entry(range).or_insert_with(|| GoneBits(Vec::new()));
        if bits.0.len() <= word {
            bits.0.resize(word + 1, 0);
        }
        if let Some(word) = bits.0.get_mut(word) {
            *word |= 1 << bit;
        }
        range
    }

    /// The bits of a range.
    pub fn bits(&self, range: u32) -> Option<&GoneBits> {
        self.ranges.get(&range)
    }

    /// True where nothing is gone among these numbers.
    pub fn spares(&self, numbers: Range<u32>) -> bool {
        let ranges = self.ranges.range(numbers.start / RANGE..=numbers.end / RANGE);
        let words = ranges.flat_map(|(range, bits)| (range * (RANGE / 64)..).zip(&bits.0));
        let (first, last) = (numbers.start / 64, numbers.end / 64);
        let here = words.skip_while(|(at, _)| *at < first).take_while(|(at, _)| *at <= last);
        !here.filter(|(_, word)| **word != 0).any(|(at, _)| {
            let (from, to) = ((at * 64).max(numbers.start), (at * 64 + 64).min(numbers.end));
            (from..to).any(|number| self.has(number))
        })
    }

    /// Number of documents gone.
    pub fn len(&self) -> u64 {
        self.ranges.values().flat_map(|bits| &bits.0).map(|word| u64::from(word.count_ones())).sum()
    }

    /// True where none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn address(number: u32) -> (u32, usize, u32) {
    let within = number % RANGE;
    (number / RANGE, (within / 64) as usize, within % 64)
}

/// A block: its number and its directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Number.
    pub number: u32,
    /// Where its columns are.
    pub directory: Directory,
    order: Vec<u16>,
}

impl Block {
    /// A block of this number.
    pub fn new(number: u32, directory: Directory) -> Self {
        let order = directory.order();
        Self { number, directory, order }
    }

    /// Where a column is, and its position in the directory.
    pub fn find(&self, table: TableName, name: &str) -> Option<(u16, &Place)> {
        let at = self.directory.find(&self.order, table, name)?;
        Some((at, self.directory.columns.get(at as usize)?))
    }
}

/// The blocks of a ledger, and the documents gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    generation: u64,
    blocks: Vec<Arc<Block>>,
    gone: Gone,
    same: Settled<Same>,
    metadata: Settled<Vec<String>>,
}

/// What is settled when it is first asked. It follows from blocks and documents gone, so that it makes no difference
/// between two catalogs.
#[derive(Debug, Clone)]
struct Settled<T>(OnceLock<Arc<T>>);

impl<T> Settled<T> {
    fn get(&self, settle: impl FnOnce() -> T) -> &T {
        self.0.get_or_init(|| Arc::new(settle()))
    }
}

impl<T> Default for Settled<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> PartialEq for Settled<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Settled<T> {}

impl Catalog {
    /// Reads the catalog of a store.
    pub fn load(store: &Store) -> Result<Self> {
        let mut catalog = Self { generation: store.current()?.number, ..Self::default() };
        store.scan(&DIRECTORIES, |key, directory| {
            let number = number_of(key).ok_or_else(|| store.damaged("a block has no number"))?;
            if directory.first != catalog.next_document() {
                return Err(store.damaged(&format!("the documents before block {number} are missing")));
            }
            if directory.rows.iter().chain([&directory.documents]).any(|count| *count > MOST_ROWS) {
                return Err(store.damaged(&format!("block {number} says that it has more rows than any block")));
            }
            catalog.push(number, directory);
            Ok(true)
        })?;
        store.scan(&GONE, |key, bits| {
            let range = number_of(key).ok_or_else(|| store.damaged("a range of documents has no number"))?;
            catalog.gone.ranges.insert(range, bits);
            Ok(true)
        })?;
        Ok(catalog)
    }

    /// Adds a block behind the others.
    pub fn push(&mut self, number: u32, directory: Directory) {
        self.blocks.push(Arc::new(Block::new(number, directory)));
        (self.same, self.metadata) = (Settled::default(), Settled::default());
    }

    /// One block in place of the last `count`.
    pub fn merge_last(&mut self, count: usize, number: u32, directory: Directory) {
        self.blocks.truncate(self.blocks.len().saturating_sub(count));
        self.push(number, directory);
    }

    /// Number of the commit that it shows.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Says which commit it shows.
    pub fn set_generation(&mut self, number: u64) {
        self.generation = number;
    }

    /// The blocks, in order.
    pub fn blocks(&self) -> &[Arc<Block>] {
        &self.blocks
    }

    /// Position of the block that holds a document.
    pub fn block_of(&self, number: u32) -> Option<usize> {
        let at = self.blocks.partition_point(|block| block.directory.numbers().end <= number);
        self.blocks.get(at).filter(|block| block.directory.numbers().contains(&number)).map(|_| at)
    }

    /// The documents gone.
    pub fn gone(&self) -> &Gone {
        &self.gone
    }

    /// The documents gone, to change.
    pub fn gone_mut(&mut self) -> &mut Gone {
        self.same = Settled::default();
        &mut self.gone
    }

    /// Which documents are copies of others.
    pub fn same(&self) -> &Same {
        self.same.get(|| Same::settle(&self.blocks, &self.gone))
    }

    /// True where answers leave the document out: it is gone, or, unless `copies` are kept, a copy.
    pub fn hides(&self, number: u32, copies: bool) -> bool {
        self.gone.has(number) || (!copies && self.same().original(number).is_some())
    }

    /// True where answers leave none of these documents out.
    pub fn hides_none(&self, numbers: Range<u32>, copies: bool) -> bool {
        self.gone.spares(numbers.clone()) && (copies || self.same().spares(numbers))
    }

    /// Number of the next document.
    pub fn next_document(&self) -> u32 {
        self.blocks.last().map_or(0, |b| b.directory.numbers().end)
    }

    /// Number of the next block.
    pub fn next_block(&self) -> u32 {
        self.blocks.last().map_or(0, |b| b.number + 1)
    }

    /// Number of the next group of texts.
    pub fn next_group(&self) -> u32 {
        self.blocks.last().map_or(0, |b| b.directory.groups.0 + b.directory.groups.1)
    }

    /// Names of the user's metadata columns, sorted.
    pub fn metadata(&self) -> &[String] {
        self.metadata.get(|| {
            let names: BTreeSet<_> = self.blocks.iter().flat_map(|b| b.directory.metadata()).collect();
            names.into_iter().map(str::to_owned).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_stays_gone_and_no_more() {
        let mut gone = Gone::default();
        let numbers = [0, 63, 64, RANGE - 1, RANGE, 3 * RANGE + 7];
        for number in numbers {
            assert!(!gone.has(number));
            assert_eq!(gone.insert(number), number / RANGE);
            gone.insert(number);
        }
        assert_eq!(gone.len(), 6);
        assert!((0..4 * RANGE).all(|n| gone.has(n) == numbers.contains(&n)));
        assert!(gone.spares(1..63) && !gone.spares(1..64) && !gone.spares(RANGE..RANGE + 1));
    }
}
