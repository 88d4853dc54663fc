//! Stores on their way from CPU to CPU, on a model that is not multi-copy atomic.
//!
//! There a store leaves its CPU when it takes its place in the order of its location
//! ([`State::mem`] holds the newest), and reaches the other CPUs later, one by one. What
//! must reach a CPU before a store does is fixed when the store leaves: fences are
//! cumulative, so it is more than the stores of one CPU. The rules are those of the
//! operational sketch in the kernel's `tools/memory-model/Documentation/explanation.txt`
//! (sections on propagation, cumul-fence and strong fences).
//!
//! What must come before a store is handed on from store to store, so a store stays on the
//! list for as long as another may take that over from it, read or not: [`keep`].

mod keep;

use crate::apply::{Effect, Effects};
use crate::masks::{bits, range};
use crate::model::Class;
use crate::program::{Atomic, Instr, Kind, Program};
use crate::ready::View;
use crate::reason::Reason;
use crate::state::{INITIAL, Source, State};
use crate::step::{Step, StepKind};

pub(crate) use keep::kept;
pub use keep::{Keep, NOWHERE};

/// Most stores of a program on a model that propagates them: a mask holds them.
pub const MAX_STORES: usize = 64;

/// A store that has left its CPU, and that some CPU may still come to read without it, or
/// from which a later store takes over what must come before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Underway {
    /// Its location, or [`NOWHERE`] when only a later store of its CPU asks for it.
    pub loc: u16,
    /// Its value.
    pub value: i64,
    /// The store.
    pub writer: Source,
    /// What the location held before it.
    pub before: i64,
    /// The store that had written that.
    pub before_writer: Source,
    /// The CPUs (bits) that have it, or a newer one of its location.
    pub has: u32,
    /// The CPUs (bits) that it has come to itself: what a fence of theirs passes on.
    pub seen: u32,
    /// Those of [`State::underway`] (bits) that must reach a CPU before it does.
    pub behind: u64,
}

impl State {
    /// The value of a location as a CPU sees it, and the store that wrote it.
    #[must_use]
    pub fn seen(&self, cpu: usize, loc: usize) -> (i64, Source) {
        let mut found = None;
        for store in self.underway.iter().rev() {
            if usize::from(store.loc) != loc {
                continue;
            }
            if store.has & (1 << cpu) != 0 {
                return (store.value, store.writer);
            }
            found = Some((store.before, store.before_writer));
        }
        found.unwrap_or_else(|| {
            let writer = self.writers.get(loc).copied().unwrap_or(INITIAL);
            (self.mem[loc], writer)
        })
    }

    /// The CPU has the newest store of the location.
    #[must_use]
    pub fn newest(&self, cpu: usize, loc: usize) -> bool {
        let mut stores = self.underway.iter();
        stores.all(|s| usize::from(s.loc) != loc || s.has & (1 << cpu) != 0)
    }

    /// A CPU has a store, what must come before it, and the older ones of their locations. What
    /// must come before it has come, or is nothing that the CPU reads: it has seen that as well.
    fn arrive(&mut self, k: usize, to: usize) {
        let stores = self.underway.get(k).map_or(0, |u| u.behind | 1 << k);
        for k in bits(stores) {
            let Some(loc) = self.underway.get(k).map(|u| u.loc) else {
                continue;
            };
            self.underway[k].seen |= 1 << to;
            for older in self.underway[..=k].iter_mut().filter(|u| u.loc == loc) {
                older.has |= 1 << to;
            }
        }
    }

    /// Every store reaches every CPU.
    pub fn arrive_all(&mut self) {
        self.underway.clear();
        self.carried.fill(0);
    }

    /// The stores underway (bits) that have reached one of these CPUs, with all that
    /// must come before them.
    fn reached(&self, cpus: u32) -> u64 {
        let mut mask = 0;
        for (k, store) in self.underway.iter().enumerate() {
            if store.seen & cpus != 0 {
                mask |= 1 << k | store.behind;
            }
        }
        mask
    }
}

impl Program {
    /// Whether a store may reach a CPU.
    pub(crate) fn may_reach(&self, s: &State, writer: usize, to: usize) -> Result<(), Reason> {
        let mut stores = s.underway.iter();
        let store = stores.find(|u| usize::from(u.writer) == writer);
        let store = store.ok_or(Reason::Done)?;
        if to >= self.cpus.len() || self.lacking(s, store) & (1 << to) == 0 {
            return Err(Reason::Done);
        }
        for k in bits(store.behind) {
            let Some(first) = s.underway.get(k) else {
                continue;
            };
            if self.lacking(s, first) & (1 << to) != 0 {
                return Err(Reason::Behind {
                    store: first.writer,
                });
            }
        }
        Ok(())
    }

