//! Store: opaque writes in, a folder on disk out; the only module that names the engine and the codec.
//!
//! ```text
//! format    what makes the folder a ledger          engine-N/  sled's files; the witness names the one in force
//! witness   what the engine must hold               lock       held while a process has the ledger open
//! ballast   a few MB to drop when the disk is full  aside/     the engine's files as a kill left them
//!                                                   making/    an engine that is to take the place of this one
//! ```
//!
//! Guarantees: a commit is in all trees or in none, and on disk when `commit` returns. What was committed is there at the
//! next open, or open fails and says what is missing.

mod backup;
mod beside;
mod codec;
mod commit;
mod engine;
mod folder;
mod format;
mod pulled;
mod tree;
mod witness;

pub(crate) use codec::stored;
pub use codec::{Kind, Stored, decode, encode, pack, unpack};
pub use commit::{COMMIT_BYTES, COMMIT_KEYS, Commit};
pub use format::{FORMAT, Format};
pub use tree::{Chunk, Key, Tree, TreeId, number_of};
pub use witness::Generation;

use crate::error::{Error, ErrorKind, Result};
use engine::{Engine, Trouble};
use folder::Folder;
use pulled::Pulled;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;
use witness::{Verdict, Witness};

/// The state of the ledger after a commit.
const GENERATION: Tree<str, Generation> = Tree::new(TreeId::Meta);
const GENERATION_KEY: &str = "generation";

/// How long, and how often, a closed engine's last threads are waited for.
const ENGINE_WAIT: Duration = Duration::from_millis(2);
const ENGINE_WAITS: u32 = 5_000;

