//! A primitive and its arguments to an operation, and back.

use crate::ast::*;
use crate::primitives::{self, Arg, Prim, Primitive};
use crate::walk::roles;

fn take(args: &mut Vec<(Arg, Expr)>, role: Arg) -> Option<Expr> {
    let at = args.iter().position(|(other, _)| *other == role)?;
    Some(args.remove(at).1)
}

/// The operations of a primitive, its arguments taken by their roles; `None`
/// when one is missing.
pub(crate) fn build(
    name: &str,
    primitive: &Primitive,
    args: &mut Vec<(Arg, Expr)>,
    callback: Option<String>,
    span: Span,
) -> Option<Vec<Op>> {
    let order = primitive.order;
    let kind = match primitive.prim {
        Prim::Load => OpKind::Load {
            addr: take(args, Arg::Pointer)?,
            order,
        },
        Prim::Store => OpKind::Store {
            addr: take(args, Arg::Pointer)?,
            value: take(args, Arg::Value)?,
            order,
        },
        Prim::StoreMb => OpKind::StoreMb {
            addr: take(args, Arg::Pointer)?,
            value: take(args, Arg::Value)?,
        },
        Prim::Fence(fence) => OpKind::Fence(fence),
        Prim::Rmw(op, ret) => OpKind::Rmw {
            addr: take(args, Arg::Pointer)?,
            op,
            operand: if primitive.args.contains(&Arg::Value) {
                take(args, Arg::Value)?
            } else {
                Expr::Int(1)
            },
            ret,
            order,
        },
        Prim::CmpXchg => OpKind::CmpXchg {
            addr: take(args, Arg::Pointer)?,
            expected: take(args, Arg::Expected)?,
            new: take(args, Arg::Value)?,
            order,
        },
        Prim::AddUnless { fetch } => {
            let addr = take(args, Arg::Pointer)?;
            let (add, unless) = if primitive.args.contains(&Arg::Unless) {
                (take(args, Arg::Value)?, take(args, Arg::Unless)?)
            } else {
                (Expr::Int(1), Expr::Int(0))
            };
            OpKind::AddUnless {
                addr,
                add,
                unless,
                fetch,
                order,
            }
        }
        Prim::SpinLock => OpKind::SpinLock {
            lock: take(args, Arg::Pointer)?,
        },
        Prim::SpinUnlock => OpKind::SpinUnlock {
            lock: take(args, Arg::Pointer)?,
        },
        Prim::SpinTrylock => OpKind::SpinTrylock {
            lock: take(args, Arg::Pointer)?,
        },
        Prim::SpinIsLocked => OpKind::SpinIsLocked {
            lock: take(args, Arg::Pointer)?,
        },
        Prim::SpinUnlockWait => {
            let lock = take(args, Arg::Pointer)?;
            let op = |name: &str, kind| Op {
                name: name.to_string(),
                kind,
                span,
            };
            return Some(vec![
                op("spin_lock", OpKind::SpinLock { lock: lock.clone() }),
                op("spin_unlock", OpKind::SpinUnlock { lock }),
            ]);
        }
        Prim::RcuReadLock => OpKind::RcuReadLock,
        Prim::RcuReadUnlock => OpKind::RcuReadUnlock,
        Prim::SynchronizeRcu { expedited } => OpKind::SynchronizeRcu { expedited },
        Prim::SrcuReadLock { down } => OpKind::SrcuReadLock {
            domain: take(args, Arg::Domain)?,
            down,
        },
        Prim::SrcuReadUnlock { up } => OpKind::SrcuReadUnlock {
            domain: take(args, Arg::Domain)?,
            cookie: take(args, Arg::Cookie)?,
            up,
        },
        Prim::SynchronizeSrcu { expedited } => OpKind::SynchronizeSrcu {
            domain: take(args, Arg::Domain)?,
            expedited,
        },
        Prim::CallSrcu => OpKind::CallSrcu {
            domain: take(args, Arg::Domain)?,
            object: take(args, Arg::Object)?,
            callback,
        },
        Prim::SrcuBarrier => OpKind::SrcuBarrier {
            domain: take(args, Arg::Domain)?,
        },
        Prim::Kfree => OpKind::Kfree {
            object: take(args, Arg::Object)?,
        },
    };
    Some(vec![Op {
        name: name.to_string(),
        kind,
        span,
    }])
}

/// The primitive means this operation.
pub(crate) fn means(primitive: &Primitive, kind: &OpKind) -> bool {
    let mut args: Vec<(Arg, Expr)> = roles(kind)
        .into_iter()
        .map(|(role, expr)| (role, expr.clone()))
        .collect();
    let callback = match kind {
        OpKind::CallSrcu { callback, .. } => callback.clone(),
        _ => None,
    };
    let ops = build("", primitive, &mut args, callback, Span::default());
    matches!(ops.as_deref(), Some([op]) if op.kind == *kind)
}

/// A primitive that means this operation.
pub(crate) fn of_kind(kind: &OpKind) -> Option<(String, Primitive)> {
    primitives::names().into_iter().find_map(|name| {
        let primitive = primitives::lookup(&name)?;
        means(&primitive, kind).then_some((name, primitive))
    })
}
