//! Control paths: every way through a thread, as a list of events whose
//! addresses and values are expressions over what its reads find.

use litmus::BinOp;
use litmus::{
    Expr, Fence, Op, OpKind, Order, RegId, RmwOp, RmwRet, Span, Stmt, StmtKind, Test, UnOp, Value,
    VarId,
};

use crate::tags::{self, Tags};
use crate::value::{binary, cookie, encode, pointee, unary};

/// Events of one thread, as bits.
pub(crate) type Local = u64;

/// Events that one control path can have at most.
pub(crate) const MAX_LOCAL: usize = 48;
/// Control paths that one thread can have at most.
pub(crate) const MAX_PATHS: usize = 4096;

/// An expression over what the reads of a thread find: a place in [`Thread::nodes`].
pub(crate) type Sym = u32;

/// See [`Sym`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Const(i64),
    /// What the event (of this thread's path) reads.
    Read(u8),
    Unary(UnOp, Sym),
    Binary(BinOp, Sym, Sym),
    /// The address of a field of the object that the operand points to.
    Field(Sym, String),
    /// The address of the freed flag of the object that the operand points to.
    Freed(Sym),
}

/// A value with the reads that it depends on, whatever they find.
#[derive(Clone, Copy, Debug)]
struct Term {
    sym: Sym,
    deps: Local,
}

/// An event of a path.
#[derive(Clone, Debug)]
pub(crate) struct PathEvent {
    pub tags: Tags,
    /// Where, for accesses, locks and domains.
    pub loc: Option<Sym>,
    /// What a write stores; the cookie of an unlock.
    pub value: Option<Sym>,
    pub addr: Local,
    pub data: Local,
    pub ctrl: Local,
    /// The next event is the write of this read's atomic, and it happens.
    pub rmw: bool,
    /// The statement, as links and steps count it.
    pub stmt: u16,
    pub span: Span,
    /// The primitive's name.
    pub name: String,
    /// For a read: where its value was last given a name, as a segment of the path and
    /// a place in it. See [`ValueNames`].
    pub named: (usize, u32),
}

/// How herd counts the values that it gives names to: each register that is used,
/// each address, each load, each operation whose result is not known. A value out of thin air is printed by
/// the last name that it has, so the count shows. Where a path forks, herd follows
/// the alternative that is not taken to the end first.
#[derive(Clone, Debug, Default)]
pub(crate) struct ValueNames {
    /// ValueNames since the last fork.
    count: u32,
    /// At each fork: the names since the one before, and the alternative.
    forks: Vec<(u32, bool)>,
    /// By segment: how many names there were before it in the thread.
    starts: Vec<u32>,
}

impl ValueNames {
    fn next(&mut self) -> (usize, u32) {
        self.count += 1;
        (self.forks.len(), self.count)
    }

    fn fork(&mut self, alternative: bool) {
        self.forks.push((self.count, alternative));
        self.count = 0;
    }
}

/// Numbers the names of a thread's paths; gives how many there are.
fn number_names(paths: &mut [&mut Path], depth: usize, before: u32) -> u32 {
    let mut groups: [Vec<&mut Path>; 2] = [Vec::new(), Vec::new()];
    let mut next = before;
    for path in paths {
        path.names.starts.push(before);
        match path.names.forks.get(depth).copied() {
            None => next = before + path.names.count,
            Some((count, alternative)) => {
                next = before + count;
                groups[usize::from(alternative)].push(path);
            }
        }
    }
    for mut group in groups {
        if !group.is_empty() {
            next = number_names(&mut group, depth + 1, next);
        }
    }
    next
}

/// One way through a thread.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub events: Vec<PathEvent>,
    /// What must hold for the path to be taken: the expression, and whether it is true.
    pub constraints: Vec<(Sym, bool)>,
    /// By register.
    regs: Vec<Term>,
    ctrl: Vec<Local>,
    /// From `rcu_read_lock()` to its unlock.
    pub sections: Vec<(usize, usize)>,
    /// Callbacks queued on this path.
    queued: Vec<usize>,
    names: ValueNames,
}

