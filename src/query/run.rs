//! Run: a resolved question over all blocks, side by side, and the rows in their order.

use super::Names;
use super::answer::{Fact, Gathered, Part, Recipe};
use super::resolve::{Resolved, RowFilter, Wanted};
use super::scan::{Hit, View, count_rows, counts_at_once, documents, scan, scan_documents};
use crate::error::Result;
use crate::index::{Bits, Block, Reader};
use crate::table::{Spot, Table};
use arrow_array::RecordBatch;
use arrow_schema::{Field, Schema, SchemaRef};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of a batch, at most and at least, where there are more; a document's rows stay in one.
const BATCH: (usize, usize) = (1 << 16, 1 << 11);
/// Into so many batches an answer with words of texts is cut, so that all cores have texts to open.
const BATCHES: usize = 8;

/// From so many rows on, rows of several blocks are read block by block.
const MANY: usize = 1 << 10;

/// Rows of one document: its number, its block, and where its hits are.
struct Run {
    number: u32,
    block: usize,
    hits: std::ops::Range<usize>,
}

/// Rows found: those of each block, by its position, and the documents' in the order of the answer.
#[derive(Default)]
struct Found {
    hits: Vec<Vec<Hit>>,
    runs: Vec<Run>,
}

/// The documents that ids name, so that only their blocks are looked at.
pub(super) fn narrow(reader: Reader<'_>, question: &mut Resolved) -> Result<()> {
    let of_clauses = question.rows.iter().find_map(|filter| match filter {
        RowFilter::ClauseIs(clauses) => Some(clauses),
        _ => None,
    });
    let asked = &question.documents.ids;
    let ids: Vec<&String> = match of_clauses {
        None if asked.is_empty() => return Ok(()),
        None => asked.iter().collect(),
        Some(clauses) => clauses.keys().filter(|id| asked.is_empty() || asked.contains(*id)).collect(),
    };
    let mut numbers = Vec::with_capacity(ids.len());
    for id in ids {
        numbers.extend(reader.number_of(id)?);
    }
    numbers.sort_unstable();
    question.documents.numbers = Some(numbers);
    Ok(())
}

/// Positions of the blocks that can have rows.
pub(super) fn blocks(reader: Reader<'_>, question: &Resolved) -> Vec<usize> {
    let catalog = reader.catalog();
    match &question.documents.numbers {
        None => (0..catalog.blocks().len()).collect(),
        Some(numbers) => {
            let mut blocks: Vec<usize> = numbers.iter().filter_map(|number| catalog.block_of(*number)).collect();
            blocks.dedup();
            blocks
        }
    }
}

fn block(reader: Reader<'_>, at: usize) -> Option<&Block> {
    reader.catalog().blocks().get(at).map(|block| &**block)
}

/// The answer.
pub(super) fn run(reader: Reader<'_>, question: &Resolved, names: &dyn Names) -> Result<Table> {
    let several = blocks(reader, question).len() > 1;
    if several { reader.among_threads(|| answer(reader, question, names)) } else { answer(reader, question, names) }
}

fn answer(reader: Reader<'_>, question: &Resolved, names: &dyn Names) -> Result<Table> {
    let schema = schema(&question.columns);
    let mut found = match question.limit.filter(|_| question.order.is_empty()) {
        None => all(reader, question, names)?,
        Some(limit) => first(reader, question, names, limit)?,
    };
    if found.runs.len() > 1 {
        let ranks = reader.ranks()?;
        let rank = |run: &Run| ranks.get(run.number as usize).copied();
        if !found.runs.is_sorted_by_key(rank) {
            found.runs.sort_by_cached_key(rank);
        }
    }
    if question.order.is_empty() {
        cut(&mut found.runs, question.limit);
    }
    let batches = build(reader, question, &schema, &found)?;
    ordered(Table::new(schema, batches), question)
}

/// The number of rows of the answer.
pub(super) fn count(reader: Reader<'_>, question: &Resolved, names: &dyn Names) -> Result<u64> {
    let count = |at: &usize| block(reader, *at).map_or(Ok(0), |block| count_rows(reader, block, question, names));
    let (mut rows, mut others) = (0, Vec::new());
    for at in blocks(reader, question) {
        match block(reader, at) {
            Some(here) if counts_at_once(reader, here, question) => rows += count(&at)?,
            _ => others.push(at),
        }
    }
    rows += reader.each_of(&others, count)?.into_iter().sum::<u64>();
    Ok(question.limit.map_or(rows, |limit| rows.min(limit as u64)))
}

