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
    table: HashTable<StateId>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl StateTable {
    /// The number of `state`, and whether it is new.
    pub fn insert(&mut self, state: &[u8]) -> (StateId, bool) {
        let hash = hash(state);
        let (bytes, ends) = (&self.bytes, &self.ends);
        if let Some(id) = self.table.find(hash, |id| slice(bytes, ends, *id) == state) {
            return (*id, false);
        }
        let id = self.ends.len() as StateId;
        self.bytes.extend_from_slice(state);
        self.ends.push(self.bytes.len());
        let (bytes, ends) = (&self.bytes, &self.ends);
        self.table
            .insert_unique(hash, id, |id| self::hash(slice(bytes, ends, *id)));
        (id, true)
    }

    /// A stored state.
    #[must_use]
    pub fn get(&self, id: StateId) -> &[u8] {
        slice(&self.bytes, &self.ends, id)
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
            + self.table.capacity() * (size_of::<StateId>() + 1)
    }
}

fn slice<'a>(bytes: &'a [u8], ends: &[usize], id: StateId) -> &'a [u8] {
    let id = id as usize;
    let start = if id == 0 { 0 } else { ends[id - 1] };
    &bytes[start..ends[id]]
}

fn hash(state: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(state);
    hasher.finish()
}
