//! Folder: the files of a ledger beside the engine's own, and who may touch them.

use super::engine::LOG;
use super::format::{self, Format};
use super::pack;
use super::witness::{self, Witness};
use crate::error::{Error, ErrorKind, Result};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

const LOCK: &str = "lock";
const BALLAST: &str = "ballast";
/// Name of an engine's folder, before its number.
pub(super) const ENGINE: &str = "engine-";
const ASIDE: &str = "aside";
/// Where the engine is made that is to take the place of the one in force.
pub(super) const MAKING: &str = "making";
/// What is being made there, of which commit.
const PURPOSE: &str = "purpose";
/// Ballast beyond the one segment that the engine may begin when it is opened or closed.
const BALLAST_BYTES: usize = 4 << 20;

/// A ledger's folder, locked for this process.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    lock: Mutex<Option<File>>,
    /// Number of the engine's folder in force.
    engine: AtomicU32,
}

impl Folder {
    /// Opens and locks a ledger's folder, making it where there is none and `create` says so.
    pub fn open(path: &Path, create: bool, segment_size: usize) -> Result<(Self, Format)> {
        let found = Format::read(path)?;
        let fresh = found.is_none();
        if fresh {
            may_create(path, create)?;
            make_folder(path).map_err(|e| cannot(path, "make its folder", &e))?;
        }
        let lock = Mutex::new(Some(take_lock(path)?));
        let folder = Self { path: path.to_owned(), lock, engine: AtomicU32::new(1) };
        // Somebody else may have made it before we had the lock.
        let found = if fresh { Format::read(path)? } else { found };
        let format = if let Some(format) = found {
            format
        } else {
            let format = Format::new(segment_size);
            Witness { engine: 1, sealed: true, ..Witness::default() }
                .write(path)
                .and_then(|()| format.write(path))
                .map_err(|e| cannot(path, "make its files", &e))?;
            format
        };
        // Without room for it the ledger can be read; a commit says so.
        folder.load_ballast(format.segment_size);
        Ok((folder, format))
    }

    /// The folder of a published ledger: nothing is locked, nothing is written.
    pub fn published(path: &Path) -> io::Result<Self> {
        let held = File::open(path.join(format::FILE))?;
        Ok(Self { path: path.to_owned(), lock: Mutex::new(Some(held)), engine: AtomicU32::new(0) })
    }

    /// The folder's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// False where the folder was moved or removed.
    pub fn is_there(&self) -> bool {
        self.path.join(format::FILE).exists()
    }

    /// The engine's folder.
    pub fn engine(&self) -> PathBuf {
        self.engine_of(self.engine_number())
    }

    /// Its number.
    pub fn engine_number(&self) -> u32 {
        self.engine.load(Ordering::Acquire)
    }

    /// Puts another in force.
    pub fn set_engine(&self, number: u32) {
        self.engine.store(number, Ordering::Release);
    }

    /// The folder of the engine with a number.
    pub fn engine_of(&self, number: u32) -> PathBuf {
        self.path.join(Self::engine_name(number))
    }

    /// The name of that folder.
    pub fn engine_name(number: u32) -> String {
        format!("{ENGINE}{number}")
    }

    /// Where an engine is made that is to take the place of this one.
    pub fn making(&self) -> PathBuf {
        self.path.join(MAKING)
    }

    /// Where the engine's files are copied before a log that nothing covers is opened.
    pub fn aside(&self) -> PathBuf {
        self.path.join(ASIDE)
    }

    /// True where the engine has files.
    pub fn has_engine(&self) -> bool {
        self.engine().join(LOG).exists()
    }

    /// The witness. Without one, or with a damaged one, nothing can be said of the engine.
    pub fn witness(&self) -> Result<Witness> {
        let found = Witness::read(&self.path);
        if let Ok(Some(witness)) = &found {
            self.set_engine(witness.engine);
        }
        let reason = match found {
            Ok(Some(witness)) if witness.generation.number > 0 && !self.has_engine() => {
                let lost = witness.generation.documents;
                format!("the engine's files, and with them {lost} documents, are missing")
            }
            Ok(Some(witness)) => return Ok(witness),
            Ok(None) => "its witness file is missing".to_owned(),
            Err(reason) => reason,
        };
        let reason = format!(
            "{reason}; restore the ledger from a copy (its folder {ENGINE}N together with its file {}), or ingest the sources into a new one",
            witness::FILE,
        );
        Err(Error::new(ErrorKind::Damaged { path: self.path.clone(), reason }))
    }

