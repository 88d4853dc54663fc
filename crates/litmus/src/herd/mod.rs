//! Export for herd7: a test in a setting, as plain text that herd7 7.58 reads
//! with its `linux-kernel.cfg`.
//!
//! The shapes are those of FACTS.md §6: `call_srcu` is a token that a helper
//! thread waits for, `kfree` a store to the object's freed flag,
//! `smp_mb__after_srcu_read_lock` is `smp_mb`. What is not exact is said in a
//! note; what cannot be said at all is an error.

mod dialect;
mod expressions;
mod points_to;
mod statements;

use crate::ast::*;
use crate::printer::{Printer, Style};
use points_to::PointsTo;
use std::fmt;

/// A plain test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The text.
    pub text: String,
    /// Where it says something else than the scenario, and in which way. Empty
    /// when it is exact.
    pub notes: Vec<String>,
}

/// Why a test cannot be exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportError {
    /// The place in the scenario.
    pub span: Span,
    /// One sentence.
    pub message: String,
}

impl ExportError {
    fn new(span: Span, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { span, message }
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ExportError {}

/// The test in one setting of its toggles, for herd7. A scenario without
/// `exists` asks for its first bad outcome, or its first.
///
/// # Errors
/// When herd's dialect cannot say what the test says.
pub fn export_herd(test: &Test, setting: &Setting) -> Result<Export, ExportError> {
    if test.condition.is_some() {
        return export(test.with(setting), None);
    }
    let bad = test.outcomes.iter().position(|outcome| outcome.bad);
    match bad.or((!test.outcomes.is_empty()).then_some(0)) {
        Some(outcome) => export_herd_outcome(test, setting, outcome),
        None => export(test.with(setting), None),
    }
}

/// The same, asking `exists` of a named outcome.
///
/// # Errors
/// When there is no such outcome, or herd's dialect cannot say what the test says.
pub fn export_herd_outcome(
    test: &Test,
    setting: &Setting,
    outcome: usize,
) -> Result<Export, ExportError> {
    let Some(outcome) = test.outcomes.get(outcome) else {
        let message = format!("the test has no outcome number {outcome}");
        return Err(ExportError::new(Span::default(), message));
    };
    let mut resolved = test.with(setting);
    resolved.condition = Some(Condition {
        quantifier: Quantifier::Exists,
        cond: outcome.cond.clone(),
        span: outcome.span,
    });
    export(
        resolved,
        Some(format!("exists asks for the outcome `{}`", outcome.name)),
    )
}

fn export(resolved: Test, note: Option<String>) -> Result<Export, ExportError> {
    let Some(points) = PointsTo::of(&resolved) else {
        let message = "the pointers of this test are too entangled to be followed";
        return Err(ExportError::new(Span::default(), message));
    };
    let mut exporter = Exporter {
        test: &resolved,
        points,
        out: resolved.clone(),
        notes: note.into_iter().collect(),
        thread: 0,
        calls: Vec::new(),
        barriers: Vec::new(),
        fresh_flags: Vec::new(),
    };
    exporter.run()?;
    let Exporter { out, notes, .. } = exporter;
    Ok(Export {
        text: Printer::new(&out, Style::Herd).file(),
        notes,
    })
}

/// A `call_srcu` that has become a helper thread.
struct Call {
    thread: usize,
    domain: VarId,
    token: VarId,
    freed: VarId,
    /// Set by the helper when it has freed; made when a barrier waits for it.
    done: Option<VarId>,
    /// Not inside of an `if`.
    always: bool,
}

struct Exporter<'t> {
    test: &'t Test,
    points: PointsTo<'t>,
    out: Test,
    notes: Vec<String>,
    thread: usize,
    calls: Vec<Call>,
    /// Registers that must be 1 for a state to count.
    barriers: Vec<(ThreadId, RegId)>,
    /// Flags of objects that the scenario does not declare.
    fresh_flags: Vec<(VarId, VarId)>,
}

impl Exporter<'_> {
    fn run(&mut self) -> Result<(), ExportError> {
        for index in 0..self.test.threads.len() {
            self.thread = index;
            let Some(thread) = self.out.threads.get_mut(index) else {
                continue;
            };
            let body = std::mem::take(&mut thread.body);
            let body = self.body(body, true)?;
            if let Some(thread) = self.out.threads.get_mut(index) {
                thread.body = body;
            }
        }
        self.check_barriers();
        self.add_helpers();
        for (thread, reg) in std::mem::take(&mut self.barriers) {
            let waited = Cond::Eq(Term::Reg(thread, reg), Value::Int(1));
            self.out.filter = Some(match self.out.filter.take() {
                Some(filter) => Cond::And(Box::new(filter), Box::new(waited)),
                None => waited,
            });
        }
        for index in 0..self.out.threads.len() {
            self.finish_thread(index)?;
        }
        self.dialect()
    }

