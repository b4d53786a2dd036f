//! Readers: a file's bytes become a document's text, by the file's extension and first bytes.

use super::{Encoding, SourceText, decode, html};
use crate::error::{ErrorKind, Result};

/// A file, read.
#[derive(Debug, Clone)]
pub struct Read {
    /// What spans count in.
    pub text: SourceText,
    /// How the bytes were encoded.
    pub encoding: Encoding,
    /// Reader that made the text: `text` or `html`.
    pub reader: &'static str,
}

/// Extensions that [`read`] takes, lower case.
pub const EXTENSIONS: [&str; 5] = ["txt", "md", "html", "htm", "text"];

/// Reads a file's bytes. `file` is its name: it chooses the reader and names the file in errors.
pub fn read(file: &str, bytes: &[u8]) -> Result<Read> {
    let refuse =
        |reason: &str| Err(ErrorKind::NotADocument { file: file.to_owned(), reason: reason.to_owned() }.into());
    if bytes.starts_with(b"%PDF") {
        return refuse("it is a PDF; extract its text first and save it as .txt");
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return refuse("it is a packed file (.docx, .xlsx, .zip); save it as .txt or .html first");
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return refuse("it is an old Word file (.doc or .wps); save it as .txt or .html first");
    }
    let (text, encoding) = match decode(bytes) {
        Ok(decoded) => decoded,
        Err(reason) => return refuse(&reason),
    };
    let extension = file.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    let (text, reader) =
        if matches!(extension.as_str(), "html" | "htm") { (html::main_text(&text), "html") } else { (text, "text") };
    if text.trim().is_empty() {
        return refuse("it holds no text");
    }
    Ok(Read { text: SourceText::new(text), encoding, reader })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_holds_no_text_with_a_sentence() {
        for (file, bytes, word) in [
            ("a.pdf", &b"%PDF-1.4"[..], "PDF"),
            ("a.docx", b"PK\x03\x04..", "packed"),
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
