//! At: bytes of a file at a place, whoever else reads or writes it.

use std::fs::File;
use std::io;

/// Fills `bytes` with what stands in a file from `start` on.
#[cfg(unix)]
pub(super) fn read(file: &File, bytes: &mut [u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, start)
}

/// Writes `bytes` to a file from `start` on.
#[cfg(unix)]
pub(super) fn write(file: &File, bytes: &[u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, start)
}

/// Fills `bytes` with what stands in a file from `start` on.
#[cfg(windows)]
pub(super) fn read(file: &File, mut bytes: &mut [u8], mut start: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, start) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(done) => (bytes, start) = (bytes.get_mut(done..).unwrap_or_default(), start + done as u64),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Writes `bytes` to a file from `start` on.
#[cfg(windows)]
pub(super) fn write(file: &File, mut bytes: &[u8], mut start: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, bytes, start) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(done) => (bytes, start) = (bytes.get(done..).unwrap_or_default(), start + done as u64),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}