impl Path {
    /// The place of the last name of what a read finds, in its thread.
    pub fn last_name(&self, read: usize) -> usize {
        let (segment, place) = self.events.get(read).map_or((0, 0), |e| e.named);
        let before = self.names.starts.get(segment).copied().unwrap_or(0);
        (before + place) as usize
    }

    /// What a register holds in the end.
    pub fn register(&self, reg: RegId) -> Option<Sym> {
        self.regs.get(usize::from(reg.0)).map(|term| term.sym)
    }
}

/// A thread with its paths.
#[derive(Clone, Debug)]
pub(crate) struct Thread {
    pub nodes: Vec<Node>,
    pub paths: Vec<Path>,
    /// How many values herd gives names to in it.
    pub names: u32,
}

/// Why a test cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgeError {
    /// The place in the test.
    pub span: Span,
    /// One sentence.
    pub message: String,
}

impl std::fmt::Display for JudgeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for JudgeError {}

/// A callback that `call_srcu` queues: a thread of its own, which waits for a
/// token, then for a grace period, then frees.
#[derive(Clone, Debug)]
struct Callback {
    thread: usize,
    stmt: u16,
    span: Span,
    domain: VarId,
    /// The variable that tells that it is queued; it holds the object.
    token: usize,
    /// The variable that tells that it has run.
    done: usize,
}

/// Every thread of the test, then the workers of its callbacks.
pub(crate) struct Threads {
    pub threads: Vec<Thread>,
    /// Which `call_srcu` each worker stands for: thread and statement.
    pub workers: Vec<(usize, u16)>,
    /// How many variables there are, tokens included.
    pub vars: usize,
}

type Result<T> = std::result::Result<T, JudgeError>;

fn error<T>(span: Span, message: impl Into<String>) -> Result<T> {
    Err(JudgeError {
        span,
        message: message.into(),
    })
}

/// Finds every control path of a test whose toggles are resolved.
pub(crate) fn threads(test: &Test) -> Result<Threads> {
    let mut callbacks = Vec::new();
    let mut threads = Vec::new();
    for (index, thread) in test.threads.iter().enumerate() {
        let mut builder = Builder {
            test,
            thread: index,
            nodes: Vec::new(),
            callbacks: &mut callbacks,
        };
        let zero = builder.constant(0);
        let mut regs = vec![zero; thread.regs.len()];
        for (at, reg, value) in &test.init_regs {
            if usize::from(*at) == index
                && let Some(slot) = regs.get_mut(usize::from(reg.0))
            {
                *slot = builder.constant(encode(*value));
            }
        }
        let start = Path {
            events: Vec::new(),
            constraints: Vec::new(),
            regs,
            ctrl: Vec::new(),
            sections: Vec::new(),
            queued: Vec::new(),
            names: ValueNames::default(),
        };
        let mut paths = builder.body(&thread.body, vec![start])?;
        for path in &mut paths {
            pair_sections(path);
        }
        let names = number_names(&mut paths.iter_mut().collect::<Vec<_>>(), 0, 0);
        threads.push(Thread {
            nodes: builder.nodes,
            paths,
            names,
        });
    }
    let vars = test.vars.len() + 2 * callbacks.len();
    let workers = callbacks.iter().map(|c| (c.thread, c.stmt)).collect();
    for callback in callbacks.clone() {
        threads.push(worker(test, &callback)?);
    }
    Ok(Threads {
        threads,
        workers,
        vars,
    })
}

/// The outermost and the inner sections, paired by nesting.
fn pair_sections(path: &mut Path) {
    let mut open = Vec::new();
    for (index, event) in path.events.iter().enumerate() {
        if event.tags & tags::RCU_LOCK != 0 {
            open.push(index);
        } else if event.tags & tags::RCU_UNLOCK != 0
            && let Some(lock) = open.pop()
        {
            path.sections.push((lock, index));
        }
    }
}

