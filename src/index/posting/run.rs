//! Runs: all lists of a block, made at once.

use super::list::Posting;
use super::page::PageBuilder;
use super::term::Term;
use super::unit::{Occurrences, occurrences};
use crate::error::Result;
use crate::record::Document;
use crate::store::{Chunk, Commit, Tree, TreeId, stored};
use crate::text::SourceText;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Block → what its run holds.
pub const RUNS: Tree<u32, RunDirectory> = Tree::new(TreeId::Runs);
/// Block → its run.
pub const PAIRS: Tree<(u32, u16), Chunk> = Tree::new(TreeId::Pairs);

/// Bits of a unit in a key.
const UNIT: u32 = u64::BITS - Term::BITS;
/// Below so many keys the places of all characters would take longer than they do.
const COUNTED: usize = 1 << 14;
/// Above so many keys they are sorted in place, which takes twice the time and half the memory.
const SCRATCH: usize = 4 << 20;

/// What a run holds, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunDirectory {
    /// Clauses of the block.
    pub clauses: u32,
    /// Documents of the block.
    pub documents: u32,
    /// Pairs in all clauses.
    pub pairs: u64,
    /// First term of each page.
    pub(super) terms: Vec<u64>,
    /// First chunk of each page, then of the clauses' lengths, then behind the last.
    pub(super) chunks: Vec<u16>,
}
stored!(RunDirectory, Run, 1);

impl RunDirectory {
    /// No unit has this number or one above.
    pub fn universe(&self) -> u32 {
        self.clauses.saturating_add(self.documents.saturating_mul(2))
    }
}

/// The run of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What it holds.
    pub directory: RunDirectory,
    /// Its values: pages of lists, then the clauses' lengths.
    pub chunks: Vec<Vec<u8>>,
    /// Units in all lists.
    pub postings: u64,
}

impl Run {
    /// Adds the run of a block to a commit.
    pub fn put(&self, commit: &mut Commit, block: u32) -> Result<()> {
        commit.put(&RUNS, &block, &self.directory)?;
        for (at, chunk) in (0..).zip(&self.chunks) {
            commit.put(&PAIRS, &(block, at), &Chunk(chunk.clone()))?;
        }
        Ok(())
    }

    /// Bytes of its values.
    pub fn bytes(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum()
    }
}

/// Makes the run of a block whose documents these are, in order; documents are read side by side. The error is half a
/// sentence.
pub fn build<'a>(
    documents: impl IntoParallelIterator<Item = (&'a SourceText, &'a Document), Iter: IndexedParallelIterator>,
) -> Result<Run, String> {
    build_of(documents.into_par_iter().map(|(text, document)| occurrences(text, document)).collect())
}

/// The same of documents whose terms were gathered before, so that texts and records need not be held.
pub fn build_of(documents: Vec<Occurrences>) -> Result<Run, String> {
    let count = documents.len() as u32;
    let (mut keys, lengths) = keys(documents)?;
    let (clauses, documents) = (lengths.len() as u32, count);
    sort(&mut keys);

    let pairs = lengths.iter().map(|length| u64::from(*length)).sum();
    let directory = RunDirectory { clauses, documents, pairs, terms: Vec::new(), chunks: Vec::new() };
    let mut run = Run { directory, chunks: Vec::new(), postings: 0 };
    let universe = run.directory.universe();
    let mut page = PageBuilder::default();
    let mut list: Vec<Posting> = Vec::new();
    for same in keys.chunk_by(|a, b| a >> UNIT == b >> UNIT) {
        let Some(first) = same.first() else { continue };
        list.clear();
        for same in same.chunk_by(|a, b| a == b) {
            let unit = same.first().map_or(0, |key| key & ((1 << UNIT) - 1)) as u32;
            // Only of clauses it counts how often.
            list.push((unit, if unit < clauses { same.len() as u32 } else { 1 }));
        }
        if page.is_full() {
            run.close(std::mem::take(&mut page))?;
        }
        run.postings += list.len() as u64;
        page.push(Term::of_number(first >> UNIT), &list, universe);
    }
    run.close(page)?;
    let lengths: Vec<u8> = lengths.iter().flat_map(|length| length.to_le_bytes()).collect();
    run.add(&lengths)?;
    run.mark()?;
    Ok(run)
}

impl Run {
    fn close(&mut self, page: PageBuilder) -> Result<(), String> {
        let Some(first) = page.first() else { return Ok(()) };
        self.directory.terms.push(first.number());
        self.add(&page.finish())
    }

    /// Adds bytes that begin with a chunk of their own.
    fn add(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.mark()?;
        self.chunks.extend(bytes.chunks(Chunk::BYTES).map(<[u8]>::to_vec));
        Ok(())
    }

    /// Says that the next chunk begins something.
    fn mark(&mut self) -> Result<(), String> {
        let next = u16::try_from(self.chunks.len()).map_err(|_| "holds too much text for one block")?;
        self.directory.chunks.push(next);
        Ok(())
    }
}

