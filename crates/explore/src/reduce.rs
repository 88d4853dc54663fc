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

use crate::pull::{Pull, ways};

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
    /// Stores that reach a CPU, or all, right before it. Its plan is made after that.
    pub pull: Pull,
    /// It is a read, and stores are on their way that it could find instead.
    pub choice: bool,
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
    offers: Vec<Offer>,
    /// What these touch, and the events from outside that it waits for.
    acts: Touch,
}

/// Everything that can happen next in a state.
///
/// A state behind another is described by what has changed: the CPUs that are not
/// its `own` can do what they could before, and are looked up in a `before`.
#[derive(Debug, Default)]
pub struct Next {
    cpus: Vec<CpuNext>,
    /// By CPU: what it can still touch.
    futures: Vec<Touch>,
    own: u64,
    /// The program [`may_deadlock`]: keep the states in which it does.
    pub gentle: bool,
    /// A store reaches a CPU by a step of its own, not together with what needs it there.
    pub separate: bool,
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

/// A load whose value nothing asks for, as things are.
fn unused(p: &Program, offer: &Offer) -> bool {
    let code = &p.cpus[usize::from(offer.step.cpu)];
    let at = usize::from(offer.step.at);
    offer.step.kind == StepKind::Read
        && offer.pull == Pull::None
        && code.unused & (1 << at) != 0
        && matches!(code.instrs[at].kind, Kind::Load { wait: false })
}

fn conditional(kind: &Kind) -> bool {
    matches!(kind, Kind::Atomic(atomic) if atomic.conditional())
}

impl Next {
    /// Fills in for a state, all of it.
    pub fn fill(&mut self, p: &Program, touches: &Touches, s: &State) {
        self.begin(p);
        for cpu in 0..p.cpus.len() {
            self.fill_cpu(p, touches, s, cpu);
        }
    }

    fn begin(&mut self, p: &Program) {
        self.cpus.resize_with(p.cpus.len(), CpuNext::default);
        self.futures.resize(p.cpus.len(), Touch::default());
        self.own = 0;
    }

    /// Begins anew, as the same as `before`, for the state behind one of its steps.
    pub fn follow(&mut self, p: &Program, before: &Next) {
        self.begin(p);
        self.gentle = before.gentle;
        self.separate = before.separate;
        self.futures.copy_from_slice(&before.futures);
    }

    /// Takes what is not its own out of `before`, which is of no use any more.
    pub fn stand_alone(&mut self, before: &mut Next) {
        for cpu in 0..self.cpus.len() {
            if self.own & (1 << cpu) == 0 {
                std::mem::swap(&mut self.cpus[cpu], &mut before.cpus[cpu]);
            }
        }
        self.own = u64::MAX;
    }

    fn cpu<'a>(&'a self, before: &'a Next, cpu: usize) -> &'a CpuNext {
        if self.own & (1 << cpu) == 0 {
            &before.cpus[cpu]
        } else {
            &self.cpus[cpu]
        }
    }

    /// Fills in again after a step: only for its CPU, and for those that can have
    /// noticed it.
    pub fn refill(&mut self, p: &Program, touches: &Touches, s: &State, step: Step, before: &Next) {
        let cpu = usize::from(step.cpu);
        match step.kind {
            // A load is noticed by nobody; the read of an atomic keeps the others out.
            StepKind::Read if p.cpus[cpu].writes & (1 << step.at) == 0 => {
                self.fill_cpu(p, touches, s, cpu);
            }
            _ if self.spreads(p, step) => {
                for cpu in 0..p.cpus.len() {
                    self.fill_cpu(p, touches, s, cpu);
                }
            }
            StepKind::Enter
            | StepKind::Fence
            | StepKind::Lock
            | StepKind::Start
            | StepKind::PredictTaken
            | StepKind::PredictNot
            | StepKind::PredictFail => self.fill_cpu(p, touches, s, cpu),
            StepKind::Read | StepKind::Drain | StepKind::Atomic => {
                // Memory has changed in one place: those notice it that look there next.
                let touch = touches.may[cpu][usize::from(step.at)];
                for other in 0..self.cpus.len() {
                    if other == cpu || touch.conflicts(self.cpu(before, other).acts) {
                        self.fill_cpu(p, touches, s, other);
                    }
                }
            }
            _ => {
                for cpu in 0..p.cpus.len() {
                    self.fill_cpu(p, touches, s, cpu);
                }
            }
        }
    }

