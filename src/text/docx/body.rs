//! The body: paragraphs and tables of the main part, in order, as lines.

use super::numbering::Numbering;
use super::package::Part;
use super::style::Listing;
use super::xml::{self, Attributes, Tag};
use crate::text::row::Row;

/// Tables within tables that are told apart; deeper ones are read as paragraphs.
const DEEPEST_TABLE: usize = 16;

/// What a paragraph has said so far.
#[derive(Debug, Default)]
struct Paragraph {
    style: Option<String>,
    listing: Listing,
    text: String,
    /// Its mark was deleted: what it holds goes on in the next paragraph.
    goes_on: bool,
}

/// The properties being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Properties {
    None,
    Paragraph,
    /// Those of the paragraph's mark.
    Mark,
    Run,
    Row,
}

/// A body being read.
pub(super) struct Body {
    numbering: Numbering,
    /// Most bytes of text.
    most: usize,
    out: String,
    rows: Vec<Row>,
    /// Bytes held in the rows.
    held: usize,
    /// Rows deeper than are told apart.
    deeper: u32,
    /// Text of paragraphs whose mark was deleted.
    carried: String,
    paragraph: Option<Paragraph>,
    /// Depth inside elements that are left out.
    skipped: u32,
    of: Properties,
    in_text: bool,
    hidden: bool,
}

impl Body {
    /// A body that gives at most `most` bytes of text.
    pub fn new(numbering: Numbering, most: usize) -> Self {
        Self {
            numbering,
            most,
            out: String::new(),
            rows: Vec::new(),
            held: 0,
            deeper: 0,
            carried: String::new(),
            paragraph: None,
            skipped: 0,
            of: Properties::None,
            in_text: false,
            hidden: false,
        }
    }

    /// Reads the main part.
    pub fn read(mut self, part: Part<'_>) -> Result<String, String> {
        xml::read(part, |tag| {
            match tag {
                Tag::Open(..) if self.skipped > 0 => self.skipped += 1,
                Tag::Close(_) if self.skipped > 0 => self.skipped -= 1,
                Tag::Open(name, attributes) => self.open(name, &attributes),
                Tag::Close(name) => self.close(name),
                Tag::Text(text) if self.in_text && self.skipped == 0 => self.write(text),
                Tag::Text(_) => {}
            }
            let held = self.paragraph.as_ref().map_or(0, |p| p.text.len()) + self.carried.len() + self.held;
            if self.out.len() + held > self.most {
                return Err("it unpacks to far more text than a Word file of its size holds".to_owned());
            }
            Ok(())
        })?;
        self.end_paragraph();
        while !self.rows.is_empty() {
            self.end_row();
        }
        let rest = std::mem::take(&mut self.carried);
        self.line(&rest);
        Ok(self.out)
    }

    fn open(&mut self, name: &str, attributes: &Attributes<'_>) {
        if self.of != Properties::None {
            return self.property(name, attributes);
        }
        match name {
            // Deleted, moved away, drawn beside the text, or the newer of two wordings.
            "del" | "moveFrom" | "drawing" | "pict" | "object" | "txbxContent" | "Choice" | "rt" | "sectPr"
            | "tblPr" | "tcPr" => self.skipped = 1,
            "p" => {
                self.end_paragraph();
                self.paragraph = Some(Paragraph::default());
            }
            "pPr" => self.of = Properties::Paragraph,
            "rPr" => self.of = Properties::Run,
            "trPr" => self.of = Properties::Row,
            "r" => self.hidden = false,
            "t" => self.in_text = true,
            "tab" | "ptab" => self.write("\t"),
            "br" | "cr" => self.write("\n"),
            "noBreakHyphen" => self.write("-"),
            "sym" => {
                let code = attributes.get("char").and_then(|code| u32::from_str_radix(&code, 16).ok());
                if let Some(c) = code.and_then(char::from_u32) {
                    self.write(c.encode_utf8(&mut [0; 4]));
                }
            }
            "tr" if self.rows.len() < DEEPEST_TABLE => {
                if let Some(outer) = self.rows.last_mut() {
                    outer.is_layout();
                }
                self.rows.push(Row::default());
            }
            "tr" => self.deeper += 1,
            "tc" if self.deeper == 0 => {
                if let Some(row) = self.rows.last_mut() {
                    row.cell();
                }
            }
            _ => {}
        }
    }

    /// An element inside `w:pPr`, `w:rPr` or `w:trPr`.
    fn property(&mut self, name: &str, attributes: &Attributes<'_>) {
        match name {
            "pPrChange" | "rPrChange" | "trPrChange" | "sectPr" => self.skipped = 1,
            "rPr" if self.of == Properties::Paragraph => self.of = Properties::Mark,
            "del" if self.of == Properties::Row => {
                if let Some(row) = self.rows.last_mut() {
                    row.is_deleted();
                }
            }
            "vanish" if self.of == Properties::Run && attributes.is_on() => self.hidden = true,
            _ => {
                let Some(paragraph) = &mut self.paragraph else { return };
                match name {
                    "pStyle" => paragraph.style = attributes.val().map(std::borrow::Cow::into_owned),
                    "numId" => paragraph.listing.list = attributes.number(),
                    "ilvl" => paragraph.listing.level = attributes.number(),
                    "del" if self.of == Properties::Mark => paragraph.goes_on = true,
                    _ => {}
                }
            }
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" => self.end_paragraph(),
            "rPr" if self.of == Properties::Mark => self.of = Properties::Paragraph,
            "pPr" | "rPr" | "trPr" => self.of = Properties::None,
            "r" => self.hidden = false,
            "t" => self.in_text = false,
            "tr" if self.deeper > 0 => self.deeper -= 1,
            "tr" => {
                self.end_paragraph();
                self.end_row();
            }
            _ => {}
        }
    }

    fn write(&mut self, text: &str) {
        if let Some(paragraph) = &mut self.paragraph
            && !self.hidden
        {
            paragraph.text.push_str(text);
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraph.take() else { return };
        if paragraph.goes_on {
            self.carried.push_str(&paragraph.text);
            return;
        }
        let mut line = self.numbering.next(paragraph.listing, paragraph.style.as_deref());
        line.push_str(&std::mem::take(&mut self.carried));
        line.push_str(&paragraph.text);
        self.line(&line);
    }

    fn end_row(&mut self) {
        let Some(row) = self.rows.pop() else { return };
        for line in row.lines() {
            self.held = self.held.saturating_sub(line.len());
            self.line(&line);
        }
        if self.rows.is_empty() {
            self.held = 0;
        }
    }

    /// A line of the text, or of the cell that is open.
    fn line(&mut self, line: &str) {
        let line = line.trim_end();
        if line.trim_start().is_empty() {
            return;
        }
        self.held += line.len();
        let Some(line) = self.rows.last_mut().map_or(Some(line.to_owned()), |row| row.push(line.to_owned())) else {
            return;
        };
        self.held = self.held.saturating_sub(line.len());
        self.out.push_str(&line);
        self.out.push('\n');
    }
}
