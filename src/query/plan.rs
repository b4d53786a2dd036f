//! Plan: which rows of a block have the words that a question asks for, by postings or by reading texts, whichever
//! costs less; texts are read where postings leave it open.

use super::candidates::{Judged, Word, Words};
use super::resolve::Resolved;
use super::scan::{Hit, TextOf, View, words};
use crate::error::Result;
use crate::index::posting::Postings;
use crate::index::{Bits, Values};
use crate::table::TableName;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Costs in nanoseconds, roughly: finding the list of a term, taking a unit from a list, reading a document's text.
const LOOKUP: u64 = 2_000;
const POSTING: u64 = 2;
const TEXT: u64 = 30_000;

/// What was estimated and what was done, summed over blocks.
#[derive(Debug, Default)]
pub(super) struct Trace {
    /// Blocks whose words were found by postings.
    pub by_postings: AtomicU64,
    /// Blocks whose texts were read right away.
    pub by_texts: AtomicU64,
    /// Blocks in which a word is nowhere.
    pub passed: AtomicU64,
    /// Rows that were thought to have the words.
    pub estimate: AtomicU64,
    /// Rows that postings left.
    pub possible: AtomicU64,
    /// Rows whose text was compared.
    pub compared: AtomicU64,
    /// For each word, those to have, then those to have one of, then those to miss: its shortest list, its units.
    pub words: Vec<(AtomicU64, AtomicU64)>,
}

impl Trace {
    /// For a question of so many words.
    pub fn new(words: usize) -> Self {
        Self { words: (0..words).map(|_| Default::default()).collect(), ..Self::default() }
    }
}

