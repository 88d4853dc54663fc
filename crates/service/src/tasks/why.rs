//! *Why not?*: the question to LKMM.

use std::sync::Arc;

use lkmm::Question;
use machine::SrcuFlavour;
use picture::axioms::{self, AxiomNames};

use super::judging::STRIDE;
use super::{Clock, Program, Shared};
use protocol::Goal;
use protocol::{Reply, WhyAnswer};

/// Choices after which a question is given up: some ten seconds of work.
const LIMIT: u64 = 20_000_000;

/// See the module.
pub struct Task {
    names: AxiomNames,
    flavour: SrcuFlavour,
    question: Option<Question>,
    answer: Option<WhyAnswer>,
    steps: u64,
}

impl Task {
    /// Asks about an outcome.
    pub fn new(program: &Program, goal: Goal) -> Task {
        let test = Arc::clone(&program.resolved);
        let question = goal
            .condition(&test)
            .cloned()
            .map(|cond| Question::new(test, &lkmm::models::LKMM, cond));
        let nothing = || WhyAnswer::Unknown("LKMM does not speak of it.".to_owned());
        Task {
            names: AxiomNames::new(&program.test, &program.setting, Some(&program.source)),
            flavour: program.flavour,
            answer: question.is_none().then(nothing),
            question,
            steps: 0,
        }
    }
}

impl super::Task for Task {
    fn stride(&mut self, _: &mut Shared, _: Clock<'_>) -> bool {
        let Some(question) = &mut self.question else {
            return true;
        };
        self.steps += STRIDE;
        self.answer = match question.run(&self.names, STRIDE) {
            Ok(None) if self.steps < LIMIT => None,
            Ok(None) => Some(WhyAnswer::Unknown(
                "The search for the reason was given up.".to_owned(),
            )),
            Ok(Some(why)) => Some(match axioms::reason(&why, &self.names) {
                Some(reason) => WhyAnswer::Reason {
                    remark: axioms::remark(&reason, self.flavour).map(str::to_owned),
                    reason: Box::new(reason),
                },
                None => WhyAnswer::NoSuchValues,
            }),
            Err(error) => Some(WhyAnswer::Unknown(error.message)),
        };
        self.answer.is_some()
    }

    fn reply(&mut self) -> Reply {
        match &self.answer {
            Some(answer) => Reply::Why(answer.clone()),
            None => Reply::Searching(self.steps),
        }
    }
}
