//! Which schedules need not be looked at: eager steps and persistent sets.
//!
//! Both keep every final state. A step is *eager* when doing it at once loses
//! nothing: no other CPU can still touch what it touches, or it only makes more
//! possible (filling the store buffer, a fence, leaving a section, a grace
//! period's start and end). Where no step is eager, only the steps of a few CPUs
//! are tried: a set of CPUs such that nothing the others can still do concerns
//! the steps that it offers, or the events from outside that it waits for.

use machine::masks::{bits, range};
use machine::program::Kind;
use machine::reason::Reason;
use machine::touch::{Touch, Touches};
use machine::{Plan, Program, State, Step, StepKind};

/// A step that is offered.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    /// The step.
    pub step: Step,
    /// What it will do.
    pub plan: Plan,
    /// What it touches.
    pub touch: Touch,
}

/// Everything that can happen next in a state, and what can happen at all.
#[derive(Debug, Default)]
pub struct Next {
    /// The steps, CPU by CPU.
    pub offers: Vec<Offer>,
    /// By CPU: what it can still touch.
    pub future: Vec<Touch>,
    /// By CPU: what it waits for from outside.
    pub waits: Vec<Touch>,
}

impl Next {
    /// Fills in for a state.
    pub fn fill(&mut self, p: &Program, touches: &Touches, s: &State) {
        self.offers.clear();
        self.future.clear();
        self.waits.clear();
        for cpu in 0..p.cpus.len() {
            let c = &s.cpus[cpu];
            let open = range(0, p.cpus[cpu].instrs.len()) & !(c.done | c.skipped);
            let mut future = Touch::default();
            for i in bits(open) {
                future = future.or(touches.may[cpu][i]);
            }
            self.future.push(future);
            let mut waits = Touch::default();
            let offers = &mut self.offers;
            p.look(s, cpu, |step, plan| match plan {
                Ok(plan) => {
                    let at = usize::from(step.at);
                    let touch = match step.kind {
                        StepKind::Enter
                        | StepKind::Fence
                        | StepKind::PredictTaken
                        | StepKind::PredictNot => Touch::default(),
                        _ => touches.now(p, s, cpu, at),
                    };
                    offers.push(Offer { step, plan, touch });
                }
                Err(
                    Reason::LockHeld { .. }
                    | Reason::Reserved { .. }
                    | Reason::Readers { .. }
                    | Reason::Callback { .. }
                    | Reason::NotQueued,
                ) => waits = waits.or(touches.may[cpu][usize::from(step.at)]),
                Err(_) => {}
            });
            self.waits.push(waits);
        }
    }

    /// A step that can be done at once.
    #[must_use]
    pub fn eager(&self, p: &Program) -> Option<Offer> {
        self.offers.iter().find(|offer| self.is_eager(p, offer)).copied()
    }

    fn is_eager(&self, p: &Program, offer: &Offer) -> bool {
        let cpu = usize::from(offer.step.cpu);
        let alone = || {
            self.future
                .iter()
                .enumerate()
                .all(|(other, future)| other == cpu || !offer.touch.conflicts(*future))
        };
        match offer.step.kind {
            StepKind::Enter
            | StepKind::Fence
            | StepKind::Unlock
            | StepKind::Start
            | StepKind::End
            | StepKind::Wait => true,
            StepKind::Lock | StepKind::Drain => alone(),
            StepKind::Read | StepKind::Atomic => {
                let code = &p.cpus[cpu];
                let Plan::Read { guess, loc, .. } = offer.plan else { return false };
                if guess != 0 || (code.dynamic && p.model.speculates) {
                    return false;
                }
                let bit = 1 << offer.step.at;
                let load = matches!(code.instrs[usize::from(offer.step.at)].kind, Kind::Load { wait: false });
                let dead = load
                    && code.unused & bit != 0
                    && p.locs.get(loc).is_some_and(|l| l.object.is_none());
                dead || alone()
            }
            StepKind::PredictTaken | StepKind::PredictNot => false,
        }
    }

    /// The CPUs (bits) whose steps are enough; all of them at worst.
    #[must_use]
    pub fn persistent(&self) -> u64 {
        let cpus = self.future.len();
        let mut best = u64::MAX;
        let mut best_size = usize::MAX;
        for first in 0..cpus {
            if !self.offers.iter().any(|o| usize::from(o.step.cpu) == first) {
                continue;
            }
            let set = self.closure(first);
            let size = self.offers.iter().filter(|o| set & (1 << o.step.cpu) != 0).count();
            if size < best_size {
                (best, best_size) = (set, size);
            }
        }
        best
    }

    fn closure(&self, first: usize) -> u64 {
        let mut set: u64 = 1 << first;
        loop {
            let mut touch = Touch::default();
            for cpu in bits(set) {
                touch = touch.or(self.waits[cpu]);
            }
            for offer in &self.offers {
                if set & (1 << offer.step.cpu) != 0 {
                    touch = touch.or(offer.touch);
                }
            }
            let grown = self.future.iter().enumerate().fold(set, |set, (cpu, future)| {
                if touch.conflicts(*future) { set | 1 << cpu } else { set }
            });
            // A CPU of the set conflicts with itself: only new ones count.
            if grown == set {
                return set;
            }
            set = grown;
        }
    }
}
