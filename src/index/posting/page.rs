//! Pages: the lists of neighbouring terms, as one value of the store.
//!
//! ```text
//! number of marks u16 · marks: term u48, offset of its entry u16 (little-endian) · entries
//! entry    gap from the term before, varint (none at a mark) · number of units, varint
//!          bytes of the list, varint, where there are several units · the list
//! ```
//!
//! Every [`STEP`]-th entry has a mark, so that finding a term costs a binary search and a look at a few entries.

use super::list::{MARGIN, Posting, postings, put_list};
use super::term::Term;
use crate::index::bytes::{Fault, Reader, put_varint};
use std::ops::Range;

/// A page is closed once its entries have so many bytes; only a single long list makes it larger.
pub(super) const PAGE: usize = 15 << 10;
/// Entries from mark to mark.
const STEP: usize = 16;
/// Bytes of a mark.
const MARK: usize = 8;

/// Collects entries.
#[derive(Debug, Default)]
pub(super) struct PageBuilder {
    first: Option<Term>,
    before: u64,
    count: usize,
    marks: Vec<u8>,
    entries: Vec<u8>,
    list: Vec<u8>,
}

impl PageBuilder {
    /// True where the page should take no more.
    pub fn is_full(&self) -> bool {
        self.entries.len() >= PAGE
    }

    /// The first term; none in an empty page.
    pub fn first(&self) -> Option<Term> {
        self.first
    }

    /// Adds a term above those before.
    pub fn push(&mut self, term: Term, postings: &[Posting], universe: u32) {
        self.first.get_or_insert(term);
        if self.count.is_multiple_of(STEP) {
            self.marks.extend_from_slice(term.number().to_le_bytes().split_at(6).0);
            self.marks.extend_from_slice(&(self.entries.len() as u16).to_le_bytes());
        } else {
            put_varint(&mut self.entries, term.number() - self.before);
        }
        self.before = term.number();
        self.count += 1;
        put_varint(&mut self.entries, postings.len() as u64);
        if postings.len() == 1 {
            put_list(&mut self.entries, postings, universe);
        } else {
            self.list.clear();
            put_list(&mut self.list, postings, universe);
            put_varint(&mut self.entries, self.list.len() as u64);
            self.entries.extend_from_slice(&self.list);
        }
    }

    /// The bytes.
    pub fn finish(self) -> Vec<u8> {
        let mut out = ((self.marks.len() / MARK) as u16).to_le_bytes().to_vec();
        out.extend(self.marks);
        out.extend(self.entries);
        out
    }
}

/// An entry of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub term: Term,
    /// Number of units.
    pub len: u32,
    /// Where its list is.
    pub list: Range<usize>,
}

/// A page as it is read.
#[derive(Debug)]
pub(super) struct Page {
    /// With [`MARGIN`] bytes behind.
    bytes: Vec<u8>,
    /// Number of marks.
    marks: usize,
}

impl Page {
    /// The page of these bytes.
    pub fn new(mut bytes: Vec<u8>) -> Result<Self, Fault> {
        let count = bytes.first_chunk().map(|count| usize::from(u16::from_le_bytes(*count))).ok_or("ends too early")?;
        if bytes.len() < 2 + count * MARK {
            return Err("ends too early");
        }
        bytes.extend([0; MARGIN]);
        Ok(Self { bytes, marks: count })
    }

    /// Bytes in memory.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes from an offset on, and behind the page.
    pub fn from(&self, offset: usize) -> &[u8] {
        self.bytes.get(offset..).unwrap_or_default()
    }

    fn mark(&self, at: usize) -> Option<(u64, usize)> {
        let [t0, t1, t2, t3, t4, t5, o0, o1] = *self.bytes.get(2 + at * MARK..)?.first_chunk()?;
        Some((u64::from_le_bytes([t0, t1, t2, t3, t4, t5, 0, 0]), usize::from(u16::from_le_bytes([o0, o1]))))
    }

