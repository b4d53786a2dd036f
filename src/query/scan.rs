//! Scan: the rows of one block that satisfy a question.
//!
//! Documents first (gone, year, place, metadata), then the table's own columns, then the clause's, wording last. A column
//! of texts is asked once for each different word; rows then compare numbers.

use super::Names;
use super::plan::keep_wording;
use super::resolve::{BodyFilter, DocumentFilter, Resolved, RowFilter};
use crate::error::{Error, Result};
use crate::index::{Bits, Block, Builder, REVIEWED, Reader, Texts, Values};
use crate::table::TableName;
use crate::text::SourceText;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where at least one document in so many is left, all rows of the block are compared at once.
const FEW: usize = 8;

/// A row of a block, with the document that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    /// Position of the document in the block.
    pub document: u32,
    /// Row of the table in the block.
    pub row: u32,
}

/// A block seen from one table.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub reader: Reader<'a>,
    pub block: &'a Block,
    pub table: TableName,
}

impl<'a> View<'a> {
    /// A kept column of a table, or of none where this block has none of that name.
    pub fn column(&self, table: TableName, name: &str) -> Result<Option<Arc<Values>>> {
        self.reader.column(self.block, table, name)
    }

    /// A kept column that every block has.
    pub fn need(&self, table: TableName, name: &str) -> Result<Arc<Values>> {
        let found = self.column(table, name)?;
        if found.is_none() && name == REVIEWED {
            // Nobody looked at any row of this block.
            let mut nothing = Builder::texts();
            (0..self.block.directory.rows_of(table)).for_each(|_| nothing.text(None));
            return Ok(Arc::new(nothing.finish()));
        }
        found.ok_or_else(|| Error::query(format!("this ledger has no column {name} of {}", table.as_str()), Vec::new()))
    }

    /// First row of each document in a table, and behind the last.
    pub fn starts(&self, table: TableName) -> Result<Arc<Vec<u32>>> {
        self.reader.starts(self.block, table)
    }

    /// Finds the clause of each row.
    pub fn clauses(&self) -> Result<ClauseOf> {
        Ok(ClauseOf {
            starts: self.starts(TableName::Clauses)?,
            n: if self.table == TableName::Clauses { None } else { Some(self.need(self.table, "n")?) },
        })
    }

    /// Finds the text of each document.
    pub fn texts(&self) -> Result<TextOf<'a>> {
        let group = self.need(TableName::Documents, "group")?;
        let slot = self.need(TableName::Documents, "slot")?;
        Ok(TextOf { reader: self.reader, group, slot, open: None })
    }
}

/// Which clause a row stands in.
pub(super) struct ClauseOf {
    starts: Arc<Vec<u32>>,
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

/// The texts of a block's documents; rows of one document come together, so one text is open at a time.
pub(super) struct TextOf<'a> {
    reader: Reader<'a>,
    group: Arc<Values>,
    slot: Arc<Values>,
    open: Option<(u32, Arc<SourceText>)>,
}

impl TextOf<'_> {
    /// The text of a document.
    pub fn get(&mut self, document: u32) -> Result<&SourceText> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != document) {
            let place = |values: &Values| values.int(document as usize).unwrap_or_default() as u32;
            self.open = Some((document, self.reader.text(place(&self.group), place(&self.slot))?));
        }
        let text = self.open.as_ref().map(|(_, text)| &**text);
        text.ok_or_else(|| Error::query(format!("document {document} of its block has no text"), Vec::new()))
    }
}

/// The rows of a block that satisfy a question, in order.
pub(super) fn scan(reader: Reader<'_>, block: &Block, question: &Resolved, names: &dyn Names) -> Result<Vec<Hit>> {
    let view = View { reader, block, table: question.table };
    scan_documents(&view, question, &documents(&view, &question.documents, names)?)
}

/// The rows of these documents that satisfy what a question asks of rows.
pub(super) fn scan_documents(view: &View<'_>, question: &Resolved, documents: &Bits) -> Result<Vec<Hit>> {
    let mut hits = rows_of(view, question, documents)?;
    if !question.text.is_empty() && !hits.is_empty() {
        keep_wording(view, question, &mut hits, None)?;
    }
    Ok(hits)
}

