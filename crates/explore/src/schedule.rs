//! The way to a stored state, step by step.

use machine::{Quiet, Reason, State, Step};

use crate::expand::settle_behind;
use crate::pull::Pull;
use crate::reduce::Next;
use crate::search::Search;
use crate::symmetry::{Renaming, Room};
use crate::table::StateId;

/// The steps of a schedule, as the first state names the CPUs.
struct Way<'a> {
    steps: Vec<Step>,
    /// What has renamed the states since.
    renamings: Vec<&'a Renaming>,
}

impl Way<'_> {
    fn push(&mut self, step: Step) {
        let before = |step, renaming: &&Renaming| renaming.step_before(step);
        self.steps
            .push(self.renamings.iter().rev().fold(step, before));
    }
}

impl Search {
    /// The steps to what the renaming of this number makes of a stored state: the
    /// stored ones, and between them the eager ones, which follow from the state.
    pub(crate) fn path(&self, id: StateId, renaming: u8) -> Vec<Step> {
        let mut stored = Vec::new();
        let mut at = id;
        while at != 0 {
            let origin = self.found.parents[at as usize];
            stored.push(origin);
            at = origin.parent;
        }
        stored.reverse();
        let mut way = Way {
            steps: Vec::new(),
            renamings: Vec::new(),
        };
        let mut state = self.start.clone();
        let mut room = Room::new(&self.start);
        self.arrive(&mut state, &mut room, &mut way);
        for origin in stored {
            let first = Some((origin.step, origin.pull));
            for (step, pull) in [first, origin.then].into_iter().flatten() {
                pull.apply(&self.p, &mut state, step, |reach| way.push(reach));
                if let Err(Reason::Spread { .. }) = self.p.plan(&state, step) {
                    // Stores that nobody will read any more are forgotten in stored states.
                    Pull::Spread.apply(&self.p, &mut state, step, |reach| way.push(reach));
                }
                if let Ok(plan) = self.p.plan(&state, step) {
                    self.p.apply(&mut state, step, plan, &mut Quiet::default());
                    way.push(step);
                }
                if origin.then.is_some() && step == origin.step {
                    settle_behind(&self.p, &mut state, step, |step| way.push(step));
                }
            }
            self.arrive(&mut state, &mut room, &mut way);
        }
        // So far it leads to the state before all renamings.
        let renamings = way.renamings.into_iter();
        let last = self.ground.symmetry.all().get(usize::from(renaming));
        let all: Vec<&Renaming> = renamings.chain(last).collect();
        for step in &mut way.steps {
            *step = all.iter().fold(*step, |step, renaming| renaming.step(step));
        }
        way.steps
    }

    /// To the stored state that a step leads to: eager steps, and a renaming.
    fn arrive<'a>(&'a self, state: &mut State, room: &mut Room, way: &mut Way<'a>) {
        let mut next = self.ground.next(&self.p, state);
        let before = Next::default();
        self.ground
            .settle(&self.p, state, &mut next, &before, |step| way.push(step));
        if self.ground.symmetry.all().is_empty() {
            return;
        }
        let (packer, touches) = (&self.ground.packer, &self.ground.touches);
        packer.canonical(&self.p, touches, state, None);
        way.renamings
            .extend(self.ground.renamed(&self.p, state, room));
    }
}
