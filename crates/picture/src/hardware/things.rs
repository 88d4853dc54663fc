//! The hardware, as plain data: store buffers, memory, slots and objects, read-side sections and
//! grace periods. What can ever be there is there from the start, so that nothing needs to move
//! when something happens.

use machine::StepName;

use super::TreeView;

/// A store and how far it has come, where stores reach each CPU separately.
#[derive(Clone, Debug, PartialEq)]
pub struct StoreView {
    /// "flag = 1".
    pub text: String,
    /// The CPU that stores it.
    pub by: String,
    /// Its line.
    pub number: u32,
    /// It has left its CPU.
    pub sent: bool,
    /// It will not happen: its arm is not taken, or the atomic has failed.
    pub gone: bool,
    /// By CPU, the callbacks' workers left out.
    pub arrivals: Vec<Arrival>,
}

/// A store as one CPU sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// The CPU.
    pub cpu: String,
    /// How far it is.
    pub state: ArrivalState,
    /// The step that brings it there, when it may happen now.
    pub step: Option<StepName>,
}

/// See [`Arrival`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrivalState {
    /// The CPU is the one that stores it.
    Own,
    /// The CPU reads that location nowhere.
    NeverReads,
    /// It has not left its own CPU.
    NotSent,
    /// It has left its own CPU, and has not come.
    OnItsWay,
    /// It, or a newer one, is there, or the CPU has no more use for it.
    Has,
}

impl ArrivalState {
    /// In words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            ArrivalState::Own => "its own",
            ArrivalState::NeverReads => "never reads it",
            ArrivalState::NotSent => "not sent yet",
            ArrivalState::OnItsWay => "not there yet",
            ArrivalState::Has => "has it",
        }
    }
}

/// Who wrote a value that is in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct WrittenView {
    /// "VMM, line 4".
    pub by: String,
    /// The step that took it to memory.
    pub step: StepName,
    /// The place of that step in [`session::View::steps`].
    pub at: Option<usize>,
    /// It is the last step.
    pub fresh: bool,
}

/// A location of memory.
#[derive(Clone, Debug, PartialEq)]
pub struct CellView {
    /// The variable, or the field.
    pub name: String,
    /// The location's name, which no other has: "bus v1's dev_count".
    pub loc: String,
    /// Its value: a number, or the object or variable that it points to.
    pub value: String,
    /// Who wrote it; none while it has its first value.
    pub written: Option<WrittenView>,
    /// A bad outcome that the run has come to rests on it.
    pub outcome: bool,
}

/// A slot of the bus array.
#[derive(Clone, Debug, PartialEq)]
pub struct SlotView {
    /// `kvm->buses[KVM_MMIO_BUS]`.
    pub label: String,
    /// What it holds.
    pub cell: CellView,
    /// The object that it points to.
    pub object: Option<usize>,
}

/// The life of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ObjectState {
    /// It is allocated, and no slot points to it yet.
    Allocated,
    /// A slot points to it.
    Published,
    /// No slot points to it any more.
    Retired,
    /// It is freed.
    Freed,
}

impl ObjectState {
    /// Its whole life, in order.
    pub const ALL: [ObjectState; 4] = [
        ObjectState::Allocated,
        ObjectState::Published,
        ObjectState::Retired,
        ObjectState::Freed,
    ];

    /// "published".
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            ObjectState::Allocated => "allocated",
            ObjectState::Published => "published",
            ObjectState::Retired => "retired",
            ObjectState::Freed => "freed",
        }
    }

    /// The CSS class: `obj-retired`.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            ObjectState::Allocated => "obj-allocated",
            ObjectState::Published => "obj-published",
            ObjectState::Retired => "obj-retired",
            ObjectState::Freed => "obj-freed",
        }
    }
}

/// A heap object.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectView {
    /// "bus v1".
    pub label: String,
    /// The variable.
    pub name: String,
    /// Its fields; "not initialised" is the value where nothing was ever stored.
    pub fields: Vec<CellView>,
    /// Its life.
    pub state: ObjectState,
    /// Who freed it.
    pub freed: Option<WrittenView>,
    /// A CPU holds a pointer to it, or a slot does.
    pub reachable: bool,
}

