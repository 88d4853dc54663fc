//! What herd's C has not, in words that it has.
//!
//! herd reads no `!`, `~`, `&&`, `||` and no sign before what is no number; its integers have 32
//! bits; and some words it keeps for itself. All of it can be said otherwise, without a change in
//! dependencies: the operators by others over the same operands, names by others. Only numbers
//! cannot.

use super::{ExportError, Exporter};
use crate::ast::*;
use crate::walk;

/// Words that herd's lexers keep: of C, of the init block and the conditions, and those at which it
/// cuts a file into its parts.
const KEPT: &[&str] = &[
    "if",
    "else",
    "while",
    "regions",
    "volatile",
    "const",
    "_Atomic",
    "atomic",
    "char",
    "int",
    "long",
    "struct",
    "int8_t",
    "uint8_t",
    "int16_t",
    "uint16_t",
    "int32_t",
    "uint32_t",
    "int64_t",
    "uint64_t",
    "__int128_t",
    "__uint128_t",
    "__int128",
    "__uint128",
    "intptr_t",
    "uintptr_t",
    "mtx_t",
    "spinlock_t",
    "atomic_t",
    "atomic_int",
    "srcu_struct",
    "void",
    "lock",
    "mtx_lock",
    "unlock",
    "mtx_unlock",
    "WCAS",
    "SCAS",
    "atomic_fetch_add_explicit",
    "atomic_fetch_sub_explicit",
    "atomic_fetch_or_explicit",
    "atomic_fetch_xor_explicit",
    "atomic_fetch_and_explicit",
    "memory_order_acquire",
    "memory_order_release",
    "memory_order_acq_rel",
    "memory_order_seq_cst",
    "memory_order_relaxed",
    "memory_order_consume",
    "atomic_thread_fence",
    "atomic_load_explicit",
    "atomic_store_explicit",
    "atomic_exchange_explicit",
    "atomic_compare_exchange_weak",
    "atomic_compare_exchange_strong",
    "atomic_compare_exchange_weak_explicit",
    "atomic_compare_exchange_strong_explicit",
    "__fence",
    "__load",
    "__store",
    "__srcu",
    "__xchg",
    "__cmpxchg",
    "__lock",
    "__trylock",
    "__islocked",
    "__unlock",
    "__atomic_op",
    "__atomic_op_return",
    "__atomic_fetch_op",
    "__atomic_add_unless",
    "NOP",
    "nop",
    "not",
    "true",
    "false",
    "observed",
    "Observed",
    "and",
    "exists",
    "forall",
    "final",
    "with",
    "locations",
    "filter",
    "fault",
    "Fault",
    "tag",
    "TAG",
    "attrs",
    "Attrs",
    "oa",
    "PTE",
    "TTD",
    "PA",
    "ATOMIC_INIT",
    "cases",
];

