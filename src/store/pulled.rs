//! Pulled: about how much an engine has read from disk, told from the keys that it was asked for.
//!
//! The engine reads a page at a time, eight to sixteen values that follow each other, and keeps it.

use super::tree::TreeId;
use super::{Store, lock};
use crate::error::Result;
use std::collections::BTreeSet;

/// The engine keeps every page that was read, whatever cache it was given: above so many times that cache it is opened anew.
const PULLED: u64 = 6;

/// Values of a page, at the least.
const VALUES: u64 = 8;
/// Smaller values are of no weight.
const SMALL: usize = 1 << 10;

/// The pages that were read, and their bytes.
#[derive(Debug, Default)]
pub(super) struct Pulled {
    pages: BTreeSet<(TreeId, u64)>,
    bytes: u64,
}

impl Pulled {
    /// About how many bytes were read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds a value that was read. Keys of large values are a number, and in runs a position behind it.
    pub fn add(&mut self, tree: TreeId, key: &[u8], bytes: usize) {
        if bytes < SMALL {
            return;
        }
        let number = key.first_chunk().map_or(0, |number| u64::from(u32::from_be_bytes(*number)));
        let at = key.get(4..6).and_then(|at| at.try_into().ok()).map_or(0, |at| u64::from(u16::from_be_bytes(at)));
        // Runs of one value stand beside their neighbours, longer ones beside themselves.
        let page = if at == 0 { number / VALUES } else { (1 << 63) | (number << 16) | (at / VALUES) };
        if self.pages.insert((tree, page)) {
            self.bytes += bytes as u64 * VALUES;
        }
    }
}

impl Store {
    /// Closes an engine that has read more than it may keep; the next use opens it again, which takes a sealed one some
    /// milliseconds. One that is written to keeps what it has until it is sealed.
    pub(super) fn make_room(&self) -> Result<()> {
        self.make_room_above(self.cache.saturating_mul(PULLED))
    }

    /// The same for one that has read more than `most` bytes.
    pub fn make_room_above(&self, most: u64) -> Result<()> {
        if lock(&self.pulled).bytes() <= most || self.is_foreign() || !lock(&self.witness).sealed {
            return Ok(());
        }
        let mut engine = self.engine_for_writing();
        let mut pulled = lock(&self.pulled);
        if pulled.bytes() > most && lock(&self.witness).sealed {
            *pulled = Pulled::default();
            if let Some(open) = engine.take() {
                open.close().map_err(|t| self.trouble("close", t))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::Key;
    use super::*;

    #[test]
    fn a_page_counts_once() {
        let mut pulled = Pulled::default();
        let mut read = |number: u32, at: u16, bytes: usize| {
            pulled.add(TreeId::Texts, &(number, at).key_bytes(), bytes);
            pulled.bytes()
        };
        assert_eq!(read(0, 0, 10), 0, "small");
        assert_eq!(read(0, 0, 16 << 10), 128 << 10);
        assert_eq!(read(7, 0, 16 << 10), 128 << 10, "the same page");
        assert_eq!(read(8, 0, 16 << 10), 256 << 10);
        assert_eq!(read(8, 9, 16 << 10), 384 << 10, "a long run has pages of its own");
        assert_eq!(read(8, 15, 16 << 10), 384 << 10);
    }
}
