//! Task tables (分工表): rows that hand out work, where a document has no other outline.
//!
//! In: lines and source. Out: the rows as nodes, their cells told apart by the header (任务, 牵头单位, 完成时限 …).
//! Cells are divided by tabs, as the readers of HTML and .docx write them, by blanks, as in a PDF's text, or stand on
//! lines of their own, as tables come out of a clipboard; a row begins with its number, and goes on where the number's
//! cell is blank. 一、民生保障 on a line of its own is a section of the table.

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
    /// The part that it belongs to, from 1: a row whose number is merged over several lines has one for each.
    pub part: u32,
    /// Where it stands in the row's passage.
    pub range: Range<usize>,
}

/// A cell as printed.
struct Piece {
    span: Span,
    text: String,
    /// Columns of print before it.
    at: u32,
}

/// How cells are divided.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Divider {
    Tab,
    /// Two blanks or more.
    Blanks,
    /// A line a cell.
    Line,
}

/// A table's title row: where its rows begin among the lines, how they are divided, what the columns hold.
struct Header {
    /// First line behind it.
    behind: usize,
    divider: Divider,
    columns: Vec<Column>,
    /// Columns of print at which the titles begin.
    at: Vec<u32>,
}

/// Where the header of the first task table stands, as an offset into the text.
pub fn begins(source: &SourceText, lines: &Lines) -> Option<u32> {
    let header = header(source, lines)?;
    lines.all.get(header.behind.checked_sub(1)?).map(|line| line.start)
}

/// The rows of the first task table of a page, in order, sections before their rows; none where there is no such table.
pub fn rows(source: &SourceText, lines: &Lines) -> Vec<Node> {
    let Some(header) = header(source, lines) else { return Vec::new() };
    let body = lines.all.get(header.behind..).unwrap_or_default();
    let mut table = Table { source, nodes: Vec::new(), section: None, last: 0, row: None };
    if header.divider == Divider::Line {
        table.read_cells(body, &header);
    } else {
        table.read_lines(body, &header);
    }
    table.close();
    if table.nodes.iter().any(|n| n.leaf && !n.cells.is_empty()) { table.nodes } else { Vec::new() }
}

struct Table<'a> {
    source: &'a SourceText,
    nodes: Vec<Node>,
    section: Option<usize>,
    last: u32,
    row: Option<Row>,
}

/// A row that is being read.
struct Row {
    no: u32,
    part: u32,
    builder: PassageBuilder,
    cells: Vec<Cell>,
}

impl Row {
    fn push(&mut self, source: &SourceText, piece: &Piece, column: Column) {
        let from = self.builder.len();
        // What goes on in the same column stays one paragraph.
        if self.cells.last().is_none_or(|c| c.column != column || column != Column::Task) {
            self.builder.paragraph();
        }
        self.builder.push(source, piece.span);
        let to = self.builder.len();
        if to > from {
            self.cells.push(Cell { column, part: self.part, range: from..to });
        }
    }

    /// True where a body stands in the part that is being read.
    fn has_bodies(&self) -> bool {
        self.cells.iter().rev().take_while(|c| c.part == self.part).any(|c| c.column.is_body())
    }
}

