//! A run: the states from the first to the last, with what each step did. Going
//! back is taking the state before; a schedule is replayed by the names of its steps.

use std::sync::Arc;

use crate::apply::Effect;
use crate::eager::Eager;
use crate::model::{Class, Why};
use crate::program::Program;
use crate::reason::Reason;
use crate::state::{Source, State};
use crate::step::{Step, StepKind, StepName, Way};

/// A step that was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// The step.
    pub step: Step,
    /// What it did.
    pub effects: Vec<Effect>,
    /// What its CPU did of itself along with it.
    pub eager: Vec<Eager>,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Run {
    p: Arc<Program>,
    states: Vec<State>,
    done: Vec<Done>,
}

/// What became of a step when its schedule was replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was done; it is this step of the new run.
    Done(usize),
    /// There is no such step under this setting and model: its line is switched
    /// off, or this model needs no step for it.
    Gone,
    /// The hardware may not do it here.
    Impossible(Reason),
    /// It stands behind a step that is impossible.
    NotReached,
}

/// The replay of a schedule.
#[derive(Clone, Debug)]
pub struct Replay {
    /// The new run, as far as the hardware allows.
    pub run: Run,
    /// For each step of the schedule, what became of it.
    pub fates: Vec<(StepName, Fate)>,
}

impl Replay {
    /// The first step that is impossible.
    #[must_use]
    pub fn impossible(&self) -> Option<(StepName, Reason)> {
        self.fates.iter().find_map(|(name, fate)| match fate {
            Fate::Impossible(reason) => Some((*name, *reason)),
            _ => None,
        })
    }
}

