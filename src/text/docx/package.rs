//! The package: a zip archive with the parts of a .docx, unpacked within bounds.
//!
//! A file is refused that would unpack to more than 200 MiB or a hundred times its size. Declared sizes are looked at
//! first; since they may lie, what is unpacked is counted too. Parts are streamed, never held whole.

use super::super::read::MAX_BYTES;
use super::xml::{self, Tag};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// Most bytes that all parts unpack to.
const MOST_UNPACKED: u64 = 200 << 20;

/// Most bytes unpacked for each byte of the file.
const MOST_RATIO: u64 = 100;

/// Most bytes of one tag or one stretch of text.
const LONGEST_TOKEN: usize = 8 << 20;

/// Kind of the error that a bound gives.
pub(super) const TOO_LARGE: io::ErrorKind = io::ErrorKind::FileTooLarge;

/// An opened file.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    budget: u64,
}

impl<'a> Package<'a> {
    /// Reads the directory and looks at the declared sizes.
    pub fn open(bytes: &'a [u8]) -> Result<Self, String> {
        let length = bytes.len() as u64;
        if length > MAX_BYTES {
            return Err(too_large(length, MAX_BYTES));
        }
        let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else {
            return Err("it begins like a .docx, but is truncated or damaged: its directory is missing".to_owned());
        };
        let mut unpacked = 0_u64;
        for at in 0..archive.len() {
            let Ok(entry) = archive.by_index_raw(at) else {
                return Err("it is a damaged packed file: its directory names a part that is not there".to_owned());
            };
            if entry.encrypted() {
                return Err("it is encrypted; save it without a password first".to_owned());
            }
            unpacked = unpacked.saturating_add(entry.size());
        }
        if unpacked > MOST_UNPACKED || unpacked / MOST_RATIO > length {
            return Err(bomb());
        }
        Ok(Self { archive, budget: MOST_UNPACKED.min(length.saturating_mul(MOST_RATIO)) })
    }

    /// The name of the part that holds the text.
    pub fn main_part(&mut self) -> Result<String, String> {
        let mut main = None;
        if let Some(part) = self.part("_rels/.rels")? {
            xml::read(part, |tag| {
                if let Tag::Open("Relationship", attributes) = tag
                    && attributes.get("Type").is_some_and(|t| t.ends_with("/officeDocument"))
                {
                    main = attributes.get("Target").map(|t| t.trim_start_matches('/').to_owned());
                }
                Ok(())
            })?;
        }
        let main = main.unwrap_or_else(|| "word/document.xml".to_owned());
        let has = |name: &str| self.archive.index_for_name(name).is_some();
        if main.starts_with("xl/") || has("xl/workbook.xml") {
            return Err("it is a spreadsheet (.xlsx); save the sheet as .csv or .txt first".to_owned());
        }
        if main.starts_with("ppt/") {
            return Err("it holds slides (.pptx), not a document".to_owned());
        }
        if has("OFD.xml") {
            return Err("it is an OFD file; save it as .docx, .pdf or .txt first".to_owned());
        }
        if !has(&main) {
            return Err("it is a packed file (.zip, .odt …) without word/document.xml; unpack it or save it as .docx"
                .to_owned());
        }
        Ok(main)
    }

    /// A part, to be streamed; none where the file has no such part.
    pub fn part(&mut self, name: &str) -> Result<Option<Part<'_>>, String> {
        match self.archive.by_name(name) {
            Ok(file) => {
                let file =
                    BufReader::with_capacity(1 << 16, Counted { file: Box::new(file), budget: &mut self.budget });
                Ok(Some(Part { name: name.to_owned(), file, token: 0 }))
            }
            Err(ZipError::FileNotFound) => Ok(None),
            Err(_) => Err(format!("its part {name} cannot be unpacked: the file is damaged or packed in a rare way")),
        }
    }
}

/// A part's bytes, as a reader that fails at the bounds.
pub(super) struct Part<'a> {
    /// Its name in the package, for errors.
    pub name: String,
    file: BufReader<Counted<'a>>,
    token: usize,
}

struct Counted<'a> {
    file: Box<dyn Read + 'a>,
    budget: &'a mut u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        match self.budget.checked_sub(read as u64) {
            Some(left) => *self.budget = left,
            None => return Err(io::Error::new(TOO_LARGE, bomb())),
        }
        Ok(read)
    }
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl BufRead for Part<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.token > LONGEST_TOKEN {
            return Err(io::Error::new(TOO_LARGE, format!("its part {} has a tag or text above 8 MiB", self.name)));
        }
        self.file.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        let taken = self.file.buffer().get(..count).unwrap_or_default();
        self.token = match memchr::memrchr2(b'<', b'>', taken) {
            Some(at) => taken.len() - at,
            None => self.token + taken.len(),
        };
        self.file.consume(count);
    }
}

fn bomb() -> String {
    "it unpacks to more than 200 MiB or a hundred times its size".to_owned()
}

/// Why a file of `length` bytes is refused.
pub(super) fn too_large(length: u64, most: u64) -> String {
    super::super::read::too_large(length, most)
}
