//! Packs: the values of the large trees, one behind another in files beside the engine, which keeps where each is.
//!
//! ```text
//! engine-N/packs/00000001.pack     values in their envelopes, nothing in between
//! ```
//!
//! In: the writes of a commit. Out: the same writes with a [`Place`] for each value that went into a pack, and the [`State`]
//! of the packs, which the engine keeps in the same transaction.
//!
//! Guarantees: a value is on disk before the engine hears of its place. A committed byte is never written again; what
//! stands behind them is of a commit that was cut off, and the next one writes over it. Texts and records on the one hand,
//! what is derived from them on the other, never share a pack, so that a pack of blocks that were merged away goes whole.

use super::codec::{self, stored};
use super::commit::Write;
use super::engine::Trouble;
use super::format::sync_folder;
use super::tree::{Share, TreeId};
use super::{at, lock};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Name of their folder.
pub(super) const FOLDER: &str = "packs";
/// A pack of more than one value has at most so many bytes.
const PACK_BYTES: u64 = 128 << 20;
/// A pack with fewer dead bytes is not worth moving the rest.
const DEAD_BYTES: u64 = 4 << 20;

/// Where a value is; it stands in the value's place in the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Number of the pack.
    pub pack: u32,
    /// First byte of the envelope.
    pub start: u64,
    /// Bytes with the envelope.
    pub bytes: u32,
    /// The checksum that the envelope must have: another whole value is no answer.
    pub crc: u32,
}
stored!(Place, Place, 1);

/// What is known of a pack after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Pack {
    share: Share,
    /// Committed bytes.
    bytes: u64,
    /// Bytes among them that the engine has a place of.
    live: u64,
}

/// The packs after a commit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    packs: BTreeMap<u32, Pack>,
    /// Number of the last pack that was begun; none is given twice.
    last: u32,
}
stored!(State, Packs, 1);

impl State {
    /// The pack that takes a value of so many bytes, begun where need be; none that is `full`.
    fn take(&mut self, share: Share, bytes: u64, full: &BTreeSet<u32>) -> (u32, &mut Pack) {
        let newest = self.packs.iter().rev().find(|(_, pack)| pack.share == share);
        let number = match newest {
            Some((number, pack)) if pack.bytes + bytes <= PACK_BYTES && !full.contains(number) => *number,
            _ => {
                self.last += 1;
                self.last
            }
        };
        (number, self.packs.entry(number).or_insert(Pack { share, bytes: 0, live: 0 }))
    }

    fn forget(&mut self, place: Place) {
        if let Some(pack) = self.packs.get_mut(&place.pack) {
            pack.live = pack.live.saturating_sub(u64::from(place.bytes));
        }
    }

    /// Packs of derived values of which more is dead than alive.
    fn thin(&self) -> BTreeSet<u32> {
        let thin = |pack: &Pack| {
            let dead = pack.bytes.saturating_sub(pack.live);
            pack.share == Share::Derived && dead > pack.live && dead > DEAD_BYTES
        };
        self.packs.iter().filter(|(_, pack)| thin(pack)).map(|(number, _)| *number).collect()
    }
}

/// The packs of an open store.
#[derive(Debug)]
pub(super) struct Packs {
    folder: PathBuf,
    /// To read, by number.
    files: RwLock<BTreeMap<u32, Arc<File>>>,
    writing: Mutex<Writing>,
}

#[derive(Debug, Default)]
struct Writing {
    committed: State,
    /// Packs that this process appends to.
    open: BTreeMap<u32, File>,
    /// Packs that get no more.
    full: BTreeSet<u32>,
}

/// Path of a pack.
fn path_of(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:08}.pack"))
}

