//! Codebook: terms and their codes, found in clauses and counted.
//!
//! In: a table of terms, and the clauses that a question selects. Out: one row a mention with its span, one row a clause
//! with a count for each code. `seeds/lexicon/commitment.csv` is the codebook of how firmly something is promised: 4 must
//! (必须, 严禁), 3 shall (应, 要, 不得, 确保), 2 aim (力争, 原则上), 1 may (鼓励, 支持, 探索, 可以).
//! The longest term wins where two begin at one place, and a word that only contains a term (重要, 供应) is none. Responsibility groups
//! are no wording of the plan; bodies' names in them are not looked at.

use super::column::{Columns, at, texts, words};
use super::parts::documents_of;
use super::wording::tidied;
use super::{Shelf, each_document};
use crate::error::{Error, ErrorKind, Result};
use crate::index::Reader;
use crate::query::{self, Names, Query};
use crate::record::Document;
use crate::table::{Table, TableName};
use crate::text::{Extent, SourceText, Span, Words, is_blank, tidy};
use arrow_array::{ArrayRef, Int64Array};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// A term of a codebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The words.
    pub term: String,
    /// What they count as.
    pub code: String,
    /// A number, where codes are steps of a scale.
    pub grade: Option<i64>,
    /// Longer words that contain the term and are not meant.
    pub not_in: Vec<String>,
}

/// A table of terms, ready to search.
#[derive(Debug, Clone)]
pub struct Codebook {
    codes: Vec<Code>,
    /// Code of each pattern; none for words that are not meant.
    patterns: Vec<Option<usize>>,
    words: Words,
}

/// What a codebook found.
#[derive(Debug, Clone)]
pub struct Coded {
    /// One row a mention.
    pub mentions: Table,
    /// One row a clause: a count for each code, and the scale's mean, highest and lowest grade.
    pub clauses: Table,
}

/// The table of commitment.
const COMMITMENT: &str = include_str!("../../seeds/lexicon/commitment.csv");

impl Codebook {
    /// A codebook of these terms.
    pub fn new(codes: Vec<Code>) -> Result<Self> {
        // A word that is another term's is meant as that.
        let terms: BTreeSet<String> = codes.iter().map(|code| tidied(&code.term)).collect();
        let words = codes.iter().flat_map(|code| &code.not_in).map(|word| tidied(word));
        let mut patterns: Vec<(String, Option<usize>)> =
            words.filter(|word| !terms.contains(word)).map(|word| (word, None)).collect();
        patterns.extend(codes.iter().enumerate().map(|(i, code)| (tidied(&code.term), Some(i))));
        if let Some(code) = codes.iter().find(|code| tidied(&code.term).is_empty()) {
            return Err(Error::query(format!("the code {:?} has an empty term", code.code), Vec::new()));
        }
        patterns.retain(|(words, _)| !words.is_empty());
        let words = Words::of(patterns.iter().map(|(words, _)| words));
        Ok(Self { codes, patterns: patterns.into_iter().map(|(_, code)| code).collect(), words })
    }

    /// How firmly something is promised.
    pub fn commitment() -> Result<Self> {
        let fault = |line: usize, reason: String| {
            Error::new(ErrorKind::Lexicon { table: "commitment".to_owned(), line, reason })
        };
        let mut codes = Vec::new();
        for (row, record) in csv::Reader::from_reader(COMMITMENT.as_bytes()).into_records().enumerate() {
            let record = record.map_err(|e| fault(row + 2, e.to_string()))?;
            let cell = |at: usize| record.get(at).unwrap_or_default();
            let grade = cell(2).parse().map_err(|_| fault(row + 2, format!("{:?} is no grade", cell(2))))?;
            codes.push(Code {
                term: cell(0).to_owned(),
                code: cell(1).to_owned(),
                grade: Some(grade),
                not_in: cell(3).split(';').filter(|word| !word.is_empty()).map(str::to_owned).collect(),
            });
        }
        Self::new(codes)
    }

    /// The terms found in tidied words: their bytes, and the code's position.
    pub fn find(&self, words: &str) -> Vec<(Range<usize>, &Code)> {
        let (mut found, mut behind) = (Vec::new(), 0);
        for (at, _) in words.char_indices() {
            let Some(rest) = words.get(at..).filter(|_| at >= behind) else { continue };
            let longest = self.words.all_opening(rest).reduce(|a, b| if b.1 > a.1 { b } else { a });
            let Some((pattern, len)) = longest else { continue };
            behind = at + len;
            let code = self.patterns.get(pattern).copied().flatten();
            found.extend(code.and_then(|code| self.codes.get(code)).map(|code| (at..behind, code)));
        }
        found
    }

    /// The codes, in the order in which the codebook names them first; of a scale the highest grade first.
    fn order(&self) -> Vec<&str> {
        let mut order: Vec<(&str, Option<i64>)> = Vec::new();
        for code in &self.codes {
            if !order.iter().any(|(known, _)| *known == code.code) {
                order.push((&code.code, code.grade));
            }
        }
        order.sort_by_key(|(_, grade)| std::cmp::Reverse(*grade));
        order.into_iter().map(|(code, _)| code).collect()
    }
}

/// Columns of a clause that the answers keep.
const KEPT: [&str; 8] = ["document", "clause", "path", "place", "adcode", "level", "year", "topic"];

/// A term in a clause.
struct Mention<'a> {
    row: usize,
    code: &'a Code,
    span: Span,
}

