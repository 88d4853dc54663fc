//! What a step did.

use litmus::ObjectId;

use crate::state::Source;

/// Something that a step did, for people. Instructions are places in arrays
/// over all instructions of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A load or atomic took its value.
    Got {
        /// From this location.
        loc: u16,
        /// This value.
        value: i64,
        /// Written by this store.
        source: Source,
        /// While it was still pending in this CPU.
        forwarded: bool,
    },
    /// A store went into the buffer.
    Buffered {
        /// For this location.
        loc: u16,
        /// With this value.
        value: i64,
    },
    /// A store reached memory.
    Stored {
        /// This location.
        loc: u16,
        /// This value.
        value: i64,
        /// What memory held before.
        before: i64,
    },
    /// A store that had left its CPU reached another one.
    Reached {
        /// The location.
        loc: u16,
        /// The value.
        value: i64,
        /// The CPU.
        to: u8,
    },
    /// A conditional atomic found something else and stored nothing.
    Failed,
    /// A branch was resolved.
    Resolved {
        /// Of this CPU.
        branch: u8,
        /// The first arm.
        taken: bool,
        /// The prediction was wrong.
        mispredicted: bool,
    },
    /// A load, or fence, has to be done again.
    Undone {
        /// This instruction of the step's CPU.
        at: u8,
        /// The branch whose prediction was wrong; none when an older access turned
        /// out to be of the same location.
        branch: Option<u8>,
    },
    /// The CPU is inside a section now.
    Entered {
        /// The section.
        section: u8,
    },
    /// The CPU has left it.
    Left {
        /// The section.
        section: u8,
    },
    /// An unlock whose cookie belongs to no section that is open.
    UnmatchedUnlock,
    /// An unlock of a lock that its CPU does not hold: the lock stays as it is.
    NotHeld {
        /// The lock.
        loc: u16,
    },
    /// A grace period started.
    Started {
        /// The sections that it waits for.
        sections: u64,
    },
    /// It used an object after it had been freed.
    UseAfterFree {
        /// The object.
        object: ObjectId,
    },
    /// It freed an object twice.
    DoubleFree {
        /// The object.
        object: ObjectId,
    },
    /// It found a field that nobody had initialised.
    Uninitialised {
        /// The location.
        loc: u16,
    },
    /// The pointer leads nowhere.
    Wild,
}

/// Where the effects of a step go.
pub trait Effects {
    /// One effect.
    fn add(&mut self, effect: Effect);
}

impl Effects for Vec<Effect> {
    fn add(&mut self, effect: Effect) {
        self.push(effect);
    }
}

/// Notes only whether speculation failed: a search drops such a state, since the
/// same state is reached without the speculation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet {
    /// Something was undone.
    pub undone: bool,
}

impl Effects for Quiet {
    fn add(&mut self, effect: Effect) {
        self.undone |= matches!(
            effect,
            Effect::Undone { .. }
                | Effect::Resolved {
                    mispredicted: true,
                    ..
                }
        );
    }
}
