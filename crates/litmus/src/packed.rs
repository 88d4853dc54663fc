//! A [`Test`] as bytes, for a program that is to show a test before it has the parser.
//!
//! The bytes hold all that [`parse`](crate::parse) finds out, places in the text included, in the order of [`crate::ast`].
//! [`unpack`] sees to their form, not to their sense: a register or an outcome that the test does not have is given
//! back as it stands. So they are for what [`pack`] has made of a parsed test in the same build.

use crate::ast::*;
use crate::wire::{self, Bad, Format, Input, Wire, put_number};

/// The form of the types of [`crate::ast`].
struct Packed;

impl Format for Packed {
    const VERSION: u8 = 2;
}

/// The test as bytes.
#[must_use]
pub fn pack(test: &Test) -> Vec<u8> {
    wire::encode::<Packed>(test)
}

/// The test that [`pack`] was given.
///
/// # Errors
/// When the bytes are no test, or of another version; or nested deeper than
/// [`limits::DATA_NESTING`](crate::limits::DATA_NESTING).
pub fn unpack(bytes: &[u8]) -> Result<Test, Bad> {
    wire::decode::<Packed, Test>(bytes)
}

macro_rules! record {
    ($($of:tt)*) => { wire::record!(Packed, $($of)*); };
}

macro_rules! choice {
    ($($of:tt)*) => { wire::choice!(Packed, $($of)*); };
}

