//! Shares: so many of a subject do something (80%以上的学校开设…).

use super::list;
use super::number::Reader;
use super::reading::{Ctx, Reading};
use super::trim;
use super::verb::{before_last_sign, ends_in_measure, is_scope, object_ends, without_act};
use super::words::{PLACES, PREDICATES};
use crate::facts::quantity::{Dimension, Quantity};
use crate::text::Words;
use std::sync::LazyLock;

impl Reader<'_> {
    /// 95%以上的医院开设老年医学科, 签约100%全覆盖, 占30%以上, 覆盖80%以上医院.
    pub(super) fn share(&self, ctx: &Ctx, run: &[Quantity], later: bool) -> Option<Reading> {
        let first = run.first()?;
        if !first.is_ratio() || first.dimension == Dimension::Difference || first.unit.as_deref() == Some("倍") {
            return None;
        }
        if ["按", "按照", "以", "为"].iter().any(|w| ctx.level.ends_with(w))
            || ctx.bare.contains("按照")
            || ctx.bare.starts_with('按')
        {
            return None;
        }
        if let Some(at) = ctx.bare.rfind('占').filter(|_| object_ends(ctx.right)) {
            let _ = at;
            let subject = self.subject(ctx.bare);
            return Some(Reading::new("target.share-of-base", ctx.start + trim::lead(ctx.bare, true), run, subject));
        }
        // 节能率15%及以上的建筑: the share describes which.
        if is_scope(ctx.right) && ends_in_measure(ctx.level) {
            return None;
        }
        let object = trim::object(ctx.right);
        let last = run.last()?;
        if let Some(words) = ctx.level.strip_suffix("覆盖") {
            let subject = self.subject(words);
            let mut reading =
                Reading::new("target.share-covered", ctx.start + trim::lead(ctx.bare, true), run, subject);
            "覆盖".clone_into(&mut reading.after);
            reading.end = last.range.end + object.len();
            return Some(reading);
        }
        if object.is_empty() {
            return None;
        }
        if let Some(after) = object.strip_prefix("全覆盖") {
            let mut reading =
                Reading::new("target.share-full", ctx.start + trim::lead(ctx.bare, true), run, self.subject(ctx.bare));
            reading.end = last.range.end + object.len() - after.len();
            return Some(reading);
        }
        // Behind the number stands who, then what they do.
        let multiple = ctx.right.len() != ctx.whole_right.len();
        let object = if multiple { before_last_sign(object) } else { object };
        let who = object.strip_prefix('的').unwrap_or(object);
        let tail = trim::object(ctx.whole_right);
        let predicate = predicate(tail);
        let (name, does) = match predicate_at(who) {
            Some(at) => (who.get(..at).unwrap_or_default(), who.get(at..).unwrap_or_default()),
            None => (who, predicate.unwrap_or_default()),
        };
        if does.is_empty() && !(first.back.is_some() || first.front.is_some() || self.carried.timed) {
            return None;
        }
        if does.is_empty() && name.ends_with("标准") {
            return None;
        }
        let own = ctx.bare.rfind(['、', '和', '及']).filter(|_| later).map_or(ctx.bare, |at| {
            let rest = ctx.bare.get(at..).unwrap_or_default();
            rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default()
        });
        let before = trim::subject(own.strip_prefix('在').unwrap_or(own));
        let before = before.strip_prefix("完成").unwrap_or(before);
        let before = if PLACES.contains(&before) { "" } else { without_act(before) };
        let name = if does.is_empty() || !multiple { name.to_owned() } else { self.whole_name(name, tail) };
        let mut reading = Reading::new("target.share-of-subject", 0, run, format!("{before}{name}"));
        does.clone_into(&mut reading.after);
        let shift = match later {
            true => ctx.bare.len() - own.len(),
            false if matches!(ctx.bare, "实现" | "力争实现" | "确保" | "推动" | "支持") => ctx.bare.len(),
            false => trim::lead(ctx.bare, true),
        };
        reading.start = if self.dated && !later { self.range.start } else { ctx.start + shift };
        if let Some((_, at)) = first.front {
            reading.start = reading.start.min(at);
        }
        reading.end = last.range.end + object.len();
        Some(reading)
    }

    /// 省级 of 省级、70%的县级党政机关: the tail that the last of the list bears.
    pub(super) fn whole_name(&self, name: &str, tail: &str) -> String {
        let last = self.quantities.last().map_or("", |q| self.get(q.range.end..self.range.end));
        let last = if last.is_empty() { tail } else { last };
        let last = last.strip_prefix('的').unwrap_or(last);
        let noun = predicate_at(last).and_then(|at| last.get(..at)).unwrap_or(last);
        list::with_tail(name, noun)
    }
}

/// Where a predicate begins in a noun phrase with a verb behind it.
fn predicate_at(words: &str) -> Option<usize> {
    static VERBS: LazyLock<Words> = LazyLock::new(|| Words::of(PREDICATES));
    // Of each verb the first place counts.
    let mut seen = [false; PREDICATES.len()];
    VERBS
        .occurrences(words)
        .find(|(number, at)| {
            let again = seen.get_mut(*number).is_none_or(|seen| std::mem::replace(seen, true));
            !again && *at > 3
        })
        .map(|(_, at)| at)
}

fn predicate(words: &str) -> Option<&str> {
    let at = predicate_at(words)?;
    words.get(at..)
}
