//! Trimming: what stands around a subject, a verb or an object without belonging to it.

use super::words::{ADVERBS, PLACES};
use crate::text::Words;
use crate::text::work::{self, Stage};
use std::sync::LazyLock;

/// Byte length of the adverbs that close `text` (县域内就诊率力争).
pub fn without_adverbs(text: &str) -> &str {
    let mut rest = text;
    while let Some(word) = closing(rest, &ADVERBS) {
        let shorter = rest.strip_suffix(word).unwrap_or(rest);
        // 平均, 人均 and 年均 end in 均, 各 ends 各地; a word of one sign must not eat into another.
        if word == "均" && shorter.ends_with(['人', '户', '亩', '地', '机', '日', '月', '平', '校', '班', '生'])
        {
            break;
        }
        rest = shorter;
    }
    rest
}

/// The word of `words` that closes `text`, longest first.
pub fn closing<'t>(text: &'t str, words: &Words) -> Option<&'t str> {
    words.longest_closing(text).and_then(|(_, len)| text.get(text.len() - len..))
}

/// Bytes of the words at the head of `text` that only lead to the statement (并, 力争实现, 一是, ——).
pub fn lead(text: &str, verbs: bool) -> usize {
    static LINKS: LazyLock<Words> = LazyLock::new(|| {
        Words::of([
            "一是", "二是", "三是", "四是", "五是", "六是", "并且", "同时", "其中", "此外", "进而", "从而", "以及",
            "—", "并", "且", "和", "及", "、", "将", "把", "①", "②", "③", "④", "⑤",
        ])
    });
    static VERBS: LazyLock<Words> = LazyLock::new(|| {
        Words::of([
            "做到",
            "力争实现",
            "争取实现",
            "努力实现",
            "确保实现",
            "加快实现",
            "逐步实现",
            "基本实现",
            "推动实现",
            "实现",
            "确保",
            "保障",
            "推动",
            "推进",
            "支持",
            "鼓励",
            "引导",
            "促进",
            "加快",
            "力争使",
            "使得",
            "使",
            "要求",
        ])
    });
    work::count(Stage::Target, text.len());
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let link = LINKS.opening(rest);
        let verb = || VERBS.opening(rest).filter(|_| verbs);
        match link.or_else(verb) {
            Some((_, len)) => at += len,
            _ => break,
        }
    }
    at
}

/// A subject as an indicator: without the words around it that name no thing measured.
pub fn subject(text: &str) -> &str {
    work::count(Stage::Target, text.len());
    let mut rest = text.trim_end_matches(['"', ',', ':']);
    loop {
        let before = rest;
        rest = rest.get(lead(rest, true)..).unwrap_or_default();
        for word in PLACES.iter().chain(&["力争", "争取", "各级", "对", "至少", "累计", "计划", "预计"])
        {
            if let Some(shorter) = rest.strip_prefix(word).filter(|shorter| shorter.chars().count() >= 2) {
                rest = shorter;
            }
        }
        rest = without_count(without_adverbs(rest));
        if rest == before {
            return rest;
        }
    }
}

/// 17个县(市、区)乡村医疗机构达标率: how many places there are says nothing of what is measured.
fn without_count(text: &str) -> &str {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    if digits == 0 {
        return text;
    }
    let rest = text.get(digits..).unwrap_or_default();
    for place in [
        "个县(市、区)",
        "个县(区)",
        "个县市区",
        "个市县",
        "个市州",
        "个州(市)",
        "个设区市",
        "个县区",
        "个乡镇",
        "个区县",
        "个区",
        "个县",
        "个市",
    ] {
        if let Some(after) = rest.strip_prefix(place).filter(|after| !after.is_empty()) {
            return after;
        }
    }
    text
}

/// Up to the first stop of a joined statement: an object ends where 并 or a comma goes on.
pub fn object(text: &str) -> &str {
    work::count(Stage::Target, text.len());
    let mut depth = 0i32;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '“' | '《' => depth += 1,
            ')' | '”' | '》' => depth -= 1,
            ',' | ';' | ':' | '。' if depth <= 0 => return text.get(..at).unwrap_or_default(),
            '并' if depth <= 0
                && at > 0
                && !text.get(at..).is_some_and(|r| {
                    r.starts_with("并网") || r.starts_with("并购") || r.starts_with("并轨") || r.starts_with("并联")
                }) =>
            {
                return text.get(..at).unwrap_or_default();
            }
            _ => {}
        }
    }
    text
}