impl Packs {
    /// Opens the packs of an engine, whose folder is `engine`; one that is missing or too short is damage.
    pub fn open(engine: &Path, committed: State) -> Result<Self, Trouble> {
        let folder = engine.join(FOLDER);
        let mut files = BTreeMap::new();
        for (number, pack) in &committed.packs {
            let missing = |what: String| Trouble::Damaged(format!("the pack {number:08} {what}"));
            let file = match File::open(path_of(&folder, *number)) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => {
                    return Err(missing(format!("and with it {} bytes of values are missing", pack.live)));
                }
                file => file?,
            };
            let found = file.metadata()?.len();
            if found < pack.bytes {
                return Err(missing(format!("has {found} of its {} bytes", pack.bytes)));
            }
            files.insert(*number, Arc::new(file));
        }
        let writing = Mutex::new(Writing { committed, ..Writing::default() });
        Ok(Self { folder, files: RwLock::new(files), writing })
    }

    /// The value at a place, in its envelope; `None` where its pack is gone, and with it the value has moved.
    pub fn read(&self, place: Place) -> Result<Option<Vec<u8>>, Trouble> {
        let file = self.files.read().unwrap_or_else(PoisonError::into_inner).get(&place.pack).map(Arc::clone);
        let Some(file) = file else { return Ok(None) };
        let wrong =
            |what: &str| Trouble::Damaged(format!("the pack {:08} {what} byte {} of it", place.pack, place.start));
        let mut bytes = vec![0; place.bytes as usize];
        match at::read(&file, &mut bytes, place.start) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Err(wrong("ends before")),
            read => read?,
        }
        if codec::checksum_of(&bytes) == Some(place.crc) {
            Ok(Some(bytes))
        } else {
            Err(wrong("holds another value at"))
        }
    }

    /// Appends the values of the large trees and puts their places into `writes`; the state to commit with them.
    /// `before` tells the place that a key has so far. An error leaves nothing behind.
    pub fn append(
        &self,
        writes: &mut [Write],
        before: impl Fn(TreeId, &[u8]) -> Result<Option<Place>, Trouble>,
    ) -> Result<State, Trouble> {
        let mut writing = lock(&self.writing);
        let appended = self.append_to(&mut writing, writes, before);
        if appended.is_err() {
            self.cut(&mut writing);
        }
        appended
    }

    fn append_to(
        &self,
        writing: &mut Writing,
        writes: &mut [Write],
        before: impl Fn(TreeId, &[u8]) -> Result<Option<Place>, Trouble>,
    ) -> Result<State, Trouble> {
        let mut state = writing.committed.clone();
        for (tree, key, value) in writes {
            let Some(share) = tree.share() else { continue };
            if let Some(place) = before(*tree, key)? {
                state.forget(place);
            }
            let Some(envelope) = value else { continue };
            let bytes = envelope.len() as u64;
            let (number, pack) = state.take(share, bytes, &writing.full);
            at::write(self.to_append(writing, number)?, envelope, pack.bytes)?;
            let crc = codec::checksum_of(envelope).unwrap_or_default();
            let place = Place { pack: number, start: pack.bytes, bytes: envelope.len() as u32, crc };
            (pack.bytes, pack.live) = (pack.bytes + bytes, pack.live + bytes);
            *envelope = codec::encode(&place).map_err(Trouble::Other)?;
        }
        let old = &writing.committed.packs;
        for (number, pack) in &state.packs {
            if old.get(number).is_none_or(|old| old.bytes < pack.bytes)
                && let Some(file) = writing.open.get(number)
            {
                file.sync_data()?;
            }
        }
        if state.packs.keys().any(|number| !old.contains_key(number)) {
            sync_folder(&self.folder)?;
        }
        state.packs.retain(|_, pack| pack.live > 0);
        Ok(state)
    }

    /// The file of a pack, cut to what was committed of it.
    fn to_append<'a>(&self, writing: &'a mut Writing, number: u32) -> Result<&'a File, Trouble> {
        use std::collections::btree_map::Entry;
        Ok(match writing.open.entry(number) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(vacant) => {
                if !self.folder.exists() {
                    fs::create_dir(&self.folder)?;
                    self.folder.parent().map_or(Ok(()), sync_folder)?;
                }
                let path = path_of(&self.folder, number);
                let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
                file.set_len(writing.committed.packs.get(&number).map_or(0, |pack| pack.bytes))?;
                let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
                files.insert(number, Arc::new(File::open(&path)?));
                vacant.insert(file)
            }
        })
    }

    /// Takes back what was appended and not committed.
    pub fn undo(&self) {
        self.cut(&mut lock(&self.writing));
    }

    fn cut(&self, writing: &mut Writing) {
        let Writing { committed, open, .. } = writing;
        open.retain(|number, file| {
            let Some(pack) = committed.packs.get(number) else {
                self.remove(*number);
                return false;
            };
            // What cannot be cut now is written over.
            drop(file.set_len(pack.bytes));
            true
        });
    }

    fn remove(&self, number: u32) {
        self.files.write().unwrap_or_else(PoisonError::into_inner).remove(&number);
        // What stays is removed at the next open.
        drop(fs::remove_file(path_of(&self.folder, number)));
    }

    /// The state that is committed.
    pub fn state(&self) -> State {
        lock(&self.writing).committed.clone()
    }

    /// The packs of derived values of which more is dead than alive; from now on they get no more, so that what lives in them
    /// can be moved.
    pub fn thin(&self) -> BTreeSet<u32> {
        let mut writing = lock(&self.writing);
        let thin = writing.committed.thin();
        writing.full.extend(&thin);
        thin
    }

    /// Says that a state is committed: packs in which nothing is alive go.
    pub fn keep(&self, state: State) {
        let mut writing = lock(&self.writing);
        let dead: Vec<u32> =
            writing.committed.packs.keys().filter(|number| !state.packs.contains_key(number)).copied().collect();
        for number in dead {
            writing.open.remove(&number);
            self.remove(number);
        }
        writing.open.retain(|number, _| state.packs.contains_key(number));
        writing.committed = state;
    }

    /// Removes packs that the committed state does not know: of commits that were cut off, or dead for long.
    pub fn sweep(&self) -> io::Result<()> {
        let entries = match fs::read_dir(&self.folder) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        let known = self.state().packs;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".pack")?.parse().ok());
            if number.is_some_and(|number: u32| !known.contains_key(&number)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::Chunk;
    use super::*;

    fn write(tree: TreeId, key: u8, value: Option<&[u8]>) -> Write {
        (tree, vec![key], value.map(|value| codec::encode(&Chunk(value.to_vec())).unwrap()))
    }

    fn place(write: &Write) -> Place {
        codec::decode(write.2.as_ref().unwrap()).unwrap()
    }

    fn files(folder: &Path) -> Vec<(String, u64)> {
        let entries = fs::read_dir(folder.join(FOLDER)).unwrap().map(|entry| entry.unwrap());
        let mut files: Vec<_> =
            entries.map(|e| (e.file_name().into_string().unwrap(), e.metadata().unwrap().len())).collect();
        files.sort();
        files
    }

    #[test]
    fn values_come_back_and_dead_packs_go() {
        let folder = tempfile::tempdir().unwrap();
        let packs = Packs::open(folder.path(), State::default()).unwrap();
        let mut first = [
            write(TreeId::Texts, 1, Some(b"text")),
            write(TreeId::Columns, 1, Some(b"columns")),
            write(TreeId::Ids, 1, Some(b"small")),
        ];
        let small = first[2].clone();
        let state = packs.append(&mut first, |_, _| Ok(None)).unwrap();
        packs.keep(state);
        assert_eq!(first[2], small, "small trees stay in the engine");
        let (text, columns) = (place(&first[0]), place(&first[1]));
        assert_ne!(text.pack, columns.pack);
        let read = |place| codec::decode::<Chunk>(&packs.read(place).unwrap().unwrap()).unwrap().0;
        assert_eq!((read(text), read(columns)), (b"text".to_vec(), b"columns".to_vec()));

        // The blocks are merged away: their pack goes, the texts' stays.
        let mut second = [write(TreeId::Columns, 1, None), write(TreeId::Texts, 2, Some(b"more"))];
        let before = |tree, _: &[u8]| Ok((tree == TreeId::Columns).then_some(columns));
        let state = packs.append(&mut second, before).unwrap();
        assert!(packs.read(columns).unwrap().is_some(), "until the commit");
        packs.keep(state.clone());
        assert_eq!(packs.read(columns), Ok(None));
        assert_eq!(files(folder.path()), [("00000001.pack".to_owned(), 2 * 16)]);
        assert_eq!((place(&second[1]).pack, place(&second[1]).start), (1, 16));

        // What was appended and not committed is written over, also by the next process.
        packs.append(&mut [write(TreeId::Texts, 3, Some(b"lost for good"))], |_, _| Ok(None)).unwrap();
        drop(packs);
        fs::write(folder.path().join(FOLDER).join("00000009.pack"), b"stray").unwrap();
        let packs = Packs::open(folder.path(), state.clone()).unwrap();
        packs.sweep().unwrap();
        let mut third = [write(TreeId::Texts, 3, Some(b"text"))];
        packs.append(&mut third, |_, _| Ok(None)).unwrap();
        assert_eq!(place(&third[0]).start, 32);
        assert_eq!(files(folder.path()), [("00000001.pack".to_owned(), 3 * 16)]);
        packs.undo();
        assert_eq!(files(folder.path()), [("00000001.pack".to_owned(), 2 * 16)]);

        // Another whole value in the place of one is none; what is cut off or gone is named.
        let path = path_of(&folder.path().join(FOLDER), 1);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, [&bytes[16..], &bytes[..16]].concat()).unwrap();
        assert!(matches!(packs.read(text), Err(Trouble::Damaged(what)) if what.contains("another value")));
        fs::write(&path, &bytes[..20]).unwrap();
        let said = |state| format!("{:?}", Packs::open(folder.path(), state).unwrap_err());
        assert!(said(state.clone()).contains("the pack 00000001 has 20 of its 32 bytes"));
        fs::remove_file(&path).unwrap();
        assert!(said(state).contains("missing"));
    }

    #[test]
    fn packs_end_and_the_thin_ones_are_told() {
        let mut state = State::default();
        let put = |state: &mut State, share, bytes| {
            let (number, pack) = state.take(share, bytes, &BTreeSet::new());
            (pack.bytes, pack.live) = (pack.bytes + bytes, pack.live + bytes);
            number
        };
        assert_eq!(put(&mut state, Share::Derived, PACK_BYTES - 1), 1);
        assert_eq!(put(&mut state, Share::Truth, 1), 2);
        assert_eq!(put(&mut state, Share::Derived, 1), 1);
        assert_eq!(put(&mut state, Share::Derived, 2 * PACK_BYTES), 3, "one value may be larger");
        assert_eq!(put(&mut state, Share::Derived, 1), 4);
        assert_eq!(state.thin(), BTreeSet::new());
        state.forget(Place { pack: 3, start: 0, bytes: (PACK_BYTES + 1) as u32, crc: 0 });
        assert_eq!(state.thin(), BTreeSet::from([3]));
        assert_eq!(state.take(Share::Derived, 1, &BTreeSet::from([4])).0, 5);
    }
}
