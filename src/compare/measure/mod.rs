//! Measures: clauses of many documents that hand out the same work, as rows of comparison tables.
//!
//! In: a space and the clauses wanted. Out: one row a clause with its measure. A measure's id is that of its first clause,
//! in the order in which documents came into the ledger, so that what comes later renames nothing; it is called by the
//! heading of its most typical clause, else by that clause's weightiest phrase, unless a user renamed it.

mod cluster;
mod edit;
mod linkage;

pub use edit::{Edit, Edits};

use super::align::{Filed, Item, Shelf, Space, Speaker, Spot, score_of};
use crate::error::Result;
use crate::index::Reader;
use crate::table::Table;
use crate::text::is_blank;
use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray};
use cluster::Cluster;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::sync::Arc;

/// Characters of a name.
const NAME: usize = 30;

/// A measure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measure {
    /// Id of its first clause.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Its clauses in the ledger's order, with their scores to the most typical one.
    pub members: Vec<(Spot, f64)>,
}

/// The measures of tasks among clauses, or among all; those of most documents first, then by age in the ledger.
pub(crate) fn find(
    reader: Option<Reader<'_>>,
    space: &Space,
    clauses: Option<&[String]>,
    edits: &Edits,
) -> Result<Vec<Measure>> {
    let mut order: Vec<Spot> = match clauses {
        Some(clauses) => space.chosen(clauses.iter().map(String::as_str)).into_iter().collect(),
        None => space.spots().collect(),
    };
    order.retain(|spot| space.at(*spot).is_some_and(|(.., item)| item.task));
    order.sort_unstable();
    let mut groups = edits.apply(space, cluster::clusters(space, &order));
    for (members, _) in &mut groups {
        members.sort_unstable();
    }
    let typical: Vec<Option<Cluster>> =
        groups.par_iter().map(|(members, _)| cluster::typical(space, members)).collect();
    let mut speaker = reader.map(Speaker::new);
    let mut measures = Vec::with_capacity(groups.len());
    for ((members, name), typical) in groups.into_iter().zip(typical) {
        let (Some(first), Some(typical)) = (members.first(), typical) else { continue };
        let label = match (name, &mut speaker) {
            (Some(name), _) => name,
            (None, Some(speaker)) => label(speaker, space, typical.medoid)?,
            (None, None) => String::new(),
        };
        let alone = typical.members.len() == 1;
        let members = typical
            .members
            .into_iter()
            .map(|(spot, odds)| (spot, if alone || spot == typical.medoid { 1.0 } else { score_of(odds) }));
        measures.push(Measure { id: id(space, *first), label, members: members.collect() });
    }
    let documents = |measure: &Measure| {
        let mut all: Vec<(u32, u32)> =
            measure.members.iter().filter_map(|(spot, _)| Some((spot.shelf, space.at(*spot)?.2.document))).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    };
    measures.sort_by_cached_key(|measure| Reverse(documents(measure)));
    Ok(measures)
}

fn id(space: &Space, spot: Spot) -> String {
    space.at(spot).map(|(_, filed, item)| format!("{}#{}", filed.id, item.n)).unwrap_or_default()
}

/// The heading of a clause, else its weightiest phrase.
fn label(speaker: &mut Speaker<'_>, space: &Space, spot: Spot) -> Result<String> {
    let Some((shelf, filed, item)) = space.at(spot) else { return Ok(String::new()) };
    let span = item.heading.unwrap_or(item.span);
    let words = speaker.words(filed.group, filed.slot, span)?;
    let name = if item.heading.is_some() {
        words.chars().filter(|c| !is_blank(*c)).collect()
    } else {
        shelf.phrase(item, &words)
    };
    Ok(name.chars().take(NAME).collect())
}

