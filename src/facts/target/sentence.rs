//! Sentences and their statements: where a time phrase ends and where a subject begins.
//!
//! A sentence ends at 。 or with its paragraph; a statement at a comma, a semicolon or a colon outside brackets and
//! quotation marks. A responsibility group ends a statement but no sentence.

use crate::text::work::{self, Stage};
use crate::text::{Passage, signs};
use std::ops::Range;

/// A stretch between two stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its bytes, stops left out.
    pub range: Range<usize>,
    /// True where a ； or a group stands in front.
    pub apart: bool,
}

/// A sentence and its statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Its bytes, the closing 。 left out.
    pub range: Range<usize>,
    /// Its statements, in order, none empty.
    pub statements: Vec<Statement>,
    /// True for the first of its paragraph.
    pub opens: bool,
    /// True for an item of a list (—— …, 一是…).
    pub item: bool,
    /// True where it ends with a colon and so introduces what follows.
    pub introduces: bool,
}

/// The sentences of a passage; `blind` ranges (ascending) belong to none.
pub fn sentences(passage: &Passage, blind: &[Range<usize>]) -> Vec<Sentence> {
    work::count(Stage::Target, passage.text().len() + blind.len());
    let text = passage.text();
    let mut out = Vec::new();
    let mut start = 0;
    for next in passage.paragraphs().iter().copied().skip(1).chain([text.len()]) {
        if next < text.len() && is_cut(text, start..next) {
            continue;
        }
        paragraph(text, start..next, blind, &mut out);
        start = next;
    }
    out
}

/// True where a full line ends without a stop and no mark opens the next: a page's line break, no paragraph.
fn is_cut(text: &str, range: Range<usize>) -> bool {
    const FULL_LINE: usize = 75; // bytes, 25 characters
    let stops = ['。', ';', ':', '!', '?', ')', '”', '》', '"'];
    let marks = |c: char| matches!(c, '—' | '(' | '第' | '①'..='⑳') || c.is_ascii_digit();
    let next = text.get(range.end..).unwrap_or_default();
    let outline = next.chars().nth(1).is_some_and(|c| matches!(c, '、' | '是'));
    range.len() >= FULL_LINE
        && !text.get(range).unwrap_or_default().ends_with(stops)
        && !next.starts_with(marks)
        && !outline
}

fn paragraph(text: &str, range: Range<usize>, blind: &[Range<usize>], out: &mut Vec<Sentence>) {
    work::count(Stage::Target, range.len());
    let mut cutter =
        Cutter { text, sentence: range.start, statement: range.start, apart: false, opens: true, done: Vec::new() };
    let mut hidden = blind.iter().skip(blind.partition_point(|b| b.end <= range.start)).peekable();
    let (mut depth, mut quoted) = (0u32, 0u32);
    let mut at = range.start;
    while at < range.end {
        if let Some(shut) = hidden.next_if(|b| b.start <= at) {
            cutter.statement_ends(at);
            let empty = cutter.done.is_empty();
            at = shut.end.clamp(at, range.end);
            cutter.statement = at;
            cutter.apart = true;
            if empty {
                // A heading in front of the first sentence does not count.
                cutter.sentence = at;
            }
            continue;
        }
        // No ideograph ends anything: on to the next sign.
        let stop = hidden.peek().map_or(range.end, |b| b.start.min(range.end));
        let run = text.get(at..stop).map_or(0, |rest| signs(rest).next().map_or(rest.len(), |(sign, _)| sign));
        if run > 0 {
            at += run;
            continue;
        }
        let Some(c) = text.get(at..range.end).and_then(|rest| rest.chars().next()) else { break };
        let next = at + c.len_utf8();
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '“' | '《' => quoted += 1,
            '”' | '》' | '"' => quoted = quoted.saturating_sub(1),
            '。' | '!' | '?' => {
                (depth, quoted) = (0, 0);
                cutter.sentence_ends(at, next, out);
            }
            ',' | ';' | ':' if depth == 0 && (quoted == 0 || c == ';') => {
                let thousands = c == ',' && is_digit(text, at.checked_sub(1)) && is_digit(text, Some(next));
                if !thousands {
                    cutter.statement_ends(at);
                    cutter.statement = next;
                    cutter.apart = c == ';';
                }
            }
            '—' if text.get(next..).is_some_and(|rest| rest.starts_with('—'))
                && depth == 0
                && at > cutter.statement =>
            {
                cutter.statement_ends(at);
                cutter.statement = next + 3;
                cutter.apart = true;
            }
            _ => {}
        }
        at = next;
    }
    cutter.sentence_ends(range.end, range.end, out);
}

fn is_digit(text: &str, at: Option<usize>) -> bool {
    at.and_then(|at| text.as_bytes().get(at)).is_some_and(u8::is_ascii_digit)
}

struct Cutter<'t> {
    text: &'t str,
    sentence: usize,
    statement: usize,
    apart: bool,
    opens: bool,
    done: Vec<Statement>,
}

impl Cutter<'_> {
    fn statement_ends(&mut self, end: usize) {
        if self.text.get(self.statement..end).is_some_and(|words| !words.is_empty()) {
            self.done.push(Statement { range: self.statement..end, apart: self.apart });
        }
    }

    fn sentence_ends(&mut self, end: usize, next: usize, out: &mut Vec<Sentence>) {
        self.statement_ends(end);
        let range = self.sentence..end;
        let words = self.text.get(range.clone()).unwrap_or_default();
        if !self.done.is_empty() {
            let statements = std::mem::take(&mut self.done);
            let item = words.starts_with('—') || words.starts_with("一是") || words.get(3..6) == Some("是");
            let introduces = words.ends_with(':');
            out.push(Sentence { range, statements, opens: self.opens, item, introduces });
            self.opens = false;
        }
        (self.sentence, self.statement, self.apart) = (next, next, false);
    }
}
