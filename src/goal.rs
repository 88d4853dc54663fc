//! What a search looks for: a named outcome of the test, or a failure that the machine itself names.

use explore::{Outcome, Reachable, Report};
use litmus::{Cond, Test};
use lkmm::Judgement;
use machine::Program;
use yew::AttrValue;

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

impl Goal {
    /// What the page asks of every test: its bad outcomes; without any, all outcomes; without any, its condition.
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

    /// Whether it can happen, as far as a report knows.
    pub fn reachable(self, report: &Report) -> Reachable {
        let found = match self {
            Goal::Outcome(at) => {
                return report
                    .outcomes
                    .get(at)
                    .copied()
                    .unwrap_or(Reachable::Unknown);
            }
            Goal::Condition => report.positive > 0,
            Goal::UseAfterFree => report.use_after_free,
            Goal::Uninitialised => report.uninitialised,
            Goal::Deadlock => !report.deadlocks.is_empty(),
        };
        match (found, report.complete) {
            (true, _) => Reachable::Yes,
            (false, true) => Reachable::No,
            (false, false) => Reachable::Unknown,
        }
    }

    /// What is asked of the final state; `None` for failures of the machine.
    pub fn condition(self, test: &Test) -> Option<&Cond> {
        match self {
            Goal::Outcome(at) => test.outcomes.get(at).map(|outcome| &outcome.cond),
            Goal::Condition => test.condition.as_ref().map(|condition| &condition.cond),
            Goal::UseAfterFree | Goal::Uninitialised | Goal::Deadlock => None,
        }
    }

    /// Whether LKMM allows it, as far as a judgement knows; `None` for failures of the machine, which are not in the model.
    pub fn allowed(self, judgement: &Judgement) -> Option<Reachable> {
        let executions = match self {
            Goal::Outcome(at) => judgement.outcomes.get(at).copied().unwrap_or_default(),
            Goal::Condition => judgement.positive,
            Goal::UseAfterFree | Goal::Uninitialised | Goal::Deadlock => return None,
        };
        Some(match (executions > 0, judgement.complete) {
            (true, _) => Reachable::Yes,
            (false, true) => Reachable::No,
            (false, false) => Reachable::Unknown,
        })
    }

    /// Whether an outcome is what is looked for.
    pub fn accepts(self, test: &Test, p: &Program, outcome: &Outcome) -> bool {
        let holds = match self {
            Goal::Outcome(at) => test
                .outcomes
                .get(at)
                .is_some_and(|o| outcome.satisfies(p, &o.cond)),
            Goal::Condition => test
                .condition
                .as_ref()
                .is_some_and(|c| outcome.satisfies(p, &c.cond)),
            Goal::UseAfterFree => outcome.use_after_free,
            Goal::Uninitialised => outcome.uninitialised,
            Goal::Deadlock => false,
        };
        holds && outcome.passes(p, test)
    }

    /// It is a failure.
    pub fn bad(self, test: &Test) -> bool {
        match self {
            Goal::Outcome(at) => test.outcomes.get(at).is_some_and(|o| o.bad),
            Goal::Condition => false,
            _ => true,
        }
    }

    /// Its name in the page: `stale`.
    pub fn id(self, test: &Test) -> AttrValue {
        match self {
            Goal::Outcome(at) => test
                .outcomes
                .get(at)
                .map_or_else(AttrValue::default, |o| o.name.clone().into()),
            Goal::Condition => "exists".into(),
            Goal::UseAfterFree => "use-after-free".into(),
            Goal::Uninitialised => "uninitialised-read".into(),
            Goal::Deadlock => "deadlock".into(),
        }
    }

    /// One clause for people.
    pub fn label(self, test: &Test) -> AttrValue {
        match self {
            Goal::Outcome(at) => test.outcomes.get(at).map_or_else(AttrValue::default, |o| {
                o.label.as_ref().unwrap_or(&o.name).clone().into()
            }),
            Goal::Condition => "the condition of the test holds".into(),
            Goal::UseAfterFree => "freed memory is used".into(),
            Goal::Uninitialised => "memory is read that nobody has written".into(),
            Goal::Deadlock => "deadlock: nobody can go on".into(),
        }
    }
}
