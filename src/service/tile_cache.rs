//! Compressed tiles kept in memory, bounded by their bytes.

use std::collections::HashMap;
use std::hash::Hash;
use std::mem;

/// What is kept, in two generations: when the young one holds half of the limit it becomes the old
/// one, and what was old and not asked for since is forgotten. Each step is cheap, and the bytes
/// never exceed the limit.
#[derive(Debug)]
pub(super) struct TileCache<K, V> {
    half_bytes: usize,
    young: HashMap<K, (V, usize)>,
    young_bytes: usize,
    old: HashMap<K, (V, usize)>,
}

/// What an entry costs beside its body: key, tables, the counters of shared ownership.
const ENTRY_BYTES: usize = 160;

impl<K: Eq + Hash + Clone, V: Clone> TileCache<K, V> {
    /// An empty cache that holds no more than `limit_bytes`.
    pub(super) fn new(limit_bytes: usize) -> Self {
        Self {
            half_bytes: limit_bytes / 2,
            young: HashMap::new(),
            young_bytes: 0,
            old: HashMap::new(),
        }
    }

    pub(super) fn get(&mut self, key: &K) -> Option<V> {
        if let Some((value, _)) = self.young.get(key) {
            return Some(value.clone());
        }
        let (value, body_bytes) = self.old.remove(key)?;
        self.insert(key.clone(), value.clone(), body_bytes);
        Some(value)
    }

    /// Keeps a value of so many bytes; one larger than half of the limit is not kept.
    pub(super) fn insert(&mut self, key: K, value: V, body_bytes: usize) {
        let cost = body_bytes + ENTRY_BYTES;
        if cost > self.half_bytes {
            return;
        }
        if self.young_bytes + cost > self.half_bytes {
            self.old = mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.old.remove(&key);
        if let Some((_, before)) = self.young.insert(key, (value, body_bytes)) {
            self.young_bytes -= before + ENTRY_BYTES;
        }
        self.young_bytes += cost;
    }

    /// Forgets what does not hold any more.
    pub(super) fn retain(&mut self, still_holds: impl Fn(&K) -> bool) {
        self.old.retain(|key, _| still_holds(key));
        self.young.retain(|key, _| still_holds(key));
        self.young_bytes = self
            .young
            .values()
            .map(|(_, bytes)| bytes + ENTRY_BYTES)
            .sum();
    }

    #[cfg(test)]
    fn bytes(&self) -> usize {
        self.young
            .values()
            .chain(self.old.values())
            .map(|(_, bytes)| bytes + ENTRY_BYTES)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_limit_holds() {
        let limit = 20 * (1000 + ENTRY_BYTES);
        let mut cache = TileCache::new(limit);
        for key in 0..1000 {
            cache.insert(key, key, 1000);
            assert_eq!(cache.get(&0), Some(0), "asked for in every round, at {key}");
            assert!(cache.bytes() <= limit, "{} at {key}", cache.bytes());
        }
        assert_eq!(cache.get(&1), None);
        assert_eq!(cache.get(&999), Some(999));
    }

    #[test]
    fn what_no_longer_holds_is_gone_and_its_bytes_are_free() {
        let mut cache = TileCache::new(100 * (1000 + ENTRY_BYTES));
        (0..40).for_each(|key| cache.insert(key, key, 1000));
        cache.retain(|key| key % 2 == 0);
        assert_eq!(cache.get(&1), None);
        assert_eq!(cache.get(&2), Some(2));
        assert_eq!(cache.young_bytes, cache.bytes());
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        let mut cache = TileCache::new(1000);
        cache.insert(1, (), 2000);
        assert_eq!(cache.get(&1), None);
    }
}
