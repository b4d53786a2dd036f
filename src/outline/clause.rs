//! The numbered outline: nodes, their paths, and the passage of each.
//!
//! In: lines and the plans' bounds. Out: nodes in text order, parents before children. A marker counts where it opens
//! a paragraph and its number is due: 1, or one more than the last of its shape under the same parent or, where
//! numbering runs on, in the plan.

use super::heading::{Marker, Shape};
use super::line::{Line, Lines};
use super::plan::{Bounds, bounds};
use super::tasktable::{self, Cell};
use crate::text::{Passage, PassageBuilder, SourceText};
use std::collections::BTreeMap;
use std::ops::Range;

/// A numbered piece of a plan: section, inner heading or clause.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its marker.
    pub marker: Marker,
    /// Printed numbers from the top down to this node; begins with the plan's ordinal where there are several plans.
    pub path: Vec<u32>,
    /// Index of the node that it stands in.
    pub parent: Option<usize>,
    /// Ordinal of its plan, where a notice attaches several.
    pub plan: Option<u32>,
    /// Everything behind the marker up to the next node.
    pub passage: Passage,
    /// Bytes of the passage that its first paragraph takes.
    pub first: usize,
    /// True where no node stands below it.
    pub leaf: bool,
    /// Cells of a task table's row; none elsewhere.
    pub cells: Vec<Cell>,
}

/// The outline of a page.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// All nodes in text order.
    pub nodes: Vec<Node>,
    /// The lines, for who reads the head.
    pub lines: Lines,
    /// Where the plans stand among them.
    pub bounds: Bounds,
    /// Markers that were passed over or broke the sequence: expected and found number, and where.
    pub gaps: Vec<Gap>,
}

/// A printed number that did not follow from the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Index of the node that bears it.
    pub node: usize,
    /// The number that was due.
    pub expected: u32,
    /// The number printed.
    pub found: u32,
}

impl Outline {
    /// Reads the outline of a text.
    pub fn of(source: &SourceText) -> Self {
        let lines = Lines::of(source);
        let bounds = bounds(&lines);
        let mut outline = Self { nodes: Vec::new(), gaps: Vec::new(), lines, bounds };
        let plans = outline.bounds.plans.clone();
        for (i, range) in plans.iter().enumerate() {
            let plan = (plans.len() > 1).then_some(i as u32 + 1);
            outline.read(source, range.clone(), plan);
        }
        // A table that stands before all numbers is the outline, and the numbers are its own.
        let starts = |n: &Node| n.passage.extent(0..n.passage.text().len()).span.start;
        let first = outline.nodes.iter().map(starts).min();
        let table = tasktable::begins(source, &outline.lines).filter(|at| first.is_none_or(|first| *at < first));
        if table.is_some() {
            let rows = tasktable::rows(source, &outline.lines);
            if !rows.is_empty() {
                outline.nodes = rows;
                outline.gaps = Vec::new();
            }
        }
        outline.mark_leaves();
        outline
    }

    /// True for the headings that model.md calls sections: the top level, unless it is articles or a bare list.
    pub fn is_section(&self, node: &Node) -> bool {
        node.parent.is_none() && (matches!(node.marker.shape, Shape::Part | Shape::Chapter | Shape::Han) || !node.leaf)
    }

    /// The clauses: leaves below a section, and sections without children where they say who does it or where the
    /// outline has no second level.
    pub fn is_clause(&self, node: &Node, has_group: bool) -> bool {
        node.leaf
            && (node.parent.is_some()
                || !self.is_section(node)
                || has_group
                || self.nodes.iter().all(|n| n.parent.is_none()))
    }

