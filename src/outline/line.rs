//! Lines: the text as it lies on the page, furniture aside.
//!
//! In: source text. Out: its printed lines with what layout says about them: where a paragraph begins, what is only
//! page furniture. Government texts come as pages saved from the web (a line a paragraph) or copied out of a PDF
//! (lines broken at the page's width, blank lines and page numbers in mid-sentence); both are told apart here.

use super::heading::{Marker, Shape};
use super::unfold;
use crate::text::work::{self, Stage};
use crate::text::{PassageBuilder, SourceText, Span, is_blank, signs, tidy};

/// A printed line that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "four independent things that layout says of a line")]
pub struct Line {
    /// Its characters, blanks at both ends left out.
    pub span: Span,
    /// Its tidied text without whitespace.
    pub text: String,
    /// Bytes of its first word, where a blank follows it (`1 总则`).
    pub word: Option<usize>,
    /// True where a blank line stands before it.
    pub after_blank: bool,
    /// True where it begins a paragraph.
    pub opens: bool,
    /// True where a number at its start may open a node: a paragraph begins, or a sentence ended on a full line.
    pub free: bool,
    /// Width of what is printed, in half-width columns, indentation included.
    width: u32,
    /// True where it ends as a sentence does.
    ends: bool,
    indented: bool,
    /// True where a due number began it in the middle of a printed line.
    unfolded: bool,
}

impl Line {
    /// Adds the line's characters to a passage, signs of bold type left out.
    pub fn push(&self, builder: &mut PassageBuilder, source: &SourceText) {
        let raw = source.slice(self.span);
        if !raw.contains(BOLD) {
            return builder.push(source, self.span);
        }
        let mut from = self.span.start;
        for piece in raw.split(BOLD) {
            let to = from + piece.chars().count() as u32;
            builder.push(source, Span::new(from, to));
            from = to + BOLD.len() as u32;
        }
    }

    /// True where the line ends as a sentence, list item, introduction or bracket does.
    pub fn ends_sentence(&self) -> bool {
        self.ends
    }
}

/// The lines of a document, and how they were broken.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    /// In order, furniture left out.
    pub lines: Vec<Line>,
    /// Every line that is not blank, furniture among them: cells of tables may look like page numbers.
    pub all: Vec<Span>,
    /// Column at which the page breaks its lines, where it does.
    pub wrapped_at: Option<u32>,
}

impl Lines {
    /// Splits a text.
    pub fn of(source: &SourceText) -> Self {
        let mut lines = split(source);
        let wrapped_at = wrap_column(&lines);
        let all = lines.iter().map(|line| line.span).collect();
        lines.retain(|line| !is_page_number(&line.text));
        // Pages printed to PDF double their bold lines.
        lines.dedup_by(|b, a| a.text == b.text && a.text.chars().count() >= 4);
        drop_running_titles(&mut lines);
        mark_paragraphs(&mut lines, wrapped_at);
        let ended: Vec<bool> = lines.iter().map(Line::ends_sentence).collect();
        for (line, ended) in lines.iter_mut().skip(1).zip(ended) {
            line.free = line.opens || ended;
        }
        Self { lines, all, wrapped_at }
    }

    /// True where `line` was broken by the page's width and goes on in the next.
    pub fn is_full(&self, line: &Line) -> bool {
        self.wrapped_at.is_some_and(|column| line.width + 4 >= column)
    }
}

fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(['”', '’', '"', '>', '》']);
    text.ends_with(['。', ';', ':', '!', '?', ')', '】', ']', '〕', '…'])
}

fn width(c: char) -> u32 {
    if c.is_ascii() || matches!(c, '\u{b7}' | '“' | '”' | '‘' | '’') { 1 } else { 2 }
}

fn split(source: &SourceText) -> Vec<Line> {
    // Room at once: growing by halves holds three times what short lines take. Few lines have less than seven bytes.
    let text = source.as_str();
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).count();
    let mut lines: Vec<Line> = Vec::with_capacity(1 + ends.min(text.len() / 7));
    let (mut point, mut blank) = (0, false);
    let mut unfold = unfold::Unfold::default();
    for raw in printed(source.as_str()) {
        let mut rest = raw;
        let mut start = 0;
        for next in unfold.starts(raw).into_iter().map(Some).chain([None]) {
            let end = next.and_then(|next| rest.char_indices().nth(next - start)).map_or(rest.len(), |(at, _)| at);
            let (part, behind) = rest.split_at(end);
            rest = behind;
            let (line, length) = line(part, point, blank);
            blank = line.is_none();
            lines.extend(line.map(|line| Line { unfolded: start > 0, ..line }));
            point += length;
            start = next.unwrap_or_default();
        }
        point += 1;
    }
    lines
}

/// A text cut at the signs that end a line.
fn printed(text: &str) -> impl Iterator<Item = &str> {
    let ends = signs(text).filter(|(_, c)| matches!(c, '\n' | '\r' | '\u{c}' | '\u{2028}' | '\u{85}'));
    let mut from = 0;
    ends.map(|(at, c)| (at, at + c.len_utf8())).chain([(text.len(), text.len())]).map(move |(end, next)| {
        let line = text.get(from..end).unwrap_or_default();
        from = next;
        line
    })
}