/// Applies a codebook to the clauses that `question` selects.
pub fn code(
    reader: Reader<'_>,
    shelf: &dyn Shelf,
    question: &Query,
    book: &Codebook,
    names: &dyn Names,
) -> Result<Coded> {
    let columns: Vec<String> = KEPT.iter().chain(&["start", "end"]).map(|&c| c.to_owned()).collect();
    let table = query::run(reader, &Query { table: TableName::Clauses, columns, ..question.clone() }, names)?;
    let (documents, clauses) = (words(&table, "document"), texts(&table, "clause"));
    let mut rows: BTreeMap<&str, Vec<(u32, usize)>> = BTreeMap::new();
    for row in 0..table.len() {
        let n = at(&clauses, row).and_then(|id| id.rsplit_once('#')?.1.parse().ok());
        rows.entry(at(&documents, row)).or_default().extend(n.map(|n| (n, row)));
    }
    let ids = documents_of(&documents);
    let found = each_document(shelf, &ids, |position, text, document| {
        let wanted = ids.get(position).and_then(|id| rows.get(id)).into_iter().flatten();
        let mut mentions = Vec::new();
        for (n, row) in wanted {
            let words = wording(text, document, *n);
            for (range, code) in book.find(&words.text) {
                mentions.push(Mention { row: *row, code, span: words.span(range) });
            }
        }
        mentions
    })?;
    let mut mentions: Vec<Mention<'_>> = found.into_iter().flatten().collect();
    mentions.sort_by_key(|mention| mention.row);
    let taken: Vec<usize> = mentions.iter().map(|mention| mention.row).collect();
    let of_mentions = Columns::default()
        .taken(&table, &taken, &KEPT)?
        .text("term", mentions.iter().map(|mention| Some(&mention.code.term)))
        .text("code", mentions.iter().map(|mention| Some(&mention.code.code)))
        .int("grade", mentions.iter().map(|mention| mention.code.grade))
        .int("start", mentions.iter().map(|mention| Some(i64::from(mention.span.start))))
        .int("end", mentions.iter().map(|mention| Some(i64::from(mention.span.end))))
        .table()?;
    Ok(Coded { mentions: of_mentions, clauses: by_clause(&table, &mentions, book)? })
}

/// A clause with counts.
fn by_clause(table: &Table, mentions: &[Mention<'_>], book: &Codebook) -> Result<Table> {
    let codes = book.order();
    let mut counts: Vec<Vec<i64>> = vec![vec![0; table.len()]; codes.len()];
    let mut grades: Vec<Vec<i64>> = vec![Vec::new(); table.len()];
    for mention in mentions {
        let code = codes.iter().position(|code| *code == mention.code.code);
        if let Some(count) = code.and_then(|code| counts.get_mut(code)).and_then(|counts| counts.get_mut(mention.row)) {
            *count += 1;
        }
        if let Some(grades) = grades.get_mut(mention.row) {
            grades.extend(mention.code.grade);
        }
    }
    let rows: Vec<usize> = (0..table.len()).collect();
    let kept = Columns::default()
        .taken(table, &rows, &KEPT)?
        .int("mentions", rows.iter().map(|row| Some(counts.iter().filter_map(|counts| counts.get(*row)).sum())))
        .table()?;
    let mean =
        |grades: &Vec<i64>| Some(grades.iter().sum::<i64>() as f64 / Some(grades.len()).filter(|n| *n > 0)? as f64);
    let scale = Columns::default()
        .float("grade", grades.iter().map(mean))
        .int("highest", grades.iter().map(|grades| grades.iter().max().copied()))
        .int("lowest", grades.iter().map(|grades| grades.iter().min().copied()))
        .taken(table, &rows, &["start", "end"])?
        .table()?;
    let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
    push(&mut columns, &kept);
    for (code, counts) in codes.iter().zip(&counts) {
        columns.push((code, Arc::new(Int64Array::from(counts.clone()))));
    }
    push(&mut columns, &scale);
    Table::from_columns(columns)
}

fn push<'a>(columns: &mut Vec<(&'a str, ArrayRef)>, table: &'a Table) {
    if let Some(batch) = table.batches().first() {
        columns.extend(table.column_names().into_iter().zip(batch.columns().iter().cloned()));
    }
}

/// A clause's words without its groups, and where each stands.
struct Wording {
    text: String,
    /// Byte in the text and code point in the document of each character.
    at: Vec<(usize, u32)>,
}

impl Wording {
    fn span(&self, range: Range<usize>) -> Span {
        let point =
            |byte: usize| self.at.binary_search_by_key(&byte, |(byte, _)| *byte).ok().and_then(|i| self.at.get(i));
        let start = point(range.start).map_or(0, |(_, point)| *point);
        let last = self.at.partition_point(|(byte, _)| *byte < range.end).checked_sub(1);
        let end = last.and_then(|last| self.at.get(last)).map_or(start, |(_, point)| point + 1);
        Span::new(start, end.max(start))
    }
}

fn wording(text: &SourceText, document: &Document, n: u32) -> Wording {
    let mut words = Wording { text: String::new(), at: Vec::new() };
    let Some(clause) = (n as usize).checked_sub(1).and_then(|i| document.clauses.get(i)) else { return words };
    let from = document.assignments.partition_point(|a| a.clause < n);
    let of_clause = document.assignments.iter().skip(from).take_while(|a| a.clause == n);
    let mut groups: Vec<Span> = of_clause.filter_map(|a| a.group.as_ref()).map(|group| group.span).collect();
    groups.dedup();
    let Extent { span, removed } = &clause.text;
    let mut gaps = removed.iter().peekable();
    for (point, c) in (span.start..).zip(text.slice(*span).chars()) {
        while gaps.next_if(|gap| gap.end <= point).is_some() {}
        let gone = gaps.peek().is_some_and(|gap| gap.start <= point);
        if gone || is_blank(c) || groups.iter().any(|group| group.start <= point && point < group.end) {
            continue;
        }
        words.at.push((words.text.len(), point));
        words.text.push(tidy(c));
    }
    words
}
