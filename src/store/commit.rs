//! Commit: all that one step of the ledger writes, in any tree, as a unit.

use super::codec::{self, Stored};
use super::tree::{Chunk, Key, Tree, TreeId};
use super::witness::Generation;
use crate::error::{Error, ErrorKind, Result};
use sha2::{Digest, Sha256};

/// A commit holds at most so many keys.
pub const COMMIT_KEYS: usize = 2_000;
/// A commit of more than one document holds at most so many bytes.
pub const COMMIT_BYTES: usize = 8 << 20;

/// A write: the tree, the key, and the value or its end.
pub(super) type Write = (TreeId, Vec<u8>, Option<Vec<u8>>);

/// Writes that become visible together or not at all.
#[derive(Debug, Default)]
pub struct Commit {
    writes: Vec<Write>,
    bytes: usize,
    by_tree: [u64; TreeId::ALL.len()],
    documents: i64,
    digest: Sha256,
    follows: Option<Generation>,
}

impl Commit {
    /// The first commit of a store that goes on where another ended: its number is the next of that one's.
    pub fn after(generation: Generation) -> Self {
        Self { follows: Some(generation), ..Self::default() }
    }

    /// Sets a key.
    pub fn put<K: Key + ?Sized, V: Stored>(&mut self, tree: &Tree<K, V>, key: &K, value: &V) -> Result<()> {
        let value = codec::encode(value).map_err(|reason| {
            Error::new(ErrorKind::Store { doing: format!("write to {}", tree.id().name()), reason })
        })?;
        let key = key.key_bytes();
        self.put_bytes(tree.id(), key, value);
        Ok(())
    }

    /// Ends a key.
    pub fn delete<K: Key + ?Sized, V: Stored>(&mut self, tree: &Tree<K, V>, key: &K) {
        self.writes.push((tree.id(), key.key_bytes(), None));
    }

    /// Sets a key as its bytes stand in another store.
    pub(super) fn put_bytes(&mut self, tree: TreeId, key: Vec<u8>, value: Vec<u8>) {
        self.bytes += key.len() + value.len();
        if let Some(bytes) = self.by_tree.get_mut(tree as usize) {
            *bytes += (key.len() + value.len()) as u64;
        }
        self.writes.push((tree, key, Some(value)));
    }

    /// Sets a key to the value that it has: its bytes move, none are added.
    pub(super) fn move_bytes(&mut self, tree: TreeId, key: Vec<u8>, value: Vec<u8>) {
        self.bytes += key.len() + value.len();
        self.writes.push((tree, key, Some(value)));
    }

    /// Sets a run of bytes, cut into chunks.
    pub fn put_run(&mut self, tree: &Tree<(u32, u16), Chunk>, number: u32, bytes: &[u8]) -> Result<()> {
        for (at, piece) in bytes.chunks(Chunk::BYTES).enumerate() {
            let at = u16::try_from(at).map_err(|_| {
                Error::new(ErrorKind::Store { doing: "write a run".to_owned(), reason: "it is too long".to_owned() })
            })?;
            self.put(tree, &(number, at), &Chunk(piece.to_vec()))?;
        }
        Ok(())
    }

    /// Says that a document came (`1`), went (`-1`) or was replaced (`0`), for the witness.
    pub fn document(&mut self, id: &str, content: &[u8; 32], change: i64) {
        self.documents += change;
        self.digest.update((id.len() as u64).to_le_bytes());
        self.digest.update(id.as_bytes());
        self.digest.update(content);
        self.digest.update(change.to_le_bytes());
    }

    /// True where a commit should hold no more.
    pub fn is_full(&self) -> bool {
        self.keys() >= COMMIT_KEYS || self.bytes >= COMMIT_BYTES
    }

    /// Number of keys.
    pub fn keys(&self) -> usize {
        self.writes.len()
    }

    /// Bytes of keys and values.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The writes, and the generation that they lead to from `before`.
    pub(super) fn finish(self, before: &Generation) -> (Vec<Write>, Generation) {
        let mut chain = Sha256::new();
        chain.update(before.chain);
        if let Some(follows) = &self.follows {
            chain.update(follows.chain);
        }
        let follows = self.follows.map_or(0, |generation| generation.number);
        chain.update(self.digest.finalize());
        let after = Generation {
            number: before.number.max(follows) + 1,
            documents: before.documents.saturating_add_signed(self.documents),
            parent: before.chain,
            chain: chain.finalize().into(),
            bytes: self.by_tree.iter().enumerate().map(|(at, n)| n + before.bytes.get(at).unwrap_or(&0)).collect(),
        };
        (self.writes, after)
    }
}