/// The printed line in `raw`, which begins at code point `point`, none where it is blank; and the code points of `raw`.
fn line(raw: &str, point: u32, after_blank: bool) -> (Option<Line>, u32) {
    work::count(Stage::Outline, raw.len());
    let glued = raw.get(..glued_page_number(raw).max(hashes(raw))).unwrap_or_default();
    let raw = raw.get(glued.len()..).unwrap_or_default();
    let glued = glued.chars().count() as u32;
    let point = point + glued;
    // Where its first and behind its last character that is not blank, and how wide it is up to there.
    let (mut lead, mut end, mut length) = (None, 0, 0);
    let (mut columns, mut printed) = (0, 0);
    let mut text = String::with_capacity(raw.len());
    let (mut word, mut tab) = (None, false);
    for c in raw.chars() {
        length += 1;
        // Most of a text, told at once.
        if matches!(c, '\u{4e00}'..='\u{9fff}') {
            lead = lead.or(Some(length - 1));
            end = length;
            text.push(tidy(c));
            columns += 2;
            printed = columns;
            continue;
        }
        columns += width(c);
        if is_blank(c) {
            tab |= c == '\t';
            if lead.is_some() && word.is_none() {
                word = Some(text.len());
            }
        } else {
            lead = lead.or(Some(length - 1));
            end = length;
            text.push(tidy(c));
        }
        if !c.is_whitespace() {
            printed = columns;
        }
    }
    let Some(lead) = lead else { return (None, glued + length) };
    if raw.contains(BOLD) {
        let plain = raw.replace(BOLD, "");
        text = plain.chars().filter(|c| !is_blank(*c)).map(tidy).collect();
        let first = plain.trim_start_matches(is_blank).chars().take_while(|c| !is_blank(*c));
        word = Some(first.map(|c| tidy(c).len_utf8()).sum());
    }
    let line = (!text.is_empty()).then(|| Line {
        span: Span::new(point + lead, point + end),
        // A tab parts the cells of a table, not a number from its title.
        word: word.filter(|word| *word < text.len() && !tab),
        ends: ends_sentence(&text),
        text,
        after_blank,
        opens: true,
        free: true,
        width: printed,
        indented: lead >= 2 || raw.starts_with('\u{3000}'),
        unfolded: false,
    });
    (line, glued + length)
}

/// Bytes of a page number that the page's end has glued to a heading (`5（四）`, `9 五、`); no heading begins so.
fn glued_page_number(raw: &str) -> usize {
    let inner = raw.trim_start_matches(is_blank);
    let digits = inner.len() - inner.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if !(1..=3).contains(&digits) {
        return 0;
    }
    let behind = inner.get(digits..).unwrap_or_default().trim_start_matches(is_blank);
    let head: String = behind.chars().take(8).filter(|c| !is_blank(*c)).map(tidy).collect();
    let heading = Marker::of(&head).is_some_and(|m| matches!(m.shape, Shape::Han | Shape::ParenHan | Shape::Chapter));
    if heading { raw.len() - behind.len() } else { 0 }
}

/// The sign around what Markdown sets in bold.
const BOLD: &str = "**";

/// Bytes of the signs of a Markdown heading in front of a line.
fn hashes(raw: &str) -> usize {
    let inner = raw.trim_start_matches(is_blank);
    let behind = inner.trim_start_matches('#');
    let count = inner.len() - behind.len();
    if (1..=6).contains(&count) && behind.starts_with(is_blank) { raw.len() - behind.len() } else { 0 }
}

/// A line of a table of contents: dots lead from a title to its page.
pub fn has_leader(text: &str) -> bool {
    let core = text.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '—' | '(' | ')'));
    ["....", "……", "····", "・・・", "﹒﹒﹒"].iter().any(|dots| core.ends_with(dots))
        && core.chars().any(|c| !matches!(c, '.' | '…' | '·'))
}

/// Where most lines end without ending a sentence, and at about the same column, the page broke them there.
fn wrap_column(lines: &[Line]) -> Option<u32> {
    let mut broken: Vec<u32> =
        lines.iter().filter(|l| !l.ends_sentence() && l.width >= 40 && l.width <= 140).map(|l| l.width).collect();
    if broken.len() < 6 {
        return None;
    }
    broken.sort_unstable();
    let column = broken.get(broken.len() * 3 / 4).copied()?;
    let alike = broken.iter().filter(|w| w.abs_diff(column) <= 8).count();
    let prose = lines.iter().filter(|l| l.width >= 40).count();
    (alike * 2 >= broken.len() && broken.len() * 5 >= prose * 2).then_some(column)
}

