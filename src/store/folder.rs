//! Folder: the files of a ledger beside the engine's own, and who may touch them.

use super::format::{self, Format};
use super::witness::{self, Witness};
use crate::error::{Error, ErrorKind, Result};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

const LOCK: &str = "lock";
const BALLAST: &str = "ballast";
const ENGINE: &str = "engine";
const ASIDE: &str = "aside";
/// Ballast beyond the one segment that the engine may begin when it is opened or closed.
const BALLAST_BYTES: usize = 4 << 20;

/// A ledger's folder, locked for this process.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    lock: Mutex<Option<File>>,
}

impl Folder {
    /// Opens and locks a ledger's folder, making it where there is none and `create` says so.
    pub fn open(path: &Path, create: bool, segment_size: usize) -> Result<(Self, Format)> {
        let found = Format::read(path)?;
        let fresh = found.is_none();
        if fresh {
            may_create(path, create)?;
            fs::create_dir_all(path).map_err(|e| cannot(path, "make its folder", &e))?;
        }
        let folder = Self { path: path.to_owned(), lock: Mutex::new(Some(take_lock(path)?)) };
        // Somebody else may have made it before we had the lock.
        let found = if fresh { Format::read(path)? } else { found };
        let format = if let Some(format) = found {
            format
        } else {
            let format = Format::new(segment_size);
            Witness { sealed: true, ..Witness::default() }
                .write(path)
                .and_then(|()| format.write(path))
                .map_err(|e| cannot(path, "make its files", &e))?;
            format
        };
        // Without room for it the ledger can be read; a commit says so.
        folder.load_ballast(format.segment_size);
        Ok((folder, format))
    }

    /// The folder's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The engine's folder.
    pub fn engine(&self) -> PathBuf {
        self.path.join(ENGINE)
    }

    /// Where the engine's files are copied before a log that nothing covers is opened.
    pub fn aside(&self) -> PathBuf {
        self.path.join(ASIDE)
    }

    /// True where the engine has files.
    pub fn has_engine(&self) -> bool {
        self.engine().join("db").exists()
    }

    /// The witness. Without one, or with a damaged one, nothing can be said of the engine.
    pub fn witness(&self) -> Result<Witness> {
        let reason = match Witness::read(&self.path) {
            Ok(Some(witness)) if witness.generation.number > 0 && !self.has_engine() => {
                let lost = witness.generation.documents;
                format!("the engine's files, and with them {lost} documents, are missing")
            }
            Ok(Some(witness)) => return Ok(witness),
            Ok(None) => "its witness file is missing".to_owned(),
            Err(reason) => reason,
        };
        let reason = format!(
            "{reason}; restore the file {} and the folder {} from one copy of the ledger, or ingest the sources into a new one",
            witness::FILE,
            ENGINE
        );
        Err(Error::new(ErrorKind::Damaged { path: self.path.clone(), reason }))
    }

    /// Copies the engine's files: opening a log that no snapshot covers may destroy what the engine cannot read.
    pub fn copy_aside(&self) -> Result<()> {
        let copy = || {
            // A copy that is already there is of an open that did not end well: it is nearer to the truth.
            if self.aside().join("whole").exists() {
                return Ok(());
            }
            remove_folder(&self.aside())?;
            copy_folder(&self.engine(), &self.aside())?;
            File::create(self.aside().join("whole"))?.sync_all()
        };
        copy().map_err(|e| cannot(&self.path, "copy its files aside before opening them", &e))
    }

    /// Removes the copy.
    pub fn drop_aside(&self) -> Result<()> {
        remove_folder(&self.aside()).map_err(|e| cannot(&self.path, "remove the copy of its files", &e))
    }

    /// Makes room on a full disk; false where there was none to make.
    pub fn drop_ballast(&self) -> bool {
        fs::remove_file(self.path.join(BALLAST)).is_ok()
    }

    /// Takes ballast on; false where the disk has no room for it.
    pub fn load_ballast(&self, segment_size: usize) -> bool {
        let path = self.path.join(BALLAST);
        if path.exists() {
            return true;
        }
        let bytes = BALLAST_BYTES + segment_size;
        // Noise-free zeros may be stored as a hole by some file systems; a pattern is not.
        let block: Vec<u8> = (0..bytes).map(|at| (at % 251) as u8).collect();
        let written = File::create(&path).and_then(|mut file| file.write_all(&block));
        if written.is_err() {
            drop(fs::remove_file(&path));
        }
        written.is_ok()
    }

    /// True until [`unlock`](Self::unlock).
    pub fn is_locked(&self) -> bool {
        super::lock(&self.lock).is_some()
    }

    /// Lets other processes in.
    pub fn unlock(&self) {
        super::lock(&self.lock).take();
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        fn walk(path: &Path) -> u64 {
            let Ok(entries) = fs::read_dir(path) else { return 0 };
            entries
                .flatten()
                .map(|entry| match entry.metadata() {
                    Ok(m) if m.is_dir() => walk(&entry.path()),
                    Ok(m) => m.len(),
                    Err(_) => 0,
                })
                .sum()
        }
        walk(&self.path)
    }
}

/// Says why a ledger cannot be made here, if it cannot.
fn may_create(path: &Path, create: bool) -> Result<()> {
    let not = |reason: String| Err(Error::new(ErrorKind::NotALedger { path: path.to_owned(), reason }));
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound && create => return Ok(()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return not("there is no such folder".to_owned()),
        Err(e) if e.kind() == io::ErrorKind::NotADirectory => return not("it is a file".to_owned()),
        Err(e) => return not(format!("the folder cannot be read ({e})")),
    };
    // What a kill in the middle of this very function may have left.
    let ours = [LOCK, BALLAST, witness::FILE, "witness.tmp", "format.tmp"];
    let mut foreign = entries.flatten().map(|e| e.file_name()).filter(|name| !ours.iter().any(|ours| name == ours));
    match foreign.next() {
        Some(name) => not(format!("the folder has no format file, and holds {}", name.to_string_lossy())),
        None if create => Ok(()),
        None => not("the folder is empty".to_owned()),
    }
}

fn take_lock(path: &Path) -> Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path.join(LOCK));
    let file = file.map_err(|e| cannot(path, "open its lock file", &e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::new(ErrorKind::Locked { path: path.to_owned() })),
        Err(TryLockError::Error(e)) => Err(cannot(path, "lock its folder", &e)),
    }
}

fn cannot(path: &Path, doing: &str, error: &io::Error) -> Error {
    Error::new(ErrorKind::Store { doing: format!("{doing} ({})", path.display()), reason: error.to_string() })
}

fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_folder(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
            File::open(&to)?.sync_all()?;
        }
    }
    format::sync_folder(to)
}
