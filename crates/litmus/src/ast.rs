//! The typed program that the parser gives: what a litmus test says, with the
//! place in the source where it says so.
//!
//! Names are resolved: a shared variable is a [`VarId`], a register of a thread
//! a [`RegId`]. Nothing here knows what an instruction *does*; that is the
//! business of the machine and of the memory models.

use serde::{Deserialize, Serialize};

/// A range of bytes in the source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A shared variable: an index into [`Test::vars`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VarId(pub u16);

/// A register (a local variable) of one thread: an index into [`Thread::regs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RegId(pub u16);

/// A toggle: an index into [`Test::toggles`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ToggleId(pub u16);

/// A heap object: an index into [`Test::objects`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectId(pub u16);

/// A whole litmus test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// The name on the first line (`C name`).
    pub name: String,
    /// The optional string after the name.
    pub doc: Option<String>,
    /// What a `Result:` comment claims, if there is one.
    pub expected: Option<Expected>,
    /// Texts for people and the opening setting (`@title`, `@default`, …).
    pub meta: Meta,
    /// Every shared variable: those of the init block first, in its order, then
    /// those that only a thread's parameters or the condition name.
    pub vars: Vec<Var>,
    /// The arrays of the init block.
    pub arrays: Vec<Array>,
    /// Initial values of registers (`0:r1=2`), in source order.
    pub init_regs: Vec<(ThreadId, RegId, Value)>,
    /// The threads, `P0` first.
    pub threads: Vec<Thread>,
    /// `locations [ … ]`.
    pub locations: Vec<Term>,
    /// `filter ( … )`: only the final states that satisfy it count.
    pub filter: Option<Cond>,
    /// `exists`, `~exists` or `forall`; some tests have none.
    pub condition: Option<Condition>,
    /// The toggles, in source order.
    pub toggles: Vec<Toggle>,
    /// Variables drawn as slots of the bus array (`@slot`).
    pub slots: Vec<Slot>,
    /// Heap objects (`@object`).
    pub objects: Vec<Object>,
    /// Tree SRCU, where its insides are variables of the test (`@srcu`).
    pub srcu: Option<SrcuTree>,
    /// Named outcomes (`@outcome`).
    pub outcomes: Vec<Outcome>,
    /// What is said to be possible, setting by setting (`@verdict`).
    pub verdicts: Vec<VerdictClaim>,
}

/// A thread: `P0` is 0.
pub type ThreadId = u8;

/// The verdict that a test's author claims in a comment `Result: …`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The verdict.
    pub verdict: ExpectedVerdict,
    /// The claim says `DATARACE` as well.
    pub data_race: bool,
    /// Where it is said.
    pub span: Span,
}

/// See [`Expected`]. FACTS: `Never|Sometimes|Always|DEADLOCK|Maybe|Flag …`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExpectedVerdict {
    /// The condition holds in no final state.
    Never,
    /// In some, not all.
    Sometimes,
    /// In all.
    Always,
    /// Every execution deadlocks.
    Deadlock,
    /// Not certain: never compared.
    Maybe,
    /// The model raises this flag.
    Flag(String),
}

/// What the header's comments say: remarks, directives that are text, the opening setting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The lines that are neither claim nor directive, with an empty one between paragraphs.
    pub remarks: Vec<String>,
    /// `@title`.
    pub title: Option<String>,
    /// `@summary`.
    pub summary: Option<String>,
    /// `@story`, its lines joined by `\n`.
    pub story: Option<String>,
    /// `@omits`: what the model leaves out.
    pub omits: Option<String>,
    /// `@default cpu=… off=… srcu=…`.
    pub default: Default_,
    /// `@exercise …`, in order, each with the hints and the explanation that follow it.
    pub exercises: Vec<Exercise>,
    /// `@hint` before any exercise.
    pub hints: Vec<String>,
    /// `@explain` before any exercise.
    pub explain: Option<String>,
}

/// The setting that the scenario opens with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Default_ {
    /// `cpu=`: the name of a CPU model, as written (`sc`, `tso`, `pso`, `arm`).
    pub cpu: Option<String>,
    /// `srcu=`: `tree` or `fast`.
    pub srcu: Option<String>,
    /// `off=a,b:choice`: toggles that are not in their first position.
    pub off: Vec<(ToggleId, u8)>,
}