/// herd reads this name as something else; `P1` is a thread.
fn kept(name: &str) -> bool {
    let digits = name.strip_prefix('P').unwrap_or("");
    KEPT.contains(&name) || !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

impl Exporter<'_> {
    /// Everything, once all threads are there.
    pub(super) fn dialect(&mut self) -> Result<(), ExportError> {
        for index in 0..self.out.threads.len() {
            self.thread = index;
            let Some(thread) = self.out.threads.get_mut(index) else {
                continue;
            };
            let mut body = std::mem::take(&mut thread.body);
            self.spoken(&mut body)?;
            if let Some(thread) = self.out.threads.get_mut(index) {
                thread.body = body;
            }
        }
        self.rename();
        self.numbers()
    }

    fn spoken(&self, body: &mut [Stmt]) -> Result<(), ExportError> {
        for stmt in body {
            let span = stmt.span;
            match &mut stmt.kind {
                StmtKind::Declare { .. } | StmtKind::Empty => {}
                StmtKind::Assign { value, .. } => self.arithmetic(value, span)?,
                StmtKind::If { cond, then, els } => {
                    self.arithmetic(cond, span)?;
                    self.spoken(then)?;
                    self.spoken(els)?;
                }
                StmtKind::Block(inner) => self.spoken(inner)?,
                StmtKind::Op(op) => self.operands_spoken(op)?,
            }
        }
        Ok(())
    }

    fn operands_spoken(&self, op: &mut Op) -> Result<(), ExportError> {
        let span = op.span;
        for (_, operand) in walk::roles_mut(&mut op.kind) {
            self.arithmetic(operand, span)?;
        }
        Ok(())
    }

    /// The same value by the operators that herd has.
    fn arithmetic(&self, expr: &mut Expr, span: Span) -> Result<(), ExportError> {
        let binary = |op, a, b| Expr::Binary(op, Box::new(a), Box::new(b));
        let inner = |expr: &mut Box<Expr>| std::mem::replace(&mut **expr, Expr::Int(0));
        match expr {
            Expr::Int(n) => return self.number(*n, span),
            Expr::Reg(_) | Expr::Addr(_) => {}
            Expr::Field { base, .. } => self.arithmetic(base, span)?,
            Expr::Op(op) => self.operands_spoken(op)?,
            Expr::Unary(op, a) => {
                let op = *op;
                if let Expr::Int(n) = **a {
                    *expr = Expr::Int(match op {
                        UnOp::Not => i64::from(n == 0),
                        UnOp::Neg => n.wrapping_neg(),
                        UnOp::BitNot => !n,
                    });
                    return self.arithmetic(expr, span);
                }
                self.arithmetic(a, span)?;
                let a = inner(a);
                *expr = match op {
                    UnOp::Not => binary(BinOp::Eq, a, Expr::Int(0)),
                    UnOp::Neg => binary(BinOp::Sub, Expr::Int(0), a),
                    UnOp::BitNot => binary(BinOp::BitXor, a, Expr::Int(-1)),
                };
            }
            Expr::Binary(op, a, b) => {
                self.arithmetic(a, span)?;
                self.arithmetic(b, span)?;
                if *op == BinOp::Div && !matches!(**b, Expr::Int(n) if n != 0) {
                    let message = "herd refuses a test in which it may divide by 0, and this divisor is no number";
                    return self.error(span, message);
                }
                let both = match op {
                    BinOp::And => BinOp::BitAnd,
                    BinOp::Or => BinOp::BitOr,
                    _ => return Ok(()),
                };
                *expr = binary(both, truth(inner(a)), truth(inner(b)));
            }
        }
        Ok(())
    }

    fn number(&self, n: i64, span: Span) -> Result<(), ExportError> {
        if i32::try_from(n).is_err() {
            let message = format!("{n} does not fit into herd's integers, which have 32 bits");
            return self.error(span, message);
        }
        Ok(())
    }

    /// Names that herd keeps for itself become others.
    fn rename(&mut self) {
        let mut names = Vec::new();
        for index in 0..self.out.vars.len() {
            let Some(name) = self.out.vars.get(index).map(|var| var.name.clone()) else {
                continue;
            };
            if kept(&name) {
                let fresh = self.fresh_name(&format!("{name}_"));
                names.push((name, fresh.clone()));
                if let Some(var) = self.out.vars.get_mut(index) {
                    var.name = fresh;
                }
            }
        }
        for (old, new) in &names {
            self.note(format!(
                "the variable `{old}` is written as `{new}`: herd reserves that word"
            ));
        }
        for thread in 0..self.out.threads.len() {
            for reg in 0..self.out.threads.get(thread).map_or(0, |t| t.regs.len()) {
                self.rename_register(thread, reg, &names);
            }
        }
    }

    fn rename_register(&mut self, thread: usize, reg: usize, vars: &[(String, String)]) {
        let name = |out: &Test| Some(out.threads.get(thread)?.regs.get(reg)?.name.clone());
        let Some(old) = name(&self.out).filter(|name| kept(name)) else {
            return;
        };
        let parameter = vars.iter().find(|(from, to)| {
            let mut params = self
                .out
                .threads
                .iter()
                .skip(thread)
                .take(1)
                .flat_map(|t| &t.params);
            *from == old && params.any(|(var, _)| self.out.var_name(*var) == to)
        });
        let new = match parameter {
            Some((_, new)) => new.clone(),
            None => {
                let new = self.fresh_name(&format!("{old}_"));
                self.note(format!(
                    "`{thread}:{old}` is written as `{thread}:{new}`: herd reserves that word"
                ));
                new
            }
        };
        if let Some(reg) = self
            .out
            .threads
            .get_mut(thread)
            .and_then(|t| t.regs.get_mut(reg))
        {
            reg.name = new;
        }
    }

    /// Numbers and addresses outside of the threads.
    fn numbers(&self) -> Result<(), ExportError> {
        let inits = self.out.vars.iter().map(|var| (var.init, var.span));
        let regs = self
            .out
            .init_regs
            .iter()
            .map(|(_, _, value)| (*value, Span::default()));
        for (value, span) in inits.chain(regs) {
            self.value(value, span)?;
        }
        let condition = self.out.condition.as_ref().map(|c| (&c.cond, c.span));
        let filter = self.out.filter.as_ref().map(|c| (c, Span::default()));
        for (cond, span) in condition.into_iter().chain(filter) {
            self.formula(cond, span)?;
        }
        Ok(())
    }

    fn value(&self, value: Value, span: Span) -> Result<(), ExportError> {
        match value {
            Value::Int(n) => self.number(n, span),
            Value::Addr(var) => match self.out.element(var) {
                Some((_, 1..)) => {
                    let message = "herd has no name for the address of an element behind the first";
                    self.error(span, message)
                }
                _ => Ok(()),
            },
            Value::Beside(..) => {
                self.error(span, "herd has no name for an address beside a variable")
            }
        }
    }

    fn is_element(&self, term: Term) -> bool {
        matches!(term, Term::Var(var) if self.out.element(var).is_some())
    }

    fn formula(&self, cond: &Cond, span: Span) -> Result<(), ExportError> {
        match cond {
            Cond::True | Cond::False => Ok(()),
            Cond::Eq(_, value) => self.value(*value, span),
            Cond::EqTerm(a, b) if [a, b].into_iter().any(|term| self.is_element(*term)) => {
                self.error(span, "herd compares nothing with the element of an array")
            }
            Cond::EqTerm(..) => Ok(()),
            Cond::Not(a) => self.formula(a, span),
            Cond::And(a, b) | Cond::Or(a, b) | Cond::Implies(a, b) => {
                self.formula(a, span)?;
                self.formula(b, span)
            }
        }
    }
}

/// 0 or 1.
fn truth(expr: Expr) -> Expr {
    match &expr {
        Expr::Binary(op, ..) if op.is_logical() => expr,
        // Two truths, by the operators that `&&` and `||` have become.
        Expr::Binary(BinOp::BitAnd | BinOp::BitOr, a, b) if is_truth(a) && is_truth(b) => expr,
        _ => Expr::Binary(BinOp::Ne, Box::new(expr), Box::new(Expr::Int(0))),
    }
}

fn is_truth(expr: &Expr) -> bool {
    match expr {
        Expr::Binary(BinOp::BitAnd | BinOp::BitOr, a, b) => is_truth(a) && is_truth(b),
        Expr::Binary(op, ..) => op.is_logical(),
        _ => false,
    }
}
