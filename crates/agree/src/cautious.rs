//! Tests made more cautious: with the orders that the machine keeps on Arm and the
//! axioms do not ask for. What the axioms allow of such a test, the machine must
//! have of the test that it was made from.

use litmus::{Expr, Fence, Op, OpKind, RmwOp, Stmt, StmtKind, Test, VarId};

/// With branches that hold back what is stored behind their joins: what follows an
/// `if` stands at the end of each of its arms, where it depends on the condition.
#[must_use]
pub fn joined(test: &Test) -> Test {
    with_bodies(test, join)
}

/// With atomics that hold back those that read what they store: an `smp_rmb()`
/// stands before each read of a location to which an earlier atomic of its CPU may
/// store, unless that atomic is an exchange, which stores what it is told to.
#[must_use]
pub fn fenced(test: &Test) -> Test {
    with_bodies(test, |body| fence(body, &mut Vec::new()))
}

fn with_bodies(test: &Test, change: impl Fn(Vec<Stmt>) -> Vec<Stmt>) -> Test {
    let mut test = test.clone();
    for thread in &mut test.threads {
        thread.body = change(std::mem::take(&mut thread.body));
    }
    test
}

fn join(body: Vec<Stmt>) -> Vec<Stmt> {
    let mut out = Vec::new();
    let mut rest = body.into_iter();
    while let Some(mut stmt) = rest.next() {
        match &mut stmt.kind {
            StmtKind::Block(inner) => {
                let inner = std::mem::take(inner);
                out.extend(join(inner.into_iter().chain(rest).collect()));
                return out;
            }
            StmtKind::If { then, els, .. } => {
                let rest: Vec<Stmt> = rest.collect();
                for arm in [then, els] {
                    arm.extend(rest.iter().cloned());
                    *arm = join(std::mem::take(arm));
                }
                out.push(stmt);
                return out;
            }
            _ => out.push(stmt),
        }
    }
    out
}

/// Where an atomic may have stored; `None` when that is not known beforehand.
type Place = Option<VarId>;

fn fence(body: Vec<Stmt>, stored: &mut Vec<Place>) -> Vec<Stmt> {
    let mut out = Vec::new();
    for mut stmt in body {
        match &mut stmt.kind {
            StmtKind::Block(inner) => *inner = fence(std::mem::take(inner), stored),
            StmtKind::If { then, els, .. } => {
                *then = fence(std::mem::take(then), stored);
                *els = fence(std::mem::take(els), stored);
            }
            kind => {
                if let Some((place, waits)) = op(kind).and_then(|op| reads(&op.kind)) {
                    let same = |s: &Place| s.is_none() || place.is_none() || *s == place;
                    if stored.iter().any(same) {
                        out.push(rmb(&stmt));
                    }
                    if waits {
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
fn reads(kind: &OpKind) -> Option<(Place, bool)> {
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