/// A task for the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exercise {
    /// What is to be done.
    pub task: Task,
    /// Hints, in order.
    pub hints: Vec<String>,
    /// Shown afterwards.
    pub explain: Option<String>,
}

/// See [`Exercise`]. Outcomes are indices into [`Test::outcomes`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// Find a schedule with this outcome.
    Reach(usize),
    /// Find a toggle setting without it, with at most `max` barriers on (docs/directives.md says what counts).
    Forbid {
        /// The outcome to forbid.
        outcome: usize,
        /// `max=`.
        max: Option<u8>,
    },
    /// Say first whether it can happen.
    Predict(usize),
}

/// A shared variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Var {
    /// Its name.
    pub name: String,
    /// The type as written, without the name (`int`, `int *`, `spinlock_t`, `atomic_t`,
    /// `struct srcu_struct`); `int` when only the condition names it.
    pub ty: String,
    /// The initial value; 0 when nothing says otherwise.
    pub init: Value,
    /// The init block gives the type. herd prints the variable's final value by it.
    pub declared: bool,
    /// The init block gives the value. A field of an object that is not
    /// initialised holds garbage until a store reaches it.
    pub initialised: bool,
    /// Where it is first named.
    pub span: Span,
}

/// `int x[2] = {1, 2};`: each element is a variable of its own, the first under the array's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Array {
    /// The elements, each as many bytes behind the one before as [`Array::stride`] says.
    pub elements: Vec<VarId>,
    /// The size of an element in bytes.
    pub stride: u8,
    /// `locations` names the array: a final state shows all of it.
    pub whole: bool,
}

/// A value: an integer, the address of a shared variable, or what arithmetic makes of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Value {
    /// A number of 32 bits.
    Int(i64),
    /// `&x`.
    Addr(VarId),
    /// `&x + 1`: no variable is there. Only final states have it.
    Beside(VarId, i64),
}

/// One thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// `P0`, …: as written.
    pub name: String,
    /// `@thread P1 "vCPU 0"`: the name for people.
    pub label: Option<String>,
    /// `kind=`.
    pub kind: ThreadKind,
    /// Parameters, in order: which variable each names, and its type as written.
    pub params: Vec<(VarId, String)>,
    /// Names of the registers.
    pub regs: Vec<Reg>,
    /// The body.
    pub body: Vec<Stmt>,
    /// The whole thread in the source.
    pub span: Span,
}

/// A register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reg {
    /// Its name, `r0`.
    pub name: String,
    /// The type as declared (`int`, `int *`); empty when it is never declared.
    pub ty: String,
}

/// What a thread stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ThreadKind {
    /// A CPU of a plain litmus test.
    #[default]
    Cpu,
    /// A virtual CPU: guest and host code.
    Vcpu,
    /// A thread of the VMM in user space and in its ioctls.
    Vmm,
    /// A kernel thread or worker.
    Kernel,
    /// RCU's own worker.
    Rcu,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stmt {
    /// Its number in the thread: in source order, counting every statement
    /// (also nested and switched-off ones), from 0. Schedules and links name
    /// steps by it, so it does not depend on any setting. The extra statements
    /// of a toggle's alternative ([`Alternative::stmts`]) share the number of
    /// the statement they replace.
    pub id: u16,
    /// What it says.
    pub kind: StmtKind,
    /// Where it stands, without the comments that follow it.
    pub span: Span,
    /// `/*@ toggle … */`.
    pub toggle: Option<ToggleId>,
    /// `/*@ in function file */`: sticks to this statement only.
    pub place: Option<Place>,
    /// `/*@ mode guest */`, `host` or `user`: of this statement and those after it, until the next mode.
    pub mode: Option<Mode>,
    /// `/*@ phase scan1 */`: of this statement and those after it, until the next phase.
    pub phase: Option<GpPhase>,
}

