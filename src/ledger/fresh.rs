//! Fresh: the documents of a ledger written into a fresh engine, in another order, of fewer versions, or read anew; what
//! `compact`, `rebuild` and `reread` have in common.
//!
//! In: the documents to carry over, in the order of their new numbers. Out: a ledger in the making whose blocks are large
//! and whose trees were filled in key order, which then takes the place of the old one in one step. Until then the ledger
//! is what it was, and queries go on.
//!
//! A block is made while the one before is written; a block is bounded in documents and bytes. Numbers of
//! documents that share a group need not be known beforehand: a group has the number of its first document.

use super::copies::{Copies, Print};
use super::metadata;
use super::options::Options;
use super::report::Steps;
use super::shared::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::index::{
    BlockBuilder, COLUMNS, CONTENTS, Catalog, DIRECTORIES, Directory, Entry, GONE, Gone, HEADS, Head, IDS, Mark,
    Present, READING, READING_KEY, RECORDS, Reading, SKETCHES, Shingles, Sketch, TEXTS, group_size, pack_group,
    pack_record, pack_texts, posting, unpack_group, unpack_record, unpack_texts,
};
use crate::record::Document;
use crate::review::Reviewed;
use crate::store::{Chunk, Commit, Key, Store, Stored, Tree, TreeId};
use crate::text::SourceText;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

/// A block holds at most so many documents.
const BLOCK_DOCUMENTS: usize = 2_400;
/// A block of more than one document holds at most so many bytes of text.
const BLOCK_BYTES: usize = 48 << 20;
/// Documents whose texts and records are held unpacked at once.
const STEP: usize = 128;

/// A document to carry over.
#[derive(Debug, Clone)]
pub(super) struct Carry {
    /// Its number in the old engine.
    pub from: u32,
    /// Its id.
    pub id: String,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// New number of the version before it.
    pub previous: Option<u32>,
    /// Its version.
    pub version: u32,
    /// True where it is the newest of its id.
    pub newest: bool,
    /// True where queries see it.
    pub live: bool,
    /// About how many bytes its text has.
    pub bytes: usize,
}

/// What is done with a document on its way.
#[derive(Clone, Copy)]
pub(super) enum How {
    /// It stays as it was read.
    Copied,
    /// It is read again.
    Read,
}

/// A fresh engine to make.
pub(super) struct Fresh<'a> {
    pub shared: &'a Shared,
    pub options: &'a Options,
    pub how: How,
    /// The documents, in the order of their new numbers.
    pub documents: Vec<Carry>,
    /// Reading of the ledger afterwards.
    pub reading: Option<Reading>,
    /// Name under which one that was interrupted is gone on with.
    pub resume: Option<String>,
    pub steps: &'a Steps<'a>,
}

