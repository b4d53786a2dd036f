//! Signs: the characters of a text that are no ideographs, in one pass that decodes nothing else.
//!
//! In: a text. Out: punctuation, brackets, digits, letters with their byte offsets. Brackets and stops are a few of a
//! hundred characters of a Chinese text; what looks for them need not look at the rest.

/// The characters of `text` outside U+4000 to U+9FFF, with their byte offsets.
pub fn signs(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        // Three bytes from E4 to E9: U+4000 to U+9FFF.
        while let Some(0xe4..=0xe9) = bytes.get(at) {
            at += 3;
        }
        let c = text.get(at..)?.chars().next()?;
        let here = at;
        at += c.len_utf8();
        Some((here, c))
    })
}

#[cfg(test)]
mod tests {
    use super::signs;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_are_what_is_left_without_ideographs(text in "[一-龥a-z0-9，。（“—\u{3fff}\u{4000}\u{9fff}\u{a000}𠮷é]{0,30}") {
            let left: Vec<_> = text.char_indices().filter(|(_, c)| !('\u{4000}'..='\u{9fff}').contains(c)).collect();
            prop_assert_eq!(signs(&text).collect::<Vec<_>>(), left);
        }
    }
}