/// A phase of Tree SRCU's grace period (FACTS §5), in the order in which they follow each
/// other. A phase that comes before the one in force begins the next grace period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum GpPhase {
    /// The barrier at its start: `srcu_gp_start()`.
    Start,
    /// The scan of the rank that is not current.
    Scan1,
    /// The index goes to the other rank: `srcu_flip()`.
    Flip,
    /// The scan of the rank that was current.
    Scan2,
    /// It is over: `srcu_gp_end()`.
    End,
    /// What it was waited for: `srcu_invoke_callbacks()`.
    Callbacks,
}

impl GpPhase {
    /// Every phase, in order.
    pub const ALL: [GpPhase; 6] = [
        GpPhase::Start,
        GpPhase::Scan1,
        GpPhase::Flip,
        GpPhase::Scan2,
        GpPhase::End,
        GpPhase::Callbacks,
    ];

    /// The word behind `phase`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            GpPhase::Start => "start",
            GpPhase::Scan1 => "scan1",
            GpPhase::Flip => "flip",
            GpPhase::Scan2 => "scan2",
            GpPhase::End => "end",
            GpPhase::Callbacks => "callbacks",
        }
    }
}

/// The kernel function that a line stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The function, `kvm_get_bus_srcu`.
    pub function: String,
    /// The file, `virt/kvm/kvm_main.c`, if given.
    pub file: Option<String>,
}

/// Where a thread of a virtual machine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Mode {
    /// Running guest code.
    Guest,
    /// In KVM.
    Host,
    /// In the VMM's own code, outside the kernel.
    User,
}

/// See [`Stmt`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StmtKind {
    /// `int r0, *r1;` without values. A declaration with a value is a `Declare`
    /// for the name and an `Assign` when several stand together; see `Assign::declares`.
    Declare {
        /// The registers declared.
        regs: Vec<RegId>,
    },
    /// `r0 = …;` or `int r0 = …;`.
    Assign {
        /// The register.
        dst: RegId,
        /// The value.
        value: Expr,
        /// Written as a declaration, `int r0 = …`.
        declares: bool,
    },
    /// A primitive whose value is not used, `smp_mb();`, `WRITE_ONCE(*x, 1);`, `*x = 1;`.
    Op(Op),
    /// `if (…) … else …`. Braces are always printed.
    If {
        /// The condition; anything that is not 0 is true.
        cond: Expr,
        /// The arm taken when true.
        #[serde(deserialize_with = "crate::serial::nested")]
        then: Vec<Stmt>,
        /// The other arm; empty when there is none.
        #[serde(deserialize_with = "crate::serial::nested")]
        els: Vec<Stmt>,
    },
    /// `{ … }`.
    Block(#[serde(deserialize_with = "crate::serial::nested")] Vec<Stmt>),
    /// `;`.
    Empty,
}

/// An expression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Expr {
    /// A number.
    Int(i64),
    /// A register.
    Reg(RegId),
    /// The address of a shared variable: a parameter's name, `&x`.
    Addr(VarId),
    /// `base->field`, as an *address*: which variable it is depends on the object
    /// that `base` points to (an extension: objects with several fields).
    Field {
        /// A pointer to an object.
        #[serde(deserialize_with = "crate::serial::nested")]
        base: Box<Expr>,
        /// The field's name, as written.
        field: String,
    },
    /// `!e`, `-e`, `~e`.
    Unary(
        UnOp,
        #[serde(deserialize_with = "crate::serial::nested")] Box<Expr>,
    ),
    /// `a + b`, ….
    Binary(
        BinOp,
        #[serde(deserialize_with = "crate::serial::nested")] Box<Expr>,
        #[serde(deserialize_with = "crate::serial::nested")] Box<Expr>,
    ),
    /// A primitive that gives a value.
    Op(#[serde(deserialize_with = "crate::serial::nested")] Box<Op>),
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum UnOp {
    /// `!`
    Not,
    /// `-`
    Neg,
    /// `~`
    BitNot,
}

/// Binary operators of C, with C's meaning and precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BinOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`, towards 0
    Div,
    /// `&`
    BitAnd,
    /// `|`
    BitOr,
    /// `^`
    BitXor,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `>`
    Gt,
    /// `<=`
    Le,
    /// `>=`
    Ge,
    /// `&&`
    And,
    /// `||`
    Or,
}