    /// The witness of a published ledger.
    pub fn state(&self) -> Result<Witness> {
        let reason = match Witness::read(&self.path) {
            Ok(Some(witness)) => return Ok(witness),
            Ok(None) => "its witness file is missing; copy the ledger again".to_owned(),
            Err(reason) => format!("{reason}; copy the ledger again"),
        };
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
            // Packs are only ever added to: as far as they were committed no opening changes them.
            copy_folder_without(&self.engine(), &self.aside(), pack::FOLDER)?;
            File::create(self.aside().join("whole"))?.sync_all()
        };
        copy().map_err(|e| cannot(&self.path, "copy its files aside before opening them", &e))
    }

    /// Removes the copy.
    pub fn drop_aside(&self) -> Result<()> {
        remove_folder(&self.aside()).map_err(|e| cannot(&self.path, "remove the copy of its files", &e))
    }

    /// Removes what an ended process has left: engines that are not in force, and one in the making, unless that was begun
    /// for a `resumable` purpose.
    pub fn sweep(&self, resumable: impl Fn(&str) -> bool) -> io::Result<()> {
        let purpose = self.purpose();
        for entry in fs::read_dir(&self.path)?.flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let other = name.strip_prefix(ENGINE).is_some_and(|number| *number != self.engine_number().to_string());
            if other || (name == MAKING && !purpose.as_deref().is_some_and(&resumable)) {
                remove_folder(&entry.path())?;
            }
        }
        Ok(())
    }

    /// What the engine in the making is for.
    pub fn purpose(&self) -> Option<String> {
        fs::read_to_string(self.making().join(PURPOSE)).ok()
    }

    /// Makes room for an engine in the making, and says what it is for.
    pub fn begin_making(&self, purpose: &str) -> io::Result<()> {
        remove_folder(&self.making())?;
        fs::create_dir(self.making())?;
        format::replace(&self.making().join(PURPOSE), purpose.as_bytes())?;
        format::sync_folder(&self.path)
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

    /// True until [`unlock`](Self::unlock), also for a published ledger, which locks nobody out.
    pub fn is_locked(&self) -> bool {
        super::lock(&self.lock).is_some()
    }

    /// Lets other processes in.
    pub fn unlock(&self) {
        super::lock(&self.lock).take();
    }
}

/// Bytes of all files in a folder.
pub(super) fn bytes(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(m) if m.is_dir() => bytes(&entry.path()),
        Ok(m) => m.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

/// Makes a folder and those above it that are missing, so that they last.
fn make_folder(path: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    fs::create_dir_all(path)?;
    for folder in missing {
        match folder.parent() {
            Some(above) if above.as_os_str().is_empty() => format::sync_folder(Path::new("."))?,
            Some(above) => format::sync_folder(above)?,
            None => {}
        }
    }
    Ok(())
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
    let ours = [LOCK, BALLAST, PURPOSE, witness::FILE, "witness.tmp", "format.tmp"];
    let mut foreign = entries.flatten().map(|e| e.file_name()).filter(|name| !ours.iter().any(|ours| name == ours));
    match foreign.next() {
        Some(name) => not(format!("the folder has no format file, and holds {}", name.to_string_lossy())),
        None if create => Ok(()),
        None => not("the folder is empty".to_owned()),
    }
}

fn take_lock(path: &Path) -> Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path.join(LOCK));
    let file = file.map_err(|e| match e.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            let reason = format!("{e}; even to be read a ledger needs a folder that may be written to: work on a copy");
            Error::new(ErrorKind::Store { doing: format!("be opened ({})", path.display()), reason })
        }
        _ => cannot(path, "open its lock file", &e),
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::new(ErrorKind::Locked { path: path.to_owned() })),
        Err(TryLockError::Error(e)) => Err(cannot(path, "lock its folder", &e)),
    }
}

pub(super) fn cannot(path: &Path, doing: &str, error: &io::Error) -> Error {
    Error::new(ErrorKind::Store { doing: format!("{doing} ({})", path.display()), reason: error.to_string() })
}

pub(super) fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

pub(super) fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    copy_folder_without(from, to, "")
}

/// The same without an entry of that name.
fn copy_folder_without(from: &Path, to: &Path, left_out: &str) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_name() == left_out {
            continue;
        }
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
