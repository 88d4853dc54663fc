//! How the searches answer a goal.

use explore::{Outcome, Reachable, Search};
use litmus::Test;
use lkmm::Judge;
use machine::Program;
use protocol::Goal;
use scene::beyond::Answer;

/// What a [`Goal`] is to a search or a judge.
pub(crate) trait Sought {
    /// Whether a search has found it so far.
    fn found(self, test: &Test, search: &Search) -> bool;

    /// Whether LKMM allows it, as far as a judge knows; `None` for failures of the machine, which are not in the model.
    fn allowed(self, judge: &Judge, complete: bool) -> Option<Reachable>;

    /// Whether a CPU's axioms allow it where the machine does not reach it, or are not known not to.
    fn beyond(self, answer: &Answer) -> bool;

    /// Whether an outcome is what is looked for.
    fn accepts(self, test: &Test, p: &Program, outcome: &Outcome) -> bool;

    /// Whether it holds in an outcome, which the test's filter may leave out.
    fn holds(self, test: &Test, p: &Program, outcome: &Outcome) -> bool;
}

impl Sought for Goal {
    fn found(self, test: &Test, search: &Search) -> bool {
        match self {
            Goal::Deadlock => search.deadlocks().next().is_some(),
            _ => {
                let mut outcomes = search.outcomes();
                outcomes.any(|outcome| self.accepts(test, search.program(), outcome))
            }
        }
    }

    fn allowed(self, judge: &Judge, complete: bool) -> Option<Reachable> {
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

    fn beyond(self, answer: &Answer) -> bool {
        match (answer, self) {
            (Answer::Same, _) | (_, Goal::UseAfterFree | Goal::Uninitialised | Goal::Deadlock) => {
                false
            }
            (Answer::Unknown(_), _) => true,
            (Answer::More(beyond), Goal::Outcome(at)) => beyond.outcomes.get(at) == Some(&true),
            (Answer::More(beyond), Goal::Condition) => beyond.judgement.positive > 0,
        }
    }

    fn accepts(self, test: &Test, p: &Program, outcome: &Outcome) -> bool {
        self.holds(test, p, outcome)
            && match self {
                Goal::Outcome(_) | Goal::Condition => outcome.passes(p, test),
                // What goes wrong may leave no final state.
                _ => outcome.kept(p, test),
            }
    }

    fn holds(self, test: &Test, p: &Program, outcome: &Outcome) -> bool {
        match self {
            Goal::UseAfterFree => outcome.use_after_free,
            Goal::Uninitialised => outcome.uninitialised || outcome.bad_pointer,
            Goal::Deadlock => false,
            Goal::Outcome(_) | Goal::Condition => self
                .condition(test)
                .is_some_and(|cond| outcome.satisfies(p, cond)),
        }
    }
}