impl BinOp {
    /// Gives 0 or 1.
    #[must_use]
    pub fn is_logical(self) -> bool {
        !matches!(
            self,
            BinOp::Add
                | BinOp::Sub
                | BinOp::Mul
                | BinOp::Div
                | BinOp::BitAnd
                | BinOp::BitOr
                | BinOp::BitXor
        )
    }
}

/// A primitive, with the name under which the source calls it (`rcu_dereference`
/// and `READ_ONCE` are the same operation).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Op {
    /// The name as written: `READ_ONCE`, `spin_lock`; empty for a plain `*x`.
    pub name: String,
    /// What it is.
    pub kind: OpKind,
    /// Where it stands.
    pub span: Span,
}

/// How strongly an access is ordered (MODELS.md, "What a Linux primitive is to a model").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Order {
    /// A plain C access.
    Plain,
    /// `READ_ONCE`, `WRITE_ONCE`, `_relaxed`.
    Once,
    /// `_acquire`.
    Acquire,
    /// `_release`.
    Release,
    /// A value-returning atomic without a suffix.
    Mb,
}

/// Fences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Fence {
    /// `smp_mb()`.
    Mb,
    /// `smp_rmb()`.
    Rmb,
    /// `smp_wmb()`.
    Wmb,
    /// `smp_mb__before_atomic()`.
    BeforeAtomic,
    /// `smp_mb__after_atomic()`.
    AfterAtomic,
    /// `smp_mb__after_spinlock()`.
    AfterSpinlock,
    /// `smp_mb__after_unlock_lock()`.
    AfterUnlockLock,
    /// `smp_mb__after_srcu_read_unlock()`.
    AfterSrcuReadUnlock,
    /// `smp_mb__after_srcu_read_lock()` (an extension; exported as `smp_mb()`).
    AfterSrcuReadLock,
    /// `barrier()`: the compiler only.
    Compiler,
}

/// What an atomic read-modify-write computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RmwOp {
    /// Add the operand (`inc` adds 1).
    Add,
    /// Subtract the operand (`dec` subtracts 1).
    Sub,
    /// Bitwise and.
    And,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// And with the complement.
    AndNot,
    /// Store the operand.
    Xchg,
}

/// What an atomic read-modify-write gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RmwRet {
    /// Nothing (`atomic_inc`): LKMM's Noreturn.
    None,
    /// The value before (`fetch`, `xchg`).
    Old,
    /// The value after (`_return`).
    New,
    /// Whether the value after is 0 (`_and_test`).
    IsZero,
    /// Whether the value after is negative (`atomic_add_negative`).
    IsNegative,
}

