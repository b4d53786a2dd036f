//! Cache: decoded columns and texts, bounded in bytes; what was not used longest goes first.
//!
//! Finding a thing takes no lock from others who find things; only what comes or goes does.

use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// A bounded store of decoded things.
#[derive(Debug)]
pub struct Cache<K, V> {
    limit: usize,
    clock: AtomicU64,
    inner: RwLock<Inner<K, V>>,
}

#[derive(Debug)]
struct Inner<K, V> {
    bytes: usize,
    /// Asked some hundred times a question: an ordered map would be half the time of a count.
    things: HashMap<K, Thing<V>, FixedState>,
}

#[derive(Debug)]
struct Thing<V> {
    value: Arc<V>,
    bytes: usize,
    used: AtomicU64,
}

impl<K: Ord + Hash + Clone, V> Cache<K, V> {
    /// A cache of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        let inner = Inner { bytes: 0, things: HashMap::default() };
        Self { limit, clock: AtomicU64::new(1), inner: RwLock::new(inner) }
    }

    /// The thing of a key, where it is here.
    pub fn find(&self, key: &K) -> Option<Arc<V>> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let thing = inner.things.get(key)?;
        // Only the order of uses matters, and between two at the same time it does not.
        thing.used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Some(Arc::clone(&thing.value))
    }

    /// The thing of a key, made by `make` (which tells its bytes) where it is not here. Two callers may make it at once.
    pub fn get<E>(&self, key: &K, make: impl FnOnce() -> Result<(V, usize), E>) -> Result<Arc<V>, E> {
        if let Some(found) = self.find(key) {
            return Ok(found);
        }
        let (value, bytes) = make()?;
        let value = Arc::new(value);
        // What alone would fill half of it pushes too much out.
        if bytes <= self.limit / 2 {
            let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
            inner.make_room(bytes, self.limit);
            let used = AtomicU64::new(self.clock.fetch_add(1, Ordering::Relaxed));
            let thing = Thing { value: Arc::clone(&value), bytes, used };
            inner.bytes += bytes;
            if let Some(twice) = inner.things.insert(key.clone(), thing) {
                inner.bytes -= twice.bytes;
            }
        }
        Ok(value)
    }

    /// True where the thing of a key is here.
    pub fn holds(&self, key: &K) -> bool {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).things.contains_key(key)
    }

    /// Bytes of what is here.
    pub fn bytes(&self) -> usize {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).bytes
    }
}

impl<K: Ord + Hash + Clone, V> Inner<K, V> {
    /// Lets the oldest go until there is room, and then some more, so that it is not done for each that comes.
    fn make_room(&mut self, bytes: usize, limit: usize) {
        if self.bytes + bytes <= limit {
            return;
        }
        let mut by_use: Vec<(u64, K)> =
            self.things.iter().map(|(key, thing)| (thing.used.load(Ordering::Relaxed), key.clone())).collect();
        by_use.sort_unstable();
        for (_, oldest) in by_use {
            if self.bytes + bytes <= limit - limit / 8 {
                break;
            }
            if let Some(thing) = self.things.remove(&oldest) {
                self.bytes -= thing.bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_stays() {
        let cache = Cache::new(10);
        let get = |key: u32| *cache.get(&key, || Ok::<_, ()>((key, 4))).unwrap();
        assert_eq!((get(1), get(2), get(1), get(3)), (1, 2, 1, 3));
        assert_eq!(cache.bytes(), 8);
        assert_eq!(cache.get(&1, || Err(())).map(|v| *v), Ok(1), "1 was used after 2");
        assert_eq!(cache.get(&2, || Err(())), Err(()), "2 made room for 3");
        assert_eq!(cache.get(&9, || Ok::<_, ()>((9, 6))).map(|v| *v), Ok(9));
        assert_eq!(cache.get(&9, || Err(())), Err(()), "too large to keep");
    }
}
