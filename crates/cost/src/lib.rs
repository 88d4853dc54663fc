//! What it costs to wait for a grace period at every registration, and what it costs not to.
//!
//! A deterministic time line of one updater and one SRCU domain. Registrations come one after the other; each copies the
//! array of I/O ranges, publishes the copy, and then either waits or queues a callback that frees the old array. Times
//! are whole nanoseconds, so nothing is rounded.
//!
//! What is left out, so that it can be followed: readers, who could make a grace period longer; the CPU time of callbacks;
//! other users of the domain.

mod figures;
mod simulate;

pub use figures::{FIGURES, Figure, Origin, Times};
pub use simulate::simulate;

/// A time or a duration, in nanoseconds.
pub type Nanos = u64;

/// Most registrations of a time line: KVM's limit for devices on a bus (`NR_IOBUS_DEVS`, FACTS §3).
pub const MOST: usize = 1000;

/// What an updater does with the array that it has replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// `synchronize_srcu_expedited()`, then free: as before the series.
    Wait,
    /// `call_srcu()`: as after it.
    Callback,
    /// The same, and then one operation that waits: what it then finds.
    CallbackThenWait,
}

impl Policy {
    /// All of them.
    pub const ALL: [Policy; 3] = [Policy::Wait, Policy::Callback, Policy::CallbackThenWait];

    /// "synchronize_srcu_expedited()".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Policy::Wait => "synchronize_srcu_expedited()",
            Policy::Callback => "call_srcu()",
            Policy::CallbackThenWait => "call_srcu(), then a wait",
        }
    }
}

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Workload {
    /// How many devices are registered; [`MOST`] at most.
    pub registrations: usize,
    /// From one operation's return to the next one's beginning.
    pub pause: Nanos,
}

/// What an updater is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    /// The registration of a device, by number from 0.
    Register(usize),
    /// An operation that waits for an expedited grace period and does nothing else.
    Wait,
}

/// An operation of the updater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operation {
    /// What it is.
    pub task: Task,
    /// When it is called.
    pub begins: Nanos,
    /// When it returns.
    pub returns: Nanos,
    /// How much of it was waiting for grace periods.
    pub waited: Nanos,
}

impl Operation {
    /// From call to return.
    #[must_use]
    pub fn latency(&self) -> Nanos {
        self.returns - self.begins
    }
}

/// A grace period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// Somebody has asked for it to be expedited.
    pub expedited: bool,
    /// When it starts.
    pub starts: Nanos,
    /// When it ends.
    pub ends: Nanos,
}

/// An array that was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Retired {
    /// The registration that replaced it.
    pub by: usize,
    /// When: from now on no new reader finds it.
    pub at: Nanos,
    /// The grace period after which it is freed, in [`TimeLine::periods`].
    pub period: usize,
    /// When it is freed.
    pub freed: Nanos,
    /// Its size in bytes.
    pub bytes: usize,
    /// A callback frees it.
    pub callback: bool,
}

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// An operation is called; an index into [`TimeLine::operations`].
    Begin(usize),
    /// An array is replaced and its callback queued, or the wait begins; an index into [`TimeLine::retired`].
    Retire(usize),
    /// A grace period starts.
    Start(usize),
    /// It ends.
    End(usize),
    /// An array is freed.
    Free(usize),
    /// An operation returns.
    Return(usize),
}

/// When what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Event {
    /// When.
    pub at: Nanos,
    /// What.
    pub what: What,
}

/// All that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeLine {
    /// What the updater does with what it replaces.
    pub policy: Policy,
    /// Its operations, in order.
    pub operations: Vec<Operation>,
    /// The domain's grace periods, in order.
    pub periods: Vec<Period>,
    /// The arrays, in the order in which they are replaced.
    pub retired: Vec<Retired>,
    /// Everything, in order; what happens at one time in the order in which it causes each other.
    pub events: Vec<Event>,
}

impl TimeLine {
    /// The operations that register something.
    pub fn registrations(&self) -> impl Iterator<Item = &Operation> {
        let registers = |op: &&Operation| matches!(op.task, Task::Register(_));
        self.operations.iter().filter(registers)
    }

    /// The operation that only waits, if there is one.
    #[must_use]
    pub fn later_wait(&self) -> Option<&Operation> {
        self.operations.iter().find(|op| op.task == Task::Wait)
    }

    /// The longest registration.
    #[must_use]
    pub fn longest(&self) -> Nanos {
        self.registrations()
            .map(Operation::latency)
            .max()
            .unwrap_or(0)
    }

    /// All registrations together, pauses left out.
    #[must_use]
    pub fn total(&self) -> Nanos {
        self.registrations().map(Operation::latency).sum()
    }

    /// Of that, waiting.
    #[must_use]
    pub fn waited(&self) -> Nanos {
        self.registrations().map(|op| op.waited).sum()
    }

    /// Most arrays that are retired and not freed at one time, and most bytes of them.
    #[must_use]
    pub fn peak(&self) -> (usize, usize) {
        let (mut arrays, mut bytes) = (0_usize, 0_usize);
        let mut peak = (0, 0);
        for event in &self.events {
            match event.what {
                What::Retire(n) => {
                    arrays += 1;
                    bytes += self.retired.get(n).map_or(0, |r| r.bytes);
                }
                What::Free(n) => {
                    arrays = arrays.saturating_sub(1);
                    bytes = bytes.saturating_sub(self.retired.get(n).map_or(0, |r| r.bytes));
                }
                _ => {}
            }
            peak = (peak.0.max(arrays), peak.1.max(bytes));
        }
        peak
    }
}