/// See [`Op`]. Addresses are expressions: a variable's name, a register, a field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum OpKind {
    /// Load. `Plain`, `Once` or `Acquire`.
    Load {
        /// Where from.
        addr: Expr,
        /// How.
        order: Order,
    },
    /// Store. `Plain`, `Once` or `Release`.
    Store {
        /// Where to.
        addr: Expr,
        /// What.
        value: Expr,
        /// How.
        order: Order,
    },
    /// `smp_store_mb(x, v)`: a store, then a full fence.
    StoreMb {
        /// Where to.
        addr: Expr,
        /// What.
        value: Expr,
    },
    /// A fence.
    Fence(Fence),
    /// An unconditional atomic read-modify-write.
    Rmw {
        /// Where.
        addr: Expr,
        /// What it computes.
        op: RmwOp,
        /// Its operand.
        operand: Expr,
        /// What it gives back.
        ret: RmwRet,
        /// `Mb`, `Acquire`, `Release`, or `Once` (relaxed, and those that give nothing back).
        order: Order,
    },
    /// `cmpxchg(x, old, new)`: stores only if it finds `old`; gives what it found.
    CmpXchg {
        /// Where.
        addr: Expr,
        /// What it must find.
        expected: Expr,
        /// What it stores then.
        new: Expr,
        /// How, when it succeeds.
        order: Order,
    },
    /// `atomic_add_unless(v, a, u)`: adds unless it finds `u`; gives whether it added
    /// (`atomic_inc_not_zero` is add 1 unless 0), or what it found (`fetch`).
    AddUnless {
        /// Where.
        addr: Expr,
        /// What it adds.
        add: Expr,
        /// What it must not find.
        unless: Expr,
        /// Gives the value found instead of whether it added.
        fetch: bool,
        /// How, when it succeeds.
        order: Order,
    },
    /// `spin_lock(l)`.
    SpinLock {
        /// The lock.
        lock: Expr,
    },
    /// `spin_unlock(l)`.
    SpinUnlock {
        /// The lock.
        lock: Expr,
    },
    /// `spin_trylock(l)`: 1 when taken.
    SpinTrylock {
        /// The lock.
        lock: Expr,
    },
    /// `spin_is_locked(l)`.
    SpinIsLocked {
        /// The lock.
        lock: Expr,
    },
    /// `rcu_read_lock()`.
    RcuReadLock,
    /// `rcu_read_unlock()`.
    RcuReadUnlock,
    /// `synchronize_rcu()`, `synchronize_rcu_expedited()`.
    SynchronizeRcu {
        /// The expedited form.
        expedited: bool,
    },
    /// `srcu_read_lock(s)`, `srcu_down_read(s)`: gives the cookie.
    SrcuReadLock {
        /// The domain.
        domain: Expr,
        /// The `down_read` form, which another thread may end.
        down: bool,
    },
    /// `srcu_read_unlock(s, c)`, `srcu_up_read(s, c)`.
    SrcuReadUnlock {
        /// The domain.
        domain: Expr,
        /// The cookie.
        cookie: Expr,
        /// The `up_read` form.
        up: bool,
    },
    /// `synchronize_srcu(s)`, `synchronize_srcu_expedited(s)`.
    SynchronizeSrcu {
        /// The domain.
        domain: Expr,
        /// The expedited form.
        expedited: bool,
    },
    /// `call_srcu(s, p)`, `call_srcu(s, p, callback)`: after a grace period of `s`
    /// a worker frees what `p` points to (an extension).
    CallSrcu {
        /// The domain.
        domain: Expr,
        /// What the callback frees.
        object: Expr,
        /// The callback's name, for people; `kfree` when none is given.
        callback: Option<String>,
    },
    /// `srcu_barrier(s)`: waits for the callbacks queued before it (an extension).
    SrcuBarrier {
        /// The domain.
        domain: Expr,
    },
    /// `kfree(p)`: a store of 1 to the object's freed flag (an extension).
    Kfree {
        /// What is freed.
        object: Expr,
    },
}

/// A switch in the source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Toggle {
    /// Its name in links: lower-case letters, digits, `-`, `_`.
    pub name: String,
    /// The text for people; the statement itself when none is given.
    pub label: Option<String>,
    /// The thread it stands in.
    pub thread: ThreadId,
    /// The statement it switches.
    pub stmt: u16,
    /// What it can be set to. Position 0 is the statement as written ("on").
    pub positions: Vec<Alternative>,
    /// The directive in the source.
    pub span: Span,
}

impl Toggle {
    /// A plain switch: on, or off.
    #[must_use]
    pub fn is_switch(&self) -> bool {
        self.positions.len() == 2
    }
}

/// One position of a toggle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// `on`, `off`, or the choice as written (`call_srcu`, `none`).
    pub name: String,
    /// What stands in the statement's place; empty when it is removed. For
    /// position 0 a copy of the statement as written.
    pub stmts: Vec<StmtKind>,
}

/// A variable drawn as a slot of the bus array.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The variable.
    pub var: VarId,
    /// The text, `kvm->buses[KVM_MMIO_BUS]`.
    pub label: String,
}

/// Tree SRCU written out: the index and each reader's counters are variables of the test,
/// and [`Stmt::phase`] says which lines are which part of the grace period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SrcuTree {
    /// The text for people, `kvm->srcu`.
    pub label: Option<String>,
    /// `idx=`: the variable that says which rank is current.
    pub idx: VarId,
    /// `@srcu_data`: the counters of each reader's CPU, in the order of the threads.
    pub cpus: Vec<SrcuData>,
}

/// The counters of one CPU: the kernel's `struct srcu_data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SrcuData {
    /// The thread that counts here.
    pub thread: ThreadId,
    /// How often it has locked, by rank.
    pub locks: [VarId; 2],
    /// How often it has unlocked, by rank.
    pub unlocks: [VarId; 2],
}