/// The worker of a callback: it runs, or it never sees the token.
fn worker(test: &Test, callback: &Callback) -> Result<Thread> {
    let mut none = Vec::new();
    let mut builder = Builder {
        test,
        thread: usize::MAX,
        nodes: Vec::new(),
        callbacks: &mut none,
    };
    let start = Path {
        events: Vec::new(),
        constraints: Vec::new(),
        regs: Vec::new(),
        ctrl: Vec::new(),
        sections: Vec::new(),
        queued: Vec::new(),
        names: ValueNames::default(),
    };
    let at = At {
        stmt: callback.stmt,
        span: callback.span,
        name: "call_srcu",
    };
    let token = builder.address(callback.token);
    let mut idle = start;
    let found = builder.read(&mut idle, at, tags::ACQUIRE | tags::MARKED, token)?;
    let mut runs = idle.clone();
    idle.constraints.push((found.sym, false));
    runs.constraints.push((found.sym, true));
    let domain = builder.address(usize::from(callback.domain.0));
    builder.event(
        &mut runs,
        at,
        tags::SYNC_SRCU | tags::MARKED,
        Some(domain),
        None,
    )?;
    builder.free(&mut runs, at, found)?;
    let (done, one) = (builder.address(callback.done), builder.constant(1));
    builder.write(&mut runs, at, tags::RELEASE | tags::MARKED, done, one)?;
    Ok(Thread {
        nodes: builder.nodes,
        paths: vec![idle, runs],
        names: 0,
    })
}

/// Which statement an event comes from.
#[derive(Clone, Copy)]
struct At<'a> {
    stmt: u16,
    span: Span,
    name: &'a str,
}

struct Builder<'t> {
    test: &'t Test,
    thread: usize,
    nodes: Vec<Node>,
    callbacks: &'t mut Vec<Callback>,
}

