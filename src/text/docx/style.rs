//! Styles: which list, and which level of it, a paragraph takes from its style and the styles that one is based on.

use super::package::Part;
use super::xml::{self, Tag};
use std::collections::BTreeMap;

/// Longest chain of styles based on one another; Word allows ten.
const LONGEST_CHAIN: usize = 32;

/// The list that a paragraph is in; 0 is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Listing {
    /// `numId`.
    pub list: Option<u32>,
    /// `ilvl`, from 0.
    pub level: Option<u32>,
}

#[derive(Debug, Clone, Default)]
struct Style {
    based_on: Option<String>,
    listing: Listing,
}

/// The styles of a document, by id.
#[derive(Debug, Clone, Default)]
pub(super) struct Styles {
    styles: BTreeMap<String, Style>,
    /// The style of paragraphs that name none.
    default: Option<String>,
}

impl Styles {
    /// Takes styles.xml.
    pub fn read(&mut self, part: Part<'_>) -> Result<(), String> {
        let mut open: Option<(String, Style)> = None;
        let mut former = 0_u32;
        xml::read(part, |tag| {
            match tag {
                Tag::Open("pPrChange" | "rPrChange", _) => former += 1,
                Tag::Close("pPrChange" | "rPrChange") => former = former.saturating_sub(1),
                Tag::Open("style", attributes) => {
                    let Some(id) = attributes.get("styleId") else { return Ok(()) };
                    let is_default = attributes.get("default").is_some_and(|d| matches!(&*d, "1" | "true" | "on"));
                    if is_default && attributes.get("type").as_deref() == Some("paragraph") {
                        self.default = Some(id.to_string());
                    }
                    open = Some((id.into_owned(), Style::default()));
                }
                Tag::Close("style") => {
                    if let Some((id, style)) = open.take() {
                        self.styles.insert(id, style);
                    }
                }
                Tag::Open(name, attributes) if former == 0 => {
                    let Some((_, style)) = &mut open else { return Ok(()) };
                    match name {
                        "basedOn" => style.based_on = attributes.val().map(std::borrow::Cow::into_owned),
                        "numId" => style.listing.list = attributes.number(),
                        "ilvl" => style.listing.level = attributes.number(),
                        _ => {}
                    }
                }
                _ => {}
            }
            Ok(())
        })
    }

    /// The style of a paragraph: as named, else the default one; and what it is based on, nearest first.
    pub fn chain<'a>(&'a self, named: Option<&'a str>) -> impl Iterator<Item = &'a str> {
        let known = named.filter(|id| self.styles.contains_key(*id));
        std::iter::successors(known.or(self.default.as_deref()), |id| self.styles.get(*id)?.based_on.as_deref())
            .take(LONGEST_CHAIN)
    }

    /// What a style itself says of lists.
    pub fn listing(&self, id: &str) -> Listing {
        self.styles.get(id).map(|style| style.listing).unwrap_or_default()
    }
}
