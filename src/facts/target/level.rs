//! Levels and changes: a subject that reaches a value, or moves by one.

use super::number::Reader;
use super::reading::{Ctx, Reading};
use super::trim;
use super::verb::{acting, acting_at_end, attached_noun, ends_in_measure, is_scope, object_ends, without_comparison};
use super::words::{DOWN, REACH, UP};
use crate::facts::Change;
use crate::facts::quantity::{Dimension, Quantity};

impl Reader<'_> {
    /// 由原来的20万元提高到30万元.
    pub(super) fn raised(&self, ctx: &Ctx, run: &[Quantity]) -> Reading {
        let subject = self.subject(ctx.bare);
        let start = ctx.start + trim::lead(ctx.bare, true);
        Reading::new("target.raised", start, run, subject)
    }

    /// 下降18%, 翻一番.
    pub(super) fn change(&self, ctx: &Ctx, run: &[Quantity]) -> Option<Reading> {
        let first = run.first()?;
        let up = trim::closing(ctx.level, &UP);
        let down = trim::closing(ctx.level, &DOWN);
        let (verb, change) = if first.doubling {
            ("", Change::Up)
        } else {
            match (up, down) {
                (Some(up), Some(down)) if up.len() >= down.len() => (up, Change::Up),
                (_, Some(down)) => (down, Change::Down),
                (Some(up), None) => (up, Change::Up),
                (None, None) => return None,
            }
        };
        let subject_words = ctx.level.strip_suffix(verb)?;
        if first.is_count() || first.unit.is_none() && subject_words.is_empty() {
            return None;
        }
        // 增加200张床位 adds things; 提高 and 下降 change a level.
        if matches!(verb, "增加" | "扩大" | "增" | "减") && !first.is_ratio() {
            return None;
        }
        let bare = trim::without_adverbs(subject_words);
        let against = bare;
        let bare = without_comparison(bare);
        let against = against.get(bare.len()..).unwrap_or_default().trim_start_matches("分别");
        let yearly = ctx.adverbs.contains("年均") || subject_words.ends_with("年均");
        let subject = self.subject_of(ctx, bare);
        let mut reading = Reading::new("target.change", self.level_start(ctx, bare), run, subject);
        // The indicator keeps what the change is against: 能耗比2020年下降.
        reading.after = format!("{against}{}{verb}", if yearly { "年均" } else { "" });
        reading.subject.push_str(against);
        if first.doubling {
            "翻番".clone_into(&mut reading.after);
        }
        reading.change = Some(change);
        Some(reading)
    }

    /// 比例达到70%, 病种数不少于4000个.
    pub(super) fn level(&self, ctx: &Ctx, run: &[Quantity], compared: bool) -> Option<Reading> {
        let first = run.first()?;
        if first.unit.is_none() && attached_noun(ctx.right) {
            return None; // 18层: a measure word that no table knows
        }
        // 按不低于采购额的30%: a yardstick.
        let yardstick =
            matches!(ctx.bare, "按" | "按照") || ctx.bare.starts_with("按不") || ctx.bare.starts_with("按照不");
        if yardstick {
            return None;
        }
        let verb = trim::closing(ctx.level, &REACH);
        // 为 and 占 and 实现 and 保持 say less than 达到: they need a measure in front.
        let verb = verb.filter(|v| !(matches!(*v, "为" | "占" | "实现" | "保持") && !first.is_ratio() && !compared));
        let whole = verb.and_then(|v| ctx.level.strip_suffix(v)).unwrap_or(ctx.level);
        let words = trim::without_adverbs(whole);
        let each =
            whole.get(words.len()..).is_some_and(|adverbs| adverbs.contains(['均', '都']) && !adverbs.contains("年均"));
        // 超过上年度平均工资的3倍: compared with a base of its own.
        let based = ctx.far.filter(|(at, len)| {
            let gap = ctx.bare.get(at + len..).unwrap_or_default();
            first.is_ratio()
                && !gap.is_empty()
                && !gap.contains(',')
                && trim::closing(trim::without_adverbs(gap), &UP).is_none()
        });
        if let Some((at, _)) = based {
            let subject_words = trim::without_adverbs(ctx.bare.get(..at).unwrap_or_default());
            let subject = if subject_words.is_empty() { self.inherited() } else { self.subject(subject_words) };
            return Some(Reading::new("target.level-of-base", ctx.start, run, subject));
        }
        if verb.is_none() && !bare_level(ctx, first, words, compared) {
            return None;
        }
        let sized = !first.is_ratio() && attached_noun(ctx.right) && (first.back.is_some() || compared);
        if is_scope(ctx.right) || sized {
            return None;
        }
        // 16—24岁, 65岁以上 tell who is meant; only a life's length is an aim.
        if first.dimension == Dimension::Age && !(words.ends_with("寿命") || words.ends_with("年龄")) {
            return None;
        }
        let subject = self.subject_of(ctx, words);
        let mut reading = Reading::new("target.level", self.level_start(ctx, words), run, subject);
        reading.each = each;
        Some(reading)
    }

    /// Where the wording of a level begins: at its subject, which may stand before a time inside.
    pub(super) fn level_start(&self, ctx: &Ctx, words: &str) -> usize {
        if self.dated && ctx.start + ctx.shift == self.body {
            return self.range.start;
        }
        if trim::subject(words).is_empty() && !trim::subject(ctx.prior).is_empty() {
            return ctx.prior_start + trim::lead(ctx.prior, true);
        }
        if ctx.shift > 0 { ctx.start } else { ctx.start + trim::lead(ctx.bare, true) }
    }

    pub(super) fn subject_of(&self, ctx: &Ctx, words: &str) -> String {
        if !trim::subject(words).is_empty() {
            return self.subject(words);
        }
        if trim::subject(ctx.prior).is_empty() { self.inherited() } else { self.subject(ctx.prior) }
    }
}

/// A number without a verb of reaching is a level only behind a measure (病种数450个) or a comparison.
fn bare_level(ctx: &Ctx, first: &Quantity, words: &str, compared: bool) -> bool {
    // 工业技改投资超过50亿元: the verb at the end is the noun that is measured.
    let noun = compared && !first.is_count() && ctx.right.is_empty() && words.chars().count() > 3;
    let acts = acting_at_end(words);
    if first.chinese && !compared || words.starts_with('对') || acts && !noun {
        return false;
    }
    if ends_in_measure(words) {
        let timed = first.dimension != Dimension::Time || words.contains('时') || words.contains("周期");
        return compared || first.unit.is_some() && timed;
    }
    let subject = acts || acting(words).is_none() && !words.is_empty();
    compared && !first.is_count() && subject && (!first.is_ratio() || object_ends(ctx.right))
}
