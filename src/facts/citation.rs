//! Citations: other documents that a text names.
//!
//! In: passages of a document in order. Out: titles in 《》 with the number behind them, and numbers on their own; the
//! first mention of each. Laws (…法, …条例), standards and short names (以下简称《…》) are none.

use super::CitationFact;
use crate::outline::DocNumber;
use crate::text::work::{self, Stage};
use crate::text::{Passage, signs};
use std::collections::BTreeSet;

/// What one document has named so far; itself and its own plan from the start.
#[derive(Debug, Default)]
pub struct Citations {
    titles: BTreeSet<String>,
    numbers: BTreeSet<String>,
}

impl Citations {
    /// A document that goes by these titles and this number; naming itself is no citation.
    pub fn of<'a>(titles: impl IntoIterator<Item = &'a str>, number: Option<&str>) -> Self {
        let mut own = Self::default();
        for title in titles {
            own.titles.insert(key(title));
            own.titles.extend(quoted(title).map(|(_, inner)| key(inner)));
            if let Some(at) = title.find("印发") {
                own.titles.insert(key(title.get(at + "印发".len()..).unwrap_or_default().trim_end_matches("的通知")));
            }
        }
        own.numbers.extend(number.map(str::to_owned));
        own
    }

    /// The documents that a passage names for the first time.
    pub fn extract(&mut self, passage: &Passage) -> Vec<CitationFact> {
        work::count(Stage::Citation, passage.text().len());
        let text = passage.text();
        let numbers = numbers(passage);
        let quoted: Vec<_> = quoted(text).collect();
        let mut found = Vec::new();
        let mut used = BTreeSet::new();
        for (range, title) in quoted.iter().cloned() {
            let next = numbers.partition_point(|n| n.range.start < range.end);
            let number =
                numbers.get(next).map(|n| (next, n)).filter(|(_, n)| belongs(text.get(range.end..n.range.start)));
            let end = number.map_or(range.end, |(i, n)| {
                used.insert(i);
                n.range.end + usize::from(text.get(n.range.end..).is_some_and(|rest| rest.starts_with(')')))
            });
            let number = number.map(|(_, n)| n.number.clone());
            let before = text.get(..range.start).unwrap_or_default();
            if before.ends_with("简称") || before.ends_with("简称为") || before.ends_with("下称") {
                self.titles.insert(key(title));
                continue;
            }
            let new_title = self.titles.insert(key(title));
            let new_number = number.as_ref().is_none_or(|n| self.numbers.insert(n.clone()));
            let coded = text
                .get(range.end..)
                .is_some_and(|rest| CODES.iter().any(|code| rest.trim_start_matches('(').starts_with(code)));
            if new_title && new_number && !coded && is_document(title) {
                found.push(CitationFact { range: range.start..end, title: Some(title.to_owned()), number });
            }
        }
        for (i, number) in numbers.into_iter().enumerate() {
            let behind = quoted.partition_point(|(range, _)| range.start < number.range.start);
            let around = behind.checked_sub(1).and_then(|i| quoted.get(i));
            let inside = around.is_some_and(|(range, _)| number.range.end < range.end);
            if !used.contains(&i)
                && !inside
                && number.number.contains('〔')
                && self.numbers.insert(number.number.clone())
            {
                found.push(CitationFact { range: number.range, title: None, number: Some(number.number) });
            }
        }
        found.sort_by_key(|c| c.range.start);
        found
    }
}

/// The document numbers of a passage; an office begins behind the last line's end (…的函｜国办函〔2005〕57号).
fn numbers(passage: &Passage) -> Vec<DocNumber> {
    let mut numbers = DocNumber::all(passage.text());
    for number in &mut numbers {
        let line = passage.paragraph_of(number.range.end.saturating_sub(1)).start;
        if number.range.start < line
            && let Some(own) = DocNumber::all(passage.get(line..number.range.end)).pop()
        {
            number.range.start = line + own.range.start;
            number.number = own.number;
        }
    }
    numbers
}

/// What the numbers of national, local and other standards begin with.
const CODES: [&str; 6] = ["GB", "DB", "ISO", "HJ", "T/", "YY/"];

/// Only an opening bracket (and perhaps a comma) stands between a title and its number.
fn belongs(between: Option<&str>) -> bool {
    between.is_some_and(|b| matches!(b, "(" | "" | "〔" | "[" | "," | "(即"))
}

/// Outermost 《…》 of a text, with what stands inside.
fn quoted(text: &str) -> impl Iterator<Item = (std::ops::Range<usize>, &str)> {
    let mut depth = 0_u32;
    let mut start = 0;
    signs(text).filter_map(move |(i, c)| {
        match c {
            '《' => {
                depth += 1;
                if depth == 1 {
                    start = i;
                }
            }
            '》' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    return Some((start..i + c.len_utf8(), text.get(start + '《'.len_utf8()..i)?));
                }
            }
            // An opening mark that never closes ends with its sentence.
            '。' => depth = 0,
            _ => {}
        }
        None
    })
}

fn key(title: &str) -> String {
    work::count(Stage::Citation, title.len());
    title.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// True for what governments issue; laws, regulations and standards are none, whatever number they bear.
fn is_document(title: &str) -> bool {
    let core = match title.strip_suffix(')') {
        Some(inner) => inner.rfind('(').and_then(|at| inner.get(..at)).unwrap_or(title),
        None => title,
    };
    let law = core.ends_with('法') && !core.ends_with("办法") && !core.ends_with("方法");
    let standard = ["条例", "标准", "规范", "宪法", "法典", "公约", "议定书", "协定", "党章"]
        .iter()
        .any(|end| core.ends_with(end));
    let coded = CODES.iter().any(|code| core.contains(code));
    !(law || standard || coded) && core.chars().count() >= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cites(text: &str) -> Vec<(Option<String>, Option<String>)> {
        Citations::default().extract(&Passage::from_text(text)).into_iter().map(|c| (c.title, c.number)).collect()
    }

    #[test]
    fn first_mentions_with_their_numbers() {
        let got = cites(
            "按照《关于加强水土保持的意见》（水保发〔2021〕9号）和《节水行动方案》，落实《关于加强水土保持的意见》。",
        );
        assert_eq!(
            got,
            [
                (Some("关于加强水土保持的意见".into()), Some("水保发〔2021〕9号".into())),
                (Some("节水行动方案".into()), None)
            ]
        );
    }

    #[test]
    fn a_number_alone_counts() {
        assert_eq!(cites("按照国发〔2019〕5号要求"), [(None, Some("国发〔2019〕5号".into()))]);
    }

    #[test]
    fn laws_standards_and_short_names_do_not() {
        for text in [
            "依据《中华人民共和国森林法》",
            "按照《信访工作条例》",
            "执行《建筑防火通用规范》",
            "(以下简称《规划方案》)",
            "〔2022〕3号",
        ] {
            assert!(cites(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_document_does_not_cite_itself() {
        let mut own = Citations::of(["某市人民政府关于印发《某市消防工作计划》的通知"], Some("某政发〔2020〕1号"));
        assert!(own.extract(&Passage::from_text("《某市消防工作计划》已经同意，现印发。某政发〔2020〕1号")).is_empty());
    }
}
