//! Notes: statements of a group that name no body of it, or name bodies by a rule for all that follows.
//!
//! In: the words of one statement or sentence. Out: what they say (下同, 列在第一位…, 以下均需…, 6月底前完成).

use super::label;
use super::statement::Kind;
use crate::text::Words;
use std::sync::LazyLock;

/// 列在第一位的部门为牵头部门, 排第一位的为牵头单位, 首个单位为牵头单位.
pub fn first_leads(words: &str) -> Option<Kind> {
    static FIRST: LazyLock<Words> =
        LazyLock::new(|| Words::of(["第一", "首位", "首个", "首家", "列首", "居首", "排首", "排在前", "排名靠前"]));
    let first = FIRST.find(words)?;
    let rest = words.get(first..)?;
    let leads = ["牵头", "主办", "主责"].iter().filter_map(|word| rest.find(word)).min()?;
    let between = rest.get(..leads)?;
    let says = ["为", "是", "即", "系", "作"].iter().any(|word| between.contains(word)) || between.chars().count() <= 4;
    if !says || between.chars().count() > 24 || between.contains(['。', ';']) {
        return None;
    }
    let each = ["两省", "两市", "两地", "各省", "各市"]
        .iter()
        .any(|word| words.get(..first).is_some_and(|w| w.contains(word)));
    Some(if each { Kind::FirstOfEachLeads } else { Kind::FirstLeads })
}

/// The bodies' part of 以下均需…负责; empty where the bodies stand before (…, 以下各条均涉及).
pub fn implied(words: &str) -> Option<&str> {
    static LATER: LazyLock<Words> = LazyLock::new(|| {
        Words::of(["以下", "下列", "下述", "后续", "其他", "其余", "各项", "各条", "所有", "本方案", "全部"])
    });
    if !LATER.opens(words) {
        return None;
    }
    let at = ["均", "都", "皆"].iter().filter_map(|word| words.find(word)).min()?;
    if words.get(..at)?.chars().count() > 16 {
        return None;
    }
    let mut rest = words.get(at + '均'.len_utf8()..)?;
    let mut any = false;
    while let Some(next) = ["需要", "应当", "须", "需", "应", "要", "请", "涉及", "由", "有", "包括"]
        .iter()
        .find_map(|w| rest.strip_prefix(w))
    {
        rest = next;
        any = true;
    }
    if label::closing_verb(rest).is_some_and(|verb| verb.start == 0) {
        rest = "";
    }
    any.then_some(rest)
}

/// 不再列出, 以下不再列出.
pub fn not_listed_again(words: &str) -> bool {
    words.contains("不再") && ["列", "标注", "注明", "重复", "赘述", "说明"].iter().any(|word| words.contains(word))
}

/// 2021年6月底前完成, 6月底前.
pub fn is_time(words: &str) -> bool {
    static ENDS: LazyLock<Words> = LazyLock::new(|| {
        Words::of([
            "年",
            "月",
            "日",
            "月底",
            "年底",
            "月末",
            "年末",
            "季度",
            "上半年",
            "下半年",
            "中旬",
            "上旬",
            "下旬",
        ])
    });
    let mut rest = words;
    for ending in ["取得阶段性成效", "完成并长期坚持", "基本完成", "全面完成", "完成", "落实到位", "以前", "之前", "前"]
    {
        rest = rest.strip_suffix(ending).unwrap_or(rest);
    }
    ENDS.closes(rest) && rest.contains(|c: char| c.is_ascii_digit() || "一二三四五六七八九十今本".contains(c))
}

/// 下同, 长期坚持, 排名不分先后 …: said of the group, naming nobody.
pub fn is_note(words: &str) -> bool {
    const NOTES: [&str; 24] = [
        "下同",
        "以下同",
        "长期坚持",
        "长期推进",
        "持续推进",
        "持续实施",
        "常态化推进",
        "长期",
        "持续",
        "不分先后",
        "分工另行",
        "详见",
        "以下简称",
        "列第",
        "待定",
        "另行通知",
        "参照执行",
        "另有规定",
        "全年",
        "年内",
        "常年",
        "见附件",
        "首次出现",
        "分别",
    ];
    static WITHIN: LazyLock<Words> =
        LazyLock::new(|| Words::of(["下同", "不分先后", "长期坚持", "持续推进", "详见", "以下简称", "见附件"]));
    NOTES.contains(&words) || WITHIN.within(words) && !words.contains('、')
}
