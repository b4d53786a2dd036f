//! Kinds: what headings and titles say of the clauses below them.
//!
//! In: a heading or a title, tidied. Out: whether it opens a preamble, work, a look back, or a report that obliges nobody.

/// Headings of clauses that assign no work, alone or joined (指导思想和基本原则).
pub(super) fn is_preamble(heading: &str) -> bool {
    const WORDS: [&str; 30] = [
        "指导思想",
        "基本原则",
        "工作原则",
        "总体要求",
        "总体目标",
        "工作目标",
        "主要目标",
        "发展目标",
        "总体思路",
        "工作思路",
        "基本思路",
        "目标",
        "原则",
        "总体考虑",
        "行动目标",
        "建设目标",
        "目标要求",
        "总体要求和目标",
        "思路",
        "战略目标",
        "规划目标",
        "近期目标",
        "远期目标",
        "年度目标",
        "具体目标",
        "实施原则",
        "建设原则",
        "发展原则",
        "总要求",
        "目的意义",
    ];
    let plain: String = heading.chars().filter(|c| !matches!(c, '。' | ':' | ' ')).collect();
    !plain.is_empty() && plain.split(['和', '与', '及', '、']).all(|part| WORDS.contains(&part))
}

/// Titles of what reports and obliges nobody: a statistical communiqué, an answer to a proposal.
pub(super) fn is_report(title: &str) -> bool {
    ["统计公报", "状况公报", "公报", "答复", "建议的复函", "提案的复函", "工作总结", "白皮书", "年度报告", "情况的报告"]
        .iter()
        .any(|end| title.trim_end_matches(')').ends_with(end))
}

/// Headings of what hands out work.
pub(super) fn is_work(heading: &str) -> bool {
    const WORDS: [&str; 10] = [
        "重点任务",
        "主要任务",
        "工作任务",
        "重点工作",
        "主要措施",
        "工作措施",
        "重点举措",
        "保障措施",
        "组织实施",
        "组织保障",
    ];
    let plain: String = heading.chars().filter(|c| !matches!(c, '。' | ':' | ' ')).collect();
    WORDS.contains(&plain.as_str())
}

/// Headings of what looks back or around: achievements, state of things, problems.
pub(super) fn is_review(heading: &str) -> bool {
    const ENDS: [&str; 27] = [
        "发展基础",
        "工作基础",
        "规划背景",
        "工作回顾",
        "时期工作回顾",
        "发展回顾",
        "工作成效",
        "主要成效",
        "发展成就",
        "主要成就",
        "发展现状",
        "基本现状",
        "现状",
        "形势",
        "面临形势",
        "存在问题",
        "存在的问题",
        "存在的主要问题",
        "面临的机遇",
        "面临的挑战",
        "进展",
        "工作进展",
        "进展情况",
        "形势研判",
        "发展环境",
        "工作开展情况",
        "已开展的工作",
    ];
    // Whose, and when: “十三五”时期工作回顾, 我省发展现状. Anything else in front is an act (推动工作进展).
    let qualifies = |c: char| {
        c.is_ascii_digit() || "“”一二三四五六七八九十年时期间的全国省市县区州我当前目主要基本取得面临".contains(c)
    };
    let plain = heading.trim_end_matches(['。', ':']);
    !plain.is_empty()
        && plain.split(['和', '与', '及', '、']).all(|part| {
            ENDS.iter().any(|end| part.strip_suffix(end).is_some_and(|before| before.chars().all(qualifies)))
        })
}
