//! Targets: numbers that a plan obliges somebody to reach, and the milestones beside them.
//!
//! In: one passage (a clause, or the paragraph under a heading), the ranges not to look into, the time limits of its
//! parts, and what is known of the document. Out: [`TargetFact`]s and [`MilestoneFact`]s in text order.
//! Guarantee: times and quantities are read once each, statements once, so the work is linear in the passage.
//! Does not know which part or department a target belongs to.

mod count;
mod coverage;
mod level;
mod list;
mod number;
mod offer;
mod reading;
pub(super) mod sentence;
mod share;
mod trim;
mod verb;
mod words;

use super::deadline::{self, TimeKind, TimePhrase};
use super::quantity::{self, Quantity};
use super::{Context, MilestoneFact, Op, Rule, TargetFact, milestone};
use crate::lexicon::Units;
use crate::text::work::{self, Stage};
use crate::text::{Passage, signs};
use number::{Carried, Reader};
use offer::Offer;
use sentence::{Sentence, Statement};
use std::ops::Range;

/// Targets and milestones of one passage, in text order.
///
/// `blind`: byte ranges that rules must not look into (responsibility groups, the clause's heading); a group ends a
/// part but not a sentence of its own.
/// `limits`: for each part (byte range of the passage) the words of its 完成时限, if any: the deadline of that part's
/// targets that name none; and each limit is itself a milestone.
pub fn extract(
    passage: &Passage,
    blind: &[Range<usize>],
    limits: &[(Range<usize>, Range<usize>)],
    context: &Context,
    units: &Units,
) -> (Vec<TargetFact>, Vec<MilestoneFact>) {
    let text = passage.text();
    let mut hidden: Vec<Range<usize>> =
        blind.iter().cloned().chain(limits.iter().map(|(_, words)| labelled(text, words))).collect();
    hidden = joined(hidden);
    let names = quotations(text);
    let brackets = brackets(text);
    let times: Vec<TimePhrase> = deadline::phrases(text, context)
        .into_iter()
        .filter(|phrase| !inside(&names, &phrase.range) && !overlaps(&brackets, &phrase.range))
        .filter(|phrase| !overlaps(&hidden, &phrase.range))
        .collect();
    let mut closed: Vec<Range<usize>> =
        hidden.iter().cloned().chain(times.iter().map(|p| p.range.clone())).chain(names).collect();
    closed.sort_by_key(|range| range.start);
    let quantities = quantity::quantities(text, &closed, units);
    let sentences = sentence::sentences(passage, &hidden);

    let mut walk = Walk { text, times: &times, quantities: &quantities, ..Walk::default() };
    for sentence in &sentences {
        walk.sentence(sentence);
    }
    let mut targets = walk.targets;
    for (part, words) in limits {
        let value = deadline::limit(passage.get(words.clone()), context);
        let first = targets.partition_point(|t| t.range.start < part.start);
        let inside = targets.iter_mut().skip(first).take_while(|t| t.range.start < part.end);
        for target in inside.filter(|t| t.deadline.is_none()) {
            target.deadline.clone_from(&value);
            if value.is_some() {
                target.why.push("deadline.limit");
            }
        }
    }
    let mut milestones = milestone::extract(text, &sentences, &times, &targets, &walk.numbered);
    for (_, words) in limits {
        if let Some(value) = deadline::limit(passage.get(words.clone()), context) {
            milestones.push(MilestoneFact {
                range: labelled(text, words),
                deadline: value,
                why: vec!["milestone.limit"],
            });
        }
    }
    milestones.sort_by_key(|m| m.range.start);
    milestones.dedup_by(|a, b| a.range == b.range && a.deadline == b.deadline);
    (targets, milestones)
}

