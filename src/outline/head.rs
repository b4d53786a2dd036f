//! Head: title, number, issuers and date.
//!
//! In: lines and the plan's bounds. Out: what the page says of its document. Strong places win over weak ones: a
//! signature's date over a page's time stamp, the issuer that the title names over the name in a page's table.

use super::clause::Outline;
use super::heading::Marker;
use super::line::Line;
use super::number::DocNumber;
use super::plan::{is_annex_label, is_commentary_title};
use crate::text::{SourceText, Span, is_blank, tidy};
use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

/// What the page says of its document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Title of the notice, else of the plan.
    pub title: Option<String>,
    /// Title of the plan itself, where a notice issues it.
    pub plan_title: Option<String>,
    /// Document number.
    pub number: Option<String>,
    /// Issuing bodies.
    pub issuers: Vec<String>,
    /// Date of issue.
    pub issued: Option<Date>,
    /// Code points where the document begins: its title, number or letter; what stands before is the page's.
    pub begins: u32,
}

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

static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(\d{4}|[一二三四五六七八九〇零]{4})年(\d{1,2}|[一二三四五六七八九十]{1,3})月(\d{1,2}|[一二三四五六七八九十]{1,3})日").ok()
});
static STAMP: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"((?:19|20)\d{2})[-./](\d{1,2})[-./](\d{1,2})").ok());

fn date_in(text: &str) -> Option<(Date, usize, usize)> {
    let number = |s: &str| {
        if s.starts_with(|c: char| c.is_ascii_digit()) {
            s.parse().ok()
        } else {
            super::heading::ordinal(s).map(|n| n as i8)
        }
    };
    let year = |s: &str| -> Option<i16> {
        let digits: String = s
            .chars()
            .map(|c| {
                "〇一二三四五六七八九"
                    .chars()
                    .position(|d| d == c || (c == '零' && d == '〇'))
                    .map_or(c, |d| (b'0' + d as u8) as char)
            })
            .collect();
        digits.parse().ok()
    };
    [&DATE, &STAMP].into_iter().find_map(|pattern| {
        let found = pattern.as_ref()?.captures(text)?;
        let whole = found.get(0)?;
        let date =
            Date::new(year(found.get(1)?.as_str())?, number(found.get(2)?.as_str())?, number(found.get(3)?.as_str())?)
                .ok()?;
        Some((date, whole.start(), whole.end()))
    })
}

/// The date of a line that holds nothing else, as under a signature (`2019年3月11日`, `2022年12月6日印发`).
pub fn date_line(text: &str) -> Option<Date> {
    let (date, start, end) = date_in(text)?;
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    (text.contains('年')
        && before.trim_matches(['(', '—', ':']).is_empty()
        && matches!(after.trim_matches([')', '。']), "" | "印发" | "发布" | "发"))
    .then_some(date)
}

fn is_chrome(text: &str) -> bool {
    CHROME.iter().any(|w| text.contains(w))
}

/// A title's last word, in front of a bracket such as (试行) or a document number.
fn ends_as_title(text: &str) -> bool {
    let core = strip_number(text);
    let core = match core.strip_suffix(')') {
        Some(inner) => inner.rfind('(').map_or(core, |at| &core[..at]),
        None => core,
    };
    KINDS.iter().any(|kind| core.trim_end_matches('》').ends_with(kind))
}

fn strip_number(text: &str) -> &str {
    match DocNumber::all(text).last() {
        Some(number)
            if text[number.range.end..].trim_matches([')', '>', '》']).is_empty() && number.range.start > 0 =>
        {
            text[..number.range.start].trim_end_matches(['(', '<'])
        }
        _ => text,
    }
}

