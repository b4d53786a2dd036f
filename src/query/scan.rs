//! Scan: the rows of one block that satisfy a question.

use super::Names;
use super::plan::keep_wording;
use super::resolve::{DocumentFilter, Government, Resolved, RowFilter};
use crate::error::{Error, Result};
use crate::index::{Block, LIST, Reader, Values};
use crate::table::TableName;
use crate::text::SourceText;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A row of a block, with the document that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    /// Position of the document in the block.
    pub document: u32,
    /// Row of the table in the block.
    pub row: u32,
}

/// A block seen from one table.
pub(super) struct View<'a> {
    pub reader: Reader<'a>,
    pub block: &'a Block,
    pub table: TableName,
}

impl View<'_> {
    /// A kept column of a table, or of none where this block has none of that name.
    pub fn column(&self, table: TableName, name: &str) -> Result<Option<Arc<Values>>> {
        self.reader.column(self.block, table, name)
    }

    /// A kept column that every block has.
    pub fn need(&self, table: TableName, name: &str) -> Result<Arc<Values>> {
        self.column(table, name)?
            .ok_or_else(|| Error::query(format!("this ledger has no column {name} of {}", table.as_str()), Vec::new()))
    }

    /// First row of each document in a table, and behind the last.
    pub fn starts(&self, table: TableName) -> Result<Vec<u32>> {
        if table == TableName::Documents {
            return Ok((0..=self.block.directory.documents).collect());
        }
        let counts = self.need(TableName::Documents, table.as_str())?;
        let mut next = 0u32;
        let mut starts = Vec::with_capacity(counts.len() + 1);
        starts.push(0);
        for document in 0..counts.len() {
            next = next.saturating_add(counts.int(document).unwrap_or_default() as u32);
            starts.push(next);
        }
        Ok(starts)
    }

    /// Finds the clause of each row.
    pub fn clauses(&self) -> Result<ClauseOf> {
        Ok(ClauseOf {
            starts: self.starts(TableName::Clauses)?,
            n: if self.table == TableName::Clauses { None } else { Some(self.need(self.table, "n")?) },
        })
    }

    /// Finds the text of each document.
    pub fn texts(&self) -> Result<TextOf<'_>> {
        let group = self.need(TableName::Documents, "group")?;
        let slot = self.need(TableName::Documents, "slot")?;
        Ok(TextOf { reader: self.reader, group, slot, open: None })
    }
}

/// Which clause a row stands in.
pub(super) struct ClauseOf {
    starts: Vec<u32>,
    /// `None` where the rows are clauses.
    n: Option<Arc<Values>>,
}

impl ClauseOf {
    /// Row of the clause among the block's clauses.
    pub fn row(&self, hit: Hit) -> Option<u32> {
        match &self.n {
            None => Some(hit.row),
            Some(_) => (self.start(hit) + self.n(hit)?).checked_sub(1),
        }
    }

    /// Position of the clause in its document, from 1.
    pub fn n(&self, hit: Hit) -> Option<u32> {
        match &self.n {
            None => Some(hit.row + 1 - self.start(hit)),
            Some(n) => n.int(hit.row as usize).map(|n| n as u32),
        }
    }

    fn start(&self, hit: Hit) -> u32 {
        self.starts.get(hit.document as usize).copied().unwrap_or_default()
    }
}

/// The texts of a block's documents; rows of one document come together, so one group is open at a time.
pub(super) struct TextOf<'a> {
    reader: Reader<'a>,
    group: Arc<Values>,
    slot: Arc<Values>,
    open: Option<(i64, Arc<Vec<SourceText>>)>,
}

impl TextOf<'_> {
    /// The text of a document.
    pub fn get(&mut self, document: u32) -> Result<&SourceText> {
        let group = self.group.int(document as usize).unwrap_or_default();
        if self.open.as_ref().is_none_or(|(open, _)| *open != group) {
            self.open = Some((group, self.reader.texts(group as u32)?));
        }
        let slot = self.slot.int(document as usize).unwrap_or_default() as usize;
        let text = self.open.as_ref().and_then(|(_, texts)| texts.get(slot));
        text.ok_or_else(|| Error::query(format!("group {group} holds no text {slot}"), Vec::new()))
    }
}

