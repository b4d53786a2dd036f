//! Readers: a file's bytes become a document's text, by the file's extension and first bytes.

use super::{Encoding, SourceText, decode, docx, html};
use crate::error::{ErrorKind, Result};

/// A file, read.
#[derive(Debug, Clone)]
pub struct Read {
    /// What spans count in.
    pub text: SourceText,
    /// How the bytes were encoded.
    pub encoding: Encoding,
    /// Reader that made the text: `text`, `html` or `docx`.
    pub reader: &'static str,
}

/// Extensions that [`read`] takes, lower case.
pub const EXTENSIONS: [&str; 6] = ["txt", "md", "html", "htm", "text", "docx"];

/// Largest file that is read, in bytes, unless the user says otherwise.
pub const MAX_BYTES: u64 = 32 << 20;

/// Most lines of a document, blank ones included. A printed line takes some three hundred bytes while it is read, however
/// short it is; ten years of a ministry's plans have fewer.
pub const MAX_LINES: usize = 1 << 20;

/// The text of a document; the error says, as half a sentence, why it is none.
pub fn accept(text: String) -> Result<SourceText, String> {
    if text.trim().is_empty() {
        return Err("it holds no text".to_owned());
    }
    let bytes = text.as_bytes();
    let lines = memchr::memchr3_iter(b'\n', b'\r', b'\x0c', bytes).count()
        + memchr::memmem::find_iter(bytes, "\u{2028}").count()
        + memchr::memmem::find_iter(bytes, "\u{85}").count();
    if lines > MAX_LINES {
        return Err(format!("it has {lines} lines, more than the {MAX_LINES} that are read"));
    }
    Ok(SourceText::new(text))
}

/// Refuses a file of `length` bytes where that is more than `most`; to be asked before the file is read.
pub fn check_size(file: &str, length: u64, most: u64) -> Result<()> {
    if length <= most {
        return Ok(());
    }
    Err(ErrorKind::NotADocument { file: file.to_owned(), reason: too_large(length, most) }.into())
}

/// Why a file of `length` bytes is refused, as half a sentence.
pub(super) fn too_large(length: u64, most: u64) -> String {
    let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    format!("it has {:.1} MiB, more than the {:.1} MiB that are read", mebibytes(length), mebibytes(most))
}

/// Reads a file's bytes. `file` is its name: it chooses the reader and names the file in errors.
pub fn read(file: &str, bytes: &[u8]) -> Result<Read> {
    try_read(file, bytes).map_err(|reason| ErrorKind::NotADocument { file: file.to_owned(), reason }.into())
}

/// As [`read`], for those who word the error themselves: it is half a sentence that says why there is no text.
pub fn try_read(file: &str, bytes: &[u8]) -> Result<Read, String> {
    let refuse = |reason: &str| Err(reason.to_owned());
    if bytes.is_empty() {
        return refuse("it is empty");
    }
    if bytes.starts_with(b"%PDF") {
        return refuse("it is a PDF; the Python package reads it, or extract its text and save it as .txt");
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return refuse(if is_encrypted(bytes) {
            "it is encrypted; open it in Word and save it without a password"
        } else {
            "it is an old Word file (.doc or .wps); save it as .docx or .txt first"
        });
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return match docx::text(bytes) {
            Ok(text) => Ok(Read { text: accept(text)?, encoding: Encoding::Utf8, reader: "docx" }),
            Err(reason) => refuse(&reason),
        };
    }
    let (text, encoding) = match decode(bytes) {
        Ok(decoded) => decoded,
        Err(reason) => return refuse(&reason),
    };
    let extension = file.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    let (text, reader) = if matches!(extension.as_str(), "html" | "htm") {
        match html::main_text(&text) {
            Ok(text) => (text, "html"),
            Err(reason) => return refuse(&reason),
        }
    } else {
        (text, "text")
    };
    Ok(Read { text: accept(text)?, encoding, reader })
}

/// An encrypted .docx is an old-style container with a stream of this name.
fn is_encrypted(container: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(container, &name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_holds_no_text_with_a_sentence() {
        for (file, bytes, word) in [
            ("a.pdf", &b"%PDF-1.4"[..], "PDF"),
            ("a.docx", b"PK\x03\x04..", "truncated"),
            ("a.doc", b"\xd0\xcf\x11\xe0..", "old Word"),
            ("b.docx", b"\xd0\xcf\x11\xe0..E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", "encrypted"),
            ("c.txt", b"", "empty"),
            ("a.txt", b"  \n", "no text"),
            ("b.txt", b"a\0b", "binary"),
        ] {
            let error = read(file, bytes).unwrap_err().to_string();
            assert!(error.contains(word) && error.contains(file), "{error}");
        }
    }

    #[test]
    fn a_page_is_read_as_html() {
        let read = read("A.HTML", "<p>一、目标</p>".as_bytes()).unwrap();
        assert_eq!((read.text.as_str(), read.reader), ("一、目标\n", "html"));
    }
}
