//! A `Result:` claim against a report.
//!
//! The claim is about the Linux-kernel memory model, which allows whatever the
//! CPU models allow (the explorer's tests compare them on the whole corpus). So
//! a CPU model can contradict a claim that something never happens, and cannot
//! contradict one that something may.

use explore::Report;
use litmus::{Expected, ExpectedVerdict};

/// What a report says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The report has what the claim excludes.
    Contradicted,
    /// It has not, and no schedule is left out.
    Agrees,
    /// The claim is of a kind that this report can neither confirm nor contradict.
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
}

/// Compares.
pub fn judge(claim: &Expected, report: &Report) -> Judgement {
    let excluded = match claim.verdict {
        ExpectedVerdict::Never => report.positive > 0,
        ExpectedVerdict::Always => report.negative > 0,
        ExpectedVerdict::Deadlock => !report.states.is_empty(),
        ExpectedVerdict::Sometimes => {
            // Seen both ways: the claim is confirmed, though it could not have been refuted.
            let both = report.positive > 0 && report.negative > 0;
            return if both {
                Judgement::Agrees
            } else {
                Judgement::Undecided
            };
        }
        ExpectedVerdict::Maybe | ExpectedVerdict::Flag(_) => return Judgement::Undecided,
    };
    if excluded {
        Judgement::Contradicted
    } else if report.complete {
        Judgement::Agrees
    } else {
        Judgement::Undecided
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
