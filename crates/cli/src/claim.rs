//! A `Result:` claim against what a model says.
//!
//! The claim is about the Linux-kernel memory model, so LKMM decides it. It allows
//! whatever the CPUs allow (the explorer's tests compare them on the whole corpus):
//! a CPU can contradict a claim that something never happens, and cannot
//! contradict one that something may.

use litmus::{Expected, ExpectedVerdict};

use crate::answer::Answer;
use crate::model::Model;

/// What an answer says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The answer has what the claim excludes, or lacks what it demands.
    Contradicted,
    /// It does not, and nothing was left out.
    Agrees,
    /// This answer can neither confirm nor contradict such a claim.
    Undecided,
}

impl Judgement {
    /// For the `Claim` line of the text format.
    pub fn words(self) -> &'static str {
        match self {
            Judgement::Contradicted => "contradicted",
            Judgement::Agrees => "agrees",
            Judgement::Undecided => "not decided by this model",
        }
    }

    fn of(holds: Option<bool>) -> Judgement {
        match holds {
            Some(true) => Judgement::Agrees,
            Some(false) => Judgement::Contradicted,
            None => Judgement::Undecided,
        }
    }
}

const DATA_RACE: &str = "data-race";

/// Compares.
pub fn judge(claim: &Expected, answer: &Answer) -> Judgement {
    let verdict = Judgement::of(verdict(claim, answer));
    match answer.model {
        // That a test has a data race is a fact about C.
        Model::Lkmm if verdict != Judgement::Contradicted => match race(claim, answer) {
            Some(false) => Judgement::Contradicted,
            None if claim.data_race => Judgement::Undecided,
            _ => verdict,
        },
        _ => verdict,
    }
}

/// Whether the verdict is the claimed one; `None` when that is not known.
fn verdict(claim: &Expected, answer: &Answer) -> Option<bool> {
    let Answer {
        positive, negative, ..
    } = *answer;
    // What is excluded stays found; that it was not found counts when nothing was left out.
    let without = |found: bool| {
        if found {
            Some(false)
        } else {
            answer.exhaustive().then_some(true)
        }
    };
    let lkmm = answer.model == Model::Lkmm;
    match &claim.verdict {
        ExpectedVerdict::Never => without(positive > 0),
        ExpectedVerdict::Always if positive > 0 || !lkmm => without(negative > 0),
        ExpectedVerdict::Always => answer.complete.then_some(false),
        ExpectedVerdict::Deadlock => without(!answer.states.is_empty()),
        ExpectedVerdict::Sometimes if positive > 0 && negative > 0 => Some(true),
        ExpectedVerdict::Sometimes => (lkmm && answer.complete).then_some(false),
        ExpectedVerdict::Maybe => None,
        ExpectedVerdict::Flag(_) if !lkmm => None,
        ExpectedVerdict::Flag(flag) if answer.flags.contains(flag) => Some(true),
        ExpectedVerdict::Flag(_) => answer.complete.then_some(false),
    }
}

/// Whether the data race is there that the claim names; `None` when that is not
/// known, and when the claim is one that says nothing of races.
fn race(claim: &Expected, answer: &Answer) -> Option<bool> {
    let found = answer.flags.iter().any(|flag| flag == DATA_RACE);
    match claim.verdict {
        ExpectedVerdict::Maybe | ExpectedVerdict::Flag(_) if !claim.data_race => None,
        _ if claim.data_race && found => Some(true),
        _ if found => Some(false),
        _ => answer.complete.then_some(!claim.data_race),
    }
}

/// The claim as its author wrote it.
pub fn words(claim: &Expected) -> String {
    let verdict = match &claim.verdict {
        ExpectedVerdict::Never => "Never",
        ExpectedVerdict::Sometimes => "Sometimes",
        ExpectedVerdict::Always => "Always",
        ExpectedVerdict::Deadlock => "DEADLOCK",
        ExpectedVerdict::Maybe => "Maybe",
        ExpectedVerdict::Flag(flag) => return format!("Flag {flag}"),
    };
    let race = if claim.data_race { " DATARACE" } else { "" };
    format!("{verdict}{race}")
}

/// What was found instead of the claimed, as the end of a sentence.
pub fn instead(claim: &Expected, answer: &Answer) -> String {
    let name = answer.model.name();
    if verdict(claim, answer) != Some(false) {
        let found = if claim.data_race { "no" } else { "a" };
        return format!("{name} finds {found} data race");
    }
    let excluded = match claim.verdict {
        ExpectedVerdict::Never => Some(("the condition holds in", answer.positive)),
        ExpectedVerdict::Always if answer.negative > 0 => {
            Some(("the condition does not hold in", answer.negative))
        }
        ExpectedVerdict::Deadlock => Some(("the test ends in", answer.positive + answer.negative)),
        ExpectedVerdict::Flag(_) => {
            let flags = if answer.flags.is_empty() {
                "raises no flag".to_string()
            } else {
                format!("raises {}", answer.flags.join(", "))
            };
            return format!("{name} {flags}");
        }
        _ => None,
    };
    match excluded {
        Some((what, count)) => format!(
            "on {name} {what} {} ({})",
            answer.witnesses(count),
            answer.verdict()
        ),
        None => format!("{name} says {}", answer.verdict()),
    }
}
