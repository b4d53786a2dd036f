//! Pages: a page's tags become a flat list of what is visible in it, elements opened and closed in balance.
//!
//! Tags come from a browser's tokenizer; the tree is ours, since a browser's rules for unclosed formatting copy
//! elements without bound. Formatting tags say nothing about the text and are left aside; of the rest a tag closes
//! what it cannot stand in, as browsers do. Each tag costs a bounded look at the open elements: linear in the page.

use super::tag::{Tag, is_hidden};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag as TagToken, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;

/// Deepest nesting of elements; pages of portals have about forty.
const DEEPEST: usize = 4_096;

/// Most pieces of a page.
const MOST_PIECES: usize = 1 << 22;

/// Open elements that a tag looks at for one to close.
const LOOK_BACK: usize = 128;

/// Bytes handed to the tokenizer at once.
const CHUNK: usize = 1 << 16;

/// A piece of a page, in order.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece {
    /// An element opens.
    Open {
        /// What it is.
        tag: Tag,
        /// Han characters outside links that stand before it.
        prose: u32,
        /// Index of its closing.
        close: u32,
    },
    /// An element closes.
    Close {
        /// What it is.
        tag: Tag,
        /// Han characters outside links that stand before its end.
        prose: u32,
    },
    /// Text, as a range of bytes of the page's text.
    Text {
        /// First byte.
        start: u32,
        /// One past the last.
        end: u32,
    },
}

/// What is visible in a page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its pieces; the first opens the root and the last closes it.
    pub pieces: Vec<Piece>,
    /// All its text.
    pub text: String,
}

impl Page {
    /// Reads a page; the error says, as half a sentence, which bound it breaks.
    pub fn of(html: &str) -> Result<Self, String> {
        let tokenizer = Tokenizer::new(Sink(RefCell::new(Builder::new())), TokenizerOpts::default());
        let queue = BufferQueue::default();
        let mut rest = html;
        while !rest.is_empty() {
            let end = (CHUNK.min(rest.len())..=rest.len()).find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
            let (chunk, after) = rest.split_at(end);
            rest = after;
            queue.push_back(StrTendril::from_slice(chunk));
            while let html5ever::TokenizerResult::Script(()) = tokenizer.feed(&queue) {}
            if tokenizer.sink.0.borrow().refused.is_some() {
                break;
            }
        }
        tokenizer.end();
        tokenizer.sink.0.into_inner().finish()
    }
}