    /// It may have brought stores to other CPUs.
    fn spreads(&self, p: &Program, step: Step) -> bool {
        p.model.propagation.is_some_and(|rules| {
            let predicts = matches!(step.kind, StepKind::PredictTaken | StepKind::PredictNot);
            let (cpu, at) = (usize::from(step.cpu), usize::from(step.at));
            !predicts && p.instr(cpu, at).class.meets(rules.strong)
        })
    }

    fn fill_cpu(&mut self, p: &Program, touches: &Touches, s: &State, cpu: usize) {
        let c = &s.cpus[cpu];
        let code = &p.cpus[cpu];
        self.own |= 1 << cpu;
        let next = &mut self.cpus[cpu];
        next.offers.clear();
        let mut acts = Touch::default();
        let mut future = Touch::default();
        for i in bits(range(0, code.instrs.len()) & !(c.done | c.skipped)) {
            future = future.or(touches.may[cpu][i]);
        }
        self.futures[cpu] = future;
        let offers = &mut next.offers;
        let separate = self.separate;
        let mut room = State::empty();
        p.ready(s, cpu, |step, plan| {
            if matches!(step.kind, StepKind::Reach(_)) && !separate {
                return;
            }
            let at = usize::from(step.at);
            let mut offer = |plan, pull: Pull| {
                let touch = match step.kind {
                    StepKind::Enter => Touch::default(),
                    // With nothing to spread nobody else can notice a fence.
                    StepKind::Fence if pull == Pull::None => Touch::default(),
                    StepKind::PredictTaken | StepKind::PredictNot => future,
                    StepKind::PredictFail => touches.behind[cpu][at],
                    StepKind::Lock => touches.may[cpu][at].or(touches.behind[cpu][at]),
                    _ => touches.now(p, s, cpu, at),
                };
                let touch = touch.or(pull.touch(p, s, step));
                let choice = match plan {
                    Plan::Read {
                        loc,
                        forwarded: false,
                        ..
                    } => p.coming(s, cpu, loc).next().is_some(),
                    _ => false,
                };
                offers.push(Offer {
                    step,
                    plan,
                    touch,
                    pull,
                    choice,
                });
            };
            if separate {
                if let Ok(plan) = plan {
                    offer(plan, Pull::None);
                }
            } else {
                ways(p, s, &mut room, step, plan, offer);
            }
            match plan {
                Ok(_) => {}
                Err(
                    Reason::LockHeld { .. }
                    | Reason::Reserved { .. }
                    | Reason::Readers { .. }
                    | Reason::Callback { .. }
                    | Reason::NotQueued
                    | Reason::NotNewest { .. }
                    | Reason::WouldSucceed,
                ) => acts = acts.or(touches.may[cpu][at]),
                // An atomic that waits because it would succeed may come to find that it fails.
                Err(_) if conditional(&code.instrs[at].kind) => {
                    acts = acts.or(touches.may[cpu][at]);
                }
                Err(_) => {}
            }
        });
        next.acts = next.offers.iter().fold(acts, |acts, o| acts.or(o.touch));
    }

    /// The steps of these CPUs (bits).
    pub fn offers_of(&self, cpus: u64) -> impl Iterator<Item = Offer> {
        let chosen = self.cpus.iter().enumerate();
        let chosen = chosen.filter(move |(cpu, _)| cpus & (1 << cpu) != 0);
        chosen.flat_map(|(_, next)| next.offers.iter().copied())
    }