/// The same but for the question's words.
pub(super) fn rows_of(view: &View<'_>, question: &Resolved, documents: &Bits) -> Result<Vec<Hit>> {
    let mut hits = Vec::new();
    let count = documents.count();
    if count == 0 {
        return Ok(hits);
    }
    let starts = view.starts(question.table)?;
    if count * FEW >= documents.len() {
        let (coded, others): (Vec<_>, Vec<_>) = question
            .rows
            .iter()
            .partition(|filter| matches!(filter, RowFilter::OneOf { .. } | RowFilter::Begins { .. }));
        if let Some(rows) = coded_rows(view, &coded)? {
            let found = rows.count();
            if found > 0 {
                hits.reserve(found);
                hits.extend(hits_of(&rows, &starts).filter(|hit| documents.has(hit.document as usize)));
            }
            return keep_all(view, others, documents, hits);
        }
    }
    let rows = |document: u32| {
        let at = document as usize;
        let start = |at: usize| starts.get(at).copied().unwrap_or_default() as usize;
        start(at)..start(at + 1)
    };
    let mut filters = question.rows.iter();
    match filters.as_slice().first().map(|filter| codes(view, filter)).transpose()?.flatten() {
        Some(Codes { values, accepted }) => {
            filters.next();
            if let Some(texts) = values.texts().filter(|_| accepted.contains(&true)) {
                for document in documents.rows() {
                    texts.codes().each(rows(document), |row, code| {
                        if accepted.get(code as usize).copied().unwrap_or_default() {
                            hits.push(Hit { document, row: row as u32 });
                        }
                    });
                }
            }
        }
        None => {
            for document in documents.rows() {
                hits.extend(rows(document).map(|row| Hit { document, row: row as u32 }));
            }
        }
    }
    keep_all(view, filters, documents, hits)
}

/// The rows of a block whose words satisfy these filters; none where there is no filter.
fn coded_rows(view: &View<'_>, filters: &[&RowFilter]) -> Result<Option<Bits>> {
    let mut rows: Option<Bits> = None;
    for filter in filters {
        let Some(Codes { values, accepted }) = codes(view, filter)? else { continue };
        let accepted = values.texts().map(|texts| texts.codes().among(&accepted)).unwrap_or_default();
        match &mut rows {
            Some(rows) => rows.and(&accepted),
            none => *none = Some(accepted),
        }
    }
    Ok(rows)
}

/// These rows with their documents, whose first rows `starts` are.
fn hits_of<'a>(rows: &'a Bits, starts: &'a [u32]) -> impl Iterator<Item = Hit> + 'a {
    let mut ends = (0..).zip(starts.iter().skip(1)).peekable();
    rows.rows().map(move |row| {
        while ends.next_if(|(_, end)| **end <= row).is_some() {}
        Hit { document: ends.peek().map_or(0, |(document, _)| *document), row }
    })
}

/// Leaves the rows that satisfy all of these.
fn keep_all<'f>(
    view: &View<'_>,
    filters: impl IntoIterator<Item = &'f RowFilter>,
    documents: &Bits,
    mut hits: Vec<Hit>,
) -> Result<Vec<Hit>> {
    for filter in filters {
        if hits.is_empty() {
            break;
        }
        keep(view, filter, documents, &mut hits)?;
    }
    Ok(hits)
}

/// The number of rows of a block that satisfy a question. Where all rows of a document count, or those with one member of
/// a list, rows need not be looked at, and of a whole block not even documents.
pub(super) fn count_rows(reader: Reader<'_>, block: &Block, question: &Resolved, names: &dyn Names) -> Result<u64> {
    let view = View { reader, block, table: question.table };
    let Some((column, value)) = one_member(question) else {
        if !question.rows.is_empty() || !question.text.is_empty() {
            return Ok(scan(reader, block, question, names)?.len() as u64);
        }
        let copies = question.documents.copies;
        let whole = question.documents == DocumentFilter { copies, ..DocumentFilter::default() };
        if whole && reader.catalog().hides_none(block.directory.numbers(), copies) {
            return Ok(u64::from(block.directory.rows_of(question.table)));
        }
        let starts = view.starts(question.table)?;
        let rows = |document: u32| {
            let at = document as usize;
            Some(u64::from(starts.get(at + 1)?.saturating_sub(*starts.get(at)?)))
        };
        return Ok(documents(&view, &question.documents, names)?.rows().filter_map(rows).sum());
    };
    let documents = documents(&view, &question.documents, names)?;
    if documents.none() {
        return Ok(0);
    }
    let spread = reader.spread(block, question.table, column)?;
    Ok(spread.and_then(|spread| Some(spread.count(spread.find(value)?, &documents))).unwrap_or_default())
}

