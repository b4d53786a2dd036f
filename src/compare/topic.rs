//! Coverage: which place has something on which topic.
//!
//! In: clauses that a question selects. Out: one row a place and topic: clauses, their length, documents, since when,
//! and who leads. A clause counts for its primary topic, or for each of its topics.

use super::column::{Columns, at, ints, runs, texts, words};
use crate::error::Result;
use crate::index::{LIST, Reader};
use crate::query::{self, Names, Query};
use crate::table::{Table, TableName};
use foldhash::fast::FixedState;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

#[derive(Debug, Default)]
struct Cover<'a> {
    clauses: i64,
    primary: i64,
    length: i64,
    since: Option<i64>,
    documents: i64,
    /// Row of the document counted last.
    last: Option<usize>,
    leads: BTreeMap<&'a str, usize>,
}

/// Code, name and level of a place, and a topic.
type Key<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>, Option<&'a str>);

/// Functions that are named as leads of a place and topic.
const LEADS: usize = 3;

/// Place by topic. Clauses without a topic count under none.
pub fn topics(reader: Reader<'_>, clauses: &Query, leads: Option<&Query>, names: &dyn Names) -> Result<Table> {
    let columns =
        ["document", "clause", "topics", "adcode", "place", "level", "year", "start", "end"].map(str::to_owned);
    let question = Query { table: TableName::Clauses, columns: columns.to_vec(), ..clauses.clone() };
    let table = query::run(reader, &question, names)?;
    let leading = match leads {
        Some(leads) => {
            let columns = ["clause", "function"].map(str::to_owned).to_vec();
            let role = vec!["lead".to_owned()];
            Some(query::run(reader, &Query { table: TableName::Assignments, columns, role, ..leads.clone() }, names)?)
        }
        None => None,
    };
    let mut leaders: HashMap<&str, Vec<&str>, FixedState> = HashMap::default();
    if let Some(leading) = &leading {
        for (clause, function) in words(leading, "clause").into_iter().zip(texts(leading, "function")) {
            let known = leaders.entry(clause).or_default();
            known.extend(function.filter(|function| !known.contains(function)));
        }
    }
    let (documents, ids, lists) = (words(&table, "document"), words(&table, "clause"), texts(&table, "topics"));
    let (adcodes, places, levels) = (texts(&table, "adcode"), texts(&table, "place"), texts(&table, "level"));
    let (years, starts, ends) = (ints(&table, "year"), ints(&table, "start"), ints(&table, "end"));
    // Rows of a document stand together.
    let mut known: HashMap<Key<'_>, Cover<'_>, FixedState> = HashMap::default();
    for run in runs(&documents).windows(2) {
        let &[from, to] = run else { continue };
        for row in from..to {
            let topics = at(&lists, row).into_iter().flat_map(|list| list.split(LIST).map(Some));
            let none = at(&lists, row).is_none().then_some(None);
            for (position, topic) in topics.chain(none).enumerate() {
                let key = (at(&adcodes, row), at(&places, row), at(&levels, row), topic);
                let cover = known.entry(key).or_default();
                cover.clauses += 1;
                cover.primary += i64::from(position == 0);
                cover.length += at(&ends, row).zip(at(&starts, row)).map_or(0, |(end, start)| end - start);
                cover.since = cover.since.into_iter().chain(at(&years, row)).min();
                cover.documents += i64::from(cover.last.is_none_or(|last| last != from));
                cover.last = Some(from);
                for function in leaders.get(at(&ids, row)).into_iter().flatten() {
                    *cover.leads.entry(function).or_default() += 1;
                }
            }
        }
    }
    let covers: BTreeMap<Key<'_>, Cover<'_>> = known.into_iter().collect();
    let leads = |cover: &Cover<'_>| {
        let mut leads: Vec<(&str, usize)> = cover.leads.iter().map(|(f, n)| (*f, *n)).collect();
        leads.sort_by_key(|(_, n)| Reverse(*n));
        let names: Vec<&str> = leads.into_iter().take(LEADS).map(|(function, _)| function).collect();
        (!names.is_empty()).then(|| names.join("、"))
    };
    let mut columns = Columns::default()
        .text("adcode", covers.keys().map(|key| key.0))
        .text("place", covers.keys().map(|key| key.1))
        .text("level", covers.keys().map(|key| key.2))
        .text("topic", covers.keys().map(|key| key.3));
    let mut count = |name: &'static str, get: fn(&Cover<'_>) -> Option<i64>| {
        columns = std::mem::take(&mut columns).int(name, covers.values().map(get));
    };
    count("clauses", |cover| Some(cover.clauses));
    count("primary", |cover| Some(cover.primary));
    count("documents", |cover| Some(cover.documents));
    count("length", |cover| Some(cover.length));
    count("since", |cover| cover.since);
    columns.text("leads", covers.values().map(leads)).table()
}
