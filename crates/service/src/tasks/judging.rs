//! LKMM's judgement of one setting.

use std::sync::Arc;

use litmus::Test;
use lkmm::{Counting, Judge};
use picture::verdicts::Judgement;

use super::{Clock, micros};
use crate::goal::Sought;
use protocol::Goal;

/// Choices after which a judgement is given up. No built-in scenario comes near it.
const LIMIT: u64 = 20_000_000;

/// Choices between two looks at the clock.
pub const STRIDE: u64 = 256;

/// See the module.
pub struct Judging {
    judge: Option<Judge>,
    /// The last word: to tell costs more than a stride, where there are many states.
    judgement: Option<lkmm::Judgement>,
    error: Option<String>,
    strides: u64,
    spent: f64,
    over: bool,
}

impl Judging {
    /// Begins to judge a test whose toggles are resolved.
    pub fn new(test: Arc<Test>, clock: Clock<'_>) -> Judging {
        let begun = clock();
        let mut judging = Judging {
            judge: None,
            judgement: None,
            error: None,
            strides: 0,
            spent: 0.0,
            over: false,
        };
        // The page tells what can happen, not in how many executions.
        match Judge::counting(test, &lkmm::models::LKMM, Counting::AsOne) {
            Ok(judge) => judging.judge = Some(judge),
            Err(error) => judging.fail(error.message),
        }
        judging.spent = clock() - begun;
        judging
    }

    /// Makes some more choices. True when there is nothing more to do.
    pub fn stride(&mut self, clock: Clock<'_>) -> bool {
        let Some(judge) = &mut self.judge else {
            return true;
        };
        if self.over {
            return true;
        }
        let begun = clock();
        match judge.run(STRIDE) {
            Ok(done) => {
                self.strides += 1;
                self.over = done || self.strides * STRIDE >= LIMIT;
                if self.over {
                    self.judgement = Some(judge.judgement());
                }
            }
            Err(error) => self.fail(error.message),
        }
        self.spent += clock() - begun;
        self.over
    }

    fn fail(&mut self, message: String) {
        self.judge = None;
        self.judgement = None;
        self.error = Some(message);
        self.over = true;
    }

    /// Choices made.
    pub fn steps(&self) -> u64 {
        let known = self.judgement.as_ref();
        known.map_or(self.strides * STRIDE, |judgement| judgement.steps)
    }

    /// The final states that LKMM allows, as herd7 prints them; none unless all are known.
    pub fn states(&self) -> Option<&[String]> {
        let judgement = self.judgement.as_ref()?;
        judgement.complete.then_some(&judgement.states)
    }

    /// What is known.
    pub fn judged(&self, goals: &[Goal]) -> Judgement {
        let complete = self.judgement.as_ref().is_some_and(|j| j.complete);
        let allowed = |goal: &Goal| goal.allowed(self.judge.as_ref()?, complete);
        Judgement {
            allowed: goals.iter().map(allowed).collect(),
            flags: self
                .judgement
                .as_ref()
                .map_or_else(Vec::new, |judgement| judgement.flags.clone()),
            complete,
            over: self.over,
            micros: micros(self.spent),
            error: self.error.clone(),
        }
    }
}
