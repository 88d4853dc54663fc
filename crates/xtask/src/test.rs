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

/// What tests compare with that not everyone has. Such tests are marked `ignore`, so that Cargo counts none that has not
/// run; they read the variables themselves and fail without them.
struct Yardstick {
    /// The step.
    name: &'static str,
    /// The variables that say where it is.
    variables: &'static [&'static str],
    /// What the names of its tests end in.
    ending: &'static str,
}

const YARDSTICKS: &[Yardstick] = &[
    // Verdicts of another tool, in a folder.
    Yardstick {
        name: "oracle",
        variables: &["STALEBUS_ORACLE"],
        ending: "with_oracle",
    },
    // The command line of herd7.
    Yardstick {
        name: "herd7",
        variables: &["STALEBUS_HERD7"],
        ending: "with_herd7",
    },
    Yardstick {
        name: "oracle, herd7",
        variables: &["STALEBUS_ORACLE", "STALEBUS_HERD7"],
        ending: "with_both",
    },
];

impl Yardstick {
    /// Runs its tests, or notes how many were not run.
    fn step(&self, report: &mut Report, unit: &Tally) {
        let missing: Vec<&str> = self
            .variables
            .iter()
            .copied()
            .filter(|variable| env::var_os(variable).is_none())
            .collect();
        let there = unit.ignored(self.ending);
        if !missing.is_empty() {
            let missing = missing.join(" and ");
            report.skip(self.name, &format!("{there} tests, {missing} is not set"));
            return;
        }
        let mut tally = Tally::default();
        report.step(self.name, || {
            let words = ["test", "--workspace", "--tests", "--no-fail-fast", "--"];
            let words = [&words[..], &["--ignored", self.ending]].concat();
            cargo_test(self.name, &words, &mut tally)?;
            // None at all would pass for success.
            match tally.passed {
                0 => Err(format!("no test is called `…{}`", self.ending)),
                _ => Ok(()),
            }
        });
        report.remark(&format!("{} tests", tally.passed + tally.failed));
    }
}

/// What the test programs of a run have said.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    /// The names of those that were not run.
    ignored: Vec<String>,
}

impl Tally {
    /// Reads a line: `test NAME ... ignored, WHY`, or `test result: ok. 3 passed; 0 failed; …`.
    fn read(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            let count = |what: &str| {
                let mut number = 0;
                for word in counts.split_whitespace() {
                    if let Ok(found) = word.parse() {
                        number = found;
                    } else if word.trim_end_matches(';') == what {
                        return number;
                    }
                }
                0
            };
            self.passed += count("passed");
            self.failed += count("failed");
        } else if let Some((name, _)) = line
            .strip_prefix("test ")
            .and_then(|line| line.split_once(" ... ignored"))
        {
            self.ignored.push(name.to_owned());
        }
    }

    fn ignored(&self, ending: &str) -> usize {
        let names = self.ignored.iter();
        names.filter(|name| name.ends_with(ending)).count()
    }
}

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
                let mut tally = Tally::default();
                report.step(step, || {
                    cargo_test(step, &["test", "--workspace", "--no-fail-fast"], &mut tally)
                });
                report.remark(&format!("{} tests", tally.passed + tally.failed));
                for yardstick in YARDSTICKS {
                    yardstick.step(&mut report, &tally);
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

/// Runs tests with Cargo and counts them.
fn cargo_test(what: &str, words: &[&str], tally: &mut Tally) -> Outcome {
    process::run_reading(what, workspace::cargo().args(words), |line| {
        tally.read(line);
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_that_were_not_run_are_not_counted_as_passed() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test a::one ... ok",
            "test two_with_oracle ... ignored, needs STALEBUS_ORACLE",
            "test three_with_both ... ignored, needs more",
            "test four ... FAILED",
            "test result: FAILED. 1 passed; 1 failed; 2 ignored; 0 measured; 7 filtered out; finished in 0.01s",
            "test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 9.00s",
        ] {
            tally.read(line);
        }
        assert_eq!((tally.passed, tally.failed), (6, 1));
        assert_eq!(tally.ignored("with_oracle"), 1);
        assert_eq!(tally.ignored("with_herd7"), 0);
    }

    #[test]
    fn every_test_that_is_left_out_belongs_to_a_yardstick() {
        // Otherwise nothing would ever run it.
        let mut found = 0;
        let folders = [
            workspace::root().join("crates"),
            workspace::root().join("engine"),
        ];
        let mut pending: Vec<PathBuf> = folders.into();
        while let Some(path) = pending.pop() {
            if path.is_dir() {
                let entries = fs::read_dir(&path).unwrap().flatten();
                pending.extend(entries.map(|entry| entry.path()));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let mut lines = text.lines();
                while let Some(line) = lines.next() {
                    if !line.trim_start().starts_with("#[ignore") {
                        continue;
                    }
                    let name = lines
                        .find_map(|line| line.trim_start().strip_prefix("fn "))
                        .and_then(|line| line.split_once('('))
                        .map(|(name, _)| name)
                        .unwrap();
                    let yardstick = YARDSTICKS
                        .iter()
                        .find(|yardstick| name.ends_with(yardstick.ending))
                        .unwrap_or_else(|| panic!("{}: {name}", path.display()));
                    for variable in yardstick.variables {
                        assert!(line.contains(variable), "{}: {line}", path.display());
                    }
                    found += 1;
                }
            }
        }
        assert!(found > 0);
    }
}
