//! Doing a step.

mod effects;
mod sections;
mod undo;

use litmus::ObjectId;

use crate::eval::{Taken, eval, taken};
use crate::masks::{bits, range};
use crate::program::{Address, Atomic, Kind, Mask, Program, StoreRole, unlocks};
use crate::ready::{Plan, View};
use crate::reason::Reason;
use crate::state::{BranchState, Source, State};
use crate::step::{Step, StepKind};
use crate::value::{GARBAGE, UNDEFINED, cookie_section};

pub use effects::{Effect, Effects, Quiet};

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
        if let StepKind::Reach(to) = step.kind {
            let writer = self.global(cpu, at);
            return self
                .may_reach(s, writer, usize::from(to))
                .map(|()| Plan::Other);
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
            (StepKind::Reach(to), _) => {
                self.reach(s, self.global(cpu, at), usize::from(to), effects);
                return;
            }
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
                if stores {
                    self.carry(s, cpu, at);
                }
                let undefined = self.loose && self.expects_nothing(s, cpu, at);
                let c = &mut s.cpus[cpu];
                if loc == self.wild() {
                    c.bad |= bit;
                }
                if undefined {
                    c.undefined |= bit;
                }
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
                let kind = &self.instr(cpu, at).kind;
                if unlocks(kind) && View::new(self, s, cpu).holds(at) == Some(false) {
                    // To the axioms it ends no section, whoever holds the lock.
                    s.cpus[cpu].done |= bit;
                    effects.add(Effect::NotHeld { loc: loc as u16 });
                } else {
                    self.store(s, cpu, at, loc, value, effects);
                }
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
        self.send(s, cpu, at, loc, value);
        if value == UNDEFINED || loc == self.wild() && self.leads_to_nothing(s, cpu, at) {
            s.cpus[cpu].undefined |= bit;
        }
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
        if !s.underway.is_empty() {
            self.prune(s);
        }
    }

    /// A conditional atomic compares what it finds with a value that is none.
    fn expects_nothing(&self, s: &State, cpu: usize, at: usize) -> bool {
        let Kind::Atomic(Atomic::CmpXchg(ex) | Atomic::AddUnless(ex)) = &self.instr(cpu, at).kind
        else {
            return false;
        };
        eval(self, s, cpu, ex).is_some_and(|(value, _)| value == UNDEFINED)
    }

    /// The address is a value that is none.
    fn leads_to_nothing(&self, s: &State, cpu: usize, at: usize) -> bool {
        let Some(Address::Computed(ex)) = &self.instr(cpu, at).addr else {
            return false;
        };
        eval(self, s, cpu, ex).is_some_and(|(value, _)| value == UNDEFINED)
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
