//! The expressions inside of operations and statements.

use crate::ast::*;

macro_rules! exprs_of_op {
    ($kind:expr) => {
        match $kind {
            OpKind::Load { addr, .. } => vec![addr],
            OpKind::Store { addr, value, .. } | OpKind::StoreMb { addr, value } => {
                vec![addr, value]
            }
            OpKind::Fence(_)
            | OpKind::RcuReadLock
            | OpKind::RcuReadUnlock
            | OpKind::SynchronizeRcu { .. } => vec![],
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
            OpKind::SpinLock { lock }
            | OpKind::SpinUnlock { lock }
            | OpKind::SpinTrylock { lock }
            | OpKind::SpinIsLocked { lock } => vec![lock],
            OpKind::SrcuReadLock { domain, .. }
            | OpKind::SynchronizeSrcu { domain, .. }
            | OpKind::SrcuBarrier { domain } => vec![domain],
            OpKind::SrcuReadUnlock { domain, cookie, .. } => vec![domain, cookie],
            OpKind::CallSrcu { domain, object, .. } => vec![domain, object],
            OpKind::Kfree { object } => vec![object],
        }
    };
}

/// The operands of an operation, in order.
pub(crate) fn exprs_of_op(kind: &OpKind) -> Vec<&Expr> {
    exprs_of_op!(kind)
}

/// The same, to be changed.
pub(crate) fn exprs_of_op_mut(kind: &mut OpKind) -> Vec<&mut Expr> {
    exprs_of_op!(kind)
}
