//! Numbering: the number that Word prints before a paragraph.
//!
//! In: numbering.xml, the styles, and the paragraphs in order. Out: for each its number with the signs around it
//! (`一、`, `（一）`, `1.2`), or none. A list's levels are counted over all paragraphs that use its abstract list, as
//! Word counts them; a list that overrides its start begins anew once.

use super::package::Part;
use super::style::{Listing, Styles};
use super::xml::{self, Attributes, Tag};
use crate::text::format::Format;
use std::collections::{BTreeMap, BTreeSet};

/// Levels of a list.
const LEVELS: usize = 9;

/// Longest text around a level's numbers, in characters; Word's dialog takes less.
const LONGEST_TEXT: usize = 64;

/// One level of a list.
#[derive(Debug, Clone)]
struct Level {
    start: u32,
    format: Format,
    text: String,
    restart: Option<u32>,
    legal: bool,
    style: Option<String>,
    joined: bool,
}

impl Default for Level {
    fn default() -> Self {
        let text = String::new();
        Self { start: 1, format: Format::Decimal, text, restart: None, legal: false, style: None, joined: false }
    }
}

impl Level {
    /// Takes one of the elements of `w:lvl`.
    fn take(&mut self, name: &str, attributes: &Attributes<'_>) {
        match name {
            "start" => self.start = attributes.number().unwrap_or(1),
            "numFmt" => self.format = attributes.val().map(|name| Format::of(&name)).unwrap_or_default(),
            "lvlText" => {
                let text = attributes.val().unwrap_or_default();
                self.text = text.chars().take(LONGEST_TEXT).collect();
            }
            "lvlRestart" => self.restart = attributes.number(),
            "isLgl" => self.legal = attributes.is_on(),
            "pStyle" => self.style = attributes.val().map(std::borrow::Cow::into_owned),
            "suff" => self.joined = attributes.val().as_deref() == Some("nothing"),
            _ => {}
        }
    }
}

/// An abstract list: its levels, or the style that has them.
#[derive(Debug, Clone, Default)]
struct Abstract {
    levels: BTreeMap<u32, Level>,
    style: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct Override {
    start: Option<u32>,
    level: Option<Level>,
}

/// A list: an abstract one with some levels overridden.
#[derive(Debug, Clone, Default)]
struct List {
    of: u32,
    overrides: BTreeMap<u32, Override>,
}

/// The lists of a document, and how far each has counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    styles: Styles,
    abstracts: BTreeMap<u32, Abstract>,
    lists: BTreeMap<u32, List>,
    counters: BTreeMap<u32, [Option<u32>; LEVELS]>,
    begun: BTreeSet<(u32, u32)>,
}

impl Numbering {
    /// A numbering without lists.
    pub fn new(styles: Styles) -> Self {
        Self { styles, ..Self::default() }
    }

    /// Takes numbering.xml.
    pub fn read(&mut self, part: Part<'_>) -> Result<(), String> {
        let mut reading = Reading::default();
        xml::read(part, |tag| {
            reading.take(&tag, self);
            Ok(())
        })
    }

    /// The number before the next paragraph, which counts by this; empty where it has none. `listing` is what the
    /// paragraph itself says, `style` the style that it names.
    pub fn next(&mut self, listing: Listing, style: Option<&str>) -> String {
        let Some((id, at)) = self.place(listing, style) else { return String::new() };
        let Some(list) = self.lists.get(&id) else { return String::new() };
        let of = self.source(list.of);
        let Some(level) = self.level(list, of, at) else { return String::new() };

        let start = |at: u32| {
            let own = list.overrides.get(&at).and_then(|o| o.start);
            own.or_else(|| self.level(list, of, at).map(|level| level.start)).unwrap_or(1)
        };
        let mut counters = self.counters.get(&of).copied().unwrap_or_default();
        let anew = list.overrides.get(&at).is_some_and(|o| o.start.is_some()) && !self.begun.contains(&(id, at));
        if let Some(slot) = counters.get_mut(at as usize) {
            *slot = Some(match *slot {
                Some(n) if !anew => n.saturating_add(1),
                _ => start(at),
            });
        }
        for (deeper, slot) in (0..).zip(counters.iter_mut()).skip(at as usize + 1) {
            let restarts = self.level(list, of, deeper).and_then(|level| level.restart);
            if restarts.is_none_or(|above| at < above) {
                *slot = None;
            }
        }
        let label = self.label(list, of, level, |k| counters.get(k as usize).copied().flatten().unwrap_or(start(k)));
        self.begun.insert((id, at));
        self.counters.insert(of, counters);
        label
    }

