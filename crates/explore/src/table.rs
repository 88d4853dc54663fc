//! A set of packed states: an open-addressing table of whole states, no
//! fingerprints, so that two states are never taken for one.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// The number of a stored state.
pub type StateId = u32;

/// See the module.
#[derive(Debug, Default)]
pub struct StateTable {
    table: HashTable<Entry>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// The hash stands beside the number: a table that grows need not read its states.
#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u32,
    id: StateId,
}

/// The hash of a packed state.
#[derive(Clone, Copy, Debug)]
pub struct Hash(u32);

impl Hash {
    /// Works it out.
    #[must_use]
    pub fn of(state: &[u8]) -> Hash {
        let mut hasher = FxHasher::default();
        hasher.write(state);
        let hash = hasher.finish();
        Hash((hash ^ (hash >> 32)) as u32)
    }
}

/// The table takes the lowest bits for the place and the highest for a first look.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

impl StateTable {
    /// The number of `state`, and whether it is new.
    pub fn insert(&mut self, state: &[u8]) -> (StateId, bool) {
        self.insert_hashed(Hash::of(state), state)
    }

    /// [`StateTable::insert`], for one whose hash is known.
    pub fn insert_hashed(&mut self, hash: Hash, state: &[u8]) -> (StateId, bool) {
        if let Some(id) = self.find(hash, state) {
            return (id, false);
        }
        let id = self.ends.len() as StateId;
        self.bytes.extend_from_slice(state);
        self.ends.push(self.bytes.len());
        let entry = Entry { hash: hash.0, id };
        self.table
            .insert_unique(spread(hash.0), entry, |entry| spread(entry.hash));
        (id, true)
    }

    /// The number of `state`, if it is stored.
    #[must_use]
    pub fn find(&self, hash: Hash, state: &[u8]) -> Option<StateId> {
        let same = |entry: &Entry| entry.hash == hash.0 && self.get(entry.id) == state;
        self.table.find(spread(hash.0), same).map(|entry| entry.id)
    }

    /// A stored state.
    #[must_use]
    pub fn get(&self, id: StateId) -> &[u8] {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.bytes[start..self.ends[id]]
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// None yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Memory that it holds, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.bytes.capacity()
            + self.ends.capacity() * size_of::<usize>()
            + self.table.capacity() * (size_of::<Entry>() + 1)
    }
}
