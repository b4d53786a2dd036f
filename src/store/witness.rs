//! Witness: a small file beside the engine that says what the engine must hold.
//!
//! The engine takes a damaged record in an uncovered log for a torn end and drops all behind it without a word. The
//! witness is written anew after each flush, so that such a loss is seen at the next open. It also names the engine's
//! folder, so that a fresh engine takes the place of another in the one step that replaces this file.

use super::codec::{self, stored};
use super::format;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// Name of the file.
pub(super) const FILE: &str = "witness";

/// The state of a ledger after a commit; kept in the store and in the witness.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    /// Commits so far.
    pub number: u64,
    /// Live documents.
    pub documents: u64,
    /// Chain of the commit before.
    pub parent: [u8; 32],
    /// Hash of the commit before and of the ids and contents of this one.
    pub chain: [u8; 32],
    /// Bytes of keys and values ever put into each tree, in the order of the trees.
    pub bytes: Vec<u64>,
}
stored!(Generation, Generation, 1);

/// What the witness file says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Witness {
    /// Number of the engine's folder that is in force.
    pub engine: u32,
    /// What was flushed last.
    pub generation: Generation,
    /// True where a snapshot covers the log.
    pub sealed: bool,
}
stored!(Witness, Witness, 1);

/// What a comparison of store and witness says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The same.
    Same,
    /// The store is one commit ahead: the process ended before the witness was written.
    Ahead,
    /// The store lacks what the witness saw; half a sentence.
    Wrong(String),
}

impl Witness {
    /// Reads the file; `None` where there is none, `Err` with half a sentence where it is damaged.
    pub fn read(folder: &Path) -> Result<Option<Self>, String> {
        match std::fs::read(folder.join(FILE)) {
            Ok(bytes) => codec::decode(&bytes).map(Some).map_err(|e| format!("its witness file {e}")),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(format!("its witness file cannot be read ({e})")),
        }
    }

    /// Replaces the file so that a power cut leaves the old or the new one.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let bytes = codec::encode(self).map_err(io::Error::other)?;
        format::replace(&folder.join(FILE), &bytes)
    }

    /// Whether the store holds what was flushed.
    pub fn judge(&self, store: &Generation) -> Verdict {
        let seen = &self.generation;
        if store == seen {
            Verdict::Same
        } else if store.number == seen.number + 1 && store.parent == seen.chain {
            Verdict::Ahead
        } else if store.number < seen.number {
            let commits = seen.number - store.number;
            let documents = seen.documents.saturating_sub(store.documents);
            Verdict::Wrong(format!(
                "the last {commits} of its {} commits are missing, and with them {documents} of its {} documents",
                seen.number, seen.documents
            ))
        } else {
            Verdict::Wrong(format!(
                "its store (commit {}, {} documents) and its witness file (commit {}, {} documents) belong to different ledgers",
                store.number, store.documents, seen.number, seen.documents
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generation(number: u64, parent: u8, chain: u8) -> Generation {
        Generation { number, documents: 10 * number, parent: [parent; 32], chain: [chain; 32], bytes: vec![number] }
    }

    #[test]
    fn the_witness_tells_loss_from_a_kill() {
        let witness = Witness { engine: 1, generation: generation(3, 2, 3), sealed: false };
        assert_eq!(witness.judge(&generation(3, 2, 3)), Verdict::Same);
        assert_eq!(witness.judge(&generation(4, 3, 4)), Verdict::Ahead);
        for (store, says) in [
            (generation(1, 0, 1), "last 2 of its 3 commits are missing, and with them 20 of its 30"),
            (generation(4, 9, 4), "different ledgers"),
            (generation(5, 4, 5), "different ledgers"),
            (generation(3, 2, 9), "different ledgers"),
        ] {
            let Verdict::Wrong(reason) = witness.judge(&store) else { panic!("{store:?} passed") };
            assert!(reason.contains(says), "{reason}");
        }
    }

    #[test]
    fn it_comes_back_from_its_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Witness::read(folder.path()), Ok(None));
        let witness = Witness { engine: 2, generation: generation(3, 2, 3), sealed: true };
        witness.write(folder.path()).unwrap();
        assert_eq!(Witness::read(folder.path()), Ok(Some(witness)));
        std::fs::write(folder.path().join(FILE), b"TZ").unwrap();
        assert!(Witness::read(folder.path()).unwrap_err().contains("witness file is cut off"));
    }
}