    /// Locations that some CPU may still read.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.futures.iter().fold(0, |mask, f| mask | f.reads)
    }

    /// A step that can be done at once.
    #[must_use]
    pub fn eager(&self, p: &Program, before: &Next) -> Option<Offer> {
        // What one CPU can still touch, and what at least two can.
        let mut sums = None;
        for (cpu, future) in self.futures.iter().enumerate() {
            for offer in &self.cpu(before, cpu).offers {
                let others = || {
                    let (once, twice) = *sums.get_or_insert_with(|| self.sums());
                    once.minus(*future).or(twice)
                };
                if self.is_eager(p, offer, others) {
                    return Some(*offer);
                }
            }
        }
        None
    }

    fn sums(&self) -> (Touch, Touch) {
        let mut once = Touch::default();
        let mut twice = Touch::default();
        for future in &self.futures {
            twice = twice.or(once.and(*future));
            once = once.or(*future);
        }
        (once, twice)
    }

    /// `others` is what the other CPUs can still touch.
    fn is_eager(&self, p: &Program, offer: &Offer, others: impl FnOnce() -> Touch) -> bool {
        let alone = |touch: Touch| !touch.conflicts(others());
        if offer.pull != Pull::None
            && matches!(
                offer.step.kind,
                StepKind::Fence
                    | StepKind::Unlock
                    | StepKind::Start
                    | StepKind::End
                    | StepKind::Wait
            )
        {
            return alone(offer.touch);
        }
        match offer.step.kind {
            StepKind::Enter | StepKind::Fence | StepKind::Unlock => true,
            StepKind::Start | StepKind::End | StepKind::Wait => !self.gentle || alone(offer.touch),
            StepKind::Lock => alone(Touch {
                sections: offer.touch.sections,
                ..Touch::default()
            }),
            StepKind::Drain => alone(offer.touch),
            StepKind::Read | StepKind::Atomic => {
                let code = &p.cpus[usize::from(offer.step.cpu)];
                let Plan::Read { guess, loc, .. } = offer.plan else {
                    return false;
                };
                if guess != 0 || (code.dynamic && p.model.speculates) {
                    return false;
                }
                let dead = unused(p, offer) && p.locs.get(loc).is_some_and(|l| l.object.is_none());
                dead || (!offer.choice && alone(offer.touch))
            }
            StepKind::PredictTaken
            | StepKind::PredictNot
            | StepKind::PredictFail
            | StepKind::Reach(_) => false,
        }
    }

    /// The CPUs (bits) whose steps are enough; all of them at worst.
    #[must_use]
    pub fn persistent(&self) -> u64 {
        let mut best = u64::MAX;
        let mut best_size = usize::MAX;
        for (first, next) in self.cpus.iter().enumerate() {
            // No set is smaller than what its first CPU offers.
            if next.offers.is_empty() || next.offers.len() >= best_size {
                continue;
            }
            let (set, size) = self.closure(first, best_size);
            if size < best_size {
                (best, best_size) = (set, size);
            }
        }
        best
    }

    /// The CPUs that must go with `first`, and how many steps they offer; given up
    /// at `enough` of them.
    fn closure(&self, first: usize, enough: usize) -> (u64, usize) {
        let mut set: u64 = 1 << first;
        let mut added = set;
        let mut size = 0;
        while added != 0 {
            let mut acts = Touch::default();
            for cpu in bits(added) {
                acts = acts.or(self.cpus[cpu].acts);
                size += self.cpus[cpu].offers.len();
            }
            if size >= enough {
                break;
            }
            added = 0;
            for (cpu, future) in self.futures.iter().enumerate() {
                if set & (1 << cpu) == 0 && acts.conflicts(*future) {
                    added |= 1 << cpu;
                }
            }
            set |= added;
        }
        (set, size)
    }
}