    /// Calls `each` with the entries of terms in a range, in order.
    pub fn each(&self, terms: &Range<Term>, mut each: impl FnMut(Entry)) -> Result<(), Fault> {
        let (mut low, mut high) = (0, self.marks);
        while low < high {
            let middle = low.midpoint(high);
            match self.mark(middle) {
                Some((term, _)) if term <= terms.start.number() => low = middle + 1,
                _ => high = middle,
            }
        }
        let mut mark = low.saturating_sub(1);
        let end = self.bytes.len() - MARGIN;
        let entries = 2 + self.marks * MARK;
        while let Some((mut term, offset)) = self.mark(mark).filter(|_| mark < self.marks) {
            mark += 1;
            let next = if mark < self.marks { self.mark(mark).map_or(end, |(_, at)| entries + at) } else { end };
            let mut at = entries + offset;
            let mut first = true;
            while at < next {
                let mut reader = Reader::new(self.bytes.get(at..next).ok_or("ends too early")?);
                if !std::mem::take(&mut first) {
                    term = term.checked_add(reader.varint()?).ok_or("names a term that there is not")?;
                }
                let len = reader.number()?;
                let bytes = match len {
                    0 => return Err("holds an empty list"),
                    1 => None,
                    _ => Some(reader.count()?),
                };
                let from = next - reader.rest().len();
                let bytes = match bytes {
                    Some(bytes) => bytes,
                    None => single(self.from(from))?,
                };
                let list = from..from + bytes;
                if list.end > next {
                    return Err("ends too early");
                }
                at = list.end;
                if term >= terms.end.number() {
                    return Ok(());
                }
                if term >= terms.start.number() {
                    each(Entry { term: Term::of_number(term), len, list });
                }
            }
        }
        Ok(())
    }
}

/// Bytes of the list of a single unit.
fn single(bytes: &[u8]) -> Result<usize, Fault> {
    let mut reader = Reader::new(bytes);
    if reader.varint()? & 1 == 1 {
        reader.varint()?;
    }
    Ok(bytes.len() - reader.rest().len())
}

/// Reads the list of an entry whole.
pub(super) fn entry_postings(
    page: &Page,
    entry: &Entry,
    universe: u32,
    units: &mut Vec<u32>,
    often: &mut Vec<Posting>,
) -> Result<(), Fault> {
    let bytes = postings(page.from(entry.list.start), entry.len, universe, units, often)?;
    if bytes == entry.list.len() { Ok(()) } else { Err("holds a list that is longer or shorter than it says") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    type Lists = BTreeMap<u64, Vec<Posting>>;

    fn page(lists: &Lists, universe: u32) -> Vec<u8> {
        let mut builder = PageBuilder::default();
        for (term, list) in lists {
            builder.push(Term::of_number(*term), list, universe);
        }
        builder.finish()
    }

    fn read(page: &Page, terms: Range<u64>, universe: u32) -> Result<Lists, Fault> {
        let mut entries = Vec::new();
        page.each(&(Term::of_number(terms.start)..Term::of_number(terms.end)), |entry| entries.push(entry))?;
        let mut out = Lists::new();
        for entry in entries {
            let (mut units, mut often) = (Vec::new(), Vec::new());
            entry_postings(page, &entry, universe, &mut units, &mut often)?;
            let often: BTreeMap<u32, u32> = often.into_iter().collect();
            let count = |unit: u32| often.get(&unit).copied().unwrap_or(1);
            out.insert(entry.term.number(), units.into_iter().map(|unit| (unit, count(unit))).collect());
        }
        Ok(out)
    }

    fn lists() -> impl Strategy<Value = Lists> {
        let list = proptest::collection::btree_map(0..500u32, 1..4u32, 1..40);
        let list = list.prop_map(|list| list.into_iter().collect::<Vec<_>>());
        proptest::collection::btree_map(prop_oneof![0..60u64, 0..1u64 << 42], list, 0..70)
    }

    proptest! {
        #[test]
        fn entries_come_back(lists in lists(), from in 0..80u64, to in prop_oneof![0..80u64, Just(1 << 42)]) {
            let page = Page::new(page(&lists, 500)).unwrap();
            prop_assert_eq!(read(&page, 0..1 << 42, 500), Ok(lists.clone()));
            let part = lists.range(from..to.max(from)).map(|(term, list)| (*term, list.clone())).collect();
            prop_assert_eq!(read(&page, from..to, 500), Ok(if from < to { part } else { Lists::new() }));
            for term in lists.keys() {
                prop_assert_eq!(read(&page, *term..term + 1, 500).map(|found| found.len()), Ok(1));
            }
        }

        #[test]
        fn what_is_cut_or_flipped_gives_an_error_or_lists(lists in lists(), cut in any::<u16>(), bit in any::<u16>()) {
            let whole = page(&lists, 500);
            let cut = usize::from(cut) % whole.len();
            if let Ok(page) = Page::new(whole.get(..cut).unwrap().to_vec())
                && let Ok(found) = read(&page, 0..1 << 42, 500)
            {
                prop_assert!(found.len() <= lists.len());
            }
            let mut flipped = whole.clone();
            let bit = usize::from(bit) % (whole.len() * 8);
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(page) = Page::new(flipped)
                && let Ok(found) = read(&page, 0..1 << 42, 500)
            {
                prop_assert!(found.values().flatten().all(|(unit, _)| *unit < 500));
            }
        }
    }
}
