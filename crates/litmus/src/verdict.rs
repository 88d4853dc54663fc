//! What is said of a test's outcomes, whoever says it: a search of the machine or a memory model.

use serde::{Deserialize, Serialize};

/// A verdict in herd7's terms, on the test's own condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// The condition holds in no final state.
    Never,
    /// In some, not all.
    Sometimes,
    /// In all.
    Always,
}

impl Verdict {
    /// As herd7 writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Never => "Never",
            Verdict::Sometimes => "Sometimes",
            Verdict::Always => "Always",
        }
    }
}

/// Whether an outcome can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reachable {
    /// It can: a schedule leads to it, or the memory model allows an execution that has it.
    Yes,
    /// It cannot: every schedule or execution has been accounted for.
    No,
    /// None that has it has been found, but the search is not complete.
    Unknown,
}
