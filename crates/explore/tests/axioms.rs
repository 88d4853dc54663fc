//! The machine against the models' axioms, on random programs: a second opinion
//! that shares nothing with the machine but the parser. It enumerates every
//! candidate execution (control path, reads-from, coherence) and keeps those that
//! the axioms allow; slow, plain, and only for a handful of events.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use common::{Dialect, program};
use explore::{Progress, Search};
use litmus::{
    BinOp, Expr, Fence, Op, OpKind, Order, RegId, RmwOp, Stmt, StmtKind, Term, Test, Value, VarId,
};
use machine::{CpuModel, SrcuFlavour, compile};

/// A set of events of one candidate.
type Set = u64;

#[derive(Clone, Debug, Default)]
struct Event {
    cpu: usize,
    read: bool,
    write: bool,
    fence: Option<Fence>,
    var: u16,
    value: i64,
    acquire: bool,
    release: bool,
    full: bool,
    atomic: bool,
    /// The write of the atomic whose read this is, counted from here.
    rmw: bool,
    addr: Set,
    data: Set,
    ctrl: Set,
}

/// One way through a thread: events (dependencies relative to the thread) and registers.
#[derive(Clone, Debug, Default)]
struct Path {
    events: Vec<Event>,
    regs: BTreeMap<RegId, (i64, Set)>,
    ctrl: Vec<Set>,
}

const POINTER: i64 = 1000;

fn number(value: Value) -> i64 {
    match value {
        Value::Int(n) => n,
        Value::Addr(var) => POINTER + i64::from(var.0),
    }
}

fn value(number: i64) -> Value {
    if number >= POINTER {
        Value::Addr(VarId((number - POINTER) as u16))
    } else {
        Value::Int(number)
    }
}

struct Explorer<'t> {
    test: &'t Test,
}