/// A time limit's words with the label in front, whatever stands before 时限 in it (整改时限:, 完成期限:, 时间要求:).
fn labelled(text: &str, words: &Range<usize>) -> Range<usize> {
    let before = text.get(..words.start).unwrap_or_default();
    let name = before.strip_suffix(':').unwrap_or(before);
    let name = name.strip_suffix("要求").unwrap_or(name);
    let Some(act) = ["时限", "期限", "时间"].iter().find_map(|word| name.strip_suffix(word)) else {
        return words.clone();
    };
    // 完成, 整改, 办理: one word of two characters.
    let is_han = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c);
    let start = act.char_indices().rev().take(2).take_while(|(_, c)| is_han(c)).last().map_or(act.len(), |(at, _)| at);
    start..words.end
}

/// Names and titles: “…”, 《…》, 〔…〕. A quotation that does not close soon is a stray sign.
fn quotations(text: &str) -> Vec<Range<usize>> {
    work::count(Stage::Target, text.len());
    let mut out = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, c) in signs(text) {
        // What stood open for too long in front of this sign was a stray one.
        let before = || at - text.get(..at).and_then(|head| head.chars().next_back()).map_or(0, char::len_utf8);
        if open.is_some_and(|(from, _)| at - from > 240 && before() - from > 240) {
            open = None;
        }
        match (c, open) {
            ('“' | '《' | '〔', None) => open = Some((at, c)),
            ('”' | '"', Some((from, '“'))) | ('》', Some((from, '《'))) | ('〕', Some((from, '〔'))) => {
                out.push(from..at + c.len_utf8());
                open = None;
            }
            ('。', _) => open = None,
            (_, Some((from, _))) if at - from > 240 => open = None,
            _ => {}
        }
    }
    out
}

/// Outermost brackets that close within their sentence: (其中,2023年达到10%) is said by the way.
fn brackets(text: &str) -> Vec<Range<usize>> {
    work::count(Stage::Target, text.len());
    let mut out = Vec::new();
    let (mut depth, mut from) = (0u32, 0);
    for (at, c) in signs(text) {
        match c {
            '(' => {
                if depth == 0 {
                    from = at;
                }
                depth += 1;
            }
            ')' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    out.push(from..at + 1);
                }
            }
            '。' => depth = 0,
            _ => {}
        }
    }
    out
}

/// Ranges in order, those that overlap made one.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut out: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match out.last_mut().filter(|last| range.start < last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => out.push(range),
        }
    }
    out
}

/// True where one of the ascending ranges overlaps `range`.
fn overlaps(hidden: &[Range<usize>], range: &Range<usize>) -> bool {
    let at = hidden.partition_point(|h| h.end <= range.start);
    hidden.get(at).is_some_and(|h| h.start < range.end)
}

/// True where a name or quotation says the time together with other words (“确保2030年前…”目标).
fn inside(names: &[Range<usize>], time: &Range<usize>) -> bool {
    let at = names.partition_point(|name| name.end <= time.start);
    names.get(at).is_some_and(|name| name.start < time.start && time.end < name.end)
}

#[derive(Default)]
struct Walk<'a> {
    text: &'a str,
    times: &'a [TimePhrase],
    quantities: &'a [Quantity],
    /// Cursors into the two lists.
    time: usize,
    quantity: usize,
    /// The time that opened the paragraph or the list.
    standing: Option<(Option<String>, Rule)>,
    carried: Carried,
    targets: Vec<TargetFact>,
    /// Statements that hold a target.
    numbered: Vec<Range<usize>>,
}

