//! LKMM's judgement of one setting, in slices.

use std::sync::Arc;

use litmus::Test;
use lkmm::{Judge, Judgement};

use crate::browser::clock;

/// Choices after which a judgement is given up. No built-in scenario comes near it.
const LIMIT: u64 = 20_000_000;

/// Choices between two looks at the clock.
const STRIDE: u64 = 256;

/// See the module.
#[derive(Default)]
pub struct Judging {
    judge: Option<Judge>,
    judgement: Option<Judgement>,
    error: Option<String>,
    spent: f64,
    over: bool,
}

impl Judging {
    /// Begins to judge a test whose toggles are resolved.
    pub fn new(test: Arc<Test>) -> Judging {
        let begun = clock::now();
        let mut judging = Judging::default();
        match Judge::new(test, &lkmm::models::LKMM) {
            Ok(judge) => judging.judge = Some(judge),
            Err(error) => judging.fail(error.message),
        }
        judging.spent = clock::now() - begun;
        judging
    }

    /// Judges for a few milliseconds. True when there is nothing more to do.
    pub fn slice(&mut self) -> bool {
        let Some(judge) = &mut self.judge else {
            return true;
        };
        if self.over {
            return true;
        }
        let begun = clock::now();
        let mut failed = None;
        self.over = clock::slice(|| match judge.run(STRIDE) {
            Ok(done) => done,
            Err(error) => {
                failed = Some(error.message);
                true
            }
        });
        let judgement = judge.judgement();
        self.over |= judgement.steps >= LIMIT;
        self.judgement = Some(judgement);
        self.spent += clock::now() - begun;
        if let Some(message) = failed {
            self.fail(message);
        }
        self.over
    }

    fn fail(&mut self, message: String) {
        self.judge = None;
        self.judgement = None;
        self.error = Some(message);
        self.over = true;
    }

    /// What is known so far.
    pub fn judgement(&self) -> Option<&Judgement> {
        self.judgement.as_ref()
    }

    /// Why the test cannot be judged.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// There is nothing more to do.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// The milliseconds that it has taken.
    pub fn spent(&self) -> f64 {
        self.spent
    }
}
