//! Publish: a copy of the store that is never written again, so that any number of processes and machines read it at once.
//!
//! ```text
//! format       as of any store                            packs/       the values that are alive, and no others
//! witness      the state that was published               manifest     SHA-256 and length of each file above, in order
//! catalogue, index    the keys: what the engine is to others
//! ```
//!
//! Guarantees: there is no engine in it, no lock, and opening it writes nothing. The same state gives the same bytes.

use super::at;
use super::catalogue::{Builder, Catalogue};
use super::codec;
use super::commit::{COMMIT_BYTES, Write};
use super::engine::Trouble;
use super::folder::{Folder, bytes, cannot};
use super::format::{FORMAT, Format, replace, sync_folder};
use super::pack::{Packs, State};
use super::read::{Keys, Open};
use super::tree::{Key, TreeId};
use super::witness::Witness;
use super::write::{PACKS, PACKS_KEY};
use super::{Store, lock};
use crate::error::{Error, ErrorKind, Result};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Name of the file that makes a folder a published ledger.
const MANIFEST: &str = "manifest";
const MAGIC: &str = "taizhang published ledger";
/// Bytes that are hashed at a time.
const PIECE: usize = 1 << 20;

/// True where a folder is a published ledger.
pub fn is_published(path: &Path) -> bool {
    path.join(MANIFEST).exists()
}

/// SHA-256 in hex and length of each file, by its name below the folder.
type Manifest = BTreeMap<String, (String, u64)>;

impl Store {
    /// Writes the store as it stands to `target`, which must not exist, together with the files of `beside`. The caller sees
    /// to it that nobody commits.
    pub fn publish(&self, target: &Path, beside: &[(&str, Vec<u8>)]) -> Result<()> {
        let needed = bytes(&self.folder.engine());
        self.make_copy(target, needed, |part| {
            let failed = |e: &io::Error| cannot(self.path(), "publish its files", e);
            fs::create_dir(part).map_err(|e| failed(&e))?;
            self.publish_keys(part)?;
            let write = || {
                for (name, content) in beside {
                    replace(&part.join(name), content)?;
                }
                let witness = lock(&self.witness);
                Witness { engine: 0, generation: witness.generation.clone(), sealed: true }.write(part)?;
                drop(witness);
                Format { version: FORMAT, ..self.format() }.write(part)?;
                replace(&part.join(MANIFEST), said(&hashed(part)?).as_bytes())?;
                sync_folder(part)
            };
            write().map_err(|e| failed(&e))
        })
    }

    /// Writes catalogue and packs.
    fn publish_keys(&self, part: &Path) -> Result<()> {
        let opened = self.opened()?;
        let Some(open) = opened.as_ref() else { return Err(self.closed()) };
        let mut copy = Copy::new(part).map_err(|t| self.trouble("publish", t))?;
        // The state of the packs is among the meta, and known last.
        for tree in TreeId::ALL.into_iter().rev() {
            copy.tree(open, tree).map_err(|t| self.trouble("publish", t.of(tree.name())))?;
        }
        copy.builder.finish(part).map_err(|e| cannot(self.path(), "publish its keys", &e))
    }

    /// Opens a published store, to read.
    pub(super) fn open_published(path: &Path, cache: u64) -> Result<Self> {
        let format = Format::read(path)?;
        let not = |reason: String| Error::new(ErrorKind::NotALedger { path: path.to_owned(), reason });
        let format = format.ok_or_else(|| not("it has a manifest, and no format file".to_owned()))?;
        let folder = Folder::published(path).map_err(|e| cannot(path, "be opened", &e))?;
        let witness = folder.state()?;
        let store = Self::assembled(folder, format, cache, witness, true);
        for (name, (_, bytes)) in store.manifest()? {
            let found = fs::metadata(path.join(&name)).map(|file| file.len());
            match found {
                Ok(found) if found == bytes => {}
                Ok(found) => return Err(store.damaged(&format!("its file {name} has {found} of {bytes} bytes"))),
                Err(e) => return Err(store.damaged(&format!("its file {name} cannot be read ({e})"))),
            }
        }
        drop(store.opened()?);
        Ok(store)
    }

    /// The catalogue and the packs of a published store.
    pub(super) fn open_catalogue(&self) -> Result<Open> {
        let open = || {
            let catalogue = Catalogue::open(self.path())?;
            let state = catalogue.get(PACKS.id(), &PACKS_KEY.key_bytes())?;
            let state = state.map(|bytes| codec::decode::<State>(&bytes).map_err(Trouble::Damaged)).transpose()?;
            let packs = Packs::open(self.path(), state.unwrap_or_default())?;
            Ok(Open { keys: Keys::Catalogue(catalogue), packs })
        };
        open().map_err(|t| self.trouble("open", t))
    }