    /// The list and level of a paragraph: its own word first, then its style's and those it is based on.
    fn place(&self, own: Listing, style: Option<&str>) -> Option<(u32, u32)> {
        let chain = || self.styles.chain(style);
        let id = own.list.or_else(|| chain().find_map(|s| self.styles.listing(s).list)).filter(|id| *id != 0)?;
        let linked = || {
            let list = self.lists.get(&id)?;
            let levels = &self.abstracts.get(&self.source(list.of))?.levels;
            let of = |s: &str| levels.iter().find(|(_, level)| level.style.as_deref() == Some(s)).map(|(at, _)| *at);
            chain().find_map(of)
        };
        let level = match (own.level, own.list) {
            (Some(level), _) => level,
            (None, Some(_)) => 0,
            (None, None) => linked().or_else(|| chain().find_map(|s| self.styles.listing(s).level)).unwrap_or(0),
        };
        Some((id, level)).filter(|(_, level)| (*level as usize) < LEVELS)
    }

    /// The abstract list that has the levels: one may name a style instead, whose list leads to them.
    fn source(&self, of: u32) -> u32 {
        let Some(style) = self.abstracts.get(&of).and_then(|a| a.style.as_deref()) else { return of };
        let list = self.styles.listing(style).list.and_then(|id| self.lists.get(&id));
        list.map_or(of, |list| list.of)
    }

    fn level<'a>(&'a self, list: &'a List, of: u32, at: u32) -> Option<&'a Level> {
        let own = list.overrides.get(&at).and_then(|o| o.level.as_ref());
        own.or_else(|| self.abstracts.get(&of)?.levels.get(&at))
    }

    /// A level's text with `%1` … `%9` replaced by the numbers of the levels.
    fn label(&self, list: &List, of: u32, level: &Level, number: impl Fn(u32) -> u32) -> String {
        let mut out = String::new();
        if level.format == Format::Silent && !level.text.contains('%') {
            return out;
        }
        let mut rest = level.text.chars().peekable();
        while let Some(c) = rest.next() {
            let digit = (c == '%').then(|| rest.peek().and_then(|d| d.to_digit(10))).flatten().filter(|d| *d > 0);
            let Some(digit) = digit else {
                out.push(c);
                continue;
            };
            rest.next();
            let format = self.level(list, of, digit - 1).map(|level| level.format).unwrap_or_default();
            let legal = level.legal && format != Format::Silent;
            out.push_str(&if legal { Format::Decimal } else { format }.print(number(digit - 1)));
        }
        // A number runs into a text that begins with one, where Word sets a tab between.
        if !level.joined && out.ends_with(char::is_alphanumeric) {
            out.push(' ');
        }
        out
    }
}

/// Where the reading of numbering.xml stands.
#[derive(Default)]
struct Reading {
    /// Depth inside elements that are left out.
    skipped: u32,
    of: Option<(u32, Abstract)>,
    list: Option<(u32, List)>,
    at: Option<(u32, Override)>,
    level: Option<(u32, Level)>,
}

impl Reading {
    fn take(&mut self, tag: &Tag<'_>, into: &mut Numbering) {
        match tag {
            Tag::Open(..) if self.skipped > 0 => self.skipped += 1,
            Tag::Close(_) if self.skipped > 0 => self.skipped -= 1,
            // Of two wordings of a number format, the second is the one that every program knows.
            Tag::Open("Choice" | "pPr" | "rPr", _) => self.skipped = 1,
            Tag::Open(name, attributes) => self.open(name, attributes),
            Tag::Close(name) => self.close(name, into),
            Tag::Text(_) => {}
        }
    }

    fn open(&mut self, name: &str, attributes: &Attributes<'_>) {
        let number = |key: &str| attributes.get(key).and_then(|v| v.trim().parse::<u32>().ok());
        match name {
            "abstractNum" => self.of = number("abstractNumId").map(|id| (id, Abstract::default())),
            "num" => self.list = number("numId").map(|id| (id, List::default())),
            "lvlOverride" => self.at = number("ilvl").map(|at| (at, Override::default())),
            "lvl" => self.level = number("ilvl").map(|at| (at, Level::default())),
            "startOverride" => {
                if let Some((_, over)) = &mut self.at {
                    over.start = attributes.number();
                }
            }
            "abstractNumId" => {
                if let (Some((_, list)), Some(of)) = (&mut self.list, attributes.number()) {
                    list.of = of;
                }
            }
            "numStyleLink" => {
                if let Some((_, of)) = &mut self.of {
                    of.style = attributes.val().map(std::borrow::Cow::into_owned);
                }
            }
            _ => {
                if let Some((_, level)) = &mut self.level {
                    level.take(name, attributes);
                }
            }
        }
    }

    fn close(&mut self, name: &str, into: &mut Numbering) {
        match name {
            "lvl" => {
                let Some((at, level)) = self.level.take() else { return };
                if let Some((_, over)) = &mut self.at {
                    over.level = Some(level);
                } else if let Some((_, of)) = &mut self.of {
                    of.levels.insert(at, level);
                }
            }
            "lvlOverride" => {
                if let (Some((at, over)), Some((_, list))) = (self.at.take(), &mut self.list) {
                    list.overrides.insert(at, over);
                }
            }
            "abstractNum" => {
                if let Some((id, of)) = self.of.take() {
                    into.abstracts.insert(id, of);
                }
            }
            "num" => {
                if let Some((id, list)) = self.list.take() {
                    into.lists.insert(id, list);
                }
            }
            _ => {}
        }
    }
}