    /// Brings a store to a CPU.
    pub(crate) fn reach(
        &self,
        s: &mut State,
        writer: usize,
        to: usize,
        effects: &mut impl Effects,
    ) {
        let found = s
            .underway
            .iter()
            .position(|u| usize::from(u.writer) == writer);
        let Some(k) = found else { return };
        let Underway { loc, value, .. } = s.underway[k];
        s.arrive(k, to);
        effects.add(Effect::Reached {
            loc,
            value,
            to: to as u8,
        });
        self.prune(s);
    }

    /// A store takes its place in the order of its location. To be called before memory changes.
    pub(crate) fn send(&self, s: &mut State, cpu: usize, at: usize, loc: usize, value: i64) {
        let Some(rules) = self.model.propagation else {
            return;
        };
        let me = 1 << cpu;
        let instr = self.instr(cpu, at);
        let atomic = matches!(instr.kind, Kind::Atomic(_));
        let full = atomic && instr.class.meets(rules.strong);
        if loc == self.wild() {
            return;
        }
        let mut behind = s.carried[cpu];
        if instr.class.meets(rules.cumulative) {
            behind |= s.reached(me);
        }
        let view = View::new(self, s, cpu);
        let before = view.code.writes & range(0, at) & view.c.done & !view.c.failed;
        for j in bits(before & !view.c.skipped) {
            if !self.fenced(rules.in_order, &view, j, at) {
                continue;
            }
            let writer = view.global(j);
            let own = s
                .underway
                .iter()
                .position(|u| usize::from(u.writer) == writer);
            if let Some(k) = own {
                behind |= 1 << k | s.underway[k].behind;
            }
        }
        if atomic && let Some(read) = s.underway.iter().rfind(|u| usize::from(u.loc) == loc) {
            // What had to come before the store that it read has to come before it.
            behind |= read.behind;
        }
        let before_writer = s.writers.get(loc).copied().unwrap_or(INITIAL);
        for older in s.underway.iter_mut().filter(|u| usize::from(u.loc) == loc) {
            older.has |= me;
            if full {
                (older.has, older.loc) = (u32::MAX, NOWHERE);
            }
        }
        if !full {
            let store = Underway {
                loc: loc as u16,
                value,
                writer: self.global(cpu, at) as Source,
                before: s.mem[loc],
                before_writer,
                has: me,
                seen: me,
                behind,
            };
            s.underway.push(store);
        }
    }

    /// A fence of this class stands between two instructions, on the way that is taken.
    fn fenced(&self, class: Class, view: &View<'_>, earlier: usize, later: usize) -> bool {
        bits(range(earlier + 1, later) & !view.c.skipped)
            .any(|k| view.code.instrs[k].class.meets(class))
    }

    /// A CPU takes a lock: what it stores from now on comes after all that it has seen.
    pub(crate) fn carry(&self, s: &mut State, cpu: usize, at: usize) {
        if let Some(rules) = self.model.propagation
            && self.instr(cpu, at).class.meets(rules.carrying)
        {
            s.carried[cpu] |= s.reached(1 << cpu);
        }
    }

    /// The first store that must still reach some CPU before `at` may be done, if it is a strong fence.
    pub(crate) fn not_everywhere(&self, s: &State, cpu: usize, at: usize) -> Option<Source> {
        let rules = self.model.propagation?;
        if s.underway.is_empty() || !self.instr(cpu, at).class.meets(rules.strong) {
            return None;
        }
        let mask = s.reached(self.looked_at(s, cpu, at));
        let mut stores = bits(mask).filter_map(|k| s.underway.get(k));
        stores.find(|u| self.lacking(s, u) != 0).map(|u| u.writer)
    }

    /// The CPUs (bits) whose view a strong fence spreads: its own; at the end of a grace period also
    /// the readers'; after a wait for callbacks the callbacks'.
    fn looked_at(&self, s: &State, cpu: usize, at: usize) -> u32 {
        let mut cpus = 1 << cpu;
        match self.instr(cpu, at).kind {
            Kind::GracePeriod(domain) if s.cpus[cpu].begun & (1 << at) != 0 => {
                for section in self.sections.iter().filter(|x| x.domain == domain) {
                    cpus |= 1 << section.cpu;
                }
            }
            Kind::Barrier(domain) => {
                let waits = |i: &Instr| matches!(i.kind, Kind::GracePeriod(d) if d == domain);
                for (worker, code) in self.cpus.iter().enumerate() {
                    let runs = code.worker.is_some() && code.instrs.iter().any(waits);
                    cpus |= u32::from(runs) << worker;
                }
            }
            _ => {}
        }
        cpus
    }

