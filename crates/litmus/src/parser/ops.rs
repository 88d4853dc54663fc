//! Calls of primitives.

use super::expressions::{Call, Operand};
use super::{Parser, Res};
use crate::ast::*;
use crate::lexer::Tok;
use crate::primitives::{self, Arg, Prim, Primitive};

impl Parser<'_> {
    /// `name(…)`, from the name on.
    pub(super) fn call(&mut self) -> Res<Call> {
        self.count_operator()?;
        let at = self.next().span;
        let name = self.text(at);
        let Some(primitive) = primitives::lookup(name) else {
            let help = match name {
                "smp_read_barrier_depends" => {
                    Some("the kernel has none any more: leave it out".to_string())
                }
                _ => primitives::nearest(name).map(|near| format!("did you mean `{near}`?")),
            };
            let message = format!("there is no primitive `{name}`");
            return Err(self.sink.error_help(at, message, help));
        };
        self.next(); // `(`, seen by the caller
        let mut args: Vec<(Span, Option<Operand>)> = Vec::new();
        if !self.eat(Tok::RParen) {
            loop {
                let start = self.peek().span;
                let kind = primitive.args.get(args.len());
                let operand = if matches!(kind, Some(Arg::Ignored | Arg::Callback)) {
                    self.skip_argument();
                    None
                } else {
                    Some(self.operand()?)
                };
                args.push((self.since(start.start), operand));
                if self.eat(Tok::RParen) {
                    break;
                }
                self.expect(Tok::Comma, "`,` or `)`")?;
            }
        }
        let most = primitive.args.len();
        let least = most - primitive.optional.min(most);
        if !(least..=most).contains(&args.len()) {
            let wanted = match (least, most) {
                (_, 1) if least == 1 => "1 argument".to_string(),
                (_, _) if least == most => format!("{most} arguments"),
                _ => format!("{least} or {most} arguments"),
            };
            let given = args.len();
            let verb = if given == 1 { "is" } else { "are" };
            let message = format!("`{name}` takes {wanted}, but {given} {verb} given");
            let help = format!("it is called as `{}`", primitive.usage(name));
            return Err(self.sink.error_help(at, message, Some(help)));
        }
        let mut exprs = Vec::new();
        let mut callback = None;
        for ((span, operand), kind) in args.into_iter().zip(primitive.args) {
            match (kind, operand) {
                (Arg::Callback, _) => callback = Some(self.text(span).to_string()),
                (_, None) => {}
                (Arg::Place, Some(operand)) => {
                    let what = format!("the first argument of `{name}`");
                    exprs.push((kind.role(), self.place_of(operand, span, &what)?));
                }
                (_, Some(operand)) => {
                    if let Operand::Call(call) = &operand
                        && !call.value
                    {
                        let inner = self.text(call.at);
                        let message = format!("`{inner}` gives no value");
                        return Err(self.sink.error(call.at, message));
                    }
                    exprs.push((kind.role(), self.value_of(operand, span)));
                }
            }
        }
        if primitive.prim == Prim::Kfree || primitive.prim == Prim::CallSrcu {
            self.frees = true;
        }
        let span = self.since(at.start);
        let value = primitive.gives_value();
        match build(name, &primitive, &mut exprs, callback, span) {
            Some(ops) => Ok(Call { ops, value, at }),
            None => Err(self
                .sink
                .error(at, format!("`{name}` cannot be used like this"))),
        }
    }

    /// Skips to the `,` or `)` that ends an argument.
    fn skip_argument(&mut self) {
        loop {
            match self.peek().tok {
                Tok::Comma | Tok::RParen | Tok::Semi | Tok::LBrace | Tok::RBrace | Tok::Eof => {
                    return;
                }
                Tok::LParen | Tok::LBracket => self.skip_balanced(),
                _ => {
                    self.next();
                }
            }
        }
    }
}

fn take(args: &mut Vec<(Arg, Expr)>, role: Arg) -> Option<Expr> {
    let at = args.iter().position(|(other, _)| *other == role)?;
    Some(args.remove(at).1)
}

/// The operations of a primitive, its arguments taken by their roles; `None`
/// when one is missing.
pub(super) fn build(
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
