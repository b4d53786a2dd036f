//! Ingest: sources in, commits out. Documents are prepared side by side; one thread writes while the next are prepared.

use super::batch::{Batch, Incoming};
use super::copies::{Copies, Print};
use super::merge::merge;
use super::options::Options;
use super::prepare::{Found, Prepared, prepare, sentence};
use super::report::{Outcome, Progress, Report};
use super::shared::{Shared, View};
use super::source::{Content, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::index::{Entry, Head, IDS, Mark};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::sync_channel;

/// Sources that are prepared side by side before anybody looks at the result.
const ROUND: usize = 64;
/// Bytes of sources that are held at once, where they are held here.
const ROUND_BYTES: usize = 8 << 20;

/// Reads and commits sources.
pub(super) fn ingest(
    shared: &Shared,
    options: &Options,
    sources: impl IntoIterator<Item = Source>,
    progress: &Progress<'_>,
) -> Result<Report> {
    let writing = shared.to_write()?;
    let generation = shared.store.generation();
    if let Some(found) = shared.reading().filter(|found| *found != options.reading && generation.documents > 0) {
        let (found, current) = (found.to_string(), options.reading.to_string());
        return Err(Error::new(ErrorKind::Stale { found, current }));
    }
    // A batch is written while the next is prepared; a third waits for neither.
    let (send, receive) = sync_channel::<Batch>(0);
    let report = std::thread::scope(|scope| {
        let writer =
            scope.spawn(move || receive.into_iter().try_for_each(|batch| batch.commit(shared, options.reading)));
        let mut ingest = Ingest::new(shared, options);
        let mut sources = sources.into_iter();
        let mut outcome = Ok(());
        loop {
            ingest.report.interrupted = progress.cancel.load(Ordering::Relaxed);
            let round = round(&mut sources);
            if round.is_empty() || ingest.report.interrupted {
                break;
            }
            outcome = ingest.round(&round, progress, &mut |batch| send.send(batch).is_ok());
            if outcome.is_err() || ingest.stopped {
                break;
            }
        }
        // What was prepared before an interruption or an error is good; it is committed.
        if !ingest.batch.is_empty() && !ingest.stopped {
            // A writer that is gone has said why.
            drop(send.send(ingest.batch));
        }
        drop(send);
        let written = writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        written.and(outcome).map(|()| ingest.report)
    });
    let changed = shared.store.generation() != generation;
    let merged = if changed && report.is_ok() { merge(shared) } else { Ok(()) };
    let sealed = if changed { shared.store.seal() } else { Ok(()) };
    drop(writing);
    let report = report?;
    merged.and(sealed).map(|()| report)
}

/// The next sources that are worked on together.
fn round(sources: &mut impl Iterator<Item = Source>) -> Vec<Source> {
    let mut round = Vec::with_capacity(ROUND);
    let mut bytes = 0;
    while round.len() < ROUND && bytes < ROUND_BYTES {
        let Some(source) = sources.next() else { break };
        bytes += match &source.content {
            Content::File | Content::Extracted(_) => 0,
            Content::Bytes(bytes) => bytes.len(),
            Content::Text(text) => text.len(),
            Content::Exported { exported, .. } => exported.text.len() + exported.record.len(),
        };
        round.push(source);
    }
    round
}

/// An ingest on its way. What it has numbered but not yet committed it remembers.
struct Ingest<'a> {
    shared: &'a Shared,
    options: &'a Options,
    catalog: View<'a>,
    batch: Batch,
    /// Ids that this ingest has numbered, with the newest version.
    ids: BTreeMap<String, Before>,
    /// Contents that it has numbered, and the ids that have, or had, them.
    contents: BTreeMap<[u8; 32], Vec<String>>,
    /// The documents that one may be a copy of; known once a document is read.
    copies: Option<Copies>,
    report: Report,
    /// True where the writer is gone.
    stopped: bool,
}

