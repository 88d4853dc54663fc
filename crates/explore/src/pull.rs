//! Stores that reach CPUs right before a step, where they go from CPU to CPU separately.

use machine::reason::Reason;
use machine::state::Source;
use machine::touch::{Touch, bit};
use machine::{Plan, Program, Quiet, State, Step, StepKind};

/// Which stores reach which CPU right before a step. Where stores go from CPU to CPU
/// separately, they are brought as late as possible: a CPU that has not got a store yet
/// is held back by it in nothing. What must come before a store is fixed when it leaves, by what
/// its CPU has seen until then and by the newest store of its location. A store that comes
/// to a CPU later than it could thus adds to no store what must come before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pull {
    /// None.
    #[default]
    None,
    /// This store, and what must come before it, reaches the step's CPU.
    Store(Source),
    /// What the fence has to spread reaches every CPU.
    Spread,
    /// This store reaches the step's CPU, and then all that it has seen reaches every CPU.
    Both(Source),
}

impl Pull {
    /// The steps of it, before `step`.
    fn steps(self, p: &Program, s: &State, step: Step) -> Vec<Step> {
        match self {
            Pull::None => Vec::new(),
            Pull::Spread => p.spread(s, step),
            Pull::Store(store) | Pull::Both(store) => {
                p.bring_store(s, usize::from(step.cpu), store)
            }
        }
    }

    /// Does them.
    pub fn apply(self, p: &Program, s: &mut State, step: Step, mut did: impl FnMut(Step)) {
        self.apply_first(p, s, step, &mut did);
        if let Pull::Both(_) = self {
            Pull::Spread.apply_first(p, s, step, &mut did);
        }
    }

    /// What the stores touch that are brought: the other CPUs see another value then.
    pub fn touch(self, p: &Program, s: &State, step: Step) -> Touch {
        let spreads = matches!(self, Pull::Spread | Pull::Both(_));
        if !spreads {
            return Touch::default();
        }
        let brought = p.spread(s, step);
        let brought = |store: &Source| brought.iter().any(|reach| p.store_of(*reach) == *store);
        // After a store has come, its CPU has seen more: any of those that some CPU lacks.
        let underway = s.underway.iter();
        let underway = underway.filter(|store| match self {
            Pull::Spread => brought(&store.writer),
            _ => p.lacking(s, store) != 0,
        });
        Touch {
            spreads: underway.fold(0, |mask, store| mask | bit(usize::from(store.loc))),
            ..Touch::default()
        }
    }

    fn apply_first(self, p: &Program, s: &mut State, step: Step, mut did: impl FnMut(Step)) {
        for reach in self.steps(p, s, step) {
            // One whose newer neighbour has come already is no step any more.
            if let Ok(plan) = p.plan(s, reach) {
                p.apply(s, reach, plan, &mut Quiet::default());
                did(reach);
            }
        }
    }
}

/// Calls `found` with the ways to do a step next: as things are, and with stores that reach
/// its CPU, or all CPUs, right before.
pub fn ways(
    p: &Program,
    s: &State,
    room: &mut State,
    step: Step,
    plan: Result<Plan, Reason>,
    mut found: impl FnMut(Plan, Pull),
) {
    if let Ok(plan) = plan {
        found(plan, Pull::None);
    }
    if s.underway.is_empty() {
        return;
    }
    let (cpu, at) = (usize::from(step.cpu), usize::from(step.at));
    let mut after = |pull: Pull| {
        room.copy_from(s);
        pull.apply(p, room, step, |_| {});
        p.plan(room, step)
    };
    match plan {
        Err(Reason::Spread { .. }) => {
            if let Ok(plan) = after(Pull::Spread) {
                found(plan, Pull::Spread);
            }
        }
        Ok(Plan::Read {
            forwarded: false, ..
        })
        | Err(
            Reason::LockHeld { .. }
            | Reason::NotNewest { .. }
            | Reason::NotQueued
            | Reason::WouldSucceed
            | Reason::Reserved { .. },
        ) if matches!(step.kind, StepKind::Read | StepKind::Atomic) => {
            let Some(loc) = p.location(s, cpu, at) else {
                return;
            };
            for store in p.coming(s, cpu, loc) {
                let pull = Pull::Store(store);
                match after(pull) {
                    Ok(plan) => found(plan, pull),
                    Err(Reason::Spread { .. }) => {
                        let pull = Pull::Both(store);
                        if let Ok(plan) = after(pull) {
                            found(plan, pull);
                        }
                    }
                    Err(_) => {}
                }
            }
        }
        _ => {}
    }
}
