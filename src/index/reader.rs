//! Reader: columns, texts and records of a store, decoded once and kept while there is room.

use super::block::Place;
use super::cache::Cache;
use super::catalog::{Block, Catalog};
use super::column::Values;
use super::group::{decompress, unpack_group, unpack_text};
use super::posting::Cached;
use super::seat::Seats;
use super::shape::{COLUMNS, HEADS, IDS, RECORDS, TEXTS, unpack_record};
use super::spread::Spread;
use crate::error::Result;
use crate::record::Document;
use crate::store::{Chunk, Store};
use crate::table::TableName;
use crate::text::{Marks, SourceText, TextView};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

/// What queries read through. Blocks and groups never change, so neither does what is cached of them.
#[derive(Debug)]
pub struct Decoded {
    facts: Cache<(u32, Fact), Kept>,
    texts: Cache<(u32, u32), SourceText>,
    order: Mutex<Option<(u64, Arc<Order>)>>,
    pub(super) postings: Cached,
}

/// The documents of a state of the ledger in the order of their ids, then of their numbers.
#[derive(Debug, Default)]
struct Order {
    /// The numbers, in that order.
    numbers: Arc<Vec<u32>>,
    /// The place of each number in it.
    ranks: Arc<Vec<u32>>,
}

/// What can be kept of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Fact {
    /// A column, by its position in the directory.
    Column(u16),
    /// A column's members by document.
    Spread(u16),
    /// First rows of a table's documents.
    Starts(TableName),
    /// The governments.
    Seats,
}

#[derive(Debug)]
enum Kept {
    Column(Arc<Values>),
    Spread(Arc<Spread>),
    Starts(Arc<Vec<u32>>),
    Seats(Arc<Seats>),
}

impl Decoded {
    /// A cache of `bytes` for columns and texts together, and a quarter more for postings.
    pub fn new(bytes: usize) -> Self {
        // Texts are read again from disk about as fast as they are copied; columns are not.
        let texts = bytes / 4;
        let postings = Cached::new(bytes / 4);
        Self { facts: Cache::new(bytes - texts), texts: Cache::new(texts), order: Mutex::new(None), postings }
    }

    /// Bytes of what is kept of columns, and of texts.
    pub fn bytes(&self) -> (usize, usize) {
        (self.facts.bytes(), self.texts.bytes())
    }
}

/// One state of a ledger, to read.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    pub(super) store: &'a Store,
    catalog: &'a Catalog,
    pub(super) decoded: &'a Decoded,
}

impl<'a> Reader<'a> {
    /// Reads the state `catalog` of a store.
    pub fn new(store: &'a Store, catalog: &'a Catalog, decoded: &'a Decoded) -> Self {
        Self { store, catalog, decoded }
    }

    /// The blocks, and the documents gone.
    pub fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    /// What `work` says of each block, in block order; blocks are worked side by side.
    pub fn each_block<T: Send>(&self, work: impl Fn(&Block) -> Result<T> + Sync + Send) -> Result<Vec<T>> {
        let blocks: Vec<usize> = (0..self.catalog.blocks().len()).collect();
        self.each_of(&blocks, |at| self.catalog.blocks().get(*at).map(|block| work(block)).transpose())
            .map(|found| found.into_iter().flatten().collect())
    }

    /// What `work` says of each of these, in their order; they are worked side by side.
    pub fn each_of<S: Sync, T: Send>(
        &self,
        these: &[S],
        work: impl Fn(&S) -> Result<T> + Sync + Send,
    ) -> Result<Vec<T>> {
        match these {
            [] => Ok(Vec::new()),
            // Waking other threads takes longer than a look at one block.
            [one] => Ok(vec![work(one)?]),
            many => many.par_iter().with_min_len(many.len().div_ceil(64)).map(&work).collect(),
        }
    }

