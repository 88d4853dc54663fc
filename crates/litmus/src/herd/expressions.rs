//! Expressions for herd: fields become variables.

use super::points_to::field_of;
use super::{ExportError, Exporter};
use crate::ast::*;
use crate::walk;

impl Exporter<'_> {
    pub(super) fn expr(&mut self, expr: &mut Expr, span: Span) -> Result<(), ExportError> {
        match expr {
            Expr::Int(_) | Expr::Reg(_) | Expr::Addr(_) => Ok(()),
            Expr::Unary(_, a) => self.expr(a, span),
            Expr::Binary(_, a, b) => {
                self.expr(a, span)?;
                self.expr(b, span)
            }
            Expr::Op(op) => self.op(op),
            Expr::Field { base, field } => {
                let replacement = self.field(base, field, span)?;
                *expr = replacement;
                Ok(())
            }
        }
    }

    /// `base->field` as an address.
    fn field(&mut self, base: &mut Expr, field: &str, span: Span) -> Result<Expr, ExportError> {
        let targets = self.points.targets(self.thread, base);
        let mut vars = Vec::new();
        for object in &targets {
            let Some(var) = field_of(self.test, *object, field) else {
                let name = self.test.var_name(*object);
                return self.error(span, format!("`{name}` has no field `{field}`"));
            };
            vars.push((*object, var));
        }
        if vars.is_empty() {
            return self.error(
                span,
                format!("the pointer before `->{field}` leads to no object"),
            );
        }
        // The object has one field: a pointer to it is a pointer to the field.
        if vars.iter().all(|(object, var)| object == var) {
            self.expr(base, span)?;
            return Ok(base.clone());
        }
        let [(object, var)] = vars.as_slice() else {
            let names: Vec<&str> = vars
                .iter()
                .map(|(object, _)| self.test.var_name(*object))
                .collect();
            let message = format!(
                "`->{field}` may be a field of {}: herd has no objects of several fields",
                names.join(" or ")
            );
            return self.error(span, message);
        };
        if !matches!(base, Expr::Addr(_)) {
            self.only_register(base, span, &format!("`->{field}`"))?;
            let (object, var) = (self.test.var_name(*object), self.test.var_name(*var));
            let thread = self.thread;
            self.note(format!(
                "weaker: P{thread} reaches `{object}->{field}` as the variable `{var}`, without the address dependency"
            ));
        }
        Ok(Expr::Addr(*var))
    }

    /// The expression is dropped from the export: it must not touch memory.
    pub(super) fn only_register(
        &self,
        expr: &Expr,
        span: Span,
        what: &str,
    ) -> Result<(), ExportError> {
        let mut touches = false;
        walk::ops_of_expr(expr, &mut |_| touches = true);
        if touches {
            let message = format!(
                "the pointer of {what} is loaded in the same statement: put it into a register first"
            );
            return self.error(span, message);
        }
        Ok(())
    }

    /// An exchange whose operand asks a lock stops herd7 with a failed assertion.
    fn no_lock_in_exchange(&self, op: &Op) -> Result<(), ExportError> {
        let operand = match &op.kind {
            OpKind::Rmw {
                op: RmwOp::Xchg,
                operand,
                ..
            } => operand,
            OpKind::CmpXchg { new, .. } => new,
            _ => return Ok(()),
        };
        let mut lock = None;
        walk::ops_of_expr(operand, &mut |inner| {
            if matches!(
                inner.kind,
                OpKind::SpinTrylock { .. } | OpKind::SpinIsLocked { .. }
            ) {
                lock = Some(inner.name.clone());
            }
        });
        match lock {
            Some(lock) => {
                let message = format!(
                    "herd7 cannot evaluate `{lock}` inside `{}`: put it into a register first",
                    op.name
                );
                self.error(op.span, message)
            }
            None => Ok(()),
        }
    }

    pub(super) fn op(&mut self, op: &mut Op) -> Result<(), ExportError> {
        let span = op.span;
        self.no_lock_in_exchange(op)?;
        for (_, expr) in walk::roles_mut(&mut op.kind) {
            self.expr(expr, span)?;
        }
        match &op.kind {
            OpKind::Fence(Fence::AfterSrcuReadLock) => {
                op.kind = OpKind::Fence(Fence::Mb);
                op.name = "smp_mb".to_string();
                self.note("smp_mb__after_srcu_read_lock() is written as smp_mb()");
            }
            // herd has no name for a marked plain load.
            OpKind::Load {
                order: Order::Plain,
                ..
            } => op.name.clear(),
            OpKind::AddUnless { fetch: true, .. } => {
                let message = format!("herd has no `{}`", op.name);
                return self.error(span, message);
            }
            OpKind::Rmw {
                op: RmwOp::And | RmwOp::Or | RmwOp::Xor | RmwOp::AndNot,
                ..
            } => {
                let name = op.name.clone();
                self.note(format!("older definitions files of herd have no `{name}`"));
            }
            _ => {}
        }
        Ok(())
    }
}

/// The variables whose addresses a body names, each once.
pub(super) fn addresses(body: &[Stmt], found: &mut Vec<VarId>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Declare { .. } | StmtKind::Empty => {}
            StmtKind::Assign { value, .. } => of_expr(value, found),
            StmtKind::Op(op) => of_op(op, found),
            StmtKind::If { cond, then, els } => {
                of_expr(cond, found);
                addresses(then, found);
                addresses(els, found);
            }
            StmtKind::Block(body) => addresses(body, found),
        }
    }
}

fn of_op(op: &Op, found: &mut Vec<VarId>) {
    for (_, expr) in walk::roles(&op.kind) {
        of_expr(expr, found);
    }
}

fn of_expr(expr: &Expr, found: &mut Vec<VarId>) {
    match expr {
        Expr::Int(_) | Expr::Reg(_) => {}
        Expr::Addr(var) => {
            if !found.contains(var) {
                found.push(*var);
            }
        }
        Expr::Field { base, .. } => of_expr(base, found),
        Expr::Unary(_, a) => of_expr(a, found),
        Expr::Binary(_, a, b) => {
            of_expr(a, found);
            of_expr(b, found);
        }
        Expr::Op(op) => of_op(op, found),
    }
}