impl Explorer<'_> {
    /// Every value that a read of the variable can be tried with.
    fn domain(&self, var: u16) -> Vec<i64> {
        match self.test.vars[usize::from(var)].name.as_str() {
            "p" => vec![POINTER, POINTER + 1],
            "l" => vec![0, 1],
            _ => vec![0, 1, 2],
        }
    }

    fn block(&self, body: &[Stmt], paths: Vec<Path>) -> Vec<Path> {
        body.iter().fold(paths, |paths, stmt| {
            paths
                .into_iter()
                .flat_map(|path| self.statement(stmt, path))
                .collect()
        })
    }

    fn statement(&self, stmt: &Stmt, path: Path) -> Vec<Path> {
        match &stmt.kind {
            StmtKind::Declare { .. } | StmtKind::Empty => vec![path],
            StmtKind::Assign { dst, value, .. } => self
                .expr(value, path)
                .into_iter()
                .map(|(mut path, value)| {
                    path.regs.insert(*dst, value);
                    path
                })
                .collect(),
            StmtKind::Op(op) => self
                .op(op, path)
                .into_iter()
                .map(|(path, _)| path)
                .collect(),
            StmtKind::Block(body) => self.block(body, vec![path]),
            StmtKind::If { cond, then, els } => self
                .expr(cond, path)
                .into_iter()
                .flat_map(|(mut path, (value, deps))| {
                    path.ctrl.push(deps);
                    let mut paths = self.block(if value != 0 { then } else { els }, vec![path]);
                    paths.iter_mut().for_each(|path| {
                        path.ctrl.pop();
                    });
                    paths
                })
                .collect(),
        }
    }

    fn expr(&self, expr: &Expr, path: Path) -> Vec<(Path, (i64, Set))> {
        match expr {
            Expr::Int(n) => vec![(path, (*n, 0))],
            Expr::Addr(var) => vec![(path, (POINTER + i64::from(var.0), 0))],
            Expr::Reg(reg) => {
                let value = path.regs.get(reg).copied().unwrap_or((0, 0));
                vec![(path, value)]
            }
            Expr::Binary(BinOp::Eq, a, b) => self
                .expr(a, path)
                .into_iter()
                .flat_map(|(path, (a, x))| {
                    self.expr(b, path)
                        .into_iter()
                        .map(move |(path, (b, y))| (path, (i64::from(a == b), x | y)))
                })
                .collect(),
            Expr::Op(op) => self.op(op, path),
            other => panic!("the generator does not make {other:?}"),
        }
    }

    /// Appends an event and gives its bit.
    fn push(path: &mut Path, mut event: Event) -> Set {
        event.ctrl = path.ctrl.iter().fold(0, |a, b| a | b);
        path.events.push(event);
        1 << (path.events.len() - 1)
    }

    fn with(&self, exprs: &[&Expr], path: Path) -> Vec<(Path, Vec<(i64, Set)>)> {
        exprs.iter().fold(vec![(path, Vec::new())], |states, expr| {
            states
                .into_iter()
                .flat_map(|(path, values)| {
                    self.expr(expr, path).into_iter().map(move |(path, value)| {
                        let mut values = values.clone();
                        values.push(value);
                        (path, values)
                    })
                })
                .collect()
        })
    }

    fn op(&self, op: &Op, path: Path) -> Vec<(Path, (i64, Set))> {
        match &op.kind {
            OpKind::Load { addr, order } => self.read(addr, path, |event| {
                event.acquire = *order == Order::Acquire;
            }),
            OpKind::Store { addr, value, order } => {
                self.store(addr, value, *order == Order::Release, path)
            }
            OpKind::SpinUnlock { lock } => self.store(lock, &Expr::Int(0), true, path),
            OpKind::Fence(fence) => {
                let mut path = path;
                Self::push(
                    &mut path,
                    Event {
                        fence: Some(*fence),
                        ..Event::default()
                    },
                );
                vec![(path, (0, 0))]
            }
            OpKind::Rmw {
                addr,
                op: RmwOp::Xchg,
                operand,
                order,
                ..
            } => self.atomic(addr, operand, None, *order, path),
            OpKind::CmpXchg {
                addr,
                expected,
                new,
                order,
            } => self.atomic(addr, new, Some(expected), *order, path),
            OpKind::SpinLock { lock } => self
                .atomic(
                    lock,
                    &Expr::Int(1),
                    Some(&Expr::Int(0)),
                    Order::Acquire,
                    path,
                )
                .into_iter()
                .filter(|(_, (found, _))| *found == 0)
                .collect(),
            other => panic!("the generator does not make {other:?}"),
        }
    }

    fn read(&self, addr: &Expr, path: Path, mark: impl Fn(&mut Event)) -> Vec<(Path, (i64, Set))> {
        self.with(&[addr], path)
            .into_iter()
            .flat_map(|(path, at)| {
                let var = (at[0].0 - POINTER) as u16;
                let mark = &mark;
                self.domain(var).into_iter().map(move |value| {
                    let mut path = path.clone();
                    let mut event = Event {
                        read: true,
                        var,
                        value,
                        addr: at[0].1,
                        ..Event::default()
                    };
                    mark(&mut event);
                    let bit = Self::push(&mut path, event);
                    (path, (value, bit))
                })
            })
            .collect()
    }

    fn store(
        &self,
        addr: &Expr,
        value: &Expr,
        release: bool,
        path: Path,
    ) -> Vec<(Path, (i64, Set))> {
        self.with(&[addr, value], path)
            .into_iter()
            .map(|(mut path, at)| {
                let event = Event {
                    write: true,
                    var: (at[0].0 - POINTER) as u16,
                    value: at[1].0,
                    addr: at[0].1,
                    data: at[1].1,
                    release,
                    ..Event::default()
                };
                Self::push(&mut path, event);
                (path, (0, 0))
            })
            .collect()
    }

    fn atomic(
        &self,
        addr: &Expr,
        new: &Expr,
        expected: Option<&Expr>,
        order: Order,
        path: Path,
    ) -> Vec<(Path, (i64, Set))> {
        let zero = Expr::Int(0);
        self.with(&[addr, new, expected.unwrap_or(&zero)], path)
            .into_iter()
            .flat_map(|(path, at)| {
                let var = (at[0].0 - POINTER) as u16;
                self.domain(var).into_iter().map(move |found| {
                    let mut path = path.clone();
                    let fails = expected.is_some() && found != at[2].0;
                    let mut read = Event {
                        read: true,
                        var,
                        value: found,
                        addr: at[0].1,
                        atomic: true,
                        ..Event::default()
                    };
                    if !fails {
                        read.acquire = order == Order::Acquire;
                        read.full = order == Order::Mb;
                        read.rmw = true;
                    }
                    let bit = Self::push(&mut path, read);
                    if !fails {
                        let write = Event {
                            write: true,
                            var,
                            value: at[1].0,
                            addr: at[0].1,
                            data: at[1].1,
                            atomic: true,
                            release: order == Order::Release,
                            full: order == Order::Mb,
                            ..Event::default()
                        };
                        Self::push(&mut path, write);
                    }
                    (path, (found, bit))
                })
            })
            .collect()
    }
}