/// Bytes that the engine may write for one byte of a commit: the pages around it are written again.
const WRITTEN_PER_BYTE: u64 = 3;
/// What it may write besides: segments begun, and the snapshot of a seal.
const COMMIT_ROOM: u64 = 8 << 20;

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
    format: Format,
    cache: u64,
    process: u32,
    /// `None` between a seal and the next use.
    engine: RwLock<Option<Engine>>,
    /// What the engine has read since it was opened.
    pulled: Mutex<Pulled>,
    /// Held while a commit is written; whoever needs both takes the engine first.
    witness: Mutex<Witness>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a panicking thread left behind is checked against the witness at the next open.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// Opens the store in a folder, and checks it against its witness.
    pub fn open(path: &Path, settings: Settings) -> Result<Self> {
        let (folder, format) = Folder::open(path, settings.create, settings.segment_size)?;
        let witness = folder.witness()?;
        let unsealed = !witness.sealed && folder.has_engine();
        if unsealed {
            folder.copy_aside()?;
        }
        let store = Self {
            folder,
            format,
            cache: settings.cache,
            process: std::process::id(),
            engine: RwLock::new(None),
            pulled: Mutex::default(),
            witness: Mutex::new(witness),
        };
        store.first_open()?;
        if unsealed {
            store.seal()?;
        }
        // All is here: a copy of what once was not is of no use, nor are engines that are not in force.
        store.folder.drop_aside()?;
        store.sweep()?;
        Ok(store)
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
    pub fn format(&self) -> &Format {
        &self.format
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

    /// The value of a key.
    pub fn get<K: Key + ?Sized, V: Stored>(&self, tree: &Tree<K, V>, key: &K) -> Result<Option<V>> {
        let key = key.key_bytes();
        self.make_room()?;
        let bytes = self.read(tree.id(), |engine| engine.get(tree.id(), &key))?;
        if let Some(bytes) = &bytes {
            lock(&self.pulled).add(tree.id(), &key, bytes.len());
        }
        bytes.map(|bytes| self.decoded(tree.id(), &bytes)).transpose()
    }

    /// A run of bytes that was put in chunks, from the chunk `first` to before the chunk `end`.
    pub fn get_run(&self, tree: &Tree<(u32, u16), Chunk>, number: u32, first: u16, end: u16) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        for at in first..end {
            let Some(Chunk(piece)) = self.get(tree, &(number, at))? else {
                return Err(self.damaged(&format!("chunk {at} of {} {number} is missing", tree.id().name())));
            };
            out.extend_from_slice(&piece);
        }
        Ok(out)
    }

    /// A run of bytes that was put in chunks, whole.
    pub fn get_whole_run(&self, tree: &Tree<(u32, u16), Chunk>, number: u32) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        for at in 0..=u16::MAX {
            match self.get(tree, &(number, at))? {
                Some(Chunk(piece)) => {
                    let last = piece.len() < Chunk::BYTES;
                    out.extend_from_slice(&piece);
                    if last {
                        return Ok(out);
                    }
                }
                None if at > 0 => return Ok(out),
                None => break,
            }
        }
        Err(self.damaged(&format!("{} {number} is missing", tree.id().name())))
    }

    /// Calls `each` with every key and value of a tree, in key order, until it says false. `each` must not use the store.
    pub fn scan<K: Key + ?Sized, V: Stored>(
        &self,
        tree: &Tree<K, V>,
        mut each: impl FnMut(&[u8], V) -> Result<bool>,
    ) -> Result<()> {
        self.scan_prefix(tree, &[], &mut each)
    }

    /// The same for the keys that begin with `prefix`.
    pub fn scan_prefix<K: Key + ?Sized, V: Stored>(
        &self,
        tree: &Tree<K, V>,
        prefix: &[u8],
        mut each: impl FnMut(&[u8], V) -> Result<bool>,
    ) -> Result<()> {
        self.scan_bytes(tree.id(), prefix, |key, value| each(key, self.decoded(tree.id(), value)?))
    }

    fn scan_bytes(
        &self,
        tree: TreeId,
        prefix: &[u8],
        mut each: impl FnMut(&[u8], &[u8]) -> Result<bool>,
    ) -> Result<()> {
        enum Ended {
            Engine(Trouble),
            Caller(Error),
        }
        impl From<Trouble> for Ended {
            fn from(trouble: Trouble) -> Self {
                Self::Engine(trouble)
            }
        }
        self.make_room()?;
        let engine = self.opened()?;
        let Some(engine) = engine.as_ref() else { return Err(self.closed()) };
        let each = |key: &[u8], value: &[u8]| {
            lock(&self.pulled).add(tree, key, value.len());
            each(key, value).map_err(Ended::Caller)
        };
        engine.scan(tree, prefix, each).map_err(|e| match e {
            Ended::Engine(trouble) => self.trouble("read", trouble.of(tree.name())),
            Ended::Caller(error) => error,
        })
    }

    /// Writes a commit: one transaction, flushed, then witnessed.
    pub fn commit(&self, commit: Commit) -> Result<Generation> {
        if !self.folder.load_ballast(self.format.segment_size) {
            if !self.path().exists() {
                return Err(self.gone("write"));
            }
            let reason = "the disk is full: there is no room for the reserve that is kept to open the ledger again";
            return Err(self.failed("write", reason));
        }
        // The engine waits for ever for a write that the disk refused while another thread of it wrote; so it is asked to
        // write only what the disk has room for.
        let needed = commit.bytes() as u64 * WRITTEN_PER_BYTE + COMMIT_ROOM;
        if let Ok(free) = fs2::available_space(self.path())
            && free < needed
        {
            let reason = format!("{free} bytes are free, {needed} may be needed");
            return Err(self.trouble("write", Trouble::Full(reason)));
        }
        let opened = self.opened()?;
        let mut witness = lock(&self.witness);
        match self.write(opened.as_ref(), &mut witness, commit) {
            Ok(generation) => {
                self.testify(&mut witness, generation.clone(), false)?;
                Ok(generation)
            }
            Err(error) => {
                drop((opened, witness));
                self.give_up();
                Err(error)
            }
        }
    }

    /// Writes a commit to the engine and leaves the witness behind, as a kill between the two would.
    #[doc(hidden)]
    pub fn commit_unwitnessed(&self, commit: Commit) -> Result<()> {
        let opened = self.opened()?;
        self.write(opened.as_ref(), &mut lock(&self.witness), commit).map(drop)
    }

    fn write(&self, opened: Option<&Engine>, witness: &mut Witness, commit: Commit) -> Result<Generation> {
        let Some(engine) = opened else { return Err(self.closed()) };
        if witness.sealed {
            // Said before the first write: from here on a kill leaves a log that no snapshot covers.
            self.testify(witness, witness.generation.clone(), false)?;
        }
        let (mut writes, generation) = commit.finish(&witness.generation);
        let bytes = codec::encode(&generation).map_err(|reason| self.failed("write", reason))?;
        writes.push((GENERATION.id(), GENERATION_KEY.key_bytes(), Some(bytes)));
        engine.write(&writes).and_then(|()| engine.flush()).map_err(|t| self.trouble("write", t))?;
        Ok(generation)
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
        if let Some(engine) = self.engine_for_writing().take() {
            engine.close().map_err(|t| self.trouble("close", t))?;
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

    fn engine_for_writing(&self) -> RwLockWriteGuard<'_, Option<Engine>> {
        self.engine.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The engine, opened if need be.
    fn opened(&self) -> Result<RwLockReadGuard<'_, Option<Engine>>> {
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
                let engine = self.open_engine()?;
                self.verify(&engine)?;
                *slot = Some(engine);
            }
        }
    }

    fn open_engine(&self) -> Result<Engine> {
        let mut waits = 0..ENGINE_WAITS;
        let opened = loop {
            // The engine would make its folder anew.
            if !self.folder.is_there() {
                return Err(self.gone("open"));
            }
            match Engine::open(&self.folder.engine(), self.cache, self.format.segment_size) {
                // A full disk keeps the engine from opening even to read; the ballast makes room.
                Err(Trouble::Full(_)) if self.folder.drop_ballast() => {}
                // Nobody else has the folder, so these are threads of the engine that was closed a moment ago.
                Err(Trouble::Locked) if waits.next().is_some() => std::thread::sleep(ENGINE_WAIT),
                other => break other,
            }
        };
        opened.map_err(|t| self.trouble("open", t))
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
        if let Some(engine) = self.engine_for_writing().take() {
            // Its own attempt to write again may fail too; the error that counts is the first.
            drop(engine.close());
        }
    }

    fn read<T>(&self, tree: TreeId, work: impl FnOnce(&Engine) -> Result<T, Trouble>) -> Result<T> {
        let engine = self.opened()?;
        let Some(engine) = engine.as_ref() else { return Err(self.closed()) };
        work(engine).map_err(|t| self.trouble("read", t.of(tree.name())))
    }

    fn decoded<V: Stored>(&self, tree: TreeId, bytes: &[u8]) -> Result<V> {
        codec::decode(bytes).map_err(|e| self.damaged(&format!("a value in {} {e}", tree.name())))
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
