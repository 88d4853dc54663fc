//! What the verdict strip asks about, and what can be asked of LKMM.

use explore::Reachable;
use litmus::Test;
use protocol::Goal;

use super::super::axioms;
use super::super::reasons::Question;
use super::Verdicts;

impl Verdicts {
    /// What is asked about: the outcomes of the test, and failures of the machine.
    pub(super) fn goals(&self, test: &Test) -> Vec<Goal> {
        let named = Goal::of(test);
        // A failure that an outcome of the test speaks of needs no row of its own.
        let failures = Goal::FAILURES
            .into_iter()
            .filter(|goal| self.unnamed(test, &named, *goal));
        named.iter().copied().chain(failures).collect()
    }

    /// What LKMM can be asked about, for other parts of the page.
    pub(super) fn questions(&self, test: &Test) -> Vec<Question> {
        let goals = self.goals(test).into_iter();
        let questions = goals.filter_map(|goal| {
            let word = axioms::question(&self.known, test, goal, &self.found(goal))?;
            Some(Question {
                goal,
                id: goal.id(test).into(),
                label: goal.label(test).into(),
                word,
            })
        });
        questions.collect()
    }

    /// A failure of the machine is possible on a model on which no bad outcome of the test is.
    fn unnamed(&self, test: &Test, named: &[Goal], failure: Goal) -> bool {
        (0..self.known.models.len()).any(|at| {
            let can = |goal: &Goal| self.reachable(at, *goal) == Reachable::Yes;
            can(&failure) && !named.iter().any(|goal| goal.bad(test) && can(goal))
        })
    }
}