impl Fresh<'_> {
    /// Makes it and puts it in the place of the old one; ids of documents that could not be read again. The caller holds
    /// the ledger's lock for writing.
    pub fn make(&self) -> Result<Vec<String>> {
        let store = &self.shared.store;
        let made = self.begin()?;
        match self.fill(&made) {
            Ok(failed) => {
                self.shared.take_over(made)?;
                Ok(failed)
            }
            Err(error) => {
                drop(made);
                if self.resume.is_none() || !matches!(error.kind(), ErrorKind::Interrupted) {
                    store.drop_beside();
                }
                Err(error)
            }
        }
    }

    /// The store in the making: one that can be gone on with, or an empty one.
    fn begin(&self) -> Result<Store> {
        let store = &self.shared.store;
        if let Some(name) = self.resume.as_deref() {
            let made = store.beside(Some(name))?;
            // With documents counted it was about to be finished: there is no saying how far.
            if made.generation().documents == 0 && Catalog::load(&made).is_ok() {
                return Ok(made);
            }
            drop(made);
            store.drop_beside();
        }
        store.beside(self.resume.as_deref())
    }

    fn fill(&self, made: &Store) -> Result<Vec<String>> {
        let done = Catalog::load(made)?;
        if done.generation() == 0 {
            made.commit(Commit::after(self.shared.store.generation()))?;
        }
        let first = (done.next_document() as usize).min(self.documents.len());
        let mut copies = Copies::load(made, &done)?;
        let mut number = done.next_block();
        let (send, receive) = sync_channel::<Block>(0);
        let steps = AtomicUsize::new(first);
        let failed = std::thread::scope(|scope| {
            let writer = scope.spawn(move || {
                receive.into_iter().try_for_each(|block| {
                    block.write(made, number)?;
                    number += 1;
                    Ok(())
                })
            });
            let mut failed = Vec::new();
            let mut outcome = Ok(());
            for range in self.blocks(first) {
                let made = self.block(range, &steps).and_then(|mut block| {
                    block.directory.copies = self.marks(&block, &mut copies)?;
                    Ok(block)
                });
                match made {
                    Ok(mut block) => {
                        failed.append(&mut block.failed);
                        if send.send(block).is_err() {
                            // A writer that is gone says why.
                            break;
                        }
                    }
                    Err(error) => {
                        outcome = Err(error);
                        break;
                    }
                }
            }
            drop(send);
            let written: Result<()> = writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            written.and(outcome).map(|()| failed)
        })?;
        self.finish(made)?;
        Ok(failed)
    }

    /// The documents of a block that are near-copies of earlier ones. What they are compared with is read from the old engine.
    fn marks(&self, block: &Block, copies: &mut Copies) -> Result<Vec<Mark>> {
        let (shared, names) = (self.shared, &*self.options.names);
        let print = |number: u32| {
            let carry = self.documents.get(number as usize);
            let carry = carry.ok_or_else(|| shared.store.damaged(&format!("document {number} is missing")))?;
            Print::stored(shared, carry.from, names)
        };
        let mut marks = Vec::new();
        for (number, sketch) in (block.first..).zip(&block.sketches) {
            if !self.documents.get(number as usize).is_some_and(|carry| carry.live) {
                continue;
            }
            let like = copies.find_by_sketch(sketch, || print(number), print)?;
            copies.learn(number, *sketch);
            if !like.is_empty() {
                marks.push(Mark { document: number, since: number, like });
            }
        }
        Ok(marks)
    }

    /// The documents of each block from `first` on. Where blocks end depends on nothing but the documents, so that one that
    /// was interrupted goes on as it began. Live ones and others never share a block.
    fn blocks(&self, first: usize) -> Vec<std::ops::Range<usize>> {
        let mut blocks = Vec::new();
        let (mut start, mut bytes) = (0, 0);
        for (at, document) in self.documents.iter().enumerate() {
            let parted = self.documents.get(start).is_some_and(|first| first.live != document.live);
            if at > start && (parted || at - start >= BLOCK_DOCUMENTS || bytes + document.bytes > BLOCK_BYTES) {
                blocks.push(start..at);
                (start, bytes) = (at, 0);
            }
            bytes += document.bytes;
        }
        if start < self.documents.len() {
            blocks.push(start..self.documents.len());
        }
        blocks.retain(|block| block.start >= first);
        blocks
    }

    /// Makes a block.
    fn block(&self, range: std::ops::Range<usize>, steps: &AtomicUsize) -> Result<Block> {
        let first = range.start as u32;
        let documents = self.documents.get(range.clone()).unwrap_or_default();
        let (mut heads, mut packed, mut failed) = (Vec::with_capacity(documents.len()), Vec::new(), Vec::new());
        let (mut sketches, mut terms) = (Vec::with_capacity(documents.len()), Vec::with_capacity(documents.len()));
        let mut columns = BlockBuilder::new(first);
        for (nth, step) in documents.chunks(STEP).enumerate() {
            if self.steps.cancel.load(Ordering::Relaxed) {
                return Err(Error::new(ErrorKind::Interrupted));
            }
            let mut carried = self.fetch(step)?;
            let mut number = first + (nth * STEP) as u32;
            let mut rest = carried.as_mut_slice();
            let mut groups = Vec::new();
            while !rest.is_empty() {
                let count = group_size(rest.iter().map(|d| d.text.as_str().len()));
                let (here, behind) = rest.split_at_mut_checked(count).unwrap_or_default();
                rest = behind;
                for (slot, carried) in here.iter_mut().enumerate() {
                    (carried.head.group, carried.head.slot) = (number, slot as u32);
                }
                groups.push((number, &*here));
                number += count as u32;
            }
            let groups: Result<Vec<Packed>> = groups.par_iter().map(|(number, group)| pack(*number, group)).collect();
            packed.extend(groups?);
            for carried in &carried {
                columns.push(&carried.head, &carried.document, carried.text.len());
            }
            terms.par_extend(carried.par_iter().map(|carried| posting::occurrences(&carried.text, &carried.document)));
            for (carried, document) in carried.into_iter().zip(step) {
                if carried.failed {
                    failed.push(document.id.clone());
                }
                heads.push(carried.head);
                sketches.push(carried.sketch);
            }
            (self.steps.on_step)(steps.fetch_add(step.len(), Ordering::Relaxed) + step.len(), self.documents.len());
        }
        let groups = (first, documents.len() as u32);
        // Copies are looked for once the blocks before are known.
        let (directory, run) = columns.finish(groups, Vec::new()).map_err(cannot)?;
        let postings = posting::build_of(terms).map_err(cannot)?;
        Ok(Block { first, heads, groups: packed, directory, run, postings, sketches, failed })
    }

    /// Texts, records and heads of documents, in their order; each old group is unpacked once.
    fn fetch(&self, documents: &[Carry]) -> Result<Vec<Carried>> {
        let store = &self.shared.store;
        let mut by_group: BTreeMap<u32, Vec<(usize, Head)>> = BTreeMap::new();
        for (at, document) in documents.iter().enumerate() {
            let head = self.shared.head(document.from)?;
            by_group.entry(head.group).or_default().push((at, head));
        }
        let by_group: Vec<_> = by_group.into_iter().collect();
        let fetched: Vec<Vec<(usize, Carried)>> = by_group
            .into_par_iter()
            .map(|(group, heads)| {
                let ids = || heads.iter().map(|(_, head)| format!("{:?}", head.id)).collect::<Vec<_>>().join(", ");
                let unpack = |what: &str, tree, unpack: Unpack| {
                    let run = store.get_whole_run(tree, group);
                    run.and_then(|run| unpack(&run).map_err(|e| store.damaged(&format!("a group {e}"))))
                        .map_err(|e| store.damaged(&format!("the {what} of {} cannot be read: {e}", ids())))
                };
                let mut texts = unpack("texts", &TEXTS, unpack_texts)?;
                let mut records = unpack("records", &RECORDS, unpack_group)?;
                heads
                    .iter()
                    .map(|(at, head)| {
                        let missing = || store.damaged(&format!("text or record of {:?} is missing", head.id));
                        let text = texts.get_mut(head.slot as usize).map(std::mem::take).ok_or_else(missing)?;
                        let record = records.get_mut(head.slot as usize).map(std::mem::take).ok_or_else(missing)?;
                        let text = String::from_utf8(text)
                            .map_err(|_| store.damaged(&format!("the text of {:?} is none", head.id)))?;
                        let previous = documents.get(*at).and_then(|document| document.previous);
                        let head = Head { previous, ..head.clone() };
                        let live = documents.get(*at).is_some_and(|document| document.live);
                        Ok((*at, self.carry(head, text, record, live)?))
                    })
                    .collect()
            })
            .collect::<Result<_>>()?;
        let mut all: Vec<(usize, Carried)> = fetched.into_iter().flatten().collect();
        all.sort_by_key(|(at, _)| *at);
        Ok(all.into_iter().map(|(_, carried)| carried).collect())
    }

    /// A document as it goes into the fresh engine.
    fn carry(&self, mut head: Head, text: String, record: Vec<u8>, live: bool) -> Result<Carried> {
        let wrong = |e: String| self.shared.store.damaged(&format!("the record of {:?} {e}", head.id));
        let text = SourceText::new(text);
        let options = self.options;
        let How::Read = self.how else {
            let document = unpack_record(&record).map_err(wrong)?;
            let document = self.reviewed(&head, &text, document, live)?;
            return Ok(Carried::new(head, text, record, document, false));
        };
        let read = catch_unwind(AssertUnwindSafe(|| (options.parse)(&text)));
        let (document, record, failed) = match read {
            Ok(mut document) => {
                metadata::overrule(&mut document, &head.metadata, &*options.names);
                let record = pack_record(&document).map_err(wrong)?;
                head.reading = options.reading;
                (document, record, false)
            }
            // A document that breaks a rule's code keeps what was read in it before.
            Err(_) => (unpack_record(&record).map_err(wrong)?, record, true),
        };
        let document = self.reviewed(&head, &text, document, live)?;
        Ok(Carried::new(head, text, record, document, failed))
    }

    /// A record with what was said of it; what nobody sees shows none.
    fn reviewed(&self, head: &Head, text: &SourceText, document: Document, live: bool) -> Result<Reviewed> {
        if live {
            self.shared.reviewed(head, text, document)
        } else {
            self.shared.reviewed_as_of(head, text, document, 0)
        }
    }

    /// Writes what belongs to no block: ids, contents, who is gone, the reading, and trees that are carried as they are.
    fn finish(&self, made: &Store) -> Result<()> {
        let mut writer = Writer { made, commit: Commit::default() };
        let mut gone = Gone::default();
        let mut ranges = BTreeSet::new();
        let mut ids = Vec::new();
        let mut contents = Vec::new();
        for (number, document) in (0u32..).zip(&self.documents) {
            if document.newest {
                ids.push((document.id.as_str(), Entry { number, live: document.live }));
            }
            contents.push((document.sha256, number));
            if !document.live {
                ranges.insert(gone.insert(number));
            }
        }
        ids.sort_unstable_by_key(|(id, _)| *id);
        contents.sort_unstable();
        for tree in TreeId::ALL.into_iter().filter(|tree| tree.is_carried()) {
            self.shared.store.copy_tree(tree, made)?;
        }
        for content in &contents {
            writer.put(&CONTENTS, content, &Present)?;
        }
        for range in ranges {
            if let Some(bits) = gone.bits(range) {
                writer.put(&GONE, &range, bits)?;
            }
        }
        if let Some(reading) = self.reading {
            writer.put(&READING, READING_KEY, &reading)?;
        }
        for (id, entry) in ids {
            writer.put(&IDS, id, &entry)?;
        }
        // Last: a store in the making that counts documents is whole but for the place it is to take.
        writer.flush()?;
        for document in self.documents.iter().filter(|document| document.live) {
            writer.commit.document(&document.id, &document.sha256, 1);
        }
        writer.flush()
    }
}

