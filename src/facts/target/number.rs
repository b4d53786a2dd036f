//! Numbers in a statement: which of them somebody is obliged to reach, and what they measure.
//!
//! In: one statement, its quantities, what holds from before. Out: targets. Each reading has a name (`target.level`,
//! `target.share` …); a number that no reading takes is none: it is a scope, a condition, a name or a count of what
//! there is.

use super::list;
use super::trim;
use super::words::{ACT, DOWN, GIVEN, MAKE, MEASURES, OFFERS, PLACES, PREDICATES, REACH, UP, URGE};
use crate::facts::deadline::{TimeKind, TimePhrase};
use crate::facts::quantity::{self, Quantity};
use crate::facts::{Change, Op, Rule};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// What a statement inherits from those before it.
#[derive(Debug, Clone, Default)]
pub struct Carried {
    /// Subject of the last target of the sentence or paragraph.
    pub subject: String,
    /// The statement before, as words.
    pub previous: String,
    /// True where the statement before gave a target of the same sentence.
    pub follows: bool,
    /// 每年 said of the statement before.
    pub per: Option<String>,
    /// A deadline holds.
    pub timed: bool,
}

/// A target as the statement gives it, deadline still open.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The words that state it.
    pub range: Range<usize>,
    /// What is measured.
    pub indicator: String,
    /// The quantity's comparison.
    pub op: Op,
    /// The value.
    pub value: f64,
    /// The upper end.
    pub value_high: Option<f64>,
    /// The unit.
    pub unit: Option<String>,
    /// The period.
    pub per: Option<String>,
    /// The old value.
    pub baseline: Option<f64>,
    /// Direction of change.
    pub change: Option<Change>,
    /// Where the number stands, to find the time that governs it.
    pub at: usize,
    /// The reading that took it.
    pub rule: Rule,
    /// What a later statement may inherit: the subject without its verb.
    pub subject: String,
    /// The verb.
    pub verb: String,
}

/// 每千人口, 每百户, 每万名老年人: the base of a rate.
static BASE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("每((?:[0-9]+)?[十百千万亿]+(?:常住人口|人口|人|户|名|张|公里|平方公里|亩|元|件|例)?|平方公里|平方米|公里|公顷|亩)(口)?").ok()
});
/// 每年, 年均, 每季度: the period of a rate.
static PERIOD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("每个?(半年|学年|学期|季度|年度|年|月|周|日|天)|(年均)|(一年|每年)$|(年度)内?(?:至少|不少于)").ok()
});
/// From the old value to the new one.
static RISE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("^(?:的)?(?:,)?[^,、]{0,12}?(?:提高|提升|增加|增长|扩大|扩展|扩充|上调|调整|调高|调减|上升|下降|降低|降|增|缩短|压缩|压减|缩减|缩|下调|减少|延长|放宽|升|变)[^,、0-9]{0,3}?(?:到|至|为)?[^,、0-9]{0,6}$").ok()
});
/// What is over or there already.
static DONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("已(?:经|有|完|达|累|实现|形成|开展|建成|建立|投|培|超|覆|组|创|全部|基本|获|连续|在|初步|超过|突破)|(?:^|[^由从])目前|现有[^,]{0,8}[0-9]|截至|截止|超额完成|^(?:去年|上年)|完成了|达到了|建成了|建立了|实现了|增长了|下降了|提高了").ok()
});

/// A standard, share or fund that government itself raises or keeps.
static DUTY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("(?:标准|比例|限额|额度|总量|水平|经费|资金|投入|总额)[^,]{0,24}(?:提高|增加|达到|达|不低于|不少于|调整|提升|增至|不得超过|上调)").ok()
});

/// True where a statement tells what is over or there already.
pub fn done(statement: &str) -> bool {
    DONE.as_ref().is_some_and(|r| r.is_match(statement))
}