/// The schema of an answer.
pub(super) fn schema(columns: &[Wanted]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(|c| Field::new(c.name(), c.kind().arrow(), true)).collect::<Vec<_>>()))
}

/// All rows.
fn all(reader: Reader<'_>, question: &Resolved, names: &dyn Names) -> Result<Found> {
    let blocks = blocks(reader, question);
    let scan = |at: &usize| block(reader, *at).map_or(Ok(Vec::new()), |block| scan(reader, block, question, names));
    let hits = reader.each_of(&blocks, scan)?;
    let mut found = Found::default();
    for (at, hits) in blocks.into_iter().zip(hits) {
        found.add(reader, at, hits);
    }
    Ok(found)
}

/// The first rows, and some more: documents are looked at in the order of the answer until there are enough.
fn first(reader: Reader<'_>, question: &Resolved, names: &dyn Names, limit: usize) -> Result<Found> {
    let view = |at: usize| block(reader, at).map(|block| View { reader, block, table: question.table });
    let blocks = blocks(reader, question);
    let kept = reader.each_of(&blocks, |at| {
        view(*at).map_or(Ok(Bits::default()), |view| documents(&view, &question.documents, names))
    })?;
    let mut candidates: Vec<(u32, usize, u32)> = Vec::new();
    let ranks = if kept.iter().map(Bits::count).sum::<usize>() > 1 { reader.ranks()? } else { Arc::default() };
    for (at, kept) in blocks.iter().zip(&kept) {
        let from = block(reader, *at).map_or(0, |block| block.directory.first);
        let rank = |document: u32| ranks.get((from + document) as usize).copied().unwrap_or_default();
        candidates.extend(kept.rows().map(|document| (rank(document), *at, document)));
    }
    candidates.sort_unstable();
    let (mut found, mut rows, mut wave) = (Found::default(), 0, 16.max(limit / 8));
    let mut rest = candidates.as_slice();
    while !rest.is_empty() && rows < limit {
        let (here, behind) = rest.split_at_checked(wave).unwrap_or((rest, &[]));
        (rest, wave) = (behind, wave * 2);
        let mut by_block: BTreeMap<usize, Bits> = BTreeMap::new();
        for (_, at, document) in here {
            let documents = || Bits::new(block(reader, *at).map_or(0, |block| block.directory.documents as usize));
            by_block.entry(*at).or_insert_with(documents).set(*document as usize);
        }
        let by_block: Vec<(usize, Bits)> = by_block.into_iter().collect();
        let hits = reader.each_of(&by_block, |(at, documents)| {
            view(*at).map_or(Ok(Vec::new()), |view| scan_documents(&view, question, documents))
        })?;
        for ((at, _), hits) in by_block.into_iter().zip(hits) {
            rows += hits.len();
            found.add(reader, at, hits);
        }
    }
    Ok(found)
}

impl Found {
    /// Adds rows of a block.
    fn add(&mut self, reader: Reader<'_>, at: usize, hits: Vec<Hit>) {
        if hits.is_empty() {
            return;
        }
        let first = block(reader, at).map_or(0, |block| block.directory.first);
        self.hits.resize_with(self.hits.len().max(at + 1), Vec::new);
        let Some(known) = self.hits.get_mut(at) else { return };
        let mut from = known.len();
        for same in hits.chunk_by(|a, b| a.document == b.document) {
            let document = same.first().map_or(0, |hit| hit.document);
            self.runs.push(Run { number: first + document, block: at, hits: from..from + same.len() });
            from += same.len();
        }
        if known.is_empty() { *known = hits } else { known.extend(hits) }
    }
}

