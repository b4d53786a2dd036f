//! Numbers in a statement: which of them somebody is obliged to reach, and what they measure.
//!
//! In: one statement, its quantities, what holds from before. Out: targets. Each reading has a name (`target.level`,
//! `target.share` …); a number that no reading takes is none: it is a scope, a condition, a name or a count of what
//! there is.

use super::list;
use super::offer::Offer;
use super::reading::{Ctx, Reading};
use super::trim;
use super::verb::{ends_in_measure, object_ends, without_act};
use super::words::REACH;
use crate::facts::deadline::{TimeKind, TimePhrase};
use crate::facts::quantity::{self, Dimension, Quantity};
use crate::facts::{Change, Op, Rule};
use crate::text::work::{self, Stage};
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
pub(super) static BASE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("每((?:[0-9]+)?[十百千万亿]+(?:常住人口|人口|人|户|名|张|公里|平方公里|亩|元|件|例)?|平方公里|平方米|公里|公顷|亩)(口)?").ok()
});

/// 每年, 年均, 日均, 每季度: the period of a rate.
pub(super) static PERIOD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("每个?(半年|学年|学期|季度|年度|年|月|周|日|天)|(年均|月均|日均)|(一年|每年)$|(年度)内?(?:至少|不少于)")
        .ok()
});

/// 每人每月, 每生每年, 每户 right before a number.
static RATED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("(?:每[人生户亩床村])?(?:每(?:年|月|日|天|学年|学期))?$").ok());

/// From the old value to the new one.
static RISE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("^(?:的)?(?:,)?[^,、]{0,12}?(?:提高|提升|增加|增长|扩大|扩展|扩充|上调|调整|调高|调减|上升|下降|降低|降|增|缩短|压缩|压减|缩减|缩|下调|减少|延长|放宽|精简|压降|拓展|发展(?:到|至)|壮大(?:到|至)|升|变)[^,、0-9]{0,3}?(?:到|至|为)?(?:[0-9]{4}年(?:底|末)?的?)?[^,、0-9]{0,6}$").ok()
});

/// 在现有6个的基础上增加到10个: what stands in front of 基础上 is the old value, if 到 or 至 leads to the new one.
static GROUND: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("^的?基础上[^,、0-9]{1,8}(?:到|至|为)[^,、0-9]{0,6}$").ok());

/// What is over or there already, what a word means, who makes up a body; 由现有的35% and 在现有6个的基础上 say where a rise begins.
static DONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("已(?:经|有|完|达|累|实现|形成|开展|建成|建立|投|培|超|覆|组|创|全部|基本|获|连续|在|初步|超过|突破)|(?:^|[^由从])目前|(?:^|[^由从在])现有[^,]{0,8}[0-9]|截至|截止|超额完成|^(?:去年|上年)|完成了|达到了|建成了|建立了|实现了|增长了|下降了|提高了|是指|系指|由[^,]{1,40}(?:组成|构成)").ok()
});

