//! Verdicts in herd7's terms.

use std::collections::BTreeSet;
use std::sync::Arc;

pub use litmus::Verdict;
use litmus::{Cond, Quantifier, Term, Test};

use crate::algebra::CheckKind;
use crate::models::Model;
use crate::paths::JudgeError;
use crate::search::{Counting, Found, Search, Wanted};
use crate::value::format_state;

/// What the model says of a test.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The model.
    pub model: &'static Model,
    /// Final states, as herd7 prints them, sorted, each once.
    pub states: Vec<String>,
    /// Executions in which the condition holds. How they were counted says [`Counting`].
    pub positive: u64,
    /// Executions in which it does not.
    pub negative: u64,
    /// The verdict on the condition.
    pub verdict: Verdict,
    /// The condition holds as quantified (`exists`: some; `~exists`: none; `forall`: all).
    pub holds: bool,
    /// For each named outcome of the test: executions that have it.
    pub outcomes: Vec<u64>,
    /// What is wrong with the test: `data-race`, sorted.
    pub flags: Vec<String>,
    /// Every candidate has been accounted for.
    pub complete: bool,
    /// Choices made while building candidates.
    pub steps: u64,
    /// Candidates on which the whole model was evaluated.
    pub evaluated: u64,
}

/// A judgement in the making: it can be paused.
#[derive(Debug)]
pub struct Judge {
    test: Arc<Test>,
    model: &'static Model,
    search: Search,
    observed: Vec<Term>,
    states: BTreeSet<Vec<i64>>,
    positive: u64,
    negative: u64,
    outcomes: Vec<u64>,
    flags: BTreeSet<usize>,
    bad_pointer: bool,
    undefined: bool,
    done: bool,
}

impl Judge {
    /// Begins to judge a test whose toggles are resolved.
    ///
    /// # Errors
    /// When the test has too many control paths or events, or a lock that is not named directly.
    pub fn new(test: Arc<Test>, model: &'static Model) -> Result<Judge, JudgeError> {
        Judge::counting(test, model, Counting::All)
    }

    /// Begins to judge a test whose toggles are resolved, and counts its executions in this way.
    ///
    /// # Errors
    /// See [`Judge::new`].
    pub fn counting(
        test: Arc<Test>,
        model: &'static Model,
        counting: Counting,
    ) -> Result<Judge, JudgeError> {
        let wanted = Wanted {
            counting,
            flags: true,
            broken: true,
            ..Wanted::default()
        };
        let search = Search::new(Arc::clone(&test), model, wanted)?;
        Ok(Judge {
            outcomes: vec![0; test.outcomes.len()],
            observed: test.observed(),
            test,
            model,
            search,
            states: BTreeSet::new(),
            positive: 0,
            negative: 0,
            flags: BTreeSet::new(),
            bad_pointer: false,
            undefined: false,
            done: false,
        })
    }

    /// Goes on, with a budget of choices. `true` when it is done.
    ///
    /// # Errors
    /// When an execution has too many events.
    pub fn run(&mut self, budget: u64) -> Result<bool, JudgeError> {
        let end = self.search.steps.saturating_add(budget);
        while !self.done && self.search.steps < end {
            match self.search.next(end - self.search.steps)? {
                Found::Allowed => self.count(),
                Found::Forbidden(_) => {}
                Found::Paused => return Ok(false),
                Found::Done => self.done = true,
            }
        }
        Ok(self.done)
    }

    fn count(&mut self) {
        let weight = self.search.weight;
        let Some(candidate) = self.search.candidate() else {
            return;
        };
        if self.search.may_break() {
            self.bad_pointer |= candidate.bad_pointer();
            self.undefined |= candidate.undefined();
            if candidate.broken() {
                return;
            }
        }
        let cond = self
            .test
            .condition
            .as_ref()
            .map_or(&Cond::True, |c| &c.cond);
        if candidate.satisfies(cond) {
            self.positive = self.positive.saturating_add(weight);
        } else {
            self.negative = self.negative.saturating_add(weight);
        }
        for (count, outcome) in self.outcomes.iter_mut().zip(&self.test.outcomes) {
            if candidate.satisfies(&outcome.cond) {
                *count = count.saturating_add(weight);
            }
        }
        let state: Vec<i64> = self.observed.iter().map(|t| candidate.term(*t)).collect();
        self.states.insert(state);
        for (at, check) in self.model.graph.checks.iter().enumerate() {
            if check.kind == CheckKind::Flag
                && !self.flags.contains(&at)
                && !self.search.evaluator().holds(at)
            {
                self.flags.insert(at);
                self.search.leave_flag(at);
            }
        }
    }

    /// Executions so far in which the condition holds: cheap, unlike [`Judge::judgement`], which tells every state.
    #[must_use]
    pub fn positive(&self) -> u64 {
        self.positive
    }

    /// For each named outcome of the test the executions so far that have it; as cheap.
    #[must_use]
    pub fn with_outcomes(&self) -> &[u64] {
        &self.outcomes
    }

    /// What is known so far.
    #[must_use]
    pub fn judgement(&self) -> Judgement {
        let mut states: Vec<String> = self
            .states
            .iter()
            .map(|values| format_state(&self.test, &self.observed, values))
            .collect();
        states.sort();
        states.dedup();
        let (positive, negative) = (self.positive, self.negative);
        let mut flags: Vec<String> = self
            .flags
            .iter()
            .map(|at| self.model.graph.checks[*at].name.clone())
            .collect();
        let faults = [
            (self.bad_pointer, "bad-pointer"),
            (self.undefined, "undefined-arithmetic"),
        ];
        flags.extend(faults.iter().filter(|f| f.0).map(|f| f.1.to_owned()));
        flags.sort();
        Judgement {
            model: self.model,
            states,
            positive,
            negative,
            verdict: match (positive, negative) {
                (0, _) => Verdict::Never,
                (_, 0) => Verdict::Always,
                _ => Verdict::Sometimes,
            },
            holds: match self.test.condition.as_ref().map(|c| c.quantifier) {
                Some(Quantifier::Exists) => positive > 0,
                Some(Quantifier::NotExists) => positive == 0,
                Some(Quantifier::Forall) | None => negative == 0,
            },
            outcomes: self.outcomes.clone(),
            flags,
            complete: self.done,
            steps: self.search.steps,
            evaluated: self.search.evaluated,
        }
    }
}

/// Judges a test whose toggles are resolved, to the end or until that many choices are made.
///
/// # Errors
/// See [`Judge::new`].
pub fn judge(test: &Test, model: &'static Model, limit: u64) -> Result<Judgement, JudgeError> {
    let mut judge = Judge::new(Arc::new(test.clone()), model)?;
    judge.run(limit)?;
    Ok(judge.judgement())
}
