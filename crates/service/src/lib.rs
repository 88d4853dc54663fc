//! What the page asks of the engine, and the answers, as messages; and the engine that answers them, in slices.
//!
//! A [`Request`] goes to an [`Engine`] as bytes ([`Message`]); [`Engine::run`] searches for a while and gives
//! [`Answer`]s as bytes. Requests and replies are types of their own, so that neither side's engine types are stored
//! or sent. The page holds the types alone; the engine runs in a worker, or on the page's thread where none starts.
//!
//! Architecture invariant: no DOM, no IO, and no clock of its own: the caller lends one.

mod engine;
mod goal;
mod reply;
mod request;
mod tasks;
pub mod wire;

pub use engine::Engine;
pub use goal::Goal;
pub use reply::{
    Answer, Beyond, Closing, Column, Cures, Judged, MatrixHead, MatrixRow, MatrixSet, MatrixSets,
    ModelVerdict, OutcomeRow, Outcomes, Prospect, Reply, Schedule, Verdicts, WhyAnswer,
};
pub use request::{Kind, Message, Request, Subject};
