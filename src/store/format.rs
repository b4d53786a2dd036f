//! Format: what makes a folder a ledger, and which one.

use crate::error::{Error, ErrorKind, Result};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Name of the file.
pub(super) const FILE: &str = "format";
const MAGIC: &str = "taizhang ledger";

/// The format that this library writes, and the newest that it reads.
pub const FORMAT: u32 = 2;

/// The format file: four lines of text and a checksum over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// Format version; not the crate's.
    pub version: u32,
    /// Who made the ledger.
    pub created_by: String,
    /// Segment size of the engine, fixed at creation.
    pub segment_size: usize,
}

impl Format {
    /// The format of a new ledger.
    pub fn new(segment_size: usize) -> Self {
        let created_by = concat!("taizhang ", env!("CARGO_PKG_VERSION")).to_owned();
        Self { version: FORMAT, created_by, segment_size }
    }

    fn lines(&self) -> String {
        format!(
            "{MAGIC}\nformat {}\ncreated-by {}\nsegment-size {}\n",
            self.version, self.created_by, self.segment_size
        )
    }

    /// Writes the file of a new ledger.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let lines = self.lines();
        replace(&folder.join(FILE), format!("{lines}crc {:08x}\n", crc32fast::hash(lines.as_bytes())).as_bytes())
    }

    /// Reads the file; `None` where there is none.
    pub fn read(folder: &Path) -> Result<Option<Self>> {
        let not = |reason: String| Error::new(ErrorKind::NotALedger { path: folder.to_owned(), reason });
        let text = match fs::read(folder.join(FILE)) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|_| not("its format file is no text".to_owned()))?,
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(None),
            Err(e) => return Err(not(format!("its format file cannot be read ({e})"))),
        };
        let mut lines = text.lines();
        if lines.next() != Some(MAGIC) {
            return Err(not("its format file is another program's".to_owned()));
        }
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned);
        let damaged = || {
            let reason = "its format file is damaged; restore that file from a copy of the ledger".to_owned();
            Error::new(ErrorKind::Damaged { path: folder.to_owned(), reason })
        };
        let version: u32 = field("format").and_then(|v| v.parse().ok()).ok_or_else(damaged)?;
        let created_by = field("created-by").ok_or_else(damaged)?;
        if version > FORMAT {
            return Err(Error::new(ErrorKind::TooNew { found: version, known: FORMAT, created_by }));
        }
        let segment_size = field("segment-size").and_then(|v| v.parse().ok()).ok_or_else(damaged)?;
        let crc = field("crc").ok_or_else(damaged)?;
        let format = Self { version, created_by, segment_size };
        if version == 0 || crc != format!("{:08x}", crc32fast::hash(format.lines().as_bytes())) {
            return Err(damaged());
        }
        Ok(Some(format))
    }
}

/// Replaces a file so that a power cut leaves the old or the new one.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("tmp");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    match path.parent() {
        Some(folder) => sync_folder(folder),
        None => Ok(()),
    }
}

/// Makes the entries of a folder last.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Windows cannot open a folder as a file; its renames are journalled.
    if cfg!(windows) { Ok(()) } else { File::open(folder)?.sync_all() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_file_is_read_back_or_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        assert_eq!(Format::read(folder.path()).unwrap(), None);
        let format = Format::new(8 << 20);
        format.write(folder.path()).unwrap();
        assert_eq!(Format::read(folder.path()).unwrap(), Some(format.clone()));

        let text = fs::read_to_string(&path).unwrap();
        let kind = |text: &str| {
            fs::write(&path, text).unwrap();
            Format::read(folder.path()).unwrap_err().kind().clone()
        };
        assert!(matches!(kind("hello\n"), ErrorKind::NotALedger { .. }));
        assert!(matches!(kind(&text.replace("8388608", "8388609")), ErrorKind::Damaged { .. }));
        assert!(matches!(kind("taizhang ledger\n"), ErrorKind::Damaged { .. }));
        let newer = text.replace("format 2", "format 7").replace(&format.created_by, "taizhang 9.0.0");
        assert_eq!(kind(&newer), ErrorKind::TooNew { found: 7, known: 2, created_by: "taizhang 9.0.0".to_owned() });
    }
}
