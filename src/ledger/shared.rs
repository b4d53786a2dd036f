//! What all handles on one ledger share, and the registry by which they find it.

use super::Options;
use super::align::Spaces;
use crate::error::{Error, ErrorKind, Result};
use crate::index::{CONTENTS, Catalog, Decoded, Entry, HEADS, Head, IDS, READING, READING_KEY, Reader, Reading};
use crate::store::{Settings, Store, number_of};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// An open ledger.
#[derive(Debug)]
pub(super) struct Shared {
    pub store: Store,
    catalog: RwLock<Arc<Catalog>>,
    decoded: Decoded,
    reading: Mutex<Option<Reading>>,
    /// Clauses made ready to be compared.
    pub spaces: Spaces,
    /// Held by whoever changes the ledger.
    writing: Mutex<()>,
}

impl Shared {
    fn open(path: &Path, options: &Options) -> Result<Self> {
        let settings =
            Settings { create: options.create, cache: options.engine_cache, segment_size: options.segment_size };
        let store = Store::open(path, settings)?;
        let catalog = Catalog::load(&store)?;
        let reading = store.get(&READING, READING_KEY)?;
        Ok(Self {
            store,
            catalog: RwLock::new(Arc::new(catalog)),
            decoded: Decoded::new(options.cache),
            reading: Mutex::new(reading),
            spaces: Spaces::default(),
            writing: Mutex::new(()),
        })
    }

    /// The state that queries see from now on.
    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Shows queries another state.
    pub fn show(&self, catalog: Catalog) {
        *self.catalog.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalog);
    }

    /// Reads one state.
    pub fn reader<'a>(&'a self, catalog: &'a Catalog) -> Reader<'a> {
        Reader::new(&self.store, catalog, &self.decoded)
    }

    /// Only one may change the ledger at a time.
    pub fn to_write(&self) -> Result<MutexGuard<'_, ()>> {
        self.store.usable()?;
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // A commit that failed half-way may be there or not; only the store knows.
        if self.store.current()?.number != self.catalog().generation() {
            self.show(Catalog::load(&self.store)?);
        }
        Ok(writing)
    }

    /// What the ledger's facts were read with.
    pub fn reading(&self) -> Option<Reading> {
        *self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_reading(&self, reading: Reading) {
        *self.reading.lock().unwrap_or_else(PoisonError::into_inner) = Some(reading);
    }

    /// The newest version of an id, where it is not removed.
    pub fn entry(&self, id: &str) -> Result<Option<Entry>> {
        Ok(self.store.get(&IDS, id)?.filter(|entry| entry.live))
    }

    /// Ids of the documents that have these bytes, oldest first.
    pub fn with_content(&self, catalog: &Catalog, sha256: &[u8; 32]) -> Result<Vec<String>> {
        let mut numbers = Vec::new();
        self.store.scan_prefix(&CONTENTS, sha256, |key, _| {
            numbers.extend(number_of(key).filter(|number| !catalog.gone().has(*number)));
            Ok(true)
        })?;
        numbers.into_iter().map(|number| Ok(self.head(number)?.id)).collect()
    }

    /// The head of a document.
    pub fn head(&self, number: u32) -> Result<Head> {
        self.store.get(&HEADS, &number)?.ok_or_else(|| self.store.damaged(&format!("document {number} has no head")))
    }
}

#[derive(Debug)]
struct Opened {
    shared: Arc<Shared>,
    handles: usize,
}

static OPENED: Mutex<BTreeMap<PathBuf, Opened>> = Mutex::new(BTreeMap::new());

fn opened() -> MutexGuard<'static, BTreeMap<PathBuf, Opened>> {
    OPENED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One handle's share in an open ledger.
#[derive(Debug)]
pub(super) struct Handle {
    path: PathBuf,
    shared: Option<Arc<Shared>>,
}

impl Handle {
    /// Opens a ledger, or joins those who have it open in this process.
    pub fn open(path: &Path, options: &Options) -> Result<Self> {
        // The ledger stays where it is when the process goes to another folder.
        let path = &std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut all = opened();
        // Only an existing folder has one true name; a ledger that is open exists.
        if let Ok(path) = path.canonicalize()
            && let Some(open) = all.get_mut(&path)
        {
            open.shared.store.usable()?;
            open.handles += 1;
            return Ok(Self { path, shared: Some(Arc::clone(&open.shared)) });
        }
        let shared = Arc::new(Shared::open(path, options)?);
        let path = path.canonicalize().map_err(|e| {
            Error::new(ErrorKind::NotALedger { path: path.to_owned(), reason: format!("the folder is gone ({e})") })
        })?;
        all.insert(path.clone(), Opened { shared: Arc::clone(&shared), handles: 1 });
        Ok(Self { path, shared: Some(shared) })
    }

    /// What is shared, unless this handle is closed.
    pub fn get(&self) -> Result<Arc<Shared>> {
        let closed = || Error::new(ErrorKind::Closed { reason: "it was closed; open it again".to_owned() });
        let shared = self.shared.as_ref().ok_or_else(closed)?;
        shared.store.usable()?;
        Ok(Arc::clone(shared))
    }

    /// Gives the share back; the last one closes the store, before anybody can open it again.
    pub fn close(&mut self) -> Result<()> {
        let Some(shared) = self.shared.take() else { return Ok(()) };
        if shared.store.usable().is_err() {
            return Ok(());
        }
        let mut all = opened();
        let Some(open) = all.get_mut(&self.path) else { return Ok(()) };
        open.handles -= 1;
        if open.handles > 0 {
            return Ok(());
        }
        all.remove(&self.path);
        // Whoever is changing the ledger through another thread finishes first.
        let writing = shared.to_write()?;
        let closed = shared.store.close();
        drop(writing);
        closed
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // Nobody is left to hear an error; the witness tells the next open.
        drop(self.close());
    }
}
