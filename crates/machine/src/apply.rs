//! Doing a step.

use litmus::ObjectId;

use crate::eval::{Taken, eval, taken};
use crate::masks::{bits, range};
use crate::model::Class;
use crate::program::{Domain, Kind, Mask, Program, StoreRole};
use crate::ready::{Plan, View};
use crate::reason::Reason;
use crate::state::{BranchState, INITIAL, Source, State};
use crate::step::{Step, StepKind};
use crate::value::{GARBAGE, cookie_section};

/// Something that a step did, for people. Instructions are places in arrays
/// over all instructions of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A load or atomic took its value.
    Got {
        /// From this location.
        loc: u16,
        /// This value.
        value: i64,
        /// Written by this store.
        source: Source,
        /// While it was still pending in this CPU.
        forwarded: bool,
    },
    /// A store went into the buffer.
    Buffered {
        /// For this location.
        loc: u16,
        /// With this value.
        value: i64,
    },
    /// A store reached memory.
    Stored {
        /// This location.
        loc: u16,
        /// This value.
        value: i64,
        /// What memory held before.
        before: i64,
    },
    /// A conditional atomic found something else and stored nothing.
    Failed,
    /// A branch was resolved.
    Resolved {
        /// Of this CPU.
        branch: u8,
        /// The first arm.
        taken: bool,
        /// The prediction was wrong.
        mispredicted: bool,
    },
    /// A load, or fence, has to be done again.
    Undone {
        /// This instruction of the step's CPU.
        at: u8,
        /// The branch whose prediction was wrong; none when an older access turned
        /// out to be of the same location.
        branch: Option<u8>,
    },
    /// The CPU is inside a section now.
    Entered {
        /// The section.
        section: u8,
    },
    /// The CPU has left it.
    Left {
        /// The section.
        section: u8,
    },
    /// An unlock whose cookie belongs to no section that is open.
    UnmatchedUnlock,
    /// A grace period started.
    Started {
        /// The sections that it waits for.
        sections: u64,
    },
    /// It used an object after it had been freed.
    UseAfterFree {
        /// The object.
        object: ObjectId,
    },
    /// It freed an object twice.
    DoubleFree {
        /// The object.
        object: ObjectId,
    },
    /// It found a field that nobody had initialised.
    Uninitialised {
        /// The location.
        loc: u16,
    },
    /// The pointer leads nowhere.
    Wild,
}

/// Where the effects of a step go.
pub trait Effects {
    /// One effect.
    fn add(&mut self, effect: Effect);
}

impl Effects for Vec<Effect> {
    fn add(&mut self, effect: Effect) {
        self.push(effect);
    }
}

/// Notes only whether speculation failed: a search drops such a state, since the
/// same state is reached without the speculation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet {
    /// Something was undone.
    pub undone: bool,
}

impl Effects for Quiet {
    fn add(&mut self, effect: Effect) {
        self.undone |= matches!(
            effect,
            Effect::Undone { .. }
                | Effect::Resolved {
                    mispredicted: true,
                    ..
                }
        );
    }
}

impl Program {
    /// Whether a step may happen, and what it would do.
    ///
    /// # Errors
    /// The reason why it may not.
    pub fn plan(&self, s: &State, step: Step) -> Result<Plan, Reason> {
        let cpu = usize::from(step.cpu);
        let at = usize::from(step.at);
        if cpu >= self.cpus.len() {
            return Err(Reason::Done);
        }
        let view = View::new(self, s, cpu);
        if matches!(step.kind, StepKind::PredictTaken | StepKind::PredictNot) {
            return if view.predictable(at) {
                Ok(Plan::Other)
            } else {
                Err(Reason::Done)
            };
        }
        if at >= view.code.instrs.len() {
            return Err(Reason::Done);
        }
        if step.kind == StepKind::PredictFail {
            return if view.assumable() & (1 << at) != 0 {
                Ok(Plan::Other)
            } else {
                Err(Reason::Done)
            };
        }
        if view.c.done & (1 << at) != 0 {
            return Err(Reason::Done);
        }
        let (kind, plan) = view.next(at);
        match plan {
            Err(reason) => Err(reason),
            Ok(plan) if kind == step.kind => Ok(plan),
            Ok(_) => Err(Reason::Done),
        }
    }

