//! `stalebus check` against the oracle's small cases, each of which stands for a kind of test.
//!
//! Set `STALEBUS_ORACLE` to the oracle's directory to run it; the cases are its folder `cases`.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use common::{Ran, run};
use serde_json::Value;

/// The cases' folder, and what is expected of each file.
fn cases() -> (PathBuf, Vec<(String, Value)>) {
    let oracle = std::env::var_os("STALEBUS_ORACLE").expect("STALEBUS_ORACLE is set");
    let folder = PathBuf::from(oracle).join("cases");
    let text =
        std::fs::read_to_string(folder.join("expected.jsonl")).expect("the oracle has cases");
    let lines = text.lines().map(|line| {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        (line["file"].as_str().expect("a file").to_owned(), line)
    });
    let lines: Vec<(String, Value)> = lines.collect();
    assert!(!lines.is_empty(), "no cases in {}", folder.display());
    (folder, lines)
}

fn check(folder: &Path, file: &str, model: &str) -> Ran {
    let path = folder.join(file).display().to_string();
    run(&["check", "--json", "--srcu", "fast", "--model", model, &path])
}

/// What was printed, by model.
fn answers(ran: &Ran) -> BTreeMap<String, Value> {
    let lines = ran.out.lines().map(|line| {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        (line["model"].as_str().expect("a model").to_owned(), line)
    });
    lines.collect()
}

/// herd7 refused the test. We may refuse it, or say that something is wrong with it; if we do neither, its export must
/// be a test without what herd7 cannot read, or say why there is none.
fn wrong_with_refused(folder: &Path, file: &str) -> Option<String> {
    let ran = check(folder, file, "lkmm");
    if ran.code == 2 {
        let said = ran.out.is_empty() && ran.err.contains("error");
        return (!said).then(|| format!("refused without a word: {ran:?}"));
    }
    let answers = answers(&ran);
    let flags = answers["lkmm"]["flags"].as_array().expect("flags");
    if !flags.is_empty() || !ran.err.is_empty() {
        return None;
    }
    let path = folder.join(file).display().to_string();
    let export = run(&["export", "--herd", &path]);
    if export.code != 0 {
        return export
            .err
            .is_empty()
            .then(|| "no export, and no reason".to_owned());
    }
    let comparisons = export.out.replace("!=", "==");
    let unreadable = ["&&", "||", "!"];
    if let Some(word) = unreadable.iter().find(|word| comparisons.contains(**word)) {
        return Some(format!("the export has `{word}`:\n{}", export.out));
    }
    // The export means the same.
    let again = common::run_with(&["check", "--json", "--model", "lkmm", "-"], &export.out);
    let again = self::answers(&again);
    let keys = ["verdict", "positive", "negative", "states", "flags"];
    let differ = keys
        .iter()
        .find(|key| answers["lkmm"][**key] != again["lkmm"][**key]);
    differ.map(|key| format!("the export has another {key}:\n{}", export.out))
}

#[test]
#[ignore = "needs STALEBUS_ORACLE"]
fn lkmm_answers_every_case_as_expected_with_oracle() {
    let (folder, expected) = cases();
    let mut wrong = Vec::new();
    for (file, line) in &expected {
        if line["refused"] == Value::Bool(true) {
            wrong.extend(wrong_with_refused(&folder, file).map(|how| format!("{file}: {how}")));
            continue;
        }
        let ran = check(&folder, file, "lkmm");
        let answers = answers(&ran);
        let Some(answer) = answers.get("lkmm") else {
            wrong.push(format!("{file}: {}", ran.err));
            continue;
        };
        for key in ["verdict", "positive", "negative", "states", "flags"] {
            let (ours, theirs) = (&answer[key], &line[key]);
            if ours != theirs {
                wrong.push(format!("{file}: {key}: {ours} for {theirs}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong in {} cases:\n{}",
        wrong.len(),
        expected.len(),
        wrong.join("\n")
    );
}

fn states(answer: &Value) -> BTreeSet<String> {
    let list = answer["states"].as_array().expect("states");
    let texts = list.iter().map(|s| s.as_str().expect("a state").to_owned());
    texts.collect()
}

#[test]
#[ignore = "needs STALEBUS_ORACLE"]
fn what_a_cpu_allows_lkmm_allows_with_oracle() {
    let (folder, expected) = cases();
    let inside = [
        ("sc", "tso"),
        ("tso", "pso"),
        ("sc", "arm"),
        ("pso", "power"),
        ("arm", "power"),
        ("pso", "lkmm"),
        ("power", "lkmm"),
    ];
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (file, line) in &expected {
        if line["refused"] == Value::Bool(true) {
            continue;
        }
        let answers = answers(&check(&folder, file, "all"));
        for (less, more) in inside {
            let (Some(less_of), Some(more_of)) = (answers.get(less), answers.get(more)) else {
                wrong.push(format!("{file}: no answer for {less} or {more}"));
                continue;
            };
            let outside: Vec<String> = states(less_of)
                .difference(&states(more_of))
                .cloned()
                .collect();
            if !outside.is_empty() {
                wrong.push(format!("{file}: on {less}, not on {more}: {outside:?}"));
            }
            compared += 1;
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong of {compared}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