    fn read(&mut self, source: &SourceText, range: Range<usize>, plan: Option<u32>) {
        let mut open: Vec<usize> = Vec::new();
        // The last number of each shape under each open node, the plan itself first.
        let mut under: Vec<BTreeMap<Shape, u32>> = vec![BTreeMap::new()];
        let mut last = BTreeMap::<Shape, u32>::new();
        let mut building: Option<Building> = None;
        let lines = std::mem::take(&mut self.lines);
        let mut remark = false;
        for i in range {
            let Some(line) = lines.lines.get(i) else { break };
            let before = i.checked_sub(1).and_then(|i| lines.lines.get(i));
            let marker = Marker::of_line(line)
                .filter(|m| line.free || is_next(*m, line, before, last.get(&m.shape).copied()))
                .filter(|m| !(remark && m.shape >= Shape::Arabic));
            remark = (remark && marker.is_none()) || line.opens && is_remark(line);
            let placed = marker.and_then(|m| {
                // A number may be missing where a page has swallowed its line.
                let ahead = m.shape <= Shape::ParenHan
                    && last.get(&m.shape).is_some_and(|n| (n + 1..=n + 3).contains(&m.no))
                    && line.free;
                self.place(m, &open, &under, &last, lines.wrapped_at.is_none() || line.after_blank || ahead)
            });
            if let (Some(marker), Some(depth)) = (marker, placed) {
                self.close(building.take());
                open.truncate(depth);
                let parent = open.last().copied();
                let mut path = parent
                    .and_then(|p| self.nodes.get(p))
                    .map_or_else(|| plan.into_iter().collect(), |p| p.path.clone());
                path.push(marker.no);
                let due = last.get(&marker.shape).map_or(1, |n| n + 1);
                if marker.no != 1 && marker.no != due {
                    self.gaps.push(Gap { node: self.nodes.len(), expected: due, found: marker.no });
                }
                last.insert(marker.shape, marker.no);
                under.truncate(depth + 1);
                if let Some(siblings) = under.last_mut() {
                    siblings.insert(marker.shape, marker.no);
                }
                under.push(BTreeMap::new());
                open.push(self.nodes.len());
                self.nodes.push(Node {
                    marker,
                    path,
                    parent,
                    plan,
                    passage: Passage::default(),
                    first: 0,
                    leaf: true,
                    cells: Vec::new(),
                });
                building = Some(Building { builder: PassageBuilder::default(), skip: marker.len });
            } else if let Some(building) = &mut building
                && line.opens
            {
                building.builder.paragraph();
            }
            if let Some(building) = &mut building {
                line.push(&mut building.builder, source);
            }
        }
        self.close(building);
        self.lines = lines;
    }

    /// The depth at which a marker opens a node, or none where it is part of the running text.
    fn place(
        &self,
        marker: Marker,
        open: &[usize],
        under: &[BTreeMap<Shape, u32>],
        last: &BTreeMap<Shape, u32>,
        apart: bool,
    ) -> Option<usize> {
        let shape = |i: &usize| self.nodes.get(*i).map(|n| n.marker.shape);
        let depth = open.iter().position(|i| shape(i) >= Some(marker.shape)).unwrap_or(open.len());
        // （一） and 1. inside an article are its items.
        if depth > 0 && open.get(depth - 1).and_then(shape) == Some(Shape::Article) {
            return None;
        }
        let before = under.get(depth).and_then(|siblings| siblings.get(&marker.shape)).copied();
        let due = marker.no == 1
            || before.is_some_and(|n| marker.no == n + 1)
            || last.get(&marker.shape).is_some_and(|n| marker.no == n + 1);
        let loose = marker.shape < Shape::Dotted(0) && apart;
        let near = before.or_else(|| last.get(&marker.shape).copied()).is_some_and(|n| marker.no.abs_diff(n) <= 3);
        (due || (loose && (near || before.is_none()))).then_some(depth)
    }

    fn close(&mut self, building: Option<Building>) {
        let (Some(building), Some(node)) = (building, self.nodes.last_mut()) else { return };
        let whole = building.builder.finish();
        node.passage = whole.slice(building.skip..whole.text().len());
        node.first = node.passage.paragraphs().get(1).copied().unwrap_or(node.passage.text().len());
    }

