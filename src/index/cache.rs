//! Cache: decoded columns and texts, bounded in bytes; what was not used longest goes first.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A bounded store of decoded things.
#[derive(Debug)]
pub struct Cache<K, V> {
    limit: usize,
    inner: Mutex<Inner<K, V>>,
}

#[derive(Debug)]
struct Inner<K, V> {
    bytes: usize,
    clock: u64,
    things: BTreeMap<K, Thing<V>>,
    by_use: BTreeMap<u64, K>,
}

#[derive(Debug)]
struct Thing<V> {
    value: Arc<V>,
    bytes: usize,
    used: u64,
}

impl<K: Ord + Clone, V> Cache<K, V> {
    /// A cache of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        let inner = Inner { bytes: 0, clock: 0, things: BTreeMap::new(), by_use: BTreeMap::new() };
        Self { limit, inner: Mutex::new(inner) }
    }

    /// The thing of a key, made by `make` (which tells its bytes) where it is not here. Two callers may make it at once.
    pub fn get<E>(&self, key: &K, make: impl FnOnce() -> Result<(V, usize), E>) -> Result<Arc<V>, E> {
        if let Some(found) = self.with(|inner| inner.find(key)) {
            return Ok(found);
        }
        let (value, bytes) = make()?;
        let value = Arc::new(value);
        // What alone would fill half of it pushes too much out.
        if bytes <= self.limit / 2 {
            self.with(|inner| inner.insert(key, &value, bytes, self.limit));
        }
        Ok(value)
    }

    /// Bytes of what is here.
    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        self.with(|inner| inner.bytes)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Inner<K, V>) -> T) -> T {
        work(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<K: Ord + Clone, V> Inner<K, V> {
    fn find(&mut self, key: &K) -> Option<Arc<V>> {
        let thing = self.things.get_mut(key)?;
        self.by_use.remove(&thing.used);
        self.clock += 1;
        thing.used = self.clock;
        self.by_use.insert(self.clock, key.clone());
        Some(Arc::clone(&thing.value))
    }

    fn insert(&mut self, key: &K, value: &Arc<V>, bytes: usize, limit: usize) {
        self.remove(key);
        while self.bytes + bytes > limit {
            let Some((_, oldest)) = self.by_use.pop_first() else { break };
            self.remove(&oldest);
        }
        self.clock += 1;
        self.bytes += bytes;
        self.by_use.insert(self.clock, key.clone());
        self.things.insert(key.clone(), Thing { value: Arc::clone(value), bytes, used: self.clock });
    }

    fn remove(&mut self, key: &K) {
        if let Some(thing) = self.things.remove(key) {
            self.by_use.remove(&thing.used);
            self.bytes -= thing.bytes;
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
