//! Signs and characters unified one for one: a rule sees one comma, one bracket, half-width digits, and simplified
//! unified ideographs.
//!
//! A character becomes exactly one character or, where it is blank, none, so that the way back to the source stays a
//! plain list of offsets. What becomes what is vocabulary: `seeds/lexicon/characters.csv` (sources in its SOURCES.md).

use std::sync::LazyLock;

/// The table of characters, as CSV: code, character, what it becomes, kind.
///
/// A part of the reading: what the rules see changes with it.
pub const CHARACTERS: &str = include_str!("../../seeds/lexicon/characters.csv");

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of(CHARACTERS));

/// Whitespace in the sense of page layout: Unicode whitespace, ideographic and zero-width space, BOM, soft hyphen,
/// and what is never printed: controls, marks of direction, selectors of a glyph's variant.
#[inline]
pub fn is_blank(c: char) -> bool {
    !matches!(c, '!'..='~' | '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff5e}' | '、' | '。') && is_layout(c)
}

fn is_layout(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0100}'..='\u{e01ef}'
        )
}

/// The character that rules know for `c`.
///
/// Full-width ASCII becomes ASCII (，（）：；％ and digits among it); vertical and small forms their plain ones; long
/// and en dashes —; corner brackets “”; `○` becomes 〇 (as in 二○一九); Kangxi radicals and compatibility ideographs
/// become unified ones, traditional characters simplified ones where there is no doubt which. 。、《》“” stay.
#[inline]
pub fn tidy(c: char) -> char {
    if c.is_ascii() { c } else { TABLE.becomes(c) }
}

/// What each character becomes: one look for all of the basic plane, since every character of a document passes here.
struct Table {
    /// For each code below 2^16 what it becomes; 0 sends to `wide`.
    basic: Vec<u16>,
    /// Pairs in which either side is beyond the basic plane, by their first.
    wide: Vec<(char, char)>,
}

impl Table {
    fn of(csv: &str) -> Self {
        let mut table = Self { basic: (0..=u16::MAX).collect(), wide: Vec::new() };
        for c in '！'..='～' {
            table.set(c, char::from_u32(c as u32 - 0xfee0).unwrap_or(c));
        }
        for (from, to) in rows(csv) {
            table.set(from, to);
        }
        table.wide.sort_unstable();
        table
    }

    fn set(&mut self, from: char, to: char) {
        let wide = to as u32 > 0xffff;
        match self.basic.get_mut(from as usize) {
            Some(slot) => *slot = if wide { 0 } else { to as u16 },
            None => return self.wide.push((from, to)),
        }
        if wide {
            self.wide.push((from, to));
        }
    }

    fn becomes(&self, c: char) -> char {
        match self.basic.get(c as usize) {
            Some(0) | None => self.beyond(c),
            Some(code) => char::from_u32(u32::from(*code)).unwrap_or(c),
        }
    }

    fn beyond(&self, c: char) -> char {
        self.wide.binary_search_by_key(&c, |(from, _)| *from).ok().and_then(|at| self.wide.get(at)).map_or(c, |p| p.1)
    }
}

/// The pairs of the table; the tests hold every line to be one.
fn rows(csv: &str) -> impl Iterator<Item = (char, char)> {
    let one = |cell: &str| {
        let mut chars = cell.chars();
        chars.next().filter(|_| chars.next().is_none())
    };
    csv::Reader::from_reader(csv.as_bytes())
        .into_records()
        .filter_map(move |row| row.ok().and_then(|row| Some((one(row.get(1)?)?, one(row.get(2)?)?))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use unicode_normalization::UnicodeNormalization;

    fn tidied(text: &str) -> String {
        text.chars().filter(|c| !is_blank(*c)).map(tidy).collect()
    }

    #[test]
    fn tidies_signs_and_leaves_words_alone() {
        let cases = [
            ("（，）：；％", "(,):;%"),
            ("２０１９．５", "2019.5"),
            ("二○一九", "二〇一九"),
            ("“十四五”、。《》", "“十四五”、。《》"),
            ("3–5个", "3—5个"),
            ("︵市衞生局︶﹁十四五﹂", "(市卫生局)“十四五”"),
            ("責任單位：教育廳、財政廳", "责任单位:教育厅、财政厅"),
            ("⼆、⾦融⽀持⻓期", "二、金融支持长期"),
            ("\u{f9b4}導\u{f98e}度", "领导年度"),
            ("徵求意見后，由其牽頭", "征求意见后,由其牵头"),
            ("葛\u{e0100}洲坝\u{ad}集\u{200b}团", "葛洲坝集团"),
            ("\u{e78d}\u{e78f}\u{f0b7}", ",、·"),
            // Simplified words that look like traditional ones.
            ("乾县著名瞭望慰藉覆盖", "乾县著名瞭望慰藉覆盖"),
        ];
        for (from, to) in cases {
            assert_eq!(tidied(from), to);
        }
    }

    #[test]
    fn tidying_twice_changes_nothing() {
        for c in '\0'..=char::MAX {
            assert_eq!(tidy(tidy(c)), tidy(c), "{c:?}");
            assert!(!is_blank(tidy(c)) || is_blank(c) || tidy(c) == c, "{c:?} becomes blank");
        }
    }

    #[test]
    fn what_simplified_texts_are_made_of_stays() {
        // The ideographs of GB 2312 but for seven that are kept there in words no plan uses.
        let mut changed = String::new();
        for bytes in (0xb0..=0xf7_u8).flat_map(|a| (0xa1..=0xfe_u8).map(move |b| [a, b])) {
            let (text, _, _) = encoding_rs::GBK.decode(&bytes);
            changed.extend(text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c) && tidy(*c) != *c));
        }
        let mut changed: Vec<char> = changed.chars().collect();
        changed.sort_unstable();
        assert_eq!(changed.into_iter().collect::<String>(), "夥後徵捱摺於菸");
    }

    #[test]
    fn every_line_of_the_table_is_a_pair_in_order() {
        let rows: Vec<csv::StringRecord> =
            csv::Reader::from_reader(CHARACTERS.as_bytes()).into_records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), super::rows(CHARACTERS).count());
        let mut kinds = BTreeMap::<String, usize>::new();
        let mut last = 0;
        for row in &rows {
            let from = row[1].chars().next().unwrap();
            let code = u32::from_str_radix(&row[0], 16).unwrap();
            assert!(code == from as u32 && code > last, "{row:?}");
            last = code;
            assert_eq!(row[2].chars().next(), Some(tidy(from)), "{row:?}");
            *kinds.entry(row[3].to_owned()).or_default() += 1;
        }
        assert!(kinds["traditional"] >= 2_500, "{kinds:?}");
        assert_eq!(kinds["kangxi"], 214);
    }

    #[test]
    fn radicals_and_compatibility_ideographs_follow_unicode() {
        for c in ('\u{2f00}'..='\u{2fd5}').chain('\u{f900}'..='\u{faff}').chain('\u{2f800}'..='\u{2fa1d}') {
            let mut unified = std::iter::once(c).nfkc();
            let unified = unified.next().unwrap();
            assert_eq!(tidy(c), tidy(unified), "{c:?}");
        }
    }
}