/// All terms of all units, one key an occurrence, and the lengths of the clauses. What was gathered goes as its keys are
/// made: at this point a block takes most memory.
fn keys(mut documents: Vec<Occurrences>) -> Result<(Vec<u64>, Vec<u16>), String> {
    let clauses: usize = documents.iter().map(|d| d.lengths.len()).sum();
    if clauses + 2 * documents.len() >= 1 << UNIT {
        return Err("holds too many clauses for one block".to_owned());
    }
    let count = documents.iter().map(|d| d.clauses.len() + d.outside.len() + d.across.len()).sum();
    let mut keys = Vec::with_capacity(count);
    let mut lengths = Vec::with_capacity(clauses);
    let key = |term: Term, unit: usize| term.number() << UNIT | unit as u64;
    // In the order of units, which a stable sort by terms keeps.
    for document in &mut documents {
        let first = lengths.len();
        let occurrences = std::mem::take(&mut document.clauses);
        keys.extend(occurrences.into_iter().map(|found| key(found.term(), first + found.clause())));
        lengths.append(&mut document.lengths);
    }
    for (at, document) in documents.iter().enumerate() {
        keys.extend(document.outside.iter().map(|term| key(*term, clauses + at)));
    }
    for (at, document) in documents.iter().enumerate() {
        keys.extend(document.across.iter().map(|term| key(*term, clauses + documents.len() + at)));
    }
    Ok((keys, lengths))
}

/// Sorts keys whose units stand in order already: by the second character, then by the first, each in one pass with a
/// place for every character that there is.
fn sort(keys: &mut Vec<u64>) {
    if keys.len() < COUNTED {
        return keys.sort_unstable();
    }
    if keys.len() > SCRATCH {
        return keys.par_sort_unstable();
    }
    let mut sorted = vec![0; keys.len()];
    for shift in [UNIT, UNIT + Term::CHAR] {
        let character = |key: u64| (key >> shift) as usize & ((1 << Term::CHAR) - 1);
        let last = keys.iter().map(|key| character(*key)).max().unwrap_or_default();
        let mut places = vec![0u32; last + 1];
        for key in keys.iter() {
            if let Some(count) = places.get_mut(character(*key)) {
                *count += 1;
            }
        }
        let mut next = 0;
        for place in &mut places {
            next += std::mem::replace(place, next);
        }
        for key in keys.iter() {
            if let Some(place) = places.get_mut(character(*key)) {
                if let Some(slot) = sorted.get_mut(*place as usize) {
                    *slot = *key;
                }
                *place += 1;
            }
        }
        std::mem::swap(keys, &mut sorted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A text whose lines are clauses.
    fn lines(text: &str) -> (SourceText, Document) {
        let mut document = Document::default();
        let mut at = 0;
        for line in text.split('\n') {
            let end = at + line.chars().count() as u32;
            document.clauses.push(crate::record::Clause {
                path: vec![1],
                section: None,
                heading: None,
                kind: crate::record::Kind::Task,
                text: crate::text::Extent { span: crate::text::Span::new(at, end), removed: vec![] },
                topics: vec![],
            });
            at = end + 1;
        }
        (SourceText::new(text), document)
    }

    #[test]
    fn the_bytes_of_a_run_never_change() {
        let documents = [lines("推进医保\n医保医保"), lines("醫保支付")];
        let run = build(documents.iter().map(|(text, document)| (text, document)).collect::<Vec<_>>()).unwrap();
        let directory = &run.directory;
        assert_eq!((directory.clauses, directory.documents, directory.pairs), (3, 2, 9));
        assert_eq!(
            (directory.terms.as_slice(), directory.chunks.as_slice()),
            (&[Term::last('付').number()][..], &[0, 1, 2][..])
        );
        assert_eq!(run.chunks.len(), 2);
        assert_eq!(run.chunks[1], [3, 0, 3, 0, 3, 0], "pairs in each clause");
        // Where this fails, runs on disk have changed their shape: raise the version of the directory.
        assert_eq!((run.bytes(), crc32fast::hash(&run.chunks[0])), (71, 4_137_733_490));
    }

    #[test]
    fn a_long_list_may_make_a_page_of_several_chunks() {
        let text = (0..70_000u32).map(|n| char::from_u32(0x4e00 + n % 20_000).unwrap()).collect::<String>();
        let documents = [lines(&"医保\n".repeat(510_000)), lines(&text)];
        let run = build(documents.iter().map(|(text, document)| (text, document)).collect::<Vec<_>>()).unwrap();
        let RunDirectory { terms, chunks, .. } = &run.directory;
        assert!(terms.len() > 5 && terms.is_sorted() && terms.len() + 2 == chunks.len());
        let pages = chunks.windows(2).take(terms.len()).map(|page| page[1] - page[0]);
        assert_eq!(pages.filter(|chunks| *chunks > 1).count(), 2, "a bit a clause for 医保, and for 保 and the end");
        assert!(run.chunks.iter().all(|chunk| chunk.len() <= Chunk::BYTES));
        assert_eq!(run.directory.pairs, 510_000 + 69_999.min(u64::from(u16::MAX)), "a length is cut, the sum with it");
    }

    proptest! {
        #[test]
        fn keys_are_sorted_as_numbers(terms in proptest::collection::vec(0..1u64 << 42, 0..300)) {
            let keys: Vec<u64> = (0..).zip(&terms).map(|(unit, term)| term << UNIT | unit).collect();
            // Few are compared, more are counted.
            for copies in [1, COUNTED.div_ceil(keys.len().max(1))] {
                let mut keys: Vec<u64> = keys.iter().flat_map(|key| std::iter::repeat_n(*key, copies)).collect();
                let mut expected = keys.clone();
                expected.sort_unstable();
                sort(&mut keys);
                prop_assert_eq!(keys, expected);
            }
        }
    }
}
