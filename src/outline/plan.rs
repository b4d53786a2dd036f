//! Plans on a page: where the plan's outline begins and ends among notice letter, news, questions and answers, annexes.
//!
//! In: lines. Out: line ranges. A page may hold a table of contents before the plan, an interpretation after it, or
//! several attached plans; each begins its numbering anew, and that is what tells them apart.

use super::heading::{Marker, Shape};
use super::line::{Line, Lines, has_leader};
use std::collections::BTreeMap;
use std::ops::Range;

/// Line ranges of what a page holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Outlines of plans, in order; usually one, none where nothing is numbered.
    pub plans: Vec<Range<usize>>,
    /// What stands before the first plan's outline: page head, notice letter, title, introduction.
    pub head: Range<usize>,
    /// Where the interpretation or page foot behind the last plan begins.
    pub end: usize,
}

/// One numbering from 1 to its end.
struct Run {
    start: usize,
    last: usize,
    end: usize,
    count: usize,
}

/// Finds the plans of a page.
pub fn bounds(lines: &Lines) -> Bounds {
    let all = &lines.lines;
    let marked: Vec<(usize, Marker)> = all
        .iter()
        .enumerate()
        .filter(|(_, line)| line.free)
        .filter_map(|(i, line)| Some((i, Marker::of_line(line)?)))
        .collect();
    let Some(top) = own_shape(all, &marked).or_else(|| top_shape(&marked)) else {
        return Bounds { plans: Vec::new(), head: 0..all.len(), end: all.len() };
    };
    let mut runs = runs(&marked, top, all.len());
    let opening = |run: &Run| all.get(run.start).map(|line| line.text.as_str());
    let last_of: BTreeMap<Option<&str>, usize> = runs.iter().map(|run| (opening(run), run.start)).collect();
    let again = |run: &Run| last_of.get(&opening(run)).is_some_and(|last| *last > run.last);
    let contents: Vec<bool> = runs.iter().map(|run| is_contents(all, run, again(run))).collect();
    let mut contents = contents.into_iter();
    runs.retain(|run| !contents.next().unwrap_or(false) && !is_list(all, run));
    let kept: Vec<(usize, &Run)> =
        runs.iter().enumerate().filter(|(i, run)| !is_commentary(all, *i, &runs, run)).collect();
    let Some((first, main)) = kept.first().copied() else {
        return Bounds { plans: Vec::new(), head: 0..all.len(), end: all.len() };
    };
    let floor = |i: usize| i.checked_sub(1).and_then(|i| runs.get(i)).map_or(0, |r| r.last + 1);
    let attached =
        |i: usize, run: &Run| all.get(floor(i)..run.start).unwrap_or_default().iter().any(|l| is_annex_label(&l.text));
    let several = attached(first, main) && hands_out_work(all, main);
    let plans: Vec<Range<usize>> = kept
        .iter()
        .filter(|(i, run)| *i == first || (several && attached(*i, run) && hands_out_work(all, run)))
        .map(|(_, run)| run.start..tail(all, run))
        .collect();
    let end = plans.last().map_or(all.len(), |plan| plan.end);
    Bounds { head: 0..main.start, plans, end }
}

/// The highest shape that really numbers something: it begins with 1, and comes twice or before all others.
fn top_shape(marked: &[(usize, Marker)]) -> Option<Shape> {
    let counts = |shape: Shape| marked.iter().filter(|(_, m)| m.shape == shape).count();
    let first = |shape: Shape| marked.iter().any(|(_, m)| m.shape == shape && m.no == 1);
    let shapes = [Shape::Part, Shape::Chapter, Shape::Han, Shape::Article, Shape::ParenHan, Shape::Arabic];
    let leads = |shape: Shape| marked.first().is_some_and(|(_, m)| m.shape == shape);
    let articles = counts(Shape::Article);
    shapes
        .into_iter()
        .filter(|shape| *shape != Shape::Han || articles < 5 || counts(Shape::Han) > articles)
        .find(|shape| first(*shape) && (counts(*shape) >= 2 || leads(*shape)))
        .or_else(|| shapes.into_iter().find(|shape| first(*shape)))
}

