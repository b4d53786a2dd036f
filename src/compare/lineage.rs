//! Lineage: which document stands upon which.
//!
//! In: citations that a question selects. Out: one row a citation with its relation (`relation`) and the document of
//! the ledger that it names, and a list of what is cited but missing, the most cited first.
//! A citation is resolved by its number, else by its exact title; titles are compared without the words around the
//! matter (…关于印发…的通知). Of several documents of one title the one of the same place is meant, then that of the
//! nearest place above; where that leaves several, none.

use super::column::{Columns, at, ints, texts, words};
use super::parts::documents_of;
use super::period::days;
use super::relation::Relation;
use super::wording::tidied;
use super::{Shelf, each_document};
use crate::error::Result;
use crate::index::Reader;
use crate::lexicon::Lexicon;
use crate::query::{self, Names, Query};
use crate::table::{Table, TableName};
use crate::text::{SourceText, Span};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Which document stands upon which.
#[derive(Debug, Clone)]
pub struct Lineage {
    /// One row a citation.
    pub citations: Table,
    /// One row a document that is cited and missing: `title, number, documents, places, since`.
    pub missing: Table,
}

/// A document as others name it.
#[derive(Debug, Clone, Copy)]
struct Named<'a> {
    id: &'a str,
    title: Option<&'a str>,
    number: Option<&'a str>,
    adcode: Option<&'a str>,
    place: Option<&'a str>,
    level: Option<&'a str>,
    issued: Option<&'a str>,
}

const KEPT: [&str; 7] = ["document", "place", "adcode", "level", "year", "clause", "path"];

/// Code points of a sentence that are looked at before and behind a citation.
const REACH: u32 = 240;

/// The lineage of the citations that `question` selects.
pub fn lineage(reader: Reader<'_>, shelf: &dyn Shelf, question: &Query, names: &dyn Names) -> Result<Lineage> {
    let columns: Vec<String> = KEPT.iter().chain(&["title", "number", "start", "end"]).map(|&c| c.to_owned()).collect();
    let table = query::run(reader, &Query { table: TableName::Citations, columns, ..question.clone() }, names)?;
    let columns = ["id", "title", "number", "adcode", "place", "level", "issued"].map(str::to_owned).to_vec();
    let documents = query::run(reader, &Query { columns, ..Query::new(TableName::Documents) }, names)?;
    let known = known(&documents);
    let by_id: BTreeMap<&str, &Named<'_>> = known.iter().map(|named| (named.id, named)).collect();
    let (numbers, titles) = index(&known);

    let (citing, starts, ends) = (words(&table, "document"), ints(&table, "start"), ints(&table, "end"));
    let (title, number, years) = (texts(&table, "title"), texts(&table, "number"), ints(&table, "year"));
    let cited: Vec<Option<&Named<'_>>> = (0..table.len())
        .map(|row| {
            let by = by_id.get(at(&citing, row)).copied();
            resolve(at(&title, row), at(&number, row), by, &known, &numbers, &titles).and_then(|i| known.get(i))
        })
        .collect();
    let relations = relations(shelf, &citing, &starts, &ends, &by_id)?;

    let rows: Vec<usize> = (0..table.len()).collect();
    let by = |row: usize| by_id.get(at(&citing, row)).copied();
    let of = |row: usize| cited.get(row).copied().flatten();
    let gap = |row: usize| {
        let (by, of) = (by(row)?.issued?.parse().ok()?, of(row)?.issued?.parse().ok()?);
        Some(days(of, by))
    };
    let citations = Columns::default()
        .taken(&table, &rows, &KEPT)?
        .text("relation", rows.iter().map(|row| relations.get(*row).map(|relation| relation.as_str())))
        .text("title", title.iter().copied())
        .text("number", number.iter().copied())
        .flag("in_ledger", rows.iter().map(|row| Some(of(*row).is_some())))
        .text("cited_document", rows.iter().map(|row| Some(of(*row)?.id)))
        .text("cited_place", rows.iter().map(|row| of(*row)?.place))
        .text("cited_level", rows.iter().map(|row| of(*row)?.level))
        .text("cited_issued", rows.iter().map(|row| of(*row)?.issued))
        .text("direction", rows.iter().map(|row| direction(by(*row)?.level?, of(*row)?.level?)))
        .int("days", rows.iter().map(|row| gap(*row)))
        .int("start", starts.iter().copied())
        .int("end", ends.iter().copied())
        .table()?;
    let places = words(&table, "place");
    let missing = missing((0..table.len()).filter(|row| of(*row).is_none()).map(|row| Wanted {
        title: at(&title, row),
        number: at(&number, row),
        document: at(&citing, row),
        place: at(&places, row),
        year: at(&years, row),
    }))?;
    Ok(Lineage { citations, missing })
}