    /// Does a step that [`Program::plan`] or [`Program::offers`] has planned in
    /// this state.
    pub fn apply(&self, s: &mut State, step: Step, plan: Plan, effects: &mut impl Effects) {
        let cpu = usize::from(step.cpu);
        let at = usize::from(step.at);
        let bit: Mask = 1 << at;
        match (step.kind, plan) {
            (StepKind::PredictTaken, _) => {
                s.set_branch(cpu, step.at, BranchState::Predicted(true));
            }
            (StepKind::PredictNot, _) => {
                s.set_branch(cpu, step.at, BranchState::Predicted(false));
            }
            (StepKind::PredictFail, _) => s.cpus[cpu].assumed |= bit,
            (
                kind,
                Plan::Read {
                    loc,
                    value,
                    source,
                    forwarded,
                    guess,
                    stores,
                },
            ) => {
                let g = self.global(cpu, at);
                effects.add(Effect::Got {
                    loc: loc as u16,
                    value,
                    source,
                    forwarded,
                });
                self.check_use(s, cpu, at, loc, effects);
                let c = &mut s.cpus[cpu];
                if value == GARBAGE {
                    c.garbage |= bit;
                    effects.add(Effect::Uninitialised { loc: loc as u16 });
                }
                c.begun |= bit;
                s.vals[g] = if value == GARBAGE { 0 } else { value };
                if let Some(slot) = s.sources.get_mut(g) {
                    *slot = source;
                }
                if let Some(slot) = s.guesses.get_mut(g) {
                    *slot = guess;
                }
                if matches!(self.instr(cpu, at).kind, Kind::Load { .. }) {
                    s.cpus[cpu].done |= bit;
                } else if !stores {
                    s.cpus[cpu].done |= bit;
                    s.cpus[cpu].failed |= bit;
                    effects.add(Effect::Failed);
                } else if kind == StepKind::Atomic {
                    let result = View::new(self, s, cpu).atomic_value(at);
                    self.store(s, cpu, at, loc, result.map_or(0, |(v, _)| v), effects);
                }
                self.reread(s, cpu, at, loc, source, effects);
            }
            (_, Plan::Enter { loc, value }) => {
                s.cpus[cpu].begun |= bit;
                effects.add(Effect::Buffered {
                    loc: loc as u16,
                    value,
                });
            }
            (_, Plan::Write { loc, value }) => {
                s.cpus[cpu].begun |= bit;
                self.store(s, cpu, at, loc, value, effects);
            }
            (kind, Plan::Other) => self.apply_other(s, cpu, at, kind, effects),
        }
        self.settle(s, cpu, effects);
    }

    fn apply_other(
        &self,
        s: &mut State,
        cpu: usize,
        at: usize,
        kind: StepKind,
        effects: &mut impl Effects,
    ) {
        let bit: Mask = 1 << at;
        s.cpus[cpu].begun |= bit;
        if kind != StepKind::Start {
            s.cpus[cpu].done |= bit;
        }
        match &self.instr(cpu, at).kind {
            Kind::Lock(section) => {
                s.inside |= 1 << section;
                if let Taken::Yes(guess) = taken(s, cpu, &self.instr(cpu, at).arms)
                    && let Some(slot) = s.guesses.get_mut(self.global(cpu, at))
                {
                    *slot = guess;
                }
                effects.add(Effect::Entered { section: *section });
            }
            Kind::RcuUnlock => {
                let section = self.rcu_section(s, cpu, at);
                self.leave(s, section, effects);
            }
            Kind::SrcuUnlock { cookie, domain } => {
                let section = eval(self, s, cpu, cookie)
                    .and_then(|(value, _)| cookie_section(value, self.sections.len()))
                    .filter(|section| self.sections[*section].domain == *domain);
                self.leave(s, section.map(|section| section as u8), effects);
            }
            Kind::GracePeriod(domain) if kind == StepKind::Start => {
                let sections = self.open_sections(s, *domain);
                s.vals[self.global(cpu, at)] = sections as i64;
                effects.add(Effect::Started { sections });
            }
            Kind::GracePeriod(_) => s.vals[self.global(cpu, at)] = 0,
            _ => {}
        }
    }