/// Takes a group apart.
type Unpack = fn(&[u8]) -> Result<Vec<Vec<u8>>, String>;

/// A document on its way.
struct Carried {
    head: Head,
    text: SourceText,
    record: Vec<u8>,
    document: Reviewed,
    sketch: Sketch,
    failed: bool,
}

impl Carried {
    fn new(head: Head, text: SourceText, record: Vec<u8>, document: Reviewed, failed: bool) -> Self {
        let sketch = Sketch::of(&document, &Shingles::of(&text, &document));
        Self { head, text, record, document, sketch, failed }
    }
}

/// A group, packed: its number, its texts, its records.
struct Packed {
    number: u32,
    texts: Vec<u8>,
    records: Vec<u8>,
}

fn pack(number: u32, group: &[Carried]) -> Result<Packed> {
    Ok(Packed {
        number,
        texts: pack_texts(group.iter().map(|d| d.text.as_str())).map_err(cannot)?,
        records: pack_group(group.iter().map(|d| d.record.as_slice())).map_err(cannot)?,
    })
}

/// A block, ready to be written.
struct Block {
    first: u32,
    heads: Vec<Head>,
    groups: Vec<Packed>,
    directory: Directory,
    run: Vec<u8>,
    postings: posting::Run,
    sketches: Vec<Sketch>,
    failed: Vec<String>,
}

