//! Which schedules need not be looked at: eager steps, late locks and persistent sets.
//!
//! All three keep every final state.
//!
//! A step is *eager* when doing it at once loses nothing: no other CPU can still
//! touch what it touches, or it only makes more possible (filling the store
//! buffer, a fence, leaving a section, a grace period's start and end).
//!
//! A section is entered *late*: right before a step that could not be done outside
//! of it. Entering earlier only makes more grace periods wait. Predictions are made
//! late as well.
//!
//! Where no step is eager, only the steps of a few CPUs are tried: a *persistent*
//! set of CPUs such that nothing the others can still do concerns the steps that
//! it offers, or the events from outside that it waits for.

use machine::masks::{bits, range};
use machine::program::{Atomic, Ex, Kind, MAX_SECTIONS};
use machine::reason::Reason;
use machine::touch::{Touch, Touches};
use machine::value::cookie_section;
use machine::{Plan, Program, State, Step, StepKind};

/// A step that is offered.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    /// The step.
    pub step: Step,
    /// What it will do.
    pub plan: Plan,
    /// What it touches; for a step that is only done together with one right
    /// behind it ([`is_late`]), what that may touch as well.
    pub touch: Touch,
}

/// Whether a step is only done right before one that it makes possible: entering
/// a section earlier only makes more grace periods wait, and an assumption made
/// earlier changes nothing.
#[must_use]
pub fn is_late(kind: StepKind) -> bool {
    matches!(
        kind,
        StepKind::Lock | StepKind::PredictTaken | StepKind::PredictNot | StepKind::PredictFail
    )
}

/// What one CPU can do.
#[derive(Clone, Debug, Default)]
pub struct CpuNext {
    /// Its steps.
    pub offers: Vec<Offer>,
    /// What it can still touch.
    pub future: Touch,
    /// What it touches in the events from outside that it waits for.
    pub waits: Touch,
}

/// Everything that can happen next in a state.
#[derive(Debug, Default)]
pub struct Next {
    /// By CPU.
    pub cpus: Vec<CpuNext>,
    /// The program [`may_deadlock`]: keep the states in which it does.
    pub gentle: bool,
}

/// Whether a grace period may wait for a section that waits for something itself:
/// then sections are entered early and grace periods start late as well, or the
/// search would not come to the deadlock.
#[must_use]
pub fn may_deadlock(p: &Program) -> bool {
    let waits = |kind: &Kind| matches!(kind, Kind::GracePeriod(_) | Kind::Barrier(_));
    let mut grace = p.cpus.iter().flat_map(|code| &code.instrs).map(|i| &i.kind);
    grace.any(waits) && p.cpus.iter().any(holds_and_waits)
}

/// Some section of this CPU waits for another CPU, or may never be left.
fn holds_and_waits(code: &machine::program::Code) -> bool {
    let mut open = Vec::new();
    for instr in &code.instrs {
        match &instr.kind {
            Kind::Lock(section) => open.push((*section, &instr.arms)),
            Kind::RcuUnlock | Kind::SrcuUnlock { .. } => {
                let left = match &instr.kind {
                    Kind::SrcuUnlock {
                        cookie: Ex::Const(cookie),
                        ..
                    } => cookie_section(*cookie, MAX_SECTIONS)
                        .and_then(|s| open.iter().position(|o| usize::from(o.0) == s)),
                    Kind::SrcuUnlock { .. } => None,
                    _ => open.len().checked_sub(1),
                };
                match left {
                    Some(at) if *open[at].1 == instr.arms => drop(open.remove(at)),
                    _ => return true,
                }
            }
            Kind::GracePeriod(_) | Kind::Barrier(_) | Kind::Atomic(Atomic::SpinLock)
                if !open.is_empty() =>
            {
                return true;
            }
            _ => {}
        }
    }
    !open.is_empty()
}

impl Next {
    /// Fills in for a state.
    pub fn fill(&mut self, p: &Program, touches: &Touches, s: &State) {
        self.cpus.resize_with(p.cpus.len(), CpuNext::default);
        for cpu in 0..p.cpus.len() {
            self.fill_cpu(p, touches, s, cpu);
        }
    }

    /// Takes over what is known of another state, without allocating.
    pub fn copy_from(&mut self, other: &Next) {
        self.gentle = other.gentle;
        self.cpus.resize_with(other.cpus.len(), CpuNext::default);
        for (mine, theirs) in self.cpus.iter_mut().zip(&other.cpus) {
            mine.offers.clear();
            mine.offers.extend_from_slice(&theirs.offers);
            mine.future = theirs.future;
            mine.waits = theirs.waits;
        }
    }

