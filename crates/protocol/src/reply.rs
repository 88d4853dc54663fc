//! What the engine answers.

use litmus::Reachable;
use machine::StepName;
use serde::{Deserialize, Serialize};

use crate::draw::{CostPanel, Drawn};
use crate::goal::Goal;
use crate::graph::Reason;
use crate::matrix::MatrixPanel;
use crate::text::Reading;
use crate::verdicts::{Cures, Verdicts};
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
    /// To [`crate::Request::Draw`], [`crate::Request::Execution`] and [`crate::Request::VerdictsPicture`].
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

/// Why LKMM says what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhyAnswer {
    /// Why.
    Reason {
        /// Why.
        reason: Box<Reason>,
        /// What a reader should know beside it.
        remark: Option<String>,
    },
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

/// The final states.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    /// All of them in a sentence or two.
    pub sentence: String,
    /// The final states, each once: first those with bad outcomes, then the others that have names, each group in the
    /// order of their texts.
    pub rows: Vec<FinalState>,
    /// How many more there are, which [`crate::Request::Outcomes`] did not want.
    pub more: u32,
    /// Final states that LKMM allows and this machine does not reach; the first of them.
    pub elsewhere: Vec<String>,
    /// There are no others.
    pub complete: bool,
    /// States visited.
    pub explored: u64,
    /// The list as a picture, without a style: when nothing more is searched.
    pub svg: Option<String>,
}

/// A final state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinalState {
    /// As herd7 prints it: `0:r0=1; x=2;`.
    pub state: String,
    /// The labels of the named outcomes (good ones, too) and the failures of the machine that hold in it; empty where
    /// none does.
    pub name: String,
    /// One of them is a failure.
    pub bad: bool,
    /// A schedule that ends in it; none while it is being searched.
    pub schedule: Option<Schedule>,
    /// LKMM allows it; none while that is not known.
    pub allowed: Option<bool>,
}

impl FinalState {
    /// The CSS class.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match (self.bad, self.name.is_empty()) {
            (true, _) => "bad",
            (false, false) => "good",
            (false, true) => "plain",
        }
    }

    /// One character, so that no state is told by colour alone.
    #[must_use]
    pub fn symbol(&self) -> &'static str {
        match (self.bad, self.name.is_empty()) {
            (true, _) => "!",
            (false, false) => "✓",
            (false, true) => "·",
        }
    }

    /// What LKMM says, and the CSS class of that.
    #[must_use]
    pub fn lkmm(&self) -> (&'static str, &'static str) {
        match self.allowed {
            Some(true) => ("LKMM allows it", "allowed"),
            Some(false) => ("LKMM forbids it", "forbidden"),
            None => ("not judged by LKMM", "open"),
        }
    }

    /// How long its schedule is, from the start to the end of every program: "full schedule, 9 steps".
    #[must_use]
    pub fn length(&self) -> String {
        match self.schedule.as_ref().map(|schedule| schedule.steps.len()) {
            None => "searching a schedule…".to_owned(),
            Some(1) => "full schedule, 1 step".to_owned(),
            Some(steps) => format!("full schedule, {steps} steps"),
        }
    }
}