/// What a question's `text` looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wording {
    /// The whole text of the document.
    Whole,
    /// The words of a kept place of a table.
    Place(TableName, &'static str),
    /// A kept text of the row.
    Kept(&'static str),
}

fn wording(table: TableName) -> Wording {
    match table {
        TableName::Documents => Wording::Whole,
        TableName::Sections => Wording::Place(table, "heading"),
        TableName::Clauses | TableName::Targets | TableName::Milestones | TableName::Citations => {
            Wording::Place(table, "text")
        }
        // A body's own name says nothing of its task.
        TableName::Assignments => Wording::Place(TableName::Clauses, "text"),
        TableName::Notes => Wording::Kept("message"),
    }
}

/// Leaves the rows that have the words of the question.
pub(super) fn keep_wording(
    view: &View<'_>,
    question: &Resolved,
    hits: &mut Vec<Hit>,
    trace: Option<&Trace>,
) -> Result<()> {
    let sought = wording(view.table);
    if let Wording::Kept(column) = sought {
        let column = view.need(view.table, column)?;
        let accepted = words(&column, &|word| question.text.accepts(word));
        hits.retain(|hit| accepted.has(hit.row));
        return Ok(());
    }
    let count = |counter: fn(&Trace) -> &AtomicU64, n: u64| {
        if let Some(trace) = trace {
            counter(trace).fetch_add(n, Relaxed);
        }
    };
    let mut judged: Option<Judged> = None;
    let documents = hits.chunk_by(|a, b| a.document == b.document).count() as u64;
    let terms: usize = question.text.words().map(|word| word.chars().count().saturating_sub(1).max(1)).sum();
    if terms as u64 * LOOKUP < documents * TEXT {
        let postings = view.reader.postings(view.block)?;
        let Some(words) = Words::find(&postings, &question.text)? else {
            count(|trace| &trace.passed, 1);
            hits.clear();
            return Ok(());
        };
        // A clause may have many rows of other tables.
        let one_a_unit = matches!(view.table, TableName::Clauses | TableName::Documents);
        let rows = hits.len() as u64;
        let estimate = words.estimate().filter(|_| one_a_unit).map_or(rows, |units| units.min(rows));
        let work: u64 = words.each().map(|word| word.postings * POSTING).sum();
        // Postings leave no more texts to read than there are documents, mostly far fewer: a pair is rare beside another.
        if work <= documents * TEXT {
            count(|trace| &trace.estimate, estimate);
            note_words(question, &words, &postings, trace)?;
            judged = Some(match sought {
                Wording::Whole => by_documents(view, &words, &postings)?,
                Wording::Place(TableName::Clauses, _) => by_clauses(&words, &postings)?,
                Wording::Place(_, column) => by_rows(view, &words, &postings, column, hits)?,
                Wording::Kept(_) => return Ok(()),
            });
        }
    }
    count(if judged.is_some() { |trace| &trace.by_postings } else { |trace| &trace.by_texts }, 1);
    if judged.is_none() {
        count(|trace| &trace.estimate, hits.len() as u64);
    }
    let (possible, compared) = compare(view, question, hits, sought, judged.as_ref())?;
    count(|trace| &trace.possible, possible);
    count(|trace| &trace.compared, compared);
    Ok(())
}

/// Tells the trace how long each word's shortest list is, and how many units have its terms.
fn note_words(question: &Resolved, found: &Words<'_>, postings: &Postings<'_>, trace: Option<&Trace>) -> Result<()> {
    let Some(trace) = trace else { return Ok(()) };
    for (word, (estimate, units)) in question.text.words().zip(&trace.words) {
        if let Some(found) = found.each().find(|found| found.text == word) {
            estimate.fetch_add(found.estimate, Relaxed);
            units.fetch_add(found.units(postings)?.count() as u64, Relaxed);
        }
    }
    Ok(())
}

/// What a list of exact words says is certain; of others nothing is.
fn judged(word: &Word<'_>, possible: Bits) -> Judged {
    let certain = if word.exact { possible.clone() } else { Bits::new(possible.len()) };
    Judged { possible, certain }
}

/// By clause of the block.
fn by_clauses(words: &Words<'_>, postings: &Postings<'_>) -> Result<Judged> {
    words.judge(postings.directory().universe(), |word| Ok(judged(word, word.units(postings)?)))
}

/// By document of the block.
fn by_documents(view: &View<'_>, words: &Words<'_>, postings: &Postings<'_>) -> Result<Judged> {
    let starts = view.starts(TableName::Clauses)?;
    words.judge(postings.directory().documents, |word| Ok(judged(word, word.documents(postings, &starts, true)?)))
}

/// By position among the hits: rows whose wording is a part of a clause's, or of what is outside of clauses.
fn by_rows(view: &View<'_>, words: &Words<'_>, postings: &Postings<'_>, column: &str, hits: &[Hit]) -> Result<Judged> {
    let starts = view.starts(TableName::Clauses)?;
    let extents = view.need(view.table, column)?;
    let texts = view.need(TableName::Clauses, "text")?;
    let of_clauses = if view.table.has("clause") { Some(view.clauses()?) } else { None };
    // The clause that a row stands in as a whole.
    let clauses: Vec<Option<u32>> = hits
        .iter()
        .map(|hit| {
            let clause = of_clauses.as_ref()?.row(*hit)?;
            let inside = texts.extent(clause as usize)?.span.contains(extents.extent(hit.row as usize)?.span);
            inside.then_some(clause)
        })
        .collect();
    words.judge(hits.len() as u32, |word| {
        let documents = word.documents(postings, &starts, false)?;
        let (units, across) = (word.units(postings)?, word.across(postings)?);
        let mut possible = Bits::new(hits.len());
        for (at, (hit, clause)) in (0..).zip(hits.iter().zip(&clauses)) {
            let here = clause.is_none_or(|clause| units.has(clause as usize) || across.has(hit.document as usize));
            if here && documents.has(hit.document as usize) {
                possible.set(at);
            }
        }
        let certain = Bits::new(hits.len());
        Ok(Judged { possible, certain })
    })
}

/// Compares texts where nothing is judged, or judged neither impossible nor certain. Gives the number of rows that were
/// possible, and of those that were compared.
fn compare(
    view: &View<'_>,
    question: &Resolved,
    hits: &mut Vec<Hit>,
    sought: Wording,
    judged: Option<&Judged>,
) -> Result<(u64, u64)> {
    let by_position = matches!(sought, Wording::Place(own, _) if own != TableName::Clauses);
    let of_clauses = matches!(sought, Wording::Place(own, _) if own != view.table);
    let clauses = if of_clauses { Some(view.clauses()?) } else { None };
    // Columns and texts are not looked at where postings leave nothing open.
    let mut wordings: Option<Wordings<'_>> = None;
    let (mut possible, mut compared) = (0, 0);
    // Rows of one clause ask the same of the same words.
    let mut last: Option<(u32, bool)> = None;
    let mut kept = Vec::with_capacity(hits.len());
    for (at, hit) in (0..).zip(hits.drain(..)) {
        let row = match &clauses {
            None => Some(hit.row),
            Some(clauses) => clauses.row(hit),
        };
        let Some(row) = row else { continue };
        if let Some(judged) = judged {
            let key = if by_position { at } else { row };
            if !judged.possible.has(key as usize) {
                continue;
            }
            possible += 1;
            if judged.certain.has(key as usize) {
                kept.push(hit);
                continue;
            }
        }
        let accepted = match last {
            Some((asked, accepted)) if asked == row => accepted,
            _ => {
                compared += 1;
                let wordings = match &mut wordings {
                    Some(open) => open,
                    none => none.insert(Wordings::open(view, sought)?),
                };
                wordings.accept(question, hit.document, row)?
            }
        };
        last = Some((row, accepted));
        if accepted {
            kept.push(hit);
        }
    }
    *hits = kept;
    Ok((if judged.is_some() { possible } else { compared }, compared))
}

/// The wordings of a block's rows, to read.
struct Wordings<'v> {
    texts: TextOf<'v>,
    extents: Arc<Values>,
    /// First clause of each document, where whole texts are read.
    starts: Option<Arc<Vec<u32>>>,
}

impl<'v> Wordings<'v> {
    fn open(view: &'v View<'_>, sought: Wording) -> Result<Self> {
        let (table, column, starts) = match sought {
            Wording::Place(table, column) => (table, column, None),
            _ => (TableName::Clauses, "text", Some(view.starts(TableName::Clauses)?)),
        };
        Ok(Self { texts: view.texts()?, extents: view.need(table, column)?, starts })
    }

    /// True where a row has the words of the question.
    fn accept(&mut self, question: &Resolved, document: u32, row: u32) -> Result<bool> {
        let Some(starts) = &self.starts else {
            let Some(extents) = self.extents.extents() else { return Ok(false) };
            let Some(span) = extents.span(row as usize) else { return Ok(false) };
            let text = self.texts.get(document)?;
            return Ok(match extents.removed(row as usize) {
                [] => question.text.accepts(text.slice(span)),
                removed => {
                    let wording: String = text.view().pieces(span, removed).collect();
                    question.text.accepts(&wording)
                }
            });
        };
        let start = |document: u32| starts.get(document as usize).copied().unwrap_or_default();
        let clauses = (start(document)..start(document + 1)).filter_map(|row| self.extents.extent(row as usize));
        let removed = clauses.flat_map(|extent| extent.removed).collect();
        Ok(question.text.accepts_whole(self.texts.get(document)?, removed))
    }
}
