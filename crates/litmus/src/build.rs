//! A primitive and its arguments to an operation, and back.

use crate::ast::*;
use crate::primitives::{self, Arg, Prim, Primitive};

fn take(args: &mut Vec<(Arg, Expr)>, role: Arg) -> Option<Expr> {
    let at = args.iter().position(|(other, _)| *other == role)?;
    Some(args.remove(at).1)
}

/// The operation of a primitive, its arguments taken by their roles; `None`
/// when one is missing.
pub(crate) fn build(
    name: &str,
    primitive: &Primitive,
    args: &mut Vec<(Arg, Expr)>,
    callback: Option<String>,
    span: Span,
) -> Option<Op> {
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
    Some(Op {
        name: name.to_string(),
        kind,
        span,
    })
}

/// The primitive means this operation: [`build`] would make it of the operation's arguments.
pub(crate) fn means(primitive: &Primitive, kind: &OpKind) -> bool {
    let takes = |arg: Arg| primitive.args.contains(&arg);
    let same = |order: &Order| *order == primitive.order;
    match (primitive.prim, kind) {
        (Prim::Load, OpKind::Load { order, .. })
        | (Prim::Store, OpKind::Store { order, .. })
        | (Prim::CmpXchg, OpKind::CmpXchg { order, .. }) => same(order),
        (Prim::Fence(fence), OpKind::Fence(other)) => fence == *other,
        (
            Prim::Rmw(op, ret),
            OpKind::Rmw {
                op: other,
                operand,
                ret: other_ret,
                order,
                ..
            },
        ) => {
            let operand = takes(Arg::Value) || *operand == Expr::Int(1);
            op == *other && ret == *other_ret && operand && same(order)
        }
        (
            Prim::AddUnless { fetch },
            OpKind::AddUnless {
                add,
                unless,
                fetch: other,
                order,
                ..
            },
        ) => {
            let numbers = takes(Arg::Unless) || (*add == Expr::Int(1) && *unless == Expr::Int(0));
            fetch == *other && numbers && same(order)
        }
        (Prim::SynchronizeRcu { expedited }, OpKind::SynchronizeRcu { expedited: other })
        | (
            Prim::SynchronizeSrcu { expedited },
            OpKind::SynchronizeSrcu {
                expedited: other, ..
            },
        ) => expedited == *other,
        (Prim::SrcuReadLock { down }, OpKind::SrcuReadLock { down: other, .. }) => down == *other,
        (Prim::SrcuReadUnlock { up }, OpKind::SrcuReadUnlock { up: other, .. }) => up == *other,
        (Prim::StoreMb, OpKind::StoreMb { .. })
        | (Prim::SpinLock, OpKind::SpinLock { .. })
        | (Prim::SpinUnlock, OpKind::SpinUnlock { .. })
        | (Prim::SpinTrylock, OpKind::SpinTrylock { .. })
        | (Prim::SpinIsLocked, OpKind::SpinIsLocked { .. })
        | (Prim::RcuReadLock, OpKind::RcuReadLock)
        | (Prim::RcuReadUnlock, OpKind::RcuReadUnlock)
        | (Prim::CallSrcu, OpKind::CallSrcu { .. })
        | (Prim::SrcuBarrier, OpKind::SrcuBarrier { .. })
        | (Prim::Kfree, OpKind::Kfree { .. }) => true,
        _ => false,
    }
}

/// The operation gives a value.
pub(crate) fn gives_value(kind: &OpKind) -> bool {
    match kind {
        OpKind::Load { .. }
        | OpKind::CmpXchg { .. }
        | OpKind::AddUnless { .. }
        | OpKind::SpinTrylock { .. }
        | OpKind::SpinIsLocked { .. }
        | OpKind::SrcuReadLock { .. } => true,
        OpKind::Rmw { ret, .. } => *ret != RmwRet::None,
        _ => false,
    }
}

/// A primitive that means this operation.
pub(crate) fn of_kind(kind: &OpKind) -> Option<(String, Primitive)> {
    primitives::names().into_iter().find_map(|name| {
        let primitive = primitives::lookup(&name)?;
        means(&primitive, kind).then_some((name, primitive))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::walk::roles;

    /// By the way of [`build`].
    fn builds(primitive: &Primitive, kind: &OpKind) -> bool {
        let mut args: Vec<(Arg, Expr)> = roles(kind)
            .into_iter()
            .map(|(role, expr)| (role, expr.clone()))
            .collect();
        let callback = match kind {
            OpKind::CallSrcu { callback, .. } => callback.clone(),
            _ => None,
        };
        let op = build("", primitive, &mut args, callback, Span::default());
        op.is_some_and(|op| op.kind == *kind)
    }

    #[test]
    fn a_primitive_means_what_is_built_of_it() {
        let all: Vec<Primitive> = primitives::names()
            .iter()
            .map(|name| primitives::lookup(name).expect("it is in the table"))
            .collect();
        // Every kind of operation, with the number that is left out where a primitive may, and with others.
        let mut kinds = Vec::new();
        for primitive in &all {
            for number in [0, 1, 2] {
                let arg = |role: &Arg| (*role, Expr::Int(number));
                let mut args: Vec<_> = primitive.args.iter().map(arg).collect();
                kinds.extend(
                    build("", primitive, &mut args, None, Span::default()).map(|op| op.kind),
                );
            }
        }
        assert!(kinds.len() > 200, "{}", kinds.len());
        let mut meant = 0;
        for kind in &kinds {
            for primitive in &all {
                assert_eq!(
                    means(primitive, kind),
                    builds(primitive, kind),
                    "{primitive:?} {kind:?}"
                );
                meant += usize::from(means(primitive, kind));
            }
        }
        assert!(meant >= kinds.len());
    }
}