fn known(documents: &Table) -> Vec<Named<'_>> {
    let ids = words(documents, "id");
    let [titles, numbers, adcodes, places, levels, issued] =
        ["title", "number", "adcode", "place", "level", "issued"].map(|name| texts(documents, name));
    (0..documents.len())
        .map(|row| Named {
            id: at(&ids, row),
            title: at(&titles, row),
            number: at(&numbers, row),
            adcode: at(&adcodes, row),
            place: at(&places, row),
            level: at(&levels, row),
            issued: at(&issued, row),
        })
        .collect()
}

type Index = BTreeMap<String, Vec<usize>>;

/// Positions of the documents by number and by the matter of their titles.
fn index(known: &[Named<'_>]) -> (Index, Index) {
    let (mut numbers, mut titles) = (Index::new(), Index::new());
    for (position, named) in known.iter().enumerate() {
        if let Some(number) = named.number {
            numbers.entry(number.to_owned()).or_default().push(position);
        }
        if let Some(title) = named.title {
            titles.entry(matter(title)).or_default().push(position);
            if let Some(shorter) = without_issuer(title) {
                titles.entry(matter(&shorter)).or_default().push(position);
            }
        }
    }
    (numbers, titles)
}

/// What a title is about: without 《》, the issuer before 关于印发, 关于, 的通知.
pub(super) fn matter(title: &str) -> String {
    let plain: String = tidied(title).chars().filter(|c| !"《》〈〉<>“”".contains(*c)).collect();
    // A notice that issues a plan is the plan; one that passes a document on is another document.
    let inner =
        plain.split_once("关于印发").or_else(|| plain.split_once("印发")).map_or(plain.as_str(), |(_, rest)| rest);
    let inner = inner.strip_suffix("的通知").unwrap_or(inner);
    inner.strip_prefix("关于").unwrap_or(inner).to_owned()
}

/// 甲市人民政府关于…的意见 → 关于…的意见; a title that begins with 关于, or names none, has no such form.
fn without_issuer(title: &str) -> Option<String> {
    let at = title.find("关于").filter(|at| *at > 0)?;
    (!title.contains("印发") && !title.contains("转发")).then(|| title.get(at..).unwrap_or_default().to_owned())
}

/// The one document that a citation names.
fn resolve(
    title: Option<&str>,
    number: Option<&str>,
    by: Option<&Named<'_>>,
    known: &[Named<'_>],
    numbers: &Index,
    titles: &Index,
) -> Option<usize> {
    // Numbers are unique; two documents of one number are two copies, of which the first stands.
    if let Some(found) = number.and_then(|number| numbers.get(number)?.first()) {
        return Some(*found);
    }
    let mut found: Vec<usize> = titles.get(&matter(title?))?.clone();
    found.dedup();
    // Two numbers are two documents, whatever their titles.
    found.retain(|i| known.get(*i).is_some_and(|named| named.number.is_none() || number.is_none()));
    found.retain(|i| known.get(*i).is_some_and(|named| by.is_none_or(|by| by.id != named.id)));
    match found.as_slice() {
        [one] => Some(*one),
        _ => nearest(&found, by?, known),
    }
}

/// Of documents of one title that of the citing place or the nearest above it; none where that is not one.
fn nearest(found: &[usize], by: &Named<'_>, known: &[Named<'_>]) -> Option<usize> {
    let places = Lexicon::embedded().places();
    let own = by.adcode?;
    let above = std::iter::once(own).chain(places.ancestors(own).map(|place| &*place.adcode));
    for code in above {
        let of_place: Vec<usize> =
            found.iter().copied().filter(|i| known.get(*i).is_some_and(|named| named.adcode == Some(code))).collect();
        match of_place.as_slice() {
            [] => {}
            [one] => return Some(*one),
            _ => return None,
        }
    }
    None
}

/// The relation of each citation.
fn relations(
    shelf: &dyn Shelf,
    citing: &[&str],
    starts: &[Option<i64>],
    ends: &[Option<i64>],
    by_id: &BTreeMap<&str, &Named<'_>>,
) -> Result<Vec<Relation>> {
    let ids = documents_of(citing);
    let mut rows: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, id) in citing.iter().enumerate() {
        rows.entry(id).or_default().push(row);
    }
    let found = each_document(shelf, &ids, |position, text, _| {
        let id = ids.get(position).copied().unwrap_or_default();
        let title = by_id.get(id).and_then(|named| named.title);
        let of = |row: &usize| {
            let (start, end) = (at(starts, *row).unwrap_or_default(), at(ends, *row).unwrap_or_default());
            let (before, behind) = around(text, Span::new(start as u32, end.max(start) as u32));
            (*row, Relation::of(&before, &behind, title))
        };
        rows.get(id).into_iter().flatten().map(of).collect::<Vec<_>>()
    })?;
    let mut relations = vec![Relation::Mentions; citing.len()];
    for (row, relation) in found.into_iter().flatten() {
        if let Some(known) = relations.get_mut(row) {
            *known = relation;
        }
    }
    Ok(relations)
}

