//! Bytes to text: strict UTF-8 (with or without BOM), UTF-16 with BOM, else strict GB18030.

/// How a document's bytes were encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, its BOM removed.
    Utf8,
    /// UTF-16 with a BOM.
    Utf16,
    /// GB18030, of which GBK and GB2312 are parts.
    Gb18030,
}

impl Encoding {
    /// The usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Gb18030 => "GB18030",
        }
    }
}

/// Decodes strictly; the error says, as half a sentence, why the bytes are no text.
///
/// Order matters: UTF-8 bytes are often valid GB18030 as well, never the other way round for Chinese prose.
pub fn decode(bytes: &[u8]) -> Result<(String, Encoding), String> {
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = bytes {
        let encoding = if bytes.first() == Some(&0xff) { encoding_rs::UTF_16LE } else { encoding_rs::UTF_16BE };
        return match encoding.decode_with_bom_removal(bytes) {
            (text, false) => Ok((text.into_owned(), Encoding::Utf16)),
            _ => Err("it begins like UTF-16 but is not valid UTF-16".to_owned()),
        };
    }
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if body.contains(&0) {
        return Err("it holds zero bytes, so it is a binary file".to_owned());
    }
    if let Ok(text) = std::str::from_utf8(body) {
        return Ok((text.to_owned(), Encoding::Utf8));
    }
    match encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(body) {
        Some(text) => Ok((text.into_owned(), Encoding::Gb18030)),
        None => Err("it is neither valid UTF-8 nor valid GB18030".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_encodings_that_governments_use() {
        let text = "国发〔2019〕13号";
        assert_eq!(decode(text.as_bytes()).unwrap(), (text.to_owned(), Encoding::Utf8));
        assert_eq!(decode(&[b"\xef\xbb\xbf", text.as_bytes()].concat()).unwrap(), (text.to_owned(), Encoding::Utf8));
        let (gb, _, _) = encoding_rs::GB18030.encode(text);
        assert_eq!(decode(&gb).unwrap(), (text.to_owned(), Encoding::Gb18030));
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(&utf16).unwrap(), (text.to_owned(), Encoding::Utf16));
        assert!(decode(b"\xff\x00\x80").is_err());
        assert!(decode(b"PK\x03\x04\x00").is_err());
    }
}
