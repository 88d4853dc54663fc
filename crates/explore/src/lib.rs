//! Exhaustive search over the machine.

pub mod matrix;
pub mod outcome;
pub mod reduce;
pub mod search;
pub mod table;
pub mod verdict;
pub mod witness;

pub use outcome::Outcome;
pub use search::{Deadlock, Progress, Search};