/// A relation: by event, the events it leads to.
#[derive(Clone)]
struct Relation(Vec<Set>);

impl Relation {
    fn acyclic(mut self) -> bool {
        let n = self.0.len();
        for k in 0..n {
            for i in 0..n {
                if self.0[i] & (1 << k) != 0 {
                    self.0[i] |= self.0[k];
                }
            }
        }
        (0..n).all(|i| self.0[i] & (1 << i) == 0)
    }
}

/// The events of a candidate: initial writes (cpu = usize::MAX), then by thread.
struct Candidate {
    events: Vec<Event>,
    /// By read: the write it reads.
    rf: Vec<Option<usize>>,
    /// By event: its place in its location's coherence order, for writes.
    co: Vec<usize>,
}

impl Candidate {
    fn po(&self, a: usize, b: usize) -> bool {
        self.events[a].cpu == self.events[b].cpu && self.events[a].cpu != usize::MAX && a < b
    }

    fn same(&self, a: usize, b: usize) -> bool {
        let (x, y) = (&self.events[a], &self.events[b]);
        x.var == y.var && (x.read || x.write) && (y.read || y.write)
    }

    /// rf, co and fr, by whether they are between CPUs.
    fn communication(&self) -> Vec<(usize, usize, bool, char)> {
        let n = self.events.len();
        let mut edges = Vec::new();
        for a in 0..n {
            for b in 0..n {
                let external = self.events[a].cpu != self.events[b].cpu;
                if self.rf[b] == Some(a) {
                    edges.push((a, b, external, 'r'));
                }
                if !self.same(a, b) || !self.events[b].write {
                    continue;
                }
                if self.events[a].write && self.co[a] < self.co[b] {
                    edges.push((a, b, external, 'c'));
                }
                if let Some(w) = self.rf[a]
                    && self.co[w] < self.co[b]
                {
                    edges.push((a, b, external, 'f'));
                }
            }
        }
        edges
    }

    fn allowed(&self, model: &str) -> bool {
        let n = self.events.len();
        let communication = self.communication();
        let mut coherence = Relation(vec![0; n]);
        for (a, b, _, _) in &communication {
            coherence.0[*a] |= 1 << b;
        }
        for a in 0..n {
            for b in 0..n {
                if self.po(a, b) && self.same(a, b) {
                    coherence.0[a] |= 1 << b;
                }
            }
        }
        if !coherence.acyclic() {
            return false;
        }
        // rmw & (fre;coe) is empty.
        for r in 0..n {
            if !self.events[r].rmw {
                continue;
            }
            let between = |w: usize| {
                communication.contains(&(r, w, true, 'f'))
                    && communication.contains(&(w, r + 1, true, 'c'))
            };
            if (0..n).any(between) {
                return false;
            }
        }
        let mut order = Relation(vec![0; n]);
        for (a, b, external, kind) in &communication {
            let counts = match model {
                "sc" => true,
                "arm" => *external,
                _ => *external || *kind != 'r',
            };
            if counts {
                order.0[*a] |= 1 << b;
            }
        }
        for a in 0..n {
            for b in 0..n {
                if self.po(a, b) && self.ordered(model, a, b) {
                    order.0[a] |= 1 << b;
                }
            }
        }
        order.acyclic()
    }

