//! Why a line cannot happen now.

use crate::model::Why;
use crate::state::Source;

/// Why an event is not offered. Instructions are of the same CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A rule of the model: it waits for this instruction.
    Rule {
        /// The rule's reason.
        why: Why,
        /// The instruction that it waits for.
        on: u8,
    },
    /// The address needs the value of this load.
    Address {
        /// The load, when one can be named.
        on: Option<u8>,
    },
    /// The value to be stored needs the value of this load.
    Data {
        /// The load, when one can be named.
        on: Option<u8>,
    },
    /// It is known only when this branch is resolved whether it happens.
    Branch {
        /// The branch.
        branch: u8,
    },
    /// The address of this earlier access is not known: it could be the same location.
    AddressOf {
        /// The access.
        on: u8,
    },
    /// It would read this store, whose value is not known.
    Forward {
        /// The store.
        on: u8,
    },
    /// A CPU holds the spinlock.
    LockHeld {
        /// The location of the lock.
        loc: u16,
    },
    /// Another CPU is between the read and the write of an atomic there.
    Reserved {
        /// That CPU.
        cpu: u8,
    },
    /// The grace period waits for these sections (bits).
    Readers {
        /// The sections.
        sections: u64,
    },
    /// It waits for the callback of this worker.
    Callback {
        /// The worker's CPU.
        worker: u8,
    },
    /// The worker waits until a callback is queued.
    NotQueued,
    /// The CPU went on as if this atomic failed, but it would succeed now.
    WouldSucceed,
    /// A fence waits until this store, which its CPU has seen, has reached every CPU. The
    /// store is a place in arrays over all instructions.
    Spread {
        /// The store.
        store: Source,
    },
    /// A store reaches that CPU only after this one has.
    Behind {
        /// The store that comes first.
        store: Source,
    },
    /// An atomic stores only on top of the newest value, which has not reached its CPU yet.
    NotNewest {
        /// The location.
        loc: u16,
    },
    /// It stands in an arm that is not taken.
    NotTaken {
        /// The branch.
        branch: u8,
    },
    /// It has happened.
    Done,
}