/// The rows of a block that satisfy a question, in order.
pub(super) fn scan(reader: Reader<'_>, block: &Block, question: &Resolved, names: &dyn Names) -> Result<Vec<Hit>> {
    let view = View { reader, block, table: question.table };
    let (_, mut hits) = filtered(&view, question, names)?;
    if !question.text.is_empty() && !hits.is_empty() {
        keep_wording(&view, question, &mut hits, None)?;
    }
    Ok(hits)
}

/// The number of documents and the rows that satisfy all of a question but its words.
pub(super) fn filtered(view: &View<'_>, question: &Resolved, names: &dyn Names) -> Result<(usize, Vec<Hit>)> {
    let documents = documents(view, &question.documents, names)?;
    let starts = view.starts(question.table)?;
    let mut hits = Vec::new();
    for document in &documents {
        let at = *document as usize;
        let rows = starts.get(at).copied().unwrap_or_default()..starts.get(at + 1).copied().unwrap_or_default();
        hits.extend(rows.map(|row| Hit { document: *document, row }));
    }
    for filter in &question.rows {
        if hits.is_empty() {
            break;
        }
        keep(view, filter, &mut hits)?;
    }
    Ok((documents.len(), hits))
}

/// The number of rows of a block that satisfy a question.
pub(super) fn count_rows(reader: Reader<'_>, block: &Block, question: &Resolved, names: &dyn Names) -> Result<u64> {
    if !question.rows.is_empty() || !question.text.is_empty() {
        return Ok(scan(reader, block, question, names)?.len() as u64);
    }
    // All rows of a document count or none: rows need not be looked at, and of a whole block not even documents.
    let copies = question.documents.copies;
    let whole = question.documents == DocumentFilter { copies, ..DocumentFilter::default() };
    if whole && reader.catalog().hides_none(block.directory.numbers(), copies) {
        return Ok(u64::from(block.directory.rows_of(question.table)));
    }
    let view = View { reader, block, table: question.table };
    let starts = view.starts(question.table)?;
    let rows = |document: u32| {
        let at = document as usize;
        Some(u64::from(starts.get(at + 1)?.saturating_sub(*starts.get(at)?)))
    };
    Ok(documents(&view, &question.documents, names)?.into_iter().filter_map(rows).sum())
}

/// Positions of the documents that are there and satisfy the filter.
fn documents(view: &View<'_>, filter: &DocumentFilter, names: &dyn Names) -> Result<Vec<u32>> {
    let directory = &view.block.directory;
    let catalog = view.reader.catalog();
    let mut kept: Vec<u32> = (0..directory.documents).collect();
    if !catalog.hides_none(directory.numbers(), filter.copies) {
        kept.retain(|at| !catalog.hides(directory.first + at, filter.copies));
    }
    if !filter.years.is_empty() || filter.from.is_some() || filter.to.is_some() {
        let accepts = |year: i64| {
            (filter.years.is_empty() || filter.years.contains(&year))
                && filter.from.is_none_or(|from| from <= year)
                && filter.to.is_none_or(|to| year <= to)
        };
        let years = view.need(TableName::Documents, "year")?;
        kept.retain(|at| years.int(*at as usize).is_some_and(accepts));
    }
    if !filter.places.is_empty() || !filter.within.is_empty() {
        keep_places(view, filter, names, &mut kept)?;
    }
    let mut texts = |name: &str, accepts: &dyn Fn(&str) -> bool| -> Result<()> {
        if kept.is_empty() {
            return Ok(());
        }
        match view.column(TableName::Documents, name)? {
            Some(values) => {
                let accepted = words(&values, accepts);
                kept.retain(|at| accepted.has(*at));
            }
            None => kept.clear(),
        }
        Ok(())
    };
    if !filter.levels.is_empty() {
        texts("level", &|level| filter.levels.contains(level))?;
    }
    if !filter.ids.is_empty() {
        texts("id", &|id| filter.ids.contains(id))?;
    }
    for (name, values) in &filter.metadata {
        texts(&format!("@{name}"), &|value| values.contains(value))?;
    }
    Ok(kept)
}

