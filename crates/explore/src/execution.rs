//! The execution that a run has made so far: its events, which store each load read, the order in which memory took
//! the stores, and the shortest cycle of these, if there is one: a run without one is sequentially consistent.

mod cycle;
mod trace;

use machine::program::Kind;
use machine::{Run, masks};

use self::trace::{Trace, Write};

/// What an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A load, or the read of an atomic.
    Read,
    /// A store, or the write of an atomic.
    Write,
    /// A fence, or a wait for callbacks.
    Fence,
    /// A read-side section is entered.
    Lock,
    /// It is left.
    Unlock,
    /// A grace period.
    GracePeriod,
}

/// An event of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The CPU.
    pub cpu: usize,
    /// The instruction.
    pub instr: usize,
    /// What it is.
    pub kind: EventKind,
    /// Where it reads or writes, by location of the program.
    pub loc: Option<usize>,
    /// What it reads or writes, as the machine holds it.
    pub value: Option<i64>,
    /// The step of the run in which it began.
    pub began: usize,
    /// The step in which it took effect: a store reached memory, a grace period ended. That in which it began, while
    /// it is pending.
    pub took_effect: usize,
    /// It has begun and not taken effect: a store in the store buffer, a grace period that runs.
    pub pending: bool,
    /// It rests on a prediction and may be undone.
    pub speculative: bool,
}

impl Event {
    /// It reads or writes memory.
    #[must_use]
    pub fn accesses(&self) -> bool {
        matches!(self.kind, EventKind::Read | EventKind::Write)
    }
}

/// A basic relation between two events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// Program order.
    Po,
    /// From a store to a load that reads it.
    Rf,
    /// The order in which memory took two stores to one location.
    Co,
    /// From a load to a store that replaced what it had found.
    Fr,
}

/// Why a later access needs an earlier load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dependency {
    /// Its address comes from the load.
    Addr,
    /// What it stores does.
    Data,
    /// Whether it happens does.
    Ctrl,
}

/// An edge, by index into [`Execution::events`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Edge {
    /// From this event.
    pub from: usize,
    /// To this one.
    pub to: usize,
    /// The relation.
    pub relation: Relation,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Execution {
    /// CPU by CPU, in program order.
    pub events: Vec<Event>,
    /// By event: what a read found. `None` where it found the initial value, and for other events.
    pub source: Vec<Option<usize>>,
    /// By location: the stores that memory has taken, in that order.
    pub order: Vec<Vec<usize>>,
    /// Dependencies: from a load, to an access.
    pub dependencies: Vec<(usize, usize, Dependency)>,
}

impl Execution {
    /// The execution that the first `steps` steps of a run have made.
    #[must_use]
    pub fn of(run: &Run, steps: usize) -> Execution {
        let p = run.program();
        let trace = Trace::of(run, steps);
        let state = run.state_at(steps);
        let mut execution = Execution::default();
        for (cpu, code) in p.cpus.iter().enumerate() {
            let c = state.cpus[cpu];
            for (at, instr) in code.instrs.iter().enumerate() {
                let g = p.global(cpu, at);
                // A load may read a store of its own CPU that has not gone into the store buffer.
                let there = c.begun & (1 << at) != 0 || trace.is_read(g);
                if !there || c.skipped & (1 << at) != 0 {
                    continue;
                }
                let began = trace.began[g].unwrap_or_default();
                let ended = trace.ended[g].unwrap_or(began);
                let over = c.done & (1 << at) != 0;
                let mut event = Event {
                    cpu,
                    instr: at,
                    kind: kind(&instr.kind),
                    loc: None,
                    value: None,
                    began,
                    took_effect: if over { ended } else { began },
                    pending: !over,
                    speculative: state.guess(g) != 0,
                };
                if let Some(got) = trace.got[g] {
                    execution.events.push(Event {
                        kind: EventKind::Read,
                        loc: Some(got.loc),
                        value: Some(got.value),
                        took_effect: got.step,
                        pending: false,
                        ..event.clone()
                    });
                }
                match trace.wrote[g] {
                    Some(Write { step, loc, value }) => {
                        event.kind = EventKind::Write;
                        (event.loc, event.value) = (Some(loc), Some(value));
                        // The write of an atomic begins after its read.
                        event.began = event.began.max(step);
                        event.took_effect = event.took_effect.max(event.began);
                        execution.events.push(event);
                    }
                    None if !event.accesses() => execution.events.push(event),
                    None => {}
                }
            }
        }
        execution.source = execution.sources(run, &trace);
        execution.order = trace
            .order
            .iter()
            .map(|stores| {
                let stores = stores.iter();
                stores.filter_map(|g| execution.write(run, *g)).collect()
            })
            .collect();
        execution.dependencies = execution.dependencies(run, steps);
        execution
    }

