//! Engine: the only file that names sled. Its errors and panics become half sentences here.
//!
//! What it calls flushed it has handed to the disk's queue by ranges (`sync_file_range`), without the file's length and
//! without the entries of its folder; a power cut may take both. So each flush here also syncs file and folder, and its
//! configuration, which it never syncs, is synced when it was opened.
//!
//! It takes a snapshot that was cut off while it was written for its newest, and refuses to open; such a one is removed
//! before.

use super::commit::Write;
use super::format::sync_folder;
use super::tree::TreeId;
use sled::transaction::{ConflictableTransactionError, TransactionError, Transactional, TransactionalTree};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// What the engine said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Its files are wrong.
    Damaged(String),
    /// The disk is full.
    Full(String),
    /// The files are held by somebody else.
    Locked,
    /// Anything else the system said.
    Other(String),
}

impl Trouble {
    /// Says in which tree it was.
    pub fn of(self, tree: &str) -> Self {
        match self {
            Self::Damaged(reason) => Self::Damaged(format!("in {tree}: {reason}")),
            other => other,
        }
    }
}

impl From<sled::Error> for Trouble {
    fn from(error: sled::Error) -> Self {
        match error {
            sled::Error::Corruption { at, .. } => Self::Damaged(
                at.map_or_else(|| "a checksum fails".to_owned(), |at| format!("a checksum fails at {at}")),
            ),
            sled::Error::Io(e) => Self::from(e),
            sled::Error::ReportableBug(reason) => Self::Damaged(reason),
            sled::Error::Unsupported(reason) => Self::Other(reason),
            sled::Error::CollectionNotFound(_) => Self::Damaged("a tree is missing".to_owned()),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(error.to_string()),
            io::ErrorKind::WouldBlock => Self::Locked,
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Self::Damaged(error.to_string()),
            _ if error.to_string().contains("could not acquire lock") => Self::Locked,
            // The engine wraps what the system said into errors without a kind.
            _ if error.to_string().contains("No space left") => Self::Full(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}

/// Runs `work` of the engine; its panic becomes damage.
fn guard<T>(work: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
        Err(Trouble::Damaged(format!("the engine gave up ({said})")))
    })
}

/// An open engine with its trees.
#[derive(Debug)]
pub(super) struct Engine {
    db: sled::Db,
    trees: Vec<sled::Tree>,
    folder: PathBuf,
    log: File,
}

/// The engine's log in its folder.
pub(super) const LOG: &str = "db";
/// Where it puts values that are too large for a segment.
const BLOBS: &str = "blobs";
const CONFIGURATION: &str = "conf";
const SNAPSHOT: &str = "snap.";
/// Ending of a snapshot that is being written.
const UNFINISHED: &str = ".generating";

impl Engine {
    /// Opens the engine in its folder, making it where there is none.
    pub fn open(folder: &Path, cache: u64, segment_size: usize) -> Result<Self, Trouble> {
        guard(|| {
            finish_snapshots(folder)?;
            let db = sled::Config::new()
                .path(folder)
                .cache_capacity(cache)
                .segment_size(segment_size)
                .flush_every_ms(None)
                .open()?;
            let trees = TreeId::ALL.iter().map(|id| db.open_tree(id.name())).collect::<Result<_, _>>()?;
            // Without truncation, and to write: Windows syncs no other handle.
            let log = OpenOptions::new().write(true).open(folder.join(LOG))?;
            OpenOptions::new().write(true).open(folder.join(CONFIGURATION))?.sync_all()?;
            sync_folder(folder)?;
            Ok(Self { db, trees, folder: folder.to_owned(), log })
        })
    }

    fn tree(&self, id: TreeId) -> Result<&sled::Tree, Trouble> {
        self.trees.get(id as usize).ok_or_else(|| Trouble::Damaged(format!("the tree {} is missing", id.name())))
    }

    /// The value of a key.
    pub fn get(&self, tree: TreeId, key: &[u8]) -> Result<Option<sled::IVec>, Trouble> {
        guard(|| Ok(self.tree(tree)?.get(key)?))
    }

    /// Calls `each` with every key that begins with `prefix` and its value, in key order, until it says false.
    pub fn scan<E: From<Trouble>>(
        &self,
        tree: TreeId,
        prefix: &[u8],
        mut each: impl FnMut(&[u8], &[u8]) -> Result<bool, E>,
    ) -> Result<(), E> {
        let mut rows = guard(|| Ok(self.tree(tree)?.scan_prefix(prefix)))?;
        while let Some((key, value)) = guard(|| Ok(rows.next().transpose()?))? {
            if !each(&key, &value)? {
                break;
            }
        }
        Ok(())
    }

