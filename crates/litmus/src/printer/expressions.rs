//! Expressions and calls.

use super::{Printer, Style};
use crate::ast::*;
use crate::build;
use crate::parser::strength;
use crate::primitives::{self, Arg, Primitive};
use crate::walk::roles;

/// Binds more than every binary operator.
const UNARY: u8 = 10;
/// What may stand before `->`.
const POSTFIX: u8 = 11;

impl Printer<'_> {
    fn reg(&self, reg: RegId) -> &str {
        self.thread
            .and_then(|thread| thread.regs.get(usize::from(reg.0)))
            .map_or("", |reg| reg.name.as_str())
    }

    fn is_param(&self, var: VarId) -> bool {
        self.thread
            .is_some_and(|thread| thread.params.iter().any(|(other, _)| *other == var))
    }

    pub(crate) fn expr(&self, expr: &Expr, least: u8) -> String {
        let (text, strength) = match expr {
            Expr::Int(n) => (n.to_string(), if *n < 0 { UNARY } else { POSTFIX }),
            Expr::Reg(reg) => (self.reg(*reg).to_string(), POSTFIX),
            Expr::Addr(var) if matches!(self.test.element(*var), Some((_, 1..))) => {
                (self.element_address(*var), strength(BinOp::Add))
            }
            Expr::Addr(var) if self.is_param(*var) => {
                (self.test.var_name(*var).to_string(), POSTFIX)
            }
            Expr::Addr(var) => (format!("&{}", self.test.var_name(*var)), UNARY),
            Expr::Field { .. } => (format!("&{}", self.place(expr)), UNARY),
            Expr::Unary(op, a) => {
                let sign = match op {
                    UnOp::Not => "!",
                    UnOp::Neg => "-",
                    UnOp::BitNot => "~",
                };
                let mut inner = self.expr(a, UNARY);
                let number = matches!(**a, Expr::Int(_));
                if *op == UnOp::Neg && (inner.starts_with('-') || number) {
                    inner = format!("({inner})");
                }
                (format!("{sign}{inner}"), UNARY)
            }
            Expr::Binary(op, a, b) => {
                let mut strength = strength(*op);
                // To herd all comparisons are alike, and never in a row.
                let compares = self.style == Style::Herd && (6..=7).contains(&strength);
                if compares {
                    strength = 6;
                }
                let left = self.expr(a, strength + u8::from(compares));
                let right = self.expr(b, strength + 1);
                (format!("{left} {} {right}", sign(*op)), strength)
            }
            Expr::Op(op) => match &op.kind {
                OpKind::Load {
                    addr,
                    order: Order::Plain,
                } if op.name.is_empty() => {
                    let strength = if matches!(addr, Expr::Field { .. }) {
                        POSTFIX
                    } else {
                        UNARY
                    };
                    (self.place(addr), strength)
                }
                _ => (self.call(op), POSTFIX),
            },
        };
        if strength < least {
            format!("({text})")
        } else {
            text
        }
    }

    /// What is at an address: `*x`, `p->field`.
    pub(crate) fn place(&self, addr: &Expr) -> String {
        match addr {
            Expr::Field { base, field } => format!("{}->{field}", self.expr(base, POSTFIX)),
            // herd's `*` is for a name, or for what is in parentheses.
            other if self.style == Style::Herd => match self.expr(other, POSTFIX) {
                call if matches!(other, Expr::Op(_)) && !call.starts_with('(') => {
                    format!("*({call})")
                }
                name => format!("*{name}"),
            },
            other => format!("*{}", self.expr(other, UNARY)),
        }
    }

    /// `x + 4`: an element behind the first of its array.
    fn element_address(&self, var: VarId) -> String {
        let Some((array, index)) = self.test.element(var) else {
            return String::new();
        };
        let name = self.test.array_name(array);
        let and = match array.elements.first() {
            Some(first) if self.is_param(*first) => "",
            _ => "&",
        };
        format!("{and}{name} + {}", index * usize::from(array.stride))
    }

    /// A call, or a plain store.
    pub(crate) fn call(&self, op: &Op) -> String {
        match &op.kind {
            OpKind::Load {
                addr,
                order: Order::Plain,
            } if op.name.is_empty() => {
                return self.place(addr);
            }
            OpKind::Store {
                addr,
                value,
                order: Order::Plain,
            } if op.name.is_empty() => {
                return format!("{} = {}", self.place(addr), self.expr(value, 0));
            }
            _ => {}
        }
        if let Some(text) = self.raw(op) {
            return text;
        }
        let (name, primitive) = match primitives::lookup(&op.name) {
            Some(primitive) if build::means(&primitive, &op.kind) => (op.name.clone(), primitive),
            _ => match build::of_kind(&op.kind) {
                Some((name, primitive)) => (name, primitive),
                None => return format!("{}()", op.name),
            },
        };
        let (name, primitive) = self.herd_name(name, primitive);
        let mut roles = roles(&op.kind);
        let mut args = Vec::new();
        for arg in primitive.args {
            let text = match arg {
                Arg::Callback => match &op.kind {
                    OpKind::CallSrcu {
                        callback: Some(callback),
                        ..
                    } => callback.clone(),
                    _ => continue,
                },
                Arg::Ignored if name.starts_with("srcu_") => match self.domain() {
                    Some(domain) => domain,
                    None => continue,
                },
                Arg::Ignored => "1".to_string(),
                _ => {
                    let Some(at) = roles.iter().position(|(role, _)| *role == arg.role()) else {
                        continue;
                    };
                    let (_, expr) = roles.remove(at);
                    if *arg == Arg::Place {
                        self.place(expr)
                    } else {
                        self.expr(expr, 0)
                    }
                }
            };
            args.push(text);
        }
        format!("{name}({})", args.join(", "))
    }

    /// `__load{ONCE}(*x)`, `__fence{MB}`; nothing when the operation is called by a name of the kernel.
    fn raw(&self, op: &Op) -> Option<String> {
        let name = op.name.as_str();
        let word = name.split('{').next().unwrap_or("");
        if !name.starts_with("__") || (word == name && name != "__atomic_op") {
            return None;
        }
        let value = |expr: &Expr| self.expr(expr, 0);
        let args = match (word, &op.kind) {
            (
                "__fence",
                OpKind::Fence(_)
                | OpKind::RcuReadLock
                | OpKind::RcuReadUnlock
                | OpKind::SynchronizeRcu { .. },
            ) => return Some(name.to_string()),
            ("__load", OpKind::Load { addr, .. }) => vec![self.place(addr)],
            ("__load", OpKind::SrcuReadLock { domain, .. }) => vec![self.place(domain)],
            ("__store", OpKind::Store { addr, value: v, .. }) => vec![self.place(addr), value(v)],
            ("__store", OpKind::SrcuReadUnlock { domain, cookie, .. }) => {
                vec![self.place(domain), value(cookie)]
            }
            ("__srcu", OpKind::SynchronizeSrcu { domain, .. }) => vec![value(domain)],
            ("__xchg", OpKind::Rmw { addr, operand, .. }) => vec![value(addr), value(operand)],
            (
                _,
                OpKind::Rmw {
                    addr, op, operand, ..
                },
            ) => {
                let sign = match op {
                    RmwOp::Add => "+",
                    RmwOp::Sub => "-",
                    RmwOp::And => "&",
                    RmwOp::Or => "|",
                    RmwOp::Xor => "^",
                    RmwOp::AndNot => "&~",
                    RmwOp::Xchg => return None,
                };
                vec![value(addr), sign.to_string(), value(operand)]
            }
            (
                "__cmpxchg",
                OpKind::CmpXchg {
                    addr,
                    expected,
                    new,
                    ..
                },
            ) => {
                vec![value(addr), value(expected), value(new)]
            }
            (
                "__atomic_add_unless",
                OpKind::AddUnless {
                    addr, add, unless, ..
                },
            ) => {
                vec![value(addr), value(add), value(unless)]
            }
            _ => return None,
        };
        Some(format!("{name}({})", args.join(", ")))
    }

    /// `srcu_dereference(*p, s)` does not keep its `s`: the thread's domain.
    fn domain(&self) -> Option<String> {
        let (var, _) = self
            .thread?
            .params
            .iter()
            .find(|(_, ty)| ty.contains("srcu_struct"))?;
        Some(self.test.var_name(*var).to_string())
    }

    /// herd's definitions lack some names that mean the same as others.
    fn herd_name(&self, name: String, primitive: Primitive) -> (String, Primitive) {
        if self.style == Style::Full {
            return (name, primitive);
        }
        let other = match name.as_str() {
            "srcu_dereference" | "rcu_dereference_check" | "rcu_dereference_raw" => {
                "rcu_dereference"
            }
            "rcu_access_pointer" => "READ_ONCE",
            "atomic_inc_not_zero" => "atomic_add_unless",
            _ => return (name, primitive),
        };
        match primitives::lookup(other) {
            Some(primitive) => (other.to_string(), primitive),
            None => (name, primitive),
        }
    }
}

fn sign(op: BinOp) -> &'static str {
    match op {
        BinOp::Add => "+",
        BinOp::Sub => "-",
        BinOp::Mul => "*",
        BinOp::Div => "/",
        BinOp::BitAnd => "&",
        BinOp::BitOr => "|",
        BinOp::BitXor => "^",
        BinOp::Eq => "==",
        BinOp::Ne => "!=",
        BinOp::Lt => "<",
        BinOp::Gt => ">",
        BinOp::Le => "<=",
        BinOp::Ge => ">=",
        BinOp::And => "&&",
        BinOp::Or => "||",
    }
}