impl<'a> Ingest<'a> {
    fn new(shared: &'a Shared, options: &'a Options) -> Self {
        let catalog = shared.catalog();
        Self {
            shared,
            options,
            batch: Batch::new(catalog.next_document()),
            catalog,
            ids: BTreeMap::new(),
            contents: BTreeMap::new(),
            copies: None,
            report: Report::default(),
            stopped: false,
        }
    }

    /// Prepares sources side by side, then admits them one after another.
    fn round(&mut self, round: &[Source], progress: &Progress<'_>, send: &mut dyn FnMut(Batch) -> bool) -> Result<()> {
        let look = |source| {
            if progress.cancel.load(Ordering::Relaxed) {
                return None;
            }
            let prepared = prepare(self.shared, &self.catalog, self.options, source, false);
            // A reader outside is stopped together with the ingest: what it did not give says nothing of the file.
            let unread = matches!(&prepared, Ok(Prepared { found: Found::Unreadable(_), .. }));
            let stopped = unread && progress.cancel.load(Ordering::Relaxed);
            (!stopped).then_some(prepared)
        };
        let prepared: Vec<Option<Result<Prepared>>> = round.par_iter().map(look).collect();
        for (source, prepared) in round.iter().zip(prepared) {
            let Some(prepared) = prepared else {
                self.report.interrupted = true;
                return Ok(());
            };
            let prepared = prepared?;
            let id = prepared.id.clone();
            let outcome = self.admit(source, prepared)?;
            (progress.on_document)(&id, outcome, self.report.len());
            if self.batch.is_full() {
                let next = Batch::new(self.batch.next());
                self.stopped = !send(std::mem::replace(&mut self.batch, next));
                if self.stopped {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn admit(&mut self, source: &Source, mut prepared: Prepared) -> Result<Outcome> {
        let id = prepared.id.clone();
        if let Found::Unreadable(reason) = &prepared.found {
            let label = prepared.file.clone().unwrap_or_else(|| id.clone());
            self.report.skipped.push((label, sentence(&id, reason)));
            return Ok(Outcome::Skipped);
        }
        // What this very ingest has read before counts as well.
        match self.ids.get(&id) {
            Some(known) if known.sha256 == prepared.sha256 => {
                self.report.unchanged.push(id);
                return Ok(Outcome::Unchanged);
            }
            Some(_) if !matches!(prepared.found, Found::Read(_)) => {
                prepared = prepare(self.shared, &self.catalog, self.options, source, true)?;
            }
            _ => {}
        }
        if let Found::SameContent(others) = &mut prepared.found {
            // Others may have changed in this very ingest.
            others.retain(|other| self.ids.get(other).is_none_or(|known| known.sha256 == prepared.sha256));
            if others.is_empty() {
                prepared = prepare(self.shared, &self.catalog, self.options, source, true)?;
            }
        }
        let read = match prepared.found {
            Found::Read(read) => *read,
            Found::Known => {
                self.report.unchanged.push(id);
                return Ok(Outcome::Unchanged);
            }
            Found::SameContent(others) => {
                self.report.same_content.push((id, others.into_iter().next().unwrap_or_default()));
                return Ok(Outcome::SameContent);
            }
            Found::Unreadable(reason) => {
                self.report.skipped.push((id.clone(), sentence(&id, &reason)));
                return Ok(Outcome::Skipped);
            }
        };
        let before = self.before(&id)?;
        if before.is_none_or(|before| !before.live)
            && let Some(other) = self.same_content(&prepared.sha256)
        {
            self.report.same_content.push((id, other.clone()));
            return Ok(Outcome::SameContent);
        }

        let same_bytes = before.is_some_and(|before| before.live && before.sha256 == prepared.sha256);
        let outcome = match before {
            Some(Before { live: true, .. }) if same_bytes => Outcome::Updated,
            Some(Before { live: true, .. }) => Outcome::NewVersion,
            _ => Outcome::Added,
        };
        match outcome {
            Outcome::Updated => self.report.updated.push(id.clone()),
            Outcome::NewVersion => self.report.new_versions.push(id.clone()),
            _ => self.report.added.push(id.clone()),
        }
        let version = before.map_or(1, |before| before.version + u32::from(!same_bytes));
        let number = self.batch.next();
        let since = before.map_or(number, |before| before.since);
        self.ids.insert(id.clone(), Before { number, version, since, sha256: prepared.sha256, live: true });
        self.contents.entry(prepared.sha256).or_default().push(id.clone());
        let head = Head {
            id,
            file: prepared.file,
            version,
            previous: before.map(|before| before.number),
            sha256: prepared.sha256,
            encoding: read.encoding,
            reading: self.options.reading,
            metadata: read.metadata,
            group: 0,
            slot: 0,
        };
        let replaces = before.filter(|before| before.live).map(|before| before.number);
        let mark = self.mark(number, since, replaces, &read.print)?;
        let (text, record, document, print) = (read.text, read.record, read.document, read.print);
        self.batch.push(Incoming { head, text, record, document, replaces, print, mark });
        Ok(outcome)
    }

    /// Looks for the earlier documents that a new one is like, and takes it among them.
    fn mark(&mut self, number: u32, since: u32, replaces: Option<u32>, print: &Arc<Print>) -> Result<Option<Mark>> {
        if self.copies.is_none() {
            self.copies = Some(Copies::load(&self.shared.store, &self.catalog)?);
        }
        let Some(copies) = &mut self.copies else { return Ok(None) };
        let found = mark(self.shared, self.options, copies, (number, since, replaces), print)?;
        let Some((mark, earliest)) = found else { return Ok(None) };
        self.report.copies.push((print.id().to_owned(), earliest));
        Ok(Some(mark))
    }

    /// An id that this ingest gave these bytes, and no others since.
    fn same_content(&self, sha256: &[u8; 32]) -> Option<&String> {
        let has = |id: &&String| self.ids.get(*id).is_some_and(|known| known.sha256 == *sha256);
        self.contents.get(sha256)?.iter().find(has)
    }

    /// The newest version of an id so far, removed ones included.
    fn before(&self, id: &str) -> Result<Option<Before>> {
        if let Some(known) = self.ids.get(id) {
            return Ok(Some(*known));
        }
        let Some(Entry { number, live }) = self.shared.store.get(&IDS, id)? else { return Ok(None) };
        let head = self.shared.head(number)?;
        let (mut since, mut previous) = (number, head.previous);
        // A chain only ever leads back.
        while let Some(before) = previous.filter(|before| *before < since) {
            (since, previous) = (before, self.shared.head(before)?.previous);
        }
        Ok(Some(Before { number, version: head.version, since, sha256: head.sha256, live }))
    }
}

/// Looks for the earlier documents that a new one is like, and takes it among them: its mark, and the id of the earliest.
pub(super) fn mark(
    shared: &Shared,
    options: &Options,
    copies: &mut Copies,
    (number, since, replaces): (u32, u32, Option<u32>),
    print: &Arc<Print>,
) -> Result<Option<(Mark, String)>> {
    // A new version is no copy of the one before it.
    if let Some(old) = replaces {
        copies.remove(old);
    }
    copies.written(shared.catalog().next_document());
    let found = copies.find(print, |number| Print::stored(shared, number, &*options.names))?;
    copies.add(number, Arc::clone(print));
    let Some((_, earliest)) = found.first() else { return Ok(None) };
    let earliest = earliest.id().to_owned();
    let like = found.into_iter().map(|(like, _)| like).collect();
    Ok(Some((Mark { document: number, since, like }, earliest)))
}

/// A version of an id that a new one follows.
#[derive(Debug, Clone, Copy)]
struct Before {
    number: u32,
    version: u32,
    /// Number of the first version.
    since: u32,
    sha256: [u8; 32],
    live: bool,
}