/// Leaves the documents of the places asked for. A document's own code may be of old; what counts is the one in force.
fn keep_places(view: &View<'_>, filter: &DocumentFilter, names: &dyn Names, kept: &mut Vec<u32>) -> Result<()> {
    let adcodes = view.need(TableName::Documents, "adcode")?;
    let zones = view.need(TableName::Documents, "zone")?;
    let mut in_force: BTreeMap<&str, String> = BTreeMap::new();
    kept.retain(|at| {
        let Some(code) = adcodes.text(*at as usize) else { return false };
        let zone = zones.text(*at as usize);
        let code = in_force.entry(code).or_insert_with(|| names.in_force(code));
        let is = |place: &Government| place.adcode == *code && place.zone.as_deref() == zone;
        (filter.places.is_empty() || filter.places.iter().any(is))
            && (filter.within.is_empty() || filter.within.iter().any(|area| area.holds(code, zone)))
    });
    Ok(())
}

/// Which rows of a column of texts have a word that was accepted.
pub(super) struct Accepted<'a> {
    values: &'a Values,
    /// By code; 0 is none.
    codes: Vec<bool>,
}

impl Accepted<'_> {
    /// True where the row has one.
    pub fn has(&self, row: u32) -> bool {
        let Values::Texts(texts) = self.values else { return false };
        let code = texts.codes().get(row as usize).copied().unwrap_or_default();
        self.codes.get(code as usize).copied().unwrap_or_default()
    }
}

/// Asks each different word once.
pub(super) fn words<'a>(values: &'a Values, accepts: &dyn Fn(&str) -> bool) -> Accepted<'a> {
    let asked = match values {
        Values::Texts(texts) => texts.words(),
        _ => &[],
    };
    Accepted { values, codes: std::iter::once(false).chain(asked.iter().map(|word| accepts(word))).collect() }
}

fn keep(view: &View<'_>, filter: &RowFilter, hits: &mut Vec<Hit>) -> Result<()> {
    let member = |values: &BTreeSet<String>, word: &str| {
        values.contains(word) || word.split(LIST).any(|member| values.contains(member))
    };
    match filter {
        RowFilter::OneOf { column, values } => {
            let column = view.need(view.table, column)?;
            let accepted = words(&column, &|word| member(values, word));
            hits.retain(|hit| accepted.has(hit.row));
        }
        RowFilter::Begins { column, with } => {
            let column = view.need(view.table, column)?;
            let accepted = words(&column, &|word| word.starts_with(with.as_str()));
            hits.retain(|hit| accepted.has(hit.row));
        }
        RowFilter::ClauseOneOf { column, values } => {
            let clauses = view.clauses()?;
            let column = view.need(TableName::Clauses, column)?;
            let accepted = words(&column, &|word| member(values, word));
            hits.retain(|hit| clauses.row(*hit).is_some_and(|row| accepted.has(row)));
        }
        RowFilter::Flag { column, value } => {
            let column = view.need(view.table, column)?;
            hits.retain(|hit| column.int(hit.row as usize).is_some_and(|flag| (flag != 0) == *value));
        }
        RowFilter::Between { column, from, to } => {
            let column = view.need(view.table, column)?;
            let accepts = |v: f64| from.is_none_or(|from| from <= v) && to.is_none_or(|to| v <= to);
            hits.retain(|hit| column.float(hit.row as usize).is_some_and(accepts));
        }
        RowFilter::ClauseIs(wanted) => {
            let clauses = view.clauses()?;
            let ids = view.need(TableName::Documents, "id")?;
            hits.retain(|hit| {
                let id = ids.text(hit.document as usize).unwrap_or_default();
                clauses.n(*hit).is_some_and(|n| wanted.contains(&(id.to_owned(), n)))
            });
        }
    }
    Ok(())
}
