//! XML: a part's tags and texts, by their local names.
//!
//! Namespaces are left aside: the transitional and the strict dialect differ in nothing else that is read here.

use super::package::{Part, TOO_LARGE};
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::borrow::Cow;

/// What a part consists of; an empty element is an opening and a closing.
pub(super) enum Tag<'a> {
    /// An element opens.
    Open(&'a str, Attributes<'a>),
    /// An element closes.
    Close(&'a str),
    /// Text between them.
    Text(&'a str),
}

/// The attributes of an element.
pub(super) struct Attributes<'a>(&'a BytesStart<'a>);

impl<'a> Attributes<'a> {
    /// The value of the attribute with this local name.
    pub fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        let found = self.0.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
        Some(match unescape(&found.value) {
            Ok(value) => Cow::Owned(value.into_owned()),
            Err(_) => found.value,
        })
    }

    /// `val`, which most elements of Word have.
    pub fn val(&self) -> Option<Cow<'a, str>> {
        self.get("val")
    }

    /// `val` as a number.
    pub fn number(&self) -> Option<u32> {
        self.val()?.trim().parse().ok()
    }

    /// What a switch says: on, unless it says otherwise.
    pub fn is_on(&self) -> bool {
        !matches!(self.val().as_deref(), Some("0" | "false" | "off"))
    }
}

/// Hands every tag of a part to `each`.
pub(super) fn read(part: Part<'_>, mut each: impl FnMut(Tag<'_>) -> Result<(), String>) -> Result<(), String> {
    let name = part.name.clone();
    let mut reader = Reader::from_reader(part);
    reader.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|e| match e {
            quick_xml::Error::Io(e) if e.kind() == TOO_LARGE => e.to_string(),
            quick_xml::Error::Io(_) => format!("its part {name} cannot be unpacked: the file is truncated or damaged"),
            _ => format!("its part {name} is not valid XML"),
        })?;
        match &event {
            Event::Start(tag) => each(Tag::Open(tag.local_name().as_ref(), Attributes(tag)))?,
            Event::End(tag) => each(Tag::Close(tag.local_name().as_ref()))?,
            Event::Text(text) => each(Tag::Text(&text.xml10_content()))?,
            Event::CData(text) => each(Tag::Text(&text.xml10_content()))?,
            Event::GeneralRef(entity) => {
                let mut bytes = [0; 4];
                let text = match entity.resolve_char_ref() {
                    Ok(Some(c)) => Some(&*c.encode_utf8(&mut bytes)),
                    _ => resolve_predefined_entity(&entity.xml10_content()),
                };
                each(Tag::Text(text.unwrap_or_default()))?;
            }
            Event::DocType(_) => return Err(format!("its part {name} declares a document type, as no Word file does")),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}
