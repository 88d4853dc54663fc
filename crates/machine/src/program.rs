//! A program compiled for the machine: flat lists of instructions, with what
//! each must wait for as bit masks.

use std::sync::Arc;

use litmus::{ObjectId, RegId, RmwOp, Span, Term, VarId};
use serde::{Deserialize, Serialize};

use crate::model::{ACTIONS, Action, Class, CpuModel, Rule, Until};
use crate::spread::Keep;
use crate::value::Arrays;

/// A set of instructions of one CPU, bit `i` for instruction `i`.
pub type Mask = u64;

/// Most instructions that a CPU can have: a [`Mask`] holds them.
pub const MAX_INSTRS: usize = 64;
/// Most branches of a CPU.
pub const MAX_BRANCHES: usize = 20;
/// Most CPUs, the workers of `call_srcu` included.
pub const MAX_CPUS: usize = 32;
/// Most read-side sections of a program.
pub const MAX_SECTIONS: usize = 64;

/// What SRCU's lock and unlock promise beyond the grace period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SrcuFlavour {
    /// Nothing: what the Linux-kernel memory model promises, and SRCU-fast does.
    #[default]
    Fast,
    /// Full barriers after the lock and before the unlock, as Tree SRCU has today.
    Tree,
}

impl SrcuFlavour {
    /// The name in links.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            SrcuFlavour::Fast => "fast",
            SrcuFlavour::Tree => "tree",
        }
    }

    /// The flavour with this name.
    #[must_use]
    pub fn by_id(id: &str) -> Option<Self> {
        match id {
            "fast" => Some(SrcuFlavour::Fast),
            "tree" => Some(SrcuFlavour::Tree),
            _ => None,
        }
    }
}

/// A compiled program.
#[derive(Debug)]
pub struct Program {
    /// The model it is compiled for.
    pub model: &'static CpuModel,
    /// The flavour of SRCU.
    pub flavour: SrcuFlavour,
    /// The threads, then a worker for each `call_srcu`.
    pub cpus: Vec<Code>,
    /// Memory: the test's variables (location = variable number), then freed
    /// flags and callback tokens.
    pub locs: Vec<Location>,
    /// Where elements of arrays are.
    pub arrays: Arrays,
    /// Objects, as in the test.
    pub objects: Vec<ObjectInfo>,
    /// Read-side sections, by lock instruction.
    pub sections: Vec<Section>,
    /// What the conditions ask about, and how to compute it at the end.
    pub terms: Vec<(Term, TermSource)>,
    /// Names of fields, for [`Ex::Field`].
    pub fields: Vec<String>,
    /// First entry of each CPU in arrays over all instructions.
    pub base: Vec<usize>,
    /// Number of instructions of all CPUs.
    pub instrs: usize,
    /// Some address is computed: loads remember which store they read, since
    /// they may have to be undone when an older address turns out the same.
    pub track_sources: bool,
    /// Some CPU has a branch.
    pub branches: bool,
    /// A run may compute what has no result, or load through a pointer that leads to no location.
    pub loose: bool,
    /// Locations that the terms ask for.
    pub observed_locs: Vec<bool>,
    /// By location: the CPUs that may read it, each with the loads that may. Empty unless
    /// the model propagates stores to each CPU separately.
    pub readers: Vec<Vec<(u8, Mask)>>,
    /// How long stores stay on the list of those underway. Empty as above.
    pub keep: Keep,
}

/// Where a term's final value comes from.
#[derive(Clone, Debug)]
pub enum TermSource {
    /// A register, as the thread's last assignment leaves it.
    Reg(u8, Ex),
    /// A location.
    Loc(u16),
}

/// A location.
#[derive(Clone, Debug)]
pub struct Location {
    /// Its name.
    pub name: String,
    /// The value at the start.
    pub init: i64,
    /// What it is.
    pub role: LocRole,
    /// The object whose field it is.
    pub object: Option<ObjectId>,
}

/// See [`Location`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocRole {
    /// A variable of the test.
    Var(VarId),
    /// Set when the object is freed, where the test has no variable for it.
    Freed(ObjectId),
    /// Holds what the callback of this worker frees, once it is queued.
    Token(u8),
    /// What a bad pointer leads to.
    Wild,
}

/// An object.
#[derive(Clone, Debug)]
pub struct ObjectInfo {
    /// The location whose address is the object's address.
    pub loc: u16,
    /// Its fields, by index into [`Program::fields`].
    pub fields: Vec<(u16, u16)>,
    /// Its freed flag.
    pub freed: u16,
}

