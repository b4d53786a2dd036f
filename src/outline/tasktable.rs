//! Task tables (分工表): rows that hand out work, where a document has no other outline.
//!
//! In: lines and source. Out: the rows as nodes, their cells told apart by the header (任务, 牵头单位, 完成时限 …).
//! Cells are divided by tabs, as the readers of HTML and .docx write them, or stand on lines of their own, as tables
//! come out of a clipboard; a row begins with its number.

use super::clause::Node;
use super::heading::{Marker, Shape, ordinal};
use super::line::Lines;
use crate::text::{PassageBuilder, SourceText, Span, is_blank, tidy};
use std::ops::Range;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// 序号.
    No,
    /// 任务, 工作内容, 目标.
    Task,
    /// 牵头单位.
    Lead,
    /// 责任单位.
    Responsible,
    /// 配合单位.
    Cooperating,
    /// 督办单位.
    Supervising,
    /// 完成时限.
    Deadline,
    /// Anything else.
    Other,
}

/// A cell of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What its column holds.
    pub column: Column,
    /// Where it stands in the row's passage.
    pub range: Range<usize>,
}

struct Piece {
    span: Span,
    text: String,
    /// True for the first cell of a printed line.
    first: bool,
}

/// The rows of the first task table of a page, in order; none where there is no such table.
pub fn rows(source: &SourceText, lines: &Lines) -> Vec<Node> {
    let pieces = pieces(source, lines);
    let Some((header, columns)) = header(&pieces) else { return Vec::new() };
    let body = pieces.get(header..).unwrap_or_default();
    let mut starts: Vec<(usize, u32)> = Vec::new();
    for (i, piece) in body.iter().enumerate() {
        let no = ordinal(piece.text.trim_end_matches(['.', '、'])).filter(|_| piece.first);
        let due = starts.last().map_or(1, |(_, n)| n + 1);
        if let Some(no) = no.filter(|no| *no == due) {
            starts.push((i, no));
        }
    }
    let ends = starts.iter().skip(1).map(|(i, _)| *i).chain([body.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|((start, no), end)| {
            row(source, body.get(start + 1..end.min(start + columns.len()))?, *no, columns.get(1..)?)
        })
        .collect()
}

fn row(source: &SourceText, pieces: &[Piece], no: u32, columns: &[Column]) -> Option<Node> {
    let mut builder = PassageBuilder::default();
    let mut cells = Vec::new();
    for (piece, column) in pieces.iter().zip(columns) {
        let from = builder.len();
        builder.paragraph();
        builder.push(source, piece.span);
        cells.push(Cell { column: *column, range: from..builder.len() });
    }
    let passage = builder.finish();
    let first = passage.paragraphs().get(1).copied().unwrap_or(passage.text().len());
    let marker = Marker { shape: Shape::Arabic, no, len: 0 };
    (!passage.is_empty()).then_some(Node {
        marker,
        path: vec![no],
        parent: None,
        plan: None,
        passage,
        first,
        leaf: true,
        cells,
    })
}

/// The header: at least three titles, one of them of work and one of who does it; gives where the rows begin.
fn header(pieces: &[Piece]) -> Option<(usize, Vec<Column>)> {
    let start = pieces.iter().position(|p| p.first && column(&p.text) == Some(Column::No))?;
    let mut columns = Vec::new();
    let mut at = start;
    while let Some(piece) = pieces.get(at).filter(|p| p.text.chars().count() <= 14 && ordinal(&p.text).is_none()) {
        columns.push(column(&piece.text).unwrap_or(Column::Other));
        at += 1;
    }
    let who = columns.iter().any(|c| matches!(c, Column::Lead | Column::Responsible | Column::Cooperating));
    (columns.len() >= 3 && columns.contains(&Column::Task) && who).then_some((at, columns))
}

fn column(title: &str) -> Option<Column> {
    let has = |words: &[&str]| words.iter().any(|w| title.contains(w));
    let body = has(&["单位", "部门", "处室", "科室", "责任人", "主体"]);
    Some(if title == "序号" || title == "编号" {
        Column::No
    } else if has(&["时限", "时间", "期限", "进度", "完成时"]) {
        Column::Deadline
    } else if has(&["牵头", "主办"]) {
        Column::Lead
    } else if has(&["配合", "协办", "参与", "参加", "协同"]) {
        Column::Cooperating
    } else if has(&["督办", "督导", "监督", "考核单位"]) {
        Column::Supervising
    } else if body || has(&["责任", "承办"]) {
        Column::Responsible
    } else if has(&["任务", "内容", "措施", "事项", "项目", "举措", "工作", "目标"]) {
        Column::Task
    } else {
        return None;
    })
}

fn pieces(source: &SourceText, lines: &Lines) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for line in &lines.all {
        let mut point = line.start;
        for (i, cell) in source.slice(*line).split('\t').enumerate() {
            let length = cell.chars().count() as u32;
            let text = cell.chars().filter(|c| !is_blank(*c)).map(tidy).collect();
            pieces.push(Piece { span: Span::new(point, point + length), text, first: i == 0 });
            point += length + 1;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, String, Vec<Column>)> {
        let source = SourceText::new(text);
        let lines = Lines::of(&source);
        rows(&source, &lines)
            .into_iter()
            .map(|n| (n.marker.no, n.passage.text().to_owned(), n.cells.iter().map(|c| c.column).collect()))
            .collect()
    }

    #[test]
    fn cells_divided_by_tabs_or_lines() {
        let columns = vec![Column::Task, Column::Lead, Column::Deadline];
        let want = vec![
            (1, "修建步道县住建局6月底".to_owned(), columns.clone()),
            (2, "改造管网县水利局年底".to_owned(), columns),
        ];
        assert_eq!(
            read("分工表\n序号\t任务\t牵头单位\t完成时限\n1\t修建步道\t县住建局\t6月底\n2\t改造管网\t县水利局\t年底\n"),
            want
        );
        assert_eq!(
            read("分工表\n序号\n任务\n牵头单位\n完成时限\n1\n修建步道\n县住建局\n6月底\n2\n改造管网\n县水利局\n年底\n"),
            want
        );
    }

    #[test]
    fn other_tables_hand_out_nothing() {
        assert!(read("序号\t姓名\t职务\n1\t张三\t组长\n").is_empty());
        assert!(read("任务\t牵头单位\n修路\t县交通局\n").is_empty());
    }
}
