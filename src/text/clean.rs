//! Signs unified one for one: a rule sees one comma, one bracket, half-width digits.
//!
//! A character becomes exactly one character or, where it is blank, none, so that the way back to the source stays a
//! plain list of offsets.

/// Whitespace in the sense of page layout: Unicode whitespace, ideographic and zero-width space, BOM, soft hyphen.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' | '\u{2060}' | '\u{3164}' | '\u{2800}')
        || c.is_control()
}

/// The sign that rules know for `c`.
///
/// Full-width ASCII becomes ASCII (，（）：；％ and digits among it); long and en dashes become —;
/// `○` becomes 〇 (as in 二○一九). 。、《》“” stay.
pub fn tidy(c: char) -> char {
    match c {
        '\u{ff0e}' => '.',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{2013}' | '\u{2012}' | '\u{2015}' | '\u{2500}' => '—',
        '○' | '◯' => '〇',
        '﹙' => '(',
        '﹚' => ')',
        '︰' | '∶' => ':',
        '﹐' => ',',
        '﹔' => ';',
        '｡' => '。',
        '､' => '、',
        '﹪' => '%',
        '„' | '‟' | '〝' | '〞' => '"',
        '∼' | '〜' => '~',
        '≧' => '≥',
        '≦' => '≤',
        '﹝' => '〔',
        '﹞' => '〕',
        '﹤' => '<',
        '﹥' => '>',
        '・' | '‧' | '•' | '∙' => '·',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tidies_signs_and_leaves_words_alone() {
        let cases = [
            ("（，）：；％", "(,):;%"),
            ("２０１９．５", "2019.5"),
            ("二○一九", "二〇一九"),
            ("“十四五”、。《》", "“十四五”、。《》"),
            ("3–5个", "3—5个"),
        ];
        for (from, to) in cases {
            assert_eq!(from.chars().map(tidy).collect::<String>(), to);
        }
    }

    #[test]
    fn tidying_twice_changes_nothing() {
        for c in '\0'..='\u{ffff}' {
            assert_eq!(tidy(tidy(c)), tidy(c), "{c:?}");
        }
    }
}