/// A read-side section.
#[derive(Clone, Debug)]
pub struct Section {
    /// The CPU that enters it.
    pub cpu: u8,
    /// The instruction that enters it.
    pub instr: u8,
    /// The domain.
    pub domain: Domain,
}

/// What a grace period waits for readers of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Domain {
    /// RCU.
    Rcu,
    /// An SRCU domain: the location of its `srcu_struct`.
    Srcu(u16),
}

/// One CPU's program.
#[derive(Debug, Default)]
pub struct Code {
    /// The thread of the test, or the one that queues this worker's callback.
    pub thread: u8,
    /// Set for a worker: the statement of the `call_srcu`, and its part.
    pub worker: Option<(u16, u8)>,
    /// The instructions, in program order.
    pub instrs: Vec<Instr>,
    /// The branches, in program order.
    pub branches: Vec<Branch>,
    /// Assignments that compute something, in program order: they are no instructions, but can be shown.
    pub locals: Vec<Local>,
    /// Some address is computed.
    pub dynamic: bool,
    /// Those that read memory.
    pub reads: Mask,
    /// Those that write memory.
    pub writes: Mask,
    /// Atomics that order less when they fail, on this model: the CPU may go on as
    /// if they did.
    pub assumable: Mask,
    /// Atomics whose read and write are two steps.
    pub split: Mask,
    /// Loads whose value nothing asks for.
    pub unused: Mask,
    /// Loads whose value a term or a pending branch's outcome may still ask for at the end.
    pub observed: Mask,
}

/// An assignment to a register that is more than one load.
#[derive(Debug)]
pub struct Local {
    /// The statement.
    pub stmt: u16,
    /// The register, of its thread.
    pub reg: RegId,
    /// What it gets.
    pub value: Ex,
    /// The arms it stands in.
    pub arms: Vec<Arm>,
}

/// A branch.
#[derive(Debug)]
pub struct Branch {
    /// The statement.
    pub stmt: u16,
    /// Which branch of the statement, from 0.
    pub part: u8,
    /// Where the condition stands.
    pub span: Span,
    /// Taken when not 0.
    pub cond: Ex,
    /// The loads that the condition depends on.
    pub uses: Mask,
    /// The number of instructions before it.
    pub at: u8,
    /// The instructions of the first arm.
    pub then: Mask,
    /// Those of the other arm.
    pub els: Mask,
    /// The arms it stands in.
    pub arms: Vec<Arm>,
}

/// An arm of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arm {
    /// The branch.
    pub branch: u8,
    /// The arm taken when the condition holds.
    pub then: bool,
}

/// An instruction.
#[derive(Debug)]
pub struct Instr {
    /// The statement it comes from.
    pub stmt: u16,
    /// Which instruction of the statement, from 0.
    pub part: u8,
    /// Where it stands.
    pub span: Span,
    /// What it does.
    pub kind: Kind,
    /// What it is to the model's rules.
    pub class: Class,
    /// The location, of an access.
    pub addr: Option<Address>,
    /// The value stored, or the operand of an atomic.
    pub value: Option<Ex>,
    /// The arms it stands in.
    pub arms: Vec<Arm>,
    /// By [`crate::model::Action`]: what it waits for.
    pub waits: [Waits; ACTIONS],
    /// What the read of a conditional atomic waits for if it succeeds.
    pub on_success: Waits,
    /// Waits that hold only if a fence in an arm of a branch happens.
    pub across: Vec<Across>,
    /// The branches in whose arms it stands.
    pub inside: u32,
    /// Loads that the address, the value or the condition depends on.
    pub uses: Mask,
}

/// The earlier instructions that an event waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    /// They must have begun.
    pub begun: Mask,
    /// They must be performed.
    pub performed: Mask,
    /// What is left of `begun` for atomics that fail.
    pub begun_if_failed: Mask,
    /// What is left of `performed` for atomics that fail.
    pub performed_if_failed: Mask,
}

impl Waits {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> Mask {
        self.begun | self.performed
    }

    /// Those that it need not wait for if they are atomics that fail.
    #[must_use]
    pub fn waived(&self) -> Mask {
        (self.begun & !self.begun_if_failed) | (self.performed & !self.performed_if_failed)
    }

    /// Both together.
    #[must_use]
    pub fn or(self, other: Waits) -> Waits {
        Waits {
            begun: self.begun | other.begun,
            performed: self.performed | other.performed,
            begun_if_failed: self.begun_if_failed | other.begun_if_failed,
            performed_if_failed: self.performed_if_failed | other.performed_if_failed,
        }
    }

