//! Exhaustive search over the machine.

pub mod execution;
mod expand;
pub mod matrix;
#[cfg(not(target_arch = "wasm32"))]
mod parallel;
pub mod probe;
pub mod pull;
pub mod reduce;
mod schedule;
pub mod search;
pub mod strength;
mod symmetry;
pub mod table;
pub mod verdict;
pub mod witness;

pub use execution::Execution;
pub use matrix::{Beyond, Matrix, MatrixCell, MatrixRow, MatrixRun, MinimalSet};
pub use probe::{Estimate, estimate};
pub use search::{Progress, Search};
pub use strength::{Means, Strength};
pub use verdict::{DEFAULT_LIMIT, Reachable, Report, Verdict, check};
pub use witness::{Found, Witness, WitnessSearch, still_reachable, witness};
