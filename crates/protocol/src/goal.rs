//! What a search looks for: a named outcome of the test, or a failure that the machine itself names.

use litmus::{Cond, Test};
use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Goal {
    /// A named outcome of the test, by its place among them.
    Outcome(usize),
    /// The test's own condition, where it names no outcome.
    Condition,
    /// A freed object is used.
    UseAfterFree,
    /// Something is read that nobody has written.
    Uninitialised,
    /// Nothing can happen though not everything has.
    Deadlock,
}

impl Goal {
    /// What the page asks of every test: its bad outcomes; without any, all outcomes; without any, its condition.
    #[must_use]
    pub fn of(test: &Test) -> Vec<Goal> {
        let bad: Vec<Goal> = (0..test.outcomes.len())
            .filter(|at| test.outcomes[*at].bad)
            .map(Goal::Outcome)
            .collect();
        if !bad.is_empty() {
            return bad;
        }
        if test.outcomes.is_empty() {
            return test.condition.iter().map(|_| Goal::Condition).collect();
        }
        (0..test.outcomes.len()).map(Goal::Outcome).collect()
    }

    /// The failures of the machine: worth a row only where one of them can happen.
    pub const FAILURES: [Goal; 3] = [Goal::UseAfterFree, Goal::Uninitialised, Goal::Deadlock];

    /// All that is answered of a test, in the order of the answers: [`Goal::of`], then [`Goal::FAILURES`].
    #[must_use]
    pub fn asked(test: &Test) -> Vec<Goal> {
        let mut goals = Goal::of(test);
        goals.extend(Goal::FAILURES);
        goals
    }

    /// What is asked of the final state; `None` for failures of the machine.
    #[must_use]
    pub fn condition(self, test: &Test) -> Option<&Cond> {
        match self {
            Goal::Outcome(at) => test.outcomes.get(at).map(|outcome| &outcome.cond),
            Goal::Condition => test.condition.as_ref().map(|condition| &condition.cond),
            Goal::UseAfterFree | Goal::Uninitialised | Goal::Deadlock => None,
        }
    }

    /// It is a failure.
    #[must_use]
    pub fn bad(self, test: &Test) -> bool {
        match self {
            Goal::Outcome(at) => test.outcomes.get(at).is_some_and(|o| o.bad),
            Goal::Condition => false,
            _ => true,
        }
    }

    /// Its name in the page: `stale`.
    #[must_use]
    pub fn id(self, test: &Test) -> String {
        match self {
            Goal::Outcome(at) => test.outcomes.get(at).map_or("", |o| &o.name),
            Goal::Condition => "exists",
            Goal::UseAfterFree => "use-after-free",
            Goal::Uninitialised => "uninitialised-read",
            Goal::Deadlock => "deadlock",
        }
        .to_owned()
    }

    /// One clause for people.
    #[must_use]
    pub fn label(self, test: &Test) -> String {
        match self {
            Goal::Outcome(at) => test
                .outcomes
                .get(at)
                .map_or("", |o| o.label.as_ref().unwrap_or(&o.name)),
            Goal::Condition => "the condition of the test holds",
            Goal::UseAfterFree => "freed memory is used",
            Goal::Uninitialised => "a load reads memory that nobody has written, or follows a pointer that leads nowhere",
            Goal::Deadlock => "deadlock: nobody can go on",
        }
        .to_owned()
    }
}
