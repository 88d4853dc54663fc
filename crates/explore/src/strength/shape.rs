//! The statements of a position as accesses and what orders them.

use litmus::{Expr, Fence, Op, OpKind, Order, StmtKind};

use super::Means;

/// What orders an access, as bits.
mod marks {
    /// The compiler may not touch it.
    pub const ONCE: u16 = 1;
    /// It depends on a load, or what depends on it is kept behind it.
    pub const DEPENDENCY: u16 = 1 << 1;
    /// Nothing after it comes before it.
    pub const ACQUIRE: u16 = 1 << 2;
    /// Nothing before it comes after it.
    pub const RELEASE: u16 = 1 << 3;
    /// It is a full barrier.
    pub const FULL: u16 = 1 << 4;
}

/// What stands between two accesses, as bits.
mod fences {
    pub const COMPILER: u16 = 1;
    pub const RMB: u16 = 1 << 1;
    pub const WMB: u16 = 1 << 2;
    pub const BEFORE_ATOMIC: u16 = 1 << 3;
    pub const AFTER_ATOMIC: u16 = 1 << 4;
    pub const AFTER_SPINLOCK: u16 = 1 << 5;
    pub const AFTER_UNLOCK_LOCK: u16 = 1 << 6;
    pub const AFTER_SRCU_UNLOCK: u16 = 1 << 7;
    pub const AFTER_SRCU_LOCK: u16 = 1 << 8;
    pub const MB: u16 = 1 << 9;
    /// All: a full barrier does what any other does.
    pub const ALL: u16 = (MB << 1) - 1;
}

fn fence_bits(fence: Fence) -> u16 {
    fences::COMPILER
        | match fence {
            Fence::Compiler => 0,
            Fence::Rmb => fences::RMB,
            Fence::Wmb => fences::WMB,
            Fence::BeforeAtomic => fences::BEFORE_ATOMIC,
            Fence::AfterAtomic => fences::AFTER_ATOMIC,
            Fence::AfterSpinlock => fences::AFTER_SPINLOCK,
            Fence::AfterUnlockLock => fences::AFTER_UNLOCK_LOCK,
            Fence::AfterSrcuReadUnlock => fences::AFTER_SRCU_UNLOCK,
            Fence::AfterSrcuReadLock => fences::AFTER_SRCU_LOCK,
            Fence::Mb => fences::ALL,
        }
}

/// Something with a grace period between two accesses.
#[derive(Clone, Debug, PartialEq)]
struct Grace {
    /// The domain; none is RCU's.
    domain: Option<Expr>,
    how: Means,
}

/// What stands between two accesses.
#[derive(Clone, Debug, Default, PartialEq)]
struct Gap {
    fences: u16,
    graces: Vec<Grace>,
}

impl Gap {
    fn within(&self, other: &Gap) -> bool {
        let has = |grace: &Grace| {
            other.graces.iter().any(|there| {
                let at_least = there.how == grace.how
                    || (grace.how, there.how) == (Means::Callback, Means::GracePeriod);
                at_least && there.domain == grace.domain
            })
        };
        self.fences & !other.fences == 0 && self.graces.iter().all(has)
    }
}

/// A statement that is no barrier, and what orders each access in it.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    kind: StmtKind,
    marks: Vec<u16>,
}

/// The statements of a position: a gap, a step, a gap, …, a gap.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    steps: Vec<Step>,
    gaps: Vec<Gap>,
}

impl Shape {
    /// Of the statements of a position, without spans.
    pub fn of(stmts: &[StmtKind]) -> Shape {
        let mut shape = Shape {
            steps: Vec::new(),
            gaps: vec![Gap::default()],
        };
        for stmt in stmts {
            shape.add(stmt, false);
        }
        shape.saturate();
        shape
    }

    fn add(&mut self, stmt: &StmtKind, guarded: bool) {
        match stmt {
            StmtKind::Empty | StmtKind::Declare { .. } => {}
            StmtKind::Block(body) => body.iter().for_each(|stmt| self.add(&stmt.kind, guarded)),
            StmtKind::If { cond, then, els } if els.is_empty() => {
                let guarded = guarded || depends(cond);
                then.iter().for_each(|stmt| self.add(&stmt.kind, guarded));
            }
            StmtKind::Op(op) => self.op(op, stmt, guarded),
            StmtKind::Assign { .. } | StmtKind::If { .. } => self.step(stmt.clone(), guarded),
        }
    }

