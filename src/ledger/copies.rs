//! Copies: one plan on four portals counts once.
//!
//! In: a document that was just read. Out: the earlier documents that it is a near-copy of, which become its
//! [`Mark`](crate::index::Mark). What counts in the end is settled when a state is asked (`index::Same`).
//!
//! A document is a near-copy of an earlier one
//! - by **number**: both carry one document number with its issuing code, of one place (or, where the page does not tell the
//!   place, of one day), and the longer has 0.8 of what the shorter says. Codes like 政办发 are used in many places, and an
//!   interpretation or an annex may bear the number of its plan: hence the place, and the wording;
//! - by **text**: both are of one day, the longer has 0.9 of what the shorter says, and the shorter is at least half of the
//!   longer (0.9 where a page tells no title). Portals cut pages off; an excerpt of less than half, without a number, may be
//!   anything.
//!
//! And nothing speaks against it: their places, their numbers, or what their titles say that they are (a notice that
//! forwards a plan is an act of its own, and so is an interpretation); by text alone also the names in their titles, since
//! an office may adopt two plans of one wording on one day.
//!
//! Shares are of stretches of five characters of the clauses (`index::Shingles`). Fewer than a hundred of them tell nothing.

use super::shared::Shared;
use crate::error::Result;
use crate::index::{Catalog, Like, Reason, SKETCHES, Shingles, Sketch, number_key};
use crate::query::{self, Names, Query};
use crate::record::Document;
use crate::store::Store;
use crate::table::{Table, TableName};
use crate::text::{SourceText, is_blank, tidy};
use arrow_array::{ArrayRef, Float64Array, StringArray};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Share of the shorter one's wording that copies under one number have in common: room for a scan's misprints.
const BY_NUMBER: f64 = 0.8;
/// The same for copies that no number tells.
const BY_TEXT: f64 = 0.9;
/// Without a number the shorter is at least this part of the longer.
const PART: f64 = 0.5;
/// And this part, where a page does not tell its title: what does not say what it is must be the whole plan.
const PART_UNTITLED: f64 = 0.9;
/// Documents that say less are not compared.
const LEAST: usize = 100;
/// How much of the shorter title the longer one has in one piece, where no number tells copies.
const TITLE: f64 = 0.8;
/// A sketch that promises less is not looked into: the rule's share less what a sketch may be off.
const PROMISE: f64 = 0.5;
/// Sketches of documents of very different length promise nothing: then the number decides who is looked into.
const LENGTHS: u32 = 4;
/// So many candidates are looked into, the earliest.
const CANDIDATES: usize = 32;

/// What a title may say that its document is in relation to the plan it speaks of.
const RELATIONS: [&[&str]; 5] = [
    &["转发", "批转"],
    &["解读", "图解", "读懂", "问答", "答记者问", "新闻发布"],
    &["征求意见", "意见稿", "草案", "公示"],
    &["废止", "失效", "修改", "修订", "调整", "补充"],
    &["总结", "通报", "情况报告", "完成情况"],
];

/// What near-copies of a document are found by.
#[derive(Debug)]
pub(super) struct Print {
    id: String,
    sketch: Sketch,
    shingles: Shingles,
    title: Option<String>,
    /// With its issuing code.
    number: Option<String>,
    /// Code in force and zone.
    place: Option<(String, Option<String>)>,
}

impl Print {
    /// The print of a document.
    pub fn of(id: &str, text: &SourceText, document: &Document, names: &dyn Names) -> Self {
        // Most of what a folder may hold besides plans has neither number nor day.
        let telling = Sketch::unread(document).is_telling();
        let shingles = if telling { Shingles::of(text, document) } else { Shingles::default() };
        let place = document.jurisdiction.as_ref();
        Self {
            id: id.to_owned(),
            sketch: Sketch::of(document, &shingles),
            shingles,
            title: document.title.as_deref().map(tidied),
            number: document.number.as_deref().and_then(number_key),
            place: place.map(|place| (names.in_force(&place.adcode), place.zone.clone())),
        }
    }

    /// The print of a document that is in the store.
    pub fn stored(shared: &Shared, number: u32, names: &dyn Names) -> Result<Self> {
        let head = shared.head(number)?;
        let catalog = shared.catalog();
        let reader = shared.reader(&catalog);
        let text = reader.text(head.group, head.slot)?;
        let document = shared.reviewed(&head, &text, reader.record(head.group, head.slot)?)?;
        Ok(Self::of(&head.id, &text, &document, names))
    }

