//! Explain: the steps by which a question is answered, with what was expected of each and what it left.

use super::plan::{Trace, keep_wording};
use super::resolve::Resolved;
use super::scan::{View, documents, rows_of};
use super::{Names, Query};
use crate::error::Result;
use crate::index::Reader;
use crate::index::posting::Term;
use crate::table::{Column, ColumnType, Table};
use arrow_array::{ArrayRef, Int64Array, StringArray};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// The columns of an explanation.
pub const EXPLAINED: [Column; 4] = [
    Column { name: "step", kind: ColumnType::Text, about: "what the step leaves" },
    Column { name: "how", kind: ColumnType::Text, about: "how it does so" },
    Column { name: "expected", kind: ColumnType::Int, about: "how many at most, as known before" },
    Column { name: "left", kind: ColumnType::Int, about: "how many it left" },
];

/// A step of an answer.
struct Step {
    leaves: String,
    how: String,
    expected: u64,
    left: u64,
}

/// What one block did.
struct Counted {
    documents: usize,
    rows: usize,
    answer: usize,
}

/// The steps of the answer.
pub(super) fn explain(reader: Reader<'_>, query: &Query, question: &Resolved, names: &dyn Names) -> Result<Table> {
    let trace = Trace::new(question.text.words().count());
    let counted = reader.each_block(|block| {
        let view = View { reader, block, table: question.table };
        let documents = documents(&view, &question.documents, names)?;
        let mut hits = rows_of(&view, question, &documents)?;
        let documents = documents.count();
        let rows = hits.len();
        if !question.text.is_empty() && !hits.is_empty() {
            keep_wording(&view, question, &mut hits, Some(&trace))?;
        }
        Ok(Counted { documents, rows, answer: hits.len() })
    })?;
    let sum = |of: fn(&Counted) -> usize| counted.iter().map(|block| of(block) as u64).sum::<u64>();
    let blocks = reader.catalog().blocks();
    let table = question.table.as_str();

    let mut steps = vec![Step {
        leaves: "documents".to_owned(),
        how: named("all that are there", &documents_by(query)),
        expected: u64::from(reader.catalog().next_document()) - reader.catalog().gone().len(),
        left: sum(|block| block.documents),
    }];
    steps.push(Step {
        leaves: format!("rows of {table}"),
        how: named("all of these documents", &rows_by(query)),
        expected: blocks.iter().map(|block| u64::from(block.directory.rows_of(question.table))).sum(),
        left: sum(|block| block.rows),
    });
    let roles = [("text", &question.text.all), ("any", &question.text.any), ("without", &question.text.none)];
    let words = roles.iter().flat_map(|(role, words)| words.iter().map(move |word| (role, word)));
    for ((role, word), (expected, left)) in words.zip(&trace.words) {
        steps.push(Step {
            leaves: format!("places with {word}"),
            how: format!("{role}: {}", how(word)),
            expected: expected.load(Relaxed),
            left: left.load(Relaxed),
        });
    }
    if !question.text.is_empty() {
        let [by_postings, by_texts, passed] =
            [&trace.by_postings, &trace.by_texts, &trace.passed].map(|counter| counter.load(Relaxed));
        steps.push(Step {
            leaves: "rows that may have the words".to_owned(),
            how: format!("postings of {by_postings} blocks, texts of {by_texts}; {passed} passed over"),
            expected: trace.estimate.load(Relaxed),
            left: trace.possible.load(Relaxed),
        });
        steps.push(Step {
            leaves: "rows that have the words".to_owned(),
            how: "compared with the text where postings leave it open".to_owned(),
            expected: trace.compared.load(Relaxed),
            left: sum(|block| block.answer),
        });
    }
    let answer = sum(|block| block.answer);
    steps.push(Step {
        leaves: "answer".to_owned(),
        how: question.limit.map_or_else(|| "all rows".to_owned(), |limit| format!("at most {limit} rows")),
        expected: answer,
        left: question.limit.map_or(answer, |limit| answer.min(limit as u64)),
    });
    of(&steps)
}

fn of(steps: &[Step]) -> Result<Table> {
    let texts = |text: fn(&Step) -> &str| Arc::new(StringArray::from_iter_values(steps.iter().map(text))) as ArrayRef;
    let ints = |int: fn(&Step) -> u64| {
        Arc::new(Int64Array::from_iter_values(steps.iter().map(|step| int(step) as i64))) as ArrayRef
    };
    let columns = [texts(|s| &s.leaves), texts(|s| &s.how), ints(|s| s.expected), ints(|s| s.left)];
    Table::from_columns(EXPLAINED.iter().map(|column| column.name).zip(columns).collect())
}

/// How a word is found.
fn how(word: &str) -> String {
    match Term::in_word(word).len() {
        0 => "the lists of all pairs that begin so".to_owned(),
        1 => "the list of this pair".to_owned(),
        terms => format!("the lists of {terms} pairs, the shortest first"),
    }
}

fn named(otherwise: &str, filters: &[&str]) -> String {
    if filters.is_empty() { otherwise.to_owned() } else { format!("by {}", filters.join(", ")) }
}

fn documents_by(query: &Query) -> Vec<&str> {
    let asked = [
        (!query.years.is_empty() || query.year_from.is_some() || query.year_to.is_some(), "year"),
        (!query.place.is_empty(), "place"),
        (!query.within.is_empty(), "within"),
        (!query.level.is_empty(), "level"),
        (!query.document.is_empty(), "document"),
        (!query.copies, "copies counted once"),
    ];
    let own = asked.into_iter().filter_map(|(asked, name)| asked.then_some(name));
    own.chain(query.metadata.keys().map(String::as_str)).collect()
}

fn rows_by(query: &Query) -> Vec<&'static str> {
    let asked = [
        (!query.function.is_empty(), "function"),
        (!query.body.is_empty(), "body"),
        (!query.role.is_empty(), "role"),
        (!query.unit.is_empty(), "unit"),
        (!query.op.is_empty(), "op"),
        (query.implied.is_some(), "implied"),
        (query.value_from.is_some() || query.value_to.is_some(), "value"),
        (query.due.is_some(), "due"),
        (!query.topic.is_empty(), "topic"),
        (!query.kind.is_empty(), "kind"),
        (!query.clause.is_empty(), "clause"),
    ];
    asked.into_iter().filter_map(|(asked, name)| asked.then_some(name)).collect()
}
