//! What a search looks for: a named outcome of the test, or a failure that the machine itself names.

use explore::{Reachable, Search};
use litmus::{Cond, Test};
use lkmm::Judge;
use machine::Outcome;
use machine::Program;
use picture::beyond::Answer;

use crate::wire::choice;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

choice!(Goal { 0 => Outcome(at), 1 => Condition, 2 => UseAfterFree, 3 => Uninitialised, 4 => Deadlock });

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

    /// Whether a search has found it so far.
    pub(crate) fn found(self, test: &Test, search: &Search) -> bool {
        match self {
            Goal::Deadlock => search.deadlocks().next().is_some(),
            _ => {
                let mut outcomes = search.outcomes();
                outcomes.any(|outcome| self.accepts(test, search.program(), outcome))
            }
        }
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

    /// Whether LKMM allows it, as far as a judge knows; `None` for failures of the machine, which are not in the model.
    pub(crate) fn allowed(self, judge: &Judge, complete: bool) -> Option<Reachable> {
        let executions = match self {
            Goal::Outcome(at) => judge.with_outcomes().get(at).copied().unwrap_or_default(),
            Goal::Condition => judge.positive(),
            Goal::UseAfterFree | Goal::Uninitialised | Goal::Deadlock => return None,
        };
        Some(match (executions > 0, complete) {
            (true, _) => Reachable::Yes,
            (false, true) => Reachable::No,
            (false, false) => Reachable::Unknown,
        })
    }

    /// Whether a CPU's axioms allow it where the machine does not reach it, or are not known not to.
    pub(crate) fn beyond(self, answer: &Answer) -> bool {
        match (answer, self) {
            (Answer::Same, _) | (_, Goal::UseAfterFree | Goal::Uninitialised | Goal::Deadlock) => {
                false
            }
            (Answer::Unknown(_), _) => true,
            (Answer::More(beyond), Goal::Outcome(at)) => beyond.outcomes.get(at) == Some(&true),
            (Answer::More(beyond), Goal::Condition) => beyond.judgement.positive > 0,
        }
    }

    /// Whether an outcome is what is looked for.
    pub(crate) fn accepts(self, test: &Test, p: &Program, outcome: &Outcome) -> bool {
        self.holds(test, p, outcome)
            && match self {
                Goal::Outcome(_) | Goal::Condition => outcome.passes(p, test),
                // What goes wrong may leave no final state.
                _ => outcome.kept(p, test),
            }
    }

    /// Whether it holds in an outcome, which the test's filter may leave out.
    pub(crate) fn holds(self, test: &Test, p: &Program, outcome: &Outcome) -> bool {
        match self {
            Goal::UseAfterFree => outcome.use_after_free,
            Goal::Uninitialised => outcome.uninitialised || outcome.bad_pointer,
            Goal::Deadlock => false,
            Goal::Outcome(_) | Goal::Condition => self
                .condition(test)
                .is_some_and(|cond| outcome.satisfies(p, cond)),
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
