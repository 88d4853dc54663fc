//! The expressions inside of operations.

use crate::ast::*;
use crate::primitives::Arg;

macro_rules! with_roles {
    ($kind:expr) => {
        match $kind {
            OpKind::Load { addr, .. } => vec![(Arg::Pointer, addr)],
            OpKind::Store { addr, value, .. } | OpKind::StoreMb { addr, value } => {
                vec![(Arg::Pointer, addr), (Arg::Value, value)]
            }
            OpKind::Fence(_)
            | OpKind::RcuReadLock
            | OpKind::RcuReadUnlock
            | OpKind::SynchronizeRcu { .. } => vec![],
            OpKind::Rmw { addr, operand, .. } => {
                vec![(Arg::Pointer, addr), (Arg::Value, operand)]
            }
            OpKind::CmpXchg {
                addr,
                expected,
                new,
                ..
            } => {
                vec![
                    (Arg::Pointer, addr),
                    (Arg::Expected, expected),
                    (Arg::Value, new),
                ]
            }
            OpKind::AddUnless {
                addr, add, unless, ..
            } => {
                vec![
                    (Arg::Pointer, addr),
                    (Arg::Value, add),
                    (Arg::Unless, unless),
                ]
            }
            OpKind::SpinLock { lock }
            | OpKind::SpinUnlock { lock }
            | OpKind::SpinTrylock { lock }
            | OpKind::SpinIsLocked { lock } => vec![(Arg::Pointer, lock)],
            OpKind::SrcuReadLock { domain, .. }
            | OpKind::SynchronizeSrcu { domain, .. }
            | OpKind::SrcuBarrier { domain } => vec![(Arg::Domain, domain)],
            OpKind::SrcuReadUnlock { domain, cookie, .. } => {
                vec![(Arg::Domain, domain), (Arg::Cookie, cookie)]
            }
            OpKind::CallSrcu { domain, object, .. } => {
                vec![(Arg::Domain, domain), (Arg::Object, object)]
            }
            OpKind::Kfree { object } => vec![(Arg::Object, object)],
        }
    };
}

/// The operands of an operation with their roles.
pub(crate) fn roles(kind: &OpKind) -> Vec<(Arg, &Expr)> {
    with_roles!(kind)
}

/// The same, to be changed.
pub(crate) fn roles_mut(kind: &mut OpKind) -> Vec<(Arg, &mut Expr)> {
    with_roles!(kind)
}

/// Calls `visit` for every operation inside an expression, inner ones first.
pub(crate) fn ops_of_expr<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Op)) {
    match expr {
        Expr::Int(_) | Expr::Reg(_) | Expr::Addr(_) => {}
        Expr::Field { base, .. } => ops_of_expr(base, visit),
        Expr::Unary(_, a) => ops_of_expr(a, visit),
        Expr::Binary(_, a, b) => {
            ops_of_expr(a, visit);
            ops_of_expr(b, visit);
        }
        Expr::Op(op) => ops_of_op(op, visit),
    }
}

/// The same for an operation and those inside it.
pub(crate) fn ops_of_op<'e>(op: &'e Op, visit: &mut dyn FnMut(&'e Op)) {
    for (_, expr) in roles(&op.kind) {
        ops_of_expr(expr, visit);
    }
    visit(op);
}

/// The same for statements, nested ones too.
pub(crate) fn ops_of_body<'e>(body: &'e [Stmt], visit: &mut dyn FnMut(&'e Op)) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Declare { .. } | StmtKind::Empty => {}
            StmtKind::Assign { value, .. } => ops_of_expr(value, visit),
            StmtKind::Op(op) => ops_of_op(op, visit),
            StmtKind::If { cond, then, els } => {
                ops_of_expr(cond, visit);
                ops_of_body(then, visit);
                ops_of_body(els, visit);
            }
            StmtKind::Block(body) => ops_of_body(body, visit),
        }
    }
}