    fn op(&mut self, op: &Op, stmt: &StmtKind, guarded: bool) {
        match &op.kind {
            OpKind::Fence(fence) => self.fence(fence_bits(*fence)),
            OpKind::SynchronizeRcu { .. } => self.grace(None, Means::GracePeriod),
            OpKind::SynchronizeSrcu { domain, .. } => self.grace(Some(domain), Means::GracePeriod),
            OpKind::SrcuBarrier { domain } => self.grace(Some(domain), Means::Callbacks),
            // The same as to wait and free, but that nobody waits.
            OpKind::CallSrcu { domain, object, .. } => {
                self.grace(Some(domain), Means::Callback);
                let kind = OpKind::Kfree {
                    object: object.clone(),
                };
                let name = "kfree".to_owned();
                let span = op.span;
                self.step(StmtKind::Op(Op { name, kind, span }), guarded);
            }
            OpKind::StoreMb { .. } => {
                self.step(stmt.clone(), guarded);
                self.fence(fences::ALL);
            }
            _ => self.step(stmt.clone(), guarded),
        }
    }

    fn fence(&mut self, bits: u16) {
        if let Some(gap) = self.gaps.last_mut() {
            gap.fences |= bits;
        }
    }

    fn grace(&mut self, domain: Option<&Expr>, how: Means) {
        if let Some(gap) = self.gaps.last_mut() {
            let domain = domain.cloned();
            gap.graces.push(Grace { domain, how });
        }
    }

    fn step(&mut self, kind: StmtKind, guarded: bool) {
        let mut marks = Vec::new();
        match &kind {
            StmtKind::Assign { value, .. } => marks_of(value, &mut marks),
            StmtKind::Op(op) => marks_of_op(op, &mut marks),
            _ => {}
        }
        if guarded {
            for marks in &mut marks {
                *marks |= marks::DEPENDENCY;
            }
        }
        self.steps.push(Step { kind, marks });
        self.gaps.push(Gap::default());
    }

    /// Adds what follows from what is there: a wait is a full barrier, a full barrier beside an access orders it, and
    /// what any of them orders needs no dependency.
    fn saturate(&mut self) {
        for gap in &mut self.gaps {
            if gap.graces.iter().any(|grace| grace.how.waits()) {
                gap.fences = fences::ALL;
            }
        }
        for (step, sides) in self.steps.iter_mut().zip(self.gaps.windows(2)) {
            let [before, after] = sides else { continue };
            let full = |gap: &Gap| gap.fences == fences::ALL;
            for marks in &mut step.marks {
                if full(before) {
                    *marks |= marks::RELEASE;
                }
                if full(after) {
                    *marks |= marks::ACQUIRE;
                }
                if full(before) && full(after) {
                    *marks |= marks::FULL;
                }
                let between = (before.fences | after.fences) & !fences::COMPILER;
                if between != 0 || *marks & (marks::ACQUIRE | marks::RELEASE) != 0 {
                    *marks |= marks::DEPENDENCY;
                }
            }
        }
    }

    /// The same accesses, and less that orders them.
    pub fn weaker(&self, other: &Shape) -> bool {
        self.same_accesses(other) && self.within(other) && !other.within(self)
    }

    fn same_accesses(&self, other: &Shape) -> bool {
        let mut pairs = self.steps.iter().zip(&other.steps);
        self.steps.len() == other.steps.len()
            && pairs.all(|(a, b)| a.marks.len() == b.marks.len() && alike(&a.kind, &b.kind))
    }

    fn within(&self, other: &Shape) -> bool {
        let mut gaps = self.gaps.iter().zip(&other.gaps);
        let marks = self.steps.iter().zip(&other.steps);
        let mut marks = marks.flat_map(|(a, b)| a.marks.iter().zip(&b.marks));
        gaps.all(|(a, b)| a.within(b)) && marks.all(|(a, b)| a & !b == 0)
    }

    /// What it is for.
    pub fn means(&self) -> Means {
        let has = |how: Means| {
            let mut graces = self.gaps.iter().flat_map(|gap| &gap.graces);
            graces.any(|grace| grace.how == how)
        };
        if let Some(how) = [Means::GracePeriod, Means::Callbacks, Means::Callback]
            .into_iter()
            .find(|how| has(*how))
        {
            return how;
        }
        let fence = |gap: &Gap| gap.fences & !fences::COMPILER != 0;
        let mut marks = self.steps.iter().flat_map(|step| &step.marks);
        let ordered = marks.any(|marks| marks & (marks::ACQUIRE | marks::RELEASE) != 0);
        if ordered || self.gaps.iter().any(fence) {
            Means::Barrier
        } else {
            Means::Access
        }
    }
}

fn marks_of(expr: &Expr, marks: &mut Vec<u16>) {
    match expr {
        Expr::Int(_) | Expr::Reg(_) | Expr::Addr(_) => {}
        Expr::Field { base, .. } => marks_of(base, marks),
        Expr::Unary(_, a) => marks_of(a, marks),
        Expr::Binary(_, a, b) => {
            marks_of(a, marks);
            marks_of(b, marks);
        }
        Expr::Op(op) => marks_of_op(op, marks),
    }
}

