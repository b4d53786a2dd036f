//! Review: what people say of rows, into the ledger and out again.
//!
//! In: requests that point at rows of an answer. Out: entries in the documents' logs, and the rows of these documents written
//! anew at once, under the same version, as other metadata would. A document's entries and its rows are one commit; a call
//! that finds fault with one request writes none.

mod progress;
mod request;
mod tables;

pub use progress::ProgressRequest;
pub use request::Request;

use super::batch::{Batch, Incoming};
use super::copies::{Copies, Print};
use super::ingest::mark;
use super::merge::merge;
use super::shared::Shared;
use super::{Ledger, Options};
use crate::error::{Error, ErrorKind, Result};
use crate::index::{Head, IDS, RECORDS, hex, unpack_group};
use crate::record::Document;
use crate::review::{self, Action, Correction, Fields, LogKey, Outcome, Source, State, checked};
use crate::store::Commit;
use crate::table::Table;
use crate::text::{Extent, SourceText, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Entries that are new.
    pub added: usize,
    /// Entries that the ledger had.
    pub known: usize,
    /// New entries of documents that are not in the ledger; they wait for them.
    pub waiting: usize,
}

impl Ledger {
    /// Keeps what is said of rows; ids of the entries, in the order of the requests. All or none are kept of a document, and
    /// none of any where a request is at fault.
    pub fn review(&self, requests: &[Request]) -> Result<Vec<String>> {
        let shared = self.shared()?;
        let writing = shared.to_write()?;
        let mut open: BTreeMap<&str, Opened> = BTreeMap::new();
        let mut ids = Vec::with_capacity(requests.len());
        for request in requests {
            let id = request.document.as_str();
            if !open.contains_key(id) {
                open.insert(id, Opened::new(&shared, id)?);
            }
            let Some(opened) = open.get_mut(id) else { continue };
            let entry = request.entry(opened, &*self.options.names)?;
            ids.push(opened.say(entry)?);
        }
        let written = write(&shared, &self.options, open.into_values().map(Ok));
        drop(writing);
        written.map(|()| ids)
    }

    /// Every entry of every log, with what became of it: one row a field.
    pub fn corrections(&self) -> Result<Table> {
        tables::corrections(&*self.shared()?)
    }

    /// Takes entries back; how many were not taken back before.
    pub fn undo(&self, ids: &[String], by: &str, when: &str) -> Result<usize> {
        let shared = self.shared()?;
        let writing = shared.to_write()?;
        let mut found: BTreeMap<String, Vec<Correction>> = BTreeMap::new();
        let mut unknown: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        let all = logs(&shared)?;
        let undone = all.chunk_by(|a, b| a.document == b.document).flat_map(review::undone).collect::<Vec<_>>();
        for (entry, undone) in all.into_iter().zip(undone) {
            let id = entry.id();
            if entry.action == Action::Undo || !ids.contains(&id) {
                continue;
            }
            unknown.remove(id.as_str());
            if !undone {
                found.entry(entry.document.clone()).or_default().push(Correction {
                    action: Action::Undo,
                    anchor: None,
                    seen: Fields::new(),
                    fields: Fields::new(),
                    by: by.to_owned(),
                    note: None,
                    when: when.to_owned(),
                    undoes: Some(id),
                    ..entry
                });
            }
        }
        if let Some(id) = unknown.first() {
            return Err(Error::query(format!("the ledger has no correction {id:?}"), Vec::new()));
        }
        let undone = found.values().map(Vec::len).sum();
        let written = self.keep(&shared, found, true).map(|_| undone);
        drop(writing);
        written
    }

    /// Where words stand in a document: for each of a clause (its position, from 1; the whole text without one) and words all
    /// their places.
    pub fn find_words(&self, document: &str, words: &[(Option<u32>, String)]) -> Result<Vec<Vec<Span>>> {
        let shared = self.shared()?;
        let opened = Opened::new(&shared, document)?;
        let whole = Extent { span: Span::new(0, opened.text.len()), removed: Vec::new() };
        let places = words.iter().map(|(clause, words)| {
            let clause = clause.map(|n| opened.document.clauses.get((n as usize).wrapping_sub(1)));
            let within = clause.map_or(Some(&whole), |clause| clause.map(|clause| &clause.text));
            let found = within.map(|within| review::find(&opened.text, within, words)).unwrap_or_default();
            found.into_iter().map(|extent| extent.span).collect()
        });
        Ok(places.collect())
    }