    /// The document's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its sketch.
    pub fn sketch(&self) -> &Sketch {
        &self.sketch
    }

    /// Whether one is a near-copy of the other: share of the shorter one's wording in common, in thousandths, and why.
    pub fn alike(&self, other: &Self) -> Option<(u16, Reason)> {
        let one_place = self.place.is_some() && self.place == other.place;
        let one_number = self.number.is_some() && self.number == other.number;
        let one_day = self.sketch.day != 0 && self.sketch.day == other.sketch.day;
        let two_places = !one_place && self.place.is_some() && other.place.is_some();
        let two_numbers = !one_number && self.number.is_some() && other.number.is_some();
        if two_places || two_numbers || !self.same_relation(other) {
            return None;
        }
        let (shorter, longer) = ordered(self.shingles.len(), other.shingles.len());
        if shorter < LEAST {
            return None;
        }
        let share = |shared: usize| shared as f64 / shorter as f64;
        let by_number = one_number && (one_place || one_day);
        let part = if self.title.is_some() && other.title.is_some() { PART } else { PART_UNTITLED };
        let by_text = one_day && shorter as f64 >= part * longer as f64 && self.same_title(other);
        if !by_number && !by_text {
            return None;
        }
        let share = share(self.shingles.shared(&other.shingles));
        let score = (share * 1000.0) as u16;
        if by_number && share >= BY_NUMBER {
            Some((score, Reason::Number))
        } else {
            (by_text && share >= BY_TEXT).then_some((score, Reason::Text))
        }
    }

    /// True where both titles say the same of what their documents are to a plan.
    fn same_relation(&self, other: &Self) -> bool {
        let (Some(a), Some(b)) = (&self.title, &other.title) else { return true };
        let says = |title: &str, words: &[&str]| words.iter().any(|word| title.contains(word));
        RELATIONS.iter().all(|words| says(a, words) == says(b, words))
    }

    /// True where one title has most of the other in one piece: portals put names around titles and cut them off.
    fn same_title(&self, other: &Self) -> bool {
        let (Some(a), Some(b)) = (&self.title, &other.title) else { return true };
        let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
        let (shorter, _) = ordered(a.len(), b.len());
        common(&a, &b) as f64 >= TITLE * shorter as f64
    }
}

fn ordered(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

/// A title for comparison: letters and digits alone.
fn tidied(title: &str) -> String {
    title.chars().filter(|c| !is_blank(*c)).map(tidy).filter(|c| c.is_alphanumeric()).collect()
}

/// Length of the longest piece that both have. Titles are short.
fn common(a: &[char], b: &[char]) -> usize {
    /// No title is longer; what is has lost its end.
    const LONGEST: usize = 200;
    let mut best = 0;
    let mut before = vec![0usize; b.len().min(LONGEST) + 1];
    for x in a.iter().take(LONGEST) {
        let mut diagonal = 0;
        for (y, length) in b.iter().zip(before.iter_mut().skip(1)) {
            let above = *length;
            *length = if x == y { diagonal + 1 } else { 0 };
            diagonal = above;
            best = best.max(*length);
        }
    }
    best
}

/// No document: the end of a chain.
const NONE: u32 = u32::MAX;

/// A live document that later ones may be copies of.
#[derive(Debug, Clone, Copy)]
struct Known {
    sketch: Sketch,
    live: bool,
    /// The one before it with its number.
    of_number: u32,
    /// The one before it of its day.
    of_day: u32,
}

/// The documents that later ones may be copies of. Ninety bytes a document, and those not yet written with their shingles.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// By document number.
    known: Vec<Known>,
    /// The newest of each document number.
    numbers: HashMap<u64, u32>,
    /// The newest of each day.
    days: HashMap<u32, u32>,
    /// Prints of documents that are on their way into the store.
    coming: BTreeMap<u32, Arc<Print>>,
}

impl Copies {
    /// Those of a state of a ledger.
    pub fn load(store: &Store, catalog: &Catalog) -> Result<Self> {
        let mut copies = Self::default();
        copies.known.reserve(catalog.next_document() as usize);
        for block in catalog.blocks() {
            let found = sketches(store, block.number)?;
            if found.len() != block.directory.documents as usize {
                return Err(store.damaged(&format!("block {} has not its documents' sketches", block.number)));
            }
            for (number, sketch) in block.directory.numbers().zip(found) {
                if !catalog.gone().has(number) {
                    copies.learn(number, sketch);
                }
            }
        }
        Ok(copies)
    }

