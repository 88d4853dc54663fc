//! `cargo xtask profile`: which functions the first view runs, by trying it in a browser; the others go into `cold.txt`.

use crate::args::Args;
use crate::{Outcome, browser, dist, process, steps, workspace};

/// `cargo xtask profile`.
pub fn run(words: &[String]) -> Outcome {
    Args::new("profile", words).finish()?;
    // The glue of the site must fit the module, so that both are built anew.
    dist::build()?;
    let chromium = browser::chromium()?;
    let staged = dist::staged();
    let bound = staged.join(dist::BOUND);
    let (noting, ran) = (staged.join("noting.wasm"), staged.join("ran.txt"));

    process::run("notes", dist::splitter("noting").arg(&bound).arg(&noting))?;
    let mut node = workspace::command("node");
    node.args(["--test", "--test-reporter=spec"])
        .arg(workspace::root().join("tests/browser/profile.mjs"))
        .env(browser::VARIABLE, chromium)
        .env("STALEBUS_NOTING", &noting)
        .env("STALEBUS_RAN", &ran);
    steps::timed("first view", "tried", || {
        process::run("first view", &mut node)
    })?;
    let mut cold = dist::splitter("cold");
    cold.arg(&bound)
        .args([dist::LATER.as_ref(), ran.as_os_str(), dist::COLD.as_ref()]);
    process::run("cold functions", &mut cold)
}
