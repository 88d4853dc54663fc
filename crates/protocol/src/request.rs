//! What can be asked of the engine.

use litmus::Setting;
use machine::{CpuModel, SrcuFlavour, StepName};
use serde::{Deserialize, Serialize};

use crate::draw::{CostOptions, Fork, GraphOptions, Panel, PanelKind, Position, Theme};
use crate::goal::Goal;
use crate::graph::Graph;
use crate::text::Written;
use crate::verdicts::GoalVerdicts;
use crate::version::{DecodeError, decode, encode};

/// The program that a question is about.
///
/// The engine keeps nothing that a later request relies on, so that one that was started anew can answer at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The text of the test.
    pub source: String,
    /// The position of each toggle.
    pub setting: Setting,
    /// The flavour of SRCU.
    pub flavour: SrcuFlavour,
}

/// A question. The answers are [`crate::Reply`]s.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Can it happen? On every CPU model, and by LKMM: [`crate::Reply::Verdicts`].
    Verdicts(Subject),
    /// Verdicts as a picture without a style: [`crate::draw::Drawn::Picture`].
    VerdictsPicture {
        /// The program.
        subject: Subject,
        /// What is known.
        goals: Vec<GoalVerdicts>,
        /// What else is known, below it.
        notes: Vec<String>,
    },
    /// Why LKMM allows or forbids an outcome: [`crate::Reply::Why`].
    Why {
        /// The program.
        subject: Subject,
        /// The outcome.
        goal: Goal,
    },
    /// The shortest schedule to an outcome: [`crate::Reply::Schedule`].
    Show {
        /// The program.
        subject: Subject,
        /// The CPU model.
        model: &'static CpuModel,
        /// The outcome.
        goal: Goal,
    },
    /// For every offered step, whether a bad outcome can still happen after it: [`crate::Reply::Prospects`].
    Prospects {
        /// The program.
        subject: Subject,
        /// The CPU model.
        model: &'static CpuModel,
        /// The steps that are done.
        done: Vec<StepName>,
        /// The steps that are offered now.
        offers: Vec<StepName>,
    },
    /// What prevents each bad outcome on a CPU model: [`crate::Reply::Cures`].
    Cures {
        /// The program.
        subject: Subject,
        /// The CPU model.
        model: &'static CpuModel,
    },
    /// The barrier matrix: every setting against every CPU model and LKMM: [`crate::Reply::Matrix`].
    Matrix {
        /// The program; its setting is marked.
        subject: Subject,
        /// The CPU model that is marked.
        model: &'static CpuModel,
        /// The goal that the cells are about; else one that some setting lets happen.
        goal: Option<Goal>,
        /// So many rows at most.
        most: u32,
        /// What is not known is searched; else the answer is what is known.
        search: bool,
    },
    /// Every final state, with a schedule for each: [`crate::Reply::Outcomes`].
    Outcomes {
        /// The program.
        subject: Subject,
        /// The CPU model.
        model: &'static CpuModel,
        /// So many at most.
        most: u32,
    },
    /// A picture or a text of a session: [`crate::Reply::Drawn`].
    Draw {
        /// The program.
        subject: Subject,
        /// Where the session stands in it.
        position: Position,
        /// What is drawn.
        panel: Panel,
    },
    /// What a text says: [`crate::Reply::Read`].
    Read(Written),
    /// What the pieces of a text are, for an editor: [`crate::Reply::Pieces`].
    Highlight(String),
    /// What waiting for grace periods costs: [`crate::Reply::Cost`].
    Cost(CostOptions),
    /// The tree of schedules, in rows of so many pixels: [`crate::draw::Drawn::Picture`], without a style.
    Forks {
        /// The schedules, a row each.
        forks: Vec<Fork>,
        /// How many steps of the present one are done.
        at: u32,
        /// The height of a row.
        row: u32,
    },
    /// A picture with a style of its own, for a file: [`crate::draw::Drawn::Picture`].
    Standalone {
        /// The picture, without a style.
        svg: String,
        /// Its colours.
        theme: Theme,
    },
    /// An execution, drawn: [`crate::Reply::Drawn`].
    Execution {
        /// The execution.
        graph: Box<Graph>,
        /// How it is drawn.
        options: GraphOptions,
    },
    /// After which step of a schedule each bad outcome can no longer happen: [`crate::Reply::Closings`].
    Closings {
        /// The program.
        subject: Subject,
        /// The CPU model.
        model: &'static CpuModel,
        /// The steps.
        steps: Vec<StepName>,
    },
}