    /// Whether the model keeps `a` before `b`, `a` earlier in program order.
    fn ordered(&self, model: &str, a: usize, b: usize) -> bool {
        let (x, y) = (&self.events[a], &self.events[b]);
        let between = |fence: Fence| (a + 1..b).any(|k| self.events[k].fence == Some(fence));
        let accesses = (x.read || x.write) && (y.read || y.write);
        let full = accesses && between(Fence::Mb);
        let wmb = x.write && y.write && between(Fence::Wmb);
        let atomics = x.atomic || y.atomic;
        match model {
            "sc" => true,
            "tso" => (accesses && !(x.write && y.read)) || full || atomics,
            "pso" => {
                (x.read && (y.read || y.write)) || (accesses && y.release) || wmb || full || atomics
            }
            _ => {
                let bit = 1 << a;
                let dep = (y.addr | y.data) & bit != 0;
                let lws = accesses && self.same(a, b) && y.write;
                let ctrl = y.write && y.ctrl & bit != 0;
                let addr_po = y.write && (a + 1..b).any(|k| self.events[k].addr & bit != 0);
                let rfi = y.read
                    && self.rf[b].is_some_and(|w| {
                        let w_event = &self.events[w];
                        w_event.cpu == y.cpu && (w_event.addr | w_event.data) & bit != 0
                    });
                let rmw = x.rmw && b == a + 1;
                let after_rmw = y.acquire
                    && self.rf[b] == Some(a)
                    && a > 0
                    && self.events[a - 1].rmw
                    && x.atomic;
                let rmb = x.read && accesses && between(Fence::Rmb);
                lws || dep
                    || ctrl
                    || addr_po
                    || rfi
                    || rmw
                    || after_rmw
                    || full
                    || (accesses && y.full && y.read)
                    || (accesses && x.full && x.write)
                    || (x.release && y.acquire)
                    || rmb
                    || (accesses && x.acquire)
                    || wmb
                    || (accesses && y.release)
            }
        }
    }
}

/// The final states that the axioms allow, by model.
fn allowed(test: &Test, terms: &[Term]) -> Option<BTreeMap<&'static str, BTreeSet<Vec<Value>>>> {
    let explorer = Explorer { test };
    let threads: Vec<Vec<Path>> = test
        .threads
        .iter()
        .map(|t| explorer.block(&t.body, vec![Path::default()]))
        .collect();
    let combinations = threads
        .iter()
        .try_fold(1usize, |n, t| n.checked_mul(t.len()))?;
    if combinations > 3_000 {
        return None;
    }
    let mut result: BTreeMap<&'static str, BTreeSet<Vec<Value>>> = BTreeMap::new();
    for model in CpuModel::ALL {
        result.insert(model.id, BTreeSet::new());
    }
    for mut at in 0..combinations {
        let mut paths = Vec::new();
        for thread in &threads {
            paths.push(&thread[at % thread.len()]);
            at /= thread.len();
        }
        candidates(test, &paths, &mut |candidate| {
            for model in CpuModel::ALL {
                if candidate.allowed(model.id) {
                    let state = final_state(test, terms, &paths, candidate);
                    result.get_mut(model.id).expect("all models").insert(state);
                }
            }
        });
    }
    Some(result)
}

fn final_state(test: &Test, terms: &[Term], paths: &[&Path], candidate: &Candidate) -> Vec<Value> {
    let _ = test;
    terms
        .iter()
        .map(|term| match term {
            Term::Reg(thread, reg) => {
                let regs = &paths[usize::from(*thread)].regs;
                value(regs.get(reg).map_or(0, |(v, _)| *v))
            }
            Term::Var(var) => {
                let last = (0..candidate.events.len())
                    .filter(|e| candidate.events[*e].write && candidate.events[*e].var == var.0)
                    .max_by_key(|e| candidate.co[*e])
                    .expect("there is the initial write");
                value(candidate.events[last].value)
            }
        })
        .collect()
}

/// Every choice of rf and co for these paths.
fn candidates(test: &Test, paths: &[&Path], found: &mut dyn FnMut(&Candidate)) {
    let mut events: Vec<Event> = test
        .vars
        .iter()
        .enumerate()
        .map(|(var, v)| Event {
            cpu: usize::MAX,
            write: true,
            var: var as u16,
            value: number(v.init),
            ..Event::default()
        })
        .collect();
    for (cpu, path) in paths.iter().enumerate() {
        let base = events.len();
        for event in &path.events {
            events.push(Event {
                cpu,
                addr: event.addr << base,
                data: event.data << base,
                ctrl: event.ctrl << base,
                ..event.clone()
            });
        }
    }
    let n = events.len();
    let mut candidate = Candidate {
        events,
        rf: vec![None; n],
        co: vec![0; n],
    };
    choose_rf(&mut candidate, 0, test.vars.len(), found);
}