record!(VarId { 0 });
record!(RegId { 0 });
record!(ToggleId { 0 });
record!(ObjectId { 0 });
record!(Test {
    name,
    doc,
    expected,
    meta,
    vars,
    arrays,
    init_regs,
    threads,
    locations,
    filter,
    condition,
    toggles,
    slots,
    objects,
    srcu,
    outcomes,
    verdicts
});
record!(Expected {
    verdict,
    data_race,
    span
});
choice!(ExpectedVerdict { 0 => Never, 1 => Sometimes, 2 => Always, 3 => Deadlock, 4 => Maybe, 5 => Flag(name) });
record!(Meta {
    remarks,
    title,
    summary,
    story,
    omits,
    default,
    exercises,
    hints,
    explain
});
record!(Default_ { cpu, srcu, off });
record!(Exercise {
    task,
    hints,
    explain
});
choice!(Task { 0 => Reach(outcome), 1 => Forbid { outcome, max }, 2 => Predict(outcome) });
record!(Var {
    name,
    ty,
    init,
    declared,
    initialised,
    span
});
record!(Array {
    elements,
    stride,
    whole
});
choice!(Value { 0 => Int(number), 1 => Addr(var), 2 => Beside(var, offset) });
record!(Thread {
    name,
    label,
    kind,
    params,
    regs,
    body,
    span
});
record!(Reg { name, ty });
choice!(ThreadKind { 0 => Cpu, 1 => Vcpu, 2 => Vmm, 3 => Kernel, 4 => Rcu });
record!(Stmt {
    id,
    kind,
    span,
    toggle,
    place,
    mode,
    phase
});
choice!(GpPhase { 0 => Start, 1 => Scan1, 2 => Flip, 3 => Scan2, 4 => End, 5 => Callbacks });
record!(Place { function, file });
choice!(Mode { 0 => Guest, 1 => Host, 2 => User });
choice!(StmtKind {
    0 => Declare { regs },
    1 => Assign { dst, value, declares },
    2 => Op(op),
    3 => If { cond, then, els },
    4 => Block(body),
    5 => Empty,
});
choice!(Expr {
    0 => Int(number),
    1 => Reg(reg),
    2 => Addr(var),
    3 => Field { base, field },
    4 => Unary(op, a),
    5 => Binary(op, a, b),
    6 => Op(op),
});
choice!(UnOp { 0 => Not, 1 => Neg, 2 => BitNot });
choice!(BinOp {
    0 => Add,
    1 => Sub,
    2 => Mul,
    3 => BitAnd,
    4 => BitOr,
    5 => BitXor,
    6 => Eq,
    7 => Ne,
    8 => Lt,
    9 => Gt,
    10 => Le,
    11 => Ge,
    12 => And,
    13 => Or,
    14 => Div,
});
record!(Op { name, kind, span });
choice!(Order { 0 => Plain, 1 => Once, 2 => Acquire, 3 => Release, 4 => Mb });
choice!(Fence {
    0 => Mb,
    1 => Rmb,
    2 => Wmb,
    3 => BeforeAtomic,
    4 => AfterAtomic,
    5 => AfterSpinlock,
    6 => AfterUnlockLock,
    7 => AfterSrcuReadUnlock,
    8 => AfterSrcuReadLock,
    9 => Compiler,
});
choice!(RmwOp { 0 => Add, 1 => Sub, 2 => And, 3 => Or, 4 => Xor, 5 => AndNot, 6 => Xchg });
choice!(RmwRet { 0 => None, 1 => Old, 2 => New, 3 => IsZero, 4 => IsNegative });
choice!(OpKind {
    0 => Load { addr, order },
    1 => Store { addr, value, order },
    2 => StoreMb { addr, value },
    3 => Fence(fence),
    4 => Rmw { addr, op, operand, ret, order },
    5 => CmpXchg { addr, expected, new, order },
    6 => AddUnless { addr, add, unless, fetch, order },
    7 => SpinLock { lock },
    8 => SpinUnlock { lock },
    9 => SpinTrylock { lock },
    10 => SpinIsLocked { lock },
    11 => RcuReadLock,
    12 => RcuReadUnlock,
    13 => SynchronizeRcu { expedited },
    14 => SrcuReadLock { domain, down },
    15 => SrcuReadUnlock { domain, cookie, up },
    16 => SynchronizeSrcu { domain, expedited },
    17 => CallSrcu { domain, object, callback },
    18 => SrcuBarrier { domain },
    19 => Kfree { object },
});
record!(Toggle {
    name,
    label,
    thread,
    stmt,
    positions,
    span
});
record!(Alternative { name, stmts });
record!(Slot { var, label });
record!(SrcuTree { label, idx, cpus });
record!(SrcuData {
    thread,
    locks,
    unlocks
});
record!(Object {
    var,
    label,
    fields,
    freed
});
record!(Outcome {
    name,
    bad,
    label,
    cond,
    span
});
record!(VerdictClaim {
    outcome,
    off,
    srcu,
    yes,
    no,
    span
});
record!(Condition {
    quantifier,
    cond,
    span
});
choice!(Quantifier { 0 => Exists, 1 => NotExists, 2 => Forall });
choice!(Cond {
    0 => True,
    1 => False,
    2 => Eq(term, value),
    3 => EqTerm(left, right),
    4 => Not(a),
    5 => And(a, b),
    6 => Or(a, b),
    7 => Implies(a, b),
});
choice!(Term { 0 => Reg(thread, reg), 1 => Var(var) });

/// Where it starts and how long it is, which is a smaller number than where it ends.
impl Wire<Packed> for Span {
    fn put(&self, out: &mut Vec<u8>) {
        let Span { start, end } = *self;
        put_number(start.into(), out);
        put_number(end.wrapping_sub(start).into(), out);
    }

    fn take(input: &mut Input<'_>) -> Span {
        let start = input.number(u32::MAX.into()) as u32;
        let length = input.number(u32::MAX.into()) as u32;
        let end = start.wrapping_add(length);
        Span { start, end }
    }
}

/// A model's name in a [`VerdictClaim`], as an index into [`VerdictClaim::MODELS`]. One that is not among them, which
/// no parsed test has, is written as an index that cannot be read.
impl Wire<Packed> for &'static str {
    fn put(&self, out: &mut Vec<u8>) {
        let models = &VerdictClaim::MODELS;
        let index = models.iter().position(|model| model == self);
        out.push(index.unwrap_or(models.len()) as u8);
    }

    fn take(input: &mut Input<'_>) -> &'static str {
        let model = VerdictClaim::MODELS.get(usize::from(input.byte()));
        if model.is_none() {
            input.fail(Bad::Value);
        }
        model.copied().unwrap_or_default()
    }
}