impl Block {
    /// Writes it, the directory last: a block that has one is whole.
    fn write(&self, made: &Store, number: u32) -> Result<()> {
        let mut writer = Writer { made, commit: Commit::default() };
        for (number, head) in (self.first..).zip(&self.heads) {
            writer.put(&HEADS, &number, head)?;
        }
        for group in &self.groups {
            writer.put_run(&TEXTS, group.number, &group.texts)?;
        }
        for group in &self.groups {
            writer.put_run(&RECORDS, group.number, &group.records)?;
        }
        writer.put_run(&COLUMNS, number, &self.run)?;
        writer.put_run(&SKETCHES, number, &Sketch::pack(self.sketches.iter()))?;
        for (at, chunk) in (0u16..).zip(&self.postings.chunks) {
            writer.put(&posting::PAIRS, &(number, at), &Chunk(chunk.clone()))?;
        }
        writer.put(&posting::RUNS, &number, &self.postings.directory)?;
        writer.flush()?;
        writer.put(&DIRECTORIES, &number, &self.directory)?;
        writer.flush()
    }
}

/// Writes in commits as large as they may be.
struct Writer<'a> {
    made: &'a Store,
    commit: Commit,
}

impl Writer<'_> {
    fn put<K: Key + ?Sized, V: Stored>(&mut self, tree: &Tree<K, V>, key: &K, value: &V) -> Result<()> {
        self.commit.put(tree, key, value)?;
        if self.commit.is_full() { self.flush() } else { Ok(()) }
    }

    fn put_run(&mut self, tree: &Tree<(u32, u16), Chunk>, number: u32, bytes: &[u8]) -> Result<()> {
        for (at, piece) in (0u16..).zip(bytes.chunks(Chunk::BYTES)) {
            self.put(tree, &(number, at), &Chunk(piece.to_vec()))?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.made.commit(std::mem::take(&mut self.commit)).map(drop)
    }
}

fn cannot(reason: String) -> Error {
    Error::new(ErrorKind::Store { doing: "make a fresh engine".to_owned(), reason })
}