/// A statement with its quantities.
pub struct Reader<'a> {
    /// The passage.
    pub text: &'a str,
    /// The statement.
    pub range: Range<usize>,
    /// Where its words begin behind a time phrase that opens it.
    pub body: usize,
    /// True where a time phrase without preposition opens the statement: it stays in its wording.
    pub dated: bool,
    /// Its quantities.
    pub quantities: &'a [Quantity],
    /// The deadline phrases inside it, behind its first words.
    pub times: &'a [TimePhrase],
    /// What is inherited.
    pub carried: &'a Carried,
    /// What the statement says of giving money away.
    pub offer: Offer,
}

/// Whether a statement gives money away, asked once for all its numbers.
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
        let has = |words: &[&str], text: &str| words.iter().any(|word| text.contains(word));
        let duty = DUTY.as_ref().is_some_and(|r| r.is_match(statement));
        Self {
            given: has(&GIVEN, statement),
            outright: has(&["给予", "奖励"], statement),
            offered: !duty && has(&OFFERS, statement),
            before: !duty && statement.contains("最高") && (has(&GIVEN, previous) || has(&OFFERS, previous)),
        }
    }
}

/// Bytes of a statement around a number that may bear on it; more would be no sentence but a list.
const REACH_OF_WORDS: usize = 720;

