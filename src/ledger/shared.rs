//! What all handles on one ledger share, and the registry by which they find it.

use super::Options;
use super::align::Spaces;
use crate::error::{Error, ErrorKind, Result};
use crate::index::{CONTENTS, Catalog, Decoded, Entry, HEADS, Head, IDS, READING, READING_KEY, Reader, Reading, hex};
use crate::record::Document;
use crate::review::{self, CORRECTIONS, Correction, LogKey, Reviewed};
use crate::store::{Settings, Store, is_published, number_of};
use crate::text::SourceText;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

/// An open ledger.
#[derive(Debug)]
pub(super) struct Shared {
    pub store: Store,
    shown: RwLock<Shown>,
    /// Held by whoever reads, and by whoever puts a fresh engine in the place of the one that is read.
    lease: RwLock<()>,
    cache: usize,
    /// Held by every answer that is read piece by piece.
    streams: Arc<()>,
    reading: Mutex<Option<Reading>>,
    /// Clauses made ready to be compared.
    pub spaces: Spaces,
    /// Held by whoever changes the ledger.
    writing: Mutex<()>,
}

/// What queries see: a state, and what was decoded of its engine.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    catalog: Arc<Catalog>,
    decoded: Arc<Decoded>,
    /// Times that blocks or the engine were put in the place of others.
    epoch: u64,
}

/// One state of a ledger. While it lives no fresh engine takes the place of the one that it reads, so nobody asks for a
/// second one while he holds the first.
#[derive(Debug)]
pub(super) struct View<'a> {
    shown: Shown,
    _lease: RwLockReadGuard<'a, ()>,
}

impl View<'_> {
    /// What is seen, to come back to without holding anybody up in between.
    pub fn shown(&self) -> Shown {
        self.shown.clone()
    }
}

impl Deref for View<'_> {
    type Target = Catalog;

    fn deref(&self) -> &Catalog {
        &self.shown.catalog
    }
}

impl Shared {
    /// Opens a ledger; with `bare` even where its blocks cannot be read.
    fn open(path: &Path, options: &Options, bare: bool) -> Result<Self> {
        let settings =
            Settings { create: options.create, cache: options.engine_cache, segment_size: options.segment_size };
        let store = Store::open(path, settings)?;
        let catalog = match Catalog::load(&store) {
            Err(_) if bare => Catalog::default(),
            Err(error) => return Err(derived(error, path)),
            Ok(catalog) => catalog,
        };
        let reading = store.get(&READING, READING_KEY)?;
        let shown = Shown { catalog: Arc::new(catalog), decoded: Arc::new(Decoded::new(options.cache)), epoch: 0 };
        Ok(Self {
            store,
            shown: RwLock::new(shown),
            lease: RwLock::new(()),
            cache: options.cache,
            streams: Arc::new(()),
            reading: Mutex::new(reading),
            spaces: Spaces::default(),
            writing: Mutex::new(()),
        })
    }

