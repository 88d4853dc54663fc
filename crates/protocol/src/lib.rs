//! What crosses a boundary: what the page asks of the engine, and the answers.
//!
//! A [`Request`] goes to the engine in a [`Message`]; the engine gives [`Answer`]s. Both travel as bytes: postcard
//! behind the identity of the build, so that one build never misreads another ([`DecodeError::OtherBuild`]). Steps,
//! models, flavours, settings and goals travel as themselves.
//!
//! Architecture invariant: plain data. This crate searches nothing and draws nothing, and it depends on `litmus` and
//! `machine` for their names alone.

pub mod draw;
mod goal;
mod graph;
pub mod json;
mod matrix;
mod reply;
mod request;
pub mod text;
mod verdicts;
mod version;

pub use goal::Goal;
pub use graph::{CycleEdge, Family, Graph, LinkText, Node, NodeState, Reason, Relation, Violated};
pub use matrix::{
    CellAnswer, Mark, MatrixFiles, MatrixPanel, MatrixTable, Model, PROOF, Sets, TableCell,
    TableRow, ToggleHead, WEAKEST, Weakest,
};
pub use reply::{Answer, Closing, FinalState, Outcomes, Prospect, Reply, Schedule, WhyAnswer};
pub use request::{Kind, Message, Request, Subject};
pub use verdicts::{Beside, Cures, GoalVerdicts, Judged, Question, Says, Stage, Verdict, Verdicts};
pub use version::{BUILD, DecodeError};
