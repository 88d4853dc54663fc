//! What it costs to wait for a grace period at every registration, and what it costs not to.
//!
//! A deterministic time line of one updater and one SRCU domain. Registrations come one after the other; each copies the
//! array of I/O ranges, publishes the copy, and then either waits or queues a callback that frees the old array. Times
//! are whole nanoseconds, so nothing is rounded.
//!
//! - [`policy`]: what the updater does with the array that it has replaced: as it was, as it is, and what was proposed.
//! - [`case`]: the workloads that somebody has measured. They differ, and so do their figures.
//! - [`figures`]: the figures, each with its source or how it is computed.
//! - [`domain`]: the SRCU domain: expedited and normal grace periods, the jiffy's delay, the hold-off, readers.
//!
//! What is left out, so that it can be followed: how often a grace period looks again while a reader is inside, and the
//! delay with which callbacks run after a normal one; the CPU time of callbacks; other users of the domain.

pub mod case;
mod domain;
pub mod figures;
pub mod policy;
mod simulate;

pub use case::{Case, Sections, Workload};
pub use figures::{FIGURES, Figure, Origin, Times};
pub use policy::Policy;
pub use simulate::simulate;

/// A time or a duration, in nanoseconds.
pub type Nanos = u64;

/// Most registrations of a time line: KVM's limit for devices on a bus (`NR_IOBUS_DEVS`, FACTS §3).
pub const MOST: usize = 1000;

/// What an updater is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    /// The registration of a device, by number from 0.
    Register(usize),
    /// `KVM_CREATE_VCPU`, the first one. On x86 it changes a memory slot, which waits.
    CreateVcpu,
    /// `KVM_SET_USER_MEMORY_REGION`, which waits.
    SetMemory,
    /// A device is taken away.
    Unregister,
}

impl Task {
    /// As it is called in a sentence.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Task::Register(device) => format!("registration {}", device + 1),
            Task::CreateVcpu => "the first KVM_CREATE_VCPU".to_owned(),
            Task::SetMemory => "KVM_SET_USER_MEMORY_REGION".to_owned(),
            Task::Unregister => "unregistering".to_owned(),
        }
    }
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
    /// Somebody asked for it to be expedited before it started.
    pub expedited: bool,
    /// When it starts: who asks for one from now on gets the next.
    pub starts: Nanos,
    /// When its worker begins to look for readers: at once, or when the timer fires.
    pub worker: Nanos,
    /// When it ends.
    pub ends: Nanos,
}

/// An array that was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Retired {
    /// The operation that replaced it, in [`TimeLine::operations`].
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
    /// A grace period starts; an index into [`TimeLine::periods`].
    Start(usize),
    /// The timer fires, and its worker begins. A grace period that is not delayed has no such event.
    Worker(usize),
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

    /// The operation that comes after the registrations, if there is one.
    #[must_use]
    pub fn later(&self) -> Option<&Operation> {
        let other = |op: &&Operation| !matches!(op.task, Task::Register(_));
        self.operations.iter().find(other)
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

    /// From the beginning to the return of the last registration, pauses included.
    #[must_use]
    pub fn span(&self) -> Nanos {
        self.registrations().last().map_or(0, |op| op.returns)
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