/// The rest of the sentence before and behind a span, tidied.
fn around(text: &SourceText, span: Span) -> (String, String) {
    let closes = |c: char| matches!(c, '。' | '；' | ';' | '！');
    let before = tidied(text.slice(Span::new(span.start.saturating_sub(REACH), span.start)));
    let behind = tidied(text.slice(Span::new(span.end, (span.end + REACH).min(text.len()).max(span.end))));
    let from = before
        .rfind(closes)
        .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8));
    let to = behind.find(closes).unwrap_or(behind.len());
    (before.get(from..).unwrap_or_default().to_owned(), behind.get(..to).unwrap_or_default().to_owned())
}

/// Where a cited document stands, seen from the one that cites it.
fn direction(by: &str, of: &str) -> Option<&'static str> {
    const LEVELS: [&str; 4] = ["country", "province", "prefecture", "county"];
    let level = |name: &str| LEVELS.iter().position(|level| *level == name);
    Some(match level(of)?.cmp(&level(by)?) {
        std::cmp::Ordering::Less => "up",
        std::cmp::Ordering::Equal => "same",
        std::cmp::Ordering::Greater => "down",
    })
}

/// A citation whose document is missing.
struct Wanted<'a> {
    title: Option<&'a str>,
    number: Option<&'a str>,
    document: &'a str,
    place: &'a str,
    year: Option<i64>,
}