    /// The state that queries see from now on.
    pub fn catalog(&self) -> View<'_> {
        let lease = self.lease.read().unwrap_or_else(PoisonError::into_inner);
        View { shown: self.shown.read().unwrap_or_else(PoisonError::into_inner).clone(), _lease: lease }
    }

    /// A state that was seen before; an error where a fresh engine has taken the place of its engine.
    pub fn again(&self, shown: &Shown) -> Result<View<'_>> {
        let view = self.catalog();
        if view.shown.epoch == shown.epoch {
            return Ok(View { shown: shown.clone(), ..view });
        }
        let reason = "it was written anew while an answer was read piece by piece; ask again".to_owned();
        Err(Error::new(ErrorKind::Closed { reason }))
    }

    /// Held by who comes back to a state: while anybody does, no blocks of it are deleted.
    pub fn stream(&self) -> Arc<()> {
        Arc::clone(&self.streams)
    }

    /// Shows queries another state.
    pub fn show(&self, catalog: Catalog) {
        self.shown.write().unwrap_or_else(PoisonError::into_inner).catalog = Arc::new(catalog);
    }

    /// Reads one state.
    pub fn reader<'a>(&'a self, view: &'a View<'_>) -> Reader<'a> {
        Reader::new(&self.store, &view.shown.catalog, &view.shown.decoded)
    }

    /// Shows queries the state that `work` makes of this one and writes, unless somebody reads this one: what he reads may not
    /// be deleted. True where it was shown.
    pub fn show_alone(&self, work: impl FnOnce(&Catalog) -> Result<Catalog>) -> Result<bool> {
        let Ok(lease) = self.lease.try_write() else { return Ok(false) };
        if Arc::strong_count(&self.streams) > 1 {
            return Ok(false);
        }
        let catalog = Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner).catalog);
        let catalog = Arc::new(work(&catalog)?);
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        (shown.catalog, shown.epoch) = (catalog, shown.epoch + 1);
        drop((shown, lease));
        Ok(true)
    }

    /// Puts a fresh engine in the place of this one, once nobody reads this one any more.
    pub fn take_over(&self, made: Store) -> Result<()> {
        let lease = self.lease.write().unwrap_or_else(PoisonError::into_inner);
        self.store.take_over(made)?;
        let catalog = Arc::new(Catalog::load(&self.store)?);
        *self.reading.lock().unwrap_or_else(PoisonError::into_inner) = self.store.get(&READING, READING_KEY)?;
        let decoded = Arc::new(Decoded::new(self.cache));
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        *shown = Shown { catalog, decoded, epoch: shown.epoch + 1 };
        drop(shown);
        drop(lease);
        Ok(())
    }

    /// The lock of whoever changes the ledger.
    pub fn lock_writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Only one may change the ledger at a time.
    pub fn to_write(&self) -> Result<MutexGuard<'_, ()>> {
        self.store.writable()?;
        self.to_keep()
    }

    /// The same for whoever changes nothing, and wants nobody else to.
    pub fn to_keep(&self) -> Result<MutexGuard<'_, ()>> {
        self.store.usable()?;
        let writing = self.lock_writing();
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

    /// What was said of the rows of a document, oldest first.
    pub fn log(&self, id: &str) -> Result<Vec<Correction>> {
        let mut log = Vec::new();
        self.store.scan_prefix(&CORRECTIONS, &LogKey::prefix(id), |_, entry| {
            log.push(entry);
            Ok(true)
        })?;
        // Of an id that goes on behind a zero the keys begin alike.
        log.retain(|entry| entry.document == id);
        Ok(log)
    }

    /// A record as people left it.
    pub fn reviewed(&self, head: &Head, text: &SourceText, document: Document) -> Result<Reviewed> {
        let log = self.log(&head.id)?;
        Ok(review::apply(document, review::Source { text, sha256: &hex(&head.sha256) }, &log))
    }

    /// The same as a block shows it, which knows of the first entries.
    pub fn reviewed_as_of(&self, head: &Head, text: &SourceText, document: Document, entries: u32) -> Result<Reviewed> {
        if entries == 0 {
            return Ok(Reviewed::from(document));
        }
        let log = self.log(&head.id)?;
        let known = log.get(..entries as usize).ok_or_else(|| {
            self.store.damaged(&format!("what was said of {:?} is missing: {} of {entries}", head.id, log.len()))
        })?;
        Ok(review::apply(document, review::Source { text, sha256: &hex(&head.sha256) }, known))
    }

    /// The head of a document.
    pub fn head(&self, number: u32) -> Result<Head> {
        self.store.get(&HEADS, &number)?.ok_or_else(|| self.store.damaged(&format!("document {number} has no head")))
    }
}

/// An error of what is derived from texts and records says how it is mended.
pub(super) fn derived(error: Error, path: &Path) -> Error {
    match error.kind() {
        ErrorKind::Damaged { reason, .. } => {
            let reason = reason.split(';').next().unwrap_or(reason);
            let mends = "its texts and records may be whole: rebuild makes the rest anew from them";
            Error::new(ErrorKind::Damaged { path: path.to_owned(), reason: format!("{reason}; {mends}") })
        }
        _ => error,
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

/// An error where a ledger is of another kind than is asked for.
fn may_open(path: &Path, options: &Options) -> Result<()> {
    let reason = match (options.read_only, is_published(path)) {
        (Some(true), false) => {
            "only a published ledger is opened read-only, by any number of processes; ledger.publish(folder) makes one"
        }
        (Some(false), true) => "it is published, hence read-only; open the ledger that it was published from",
        _ => return Ok(()),
    };
    Err(Error::new(ErrorKind::Store { doing: format!("be opened ({})", path.display()), reason: reason.to_owned() }))
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
        Self::open_as(path, options, false)
    }

    /// The same for a ledger whose blocks may be damaged.
    pub fn open_bare(path: &Path, options: &Options) -> Result<Self> {
        Self::open_as(path, options, true)
    }

    fn open_as(path: &Path, options: &Options, bare: bool) -> Result<Self> {
        // The ledger stays where it is when the process goes to another folder.
        let path = &std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        may_open(path, options)?;
        let mut all = opened();
        // Only an existing folder has one true name; a ledger that is open exists.
        if let Ok(path) = path.canonicalize()
            && let Some(open) = all.get_mut(&path)
        {
            open.shared.store.usable()?;
            open.handles += 1;
            return Ok(Self { path, shared: Some(Arc::clone(&open.shared)) });
        }
        let shared = Arc::new(Shared::open(path, options, bare)?);
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
        let writing = shared.lock_writing();
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
