//! Batch: documents on their way into one commit.

use super::copies::Print;
use super::shared::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::index::{
    BlockBuilder, COLUMNS, CONTENTS, Catalog, DIRECTORIES, Directory, Entry, GONE, HEADS, Head, IDS, Mark, Present,
    READING, READING_KEY, RECORDS, Reading, SKETCHES, Sketch, TEXTS, group_size, pack_group, pack_texts, posting,
};
use crate::review::{CORRECTIONS, Correction, LogKey, Reviewed};
use crate::store::{COMMIT_BYTES, COMMIT_KEYS, Commit};
use crate::text::SourceText;
use rayon::prelude::*;
use std::sync::Arc;

/// A document writes so many keys of its own; chunks of texts, records and columns come on top.
const KEYS_A_DOCUMENT: usize = 3;
/// What a row of facts weighs, in bytes before compression.
const ROW_BYTES: usize = 64;

/// A document ready to be written, and what it replaces.
pub(super) struct Incoming {
    pub head: Head,
    pub text: SourceText,
    /// The machine's reading, in bytes.
    pub record: Vec<u8>,
    /// That reading as people left it.
    pub document: Reviewed,
    /// Number of the version that it replaces.
    pub replaces: Option<u32>,
    /// What near-copies are found by.
    pub print: Arc<Print>,
    /// The earlier documents that it is like.
    pub mark: Option<Mark>,
}

/// Documents of one commit, numbered one after another.
pub(super) struct Batch {
    first: u32,
    documents: Vec<Incoming>,
    said: Vec<(LogKey, Correction)>,
    weight: usize,
}

impl Batch {
    /// An empty batch whose first document will have this number.
    pub fn new(first: u32) -> Self {
        Self { first, documents: Vec::new(), said: Vec::new(), weight: 0 }
    }

    /// True without documents.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// True where a commit should hold no more.
    pub fn is_full(&self) -> bool {
        // A third of the keys is left for chunks; compression makes the bytes fewer, never more.
        self.documents.len() * KEYS_A_DOCUMENT + self.said.len() >= COMMIT_KEYS * 2 / 3 || self.weight >= COMMIT_BYTES
    }

    /// Number that the next document gets.
    pub fn next(&self) -> u32 {
        self.first + self.documents.len() as u32
    }

    /// Adds a document.
    pub fn push(&mut self, incoming: Incoming) {
        let d = &incoming.document;
        let rows = d.sections.len() + d.clauses.len() + d.assignments.len() + d.targets.len() + d.milestones.len();
        self.weight += incoming.text.as_str().len() + ROW_BYTES * rows;
        self.documents.push(incoming);
    }

    /// Adds what was said of a document that it has, or of one that is not there.
    pub fn say(&mut self, key: LogKey, entry: Correction) {
        self.said.push((key, entry));
    }

    /// Writes all documents in one commit, and shows them to queries.
    pub fn commit(mut self, shared: &Shared, reading: Reading) -> Result<()> {
        let mut catalog = Catalog::clone(&shared.catalog());
        let mut commit = Commit::default();
        let first_group = catalog.next_group();
        let ends = self.number_groups(first_group);
        let documents: Vec<_> = self.documents.iter().map(|d| (&d.text, &*d.document)).collect();
        // Lists of words take as long to make as all else.
        let (lists, made) = rayon::join(|| posting::build(documents), || self.made(first_group, &ends));
        let (lists, made) = (lists.map_err(cannot)?, made.map_err(cannot)?);
        let mut changed = std::collections::BTreeSet::new();
        for (number, Incoming { head, replaces, .. }) in (self.first..).zip(&self.documents) {
            commit.put(&HEADS, &number, head)?;
            commit.put(&IDS, head.id.as_str(), &Entry { number, live: true })?;
            commit.put(&CONTENTS, &(head.sha256, number), &Present)?;
            commit.document(&head.id, &head.sha256, i64::from(replaces.is_none()));
            if let Some(old) = replaces {
                changed.insert(catalog.gone_mut().insert(*old));
            }
        }
        for (key, entry) in &self.said {
            commit.put(&CORRECTIONS, key, entry)?;
        }
        put_gone(&mut commit, &catalog, &changed)?;
        for (group, (texts, records)) in (first_group..).zip(&made.groups) {
            commit.put_run(&TEXTS, group, texts)?;
            commit.put_run(&RECORDS, group, records)?;
        }
        let number = catalog.next_block();
        commit.put_run(&SKETCHES, number, &made.sketches)?;
        commit.put(&DIRECTORIES, &number, &made.directory)?;
        commit.put_run(&COLUMNS, number, &made.columns)?;
        lists.put(&mut commit, number)?;
        if shared.reading() != Some(reading) {
            commit.put(&READING, READING_KEY, &reading)?;
        }
        let generation = shared.store.commit(commit)?;
        catalog.set_generation(generation.number);
        catalog.push(number, made.directory);
        shared.show(catalog);
        shared.set_reading(reading);
        Ok(())
    }

    /// Tells each head the group of its text and record, and its place there; gives the end of each group.
    fn number_groups(&mut self, first: u32) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut rest = self.documents.as_mut_slice();
        while !rest.is_empty() {
            let count = group_size(rest.iter().map(|d| d.text.as_str().len()));
            let (here, behind) = rest.split_at_mut_checked(count).unwrap_or_default();
            rest = behind;
            for (slot, incoming) in here.iter_mut().enumerate() {
                incoming.head.group = first + ends.len() as u32;
                incoming.head.slot = slot as u32;
            }
            ends.push(ends.last().copied().unwrap_or_default() + here.len());
        }
        ends
    }

    /// The values of a block but for its lists of words. Groups are compressed side by side.
    fn made(&self, first_group: u32, ends: &[usize]) -> Result<Made, String> {
        let starts = std::iter::once(&0).chain(ends);
        let groups: Vec<&[Incoming]> =
            starts.zip(ends).filter_map(|(start, end)| self.documents.get(*start..*end)).collect();
        let groups: Vec<_> = groups.into_par_iter().map(pack).collect::<Result<_, _>>()?;
        let mut block = BlockBuilder::new(self.first);
        for Incoming { head, text, document, .. } in &self.documents {
            block.push(head, document, text.len());
        }
        let marks = self.documents.iter().filter_map(|incoming| incoming.mark.clone()).collect();
        let (directory, columns) = block.finish((first_group, groups.len() as u32), marks)?;
        let sketches = Sketch::pack(self.documents.iter().map(|incoming| incoming.print.sketch()));
        Ok(Made { groups, directory, columns, sketches })
    }
}

/// What is written of a block beside its lists of words.
struct Made {
    /// Texts and records of each group.
    groups: Vec<(Vec<u8>, Vec<u8>)>,
    directory: Directory,
    columns: Vec<u8>,
    sketches: Vec<u8>,
}

/// Texts and records of a group.
fn pack(group: &[Incoming]) -> Result<(Vec<u8>, Vec<u8>), String> {
    let texts = pack_texts(group.iter().map(|d| d.text.as_str()))?;
    Ok((texts, pack_group(group.iter().map(|d| d.record.as_slice()))?))
}

/// Writes the ranges of the bitmap that changed.
pub(super) fn put_gone(commit: &mut Commit, catalog: &Catalog, ranges: &std::collections::BTreeSet<u32>) -> Result<()> {
    for range in ranges {
        if let Some(bits) = catalog.gone().bits(*range) {
            commit.put(&GONE, range, bits)?;
        }
    }
    Ok(())
}

fn cannot(reason: String) -> Error {
    Error::new(ErrorKind::Store { doing: "prepare a commit".to_owned(), reason })
}
