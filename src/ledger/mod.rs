//! Ledger: the façade that knows all: open, ingest, remove, query, compare.
//!
//! A ledger is one folder. One process may hold it open, in any number of handles that share one store.

mod align;
mod batch;
mod check;
mod compact;
mod copies;
mod described;
mod embedded;
mod exported;
mod fresh;
mod glob;
mod ingest;
mod load;
mod merge;
mod metadata;
mod options;
mod parsed;
mod prepare;
mod questions;
mod records;
mod report;
mod reread;
mod review;
mod rows;
mod shared;
mod source;
mod stored;

pub use crate::index::Reading;
pub use described::{Described, Metadata};
pub use embedded::parse;
pub use exported::{Exported, RECORDS, Row};
pub use options::{Options, Parse};
pub use parsed::{Parsed, parse_all};
pub use records::{Records, records_schema};
pub use report::{Outcome, Progress, Report, Steps};
pub use review::{Imported, ProgressRequest, Request};
pub use rows::Rows;
pub use source::{Content, Extract, Source, sources};
pub use stored::{Stats, StoredDocument, Version};

use crate::compare::{self, Comparison, Selection};
use crate::error::{Error, ErrorKind, Result};
use crate::index::{Entry, Head, IDS, hex};
use crate::query::{self, Counted, Query, Search};
use crate::store::{Commit, TreeId};
use crate::table::{Table, TableName};
use shared::{Handle, Shared, View};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Files of a user's own words: measures named and joined, selections.
const EDITS: [&str; 2] = [align::EDITS, "selections.json"];

/// A handle on an open ledger.
#[derive(Debug)]
pub struct Ledger {
    handle: Mutex<Handle>,
    path: PathBuf,
    options: Options,
}