/// The column and the member of its lists that are all that a question asks of rows.
fn one_member(question: &Resolved) -> Option<(&'static str, &String)> {
    match question.rows.as_slice() {
        [RowFilter::OneOf { column, values }] if values.len() == 1 && question.text.is_empty() => {
            values.first().filter(|value| !value.contains(crate::index::LIST)).map(|value| (*column, value))
        }
        _ => None,
    }
}

/// True where [`count_rows`] has all it needs of a block at hand, and takes less time than waking another thread.
pub(super) fn counts_at_once(reader: Reader<'_>, block: &Block, question: &Resolved) -> bool {
    one_member(question).is_some_and(|(column, _)| reader.has_spread(block, question.table, column))
}

/// The documents of a block that are there and satisfy the filter.
pub(super) fn documents(view: &View<'_>, filter: &DocumentFilter, names: &dyn Names) -> Result<Bits> {
    let directory = &view.block.directory;
    let catalog = view.reader.catalog();
    let numbers = directory.numbers();
    let mut kept = match &filter.numbers {
        None => Bits::full(directory.documents as usize),
        Some(wanted) => {
            let mut kept = Bits::new(directory.documents as usize);
            let from = wanted.partition_point(|number| *number < numbers.start);
            let here = wanted.iter().skip(from).take_while(|number| numbers.contains(number));
            here.for_each(|number| kept.set((number - numbers.start) as usize));
            kept
        }
    };
    if kept.none() {
        return Ok(kept);
    }
    if !catalog.hides_none(numbers.clone(), filter.copies) {
        let hidden = numbers.clone().filter(|number| catalog.hides(*number, filter.copies));
        hidden.for_each(|number| kept.clear((number - numbers.start) as usize));
    }
    if filter.asks_year() {
        let range = view.block.find(TableName::Documents, "year").and_then(|(_, place)| place.range);
        if range.is_none_or(|(low, high)| !filter.accepts_a_year_of(low, high)) {
            return Ok(Bits::new(kept.len()));
        }
        let years = view.need(TableName::Documents, "year")?;
        if let Some(years) = years.ints() {
            kept.and(&years.select(|year| filter.accepts_year(year)));
        }
    }
    if !filter.places.is_empty() && !kept.none() {
        // A document's own code may be of old; what counts is the one in force.
        let seats = view.reader.seats(view.block, &|code| names.in_force(code))?;
        let mut known: Vec<Option<bool>> = vec![None; seats.all().len()];
        let mut out = Vec::new();
        for document in kept.rows() {
            let accepted = seats.position(document).and_then(|at| {
                let known = known.get_mut(at)?;
                Some(*known.get_or_insert_with(|| seats.all().get(at).is_some_and(|seat| filter.places.accept(seat))))
            });
            if accepted != Some(true) {
                out.push(document);
            }
        }
        for document in out {
            kept.clear(document as usize);
        }
    }
    let mut texts = |name: &str, accepts: &dyn Fn(&str) -> bool| -> Result<()> {
        if kept.none() {
            return Ok(());
        }
        match view.column(TableName::Documents, name)? {
            Some(values) => {
                let accepted = words(&values, accepts);
                let out: Vec<u32> = kept.rows().filter(|document| !accepted.has(*document)).collect();
                for document in out {
                    kept.clear(document as usize);
                }
            }
            None => kept = Bits::new(kept.len()),
        }
        Ok(())
    };
    if !filter.levels.is_empty() {
        texts("level", &|level| filter.levels.contains(level))?;
    }
    for (name, values) in &filter.metadata {
        texts(&format!("@{name}"), &|value| values.contains(value))?;
    }
    Ok(kept)
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
        let code = self.values.texts().and_then(|texts| texts.codes().get(row as usize)).unwrap_or_default();
        self.codes.get(code as usize).copied().unwrap_or_default()
    }
}

/// Asks each different word once.
pub(super) fn words<'a>(values: &'a Values, accepts: &dyn Fn(&str) -> bool) -> Accepted<'a> {
    let asked = values.texts().into_iter().flat_map(Texts::words);
    Accepted { values, codes: std::iter::once(false).chain(asked.map(accepts)).collect() }
}

