//! How it went, as an exit code.

use std::process::ExitCode;

/// From the best to the worst: of two, the greater one counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// All is well.
    #[default]
    Fine,
    /// A limit was reached before there was an answer.
    Unknown,
    /// A claim is contradicted, or a file is not formatted.
    Contradicted,
    /// Something could not be read or done.
    Failed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        match status {
            Status::Fine => ExitCode::SUCCESS,
            Status::Contradicted => ExitCode::from(1),
            Status::Failed => ExitCode::from(2),
            Status::Unknown => ExitCode::from(3),
        }
    }
}
