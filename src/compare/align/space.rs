//! Space: the clauses of a ledger, ready to be compared.
//!
//! In: a reader. Out: [`Space`], one [`Shelf`] a block; how rare each key is was counted on a sample of whole documents,
//! spread evenly, so that documents that come later change little.

use super::raw::{Counts, Names};
use super::shelf::{Filed, Item, Shelf, raws};
use crate::error::Result;
use crate::index::{Block, LIST, Reader, Values};
use crate::lexicon::{Lexicon, Terms};
use crate::record::Document;
use crate::table::TableName;
use crate::text::TextView;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Clauses that the sample has, at least where the ledger has so many.
const SAMPLE: u64 = 12_000;

/// A clause of a space: its shelf and its position there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Spot {
    pub shelf: u32,
    pub item: u32,
}

/// The clauses of a ledger.
#[derive(Debug, Default)]
pub struct Space {
    shelves: Vec<Shelf>,
    names: Names,
    /// Shelf and position of each document.
    documents: BTreeMap<String, (u32, u32)>,
}

impl Space {
    /// The clauses that a reader sees.
    pub fn of(reader: Reader<'_>, terms: &Terms) -> Result<Self> {
        let names = names(reader)?;
        let clauses: u64 =
            reader.catalog().blocks().iter().map(|b| u64::from(b.directory.rows_of(TableName::Clauses))).sum();
        let every = clauses.div_ceil(SAMPLE).max(1) as u32;
        let counts = reader.each_block(|block| {
            let mut counts = Counts::default();
            each_document(reader, block, every, |filed, document, text| {
                if filed.copy {
                    return;
                }
                for raw in raws(document, text, (terms, &names)) {
                    counts.add(&raw);
                }
            })?;
            Ok(counts)
        })?;
        let mut ledger = Counts::default();
        for counts in counts {
            ledger.join(counts);
        }
        let shelves = reader.each_block(|block| {
            let mut shelf = Shelf::default();
            each_document(reader, block, 1, |filed, document, text| {
                shelf.put(filed, document, text, (terms, &names), &ledger);
            })?;
            shelf.fit();
            Ok(shelf)
        })?;
        Ok(Self::new(shelves, names))
    }

    fn new(shelves: Vec<Shelf>, names: Names) -> Self {
        let all = (0..).zip(&shelves).flat_map(|(at, shelf)| {
            (0..).zip(&shelf.documents).map(move |(document, filed)| (filed.id.clone(), (at, document)))
        });
        Self { documents: all.collect(), shelves, names }
    }

    /// Number of clauses.
    pub fn len(&self) -> usize {
        self.shelves.iter().map(|shelf| shelf.items.len()).sum()
    }

    /// True without clauses.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn shelves(&self) -> &[Shelf] {
        &self.shelves
    }

    /// Names of topics and functions, by position.
    pub(crate) fn topic(&self, topic: u16) -> &str {
        self.names.topics.get(usize::from(topic)).map_or("", String::as_str)
    }

    /// Chinese name of a topic; its id where the lexicon has none of that id.
    pub(crate) fn topic_label(&self, topic: u16) -> String {
        let id = self.topic(topic);
        Lexicon::embedded().topics().get(id).map_or(id, |topic| &topic.zh).to_owned()
    }

    pub(crate) fn function(&self, function: u16) -> &str {
        self.names.functions.get(usize::from(function)).map_or("", String::as_str)
    }

    /// A clause with its document and shelf.
    pub(crate) fn at(&self, spot: Spot) -> Option<(&Shelf, &Filed, &Item)> {
        let shelf = self.shelves.get(spot.shelf as usize)?;
        let item = shelf.items.get(spot.item as usize)?;
        Some((shelf, shelf.documents.get(item.document as usize)?, item))
    }

    /// The clause with an id, `document#n`.
    pub(crate) fn find(&self, clause: &str) -> Option<Spot> {
        let (document, n) = clause.rsplit_once('#')?;
        let (shelf, at) = *self.documents.get(document)?;
        let items = self.shelves.get(shelf as usize)?.documents.get(at as usize)?.items.clone();
        let item = items.start + n.parse::<u32>().ok()?.checked_sub(1)?;
        (item < items.end).then_some(Spot { shelf, item })
    }

    /// The clauses with these ids; unknown ones are left out.
    pub(crate) fn chosen<'a>(&self, clauses: impl Iterator<Item = &'a str>) -> BTreeSet<Spot> {
        clauses.filter_map(|clause| self.find(clause)).collect()
    }

    /// All clauses but those of copies, in the order of shelves.
    pub(crate) fn spots(&self) -> impl Iterator<Item = Spot> {
        (0..).zip(&self.shelves).flat_map(|(shelf, on)| {
            let counted = on.documents.iter().filter(|filed| !filed.copy);
            counted.flat_map(|filed| filed.items.clone()).map(move |item| Spot { shelf, item })
        })
    }
}

