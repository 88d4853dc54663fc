//! What the engine answers.

use litmus::Reachable;
use machine::{CpuModel, StepName};
use serde::{Deserialize, Serialize};

use crate::draw::{CostPanel, Drawn};
use crate::goal::Goal;
use crate::graph::Reason;
use crate::matrix::MatrixPanel;
use crate::text::Reading;
use crate::version::{DecodeError, decode, encode};

/// An answer, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The question.
    pub id: u32,
    /// Nothing more comes to this question.
    pub over: bool,
    /// What is known.
    pub reply: Reply,
}

impl Answer {
    /// As bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// From bytes.
    ///
    /// # Errors
    /// When they are no answer of this build.
    pub fn decode(bytes: &[u8]) -> Result<Answer, DecodeError> {
        decode(bytes)
    }
}

/// What is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// To [`crate::Request::Verdicts`]: all that is known so far.
    Verdicts(Box<Verdicts>),
    /// To [`crate::Request::Why`].
    Why(WhyAnswer),
    /// To [`crate::Request::Show`]; none when there is no schedule, or none was found.
    Schedule(Option<Schedule>),
    /// To [`crate::Request::Prospects`]: all that is known so far.
    Prospects(Vec<Prospect>),
    /// To [`crate::Request::Cures`].
    Cures(Cures),
    /// To [`crate::Request::Matrix`]: all that is known so far.
    Matrix(Box<MatrixPanel>),
    /// To [`crate::Request::Outcomes`]: all that is known so far.
    Outcomes(Outcomes),
    /// To [`crate::Request::Closings`]: one for each bad outcome of which it is known so far.
    Closings(Vec<Closing>),
    /// To [`crate::Request::Draw`] and [`crate::Request::Execution`].
    Drawn(Box<Drawn>),
    /// To [`crate::Request::Read`].
    Read(Box<Reading>),
    /// To [`crate::Request::Highlight`]: from and to, in UTF-16 units, and kind (its place in [`litmus::Highlight::ALL`]) of
    /// each piece that has a colour, one after the other.
    Pieces(Vec<u32>),
    /// To [`crate::Request::Cost`].
    Cost(Box<CostPanel>),
    /// It is still being searched: so many states (for LKMM: choices) so far.
    Searching(u64),
    /// The question was stopped; nothing follows from what has not been found.
    Stopped,
    /// The question makes no sense, or the machine cannot run the test: why.
    Refused(String),
}

/// Whether it can happen, on every model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    /// What was asked: [`Goal::asked`].
    pub goals: Vec<Goal>,
    /// The CPU models, in the machine's order.
    pub models: Vec<ModelVerdict>,
    /// LKMM.
    pub lkmm: Judged,
    /// States visited so far, for all models.
    pub explored: u64,
}

/// Whether it can happen on one CPU model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelVerdict {
    /// The model.
    pub model: &'static CpuModel,
    /// By goal.
    pub reachable: Vec<Reachable>,
    /// States visited.
    pub explored: u64,
    /// Every schedule has been accounted for.
    pub complete: bool,
    /// Nothing more is searched.
    pub over: bool,
    /// Why the machine cannot run the test on it.
    pub error: Option<String>,
    /// What the CPU's axioms allow and no schedule of the machine has.
    pub beyond: Option<Beyond>,
}

/// What the axioms of a CPU allow, or may allow, beyond the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beyond {
    /// By goal: no schedule has it, but the axioms allow it, or are not known not to.
    pub goals: Vec<bool>,
    /// That, and why, in a few sentences.
    pub note: String,
}

/// LKMM's judgement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// By goal; none for failures of the machine, of which the model does not speak.
    pub allowed: Vec<Option<Reachable>>,
    /// What is wrong with the test: `data-race`.
    pub flags: Vec<String>,
    /// Every execution has been accounted for.
    pub complete: bool,
    /// Nothing more is searched.
    pub over: bool,
    /// The time that it has taken, in microseconds.
    pub micros: u64,
    /// Why it cannot be judged.
    pub error: Option<String>,
}

/// Why LKMM says what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhyAnswer {
    /// Why.
    Reason(Reason),
    /// No execution has these values, whatever is ordered.
    NoSuchValues,
    /// It cannot be known.
    Unknown(String),
}

/// A schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Its steps.
    pub steps: Vec<StepName>,
    /// None is shorter; otherwise the search for the shortest was too large, and this is some schedule.
    pub shortest: bool,
}

/// What an offered step may lead to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prospect {
    /// The step.
    pub step: StepName,
    /// Whether a bad outcome can still happen after it.
    pub bad: Reachable,
}

/// When a bad outcome ceases to be possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The outcome.
    pub goal: Goal,
    /// After so many steps of the schedule it cannot happen any more; 0: it never could. None: it still can after all
    /// of them.
    pub after: Option<u32>,
}

/// What prevents the bad outcomes: a sentence or two each, and what was searched for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cures {
    /// By outcome: the weakest barriers that prevent it, or those that are missing, or that it cannot happen.
    pub cures: Vec<(Goal, String)>,
    /// Toggle settings that were searched, each on every CPU model.
    pub settings: u32,
    /// All toggle settings.
    pub total: u32,
    /// States visited for all of them.
    pub explored: u64,
    /// The time of the machine's part, in microseconds.
    pub micros: u64,
    /// The time of LKMM's part.
    pub judged_micros: u64,
}

/// The final states.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    /// The final states, each once, in their order as texts.
    pub rows: Vec<FinalState>,
    /// How many more there are, which [`crate::Request::Outcomes`] did not want.
    pub more: u32,
    /// Final states that LKMM allows and this machine does not reach; the first of them.
    pub elsewhere: Vec<String>,
    /// There are no others.
    pub complete: bool,
    /// States visited.
    pub explored: u64,
}

/// A final state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinalState {
    /// As herd7 prints it: `0:r0=1; x=2;`.
    pub state: String,
    /// What holds in it, of the named outcomes (good ones, too), the condition, and the failures of the machine.
    pub goals: Vec<Goal>,
    /// A schedule that ends in it; none while it is being searched.
    pub schedule: Option<Schedule>,
    /// LKMM allows it; none while that is not known.
    pub allowed: Option<bool>,
}