    /// The section that an `rcu_read_unlock()` leaves: locks and unlocks nest.
    /// Nested sections are sections of their own; a grace period waits for all.
    fn rcu_section(&self, s: &State, cpu: usize, unlock: usize) -> Option<u8> {
        let code = &self.cpus[cpu];
        let mut open = Vec::new();
        for i in bits(range(0, unlock) & !s.cpus[cpu].skipped) {
            match &code.instrs[i].kind {
                Kind::Lock(section)
                    if self.sections[usize::from(*section)].domain == Domain::Rcu =>
                {
                    open.push(*section);
                }
                Kind::RcuUnlock => {
                    open.pop();
                }
                _ => {}
            }
        }
        open.pop()
    }

    /// The sections of a domain that somebody is inside of.
    #[must_use]
    pub fn open_sections(&self, s: &State, domain: Domain) -> u64 {
        bits(s.inside)
            .filter(|section| {
                self.sections
                    .get(*section)
                    .is_some_and(|x| x.domain == domain)
            })
            .fold(0, |mask, section| mask | 1 << section)
    }

    fn leave(&self, s: &mut State, section: Option<u8>, effects: &mut impl Effects) {
        let Some(section) = section.filter(|section| s.inside & (1 << section) != 0) else {
            effects.add(Effect::UnmatchedUnlock);
            return;
        };
        s.inside &= !(1 << section);
        for (cpu, code) in self.cpus.iter().enumerate() {
            for (i, instr) in code.instrs.iter().enumerate() {
                if matches!(instr.kind, Kind::GracePeriod(_)) {
                    s.vals[self.global(cpu, i)] &= !(1 << section);
                }
            }
        }
        effects.add(Effect::Left { section });
    }

    fn store(
        &self,
        s: &mut State,
        cpu: usize,
        at: usize,
        loc: usize,
        value: i64,
        effects: &mut impl Effects,
    ) {
        let bit: Mask = 1 << at;
        let before = s.mem[loc];
        effects.add(Effect::Stored {
            loc: loc as u16,
            value,
            before,
        });
        if matches!(
            self.instr(cpu, at).kind,
            Kind::Store {
                role: StoreRole::Free
            }
        ) {
            if let Some(object) = self
                .objects
                .iter()
                .position(|o| usize::from(o.freed) == loc)
                && before != 0
            {
                s.cpus[cpu].freed |= bit;
                effects.add(Effect::DoubleFree {
                    object: ObjectId(object as u16),
                });
            }
        } else if !matches!(self.instr(cpu, at).kind, Kind::Atomic(_))
            || self.cpus[cpu].split & bit != 0
        {
            self.check_use(s, cpu, at, loc, effects);
        }
        if loc != self.wild() {
            s.mem[loc] = value;
            let source = self.global(cpu, at) as Source;
            if let Some(slot) = s.writers.get_mut(loc) {
                *slot = source;
            }
        }
        s.cpus[cpu].begun |= bit;
        s.cpus[cpu].done |= bit;
    }