impl Table<'_> {
    /// True for the number that is due: the next one, or 1 below a new section.
    fn is_due(&self, no: u32) -> bool {
        no == self.last + 1 || no == 1 && self.section.is_some_and(|s| s + 1 == self.nodes.len()) && self.row.is_none()
    }

    fn open(&mut self, no: u32) {
        self.close();
        self.last = no;
        self.row = Some(Row { no, part: 1, builder: PassageBuilder::default(), cells: Vec::new() });
    }

    fn close(&mut self) {
        let Some(row) = self.row.take() else { return };
        let passage = row.builder.finish();
        if passage.is_empty() {
            return;
        }
        let mut path: Vec<u32> =
            self.section.and_then(|s| self.nodes.get(s)).map(|s| s.path.clone()).unwrap_or_default();
        path.push(row.no);
        let first = passage.paragraphs().get(1).copied().unwrap_or(passage.text().len());
        let marker = Marker { shape: Shape::Arabic, no: row.no, len: 0 };
        self.nodes.push(Node {
            marker,
            path,
            parent: self.section,
            plan: None,
            passage,
            first,
            leaf: true,
            cells: row.cells,
        });
    }

    /// `一、民生保障` on a line of its own among the rows.
    fn open_section(&mut self, piece: &Piece) -> bool {
        let marker = Marker::of(&piece.text).filter(|m| matches!(m.shape, Shape::Han | Shape::ParenHan));
        let Some(marker) = marker.filter(|_| piece.text.chars().count() <= 40) else { return false };
        self.close();
        let mut builder = PassageBuilder::default();
        builder.push(self.source, piece.span);
        let whole = builder.finish();
        let passage = whole.slice(marker.len.min(whole.text().len())..whole.text().len());
        let first = passage.text().len();
        self.section = Some(self.nodes.len());
        let path = vec![marker.no];
        self.nodes.push(Node {
            marker,
            path,
            parent: None,
            plan: None,
            passage,
            first,
            leaf: false,
            cells: Vec::new(),
        });
        true
    }

    /// Rows of cells divided by tabs or blanks.
    fn read_lines(&mut self, body: &[Span], header: &Header) {
        for line in body {
            let cells = pieces(self.source, *line, header.divider);
            let filled: Vec<&Piece> = cells.iter().filter(|c| !c.text.is_empty()).collect();
            let Some(first) = filled.first() else { continue };
            if filled.len() == 1 && self.open_section(first) {
                continue;
            }
            let no = number(&first.text).filter(|no| filled.len() > 1 && self.is_due(*no));
            if let Some(no) = no {
                self.open(no);
            } else if filled.len() == 1 && header.divider == Divider::Tab {
                // A line without cells behind the table ends it.
                if self.row.is_some() && cells.len() == 1 {
                    return;
                }
            }
            let Some(row) = &mut self.row else { continue };
            let columns = columns_of(&cells, header, no.is_some());
            let again = |column: Column| column.is_body();
            if no.is_none()
                && header.divider == Divider::Tab
                && row.has_bodies()
                && cells.iter().zip(&columns).any(|(c, column)| !c.text.is_empty() && again(*column))
            {
                row.part += 1;
            }
            for (piece, column) in cells.iter().zip(columns).filter(|(p, _)| !p.text.is_empty()) {
                if column != Column::No {
                    row.push(self.source, piece, column);
                }
            }
        }
    }

    /// Rows whose cells stand on lines of their own: each begins with its number.
    fn read_cells(&mut self, body: &[Span], header: &Header) {
        let cells: Vec<Piece> = body.iter().flat_map(|line| pieces(self.source, *line, Divider::Line)).collect();
        let width = header.columns.len();
        let mut at = 0;
        while let Some(piece) = cells.get(at) {
            if let Some(no) = number(&piece.text).filter(|no| self.is_due(*no)) {
                self.open(no);
                // To the next number, but not far beyond the columns: what stands behind the last row is no cell.
                let next = cells.iter().skip(at + 1).take(width * 4).position(|c| {
                    number(&c.text) == Some(no + 1) || Marker::of(&c.text).is_some_and(|m| m.shape == Shape::Han)
                });
                let end = next.map_or((at + width).min(cells.len()), |n| at + 1 + n);
                let row = cells.get(at + 1..end).unwrap_or_default();
                self.fill(row, header.columns.get(1..).unwrap_or_default());
                at = end;
            } else if self.open_section(piece) {
                at += 1;
            } else if self.row.is_some() {
                return;
            } else {
                at += 1;
            }
        }
    }

    /// Gives the pieces of a row their columns; where there are more pieces than columns, cells have been broken.
    fn fill(&mut self, pieces: &[Piece], columns: &[Column]) {
        let Some(row) = &mut self.row else { return };
        let mut column = 0;
        for (i, piece) in pieces.iter().enumerate() {
            if let Some(before) = i.checked_sub(1).and_then(|i| pieces.get(i)) {
                let spare = (pieces.len() - i) > columns.len().saturating_sub(column + 1);
                let here = columns.get(column).copied().unwrap_or(Column::Other);
                let next = columns.get(column + 1).copied().unwrap_or(Column::Other);
                let goes_on = before.text.ends_with(['、', ',', '(']) || piece.text.starts_with(['、', ',', '。', ')']);
                let misfit = next.is_body() && !here.is_body() && !names_bodies(&piece.text);
                let cut = here.is_body() && !names_bodies(&before.text);
                if column + 1 < columns.len() && !(spare && (goes_on || misfit || cut)) {
                    column += 1;
                }
            }
            row.push(self.source, piece, columns.get(column).copied().unwrap_or(Column::Other));
        }
    }
}

