//! Search: the clauses that speak most of some words, by BM25 over pairs of characters.
//!
//! ```text
//! score(clause) = Σ over the question's pairs of idf · count · (K1 + 1) / (count + K1 · (1 − B + B · length / mean))
//! idf = ln(1 + (clauses − with it + ½) / (with it + ½)), over all clauses that are there
//! ```
//!
//! A word of one character counts as itself. Filters leave clauses out, they change no score. Rows of one score come by
//! document id, then in text order.

use super::answer::{Gathered, Part, Recipe};
use super::resolve::{DocumentFilter, Resolved, Wanted, resolve};
use super::scan::{Hit, View, scan};
use super::score::{Having, Least, Weight, best};
use super::wording::{lit, tidied};
use super::{Names, Query};
use crate::error::{Error, Result};
use crate::index::posting::{Postings, Term};
use crate::index::{Bits, Block, Reader, Values};
use crate::table::{Column, ColumnType, Table, TableName};
use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray};
use arrow_schema::{Field, Schema};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The columns of an answer; those in between are the clauses' own.
pub const RANKED: [Column; 11] = [
    Column { name: "rank", kind: ColumnType::Int, about: "from 1, the best first" },
    Column { name: "score", kind: ColumnType::Float, about: "BM25 over pairs of characters" },
    Column { name: "document", kind: ColumnType::Text, about: "id of the document" },
    Column { name: "clause", kind: ColumnType::Text, about: "id of the clause, document#n" },
    Column { name: "path", kind: ColumnType::Text, about: "printed numbers from section to leaf, 3.16" },
    Column { name: "place", kind: ColumnType::Text, about: "name of the place where the document applies" },
    Column { name: "year", kind: ColumnType::Int, about: "year of issue" },
    Column { name: "text", kind: ColumnType::Text, about: "the clause whole, after its number" },
    Column {
        name: "highlights",
        kind: ColumnType::Text,
        about: "where the words stand in the document's text: start-end, 、-joined",
    },
    Column { name: "start", kind: ColumnType::Int, about: "first code point in the document's text" },
    Column { name: "end", kind: ColumnType::Int, about: "one past the last code point" },
];

/// A ranked question.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// Words, parted by blanks.
    pub words: String,
    /// Which clauses may be given: a question to [`TableName::Clauses`].
    pub filters: Query,
    /// At most so many rows.
    pub limit: usize,
}

/// What is counted of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Pair(Term),
    Char(char),
}