    fn manifest(&self) -> Result<Manifest> {
        let text = fs::read_to_string(self.path().join(MANIFEST));
        let text = text.map_err(|e| cannot(self.path(), "read its manifest", &e))?;
        parsed(&text).ok_or_else(|| self.damaged("its manifest is not as it was written"))
    }

    /// Compares the files of a published store with its manifest; of any other says nothing.
    pub fn check_manifest(&self) -> Result<()> {
        if !self.published {
            return Ok(());
        }
        let found = hashed(self.path()).map_err(|e| cannot(self.path(), "read its files", &e))?;
        for (name, published) in self.manifest()? {
            if found.get(&name) != Some(&published) {
                return Err(self.damaged(&format!("its file {name} is not the one that was published")));
            }
        }
        Ok(())
    }

    /// An error for a published store, which nobody may change.
    pub fn writable(&self) -> Result<()> {
        if self.published { Err(self.read_only()) } else { Ok(()) }
    }

    pub(super) fn read_only(&self) -> Error {
        self.failed(
            "be changed",
            "this ledger is published, hence read-only; change the ledger that it was published from",
        )
    }
}

/// A published copy on its way.
struct Copy {
    builder: Builder,
    packs: Packs,
    writes: Vec<Write>,
    bytes: usize,
}

impl Copy {
    fn new(part: &Path) -> Result<Self, Trouble> {
        let packs = Packs::open(part, State::default())?;
        Ok(Self { builder: Builder::new(part)?, packs, writes: Vec::new(), bytes: 0 })
    }

    fn tree(&mut self, open: &Open, tree: TreeId) -> Result<(), Trouble> {
        self.builder.begin(tree)?;
        open.scan(tree, &[], |key, value| {
            codec::verify(value).map_err(|e| Trouble::Damaged(format!("a value {e}")))?;
            if (tree, key) != (PACKS.id(), PACKS_KEY.as_bytes()) {
                self.push(tree, key, value)?;
            }
            Ok::<_, Trouble>(true)
        })?;
        self.flush()?;
        if tree == PACKS.id() {
            let state = codec::encode(&self.packs.state()).map_err(Trouble::Other)?;
            self.builder.push(PACKS_KEY.as_bytes(), &state)?;
        }
        Ok(())
    }

    fn push(&mut self, tree: TreeId, key: &[u8], value: &[u8]) -> Result<(), Trouble> {
        self.bytes += key.len() + value.len();
        self.writes.push((tree, key.to_vec(), Some(value.to_vec())));
        if self.bytes >= COMMIT_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Trouble> {
        let mut writes = std::mem::take(&mut self.writes);
        self.bytes = 0;
        let state = self.packs.append(&mut writes, |_, _| Ok(None))?;
        self.packs.keep(state);
        for (_, key, value) in &writes {
            self.builder.push(key, value.as_deref().unwrap_or_default())?;
        }
        Ok(())
    }
}

/// The files of a folder but the manifest itself, hashed.
fn hashed(folder: &Path) -> io::Result<Manifest> {
    let mut manifest = Manifest::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((here, above)) = open.pop() {
        for entry in fs::read_dir(here)? {
            let entry = entry?;
            let name = format!("{above}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                open.push((entry.path(), format!("{name}/")));
            } else if name != MANIFEST {
                manifest.insert(name, hash(&File::open(entry.path())?)?);
            }
        }
    }
    Ok(manifest)
}

fn hash(file: &File) -> io::Result<(String, u64)> {
    let length = file.metadata()?.len();
    let mut sha = Sha256::new();
    let mut piece = vec![0; PIECE];
    let mut start = 0;
    while start < length {
        let bytes = usize::try_from(length - start).unwrap_or(PIECE).min(PIECE);
        let piece = piece.get_mut(..bytes).unwrap_or_default();
        at::read(file, piece, start)?;
        sha.update(&*piece);
        start += bytes as u64;
    }
    Ok((format!("{:x}", sha.finalize()), length))
}

fn said(manifest: &Manifest) -> String {
    let mut lines = format!("{MAGIC}\n");
    for (name, (sha, bytes)) in manifest {
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{sha} {bytes} {name}");
    }
    let crc = crc32fast::hash(lines.as_bytes());
    format!("{lines}crc {crc:08x}\n")
}

fn parsed(text: &str) -> Option<Manifest> {
    let (lines, crc) = text.strip_suffix('\n')?.rsplit_once('\n')?;
    let lines = format!("{lines}\n");
    if crc != format!("crc {:08x}", crc32fast::hash(lines.as_bytes())) {
        return None;
    }
    let files = lines.strip_prefix(MAGIC)?.strip_prefix('\n')?.lines().map(|line| {
        let (sha, rest) = line.split_once(' ')?;
        let (bytes, name) = rest.split_once(' ')?;
        Some((name.to_owned(), (sha.to_owned(), bytes.parse().ok()?)))
    });
    files.collect()
}