/// A row of the table: a measure, a clause of it, and its score.
type Row<'a> = (&'a Measure, (&'a Shelf, &'a Filed, &'a Item), f64);

/// Measures as a table: `measure, label, document, clause, path, adcode, place, year, start, end, score`, one row a clause.
pub fn measures(reader: Reader<'_>, space: &Space, clauses: Option<&[String]>, edits: &Edits) -> Result<Table> {
    let measures = find(Some(reader), space, clauses, edits)?;
    let rows: Vec<Row<'_>> = measures
        .iter()
        .flat_map(|measure| measure.members.iter().map(move |(spot, score)| (measure, *spot, *score)))
        .filter_map(|(measure, spot, score)| Some((measure, space.at(spot)?, score)))
        .collect();
    let text = |get: &dyn Fn(&Row<'_>) -> Option<String>| -> ArrayRef {
        Arc::new(rows.iter().map(get).collect::<StringArray>())
    };
    let int =
        |get: &dyn Fn(&Row<'_>) -> Option<i64>| -> ArrayRef { Arc::new(rows.iter().map(get).collect::<Int64Array>()) };
    Table::from_columns(vec![
        ("measure", text(&|(measure, ..)| Some(measure.id.clone()))),
        ("label", text(&|(measure, ..)| Some(measure.label.clone()))),
        ("document", text(&|(_, (_, filed, _), _)| Some(filed.id.clone()))),
        ("clause", text(&|(_, (_, filed, item), _)| Some(format!("{}#{}", filed.id, item.n)))),
        ("path", text(&|(_, (.., item), _)| Some(item.path.to_string()))),
        ("adcode", text(&|(_, (_, filed, _), _)| filed.adcode.clone())),
        ("place", text(&|(_, (_, filed, _), _)| filed.place.clone())),
        ("year", int(&|(_, (_, filed, _), _)| filed.year)),
        ("start", int(&|(_, (.., item), _)| Some(i64::from(item.span.start)))),
        ("end", int(&|(_, (.., item), _)| Some(i64::from(item.span.end)))),
        ("score", Arc::new(rows.iter().map(|(.., score)| Some(*score)).collect::<Float64Array>())),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::align::tests::space;
    use super::*;

    const TEXTS: [&str; 3] = [
        "一、工作\n(一)推进药品集中采购。开展药品集中带量采购,扩大采购范围。\n(二)完善医保支付方式。推行按病种付费。",
        "一、任务\n(一)改革医保支付方式。全面推开按病种付费改革。\n(二)实施集中带量采购。落实药品集中采购中选结果。",
        "一、任务\n(一)深化医保支付方式改革。推进按病种付费。\n(二)加强农村公路建设。新建道路。",
    ];

    fn of(space: &Space, edits: &Edits) -> Vec<(String, usize)> {
        find(None, space, None, edits).unwrap().into_iter().map(|m| (m.id, m.members.len())).collect()
    }

    #[test]
    fn the_first_clause_names_a_measure_and_later_documents_do_not_rename_it() {
        let two = space(&[("a", "2020", TEXTS[0]), ("b", "2021", TEXTS[1])]);
        assert_eq!(of(&two, &Edits::default()), [("a#1".to_owned(), 2), ("a#2".to_owned(), 2)]);
        let three = space(&[("a", "2020", TEXTS[0]), ("b", "2021", TEXTS[1]), ("c", "2019", TEXTS[2])]);
        let measures = of(&three, &Edits::default());
        assert_eq!(measures, [("a#2".to_owned(), 3), ("a#1".to_owned(), 2), ("c#2".to_owned(), 1)]);
    }

    #[test]
    fn edits_win() {
        let two = space(&[("a", "2020", TEXTS[0]), ("b", "2021", TEXTS[1])]);
        let edits = Edits(vec![Edit::Merge(vec!["a#1".into(), "a#2".into()]), Edit::Split(vec!["b#1".into()])]);
        assert_eq!(of(&two, &edits), [("a#1".to_owned(), 3), ("b#1".to_owned(), 1)]);
    }
}
