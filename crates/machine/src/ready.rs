//! What may happen now, and why the rest may not: one function answers both.

mod read;
mod wait;
mod write;

use crate::eval::{Guess, Taken, eval, taken};
use crate::masks::{bits, range};
use crate::model::Action;
use crate::program::{
    Address, Arm, Atomic, Code, Domain, Instr, Kind, LocRole, Mask, Program, StoreRole,
};
use crate::reason::Reason;
use crate::state::{BranchState, CpuState, Source, State};
use crate::step::{Step, StepKind};

pub use read::atomic_result;

/// An event that may happen, with what it will do.
#[derive(Clone, Copy, Debug)]
pub enum Plan {
    /// A load or an atomic's read.
    Read {
        /// Where.
        loc: usize,
        /// What it finds.
        value: i64,
        /// The store that it reads.
        source: Source,
        /// From its own CPU's pending store.
        forwarded: bool,
        /// The predictions that this rests on.
        guess: Guess,
        /// For an atomic: it stores.
        stores: bool,
    },
    /// A store that goes into the buffer.
    Enter {
        /// Where to.
        loc: usize,
        /// What.
        value: i64,
    },
    /// A store that reaches memory.
    Write {
        /// Where to.
        loc: usize,
        /// What.
        value: i64,
    },
    /// Everything else.
    Other,
}

/// What the next event of an instruction is to the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Read,
    Enter,
    Write,
    Other,
    End,
}

/// A CPU in a state.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub p: &'a Program,
    pub s: &'a State,
    pub cpu: usize,
    pub code: &'a Code,
    pub c: &'a CpuState,
    /// The masks have been asked for the instruction already, and do not hold it back.
    free: bool,
}

impl<'a> View<'a> {
    pub fn new(p: &'a Program, s: &'a State, cpu: usize) -> Self {
        View {
            p,
            s,
            cpu,
            code: &p.cpus[cpu],
            c: &s.cpus[cpu],
            free: false,
        }
    }

