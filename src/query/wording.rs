//! Wording: what a question's words are compared with.
//!
//! Both sides are tidied as rules read them, without blanks: a question in either script, in full or half width finds
//! the words however they are printed, and wherever a line ends within them.

use crate::text::{Extent, SourceText, Span, is_blank, tidy};

/// What the row's wording must hold, tidied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TextFilter {
    pub all: Vec<String>,
    pub any: Vec<String>,
    pub none: Vec<String>,
}

impl TextFilter {
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty() && self.none.is_empty()
    }

    /// Its words: those to have, those to have one of, those to miss.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.all.iter().chain(&self.any).chain(&self.none).map(String::as_str)
    }

    /// True where a wording, as it is printed, holds what is asked.
    pub fn accepts(&self, wording: &str) -> bool {
        // Words are tidied: one that stands there as it is stands there tidied, too.
        self.none.is_empty() && self.accepts_tidied(wording) || self.accepts_tidied(&tidied(wording))
    }

    /// As [`Self::accepts`], for a whole text and the ranges in it that clauses leave out: words are sought as they are
    /// printed, and once more without the page furniture that may stand within them.
    pub fn accepts_whole(&self, text: &SourceText, mut removed: Vec<Span>) -> bool {
        let mut wording = tidied(text.as_str());
        removed.retain(|gap| !text.slice(*gap).chars().all(is_blank));
        if !removed.is_empty() {
            removed.sort_unstable();
            // No word that is sought holds a blank, so none runs from one form into the other.
            wording.push('\n');
            push_tidied(&mut wording, &text.wording(&Extent { span: Span::new(0, text.len()), removed }));
        }
        self.accepts_tidied(&wording)
    }

    fn accepts_tidied(&self, wording: &str) -> bool {
        self.all.iter().all(|word| wording.contains(word))
            && (self.any.is_empty() || self.any.iter().any(|word| wording.contains(word)))
            && !self.none.iter().any(|word| wording.contains(word))
    }
}

/// Words as rules read them.
pub(super) fn tidied(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    push_tidied(&mut out, words);
    out
}

fn push_tidied(out: &mut String, words: &str) {
    out.extend(words.chars().filter(|c| !is_blank(*c)).map(tidy));
}

/// Where words stand in the wording of an extent, as ranges of code points of its text: ascending, and with nothing in
/// between that is no part of the wording. Words are sought as questions seek them.
pub fn highlights(text: &SourceText, extent: &Extent, words: &[impl AsRef<str>]) -> Vec<Span> {
    let words: Vec<Vec<char>> = words.iter().map(|word| tidied(word.as_ref()).chars().collect()).collect();
    lit(text, extent, &words)
}

/// The same for words that are tidied and in characters.
pub(super) fn lit(text: &SourceText, extent: &Extent, words: &[Vec<char>]) -> Vec<Span> {
    let (mut points, mut chars) = (Vec::new(), Vec::new());
    let mut from = extent.span.start;
    let end = Span::new(extent.span.end, extent.span.end);
    for gap in extent.removed.iter().chain([&end]) {
        let kept = Span::new(from, gap.start.max(from));
        for (point, c) in (kept.start..).zip(text.slice(kept).chars()).filter(|(_, c)| !is_blank(*c)) {
            points.push(point);
            chars.push(tidy(c));
        }
        from = gap.end.max(from);
    }
    let mut lit = vec![false; chars.len()];
    for word in words.iter().filter(|word| !word.is_empty()) {
        for (at, _) in chars.windows(word.len()).enumerate().filter(|(_, here)| here == word) {
            lit.iter_mut().skip(at).take(word.len()).for_each(|lit| *lit = true);
        }
    }
    let mut spans: Vec<Span> = Vec::new();
    for (point, _) in points.iter().zip(lit).filter(|(_, lit)| *lit) {
        match spans.last_mut() {
            Some(span) if span.end == *point => span.end += 1,
            _ => spans.push(Span::new(*point, point + 1)),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(all: &[&str], none: &[&str]) -> TextFilter {
        let tidy = |words: &[&str]| words.iter().map(|word| tidied(word)).collect();
        TextFilter { all: tidy(all), any: Vec::new(), none: tidy(none) }
    }

    #[test]
    fn either_form_finds_the_other() {
        let cases = [
            ("推進醫療保障", "推进医疗保障", true),
            ("推进医疗保障", "醫療", true),
            ("达到７０％", "70%", true),
            ("达到70%，", "７０％，", true),
            ("推进医\n疗保障", "医疗", true),
            ("推进医疗保障", "医 疗", true),
            ("推进医疗、保障", "医疗保障", false),
            ("推进医疗保障", "医药", false),
        ];
        for (wording, word, found) in cases {
            assert_eq!(asks(&[word], &[]).accepts(wording), found, "{word} in {wording}");
            assert_eq!(asks(&[], &[word]).accepts(wording), !found, "{word} not in {wording}");
        }
        let changed = ('\0'..=char::MAX).filter(|c| tidy(*c) != *c);
        assert!(changed.map(tidy).all(|c| tidy(c) == c), "what is tidied stays as it is");
    }

    #[test]
    fn words_are_lit_where_they_stand() {
        let text = SourceText::new("前推進醫\n- 12 -\n療保障，醫療後");
        let extent = Extent { span: Span::new(1, 18), removed: vec![Span::new(4, 12)] };
        let lit = |words: &[&str]| {
            highlights(&text, &extent, words).into_iter().map(|span| (span.start, span.end)).collect::<Vec<_>>()
        };
        assert_eq!(lit(&["医疗"]), [(3, 4), (12, 13), (16, 18)], "page furniture is dark");
        assert_eq!(lit(&["推进", "进医"]), [(1, 4)], "overlapping words are one");
        assert_eq!(lit(&["前", "后", "12", "药"]), []);
        assert_eq!(lit(&[]), []);
    }

    #[test]
    fn a_whole_text_is_read_with_and_without_its_furniture() {
        let text = SourceText::new("推进医\n- 12 -\n疗保障");
        let furniture = vec![Span::new(3, 11)];
        for (word, found) in [("医疗", true), ("-12-", true), ("障推", false), ("障-", false)] {
            assert_eq!(asks(&[word], &[]).accepts_whole(&text, furniture.clone()), found, "{word}");
        }
        assert!(!asks(&["医疗"], &[]).accepts_whole(&text, Vec::new()));
    }
}
