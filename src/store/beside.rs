//! Beside: a second store inside the folder, in the making, that takes the place of the engine in one step.
//!
//! ```text
//! making/                 a store of its own: format, witness, engine-1 …, and what it is for
//! making/engine-1 → engine-(N+1), synced; then the witness is replaced and names it; then engine-N is removed
//! ```
//!
//! Guarantees: until the witness is replaced the folder is what it was, from then on it is what was made; what a kill
//! leaves behind is removed at the next open, except a store in the making that can be gone on with.

use super::engine::Trouble;
use super::folder::{bytes, cannot, remove_folder};
use super::format::sync_folder;
use super::witness::Witness;
use super::{Commit, Settings, Store, TreeId, folder, lock};
use crate::error::{Error, ErrorKind, Result};
use std::fs;

/// Bytes of the page cache of a store in the making: it is written in order and hardly read.
const CACHE: u64 = 16 << 20;
/// What a store takes before it holds anything.
const FLOOR: u64 = 32 << 20;

impl Store {
    /// A store that is to take the place of this one's engine. Where `resume` names what is being made, one that was
    /// begun under that name, of this very state, is gone on with; any other is removed.
    pub fn beside(&self, resume: Option<&str>) -> Result<Self> {
        self.writable()?;
        let purpose = resume.map_or_else(String::new, |name| self.purpose(name));
        let settings = Settings { create: true, cache: CACHE, segment_size: self.segment_size() };
        if resume.is_some()
            && self.folder.purpose().as_deref() == Some(&purpose)
            // Whatever is wrong with it, it can be made again.
            && let Ok(store) = Self::open(&self.folder.making(), settings)
        {
            return Ok(store);
        }
        self.folder.begin_making(&purpose).map_err(|e| cannot(self.path(), "begin a fresh engine", &e))?;
        self.has_room("a fresh engine beside the one in force", bytes(&self.folder.engine()) + FLOOR)?;
        Self::open(&self.folder.making(), settings)
    }

    /// Removes the store in the making.
    pub fn drop_beside(&self) {
        // What is left is removed at the next open.
        drop(remove_folder(&self.folder.making()));
    }

    /// Puts the engine of a store in the making in the place of this one's.
    pub fn take_over(&self, made: Self) -> Result<()> {
        made.close()?;
        let generation = made.generation();
        let from = made.folder.engine();
        drop(made);
        // The fresh one is of the newest format; with that said, the old one is as good.
        self.raise_format()?;
        let mut engine = self.engine_for_writing();
        let mut witness = lock(&self.witness);
        let number = witness.engine + 1;
        let doing = "put the fresh engine in the place of the old";
        let moved = fs::rename(&from, self.folder.engine_of(number));
        moved.and_then(|()| sync_folder(self.path())).map_err(|e| cannot(self.path(), doing, &e))?;
        if let Some(old) = engine.take() {
            // Nobody will read it again; the next step does not depend on what it still had to say.
            drop(old.close());
        }
        let next = Witness { engine: number, generation, sealed: true };
        if let Err(error) = next.write(self.path()) {
            // Whether the new witness is on disk is not known: neither engine may be removed, and neither be used.
            self.folder.unlock();
            return Err(self.trouble(doing, Trouble::from(error)));
        }
        *witness = next;
        self.folder.set_engine(number);
        drop((witness, engine));
        // What is left of the old is removed at the next open.
        drop(self.sweep());
        Ok(())
    }

    /// Removes what is not in force, save a store in the making that belongs to this very state.
    pub(super) fn sweep(&self) -> Result<()> {
        let ending = self.purpose("");
        let swept = self.folder.sweep(|purpose| purpose.ends_with(&ending));
        swept.map_err(|e| folder::cannot(self.path(), "remove what an ended process has left", &e))
    }

    /// What a store in the making is for, and of which state.
    fn purpose(&self, name: &str) -> String {
        let generation = self.generation();
        format!("{name}\nof commit {} {:x?}\n", generation.number, generation.chain)
    }

    /// An error where the disk of the folder has less room than `bytes`.
    fn has_room(&self, what: &str, bytes: u64) -> Result<()> {
        match fs2::available_space(self.path()) {
            Ok(free) if free < bytes => {
                let reason =
                    format!("the disk has {free} bytes free, and {what} needs up to {bytes}; nothing has changed");
                Err(Error::new(ErrorKind::Store { doing: format!("begin ({})", self.path().display()), reason }))
            }
            // Where nobody can tell, writing will.
            _ => Ok(()),
        }
    }

    /// Copies every key of a tree into a store in the making, as it stands.
    pub fn copy_tree(&self, tree: TreeId, into: &Self) -> Result<()> {
        let mut commit = Commit::default();
        let mut full = Vec::new();
        self.scan_bytes(tree, &[], |key, value| {
            commit.put_bytes(tree, key.to_vec(), value.to_vec());
            if commit.is_full() {
                full.push(std::mem::take(&mut commit));
            }
            full.drain(..).try_for_each(|commit| into.commit(commit).map(drop)).map(|()| true)
        })?;
        if commit.keys() > 0 { into.commit(commit).map(drop) } else { Ok(()) }
    }
}