/// True where a statement tells what is over or there already, or what something is.
pub(super) fn done(statement: &str) -> bool {
    work::count(Stage::Target, statement.len());
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

/// Bytes of a statement around a number that may bear on it; more would be no sentence but a list.
const REACH_OF_WORDS: usize = 720;

impl Reader<'_> {
    pub(super) fn get(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// All targets of the statement.
    pub fn read(&self) -> Vec<Found> {
        let statement = self.get(self.range.clone());
        if self.quantities.is_empty() || done(statement) {
            return Vec::new();
        }
        if statement.ends_with('的') && self.quantities.last().is_some_and(|q| self.range.end - q.range.end <= 30) {
            return Vec::new(); // 年销售收入首次达到2000万元的: a condition
        }
        let runs = self.runs();
        let mut out: Vec<Found> = Vec::new();
        let mut from = self.body;
        let mut said: Option<String> = None;
        for (i, run) in runs.iter().enumerate() {
            let next = runs.get(i + 1);
            if let Some(next) = next
                && self.is_baseline(run, next)
            {
                continue;
            }
            let old = i.checked_sub(1).and_then(|b| runs.get(b)).filter(|old| self.is_baseline(old, run));
            let rest = next.map_or(self.range.end, |next| self.start(next));
            let mut found = self.run(from, run, old.map(Vec::as_slice), rest, !out.is_empty());
            // 每年培训农民5000人次、电商人才800人次: 每年 holds for the list.
            for item in found.iter_mut().filter(|f| f.rule == "target.list" && f.per.is_none()) {
                item.per.clone_from(&said);
            }
            if let Some(last) = found.last() {
                said = last.per.clone().filter(|_| run.iter().all(|q| q.per.is_none()));
            }
            if !found.is_empty() {
                let ends = found.iter().map(|f| f.range.end).chain(run.last().map(|q| q.range.end));
                from = ends.max().unwrap_or(from);
                out.extend(found);
            }
        }
        out
    }

    /// Quantities that stand side by side (150个、300个以上).
    fn runs(&self) -> Vec<Vec<Quantity>> {
        let mut out: Vec<Vec<Quantity>> = Vec::new();
        // 二级, 三级: a grade tells which things, never how many.
        for q in self
            .quantities
            .iter()
            .filter(|q| q.dimension != Dimension::Rank && !(q.chinese && q.dimension == Dimension::Time))
        {
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

    pub(super) fn start(&self, run: &[Quantity]) -> usize {
        run.first().map_or(self.range.end, |q| q.front.map_or(q.range.start, |(_, at)| at))
    }

    /// 由原来的20万元 (提高到30万元).
    pub(super) fn is_baseline(&self, old: &[Quantity], new: &[Quantity]) -> bool {
        let (Some(first), Some(last)) = (old.first(), old.last()) else { return false };
        let between = self.get(last.range.end..self.start(new).max(last.range.end));
        if GROUND.as_ref().is_some_and(|r| r.is_match(between)) {
            return true;
        }
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
        (from || origin) && RISE.as_ref().is_some_and(|r| r.is_match(between))
    }

    pub(super) fn baseline_start(&self, old: &[Quantity]) -> usize {
        let first = old.first().map_or(self.range.end, |q| q.range.start);
        let near = self.near_end(&(self.range.start..first));
        let before = self.get(near..first);
        let behind = self.get(self.near_start(old.last().map_or(first, |q| q.range.end)..self.range.end));
        if behind.starts_with("的基础上") || behind.starts_with("基础上") {
            return before.rfind('在').map_or(first, |at| near + at);
        }
        before.rfind(['由', '从']).or_else(|| before.rfind('原')).map_or(first, |at| near + at)
    }

    pub(super) fn run(
        &self,
        from: usize,
        run: &[Quantity],
        old: Option<&[Quantity]>,
        rest: usize,
        later: bool,
    ) -> Vec<Found> {
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
        let ground = right.starts_with("的基础上") || right.starts_with("基础上");
        // 对投资额达500万元的项目: a condition.
        let condition = bare.starts_with('对') && bare.len() > 3 && whole_right.contains('的');
        let banned = ["严禁", "禁止", "不得新"].iter().any(|word| bare.contains(word));
        if ground || banned || condition || self.offer.covers(first) || is_scheme(first, right) {
            return Vec::new();
        }
        let (level, adverbs) = split_adverbs(bare);
        let far = quantity::far(bare).filter(|_| front.is_none());
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
            debug_assert!(!old.is_empty());
            Some(self.raised(&ctx, run))
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
        let each_its_own = run.len() > 1 && names.len() == run.len();
        let each_the_same = run.len() == 1 && names.len() > 1 && one_for_each;
        let names = if each_its_own || each_the_same { names } else { vec![reading.listed.clone()] };
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

    /// The subject as an indicator; a modifier that the list's first subject bore is given to a short one.
    pub(super) fn subject(&self, words: &str) -> String {
        let own = trim::subject(words);
        if own.is_empty() {
            return self.inherited();
        }
        // 开展监测的河流断面…,湖库…: a head said once holds for the list.
        if self.carried.follows
            && own.chars().count() <= 6
            && !own.contains('的')
            && !ends_in_measure(own)
            && let Some((head, noun)) = self.carried.subject.rsplit_once('的')
            && noun.chars().count() <= 6
            && !head.is_empty()
        {
            return format!("{head}的{own}");
        }
        own.to_owned()
    }

    /// Where a statement has no subject: the last target's, else the object of the statement before.
    pub(super) fn inherited(&self) -> String {
        if self.carried.follows && !self.carried.subject.is_empty() {
            return self.carried.subject.clone();
        }
        let previous = without_act(trim::subject(&self.carried.previous));
        if previous.is_empty() { self.carried.subject.clone() } else { previous.to_owned() }
    }

    pub(super) fn per(&self, q: &Quantity, ctx: &Ctx, reading: &Reading) -> Option<String> {
        if q.per.is_some() {
            return q.per.clone();
        }
        if let Some(found) = BASE.as_ref().and_then(|r| r.captures(ctx.bare)) {
            let base = found.get(1)?.as_str();
            return Some(base.replace("常住人口", "人").replace("人口", "人"));
        }
        if let Some(found) = PERIOD.as_ref().and_then(|r| r.captures(ctx.bare)) {
            if let Some(mean) = found.get(2) {
                return mean.as_str().strip_suffix('均').map(str::to_owned);
            }
            if found.get(3).is_some() || found.get(4).is_some() {
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

/// Level words and the adverbs behind them; 提高到每人每月 is 提高到, the rate belongs to the number.
fn split_adverbs(bare: &str) -> (&str, &str) {
    let rated = RATED.as_ref().and_then(|r| r.find(bare)).and_then(|m| bare.get(..m.start()));
    let reached = rated
        .map(trim::without_adverbs)
        .filter(|level| trim::closing(level, &REACH).is_some_and(|verb| verb.ends_with(['到', '至'])));
    let level = reached.unwrap_or_else(|| trim::without_adverbs(bare));
    (level, bare.get(level.len()..).unwrap_or_default())
}

/// 三年行动, 15分钟就医圈, 5年院校教育: times and grades that make names.
fn is_scheme(q: &Quantity, right: &str) -> bool {
    matches!(q.dimension, Dimension::Time | Dimension::Rank | Dimension::Study)
        && q.front.is_none()
        && q.back.is_none()
        && !object_ends(right)
}