/// The shape of the numbering that a letter bears itself, in front of its annexes: 一、二、 in the notice, not 第一章 of the
/// rules that it attaches.
fn own_shape(lines: &[Line], marked: &[(usize, Marker)]) -> Option<Shape> {
    let annex = lines.iter().position(|l| l.opens && is_annex_label(&l.text))?;
    let own = marked.get(..marked.partition_point(|(i, _)| *i < annex))?;
    let sections: Vec<&(usize, Marker)> = own.iter().filter(|(_, m)| m.shape == Shape::Han).collect();
    let ([(first, one), .., (last, _)], true) = (sections.as_slice(), sections.len() >= 2) else { return None };
    let body = lines.get(*first..*last)?;
    (one.no == 1
        && body.iter().any(|l| l.text.contains('。'))
        && !body.iter().all(|l| has_leader(&l.text))
        && top_shape(own) == Some(Shape::Han))
    .then_some(Shape::Han)
}

fn runs(marked: &[(usize, Marker)], top: Shape, len: usize) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut previous = 0;
    for (line, marker) in marked.iter().filter(|(_, m)| m.shape == top) {
        match runs.last_mut() {
            Some(run) if marker.no > 1 || previous == 0 => {
                run.last = *line;
                run.count += 1;
            }
            None if marker.no > 1 => continue,
            before => {
                if let Some(before) = before {
                    before.end = *line;
                }
                runs.push(Run { start: *line, last: *line, end: len, count: 1 });
            }
        }
        previous = marker.no;
    }
    runs
}

/// A table of contents: numbered lines that lead to a page number, or nothing but headings that come `again` later.
fn is_contents(lines: &[Line], run: &Run, again: bool) -> bool {
    let inside = lines.get(run.start..=run.last).unwrap_or_default();
    let numbered = inside.iter().filter(|l| Marker::of_line(l).is_some()).count();
    let paged = inside.iter().filter(|l| is_contents_line(&l.text)).count();
    let leaders = inside.iter().filter(|l| has_leader(&l.text)).count();
    run.count >= 2
        && (leaders * 2 > inside.len()
            || numbered == inside.len() && paged * 2 > inside.len()
            || again && numbered * 10 >= inside.len() * 9 && !inside.iter().any(Line::ends_sentence))
}

/// A list of names, projects or documents: numbered, but without a sentence; in an annex also one of many that say in a
/// line each what somebody has done.
fn is_list(lines: &[Line], run: &Run) -> bool {
    let inside = lines.get(run.start..=run.last).unwrap_or_default();
    let single = |l: &Line| {
        Marker::of_line(l).is_some()
            && l.text.matches('。').count() <= 1
            && !is_group_label(&l.text)
            && !ends_with_group(&l.text)
    };
    let annexed = || {
        let before = lines.get(run.start.saturating_sub(4)..run.start).unwrap_or_default();
        before.iter().any(|l| is_annex_label(&l.text)) && !before.iter().any(|l| hands_out(&l.text))
    };
    let (last, others) = inside.split_last().map_or((None, inside), |(last, others)| (Some(last), others));
    let named = !others.iter().any(|l| l.text.contains(['。', ';', ',']))
        && last.is_some_and(|l| l.text.chars().count() <= 16 || !l.text.contains(['。', ';', ',']));
    let titles = |l: &Line| Marker::of_line(l).is_none_or(|m| l.text.get(m.len..).is_some_and(|t| t.starts_with('《')));
    let whole = lines.get(run.start..run.end).unwrap_or_default();
    run.count > 1 && (named || inside.iter().all(titles))
        || run.count == 1 && !whole.iter().any(|l| l.text.contains(['。', ';', ',']))
        || run.count >= 10 && inside.iter().all(single) && annexed()
}

/// A title of something that hands out work.
fn hands_out(title: &str) -> bool {
    ["任务", "要点", "措施", "方案", "计划", "分工", "安排", "举措", "清单"].iter().any(|kind| title.contains(kind))
}

/// `一、总体要求......3`, `一、总体要求3`.
fn is_contents_line(text: &str) -> bool {
    let core = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '—');
    core.ends_with(['.', '…', '·']) || (core.len() < text.len() && !core.ends_with(|c: char| c.is_ascii_alphanumeric()))
}

