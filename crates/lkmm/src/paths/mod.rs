//! Control paths: every way through a thread, as a list of events whose
//! addresses and values are expressions over what its reads find.

mod build;
mod names;
mod ops;

use litmus::{BinOp, RegId, Span, Test, UnOp, Value, VarId};

use crate::tags::{self, Tags};
use crate::value::{UNDEFINED, encode, is_address, pointee};
use build::{At, Builder};
use names::{ValueNames, number_names};

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
    /// The events that hand it on: what is computed from it comes after them.
    out: Local,
}

/// An event of a path.
#[derive(Clone, Debug)]
pub(crate) struct PathEvent {
    pub tags: Tags,
    /// Where, for accesses, locks and domains.
    pub loc: Option<Sym>,
    /// What a write stores.
    pub value: Option<Sym>,
    pub addr: Local,
    pub data: Local,
    pub ctrl: Local,
    /// For the write of an atomic that compares: what the comparison depends on besides its read.
    pub compared: Local,
    /// The events of its thread that it comes after if the operands of one expression have no order.
    pub before: Local,
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

/// One way through a thread.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub events: Vec<PathEvent>,
    /// Where the events of the statement at hand begin.
    begin: usize,
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
        let named = self.events.get(read).map_or((0, 0), |e| e.named);
        self.names.place(named)
    }

    /// What follows comes after all that has been.
    fn sequence(&mut self) {
        self.begin = self.events.len();
    }

    /// The events since this one.
    fn since(&self, event: usize) -> Local {
        below(self.events.len()) & !below(event)
    }

    /// All that comes before what follows some events of the statement at hand.
    fn upto(&self, after: Local) -> Local {
        let begin = below(self.begin);
        let events = self.events.iter().enumerate().skip(self.begin);
        events
            .filter(|(event, _)| after & (1 << event) != 0)
            .fold(begin, |all, (event, known)| all | 1 << event | known.before)
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

impl Threads {
    /// Some thread computes what can have no result: it divides, or computes with addresses.
    pub fn fragile(&self, test: &Test) -> bool {
        let nodes = || self.threads.iter().flat_map(|t| &t.nodes);
        let addresses = test.vars.iter().any(|v| matches!(v.init, Value::Addr(_)))
            || nodes().any(|n| matches!(n, Node::Const(c) if is_address(*c)));
        nodes().any(|node| match node {
            Node::Const(value) => *value == UNDEFINED,
            Node::Binary(BinOp::Div, ..) => true,
            Node::Binary(BinOp::Eq | BinOp::Ne | BinOp::And | BinOp::Or, ..) => false,
            Node::Binary(..) | Node::Unary(UnOp::Neg | UnOp::BitNot, _) => addresses,
            _ => false,
        })
    }
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
                *slot = builder.constant(encode(test, *value));
            }
        }
        let start = Path {
            events: Vec::new(),
            begin: 0,
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
    locks_are_not_stored_to(test, &threads)?;
    Ok(Threads {
        threads,
        workers,
        vars,
    })
}

/// The order of a lock's sections is searched as that of sections. A store among them would be one more write of the same
/// location, which no section expects: no kernel code does that, so it is refused. A read raises a flag and is judged.
fn locks_are_not_stored_to(test: &Test, threads: &[Thread]) -> Result<()> {
    let accesses = || {
        threads.iter().flat_map(|thread| {
            let events = thread.paths.iter().flat_map(|path| &path.events);
            events.filter_map(|event| match thread.nodes[event.loc? as usize] {
                Node::Const(address) => Some((event, address)),
                _ => None,
            })
        })
    };
    let locks: Vec<i64> = accesses()
        .filter(|(event, _)| event.tags & (tags::LKW | tags::UL) != 0)
        .map(|(_, address)| address)
        .collect();
    let stored = accesses().find(|(event, address)| {
        event.tags & tags::W != 0 && event.tags & tags::LOCKS == 0 && locks.contains(address)
    });
    let Some((event, address)) = stored else {
        return Ok(());
    };
    let name = pointee(test, address, test.vars.len()).map_or("", |var| test.var_name(var));
    error(
        event.span,
        format!(
            "`{name}` is a lock: {}() cannot store to it as to a variable",
            event.name
        ),
    )
}

/// The events before this one, as they are numbered.
fn below(event: usize) -> Local {
    (1 << event) - 1
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
        begin: 0,
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
    idle.sequence();
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
    runs.sequence();
    builder.free(&mut runs, at, found)?;
    runs.sequence();
    let (done, one) = (builder.address(callback.done), builder.constant(1));
    builder.write(&mut runs, at, tags::RELEASE | tags::MARKED, done, one)?;
    Ok(Thread {
        nodes: builder.nodes,
        paths: vec![idle, runs],
        names: 0,
    })
}

/// The address of a field of the object that a value points to; 0 when there is none.
pub(crate) fn field_address(test: &Test, base: i64, field: &str) -> i64 {
    let Some(var) = pointee(test, base, test.vars.len()) else {
        return 0;
    };
    test.objects
        .iter()
        .find(|object| object.var == var)
        .and_then(|object| object.fields.iter().find(|(name, _)| name == field))
        .map_or(0, |(_, var)| encode(test, Value::Addr(*var)))
}

/// The address of the freed flag of the object that a value points to; 0 when there is none.
pub(crate) fn freed_address(test: &Test, base: i64) -> i64 {
    let Some(var) = pointee(test, base, test.vars.len()) else {
        return 0;
    };
    test.objects
        .iter()
        .find(|object| object.var == var)
        .and_then(|object| object.freed)
        .map_or(0, |flag| encode(test, Value::Addr(flag)))
}
