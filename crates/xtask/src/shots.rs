//! `cargo xtask shots`: the canonical states of the page as pictures below docs/, by the browser of the browser tests.

use crate::args::Args;
use crate::{Outcome, browser, dist, process, setup, workspace};

/// `cargo xtask shots`.
pub fn run(words: &[String]) -> Outcome {
    Args::new("shots", words).finish()?;
    if !dist::folder().join("index.html").exists() {
        dist::build()?;
    }
    setup::node_packages()?;
    let chromium = browser::chromium()?;
    let script = workspace::root().join("tests/browser/shots.mjs");
    let mut node = workspace::command("node");
    node.args(["--test", "--test-reporter=spec"]).arg(script);
    process::run("screenshots", node.env(browser::VARIABLE, chromium))
}
