//! Dates as heads print them.
//!
//! In: a tidied line. Out: its first date, in Chinese or Arabic numerals, or as a time stamp; impossible dates are none.

use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(\d{4}|[一二三四五六七八九〇零]{4})年(\d{1,2}|[一二三四五六七八九十]{1,3})月(\d{1,2}|[一二三四五六七八九十]{1,3})日").ok()
});

static STAMP: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"((?:19|20)\d{2})[-./](\d{1,2})[-./](\d{1,2})").ok());

pub(super) fn date_in(text: &str) -> Option<(Date, usize, usize)> {
    let number = |s: &str| {
        if s.starts_with(|c: char| c.is_ascii_digit()) {
            s.parse().ok()
        } else {
            super::heading::ordinal(s).map(|n| n as i8)
        }
    };
    let year = |s: &str| -> Option<i16> {
        let digits: String = s
            .chars()
            .map(|c| {
                "〇一二三四五六七八九"
                    .chars()
                    .position(|d| d == c || (c == '零' && d == '〇'))
                    .map_or(c, |d| (b'0' + d as u8) as char)
            })
            .collect();
        digits.parse().ok()
    };
    // What either form cannot do without.
    let written = text.contains('月') && text.contains('日');
    let stamped = text.contains("20") || text.contains("19");
    [(&DATE, written), (&STAMP, stamped)].into_iter().filter(|(_, possible)| *possible).find_map(|(pattern, _)| {
        let found = pattern.as_ref()?.captures(text)?;
        let whole = found.get(0)?;
        let date =
            Date::new(year(found.get(1)?.as_str())?, number(found.get(2)?.as_str())?, number(found.get(3)?.as_str())?)
                .ok()?;
        Some((date, whole.start(), whole.end()))
    })
}

/// The date of a line that holds nothing else, as under a signature (`2019年3月11日`, `2022年12月6日印发`).
pub fn date_line(text: &str) -> Option<Date> {
    let (date, start, end) = date_in(text)?;
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    (text.contains('年')
        && before.trim_matches(['(', '—', ':']).is_empty()
        && matches!(after.trim_matches([')', '。']), "" | "印发" | "发布" | "发"))
    .then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_signatures() {
        assert_eq!(date_line("二〇一九年三月十一日").map(|d| d.to_string()).as_deref(), Some("2019-03-11"));
        assert_eq!(date_line("2022年12月6日印发").map(|d| d.to_string()).as_deref(), Some("2022-12-06"));
        assert_eq!(date_line("到2022年12月6日完成"), None);
        assert_eq!(date_line("2022年13月6日"), None);
    }
}
