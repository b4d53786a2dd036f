//! Word files: a .docx becomes the text that its reader sees on the page, automatic numbers written out.
//!
//! In: the file's bytes. Out: one `\n` a paragraph, table cells joined by `\t`, a row a line; inserted text kept,
//! deleted and hidden text, text boxes, notes, headers and footers left out.
//! Guarantee: bounded in memory by the file's size ([`package`]), linear in time, no panic on any bytes. No entity
//! but XML's own five is resolved, no document type read, nothing outside the file opened.

mod body;
mod numbering;
mod package;
mod style;
mod xml;

use body::Body;
use numbering::Numbering;
use package::Package;
use style::Styles;

/// Most bytes of text for each byte of the file: prose packs to a third, so a file with more is not one.
const TEXT_RATIO: usize = 8;

/// The text of a .docx; the error says, as half a sentence, why the bytes are none.
pub fn text(bytes: &[u8]) -> Result<String, String> {
    let mut package = Package::open(bytes)?;
    let main = package.main_part()?;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let mut styles = Styles::default();
    if let Some(part) = package.part(&beside("styles.xml"))? {
        styles.read(part)?;
    }
    let mut numbering = Numbering::new(styles);
    if let Some(part) = package.part(&beside("numbering.xml"))? {
        numbering.read(part)?;
    }
    let most = bytes.len().saturating_mul(TEXT_RATIO).max(1 << 20);
    let Some(part) = package.part(&main)? else { return Err(format!("its part {main} is missing")) };
    Body::new(numbering, most).read(part)
}
