//! Trees: the key spaces of the store, declared once.

use super::codec::Stored;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// A key space of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TreeId {
    /// State of the ledger as a whole.
    Meta,
    /// Document number → what is kept beside text and facts.
    Heads,
    /// Document id → its newest number.
    Ids,
    /// SHA-256 of a file's bytes and number of a document that has them → nothing more.
    Contents,
    /// Group of documents → their texts.
    Texts,
    /// Group of documents → their records.
    Records,
    /// Block → where its columns are.
    Directories,
    /// Block → its columns.
    Columns,
    /// Range of document numbers → those replaced or removed.
    Gone,
    /// Block → what its run of postings holds.
    Runs,
    /// Block → its run of postings.
    Pairs,
    /// Block → sketches of its documents' wording.
    Sketches,
    /// Document id and position → what people said of its rows.
    Corrections,
    /// Document id and position → how far the work is that its rows hand out.
    Progress,
}

impl TreeId {
    /// Every tree, in the order of the enum.
    pub const ALL: [Self; 14] = [
        Self::Meta,
        Self::Heads,
        Self::Ids,
        Self::Contents,
        Self::Texts,
        Self::Records,
        Self::Directories,
        Self::Columns,
        Self::Gone,
        Self::Runs,
        Self::Pairs,
        Self::Sketches,
        Self::Corrections,
        Self::Progress,
    ];

    /// True where a fresh engine takes the tree over as it stands; false where it is made anew from texts, records, heads
    /// and ids. Whatever is not derived and names no document or block by number is carried.
    pub fn is_carried(self) -> bool {
        match self {
            Self::Meta
            | Self::Heads
            | Self::Ids
            | Self::Contents
            | Self::Texts
            | Self::Records
            | Self::Directories
            | Self::Columns
            | Self::Gone
            | Self::Runs
            | Self::Pairs
            | Self::Sketches => false,
            Self::Corrections | Self::Progress => true,
        }
    }

    /// The packs that its values go to; `None` where they are small and stay in the engine.
    pub(super) fn share(self) -> Option<Share> {
        match self {
            Self::Texts | Self::Records => Some(Share::Truth),
            Self::Directories | Self::Columns | Self::Runs | Self::Pairs | Self::Sketches => Some(Share::Derived),
            _ => None,
        }
    }

    /// The name on disk.
    pub fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Heads => "heads",
            Self::Ids => "ids",
            Self::Contents => "contents",
            Self::Texts => "texts",
            Self::Records => "records",
            Self::Directories => "directories",
            Self::Columns => "columns",
            Self::Gone => "gone",
            Self::Runs => "runs",
            Self::Pairs => "pairs",
            Self::Sketches => "sketches",
            Self::Corrections => "corrections",
            Self::Progress => "progress",
        }
    }
}

/// What shares a pack: values that live as long as each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Share {
    /// The texts and what was read in them.
    Truth,
    /// What is made anew of these.
    Derived,
}

/// A tree with the types of its keys and values.
#[derive(Debug)]
pub struct Tree<K: ?Sized, V> {
    id: TreeId,
    types: PhantomData<fn(&K) -> V>,
}

impl<K: Key + ?Sized, V: Stored> Tree<K, V> {
    /// Types a tree.
    pub const fn new(id: TreeId) -> Self {
        Self { id, types: PhantomData }
    }

    /// The tree.
    pub fn id(&self) -> TreeId {
        self.id
    }
}

/// Something that names a value in a tree. Byte order is value order.
pub trait Key {
    /// The bytes, numbers big-endian.
    fn key_bytes(&self) -> Vec<u8>;
}

impl Key for u32 {
    fn key_bytes(&self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }
}

/// A chunk of a run: number of the run, position in it.
impl Key for (u32, u16) {
    fn key_bytes(&self) -> Vec<u8> {
        [&self.0.to_be_bytes()[..], &self.1.to_be_bytes()[..]].concat()
    }
}

impl Key for str {
    fn key_bytes(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }
}

/// A content and a document that has it.
impl Key for ([u8; 32], u32) {
    fn key_bytes(&self) -> Vec<u8> {
        [&self.0[..], &self.1.to_be_bytes()[..]].concat()
    }
}

/// The number that a key ends with.
pub fn number_of(key: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(*key.last_chunk()?))
}

/// A piece of a longer run of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk(pub Vec<u8>);

impl Chunk {
    /// Bytes of a full chunk. With its envelope it stays below 64 KiB, far from where the engine starts to leak.
    pub const BYTES: usize = 60 << 10;
}

impl Stored for Chunk {
    const KIND: super::codec::Kind = super::codec::Kind::Chunk;
    const VERSION: u8 = 1;

    fn to_payload(&self) -> Result<Vec<u8>, String> {
        Ok(self.0.clone())
    }

    fn from_payload(payload: &[u8]) -> Result<Self, String> {
        Ok(Self(payload.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_is_value_order() {
        assert!(255u32.key_bytes() < 256u32.key_bytes());
        assert!((1u32, u16::MAX).key_bytes() < (2u32, 0u16).key_bytes());
        assert_eq!(number_of(&258u32.key_bytes()), Some(258));
        assert_eq!(number_of(b"abc"), None);
    }

    #[test]
    fn the_list_of_trees_is_whole() {
        for (at, tree) in TreeId::ALL.into_iter().enumerate() {
            assert_eq!(tree as usize, at);
        }
    }
}