    /// Adds an instruction.
    pub(crate) fn add(&mut self, bit: Mask, until: Until, if_failed: bool) {
        let (all, failed) = match until {
            Until::Begun => (&mut self.begun, &mut self.begun_if_failed),
            Until::Performed => (&mut self.performed, &mut self.performed_if_failed),
        };
        *all |= bit;
        if if_failed {
            *failed |= bit;
        }
    }
}

/// See [`Instr::across`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Across {
    /// The fence, or the section's entry or exit.
    pub fence: u8,
    /// The event that waits.
    pub action: Action,
    /// Those that must be performed if the fence happens.
    pub performed: Mask,
    /// What is left of them for atomics that fail.
    pub if_failed: Mask,
}

/// Where an access goes.
#[derive(Clone, Debug)]
pub enum Address {
    /// Known from the start.
    Static(u16),
    /// Computed from registers.
    Computed(Ex),
}

/// What an instruction does.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A load.
    Load {
        /// Wait for a value that is not 0 (a worker waits for its callback).
        wait: bool,
    },
    /// A store.
    Store {
        /// Releases a spinlock, frees an object, queues a callback.
        role: StoreRole,
    },
    /// An atomic read-modify-write.
    Atomic(Atomic),
    /// A fence.
    Fence,
    /// Enters a section.
    Lock(u8),
    /// Leaves the innermost RCU section of its CPU.
    RcuUnlock,
    /// Leaves the SRCU section that the cookie names.
    SrcuUnlock {
        /// The cookie.
        cookie: Ex,
        /// The domain.
        domain: Domain,
    },
    /// Waits for a grace period.
    GracePeriod(Domain),
    /// Waits for the queued callbacks of a domain.
    Barrier(Domain),
}

/// See [`Kind::Store`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreRole {
    /// A store like any other.
    Plain,
    /// `spin_unlock()`.
    SpinUnlock,
    /// `kfree()`.
    Free,
    /// `call_srcu()`: wakes this CPU.
    Queue(u8),
}

/// See [`Kind::Atomic`].
#[derive(Clone, Debug)]
pub enum Atomic {
    /// Always stores.
    Rmw(RmwOp),
    /// Stores when it finds this value.
    CmpXchg(Ex),
    /// Adds unless it finds this value.
    AddUnless(Ex),
    /// `spin_lock()`: possible only when it finds 0.
    SpinLock,
    /// `spin_trylock()`: stores when it finds 0.
    SpinTrylock,
}

/// It is a `spin_unlock()`.
pub(crate) fn unlocks(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Store {
            role: StoreRole::SpinUnlock
        }
    )
}

impl Atomic {
    /// It may find that it does not store.
    #[must_use]
    pub fn conditional(&self) -> bool {
        matches!(
            self,
            Atomic::CmpXchg(_) | Atomic::AddUnless(_) | Atomic::SpinTrylock
        )
    }
}

/// An expression over the loads of one CPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ex {
    /// A number.
    Const(i64),
    /// The value that a load (or the read of an atomic) found.
    Load(u8),
    /// An operation.
    Node(Arc<Node>),
}

/// See [`Ex::Node`].
#[derive(Debug, PartialEq, Eq)]
pub enum Node {
    /// A unary operation.
    Unary(litmus::UnOp, Ex),
    /// A binary operation.
    Binary(litmus::BinOp, Ex, Ex),
    /// And with the complement.
    AndNot(Ex, Ex),
    /// The address of a field of the object pointed to.
    Field(Ex, u16),
    /// The first, which is handed on once the second is known as well.
    Once(Ex, Ex),
    /// A register that several assignments reach: the first whose arms are taken.
    Select(Vec<(Vec<Arm>, Ex)>),
}

impl Program {
    /// The instruction.
    #[must_use]
    pub fn instr(&self, cpu: usize, instr: usize) -> &Instr {
        &self.cpus[cpu].instrs[instr]
    }

    /// Its place in arrays over all instructions.
    #[must_use]
    pub fn global(&self, cpu: usize, instr: usize) -> usize {
        self.base[cpu] + instr
    }

    /// The location that a value points to.
    #[must_use]
    pub fn pointee(&self, value: i64) -> Option<usize> {
        self.arrays.pointee(value, self.locs.len())
    }

    /// The location that stands for whatever a bad pointer leads to.
    #[must_use]
    pub fn wild(&self) -> usize {
        self.locs.len() - 1
    }

    /// The rules of the model.
    #[must_use]
    pub fn rules(&self) -> &'static [Rule] {
        self.model.rules
    }
}
