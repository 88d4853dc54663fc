//! `check`, `fmt` and `export --herd` against herd7 7.58 itself, line by line.
//!
//! `tests/herd7/` holds small tests, one for each kind of thing that herd7 reads or writes in its own
//! way, and `expected.txt` what it says of them, in the files' order, without `Time` and `Hash`.
//!
//! Set `STALEBUS_HERD7` to the command that runs herd7 with the kernel's model, `herd7 -conf …`, and all
//! of this is asked of it anew, and of the scenarios; with `STALEBUS_ORACLE` of the corpus as well.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Folder, run};

/// Tests in one call of herd7.
const BATCH: usize = 20;

fn small_tests() -> Vec<PathBuf> {
    tests_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/herd7"))
}

fn tests_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of tests");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "litmus"));
    paths.sort();
    paths
}

/// The reports in an output, without what no two runs have in common.
fn reports(output: &str) -> Vec<String> {
    let ours = ["Model ", "Claim ", "Verdict ", "Time ", "Hash="];
    let kept = output
        .lines()
        .filter(|line| !ours.iter().any(|word| line.starts_with(word)));
    let mut reports: Vec<String> = Vec::new();
    for line in kept {
        if line.starts_with("Test ") {
            reports.push(String::new());
        }
        if let Some(report) = reports.last_mut() {
            report.push_str(line);
            report.push('\n');
        }
    }
    reports
        .iter_mut()
        .for_each(|report| report.truncate(report.trim_end().len()));
    reports
}

fn args(command: &str, paths: &[PathBuf]) -> Vec<String> {
    let words = command.split(' ').map(str::to_string);
    words
        .chain(paths.iter().map(|path| path.display().to_string()))
        .collect()
}

fn ours(paths: &[PathBuf]) -> Vec<String> {
    reports(&run(&args("check --model lkmm", paths)).out)
}

/// What herd7 says of each. Of a file that it refuses it says nothing.
fn herds(paths: &[PathBuf]) -> Vec<String> {
    let command = std::env::var("STALEBUS_HERD7").expect("STALEBUS_HERD7 is set");
    let mut words = command.split_whitespace();
    let program = words.next().expect("STALEBUS_HERD7 names a command");
    let words: Vec<&str> = words.collect();
    let mut found = Vec::new();
    for batch in paths.chunks(BATCH) {
        let ran = Command::new(program).args(&words).args(batch).output();
        let ran = ran.expect("STALEBUS_HERD7 can be run");
        found.extend(reports(&String::from_utf8_lossy(&ran.stdout)));
    }
    found
}

/// Each of the tests as `command` writes it, if it does.
fn written(command: &str, paths: &[PathBuf], to: &Folder) -> Vec<(PathBuf, PathBuf)> {
    let mut pairs = Vec::new();
    for path in paths {
        let ran = run(&args(command, std::slice::from_ref(path)));
        if ran.code == 0 {
            let name = path.file_name().expect("a file").to_string_lossy();
            pairs.push((path.clone(), PathBuf::from(to.file(&name, &ran.out))));
        }
    }
    pairs
}

fn assert_alike(left: &[String], right: &[String]) {
    for (left, right) in left.iter().zip(right) {
        assert_eq!(left, right);
    }
    assert_eq!(left.len(), right.len());
}

/// `fmt` changes nothing for herd7.
fn formatting(paths: &[PathBuf]) {
    let folder = Folder::new();
    let pairs = written("fmt", paths, &folder);
    let (before, after): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    assert_alike(&herds(&after), &herds(&before));
}

/// herd7 takes every export, and says of it what we say.
fn exporting(paths: &[PathBuf]) -> usize {
    let folder = Folder::new();
    let pairs = written("export --herd", paths, &folder);
    let exports: Vec<PathBuf> = pairs.into_iter().map(|(_, export)| export).collect();
    assert_alike(&herds(&exports), &ours(&exports));
    exports.len()
}

#[test]
fn reports_are_herds() {
    let text = include_str!("herd7/expected.txt");
    let paths = small_tests();
    assert_alike(&ours(&paths), &reports(text));
    assert_eq!(reports(text).len(), paths.len());
}

#[test]
#[ignore = "needs STALEBUS_HERD7"]
fn reports_are_still_herds_with_herd7() {
    let reported = reports(include_str!("herd7/expected.txt"));
    assert_alike(&herds(&small_tests()), &reported);
}

#[test]
fn formatted_tests_mean_the_same() {
    let paths = small_tests();
    let folder = Folder::new();
    let pairs = written("fmt", &paths, &folder);
    assert_eq!(pairs.len(), paths.len());
    let (before, after): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    assert_alike(&ours(&after), &ours(&before));
}

#[test]
#[ignore = "needs STALEBUS_HERD7"]
fn formatted_tests_mean_the_same_to_herd_with_herd7() {
    formatting(&small_tests());
}

#[test]
#[ignore = "needs STALEBUS_HERD7"]
fn exports_are_read_and_say_the_same_with_herd7() {
    exporting(&small_tests());
    let scenarios = tests_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios"));
    let count = exporting(&scenarios);
    assert!(
        count + 3 > scenarios.len(),
        "{count} of {}",
        scenarios.len()
    );
}

#[test]
#[ignore = "needs STALEBUS_ORACLE and STALEBUS_HERD7"]
fn the_corpus_too_with_both() {
    let oracle = std::env::var_os("STALEBUS_ORACLE").expect("STALEBUS_ORACLE is set");
    let paths = tests_in(&PathBuf::from(oracle).join("tests"));
    assert_alike(&ours(&paths), &herds(&paths));
    formatting(&paths);
    exporting(&paths);
}