/// An interpretation, questions and answers, a report about the plan: nothing in it is ordered.
fn is_commentary(lines: &[Line], index: usize, runs: &[Run], run: &Run) -> bool {
    let from = index.checked_sub(1).and_then(|i| runs.get(i)).map_or(0, |before| before.last + 1);
    let before = lines.get(from..run.start).unwrap_or_default();
    let titled = before.iter().any(|l| l.opens && is_commentary_title(&l.text));
    let headings = lines.get(run.start..run.end).unwrap_or_default();
    let asks = headings.iter().filter(|l| Marker::of_line(l).is_some() && l.text.ends_with('?')).count();
    let background = lines.get(run.start).is_some_and(|l| {
        l.text.chars().count() <= 20 && ["背景", "起草过程", "制定依据"].iter().any(|w| l.text.contains(w))
    });
    titled || asks >= 2 || (background && index > 0)
}

/// A title that announces an interpretation: `《…》政策解读`, `…答记者问`.
pub fn is_commentary_title(text: &str) -> bool {
    let core = text.trim_end_matches(|c| matches!(c, ')' | '一'..='九')).trim_end_matches('(');
    text.chars().count() <= 60
        && !text.contains('。')
        && ["解读", "答记者问", "问答", "一图读懂", "图解", "解读材料"]
            .iter()
            .any(|w| core.ends_with(w) || core.starts_with(w))
}

/// `附件`, `附件1`, `附件：` at the start of a line.
pub fn is_annex_label(text: &str) -> bool {
    !has_leader(text)
        && text.strip_prefix("附件").or_else(|| text.strip_prefix("附表")).is_some_and(|rest| {
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
            rest.is_empty() || rest.starts_with([':', '.', '、'])
        })
}

fn hands_out_work(lines: &[Line], run: &Run) -> bool {
    let body = lines.get(run.start..run.end).unwrap_or_default();
    body.iter().any(|l| ["负责)", "责任单位", "牵头单位", "责任部门", "牵头部门"].iter().any(|w| l.text.contains(w)))
}

/// The line behind a plan's last clause.
fn tail(lines: &[Line], run: &Run) -> usize {
    // A numbered list of annexes behind the plan is not its outline.
    let annex = (run.last + 1..run.end).find(|i| lines.get(*i).is_some_and(|l| l.opens && is_annex_label(&l.text)));
    let end = annex.unwrap_or(run.end);
    let last = (run.start..end)
        .rev()
        .find(|i| lines.get(*i).is_some_and(|l| l.free && Marker::of_line(l).is_some() && !l.text.ends_with('?')))
        .unwrap_or(run.last)
        .max(run.last);
    let mut in_group = false;
    // A heading alone has its text in the paragraphs behind it.
    let paragraph = (last + 1..end).find(|i| lines.get(*i).is_none_or(|l| l.opens)).unwrap_or(end);
    let mut body = paragraph.checked_sub(1).and_then(|i| lines.get(i)).is_some_and(Line::ends_sentence);
    let run_in = body;
    for i in run.last + 1..end {
        let (Some(line), Some(before)) = (lines.get(i), lines.get(i - 1)) else { break };
        // Behind the last number any paragraph may close; before it only what can stand nowhere else.
        if i <= last {
            if line.opens && before.ends_sentence() && is_signed(lines, i) {
                return i;
            }
            continue;
        }
        if line.opens {
            in_group |= ends_with_group(&before.text);
            let group = ends_with_group(&line.text) || is_group_label(&line.text);
            if is_closing(lines, i)
                || (before.ends_sentence() && is_list_title(lines, i))
                || (in_group && !group)
                || (run_in && body && speaks_to_all(&line.text))
            {
                return i;
            }
        }
        body |= line.ends_sentence();
    }
    end
}

/// A signature with its date under it.
fn is_signed(lines: &[Line], at: usize) -> bool {
    let office = lines.get(at).is_some_and(|l| super::issuer::looks_like_body(&l.text));
    office && lines.get(at + 1).is_some_and(|l| super::date::date_line(&l.text).is_some())
}

/// A title over one or two lines of a list of persons or a form.
fn is_list_title(lines: &[Line], at: usize) -> bool {
    let titles = [
        "名单",
        "组成人员",
        "一览表",
        "汇总表",
        "申报表",
        "申请表",
        "登记表",
        "统计表",
        "联系方式",
        "通讯录",
        "承诺书",
    ];
    let mut title = String::new();
    for line in lines.get(at..).unwrap_or_default().iter().take(2) {
        if Marker::of_line(line).is_some() || line.ends_sentence() || line.text.contains(['。', ',', ';', ':']) {
            return false;
        }
        title.push_str(&line.text);
        if title.chars().count() > 40 {
            return false;
        }
        if titles.iter().any(|end| title.ends_with(end)) {
            return true;
        }
    }
    false
}