/// The names that functions and topics have in a ledger.
fn names(reader: Reader<'_>) -> Result<Names> {
    let of = |table: TableName, column: &str| -> Result<Vec<String>> {
        let found = reader.each_block(|block| {
            let values = reader.column(block, table, column)?;
            let words = values.iter().filter_map(|values| match &**values {
                Values::Texts(texts) => Some(texts.words()),
                _ => None,
            });
            Ok(words.flatten().flat_map(|word| word.split(LIST)).map(str::to_owned).collect::<BTreeSet<String>>())
        })?;
        let all: BTreeSet<String> = found.into_iter().flatten().filter(|name| !name.is_empty()).collect();
        Ok(all.into_iter().collect())
    };
    Ok(Names { functions: of(TableName::Assignments, "functions")?, topics: of(TableName::Clauses, "topics")? })
}

/// Shows the live documents of a block whose numbers are multiples of `every`, in order.
fn each_document(
    reader: Reader<'_>,
    block: &Block,
    every: u32,
    mut see: impl FnMut(Filed, &Document, TextView<'_>),
) -> Result<()> {
    let column = |name: &str| reader.column(block, TableName::Documents, name);
    let (id, group, slot) = (column("id")?, column("group")?, column("slot")?);
    let (adcode, place, level) = (column("adcode")?, column("place")?, column("level")?);
    let year = column("year")?;
    let mut texts = reader.text_reader();
    let mut open: Option<(u32, Vec<Document>)> = None;
    for (at, number) in block.directory.numbers().enumerate() {
        if number % every != 0 || reader.catalog().gone().has(number) {
            continue;
        }
        let int = |values: &Option<Arc<Values>>| values.as_ref().and_then(|values| values.int(at));
        let text = |values: &Option<Arc<Values>>| values.as_ref().and_then(|values| values.text(at)).map(str::to_owned);
        let (group, slot) = (int(&group).unwrap_or_default() as u32, int(&slot).unwrap_or_default() as u32);
        if open.as_ref().is_none_or(|(opened, _)| *opened != group) {
            open = Some((group, reader.records(group)?));
        }
        let Some(document) = open.as_ref().and_then(|(_, records)| records.get(slot as usize)) else { continue };
        let filed = Filed {
            id: text(&id).unwrap_or_default(),
            group,
            slot,
            adcode: text(&adcode),
            place: text(&place),
            level: text(&level),
            year: int(&year),
            copy: reader.catalog().hides(number, false),
            ..Filed::default()
        };
        texts.with(group, slot, |text| see(filed, document, text))?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::record;
    use crate::text::SourceText;

    /// A space of texts, each with an id and a date.
    pub(crate) fn space(texts: &[(&str, &str, &str)]) -> Space {
        let lexicon = Lexicon::embedded();
        let read: Vec<(Document, SourceText)> = texts
            .iter()
            .map(|(_, _, text)| SourceText::new(*text))
            .map(|text| (record::parse(&text, lexicon), text))
            .collect();
        let sorted = |names: BTreeSet<&String>| names.into_iter().cloned().collect();
        let names = Names {
            functions: sorted(read.iter().flat_map(|(d, _)| &d.assignments).flat_map(|a| &a.functions).collect()),
            topics: sorted(read.iter().flat_map(|(d, _)| &d.clauses).flat_map(|c| &c.topics).collect()),
        };
        let mut counts = Counts::default();
        for (document, text) in &read {
            for raw in raws(document, text.view(), (lexicon.terms(), &names)) {
                counts.add(&raw);
            }
        }
        let mut shelf = Shelf::default();
        for ((id, issued, _), (document, text)) in texts.iter().zip(&read) {
            let place = document.jurisdiction.as_ref();
            let filed = Filed {
                id: (*id).to_owned(),
                year: issued.get(..4).and_then(|year| year.parse().ok()),
                adcode: place.map(|place| place.adcode.clone()),
                place: place.map(|place| place.name.clone()),
                ..Filed::default()
            };
            shelf.put(filed, document, text.view(), (lexicon.terms(), &names), &counts);
        }
        Space::new(vec![shelf], names)
    }

    #[test]
    fn clauses_are_found_by_their_ids() {
        let text = "一、工作\n(一)推进集中采购。扩大范围。\n(二)完善医保支付方式。按病种付费。";
        let space = space(&[("a", "2020-01-01", text), ("b", "2021-01-01", text)]);
        assert_eq!((space.len(), space.spots().count()), (4, 4));
        let (_, filed, item) = space.find("b#2").and_then(|spot| space.at(spot)).unwrap();
        assert_eq!((filed.id.as_str(), item.n, &*item.path), ("b", 2, "1.2"));
        for unknown in ["b#3", "b#0", "c#1", "b", "b#x"] {
            assert_eq!(space.find(unknown), None, "{unknown}");
        }
    }
}
