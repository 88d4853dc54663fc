//! The axiomatic judge: candidate executions of a litmus test, the relations of
//! a memory model between their events, and the verdict.

pub mod algebra;
mod eval;
mod judge;
pub mod models;
mod paths;
pub mod relation;
mod search;
mod skeleton;
pub mod tags;
mod value;

pub use judge::{Judge, Judgement, Verdict, judge};
pub use models::Model;
pub use paths::JudgeError;