    /// Writes all or nothing, in one transaction over all trees. Not durable before [`flush`](Self::flush).
    pub fn write(&self, writes: &[Write]) -> Result<(), Trouble> {
        guard(|| {
            let outcome = self.trees.as_slice().transaction(|trees: &Vec<TransactionalTree>| {
                let mut batches = vec![sled::Batch::default(); trees.len()];
                for (tree, key, value) in writes {
                    let batch = batches.get_mut(*tree as usize).ok_or(ConflictableTransactionError::Abort(()))?;
                    match value {
                        Some(value) => batch.insert(key.as_slice(), value.as_slice()),
                        None => batch.remove(key.as_slice()),
                    }
                }
                for (tree, batch) in trees.iter().zip(&batches) {
                    tree.apply_batch(batch)?;
                }
                Ok(())
            });
            outcome.map_err(|e| match e {
                TransactionError::Storage(e) => Trouble::from(e),
                TransactionError::Abort(()) => Trouble::Damaged("a tree is missing".to_owned()),
            })
        })
    }

    /// Waits until what was written is on disk.
    pub fn flush(&self) -> Result<(), Trouble> {
        guard(|| {
            self.db.flush()?;
            self.sync()
        })
    }

    fn sync(&self) -> Result<(), Trouble> {
        self.log.sync_data()?;
        sync_folder(&self.folder)?;
        match sync_folder(&self.folder.join(BLOBS)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e.into()),
            _ => Ok(()),
        }
    }

    /// Makes what a closed engine has written last, its snapshot among it.
    pub fn settle(folder: &Path) -> Result<(), Trouble> {
        OpenOptions::new().write(true).open(folder.join(LOG))?.sync_all()?;
        Ok(sync_folder(folder)?)
    }

    /// Closes the engine; it writes what it still holds.
    pub fn close(self) -> Result<(), Trouble> {
        guard(|| {
            self.db.flush()?;
            drop(self);
            Ok(())
        })
    }
}

/// Removes snapshots that were cut off. A whole one that lacks only its name gets it where there is no other: the engine
/// removes the one before without waiting for the name to last.
fn finish_snapshots(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    let names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let (unfinished, finished): (Vec<_>, Vec<_>) =
        names.iter().filter(|name| name.starts_with(SNAPSHOT)).partition(|name| name.ends_with(UNFINISHED));
    for name in &unfinished {
        let file = folder.join(name);
        match name.strip_suffix(UNFINISHED) {
            Some(whole) if finished.is_empty() && is_whole(&fs::read(&file)?) => fs::rename(&file, folder.join(whole))?,
            _ => fs::remove_file(&file)?,
        }
    }
    if unfinished.is_empty() { Ok(()) } else { sync_folder(folder) }
}

/// True for a snapshot with its length and checksum behind it.
fn is_whole(snapshot: &[u8]) -> bool {
    snapshot.split_last_chunk::<4>().is_some_and(|(rest, crc)| {
        rest.split_last_chunk::<8>().is_some_and(|(payload, length)| {
            u64::from_le_bytes(*length) == payload.len() as u64 && u32::from_le_bytes(*crc) == crc32fast::hash(payload)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_that_was_cut_off_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("e");
        for _ in 0..2 {
            let engine = Engine::open(&path, 1 << 20, 512 << 10).unwrap();
            engine.write(&[(TreeId::Heads, b"k".to_vec(), Some(b"v".to_vec()))]).unwrap();
            engine.close().unwrap();
        }
        let snapshots = || {
            let names = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names.filter(|name| name.starts_with(SNAPSHOT)).collect::<Vec<_>>()
        };
        let [name] = &snapshots()[..] else { panic!("{:?}", snapshots()) };
        let bytes = fs::read(path.join(name)).unwrap();
        assert!(is_whole(&bytes) && !is_whole(&bytes[1..]) && !is_whole(&[]));
        // A kill while the next was written.
        fs::write(path.join("snap.FFFFFFFFFFFFFFF0.generating"), &bytes[..bytes.len() / 2]).unwrap();
        let engine = Engine::open(&path, 1 << 20, 512 << 10).unwrap();
        assert_eq!(engine.get(TreeId::Heads, b"k").unwrap().as_deref(), Some(&b"v"[..]));
        engine.close().unwrap();
        assert!(snapshots().iter().all(|name| !name.ends_with(UNFINISHED)));
        // A power cut that took the new name and the old snapshot.
        let [name] = &snapshots()[..] else { panic!("{:?}", snapshots()) };
        fs::rename(path.join(name), path.join(format!("{name}{UNFINISHED}"))).unwrap();
        let engine = Engine::open(&path, 1 << 20, 512 << 10).unwrap();
        assert_eq!(engine.get(TreeId::Heads, b"k").unwrap().as_deref(), Some(&b"v"[..]));
    }
}
