//! Names of places in text: at its start, as chains (重庆市綦江区), and anywhere.

use super::{Found, Level, Place, Places};
use crate::lexicon::names::{NameMap, plain};
use std::sync::Arc;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// Index of a division.
    Place(usize),
    /// Index of a zone.
    Zone(usize),
}

/// How full a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// 江门市.
    Full,
    /// 江门.
    Short,
    /// 恩施州.
    Alias,
}

/// One thing that a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    pub target: Target,
    pub form: Form,
}

/// A place named at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefix<'a> {
    /// The place.
    pub found: Found<'a>,
    /// Bytes of its name, with the places above named before it.
    pub len: usize,
}

/// The names of all places and zones, as bodies bear them in front.
#[derive(Debug, Clone, Default)]
pub(in crate::lexicon) struct PlaceNames {
    names: Arc<NameMap<Vec<Named>>>,
}

impl PlaceNames {
    pub(super) fn new(names: Arc<NameMap<Vec<Named>>>) -> Self {
        Self { names }
    }

    /// Byte lengths of the place names that `text` starts with, longest first.
    pub fn at_start<'a>(&'a self, text: &'a str) -> impl Iterator<Item = usize> {
        self.names.at_start(text).map(|(len, _)| len)
    }

    /// True for the name of a place.
    pub fn has(&self, name: &str) -> bool {
        self.names.get(name).is_some()
    }
}

/// What makes the short name before it part of another name (中山大学, 平安保险公司).
const NO_PLACE_BEFORE: [&str; 9] = ["大学", "学院", "公司", "集团", "医院", "银行", "保险", "路", "街"];

/// Names that open an issuer without being part of a place's name.
const PARTY: [&str; 2] = ["中国共产党", "中共"];

/// A way through the names at the start of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chain {
    pub target: Target,
    pub form: Form,
    pub len: usize,
}

impl Places {
    /// The places that the text starts with naming, as deep and as long as it names them (重庆市綦江区… gives 綦江区);
    /// 中共 in front is passed over. Several where a name is shared and neither the places named before it nor the
    /// date `on` (ISO 8601, also a year) settles which is meant; none where the text starts otherwise.
    pub fn find_prefix(&self, text: &str, on: Option<&str>) -> Vec<Prefix<'_>> {
        let skipped = PARTY.iter().find(|party| text.starts_with(**party)).map_or(0, |party| party.len());
        let rest = text.get(skipped..).unwrap_or_default();
        let mut chains = self.chains(rest);
        chains.retain(|chain| chain.len == rest.len() || self.stands_alone(*chain, rest));
        let Some(len) = chains.iter().map(|chain| chain.len).max() else { return Vec::new() };
        chains.retain(|chain| chain.len == len);
        self.choose(&chains, on).into_iter().map(|found| Prefix { found, len: skipped + len }).collect()
    }

    /// Places named anywhere in the text, with their byte ranges' starts, in order and without overlap: full names,
    /// and short names of provinces and prefectures. 全国 and 国家 name no place there.
    pub fn mentions(&self, text: &str, on: Option<&str>) -> Vec<(usize, Vec<Prefix<'_>>)> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let mut here = self.find_prefix(rest, on);
            here.retain(|prefix| prefix.found.place.level != Level::Country);
            let step = here.first().map(|prefix| prefix.len);
            if !here.is_empty() {
                found.push((at, here));
            }
            at += step.filter(|step| *step > 0).or_else(|| rest.chars().next().map(char::len_utf8)).unwrap_or(1);
        }
        found
    }

    /// The places whose abbreviation a document number's letters (江府办, 綦医改) begin with; where `hint`, the code of a
    /// place, settles it, only those that agree: the place itself, or else one that it lies in.
    pub fn from_number_prefix(&self, letters: &str, hint: Option<&str>) -> Vec<&Place> {
        let letters = plain(letters);
        let mut candidates: Vec<&Place> = self
            .abbreviations
            .at_start(&letters)
            .flat_map(|(_, indexes)| indexes)
            .filter_map(|index| self.rows.get(*index))
            .collect();
        candidates.sort_by_key(|place| (!place.in_force(), place.level));
        candidates.dedup_by(|a, b| a.adcode == b.adcode);
        let Some(hint) = hint else { return candidates };
        let same: Vec<&Place> = candidates.iter().copied().filter(|place| *place.adcode == *hint).collect();
        if !same.is_empty() {
            return same;
        }
        let above: Vec<&Place> = candidates.iter().copied().filter(|place| self.within(hint, &place.adcode)).collect();
        if above.is_empty() { candidates } else { above }
    }

    /// All ways to read the start of `text` as a place inside a place.
    pub(super) fn chains(&self, text: &str) -> Vec<Chain> {
        let mut chains: Vec<Chain> = self.readings(text).collect();
        let mut from = 0;
        // Each round adds a level below: 省, 市, 县.
        while let Some(chain) = chains.get(from).copied() {
            from += 1;
            let Some(rest) = text.get(chain.len..).filter(|rest| !rest.is_empty()) else { continue };
            let Target::Place(above) = chain.target else { continue };
            let Some(above) = self.rows.get(above) else { continue };
            // 广东江门 is a chain, but what follows a county or the state is none.
            if matches!(above.level, Level::County | Level::Country) {
                continue;
            }
            let below: Vec<Chain> = self
                .readings(rest)
                .filter(|next| self.lies_in(next.target, &above.adcode))
                .map(|next| Chain { len: chain.len + next.len, form: chain.form.max(next.form), ..next })
                .collect();
            chains.extend(below);
        }
        chains
    }

    fn readings<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Chain> {
        self.names
            .at_start(text)
            .flat_map(|(len, named)| named.iter().map(move |n| Chain { target: n.target, form: n.form, len }))
    }

    fn lies_in(&self, target: Target, code: &str) -> bool {
        match target {
            Target::Place(index) => self.rows.get(index).is_some_and(|place| {
                // The parent of that time: a division may have moved since.
                *place.adcode != *code && place.parent.as_deref().is_some_and(|parent| self.within(parent, code))
            }),
            Target::Zone(index) => self.zones.get(index).is_some_and(|zone| self.within(&zone.parent, code)),
        }
    }

    /// 城区 and 新区 are names of districts and common nouns: only behind the city's name are they the district. A county's
    /// short name is too common a word to be taken from the start of a longer text (新华书店), and the short
    /// name of a city may belong to a university.
    fn stands_alone(&self, chain: Chain, text: &str) -> bool {
        let rest = text.get(chain.len..).unwrap_or_default();
        let level = match chain.target {
            Target::Place(index) => self.rows.get(index).map(|place| place.level),
            Target::Zone(_) => None,
        };
        let name = text.get(..chain.len).unwrap_or_default();
        if name.ends_with('区') && name.chars().count() == 2 {
            return false;
        }
        match chain.form {
            Form::Full => true,
            Form::Short if level == Some(Level::County) => false,
            Form::Short | Form::Alias => {
                level == Some(Level::Country) || !NO_PLACE_BEFORE.iter().any(|word| rest.starts_with(word))
            }
        }
    }
}
