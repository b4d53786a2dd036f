//! Counts and rhythms: so many things are built, so often something is done.

use super::number::{PERIOD, Reader};
use super::reading::{Ctx, Reading};
use super::trim;
use super::verb::{Kind, acting, attached_noun, before_last_sign, is_scope, strip_comparison, strip_far, without_act};
use super::words::MAKE;
use crate::facts::Op;
use crate::facts::deadline::TimeKind;
use crate::facts::quantity::{Dimension, Quantity};

impl Reader<'_> {
    /// 每年至少1次, 每年一次, 各1次.
    pub(super) fn rhythm(&self, ctx: &Ctx, run: &[Quantity]) -> Option<Reading> {
        let first = run.first()?;
        if first.dimension != Dimension::Frequency && first.unit.as_deref() != Some("场次") {
            return None;
        }
        let period = PERIOD.as_ref().and_then(|r| r.find(ctx.bare));
        let each = ctx.bare.ends_with('各');
        period.as_ref().or(each.then_some(()).and(period.as_ref()))?;
        let last = run.last()?;
        let object = trim::object(ctx.right);
        let at = period.map_or(0, |m| m.start());
        let adjacent =
            period.is_some_and(|m| trim::without_adverbs(ctx.bare.get(m.end()..).unwrap_or_default()).is_empty());
        let before = ctx.bare.get(..at).unwrap_or_default();
        let between = period.map_or(ctx.bare, |m| ctx.bare.get(m.end()..).unwrap_or_default());
        let between = strip_comparison(between.trim_end_matches('各'));
        let between = trim::without_adverbs(between);
        let (start, listed, after) = if adjacent && !before.is_empty() {
            // 开展每年一次…评估
            (ctx.start, without_act(object).to_owned(), String::new())
        } else if !object.is_empty() {
            (
                ctx.start + ctx.shift + at,
                if MAKE.contains(&between) { String::new() } else { between.to_owned() },
                object.to_owned(),
            )
        } else {
            let thing = without_act(between);
            let own = if thing.is_empty() { self.subject(before) } else { thing.to_owned() };
            (ctx.start + ctx.shift + at, own, String::new())
        };
        let listed = if listed.is_empty() && after.is_empty() { self.subject(before) } else { listed };
        let mut reading = Reading::new("target.rhythm", start, run, listed);
        reading.after = after;
        reading.end = last.range.end + object.len();
        Some(reading)
    }

    /// 建成10个…, 每个县至少设立1个…, 新建农田665万亩.
    pub(super) fn count(&self, ctx: &Ctx, run: &[Quantity], compared: bool, later: bool) -> Option<Reading> {
        let (first, last) = (run.first()?, run.last()?);
        if matches!(first.dimension, Dimension::Rank | Dimension::Age | Dimension::Numeral | Dimension::Score)
            || first.unit.is_none() && !compared
        {
            return None;
        }
        if first.is_ratio() || is_scope(ctx.right) && acting(ctx.level).is_none() {
            return None;
        }
        let bound = compared || ctx.far.is_some() || first.back.is_some() || first.value_high.is_some();
        if matches!(first.dimension, Dimension::Time | Dimension::Study) && !(bound && (compared || ctx.far.is_some()))
        {
            return None;
        }
        let words = strip_comparison(ctx.level);
        let whole =
            ["全省", "全市", "全县", "全区", "全州", "全国"].iter().any(|w| words.ends_with(w)) && first.is_count();
        let named = [
            "对", "在", "以", "为", "围绕", "针对", "将", "等", "该", "上述", "以下", "现有", "首批", "前", "后",
            "其他",
        ];
        if (whole || named.iter().any(|w| words.ends_with(w)))
            && !(words.ends_with('等') && (words.contains("完成") || self.carried_verb(later)))
        {
            return None;
        }
        let each =
            words.starts_with("每个") || words.contains("每个") || words.starts_with("各") || words.contains("每");
        let bare = strip_comparison(ctx.bare);
        let found = acting(words).map(|found| (words, found)).or_else(|| acting(bare).map(|found| (bare, found)));
        let (words, (at, verb, kind)) = match found {
            Some(found) => found,
            // 完成甲等6条水流、乙等12个保护地…: the verb holds for the list.
            None if words.ends_with('等') && self.carried_verb(later) => (words, (0, "", Kind::Act)),
            // 每月刊播广告不少于60条, 每年修缮建筑10—15处: so many in a period are an obligation, whatever the verb.
            // 为老年人体检不少于2万人次: so is 不少于 by itself, but for what one must have to apply.
            None if bound => {
                let period = PERIOD.as_ref().and_then(|r| r.find(words)).filter(|m| m.as_str().starts_with('每'));
                let has = ["具有", "具备", "应有", "须有", "申报", "申请"].iter().any(|w| words.contains(w));
                let at_least =
                    matches!(first.front, Some((Op::AtLeast, _))) && first.is_count() && !words.is_empty() && !has;
                let from = period.map(|m| m.end()).or(at_least.then_some(0))?;
                (words, (from, "", Kind::Act))
            }
            None => return None,
        };
        // 完成农田建设30万亩: a verb right before the number, with one in front of it, is a noun.
        let governed = words.get(at + verb.len()..).is_some_and(str::is_empty) && trim::object(ctx.right).is_empty();
        let earlier =
            words.get(..at).and_then(acting).filter(|(a, v, k)| governed && *k != Kind::Urge && a + v.len() < at);
        let (at, verb, kind) = earlier.unwrap_or((at, verb, kind));
        let thing = words.get(at + verb.len()..).unwrap_or_default();
        let subject = strip_far(words.get(..at).unwrap_or_default());
        if first.chinese
            && !(compared
                || ctx.far.is_some()
                || each
                || first.value_high.is_some() // 两至三个 is no name, as 三大 is
                || ctx.bare.ends_with('各')
                || (first.value > 1.0 && kind == Kind::Make && first.back.is_some()))
        {
            return None;
        }
        let timed = self.carried.timed
            || self.times.iter().any(|t| t.kind == TimeKind::Deadline && t.range.end <= first.range.start);
        // 选择甲、乙、丙3个城市: how many are named. 35蒸吨以下锅炉: the size of the things.
        let named = words.get(at + verb.len()..).is_some_and(|thing| thing.contains('、') && !thing.contains('等'))
            && attached_noun(ctx.right)
            && !bound;
        let small = first.back == Some(Op::AtMost) && attached_noun(ctx.right) && !first.is_count();
        if named || small {
            return None;
        }
        let obliged = matches!(first.front, Some((Op::AtLeast, _))) || ctx.far.is_some();
        if first.unit.as_deref() == Some("批") && first.chinese && !obliged {
            return None; // 一批 is a figure of speech
        }
        let vowed = matches!(verb, "力争" | "争取" | "确保");
        if kind == Kind::Urge && !(bound || timed || each || vowed) {
            return None;
        }
        if thing.ends_with('的') && !thing.ends_with("目的") {
            return None;
        }
        let object = trim::object(ctx.right);
        let multiple = ctx.right.len() != ctx.whole_right.len();
        let object = if multiple { before_last_sign(object) } else { object };
        let measure = !first.is_count();
        // 投资500万元以上技改项目: the size of the things, not their number.
        let adjacent = thing.is_empty();
        if measure && bound && attached_noun(ctx.right) && !adjacent {
            return None;
        }
        if measure && object.starts_with('的') && !adjacent && kind != Kind::Make {
            return None;
        }
        if ["个方面", "个环节", "个统一", "个层面", "个阶段", "个步骤"]
            .iter()
            .any(|w| self.get(first.core.start..last.range.end + ctx.right.len()).contains(w))
        {
            return None;
        }
        // 500米服务半径全覆盖: the distance is the yardstick.
        if measure && object.contains("全覆盖") {
            return None;
        }
        let object = object.strip_prefix('的').unwrap_or(object);
        let subject_name = trim::subject(subject);
        let own_subject =
            if subject_name.is_empty() || !(each || names_actor(subject_name)) { "" } else { subject_name };
        let said = if kind == Kind::Act { verb } else { "" };
        let before = format!("{own_subject}{said}");
        let thing = if ctx.bare.ends_with('各') { thing.trim_end_matches('各') } else { thing };
        let (listed, after) =
            if thing.is_empty() { (object.to_owned(), String::new()) } else { (thing.to_owned(), object.to_owned()) };
        // 大凌河等6条水流: the named ones stand for the kind that follows.
        let (listed, after) =
            if listed.ends_with('等') && !after.is_empty() { (after, String::new()) } else { (listed, after) };
        let restriction = without_act(trim::without_adverbs(&listed)).to_owned();
        let mut reading =
            Reading::new("target.count", 0, run, if restriction.is_empty() { listed } else { restriction });
        reading.before = before;
        reading.after = after;
        verb.clone_into(&mut reading.verb);
        reading.start = self.count_start(ctx, at, each);
        reading.end = last.range.end
            + (trim::object(ctx.right).len().min(if multiple {
                before_last_sign(trim::object(ctx.right)).len()
            } else {
                usize::MAX
            }));
        reading.object_behind = run.len() > 1;
        Some(reading)
    }

    /// True where a verb of completion earlier in the statement governs a list.
    pub(super) fn carried_verb(&self, later: bool) -> bool {
        later && self.get(self.body..self.range.end).starts_with("完成")
    }

    pub(super) fn count_start(&self, ctx: &Ctx, verb: usize, each: bool) -> usize {
        let period = ctx
            .bare
            .find("每年")
            .or_else(|| ctx.bare.find("每个"))
            .or_else(|| ctx.bare.find("每季度"))
            .filter(|at| *at <= verb);
        if let Some(at) = period {
            return ctx.start + ctx.shift + at;
        }
        if ctx.shift > 0 {
            return ctx.start;
        }
        let _ = each;
        if self.dated {
            return self.range.start;
        }
        ctx.start + if verb == 0 { 0 } else { trim::lead(ctx.bare, true).min(verb) }
    }

    /// 国家重点专科240个 behind a target of the same list.
    pub(super) fn elliptic(&self, ctx: &Ctx, run: &[Quantity], later: bool) -> Option<Reading> {
        let first = run.first()?;
        // A list goes on; or a time rules and the statement is a thing and its number (到2023年,示范项目10个).
        let plain = self.carried.timed && ctx.right.is_empty() && first.is_count() && ctx.level.chars().count() > 3;
        if !(self.carried.follows || later || plain)
            || matches!(first.dimension, Dimension::Rank | Dimension::Age | Dimension::Time | Dimension::Numeral)
            || first.unit.is_none()
            || first.chinese
        {
            return None;
        }
        let words = strip_comparison(ctx.level);
        let object = if ctx.right.starts_with(['、', '和', '及', '与']) { "" } else { trim::object(ctx.right) };
        let bound = first.front.is_some() || first.back.is_some() || first.value_high.is_some();
        if is_scope(ctx.right) || (!object.is_empty() && attached_noun(ctx.right) && !words.is_empty()) {
            return None;
        }
        if words.is_empty() && (object.is_empty() || !first.is_count() && bound) {
            return None;
        }
        // 超过1000人规模的学校必须配备…: a condition.
        if first.front.is_some() && words.is_empty() && object.contains('的') {
            return None;
        }
        if ["对", "在", "以", "为", "围绕", "将", "等", "前", "由", "按"]
            .iter()
            .any(|w| words.ends_with(w) || words.starts_with(w))
        {
            return None;
        }
        let mut reading = Reading::new("target.list", ctx.start, run, format!("{}{object}", trim::subject(words)));
        reading.end = run.last()?.range.end + object.len();
        Some(reading)
    }
}

/// A subject that acts (全省公共机构实施…) rather than the level that does so (市级, 市).
fn names_actor(subject: &str) -> bool {
    subject.chars().count() >= 4 && !subject.ends_with(['级', '等']) && !subject.ends_with("领域")
}