impl Builder<'_> {
    fn node(&mut self, node: Node) -> Sym {
        if let Some(known) = self.nodes.iter().position(|known| *known == node) {
            return known as Sym;
        }
        self.nodes.push(node);
        (self.nodes.len() - 1) as Sym
    }

    fn constant(&mut self, value: i64) -> Term {
        Term {
            sym: self.node(Node::Const(value)),
            deps: 0,
        }
    }

    fn address(&mut self, var: usize) -> Term {
        self.constant(encode(Value::Addr(VarId(var as u16))))
    }

    fn known(&self, sym: Sym) -> Option<i64> {
        match self.nodes[sym as usize] {
            Node::Const(value) => Some(value),
            _ => None,
        }
    }

    fn unary(&mut self, op: UnOp, a: Term) -> Term {
        let node = match self.known(a.sym) {
            Some(value) => Node::Const(unary(op, value)),
            None => Node::Unary(op, a.sym),
        };
        Term {
            sym: self.node(node),
            deps: a.deps,
        }
    }

    fn binary(&mut self, op: BinOp, a: Term, b: Term) -> Term {
        let node = match (self.known(a.sym), self.known(b.sym)) {
            (Some(x), Some(y)) => Node::Const(binary(op, x, y)),
            // Whatever it is: a false dependency has a known value.
            _ if a.sym == b.sym && matches!(op, BinOp::BitXor | BinOp::Sub) => Node::Const(0),
            _ => Node::Binary(op, a.sym, b.sym),
        };
        Term {
            sym: self.node(node),
            deps: a.deps | b.deps,
        }
    }

    fn body(&mut self, body: &[Stmt], mut paths: Vec<Path>) -> Result<Vec<Path>> {
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

    fn statement(&mut self, stmt: &Stmt, path: Path, out: &mut Vec<Path>) -> Result<()> {
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
                        if self.known(term.sym).is_none() {
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

    fn expr(&mut self, expr: &Expr, path: Path, stmt: &Stmt) -> Result<Vec<(Path, Term)>> {
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
    fn operation(&self, mut path: Path, result: Term) -> Path {
        if self.known(result.sym).is_none() {
            path.names.next();
        }
        path
    }

    fn operands(
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
    fn event(
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
            rmw: false,
            stmt: at.stmt,
            span: at.span,
            name: at.name.to_owned(),
            named: (0, 0),
        });
        Ok(path.events.len() - 1)
    }

    fn read(&mut self, path: &mut Path, at: At<'_>, tags: Tags, loc: Term) -> Result<Term> {
        let event = self.event(path, at, tags | tags::R, Some(loc), None)?;
        path.events[event].named = path.names.next();
        Ok(Term {
            sym: self.node(Node::Read(event as u8)),
            deps: 1 << event,
        })
    }

    fn write(
        &mut self,
        path: &mut Path,
        at: At<'_>,
        tags: Tags,
        loc: Term,
        value: Term,
    ) -> Result<usize> {
        self.event(path, at, tags | tags::W, Some(loc), Some(value))
    }

    /// `kfree(object)`: a store to its flag, if the object has one.
    fn free(&mut self, path: &mut Path, at: At<'_>, object: Term) -> Result<()> {
        let flag = match self.known(object.sym) {
            Some(value) => match freed_address(self.test, value) {
                0 => return Ok(()),
                flag => Node::Const(flag),
            },
            None if self.test.objects.iter().all(|o| o.freed.is_none()) => return Ok(()),
            None => Node::Freed(object.sym),
        };
        let loc = Term {
            sym: self.node(flag),
            deps: object.deps,
        };
        let one = self.constant(1);
        self.write(path, at, tags::MARKED, loc, one)?;
        Ok(())
    }

    #[allow(clippy::too_many_lines)] // one arm for each primitive
    fn op(&mut self, op: &Op, path: Path, stmt: &Stmt) -> Result<Vec<(Path, Term)>> {
        let at = At {
            stmt: stmt.id,
            span: op.span,
            name: &op.name,
        };
        let zero = self.constant(0);
        let mut out = Vec::new();
        match &op.kind {
            OpKind::Load { addr, order } => {
                for (mut path, loc) in self.expr(addr, path, stmt)? {
                    let term = self.read(&mut path, at, read_tags(*order), loc)?;
                    out.push((path, term));
                }
            }
            OpKind::Store { addr, value, order } => {
                for (mut path, terms) in self.operands(&[addr, value], path, stmt)? {
                    self.write(&mut path, at, write_tags(*order), terms[0], terms[1])?;
                    out.push((path, zero));
                }
            }
            OpKind::StoreMb { addr, value } => {
                for (mut path, terms) in self.operands(&[addr, value], path, stmt)? {
                    self.write(&mut path, at, tags::MARKED, terms[0], terms[1])?;
                    let fence = tags::MB | tags::FULL | tags::MARKED;
                    self.event(&mut path, at, fence, None, None)?;
                    out.push((path, zero));
                }
            }
            OpKind::Fence(fence) => {
                let mut path = path;
                self.event(&mut path, at, fence_tags(*fence), None, None)?;
                out.push((path, zero));
            }
            OpKind::Rmw {
                addr,
                op: rmw,
                operand,
                ret,
                order,
            } => {
                for (mut path, terms) in self.operands(&[addr, operand], path, stmt)? {
                    let noreturn = if *ret == RmwRet::None {
                        tags::NORETURN
                    } else {
                        0
                    };
                    let read = rmw_tags(*order, true) | noreturn;
                    let old = self.read(&mut path, at, read, terms[0])?;
                    let new = self.computed(*rmw, old, terms[1]);
                    self.rmw_write(&mut path, at, *order, terms[0], new, 0)?;
                    let zero = self.constant(0);
                    let result = match ret {
                        RmwRet::None => zero,
                        RmwRet::Old => old,
                        RmwRet::New => new,
                        RmwRet::IsZero => self.binary(BinOp::Eq, new, zero),
                        RmwRet::IsNegative => self.binary(BinOp::Lt, new, zero),
                    };
                    out.push((path, result));
                }
            }
            OpKind::CmpXchg {
                addr,
                expected,
                new,
                order,
            } => {
                for (path, terms) in self.operands(&[addr, expected, new], path, stmt)? {
                    for succeeds in [true, false] {
                        let mut path = path.clone();
                        path.names.fork(succeeds);
                        let read = rmw_tags(if succeeds { *order } else { Order::Once }, true);
                        let old = self.read(&mut path, at, read, terms[0])?;
                        let same = self.binary(BinOp::Eq, old, terms[1]);
                        path.constraints.push((same.sym, succeeds));
                        if succeeds {
                            let ctrl = terms[1].deps;
                            self.rmw_write(&mut path, at, *order, terms[0], terms[2], ctrl)?;
                        }
                        out.push((path, old));
                    }
                }
            }
            OpKind::AddUnless {
                addr,
                add,
                unless,
                fetch,
                order,
            } => {
                for (path, terms) in self.operands(&[addr, add, unless], path, stmt)? {
                    for succeeds in [true, false] {
                        let mut path = path.clone();
                        path.names.fork(succeeds);
                        let read = rmw_tags(if succeeds { *order } else { Order::Once }, true);
                        let old = self.read(&mut path, at, read, terms[0])?;
                        let same = self.binary(BinOp::Eq, old, terms[2]);
                        path.constraints.push((same.sym, !succeeds));
                        if succeeds {
                            let new = self.binary(BinOp::Add, old, terms[1]);
                            self.rmw_write(&mut path, at, *order, terms[0], new, terms[2].deps)?;
                        }
                        let result = if *fetch {
                            old
                        } else {
                            Term {
                                deps: old.deps,
                                ..self.constant(i64::from(succeeds))
                            }
                        };
                        out.push((path, result));
                    }
                }
            }
            OpKind::SpinLock { lock } => {
                for (mut path, loc) in self.expr(lock, path, stmt)? {
                    self.lock(&mut path, at, loc)?;
                    out.push((path, zero));
                }
            }
            OpKind::SpinUnlock { lock } => {
                for (mut path, loc) in self.expr(lock, path, stmt)? {
                    self.known_lock(loc, op.span)?;
                    let tags = tags::UL | tags::RELEASE | tags::MARKED;
                    self.write(&mut path, at, tags, loc, zero)?;
                    out.push((path, zero));
                }
            }
            OpKind::SpinTrylock { lock } => {
                for (path, loc) in self.expr(lock, path, stmt)? {
                    let mut taken = path.clone();
                    taken.names.fork(true);
                    let deps = self.lock(&mut taken, at, loc)?;
                    let one = Term {
                        deps,
                        ..self.constant(1)
                    };
                    out.push((taken, one));
                    let mut failed = path;
                    failed.names.fork(false);
                    let tags = tags::LF | tags::MARKED | tags::ATOMIC;
                    let deps = self.read(&mut failed, at, tags, loc)?.deps;
                    out.push((failed, Term { deps, ..zero }));
                }
            }
            OpKind::SpinIsLocked { lock } => {
                for (path, loc) in self.expr(lock, path, stmt)? {
                    self.known_lock(loc, op.span)?;
                    for (tag, value) in [(tags::RL, 1), (tags::RU, 0)] {
                        let mut path = path.clone();
                        path.names.fork(value != 0);
                        let deps = self.read(&mut path, at, tag | tags::MARKED, loc)?.deps;
                        let value = self.constant(value);
                        out.push((path, Term { deps, ..value }));
                    }
                }
            }
            OpKind::RcuReadLock => out.push(self.alone(path, at, tags::RCU_LOCK)?),
            OpKind::RcuReadUnlock => out.push(self.alone(path, at, tags::RCU_UNLOCK)?),
            OpKind::SynchronizeRcu { .. } => out.push(self.alone(path, at, tags::SYNC_RCU)?),
            OpKind::SrcuReadLock { domain, .. } => {
                for (mut path, loc) in self.expr(domain, path, stmt)? {
                    let tags = tags::SRCU_LOCK | tags::MARKED;
                    let event = self.event(&mut path, at, tags, Some(loc), None)?;
                    let value = self.constant(cookie(self.thread * MAX_LOCAL + event));
                    path.events[event].value = Some(value.sym);
                    out.push((
                        path,
                        Term {
                            deps: 1 << event,
                            ..value
                        },
                    ));
                }
            }
            OpKind::SrcuReadUnlock { domain, cookie, .. } => {
                for (mut path, terms) in self.operands(&[domain, cookie], path, stmt)? {
                    let tags = tags::SRCU_UNLOCK | tags::MARKED;
                    self.event(&mut path, at, tags, Some(terms[0]), Some(terms[1]))?;
                    out.push((path, zero));
                }
            }
            OpKind::SynchronizeSrcu { domain, .. } => {
                for (mut path, loc) in self.expr(domain, path, stmt)? {
                    let tags = tags::SYNC_SRCU | tags::MARKED;
                    self.event(&mut path, at, tags, Some(loc), None)?;
                    out.push((path, zero));
                }
            }
            OpKind::CallSrcu { domain, object, .. } => {
                for (mut path, terms) in self.operands(&[domain, object], path, stmt)? {
                    let callback = self.callback(terms[0], stmt, op.span)?;
                    let token = self.callbacks.get(callback).map_or(0, |c| c.token);
                    let token = self.address(token);
                    let tags = tags::RELEASE | tags::MARKED;
                    self.write(&mut path, at, tags, token, terms[1])?;
                    path.queued.push(callback);
                    out.push((path, zero));
                }
            }
            OpKind::SrcuBarrier { domain } => {
                for (mut path, loc) in self.expr(domain, path, stmt)? {
                    let domain = self.domain(loc, op.span)?;
                    for callback in path.queued.clone() {
                        let Some(callback) = self.callbacks.get(callback) else {
                            continue;
                        };
                        if callback.domain != domain {
                            continue;
                        }
                        let done = self.address(callback.done);
                        let tags = tags::ACQUIRE | tags::MARKED;
                        let ran = self.read(&mut path, at, tags, done)?;
                        path.constraints.push((ran.sym, true));
                    }
                    out.push((path, zero));
                }
            }
            OpKind::Kfree { object } => {
                for (mut path, object) in self.expr(object, path, stmt)? {
                    self.free(&mut path, at, object)?;
                    out.push((path, zero));
                }
            }
        }
        Ok(out)
    }

    fn alone(&mut self, mut path: Path, at: At<'_>, tag: Tags) -> Result<(Path, Term)> {
        self.event(&mut path, at, tag | tags::MARKED, None, None)?;
        let zero = self.constant(0);
        Ok((path, zero))
    }

    fn domain(&self, loc: Term, span: Span) -> Result<VarId> {
        match self
            .known(loc.sym)
            .and_then(|value| pointee(value, self.test.vars.len()))
        {
            Some(var) => Ok(var),
            None => error(span, "the domain of a callback must be named directly"),
        }
    }

    /// The callback of this `call_srcu`, the same on every path.
    fn callback(&mut self, domain: Term, stmt: &Stmt, span: Span) -> Result<usize> {
        let domain = self.domain(domain, span)?;
        let same = |c: &Callback| c.thread == self.thread && c.span == span;
        if let Some(known) = self.callbacks.iter().position(same) {
            return Ok(known);
        }
        let token = self.test.vars.len() + 2 * self.callbacks.len();
        self.callbacks.push(Callback {
            thread: self.thread,
            stmt: stmt.id,
            span,
            domain,
            token,
            done: token + 1,
        });
        Ok(self.callbacks.len() - 1)
    }

    fn known_lock(&self, loc: Term, span: Span) -> Result<()> {
        if self.known(loc.sym).is_none() {
            return error(
                span,
                "which lock this is depends on what a load finds: not supported",
            );
        }
        Ok(())
    }

    /// The two halves of taking a lock.
    fn lock(&mut self, path: &mut Path, at: At<'_>, loc: Term) -> Result<Local> {
        self.known_lock(loc, at.span)?;
        let read = tags::LKR | tags::ACQUIRE | tags::MARKED | tags::ATOMIC;
        let deps = self.read(path, at, read, loc)?.deps;
        if let Some(read) = path.events.last_mut() {
            read.rmw = true;
        }
        let one = self.constant(1);
        self.write(path, at, tags::LKW | tags::MARKED | tags::ATOMIC, loc, one)?;
        Ok(deps)
    }

    fn rmw_write(
        &mut self,
        path: &mut Path,
        at: At<'_>,
        order: Order,
        loc: Term,
        value: Term,
        ctrl: Local,
    ) -> Result<()> {
        if let Some(read) = path.events.last_mut() {
            read.rmw = true;
        }
        let event = self.write(path, at, rmw_tags(order, false), loc, value)?;
        path.events[event].ctrl |= ctrl;
        Ok(())
    }

    fn computed(&mut self, op: RmwOp, old: Term, operand: Term) -> Term {
        let op = match op {
            RmwOp::Add => BinOp::Add,
            RmwOp::Sub => BinOp::Sub,
            RmwOp::And => BinOp::BitAnd,
            RmwOp::Or => BinOp::BitOr,
            RmwOp::Xor => BinOp::BitXor,
            RmwOp::AndNot => {
                let mask = self.unary(UnOp::BitNot, operand);
                return self.binary(BinOp::BitAnd, old, mask);
            }
            RmwOp::Xchg => return operand,
        };
        self.binary(op, old, operand)
    }
}

/// The path has already taken the other arm for the same value.
fn contradicts(path: &Path, sym: Sym, taken: bool) -> bool {
    path.constraints.contains(&(sym, !taken))
}

fn read_tags(order: Order) -> Tags {
    match order {
        Order::Plain => tags::PLAIN,
        Order::Acquire => tags::ACQUIRE | tags::MARKED,
        Order::Once | Order::Release | Order::Mb => tags::MARKED,
    }
}

fn write_tags(order: Order) -> Tags {
    match order {
        Order::Plain => tags::PLAIN,
        Order::Release => tags::RELEASE | tags::MARKED,
        Order::Once | Order::Acquire | Order::Mb => tags::MARKED,
    }
}

/// Acquire is of the read, release of the write, full order of both.
fn rmw_tags(order: Order, read: bool) -> Tags {
    let own = match order {
        Order::Acquire if read => tags::ACQUIRE,
        Order::Release if !read => tags::RELEASE,
        Order::Mb => tags::MB,
        _ => 0,
    };
    own | tags::RMW | tags::MARKED | tags::ATOMIC
}

fn fence_tags(fence: Fence) -> Tags {
    tags::MARKED
        | match fence {
            Fence::Mb | Fence::AfterSrcuReadLock => tags::MB | tags::FULL,
            Fence::Rmb => tags::RMB,
            Fence::Wmb => tags::WMB,
            Fence::BeforeAtomic => tags::BEFORE_ATOMIC | tags::FULL,
            Fence::AfterAtomic => tags::AFTER_ATOMIC | tags::FULL,
            Fence::AfterSpinlock => tags::AFTER_SPINLOCK | tags::FULL,
            Fence::AfterUnlockLock => tags::AFTER_UNLOCK_LOCK | tags::FULL,
            Fence::AfterSrcuReadUnlock => tags::AFTER_SRCU_READ_UNLOCK | tags::FULL,
            Fence::Compiler => tags::COMPILER,
        }
}

/// The address of a field of the object that a value points to; 0 when there is none.
pub(crate) fn field_address(test: &Test, base: i64, field: &str) -> i64 {
    let Some(var) = pointee(base, test.vars.len()) else {
        return 0;
    };
    test.objects
        .iter()
        .find(|object| object.var == var)
        .and_then(|object| object.fields.iter().find(|(name, _)| name == field))
        .map_or(0, |(_, var)| encode(Value::Addr(*var)))
}

/// The address of the freed flag of the object that a value points to; 0 when there is none.
pub(crate) fn freed_address(test: &Test, base: i64) -> i64 {
    let Some(var) = pointee(base, test.vars.len()) else {
        return 0;
    };
    test.objects
        .iter()
        .find(|object| object.var == var)
        .and_then(|object| object.freed)
        .map_or(0, |flag| encode(Value::Addr(flag)))
}