/// The tokens of a question, each once, and their characters.
fn tokens(words: &str) -> Vec<(Token, Vec<char>)> {
    let mut tokens: Vec<(Token, Vec<char>)> = Vec::new();
    for word in words.split_whitespace().map(tidied) {
        let chars: Vec<char> = word.chars().collect();
        let found: Vec<(Token, Vec<char>)> = match chars.as_slice() {
            [only] => vec![(Token::Char(*only), vec![*only])],
            many => many
                .windows(2)
                .filter_map(|two| match two {
                    [a, b] => Some((Token::Pair(Term::pair(*a, *b)), two.to_vec())),
                    _ => None,
                })
                .collect(),
        };
        for token in found {
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
    }
    tokens
}

/// What a block holds of a question.
struct Found {
    /// For each token the clauses that have it.
    lists: Vec<Having>,
    /// How many of them count.
    with: Vec<u64>,
    /// Clauses that count, and their pairs.
    clauses: u64,
    pairs: u64,
    /// The clauses that the filters leave; `None` for all.
    allowed: Option<Bits>,
}

/// A clause with its score.
struct Scored {
    score: f32,
    block: usize,
    hit: Hit,
    id: String,
}

/// The best clauses.
pub(super) fn search(reader: Reader<'_>, search: &Search, names: &dyn Names) -> Result<Table> {
    let tokens = tokens(&search.words);
    if tokens.is_empty() {
        return Err(Error::query("a search needs words", Vec::new()));
    }
    let columns = RANKED.iter().map(|column| column.name);
    let own = columns.filter(|name| TableName::Clauses.has(name)).map(str::to_owned);
    let (order, limit) = (Vec::new(), search.filters.limit.filter(|limit| *limit == 0));
    let filters = Query { table: TableName::Clauses, columns: own.collect(), order, limit, ..search.filters.clone() };
    let question = resolve(&filters, names, reader.catalog().metadata())?;
    let most = limit.unwrap_or(search.limit);

    let found = reader.each_block(|block| find(reader, block, &tokens, &question, search.filters.copies, names))?;
    let total = |of: fn(&Found) -> u64| found.iter().map(of).sum::<u64>();
    let clauses = total(|block| block.clauses) as f64;
    let mean = (total(|block| block.pairs) as f64 / clauses.max(1.0)).max(1.0) as f32;
    let with = |token: usize| found.iter().filter_map(|block| block.with.get(token)).sum::<u64>() as f64;
    let idf = |token| (1.0 + (clauses - with(token) + 0.5) / (with(token) + 0.5)).ln() as f32;
    let weight = Weight::new((0..tokens.len()).map(idf).collect(), mean);

    let least = Least::default();
    let blocks: Vec<_> = reader.catalog().blocks().iter().zip(&found).collect();
    let best = reader.each_of(&blocks, |(block, found)| score(reader, block, found, &weight, most, &least))?;
    let best = ranked(reader, best, most)?;
    table(reader, &question, &tokens, &best)
}

fn find(
    reader: Reader<'_>,
    block: &Block,
    tokens: &[(Token, Vec<char>)],
    question: &Resolved,
    copies: bool,
    names: &dyn Names,
) -> Result<Found> {
    let postings = reader.postings(block)?;
    let directory = postings.directory();
    let view = View { reader, block, table: TableName::Clauses };
    let (mut clauses, mut pairs) = (u64::from(directory.clauses), directory.pairs);
    // The clauses that scores are made of: those of documents that are there, copies once unless all are asked for.
    let mut counted: Option<Bits> = None;
    let numbers = block.directory.numbers();
    if !reader.catalog().hides_none(numbers.clone(), copies) {
        let lengths = postings.lengths()?;
        let mut bits = Bits::new(directory.clauses as usize);
        (clauses, pairs) = (0, 0);
        let starts = view.starts(TableName::Clauses)?;
        for (number, rows) in numbers.zip(starts.windows(2)).filter(|(n, _)| !reader.catalog().hides(*n, copies)) {
            let [from, to] = *rows else { continue };
            debug_assert!(number >= block.directory.first);
            for row in from..to {
                bits.set(row as usize);
                clauses += 1;
                pairs += lengths.of.get(row as usize).copied().map_or(0, u64::from);
            }
        }
        counted = Some(bits);
    }
    let mut lists = tokens.iter().map(|(token, _)| counts(&postings, *token)).collect::<Result<Vec<_>>>()?;
    let mut with = Vec::with_capacity(lists.len());
    for list in &mut lists {
        list.clauses.truncate(list.clauses.partition_point(|unit| *unit < directory.clauses));
        let count = |counted: &Bits| list.clauses.iter().filter(|unit| counted.has(**unit as usize)).count();
        with.push(counted.as_ref().map_or(list.clauses.len(), count) as u64);
    }
    let allowed = if question.text.is_empty() && question.rows.is_empty() && question.documents == every(copies) {
        counted
    } else {
        let mut bits = Bits::new(directory.clauses as usize);
        if lists.iter().any(|list| !list.clauses.is_empty()) {
            scan(reader, block, question, names)?.iter().for_each(|hit| bits.set(hit.row as usize));
        }
        Some(bits)
    };
    Ok(Found { lists, with, clauses, pairs, allowed })
}

/// Asks nothing of documents.
fn every(copies: bool) -> DocumentFilter {
    DocumentFilter { copies, ..DocumentFilter::default() }
}

/// The units that have a token.
fn counts(postings: &Postings<'_>, token: Token) -> Result<Having> {
    let mut having = Having::default();
    let only = match token {
        Token::Pair(term) => {
            if let Some(found) = postings.find(term)? {
                having.clauses.reserve(found.len() as usize);
                postings.counts(&found, &mut having.clauses, &mut having.often)?;
            }
            return Ok(having);
        }
        Token::Char(only) => only,
    };
    let mut by_unit = vec![0u32; postings.directory().clauses as usize];
    let mut add = |unit: u32, count: u32| by_unit.iter_mut().skip(unit as usize).take(1).for_each(|sum| *sum += count);
    for found in postings.find_all(&Term::of(only))? {
        postings.counts(&found, &mut having.clauses, &mut having.often)?;
        having.clauses.drain(..).for_each(|unit| add(unit, 1));
        having.often.drain(..).for_each(|(unit, count)| add(unit, count - 1));
    }
    for (unit, count) in (0..).zip(by_unit).filter(|(_, count)| *count > 0) {
        having.clauses.push(unit);
        having.often.extend((count > 1).then_some((unit, count)));
    }
    Ok(having)
}

/// The best clauses of a block: [`best`], where filters leave any.
fn score(
    reader: Reader<'_>,
    block: &Block,
    found: &Found,
    weight: &Weight,
    most: usize,
    least: &Least,
) -> Result<Vec<(f32, Hit)>> {
    if most == 0
        || found.allowed.as_ref().is_some_and(Bits::none)
        || found.lists.iter().all(|list| list.clauses.is_empty())
    {
        return Ok(Vec::new());
    }
    let lengths = reader.postings(block)?.lengths()?;
    let allowed = |row: u32| found.allowed.as_ref().is_none_or(|allowed| allowed.has(row as usize));
    let best = best(&found.lists, weight, &lengths, allowed, most, least);
    if best.is_empty() {
        return Ok(Vec::new());
    }
    let starts = View { reader, block, table: TableName::Clauses }.starts(TableName::Clauses)?;
    let document = |row: u32| (starts.partition_point(|start| *start <= row) as u32).saturating_sub(1);
    Ok(best.into_iter().map(|(score, row)| (score, Hit { document: document(row), row })).collect())
}

/// The best clauses of all blocks, in order.
fn ranked(reader: Reader<'_>, blocks: Vec<Vec<(f32, Hit)>>, most: usize) -> Result<Vec<Scored>> {
    let mut scores: Vec<f32> = blocks.iter().flatten().map(|(score, _)| *score).collect();
    let least = if scores.len() > most && most > 0 {
        *scores.select_nth_unstable_by(most - 1, |a, b| b.total_cmp(a)).1
    } else {
        0.0
    };
    let mut best = Vec::new();
    for ((at, hits), block) in blocks.into_iter().enumerate().zip(reader.catalog().blocks()) {
        let mut ids: Option<Arc<Values>> = None;
        for (score, hit) in hits.into_iter().filter(|(score, _)| *score >= least) {
            if ids.is_none() {
                ids = Some(View { reader, block, table: TableName::Documents }.need(TableName::Documents, "id")?);
            }
            let id = ids.as_ref().and_then(|ids| ids.text(hit.document as usize)).unwrap_or_default().to_owned();
            best.push(Scored { score, block: at, hit, id });
        }
    }
    best.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)).then(a.hit.row.cmp(&b.hit.row)));
    best.truncate(most);
    Ok(best)
}