    /// Does `work` on a thread of those that look at blocks: work of several steps wakes them once, not once a step.
    pub fn among_threads<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        rayon::scope(|_| work())
    }

    /// Adds up what `work` adds for each of these, a sum for each thread that works, then the sums by `join`. In which
    /// order they are joined is not said.
    pub fn sum_of<S: Sync, T: Send + Default>(
        &self,
        these: &[S],
        work: impl Fn(&mut T, &S) -> Result<()> + Sync,
        join: impl Fn(T, T) -> T + Sync,
    ) -> Result<T> {
        let add = |mut sum: T, this: &S| work(&mut sum, this).map(|()| sum);
        these
            .par_iter()
            .with_min_len(these.len().div_ceil(16).max(1))
            .try_fold(T::default, add)
            .try_reduce(T::default, |a, b| Ok(join(a, b)))
    }

    /// A column of a block; `None` where the block has none of that name.
    pub fn column(&self, block: &Block, table: TableName, name: &str) -> Result<Option<Arc<Values>>> {
        let Some((at, place)) = block.find(table, name) else { return Ok(None) };
        let kept = self.decoded.facts.get(&(block.number, Fact::Column(at)), || {
            let values = self.load(block.number, place)?;
            let rows = block.directory.rows_of(table) as usize;
            if values.len() != rows {
                let what = format!("the column {name} of {} has {} of {rows} rows", table.as_str(), values.len());
                return Err(self.store.damaged(&what));
            }
            let bytes = values.bytes();
            Ok((Kept::Column(Arc::new(values)), bytes))
        })?;
        Ok(if let Kept::Column(values) = &*kept { Some(Arc::clone(values)) } else { None })
    }

    /// First row of each document of a block in a table, and behind the last.
    pub fn starts(&self, block: &Block, table: TableName) -> Result<Arc<Vec<u32>>> {
        let kept = self.decoded.facts.get(&(block.number, Fact::Starts(table)), || {
            let documents = block.directory.documents;
            let mut starts = Vec::with_capacity(documents as usize + 1);
            if table == TableName::Documents {
                starts.extend(0..=documents);
            } else {
                let counts = self.column(block, TableName::Documents, table.as_str())?;
                let mut next = 0u32;
                starts.push(0);
                for document in 0..documents as usize {
                    let rows = counts.as_ref().and_then(|counts| counts.int(document)).unwrap_or_default();
                    next = next.saturating_add(rows as u32);
                    starts.push(next);
                }
            }
            if starts.last() != Some(&block.directory.rows_of(table)) {
                let what = format!("block {} has other {} than its documents", block.number, table.as_str());
                return Err(self.store.damaged(&what));
            }
            let bytes = 64 + starts.len() * 4;
            Ok((Kept::Starts(Arc::new(starts)), bytes))
        })?;
        Ok(if let Kept::Starts(starts) = &*kept { Arc::clone(starts) } else { Arc::default() })
    }

    /// The members of a column of texts by document; `None` where the block has none of that name.
    pub fn spread(&self, block: &Block, table: TableName, name: &str) -> Result<Option<Arc<Spread>>> {
        let Some((at, _)) = block.find(table, name) else { return Ok(None) };
        let kept = self.decoded.facts.get(&(block.number, Fact::Spread(at)), || {
            let starts = self.starts(block, table)?;
            let values = self.column(block, table, name)?;
            let spread = values.map(|values| Spread::of(&values, &starts)).unwrap_or_default();
            let bytes = spread.memory();
            Ok::<_, crate::error::Error>((Kept::Spread(Arc::new(spread)), bytes))
        })?;
        Ok(if let Kept::Spread(spread) = &*kept { Some(Arc::clone(spread)) } else { None })
    }

    /// True where [`Self::spread`] has been asked for this and is at hand; then what is counted with it mostly is, too.
    pub fn has_spread(&self, block: &Block, table: TableName, name: &str) -> bool {
        let at = block.find(table, name);
        at.is_none_or(|(at, _)| self.decoded.facts.holds(&(block.number, Fact::Spread(at))))
    }

    /// The governments of a block's documents. `in_force` gives the code in force of a code; whoever asks, it gives the
    /// same.
    pub fn seats(&self, block: &Block, in_force: &dyn Fn(&str) -> String) -> Result<Arc<Seats>> {
        let kept = self.decoded.facts.get(&(block.number, Fact::Seats), || {
            let column = |name: &str| {
                let values = self.column(block, TableName::Documents, name)?;
                values.ok_or_else(|| self.store.damaged(&format!("block {} has no column {name}", block.number)))
            };
            let seats = Seats::of(&*column("adcode")?, &*column("zone")?, &*column("place")?, in_force);
            let bytes = seats.bytes();
            Ok::<_, crate::error::Error>((Kept::Seats(Arc::new(seats)), bytes))
        })?;
        Ok(if let Kept::Seats(seats) = &*kept { Arc::clone(seats) } else { Arc::default() })
    }

    fn load(&self, block: u32, place: &Place) -> Result<Values> {
        let (start, bytes) = (place.start as usize, place.bytes as usize);
        let first = start / Chunk::BYTES;
        let end = (start + bytes).div_ceil(Chunk::BYTES);
        let run = self.store.get_run(&COLUMNS, block, first as u16, end as u16)?;
        let from = start - first * Chunk::BYTES;
        let wrong = |what: &str| self.store.damaged(&format!("the column {} of block {block} {what}", place.name));
        let bytes = run.get(from..from + bytes).ok_or_else(|| wrong("is cut off"))?;
        let raw = decompress(bytes, place.raw as usize).map_err(|e| wrong(&e))?;
        Values::decode(&raw).map_err(wrong)
    }

    /// The id of a document.
    pub fn id(&self, number: u32) -> Result<String> {
        let blocks = self.catalog.blocks();
        let at = blocks.partition_point(|block| block.directory.numbers().end <= number);
        let missing = || self.store.damaged(&format!("document {number} is missing"));
        let block = blocks.get(at).ok_or_else(missing)?;
        let ids = self.column(block, TableName::Documents, "id")?.ok_or_else(missing)?;
        let row = number.checked_sub(block.directory.first).and_then(|row| ids.text(row as usize));
        row.map(str::to_owned).ok_or_else(missing)
    }

    /// Place of every document among all, by id and then by number; made once for each state of the ledger.
    pub fn ranks(&self) -> Result<Arc<Vec<u32>>> {
        if let Some(known) = self.known_order() {
            return Ok(Arc::clone(&known.ranks));
        }
        let blocks = self.catalog.blocks();
        let ids = self.each_block(|block| self.column(block, TableName::Documents, "id"))?;
        let mut order: Vec<(&str, u32)> = Vec::with_capacity(self.catalog.next_document() as usize);
        for (block, ids) in blocks.iter().zip(&ids) {
            let id = |at: usize| ids.as_ref().and_then(|ids| ids.text(at)).unwrap_or_default();
            order.extend(block.directory.numbers().enumerate().map(|(at, number)| (id(at), number)));
        }
        if !order.is_sorted() {
            order.par_sort_unstable();
        }
        let mut ranks = vec![0; order.len()];
        for (rank, (_, number)) in order.iter().enumerate() {
            if let Some(place) = ranks.get_mut(*number as usize) {
                *place = rank as u32;
            }
        }
        let ranks = Arc::new(ranks);
        let numbers = Arc::new(order.into_iter().map(|(_, number)| number).collect());
        let order = Arc::new(Order { numbers, ranks: Arc::clone(&ranks) });
        *self.decoded.order.lock().unwrap_or_else(PoisonError::into_inner) = Some((self.catalog.generation(), order));
        Ok(ranks)
    }

    /// The order of ids, where it was made for this state.
    fn known_order(&self) -> Option<Arc<Order>> {
        let order = self.decoded.order.lock().unwrap_or_else(PoisonError::into_inner);
        order.as_ref().filter(|(of, _)| *of == self.catalog.generation()).map(|(_, order)| Arc::clone(order))
    }

    /// The last of the documents that have an id, by their order.
    fn last_of(&self, order: &Order, id: &str) -> Result<Option<u32>> {
        let (mut low, mut high) = (0, order.numbers.len());
        let mut last = None;
        while low < high {
            let middle = low.midpoint(high);
            let number = order.numbers.get(middle).copied().unwrap_or_default();
            match self.compare_id(number, id)? {
                Ordering::Greater => high = middle,
                here => {
                    last = (here == Ordering::Equal).then_some(number).or(last);
                    low = middle + 1;
                }
            }
        }
        Ok(last)
    }

    /// A document's id beside another.
    fn compare_id(&self, number: u32, id: &str) -> Result<Ordering> {
        let block = self.catalog.block_of(number).and_then(|at| self.catalog.blocks().get(at));
        let Some(block) = block else { return Ok(Ordering::Greater) };
        let ids = self.column(block, TableName::Documents, "id")?;
        let own = ids.as_ref().and_then(|ids| ids.text((number - block.directory.first) as usize));
        Ok(own.unwrap_or_default().cmp(id))
    }

    /// Number of the document that an id names in this state of the ledger.
    pub fn number_of(&self, id: &str) -> Result<Option<u32>> {
        if let Some(order) = self.known_order() {
            let number = self.last_of(&order, id)?;
            return Ok(number.filter(|number| !self.catalog.gone().has(*number)));
        }
        let Some(entry) = self.store.get(&IDS, id)? else { return Ok(None) };
        let mut number = entry.number;
        // What came later is not in this state, but knows what was before it.
        while number >= self.catalog.next_document() {
            let before = self.store.get(&HEADS, &number)?.and_then(|head| head.previous);
            let Some(before) = before.filter(|before| *before < number) else { return Ok(None) };
            number = before;
        }
        Ok((!self.catalog.gone().has(number)).then_some(number))
    }

    /// The text in a slot of a group.
    pub fn text(&self, group: u32, slot: u32) -> Result<Arc<SourceText>> {
        self.decoded.texts.get(&(group, slot), || {
            let mut bytes = Vec::new();
            self.read_text(group, slot, &mut bytes)?;
            // Checking in bulk and a copy take less than the check that makes a string of the bytes themselves.
            let text = simdutf8::basic::from_utf8(&bytes).map_err(|_| self.no_text(group, "are no text"))?;
            let text = SourceText::new(text);
            let bytes = 128 + text.as_str().len() + text.as_str().len() / 32;
            Ok((text, bytes))
        })
    }

    /// Reads many texts one after another, each once.
    pub fn text_reader(&self) -> TextReader<'a> {
        TextReader { reader: *self, group: None, run: Vec::new(), bytes: Vec::new(), marks: Marks::default() }
    }

    fn read_text(&self, group: u32, slot: u32, out: &mut Vec<u8>) -> Result<()> {
        let run = self.store.get_whole_run(&TEXTS, group)?;
        unpack_text(&run, slot, out).map_err(|e| self.no_text(group, &e))
    }

    fn no_text(&self, group: u32, what: &str) -> crate::error::Error {
        self.store.damaged(&format!("the texts of group {group} {what}"))
    }

    /// The record of a document.
    pub fn record(&self, group: u32, slot: u32) -> Result<Document> {
        let wrong = |what: &str| self.store.damaged(&format!("the record {slot} of group {group} {what}"));
        let parts = unpack_group(&self.store.get_whole_run(&RECORDS, group)?).map_err(|e| wrong(&e))?;
        let part = parts.get(slot as usize).ok_or_else(|| wrong("is missing"))?;
        unpack_record(part).map_err(|e| wrong(&e))
    }

    /// The records of a group.
    pub fn records(&self, group: u32) -> Result<Vec<Document>> {
        let wrong = |what: &str| self.store.damaged(&format!("the records of group {group} {what}"));
        let parts = unpack_group(&self.store.get_whole_run(&RECORDS, group)?).map_err(|e| wrong(&e))?;
        parts.iter().map(|part| unpack_record(part).map_err(|e| wrong(&e))).collect()
    }
}

/// Reads many texts one after another, each once: what is kept for others stays where it is.
#[derive(Debug)]
pub struct TextReader<'a> {
    reader: Reader<'a>,
    group: Option<u32>,
    run: Vec<u8>,
    bytes: Vec<u8>,
    marks: Marks,
}

impl TextReader<'_> {
    /// Calls `work` with the text in a slot of a group.
    pub fn with<T>(&mut self, group: u32, slot: u32, work: impl FnOnce(TextView<'_>) -> T) -> Result<T> {
        if let Some(text) = self.reader.decoded.texts.find(&(group, slot)) {
            return Ok(work(text.view()));
        }
        if self.group != Some(group) {
            self.run = self.reader.store.get_whole_run(&TEXTS, group)?;
            self.group = Some(group);
        }
        unpack_text(&self.run, slot, &mut self.bytes).map_err(|e| self.reader.no_text(group, &e))?;
        let text = simdutf8::basic::from_utf8(&self.bytes).map_err(|_| self.reader.no_text(group, "are no text"))?;
        self.marks.count(text);
        Ok(work(TextView::new(text, &self.marks)))
    }
}
