//! Titles: the lines before an outline that name the document.
//!
//! In: lines. Out: titles over one or several lines, each ending with a word such as 通知 or 方案. Furniture of the page,
//! dates, numbers and sentences are none.

use super::date::date_in;
use super::heading::Marker;
use super::issuer::{looks_like_body, names_government};
use super::line::Line;
use super::number::DocNumber;
use super::plan::{is_annex_label, is_commentary_title};

/// Words that end a document's title.
const KINDS: [&str; 50] = [
    "通知",
    "意见",
    "方案",
    "任务",
    "措施",
    "计划",
    "规划",
    "要点",
    "清单",
    "办法",
    "决定",
    "批复",
    "复函",
    "函",
    "通报",
    "公告",
    "规定",
    "细则",
    "纲要",
    "举措",
    "条例",
    "报告",
    "公报",
    "通告",
    "政策",
    "安排",
    "分工",
    "行动",
    "预案",
    "指南",
    "目录",
    "台账",
    "规则",
    "章程",
    "制度",
    "指引",
    "标准",
    "工程",
    "命令",
    "请示",
    "议案",
    "名单",
    "答复",
    "公示",
    "倡议书",
    "分工表",
    "分解表",
    "任务表",
    "责任表",
    "一览表",
];

/// Signs of a page's own furniture.
const CHROME: [&str; 20] = [
    "|",
    "首页",
    "当前位置",
    "字体",
    "打印",
    "索引号",
    "索引",
    "发布机构",
    "发文机关",
    "主题分类",
    "登录",
    "无障碍",
    "扫一扫",
    "浏览",
    "分享",
    "来源:",
    "有效性",
    "公众号",
    "关闭",
    "文件】",
];

pub(super) fn is_chrome(text: &str) -> bool {
    CHROME.iter().any(|w| text.contains(w))
}

/// A title's last word, in front of a bracket such as (试行) or a document number.
pub(super) fn ends_as_title(text: &str) -> bool {
    let core = strip_number(text);
    let core = match core.strip_suffix(')') {
        Some(inner) => inner.rfind('(').map_or(core, |at| &core[..at]),
        None => core,
    };
    KINDS.iter().any(|kind| core.trim_end_matches('》').ends_with(kind))
}

pub(super) fn strip_number(text: &str) -> &str {
    match DocNumber::all(text).last() {
        Some(number)
            if text[number.range.end..].trim_matches([')', '>', '》']).is_empty() && number.range.start > 0 =>
        {
            text[..number.range.start].trim_end_matches(['(', '<'])
        }
        _ => text,
    }
}

pub(super) fn could_be_title(line: &Line) -> bool {
    let text = line.text.as_str();
    let stops = ['。', ';', ':', '!', '?'].iter().any(|stop| text.contains(*stop));
    !stops
        && text.chars().count() <= 80
        && Marker::of(text).is_none()
        && !is_chrome(text)
        && date_in(text).is_none()
        && !is_annex_label(text)
        && !is_commentary_title(text)
        && DocNumber::all(text).first().is_none_or(|n| n.range.start > 12)
        && !text.ends_with("文件")
        && !matches!(text, "目录" | "目次" | "附件")
}

/// A title over one or several lines.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub first: usize,
    pub last: usize,
    pub text: String,
}

/// Titles among `lines`, in order: each ends with a word such as 通知 or 方案 and goes back over the lines that lead to it.
pub(super) fn blocks(lines: &[Line]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut free = 0;
    for last in 0..lines.len() {
        let Some(line) = lines.get(last).filter(|l| could_be_title(l)) else { continue };
        // A last line of one or two characters is the end of a word: 指导意|见.
        let stub = last.checked_sub(1).filter(|_| line.text.chars().count() < 4).and_then(|i| lines.get(i));
        if !ends_as_title(&format!("{}{}", stub.map_or("", |l| l.text.as_str()), line.text)) {
            continue;
        }
        let next = lines.get(last + 1).map_or("", |l| l.text.as_str());
        if goes_on(&line.text, next) {
            continue;
        }
        let mut first = last;
        while first > free && last - first < 5 {
            let Some(before) = lines.get(first - 1).filter(|l| could_be_title(l)) else { break };
            let whole: String = lines.get(first..=last).unwrap_or_default().iter().map(|l| l.text.as_str()).collect();
            let needs = whole.matches('》').count() > whole.matches('《').count() || goes_on(&before.text, &whole);
            if !needs
                && last - first + usize::from(stub.is_none()) > 0
                && (ends_as_title(&before.text)
                    || whole.chars().count() > 70
                    || starts_whole(&whole) && !joins_issuer(&before.text, &whole))
            {
                break;
            }
            first -= 1;
        }
        // (2021—2025年), (试行) on a line of its own belongs to the title.
        let bracket = next.starts_with('(')
            && next.ends_with(')')
            && next.chars().count() <= 16
            && !next.contains("号")
            && date_in(next).is_none();
        let last = last + usize::from(bracket);
        let text: String = lines.get(first..=last).unwrap_or_default().iter().map(|l| l.text.as_str()).collect();
        // What a page's own button leaves in front: 字体:大小】
        let text =
            text.split_once('】').filter(|(left, _)| !left.contains('【')).map_or(text.as_str(), |(_, right)| right);
        blocks.push(Block { first, last, text: strip_number(text).to_owned() });
        free = last + 1;
    }
    blocks
}

/// True where a line that ends like a title is not at its end yet: an open 《, or a 的通知 to follow.
pub(super) fn goes_on(text: &str, next: &str) -> bool {
    text.matches('《').count() > text.matches('》').count()
        || ["的", "》", "和", "及"]
            .iter()
            .any(|w| next.starts_with(w) && next.chars().count() <= 30 && ends_as_title(next))
}

/// A title that names an issuer or begins with 关于 needs no line in front of it.
pub(super) fn starts_whole(text: &str) -> bool {
    text.find("关于")
        .and_then(|at| text.get(..at))
        .is_some_and(|issuer| looks_like_body(issuer) && names_government(issuer))
}

/// True where the line in front of a whole title is one more office that issues it, not a page's banner that repeats
/// the title's own.
pub(super) fn joins_issuer(before: &str, title: &str) -> bool {
    looks_like_body(before)
        && names_government(before)
        && !title.contains(before.trim_end_matches("办公厅").trim_end_matches("办公室"))
}

pub(super) fn is_notice(title: &str) -> bool {
    ["通知", "意见", "决定", "批复", "函", "通报", "公告", "通告", "报告", "命令"]
        .iter()
        .any(|k| title.trim_end_matches(')').ends_with(k))
        && (title.contains("关于") || title.contains("印发") || title.contains("转发"))
}