    /// KASAN's question: is this an access to an object that has been freed?
    fn check_use(
        &self,
        s: &mut State,
        cpu: usize,
        at: usize,
        loc: usize,
        effects: &mut impl Effects,
    ) {
        if loc == self.wild() {
            s.cpus[cpu].garbage |= 1 << at;
            effects.add(Effect::Wild);
            return;
        }
        let Some(object) = self.locs[loc].object else {
            return;
        };
        let freed = usize::from(self.objects[usize::from(object.0)].freed);
        // What the CPU itself frees is freed in program order, wherever its store is;
        // what another CPU frees, when memory says so.
        let view = View::new(self, s, cpu);
        let frees = |i: usize| {
            matches!(
                view.code.instrs[i].kind,
                Kind::Store {
                    role: StoreRole::Free
                }
            ) && taken(s, cpu, &view.code.instrs[i].arms) == Taken::Yes(0)
                && view.location(i).is_some_and(|(loc, _)| loc == freed)
        };
        let all = range(0, view.code.instrs.len()) & !view.c.skipped;
        let before = bits(all & range(0, at)).any(frees);
        let after = bits(all & !range(0, at + 1) & view.c.done).any(frees);
        if before || (s.mem[freed] != 0 && !after) {
            s.cpus[cpu].freed |= 1 << at;
            effects.add(Effect::UseAfterFree { object });
        }
    }

    /// Resolves branches whose conditions are known, and undoes what rested on a
    /// wrong prediction or came too early.
    fn settle(&self, s: &mut State, cpu: usize, effects: &mut impl Effects) {
        let code = &self.cpus[cpu];
        for (number, branch) in code.branches.iter().enumerate() {
            let b = number as u8;
            let known = s.branch(cpu, b);
            if matches!(known, BranchState::Resolved(_))
                || taken(s, cpu, &branch.arms) != Taken::Yes(0)
            {
                continue;
            }
            let Some((value, 0)) = eval(self, s, cpu, &branch.cond) else {
                continue;
            };
            let then = crate::value::number(value) != 0;
            let mispredicted = known == BranchState::Predicted(!then);
            effects.add(Effect::Resolved {
                branch: b,
                taken: then,
                mispredicted,
            });
            if mispredicted {
                self.undo_guesses(s, cpu, b, effects);
            }
            s.set_branch(cpu, b, BranchState::Resolved(then));
            s.cpus[cpu].skipped |= if then { branch.els } else { branch.then };
            for i in 0..code.instrs.len() {
                if let Some(slot) = s.guesses.get_mut(self.global(cpu, i)) {
                    *slot &= !(1 << b);
                }
            }
        }
        if code.dynamic && self.model.speculates {
            self.undo_early(s, cpu, effects);
        }
    }

    /// Undoes the loads that rested on the prediction of `branch`, and the
    /// predictions made behind it.
    fn undo_guesses(&self, s: &mut State, cpu: usize, branch: u8, effects: &mut impl Effects) {
        let code = &self.cpus[cpu];
        for i in bits(s.cpus[cpu].begun) {
            if s.guess(self.global(cpu, i)) & (1 << branch) == 0 {
                continue;
            }
            if let Kind::Lock(section) = code.instrs[i].kind {
                self.leave(s, Some(section), effects);
            }
            self.undo(s, cpu, i, Some(branch), effects);
        }
        for (inner, other) in code.branches.iter().enumerate() {
            let inside = other.arms.iter().any(|a| a.branch == branch);
            if inside && matches!(s.branch(cpu, inner as u8), BranchState::Predicted(_)) {
                s.set_branch(cpu, inner as u8, BranchState::Open);
            }
        }
    }

    fn undo(
        &self,
        s: &mut State,
        cpu: usize,
        i: usize,
        branch: Option<u8>,
        effects: &mut impl Effects,
    ) {
        let g = self.global(cpu, i);
        let c = &mut s.cpus[cpu];
        let keep: Mask = !(1 << i);
        c.begun &= keep;
        c.done &= keep;
        c.failed &= keep;
        c.freed &= keep;
        c.garbage &= keep;
        s.vals[g] = 0;
        if let Some(slot) = s.sources.get_mut(g) {
            *slot = INITIAL;
        }
        if let Some(slot) = s.guesses.get_mut(g) {
            *slot = 0;
        }
        effects.add(Effect::Undone {
            at: i as u8,
            branch,
        });
    }