impl<'a> Walk<'a> {
    fn sentence(&mut self, sentence: &Sentence) {
        if sentence.opens && !sentence.item {
            self.standing = None;
            self.carried = Carried::default();
        }
        self.carried.follows = false;
        self.carried.per = None;
        let mut current: Option<(Option<String>, Rule)> = None;
        let mut past = false;
        let gift = offer::gift(self.text.get(sentence.range.clone()).unwrap_or_default());
        for (i, statement) in sentence.statements.iter().enumerate() {
            let times = self.times_of(&statement.range);
            let quantities = self.quantities_of(&statement.range);
            let mut marks: Vec<(usize, Option<String>, Rule)> = Vec::new();
            for phrase in times {
                match phrase.kind {
                    TimeKind::Deadline => {
                        past = false;
                        marks.push((phrase.range.start, phrase.value.clone(), phrase.rule));
                        let heads = phrase.range.start == sentence.range.start
                            || self.only_leads(sentence.range.start..phrase.range.start);
                        if heads && sentence.opens && !sentence.item {
                            self.standing = Some((phrase.value.clone(), "deadline.paragraph-head"));
                        } else if heads && sentence.introduces {
                            self.standing = Some((phrase.value.clone(), "deadline.list-head"));
                        }
                    }
                    TimeKind::Past => past = true,
                    _ => {}
                }
            }
            let found = if past || gift {
                Vec::new()
            } else {
                self.read(statement, times, quantities, current.is_some() || self.standing.is_some())
            };
            let mut found = found;
            if let (Some(last), Some(next)) = (found.last_mut(), sentence.statements.get(i + 1)) {
                self.purpose(last, next);
            }
            let any = !found.is_empty();
            let mut yearly = None;
            for item in found {
                // The time inside the statement that stands last before the number, else the one before the statement.
                let mark = marks.partition_point(|(at, ..)| *at <= item.at).checked_sub(1).and_then(|i| marks.get(i));
                let mark = mark.map(|(_, value, rule)| (value.clone(), *rule));
                let (deadline, rule) = mark
                    .or_else(|| current.clone())
                    .or_else(|| self.standing.clone())
                    .map_or((None, None), |(v, r)| (v, Some(r)));
                if !item.subject.is_empty() {
                    self.carried.subject.clone_from(&item.subject);
                }
                yearly.clone_from(&item.per);
                let mut why = vec![item.rule];
                why.extend(rule);
                self.targets.push(TargetFact {
                    range: item.range,
                    indicator: item.indicator,
                    op: item.op,
                    value: item.value,
                    value_high: item.value_high,
                    unit: item.unit,
                    per: item.per,
                    baseline: item.baseline,
                    baseline_period: baseline_period(times),
                    change: item.change,
                    deadline,
                    implied: item.rule == "target.full-coverage",
                    why,
                });
            }
            if any {
                self.carried.follows = true;
                self.carried.per = yearly;
                self.numbered.push(statement.range.clone());
            }
            let words = self.text.get(self.body(statement, times).0..statement.range.end).unwrap_or_default();
            if i == 0 || !words.is_empty() {
                words.clone_into(&mut self.carried.previous);
            }
            if let Some((_, value, rule)) = marks.pop() {
                current = Some((value, rule));
            }
        }
        if sentence.introduces
            && let Some((value, _)) = current
        {
            self.standing = Some((value, "deadline.list-head"));
        }
    }

    fn read(
        &self,
        statement: &Statement,
        times: &[TimePhrase],
        quantities: &[Quantity],
        timed: bool,
    ) -> Vec<number::Found> {
        let (body, dated) = self.body(statement, times);
        let words = self.text.get(body..statement.range.end).unwrap_or_default();
        let outer = if quantities.is_empty() { Vec::new() } else { outside_brackets(words, body, quantities) };
        let covers = words.contains(coverage::WORD);
        if outer.is_empty() && !covers {
            return Vec::new();
        }
        let carried = Carried { timed, ..self.carried.clone() };
        let offer = if outer.is_empty() {
            Offer::default()
        } else {
            Offer::of(self.text.get(statement.range.clone()).unwrap_or_default(), &carried.previous)
        };
        let reader = Reader {
            text: self.text,
            range: statement.range.clone(),
            body,
            dated,
            quantities: &outer,
            times,
            carried: &carried,
            offer,
        };
        let mut out = reader.read();
        let covered = if !covers || number::done(words) { Vec::new() } else { coverage::coverages(words, dated) };
        for covered in covered {
            let range = if dated { statement.range.start } else { body + covered.start }..body + covered.end;
            if out.iter().any(|other| other.range.start < range.end && range.start < other.range.end) {
                continue;
            }
            out.push(number::Found {
                at: range.end,
                range,
                subject: covered.indicator.clone(),
                indicator: covered.indicator,
                op: Op::Equal,
                value: 100.0,
                value_high: None,
                unit: Some("%".to_owned()),
                per: None,
                baseline: None,
                change: None,
                rule: "target.full-coverage",
                verb: String::new(),
            });
        }
        out.sort_by_key(|found| found.at);
        out
    }

