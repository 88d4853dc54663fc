//! `cargo xtask test`: every check, the fast ones first.

use std::env;
use std::fs;
use std::path::PathBuf;

use crate::args::Args;
use crate::steps::Report;
use crate::{Outcome, browser, dist, house, process, setup, size, workspace};

/// The checks that need neither a test run nor the finished site.
const CHECKS: &[&str] = &["rustfmt", "house", "clippy", "clippy-wasm"];

/// All steps, in their order.
const STEPS: &[&str] = &[
    "rustfmt",
    "house",
    "clippy",
    "clippy-wasm",
    "unit",
    "dist",
    "size",
    "browser",
];

/// The steps that read what `dist` has built.
const NEED_DIST: &[&str] = &["size", "browser"];

/// The folder of verdicts that the engine's tests compare with; they read the variable themselves.
const ORACLE: &str = "STALEBUS_ORACLE";

/// The command line of herd7, which is asked about random programs; the tests read the variable themselves.
const HERD7: &str = "STALEBUS_HERD7";

/// `cargo xtask check`.
pub fn check(words: &[String]) -> Outcome {
    Args::new("check", words).finish()?;
    run_steps(CHECKS, &[])
}

/// `cargo xtask test`.
pub fn run(words: &[String]) -> Outcome {
    let mut args = Args::new("test", words);
    let quick = args.flag("--quick");
    let only = args.list("--only")?;
    let specs = args.list("--specs")?;
    if let Some(name) = only.iter().find(|name| !STEPS.contains(&name.as_str())) {
        return Err(args.wrong(&format!(
            "`{name}` is no step; there are {}",
            STEPS.join(", ")
        )));
    }
    args.finish()?;
    let steps: Vec<&str> = STEPS
        .iter()
        .copied()
        .filter(|step| only.is_empty() || only.iter().any(|name| name == step))
        .filter(|step| !quick || *step != "dist" && !NEED_DIST.contains(step))
        .collect();
    run_steps(&steps, &specs)
}

fn run_steps(steps: &[&str], specs: &[String]) -> Outcome {
    let mut report = Report::default();
    // `--only size` measures what is there; within a whole run only what this run has built counts.
    let mut site = !steps.contains(&"dist") && dist::folder().join("index.html").exists();
    for step in steps {
        if NEED_DIST.contains(step) && !site {
            report.skip(step, "there is no finished site to look at: see dist");
            continue;
        }
        match *step {
            "dist" => site = report.step(step, dist::build),
            "rustfmt" => drop(report.step(step, || cargo(step, &["fmt", "--all", "--check"]))),
            "house" => drop(report.step(step, house::check)),
            "clippy" => drop(report.step(step, || clippy(&["--workspace", "--all-targets"]))),
            "clippy-wasm" => drop(report.step(step, || {
                setup::wasm_target()?;
                clippy(&[
                    "-p",
                    "stalebus",
                    "-p",
                    "stalebus-engine",
                    "--target",
                    setup::WASM,
                ])
            })),
            "unit" => {
                report.step(step, || {
                    cargo(step, &["test", "--workspace", "--no-fail-fast"])
                });
                match env::var_os(ORACLE) {
                    Some(folder) => {
                        println!("oracle: compared with {}", PathBuf::from(folder).display())
                    }
                    None => report.skip("oracle", &format!("{ORACLE} is not set")),
                }
                match env::var(HERD7) {
                    Ok(command) => println!("herd7: compared with `{command}`"),
                    Err(_) => report.skip("herd7", &format!("{HERD7} is not set")),
                }
            }
            "size" => drop(report.step(step, size::check)),
            "browser" => drop(report.step(step, || browser_tests(specs))),
            other => return Err(format!("step `{other}` has no meaning")),
        }
    }
    report.finish()
}

fn cargo(what: &str, words: &[&str]) -> Outcome {
    process::run(what, workspace::cargo().args(words))
}

fn clippy(what: &[&str]) -> Outcome {
    process::run(
        "clippy",
        workspace::cargo()
            .arg("clippy")
            .args(what)
            .args(["--", "-D", "warnings"]),
    )
}

/// Runs the files tests/browser/*.spec.mjs with Node's own test runner.
fn browser_tests(specs: &[String]) -> Outcome {
    setup::node_packages()?;
    let chromium = browser::chromium()?;
    let folder = workspace::root().join("tests").join("browser");
    let entries =
        fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.ends_with(".spec.mjs")
                && (specs.is_empty() || specs.iter().any(|part| name.contains(part)))
        })
        .map(|entry| entry.path())
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(format!("no file in {} fits", folder.display()));
    }
    // Two at a time: each file starts a browser, which uses more than one core itself.
    let mut node = workspace::command("node");
    node.args(["--test", "--test-concurrency=2", "--test-reporter=spec"])
        .args(&files);
    process::run("browser tests", node.env(browser::VARIABLE, chromium))
}