fn ends_with_group(text: &str) -> bool {
    let tail: String = text.chars().rev().take(30).collect::<Vec<_>>().into_iter().rev().collect();
    (text.ends_with(')') || text.ends_with(")。"))
        && ["负责", "单位", "部门", "牵头", "落实", "配合", "局)", "委)"].iter().any(|w| tail.contains(w))
        || is_group_label(text)
}

/// What such labels say.
const LABEL_WORDS: [&str; 22] = [
    "责任",
    "牵头",
    "配合",
    "主办单位",
    "承办",
    "协办",
    "参加",
    "参与",
    "完成",
    "时限",
    "督办",
    "督导",
    "督查",
    "监督",
    "考核",
    "主管",
    "建设",
    "实施",
    "业主",
    "整改",
    "措施",
    "目标",
];

/// A line that a short label opens (责任单位:, 【完成时限】, 整改措施:): it belongs to the clause that it follows.
fn is_group_label(text: &str) -> bool {
    let head: String = text.trim_start_matches(['(', '[', '【']).chars().take(9).collect();
    let label = head.split([':', '】', ']']).next().filter(|label| label.len() < head.len()).unwrap_or_default();
    LABEL_WORDS.iter().any(|word| label.contains(word)) && !label.contains(['。', ',', '、'])
}

/// 各地、各有关部门要…: a paragraph that speaks to everybody.
fn speaks_to_all(text: &str) -> bool {
    let head: String = text.chars().take(30).collect();
    text.starts_with('各') && head.contains(['要', '应', '须'])
        || text.starts_with('请') && ["报送", "执行", "落实", "反馈", "填写", "遵照"].iter().any(|w| text.contains(w))
        || text.starts_with('本')
            && ["自", "由"].iter().any(|w| head.contains(w))
            && ["施行", "实施", "解释", "印发"].iter().any(|w| text.contains(w))
}

/// Annex list, copies-to line, signature, page foot.
fn is_closing(lines: &[Line], at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    let text = line.text.as_str();
    let next = lines.get(at + 1).map_or("", |l| l.text.as_str());
    is_annex_label(text)
        || [
            "特此通知",
            "特此函复",
            "特此批复",
            "特此公告",
            "专此函复",
            "此复",
            "感谢您",
            "感谢你",
            "抄送",
            "抄报",
            "主送",
            "分送",
            "(此件",
            "此件公开",
            "(联系",
            "联系人:",
            "联系电话:",
            "附注:",
            "<返回",
            "扫一扫",
            "相关链接",
            "相关附件",
            "分享到",
            "打印本页",
            "责任编辑",
            "信息公开选项",
            "公开方式",
        ]
        .iter()
        .any(|w| text.starts_with(w))
        || is_commentary_title(text)
        || super::date::date_line(text).is_some()
        || (text.chars().count() <= 30 && !line.ends_sentence() && super::date::date_line(next).is_some())
        || (text.chars().count() <= 30
            && next.chars().count() <= 2
            && super::issuer::looks_like_body(&format!("{text}{next}"))
            && lines.get(at + 2).is_some_and(|l| super::date::date_line(&l.text).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceText;

    fn plans(text: &str) -> Vec<Range<usize>> {
        bounds(&Lines::of(&SourceText::new(text))).plans
    }

    #[test]
    fn an_interpretation_behind_the_plan_is_left_out() {
        let text =
            "某市行动方案\n一、目标\n做好。\n二、任务\n落实。\n《方案》政策解读\n一、背景\n好。\n二、内容\n好。\n";
        assert_eq!(plans(text).as_slice(), std::slice::from_ref(&(1..5)));
    }

    #[test]
    fn contents_are_no_plan() {
        let text = "目录\n一、目标......1\n二、任务......3\n一、目标\n做好。\n二、任务\n落实。\n";
        assert_eq!(plans(text).as_slice(), std::slice::from_ref(&(3..7)));
    }

    #[test]
    fn a_page_without_numbers_has_no_plan() {
        assert!(plans("关于放假的通知\n明天放假。\n").is_empty());
    }
}
