//! Offers: money that a statement gives to those who apply, which is no aim of the giver.

use super::words::{GIVEN, OFFERS};
use crate::facts::quantity::{Dimension, Quantity};
use crate::text::Words;
use crate::text::work::{self, Stage};
use regex::Regex;
use std::sync::LazyLock;

/// A standard, share or fund that government itself raises or keeps.
pub(super) static DUTY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("(?:标准|比例|限额|额度|总量|水平|经费|资金|投入|总额)[^,]{0,24}(?:提高|增加|达到|达|不低于|不少于|调整|提升|增至|不得超过|上调)").ok()
});

/// Whether a statement gives money away, asked once for all its numbers.
#[allow(clippy::struct_excessive_bools, reason = "four independent findings about one statement")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offer {
    /// 给予, 奖励 …: no aim of the giver.
    given: bool,
    /// 给予 or 奖励 itself: even the counts in it are conditions.
    outright: bool,
    /// 补助, 贴息 … without a standard that is raised.
    offered: bool,
    /// 最高 behind a statement of giving.
    before: bool,
}

impl Offer {
    /// Reads a statement and the one before it.
    pub fn of(statement: &str, previous: &str) -> Self {
        static GIVING: LazyLock<Words> = LazyLock::new(|| Words::of(GIVEN));
        static OFFERING: LazyLock<Words> = LazyLock::new(|| Words::of(OFFERS));
        static LIMITS: LazyLock<Words> = LazyLock::new(|| Words::of(["最高", "单个", "每家", "不超过"]));
        work::count(Stage::Target, statement.len() + previous.len());
        let duty = || DUTY.as_ref().is_some_and(|r| r.is_match(statement));
        let given = GIVING.within(statement);
        Self {
            given,
            outright: given && (statement.contains("给予") || statement.contains("奖励")),
            offered: OFFERING.within(statement) && !duty(),
            before: LIMITS.within(statement) && (GIVING.within(previous) || OFFERING.within(previous)) && !duty(),
        }
    }

    /// True where the number is what is given: money, a share of it, and the counts of an outright gift.
    pub fn covers(self, q: &Quantity) -> bool {
        let money = q.dimension == Dimension::Money;
        let share = money || q.is_ratio() || q.unit.is_none();
        if self.given {
            return share || self.outright;
        }
        (self.offered && share) || (self.before && money)
    }
}

/// True for a sentence that offers something to those it begins with (对新认定的企业,…给予补助).
pub(super) fn gift(sentence: &str) -> bool {
    static GIVES: LazyLock<Words> =
        LazyLock::new(|| Words::of(["给予", "予以", "奖励", "补助", "补贴", "资助", "贴息", "减免"]));
    let towards = ["对", "凡", "首次", "新获", "获得"].iter().any(|word| sentence.starts_with(word));
    towards && GIVES.within(sentence) && !DUTY.as_ref().is_some_and(|r| r.is_match(sentence))
}