fn choose_rf(c: &mut Candidate, at: usize, vars: usize, found: &mut dyn FnMut(&Candidate)) {
    if at == c.events.len() {
        return choose_co(c, 0, vars, found);
    }
    if !c.events[at].read {
        return choose_rf(c, at + 1, vars, found);
    }
    for w in 0..c.events.len() {
        let (write, read) = (&c.events[w], &c.events[at]);
        if write.write && write.var == read.var && write.value == read.value {
            c.rf[at] = Some(w);
            choose_rf(c, at + 1, vars, found);
        }
    }
    c.rf[at] = None;
}

fn choose_co(c: &mut Candidate, var: usize, vars: usize, found: &mut dyn FnMut(&Candidate)) {
    if var == vars {
        return found(c);
    }
    let writes: Vec<usize> = (vars..c.events.len())
        .filter(|e| c.events[*e].write && usize::from(c.events[*e].var) == var)
        .collect();
    let mut order = Vec::new();
    permute(c, &writes, &mut order, &mut |c, order| {
        for (place, write) in order.iter().enumerate() {
            c.co[*write] = place + 1;
        }
        choose_co(c, var + 1, vars, found);
    });
}

fn permute(
    c: &mut Candidate,
    writes: &[usize],
    order: &mut Vec<usize>,
    done: &mut dyn FnMut(&mut Candidate, &[usize]),
) {
    if order.len() == writes.len() {
        return done(c, order);
    }
    for write in writes {
        if !order.contains(write) {
            order.push(*write);
            permute(c, writes, order, done);
            order.pop();
        }
    }
}

#[test]
fn the_machine_has_exactly_the_outcomes_of_the_axioms() {
    let mut compared = 0;
    let mut wrong: Vec<(String, usize)> = Vec::new();
    let count = std::env::var("STALEBUS_PROGRAMS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(4000);
    for seed in 0..count {
        let dialect = Dialect {
            atomics: seed % 2 == 0,
            branches: false,
            pointers: seed % 3 == 0,
            rcu: false,
        };
        let dialect = if seed % 5 == 0 {
            Dialect {
                branches: true,
                pointers: false,
                ..dialect
            }
        } else {
            dialect
        };
        let source = program(seed ^ 0xa110_0000, dialect);
        let test = litmus::parse(&source)
            .test
            .unwrap_or_else(|| panic!("{source}"));
        let events: usize = test.threads.iter().map(|t| t.body.len()).sum();
        if events > 9 {
            continue;
        }
        let terms: Vec<Term> = test.observed();
        let Some(expected) = allowed(&test, &terms) else {
            continue;
        };
        for model in CpuModel::ALL {
            let p = Arc::new(compile(&test, model, SrcuFlavour::Fast).expect("small"));
            let mut search = Search::new(Arc::clone(&p), 1_000_000);
            assert_eq!(search.finish(), Progress::Complete);
            let found: BTreeSet<Vec<Value>> = search
                .outcomes()
                .map(|o| terms.iter().map(|t| o.get(&p, *t)).collect())
                .collect();
            compared += 1;
            let expected = &expected[model.id];
            if found != *expected {
                let say = |v: &Vec<Value>| test.format_state(v);
                let more: Vec<String> = found.difference(expected).map(say).collect();
                let less: Vec<String> = expected.difference(&found).map(say).collect();
                wrong.push((
                    format!(
                        "{}: only the machine {more:?}, only the axioms {less:?}\n{source}",
                        model.id
                    ),
                    source.len(),
                ));
            }
        }
    }
    eprintln!("{compared} compared");
    wrong.sort_by_key(|(_, size)| *size);
    let shortest: Vec<&str> = wrong
        .iter()
        .take(8)
        .map(|(text, _)| text.as_str())
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {compared} wrong:\n{}",
        wrong.len(),
        shortest.join("\n")
    );
    assert!(compared > 4000, "only {compared} were small enough");
}
