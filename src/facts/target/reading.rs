//! What a reading of a number sees, and what it gives.

use crate::facts::quantity::Quantity;
use crate::facts::{Change, Rule};

pub(super) struct Ctx<'a> {
    pub(super) start: usize,
    /// Bytes between `start` and `bare`: a time that stays in the wording.
    pub(super) shift: usize,
    /// The words before a time inside the statement.
    pub(super) prior: &'a str,
    pub(super) prior_start: usize,
    /// From the last target's end to the number, comparison left out.
    pub(super) bare: &'a str,
    /// The same without closing adverbs.
    pub(super) level: &'a str,
    pub(super) adverbs: &'a str,
    pub(super) right: &'a str,
    pub(super) whole_right: &'a str,
    pub(super) far: Option<(usize, usize)>,
}

pub(super) struct Reading {
    pub(super) rule: Rule,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) before: String,
    pub(super) listed: String,
    pub(super) after: String,
    pub(super) subject: String,
    pub(super) verb: String,
    pub(super) change: Option<Change>,
    pub(super) object_behind: bool,
    /// 均 said of several subjects: one target each.
    pub(super) each: bool,
}

impl Reading {
    pub(super) fn new(rule: Rule, start: usize, run: &[Quantity], subject: String) -> Self {
        Self {
            rule,
            start,
            end: run.last().map_or(start, |q| q.range.end),
            before: String::new(),
            listed: subject.clone(),
            after: String::new(),
            subject,
            verb: String::new(),
            change: None,
            object_behind: false,
            each: false,
        }
    }
}
