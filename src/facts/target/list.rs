//! Lists that share a head or a tail: 绿色防控、统防统治覆盖率 is 绿色防控覆盖率 and 统防统治覆盖率.

use super::words::MEASURES;
use crate::text::work::{self, Stage};
use regex::Regex;
use std::sync::LazyLock;

/// What measures are called: the tail that a list of subjects shares.
static MEASURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("(?:安全|综合|资源化|无害化|集中|总)?(?:覆盖|利用|使用|处理|处置|回收|治理|达标|普及|参保|入学|入园|完成|替代|签约|合格|满意|知晓|控制|管理|建设|排放|减排|消费|消耗|增长)?(?:率|比例|占比|比重|总量|量|面积|数量|数|强度|能耗|水平)$").ok()
});

/// 等4项主要污染物, 等3个, 等: what closes an enumeration.
static ET_CETERA: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("等(?:[0-9一二三四五六七八九十两]+(?:大类|项|个|种|类|大|家|条))?(?:(?:主要|重点|约束性)?(?:污染物|指标|产品|行业|领域))?").ok()
});

/// The items of a list, each whole: heads and tails that stand once are given to all.
pub fn items(list: &str) -> Vec<String> {
    let closed = ET_CETERA
        .as_ref()
        .and_then(|r| r.find_iter(list).last().filter(|m| list.get(..m.start()).is_some_and(|h| h.contains('、'))));
    let (head, after) = match &closed {
        Some(m) => (list.get(..m.start()).unwrap_or_default(), list.get(m.end()..).unwrap_or_default()),
        None => (list, ""),
    };
    let parts = split(head);
    let Some((last, firsts)) = parts.split_last() else { return Vec::new() };
    if !after.is_empty() {
        return parts.iter().map(|part| format!("{part}{after}")).collect();
    }
    let mut out: Vec<String> = firsts.iter().map(|first| with_tail(first, last)).collect();
    out.push(with_head(firsts.first().copied().unwrap_or_default(), last, firsts.is_empty()));
    out
}

/// True where the 及 at `at` is half a verb (惠及, 普及, 涉及) and joins nothing.
pub fn inside_verb(words: &str, at: usize) -> bool {
    words.get(at..).is_some_and(|rest| rest.starts_with('及'))
        && words.get(..at).is_some_and(|b| b.ends_with(['惠', '普', '涉', '触', '波', '遍', '推', '顾']))
}

/// Parts between 、 和 及 以及 与 outside brackets and quotes.
pub fn split(list: &str) -> Vec<&str> {
    work::count(Stage::Target, list.len());
    let (mut out, mut start, mut depth) = (Vec::new(), 0, 0i32);
    let mut at = 0;
    while let Some(c) = list.get(at..).and_then(|rest| rest.chars().next()) {
        match c {
            '(' | '“' | '《' => depth += 1,
            ')' | '”' | '》' => depth -= 1,
            _ => {}
        }
        let rest = list.get(at..).unwrap_or_default();
        let sign = ["以及", "、", "和", "及", "与"].iter().find(|sign| depth <= 0 && rest.starts_with(**sign));
        let above =
            inside_verb(list, at) || rest.starts_with("及以") || rest.starts_with("及其") || rest.starts_with("和谐");
        match sign.filter(|_| !above) {
            Some(sign) => {
                out.push(list.get(start..at).unwrap_or_default());
                at += sign.len();
                start = at;
            }
            None => at += c.len_utf8(),
        }
    }
    out.push(list.get(start..).unwrap_or_default());
    out.retain(|part| !part.is_empty());
    out
}

/// `first` with the tail of `last` that it lacks.
pub fn with_tail(first: &str, last: &str) -> String {
    if complete(first, last) {
        return first.to_owned();
    }
    let (short, long) = (first.chars().count(), last.chars().count());
    let by_length: String = if short < long { last.chars().skip(short).collect() } else { String::new() };
    let by_measure = MEASURE.as_ref().and_then(|r| r.find(last)).map_or("", |m| m.as_str());
    if by_length.chars().count() > 1 && by_length.chars().count() >= by_measure.chars().count() {
        format!("{first}{by_length}")
    } else {
        format!("{first}{by_measure}")
    }
}

/// `last` with the head of `first` that it lacks: 主要农作物化肥、农药利用率.
fn with_head(first: &str, last: &str, alone: bool) -> String {
    let own = MEASURE.as_ref().and_then(|r| r.find(last)).map_or(last, |m| last.get(..m.start()).unwrap_or(last));
    let (a, b) = (first.chars().count(), own.chars().count());
    if alone || own == last || complete(first, last) || b < 2 || a <= b {
        return last.to_owned();
    }
    let head: String = first.chars().take(a - b).collect();
    format!("{head}{last}")
}

/// True where both end alike or the first ends in a measure of its own.
fn complete(first: &str, last: &str) -> bool {
    let same = first.chars().rev().zip(last.chars().rev()).take_while(|(a, b)| a == b).count();
    same >= 2
        || MEASURES.iter().any(|m| m.len() > 3 && first.ends_with(m))
        || first.chars().count() > 2 && first.ends_with(['率', '量', '数', '值', '额', '比'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_tails_are_restored() {
        let cases = [
            ("小麦、玉米播种面积", "小麦播种面积|玉米播种面积"),
            ("县级、市级图书馆", "县级图书馆|市级图书馆"),
            ("出生缺陷发生率和婴儿死亡率", "出生缺陷发生率|婴儿死亡率"),
            ("高速公路(含支线)、国道", "高速公路(含支线)|国道"),
        ];
        for (list, want) in cases {
            assert_eq!(items(list).join("|"), want, "{list}");
        }
    }
}
