//! Backup: a copy of the folder as it stands after its last commit, sealed, beside everything that reads it.

use super::folder::{Folder, bytes, cannot, copy_folder, remove_folder};
use super::format::sync_folder;
use super::{Settings, Store, folder, lock};
use crate::error::{Error, ErrorKind, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Bytes of the page cache that a copy is looked at with.
const CACHE: u64 = 16 << 20;

impl Store {
    /// Copies the store to `target`, which must not exist. Readers go on; the caller sees to it that nobody commits.
    pub fn backup(&self, target: &Path) -> Result<()> {
        if self.published {
            return Err(self.failed("be copied", "it is published: any copy of its folder is as good as the folder"));
        }
        self.seal()?;
        let witness = lock(&self.witness).clone();
        self.make_copy(target, bytes(&self.folder.engine()), |part| {
            self.copy_to(part, &witness)?;
            if *lock(&self.witness) == witness {
                return Ok(());
            }
            let reason = "something was committed meanwhile; try again".to_owned();
            Err(Error::new(ErrorKind::Store { doing: format!("be copied to {}", target.display()), reason }))
        })
    }

    /// Has `make` write about `needed` bytes to a folder beside `target`, which must not exist, and gives it its name when
    /// it is whole.
    pub(super) fn make_copy(&self, target: &Path, needed: u64, make: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        let target = std::path::absolute(target).unwrap_or_else(|_| target.to_owned());
        let refuse = |reason: String| {
            Err(Error::new(ErrorKind::Store { doing: format!("be copied to {}", target.display()), reason }))
        };
        let (Some(above), Some(name)) = (target.parent(), target.file_name()) else {
            return refuse("that is no name of a folder".to_owned());
        };
        if fs::symlink_metadata(&target).is_ok() {
            return refuse("it exists; a copy is a new folder".to_owned());
        }
        let above = match above.canonicalize() {
            Ok(above) => above,
            Err(e) => return refuse(format!("the folder above it cannot be used ({e})")),
        };
        if self.path().canonicalize().is_ok_and(|own| above.starts_with(own)) {
            return refuse("it would lie inside the ledger itself".to_owned());
        }
        if let Ok(free) = fs2::available_space(&above)
            && free < needed
        {
            return refuse(format!("the disk has {free} bytes free, and the copy needs {needed}"));
        }
        let part = part_of(&above, name);
        let named = || {
            fs::rename(&part, &target)?;
            sync_folder(&above)
        };
        let made = remove_folder(&part)
            .map_err(|e| cannot(self.path(), "begin its copy", &e))
            .and_then(|()| make(&part))
            .and_then(|()| named().map_err(|e| cannot(self.path(), "name its copy", &e)));
        if made.is_err() {
            // The first error counts; what stays is replaced by the next copy of that name.
            drop(remove_folder(&part));
        }
        made
    }

    fn copy_to(&self, part: &Path, witness: &super::witness::Witness) -> Result<()> {
        let copy = || {
            copy_folder(&self.folder.engine(), &part.join(Folder::engine_name(witness.engine)))?;
            witness.write(part)?;
            self.format().write(part)
        };
        copy().map_err(|e| folder::cannot(self.path(), "copy its files", &e))?;
        let settings = Settings { create: false, cache: CACHE, segment_size: self.segment_size() };
        Self::open(part, settings)?.close()
    }
}

/// Where a copy is while it is not whole.
fn part_of(above: &Path, name: &std::ffi::OsStr) -> PathBuf {
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(".part");
    above.join(hidden)
}
