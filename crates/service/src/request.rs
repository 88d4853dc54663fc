//! What can be asked of the engine.

use crate::goal::Goal;
use crate::wire::{Bad, choice, decode, encode, record};

/// The program that a question is about.
///
/// The engine keeps nothing that a later request relies on, so that one that was started anew can answer at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The text of the test.
    pub source: String,
    /// The position of each toggle, in the order of the test's toggles.
    pub setting: Vec<u8>,
    /// The flavour of SRCU, by its id: `tree`, `fast`.
    pub flavour: String,
}

record!(Subject {
    source,
    setting,
    flavour
});

/// A question. The answers are [`crate::Reply`]s.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Can it happen? For each of [`Goal::asked`] and every CPU model, and by LKMM: [`crate::Reply::Verdicts`].
    Verdicts(Subject),
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
        /// The CPU model, by its id.
        model: String,
        /// The outcome.
        goal: Goal,
    },
    /// For every offered step, whether a bad outcome can still happen after it: [`crate::Reply::Prospects`].
    Prospects {
        /// The program.
        subject: Subject,
        /// The CPU model, by its id.
        model: String,
        /// The names of the steps that are done.
        done: Vec<String>,
        /// The names of the steps that are offered now.
        offers: Vec<String>,
    },
    /// What prevents each bad outcome on a CPU model: [`crate::Reply::Cures`].
    Cures {
        /// The program.
        subject: Subject,
        /// The CPU model, by its id.
        model: String,
    },
    /// The barrier matrix: every setting against every CPU model and LKMM, whatever the subject's own setting is:
    /// one [`crate::Reply::MatrixHead`], a [`crate::Reply::MatrixRow`] for each setting, [`crate::Reply::MatrixSets`].
    Matrix(Subject),
    /// Every final state, with a schedule for each: [`crate::Reply::Outcomes`].
    Outcomes {
        /// The program.
        subject: Subject,
        /// The CPU model, by its id.
        model: String,
        /// So many at most.
        most: u32,
    },
    /// After which step of a schedule each bad outcome can no longer happen: [`crate::Reply::Closings`].
    Closings {
        /// The program.
        subject: Subject,
        /// The CPU model, by its id.
        model: String,
        /// The names of the steps.
        steps: Vec<String>,
    },
}

choice!(Request {
    0 => Verdicts(subject),
    1 => Why { subject, goal },
    2 => Show { subject, model, goal },
    3 => Prospects { subject, model, done, offers },
    4 => Cures { subject, model },
    5 => Matrix(subject),
    6 => Outcomes { subject, model, most },
    7 => Closings { subject, model, steps },
});

/// What is asked, without the particulars. A newer question takes the place of an older one of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
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
            Request::Why { .. } => Kind::Why,
            Request::Show { .. } => Kind::Show,
            Request::Prospects { .. } => Kind::Prospects,
            Request::Cures { .. } => Kind::Cures,
            Request::Matrix(_) => Kind::Matrix,
            Request::Outcomes { .. } => Kind::Outcomes,
            Request::Closings { .. } => Kind::Closings,
        }
    }

    /// The program that it is about.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        match self {
            Request::Verdicts(subject)
            | Request::Why { subject, .. }
            | Request::Show { subject, .. }
            | Request::Prospects { subject, .. }
            | Request::Cures { subject, .. }
            | Request::Matrix(subject)
            | Request::Outcomes { subject, .. }
            | Request::Closings { subject, .. } => subject,
        }
    }
}

/// What goes to the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
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

choice!(Message { 0 => Ask { id, request }, 1 => Stop { id } });

impl Message {
    /// As bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// From bytes.
    ///
    /// # Errors
    /// When they are no message of this version.
    pub fn decode(bytes: &[u8]) -> Result<Message, Bad> {
        decode(bytes)
    }
}
