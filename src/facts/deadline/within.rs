//! Lengths of time that end somewhere: 3年内, 半年内, 印发之日起30日内.

use crate::facts::Context;
use crate::text::numeral;
use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

/// 3年内, 30日内: counted from the date of issue, to the precision of the unit. Days and weeks need words that say
/// from when (印发之日起); counted from another event they are no deadline.
#[allow(clippy::option_option, reason = "no time at all, and a time that cannot be told, are two things")]
pub(super) fn end(count: &str, unit: &str, before: &str, context: &Context) -> Option<Option<String>> {
    let (n, unit) = match (count, unit) {
        ("半", "年") => (6, "月"),
        ("半", "月") => (15, "日"),
        ("半", _) => return None,
        _ => (numeral::leading(count)?.value as i32, unit),
    };
    let from_issue = ["印发之日起", "发布之日起", "公布之日起", "下发之日起", "印发后", "发布后", "印发起"];
    let issue = from_issue.iter().any(|words| before.ends_with(words));
    let event = before.ends_with(['起', '后', '的', '上', '前', '每']) || before.ends_with("最近");
    let from_anywhere = !event && matches!(unit, "年" | "月");
    if !(issue || from_anywhere) || (unit == "年" && n > 30) {
        return None;
    }
    if unit == "月" && found_month_name(before) {
        return None;
    }
    let Some(issued) = context.issued else { return Some(None) };
    let ahead = |span: Span| issued.checked_add(span).ok();
    let date = match unit {
        "年" => ahead(n.years()),
        "月" => ahead(n.months()),
        "周" => ahead(n.weeks()),
        "工作日" => Some(workdays(issued, n)),
        _ => ahead(n.days()),
    };
    Some(date.map(|date| match unit {
        "年" => date.year().to_string(),
        "月" => format!("{}-{:02}", date.year(), date.month()),
        _ => date.to_string(),
    }))
}

fn found_month_name(before: &str) -> bool {
    before.ends_with('年')
}

/// Weekends do not count; holidays are decided anew each year and cannot be known.
fn workdays(from: Date, count: i32) -> Date {
    let (mut date, mut left) = (from, count.clamp(0, 400));
    while left > 0 {
        date = date.tomorrow().unwrap_or(date);
        if !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    date
}
