//! After which step of a schedule each bad outcome can no longer happen.
//!
//! What cannot happen any more stays so: the first such step is found by halving, with a search from the state after it.

use std::sync::Arc;

use explore::{Progress, Search};
use litmus::Test;
use machine::{Program, Quiet, State, StepName};

use super::{Clock, STRIDE, Shared};
use crate::goal::Sought;
use protocol::Goal;
use protocol::{Closing, Reply};

/// A hint need not cost much: beyond this nothing is said.
const LIMIT: usize = 60_000;

/// See the module.
pub struct Task {
    test: Arc<Test>,
    p: Arc<Program>,
    /// The states, from the first to the last.
    states: Vec<State>,
    goals: Vec<Looked>,
    /// The search that runs, and after how many steps it begins.
    search: Option<(usize, Box<Search>)>,
}

/// What is known of a goal.
struct Looked {
    goal: Goal,
    /// It is possible after so many steps; none while that is not known.
    open: Option<usize>,
    /// It is impossible after so many.
    closed: Option<usize>,
    /// A search was too large: nothing is said.
    lost: bool,
}

impl Looked {
    /// After how many steps to look next.
    fn next(&self, last: usize) -> Option<usize> {
        match (self.open, self.closed) {
            _ if self.lost => None,
            // The end first: most of what can happen still can.
            (None, None) => Some(last),
            (_, None) => None,
            (None, Some(0)) => None,
            (None, Some(_)) => Some(0),
            (Some(open), Some(closed)) if open + 1 < closed => Some(usize::midpoint(open, closed)),
            _ => None,
        }
    }

    fn note(&mut self, at: usize, possible: Option<bool>) {
        match possible {
            Some(true) => self.open = Some(self.open.map_or(at, |open| open.max(at))),
            Some(false) => self.closed = Some(self.closed.map_or(at, |closed| closed.min(at))),
            None => self.lost |= self.open.is_none_or(|open| open < at),
        }
    }
}

impl Task {
    /// Begins for the schedule `steps`; `test` has its toggles resolved.
    ///
    /// # Errors
    /// When a step is not possible.
    pub fn new(test: &Arc<Test>, p: &Arc<Program>, steps: &[StepName]) -> Result<Task, String> {
        let mut states = vec![State::initial(p)];
        let mut state = State::initial(p);
        for name in steps {
            let step = p.find(*name);
            let planned = step.and_then(|step| Some((step, p.plan(&state, step).ok()?)));
            let (step, plan) = planned.ok_or_else(|| format!("step {name} is not possible"))?;
            p.apply(&mut state, step, plan, &mut Quiet::default());
            states.push(state.clone());
        }
        let goals = Goal::of(test).into_iter().filter(|goal| goal.bad(test));
        let looked = |goal| Looked {
            goal,
            open: None,
            closed: None,
            lost: false,
        };
        Ok(Task {
            test: Arc::clone(test),
            p: Arc::clone(p),
            states,
            goals: goals.map(looked).collect(),
            search: None,
        })
    }

    fn begin(&self, at: usize) -> Option<Box<Search>> {
        let state = self.states.get(at)?.clone();
        let mut search = Search::from(Arc::clone(&self.p), state, LIMIT);
        search.set_jobs(1);
        if let Some(filter) = &self.test.filter {
            search.set_filter(filter);
        }
        Some(Box::new(search))
    }
}

impl super::Task for Task {
    fn stride(&mut self, _: &mut Shared, _: Clock<'_>) -> bool {
        if self.search.is_none() {
            let last = self.states.len() - 1;
            let next = self.goals.iter().find_map(|goal| goal.next(last));
            self.search = next.and_then(|at| Some((at, self.begin(at)?)));
        }
        let Some((at, search)) = &mut self.search else {
            return true;
        };
        let progress = search.run(STRIDE);
        let (p, test) = (&self.p, &self.test);
        let can = |goal: Goal| {
            search
                .outcomes()
                .any(|outcome| goal.accepts(test, p, outcome))
        };
        let found: Vec<bool> = self.goals.iter().map(|looked| can(looked.goal)).collect();
        if progress == Progress::Running && !found.iter().all(|found| *found) {
            return false;
        }
        for (looked, found) in self.goals.iter_mut().zip(found) {
            let possible = match (found, progress) {
                (true, _) => Some(true),
                (false, Progress::Limited) => None,
                (false, _) => Some(false),
            };
            looked.note(*at, possible);
        }
        self.search = None;
        false
    }

    fn reply(&mut self) -> Reply {
        let last = self.states.len() - 1;
        let known = |looked: &&Looked| !looked.lost && looked.next(last).is_none();
        let known = self.goals.iter().filter(known);
        let closing = |looked: &Looked| Closing {
            goal: looked.goal,
            after: looked.closed.map(|after| after as u32),
        };
        Reply::Closings(known.map(closing).collect())
    }
}
