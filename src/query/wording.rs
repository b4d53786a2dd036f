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
        self.accepts_tidied(&tidied(wording))
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
