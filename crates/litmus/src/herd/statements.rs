//! Statements for herd: callbacks, barriers, frees.

use super::{Call, ExportError, Exporter, plain};
use crate::ast::*;

/// A statement that does nothing to any model: herd wants one in every block.
pub(super) fn nothing() -> Stmt {
    let kind = OpKind::Fence(Fence::Compiler);
    plain(StmtKind::Op(Op {
        name: "barrier".to_string(),
        kind,
        span: Span::default(),
    }))
}

impl Exporter<'_> {
    /// `always`: the statements are not inside of an `if`.
    pub(super) fn body(&mut self, body: Vec<Stmt>, always: bool) -> Result<Vec<Stmt>, ExportError> {
        let mut out = Vec::with_capacity(body.len());
        for mut stmt in body {
            let span = stmt.span;
            match &mut stmt.kind {
                StmtKind::Empty => continue,
                StmtKind::Declare { .. } => out.push(stmt),
                StmtKind::Assign { value, .. } => {
                    self.expr(value, span)?;
                    out.push(stmt);
                }
                StmtKind::If { cond, then, els } => {
                    self.expr(cond, span)?;
                    *then = self.body(std::mem::take(then), false)?;
                    *els = self.body(std::mem::take(els), false)?;
                    if then.is_empty() {
                        then.push(nothing());
                    }
                    out.push(stmt);
                }
                StmtKind::Block(body) => {
                    let inner = self.body(std::mem::take(body), always)?;
                    if !inner.is_empty() {
                        *body = inner;
                        out.push(stmt);
                    }
                }
                StmtKind::Op(op) => {
                    let op = op.clone();
                    for kind in self.statement_op(op, always)? {
                        out.push(Stmt {
                            kind,
                            ..stmt.clone()
                        });
                    }
                }
            }
        }
        Ok(out)
    }

    fn statement_op(&mut self, mut op: Op, always: bool) -> Result<Vec<StmtKind>, ExportError> {
        match &op.kind {
            OpKind::Kfree { object } => {
                let freed = self.freed_flag(object, op.span, "kfree()")?;
                Ok(vec![store("WRITE_ONCE", freed, Order::Once, op.span)])
            }
            OpKind::CallSrcu { domain, object, .. } => {
                let Expr::Addr(domain) = *domain else {
                    return self.error(
                        op.span,
                        "the domain of call_srcu() is not a variable's name",
                    );
                };
                let freed = self.freed_flag(object, op.span, "call_srcu()")?;
                let token = self.fresh_var(&format!("cb{}", self.calls.len()))?;
                let thread = self.thread;
                self.calls.push(Call {
                    thread,
                    domain,
                    token,
                    freed,
                    done: None,
                    always,
                });
                Ok(vec![store(
                    "smp_store_release",
                    token,
                    Order::Release,
                    op.span,
                )])
            }
            OpKind::SrcuBarrier { domain } => {
                let Expr::Addr(domain) = *domain else {
                    return self.error(
                        op.span,
                        "the domain of srcu_barrier() is not a variable's name",
                    );
                };
                self.barrier(domain, op.span, always)
            }
            _ => {
                self.op(&mut op)?;
                Ok(vec![StmtKind::Op(op)])
            }
        }
    }

    /// The flag that says that what `object` points to is freed.
    fn freed_flag(&mut self, object: &Expr, span: Span, what: &str) -> Result<VarId, ExportError> {
        let targets: Vec<VarId> = self
            .points
            .targets(self.thread, object)
            .into_iter()
            .collect();
        let target = match targets.as_slice() {
            [target] => *target,
            [] => return self.error(span, format!("{what} frees nothing that is known")),
            several => {
                let names: Vec<&str> = several.iter().map(|v| self.test.var_name(*v)).collect();
                let message = format!("{what} may free {}", names.join(" or "));
                return self.error(span, message);
            }
        };
        if !matches!(object, Expr::Addr(_)) {
            self.only_register(object, span, what)?;
            let name = self.test.var_name(target).to_string();
            let thread = self.thread;
            self.note(format!(
                "weaker: {what} of P{thread} frees `{name}` by name, without the dependency on the pointer"
            ));
        }
        // The pointer may be to a field, `&p->rcu`.
        let owner = self
            .test
            .objects
            .iter()
            .find(|o| o.var == target || o.fields.iter().any(|(_, var)| *var == target));
        if let Some(freed) = owner.and_then(|object| object.freed) {
            return Ok(freed);
        }
        if let Some((_, flag)) = self.fresh_flags.iter().find(|(var, _)| *var == target) {
            return Ok(*flag);
        }
        let wanted = format!("{}__freed", self.test.var_name(target));
        let flag = self.fresh_var(&wanted)?;
        self.fresh_flags.push((target, flag));
        let (name, flag_name) = (self.test.var_name(target), self.out.var_name(flag));
        let note = format!("`{flag_name}` is the freed flag of `{name}`");
        self.note(note);
        Ok(flag)
    }

    /// `srcu_barrier`: a look at the `done` flag of every callback queued
    /// before; states in which one is not set do not count.
    fn barrier(
        &mut self,
        domain: VarId,
        span: Span,
        always: bool,
    ) -> Result<Vec<StmtKind>, ExportError> {
        let thread = self.thread;
        let queued: Vec<usize> = (0..self.calls.len())
            .filter(|i| {
                self.calls
                    .get(*i)
                    .is_some_and(|c| c.thread == thread && c.domain == domain)
            })
            .collect();
        let mut out = Vec::new();
        for index in queued {
            let certain = self.calls.get(index).is_some_and(|call| call.always);
            if !always || !certain {
                return self.error(
                    span,
                    "srcu_barrier() or a call_srcu() before it stands inside of an `if`: herd cannot wait for what may not happen",
                );
            }
            let done = match self.calls.get(index).and_then(|call| call.done) {
                Some(done) => done,
                None => {
                    let done = self.fresh_var(&format!("done{index}"))?;
                    if let Some(call) = self.calls.get_mut(index) {
                        call.done = Some(done);
                    }
                    done
                }
            };
            let dst = self.fresh_reg(&format!("rb{index}"))?;
            let load = OpKind::Load {
                addr: Expr::Addr(done),
                order: Order::Acquire,
            };
            let op = Op {
                name: "smp_load_acquire".to_string(),
                kind: load,
                span,
            };
            out.push(StmtKind::Assign {
                dst,
                value: Expr::Op(Box::new(op)),
                declares: true,
            });
            if let Ok(thread) = ThreadId::try_from(thread) {
                self.barriers.push((thread, dst));
            }
        }
        let fence = OpKind::Fence(Fence::Mb);
        out.push(StmtKind::Op(Op {
            name: "smp_mb".to_string(),
            kind: fence,
            span,
        }));
        self.note("srcu_barrier() is a filter: only states in which the callbacks have run count");
        Ok(out)
    }
}

fn store(name: &str, var: VarId, order: Order, span: Span) -> StmtKind {
    let kind = OpKind::Store {
        addr: Expr::Addr(var),
        value: Expr::Int(1),
        order,
    };
    StmtKind::Op(Op {
        name: name.to_string(),
        kind,
        span,
    })
}
