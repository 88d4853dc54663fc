//! Tests made more cautious: with the orders that the machine keeps on Arm and the
//! axioms do not ask for. What the axioms allow of such a test, the machine must
//! have of the test that it was made from.

use litmus::{Expr, Fence, Op, OpKind, RmwOp, Stmt, StmtKind, Test, VarId};

use super::{Place, Way};

/// With branches that hold back what is stored behind their joins: what follows an
/// `if` stands at the end of each of its arms, where it depends on the condition.
#[must_use]
pub fn joined(test: &Test) -> Test {
    with_bodies(test, |_, body| join(body, &|_| true))
}

/// With atomics that hold back those that read what they store: an `smp_rmb()`
/// stands before each read of a location to which an earlier atomic of its CPU may
/// store, unless that atomic is an exchange, which stores what it is told to.
#[must_use]
pub fn fenced(test: &Test) -> Test {
    with_bodies(test, |_, body| fence(body, &|_| true, &mut Vec::new()))
}

/// With atomics that keep what follows them apart from the branch that they stand behind, also when they fail: an
/// `smp_rmb()` stands behind each that may, in the arm of an `if`.
#[must_use]
pub fn apart(test: &Test) -> Test {
    with_bodies(test, |_, body| part(body, false, &|_| true))
}

/// The test made more cautious at one place.
pub(super) fn at(test: &Test, place: &Place) -> Test {
    let here = |stmt: &Stmt| stmt.id == place.stmt;
    with_bodies(test, |thread, body| {
        if thread != usize::from(place.thread) {
            return body;
        }
        match place.way {
            Way::Join => join(body, &|stmt| holds(stmt, &here)),
            Way::Forward => fence(body, &here, &mut Vec::new()),
            Way::Failed => part(body, false, &here),
        }
    })
}

/// The statement, or one in it, is the one that is meant.
fn holds(stmt: &Stmt, meant: &impl Fn(&Stmt) -> bool) -> bool {
    let inside = |body: &[Stmt]| body.iter().any(|stmt| holds(stmt, meant));
    meant(stmt)
        || match &stmt.kind {
            StmtKind::If { then, els, .. } => inside(then) || inside(els),
            StmtKind::Block(body) => inside(body),
            _ => false,
        }
}

fn with_bodies(test: &Test, change: impl Fn(usize, Vec<Stmt>) -> Vec<Stmt>) -> Test {
    let mut test = test.clone();
    for (number, thread) in test.threads.iter_mut().enumerate() {
        thread.body = change(number, std::mem::take(&mut thread.body));
    }
    test
}

/// An `if` in the arm of another is joined only with that one: what follows stands behind both.
fn join(body: Vec<Stmt>, meant: &dyn Fn(&Stmt) -> bool) -> Vec<Stmt> {
    let mut out = Vec::new();
    let mut rest = body.into_iter();
    while let Some(mut stmt) = rest.next() {
        let meant_here = meant(&stmt);
        match &mut stmt.kind {
            StmtKind::Block(inner) => {
                let inner = std::mem::take(inner);
                out.extend(join(inner.into_iter().chain(rest).collect(), meant));
                return out;
            }
            StmtKind::If { then, els, .. } if meant_here => {
                let rest: Vec<Stmt> = rest.collect();
                for arm in [then, els] {
                    arm.extend(rest.iter().cloned());
                    *arm = join(std::mem::take(arm), meant);
                }
                out.push(stmt);
                return out;
            }
            _ => out.push(stmt),
        }
    }
    out
}

fn part(body: Vec<Stmt>, in_arm: bool, meant: &dyn Fn(&Stmt) -> bool) -> Vec<Stmt> {
    let mut out = Vec::new();
    for mut stmt in body {
        let mut behind = None;
        let meant_here = meant(&stmt);
        match &mut stmt.kind {
            StmtKind::Block(inner) => *inner = part(std::mem::take(inner), in_arm, meant),
            StmtKind::If { then, els, .. } => {
                *then = part(std::mem::take(then), true, meant);
                *els = part(std::mem::take(els), true, meant);
            }
            kind => {
                let may_fail = op(kind).is_some_and(|op| conditional(&op.kind));
                behind = (in_arm && may_fail && meant_here).then_some(());
            }
        }
        let behind = behind.map(|()| rmb(&stmt));
        out.push(stmt);
        out.extend(behind);
    }
    out
}

fn conditional(kind: &OpKind) -> bool {
    matches!(
        kind,
        OpKind::CmpXchg { .. } | OpKind::AddUnless { .. } | OpKind::SpinTrylock { .. }
    )
}

/// Where an atomic may have stored; `None` when that is not known beforehand.
type Stored = Option<VarId>;

fn fence(body: Vec<Stmt>, meant: &dyn Fn(&Stmt) -> bool, stored: &mut Vec<Stored>) -> Vec<Stmt> {
    let mut out = Vec::new();
    for mut stmt in body {
        let meant_here = meant(&stmt);
        match &mut stmt.kind {
            StmtKind::Block(inner) => *inner = fence(std::mem::take(inner), meant, stored),
            StmtKind::If { then, els, .. } => {
                *then = fence(std::mem::take(then), meant, stored);
                *els = fence(std::mem::take(els), meant, stored);
            }
            kind => {
                if let Some((place, waits)) = op(kind).and_then(|op| reads(&op.kind)) {
                    let same = |s: &Stored| s.is_none() || place.is_none() || *s == place;
                    if stored.iter().any(same) {
                        out.push(rmb(&stmt));
                    }
                    if waits && meant_here {
                        stored.push(place);
                    }
                }
            }
        }
        out.push(stmt);
    }
    out
}

fn op(kind: &StmtKind) -> Option<&Op> {
    match kind {
        StmtKind::Op(op) => Some(op),
        StmtKind::Assign {
            value: Expr::Op(op),
            ..
        } => Some(op),
        _ => None,
    }
}

/// Where an operation reads, and whether it stores what is known only then.
fn reads(kind: &OpKind) -> Option<(Stored, bool)> {
    let (addr, waits) = match kind {
        OpKind::Load { addr, .. } => (addr, false),
        OpKind::Rmw { addr, op, .. } => (addr, *op != RmwOp::Xchg),
        OpKind::CmpXchg { addr, .. } | OpKind::AddUnless { addr, .. } => (addr, true),
        OpKind::SpinLock { lock } => (lock, false),
        OpKind::SpinTrylock { lock } => (lock, true),
        _ => return None,
    };
    let place = match addr {
        Expr::Addr(var) => Some(*var),
        _ => None,
    };
    Some((place, waits))
}

fn rmb(before: &Stmt) -> Stmt {
    Stmt {
        kind: StmtKind::Op(Op {
            name: "smp_rmb".to_owned(),
            kind: OpKind::Fence(Fence::Rmb),
            span: before.span,
        }),
        toggle: None,
        place: None,
        mode: None,
        phase: None,
        ..before.clone()
    }
}
