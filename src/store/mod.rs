//! Store: opaque writes in, a folder on disk out; the only module that names the engine and the codec.
//!
//! ```text
//! format    what makes the folder a ledger          engine-N/        sled's files; the witness names the one in force
//! witness   what the engine must hold               engine-N/packs/  the large values; sled keeps where each is
//! ballast   a few MB to drop when the disk is full  aside/           the engine's files as a kill left them
//! lock      held while a process has it open        making/          an engine that is to take the place of this one
//! ```
//!
//! Guarantees: a commit is in all trees or in none, and on disk when `commit` returns. What was committed is there at the
//! next open, or open fails and says what is missing.

mod at;
mod backup;
mod beside;
mod catalogue;
mod codec;
mod commit;
mod engine;
mod folder;
mod format;
mod pack;
mod publish;
mod read;
mod tree;
mod witness;
mod write;

pub(crate) use codec::stored;
pub use codec::{Kind, Stored, decode, encode, pack, unpack};
pub use commit::{COMMIT_BYTES, COMMIT_KEYS, Commit};
pub use format::{FORMAT, Format};
pub use publish::is_published;
pub use tree::{Chunk, Key, Tree, TreeId, number_of};
pub use witness::Generation;

use crate::error::{Error, ErrorKind, Result};
use engine::{Engine, Trouble};
use folder::Folder;
use pack::Packs;
use read::{Keys, Open};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;
use witness::{Verdict, Witness};
use write::{PACKS, PACKS_KEY};

/// The state of the ledger after a commit.
const GENERATION: Tree<str, Generation> = Tree::new(TreeId::Meta);
const GENERATION_KEY: &str = "generation";

/// How long, and how often, a closed engine's last threads are waited for.
const ENGINE_WAIT: Duration = Duration::from_millis(2);
const ENGINE_WAITS: u32 = 5_000;

/// How a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Make it where there is none.
    pub create: bool,
    /// Bytes of the engine's page cache.
    pub cache: u64,
    /// Segment size of a new store.
    pub segment_size: usize,
}

/// An open store. Reads run beside each other and beside a commit; commits one after another.
#[derive(Debug)]
pub struct Store {
    folder: Folder,
    format: Mutex<Format>,
    cache: u64,
    process: u32,
    /// Never written to.
    published: bool,
    /// `None` between a seal and the next use.
    engine: RwLock<Option<Open>>,
    /// Held while a commit is written; whoever needs both takes the engine first.
    witness: Mutex<Witness>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a panicking thread left behind is checked against the witness at the next open.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// Opens the store in a folder, and checks it against its witness; a published one to read only.
    pub fn open(path: &Path, settings: Settings) -> Result<Self> {
        if is_published(path) {
            return Self::open_published(path, settings.cache);
        }
        let (folder, format) = Folder::open(path, settings.create, settings.segment_size)?;
        let witness = folder.witness()?;
        let unsealed = !witness.sealed && folder.has_engine();
        if unsealed {
            folder.copy_aside()?;
        }
        let store = Self::assembled(folder, format, settings.cache, witness, false);
        if unsealed {
            store.engine_room("open")?;
        }
        store.first_open()?;
        if unsealed {
            store.seal()?;
        }
        // All is here: a copy of what once was not is of no use, nor are engines that are not in force.
        store.folder.drop_aside()?;
        store.sweep()?;
        store.sweep_packs()?;
        Ok(store)
    }

    fn assembled(folder: Folder, format: Format, cache: u64, witness: Witness, published: bool) -> Self {
        Self {
            folder,
            format: Mutex::new(format),
            cache,
            process: std::process::id(),
            published,
            engine: RwLock::new(None),
            witness: Mutex::new(witness),
        }
    }