    /// Every entry of every log, as JSON lines, by document and in the order in which it was said.
    pub fn export_corrections(&self) -> Result<String> {
        let mut out = String::new();
        for entry in logs(&*self.shared()?)? {
            let line = serde_json::to_string(&entry).map_err(|e| cannot("export corrections", &e.to_string()))?;
            out.push_str(&line);
            out.push('\n');
        }
        Ok(out)
    }

    /// Takes exported entries in, behind those that are there. Those of documents that are not in the ledger wait for them.
    pub fn import_corrections(&self, lines: &str) -> Result<Imported> {
        let mut entries: BTreeMap<String, Vec<Correction>> = BTreeMap::new();
        for (number, line) in (1..).zip(lines.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = |reason: &str| Error::query(format!("line {number} holds no correction: {reason}"), Vec::new());
            let entry: Correction = serde_json::from_str(line).map_err(|e| wrong(&e.to_string()))?;
            for (name, value) in &entry.fields {
                checked(entry.table, name, value).map_err(|e| wrong(&e.to_string()))?;
            }
            entries.entry(entry.document.clone()).or_default().push(entry);
        }
        let shared = self.shared()?;
        let writing = shared.to_write()?;
        let imported = self.keep(&shared, entries, false);
        drop(writing);
        imported
    }

    /// Keeps entries by document; what a log has already, as often, is passed over unless it is `new`.
    fn keep(&self, shared: &Shared, entries: BTreeMap<String, Vec<Correction>>, new: bool) -> Result<Imported> {
        let mut imported = Imported::default();
        let mut waiting = Commit::default();
        let mut live = Vec::new();
        for (id, entries) in entries {
            let log = shared.log(&id)?;
            let mut known: BTreeMap<String, usize> = BTreeMap::new();
            for entry in log.iter().filter(|_| !new) {
                *known.entry(entry.id()).or_default() += 1;
            }
            let total = entries.len();
            let is_new = |entry: &Correction| match known.get_mut(&entry.id()).filter(|times| **times > 0) {
                Some(times) => {
                    *times -= 1;
                    false
                }
                None => true,
            };
            let new: Vec<Correction> = entries.into_iter().filter(is_new).collect();
            imported.known += total - new.len();
            imported.added += new.len();
            if new.is_empty() {
                continue;
            }
            if shared.entry(&id)?.is_some() {
                live.push((id, new));
                continue;
            }
            imported.waiting += new.len();
            for (number, entry) in (log.len() as u32..).zip(new) {
                waiting.put(&review::CORRECTIONS, &LogKey { document: id.clone(), number }, &entry)?;
            }
        }
        if waiting.keys() > 0 {
            commit(shared, waiting)?;
        }
        let documents = live.into_iter().map(|(id, entries)| {
            let mut opened = Opened::new(shared, &id)?;
            opened.said = entries;
            Ok(opened)
        });
        write(shared, &self.options, documents)?;
        Ok(imported)
    }
}

/// A document that is spoken of.
pub(super) struct Opened {
    number: u32,
    pub head: Head,
    pub sha256: String,
    pub text: Arc<SourceText>,
    /// The machine's reading, in bytes.
    record: Vec<u8>,
    machine: Document,
    /// The record as people left it, what was just said included.
    pub document: Document,
    log: Vec<Correction>,
    said: Vec<Correction>,
}

impl Opened {
    /// Opens a document of this id.
    pub fn new(shared: &Shared, id: &str) -> Result<Self> {
        let unknown = || Error::new(ErrorKind::UnknownDocument { id: id.to_owned() });
        let number = shared.entry(id)?.ok_or_else(unknown)?.number;
        let head = shared.head(number)?;
        let view = shared.catalog();
        let reader = shared.reader(&view);
        let text = reader.text(head.group, head.slot)?;
        let wrong = |reason: String| shared.store.damaged(&format!("the record of {id:?} {reason}"));
        let records = unpack_group(&shared.store.get_whole_run(&RECORDS, head.group)?).map_err(wrong)?;
        let record = records.into_iter().nth(head.slot as usize).ok_or_else(|| wrong("is missing".to_owned()))?;
        let machine = crate::index::unpack_record(&record).map_err(wrong)?;
        let (sha256, log) = (hex(&head.sha256), shared.log(id)?);
        let source = Source { text: &text, sha256: &sha256 };
        let document = review::apply(machine.clone(), source, &log).into_document();
        Ok(Self { number, head, sha256, text, record, machine, document, log, said: Vec::new() })
    }

