//! Walking through a thread: statements, expressions, events.

use litmus::{BinOp, Expr, Span, Stmt, StmtKind, Test, UnOp, Value, VarId};

use super::{
    Callback, MAX_LOCAL, MAX_PATHS, Node, Path, PathEvent, Result, Sym, Term, error, field_address,
};
use crate::tags::{self, Tags};
use crate::value::{UNDEFINED, binary, encode, unary};

/// Which statement an event comes from.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) stmt: u16,
    pub(super) span: Span,
    pub(super) name: &'a str,
}

pub(super) struct Builder<'t> {
    pub(super) test: &'t Test,
    pub(super) thread: usize,
    pub(super) nodes: Vec<Node>,
    pub(super) callbacks: &'t mut Vec<Callback>,
}

impl Builder<'_> {
    pub(super) fn node(&mut self, node: Node) -> Sym {
        if let Some(known) = self.nodes.iter().position(|known| *known == node) {
            return known as Sym;
        }
        self.nodes.push(node);
        (self.nodes.len() - 1) as Sym
    }

    pub(super) fn constant(&mut self, value: i64) -> Term {
        Term {
            sym: self.node(Node::Const(value)),
            deps: 0,
            out: 0,
        }
    }

    pub(super) fn address(&mut self, var: usize) -> Term {
        self.constant(encode(self.test, Value::Addr(VarId(var as u16))))
    }

    pub(super) fn known(&self, sym: Sym) -> Option<i64> {
        match self.nodes[sym as usize] {
            Node::Const(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn unary(&mut self, op: UnOp, a: Term) -> Term {
        let node = match self.known(a.sym) {
            Some(value) => Node::Const(unary(op, value)),
            None => Node::Unary(op, a.sym),
        };
        Term {
            sym: self.node(node),
            ..a
        }
    }

    pub(super) fn binary(&mut self, op: BinOp, a: Term, b: Term) -> Term {
        let node = match (self.known(a.sym), self.known(b.sym)) {
            (Some(x), Some(y)) => Node::Const(binary(op, x, y)),
            // Whatever it is: a false dependency has a known value.
            _ if a.sym == b.sym && matches!(op, BinOp::BitXor | BinOp::Sub) => Node::Const(0),
            _ => Node::Binary(op, a.sym, b.sym),
        };
        Term {
            sym: self.node(node),
            deps: a.deps | b.deps,
            out: a.out | b.out,
        }
    }

    pub(super) fn body(&mut self, body: &[Stmt], mut paths: Vec<Path>) -> Result<Vec<Path>> {
        for stmt in body {
            let mut next = Vec::new();
            for path in paths {
                self.statement(stmt, path, &mut next)?;
                if next.len() > MAX_PATHS {
                    return error(
                        stmt.span,
                        format!(
                            "P{} has more than {MAX_PATHS} ways through its branches",
                            self.thread
                        ),
                    );
                }
            }
            paths = next;
        }
        Ok(paths)
    }

    pub(super) fn statement(
        &mut self,
        stmt: &Stmt,
        mut path: Path,
        out: &mut Vec<Path>,
    ) -> Result<()> {
        path.sequence();
        match &stmt.kind {
            StmtKind::Declare { .. } | StmtKind::Empty => out.push(path),
            StmtKind::Assign { dst, value, .. } => {
                for (mut path, term) in self.expr(value, path, stmt)? {
                    if let Some(slot) = path.regs.get_mut(usize::from(dst.0)) {
                        *slot = term;
                    }
                    out.push(path);
                }
            }
            StmtKind::Op(op) => {
                let paths = self.op(op, path, stmt)?;
                out.extend(paths.into_iter().map(|(path, _)| path));
            }
            StmtKind::Block(body) => out.extend(self.body(body, vec![path])?),
            StmtKind::If { cond, then, els } => {
                let compares = matches!(cond, Expr::Binary(op, ..) if op.is_logical() && !matches!(op, BinOp::And | BinOp::Or));
                for (mut path, term) in self.expr(cond, path, stmt)? {
                    // What is no comparison is compared with 0.
                    if !compares {
                        path = self.operation(path, term);
                    }
                    path.ctrl.push(term.deps);
                    let arms: &[(bool, &[Stmt])] = &[(true, then), (false, els)];
                    for (taken, body) in arms {
                        match self.known(term.sym) {
                            Some(value) if (value != 0) != *taken => continue,
                            _ => {}
                        }
                        let mut path = path.clone();
                        let known = self.known(term.sym);
                        if known == Some(UNDEFINED) {
                            path.constraints.push((term.sym, *taken));
                        }
                        if known.is_none() {
                            if contradicts(&path, term.sym, *taken) {
                                continue;
                            }
                            path.names.fork(*taken);
                            path.constraints.push((term.sym, *taken));
                        }
                        for mut path in self.body(body, vec![path])? {
                            path.ctrl.pop();
                            out.push(path);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) fn expr(
        &mut self,
        expr: &Expr,
        path: Path,
        stmt: &Stmt,
    ) -> Result<Vec<(Path, Term)>> {
        Ok(match expr {
            Expr::Int(n) => {
                let term = self.constant(*n);
                vec![(path, term)]
            }
            Expr::Addr(var) => {
                let mut path = path;
                path.names.next();
                let term = self.address(usize::from(var.0));
                vec![(path, term)]
            }
            Expr::Reg(reg) => {
                let zero = self.constant(0);
                let term = path.regs.get(usize::from(reg.0)).copied().unwrap_or(zero);
                let mut path = path;
                let name = path.names.next();
                if let Node::Read(event) = self.nodes[term.sym as usize]
                    && let Some(event) = path.events.get_mut(usize::from(event))
                {
                    event.named = name;
                }
                vec![(path, term)]
            }
            Expr::Field { base, field } => {
                let mut out = Vec::new();
                for (path, base) in self.expr(base, path, stmt)? {
                    let node = match self.known(base.sym) {
                        Some(value) => Node::Const(field_address(self.test, value, field)),
                        None => Node::Field(base.sym, field.clone()),
                    };
                    let sym = self.node(node);
                    out.push((path, Term { sym, ..base }));
                }
                out
            }
            Expr::Unary(op, a) => {
                let mut out = Vec::new();
                for (path, a) in self.expr(a, path, stmt)? {
                    let term = self.unary(*op, a);
                    out.push((self.operation(path, term), term));
                }
                out
            }
            Expr::Binary(op, a, b) => {
                let mut out = Vec::new();
                for (path, terms) in self.operands(&[a, b], path, stmt)? {
                    let term = self.binary(*op, terms[0], terms[1]);
                    out.push((self.operation(path, term), term));
                }
                out
            }
            Expr::Op(op) => self.op(op, path, stmt)?,
        })
    }

    /// An operation has been computed: its result has a name unless it is known.
    pub(super) fn operation(&self, mut path: Path, result: Term) -> Path {
        if self.known(result.sym).is_none() {
            path.names.next();
        }
        path
    }

    pub(super) fn operands(
        &mut self,
        exprs: &[&Expr],
        path: Path,
        stmt: &Stmt,
    ) -> Result<Vec<(Path, Vec<Term>)>> {
        let mut states = vec![(path, Vec::new())];
        for expr in exprs {
            let mut next = Vec::new();
            for (path, terms) in states {
                for (path, term) in self.expr(expr, path, stmt)? {
                    let mut terms = terms.clone();
                    terms.push(term);
                    next.push((path, terms));
                }
            }
            states = next;
        }
        Ok(states)
    }

    /// Appends an event.
    pub(super) fn event(
        &mut self,
        path: &mut Path,
        at: At<'_>,
        tags: Tags,
        loc: Option<Term>,
        value: Option<Term>,
    ) -> Result<usize> {
        if path.events.len() >= MAX_LOCAL {
            return error(
                at.span,
                format!("a way through one thread has more than {MAX_LOCAL} events"),
            );
        }
        path.events.push(PathEvent {
            tags,
            loc: loc.map(|l| l.sym),
            value: value.map(|v| v.sym),
            addr: loc.map_or(0, |l| l.deps),
            data: value.map_or(0, |v| v.deps),
            ctrl: path.ctrl.iter().fold(0, |all, deps| all | deps),
            compared: 0,
            before: path.upto(loc.map_or(0, |l| l.out) | value.map_or(0, |v| v.out)),
            rmw: false,
            stmt: at.stmt,
            span: at.span,
            name: at.name.to_owned(),
            named: (0, 0),
        });
        Ok(path.events.len() - 1)
    }

    pub(super) fn read(
        &mut self,
        path: &mut Path,
        at: At<'_>,
        tags: Tags,
        loc: Term,
    ) -> Result<Term> {
        let event = self.event(path, at, tags | tags::R, Some(loc), None)?;
        path.events[event].named = path.names.next();
        Ok(Term {
            sym: self.node(Node::Read(event as u8)),
            deps: 1 << event,
            out: 1 << event,
        })
    }

    pub(super) fn write(
        &mut self,
        path: &mut Path,
        at: At<'_>,
        tags: Tags,
        loc: Term,
        value: Term,
    ) -> Result<usize> {
        self.event(path, at, tags | tags::W, Some(loc), Some(value))
    }
}

/// The path has already taken the other arm for the same value.
fn contradicts(path: &Path, sym: Sym, taken: bool) -> bool {
    path.constraints.contains(&(sym, !taken))
}
