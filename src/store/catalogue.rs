//! Catalogue: the keys of a published ledger, sorted, in one file that is never written again.
//!
//! ```text
//! catalogue    pages of some KiB, each in an envelope: (key length u16 · value length u32 · key · value) …
//! index        one envelope: of each tree its name, and of each page its first key, place and checksum
//! ```
//!
//! In: keys in order, tree by tree. Out: [`Catalogue`], which holds the index and reads one page for one key; the system
//! keeps the pages, once for all processes. Every page is checked each time that it is read.

use super::at;
use super::codec::{self, Stored, stored};
use super::engine::Trouble;
use super::format;
use super::tree::TreeId;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Name of the file with the pages.
pub(super) const PAGES: &str = "catalogue";
/// Name of the file that tells them apart.
pub(super) const INDEX: &str = "index";
/// A page of more than one key has at most so many bytes.
const PAGE_BYTES: usize = 8 << 10;

/// Keys and values of a page, one behind another.
struct Page(Vec<u8>);

impl Stored for Page {
    const KIND: codec::Kind = codec::Kind::Page;
    const VERSION: u8 = 1;

    fn to_payload(&self) -> Result<Vec<u8>, String> {
        Ok(self.0.clone())
    }

    fn from_payload(payload: &[u8]) -> Result<Self, String> {
        Ok(Self(payload.to_vec()))
    }
}

/// Where a page is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Leaf {
    first: Vec<u8>,
    start: u64,
    bytes: u32,
    crc: u32,
}

/// The pages of each tree, by its name.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Index(Vec<(String, Vec<Leaf>)>);
stored!(Index, Index, 1);

/// Writes a catalogue.
#[derive(Debug)]
pub(super) struct Builder {
    file: BufWriter<File>,
    index: Index,
    page: Vec<u8>,
    first: Vec<u8>,
    written: u64,
}

impl Builder {
    /// A catalogue in a folder.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let file = BufWriter::new(File::create(folder.join(PAGES))?);
        Ok(Self { file, index: Index::default(), page: Vec::new(), first: Vec::new(), written: 0 })
    }

    /// Begins a tree; its keys follow in order.
    pub fn begin(&mut self, tree: TreeId) -> io::Result<()> {
        self.end_page()?;
        self.index.0.push((tree.name().to_owned(), Vec::new()));
        Ok(())
    }

    /// Adds a key with its value.
    pub fn push(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        let length = u16::try_from(key.len()).map_err(io::Error::other)?;
        if self.page.len() + key.len() + value.len() > PAGE_BYTES {
            self.end_page()?;
        }
        if self.page.is_empty() {
            self.first = key.to_vec();
        }
        self.page.extend(length.to_le_bytes());
        self.page.extend((value.len() as u32).to_le_bytes());
        self.page.extend(key);
        self.page.extend(value);
        Ok(())
    }

    fn end_page(&mut self) -> io::Result<()> {
        if self.page.is_empty() {
            return Ok(());
        }
        let bytes = codec::encode(&Page(std::mem::take(&mut self.page))).map_err(io::Error::other)?;
        self.file.write_all(&bytes)?;
        let crc = codec::checksum_of(&bytes).unwrap_or_default();
        let leaf = Leaf { first: std::mem::take(&mut self.first), start: self.written, bytes: bytes.len() as u32, crc };
        self.written += bytes.len() as u64;
        if let Some((_, leaves)) = self.index.0.last_mut() {
            leaves.push(leaf);
        }
        Ok(())
    }

    /// Ends the catalogue; it is on disk when this returns.
    pub fn finish(mut self, folder: &Path) -> io::Result<()> {
        self.end_page()?;
        self.file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        format::replace(&folder.join(INDEX), &codec::encode(&self.index).map_err(io::Error::other)?)
    }
}

/// A catalogue to read.
#[derive(Debug)]
pub(super) struct Catalogue {
    file: File,
    trees: Vec<Vec<Leaf>>,
}

impl Catalogue {
    /// Opens the catalogue of a folder; nothing is written.
    pub fn open(folder: &Path) -> Result<Self, Trouble> {
        let file = File::open(folder.join(PAGES))?;
        let wrong = |what: String| Trouble::Damaged(format!("its index {what}"));
        let Index(mut named) = codec::decode(&std::fs::read(folder.join(INDEX))?).map_err(wrong)?;
        let trees = TreeId::ALL.iter().map(|tree| {
            let found = named.iter_mut().find(|(name, _)| name == tree.name());
            found.map(|(_, leaves)| std::mem::take(leaves)).unwrap_or_default()
        });
        Ok(Self { file, trees: trees.collect() })
    }

    fn leaves(&self, tree: TreeId) -> &[Leaf] {
        self.trees.get(tree as usize).map_or(&[], Vec::as_slice)
    }

