//! What a model says of a test: the machine by its schedules, or the axioms by
//! their executions. Only what is certain.

use explore::Report;
use litmus::{Quantifier, Test};
use lkmm::Judgement;

use crate::axioms::Axioms;
use crate::model::Model;

/// See the module.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The model.
    pub model: Model,
    /// Final states in herd7's format, sorted, each once.
    pub states: Vec<String>,
    /// Witnesses that satisfy the condition: final states of the machine,
    /// executions of the axioms.
    pub positive: u64,
    /// Witnesses that do not.
    pub negative: u64,
    /// What is wrong with the test, by name.
    pub flags: Vec<String>,
    /// Nothing was left out.
    pub complete: bool,
    /// States that were visited, or choices that were made.
    pub explored: u64,
    /// Where the machine was asked: what the CPU's axioms say, if that is not the same.
    pub axioms: Option<Axioms>,
    quantifier: Option<Quantifier>,
}

impl Answer {
    /// What the machine says, and what the axioms of its CPU say besides.
    pub fn of_machine(test: &Test, report: Report, axioms: Option<Axioms>) -> Answer {
        Answer {
            model: Model::Cpu(report.model),
            positive: report.positive as u64,
            negative: report.negative as u64,
            flags: report.flags().into_iter().map(str::to_string).collect(),
            complete: report.complete,
            explored: report.explored as u64,
            states: report.states,
            axioms,
            quantifier: quantifier(test),
        }
    }

    /// What the axioms say.
    pub fn of_axioms(test: &Test, judgement: Judgement) -> Answer {
        Answer {
            model: Model::Lkmm,
            states: judgement.states,
            positive: judgement.positive,
            negative: judgement.negative,
            flags: judgement.flags,
            complete: judgement.complete,
            explored: judgement.steps,
            axioms: None,
            quantifier: quantifier(test),
        }
    }

    /// herd7's word for the verdict, or `Unknown` when something was left out and
    /// too little was found. That some witnesses satisfy the condition and some do
    /// not stays true however long the search goes on; `Never` and `Always` do not.
    pub fn verdict(&self) -> &'static str {
        match (self.positive, self.negative) {
            (1.., 1..) => "Sometimes",
            _ if !self.complete => "Unknown",
            (0, _) => "Never",
            (_, 0) => "Always",
        }
    }

    /// What was not found is not there: nothing was left out, and no axioms know of more.
    pub fn exhaustive(&self) -> bool {
        self.complete && self.axioms.is_none()
    }

    /// Whether the condition holds as quantified; `None` when something was left
    /// out that may say otherwise.
    pub fn holds(&self) -> Option<bool> {
        let (seen, then) = match self.quantifier {
            Some(Quantifier::Exists) => (self.positive, true),
            Some(Quantifier::NotExists) => (self.positive, false),
            Some(Quantifier::Forall) | None => (self.negative, false),
        };
        if seen > 0 {
            Some(then)
        } else {
            self.exhaustive().then_some(!then)
        }
    }

    /// Witnesses, by what they are.
    pub fn witnesses(&self, count: u64) -> String {
        let (one, many) = match self.model {
            Model::Cpu(_) => ("final state", "final states"),
            Model::Lkmm => ("execution", "executions"),
        };
        format!("{count} {}", if count == 1 { one } else { many })
    }

    /// What was left out, in a sentence without its end.
    pub fn incomplete(&self) -> Option<String> {
        let what = match self.model {
            Model::Cpu(_) => "search incomplete",
            Model::Lkmm => "judgement not complete",
        };
        let unit = match self.model {
            Model::Cpu(_) => "states",
            Model::Lkmm => "choices",
        };
        (!self.complete).then(|| format!("{what} after {} {unit}", self.explored))
    }
}

fn quantifier(test: &Test) -> Option<Quantifier> {
    test.condition.as_ref().map(|c| c.quantifier)
}