/// What is asked, without the particulars. A newer question takes the place of an older one of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// [`Request::Draw`], each panel by itself: what a step has changed is seen at once.
    Draw(PanelKind),
    /// [`Request::Highlight`].
    Highlight,
    /// [`Request::Read`].
    Read,
    /// [`Request::Execution`].
    Execution,
    /// [`Request::Cost`].
    Cost,
    /// [`Request::Forks`].
    Forks,
    /// [`Request::Standalone`].
    Standalone,
    /// [`Request::VerdictsPicture`].
    VerdictsPicture,
    /// [`Request::Show`]. In the order of urgency: first what the reader has asked for and waits for.
    Show,
    /// [`Request::Why`].
    Why,
    /// [`Request::Verdicts`].
    Verdicts,
    /// [`Request::Prospects`].
    Prospects,
    /// [`Request::Closings`].
    Closings,
    /// [`Request::Outcomes`].
    Outcomes,
    /// [`Request::Matrix`].
    Matrix,
    /// [`Request::Cures`].
    Cures,
}

impl Request {
    /// What is asked.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Request::Verdicts(_) => Kind::Verdicts,
            Request::VerdictsPicture { .. } => Kind::VerdictsPicture,
            Request::Why { .. } => Kind::Why,
            Request::Draw { panel, .. } => Kind::Draw(panel.kind()),
            Request::Read(_) => Kind::Read,
            Request::Highlight(_) => Kind::Highlight,
            Request::Cost(_) => Kind::Cost,
            Request::Forks { .. } => Kind::Forks,
            Request::Standalone { .. } => Kind::Standalone,
            Request::Execution { .. } => Kind::Execution,
            Request::Show { .. } => Kind::Show,
            Request::Prospects { .. } => Kind::Prospects,
            Request::Cures { .. } => Kind::Cures,
            Request::Matrix { .. } => Kind::Matrix,
            Request::Outcomes { .. } => Kind::Outcomes,
            Request::Closings { .. } => Kind::Closings,
        }
    }

    /// The program that it is about; none where it is about no program.
    #[must_use]
    pub fn subject(&self) -> Option<&Subject> {
        match self {
            Request::Verdicts(subject)
            | Request::VerdictsPicture { subject, .. }
            | Request::Why { subject, .. }
            | Request::Show { subject, .. }
            | Request::Prospects { subject, .. }
            | Request::Cures { subject, .. }
            | Request::Matrix { subject, .. }
            | Request::Outcomes { subject, .. }
            | Request::Draw { subject, .. }
            | Request::Closings { subject, .. } => Some(subject),
            Request::Read(_)
            | Request::Highlight(_)
            | Request::Cost(_)
            | Request::Forks { .. }
            | Request::Standalone { .. }
            | Request::Execution { .. } => None,
        }
    }
}

/// What goes to the engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// A question; its answers bear the number.
    Ask {
        /// Chosen by the caller, each once.
        id: u32,
        /// The question.
        request: Request,
    },
    /// Ends the search for an answer. What is not known then stays so.
    Stop {
        /// The question.
        id: u32,
    },
}

impl Message {
    /// As bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// From bytes.
    ///
    /// # Errors
    /// When they are no message of this build.
    pub fn decode(bytes: &[u8]) -> Result<Message, DecodeError> {
        decode(bytes)
    }
}
