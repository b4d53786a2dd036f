//! Read: values by their keys, wherever they stand: beside the key, or in a pack whose place stands there.

use super::Store;
use super::catalogue::Catalogue;
use super::codec::{self, Stored};
use super::engine::{Engine, Trouble};
use super::pack::{Packs, Place};
use super::tree::{Chunk, Key, Tree, TreeId};
use crate::error::{Error, Result};

/// What knows the keys.
#[derive(Debug)]
pub(super) enum Keys {
    /// Of a ledger that is written to.
    Engine(Engine),
    /// Of a published one.
    Catalogue(Catalogue),
}

impl Keys {
    /// What stands for a key: its value or its place.
    fn get(&self, tree: TreeId, key: &[u8]) -> Result<Option<Vec<u8>>, Trouble> {
        match self {
            Self::Engine(engine) => Ok(engine.get(tree, key)?.map(|bytes| bytes.to_vec())),
            Self::Catalogue(catalogue) => catalogue.get(tree, key),
        }
    }

    fn scan<E: From<Trouble>>(
        &self,
        tree: TreeId,
        prefix: &[u8],
        each: impl FnMut(&[u8], &[u8]) -> Result<bool, E>,
    ) -> Result<(), E> {
        match self {
            Self::Engine(engine) => engine.scan(tree, prefix, each),
            Self::Catalogue(catalogue) => catalogue.scan(tree, prefix, each),
        }
    }
}

/// Keys and packs.
#[derive(Debug)]
pub(super) struct Open {
    pub keys: Keys,
    pub packs: Packs,
}

impl Open {
    /// Closes the engine; it writes what it still holds.
    pub fn close(self) -> Result<(), Trouble> {
        match self.keys {
            Keys::Engine(engine) => engine.close(),
            Keys::Catalogue(_) => Ok(()),
        }
    }

    /// The value of a key, in its envelope.
    pub fn get(&self, tree: TreeId, key: &[u8]) -> Result<Option<Vec<u8>>, Trouble> {
        let mut before = None;
        loop {
            let Some(bytes) = self.keys.get(tree, key)? else { return Ok(None) };
            let Some(place) = place(&bytes)? else { return Ok(Some(bytes)) };
            if let Some(value) = self.packs.read(place)? {
                return Ok(Some(value));
            }
            // A pack goes only after its values have moved, so now the engine has another place.
            if before.replace(place) == Some(place) {
                return Err(Trouble::Damaged(format!("its pack {:08} is missing", place.pack)));
            }
        }
    }

    /// Where the value of a key is; `None` without one, or where it stands in the engine.
    pub fn place(&self, tree: TreeId, key: &[u8]) -> Result<Option<Place>, Trouble> {
        match self.keys.get(tree, key)? {
            Some(bytes) => place(&bytes),
            None => Ok(None),
        }
    }

    /// Calls `each` with every key of a tree whose value stands in a pack, and its place.
    pub fn places(&self, tree: TreeId, mut each: impl FnMut(&[u8], &Place)) -> Result<(), Trouble> {
        self.keys.scan(tree, &[], |key, bytes| {
            if let Some(place) = place(bytes)? {
                each(key, &place);
            }
            Ok::<_, Trouble>(true)
        })
    }

    /// Calls `each` with every key that begins with `prefix` and its value, in key order, until it says false.
    pub fn scan<E: From<Trouble>>(
        &self,
        tree: TreeId,
        prefix: &[u8],
        mut each: impl FnMut(&[u8], &[u8]) -> Result<bool, E>,
    ) -> Result<(), E> {
        self.keys.scan(tree, prefix, |key, bytes| {
            if !codec::is_place(bytes) {
                return each(key, bytes);
            }
            match self.get(tree, key)? {
                Some(value) => each(key, &value),
                None => Ok(true),
            }
        })
    }
}

/// The place that stands where a value would.
fn place(bytes: &[u8]) -> Result<Option<Place>, Trouble> {
    if !codec::is_place(bytes) {
        return Ok(None);
    }
    codec::decode(bytes).map(Some).map_err(|e| Trouble::Damaged(format!("the place of a value {e}")))
}

/// What ends a walk over a tree.
enum Ended {
    Engine(Trouble),
    Caller(Error),
}

impl From<Trouble> for Ended {
    fn from(trouble: Trouble) -> Self {
        Self::Engine(trouble)
    }
}

impl Store {
    /// The value of a key.
    pub fn get<K: Key + ?Sized, V: Stored>(&self, tree: &Tree<K, V>, key: &K) -> Result<Option<V>> {
        let bytes = self.bytes_of(tree.id(), &key.key_bytes())?;
        bytes.map(|bytes| self.decoded(tree.id(), &bytes)).transpose()
    }

    /// The value of a key, in its envelope.
    pub(super) fn bytes_of(&self, tree: TreeId, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let open = self.opened()?;
        let Some(open) = open.as_ref() else { return Err(self.closed()) };
        open.get(tree, key).map_err(|t| self.trouble("read", t.of(tree.name())))
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

    /// The same with values in their envelopes.
    pub(super) fn scan_bytes(
        &self,
        tree: TreeId,
        prefix: &[u8],
        mut each: impl FnMut(&[u8], &[u8]) -> Result<bool>,
    ) -> Result<()> {
        let open = self.opened()?;
        let Some(open) = open.as_ref() else { return Err(self.closed()) };
        let each = |key: &[u8], value: &[u8]| each(key, value).map_err(Ended::Caller);
        open.scan(tree, prefix, each).map_err(|e| match e {
            Ended::Engine(trouble) => self.trouble("read", trouble.of(tree.name())),
            Ended::Caller(error) => error,
        })
    }

    pub(super) fn decoded<V: Stored>(&self, tree: TreeId, bytes: &[u8]) -> Result<V> {
        codec::decode(bytes).map_err(|e| self.damaged(&format!("a value in {} {e}", tree.name())))
    }
}