    /// The write of an instruction.
    fn write(&self, run: &Run, g: usize) -> Option<usize> {
        let p = run.program();
        self.events.iter().position(|event| {
            event.kind == EventKind::Write && p.global(event.cpu, event.instr) == g
        })
    }

    fn sources(&self, run: &Run, trace: &Trace) -> Vec<Option<usize>> {
        let events = self.events.iter();
        events
            .map(|event| {
                let g = run.program().global(event.cpu, event.instr);
                let reads = event.kind == EventKind::Read;
                trace.got[g]
                    .filter(|_| reads)
                    .and_then(|got| self.write(run, got.source?))
            })
            .collect()
    }

    fn dependencies(&self, run: &Run, steps: usize) -> Vec<(usize, usize, Dependency)> {
        let p = run.program();
        let state = run.state_at(steps);
        let mut found = Vec::new();
        for (to, event) in self.events.iter().enumerate() {
            let code = &p.cpus[event.cpu];
            let instr = &code.instrs[event.instr];
            let addr = match &instr.addr {
                Some(machine::program::Address::Computed(ex)) => masks::uses(ex, code),
                _ => 0,
            };
            let data = match &instr.value {
                Some(ex) if event.kind == EventKind::Write => masks::uses(ex, code),
                _ => 0,
            };
            let ctrl = instr
                .arms
                .iter()
                .filter_map(|arm| code.branches.get(usize::from(arm.branch)));
            let ctrl = ctrl.fold(0, |uses, branch| uses | branch.uses);
            let done = state.cpus[event.cpu].begun;
            for (uses, dependency) in [
                (addr, Dependency::Addr),
                (data, Dependency::Data),
                (ctrl, Dependency::Ctrl),
            ] {
                for load in masks::bits(uses & done) {
                    let from = self.events.iter().position(|other| {
                        (other.cpu, other.instr, other.kind) == (event.cpu, load, EventKind::Read)
                    });
                    let own = load == event.instr;
                    if let Some(from) = from.filter(|_| event.accesses() && !own) {
                        found.push((from, to, dependency));
                    }
                }
            }
        }
        found
    }

    /// The read and the write of one atomic.
    #[must_use]
    pub fn is_atomic(&self, from: usize, to: usize) -> bool {
        match (self.events.get(from), self.events.get(to)) {
            (Some(a), Some(b)) => {
                from != to && (a.cpu, a.instr) == (b.cpu, b.instr) && a.kind == EventKind::Read
            }
            _ => false,
        }
    }

    /// The stores that have replaced what a read found, the first of them first; without its own atomic's.
    #[must_use]
    pub fn replaced_by(&self, read: usize) -> Vec<usize> {
        let Some(event) = self.events.get(read) else {
            return Vec::new();
        };
        let order = event.loc.and_then(|loc| self.order.get(loc));
        let (Some(order), EventKind::Read) = (order, event.kind) else {
            return Vec::new();
        };
        let source = self.source.get(read).copied().flatten();
        let later = match source {
            None => order.as_slice(),
            Some(source) => match order.iter().position(|store| *store == source) {
                Some(at) => &order[at + 1..],
                // It is in a store buffer still: nothing has replaced it.
                None => &[],
            },
        };
        let later = later.iter().copied();
        later
            .filter(|store| !self.is_atomic(read, *store))
            .collect()
    }
}

fn kind(kind: &Kind) -> EventKind {
    match kind {
        Kind::Load { .. } | Kind::Atomic(_) => EventKind::Read,
        Kind::Store { .. } => EventKind::Write,
        Kind::Fence | Kind::Barrier(_) => EventKind::Fence,
        Kind::Lock(_) => EventKind::Lock,
        Kind::RcuUnlock | Kind::SrcuUnlock { .. } => EventKind::Unlock,
        Kind::GracePeriod(_) => EventKind::GracePeriod,
    }
}