    pub fn source(&self) -> Source<'_> {
        Source { text: &self.text, sha256: &self.sha256 }
    }

    /// Adds an entry, which must hold; its id.
    fn say(&mut self, entry: Correction) -> Result<String> {
        let id = entry.id();
        let known: Vec<Correction> = self.log.iter().chain(&self.said).cloned().collect();
        if review::undone(&known).iter().zip(&known).any(|(undone, known)| !undone && known.id() == id) {
            return Ok(id);
        }
        // Entries that were said before it count by their rows alone.
        let outcome = self.with(std::slice::from_ref(&entry));
        if outcome.state != State::Applied {
            let reason = outcome.reason.unwrap_or_else(|| "it does not hold".to_owned());
            return Err(Error::query(format!("this cannot be kept of {:?}: {reason}", entry.document), Vec::new()));
        }
        self.said.push(entry);
        Ok(id)
    }

    /// The record with more entries; what became of the last.
    fn with(&mut self, more: &[Correction]) -> Outcome {
        let log: Vec<Correction> = self.log.iter().chain(&self.said).chain(more).cloned().collect();
        let reviewed = review::apply(self.machine.clone(), self.source(), &log);
        let last = reviewed.outcomes().last().cloned();
        self.document = reviewed.into_document();
        last.unwrap_or(Outcome { state: State::Applied, reason: None, clause: None, at: None })
    }
}

/// Writes the rows of documents anew with what was said of them, in as few commits as hold them.
fn write(shared: &Shared, options: &Options, documents: impl Iterator<Item = Result<Opened>>) -> Result<()> {
    let generation = shared.store.generation();
    let view = shared.catalog();
    let mut batch = Batch::new(view.next_document());
    let mut copies: Option<Copies> = None;
    for opened in documents {
        let opened = opened?;
        if opened.said.is_empty() {
            continue;
        }
        let known = match &mut copies {
            Some(known) => known,
            None => copies.insert(Copies::load(&shared.store, &view)?),
        };
        put(shared, options, &mut batch, known, opened)?;
        if batch.is_full() {
            let next = Batch::new(batch.next());
            std::mem::replace(&mut batch, next).commit(shared, shared.reading().unwrap_or(options.reading))?;
        }
    }
    drop(view);
    if !batch.is_empty() {
        batch.commit(shared, shared.reading().unwrap_or(options.reading))?;
    }
    if shared.store.generation() == generation {
        return Ok(());
    }
    merge(shared)?;
    shared.store.seal()
}

fn put(shared: &Shared, options: &Options, batch: &mut Batch, copies: &mut Copies, opened: Opened) -> Result<()> {
    let Opened { number: old, head, sha256, text, record, machine, log, said, .. } = opened;
    for (number, entry) in (log.len() as u32..).zip(&said) {
        batch.say(LogKey { document: head.id.clone(), number }, entry.clone());
    }
    let log: Vec<Correction> = log.into_iter().chain(said).collect();
    let document = review::apply(machine, Source { text: &text, sha256: &sha256 }, &log);
    let print = Arc::new(Print::of(&head.id, &text, &document, &*options.names));
    let (mut since, mut previous) = (old, head.previous);
    // A chain only ever leads back.
    while let Some(before) = previous.filter(|before| *before < since) {
        (since, previous) = (before, shared.head(before)?.previous);
    }
    let number = batch.next();
    let mark = mark(shared, options, copies, (number, since, Some(old)), &print)?.map(|(mark, _)| mark);
    let head = Head { previous: Some(old), ..head };
    batch.push(Incoming { head, text: (*text).clone(), record, document, replaces: Some(old), print, mark });
    Ok(())
}

/// Commits what touches no row, and shows it.
fn commit(shared: &Shared, commit: Commit) -> Result<()> {
    let mut catalog = (*shared.catalog()).clone();
    catalog.set_generation(shared.store.commit(commit)?.number);
    shared.show(catalog);
    shared.store.seal()
}

/// Every entry of every log, by document.
fn logs(shared: &Shared) -> Result<Vec<Correction>> {
    let mut all: Vec<Correction> = Vec::new();
    shared.store.scan(&review::CORRECTIONS, |_, entry| {
        all.push(entry);
        Ok(true)
    })?;
    // Of ids that begin alike keys may mix; the order within a log is that of its keys.
    all.sort_by(|a, b| a.document.cmp(&b.document));
    Ok(all)
}

/// True where queries see a document of this id.
fn is_live(shared: &Shared, id: &str) -> Result<bool> {
    Ok(shared.store.get(&IDS, id)?.is_some_and(|entry| entry.live))
}

fn cannot(doing: &str, reason: &str) -> Error {
    Error::new(ErrorKind::Store { doing: doing.to_owned(), reason: reason.to_owned() })
}
