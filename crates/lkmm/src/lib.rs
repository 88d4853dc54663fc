//! The axiomatic judge: candidate executions of a litmus test, the relations of
//! a memory model between their events, and the verdict.

pub mod algebra;
mod derive;
mod domains;
mod eval;
mod execution;
mod judge;
pub mod models;
mod mutate;
mod paths;
pub mod relation;
mod search;
mod skeleton;
pub mod tags;
mod value;
mod why;
mod words;

pub use execution::{BASE, Edge, Event, Execution, Relations};
pub use judge::{Judge, Judgement, Verdict, judge};
pub use models::Model;
pub use mutate::{Mutant, mutants};
pub use paths::JudgeError;
pub use search::Counting;
pub use why::{Explanation, Link, Question, Why, why};
pub use words::{Names, TestNames};