    fn error<T>(&self, span: Span, message: impl Into<String>) -> Result<T, ExportError> {
        Err(ExportError::new(span, message))
    }

    fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// A name that nothing in the test has.
    fn fresh_name(&self, wanted: &str) -> String {
        let taken = |name: &str| {
            self.out.vars.iter().any(|var| var.name == name)
                || self
                    .out
                    .threads
                    .iter()
                    .any(|t| t.regs.iter().any(|reg| reg.name == name))
        };
        let mut name = wanted.to_string();
        while taken(&name) {
            name.push('_');
        }
        name
    }

    fn fresh_var(&mut self, wanted: &str) -> Result<VarId, ExportError> {
        let name = self.fresh_name(wanted);
        let Ok(id) = u16::try_from(self.out.vars.len()) else {
            return self.error(Span::default(), "too many variables");
        };
        self.out.vars.push(Var {
            name,
            ty: "int".to_string(),
            init: Value::Int(0),
            declared: false,
            initialised: false,
            span: Span::default(),
        });
        Ok(VarId(id))
    }

    fn fresh_reg(&mut self, wanted: &str) -> Result<RegId, ExportError> {
        let name = self.fresh_name(wanted);
        let regs = self
            .out
            .threads
            .get_mut(self.thread)
            .map(|thread| &mut thread.regs);
        let Some((regs, id)) = regs
            .and_then(|r| Some((u16::try_from(r.len()).ok()?, r)))
            .map(|(id, r)| (r, id))
        else {
            return self.error(Span::default(), "too many registers");
        };
        regs.push(Reg {
            name,
            ty: "int".to_string(),
        });
        Ok(RegId(id))
    }

    /// Callbacks of other threads that a barrier may have to wait for.
    fn check_barriers(&mut self) {
        let test = self.test;
        let mut notes = Vec::new();
        for (index, thread) in test.threads.iter().enumerate() {
            crate::walk::ops_of_body(&thread.body, &mut |op| {
                let OpKind::SrcuBarrier {
                    domain: Expr::Addr(domain),
                } = &op.kind
                else {
                    return;
                };
                if self
                    .calls
                    .iter()
                    .any(|c| c.thread != index && c.domain == *domain)
                {
                    let name = &thread.name;
                    notes.push(format!(
                        "weaker: srcu_barrier() of {name} waits for its own callbacks only, not for those of other threads"
                    ));
                }
            });
        }
        notes.into_iter().for_each(|note| self.note(note));
    }