/// `12`, `— 12 —`, `第12页共30页`, `12/30`.
fn is_page_number(text: &str) -> bool {
    let core = text.trim_matches(['-', '—', '_', '·', '~', '/', '|']);
    let digits = |s: &str| !s.is_empty() && s.len() <= 4 && s.bytes().all(|b| b.is_ascii_digit());
    let page = |s: &str| s.strip_prefix('第').and_then(|s| s.strip_suffix('页')).is_some_and(digits);
    if digits(core) {
        return core.len() <= 3;
    }
    if page(core) {
        return true;
    }
    core.split_once(['/', ',', '共']).is_some_and(|(a, b)| {
        (digits(a) && digits(b))
            || (page(a) && b.strip_prefix('共').unwrap_or(b).strip_suffix('页').is_some_and(digits))
    })
}

/// A short line that comes back on page after page, with at most another number in it, is a running title.
fn drop_running_titles(lines: &mut Vec<Line>) {
    let key = |line: &Line| -> Option<String> {
        let short = line.text.chars().count() <= 40;
        let speaks = line.ends_sentence() || line.text.contains([':', '。', '、', ',']);
        let has_page = line.text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '—')
            || line.text.ends_with(|c: char| c.is_ascii_digit() || c == '-' || c == '—' || c == '页');
        (short && !speaks && has_page).then(|| line.text.chars().filter(|c| !c.is_ascii_digit()).collect())
    };
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for name in lines.iter().filter_map(key) {
        *counts.entry(name).or_default() += 1;
    }
    lines.retain(|line| {
        key(line).is_none_or(|name| name.chars().count() < 4 || counts.get(&name).copied().unwrap_or(0) < 3)
    });
}

fn mark_paragraphs(lines: &mut [Line], wrapped_at: Option<u32>) {
    let Some(column) = wrapped_at else {
        // A line a paragraph, but a blank line inside a sentence is a page break all the same.
        let goes_on: Vec<bool> = lines.windows(2).map(|pair| matches!(pair, [a, b] if cut_in_sentence(a, b))).collect();
        for (line, goes_on) in lines.iter_mut().skip(1).zip(goes_on) {
            line.opens = !goes_on || line.unfolded;
        }
        return;
    };
    let indents = lines.iter().filter(|l| l.indented).count() * 10 >= lines.len();
    let opens: Vec<bool> = lines
        .windows(2)
        .map(|pair| {
            let [before, line] = pair else { return true };
            if has_leader(&before.text) || has_leader(&line.text) {
                return true;
            }
            let full = before.width + 4 >= column;
            // Letters and signs are narrow in print: a line that is nearly full goes on as well, unless a number opens
            // the next.
            let nearly = before.width * 8 >= column * 7 && Marker::of(&line.text).is_none();
            if indents && line.indented {
                return !(cut_in_sentence(before, line) && full);
            }
            if full {
                before.ends_sentence() && !indents && line.after_blank
            } else {
                before.ends_sentence() || !(nearly || cut_in_sentence(before, line))
            }
        })
        .collect();
    for (line, opens) in lines.iter_mut().skip(1).zip(opens) {
        line.opens = opens || line.unfolded;
    }
}

/// True where the sentence at the end of `before` goes on in `line`: it has no end, and it is prose rather than a title.
fn cut_in_sentence(before: &Line, line: &Line) -> bool {
    if before.ends_sentence() {
        return false;
    }
    let open = |text: &str, l: char, r: char| text.matches(l).count() > text.matches(r).count();
    let prose =
        before.text.contains(['。', ';']) || before.text.ends_with([',', '、']) || before.text.chars().count() > 40;
    let unclosed = open(&before.text, '(', ')') || open(&before.text, '《', '》') || open(&before.text, '“', '”');
    (prose || unclosed) && !line.text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<(String, bool)> {
        Lines::of(&SourceText::new(source)).lines.into_iter().map(|l| (l.text, l.opens)).collect()
    }

    #[test]
    fn page_numbers_are_furniture() {
        for text in ["12", "—12—", "-3-", "第3页", "第3页共10页", "3/10"] {
            assert!(is_page_number(text), "{text}");
        }
        for text in ["2022", "一、", "12.", "3个", "第3页说明", "(1)"] {
            assert!(!is_page_number(text), "{text}");
        }
    }

    #[test]
    fn a_sentence_goes_on_behind_a_page_break() {
        let got = texts("推进市人民医院、市中医\n\n12\n\n医院建设。\n二、加强领导\n");
        assert_eq!(
            got,
            [("推进市人民医院、市中医".into(), true), ("医院建设。".into(), true), ("二、加强领导".into(), true)]
        );
        let got = texts("加快建设。推进市人民医院、市中医\n\n12\n\n医院建设。\n二、加强领导\n");
        assert_eq!(got.iter().map(|l| l.1).collect::<Vec<_>>(), [true, false, true]);
    }

    #[test]
    fn spans_leave_the_indent_out() {
        let source = SourceText::new("  一、总则 \r\n　　为了");
        let lines = Lines::of(&source).lines;
        assert_eq!(lines.iter().map(|l| source.slice(l.span)).collect::<Vec<_>>(), ["一、总则", "为了"]);
    }
}