impl Reader<'_> {
    fn get(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// All targets of the statement.
    pub fn read(&self) -> Vec<Found> {
        let statement = self.get(self.range.clone());
        if done(statement) {
            return Vec::new();
        }
        if statement.ends_with('的') && self.quantities.last().is_some_and(|q| self.range.end - q.range.end <= 6) {
            return Vec::new(); // 年销售收入首次达到2000万元的: a condition
        }
        let runs = self.runs();
        let mut out: Vec<Found> = Vec::new();
        let mut from = self.body;
        let mut skip = false;
        for (i, run) in runs.iter().enumerate() {
            if std::mem::take(&mut skip) {
                // already read with its old value
            }
            let next = runs.get(i + 1);
            if let Some(next) = next {
                if self.is_baseline(run, next) {
                    continue;
                }
            }
            let old = i.checked_sub(1).and_then(|b| runs.get(b)).filter(|old| self.is_baseline(old, run));
            let rest = next.map_or(self.range.end, |next| self.start(next));
            let found = self.run(from, run, old.map(Vec::as_slice), rest, !out.is_empty());
            if !found.is_empty() {
                from = run.last().map_or(from, |q| q.range.end);
                out.extend(found);
            }
        }
        out
    }

    /// Quantities that stand side by side (150个、300个以上).
    fn runs(&self) -> Vec<Vec<Quantity>> {
        let mut out: Vec<Vec<Quantity>> = Vec::new();
        // 二级, 三级: a grade tells which things, never how many.
        for q in self.quantities.iter().filter(|q| q.dimension != "rank" && !(q.chinese && q.dimension == "time")) {
            if let Some(last) = out.last_mut().and_then(|run| run.last()) {
                let between = self.get(last.range.end..q.range.start);
                if matches!(between, "、" | "和" | "及" | "或" | "以及" | "与" | ",") && last.is_ratio() == q.is_ratio()
                {
                    if let Some(run) = out.last_mut() {
                        run.push(q.clone());
                    }
                    continue;
                }
            }
            out.push(vec![q.clone()]);
        }
        out
    }

    fn start(&self, run: &[Quantity]) -> usize {
        run.first().map_or(self.range.end, |q| q.front.map_or(q.range.start, |(_, at)| at))
    }

    /// 由原来的20万元 (提高到30万元).
    fn is_baseline(&self, old: &[Quantity], new: &[Quantity]) -> bool {
        let (Some(first), Some(last), Some(next)) = (old.first(), old.last(), new.first()) else { return false };
        let before = self.get(self.near_end(&(self.range.start..first.range.start))..first.range.start);
        let tail: String = before.chars().rev().take(16).collect::<Vec<_>>().into_iter().rev().collect();
        let from = tail.rfind(['由', '从']).is_some_and(|at| {
            let gap = tail.get(at + 3..).unwrap_or_default();
            !gap.contains([',', '、'])
                && (gap.is_empty()
                    || gap.contains(['原', '现', '的', '前', '年', '平', '行'])
                    || gap.chars().count() <= 4)
        });
        let origin = tail.ends_with('原') || tail.ends_with("原来的") || tail.ends_with("原来");
        (from || origin)
            && RISE.as_ref().is_some_and(|r| {
                r.is_match(self.get(last.range.end..next.front.map_or(next.range.start, |(_, at)| at)))
            })
    }

    fn baseline_start(&self, old: &[Quantity]) -> usize {
        let first = old.first().map_or(self.range.end, |q| q.range.start);
        let near = self.near_end(&(self.range.start..first));
        let before = self.get(near..first);
        before.rfind(['由', '从']).or_else(|| before.rfind('原')).map_or(first, |at| near + at)
    }

    #[allow(clippy::too_many_arguments)]
    fn run(&self, from: usize, run: &[Quantity], old: Option<&[Quantity]>, rest: usize, later: bool) -> Vec<Found> {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return Vec::new() };
        let head = old.map_or(first.range.start, |old| self.baseline_start(old));
        // A time inside: what stands behind it governs, unless that is no statement of its own (X到2025年达到30%).
        let inner = self.times.iter().rev().take(8).find(|t| {
            t.kind == TimeKind::Deadline
                && t.range.start >= from
                && t.range.end <= head
                && t.range.start > self.range.start
        });
        let from = self.near_end(&(from..head.max(from)));
        let prior_start = from;
        let (prior, from) = match inner {
            Some(time) if time.range.start > from => (self.get(from..time.range.start), time.range.end),
            _ => ("", from),
        };
        let left = self.get(from..head.max(from));
        let right = self.get(self.near_start(last.range.end..rest));
        let whole_right = self.get(self.near_start(last.range.end..self.range.end));
        let front = first.front.filter(|_| old.is_none());
        let bare_left = front.map_or(left, |(_, at)| self.get(from..at.max(from)));
        let link = trim::lead(bare_left, false);
        let bare = bare_left.get(link..).unwrap_or_default();
        let start = match inner {
            Some(time) if !time.led && !prior.is_empty() && link == 0 => time.range.start,
            _ => from + link,
        };
        let shift = from + link - start;
        if self.is_offer(first) || is_scheme(first, right) {
            return Vec::new();
        }
        let (level, adverbs) = split_adverbs(bare);
        let far = quantity::far(bare_left).filter(|_| front.is_none());
        let shared = first.front.filter(|_| run.len() > 1).map(|(op, _)| op);
        let op_of = |q: &Quantity| q.op().or(shared).or(far.map(|(op, ..)| op)).unwrap_or(Op::Equal);
        let ctx = Ctx {
            start,
            shift,
            prior,
            prior_start,
            bare,
            level,
            adverbs,
            right,
            whole_right,
            far: far.map(|(_, at, len)| (at, len)),
        };

        let reading = if let Some(old) = old {
            self.raised(&ctx, run, old)
        } else {
            None.or_else(|| self.change(&ctx, run))
                .or_else(|| self.level(&ctx, run, front.is_some()))
                .or_else(|| self.share(&ctx, run, later))
                .or_else(|| self.rhythm(&ctx, run))
                .or_else(|| self.count(&ctx, run, front.is_some(), later))
                .or_else(|| self.elliptic(&ctx, run, later))
        };
        let Some(reading) = reading else { return Vec::new() };
        let per = self.per(first, &ctx, &reading);
        let one_for_each = reading.each
            || ctx.adverbs.ends_with('均') && !ctx.adverbs.ends_with("年均")
            || ctx.adverbs.ends_with('都')
            || bare.ends_with('各');
        let names = list::items(&reading.listed);
        let names: Vec<String> = if run.len() > 1 && names.len() == run.len() {
            names
        } else if run.len() == 1 && names.len() > 1 && one_for_each {
            names
        } else {
            vec![reading.listed.clone()]
        };
        let count = run.len().max(names.len());
        let mut out = Vec::new();
        for i in 0..count {
            let Some(q) = run.get(i.min(run.len() - 1)) else { continue };
            let name = names.get(i.min(names.len().saturating_sub(1))).cloned().unwrap_or_default();
            let (from, to) = if run.len() > 1 && i > 0 {
                (q.range.start, if i + 1 == run.len() { reading.end.max(q.range.end) } else { q.range.end })
            } else if run.len() > 1 {
                (reading.start, q.range.end)
            } else {
                (reading.start, reading.end)
            };
            let to = if reading.object_behind && run.len() > 1 { q.range.end } else { to };
            out.push(Found {
                range: from..to,
                indicator: format!("{}{name}{}", reading.before, reading.after),
                op: op_of(q),
                value: q.value,
                value_high: q.value_high,
                unit: q.unit.clone(),
                per: per.clone(),
                baseline: old.and_then(|old| old.get(i.min(old.len() - 1))).map(|q| q.value),
                change: reading.change,
                at: q.range.start,
                rule: reading.rule,
                subject: reading.subject.clone(),
                verb: reading.verb.clone(),
            });
        }
        out
    }

    /// Money (or a share) offered to those who apply; a standard that government raises is its own duty.
    fn is_offer(&self, q: &Quantity) -> bool {
        let money = q.dimension.starts_with("money") || q.dimension == "price";
        let share = money || q.is_ratio() || q.unit.is_none();
        if self.offer.given {
            return share || self.offer.outright;
        }
        (self.offer.offered && share) || (self.offer.before && money)
    }

    /// At most so many bytes from the end of a range.
    fn near_end(&self, range: &Range<usize>) -> usize {
        let mut at = range.start.max(range.end.saturating_sub(REACH_OF_WORDS));
        while !self.text.is_char_boundary(at) {
            at += 1;
        }
        at.min(range.end)
    }

    /// At most so many bytes from the start of a range.
    fn near_start(&self, range: Range<usize>) -> Range<usize> {
        let mut end = range.end.min(range.start + REACH_OF_WORDS);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        range.start..end.max(range.start)
    }

    /// 由原来的20万元提高到30万元.
    fn raised(&self, ctx: &Ctx, run: &[Quantity], old: &[Quantity]) -> Option<Reading> {
        let subject = self.subject(ctx.bare);
        let _ = old;
        let start = ctx.start + trim::lead(ctx.bare, true);
        Some(Reading::new("target.raised", start, run, subject))
    }

    /// 下降18%, 翻一番.
    fn change(&self, ctx: &Ctx, run: &[Quantity]) -> Option<Reading> {
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
        if first.is_count()
            || matches!(first.dimension, "time" | "") && first.unit.is_none() && subject_words.is_empty()
        {
            return None;
        }
        // 增加200张床位 adds things; 提高 and 下降 change a level.
        if matches!(verb, "增加" | "扩大" | "增" | "减") && !first.is_ratio() {
            return None;
        }
        let bare = trim::without_adverbs(subject_words);
        let bare = without_comparison(bare);
        let yearly = ctx.adverbs.contains("年均") || subject_words.ends_with("年均");
        let subject = self.subject_of(ctx, bare);
        let mut reading = Reading::new("target.change", self.level_start(ctx, bare), run, subject);
        reading.after = format!("{}{verb}", if yearly { "年均" } else { "" });
        if first.doubling {
            reading.after = "翻番".to_owned();
        }
        reading.change = Some(change);
        Some(reading)
    }

    /// 比例达到70%, 病种数不少于4000个.
    fn level(&self, ctx: &Ctx, run: &[Quantity], compared: bool) -> Option<Reading> {
        let first = run.first()?;
        if first.unit.is_none() && attached_noun(ctx.right) {
            return None; // 18层: a measure word that no table knows
        }
        let verb = trim::closing(ctx.level, &REACH);
        // 为 and 占 and 实现 and 保持 say less than 达到: they need a measure in front.
        let verb = verb.filter(|v| !(matches!(*v, "为" | "占" | "实现" | "保持") && !first.is_ratio() && !compared));
        let whole = verb.and_then(|v| ctx.level.strip_suffix(v)).unwrap_or(ctx.level);
        let words = trim::without_adverbs(whole);
        let each =
            whole.get(words.len()..).is_some_and(|adverbs| adverbs.contains(['均', '都']) && !adverbs.contains("年均"));
        let measured = ends_in_measure(words);
        // 超过公益一类事业单位绩效工资总量的5倍: compared with a base of its own.
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
        if verb.is_none() && !measured && !(compared && !first.is_count()) {
            return None;
        }
        let noun =
            !first.is_count() && compared && ctx.right.is_empty() && words.chars().count() > 3 && acting_at_end(words);
        if verb.is_none() && !measured && !noun && (acting(words).is_some() || words.is_empty()) {
            return None;
        }
        if verb.is_none() && !compared && (!measured || first.unit.is_none()) {
            return None;
        }
        let noun = !first.is_count() && compared && ctx.right.is_empty() && words.chars().count() > 3;
        if verb.is_none() && (acting_at_end(words) && !noun || words.starts_with('对')) {
            return None;
        }
        if is_scope(ctx.right) {
            return None;
        }
        if !first.is_ratio() && !ctx.right.is_empty() && attached_noun(ctx.right) && (first.back.is_some() || compared)
        {
            return None;
        }
        if first.dimension == "time" && verb.is_none() && !(words.contains('时') || words.contains("周期") || compared)
        {
            return None;
        }
        // 16—24岁, 65岁以上 tell who is meant; only a life's length is an aim.
        if first.dimension == "age" && !(words.ends_with("寿命") || words.ends_with("年龄")) {
            return None;
        }
        let measured_by_share =
            first.is_ratio() && verb.is_none() && !measured && !(compared && object_ends(ctx.right));
        if measured_by_share {
            return None;
        }
        let subject = self.subject_of(ctx, words);
        let mut reading = Reading::new("target.level", self.level_start(ctx, words), run, subject);
        reading.each = each;
        Some(reading)
    }

    /// Where the wording of a level begins: at its subject, which may stand before a time inside.
    fn level_start(&self, ctx: &Ctx, words: &str) -> usize {
        if self.dated && ctx.start + ctx.shift == self.body {
            return self.range.start;
        }
        if trim::subject(words).is_empty() && !trim::subject(ctx.prior).is_empty() {
            return ctx.prior_start + trim::lead(ctx.prior, true);
        }
        if ctx.shift > 0 { ctx.start } else { ctx.start + trim::lead(ctx.bare, true) }
    }

    fn subject_of(&self, ctx: &Ctx, words: &str) -> String {
        if !trim::subject(words).is_empty() {
            return self.subject(words);
        }
        if trim::subject(ctx.prior).is_empty() { self.inherited() } else { self.subject(ctx.prior) }
    }

    /// 95%以上的医院开设老年医学科, 签约100%全覆盖, 占30%以上, 覆盖80%以上医院.
    fn share(&self, ctx: &Ctx, run: &[Quantity], later: bool) -> Option<Reading> {
        let first = run.first()?;
        if !first.is_ratio() || first.dimension == "ratio-difference" || first.unit.as_deref() == Some("倍") {
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
            reading.after = "覆盖".to_owned();
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
        let before = if PLACES.contains(&before) { "" } else { without_act(before) };
        let name = if does.is_empty() || !multiple { name.to_owned() } else { self.whole_name(name, tail) };
        let mut reading = Reading::new("target.share-of-subject", 0, run, format!("{before}{name}"));
        reading.after = does.to_owned();
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
    fn whole_name(&self, name: &str, tail: &str) -> String {
        let last = self.quantities.last().map_or("", |q| self.get(q.range.end..self.range.end));
        let last = if last.is_empty() { tail } else { last };
        let last = last.strip_prefix('的').unwrap_or(last);
        let noun = predicate_at(last).and_then(|at| last.get(..at)).unwrap_or(last);
        list::with_tail(name, noun)
    }

    /// 每年至少1次, 每年一次, 各1次.
    fn rhythm(&self, ctx: &Ctx, run: &[Quantity]) -> Option<Reading> {
        let first = run.first()?;
        if first.dimension != "frequency-count" && first.unit.as_deref() != Some("场次") {
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
    fn count(&self, ctx: &Ctx, run: &[Quantity], compared: bool, later: bool) -> Option<Reading> {
        let (first, last) = (run.first()?, run.last()?);
        if matches!(first.dimension, "rank" | "age" | "numeral" | "score") || first.unit.is_none() && !compared {
            return None;
        }
        if first.is_ratio() || is_scope(ctx.right) && acting(ctx.level).is_none() {
            return None;
        }
        let bound = compared || ctx.far.is_some() || first.back.is_some() || first.value_high.is_some();
        if matches!(first.dimension, "time" | "working-time" | "study-time")
            && !(bound && (compared || ctx.far.is_some()))
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
                || ctx.bare.ends_with('各')
                || (first.value > 1.0 && kind == Kind::Make && first.back.is_some()))
        {
            return None;
        }
        let timed = self.carried.timed
            || self.times.iter().any(|t| t.kind == TimeKind::Deadline && t.range.end <= first.range.start);
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
        let said = if kind == Kind::Make {
            ""
        } else if kind == Kind::Urge {
            ""
        } else {
            verb
        };
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
        reading.verb = verb.to_owned();
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
    fn carried_verb(&self, later: bool) -> bool {
        later && self.get(self.body..self.range.end).starts_with("完成")
    }

    fn count_start(&self, ctx: &Ctx, verb: usize, each: bool) -> usize {
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
    fn elliptic(&self, ctx: &Ctx, run: &[Quantity], later: bool) -> Option<Reading> {
        let first = run.first()?;
        // A list goes on; or a time rules and the statement is a thing and its number (到2023年,示范项目10个).
        let plain = self.carried.timed && ctx.right.is_empty() && first.is_count() && ctx.level.chars().count() > 3;
        if !(self.carried.follows || later || plain)
            || matches!(first.dimension, "rank" | "age" | "time" | "numeral")
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

    /// The subject as an indicator; a modifier that the list's first subject bore is given to a short one.
    fn subject(&self, words: &str) -> String {
        let own = trim::subject(words);
        if own.is_empty() {
            return self.inherited();
        }
        // 实施带量采购的药品品种…,医用耗材…: a head said once holds for the list.
        if self.carried.follows && own.chars().count() <= 6 && !own.contains('的') && !ends_in_measure(own) {
            if let Some((head, noun)) = self.carried.subject.rsplit_once('的') {
                if noun.chars().count() <= 6 && !head.is_empty() {
                    return format!("{head}的{own}");
                }
            }
        }
        own.to_owned()
    }

    /// Where a statement has no subject: the last target's, else the object of the statement before.
    fn inherited(&self) -> String {
        if self.carried.follows && !self.carried.subject.is_empty() {
            return self.carried.subject.clone();
        }
        let previous = without_act(trim::subject(&self.carried.previous));
        if previous.is_empty() { self.carried.subject.clone() } else { previous.to_owned() }
    }

    fn per(&self, q: &Quantity, ctx: &Ctx, reading: &Reading) -> Option<String> {
        if q.per.is_some() {
            return q.per.clone();
        }
        if let Some(found) = BASE.as_ref().and_then(|r| r.captures(ctx.bare)) {
            let base = found.get(1)?.as_str();
            return Some(base.replace("常住人口", "人").replace("人口", "人"));
        }
        if let Some(found) = PERIOD.as_ref().and_then(|r| r.captures(ctx.bare)) {
            if found.get(2).is_some() || found.get(3).is_some() || found.get(4).is_some() {
                return Some("年".to_owned());
            }
            let period = found.get(1)?.as_str();
            return Some(if period == "年度" { "年" } else { period }.to_owned());
        }
        if reading.rule == "target.change" && reading.after.contains("年均") {
            return Some("年".to_owned());
        }
        if reading.rule == "target.list" { self.carried.per.clone() } else { None }
    }
}

struct Ctx<'a> {
    start: usize,
    /// Bytes between `start` and `bare`: a time that stays in the wording.
    shift: usize,
    /// The words before a time inside the statement.
    prior: &'a str,
    prior_start: usize,
    /// From the last target's end to the number, comparison left out.
    bare: &'a str,
    /// The same without closing adverbs.
    level: &'a str,
    adverbs: &'a str,
    right: &'a str,
    whole_right: &'a str,
    far: Option<(usize, usize)>,
}

struct Reading {
    rule: Rule,
    start: usize,
    end: usize,
    before: String,
    listed: String,
    after: String,
    subject: String,
    verb: String,
    change: Option<Change>,
    object_behind: bool,
    /// 均 said of several subjects: one target each.
    each: bool,
}

impl Reading {
    fn new(rule: Rule, start: usize, run: &[Quantity], subject: String) -> Self {
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Make,
    Act,
    Urge,
}

/// The verb of commitment that governs the end of `words`: where it stands, itself and its kind.
fn acting(words: &str) -> Option<(usize, &'static str, Kind)> {
    let last = |list: &[&'static str], kind| {
        list.iter()
            .filter_map(move |verb| words.rfind(verb).map(|at| (at, *verb, kind)))
            .filter(|(at, verb, _)| !noun(words.get(at + verb.len()..).unwrap_or_default()))
            .max_by_key(|(at, verb, _)| (at + verb.len(), verb.len()))
    };
    let strong = [last(&MAKE, Kind::Make), last(&ACT, Kind::Act)]
        .into_iter()
        .flatten()
        .max_by_key(|(at, verb, _)| (at + verb.len(), verb.len()));
    // 集聚集成电路企业: of two that overlap the one in front is the verb.
    let strong = strong.map(|(at, verb, kind)| {
        let earlier = ACT
            .iter()
            .find(|v| words.get(..at + 3).and_then(|head| head.rfind(**v)).is_some_and(|a| a < at && a + v.len() > at));
        earlier.and_then(|v| words.rfind(v).map(|a| (a, *v, Kind::Act))).unwrap_or((at, verb, kind))
    });
    // 开展…建设 hides the first verb: the one in front with an object of its own governs.
    let strong = strong.filter(|(at, verb, _)| {
        !words
            .get(at + verb.len()..)
            .is_some_and(|gap| gap.contains("等") && !words.contains("完成") && gap.ends_with('等'))
    });
    strong.or_else(|| last(&URGE, Kind::Urge))
}

/// 建成区, 建设用地: what follows makes the verb part of a noun.
fn noun(after: &str) -> bool {
    [
        "区", "用地", "单位", "工作", "水平", "任务", "机制", "体系", "率", "者", "型", "类", "业", "力", "商", "费",
        "资金",
    ]
    .iter()
    .any(|word| after.starts_with(word))
}

fn acting_at_end(words: &str) -> bool {
    trim::closing(words, &ACT).is_some() || trim::closing(words, &MAKE).is_some()
}

/// Level words and the adverbs behind them.
fn split_adverbs(bare: &str) -> (&str, &str) {
    let level = trim::without_adverbs(bare);
    (level, bare.get(level.len()..).unwrap_or_default())
}

/// Without a comparison at a distance: 至少开展 → 开展.
fn strip_comparison(words: &str) -> &str {
    for word in ["至少", "不少于", "不低于", "最少", "不超过", "至多", "最多", "约", "超过"] {
        if let Some(rest) = words.strip_prefix(word) {
            return rest;
        }
    }
    words
}

/// A subject without the comparison that closes it: 各县至少 → 各县.
fn strip_far(words: &str) -> &str {
    let mut rest = words;
    for word in ["至少", "不少于", "不低于", "最少", "不超过", "至多", "最多"] {
        rest = rest.strip_suffix(word).unwrap_or(rest);
    }
    rest
}

/// 能耗比2020年 → 能耗.
fn without_comparison(words: &str) -> &str {
    static AGAINST: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new("(?:比|较|与|在|同)(?:20[0-9]{2}年|上年|去年|上一?年度|同期|基期|“十.五”).{0,9}?(?:末|底|相比|基础上|水平)?$").ok()
    });
    match AGAINST.as_ref().and_then(|r| r.find(words)) {
        Some(m) => trim::without_adverbs(words.get(..m.start()).unwrap_or_default()),
        None => words.strip_suffix("同比").unwrap_or(words),
    }
}

fn ends_in_measure(words: &str) -> bool {
    MEASURES.iter().any(|measure| words.ends_with(measure))
        || words.ends_with(')') && {
            let open = words.rfind('(').unwrap_or(words.len());
            MEASURES.iter().any(|measure| words.get(..open).is_some_and(|head| head.ends_with(measure)))
        }
}

/// 的 with a noun: the number belongs to a description, unless the noun is the aim itself.
fn is_scope(right: &str) -> bool {
    let Some(noun) = right.strip_prefix('的') else { return false };
    !["目标", "要求", "任务", "水平", "标准", "比例"].iter().any(|word| noun.starts_with(word))
}

fn attached_noun(right: &str) -> bool {
    !right.is_empty()
        && !right.starts_with([',', '、', '。', ';', ')', '(', ':', '并', '和', '及', '且', '或', '的', '以'])
}

fn object_ends(right: &str) -> bool {
    right.is_empty() || right.starts_with([',', '、', '(', '和', '及', '并', '的'])
}

/// Where a predicate begins in a noun phrase with a verb behind it.
fn predicate_at(words: &str) -> Option<usize> {
    PREDICATES.iter().filter_map(|verb| words.find(verb).filter(|at| *at > 3)).min()
}

fn predicate(words: &str) -> Option<&str> {
    let at = predicate_at(words)?;
    words.get(at..)
}

/// Before the sign that leads to the next number of the list.
fn before_last_sign(words: &str) -> &str {
    let end = words.rfind(['、', '和', '及', '与', ',']).unwrap_or(words.len());
    words.get(..end).unwrap_or_default().trim_end_matches('以')
}

/// Without the verb at its head: 开展或参加药品采购 → 药品采购.
fn without_act(words: &str) -> &str {
    let mut rest = words;
    for _ in 0..3 {
        let verb = MAKE
            .iter()
            .chain(&["参加", "参与", "组织", "召开", "举行", "合理确定", "实行", "给予", "提供", "选择", "进行"])
            .filter(|v| rest.starts_with(**v))
            .max_by_key(|v| v.len());
        let Some(verb) = verb else { break };
        let shorter = rest.get(verb.len()..).unwrap_or_default();
        if shorter.is_empty() {
            break;
        }
        rest = shorter.strip_prefix(['或', '和', '并']).unwrap_or(shorter);
    }
    rest
}

/// A subject that acts (全省公共机构实施…) rather than the level that does so (市级, 市).
fn names_actor(subject: &str) -> bool {
    subject.chars().count() >= 4 && !subject.ends_with(['级', '等']) && !subject.ends_with("领域")
}

/// 三年行动, 15分钟就医圈, 5年院校教育: times and grades that make names.
fn is_scheme(q: &Quantity, right: &str) -> bool {
    matches!(q.dimension, "time" | "rank" | "study-time")
        && q.front.is_none()
        && q.back.is_none()
        && !object_ends(right)
}