fn could_be_title(line: &Line) -> bool {
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
struct Block {
    first: usize,
    last: usize,
    text: String,
}

/// Titles among `lines`, in order: each ends with a word such as 通知 or 方案 and goes back over the lines that lead to it.
fn blocks(lines: &[Line]) -> Vec<Block> {
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
fn goes_on(text: &str, next: &str) -> bool {
    text.matches('《').count() > text.matches('》').count()
        || ["的", "》", "和", "及"]
            .iter()
            .any(|w| next.starts_with(w) && next.chars().count() <= 30 && ends_as_title(next))
}

/// A title that names an issuer or begins with 关于 needs no line in front of it.
fn starts_whole(text: &str) -> bool {
    text.find("关于")
        .and_then(|at| text.get(..at))
        .is_some_and(|issuer| looks_like_body(issuer) && names_government(issuer))
}

/// True where the line in front of a whole title is one more office that issues it, not a page's banner that repeats
/// the title's own.
fn joins_issuer(before: &str, title: &str) -> bool {
    looks_like_body(before)
        && names_government(before)
        && !title.contains(before.trim_end_matches("办公厅").trim_end_matches("办公室"))
}

/// An office that says whose it is: by a place, or as a body of the state.
fn names_government(office: &str) -> bool {
    let head: String = office.chars().take(7).collect();
    head.contains(['省', '市', '区', '县', '州', '盟', '旗'])
        || office.starts_with(['国', '中', '全'])
        || ["部", "部办公厅", "总局", "署"].iter().any(|end| office.ends_with(end))
}

/// A name that ends as the name of an office does.
pub fn looks_like_body(text: &str) -> bool {
    let ends = [
        "局",
        "委",
        "厅",
        "部",
        "办",
        "办公室",
        "办公厅",
        "委员会",
        "政府",
        "小组",
        "院",
        "署",
        "会",
        "处",
        "中心",
        "党委",
        "公司",
        "银行",
        "分行",
        "支行",
        "管理部",
        "营管部",
        "军区",
        "总队",
        "支队",
        "领导组",
        "指挥部",
        "国务院",
        "海关",
        "学校",
        "大学",
    ];
    let n = text.chars().count();
    (3..=45).contains(&n)
        && ends.iter().any(|e| text.ends_with(e))
        && !text.contains(['。', ',', ':', ';', '(', '《', '、', '年'])
}

/// The words of a printed line, cut at its blanks; letter-spaced names (`教 育 部`) are put together.
fn words(source: &SourceText, span: Span) -> Vec<String> {
    let words: Vec<String> = source
        .slice(span)
        .split(is_blank)
        .filter(|w| !w.is_empty())
        .map(|w| w.replace("**", "").chars().map(tidy).collect::<String>())
        .filter(|w| !w.is_empty())
        .collect();
    let letters: usize = words.iter().map(|w| w.chars().count()).sum();
    if words.len() > 1 && letters < words.len() * 2 { vec![words.concat()] } else { words }
}

impl Head {
    /// Reads the head of a page.
    pub fn of(source: &SourceText, outline: &Outline) -> Self {
        let all = &outline.lines.lines;
        let head = all.get(outline.bounds.head.clone()).unwrap_or_default();
        let tail = all.get(outline.bounds.end..).unwrap_or_default();
        let tail_end = tail.iter().position(|l| is_commentary_title(&l.text)).unwrap_or(tail.len());
        let tail = tail.get(..tail_end).unwrap_or_default();
        let blocks = blocks(head);
        let labelled = |names: &[&str]| label(source, head, names).or_else(|| label(source, tail, names));

        let notice = blocks.iter().find(|b| is_notice(&b.text));
        let plan = blocks.iter().rev().find(|b| !is_notice(&b.text)).or(blocks.last());
        let title = labelled(&["标题"])
            .map(|w| w.concat())
            .filter(|t| ends_as_title(t))
            .or_else(|| notice.or(plan).map(|b| b.text.clone()));
        let plan_title = plan.map(|b| b.text.clone());

        let printed = head
            .iter()
            .enumerate()
            .filter(|(_, l)| !l.text.contains('《') || l.text.ends_with('号'))
            .find_map(|(i, l)| own_number(source, l).map(|n| (i, n)));
        let number = labelled(&["发文字号", "文号", "发文文号"])
            .and_then(|w| w.iter().find_map(|w| DocNumber::all(w).into_iter().next()).map(|n| n.number))
            .or_else(|| printed.as_ref().map(|(_, n)| n.clone()));

        let order = order(head);
        let number = number.or_else(|| order.as_ref().map(|(office, no)| format!("{office}令第{no}号")));
        let signed = signature(source, head, false).into_iter().chain(signature(source, tail, true)).next();
        let in_title = title.as_deref().and_then(|t| issuers_in_title(source, head, notice.or(plan), t));
        // 省政府办公厅关于…, signed 江苏省人民政府办公厅: the signature says whose office it is.
        let whose = signed.as_ref().map(|s| s.bodies.clone()).filter(|bodies| {
            in_title.as_ref().is_some_and(|own| {
                own.len() == bodies.len() && own.iter().zip(bodies).all(|(own, signed)| is_short_for(own, signed))
            })
        });
        let issuers = whose
            .or(in_title)
            .or_else(|| signed.as_ref().map(|s| s.bodies.clone()).filter(|b| !b.is_empty()))
            .or_else(|| {
                labelled(&["发布机构", "发文机关", "发文单位", "发布单位", "制定机关"])
                    .map(|w| w.into_iter().filter(|w| looks_like_body(w)).collect())
            })
            .filter(|b: &Vec<String>| !b.is_empty())
            .or_else(|| order.map(|(office, _)| vec![office]))
            .or_else(|| title.as_deref().and_then(|t| issuers_around(source, t)))
            .unwrap_or_default();

        let issued = signed.as_ref().and_then(|s| s.date).or_else(|| {
            let date = |names: &[&str]| labelled(names).and_then(|w| date_in(&w.concat())).map(|d| d.0);
            date(&["成文日期", "发文日期", "印发日期", "签发日期"])
                .or_else(|| date(&["发布日期", "发布时间", "公开日期", "时间", "日期"]))
                .or_else(|| {
                    head.iter()
                        .filter(|l| l.text.chars().count() <= 400)
                        .find_map(|l| date_in(&l.text).filter(|d| d.1 == 0).map(|d| d.0))
                })
        });
        let first = notice.or(plan).map(|b| b.first).into_iter().chain(printed.map(|(i, _)| i)).min();
        let begins = first.and_then(|i| head.get(i)).map_or(0, |l| l.span.start);
        Self { title, plan_title, number, issuers, issued, begins }
    }
}

/// `广东省人民政府令` with `第290号` behind it or on the next line: whose order, and its number.
fn order(head: &[Line]) -> Option<(String, String)> {
    head.iter().enumerate().find_map(|(i, line)| {
        let (office, behind) = line.text.split_once('令')?;
        let next = head.get(i + 1).map_or("", |l| l.text.as_str());
        let no = if behind.is_empty() { next } else { behind };
        let no = no.trim_matches(['(', ')', '(']).strip_prefix('第')?.strip_suffix('号')?;
        let whole = super::heading::ordinal(no).is_some() || no.parse::<u32>().is_ok();
        (looks_like_body(office) && whole).then(|| (office.to_owned(), no.to_owned()))
    })
}

/// 省政府办公厅 for 江苏省人民政府办公厅: the same office without its place.
fn is_short_for(own: &str, signed: &str) -> bool {
    let level = own.chars().next().filter(|c| matches!(c, '省' | '市' | '区' | '县' | '州'));
    let plain = |name: &str| name.replace("人民政府", "政府");
    level.is_some() && own.chars().count() < signed.chars().count() && plain(signed).ends_with(&plain(own))
}

fn is_notice(title: &str) -> bool {
    ["通知", "意见", "决定", "批复", "函", "通报", "公告", "通告", "报告", "命令"]
        .iter()
        .any(|k| title.trim_end_matches(')').ends_with(k))
        && (title.contains("关于") || title.contains("印发") || title.contains("转发"))
}

/// A number on a line of its own, behind a title, or behind its label; not one that a sentence cites.
fn own_number(source: &SourceText, line: &Line) -> Option<String> {
    if line.text.chars().count() > 120 || line.text.contains('。') {
        return None;
    }
    let number = DocNumber::all(&line.text).pop()?;
    let before = line.text.get(..number.range.start)?;
    if before.ends_with('(') && before.contains(['《', '》'])
        || !matches!(line.text.get(number.range.end..)?, "" | ")" | "(" | "文件") && !before.is_empty()
    {
        return None;
    }
    // A blank in front of the office divides it from the title on the same line.
    let word = words(source, line.span).into_iter().rev().find(|w| w.contains(['〔', '[', '(', '令']));
    let tight = word.and_then(|w| DocNumber::all(&w).pop()).map(|n| n.number);
    Some(tight.filter(|t| number.number.ends_with(t.as_str()) && t.chars().count() >= 9).unwrap_or(number.number))
}

/// The words behind a label of a page's table (`索 引 号 … 发文日期 2024-08-22`, `文号：…`).
fn label(source: &SourceText, lines: &[Line], names: &[&str]) -> Option<Vec<String>> {
    for line in lines {
        let words = words(source, line.span);
        let plain: Vec<String> = words.iter().map(|w| w.trim_matches([':', '【', '】', '[', ']']).to_owned()).collect();
        for name in names {
            for start in 0..plain.len() {
                // Labels are often set with blanks inside: 文 号, 标　　题.
                for end in start + 1..=(start + name.chars().count()).min(plain.len()) {
                    let joined = plain.get(start..end)?.concat();
                    if joined == *name {
                        let rest: Vec<String> = words
                            .get(end..)?
                            .iter()
                            .take_while(|w| !is_label(w))
                            .map(|w| w.trim_start_matches(':').to_owned())
                            .collect();
                        if !rest.is_empty() {
                            return Some(rest);
                        }
                    } else if let Some(value) =
                        joined.strip_prefix(name).and_then(|v| v.strip_prefix(':')).filter(|v| !v.is_empty())
                    {
                        return Some(vec![value.to_owned()]);
                    }
                }
                if let Some(at) = plain.get(start).and_then(|w| w.find(&format!("{name}:"))) {
                    let value = plain.get(start)?.get(at + name.len() + 1..)?;
                    if !value.is_empty() && plain.get(start)?.chars().count() <= 60 {
                        return Some(vec![value.to_owned()]);
                    }
                }
            }
        }
    }
    None
}

fn is_label(word: &str) -> bool {
    [
        "文",
        "发文日期",
        "发布机构",
        "成文日期",
        "发布日期",
        "标题",
        "主题词",
        "有效性",
        "索引号",
        "发文字号",
        "文号",
        "主题分类",
        "名称",
        "有",
    ]
    .contains(&word.trim_end_matches(':'))
        || word.ends_with(':')
}

struct Signature {
    bodies: Vec<String>,
    date: Option<Date>,
}

/// Signatures: lines of nothing but offices, with the date under them. `spoken`: a sentence stands before the lines.
fn signature(source: &SourceText, lines: &[Line], mut spoken: bool) -> Vec<Signature> {
    let mut found = Vec::new();
    let mut bodies: Vec<String> = Vec::new();
    let mut skip = false;
    for (i, line) in lines.iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        let date = date_line(&line.text);
        let mut words: Vec<String> = words(source, line.span);
        // 江苏省人民政府办公|厅: the page's end may cut an office's last word.
        if let (Some(next), [only]) = (lines.get(i + 1), words.as_mut_slice())
            && spoken
            && next.text.chars().count() <= 2
            && !looks_like_body(only)
            && looks_like_body(&format!("{only}{}", next.text))
        {
            only.push_str(&next.text);
            skip = true;
        }
        let stem: String = bodies.iter().chain(&words).next().map(|w| w.chars().take(2).collect()).unwrap_or_default();
        if line.text.len() <= 400 {
            words = words.into_iter().flat_map(|word| parted(word, &stem)).collect();
        }
        let dated = date_in(&line.text).filter(|(_, start, end)| {
            *start > 0 && matches!(line.text.get(*end..), Some("" | "印发")) && line.text.contains('年')
        });
        if spoken && date.is_none() && !words.is_empty() && words.iter().all(|w| looks_like_body(w)) {
            bodies.extend(words);
        } else if let Some(date) = date {
            found.push(Signature { bodies: std::mem::take(&mut bodies), date: Some(date) });
        } else if let Some((date, start, _)) = dated.filter(|(_, start, _)| looks_like_body(&line.text[..*start])) {
            bodies.push(line.text[..start].to_owned());
            found.push(Signature { bodies: std::mem::take(&mut bodies), date: Some(date) });
        } else if !bodies.is_empty() {
            found.push(Signature { bodies: std::mem::take(&mut bodies), date: None });
        }
        spoken |= line.ends_sentence();
    }
    if !bodies.is_empty() {
        found.push(Signature { bodies, date: None });
    }
    // The first signature with a date is the notice's; one with offices alone still names them.
    let dated = found.iter().position(|s| s.date.is_some());
    if let Some(at) = dated {
        let named = found.iter().take(at + 1).rposition(|s| !s.bodies.is_empty());
        let date = found.get(at).and_then(|s| s.date);
        let bodies = named.and_then(|i| found.get_mut(i)).map(|s| std::mem::take(&mut s.bodies)).unwrap_or_default();
        return vec![Signature { bodies, date }];
    }
    found.truncate(1);
    found
}

/// Two offices printed without a blank between them: behind the end of one, the next begins with the place that the
/// first signer bears, or with a level word.
fn parted(word: String, stem: &str) -> Vec<String> {
    let ends = ['局', '委', '厅', '办', '院', '会', '署', '行', '部'];
    let cut = word.char_indices().find_map(|(at, c)| {
        let behind = at + c.len_utf8();
        let (left, right) = (word.get(..behind)?, word.get(behind..)?);
        let levels = ["市", "省", "区", "县", "州", "自治区"];
        let level = matches!(c, '局' | '厅') && levels.iter().any(|level| right.starts_with(level));
        // 人民银行天津分行 is one.
        let branch = ["分行", "支行", "中心支行", "营业管理部", "营管部", "总部", "分局", "分公司"];
        let of_it = |rest: &str| branch.iter().any(|branch| rest.starts_with(branch));
        let placed = stem.chars().count() == 2
            && right.strip_prefix(stem).is_some_and(|rest| !of_it(rest.trim_start_matches('市')));
        let ended = ends.contains(&c) || left.ends_with(stem) || left.ends_with("分行");
        (ended
            && (level || placed)
            && looks_like_body(right)
            && left.chars().count() >= 3
            && (looks_like_body(left) || left.ends_with('行')))
        .then_some(behind)
    });
    match cut {
        Some(at) => {
            let (left, right) = word.split_at(at);
            let mut parts = vec![left.to_owned()];
            parts.extend(parted(right.to_owned(), stem));
            parts
        }
        None => vec![word],
    }
}

/// `X关于…`: the offices in front of 关于, unless 等 leaves the list open.
fn issuers_in_title(source: &SourceText, head: &[Line], block: Option<&Block>, title: &str) -> Option<Vec<String>> {
    let at = ["关于", "印发", "转发", "批转"].iter().filter_map(|w| title.find(w)).min().filter(|at| *at > 0)?;
    let prefix = title.get(..at)?;
    if prefix.contains('等') || prefix.contains('《') {
        return None;
    }
    let cut = |w: String| {
        ["关于", "印发", "转发"].iter().filter_map(|k| w.find(k)).min().map_or(w.clone(), |at| w[..at].to_owned())
    };
    let mut printed: Vec<String> = Vec::new();
    for line in block.and_then(|b| head.get(b.first..=b.last)).unwrap_or_default() {
        let mut words = words(source, line.span).into_iter().map(cut);
        // A name may run over a line's end; a line that names its own government begins an office of its own.
        if let Some(next) = words.next() {
            let alike = printed.is_empty() || names_government(&next);
            match printed.last_mut() {
                Some(last) if !alike => last.push_str(&next),
                _ => printed.push(next),
            }
        }
        printed.extend(words);
        if ["关于", "印发", "转发"].iter().any(|k| line.text.contains(k)) {
            break;
        }
    }
    let mut bodies = Vec::new();
    let mut rest = prefix;
    for word in printed {
        // Blanks between offices divide them, if what they divide are offices.
        if let Some(after) = rest.strip_prefix(word.as_str()).filter(|_| looks_like_body(&word)) {
            bodies.push(word);
            rest = after;
        } else {
            break;
        }
    }
    let split_well = bodies.len() > 1 && rest.is_empty();
    let bodies: Vec<String> = if split_well { bodies } else { prefix.split(['、', ',']).map(str::to_owned).collect() };
    bodies.iter().all(|b| looks_like_body(b) || b.ends_with("国务院")).then_some(bodies)
}

/// `A、B、C联合印发《title》` somewhere on the page: the longest names.
fn issuers_around(source: &SourceText, title: &str) -> Option<Vec<String>> {
    let text: String = source.as_str().chars().filter(|c| !is_blank(*c)).map(tidy).collect();
    let mut best: Option<(usize, Vec<String>)> = None;
    for verb in ["印发", "发布", "制定", "出台", "下发", "公布"] {
        for (at, _) in text.match_indices(verb) {
            let after = text.get(at + verb.len()..).unwrap_or_default();
            let before: String = text
                .get(..at)
                .unwrap_or_default()
                .chars()
                .rev()
                .take(160)
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
            let names_it = after.trim_start_matches('了').strip_prefix('《').is_some_and(|t| t.starts_with(title));
            let list = before.rsplit(['。', ',', ';', ':', '由']).next().unwrap_or_default();
            let list = list.trim_end_matches("正式").trim_end_matches("联合");
            let bodies: Vec<String> = list.split('、').map(str::to_owned).collect();
            if (names_it || before.contains(title)) && bodies.iter().all(|b| looks_like_body(b)) {
                let length = list.chars().count();
                if best.as_ref().is_none_or(|(l, _)| length > *l) {
                    best = Some((length, bodies));
                }
            }
        }
    }
    best.map(|(_, bodies)| bodies)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        let source = SourceText::new(text);
        Head::of(&source, &Outline::of(&source))
    }

    #[test]
    fn reads_a_notice() {
        let got = head(
            "绵阳市人民政府办公室\n关于印发《绵阳市就业促进\n行动方案》的通知\n绵府办发〔2021〕7号\n各县(市、区)人民政府:\n现印发给你们,请贯彻执行。\n绵阳市人民政府办公室\n2021年5月6日\n绵阳市就业促进行动方案\n一、目标\n好。\n",
        );
        assert_eq!(got.title.as_deref(), Some("绵阳市人民政府办公室关于印发《绵阳市就业促进行动方案》的通知"));
        assert_eq!(got.number.as_deref(), Some("绵府办发〔2021〕7号"));
        assert_eq!(got.issuers, ["绵阳市人民政府办公室"]);
        assert_eq!(got.issued.map(|d| d.to_string()).as_deref(), Some("2021-05-06"));
        assert_eq!(got.plan_title.as_deref(), Some("绵阳市就业促进行动方案"));
    }

    #[test]
    fn dates_of_signatures() {
        assert_eq!(date_line("二〇一九年三月十一日").map(|d| d.to_string()).as_deref(), Some("2019-03-11"));
        assert_eq!(date_line("2022年12月6日印发").map(|d| d.to_string()).as_deref(), Some("2022-12-06"));
        assert_eq!(date_line("到2022年12月6日完成"), None);
        assert_eq!(date_line("2022年13月6日"), None);
    }
}
