//! Programs compared without their places in the text.

use crate::ast::*;

impl Test {
    /// The same test with every span empty: what two texts that say the same
    /// thing have in common.
    #[must_use]
    pub fn without_spans(&self) -> Test {
        let mut test = self.clone();
        let none = Span::default();
        if let Some(expected) = &mut test.expected {
            expected.span = none;
        }
        for var in &mut test.vars {
            var.span = none;
        }
        for thread in &mut test.threads {
            thread.span = none;
            thread.body.iter_mut().for_each(clear_stmt);
        }
        if let Some(condition) = &mut test.condition {
            condition.span = none;
        }
        for toggle in &mut test.toggles {
            toggle.span = none;
            for position in &mut toggle.positions {
                position.stmts.iter_mut().for_each(clear_kind);
            }
        }
        for outcome in &mut test.outcomes {
            outcome.span = none;
        }
        for claim in &mut test.verdicts {
            claim.span = none;
        }
        test
    }
}

fn clear_stmt(stmt: &mut Stmt) {
    stmt.span = Span::default();
    clear_kind(&mut stmt.kind);
}

pub(crate) fn clear_kind(kind: &mut StmtKind) {
    match kind {
        StmtKind::Declare { .. } | StmtKind::Empty => {}
        StmtKind::Assign { value, .. } => clear_expr(value),
        StmtKind::Op(op) => clear_op(op),
        StmtKind::If { cond, then, els } => {
            clear_expr(cond);
            then.iter_mut().chain(els).for_each(clear_stmt);
        }
        StmtKind::Block(body) => body.iter_mut().for_each(clear_stmt),
    }
}

fn clear_op(op: &mut Op) {
    op.span = Span::default();
    crate::walk::roles_mut(&mut op.kind)
        .into_iter()
        .for_each(|(_, expr)| clear_expr(expr));
}

fn clear_expr(expr: &mut Expr) {
    match expr {
        Expr::Int(_) | Expr::Reg(_) | Expr::Addr(_) => {}
        Expr::Field { base, .. } => clear_expr(base),
        Expr::Unary(_, a) => clear_expr(a),
        Expr::Binary(_, a, b) => {
            clear_expr(a);
            clear_expr(b);
        }
        Expr::Op(op) => clear_op(op),
    }
}
