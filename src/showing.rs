//! *Show me*: the search for the shortest schedule to an outcome, in slices.

use std::sync::Arc;

use explore::{Found, Outcome, Progress, Search, WitnessSearch};
use litmus::Test;
use machine::{Program, Step};

use crate::browser::clock;
use crate::goal::Goal;

/// More than any built-in scenario needs; some hundred megabytes.
const LIMIT: usize = 1_000_000;

/// States between two looks at the clock.
const STRIDE: usize = 256;

/// See the module.
pub struct Showing {
    goal: Goal,
    model: &'static str,
    test: Arc<Test>,
    p: Arc<Program>,
    stage: Stage,
}

enum Stage {
    /// Breadth first: gives the shortest.
    Shortest(Box<WitnessSearch>),
    /// The reduced search: gives any, where the other is too large, and schedules into deadlocks.
    Any(Box<Search>),
}

/// What a slice gives.
pub enum Shown {
    /// Call again.
    Running,
    /// The schedule.
    Schedule(Vec<Step>),
    /// There is none, or none was found.
    Nothing,
}

impl Showing {
    /// Begins the search in a program; `test` has its toggles resolved.
    pub fn new(goal: Goal, test: Arc<Test>, p: Arc<Program>) -> Showing {
        let stage = match goal {
            Goal::Deadlock => any(&p, &test),
            _ => Stage::Shortest(Box::new(WitnessSearch::new(Arc::clone(&p), LIMIT))),
        };
        Showing {
            goal,
            model: p.model.id,
            test,
            p,
            stage,
        }
    }

    /// What is searched, and the model's id.
    pub fn what(&self) -> (Goal, &'static str) {
        (self.goal, self.model)
    }

    /// Searches for a few milliseconds.
    pub fn slice(&mut self) -> Shown {
        let mut shown = Shown::Running;
        clock::slice(|| {
            shown = self.stride();
            !matches!(shown, Shown::Running)
        });
        shown
    }

    fn stride(&mut self) -> Shown {
        let (goal, test, p) = (self.goal, &self.test, &self.p);
        let accepts = |outcome: &Outcome| goal.accepts(test, p, outcome);
        match &mut self.stage {
            Stage::Shortest(search) => match search.run(STRIDE, &accepts) {
                Found::Running => Shown::Running,
                Found::Witness(witness) => Shown::Schedule(witness.steps),
                // The reduced search has the last word on whether there is one.
                Found::None | Found::Limited => {
                    self.stage = any(&self.p, &self.test);
                    Shown::Running
                }
            },
            Stage::Any(search) => {
                let progress = search.run(STRIDE);
                let schedule = if goal == Goal::Deadlock {
                    search
                        .deadlocks()
                        .next()
                        .and_then(|found| search.deadlock_schedule(found))
                } else {
                    search
                        .outcomes()
                        .find(|o| accepts(o))
                        .and_then(|found| search.schedule(found))
                };
                match (schedule, progress) {
                    (Some(steps), _) => Shown::Schedule(steps),
                    (None, Progress::Running) => Shown::Running,
                    (None, _) => Shown::Nothing,
                }
            }
        }
    }
}

fn any(p: &Arc<Program>, test: &Test) -> Stage {
    let mut search = Search::new(Arc::clone(p), LIMIT);
    if let Some(filter) = &test.filter {
        search.set_filter(filter);
    }
    Stage::Any(Box::new(search))
}