/// A heap object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Its name: pointers to it are `&name`. It is a shared variable as well, and
    /// usually the object's first field.
    pub var: VarId,
    /// The text for people.
    pub label: Option<String>,
    /// Its fields: the name after `->` and the variable that holds it. `fields=a:b`
    /// says field `a` is variable `b`; `fields=old_n` says the variable, and the
    /// field is what follows `old_`, or the whole name.
    pub fields: Vec<(String, VarId)>,
    /// The flag that `kfree` sets. Declared by `freed=`, else made by the parser
    /// under the name `<object>__freed` if the test frees anything.
    pub freed: Option<VarId>,
}

/// A named outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// It is a failure.
    pub bad: bool,
    /// One clause for people: "the vCPU used the old bus".
    pub label: Option<String>,
    /// When it has happened, in a final state.
    pub cond: Cond,
    /// The directive in the source.
    pub span: Span,
}

/// `@verdict`: on which models an outcome can happen, in one setting. Models that it
/// does not name are left open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictClaim {
    /// An index into [`Test::outcomes`].
    pub outcome: usize,
    /// `off=`: the toggles that are not in their first position.
    pub off: Vec<(ToggleId, u8)>,
    /// `srcu=`: `tree` or `fast`; either when it is not given.
    pub srcu: Option<String>,
    /// `yes=`: it can happen on these, of [`VerdictClaim::MODELS`] and in that order.
    #[serde(with = "crate::serial::models")]
    pub yes: Vec<&'static str>,
    /// `no=`: on these it cannot.
    #[serde(with = "crate::serial::models")]
    pub no: Vec<&'static str>,
    /// The directive in the source.
    pub span: Span,
}

impl VerdictClaim {
    /// The models that a claim can name: the CPUs and the Linux-kernel memory model.
    pub const MODELS: [&'static str; 6] = ["sc", "tso", "pso", "arm", "power", "lkmm"];

    /// What is claimed of a model; `None` when it is not named.
    #[must_use]
    pub fn says(&self, model: &str) -> Option<bool> {
        let in_list = |list: &[&str]| list.contains(&model);
        match (in_list(&self.yes), in_list(&self.no)) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }

    /// The setting that it speaks of.
    #[must_use]
    pub fn setting(&self, test: &Test) -> Setting {
        let mut setting = Setting::all_on(test);
        for (toggle, position) in &self.off {
            setting.set(*toggle, *position);
        }
        setting
    }
}

/// The condition at the end of a test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// Which final states it speaks of.
    pub quantifier: Quantifier,
    /// What it asks of a final state.
    pub cond: Cond,
    /// Where it stands.
    pub span: Span,
}

/// See [`Condition`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Quantifier {
    /// `exists`
    Exists,
    /// `~exists`
    NotExists,
    /// `forall`
    Forall,
}

/// A formula over final states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cond {
    /// `true`
    True,
    /// `false`
    False,
    /// `0:r1=1`, `x=1`, `p=&x`, `0:r0=x`.
    Eq(Term, Value),
    /// `0:r1=1:r2`, `x=1:r0`: both sides are terms.
    EqTerm(Term, Term),
    /// `~c`, `not c`
    Not(#[serde(deserialize_with = "crate::serial::nested")] Box<Cond>),
    /// `c /\ d`
    And(
        #[serde(deserialize_with = "crate::serial::nested")] Box<Cond>,
        #[serde(deserialize_with = "crate::serial::nested")] Box<Cond>,
    ),
    /// `c \/ d`
    Or(
        #[serde(deserialize_with = "crate::serial::nested")] Box<Cond>,
        #[serde(deserialize_with = "crate::serial::nested")] Box<Cond>,
    ),
    /// `c => d`
    Implies(
        #[serde(deserialize_with = "crate::serial::nested")] Box<Cond>,
        #[serde(deserialize_with = "crate::serial::nested")] Box<Cond>,
    ),
}

/// What a condition or `locations` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Term {
    /// `0:r1`.
    Reg(ThreadId, RegId),
    /// `x`.
    Var(VarId),
}

/// The position of every toggle of a test, in the order of [`Test::toggles`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Setting(pub Vec<u8>);