impl Column {
    fn is_body(self) -> bool {
        matches!(self, Self::Lead | Self::Responsible | Self::Cooperating | Self::Supervising)
    }
}

/// True for a list of what ends like bodies.
fn names_bodies(text: &str) -> bool {
    text.split(['、', ',', ';']).all(|name| {
        let name = name.trim_end_matches('等');
        !name.is_empty()
            && name.chars().count() <= 24
            && (name.ends_with([
                '局', '委', '办', '厅', '部', '府', '会', '院', '县', '区', '市', '州', '道', '镇', '乡', '队', '处',
                '科', '司', '行', '社', '联', '企',
            ]) || ["中心", "公司", "单位", "部门", "集团", "机构"].iter().any(|end| name.ends_with(end)))
    })
}

fn number(text: &str) -> Option<u32> {
    ordinal(text.trim_end_matches(['.', '、']))
}

/// The columns of a line's cells. A line that begins a row has all of them, or lacks the last; one that goes on under
/// merged cells has the last of them, or stands where the titles stand.
fn columns_of(cells: &[Piece], header: &Header, begins: bool) -> Vec<Column> {
    let count = header.columns.len();
    let column = |i: usize| header.columns.get(i).copied().unwrap_or(Column::Other);
    if header.divider == Divider::Blanks && (!begins || cells.len() != count) {
        return cells
            .iter()
            .map(|cell| column(header.at.iter().rposition(|at| *at <= cell.at + 2).unwrap_or(0)))
            .collect();
    }
    // Merged cells are blank, or left out in front.
    let lacks = if begins { 0 } else { count.saturating_sub(cells.len()) };
    (0..cells.len()).map(|i| column(i + lacks)).collect()
}

/// The header: at least three titles, one of them of work and one of who does it.
fn header(source: &SourceText, lines: &Lines) -> Option<Header> {
    for (i, line) in lines.all.iter().enumerate() {
        let raw = source.slice(*line);
        if !raw.starts_with(['序', '编']) {
            continue;
        }
        for divider in [Divider::Tab, Divider::Blanks] {
            let titles = pieces(source, *line, divider);
            let columns: Vec<Column> = titles.iter().map(|t| column(&t.text).unwrap_or(Column::Other)).collect();
            if titles.len() >= 3 && is_header(&columns) {
                let at = titles.iter().map(|t| t.at).collect();
                return Some(Header { behind: i + 1, divider, columns, at });
            }
        }
        let titles: Vec<Piece> = lines
            .all
            .get(i..)?
            .iter()
            .take(16)
            .flat_map(|line| pieces(source, *line, Divider::Line))
            .take_while(|p| p.text.chars().count() <= 14 && ordinal(&p.text).is_none())
            .take_while(|p| Marker::of(&p.text).is_none())
            .collect();
        let columns: Vec<Column> = titles.iter().map(|t| column(&t.text).unwrap_or(Column::Other)).collect();
        if is_header(&columns) {
            return Some(Header { behind: i + columns.len(), divider: Divider::Line, columns, at: Vec::new() });
        }
    }
    None
}

fn is_header(columns: &[Column]) -> bool {
    columns.len() >= 3
        && columns.first() == Some(&Column::No)
        && columns.contains(&Column::Task)
        && columns.iter().any(|c| matches!(c, Column::Lead | Column::Responsible | Column::Cooperating))
}