    fn add_helpers(&mut self) {
        for call in std::mem::take(&mut self.calls) {
            let number = self.out.threads.len();
            let op = |name: &str, kind| Op {
                name: name.to_string(),
                kind,
                span: Span::default(),
            };
            let store = |name: &str, var, order| {
                let kind = OpKind::Store {
                    addr: Expr::Addr(var),
                    value: Expr::Int(1),
                    order,
                };
                StmtKind::Op(op(name, kind))
            };
            let wait = OpKind::SynchronizeSrcu {
                domain: Expr::Addr(call.domain),
                expedited: false,
            };
            let mut then = vec![
                StmtKind::Op(op("synchronize_srcu", wait)),
                store("WRITE_ONCE", call.freed, Order::Once),
            ];
            then.extend(
                call.done
                    .map(|done| store("smp_store_release", done, Order::Release)),
            );
            let token = OpKind::Load {
                addr: Expr::Addr(call.token),
                order: Order::Acquire,
            };
            let body = vec![
                plain(StmtKind::Assign {
                    dst: RegId(0),
                    value: Expr::Op(Box::new(op("smp_load_acquire", token))),
                    declares: true,
                }),
                plain(StmtKind::If {
                    cond: Expr::Reg(RegId(0)),
                    then: then.into_iter().map(plain).collect(),
                    els: Vec::new(),
                }),
            ];
            self.out.threads.push(Thread {
                name: format!("P{number}"),
                label: None,
                kind: ThreadKind::Rcu,
                params: Vec::new(),
                regs: vec![Reg {
                    name: "r0".to_string(),
                    ty: "int".to_string(),
                }],
                body,
                span: Span::default(),
            });
            self.note(format!(
                "call_srcu() of P{} is the helper thread P{number}: it waits for a grace period and frees",
                call.thread
            ));
        }
    }

    /// Parameters for every variable that the body names, and types that herd
    /// can read.
    fn finish_thread(&mut self, index: usize) -> Result<(), ExportError> {
        let Some(mut thread) = self.out.threads.get(index).cloned() else {
            return Ok(());
        };
        let mut used = Vec::new();
        expressions::addresses(&thread.body, &mut used);
        for var in used {
            // An element is reached from the array's first.
            let first = self
                .out
                .element(var)
                .and_then(|(array, _)| array.elements.first());
            let var = first.copied().unwrap_or(var);
            if thread.params.iter().any(|(other, _)| *other == var) {
                continue;
            }
            let Some(variable) = self.out.vars.get(usize::from(var.0)) else {
                continue;
            };
            let (name, ty) = (variable.name.clone(), variable.ty.clone());
            if let Some(reg) = thread.regs.iter().position(|reg| reg.name == name) {
                let fresh = self.fresh_name(&format!("{name}_"));
                self.note(format!("`{index}:{name}` is written as `{index}:{fresh}`: the thread needs the variable `{name}`"));
                if let Some(reg) = thread.regs.get_mut(reg) {
                    reg.name = fresh;
                }
            }
            thread
                .params
                .push((var, format!("{ty} *").replace("* *", "**")));
        }
        for (_, ty) in &mut thread.params {
            *ty = herd_type(ty);
        }
        for reg in &mut thread.regs {
            reg.ty = herd_type(&reg.ty);
        }
        if thread.body.is_empty() {
            thread.body.push(statements::nothing());
        }
        if let Some(place) = self.out.threads.get_mut(index) {
            *place = thread;
        }
        Ok(())
    }
}

/// A statement of the export: its number and place are of no interest.
fn plain(kind: StmtKind) -> Stmt {
    Stmt {
        id: 0,
        kind,
        span: Span::default(),
        toggle: None,
        place: None,
        mode: None,
        phase: None,
    }
}

/// herd reads few types; of a type it makes nothing but the number of stars.
fn herd_type(ty: &str) -> String {
    const READ: &[&str] = &[
        "int",
        "char",
        "long",
        "intptr_t",
        "uintptr_t",
        "int8_t",
        "uint8_t",
        "int16_t",
        "uint16_t",
        "int32_t",
        "uint32_t",
        "int64_t",
        "uint64_t",
        "spinlock_t",
        "atomic_t",
        "struct srcu_struct",
        "volatile int",
        "void",
    ];
    let base = ty.trim_end_matches('*');
    let stars = ty.get(base.len()..).unwrap_or("");
    let base = base.trim_end();
    let read = READ.contains(&base) && (base != "void" || !stars.is_empty());
    let base = if read { base } else { "int" };
    if stars.is_empty() {
        base.to_string()
    } else {
        format!("{base} {stars}")
    }
}
