//! Statements and the directives behind them.

use super::{Printer, Style, declarator};
use crate::ast::*;
use crate::build::gives_value;
use crate::parser::substitute;
use crate::spans::clear_kind;

/// `int **` is `int` and `**`.
fn split_stars(ty: &str) -> (&str, &str) {
    let base = ty.trim_end_matches('*');
    let stars = ty.get(base.len()..).unwrap_or("");
    (base.trim_end(), stars)
}

impl Printer<'_> {
    pub(super) fn body(&mut self, body: &[Stmt], depth: usize) {
        // `mode` stands behind a simple statement; only before the first
        // statement may it stand alone.
        if let Some(first) = body.first()
            && matches!(first.kind, StmtKind::If { .. } | StmtKind::Block(_))
            && first.mode != self.mode
            && let Some(mode) = first.mode
            && self.style == Style::Full
        {
            self.mode = Some(mode);
            self.tabs(depth);
            self.out
                .push_str(&format!("/*@ mode {} */\n", mode_name(mode)));
        }
        // A declaration with values is several statements, but one line.
        let mut line = Span::default();
        for (at, stmt) in body.iter().enumerate() {
            if self.original.is_some() && stmt.span.start >= line.start && stmt.span.end <= line.end
            {
                self.simple(&stmt.kind);
                continue;
            }
            line = stmt.span;
            let inside = |next: &&Stmt| next.span.start < line.end;
            let rest = body.get(at + 1..).unwrap_or(&[]);
            let last = match self.original {
                Some(_) => rest.iter().take_while(inside).last().unwrap_or(stmt),
                None => stmt,
            };
            self.stmt(stmt, last, depth);
        }
    }

    pub(super) fn tabs(&mut self, depth: usize) {
        self.out.extend(std::iter::repeat_n('\t', depth));
    }

    /// A statement, and the directives behind `last`, which is on its line.
    fn stmt(&mut self, stmt: &Stmt, last: &Stmt, depth: usize) {
        self.comments_before(stmt.span.start, depth);
        self.tabs(depth);
        match &stmt.kind {
            StmtKind::If { cond, then, els } => {
                let original = self.original_if(stmt);
                let (cond, ends) = original.unwrap_or_else(|| (self.expr(cond, 0), [0; 2]));
                self.out.push_str(&format!("if ({cond}) {{\n"));
                self.arm(then, ends[0], depth);
                if !els.is_empty() {
                    self.out.push_str(" else {\n");
                    self.arm(els, ends[1], depth);
                }
            }
            StmtKind::Block(body) if self.is_braced(stmt) => {
                self.out.push_str("{\n");
                self.arm(body, stmt.span.end.saturating_sub(1), depth);
            }
            simple => {
                let text = self.simple(simple);
                let text = self.original_statement(stmt).unwrap_or(text);
                self.out.push_str(&text);
            }
        }
        if self.style == Style::Full {
            self.directives(last);
        }
        self.comments_behind(stmt.span.end);
        self.out.push('\n');
    }

    /// The statements of a block whose `}` is at `end`, and that.
    fn arm(&mut self, body: &[Stmt], end: u32, depth: usize) {
        self.body(body, depth + 1);
        self.comments_before(end, depth + 1);
        self.tabs(depth);
        self.out.push('}');
    }

    fn directives(&mut self, stmt: &Stmt) {
        let mut parts = Vec::new();
        if let Some(toggle) = stmt
            .toggle
            .and_then(|id| self.test.toggles.get(usize::from(id.0)))
        {
            parts.push(self.toggle(toggle));
        }
        if let Some(place) = &stmt.place {
            let file = place
                .file
                .as_ref()
                .map(|file| format!(" {file}"))
                .unwrap_or_default();
            parts.push(format!("in {}{file}", place.function));
        }
        let simple = !matches!(stmt.kind, StmtKind::If { .. } | StmtKind::Block(_));
        if simple
            && stmt.mode != self.mode
            && let Some(mode) = stmt.mode
        {
            self.mode = Some(mode);
            parts.push(format!("mode {}", mode_name(mode)));
        }
        if simple
            && stmt.phase != self.phase
            && let Some(phase) = stmt.phase
        {
            self.phase = Some(phase);
            parts.push(format!("phase {}", phase.name()));
        }
        if !parts.is_empty() {
            self.out.push_str(&format!(" /*@ {} */", parts.join("; ")));
        }
    }

    fn toggle(&self, toggle: &Toggle) -> String {
        let mut text = format!("toggle {}", toggle.name);
        if let Some(label) = &toggle.label {
            text.push_str(&format!(" \"{label}\""));
        }
        let mut probe = Printer::new(self.test, self.style);
        probe.thread = self.thread;
        probe.declared.clone_from(&self.declared);
        match toggle.positions.as_slice() {
            [on, off] if on.name == "on" && off.name == "off" => {
                let none = match on.stmts.as_slice() {
                    [
                        StmtKind::Op(Op {
                            kind: OpKind::CallSrcu { .. },
                            ..
                        }),
                    ] => {
                        matches!(
                            off.stmts.as_slice(),
                            [StmtKind::Op(Op {
                                kind: OpKind::Kfree { .. },
                                ..
                            })]
                        )
                    }
                    _ => off.stmts.is_empty(),
                };
                if !none {
                    let off = short(&on.stmts, &off.stmts)
                        .unwrap_or_else(|| format!("\"{}\"", probe.one_line(&off.stmts)));
                    text.push_str(&format!(" off={off}"));
                }
            }
            positions => {
                let word = |n: &str| n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
                let names: Vec<String> = positions
                    .iter()
                    .map(|p| {
                        if word(&p.name) {
                            p.name.clone()
                        } else {
                            format!("\"{}\"", p.name)
                        }
                    })
                    .collect();
                text.push_str(&format!(" choices={}", names.join(",")));
            }
        }
        text
    }

    /// Statements in one line, without directives.
    pub(crate) fn one_line(&mut self, stmts: &[StmtKind]) -> String {
        let parts: Vec<String> = stmts.iter().map(|kind| self.kind_in_line(kind)).collect();
        parts.join(" ")
    }

    fn kind_in_line(&mut self, kind: &StmtKind) -> String {
        match kind {
            StmtKind::If { cond, then, els } => {
                let cond = self.expr(cond, 0);
                let then = self.block_in_line(then);
                if els.is_empty() {
                    return format!("if ({cond}) {then}");
                }
                let els = self.block_in_line(els);
                format!("if ({cond}) {then} else {els}")
            }
            StmtKind::Block(body) => self.block_in_line(body),
            simple => self.simple(simple),
        }
    }

    fn block_in_line(&mut self, body: &[Stmt]) -> String {
        let parts: Vec<String> = body
            .iter()
            .map(|stmt| self.kind_in_line(&stmt.kind))
            .collect();
        if parts.is_empty() {
            "{ }".to_string()
        } else {
            format!("{{ {} }}", parts.join(" "))
        }
    }

    fn reg_type(&self, reg: RegId) -> &str {
        let ty = self
            .thread
            .and_then(|thread| thread.regs.get(usize::from(reg.0)))
            .map_or("", |reg| reg.ty.as_str());
        if ty.is_empty() { "int" } else { ty }
    }

    fn reg_named(&self, reg: RegId) -> String {
        self.expr(&Expr::Reg(reg), 0)
    }

    fn simple(&mut self, kind: &StmtKind) -> String {
        match kind {
            StmtKind::Declare { regs } => self.declare(regs),
            StmtKind::Assign {
                dst,
                value,
                declares,
            } => {
                let value = self.expr(value, 0);
                let name = self.reg_named(*dst);
                if *declares {
                    self.declared.push(*dst);
                    format!("{} = {value};", declarator(self.reg_type(*dst), &name))
                } else {
                    format!("{name} = {value};")
                }
            }
            // herd has no other statement that drops a value.
            StmtKind::Op(op)
                if self.style == Style::Herd
                    && gives_value(&op.kind)
                    && !(op.name == "__atomic_op" || op.name.starts_with("__atomic_op{")) =>
            {
                format!("(void){};", self.call(op))
            }
            StmtKind::Op(op) => format!("{};", self.call(op)),
            StmtKind::Empty | StmtKind::If { .. } | StmtKind::Block(_) => ";".to_string(),
        }
    }

    fn declare(&mut self, regs: &[RegId]) -> String {
        if self.style == Style::Herd {
            let each: Vec<String> = regs
                .iter()
                .map(|reg| {
                    format!(
                        "{};",
                        declarator(self.reg_type(*reg), &self.reg_named(*reg))
                    )
                })
                .collect();
            return each.join(" ");
        }
        // One declaration has one base type. A register that was declared
        // before keeps its own, whatever this declaration says.
        let fresh = regs
            .iter()
            .find(|reg| !self.declared.contains(reg))
            .or(regs.first());
        let base = fresh
            .map_or("int", |reg| split_stars(self.reg_type(*reg)).0)
            .to_string();
        let names: Vec<String> = regs
            .iter()
            .map(|reg| {
                format!(
                    "{}{}",
                    split_stars(self.reg_type(*reg)).1,
                    self.reg_named(*reg)
                )
            })
            .collect();
        self.declared.extend(regs);
        format!("{base} {};", names.join(", "))
    }
}

/// The name of the primitive, where only that differs.
fn short(on: &[StmtKind], off: &[StmtKind]) -> Option<String> {
    let [on] = on else { return None };
    let name = match off.first()? {
        StmtKind::Op(op) => &op.name,
        StmtKind::Assign {
            value: Expr::Op(op),
            ..
        } => &op.name,
        _ => return None,
    };
    let plain = |stmts: &[StmtKind]| {
        let mut stmts = stmts.to_vec();
        stmts.iter_mut().for_each(clear_kind);
        stmts
    };
    let same = plain(&substitute(name, on)?) == plain(off);
    same.then(|| name.clone())
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Guest => "guest",
        Mode::Host => "host",
        Mode::User => "user",
    }
}