impl Ledger {
    /// Opens the ledger in a folder, making it where `options` say so. Opening it again in the same process shares the
    /// open store; then only `parse`, `reading`, `names` and `max_bytes` of the options count.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self> {
        let handle = Handle::open(path.as_ref(), &options)?;
        let path = handle.get()?.store.path().to_owned();
        Ok(Self { handle: Mutex::new(handle), path, options })
    }

    fn shared(&self) -> Result<Arc<Shared>> {
        self.handle.lock().unwrap_or_else(PoisonError::into_inner).get()
    }

    /// The folder, from the root.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads and commits sources. Metadata of a source wins over its text, differences become notes.
    pub fn ingest(&self, sources: impl IntoIterator<Item = Source>, progress: &Progress<'_>) -> Result<Report> {
        ingest::ingest(&*self.shared()?, &self.options, sources, progress)
    }

    /// Takes in documents that were read elsewhere ([`Ledger::records`], [`parse_all`]), as an ingest would that read the
    /// same. With `accept_other` an empty ledger becomes one of the rows' reading, and one that holds documents takes
    /// what was read as they were. The first row that is unsound ends it; what was committed before stays.
    pub fn load(
        &self,
        rows: impl Iterator<Item = Result<Row>>,
        accept_other: bool,
        progress: &Progress<'_>,
    ) -> Result<Report> {
        load::load(&*self.shared()?, &self.options, accept_other, rows, progress)
    }

    /// The documents of these ids, in their order, or all in the order in which they came, with everything that
    /// [`Ledger::load`] needs.
    pub fn records(&self, ids: Option<&[String]>) -> Result<Records> {
        Records::new(self.shared()?, ids)
    }

    /// Removes a document from all answers; false where there is none of that id. Its texts are kept, and a document that
    /// comes again under its id goes on with its versions.
    pub fn remove(&self, id: &str) -> Result<bool> {
        let shared = self.shared()?;
        let writing = shared.to_write()?;
        let Some(Entry { number, .. }) = shared.entry(id)? else { return Ok(false) };
        let head = shared.head(number)?;
        let mut catalog = (*shared.catalog()).clone();
        let mut commit = Commit::default();
        commit.put(&IDS, id, &Entry { number, live: false })?;
        let range = catalog.gone_mut().insert(number);
        batch::put_gone(&mut commit, &catalog, &BTreeSet::from([range]))?;
        commit.document(id, &head.sha256, -1);
        catalog.set_generation(shared.store.commit(commit)?.number);
        shared.show(catalog);
        drop(writing);
        Ok(true)
    }

    /// Number of live documents.
    pub fn documents(&self) -> Result<u64> {
        Ok(self.shared()?.store.generation().documents)
    }

    /// Ids of the live documents, copies among them, sorted.
    pub fn ids(&self) -> Result<Vec<String>> {
        let query = Query { copies: true, columns: vec!["id".to_owned()], ..Query::new(TableName::Documents) };
        let table = self.query(&query)?;
        Ok(table.values("id").filter_map(|cell| cell.text().map(str::to_owned)).collect())
    }

    /// A document as it is now.
    pub fn document(&self, id: &str) -> Result<StoredDocument> {
        let shared = self.shared()?;
        let view = shared.catalog();
        let entry = shared.entry(id)?.ok_or_else(|| unknown(id))?;
        stored(&shared, &view, shared.head(entry.number)?)
    }

    /// A version of a document that is still kept.
    pub fn document_version(&self, id: &str, version: u32) -> Result<StoredDocument> {
        let shared = self.shared()?;
        let view = shared.catalog();
        let head = heads(&shared, id)?.into_iter().find(|(_, head)| head.version == version);
        stored(&shared, &view, head.ok_or_else(|| unknown(&format!("{id} (version {version})")))?.1)
    }

    /// The versions of a document, oldest first; removed documents have them too.
    pub fn versions(&self, id: &str) -> Result<Vec<Version>> {
        let shared = self.shared()?;
        let _view = shared.catalog();
        let live = shared.entry(id)?.map(|entry| entry.number);
        let mut versions: Vec<Version> = Vec::new();
        for (number, head) in heads(&shared, id)? {
            // Other metadata for the same bytes made no new version; the newest comes first and stands for all.
            if versions.last().is_none_or(|newer| newer.version != head.version) {
                let current = live == Some(number);
                versions.push(Version { version: head.version, sha256: hex(&head.sha256), file: head.file, current });
            }
        }
        versions.reverse();
        Ok(versions)
    }

    /// Answers a question.
    pub fn query(&self, query: &Query) -> Result<Table> {
        let shared = self.shared()?;
        query::run(shared.reader(&shared.catalog()), query, &*self.options.names)
    }

    /// Number of rows that answer a question.
    pub fn count(&self, query: &Query) -> Result<u64> {
        let shared = self.shared()?;
        query::count(shared.reader(&shared.catalog()), query, &*self.options.names)
    }

    /// The clauses that speak most of some words, the best first.
    pub fn search(&self, search: &Search) -> Result<Table> {
        let shared = self.shared()?;
        query::search(shared.reader(&shared.catalog()), search, &*self.options.names)
    }

    /// The steps by which a question is answered.
    pub fn explain(&self, query: &Query) -> Result<Table> {
        let shared = self.shared()?;
        query::explain(shared.reader(&shared.catalog()), query, &*self.options.names)
    }

    /// Counts the rows that a question selects, or their documents, by several things at once ([`query::cross`]).
    pub fn cross(&self, query: &Query, by: &[String], counted: Counted) -> Result<Table> {
        let shared = self.shared()?;
        query::cross(shared.reader(&shared.catalog()), query, by, counted, &*self.options.names)
    }

    /// The functions that stand in the same clauses ([`query::network`]).
    pub fn network(&self, query: &Query) -> Result<Table> {
        let shared = self.shared()?;
        query::network(shared.reader(&shared.catalog()), query, &*self.options.names)
    }

    /// Answers a question piece by piece, in bounded memory, in the order in which documents came into the ledger.
    pub fn stream(&self, query: &Query) -> Result<Rows> {
        Rows::new(self.shared()?, Arc::clone(&self.options.names), query)
    }

    /// Governments side by side.
    pub fn compare(&self, selection: &Selection) -> Result<Comparison> {
        let shared = self.shared()?;
        compare::compare(shared.reader(&shared.catalog()), selection, &*self.options.names)
    }

    /// The copies: `document, same_as, score, reason, title, same_as_title, file, same_as_file`, by document. The score is
    /// the share of the shorter one's wording that the longer one has; the reason is `number` or `text`.
    pub fn copies(&self) -> Result<Table> {
        copies::table(&*self.shared()?)
    }

    /// Sizes and counts.
    pub fn stats(&self) -> Result<Stats> {
        let shared = self.shared()?;
        let store = &shared.store;
        let catalog = shared.catalog();
        let generation = store.generation();
        let mut stats = Stats {
            documents: generation.documents,
            versions: u64::from(catalog.next_document()),
            copies: catalog.same().iter().len() as u64,
            disk: store.disk(),
            generation: generation.number,
            format: store.format().version,
            created_by: store.format().created_by.clone(),
            reading: shared.reading(),
            ..Stats::default()
        };
        for table in TableName::ALL {
            let rows = query::count(
                shared.reader(&catalog),
                &Query { copies: true, ..Query::new(table) },
                &*self.options.names,
            )?;
            stats.rows.insert(table.as_str().to_owned(), rows);
        }
        let trees = TreeId::ALL.into_iter().zip(&generation.bytes);
        stats.tree_bytes = trees.map(|(tree, bytes)| (tree.name().to_owned(), *bytes)).collect();
        Ok(stats)
    }

    /// Reads everything that is stored and compares it; an error names the first fault.
    pub fn check(&self) -> Result<()> {
        let shared = self.shared()?;
        let writing = shared.to_keep()?;
        let checked = shared.store.check_manifest().and_then(|()| check::check(&shared));
        drop(writing);
        checked
    }

    /// Writes the ledger again, in the order that serves reading, without removed documents and without all but
    /// `keep_versions` older versions of each document (`None` keeps them all). Needs room for both.
    pub fn compact(&self, keep_versions: Option<u32>, steps: &Steps<'_>) -> Result<()> {
        compact::compact(&*self.shared()?, &self.options, keep_versions, steps)
    }

    /// Makes all that is derived from texts and records anew.
    pub fn rebuild(&self, steps: &Steps<'_>) -> Result<()> {
        compact::rebuild(&*self.shared()?, &self.options, steps)
    }

    /// The same for a ledger that cannot be opened because of what is derived.
    pub fn rebuild_at(path: impl AsRef<Path>, options: &Options, steps: &Steps<'_>) -> Result<()> {
        let options = Options { create: false, ..options.clone() };
        let mut handle = Handle::open_bare(path.as_ref(), &options)?;
        compact::rebuild(&*handle.get()?, &options, steps)?;
        handle.close()
    }

    /// Reads every kept text again with this library's rules; older versions too. Goes on where an earlier one was
    /// interrupted. Gives the ids of documents at which the rules failed: they keep what was read before.
    pub fn reread(&self, steps: &Steps<'_>) -> Result<Vec<String>> {
        reread::reread(&*self.shared()?, &self.options, steps)
    }

    /// Copies the ledger, as it stands after its last commit, to a folder that does not exist yet. Queries go on.
    pub fn backup(&self, target: impl AsRef<Path>) -> Result<()> {
        let shared = self.shared()?;
        let writing = shared.to_keep()?;
        let copied = shared.store.backup(target.as_ref()).and_then(|()| {
            let put = |(name, bytes)| std::fs::write(target.as_ref().join(name), bytes);
            self.edits()?.into_iter().try_for_each(put).map_err(|e| cannot("copy what was said of it", &e))
        });
        drop(writing);
        copied
    }

    /// Writes the ledger, as it stands after its last commit, to a folder that does not exist yet: a published ledger, never
    /// written to again, which any number of processes and machines read at once. The same state gives the same bytes.
    pub fn publish(&self, target: impl AsRef<Path>) -> Result<()> {
        let shared = self.shared()?;
        let writing = shared.to_keep()?;
        let published = self.edits().and_then(|edits| shared.store.publish(target.as_ref(), &edits));
        drop(writing);
        published
    }

    /// True for a published ledger.
    pub fn is_read_only(&self) -> Result<bool> {
        Ok(self.shared()?.store.writable().is_err())
    }

    /// What a user has said of the ledger and is kept beside the store: names of files and what is in them.
    fn edits(&self) -> Result<Vec<(&'static str, Vec<u8>)>> {
        let mut found = Vec::new();
        for name in EDITS {
            match std::fs::read(self.path.join(name)) {
                Ok(bytes) => found.push((name, bytes)),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => return Err(cannot("copy what was said of it", &e)),
            }
        }
        Ok(found)
    }

    /// Closes and opens the store so that damage in it cannot go unseen; ingest does so by itself.
    pub fn seal(&self) -> Result<()> {
        self.shared()?.store.seal()
    }

    /// The ledger's reading and this library's, where they differ.
    pub fn reading_differs(&self) -> Result<Option<(Reading, Reading)>> {
        let shared = self.shared()?;
        let found = shared.reading().filter(|_| shared.store.generation().documents > 0);
        Ok(found.filter(|found| *found != self.options.reading).map(|found| (found, self.options.reading)))
    }

    /// Closes this handle; the last one closes the store. A closed handle answers with an error.
    pub fn close(&self) -> Result<()> {
        self.handle.lock().unwrap_or_else(PoisonError::into_inner).close()
    }
}