    fn page(&self, leaf: &Leaf) -> Result<Page, Trouble> {
        let wrong = |what: &str| Trouble::Damaged(format!("the page at byte {} of its catalogue {what}", leaf.start));
        let mut bytes = vec![0; leaf.bytes as usize];
        match at::read(&self.file, &mut bytes, leaf.start) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Err(wrong("is cut off")),
            read => read?,
        }
        if codec::checksum_of(&bytes) != Some(leaf.crc) {
            return Err(wrong("is another"));
        }
        codec::decode(&bytes).map_err(|e| wrong(&e))
    }

    /// The value of a key.
    pub fn get(&self, tree: TreeId, key: &[u8]) -> Result<Option<Vec<u8>>, Trouble> {
        let leaves = self.leaves(tree);
        let at = leaves.partition_point(|leaf| leaf.first.as_slice() <= key);
        let Some(leaf) = at.checked_sub(1).and_then(|at| leaves.get(at)) else { return Ok(None) };
        let page = self.page(leaf)?;
        let mut entries = Entries(&page.0);
        while let Some((found, value)) = entries.next()? {
            if found >= key {
                return Ok((found == key).then(|| value.to_vec()));
            }
        }
        Ok(None)
    }

    /// Calls `each` with every key that begins with `prefix` and its value, in key order, until it says false.
    pub fn scan<E: From<Trouble>>(
        &self,
        tree: TreeId,
        prefix: &[u8],
        mut each: impl FnMut(&[u8], &[u8]) -> Result<bool, E>,
    ) -> Result<(), E> {
        let leaves = self.leaves(tree);
        let first = leaves.partition_point(|leaf| leaf.first.as_slice() <= prefix).saturating_sub(1);
        for leaf in leaves.iter().skip(first) {
            let page = self.page(leaf)?;
            let mut entries = Entries(&page.0);
            while let Some((key, value)) = entries.next()? {
                if key < prefix {
                    continue;
                }
                if !key.starts_with(prefix) || !each(key, value)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// A key with its value.
type Entry<'a> = (&'a [u8], &'a [u8]);

/// The keys of a page, one after another.
struct Entries<'a>(&'a [u8]);

impl<'a> Entries<'a> {
    fn next(&mut self) -> Result<Option<Entry<'a>>, Trouble> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let mut take = |bytes: usize| {
            let (taken, rest) = self.0.split_at_checked(bytes)?;
            self.0 = rest;
            Some(taken)
        };
        let mut entry = || {
            let key = u16::from_le_bytes(*take(2)?.first_chunk()?);
            let value = u32::from_le_bytes(*take(4)?.first_chunk()?);
            Some((take(key.into())?, take(value as usize)?))
        };
        let entry = entry().ok_or_else(|| Trouble::Damaged("a page of its catalogue is cut off".to_owned()))?;
        Ok(Some(entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(folder: &Path, count: u32) -> Catalogue {
        let mut builder = Builder::new(folder).unwrap();
        builder.begin(TreeId::Heads).unwrap();
        for n in 0..count {
            builder.push(&(2 * n).to_be_bytes(), format!("value {n}").as_bytes()).unwrap();
        }
        builder.begin(TreeId::Ids).unwrap();
        builder.begin(TreeId::Gone).unwrap();
        builder.push(b"", &vec![7; 3 * PAGE_BYTES]).unwrap();
        builder.push(b"b", b"").unwrap();
        builder.finish(folder).unwrap();
        Catalogue::open(folder).unwrap()
    }

    #[test]
    fn keys_are_found_and_walked_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = made(folder.path(), 5000);
        assert!(catalogue.leaves(TreeId::Heads).len() > 5);
        for n in [0u32, 1, 2, 777, 4999, 5000, u32::MAX / 2] {
            let wanted = (n < 5000).then(|| format!("value {n}").into_bytes());
            assert_eq!(catalogue.get(TreeId::Heads, &(2 * n).to_be_bytes()), Ok(wanted), "{n}");
            assert_eq!(catalogue.get(TreeId::Heads, &(2 * n + 1).to_be_bytes()), Ok(None), "{n}");
        }
        assert_eq!(catalogue.get(TreeId::Gone, b"").unwrap().unwrap().len(), 3 * PAGE_BYTES);
        assert_eq!(catalogue.get(TreeId::Gone, b"b"), Ok(Some(Vec::new())));
        assert_eq!(catalogue.get(TreeId::Ids, b"b"), Ok(None));
        let walked = |prefix: &[u8], most: usize| {
            let mut keys = Vec::new();
            let each = |key: &[u8], _: &[u8]| {
                keys.push(key.to_vec());
                Ok::<_, Trouble>(keys.len() < most)
            };
            catalogue.scan(TreeId::Heads, prefix, each).unwrap();
            keys
        };
        let all: Vec<Vec<u8>> = (0..5000u32).map(|n| (2 * n).to_be_bytes().to_vec()).collect();
        assert_eq!(walked(&[], usize::MAX), all);
        assert_eq!(walked(&[], 3), all[..3]);
        assert_eq!(walked(&[0, 0, 1], usize::MAX), all[128..256]);
        assert!(walked(&[9], usize::MAX).is_empty());
    }

    #[test]
    fn a_flipped_bit_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        made(folder.path(), 50);
        for (name, step) in [(PAGES, 97), (INDEX, 1)] {
            let path = folder.path().join(name);
            let bytes = std::fs::read(&path).unwrap();
            for at in (0..bytes.len()).step_by(step) {
                let mut flipped = bytes.clone();
                flipped[at] ^= 4;
                std::fs::write(&path, &flipped).unwrap();
                let all = Catalogue::open(folder.path()).and_then(|catalogue| {
                    let trees = [TreeId::Heads, TreeId::Gone];
                    trees.into_iter().try_for_each(|tree| catalogue.scan(tree, &[], |_, _| Ok::<_, Trouble>(true)))
                });
                assert!(matches!(all, Err(Trouble::Damaged(_))), "byte {at} of {name}: {all:?}");
            }
            std::fs::write(&path, &bytes).unwrap();
        }
    }
}
