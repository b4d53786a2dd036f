//! Writing: the pieces of a page's main element become lines.

use super::page::Piece;
use super::tag::{Mark, Tag};
use crate::text::format::Format;
use crate::text::row::Row;

/// Tables within tables that are told apart; deeper ones are read as blocks.
const DEEPEST_TABLE: usize = 16;

/// Columns that are kept apart.
const MOST_COLUMNS: usize = 24;

/// Writes `pieces`, whose text stands in `text`; the error says, as half a sentence, which bound they break.
pub(super) fn write(pieces: &[Piece], text: &str, most: usize) -> Result<String, String> {
    let mut writer = Writer::default();
    for piece in pieces {
        match *piece {
            Piece::Open { tag, .. } => writer.open(tag),
            Piece::Close { tag, .. } => writer.close(tag),
            Piece::Text { start, end } => writer.text(text.get(start as usize..end as usize).unwrap_or_default()),
        }
        if writer.out.len() > most {
            return Err("its tables unfold to far more text than it has".to_owned());
        }
    }
    writer.end_line();
    Ok(writer.out)
}

/// A table being written: for each column how many rows more a cell above covers.
#[derive(Default)]
struct Table {
    covered: Vec<u16>,
    row: Option<Row>,
    column: usize,
}

impl Table {
    /// Steps over the columns that cells above cover.
    fn skip_covered(&mut self) {
        let Some(row) = &mut self.row else { return };
        while let Some(rows) = self.covered.get_mut(self.column).filter(|rows| **rows > 0) {
            *rows -= 1;
            self.column += 1;
            row.cell();
        }
    }

    fn cell(&mut self, across: u16, down: u16) {
        self.skip_covered();
        let Some(row) = &mut self.row else { return };
        for _ in 0..across {
            if self.column < MOST_COLUMNS {
                self.covered.resize(self.covered.len().max(self.column + 1), 0);
                if let Some(rows) = self.covered.get_mut(self.column) {
                    *rows = down - 1;
                }
            }
            self.column += 1;
        }
        row.cell();
    }
}

#[derive(Default)]
struct Writer {
    out: String,
    line: String,
    tables: Vec<Table>,
    /// Tables deeper than are told apart.
    deeper: u32,
    /// For each open list how it marks its items and the number of the next.
    lists: Vec<(Mark, i32)>,
    /// The mark that the next line bears.
    mark: String,
    preformatted: u32,
}

impl Writer {
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' if self.preformatted > 0 => self.end_line(),
                ' ' | '\n' | '\r' | '\t' | '\u{c}' => {
                    if !self.line.is_empty() && !self.line.ends_with(' ') {
                        self.line.push(' ');
                    }
                }
                c => self.line.push(c),
            }
        }
    }

    fn open(&mut self, tag: Tag) {
        if tag.is_block() || tag == Tag::Break {
            self.end_line();
        }
        match tag {
            Tag::Table if self.tables.len() >= DEEPEST_TABLE => self.deeper += 1,
            Tag::Table => {
                self.is_layout();
                self.tables.push(Table::default());
            }
            Tag::Row if self.deeper == 0 => {
                if let Some(table) = self.tables.last_mut() {
                    table.row = Some(Row::default());
                    table.column = 0;
                }
            }
            Tag::Cell { across, down } if self.deeper == 0 => {
                if let Some(table) = self.tables.last_mut() {
                    table.cell(across, down);
                }
            }
            Tag::Heading(_) => self.is_layout(),
            Tag::Preformatted => self.preformatted += 1,
            Tag::Ordered { mark, start } => self.lists.push((mark, start)),
            Tag::List(_) => self.lists.push((Mark::None, 1)),
            Tag::Item(value) => {
                let Some((mark, next)) = self.lists.last_mut() else { return };
                let number = value.unwrap_or(*next);
                *next = number.saturating_add(1);
                self.mark = written(*mark, number);
            }
            _ => {}
        }
    }

    fn close(&mut self, tag: Tag) {
        if tag.is_block() {
            self.end_line();
        }
        match tag {
            Tag::Table if self.deeper > 0 => self.deeper -= 1,
            Tag::Table => {
                self.tables.pop();
            }
            Tag::Row if self.deeper == 0 => {
                let row = self.tables.last_mut().and_then(|table| {
                    table.skip_covered();
                    table.row.take()
                });
                for line in row.map(Row::lines).unwrap_or_default() {
                    self.put(&line);
                }
            }
            Tag::Preformatted => self.preformatted = self.preformatted.saturating_sub(1),
            Tag::Ordered { .. } | Tag::List(_) => {
                self.lists.pop();
            }
            Tag::Item(_) => self.mark.clear(),
            _ => {}
        }
    }

    /// The row that is open holds what only a page does.
    fn is_layout(&mut self) {
        if let Some(row) = self.tables.last_mut().and_then(|table| table.row.as_mut()) {
            row.is_layout();
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let trimmed = line.trim_end();
        if !trimmed.is_empty() {
            let mark = std::mem::take(&mut self.mark);
            if mark.is_empty() || bears_number(trimmed) {
                self.put(trimmed);
            } else {
                self.put(&(mark + trimmed));
            }
        }
        self.line = line;
        self.line.clear();
    }

    /// A line of the cell that is open, else of the text.
    fn put(&mut self, line: &str) {
        let row = self.tables.iter_mut().rev().find_map(|table| table.row.as_mut());
        let Some(line) = row.map_or_else(|| Some(line.to_owned()), |row| row.push(line.to_owned())) else { return };
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }
}

/// The mark of a list's item.
fn written(mark: Mark, number: i32) -> String {
    let Ok(n) = u32::try_from(number) else { return format!("{number}. ") };
    match mark {
        Mark::None => String::new(),
        Mark::Decimal => format!("{n}. "),
        Mark::Letter(upper) => format!("{}. ", Format::Letter { upper }.print(n)),
        Mark::Roman(upper) => format!("{}. ", Format::Roman { upper }.print(n)),
        Mark::Chinese => format!("{}、", Format::Chinese.print(n)),
    }
}

/// True where a line bears a number of its own: pages often style the list's numbers away and write their own.
fn bears_number(line: &str) -> bool {
    let line = line.trim_start();
    let is_number =
        |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c) || "〇一二三四五六七八九十百".contains(c);
    let inner = line.strip_prefix(['（', '(', '〔', '第']).unwrap_or(line);
    let behind = inner.trim_start_matches(is_number);
    let circled = line.starts_with(|c: char| ('①'..='⒛').contains(&c) || ('㈠'..='㈩').contains(&c));
    circled
        || (behind.len() < inner.len() && behind.starts_with(['.', '．', '、', ')', '）', '〕', '条', '章', '是', ' ']))
}