    /// The store that a step brings to a CPU.
    #[must_use]
    pub fn store_of(&self, reach: Step) -> Source {
        self.global(usize::from(reach.cpu), usize::from(reach.at)) as Source
    }

    /// The CPU of a store.
    fn cpu_of(&self, writer: Source) -> usize {
        let writer = usize::from(writer);
        self.base.partition_point(|first| *first <= writer).max(1) - 1
    }

    /// The step that brings a store to a CPU.
    fn step_of(&self, writer: Source, to: usize) -> Step {
        let cpu = self.cpu_of(writer);
        Step {
            cpu: cpu as u8,
            at: (usize::from(writer) - self.base[cpu]) as u8,
            kind: StepKind::Reach(to as u8),
        }
    }

    /// The steps that bring these stores to a CPU, in an order in which they are possible.
    fn bring(&self, s: &State, mut stores: u64, to: usize, steps: &mut Vec<Step>) {
        for k in bits(stores) {
            stores |= s.underway.get(k).map_or(0, |u| u.behind);
        }
        let lacks = |k: &usize| {
            let store = s.underway.get(*k);
            store.is_some_and(|u| self.lacking(s, u) & (1 << to) != 0)
        };
        let mut left: Vec<usize> = bits(stores).filter(lacks).collect();
        while !left.is_empty() {
            let mask = left.iter().fold(0u64, |mask, k| mask | 1 << k);
            // `behind` has no circles: each store was sent after what it is behind.
            let Some(first) = left.iter().position(|k| s.underway[*k].behind & mask == 0) else {
                return;
            };
            let store = &s.underway[left.remove(first)];
            // A newer one of its location that comes as well would do; the older goes first.
            steps.push(self.step_of(store.writer, to));
        }
    }

    /// The steps that bring a store to a CPU, with what must be there before it.
    #[must_use]
    pub fn bring_store(&self, s: &State, to: usize, writer: Source) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Some(k) = s.underway.iter().position(|u| u.writer == writer) {
            self.bring(s, 1 << k, to, &mut steps);
        }
        steps
    }

    /// The steps that a strong fence waits for: they bring what its CPU has seen to every CPU.
    #[must_use]
    pub fn spread(&self, s: &State, step: Step) -> Vec<Step> {
        let (cpu, at) = (usize::from(step.cpu), usize::from(step.at));
        let mut steps = Vec::new();
        let stores = s.reached(self.looked_at(s, cpu, at));
        for to in 0..self.cpus.len() {
            self.bring(s, stores, to, &mut steps);
        }
        steps
    }

    /// Where an access goes, if that is known.
    #[must_use]
    pub fn location(&self, s: &State, cpu: usize, at: usize) -> Option<usize> {
        View::new(self, s, cpu).location(at).map(|(loc, _)| loc)
    }

    /// The stores to a location that have not reached a CPU yet.
    pub fn coming(&self, s: &State, to: usize, loc: usize) -> impl Iterator<Item = Source> {
        let stores = s.underway.iter();
        let coming = stores.filter(move |u| usize::from(u.loc) == loc && u.has & (1 << to) == 0);
        coming.map(|u| u.writer)
    }

    /// Calls `look` with each way that a store of a CPU may still go.
    pub(crate) fn look_underway(
        &self,
        s: &State,
        cpu: usize,
        mut look: impl FnMut(Step, Result<(), Reason>),
    ) {
        let own = self.base[cpu]..self.base[cpu] + self.cpus[cpu].instrs.len();
        for store in &s.underway {
            let writer = usize::from(store.writer);
            if !own.contains(&writer) {
                continue;
            }
            for to in bits(u64::from(self.lacking(s, store))) {
                let step = Step {
                    cpu: cpu as u8,
                    at: (writer - own.start) as u8,
                    kind: StepKind::Reach(to as u8),
                };
                look(step, self.may_reach(s, writer, to));
            }
        }
    }
}

/// A lock is taken by these.
#[must_use]
pub fn locks(atomic: &Atomic) -> bool {
    matches!(atomic, Atomic::SpinLock | Atomic::SpinTrylock)
}
