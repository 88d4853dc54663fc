//! The machine as a model of the `stateright` crate, searched by its checker on
//! one thread: what a general tool makes of the same states and steps.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use machine::Outcome;
use machine::outcome;
use machine::{Program, Quiet, State, Step};
use stateright::{Checker, Model, Property};

struct Machine {
    program: Arc<Program>,
    outcomes: Arc<Mutex<BTreeSet<Outcome>>>,
}

impl Model for Machine {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![State::initial(&self.program)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Step>) {
        self.program.offers(state, |step, _| actions.push(step));
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let plan = self.program.plan(last, step).ok()?;
        let mut state = last.clone();
        self.program
            .apply(&mut state, step, plan, &mut Quiet::default());
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        // Holds always, so that the checker goes through every state.
        vec![Property::always(
            "collect the outcomes",
            |machine: &Machine, state| {
                if machine.program.is_final(state)
                    && let Ok(mut outcomes) = machine.outcomes.lock()
                {
                    outcomes.insert(outcome(&machine.program, state));
                }
                true
            },
        )]
    }
}

/// What stateright found, and how long it took.
pub struct Result {
    pub outcomes: BTreeSet<Outcome>,
    pub states: usize,
    pub time: Duration,
}

/// Searches depth-first on one thread.
pub fn search(program: &Arc<Program>) -> Result {
    let outcomes = Arc::new(Mutex::new(BTreeSet::new()));
    let machine = Machine {
        program: Arc::clone(program),
        outcomes: Arc::clone(&outcomes),
    };
    let begun = Instant::now();
    let checker = machine.checker().threads(1).spawn_dfs().join();
    let time = begun.elapsed();
    let states = checker.unique_state_count();
    drop(checker);
    let outcomes = outcomes.lock().map(|set| set.clone()).unwrap_or_default();
    Result {
        outcomes,
        states,
        time,
    }
}