fn cannot(doing: &str, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Store { doing: doing.to_owned(), reason: error.to_string() })
}

fn unknown(id: &str) -> Error {
    Error::new(ErrorKind::UnknownDocument { id: id.to_owned() })
}

/// The heads of an id with their numbers, newest first.
fn heads(shared: &Shared, id: &str) -> Result<Vec<(u32, Head)>> {
    let newest = shared.store.get(&IDS, id)?.ok_or_else(|| unknown(id))?;
    let mut heads = Vec::new();
    let mut next = Some(newest.number);
    while let Some(number) = next {
        let head = shared.head(number)?;
        // A chain only ever leads back.
        next = head.previous.filter(|previous| *previous < number);
        heads.push((number, head));
    }
    Ok(heads)
}

fn stored(shared: &Shared, view: &View<'_>, head: Head) -> Result<StoredDocument> {
    let reader = shared.reader(view);
    let parts = || {
        let text = reader.text(head.group, head.slot)?;
        let document = shared.reviewed(&head, &text, reader.record(head.group, head.slot)?)?;
        Ok((text, document.into_document()))
    };
    let (text, document) =
        parts().map_err(|error| shared.store.concerning(&format!("text or facts of {:?}", head.id), &error))?;
    Ok(StoredDocument {
        text: (*text).clone(),
        document,
        id: head.id,
        file: head.file,
        metadata: head.metadata,
        sha256: hex(&head.sha256),
        encoding: head.encoding,
        version: head.version,
        reading: head.reading,
    })
}
