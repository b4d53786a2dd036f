//! Tags: what an element means for the text of a page.

use html5ever::tokenizer::Tag as Token;

/// How an ordered list marks its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Not at all.
    None,
    /// 1. 2.
    Decimal,
    /// a. b., or A. B.
    Letter(bool),
    /// i. ii., or I. II.
    Roman(bool),
    /// 一、二、
    Chinese,
}

/// What an element means for the text. A `u8` tells elements of one kind apart by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    /// Begins and ends a line.
    Block(u8),
    /// A paragraph, which holds no block.
    Paragraph,
    /// h1 … h6.
    Heading(u8),
    /// An ordered list.
    Ordered {
        /// How it marks its items.
        mark: Mark,
        /// Number of its first item.
        start: i32,
    },
    /// Any other list.
    List(u8),
    /// An item, with its number where it states one.
    Item(Option<i32>),
    /// dt, dd.
    Term,
    /// Keeps its line breaks.
    Preformatted,
    /// A table.
    Table,
    /// tbody, thead, tfoot.
    Rows,
    /// A row.
    Row,
    /// A cell, with the columns and rows that it covers.
    Cell {
        /// Columns.
        across: u16,
        /// Rows.
        down: u16,
    },
    /// A link: menus are made of these.
    Link,
    /// A line break.
    Break,
    /// Formatting.
    Inline(u8),
    /// An element without content or meaning here.
    Void,
    /// An element whose content is no text of the page.
    Hidden(u8),
}

const BLOCKS: [&str; 21] = [
    "div",
    "section",
    "article",
    "blockquote",
    "hr",
    "header",
    "main",
    "center",
    "caption",
    "figure",
    "figcaption",
    "body",
    "address",
    "aside",
    "form",
    "fieldset",
    "legend",
    "details",
    "summary",
    "html",
    "hgroup",
];
const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];
const LISTS: [&str; 4] = ["ul", "dl", "menu", "dir"];
const HIDDEN: [&str; 20] = [
    "script", "style", "noscript", "template", "nav", "select", "button", "iframe", "svg", "math", "textarea",
    "footer", "object", "title", "canvas", "video", "audio", "xmp", "noembed", "noframes",
];
const VOID: [&str; 13] =
    ["img", "input", "meta", "link", "base", "area", "col", "embed", "param", "source", "track", "wbr", "frame"];
const INLINE: [&str; 12] = ["span", "font", "b", "strong", "i", "em", "u", "s", "o:p", "small", "label", "big"];

/// Most columns or rows that a cell covers, as HTML has it for columns.
const MOST_COVERED: u16 = 1_000;

impl Tag {
    /// What a tag means.
    pub fn of(token: &Token) -> Self {
        let number = |name: &str| attribute(token, name).and_then(|v| v.trim().parse::<i32>().ok());
        let covered = |name: &str| number(name).map_or(1, |n| n.clamp(1, i32::from(MOST_COVERED)) as u16);
        let name = &*token.name;
        let among = |names: &[&str]| names.iter().position(|n| *n == name).map(|at| at as u8);
        match name {
            "p" => Self::Paragraph,
            "br" => Self::Break,
            "a" => Self::Link,
            "li" => Self::Item(number("value")),
            "dt" | "dd" => Self::Term,
            "ol" => Self::Ordered { mark: mark(token), start: number("start").unwrap_or(1) },
            "pre" | "listing" => Self::Preformatted,
            "table" => Self::Table,
            "tbody" | "thead" | "tfoot" => Self::Rows,
            "tr" => Self::Row,
            "td" | "th" => Self::Cell { across: covered("colspan"), down: covered("rowspan") },
            _ => among(&BLOCKS)
                .map(Self::Block)
                .or_else(|| among(&HEADINGS).map(Self::Heading))
                .or_else(|| among(&LISTS).map(Self::List))
                .or_else(|| among(&HIDDEN).map(Self::Hidden))
                .or_else(|| among(&VOID).map(|_| Self::Void))
                .unwrap_or(Self::Inline(among(&INLINE).unwrap_or(u8::MAX))),
        }
    }

    /// True where an end tag of kind `other` closes this: its numbers are not said again there.
    pub fn is_ended_by(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
            && match (self, other) {
                (Self::Block(a), Self::Block(b))
                | (Self::List(a), Self::List(b))
                | (Self::Hidden(a), Self::Hidden(b))
                | (Self::Inline(a), Self::Inline(b)) => a == b,
                _ => true,
            }
    }

    /// True for what begins a line.
    pub fn is_block(self) -> bool {
        !matches!(self, Self::Link | Self::Inline(_) | Self::Void | Self::Hidden(_) | Self::Break)
    }

    /// True for a cell of a table.
    pub fn is_cell(self) -> bool {
        matches!(self, Self::Cell { .. })
    }

    /// True for what holds items.
    pub fn is_list(self) -> bool {
        matches!(self, Self::List(_) | Self::Ordered { .. })
    }

    /// True for what ends where it begins.
    pub fn is_empty(self) -> bool {
        matches!(self, Self::Void | Self::Break | Self::Block(4))
    }

    /// True for what a page's text may be looked for in: an element that holds whole lines.
    pub fn holds_lines(self) -> bool {
        matches!(self, Self::Block(_) | Self::Ordered { .. } | Self::List(_) | Self::Table | Self::Rows)
    }
}

/// The value of an attribute.
pub(super) fn attribute<'a>(token: &'a Token, name: &str) -> Option<&'a str> {
    token.attrs.iter().find(|a| &*a.name.local == name).map(|a| &*a.value)
}

/// True where the element says that it is not shown.
pub(super) fn is_hidden(token: &Token) -> bool {
    attribute(token, "hidden").is_some() || style(token).contains("display:none")
}

/// The style attribute in lower case, without blanks.
fn style(token: &Token) -> String {
    let Some(style) = attribute(token, "style") else { return String::new() };
    style.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect()
}

fn mark(token: &Token) -> Mark {
    let style = style(token);
    let Some((_, kind)) = style.split_once("list-style") else {
        return match attribute(token, "type") {
            Some("a") => Mark::Letter(false),
            Some("A") => Mark::Letter(true),
            Some("i") => Mark::Roman(false),
            Some("I") => Mark::Roman(true),
            _ => Mark::Decimal,
        };
    };
    let kind = kind.split(';').next().unwrap_or_default();
    let is = |names: &[&str]| names.iter().any(|name| kind.contains(name));
    if is(&["none", "disc", "square", "circle"]) {
        Mark::None
    } else if is(&["cjk-ideographic", "chinese", "japanese"]) {
        Mark::Chinese
    } else if is(&["alpha", "latin"]) {
        Mark::Letter(kind.contains("upper"))
    } else if is(&["roman"]) {
        Mark::Roman(kind.contains("upper"))
    } else {
        Mark::Decimal
    }
}