impl Run {
    /// At the first state.
    #[must_use]
    pub fn new(p: Arc<Program>) -> Run {
        let start = State::initial(&p);
        Run {
            p,
            states: vec![start],
            done: Vec::new(),
        }
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Arc<Program> {
        &self.p
    }

    /// The state now.
    #[must_use]
    pub fn state(&self) -> &State {
        self.state_at(self.done.len())
    }

    /// The state after `steps` steps; the last one if there are fewer.
    #[must_use]
    pub fn state_at(&self, steps: usize) -> &State {
        // There is always the first state.
        &self.states[steps.min(self.states.len() - 1)]
    }

    /// The steps done.
    #[must_use]
    pub fn done(&self) -> &[Done] {
        &self.done
    }

    /// Does a step.
    ///
    /// # Errors
    /// The reason why it may not happen now.
    pub fn step(&mut self, step: Step) -> Result<&Done, Reason> {
        let plan = self.p.plan(self.state(), step)?;
        let mut state = self.state().clone();
        let mut effects = Vec::new();
        self.p.apply(&mut state, step, plan, &mut effects);
        let cpu = usize::from(step.cpu);
        let eager = self.p.eager(Some(self.state()), &state, cpu, &effects);
        self.states.push(state);
        self.done.push(Done {
            step,
            effects,
            eager,
        });
        // It has just been pushed.
        Ok(&self.done[self.done.len() - 1])
    }

    /// Takes the last step back. False when there is none.
    pub fn undo(&mut self) -> bool {
        if self.done.pop().is_some() {
            self.states.pop();
            true
        } else {
            false
        }
    }

    /// Takes back all but the first `steps` steps.
    pub fn truncate(&mut self, steps: usize) {
        self.done.truncate(steps);
        self.states.truncate(steps + 1);
    }

    /// The names of the steps done.
    #[must_use]
    pub fn schedule(&self) -> Vec<StepName> {
        self.done
            .iter()
            .map(|done| self.p.name(done.step))
            .collect()
    }

    /// The last store to each location that a load found, for the arrow between
    /// them: the run's step that made the store visible to the load at `step`.
    #[must_use]
    pub fn writer_of(&self, step: usize) -> Option<usize> {
        let done = self.done.get(step)?;
        let (loc, forwarded) = done.effects.iter().find_map(|e| match e {
            Effect::Got { loc, forwarded, .. } => Some((*loc, *forwarded)),
            _ => None,
        })?;
        // An atomic that is a full barrier reaches every CPU at once on every model.
        let strong = self.p.model.propagation.map(|rules| rules.strong);
        (0..step).rev().find(|earlier| {
            let other = &self.done[*earlier];
            let at_once = strong.is_none_or(|strong| {
                let (cpu, at) = (usize::from(other.step.cpu), usize::from(other.step.at));
                other.step.kind == StepKind::Atomic && self.p.instr(cpu, at).class.meets(strong)
            });
            other.effects.iter().any(|e| match e {
                Effect::Stored { loc: l, .. } => {
                    !forwarded && *l == loc && (at_once || other.step.cpu == done.step.cpu)
                }
                Effect::Reached { loc: l, to, .. } => *l == loc && *to == done.step.cpu,
                Effect::Buffered { loc: l, .. } => {
                    forwarded && *l == loc && other.step.cpu == done.step.cpu
                }
                _ => false,
            })
        })
    }

    /// Replays a schedule as far as the hardware allows. Steps that this model or
    /// setting does not have are left out; fences and moves into the store buffer
    /// that it needs and the schedule has not are put in.
    #[must_use]
    pub fn replay(p: &Arc<Program>, schedule: &[StepName]) -> Replay {
        let mut run = Run::new(Arc::clone(p));
        let mut fates = Vec::with_capacity(schedule.len());
        let mut stopped = false;
        for name in schedule {
            let fate = if stopped {
                Fate::NotReached
            } else {
                run.repeat(*name)
            };
            stopped |= matches!(fate, Fate::Impossible(_));
            fates.push((*name, fate));
        }
        Replay { run, fates }
    }

    fn repeat(&mut self, name: StepName) -> Fate {
        let Some(step) = self.p.find(name) else {
            return Fate::Gone;
        };
        if step.kind == StepKind::Enter && !self.p.model.buffered {
            return Fate::Gone;
        }
        loop {
            match self.p.plan(self.state(), step) {
                Ok(_) => {
                    let at = self.done.len();
                    if self.step(step).is_err() {
                        return Fate::Gone;
                    }
                    if step.kind == StepKind::Drain && name.way == Way::All {
                        self.reach_all(step);
                    }
                    return Fate::Done(at);
                }
                Err(reason) => {
                    if let Some(helper) = self.helper(step, reason) {
                        if self.step(helper).is_err() {
                            return Fate::Impossible(reason);
                        }
                        continue;
                    }
                    return match self.instead(step) {
                        Some(at) => Fate::Done(at),
                        None if reason == Reason::Done => Fate::Gone,
                        None => Fate::Impossible(reason),
                    };
                }
            }
        }
    }

    /// The schedule comes from a model on which a store reaches all CPUs at once.
    fn reach_all(&mut self, drain: Step) {
        let cpu = usize::from(drain.cpu);
        let writer = self.p.global(cpu, usize::from(drain.at)) as Source;
        for to in 0..self.p.cpus.len() {
            for step in self.p.bring_store(self.state(), to, writer) {
                // One that a newer store has made needless is left out.
                let _ = self.step(step);
            }
        }
    }

    /// A step of the same CPU that only makes `step` possible: a fence with
    /// nothing left to wait for, a store that goes into the buffer.
    fn helper(&self, step: Step, reason: Reason) -> Option<Step> {
        let cpu = usize::from(step.cpu);
        let on = match reason {
            Reason::Rule { on, .. } => on,
            Reason::Done if step.kind == StepKind::Drain => step.at,
            _ => return None,
        };
        let mut found = None;
        self.p.look(self.state(), cpu, |other, plan| {
            let local = matches!(other.kind, StepKind::Enter | StepKind::Fence)
                || (other.kind == StepKind::Read && other.at == step.at);
            if plan.is_ok() && local && other.at <= on.max(step.at) && other != step {
                found = found.or(Some(other));
            }
        });
        found
    }

    /// An atomic is one step on one model and two on another.
    fn instead(&mut self, step: Step) -> Option<usize> {
        let at = self.done.len();
        let instr = self.p.instr(usize::from(step.cpu), usize::from(step.at));
        if !instr.class.meets(Class::ATOMIC) {
            return None;
        }
        match step.kind {
            StepKind::Read => self
                .step(Step {
                    kind: StepKind::Atomic,
                    ..step
                })
                .ok()?,
            StepKind::Atomic => {
                self.step(Step {
                    kind: StepKind::Read,
                    ..step
                })
                .ok()?;
                let drain = Step {
                    kind: StepKind::Drain,
                    ..step
                };
                if self.p.plan(self.state(), drain).is_ok() {
                    self.step(drain).ok()?;
                }
                return Some(at);
            }
            _ => return None,
        };
        Some(at)
    }
}

/// The instruction that a reason names, and the rule, if it is one of the model's.
#[must_use]
pub fn waits_for(reason: Reason) -> Option<(u8, Option<Why>)> {
    match reason {
        Reason::Rule { why, on } => Some((on, Some(why))),
        Reason::Address { on } | Reason::Data { on } => on.map(|on| (on, None)),
        Reason::AddressOf { on } | Reason::Forward { on } => Some((on, None)),
        _ => None,
    }
}
