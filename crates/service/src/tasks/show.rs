//! *Show me*: the shortest schedule to an outcome.

use std::sync::Arc;

use explore::{Found, Outcome, Progress, Search, WitnessSearch};
use litmus::Test;
use machine::{Program, Step};

use super::{Clock, LIMIT, STRIDE, Shared, named};
use crate::goal::Sought;
use protocol::Goal;
use protocol::{Reply, Schedule};

/// See the module.
pub struct Task {
    goal: Goal,
    test: Arc<Test>,
    p: Arc<Program>,
    stage: Stage,
    /// States of the stages before.
    before: usize,
    found: Option<Schedule>,
    over: bool,
}

enum Stage {
    /// Breadth first: gives the shortest.
    Shortest(Box<WitnessSearch>),
    /// The reduced search: gives any, where the other is too large, and schedules into deadlocks.
    Any(Box<Search>),
}

impl Task {
    /// Begins the search in a program; `test` has its toggles resolved.
    pub fn new(test: &Arc<Test>, p: Arc<Program>, goal: Goal) -> Task {
        let stage = match goal {
            Goal::Deadlock => any(&p, test),
            _ => Stage::Shortest(Box::new(WitnessSearch::new(Arc::clone(&p), LIMIT))),
        };
        Task {
            goal,
            test: Arc::clone(test),
            p,
            stage,
            before: 0,
            found: None,
            over: false,
        }
    }

    fn found(&mut self, steps: &[Step], shortest: bool) {
        self.found = Some(Schedule {
            steps: named(&self.p, steps),
            shortest,
        });
        self.over = true;
    }
}

impl super::Task for Task {
    fn stride(&mut self, _: &mut Shared, _: Clock<'_>) -> bool {
        let (goal, test, p) = (self.goal, Arc::clone(&self.test), Arc::clone(&self.p));
        let accepts = |outcome: &Outcome| goal.accepts(&test, &p, outcome);
        match &mut self.stage {
            Stage::Shortest(search) => match search.run(STRIDE, &accepts) {
                Found::Running => {}
                Found::Witness(witness) => self.found(&witness.steps, witness.shortest),
                // The reduced search has the last word on whether there is one.
                Found::None | Found::Limited => {
                    self.before = search.explored();
                    self.stage = any(&p, &test);
                }
            },
            Stage::Any(search) => {
                let progress = search.run(STRIDE);
                let schedule = if goal == Goal::Deadlock {
                    let mut deadlocks = search.deadlocks();
                    let found = deadlocks.next();
                    found.and_then(|found| search.deadlock_schedule(found))
                } else {
                    let found = search.outcomes().find(|o| accepts(o));
                    found.and_then(|found| search.schedule(found))
                };
                match (schedule, progress) {
                    (Some(steps), _) => self.found(&steps, false),
                    (None, Progress::Running) => {}
                    (None, _) => self.over = true,
                }
            }
        }
        self.over
    }

    fn reply(&mut self) -> Reply {
        if self.over {
            return Reply::Schedule(self.found.take());
        }
        let now = match &self.stage {
            Stage::Shortest(search) => search.explored(),
            Stage::Any(search) => search.explored(),
        };
        Reply::Searching((self.before + now) as u64)
    }
}

fn any(p: &Arc<Program>, test: &Test) -> Stage {
    let mut search = Search::new(Arc::clone(p), LIMIT);
    search.set_jobs(1);
    if let Some(filter) = &test.filter {
        search.set_filter(filter);
    }
    Stage::Any(Box::new(search))
}
