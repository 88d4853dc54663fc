//! The benchmarks.

use crate::{Outcome, process, workspace};

/// The package that holds them.
const PACKAGE: &str = "stalebus-bench";

/// `cargo xtask bench`.
pub fn run(words: &[String]) -> Outcome {
    if !workspace::has_package(PACKAGE)? {
        return Err(format!(
            "there are no benchmarks yet: the workspace has no package {PACKAGE}"
        ));
    }
    let mut command = workspace::cargo();
    command.args(["run", "--quiet", "--profile", "native", "-p", PACKAGE, "--"]);
    // Only the first `--` is Cargo's way of parting the words; a later one is the program's.
    command.args(words.strip_prefix(&["--".to_owned()]).unwrap_or(words));
    process::run("benchmarks", &mut command)
}
