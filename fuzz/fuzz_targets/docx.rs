//! Word files of real elements in impossible order: the input is cut in three, each byte an element, an attribute's number
//! or words, and packed as the main part, the numbering and the styles. Some are then damaged as files.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::fmt::Write as _;
use std::io::{Cursor, Write};
use taizhang::text;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

const NS: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#;
/// Elements that hold others.
const HOLD: [&str; 27] = [
    "p", "r", "t", "pPr", "rPr", "numPr", "tbl", "tr", "tc", "trPr", "tblPr", "del", "ins", "moveFrom", "txbxContent",
    "AlternateContent", "Choice", "Fallback", "sdtContent", "hyperlink", "abstractNum", "num", "lvl", "lvlOverride",
    "style", "pPrChange", "sectPr",
];
/// Elements that say a value.
const SAY: [&str; 18] = [
    "numId", "ilvl", "pStyle", "vanish", "abstractNumId", "start", "numFmt", "lvlText", "lvlRestart", "isLgl", "suff",
    "startOverride", "numStyleLink", "basedOn", "tab", "br", "sym", "del",
];
const VALUES: [&str; 12] =
    ["0", "1", "2", "8", "4294967295", "-1", "%1、", "%1%2%9.", "chineseCounting", "lowerRoman", "a", "nothing"];

fn part(root: &str, bytes: &[u8]) -> String {
    let mut xml = format!("<w:{root} {NS}>");
    let mut open: Vec<&str> = Vec::new();
    let mut bytes = bytes.iter().copied();
    while let Some(byte) = bytes.next() {
        let at = usize::from(byte);
        match byte {
            0..27 => {
                let id = VALUES[bytes.next().map_or(0, usize::from) % VALUES.len()];
                let _ = write!(
                    xml,
                    r#"<w:{} w:numId="{id}" w:abstractNumId="{id}" w:ilvl="{id}" w:styleId="{id}" w:type="paragraph">"#,
                    HOLD[at]
                );
                open.push(HOLD[at]);
            }
            32..50 => {
                let value = VALUES[bytes.next().map_or(0, usize::from) % VALUES.len()];
                let _ = write!(xml, r#"<w:{} w:val="{value}" w:char="{value}"/>"#, SAY[at - 32]);
            }
            64..96 => {
                if let Some(name) = open.pop() {
                    let _ = write!(xml, "</w:{name}>");
                }
            }
            96..128 => xml.push_str("一、加强监管。&#x3001;&amp;"),
            128 => xml.push_str("<!-- -->"),
            129 => xml.push_str("<![CDATA[x]]>"),
            130 => xml.push_str("<!DOCTYPE a [<!ENTITY b 'c'>]>"),
            131 => xml.push_str("&b;"),
            132 => xml.push('<'),
            _ => xml.push(char::from(byte)),
        }
    }
    while let Some(name) = open.pop() {
        let _ = write!(xml, "</w:{name}>");
    }
    let _ = write!(xml, "</w:{root}>");
    xml
}

fuzz_target!(|bytes: &[u8]| {
    let Some((head, body)) = bytes.split_first_chunk::<4>() else { return };
    let third = body.len().min(3_000) / 3;
    let method = if head[0] & 1 == 0 { CompressionMethod::Stored } else { CompressionMethod::Deflated };
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let parts = [("word/document.xml", "document"), ("word/numbering.xml", "numbering"), ("word/styles.xml", "styles")];
    for ((name, root), bytes) in parts.into_iter().zip(body.chunks(third.max(1))) {
        let options = SimpleFileOptions::default().compression_method(method);
        if zip.start_file(name, options).and_then(|()| Ok(zip.write_all(part(root, bytes).as_bytes())?)).is_err() {
            return;
        }
    }
    let Ok(file) = zip.finish() else { return };
    let mut file = file.into_inner();
    if head[0] & 6 == 6 {
        // One byte of the container, from its end: directory, names, declared sizes.
        let at = file.len().saturating_sub(1 + usize::from(u16::from_le_bytes([head[1], head[2]])) % file.len());
        file[at] = head[3];
    }
    if let Ok(read) = text::read("a.docx", &file) {
        // Line breaks inside of a paragraph may follow each other; a paragraph or row without words gives no line.
        assert!(!read.text.as_str().ends_with("\n\n"));
    }
});
