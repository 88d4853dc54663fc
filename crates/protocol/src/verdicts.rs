//! Whether it can happen, on every model, and what prevents it: ready to be shown.

use litmus::Test;
use machine::CpuModel;
use serde::{Deserialize, Serialize};

use crate::goal::Goal;

/// Whether it can happen, on every model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    /// How far the searches are.
    pub stage: Stage,
    /// What is asked of the test ([`Goal::of`]), and failures of the machine that none of that speaks of.
    pub goals: Vec<GoalVerdicts>,
    /// LKMM on the test as a whole; none while there is nothing to say.
    pub lkmm: Option<Judged>,
    /// How much was searched, in a sentence.
    pub searched: String,
    /// Why no CPU model can run the test.
    pub error: Option<String>,
}

impl Verdicts {
    /// Of a test of which nothing is known yet.
    #[must_use]
    pub fn unknown(test: &Test) -> Verdicts {
        let verdict = |says| Verdict { says, why: None };
        let unknown = |goal: Goal| GoalVerdicts {
            goal,
            models: vec![verdict(Says::Searching); CpuModel::ALL.len()],
            lkmm: verdict(Says::Searching),
            question: None,
            notes: Vec::new(),
            beside: Beside::default(),
        };
        Verdicts {
            goals: Goal::of(test).into_iter().map(unknown).collect(),
            searched: "searching… 0 states".to_owned(),
            ..Verdicts::default()
        }
    }
}

/// How far the searches are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// They run.
    #[default]
    Searching,
    /// They have ended, each by itself.
    Done,
    /// The reader has ended them.
    Stopped,
}

/// Whether a goal can happen, on every model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalVerdicts {
    /// The goal.
    pub goal: Goal,
    /// By CPU model, in the machine's order.
    pub models: Vec<Verdict>,
    /// By LKMM.
    pub lkmm: Verdict,
    /// What can be asked of LKMM about it.
    pub question: Option<Question>,
    /// By model, what the CPU's axioms allow and no schedule of the machine has: "Arm: …".
    pub notes: Vec<(&'static CpuModel, String)>,
    /// What is to be said of the machine beside LKMM's reason.
    pub beside: Beside,
}

/// Whether it can happen on a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The answer.
    pub says: Says,
    /// Why it is not judged.
    pub why: Option<String>,
}

/// An answer of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Says {
    /// It can happen.
    Yes,
    /// It cannot: the search is complete.
    No,
    /// No schedule has it, but the CPU's axioms allow it; a note says why.
    NoSchedule,
    /// It is being searched.
    Searching,
    /// The search has ended before it was complete.
    Unfinished,
    /// The model cannot run the test, or does not speak of such things.
    NotJudged,
}

impl Says {
    /// One character.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Says::Yes => "●",
            Says::No | Says::NoSchedule => "○",
            Says::Searching => "·",
            Says::Unfinished => "?",
            Says::NotJudged => "–",
        }
    }

    /// One or two words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Says::Yes => "yes",
            Says::No => "no",
            Says::NoSchedule => "no schedule",
            Says::Searching => "…",
            Says::Unfinished => "not finished",
            Says::NotJudged => "not judged",
        }
    }

    /// The CSS class, of an outcome that is bad or is not.
    #[must_use]
    pub fn class(self, bad: bool) -> &'static str {
        match self {
            Says::Yes if bad => "yes",
            Says::Yes => "can",
            Says::No => "no",
            _ => "open",
        }
    }
}

/// What can be asked of LKMM about an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Question {
    /// It is forbidden.
    WhyNot,
    /// It is allowed, and no CPU does it.
    Why,
    /// It is allowed.
    Graph,
}

impl Question {
    /// As a button says it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Question::WhyNot => "Why not?",
            Question::Why => "Why?",
            Question::Graph => "Graph",
        }
    }
}

/// What is to be said of the machine beside LKMM's reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// What the searches have found.
    pub machine: String,
    /// LKMM's verdict where it allows the outcome.
    pub allowed: String,
    /// What follows from that.
    pub remark: Option<String>,
    /// LKMM's verdict where it forbids the outcome.
    pub forbidden: String,
}

/// What LKMM says of the test as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// How far it is, a sentence without its full stop.
    pub sentence: String,
    /// What is wrong with the test: `data-race`.
    pub flags: Vec<String>,
    /// The same in a sentence.
    pub flagged: Option<String>,
    /// Every execution has been accounted for.
    pub complete: bool,
    /// Nothing more is searched.
    pub over: bool,
    /// The time that it has taken, in microseconds.
    pub micros: u64,
}

/// What prevents the bad outcomes, and what was searched for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cures {
    /// By outcome, in a sentence or two: the weakest barriers that prevent it, or those that are missing, or that it
    /// cannot happen.
    pub cures: Vec<(Goal, String)>,
    /// What was searched, in a sentence; none where nothing could be.
    pub searched: Option<String>,
    /// Toggle settings that were searched, each on every CPU model.
    pub settings: u32,
    /// The time of the machine's part, in microseconds.
    pub micros: u64,
    /// LKMM's part, behind [`Judged::sentence`].
    pub judged: String,
    /// The time of LKMM's part.
    pub judged_micros: u64,
}