fn marks_of_op(op: &Op, all: &mut Vec<u16>) {
    let operands = operands(&op.kind);
    for operand in &operands {
        marks_of(operand, all);
    }
    let half = marks::ONCE | marks::DEPENDENCY;
    let mut marks = match order(&op.kind) {
        None => return,
        Some(Order::Plain) => 0,
        // It is `READ_ONCE()`, and says that what depends on the pointer stays behind it.
        Some(Order::Once) if op.name.contains("dereference") => half,
        Some(Order::Once) => marks::ONCE,
        Some(Order::Acquire) => half | marks::ACQUIRE,
        Some(Order::Release) => half | marks::RELEASE,
        Some(Order::Mb) => half | marks::ACQUIRE | marks::RELEASE | marks::FULL,
    };
    if operands.into_iter().any(depends) {
        marks |= marks::DEPENDENCY;
    }
    all.push(marks);
}

/// How an access is ordered; none for what is no access that can be ordered in several ways.
fn order(kind: &OpKind) -> Option<Order> {
    match kind {
        OpKind::Load { order, .. }
        | OpKind::Store { order, .. }
        | OpKind::Rmw { order, .. }
        | OpKind::CmpXchg { order, .. }
        | OpKind::AddUnless { order, .. } => Some(*order),
        OpKind::StoreMb { .. } => Some(Order::Once),
        _ => None,
    }
}

fn operands(kind: &OpKind) -> Vec<&Expr> {
    match kind {
        OpKind::Load { addr, .. } => vec![addr],
        OpKind::Store { addr, value, .. } | OpKind::StoreMb { addr, value } => vec![addr, value],
        OpKind::Rmw { addr, operand, .. } => vec![addr, operand],
        OpKind::CmpXchg {
            addr,
            expected,
            new,
            ..
        } => vec![addr, expected, new],
        OpKind::AddUnless {
            addr, add, unless, ..
        } => vec![addr, add, unless],
        _ => Vec::new(),
    }
}

/// It is known only when something has been loaded.
fn depends(expr: &Expr) -> bool {
    match expr {
        Expr::Int(_) | Expr::Addr(_) => false,
        Expr::Reg(_) | Expr::Op(_) => true,
        Expr::Field { base, .. } => depends(base),
        Expr::Unary(_, a) => depends(a),
        Expr::Binary(_, a, b) => depends(a) || depends(b),
    }
}

/// The same statement, however its accesses are ordered.
fn alike(a: &StmtKind, b: &StmtKind) -> bool {
    match (a, b) {
        (StmtKind::Op(a), StmtKind::Op(b)) => alike_op(&a.kind, &b.kind),
        (
            StmtKind::Assign { dst, value, .. },
            StmtKind::Assign {
                dst: other_dst,
                value: other,
                ..
            },
        ) => dst == other_dst && alike_expr(value, other),
        _ => a == b,
    }
}

fn alike_op(a: &OpKind, b: &OpKind) -> bool {
    let operation = match (a, b) {
        (OpKind::Load { .. }, OpKind::Load { .. })
        | (OpKind::CmpXchg { .. }, OpKind::CmpXchg { .. })
        | (
            OpKind::Store { .. } | OpKind::StoreMb { .. },
            OpKind::Store { .. } | OpKind::StoreMb { .. },
        ) => true,
        (
            OpKind::Rmw { op, ret, .. },
            OpKind::Rmw {
                op: other_op,
                ret: other_ret,
                ..
            },
        ) => (op, ret) == (other_op, other_ret),
        (OpKind::AddUnless { fetch, .. }, OpKind::AddUnless { fetch: other, .. }) => fetch == other,
        _ => return a == b,
    };
    let mut operands = operands(a).into_iter().zip(operands(b));
    // With a dependency in the place of something fixed, it is the same access.
    let fits = |(a, b): (&Expr, &Expr)| alike_expr(a, b) || depends(a) != depends(b);
    operation && operands.all(fits)
}

fn alike_expr(a: &Expr, b: &Expr) -> bool {
    match (a, b) {
        (Expr::Op(a), Expr::Op(b)) => alike_op(&a.kind, &b.kind),
        (Expr::Unary(op, a), Expr::Unary(other, b)) => op == other && alike_expr(a, b),
        (Expr::Binary(op, a, c), Expr::Binary(other, b, d)) => {
            op == other && alike_expr(a, b) && alike_expr(c, d)
        }
        (Expr::Field { base, field }, Expr::Field { base: b, field: f }) => {
            field == f && alike_expr(base, b)
        }
        _ => a == b,
    }
}