struct Sink(RefCell<Builder>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut builder = self.0.borrow_mut();
        if builder.refused.is_some() {
            return TokenSinkResult::Continue;
        }
        match token {
            Token::CharacterTokens(text) => builder.text(&text),
            Token::TagToken(tag) if tag.kind == TagKind::EndTag => builder.end_tag(Tag::of(&tag)),
            Token::TagToken(tag) => return builder.start_tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// An open element.
struct Element {
    tag: Tag,
    /// Its piece; none where it is not visible.
    piece: Option<usize>,
    /// True where it hides what it holds.
    hides: bool,
}

#[derive(Default)]
struct Builder {
    page: Page,
    open: Vec<Element>,
    hidden: u32,
    links: u32,
    prose: u32,
    refused: Option<String>,
}

impl Builder {
    fn new() -> Self {
        let mut builder = Self::default();
        builder.push(Tag::Block(u8::MAX), false);
        builder
    }

    fn finish(mut self) -> Result<Page, String> {
        if let Some(refused) = self.refused {
            return Err(refused);
        }
        while !self.open.is_empty() {
            self.pop();
        }
        Ok(self.page)
    }

    fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        if self.links == 0 {
            self.prose += text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count() as u32;
        }
        let start = self.page.text.len() as u32;
        self.page.text.push_str(text);
        let here = self.page.text.len() as u32;
        match self.page.pieces.last_mut() {
            Some(Piece::Text { end, .. }) if *end == start => *end = here,
            _ => self.page.pieces.push(Piece::Text { start, end: here }),
        }
    }

    fn start_tag(&mut self, token: &TagToken) -> TokenSinkResult<()> {
        let tag = Tag::of(token);
        self.close_before(tag);
        if tag.is_empty() || (token.self_closing && self.hidden > 0) {
            if tag != Tag::Void {
                self.push(tag, false);
                self.pop();
            }
            return TokenSinkResult::Continue;
        }
        let hides = matches!(tag, Tag::Hidden(_)) || is_hidden(token);
        // Formatting matters only in what is hidden, for its end to be found.
        if hides || self.hidden > 0 || !matches!(tag, Tag::Inline(_)) {
            self.push(tag, hides);
        }
        if self.open.len() > DEEPEST {
            self.refused = Some(format!("its elements are nested deeper than {DEEPEST}"));
        } else if self.page.pieces.len() > MOST_PIECES {
            self.refused = Some("it has more elements than a document's page".to_owned());
        }
        match &*token.name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" | "noscript" => {
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            "plaintext" => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::Continue,
        }
    }

    /// Closes what an element cannot stand in.
    fn close_before(&mut self, tag: Tag) {
        if tag.is_block() {
            self.close(|t| t == Tag::Paragraph, |t| t.is_cell() || t == Tag::Table);
        }
        match tag {
            Tag::Item(_) => self.close(|t| matches!(t, Tag::Item(_)), |t| t.is_list() || t.is_cell()),
            Tag::Term => self.close(|t| t == Tag::Term, |t| t.is_list() || t.is_cell()),
            Tag::Row => self.close(|t| t == Tag::Row, |t| t == Tag::Table),
            Tag::Cell { .. } => self.close(Tag::is_cell, |t| matches!(t, Tag::Row | Tag::Table)),
            Tag::Rows => self.close(|t| t == Tag::Rows, |t| t == Tag::Table),
            Tag::Link => self.close(|t| t == Tag::Link, Tag::is_block),
            _ => {}
        }
    }

    fn end_tag(&mut self, tag: Tag) {
        match tag {
            Tag::Void => {}
            Tag::Inline(_) if self.hidden == 0 => {}
            Tag::Break => {
                self.push(tag, false);
                self.pop();
            }
            Tag::Table => self.close(|t| t == Tag::Table, |_| false),
            Tag::Cell { .. } | Tag::Row | Tag::Rows => self.close(|t| t.is_ended_by(tag), |t| t == Tag::Table),
            _ => self.close(|t| t.is_ended_by(tag), |t| t.is_cell() || t == Tag::Table),
        }
    }

    /// Closes the innermost element that is `wanted`, and all in it, unless a `wall` stands before it.
    fn close(&mut self, wanted: impl Fn(Tag) -> bool, wall: impl Fn(Tag) -> bool) {
        for (depth, element) in self.open.iter().enumerate().skip(1).rev().take(LOOK_BACK) {
            if wanted(element.tag) {
                while self.open.len() > depth {
                    self.pop();
                }
                return;
            }
            if wall(element.tag) {
                return;
            }
        }
    }

    fn push(&mut self, tag: Tag, hides: bool) {
        self.hidden += u32::from(hides);
        let piece = (self.hidden == 0).then(|| {
            self.links += u32::from(tag == Tag::Link);
            self.page.pieces.push(Piece::Open { tag, prose: self.prose, close: 0 });
            self.page.pieces.len() - 1
        });
        self.open.push(Element { tag, piece, hides });
    }

    fn pop(&mut self) {
        let Some(Element { tag, piece, hides }) = self.open.pop() else { return };
        self.hidden -= u32::from(hides);
        let Some(piece) = piece else { return };
        self.links -= u32::from(tag == Tag::Link);
        let end = self.page.pieces.len() as u32;
        if let Some(Piece::Open { close, .. }) = self.page.pieces.get_mut(piece) {
            *close = end;
        }
        self.page.pieces.push(Piece::Close { tag, prose: self.prose });
    }
}
