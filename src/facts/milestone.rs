//! Milestones: commitments without a number that bear their own time phrase.
//!
//! In: sentences, time phrases, the targets found. Out: one milestone for each deadline phrase, with what it governs
//! to the next such phrase or the end of the sentence (。 or ；), if that holds no number; where it does, only the
//! statement that bears the phrase itself, if that one has none.
//! Recurring dates, start dates, windows and times inside names make none.

use super::deadline::{TimeKind, TimePhrase};
use super::target::sentence::{Sentence, Statement};
use super::{MilestoneFact, TargetFact};
use crate::text::work::{self, Stage};
use std::ops::Range;

/// The milestones of a passage.
pub(super) fn extract(
    text: &str,
    sentences: &[Sentence],
    times: &[TimePhrase],
    targets: &[TargetFact],
    numbered: &[Range<usize>],
) -> Vec<MilestoneFact> {
    let mut out = Vec::new();
    let mut marks = times.iter().filter(|phrase| phrase.kind == TimeKind::Deadline).peekable();
    let mut spoken = numbered.iter().peekable();
    for sentence in sentences {
        let mut here: Vec<(&TimePhrase, usize)> = Vec::new();
        for (i, statement) in sentence.statements.iter().enumerate() {
            while marks.next_if(|phrase| phrase.range.start < statement.range.start).is_some() {}
            while let Some(phrase) = marks.next_if(|phrase| phrase.range.start < statement.range.end) {
                here.push((phrase, i));
            }
        }
        while spoken.next_if(|range| range.end <= sentence.range.start).is_some() {}
        let mut held = vec![false; sentence.statements.len()];
        for (statement, held) in sentence.statements.iter().zip(&mut held) {
            *held = spoken.next_if(|range| **range == statement.range).is_some();
        }
        for (k, (phrase, i)) in here.iter().enumerate() {
            // 分别于2022年底和2025年底完成: what stands behind the last is said of each.
            let paired = |k: usize| {
                let (Some((a, _)), Some((b, _))) = (here.get(k), here.get(k + 1)) else { return false };
                matches!(text.get(a.range.end..b.range.start), Some("和" | "、" | "及" | "与"))
            };
            let last = (k..here.len()).take(8).find(|k| !paired(*k)).unwrap_or(k);
            let next = here.get(last + 1).map(|(phrase, i)| (phrase.range.start, *i));
            // A second time in one statement begins there, unless it is paired with the one before.
            let first = (0..k).rev().take(8).take_while(|j| paired(*j)).last().unwrap_or(k);
            let floor = first.checked_sub(1).and_then(|before| here.get(before)).filter(|(_, before)| before == i);
            let floor = floor.and(here.get(first)).map_or(0, |(phrase, _)| phrase.range.start);
            let mark = Mark { phrase, at: *i, floor };
            if let Some(fact) = governed(text, sentence, &mark, next, &held) {
                let at = targets.partition_point(|t| t.range.start < fact.range.start);
                if !targets.get(at).is_some_and(|t| t.range == fact.range) {
                    out.push(fact);
                }
            }
        }
    }
    out
}

/// A deadline phrase, the statement that it stands in, and where its wording begins at the earliest.
struct Mark<'a> {
    phrase: &'a TimePhrase,
    at: usize,
    floor: usize,
}

fn governed(
    text: &str,
    sentence: &Sentence,
    mark: &Mark,
    next: Option<(usize, usize)>,
    held: &[bool],
) -> Option<MilestoneFact> {
    work::count(Stage::Target, 1);
    let (phrase, at) = (mark.phrase, mark.at);
    let deadline = phrase.value.clone()?;
    let statements = sentence.statements.get(at..)?;
    let own = statements.first()?;
    if in_brackets(near(text, own.range.start..phrase.range.start)) {
        return None;
    }
    let before = text.get(own.range.start..phrase.range.start).unwrap_or_default();
    if GROUNDS.iter().any(|word| before.starts_with(word)) {
        return None;
    }
    let start = start(text, own, phrase).max(mark.floor);
    // The statement that bears the phrase: a phrase of its own (到2025年,…) needs the one behind the comma.
    let alone = text.get(phrase.range.end..own.range.end).is_some_and(str::is_empty);
    let bearing = usize::from(alone && statements.get(1).is_some_and(|s| !s.apart));
    // Statements from here that the next phrase leaves; one inside this statement leaves only what stands before it.
    let free = next.map_or(statements.len(), |(_, i)| (i - at).max(1));
    let joined =
        1 + statements.iter().take(free).skip(1).enumerate().take_while(|(k, s)| !s.apart || *k < bearing).count();
    let last = free.min(joined).saturating_sub(1);
    let numbered = |k: usize| held.get(at + k).copied().unwrap_or(false);
    let upto = if (0..=last).any(numbered) {
        (0..=bearing.min(last)).all(|k| !numbered(k)).then_some(bearing.min(last))?
    } else {
        last
    };
    let mut end = statements.get(upto)?.range.end;
    if let Some((next, i)) = next
        && i == at
    {
        end = end.min(next);
    }
    let end = start + text.get(start..end)?.trim_end_matches(['、', ',', '和', '并']).len();
    let words = text.get(phrase.range.end..end).unwrap_or_default().trim_start_matches([',', ':']);
    let said = words.chars().take(2).count() + text.get(start..phrase.range.start)?.chars().take(2).count();
    if words.is_empty() || said < 2 || title(words) {
        return None;
    }
    Some(MilestoneFact { range: start..end, deadline, why: vec!["milestone.dated", phrase.rule] })
}

/// Words that open the reason for a commitment, not one.
const GROUNDS: [&str; 10] = ["按照", "根据", "依据", "围绕", "综合考虑", "对照", "结合", "基于", "聚焦", "遵照"];

/// From the phrase where it opens its statement, else from the statement's subject.
fn start(text: &str, own: &Statement, phrase: &TimePhrase) -> usize {
    let before = text.get(own.range.start..phrase.range.start).unwrap_or_default();
    let links = ["并", "同时", "其中", "且", "力争", "争取", "确保", "—", "一是", "二是", "三是", "四是"];
    if links.contains(&before) { phrase.range.start } else { own.range.start }
}

/// The end of a stretch: a bracket that stays open longer than this is a stray sign.
fn near(text: &str, range: Range<usize>) -> &str {
    let mut at = range.start.max(range.end.saturating_sub(600));
    while !text.is_char_boundary(at) {
        at += 1;
    }
    text.get(at..range.end).unwrap_or_default()
}

fn in_brackets(words: &str) -> bool {
    words.matches('(').count() > words.matches(')').count()
}

/// 2022年工作目标, 主要目标是: the title of what follows says nothing to be done; nor does a view of the times
/// (“十四五”时期是关键时期).
fn title(words: &str) -> bool {
    let short = words.chars().count() <= 8;
    let heads = [
        "工作目标",
        "主要目标",
        "目标任务",
        "工作安排",
        "工作任务",
        "主要任务",
        "工作要点",
        "工作计划",
        "总体目标",
        "发展目标",
    ];
    let opens = ["目标是", "任务是", "重点是", "如下", "包括", "主要是"];
    let views = [
        "严峻",
        "艰巨",
        "面临",
        "机遇期",
        "关键期",
        "关键时期",
        "攻坚期",
        "窗口期",
        "第一个五年",
        "挑战",
        "标志着",
        "工作总结",
    ];
    (short && heads.iter().any(|head| words.ends_with(head)))
        || opens.iter().any(|word| words.ends_with(word))
        || views.iter().any(|word| words.contains(word))
}
