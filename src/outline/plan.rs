//! Plans on a page: where the plan's outline begins and ends among notice letter, news, questions and answers, annexes.
//!
//! In: lines. Out: line ranges. A page may hold a table of contents before the plan, an interpretation after it, or
//! several attached plans; each begins its numbering anew, and that is what tells them apart.

use super::heading::{Marker, Shape};
use super::line::{Line, Lines};
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
    let Some(top) = top_shape(&marked) else {
        return Bounds { plans: Vec::new(), head: 0..all.len(), end: all.len() };
    };
    let mut runs = runs(&marked, top, all.len());
    runs.retain(|run| !is_contents(all, run) && !is_list(all, run));
    let kept: Vec<&Run> =
        runs.iter().enumerate().filter(|(i, run)| !is_commentary(all, *i, &runs, run)).map(|(_, run)| run).collect();
    let Some(main) = kept.first() else {
        return Bounds { plans: Vec::new(), head: 0..all.len(), end: all.len() };
    };
    let floor = |run: &Run| runs.iter().rev().find(|r| r.last < run.start).map_or(0, |r| r.last + 1);
    let attached =
        |run: &Run| all.get(floor(run)..run.start).unwrap_or_default().iter().any(|l| is_annex_label(&l.text));
    let several = attached(main) && hands_out_work(all, main);
    let plans: Vec<Range<usize>> = kept
        .iter()
        .enumerate()
        .filter(|(i, run)| *i == 0 || (several && attached(run) && hands_out_work(all, run)))
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

/// A table of contents: nothing but numbered lines, most of them ending in a page number or leader.
fn is_contents(lines: &[Line], run: &Run) -> bool {
    let inside = lines.get(run.start..=run.last).unwrap_or_default();
    let numbered = inside.iter().filter(|l| Marker::of_line(l).is_some()).count();
    let paged = inside.iter().filter(|l| is_contents_line(&l.text)).count();
    run.count >= 2 && numbered == inside.len() && paged * 2 > inside.len()
}

/// A list of names, projects or documents: numbered, but without a sentence.
fn is_list(lines: &[Line], run: &Run) -> bool {
    run.count > 1
        && !lines.get(run.start..=run.last).unwrap_or_default().iter().any(|l| l.text.contains(['。', ';', ',']))
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
    text.strip_prefix("附件").or_else(|| text.strip_prefix("附表")).is_some_and(|rest| {
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
    let last = (run.start..run.end)
        .rev()
        .find(|i| lines.get(*i).is_some_and(|l| l.free && Marker::of_line(l).is_some() && !l.text.ends_with('?')))
        .unwrap_or(run.last);
    let last = last.max(run.last);
    // A numbered list of annexes behind the plan is not its outline.
    let annex = (run.last + 1..run.end).find(|i| lines.get(*i).is_some_and(|l| l.opens && is_annex_label(&l.text)));
    if let Some(annex) = annex.filter(|annex| *annex < last) {
        return annex;
    }
    let mut in_group = false;
    let mut body = lines.get(last).is_some_and(Line::ends_sentence);
    let run_in = body;
    for i in last + 1..run.end {
        let (Some(line), Some(before)) = (lines.get(i), lines.get(i - 1)) else { break };
        if line.opens {
            in_group |= ends_with_group(&before.text);
            let group = ends_with_group(&line.text) || is_group_label(&line.text);
            if is_closing(lines, i) || (in_group && !group) || (run_in && body && speaks_to_all(&line.text)) {
                return i;
            }
        }
        body |= line.ends_sentence();
    }
    run.end
}

fn ends_with_group(text: &str) -> bool {
    let tail: String = text.chars().rev().take(30).collect::<Vec<_>>().into_iter().rev().collect();
    (text.ends_with(')') || text.ends_with(")。"))
        && ["负责", "单位", "部门", "牵头", "落实", "配合", "局)", "委)"].iter().any(|w| tail.contains(w))
        || is_group_label(text)
}

fn is_group_label(text: &str) -> bool {
    let head: String = text.trim_start_matches(['(', '[', '【']).chars().take(8).collect();
    head.contains([':', '】', ']'])
        && ["责任", "牵头", "配合", "主办", "承办", "协办", "参加", "参与", "完成时", "时限", "督办"]
            .iter()
            .any(|w| head.contains(w))
}

/// 各地、各有关部门要…: a paragraph that speaks to everybody.
fn speaks_to_all(text: &str) -> bool {
    let head: String = text.chars().take(30).collect();
    text.starts_with('各') && head.contains(['要', '应', '须'])
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
        || super::head::date_line(text).is_some()
        || (text.chars().count() <= 30 && !line.ends_sentence() && super::head::date_line(next).is_some())
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