/// The answer: the clauses' own columns, in the order of rank.
fn table(reader: Reader<'_>, question: &Resolved, tokens: &[(Token, Vec<char>)], best: &[Scored]) -> Result<Table> {
    let fields = question.columns.iter().map(|c| Field::new(c.name(), c.kind().arrow(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let words: Vec<Vec<char>> = tokens.iter().map(|(_, chars)| chars.clone()).collect();
    let view = |scored: &Scored| {
        let block = reader.catalog().blocks().get(scored.block);
        block.map(|block| View { reader, block, table: TableName::Clauses })
    };
    // Texts are read side by side here; the columns then find them at hand.
    let lights: Vec<String> = reader.each_of(best, |scored| {
        let Some(view) = view(scored) else { return Ok(String::new()) };
        let extents = view.need(TableName::Clauses, "text")?;
        let Some(extent) = extents.extent(scored.hit.row as usize) else { return Ok(String::new()) };
        let spans = lit(view.texts()?.get(scored.hit.document)?, &extent, &words);
        let spans: Vec<String> = spans.iter().map(|span| format!("{}-{}", span.start, span.end)).collect();
        Ok(spans.join("、"))
    })?;
    let recipe = Recipe::new(TableName::Clauses, &question.columns);
    let mut gathered: BTreeMap<usize, Gathered> = BTreeMap::new();
    for scored in best {
        if let Some(view) = view(scored).filter(|_| !gathered.contains_key(&scored.block)) {
            gathered.insert(scored.block, recipe.gather(reader, view.block)?);
        }
    }
    let parts = best.iter().filter_map(|scored| {
        let block = gathered.get(&scored.block)?;
        Some(Part { block, document: scored.hit.document, hits: std::slice::from_ref(&scored.hit) })
    });
    let own = recipe.batch(reader, &schema, &parts.collect::<Vec<_>>())?;
    let mut columns: Vec<(&str, ArrayRef)> = Vec::with_capacity(RANKED.len());
    for column in &RANKED {
        let array: ArrayRef = match column.name {
            "rank" => Arc::new(Int64Array::from_iter_values(1..=best.len() as i64)),
            "score" => Arc::new(Float64Array::from_iter_values(best.iter().map(|scored| f64::from(scored.score)))),
            "highlights" => Arc::new(StringArray::from_iter_values(&lights)),
            name => match own.column_by_name(name) {
                Some(array) => Arc::clone(array),
                None => arrow_array::new_null_array(&column.kind.arrow(), best.len()),
            },
        };
        columns.push((column.name, array));
    }
    debug_assert_eq!(question.columns.len() + 3, RANKED.len(), "{:?}", question.columns.iter().map(Wanted::name));
    Table::from_columns(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_taken_apart_into_pairs() {
        let words = |text: &str| {
            tokens(text).into_iter().map(|(_, chars)| chars.into_iter().collect::<String>()).collect::<Vec<_>>()
        };
        assert_eq!(words("分级诊疗\u{3000}医联体 诊疗"), ["分级", "级诊", "诊疗", "医联", "联体"]);
        assert_eq!(words("７０％ 醫"), ["70", "0%", "医"]);
        assert_eq!(words(" \n"), Vec::<String>::new());
    }
}
