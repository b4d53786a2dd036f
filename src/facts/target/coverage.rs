//! 全覆盖: a share of 100 % that is said in words.

use super::trim;
use crate::text::work::{self, Stage};

/// What 全覆盖 at `at` of a statement covers: the words of its range in the statement, and the indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// First byte in the statement.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// What is covered.
    pub indicator: String,
}

/// What promises all of them.
pub const WORD: &str = "全覆盖";

/// The full coverages that a statement promises.
pub fn coverages(statement: &str, dated: bool) -> Vec<Coverage> {
    work::count(Stage::Target, statement.len());
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(at) = statement.get(from..).and_then(|rest| rest.find(WORD)).map(|at| from + at) {
        let after = statement.get(at + WORD.len()..).unwrap_or_default();
        let before = statement.get(from..at).unwrap_or_default();
        if let Some(coverage) = read(before, after, from, at, dated) {
            out.push(coverage);
        }
        from = at + WORD.len();
    }
    out
}

fn read(before: &str, after: &str, from: usize, at: usize, dated: bool) -> Option<Coverage> {
    work::count(Stage::Target, before.len() + after.len());
    // 全覆盖的体系, 全覆盖、无死角 as an adjective of something else; 100%全覆盖 has its number.
    // 健全覆盖各级的网络 only looks like it.
    if after.starts_with('的') || before.ends_with(['%', '“', '、', '非', '健', '安', '齐']) {
        return None;
    }
    let quoted = before.ends_with('“');
    let lead = lead(before, dated);
    let subject = before.get(lead..)?;
    let done = ["实现了", "已实现", "已经实现", "已"].iter().any(|word| subject.ends_with(word));
    if done || quoted {
        return None;
    }
    let act = acting(after);
    let core = subject
        .trim_end_matches('的')
        .trim_end_matches("基本")
        .trim_end_matches("全面")
        .trim_end_matches("率先")
        .trim_end_matches("逐步");
    let core = ["实现", "达到", "达", "做到", "确保", "推进", "推动", "进行", "开展"]
        .iter()
        .find_map(|verb| core.strip_suffix(verb))
        .unwrap_or(core);
    let core = trim::without_adverbs(core).trim_end_matches('的');
    let name = strip_verbs(core);
    let name = name.strip_prefix('对').unwrap_or(name);
    if name.chars().count() < 2 {
        return None;
    }
    Some(Coverage { start: from + lead, end: at + WORD.len() + act.len(), indicator: format!("{name}{act}") })
}

/// What is done to all of them: 全覆盖抽检.
fn acting(after: &str) -> &str {
    const ACTS: [&str; 24] = [
        "监督检查",
        "监督抽检",
        "监督抽查",
        "执法检查",
        "专项检查",
        "现场检查",
        "抽检",
        "巡查",
        "检查",
        "核查",
        "抽查",
        "监管",
        "监测",
        "检测",
        "培训",
        "排查",
        "督查",
        "督导",
        "走访",
        "宣传",
        "审计",
        "检验",
        "筛查",
        "评估",
    ];
    ACTS.iter().find(|act| after.starts_with(**act)).map_or("", |act| after.get(..act.len()).unwrap_or_default())
}

/// Bytes before the wording: links, verbs that only promise, a manner in front (采取…方式确保).
fn lead(before: &str, dated: bool) -> usize {
    let promise = ["确保", "保障", "推动", "推进", "促进", "力争"]
        .iter()
        .filter_map(|word| before.rfind(word).map(|at| at + word.len()))
        .max();
    match promise {
        Some(at) if at < before.len() && !dated => at + trim::lead(before.get(at..).unwrap_or_default(), true),
        _ if dated => 0,
        _ => {
            let at = trim::lead(before, true);
            let rest = before.get(at..).unwrap_or_default();
            at + if rest.starts_with("开展") { "开展".len() } else { 0 }
        }
    }
}

fn strip_verbs(words: &str) -> &str {
    let mut rest = trim::subject(words);
    for verb in ["实现", "开展", "持续", "加快"] {
        rest = rest.strip_prefix(verb).unwrap_or(rest);
    }
    trim::subject(rest)
}
