//! What an event is: the sets that the models speak of, as bits.

/// A set of tags.
pub type Tags = u64;

macro_rules! tags {
    ($($(#[$doc:meta])* $name:ident = $bit:literal $text:literal;)*) => {
        $($(#[$doc])* pub const $name: Tags = 1 << $bit;)*
        /// Every tag with its name in the models.
        pub const NAMES: &[(&str, Tags)] = &[$(($text, $name)),*];
    };
}

tags! {
    /// A read, of a lock too.
    R = 0 "R";
    /// A write, of a lock too.
    W = 1 "W";
    /// The initial write of a location.
    IW = 2 "IW";
    /// A plain C access.
    PLAIN = 3 "Plain";
    /// Everything but plain accesses.
    MARKED = 4 "Marked";
    /// An acquire read.
    ACQUIRE = 5 "Acquire";
    /// A release write.
    RELEASE = 6 "Release";
    /// `smp_mb()`, or an access of a fully ordered atomic that succeeded.
    MB = 7 "Mb";
    /// The read of an atomic that gives nothing back: `smp_rmb()` does not order it.
    NORETURN = 8 "Noreturn";
    /// An access of an atomic, also of one that failed.
    RMW = 9 "RMW";
    /// `smp_rmb()`.
    RMB = 10 "Rmb";
    /// `smp_wmb()`.
    WMB = 11 "Wmb";
    /// `smp_mb__before_atomic()`.
    BEFORE_ATOMIC = 12 "Before-atomic";
    /// `smp_mb__after_atomic()`.
    AFTER_ATOMIC = 13 "After-atomic";
    /// `smp_mb__after_spinlock()`.
    AFTER_SPINLOCK = 14 "After-spinlock";
    /// `smp_mb__after_unlock_lock()`.
    AFTER_UNLOCK_LOCK = 15 "After-unlock-lock";
    /// `smp_mb__after_srcu_read_unlock()`.
    AFTER_SRCU_READ_UNLOCK = 16 "After-srcu-read-unlock";
    /// `barrier()`: the compiler only.
    COMPILER = 17 "Compiler";
    /// A fence that is a full one to hardware.
    FULL = 18 "Full";
    /// The read of a lock that is taken.
    LKR = 19 "LKR";
    /// The write of a lock that is taken.
    LKW = 20 "LKW";
    /// An unlock.
    UL = 21 "UL";
    /// A failed `spin_trylock()`.
    LF = 22 "LF";
    /// `spin_is_locked()` that finds it locked.
    RL = 23 "RL";
    /// `spin_is_locked()` that finds it free.
    RU = 24 "RU";
    /// `rcu_read_lock()`.
    RCU_LOCK = 25 "Rcu-lock";
    /// `rcu_read_unlock()`.
    RCU_UNLOCK = 26 "Rcu-unlock";
    /// `synchronize_rcu()`.
    SYNC_RCU = 27 "Sync-rcu";
    /// `srcu_read_lock()`.
    SRCU_LOCK = 28 "Srcu-lock";
    /// `srcu_read_unlock()`.
    SRCU_UNLOCK = 29 "Srcu-unlock";
    /// `synchronize_srcu()`.
    SYNC_SRCU = 30 "Sync-srcu";
    /// An access of an atomic that hardware does as one: the set At of the models of x86.
    ATOMIC = 31 "Atomic";
    /// An unlock of what is not locked.
    UNMATCHED_UNLOCK = 32 "Unmatched-unlock";
    /// A lock event whose lock the condition names.
    FINAL_LOCK = 33 "Final-lock";
}

/// Reads and writes.
pub const M: Tags = R | W;
/// Lock events and SRCU events: nothing else may touch their location.
pub const LOCKS: Tags = LKR | LKW | UL | LF | RL | RU | SRCU_LOCK | SRCU_UNLOCK | SYNC_SRCU;

/// The events that have a tag of this name.
#[must_use]
pub fn by_name(name: &str) -> Option<Tags> {
    match name {
        "M" => Some(M),
        "Locks" => Some(LOCKS),
        _ => NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, tag)| *tag),
    }
}
