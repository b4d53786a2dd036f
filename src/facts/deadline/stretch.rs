//! Times with two ends (3月1日至5月31日, 三月和九月之间) and dates in digits (2021-06-30): the period that they close with.

use crate::text::numeral;
use jiff::civil::Date;
use regex::Captures;

/// Signs between the ends.
pub(super) const TO: &str = "(?:—|-|~|至|到)";

/// The grammar, for a year `y` and a small number `n`.
pub(super) fn pattern(y: &str, n: &str) -> String {
    let digits = "(?:20|19)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}";
    format!(
        "(?P<window>(?:(?P<wy>{y})年)?(?P<wm>{n})月(?P<wd>{n})日{TO}(?:(?P<wy2>{y})年)?(?:(?P<wm2>{n})月)?(?P<wd2>{n})日)
        | (?P<years>(?P<from>{y})年?{TO}+(?P<to>{y})年(?:底|末)?|{y}年[和与](?P<to2>{y})年之?间)
        | (?P<months>(?P<m1>{n})月[和与](?P<m2nd>{n})月之?间)
        | (?P<numeric>(?:(?P<first>{digits}){TO})?(?P<last>{digits}))"
    )
}

/// The period that closes the stretch, in `year` where it names none; outer `None` where there is none, the inner one
/// where it cannot be told.
#[allow(clippy::option_option, reason = "no stretch at all, and one that cannot be told, are two things")]
pub(super) fn end(found: &Captures, year: Option<i16>) -> Option<Option<String>> {
    let text = |name: &str| found.name(name).map(|m| m.as_str());
    if let Some(to) = text("to").or(text("to2")) {
        return Some(number(to).map(|year| year.to_string()));
    }
    if text("window").is_some() {
        return Some(window(found, year));
    }
    if let (Some(from), Some(to)) = (text("m1"), text("m2nd")) {
        let month = number(to).filter(|m| (1..=12).contains(m))?;
        let next = i16::from(number(from)? > month);
        return Some(year.map(|year| format!("{}-{month:02}", year + next)));
    }
    let last = text("last")?;
    let mut parts = last.split(['-', '/', '.']).map(str::parse::<i16>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    Some(Some(date(year, month, day)?))
}

/// Both ends must be days that there are: 2019年2月29日 is none.
fn window(found: &Captures, year: Option<i16>) -> Option<String> {
    let part = |name: &str| found.name(name).and_then(|m| number(m.as_str()));
    let (month, day) = (part("wm")?, part("wd")?);
    let from = part("wy").or(year)?;
    date(from, month, day)?;
    let last_month = part("wm2").unwrap_or(month);
    let to = part("wy2").unwrap_or(from + i16::from(last_month < month));
    date(to, last_month, part("wd2")?)
}

/// ISO 8601 of a day that there is.
pub(super) fn date(year: i16, month: i16, day: i16) -> Option<String> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().map(|date| date.to_string())
}

fn number(text: &str) -> Option<i16> {
    numeral::leading(text).map(|n| n.value as i16)
}