    /// Takes a document among those that later ones may be copies of.
    pub fn add(&mut self, number: u32, print: Arc<Print>) {
        self.learn(number, print.sketch);
        if print.sketch.is_telling() {
            self.coming.insert(number, print);
        }
    }

    /// The same without its print, where it can be read from the store.
    pub fn learn(&mut self, number: u32, sketch: Sketch) {
        let none = Known { sketch: Sketch::default(), live: false, of_number: NONE, of_day: NONE };
        let mut known = Known { sketch, live: true, ..none };
        if sketch.number != 0 {
            known.of_number = self.numbers.insert(sketch.number, number).unwrap_or(NONE);
        }
        if sketch.day != 0 {
            known.of_day = self.days.insert(sketch.day, number).unwrap_or(NONE);
        }
        self.known.resize(number as usize, none);
        self.known.push(known);
    }

    /// Forgets a document that is replaced or removed.
    pub fn remove(&mut self, number: u32) {
        if let Some(known) = self.known.get_mut(number as usize) {
            known.live = false;
        }
        self.coming.remove(&number);
    }

    /// Says that the documents below a number can be read from the store.
    pub fn written(&mut self, next: u32) {
        self.coming = self.coming.split_off(&next);
    }

    /// The documents that this one is a near-copy of, earliest first. `load` gives the print of one in the store.
    pub fn find(&self, print: &Print, load: impl Fn(u32) -> Result<Print>) -> Result<Vec<(Like, Arc<Print>)>> {
        let mut found = Vec::new();
        for number in self.candidates(&print.sketch).into_iter().take(CANDIDATES) {
            let other = match self.coming.get(&number) {
                Some(print) => Arc::clone(print),
                None => Arc::new(load(number)?),
            };
            if let Some((score, reason)) = print.alike(&other) {
                found.push((Like { document: number, score, reason }, other));
                if found.len() == crate::index::Mark::MOST {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// As [`Self::find`], for a document of which only the sketch is at hand: `own` gives its print where there is anybody to
    /// compare it with.
    pub fn find_by_sketch(
        &self,
        sketch: &Sketch,
        own: impl FnOnce() -> Result<Print>,
        load: impl Fn(u32) -> Result<Print>,
    ) -> Result<Vec<Like>> {
        if self.candidates(sketch).is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.find(&own()?, load)?.into_iter().map(|(like, _)| like).collect())
    }

    /// Documents of the same number or day that may say the same, earliest first.
    fn candidates(&self, sketch: &Sketch) -> BTreeSet<u32> {
        let mut out = BTreeSet::new();
        if (sketch.size as usize) < LEAST {
            return out;
        }
        let known = |at: u32| Some((at, self.known.get(at as usize)?));
        let chain = |newest: Option<&u32>, before: fn(&Known) -> u32| {
            std::iter::successors(newest.and_then(|at| known(*at)), move |(_, k)| known(before(k)))
        };
        let promises = |other: &Sketch| sketch.contained(other) >= PROMISE;
        let fits = |known: &Known| known.live && known.sketch.size as usize >= LEAST;
        let numbered = self.numbers.get(&sketch.number).filter(|_| sketch.number != 0);
        for (number, known) in chain(numbered, |known| known.of_number).filter(|(_, known)| fits(known)) {
            let (shorter, longer) = (known.sketch.size.min(sketch.size), known.sketch.size.max(sketch.size));
            if longer / LENGTHS > shorter || promises(&known.sketch) {
                out.insert(number);
            }
        }
        let dated = self.days.get(&sketch.day).filter(|_| sketch.day != 0);
        for (number, known) in chain(dated, |known| known.of_day).filter(|(_, known)| fits(known)) {
            if promises(&known.sketch) {
                out.insert(number);
            }
        }
        out
    }
}

/// The sketches of a block's documents.
pub(super) fn sketches(store: &Store, block: u32) -> Result<Vec<Sketch>> {
    let wrong = |reason: String| store.damaged(&format!("the sketches of block {block} {reason}"));
    Sketch::unpack(&store.get_whole_run(&SKETCHES, block)?).map_err(wrong)
}

/// A row of the table of copies: document, original, how they are alike.
type Row = (String, String, Like);

/// The table of copies, by document.
pub(super) fn table(shared: &Shared) -> Result<Table> {
    let catalog = shared.catalog();
    let reader = shared.reader(&catalog);
    let mut rows: Vec<Row> = Vec::new();
    let mut asked = BTreeSet::new();
    for (number, original) in catalog.same().iter() {
        let (id, same_as) = (reader.id(number)?, reader.id(original.document)?);
        asked.extend([id.clone(), same_as.clone()]);
        rows.push((id, same_as, original));
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let mut facts: BTreeMap<String, [Option<String>; 2]> = BTreeMap::new();
    if !asked.is_empty() {
        let columns = ["id", "title", "file"].map(str::to_owned).to_vec();
        let documents = Query { document: asked.into_iter().collect(), columns, ..Query::new(TableName::Documents) };
        // Ids stand for themselves: no name is to be resolved.
        for row in query::run(reader, &documents, &query::Verbatim)?.rows() {
            let [id, title, file] = row.as_slice() else { continue };
            let text = |cell: &crate::table::Cell<'_>| cell.text().map(str::to_owned);
            if let Some(id) = text(id) {
                facts.insert(id, [text(title), text(file)]);
            }
        }
    }
    let [title, file] = [0, 1].map(|at| {
        let facts = &facts;
        move |id: &str| facts.get(id).and_then(|facts| facts.get(at)).cloned().flatten()
    });
    let texts = |value: &dyn Fn(&Row) -> Option<String>| -> ArrayRef {
        Arc::new(rows.iter().map(value).collect::<StringArray>())
    };
    let scores = rows.iter().map(|row| Some(f64::from(row.2.score) / 1000.0));
    Table::from_columns(vec![
        ("document", texts(&|row| Some(row.0.clone()))),
        ("same_as", texts(&|row| Some(row.1.clone()))),
        ("score", Arc::new(scores.collect::<Float64Array>())),
        ("reason", texts(&|row| Some(row.2.reason.as_str().to_owned()))),
        ("title", texts(&|row| title(&row.0))),
        ("same_as_title", texts(&|row| title(&row.1))),
        ("file", texts(&|row| file(&row.0))),
        ("same_as_file", texts(&|row| file(&row.1))),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn titles_are_compared_by_their_longest_common_piece() {
        let chars = |text: &str| tidied(text).chars().collect::<Vec<_>>();
        for (a, b, piece) in [
            ("关于印发《甲市养老方案》的通知", "甲市养老方案", 6),
            ("甲市餐饮业整治方案", "甲市美容业整治方案", 5),
            ("", "甲市", 0),
        ] {
            assert_eq!(common(&chars(a), &chars(b)), piece, "{a} {b}");
        }
    }

    #[test]
    #[ignore = "prints what it costs; run it in release"]
    fn what_it_costs_to_hold_and_ask_three_hundred_thousand() {
        const DOCUMENTS: u32 = 300_000;
        let mut copies = Copies::default();
        let sketch = |n: u32| {
            let text: String = (0..160)
                .filter_map(|at| char::from_u32(0x4e00 + (n.wrapping_mul(2_654_435_761) ^ (at * 40_503)) % 20_000))
                .collect();
            let day = n % 4_250;
            let document = Document {
                number: Some(format!("江府办〔2019〕{n}号")),
                issued: Some(format!("{}-{:02}-{:02}", 2009 + day / 336, 1 + day / 28 % 12, 1 + day % 28)),
                ..Document::default()
            };
            Sketch::of(&document, &Shingles::of(&SourceText::new(text), &document))
        };
        for number in 0..DOCUMENTS {
            copies.learn(number, sketch(number));
        }
        let held = copies.known.capacity() * size_of::<Known>()
            + copies.numbers.capacity() * 8 / 7 * (size_of::<(u64, u32)>() + 1)
            + copies.days.capacity() * 8 / 7 * (size_of::<(u32, u32)>() + 1);
        let asked: Vec<Sketch> = (DOCUMENTS..DOCUMENTS + 2_000).map(sketch).collect();
        let begun = Instant::now();
        let found: usize = asked.iter().map(|sketch| copies.candidates(sketch).len()).sum();
        let each = begun.elapsed().as_secs_f64() * 1e6 / asked.len() as f64;
        println!(
            "{DOCUMENTS} documents: {:.1} MB held, {each:.1} µs a question, {found} candidates",
            held as f64 / 1e6
        );
        assert!(held < 60 << 20);
    }
}