fn column(title: &str) -> Option<Column> {
    let has = |words: &[&str]| words.iter().any(|w| title.contains(w));
    let body = has(&["单位", "部门", "处室", "科室", "主体"]);
    // A leader, a person in charge, a contact is no body.
    let person = !body && has(&["领导", "责任人", "负责人", "联系人", "联络员"]);
    Some(if title == "序号" || title == "编号" {
        Column::No
    } else if person {
        Column::Other
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

/// The cells of a printed line, blank ones among them where tabs divide them.
fn pieces(source: &SourceText, line: Span, divider: Divider) -> Vec<Piece> {
    let mut start = line.start;
    if divider == Divider::Tab {
        // The line was cut at its first sign; blank cells in front belong to it.
        while start > 0 && matches!(source.slice(Span::new(start - 1, start)), "\t" | " " | "\u{3000}") {
            start -= 1;
        }
    }
    let mut found = Vec::new();
    let mut cell = start;
    let (mut at, mut cell_at, mut blanks) = (indent(source, start), indent(source, start), 0);
    let raw = source.slice(Span::new(start, line.end));
    let piece = |from: u32, to: u32, at: u32| {
        let text: String = source.slice(Span::new(from, to)).chars().filter(|c| !is_blank(*c)).map(tidy).collect();
        Piece { span: Span::new(from, to), text, at }
    };
    for (point, c) in (start..).zip(raw.chars()) {
        let divides = match divider {
            Divider::Tab => c == '\t',
            Divider::Blanks => is_blank(c),
            Divider::Line => false,
        };
        if divider == Divider::Blanks {
            if !divides && blanks >= 2 {
                found.push(piece(cell, point, cell_at));
                (cell, cell_at) = (point, at);
            }
            blanks = if divides { blanks + if c == '\u{3000}' { 2 } else { 1 } } else { 0 };
        } else if divides {
            found.push(piece(cell, point, cell_at));
            (cell, cell_at) = (point + 1, at + 1);
        }
        at += if c.is_ascii() { 1 } else { 2 };
    }
    found.push(piece(cell, line.end, cell_at));
    found
}

/// Columns of print in front of a line's first sign.
fn indent(source: &SourceText, start: u32) -> u32 {
    let mut at = start;
    let mut width = 0;
    while at > 0 && width < 400 {
        match source.slice(Span::new(at - 1, at)) {
            " " | "\t" => width += 1,
            "\u{3000}" => width += 2,
            _ => break,
        }
        at -= 1;
    }
    width
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
    fn merged_cells_and_sections() {
        let text = "分工表\n序号\t任务\t措施\t牵头单位\t完成时限\n一、交通\n1\t修路\t铺设沥青\t县交通局\t6月底\n\t\t更换护栏\t县公安局\t7月底\n二、水利\n2\t供水\t改造管网\t县水利局\t年底\n";
        let source = SourceText::new(text);
        let rows = rows(&source, &Lines::of(&source));
        let paths: Vec<_> = rows.iter().map(|n| (n.path.clone(), n.passage.text().to_owned())).collect();
        assert_eq!(
            paths,
            [
                (vec![1], "交通".to_owned()),
                (vec![1, 1], "修路铺设沥青县交通局6月底更换护栏县公安局7月底".to_owned()),
                (vec![2], "水利".to_owned()),
                (vec![2, 2], "供水改造管网县水利局年底".to_owned()),
            ]
        );
        let parts: Vec<_> = rows[1].cells.iter().map(|c| c.part).collect();
        assert_eq!(parts, [1, 1, 1, 1, 2, 2, 2]);
    }

    #[test]
    fn cells_broken_over_lines() {
        let text = "分工表\n序号\n任务\n牵头单位\n配合单位\n1\n修建步道，\n完善设施\n县住建局\n县财政局、\n县林业局\n2\n改造管网\n县水利局\n县财政局\n";
        let source = SourceText::new(text);
        let rows = rows(&source, &Lines::of(&source));
        let lead: Vec<_> = rows
            .iter()
            .flat_map(|n| n.cells.iter().map(|c| (n.marker.no, c.column, n.passage.get(c.range.clone()).to_owned())))
            .filter(|(_, column, _)| column.is_body())
            .map(|(no, _, text)| (no, text))
            .collect();
        let want = [(1, "县住建局"), (1, "县财政局、"), (1, "县林业局"), (2, "县水利局"), (2, "县财政局")];
        assert_eq!(lead, want.map(|(no, text)| (no, text.to_owned())));
    }

    #[test]
    fn other_tables_hand_out_nothing() {
        assert!(read("序号\t姓名\t职务\n1\t张三\t组长\n").is_empty());
        assert!(read("任务\t牵头单位\n修路\t县交通局\n").is_empty());
    }
}