/// What is missing, the most cited first; one document by its number, else by its title's matter.
fn missing<'a>(wanted: impl Iterator<Item = Wanted<'a>>) -> Result<Table> {
    #[derive(Default)]
    struct Cited<'a> {
        titles: BTreeMap<&'a str, usize>,
        number: Option<&'a str>,
        documents: BTreeSet<&'a str>,
        places: BTreeSet<&'a str>,
        since: Option<i64>,
    }
    let mut all: BTreeMap<String, Cited<'a>> = BTreeMap::new();
    for citation in wanted {
        let key = citation.number.map_or_else(|| matter(citation.title.unwrap_or_default()), str::to_owned);
        let cited = all.entry(key).or_default();
        cited.number = cited.number.or(citation.number);
        if let Some(title) = citation.title {
            *cited.titles.entry(title).or_default() += 1;
        }
        cited.documents.insert(citation.document);
        cited.places.insert(citation.place);
        cited.since = cited.since.into_iter().chain(citation.year).min();
    }
    let mut rows: Vec<Cited<'a>> = all.into_values().collect();
    rows.sort_by_key(|cited| Reverse(cited.documents.len()));
    let title = |cited: &Cited<'a>| cited.titles.iter().rev().max_by_key(|(_, n)| **n).map(|(title, _)| *title);
    Columns::default()
        .text("title", rows.iter().map(title))
        .text("number", rows.iter().map(|cited| cited.number))
        .int("documents", rows.iter().map(|cited| Some(cited.documents.len() as i64)))
        .int("places", rows.iter().map(|cited| Some(cited.places.len() as i64)))
        .int("since", rows.iter().map(|cited| cited.since))
        .table()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_what_it_is_about() {
        let plan = matter("甲市河长制工作方案");
        assert_eq!(matter("甲市人民政府办公室关于印发《甲市河长制工作方案》的通知"), plan);
        assert_eq!(matter("关于印发甲市河长制工作方案的通知"), plan);
        assert_eq!(matter("关于加强河湖管理的意见"), "加强河湖管理的意见");
        assert_ne!(matter("甲市转发《甲市河长制工作方案》的通知"), plan, "passing on is a document of its own");
    }

    fn named<'a>(id: &'a str, title: &'a str, number: Option<&'a str>, adcode: &'a str) -> Named<'a> {
        let (title, adcode) = (Some(title), Some(adcode));
        Named { id, title, number, adcode, place: None, level: None, issued: None }
    }

    #[test]
    fn a_citation_is_resolved_by_number_then_by_title_and_place() {
        let known = [
            named("state", "国务院关于加强河湖管理的意见", Some("国发〔2020〕1号"), "100000"),
            named("province", "广东省河长制工作方案", None, "440000"),
            named("city", "河湖管护办法", None, "440700"),
            named("elsewhere", "河湖管护办法", None, "141000"),
            named("twice", "湿地公约读本", None, "440100"),
            named("twice too", "湿地公约读本", None, "440200"),
        ];
        let (numbers, titles) = index(&known);
        let by = known.get(1);
        let find = |title: Option<&str>, number: Option<&str>, by: Option<&Named<'_>>| {
            resolve(title, number, by, &known, &numbers, &titles).and_then(|i| known.get(i)).map(|named| named.id)
        };
        assert_eq!(find(None, Some("国发〔2020〕1号"), by), Some("state"));
        assert_eq!(find(Some("关于加强河湖管理的意见"), None, by), Some("state"), "the issuer may be left out");
        assert_eq!(
            find(Some("关于加强河湖管理的意见"), Some("国发〔2021〕9号"), by),
            None,
            "another number, another document"
        );
        assert_eq!(find(Some("广东省河长制工作方案"), None, by), None, "nothing cites itself");
        let county = named("county", "本县方案", None, "440781");
        assert_eq!(find(Some("河湖管护办法"), None, Some(&county)), Some("city"), "the nearest place above");
        assert_eq!(find(Some("湿地公约读本"), None, Some(&county)), None, "the ledger cannot tell which");
        assert_eq!(find(Some("没有这份文件"), None, by), None);
    }

    #[test]
    fn a_sentence_ends_at_its_stop() {
        let text = SourceText::new("甲。根据《乙》（乙发〔2020〕1号），制定；丙。");
        let (before, behind) = around(&text, Span::new(4, 19));
        assert_eq!((before.as_str(), behind.as_str()), ("根据", ",制定"));
    }
}
