//! *Why not?*: the question to LKMM, in slices.

use std::rc::Rc;
use std::sync::Arc;

use litmus::{Cond, Setting, Test};
use lkmm::Question;
use scene::axioms::{AxiomNames, Reason};

use crate::browser::clock;
use crate::goal::Goal;

/// Slices after which a question is given up: some ten seconds of work.
const LIMIT: usize = 2_000;

/// Choices between two looks at the clock.
const STRIDE: u64 = 256;

/// The answer.
#[derive(Clone)]
pub enum Answer {
    /// Not known yet.
    Searching,
    /// Why.
    Reason(Rc<Reason>),
    /// No execution has these values, whatever is ordered.
    NoSuchValues,
    /// It cannot be known.
    Unknown(String),
}

/// See the module.
pub struct Asking {
    goal: Goal,
    names: AxiomNames,
    question: Option<Question>,
    answer: Answer,
    slices: usize,
}

impl Asking {
    /// Asks about an outcome under a setting.
    pub fn new(goal: Goal, test: &Test, setting: &Setting, source: Option<&str>) -> Asking {
        let resolved = Arc::new(test.with(setting));
        let question = goal
            .condition(&resolved)
            .cloned()
            .map(|cond: Cond| Question::new(resolved, &lkmm::models::LKMM, cond));
        Asking {
            goal,
            names: AxiomNames::new(test, setting, source),
            answer: match question {
                Some(_) => Answer::Searching,
                None => Answer::Unknown("LKMM does not speak of it.".to_owned()),
            },
            question,
            slices: 0,
        }
    }

    /// What is asked about.
    pub fn goal(&self) -> Goal {
        self.goal
    }

    /// What is known.
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// It is not answered yet.
    pub fn is_running(&self) -> bool {
        self.question.is_some()
    }

    /// Searches for a few milliseconds. True when there is nothing more to do.
    pub fn slice(&mut self) -> bool {
        let Some(question) = &mut self.question else {
            return true;
        };
        let mut found = None;
        let mut over = clock::slice(|| match question.run(&self.names, STRIDE) {
            Ok(None) => false,
            Ok(Some(why)) => {
                found = Some(match Reason::new(&why, &self.names) {
                    Some(reason) => Answer::Reason(Rc::new(reason)),
                    None => Answer::NoSuchValues,
                });
                true
            }
            Err(error) => {
                found = Some(Answer::Unknown(error.message));
                true
            }
        });
        self.slices += 1;
        if !over && self.slices >= LIMIT {
            found = Some(Answer::Unknown(
                "The search for the reason was given up.".to_owned(),
            ));
            over = true;
        }
        if let Some(answer) = found {
            self.answer = answer;
            self.question = None;
        }
        over
    }
}