    /// Where a statement's own words begin: behind a time that opens it; and whether that time stays in its wording
    /// (2026年实现…, but not 到2026年实现…).
    fn body(&self, statement: &Statement, times: &[TimePhrase]) -> (usize, bool) {
        let head = times.iter().find(|phrase| {
            phrase.range.start == statement.range.start || self.only_leads(statement.range.start..phrase.range.start)
        });
        match head {
            Some(phrase) if matches!(phrase.kind, TimeKind::Deadline | TimeKind::Start) => {
                let rest = phrase.range.end < statement.range.end;
                (phrase.range.end, rest && !phrase.led && phrase.range.start == statement.range.start)
            }
            _ => (statement.range.start, false),
        }
    }

    fn only_leads(&self, range: Range<usize>) -> bool {
        let words = self.text.get(range).unwrap_or_default();
        matches!(words, "" | "力争" | "争取" | "确保" | "其中" | "并" | "同时" | "—" | "计划" | "即" | "——")
            || words.chars().all(|c| matches!(c, '①'..='⑨' | '—' | '(' | '.'))
    }

    /// 选择100家企业,开展试点: what those chosen are chosen for belongs to the statement.
    fn purpose(&self, found: &mut number::Found, next: &Statement) {
        let words = self.text.get(next.range.clone()).unwrap_or_default();
        let chosen = matches!(found.verb.as_str(), "选择" | "遴选" | "选取") && !next.apart;
        let plain = ["开展", "实施", "进行"].iter().any(|verb| words.starts_with(verb))
            && !words.contains(|c: char| c.is_ascii_digit());
        if chosen && plain {
            found.indicator.push_str(words);
            found.range.end = next.range.end;
        }
    }

    /// The times of a statement; statements come in text order, so the cursor only goes forward.
    fn times_of(&mut self, range: &Range<usize>) -> &'a [TimePhrase] {
        let rest = self.times.get(self.time..).unwrap_or_default();
        let from = self.time + rest.iter().take_while(|phrase| phrase.range.end <= range.start).count();
        let rest = self.times.get(from..).unwrap_or_default();
        let to = from + rest.iter().take_while(|phrase| phrase.range.start < range.end).count();
        self.time = to;
        self.times.get(from..to).unwrap_or_default()
    }

    fn quantities_of(&mut self, range: &Range<usize>) -> &'a [Quantity] {
        let rest = self.quantities.get(self.quantity..).unwrap_or_default();
        let from = self.quantity + rest.iter().take_while(|q| q.range.start < range.start).count();
        let rest = self.quantities.get(from..).unwrap_or_default();
        let to = from + rest.iter().take_while(|q| q.range.start < range.end).count();
        self.quantity = to;
        self.quantities.get(from..to).unwrap_or_default()
    }
}

/// The time of the old value.
fn baseline_period(times: &[TimePhrase]) -> Option<String> {
    times.iter().find(|phrase| phrase.kind == TimeKind::Baseline).and_then(|phrase| phrase.value.clone())
}

/// The quantities that stand in no bracket of `words`, which begin at `from`.
fn outside_brackets(words: &str, from: usize, quantities: &[Quantity]) -> Vec<Quantity> {
    work::count(Stage::Target, words.len());
    let (mut depth, mut at) = (0u32, 0);
    let mut out = Vec::new();
    for q in quantities {
        let Some(start) = q.range.start.checked_sub(from) else { continue };
        for (_, c) in signs(words.get(at..start).unwrap_or_default()) {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        at = at.max(start);
        if depth == 0 {
            out.push(q.clone());
        }
    }
    out
}
