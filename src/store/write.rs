//! Write: a commit into packs and engine, in the order that a kill or a power cut may end at any point.
//!
//! ```text
//! large values → packs, synced → keys, places and the packs' state in one transaction, flushed → witness
//! ```
//!
//! Room: where a thread of the engine meets a full disk another may wait for it for ever. A pack that meets one is cut
//! back, and the engine is asked to write only where there is room for all that it may write.

use super::codec;
use super::commit::{Commit, Write};
use super::engine::Trouble;
use super::pack::{Place, State};
use super::read::{Keys, Open};
use super::tree::{Key, Tree, TreeId};
use super::witness::{Generation, Witness};
use super::{GENERATION, GENERATION_KEY, Store, lock};
use crate::error::Result;

/// The packs after the last commit.
pub(super) const PACKS: Tree<str, State> = Tree::new(TreeId::Meta);
pub(super) const PACKS_KEY: &str = "packs";

/// Bytes that the engine may write for one byte of a commit: the pages around it are written again.
const WRITTEN_PER_BYTE: u64 = 3;
/// What it may write besides: segments begun, and the snapshot of a seal. The ballast comes on top.
const ENGINE_ROOM: u64 = 12 << 20;

impl Store {
    /// Writes a commit: values to packs, the rest in one transaction, flushed, then witnessed.
    pub fn commit(&self, commit: Commit) -> Result<Generation> {
        self.writable()?;
        if !self.folder.load_ballast(self.segment_size()) {
            if !self.path().exists() {
                return Err(self.gone("write"));
            }
            let reason = "the disk is full: there is no room for the reserve that is kept to open the ledger again";
            return Err(self.failed("write", reason));
        }
        self.raise_format()?;
        self.write(commit, |witness, generation| self.testify(witness, generation, false))
    }

    /// Writes a commit and leaves the witness behind, as a kill between the two would.
    #[doc(hidden)]
    pub fn commit_unwitnessed(&self, commit: Commit) -> Result<()> {
        self.write(commit, |_, _| Ok(())).map(drop)
    }

    fn write(
        &self,
        commit: Commit,
        testify: impl FnOnce(&mut Witness, Generation) -> Result<()>,
    ) -> Result<Generation> {
        let opened = self.opened()?;
        let Some(open) = opened.as_ref() else { return Err(self.closed()) };
        let Keys::Engine(engine) = &open.keys else { return Err(self.read_only()) };
        let mut witness = lock(&self.witness);
        let (mut writes, generation) = commit.finish(&witness.generation);
        let appended = open.packs.append(&mut writes, |tree, key| open.place(tree, key));
        let state = appended.map_err(|t| self.trouble("write", t))?;
        if let Err(error) = self.prepare(&mut writes, &mut witness, open, &state, &generation) {
            open.packs.undo();
            return Err(error);
        }
        match engine.write(&writes).and_then(|()| engine.flush()) {
            Ok(()) => {
                open.packs.keep(state);
                testify(&mut witness, generation.clone())?;
                Ok(generation)
            }
            Err(trouble) => {
                let error = self.trouble("write", trouble);
                drop((opened, witness));
                self.give_up();
                Err(error)
            }
        }
    }

    /// All that stands before the engine's own write.
    fn prepare(
        &self,
        writes: &mut Vec<Write>,
        witness: &mut Witness,
        open: &Open,
        state: &State,
        generation: &Generation,
    ) -> Result<()> {
        let wrong = |reason| self.failed("write", reason);
        if *state != open.packs.state() {
            writes.push((PACKS.id(), PACKS_KEY.key_bytes(), Some(codec::encode(state).map_err(wrong)?)));
        }
        writes.push((GENERATION.id(), GENERATION_KEY.key_bytes(), Some(codec::encode(generation).map_err(wrong)?)));
        let bytes: usize = writes.iter().map(|(_, key, value)| key.len() + value.as_ref().map_or(0, Vec::len)).sum();
        let needed = bytes as u64 * WRITTEN_PER_BYTE + ENGINE_ROOM;
        if let Ok(free) = fs2::available_space(self.path())
            && free < needed
        {
            let reason = format!("{free} bytes are free, {needed} may be needed");
            return Err(self.trouble("write", Trouble::Full(reason)));
        }
        if witness.sealed {
            // Said before the first write: from here on a kill leaves a log that no snapshot covers.
            self.testify(witness, witness.generation.clone(), false)?;
        }
        Ok(())
    }

    /// Sees to it that the engine has room to close or to be opened after writes; the ballast makes some.
    pub(super) fn engine_room(&self, doing: &str) -> Result<()> {
        let free = || fs2::available_space(self.path()).unwrap_or(u64::MAX);
        if free() < ENGINE_ROOM {
            self.folder.drop_ballast();
        }
        if free() >= ENGINE_ROOM / 4 {
            return Ok(());
        }
        Err(self.trouble(doing, Trouble::Full(format!("{} bytes are free", free()))))
    }

    /// Moves what lives in packs of derived values of which more is dead than alive, so that these go. The state after it,
    /// where there were any. Keys stay what they are, so whoever reads goes on.
    pub fn thin(&self) -> Result<Option<Generation>> {
        let thin = {
            let opened = self.opened()?;
            let Some(open) = opened.as_ref() else { return Err(self.closed()) };
            open.packs.thin()
        };
        if thin.is_empty() {
            return Ok(None);
        }
        let mut last = None;
        let mut commit = Commit::default();
        for tree in TreeId::ALL.into_iter().filter(|tree| tree.share().is_some()) {
            for key in self.keys_in(tree, |place| thin.contains(&place.pack))? {
                let Some(value) = self.bytes_of(tree, &key)? else { continue };
                codec::verify(&value).map_err(|e| self.damaged(&format!("a value in {} {e}", tree.name())))?;
                commit.move_bytes(tree, key, value);
                if commit.is_full() {
                    last = Some(self.commit(std::mem::take(&mut commit))?);
                }
            }
        }
        if commit.keys() > 0 {
            last = Some(self.commit(commit)?);
        }
        Ok(last)
    }

    /// The keys of a tree whose values stand in such places.
    fn keys_in(&self, tree: TreeId, such: impl Fn(&Place) -> bool) -> Result<Vec<Vec<u8>>> {
        let mut keys = Vec::new();
        let opened = self.opened()?;
        let Some(open) = opened.as_ref() else { return Err(self.closed()) };
        let walked = open.places(tree, |key, place| {
            if such(place) {
                keys.push(key.to_vec());
            }
        });
        walked.map_err(|t| self.trouble("read", t.of(tree.name())))?;
        Ok(keys)
    }
}
