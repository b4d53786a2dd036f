//! Words: where words stand in a stretch of text, whitespace and page furniture between them or not.

use crate::text::{Extent, SourceText, Span, is_blank, tidy};

/// Every place in `within` where `words` stand. Either script, full or half width finds the other.
pub fn find(text: &SourceText, within: &Extent, words: &str) -> Vec<Extent> {
    let needle: Vec<char> = words.chars().filter(|c| !is_blank(*c)).map(tidy).collect();
    if needle.is_empty() {
        return Vec::new();
    }
    let mut gaps = within.removed.iter().peekable();
    let mut written: Vec<(u32, char)> = Vec::new();
    for (point, c) in (within.span.start..).zip(text.slice(within.span).chars()) {
        while gaps.next_if(|gap| gap.end <= point).is_some() {}
        if !is_blank(c) && gaps.peek().is_none_or(|gap| point < gap.start) {
            written.push((point, tidy(c)));
        }
    }
    let here = |window: &&[(u32, char)]| window.iter().map(|(_, c)| c).eq(needle.iter());
    written.windows(needle.len()).filter(here).filter_map(extent).collect()
}

/// The extent of characters that follow each other but for what is left out.
fn extent(window: &[(u32, char)]) -> Option<Extent> {
    let ((first, _), (last, _)) = (window.first()?, window.last()?);
    let pairs = window.iter().zip(window.iter().skip(1));
    let removed = pairs.filter(|((a, _), (b, _))| b - a > 1).map(|((a, _), (b, _))| Span::new(a + 1, *b)).collect();
    Some(Extent { span: Span::new(*first, last + 1), removed })
}

/// All of a text.
pub(super) fn whole(text: &SourceText) -> Extent {
    Extent { span: Span::new(0, text.len()), removed: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_over_line_ends_and_furniture() {
        let text = SourceText::new("一。市 财\n政局、市财政局负责\u{c}12\n財政局");
        let found = find(&text, &whole(&text), "市财政局");
        assert_eq!(found.len(), 2);
        assert_eq!(text.wording(&found[0]), "市财政局");
        assert_eq!(found[0].span, Span::new(2, 8));
        assert_eq!(find(&text, &whole(&text), "财政局").len(), 3, "either script");
        let part = Extent { span: Span::new(9, 20), removed: vec![Span::new(10, 12)] };
        assert!(find(&text, &part, "市财政局").is_empty(), "what is removed is no wording");
        assert!(find(&text, &part, " ").is_empty());
    }
}