    /// Fills in again after a step: only for its CPU, if the others cannot have
    /// noticed it.
    pub fn refill(&mut self, p: &Program, touches: &Touches, s: &State, step: Step) {
        match step.kind {
            // A load is noticed by nobody; the read of an atomic keeps the others out.
            StepKind::Read if p.cpus[usize::from(step.cpu)].writes & (1 << step.at) == 0 => {
                self.fill_cpu(p, touches, s, usize::from(step.cpu));
            }
            StepKind::Enter
            | StepKind::Fence
            | StepKind::Lock
            | StepKind::Start
            | StepKind::PredictTaken
            | StepKind::PredictNot
            | StepKind::PredictFail => self.fill_cpu(p, touches, s, usize::from(step.cpu)),
            StepKind::Read | StepKind::Drain | StepKind::Atomic => {
                // Memory has changed in one place: those notice it that look there next.
                let cpu = usize::from(step.cpu);
                let touch = touches.may[cpu][usize::from(step.at)];
                for other in 0..self.cpus.len() {
                    let next = &self.cpus[other];
                    if other == cpu
                        || touches.conditional[other]
                        || touch.conflicts(next.waits)
                        || next.offers.iter().any(|o| touch.conflicts(o.touch))
                    {
                        self.fill_cpu(p, touches, s, other);
                    }
                }
            }
            _ => self.fill(p, touches, s),
        }
    }

    fn fill_cpu(&mut self, p: &Program, touches: &Touches, s: &State, cpu: usize) {
        let c = &s.cpus[cpu];
        let next = &mut self.cpus[cpu];
        next.offers.clear();
        next.waits = Touch::default();
        next.future = Touch::default();
        let open = range(0, p.cpus[cpu].instrs.len()) & !(c.done | c.skipped);
        if open == 0 {
            return;
        }
        for i in bits(open) {
            next.future = next.future.or(touches.may[cpu][i]);
        }
        let (offers, waits, future) = (&mut next.offers, &mut next.waits, next.future);
        p.ready(s, cpu, |step, plan| match plan {
            Ok(plan) => {
                let at = usize::from(step.at);
                let touch = match step.kind {
                    StepKind::Enter | StepKind::Fence => Touch::default(),
                    StepKind::PredictTaken | StepKind::PredictNot => future,
                    StepKind::PredictFail => touches.behind[cpu][at],
                    StepKind::Lock => touches.may[cpu][at].or(touches.behind[cpu][at]),
                    _ => touches.now(p, s, cpu, at),
                };
                offers.push(Offer { step, plan, touch });
            }
            Err(
                Reason::LockHeld { .. }
                | Reason::Reserved { .. }
                | Reason::Readers { .. }
                | Reason::Callback { .. }
                | Reason::NotQueued
                | Reason::WouldSucceed,
            ) => *waits = waits.or(touches.may[cpu][usize::from(step.at)]),
            Err(_) => {}
        });
    }

    /// All steps.
    pub fn offers(&self) -> impl Iterator<Item = &Offer> {
        self.cpus.iter().flat_map(|cpu| &cpu.offers)
    }

    /// A step that can be done at once.
    #[must_use]
    pub fn eager(&self, p: &Program) -> Option<Offer> {
        self.offers().find(|offer| self.is_eager(p, offer)).copied()
    }

    fn is_eager(&self, p: &Program, offer: &Offer) -> bool {
        let cpu = usize::from(offer.step.cpu);
        let alone = |touch: Touch| {
            self.cpus
                .iter()
                .enumerate()
                .all(|(other, next)| other == cpu || !touch.conflicts(next.future))
        };
        match offer.step.kind {
            StepKind::Enter | StepKind::Fence | StepKind::Unlock => true,
            StepKind::Start | StepKind::End | StepKind::Wait => !self.gentle || alone(offer.touch),
            StepKind::Lock => alone(Touch {
                sections: offer.touch.sections,
                ..Touch::default()
            }),
            StepKind::Drain => alone(offer.touch),
            StepKind::Read | StepKind::Atomic => {
                let code = &p.cpus[cpu];
                let Plan::Read { guess, loc, .. } = offer.plan else {
                    return false;
                };
                if guess != 0 || (code.dynamic && p.model.speculates) {
                    return false;
                }
                let at = usize::from(offer.step.at);
                let dead = code.unused & (1 << at) != 0
                    && matches!(code.instrs[at].kind, Kind::Load { wait: false })
                    && p.locs.get(loc).is_some_and(|l| l.object.is_none());
                dead || alone(offer.touch)
            }
            StepKind::PredictTaken | StepKind::PredictNot | StepKind::PredictFail => false,
        }
    }

    /// The CPUs (bits) whose steps are enough; all of them at worst.
    #[must_use]
    pub fn persistent(&self) -> u64 {
        let mut best = u64::MAX;
        let mut best_size = usize::MAX;
        for (first, next) in self.cpus.iter().enumerate() {
            if next.offers.is_empty() {
                continue;
            }
            let set = self.closure(first);
            let size = bits(set).map(|cpu| self.cpus[cpu].offers.len()).sum();
            if size < best_size {
                (best, best_size) = (set, size);
            }
        }
        best
    }

    fn closure(&self, first: usize) -> u64 {
        let mut set: u64 = 1 << first;
        let mut added = set;
        let mut touch = Touch::default();
        loop {
            for cpu in bits(added) {
                let next = &self.cpus[cpu];
                touch = next
                    .offers
                    .iter()
                    .fold(touch.or(next.waits), |t, o| t.or(o.touch));
            }
            let grown = self.cpus.iter().enumerate().fold(set, |set, (cpu, next)| {
                if touch.conflicts(next.future) {
                    set | 1 << cpu
                } else {
                    set
                }
            });
            if grown == set {
                return set;
            }
            added = grown & !set;
            set = grown;
        }
    }
}
