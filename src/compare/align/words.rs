//! Words: a clause as it is compared: its heading and its text without groups and without the titles that it cites.
//!
//! In: a record and its text. Out: [`Words`], and the pairs of characters in them ([`pairs`]).

use crate::record::{Assignment, Clause};
use crate::text::{Extent, TextView, is_blank, tidy};

/// Characters of the first sentence that stand for a heading where there is none.
const HEAD: usize = 30;
/// Characters of the first sentence that weigh more.
const FIRST: usize = 60;
/// 《…》 of so many characters names a document; shorter ones are lists and cards.
const TITLE: usize = 8;

/// A clause's words, tidied, without blanks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// The heading; empty where there is none.
    pub heading: String,
    /// What says what the clause is about: the heading, else how it begins.
    pub head: String,
    /// The text, heading included.
    pub text: String,
    /// Bytes of `text` that its first sentence takes.
    pub first: usize,
}

impl Words {
    /// The words of a clause with these assignments.
    pub fn of(clause: &Clause, assignments: &[&Assignment], text: TextView<'_>) -> Self {
        let mut extent = clause.text.clone();
        let groups = assignments.iter().filter_map(|a| a.group.as_ref()).map(|group| group.span);
        extent.removed.extend(groups.filter(|group| clause.text.span.contains(*group)));
        extent.removed.sort_unstable();
        let body = untitled(&tidied(text, &extent));
        let heading = clause.heading.as_ref().map(|heading| tidied(text, heading)).unwrap_or_default();
        Self::new(heading, body)
    }

    /// Words of a heading and a text that are tidied.
    pub fn new(heading: String, text: String) -> Self {
        let end = text.find(['。', ';']).unwrap_or(text.len());
        let sentence = text.get(..end).unwrap_or_default();
        let head = if heading.is_empty() { cut(sentence, HEAD).to_owned() } else { heading.clone() };
        let first = cut(sentence, FIRST).len();
        Self { heading, head, text, first }
    }
}

/// The first `count` characters.
fn cut(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// The wording of an extent, tidied, without blanks.
pub(super) fn tidied(text: TextView<'_>, extent: &Extent) -> String {
    let pieces = text.pieces(extent.span, &extent.removed);
    pieces.flat_map(str::chars).filter(|c| !is_blank(*c)).map(tidy).collect()
}

/// A text without the titles and numbers of the documents that it names: they say where from, not what.
fn untitled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['《', '〔']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = if from.starts_with('《') { title(from) } else { number(from) };
        let sign = from.chars().next().map_or(0, char::len_utf8);
        if end.is_none() {
            out.push_str(from.get(..sign).unwrap_or_default());
        }
        rest = from.get(end.unwrap_or(sign)..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Bytes of the title at the start of a text, where it is long enough.
fn title(text: &str) -> Option<usize> {
    let end = text.find('》')? + '》'.len_utf8();
    (text.get(..end)?.chars().count() >= TITLE + 2).then_some(end)
}

/// Bytes of 〔2019〕13号 at the start of a text.
fn number(text: &str) -> Option<usize> {
    let year = text.strip_prefix('〔')?;
    let digits = year.trim_start_matches(|c: char| c.is_ascii_digit());
    let behind = digits.strip_prefix('〕')?.trim_start_matches(|c: char| c.is_ascii_digit());
    Some(text.len() - behind.strip_prefix('号')?.len())
}

/// The pairs of neighbouring characters of a text, with the byte where each begins: Chinese characters and Latin letters, and no pair
/// over a sign or a digit.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = (u32, usize)> {
    let mut before: Option<(u32, usize)> = None;
    text.char_indices().filter_map(move |(at, c)| {
        let last = before.take();
        let code = match c {
            'a'..='z' => u32::from(c.to_ascii_uppercase()),
            'A'..='Z' | '\u{4e00}'..='\u{9fff}' => u32::from(c),
            _ => return None,
        };
        before = Some((code, at));
        last.map(|(first, from)| (first << 16 | code, from))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_and_numbers_are_no_words() {
        assert_eq!(untitled("按《关于深化某项改革的意见》(某发〔2021〕52号)办理"), "按(某发)办理");
        assert_eq!(untitled("发放《健康证》"), "发放《健康证》", "too short for a document's title");
        assert_eq!(untitled("〔注〕见《半截"), "〔注〕见《半截");
    }

    #[test]
    fn a_clause_without_a_heading_begins_with_one() {
        let words = Words::new(String::new(), "推进集中采购,扩大范围。做好配套;加强监督".to_owned());
        assert_eq!((words.head.as_str(), words.first), ("推进集中采购,扩大范围", "推进集中采购,扩大范围".len()));
        assert_eq!(Words::new("集中采购".into(), "集中采购。做好配套".into()).head, "集中采购");
    }

    #[test]
    fn pairs_stop_at_signs_and_digits() {
        let words = |text: &str| -> Vec<String> {
            let char_of = |code: u32| char::from_u32(code).unwrap();
            pairs(text).map(|(pair, _)| [char_of(pair >> 16), char_of(pair & 0xffff)].iter().collect()).collect()
        };
        assert_eq!(words("医保,付费2次drg付"), ["医保", "付费", "次D", "DR", "RG", "G付"]);
        assert!(words("3、").is_empty());
    }
}