/// The batches of these rows, in their order.
fn build(reader: Reader<'_>, question: &Resolved, schema: &SchemaRef, found: &Found) -> Result<Vec<RecordBatch>> {
    let recipe = Recipe::new(question.table, &question.columns);
    let mut used = vec![false; found.hits.len()];
    for run in &found.runs {
        used.iter_mut().skip(run.block).take(1).for_each(|used| *used = true);
    }
    let used: Vec<usize> = (0..).zip(used).filter_map(|(at, used)| used.then_some(at)).collect();
    let gather = |at: &usize| block(reader, *at).map(|block| recipe.gather(reader, block)).transpose();
    let mut gathered: Vec<Option<Gathered>> = found.hits.iter().map(|_| None).collect();
    for (at, block) in used.iter().zip(reader.each_of(&used, gather)?) {
        gathered.iter_mut().skip(*at).take(1).zip(block).for_each(|(to, block)| *to = Some(block));
    }
    let rows: usize = found.runs.iter().map(|run| run.hits.len()).sum();
    let size = if recipe.opens_texts() { (rows / BATCHES).clamp(BATCH.1, BATCH.0) } else { BATCH.0 };
    let pieces = cut_up(&found.runs, size);
    let parts = |runs: &[Run]| -> Vec<Part<'_>> {
        runs.iter().filter_map(|run| part(found, gathered.get(run.block)?.as_ref()?, run)).collect()
    };
    if rows < MANY || used.len() < 2 {
        return reader.each_of(&pieces, |runs| recipe.batch(reader, schema, &parts(runs)));
    }
    let blocks: Vec<_> = gathered.iter().zip(&found.hits).collect();
    let facts: Vec<Vec<Fact<'_>>> = reader.each_of(&blocks, |(block, hits)| {
        Ok(block.as_ref().map(|block| recipe.facts(block, hits)).unwrap_or_default())
    })?;
    reader.each_of(&pieces, |runs| {
        let spots: Vec<Spot> =
            runs.iter().flat_map(|run| run.hits.clone().map(|row| (run.block as u32, row as u32))).collect();
        recipe.arranged(reader, schema, &parts(runs), &facts, &spots)
    })
}

fn part<'a>(found: &'a Found, block: &'a Gathered, run: &Run) -> Option<Part<'a>> {
    let hits = found.hits.get(run.block)?.get(run.hits.clone())?;
    Some(Part { block, document: hits.first()?.document, hits })
}

/// Runs in pieces of about so many rows.
fn cut_up(runs: &[Run], size: usize) -> Vec<&[Run]> {
    let mut pieces = Vec::new();
    let mut rest = runs;
    while !rest.is_empty() {
        let mut rows = 0;
        let count = rest
            .iter()
            .take_while(|run| {
                let before = rows;
                rows += run.hits.len();
                before < size
            })
            .count();
        let (piece, behind) = rest.split_at(count);
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

/// Leaves so many rows.
fn cut(runs: &mut Vec<Run>, limit: Option<usize>) {
    let Some(mut left) = limit else { return };
    runs.retain_mut(|run| {
        run.hits.end = run.hits.end.min(run.hits.start + left);
        left -= run.hits.len();
        !run.hits.is_empty()
    });
}

/// An answer that comes block after block, in the order in which documents came in; what was given is forgotten.
#[derive(Debug)]
pub struct Stream {
    question: Resolved,
    schema: SchemaRef,
    blocks: std::collections::VecDeque<usize>,
    /// Rows that may still come.
    left: usize,
    ready: std::collections::VecDeque<RecordBatch>,
}

impl Stream {
    pub(super) fn new(reader: Reader<'_>, mut question: Resolved) -> Self {
        question.columns.truncate(question.shown);
        let (schema, left) = (schema(&question.columns), question.limit.unwrap_or(usize::MAX));
        let blocks = blocks(reader, &question).into();
        Self { question, schema, blocks, left, ready: std::collections::VecDeque::new() }
    }

    /// The schema of what comes.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The next rows; none behind the last. The reader and the names are those that the stream began with.
    pub fn next(&mut self, reader: Reader<'_>, names: &dyn Names) -> Result<Option<RecordBatch>> {
        while self.ready.is_empty() && self.left > 0 {
            let Some(at) = self.blocks.pop_front() else { break };
            let Some(here) = block(reader, at) else { continue };
            let mut found = Found::default();
            found.add(reader, at, scan(reader, here, &self.question, names)?);
            cut(&mut found.runs, Some(self.left));
            let batches = build(reader, &self.question, &self.schema, &found)?;
            self.left -= batches.iter().map(RecordBatch::num_rows).sum::<usize>();
            self.ready.extend(batches);
        }
        Ok(self.ready.pop_front())
    }
}

/// Orders as the question says, then leaves the rows and columns that it wants.
fn ordered(table: Table, question: &Resolved) -> Result<Table> {
    if question.order.is_empty() {
        return Ok(table);
    }
    let by: Vec<(&str, bool)> = question.order.iter().map(|(name, down)| (name.as_str(), *down)).collect();
    let table = table.sort(&by)?;
    let table = question.limit.map_or_else(|| table.clone(), |limit| table.head(limit));
    let shown: Vec<&str> = question.columns.iter().take(question.shown).map(Wanted::name).collect();
    table.select(&shown)
}
