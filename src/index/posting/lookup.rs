//! Lookup: the lists of a block, read through a bounded cache of pages.

use super::super::bits::Bits;
use super::list::each_unit;
use super::page::{Entry, Page, entry_postings};
use super::run::{PAIRS, RUNS, RunDirectory};
use super::term::Term;
use crate::error::{Error, Result};
use crate::index::cache::Cache;
use crate::index::catalog::Block;
use crate::index::reader::Reader;
use crate::table::TableName;
use std::ops::Range;
use std::sync::Arc;

/// What is kept of runs in memory. Runs never change.
#[derive(Debug)]
pub(in crate::index) struct Cached {
    directories: Cache<u32, RunDirectory>,
    pages: Cache<(u32, u32), Page>,
    lengths: Cache<u32, Lengths>,
}

impl Cached {
    /// A cache of `bytes`.
    pub fn new(bytes: usize) -> Self {
        let part = |eighths: usize| bytes / 8 * eighths;
        Self { directories: Cache::new(part(1)), pages: Cache::new(part(6)), lengths: Cache::new(part(1)) }
    }
}

/// The run of a block, to read.
#[derive(Debug)]
pub struct Postings<'a> {
    reader: Reader<'a>,
    block: u32,
    directory: Arc<RunDirectory>,
}

/// How many pairs clauses have.
#[derive(Debug)]
pub struct Lengths {
    /// By clause.
    pub of: Vec<u16>,
    /// Of the shortest.
    pub shortest: u16,
}

/// The list of a term in a block.
#[derive(Debug, Clone)]
pub struct List {
    page: Arc<Page>,
    entry: Entry,
}

impl List {
    /// Number of units.
    pub fn len(&self) -> u32 {
        self.entry.len
    }

    /// True without units; no list that is kept is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<'a> Reader<'a> {
    /// The run of a block.
    pub fn postings(&self, block: &Block) -> Result<Postings<'a>> {
        let make = || {
            let directory = self.store.get(&RUNS, &block.number)?;
            let missing = || self.store.damaged(&format!("the run of block {} is missing", block.number));
            let directory = directory.ok_or_else(missing)?;
            // Sets of units are as large as these say.
            let (clauses, documents) = (block.directory.rows_of(TableName::Clauses), block.directory.documents);
            if (directory.clauses, directory.documents) != (clauses, documents) {
                let what = format!("the run of block {} is of other clauses than the block", block.number);
                return Err(self.store.damaged(&what));
            }
            let bytes = 64 + directory.terms.len() * 12;
            Ok::<_, Error>((directory, bytes))
        };
        let directory = self.decoded.postings.directories.get(&block.number, make)?;
        Ok(Postings { reader: *self, block: block.number, directory })
    }
}

impl Postings<'_> {
    /// What the run holds.
    pub fn directory(&self) -> &RunDirectory {
        &self.directory
    }

    /// The list of a term; `None` where no unit has it.
    pub fn find(&self, term: Term) -> Result<Option<List>> {
        let mut found = None;
        self.each_list(&(term..Term::of_number(term.number() + 1)), |list| found = Some(list))?;
        Ok(found)
    }

    /// The lists of all terms in a range.
    pub fn find_all(&self, terms: &Range<Term>) -> Result<Vec<List>> {
        let mut found = Vec::new();
        self.each_list(terms, |list| found.push(list))?;
        Ok(found)
    }

    fn each_list(&self, terms: &Range<Term>, mut each: impl FnMut(List)) -> Result<()> {
        let firsts = &self.directory.terms;
        let from = firsts.partition_point(|first| *first <= terms.start.number()).saturating_sub(1);
        let to = firsts.partition_point(|first| *first < terms.end.number());
        for at in from..to {
            let page = self.page(at)?;
            let read = page.each(terms, |entry| each(List { page: Arc::clone(&page), entry }));
            read.map_err(|what| self.wrong(what))?;
        }
        Ok(())
    }

    fn page(&self, at: usize) -> Result<Arc<Page>> {
        self.reader.decoded.postings.pages.get(&(self.block, at as u32), || {
            let page = Page::new(self.bytes(at)?).map_err(|what| self.wrong(what))?;
            let bytes = page.len() + 64;
            Ok((page, bytes))
        })
    }

    /// The bytes of a page, or behind the last page of the lengths.
    fn bytes(&self, at: usize) -> Result<Vec<u8>> {
        let chunk = |at: usize| self.directory.chunks.get(at).copied().ok_or_else(|| self.wrong("has lost a page"));
        self.reader.store.get_run(&PAIRS, self.block, chunk(at)?, chunk(at + 1)?)
    }

    /// Pairs in each clause of the block.
    pub fn lengths(&self) -> Result<Arc<Lengths>> {
        self.reader.decoded.postings.lengths.get(&self.block, || {
            let bytes = self.bytes(self.directory.terms.len())?;
            let lengths: Vec<u16> = bytes.as_chunks().0.iter().map(|two| u16::from_le_bytes(*two)).collect();
            if bytes.len() != 2 * self.directory.clauses as usize {
                return Err(self.wrong("has other clauses than it says"));
            }
            let shortest = lengths.iter().copied().min().unwrap_or_default();
            Ok((Lengths { of: lengths, shortest }, bytes.len() + 64))
        })
    }

    /// Calls `each` with the units of a list, in order.
    pub fn each_unit(&self, list: &List, each: impl FnMut(u32)) -> Result<()> {
        let bytes = list.page.from(list.entry.list.start);
        let read = each_unit(bytes, list.entry.len, self.directory.universe(), each);
        let (_, end) = read.map_err(|what| self.wrong(what))?;
        if end <= list.entry.list.len() { Ok(()) } else { Err(self.wrong("holds a list that ends too late")) }
    }

    /// The units of a list.
    pub fn units(&self, list: &List) -> Result<Bits> {
        let mut bits = Bits::new(self.directory.universe() as usize);
        self.each_unit(list, |unit| bits.set(unit as usize))?;
        Ok(bits)
    }

    /// Appends the units of a list to `units`, and those that have the term more than once to `often`, with how often;
    /// outside of clauses that is not counted.
    pub fn counts(&self, list: &List, units: &mut Vec<u32>, often: &mut Vec<(u32, u32)>) -> Result<()> {
        let read = entry_postings(&list.page, &list.entry, self.directory.universe(), units, often);
        read.map_err(|what| self.wrong(what))
    }

    fn wrong(&self, what: &str) -> Error {
        self.reader.store.damaged(&format!("the run of block {} {what}", self.block))
    }
}
