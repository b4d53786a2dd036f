//! Time phrases: when something is to be done, as the document says it.
//!
//! In: a passage's text and what is known of the document. Out: [`TimePhrase`]s in text order, never overlapping,
//! each with its value in ISO 8601 of reduced precision (`2025`, `2019-10`, `2019-05-01`) and its kind: only a
//! [`TimeKind::Deadline`] governs what stands behind it. Years are never guessed from a clock.
//!
//! | text | value | kind |
//! |---|---|---|
//! | 到2025年 | 2025 | deadline |
//! | 2019年“五一”前 | 2019-05-01 | deadline |
//! | 下半年 | the plan's year, 12 | deadline |
//! | “十四五”期间 | 2025 | deadline |
//! | 比2020年 | 2020 | baseline |
//! | 每年3月底前 | | recurring |
//! | 自2021年起 | 2021 | start |

mod phrase;
mod stretch;
mod within;

use super::Context;
use std::ops::Range;

/// What a time phrase does in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeKind {
    /// By then something is to be done.
    Deadline,
    /// The old value's time: 比2020年.
    Baseline,
    /// From then on: 自2021年起.
    Start,
    /// Every year again: 每年3月底前.
    Recurring,
    /// A time in which something is allowed: 2019年1月1日至12月31日.
    Window,
    /// Over already: 截至2021年底.
    Past,
    /// Part of a name: “十四五”规划, 2023年度.
    Attribute,
}

/// A stretch of text that names a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimePhrase {
    /// The phrase with its preposition and what closes it (到2025年底, 3年内).
    pub range: Range<usize>,
    /// True where a preposition opens it (到, 至, 在 …).
    pub led: bool,
    /// The period named, where it can be told.
    pub value: Option<String>,
    /// What it does.
    pub kind: TimeKind,
    /// The rule that read it.
    pub rule: super::Rule,
}

/// All time phrases of `text`.
pub fn phrases(text: &str, context: &Context) -> Vec<TimePhrase> {
    phrase::scan(text, context)
}

/// The period that the words of a time limit name (`2021年6月底`).
pub fn limit(text: &str, context: &Context) -> Option<String> {
    phrases(text, context)
        .into_iter()
        .rfind(|p| matches!(p.kind, TimeKind::Deadline | TimeKind::Attribute | TimeKind::Past | TimeKind::Window))
        .and_then(|p| p.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_the_last_time_that_its_words_name() {
        let context = Context { plan_year: Some(2021), ..Context::default() };
        for (words, value) in
            [("2021年6月底", Some("2021-06")), ("2021年3月至2022年10月底前", Some("2022-10")), ("长期坚持", None)]
        {
            assert_eq!(limit(words, &context).as_deref(), value, "{words}");
        }
    }
}
