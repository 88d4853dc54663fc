//! For every step that is offered: can a bad outcome still happen after it? A step at a time.

use std::collections::VecDeque;
use std::sync::Arc;

use explore::{Progress, Reachable, Search};
use litmus::Test;
use machine::{Program, Quiet, State, StepName};

use super::{Clock, STRIDE, Shared};
use crate::goal::Sought;
use protocol::Goal;
use protocol::{Prospect, Reply};

/// A hint need not cost much: beyond this nothing is said.
const LIMIT: usize = 60_000;

/// See the module.
pub struct Task {
    test: Arc<Test>,
    p: Arc<Program>,
    goals: Vec<Goal>,
    waiting: VecDeque<(StepName, State)>,
    search: Option<Box<Search>>,
    known: Vec<Prospect>,
}

impl Task {
    /// Begins after the steps `done`; `test` has its toggles resolved.
    ///
    /// # Errors
    /// When a step is not possible.
    pub fn new(
        test: &Arc<Test>,
        p: &Arc<Program>,
        done: &[StepName],
        offers: &[StepName],
    ) -> Result<Task, String> {
        let mut now = State::initial(p);
        for name in done {
            now = after(p, &now, *name).ok_or_else(|| format!("step {name} is not possible"))?;
        }
        let goals = Goal::of(test).into_iter().filter(|goal| goal.bad(test));
        let goals: Vec<Goal> = goals.collect();
        let mut waiting = VecDeque::new();
        if !goals.is_empty() {
            for name in offers {
                let then = after(p, &now, *name);
                let then = then.ok_or_else(|| format!("step {name} is not offered"))?;
                waiting.push_back((*name, then));
            }
        }
        Ok(Task {
            test: Arc::clone(test),
            p: Arc::clone(p),
            goals,
            waiting,
            search: None,
            known: Vec::new(),
        })
    }
}

/// The state after a step, if the hardware may do it now.
fn after(p: &Program, state: &State, name: StepName) -> Option<State> {
    let step = p.find(name)?;
    let plan = p.plan(state, step).ok()?;
    let mut state = state.clone();
    p.apply(&mut state, step, plan, &mut Quiet::default());
    Some(state)
}

impl super::Task for Task {
    fn stride(&mut self, _: &mut Shared, _: Clock<'_>) -> bool {
        let Some((step, state)) = self.waiting.front() else {
            return true;
        };
        let (p, test) = (&self.p, &self.test);
        let search = self.search.get_or_insert_with(|| {
            let mut search = Search::from(Arc::clone(p), state.clone(), LIMIT);
            search.set_jobs(1);
            if let Some(filter) = &test.filter {
                search.set_filter(filter);
            }
            Box::new(search)
        });
        let progress = search.run(STRIDE);
        let bad = search
            .outcomes()
            .any(|outcome| self.goals.iter().any(|goal| goal.accepts(test, p, outcome)));
        let bad = match (bad, progress) {
            (true, _) => Reachable::Yes,
            (false, Progress::Running) => return false,
            (false, Progress::Complete) => Reachable::No,
            (false, Progress::Limited) => Reachable::Unknown,
        };
        let step = *step;
        self.known.push(Prospect { step, bad });
        self.waiting.pop_front();
        self.search = None;
        self.waiting.is_empty()
    }

    fn reply(&mut self) -> Reply {
        Reply::Prospects(self.known.clone())
    }
}