/// Which codes of a column of texts a filter accepts.
struct Codes {
    values: Arc<Values>,
    accepted: Vec<bool>,
}

/// What a filter of the table's own texts accepts; none for other filters.
fn codes(view: &View<'_>, filter: &RowFilter) -> Result<Option<Codes>> {
    Ok(match filter {
        RowFilter::OneOf { column, values } => {
            let column = view.need(view.table, column)?;
            let accepted = column.texts().map(|texts| texts.with_any(values.iter().map(String::as_str)));
            Some(Codes { accepted: accepted.unwrap_or_default(), values: column })
        }
        RowFilter::Begins { column, with } => {
            let column = view.need(view.table, column)?;
            let accepted = words(&column, &|word| word.starts_with(with.as_str())).codes;
            Some(Codes { accepted, values: column })
        }
        _ => None,
    })
}

fn keep(view: &View<'_>, filter: &RowFilter, documents: &Bits, hits: &mut Vec<Hit>) -> Result<()> {
    match filter {
        RowFilter::OneOf { .. } | RowFilter::Begins { .. } => {
            if let Some(Codes { values, accepted }) = codes(view, filter)? {
                let accepted = Accepted { values: &values, codes: accepted };
                hits.retain(|hit| accepted.has(hit.row));
            }
        }
        RowFilter::ClauseOneOf { column, values } => {
            let clauses = view.clauses()?;
            let column = view.need(TableName::Clauses, column)?;
            let accepted = column.texts().map(|texts| texts.with_any(values.iter().map(String::as_str)));
            let accepted = Accepted { values: &column, codes: accepted.unwrap_or_default() };
            hits.retain(|hit| clauses.row(*hit).is_some_and(|row| accepted.has(row)));
        }
        RowFilter::Flag { column, value } => {
            let column = view.need(view.table, column)?;
            hits.retain(|hit| column.int(hit.row as usize).is_some_and(|flag| (flag != 0) == *value));
        }
        RowFilter::Between { column, from, to } => {
            let column = view.need(view.table, column)?;
            let accepts = |v: f64| from.is_none_or(|from| from <= v) && to.is_none_or(|to| v <= to);
            // Values far from each other are waited for at once where nothing depends on them.
            let accepted: Vec<bool> =
                hits.iter().map(|hit| column.float(hit.row as usize).is_some_and(accepts)).collect();
            let mut accepted = accepted.into_iter();
            hits.retain(|_| accepted.next().unwrap_or_default());
        }
        RowFilter::ClauseIs(wanted) => {
            let clauses = view.clauses()?;
            let ids = view.need(TableName::Documents, "id")?;
            let mut of: BTreeMap<u32, Option<_>> = BTreeMap::new();
            hits.retain(|hit| {
                let positions = of
                    .entry(hit.document)
                    .or_insert_with(|| ids.text(hit.document as usize).and_then(|id| wanted.get(id)));
                positions.is_some_and(|positions| clauses.n(*hit).is_some_and(|n| positions.contains(&n)))
            });
        }
        RowFilter::ClauseHas(bodies) => {
            let having = clauses_having(view, bodies, documents)?;
            let clauses = view.clauses()?;
            hits.retain(|hit| clauses.row(*hit).is_some_and(|row| having.has(row as usize)));
        }
    }
    Ok(())
}

/// The clauses of these documents that have an assignment like this: one row must satisfy all that is asked.
fn clauses_having(view: &View<'_>, bodies: &BodyFilter, documents: &Bits) -> Result<Bits> {
    let mut having = Bits::new(view.block.directory.rows_of(TableName::Clauses) as usize);
    let there = View { table: TableName::Assignments, ..*view };
    let asks = [("functions", &bodies.functions), ("body", &bodies.bodies), ("role", &bodies.roles)];
    let mut rows = Vec::new();
    for (column, values) in asks.into_iter().filter(|(_, values)| !values.is_empty()) {
        rows.push(RowFilter::OneOf { column, values: values.clone() });
    }
    rows.extend(bodies.implied.map(|value| RowFilter::Flag { column: "implied", value }));
    let clauses = there.clauses()?;
    for hit in scan_documents(&there, &Resolved::of_rows(TableName::Assignments, rows), documents)? {
        if let Some(row) = clauses.row(hit) {
            having.set(row as usize);
        }
    }
    Ok(having)
}