    fn instr(&self, i: usize) -> &'a Instr {
        &self.code.instrs[i]
    }

    pub(crate) fn global(&self, i: usize) -> usize {
        self.p.global(self.cpu, i)
    }

    /// Instructions that the predictions say will not happen, with the predictions.
    fn away(&self) -> (Mask, Guess) {
        let mut mask = 0;
        let mut guess = 0;
        for (number, branch) in self.code.branches.iter().enumerate() {
            if let BranchState::Predicted(then) = self.s.branch(self.cpu, number as u8) {
                mask |= if then { branch.els } else { branch.then };
                guess |= 1 << number;
            }
        }
        (mask, guess)
    }

    /// Where an access goes, as far as is known.
    pub fn location(&self, i: usize) -> Option<(usize, Guess)> {
        match self.instr(i).addr.as_ref()? {
            Address::Static(loc) => Some((usize::from(*loc), 0)),
            Address::Computed(ex) => {
                let (value, guess) = eval(self.p, self.s, self.cpu, ex)?;
                Some((self.p.pointee(value).unwrap_or(self.p.wild()), guess))
            }
        }
    }

    /// Whether the CPU holds the lock that this unlock is of: the last that it did to the lock was to
    /// take it. `None` while that is open.
    pub fn holds(&self, unlock: usize) -> Option<bool> {
        let Some(Address::Static(lock)) = self.instr(unlock).addr else {
            return Some(true);
        };
        for j in (0..unlock).rev().filter(|j| self.c.skipped & (1 << j) == 0) {
            let other = self.instr(j);
            if !matches!(other.addr, Some(Address::Static(loc)) if loc == lock) {
                continue;
            }
            let takes = match &other.kind {
                Kind::Atomic(Atomic::SpinLock) => true,
                Kind::Atomic(Atomic::SpinTrylock) if self.c.failed & (1 << j) != 0 => continue,
                Kind::Atomic(Atomic::SpinTrylock) => {
                    if self.c.begun & (1 << j) == 0 {
                        return None;
                    }
                    true
                }
                Kind::Store {
                    role: StoreRole::SpinUnlock,
                } => false,
                _ => continue,
            };
            let before = |arm: &Arm| self.instr(unlock).arms.contains(arm);
            if other.arms.iter().all(before) {
                return Some(takes);
            }
            match taken(self.s, self.cpu, &other.arms) {
                Taken::Yes(0) => return Some(takes),
                Taken::No(0) => {}
                _ => return None,
            }
        }
        Some(false)
    }

    fn static_location(&self, i: usize) -> bool {
        matches!(self.instr(i).addr, Some(Address::Static(_)))
    }

    /// A fence, a section, a grace period may go on.
    pub fn other(&self, i: usize) -> Result<Plan, Reason> {
        let instr = self.instr(i);
        match instr.kind {
            // A section may be entered on a guess: it is left again if the guess was wrong.
            Kind::Lock(_) if matches!(taken(self.s, self.cpu, &instr.arms), Taken::Yes(_)) => {}
            _ => self.certain(i)?,
        }
        self.masks(i, Action::Other, 0)?;
        match &instr.kind {
            Kind::SrcuUnlock { cookie, .. } => {
                self.data(cookie)?;
            }
            Kind::Barrier(domain) => self.callbacks(*domain)?,
            _ => {}
        }
        self.everywhere(i)?;
        Ok(Plan::Other)
    }

    /// No callback of the domain that is queued waits to be run.
    fn callbacks(&self, domain: Domain) -> Result<(), Reason> {
        for (loc, location) in self.p.locs.iter().enumerate() {
            let LocRole::Token(worker) = location.role else {
                continue;
            };
            let cpu = usize::from(worker);
            let same = self.p.cpus[cpu]
                .instrs
                .iter()
                .any(|i| matches!(i.kind, Kind::GracePeriod(d) if d == domain));
            if same && self.s.mem[loc] != 0 && !View::new(self.p, self.s, cpu).over() {
                return Err(Reason::Callback { worker });
            }
        }
        Ok(())
    }

    /// A grace period may end.
    pub fn end(&self, i: usize) -> Result<Plan, Reason> {
        let sections = self.s.vals[self.global(i)] as u64 & self.s.inside;
        if sections != 0 {
            return Err(Reason::Readers { sections });
        }
        self.everywhere(i)?;
        Ok(Plan::Other)
    }

    /// A strong fence: all that it has to spread is everywhere.
    fn everywhere(&self, i: usize) -> Result<(), Reason> {
        match self.p.not_everywhere(self.s, self.cpu, i) {
            Some(store) => Err(Reason::Spread { store }),
            None => Ok(()),
        }
    }

    /// The CPU has nothing more to do.
    pub fn over(&self) -> bool {
        let all = range(0, self.code.instrs.len());
        all & !(self.c.done | self.c.skipped) == 0
    }

    /// The CPU is a worker that nobody has called yet.
    pub fn idle(&self) -> bool {
        self.code.worker.is_some() && self.c.begun == 0
    }

    /// The next event of an instruction.
    fn phase(&self, i: usize) -> (StepKind, Phase) {
        let bit = 1 << i;
        let begun = self.c.begun & bit != 0;
        match &self.instr(i).kind {
            Kind::Load { .. } => (StepKind::Read, Phase::Read),
            Kind::Store { .. } if self.p.model.buffered && !begun => {
                (StepKind::Enter, Phase::Enter)
            }
            Kind::Store { .. } => (StepKind::Drain, Phase::Write),
            Kind::Atomic(_) if self.code.split & bit == 0 => (StepKind::Atomic, Phase::Read),
            Kind::Atomic(_) if !begun => (StepKind::Read, Phase::Read),
            Kind::Atomic(_) => (StepKind::Drain, Phase::Write),
            Kind::Fence => (StepKind::Fence, Phase::Other),
            Kind::Lock(_) => (StepKind::Lock, Phase::Other),
            Kind::RcuUnlock | Kind::SrcuUnlock { .. } => (StepKind::Unlock, Phase::Other),
            Kind::GracePeriod(_) if !begun => (StepKind::Start, Phase::Other),
            Kind::GracePeriod(_) => (StepKind::End, Phase::End),
            Kind::Barrier(_) => (StepKind::Wait, Phase::Other),
        }
    }

    fn may(&self, i: usize, phase: Phase) -> Result<Plan, Reason> {
        match phase {
            Phase::Read => self.read(i),
            Phase::Enter => self.enter(i),
            Phase::Write => self.write(i),
            Phase::Other => self.other(i),
            Phase::End => self.end(i),
        }
    }

    /// The next event of an instruction, and whether it may happen.
    pub fn next(&self, i: usize) -> (StepKind, Result<Plan, Reason>) {
        let (kind, phase) = self.phase(i);
        (kind, self.may(i, phase))
    }

    /// As [`View::look`], but says nothing of instructions that only wait for
    /// others of their own CPU: a search need not know why.
    pub fn ready(&self, mut look: impl FnMut(Step, Result<Plan, Reason>)) {
        let gone = self.c.skipped;
        let away = if self.code.branches.is_empty() {
            0
        } else {
            self.away().0
        };
        let free = View {
            free: true,
            ..*self
        };
        let open = range(0, self.code.instrs.len()) & !(self.c.done | gone);
        for i in bits(open) {
            let (kind, phase) = self.phase(i);
            let (action, gone) = match phase {
                Phase::Read => (Some(Action::Read), gone | away),
                Phase::Enter => (Some(Action::Enter), gone),
                Phase::Write => (Some(Action::Write), gone),
                Phase::Other => (Some(Action::Other), gone),
                Phase::End => (None, gone),
            };
            if action.is_some_and(|a| self.pending(self.instr(i), a, gone) != [0, 0]) {
                continue;
            }
            let step = Step {
                cpu: self.cpu as u8,
                at: i as u8,
                kind,
            };
            look(step, free.may(i, phase));
        }
        self.predictions(|step| look(step, Ok(Plan::Other)));
        self.underway(look);
    }

    /// Calls `look` with the next event of every instruction of this CPU that is
    /// not over, and whether it may happen.
    pub fn look(&self, mut look: impl FnMut(Step, Result<Plan, Reason>)) {
        let open = range(0, self.code.instrs.len()) & !(self.c.done | self.c.skipped);
        for i in bits(open) {
            let (kind, plan) = self.next(i);
            look(
                Step {
                    cpu: self.cpu as u8,
                    at: i as u8,
                    kind,
                },
                plan,
            );
        }
        self.predictions(|step| look(step, Ok(Plan::Other)));
        self.underway(look);
    }

    /// The atomics that the CPU may take to fail: something behind them waits for them.
    pub fn assumable(&self) -> Mask {
        let open = self.code.assumable & !(self.c.begun | self.c.skipped | self.c.assumed);
        if open == 0 {
            return 0;
        }
        // On a guess as well: if it is wrong, the atomic never was.
        let of_use = |i: &usize| {
            matches!(taken(self.s, self.cpu, &self.instr(*i).arms), Taken::Yes(_))
                && range(*i + 1, self.code.instrs.len()) & !(self.c.begun | self.c.skipped) != 0
        };
        bits(open).filter(of_use).fold(0, |mask, i| mask | 1 << i)
    }

    /// The ways that its stores may still go.
    fn underway(&self, mut look: impl FnMut(Step, Result<Plan, Reason>)) {
        if !self.s.underway.is_empty() {
            let (p, s) = (self.p, self.s);
            p.look_underway(s, self.cpu, |step, may| {
                look(step, may.map(|()| Plan::Other))
            });
        }
    }

    fn predictions(&self, mut offer: impl FnMut(Step)) {
        for i in bits(self.assumable()) {
            offer(Step {
                cpu: self.cpu as u8,
                at: i as u8,
                kind: StepKind::PredictFail,
            });
        }
        if !self.p.model.speculates {
            return;
        }
        for (b, branch) in self.code.branches.iter().enumerate() {
            if !self.predictable(b) {
                continue;
            }
            // A prediction is of use when some load behind the branch has no value yet.
            let behind = range(usize::from(branch.at), self.code.instrs.len());
            if behind & self.code.reads & !self.c.begun & !self.c.skipped == 0 {
                continue;
            }
            for kind in [StepKind::PredictTaken, StepKind::PredictNot] {
                offer(Step {
                    cpu: self.cpu as u8,
                    at: b as u8,
                    kind,
                });
            }
        }
    }

    /// The branch is open, and may be reached.
    pub fn predictable(&self, b: usize) -> bool {
        self.p.model.speculates
            && self.code.branches.get(b).is_some_and(|branch| {
                self.s.branch(self.cpu, b as u8) == BranchState::Open
                    && matches!(taken(self.s, self.cpu, &branch.arms), Taken::Yes(_))
            })
    }
}