/// A register that can point to an object.
#[derive(Clone, Debug, PartialEq)]
pub struct PointerView {
    /// The CPU.
    pub cpu: usize,
    /// "vCPU 0: bus".
    pub label: String,
    /// The object; none while it holds no pointer to one.
    pub object: Option<usize>,
    /// No slot points to the object any more.
    pub stale: bool,
    /// The name of the location from which the last step has just loaded it.
    pub loaded: Option<String>,
}

/// Read-side sections and grace periods.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SrcuView {
    /// RCU, if the test uses it, and each SRCU domain.
    pub domains: Vec<DomainView>,
    /// Tree SRCU, where the test writes it out.
    pub tree: Option<TreeView>,
}

/// One domain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainView {
    /// "RCU", or the name of the `srcu_struct`.
    pub name: String,
    /// All read-side sections of the test.
    pub sections: Vec<SectionView>,
    /// All grace periods of the test, those of callbacks included.
    pub grace_periods: Vec<GraceView>,
    /// Callbacks of `call_srcu`.
    pub callbacks: Vec<CallbackView>,
}

impl DomainView {
    /// The sections that are open.
    pub fn inside(&self) -> impl Iterator<Item = &SectionView> {
        let open = |section: &&SectionView| section.state == SectionState::Inside;
        self.sections.iter().filter(open)
    }

    /// The grace periods that have started and not ended.
    pub fn running(&self) -> impl Iterator<Item = &GraceView> {
        let runs = |period: &&GraceView| period.state == GraceState::Running;
        self.grace_periods.iter().filter(runs)
    }
}

/// How far a section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SectionState {
    /// Not entered.
    Outside,
    /// Entered and not left.
    Inside,
    /// Left.
    Left,
}

impl SectionState {
    /// "inside".
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            SectionState::Outside => "not entered",
            SectionState::Inside => "inside",
            SectionState::Left => "left",
        }
    }

    /// The CSS class.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            SectionState::Outside => "outside",
            SectionState::Inside => "inside",
            SectionState::Left => "left",
        }
    }
}

/// A read-side section.
#[derive(Clone, Debug, PartialEq)]
pub struct SectionView {
    /// The CPU.
    pub cpu: usize,
    /// "vCPU 0".
    pub name: String,
    /// The line of the lock.
    pub number: u32,
    /// How far it is.
    pub state: SectionState,
    /// A grace period that runs waits for it.
    pub awaited: bool,
}

/// How far a grace period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GraceState {
    /// Not started.
    NotStarted,
    /// Started and not ended.
    Running,
    /// Ended.
    Over,
}

/// A grace period.
#[derive(Clone, Debug, PartialEq)]
pub struct GraceView {
    /// The CPU that waits for it.
    pub cpu: usize,
    /// It is a callback's.
    pub callback: bool,
    /// The line that waits.
    pub number: u32,
    /// How far it is.
    pub state: GraceState,
    /// The open sections that it waits for, in [`DomainView::sections`]; none when it may end.
    pub sections: Vec<usize>,
    /// "VMM's grace period waits for vCPU 0".
    pub text: String,
    /// The same where it is clear whose it is: "waits for vCPU 0, line 41".
    pub short: String,
}

/// How far a callback is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallbackState {
    /// `call_srcu()` has not reached the worker.
    NotQueued,
    /// It is queued.
    Queued,
    /// Its grace period runs.
    Waiting,
    /// The grace period is over.
    Ready,
    /// It has freed its object.
    Done,
}

impl CallbackState {
    /// "queued".
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            CallbackState::NotQueued => "not queued",
            CallbackState::Queued => "queued",
            CallbackState::Waiting => "waits for its grace period",
            CallbackState::Ready => "ready to run",
            CallbackState::Done => "done",
        }
    }
}

/// A callback of `call_srcu`.
#[derive(Clone, Debug, PartialEq)]
pub struct CallbackView {
    /// The worker's CPU.
    pub cpu: usize,
    /// What it frees, as far as that is known.
    pub object: Option<String>,
    /// How far it is.
    pub state: CallbackState,
    /// Who queued it.
    pub queued: Option<WrittenView>,
}
