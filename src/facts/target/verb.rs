//! Verbs of commitment: which of them governs a number, and words without them.

use super::list;
use super::trim;
use super::words::{ACT, MAKE, MEASURES, URGE};
use crate::text::Words;
use crate::text::work::{self, Stage};
use regex::Regex;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Make,
    Act,
    Urge,
}

/// All verbs of commitment, those of making first.
static VERBS: LazyLock<Words> = LazyLock::new(|| Words::of(MAKE.iter().chain(&ACT).chain(&URGE)));

static MADE: LazyLock<Words> = LazyLock::new(|| Words::of(MAKE));

static ACTS: LazyLock<Words> = LazyLock::new(|| Words::of(ACT));

/// The verb and its kind, by its number among [`VERBS`].
fn verb(number: usize) -> Option<(&'static str, Kind)> {
    let kinds = [(&MAKE[..], Kind::Make), (&ACT[..], Kind::Act), (&URGE[..], Kind::Urge)];
    let mut number = number;
    for (list, kind) in kinds {
        match list.get(number) {
            Some(verb) => return Some((*verb, kind)),
            None => number -= list.len(),
        }
    }
    None
}

/// The verb of commitment that governs the end of `words`: where it stands, itself and its kind.
pub(super) fn acting(words: &str) -> Option<(usize, &'static str, Kind)> {
    work::count(Stage::Target, words.len());
    // Of each verb the place where it stands last.
    let mut found: Vec<(usize, usize)> = VERBS.occurrences(words).collect();
    found.sort_unstable();
    let lasts = found.chunk_by(|a, b| a.0 == b.0).filter_map(|places| places.last());
    let lasts: Vec<(usize, &'static str, Kind)> = lasts
        .filter_map(|(number, at)| verb(*number).map(|(verb, kind)| (*at, verb, kind)))
        .filter(|(at, verb, _)| !noun(words.get(at + verb.len()..).unwrap_or_default()))
        .collect();
    let last = |urging: bool| {
        let of_kind = lasts.iter().filter(|(.., kind)| (*kind == Kind::Urge) == urging).copied();
        of_kind.max_by_key(|(at, verb, _)| (at + verb.len(), verb.len()))
    };
    // 集聚集成电路企业: of two that overlap the one in front is the verb.
    let strong = last(false).map(|(at, verb, kind)| {
        let earlier = ACTS
            .all_closing(words.get(..at + 3).unwrap_or_default())
            .filter(|(_, len)| *len > 3)
            .filter_map(|(number, _)| ACT.get(number))
            .find(|v| !(v.starts_with('争') && words.contains("力争")));
        earlier.and_then(|v| words.rfind(v).map(|a| (a, *v, Kind::Act))).unwrap_or((at, verb, kind))
    });
    // 开展…建设 hides the first verb: the one in front with an object of its own governs.
    let strong = strong.filter(|(at, verb, _)| {
        !words.get(at + verb.len()..).is_some_and(|gap| gap.ends_with('等') && !words.contains("完成"))
    });
    strong.or_else(|| last(true))
}

/// What makes a verb in front part of a noun.
static NOUNS: LazyLock<Words> = LazyLock::new(|| {
    Words::of([
        "区", "用地", "单位", "工作", "水平", "任务", "机制", "体系", "率", "者", "型", "类", "业", "力", "商", "费",
        "资金",
    ])
});

/// 建成区, 建设用地: what follows makes the verb part of a noun.
pub(super) fn noun(after: &str) -> bool {
    NOUNS.opens(after)
}

pub(super) fn acting_at_end(words: &str) -> bool {
    ACTS.closes(words) || MADE.closes(words)
}

/// Without the verb at its head: 开展或参加药品采购 → 药品采购.
pub(super) fn without_act(words: &str) -> &str {
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

/// Without a comparison at a distance: 至少开展 → 开展.
pub(super) fn strip_comparison(words: &str) -> &str {
    for word in ["至少", "不少于", "不低于", "最少", "不超过", "至多", "最多", "约", "超过"] {
        if let Some(rest) = words.strip_prefix(word) {
            return rest;
        }
    }
    words
}

/// A subject without the comparison that closes it: 各县至少 → 各县.
pub(super) fn strip_far(words: &str) -> &str {
    let mut rest = words;
    for word in ["至少", "不少于", "不低于", "最少", "不超过", "至多", "最多"] {
        rest = rest.strip_suffix(word).unwrap_or(rest);
    }
    rest
}

/// 能耗比2020年 → 能耗.
pub(super) fn without_comparison(words: &str) -> &str {
    static AGAINST: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new("(?:比|较|与|在|同)(?:20[0-9]{2}年|上年|去年|上一?年度|同期|基期|“十.五”).{0,9}?(?:末|底|相比|基础上|水平)?$").ok()
    });
    match AGAINST.as_ref().and_then(|r| r.find(words)) {
        Some(m) => trim::without_adverbs(words.get(..m.start()).unwrap_or_default()),
        None => words.strip_suffix("同比").unwrap_or(words),
    }
}

pub(super) fn ends_in_measure(words: &str) -> bool {
    static ENDS: LazyLock<Words> = LazyLock::new(|| Words::of(MEASURES));
    ENDS.closes(words)
        || words.ends_with(')') && {
            let open = words.rfind('(').unwrap_or(words.len());
            words.get(..open).is_some_and(|head| ENDS.closes(head))
        }
}

/// 的 with a noun: the number belongs to a description, unless the noun is the aim itself.
pub(super) fn is_scope(right: &str) -> bool {
    let Some(noun) = right.strip_prefix('的') else { return false };
    !["目标", "要求", "任务", "水平", "标准", "比例"].iter().any(|word| noun.starts_with(word))
}

pub(super) fn attached_noun(right: &str) -> bool {
    !right.is_empty()
        && !right.starts_with([',', '、', '。', ';', ')', '(', ':', '并', '和', '及', '且', '或', '的', '以'])
}

pub(super) fn object_ends(right: &str) -> bool {
    right.is_empty() || right.starts_with([',', '、', '(', '和', '及', '并', '的'])
}

/// Before the sign that leads to the next number of the list.
pub(super) fn before_last_sign(words: &str) -> &str {
    let mut signs = words.rmatch_indices(['、', '和', '及', '与', ',']).map(|(at, _)| at);
    let end = signs.find(|at| !list::inside_verb(words, *at)).unwrap_or(words.len());
    words.get(..end).unwrap_or_default().trim_end_matches('以')
}