    /// A load that passed an older store of the same location, whose address was
    /// not known then, has to be done again.
    fn undo_early(&self, s: &mut State, cpu: usize, effects: &mut impl Effects) {
        let code = &self.cpus[cpu];
        for b in bits(code.reads & s.cpus[cpu].begun & !s.cpus[cpu].skipped) {
            let view = View::new(self, s, cpu);
            let Some((loc, _)) = view.location(b) else {
                continue;
            };
            let first = self.base[cpu];
            let source = usize::from(s.sources[self.global(cpu, b)]);
            let pending = code.writes
                & range(0, b)
                & !s.cpus[cpu].done
                & !s.cpus[cpu].skipped
                & !s.cpus[cpu].failed;
            let passed = bits(pending).any(|j| {
                let newer = source >= first + j && source < first + b;
                taken(s, cpu, &code.instrs[j].arms) == Taken::Yes(0)
                    && view.location(j).is_some_and(|(l, _)| l == loc)
                    && !newer
            });
            if passed {
                self.undo_from(s, cpu, b, effects);
                return;
            }
        }
    }

    /// A younger load of the same location that has already read another store
    /// than `at` does now has to be done again.
    fn reread(
        &self,
        s: &mut State,
        cpu: usize,
        at: usize,
        loc: usize,
        source: Source,
        effects: &mut impl Effects,
    ) {
        let code = &self.cpus[cpu];
        if !code.dynamic || !self.model.speculates {
            return;
        }
        let first = self.base[cpu];
        let later = code.reads & range(at + 1, code.instrs.len());
        for b in bits(later & s.cpus[cpu].begun & !s.cpus[cpu].skipped) {
            let view = View::new(self, s, cpu);
            if view.location(b).is_none_or(|(l, _)| l != loc) {
                continue;
            }
            let read = usize::from(s.sources[self.global(cpu, b)]);
            let own_newer = read > first + at && read < first + b;
            if s.sources[self.global(cpu, b)] != source && !own_newer {
                self.undo_from(s, cpu, b, effects);
                return;
            }
        }
    }

    /// Undoes the load `b` and every later load and read fence. No store behind
    /// `b` has left: it waits until all earlier addresses are known and settled.
    fn undo_from(&self, s: &mut State, cpu: usize, b: usize, effects: &mut impl Effects) {
        let code = &self.cpus[cpu];
        let c = s.cpus[cpu];
        for i in bits(c.begun & range(b, code.instrs.len())) {
            let instr = &code.instrs[i];
            let stored = code.split & (1 << i) != 0 && c.done & !c.failed & (1 << i) != 0;
            let load = instr.class.meets(Class::R) && !stored;
            if load || instr.class.meets(Class::RMB) {
                self.undo(s, cpu, i, None, effects);
            }
        }
    }

    /// Calls `offer` with every step that may happen, CPU by CPU.
    pub fn offers(&self, s: &State, mut offer: impl FnMut(Step, Plan)) {
        for cpu in 0..self.cpus.len() {
            self.ready(s, cpu, |step, plan| {
                if let Ok(plan) = plan {
                    offer(step, plan);
                }
            });
        }
    }

    /// Calls `look` with the next event of each instruction of a CPU that is not
    /// over, and with the predictions it can make: possible, or the reason why not.
    pub fn look(&self, s: &State, cpu: usize, look: impl FnMut(Step, Result<Plan, Reason>)) {
        View::new(self, s, cpu).look(look);
    }

    /// As [`Program::look`], without the instructions that only wait for others of
    /// their own CPU.
    pub fn ready(&self, s: &State, cpu: usize, look: impl FnMut(Step, Result<Plan, Reason>)) {
        View::new(self, s, cpu).ready(look);
    }

    /// Every step that may happen.
    #[must_use]
    pub fn steps(&self, s: &State) -> Vec<Step> {
        let mut steps = Vec::new();
        self.offers(s, |step, _| steps.push(step));
        steps
    }

    /// Every CPU has done all it has to do; workers that nobody calls any more rest.
    #[must_use]
    pub fn is_final(&self, s: &State) -> bool {
        (0..self.cpus.len()).all(|cpu| {
            let view = View::new(self, s, cpu);
            view.over() || view.idle()
        })
    }
}