    fn mark_leaves(&mut self) {
        let parents: Vec<usize> = self.nodes.iter().filter_map(|n| n.parent).collect();
        for parent in parents {
            if let Some(node) = self.nodes.get_mut(parent) {
                node.leaf = false;
            }
        }
    }
}

/// True where a page's width has broken a line in front of （三）, and （二） was the last: the sentence before has lost its
/// end, since no list runs over clauses. 第二条第｜（三）项 is a reference.
fn is_next(marker: Marker, line: &Line, before: Option<&Line>, last: Option<u32>) -> bool {
    let refers =
        line.text.get(marker.len..).is_none_or(|rest| rest.starts_with(['项', '款', '条', '目', '类', '、', '和']));
    let listed = before.is_some_and(|b| b.text.ends_with(['第', '、', ',', '和', '至', '《', '“']));
    marker.shape == Shape::ParenHan && last == Some(marker.no.saturating_sub(1)) && marker.no > 1 && !refers && !listed
}

/// 注: in front of remarks on a table; what they number is no clause.
fn is_remark(line: &Line) -> bool {
    ["注:", "注释:", "备注:", "附注:"].iter().any(|word| line.text.starts_with(word))
        || matches!(line.text.as_str(), "注" | "备注" | "说明:" | "注释" | "指标解释:")
}

struct Building {
    builder: PassageBuilder,
    skip: usize,
}

impl Node {
    /// The heading line of a section or inner node, without its closing sign and the paragraph that follows it.
    pub fn heading_line(&self) -> Range<usize> {
        let line = self.passage.get(0..self.first);
        let end = [line.find('。'), short_colon(line)].into_iter().flatten().min().unwrap_or(line.len());
        0..line.get(..end).unwrap_or_default().trim_end_matches([':', ';', '.']).len()
    }

    /// The title of a clause, if its first sentence is one: no comma, at most 40 characters, a full stop behind it or
    /// a line of its own, and more to follow than its group.
    pub fn title(&self) -> Option<Range<usize>> {
        // The first cell of a row is its task, not a title.
        if !self.cells.is_empty() {
            return None;
        }
        let text = self.passage.text();
        let line = self.passage.get(0..self.first);
        let (end, rest) = match (line.find('。'), short_colon(line)) {
            (Some(stop), colon) if colon.is_none_or(|c| stop < c) => (stop, text.get(stop + '。'.len_utf8()..)?),
            (_, Some(colon)) => (colon, text.get(colon + 1..)?),
            (None, None) if self.first < text.len() && !introduces(line) => {
                (line.trim_end_matches([':', ';', '.']).len(), text.get(self.first..)?)
            }
            _ => return None,
        };
        let title = text.get(..end)?;
        let fits = !title.contains([',', ';', ':']) && title.chars().count() <= 40 && !title.is_empty();
        let group = rest.starts_with(['(', '[', '【', '〔']) && Marker::of(rest).is_none();
        let more = !rest.is_empty() && !group && !starts_with_label(rest);
        (fits && more).then_some(0..end)
    }
}

/// The colon of `元旦:1月1日放假`: at most 12 characters before it, no comma.
fn short_colon(line: &str) -> Option<usize> {
    let colon = line.find(':')?;
    let title = line.get(..colon)?;
    let plain = !title.contains([',', '。', '、', '(']) && title.chars().count() <= 12;
    (plain && colon + 1 < line.len()).then_some(colon)
}

/// 本规定所称公园包括:, 应当具备下列条件: is a sentence that a list completes.
fn introduces(line: &str) -> bool {
    line.strip_suffix(':').is_some_and(|line| {
        ["下列", "以下", "如下", "包括", "是指"].iter().any(|word| line.contains(word))
            || line.ends_with(['为', '是', '有', '于'])
    })
}

fn starts_with_label(rest: &str) -> bool {
    let head: String = rest.chars().take(6).collect();
    head.contains(':') && ["责任", "牵头", "配合", "主办"].iter().any(|w| head.starts_with(w))
}