    /// Opens the engine for the first time. One that nothing was ever committed to may be half made: it is made anew.
    fn first_open(&self) -> Result<()> {
        match self.opened() {
            Err(error) if self.generation().number == 0 && matches!(error.kind(), ErrorKind::Damaged { .. }) => {
                folder::remove_folder(&self.folder.engine())
                    .map_err(|e| folder::cannot(self.path(), "make its engine anew", &e))?;
                self.opened().map(drop)
            }
            other => other.map(drop),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The format file.
    pub fn format(&self) -> Format {
        lock(&self.format).clone()
    }

    fn segment_size(&self) -> usize {
        lock(&self.format).segment_size
    }

    /// Says that from now on the folder is of the newest format: what is written next an older library could not read.
    fn raise_format(&self) -> Result<()> {
        let mut format = lock(&self.format);
        if format.version < FORMAT {
            let next = Format { version: FORMAT, ..format.clone() };
            next.write(self.path()).map_err(|e| folder::cannot(self.path(), "raise its format", &e))?;
            *format = next;
        }
        Ok(())
    }

    /// Removes packs that no commit knows.
    fn sweep_packs(&self) -> Result<()> {
        let opened = self.opened()?;
        let swept = opened.as_ref().map_or(Ok(()), |open| open.packs.sweep());
        swept.map_err(|e| folder::cannot(self.path(), "remove what an ended process has left", &e))
    }

    /// Bytes of the folder's files.
    pub fn disk(&self) -> u64 {
        folder::bytes(self.path())
    }

    /// The state after the last commit, as the store itself has it: opened again where a write had failed.
    pub fn current(&self) -> Result<Generation> {
        drop(self.opened()?);
        Ok(self.generation())
    }

    /// The state after the last commit.
    pub fn generation(&self) -> Generation {
        lock(&self.witness).generation.clone()
    }

    /// Closes the engine, opens it and closes it, so that a snapshot covers its log. The next use opens it again.
    pub fn seal(&self) -> Result<()> {
        if self.is_foreign() {
            return Err(self.closed());
        }
        let mut engine = self.engine_for_writing();
        let mut witness = lock(&self.witness);
        if witness.sealed {
            return Ok(());
        }
        self.engine_room("seal")?;
        if let Some(open) = engine.take() {
            open.close().map_err(|t| self.trouble("close", t))?;
        }
        self.open_engine()?.close().map_err(|t| self.trouble("seal", t))?;
        Engine::settle(&self.folder.engine()).map_err(|t| self.trouble("seal", t))?;
        let generation = witness.generation.clone();
        self.testify(&mut witness, generation, true)
    }

    /// Seals, and closes the engine: what is read next is read from disk.
    pub fn reopen(&self) -> Result<()> {
        self.seal()?;
        match self.engine_for_writing().take() {
            Some(open) => open.close().map_err(|t| self.trouble("close", t)),
            None => Ok(()),
        }
    }

    /// Seals and closes. Every later use is an error.
    pub fn close(&self) -> Result<()> {
        if self.is_foreign() {
            return Ok(());
        }
        let sealed = self.seal();
        if let Some(open) = self.engine_for_writing().take() {
            open.close().map_err(|t| self.trouble("close", t))?;
        }
        self.folder.unlock();
        sealed
    }

    /// An error where the store was closed, or this process is a fork of the one that opened it.
    pub fn usable(&self) -> Result<()> {
        if self.is_foreign() || !self.folder.is_locked() { Err(self.closed()) } else { Ok(()) }
    }

    /// True in a child process that inherited the store by a fork.
    fn is_foreign(&self) -> bool {
        std::process::id() != self.process
    }

    fn closed(&self) -> Error {
        let reason = if self.is_foreign() {
            "it was opened before this process was forked; open it in one process only, and after the fork"
        } else {
            "it was closed; open it again"
        };
        Error::new(ErrorKind::Closed { reason: reason.to_owned() })
    }

    fn testify(&self, witness: &mut Witness, generation: Generation, sealed: bool) -> Result<()> {
        let next = Witness { engine: witness.engine, generation, sealed };
        let mut written = next.write(self.path()).map_err(Trouble::from);
        if matches!(written, Err(Trouble::Full(_))) && self.folder.drop_ballast() {
            written = next.write(self.path()).map_err(Trouble::from);
        }
        written.map_err(|t| self.trouble("write its witness file", t))?;
        *witness = next;
        Ok(())
    }

    fn engine_for_writing(&self) -> RwLockWriteGuard<'_, Option<Open>> {
        self.engine.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The engine, opened if need be.
    fn opened(&self) -> Result<RwLockReadGuard<'_, Option<Open>>> {
        if self.is_foreign() {
            return Err(self.closed());
        }
        loop {
            let engine = self.engine.read().unwrap_or_else(PoisonError::into_inner);
            if engine.is_some() {
                return Ok(engine);
            }
            drop(engine);
            let mut slot = self.engine_for_writing();
            if slot.is_none() {
                if !self.folder.is_locked() {
                    return Err(self.closed());
                }
                *slot = Some(if self.published { self.open_catalogue()? } else { self.open_verified()? });
            }
        }
    }

    fn open_verified(&self) -> Result<Open> {
        let engine = self.open_engine()?;
        self.verify(&engine)?;
        let packs = self.open_packs(&engine)?;
        Ok(Open { keys: Keys::Engine(engine), packs })
    }

    fn open_engine(&self) -> Result<Engine> {
        let mut waits = 0..ENGINE_WAITS;
        let opened = loop {
            // The engine would make its folder anew.
            if !self.folder.is_there() {
                return Err(self.gone("open"));
            }
            match Engine::open(&self.folder.engine(), self.cache, self.segment_size()) {
                // A full disk keeps the engine from opening even to read; the ballast makes room.
                Err(Trouble::Full(_)) if self.folder.drop_ballast() => {}
                // Nobody else has the folder, so these are threads of the engine that was closed a moment ago.
                Err(Trouble::Locked) if waits.next().is_some() => std::thread::sleep(ENGINE_WAIT),
                other => break other,
            }
        };
        opened.map_err(|t| self.trouble("open", t))
    }

    /// The packs that a verified engine knows.
    fn open_packs(&self, engine: &Engine) -> Result<Packs> {
        let bytes = engine.get(PACKS.id(), &PACKS_KEY.key_bytes()).map_err(|t| self.trouble("open", t))?;
        let state = bytes.map(|bytes| self.decoded(PACKS.id(), &bytes)).transpose()?;
        Packs::open(&self.folder.engine(), state.unwrap_or_default()).map_err(|t| self.trouble("open", t))
    }

    /// Compares an engine with the witness.
    fn verify(&self, engine: &Engine) -> Result<()> {
        let bytes = engine.get(GENERATION.id(), &GENERATION_KEY.key_bytes()).map_err(|t| self.trouble("open", t))?;
        let generation: Generation = match bytes {
            Some(bytes) => self.decoded(GENERATION.id(), &bytes)?,
            None => Generation::default(),
        };
        let mut witness = lock(&self.witness);
        match witness.judge(&generation) {
            Verdict::Same => Ok(()),
            Verdict::Ahead => self.testify(&mut witness, generation, false),
            Verdict::Wrong(reason) => {
                let aside = if self.folder.aside().exists() {
                    format!("its files, as they were found, are in {}; ", self.folder.aside().display())
                } else {
                    String::new()
                };
                let reason =
                    format!("{reason}; {aside}restore the folder from a copy, or ingest the sources into a new ledger");
                Err(Error::new(ErrorKind::Damaged { path: self.path().to_owned(), reason }))
            }
        }
    }

    /// After a failed write the engine's memory is not to be trusted: the next use opens it from disk.
    fn give_up(&self) {
        if let Some(open) = self.engine_for_writing().take() {
            // Its own attempt to write again may fail too; the error that counts is the first.
            drop(open.close());
        }
    }

    /// An error of damage: what is wrong, as half a sentence.
    pub fn damaged(&self, what: &str) -> Error {
        let reason = format!("{what}; restore the folder from a copy, or ingest the sources into a new ledger");
        Error::new(ErrorKind::Damaged { path: self.path().to_owned(), reason })
    }

    /// An error of damage with what it concerns in front; any other as it is said.
    pub fn concerning(&self, whom: &str, error: &Error) -> Error {
        match error.kind() {
            ErrorKind::Damaged { reason, .. } => Error::new(ErrorKind::Damaged {
                path: self.path().to_owned(),
                reason: format!("{whom} cannot be read: {reason}"),
            }),
            kind => Error::new(kind.clone()),
        }
    }

    fn failed(&self, doing: &str, reason: impl Into<String>) -> Error {
        Error::new(ErrorKind::Store { doing: format!("{doing} ({})", self.path().display()), reason: reason.into() })
    }

    fn gone(&self, doing: &str) -> Error {
        self.failed(doing, "its folder is gone (No such file or directory); was it moved or removed while it was open?")
    }

    fn trouble(&self, doing: &str, trouble: Trouble) -> Error {
        match trouble {
            // Whatever the engine makes of it.
            _ if !self.folder.is_there() => self.gone(doing),
            Trouble::Damaged(reason) => self.damaged(&reason),
            Trouble::Locked => Error::new(ErrorKind::Locked { path: self.path().to_owned() }),
            // The ballast stays for the next open: the engine would only fill the room with what it failed to write.
            Trouble::Full(reason) => {
                self.failed(doing, format!("the disk is full ({reason}); what was committed before is kept"))
            }
            Trouble::Other(reason) => self.failed(doing, reason),
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if self.is_foreign() {
            // The engine's threads did not survive the fork: to close it here would wait for them for ever.
            std::mem::forget(self.engine_for_writing().take());
            return;
        }
        // Nobody is left to hear an error; the witness tells the next open.
        drop(self.close());
    }
}
