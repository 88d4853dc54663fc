//! `stalebus check --json` against the oracle's corpus: LKMM on all of it, the
//! CPUs on a sample, since the explorer's own tests compare the rest.
//!
//! Set `STALEBUS_ORACLE` to the oracle's directory to run it.

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use common::{Ran, run};
use serde_json::Value;

/// One file in so many.
const SAMPLE: usize = 9;

/// By file and model.
type Expected = BTreeMap<(String, String), Value>;

fn oracle() -> (PathBuf, Expected) {
    let folder =
        PathBuf::from(std::env::var_os("STALEBUS_ORACLE").expect("STALEBUS_ORACLE is set"));
    let text = std::fs::read_to_string(folder.join("expected.jsonl")).expect("expected.jsonl");
    let lines = text.lines().map(|line| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let key = |key: &str| line[key].as_str().expect("a string").to_string();
        ((key("file"), key("model")), line)
    });
    (folder.clone(), lines.collect())
}

fn check(folder: &Path, files: &[String], model: &str) -> Ran {
    let paths = files
        .iter()
        .map(|file| folder.join(file).display().to_string());
    let args: Vec<String> = ["check", "--json", "--srcu", "fast", "--model", model]
        .map(str::to_string)
        .into_iter()
        .chain(paths)
        .collect();
    let ran = run(&args);
    assert_ne!(ran.code, 2, "{}", ran.err);
    ran
}

/// Compares what was printed and counts what could be compared.
fn compare(
    ran: &Ran,
    files: &[String],
    models: usize,
    keys: &[&str],
    expected: &Expected,
) -> usize {
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), files.len() * models);
    let mut compared = 0;
    for (number, line) in lines.into_iter().enumerate() {
        let value: Value = serde_json::from_str(line).expect("JSON");
        let file = &files[number / models];
        let in_order = value["file"].as_str().expect("a file").ends_with(file);
        assert!(in_order, "{file}: {line}");
        let model = value["model"].as_str().expect("a model").to_string();
        if let Some(wanted) = expected.get(&(file.clone(), model)) {
            for key in keys {
                let (got, wanted) = (anonymous(&value[key]), anonymous(&wanted[key]));
                assert_eq!(got, wanted, "{file} {} {key}", value["model"]);
            }
            compared += 1;
        }
    }
    compared
}

/// Values out of thin air have no names that two tools would share.
fn anonymous(value: &Value) -> String {
    let text = value.to_string();
    let mut parts = text.split("=S");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |text, part| {
        text + "=S" + part.trim_start_matches(|c: char| c.is_ascii_digit())
    })
}

#[test]
#[ignore = "needs STALEBUS_ORACLE"]
fn a_sample_equals_the_oracle_with_oracle() {
    let (folder, expected) = oracle();
    let cpus = expected.keys().filter(|(_, model)| model != "lkmm");
    let mut files: Vec<String> = cpus.map(|(file, _)| file.clone()).collect();
    files.dedup();
    let files: Vec<String> = files.into_iter().step_by(SAMPLE).collect();
    let ran = check(&folder, &files, "all");
    let compared = compare(&ran, &files, 6, &["verdict", "states"], &expected);
    assert!(compared > 100, "{compared} compared");
}

#[test]
#[ignore = "needs STALEBUS_ORACLE"]
fn lkmm_equals_the_oracle_with_all_its_claims_with_oracle() {
    let (folder, expected) = oracle();
    let lkmm = expected.keys().filter(|(_, model)| model == "lkmm");
    let files: Vec<String> = lkmm.map(|(file, _)| file.clone()).collect();
    let ran = check(&folder, &files, "lkmm");
    let keys = ["verdict", "positive", "negative", "states", "flags"];
    let compared = compare(&ran, &files, 1, &keys, &expected);
    assert_eq!(compared, files.len());

    // A claim is contradicted exactly where the oracle contradicts it.
    let mut wanted: Vec<&String> = Vec::new();
    for file in &files {
        let answer = &expected[&(file.clone(), "lkmm".to_string())];
        let text = std::fs::read(folder.join(file)).expect("a test");
        let text = String::from_utf8_lossy(&text);
        let claim = text.lines().find_map(|line| line.split_once("Result: "));
        let Some((_, claim)) = claim else { continue };
        let claim = claim.trim_end_matches("*)");
        let words: Vec<&str> = claim.split_whitespace().collect();
        let flags = answer["flags"].to_string();
        let verdict = match words[0] {
            "Maybe" => continue,
            "DEADLOCK" => answer["states"] == Value::Array(Vec::new()),
            "Flag" => flags.contains(words[1]),
            word => answer["verdict"] == word,
        };
        let race = words[0] == "Flag" || words.contains(&"DATARACE") == flags.contains("data-race");
        if !(verdict && race) {
            wanted.push(file);
        }
    }
    let told: Vec<&str> = ran.err.lines().collect();
    assert_eq!(told.len(), wanted.len(), "{}", ran.err);
    for (line, file) in told.iter().zip(wanted) {
        let about = line.starts_with("mismatch: ") && line.contains(file.as_str());
        assert!(about, "{file}: {line}");
    }
}

/// What the model is said to allow is what it allows.
#[test]
#[ignore = "needs STALEBUS_ORACLE"]
fn reasons_agree_with_verdicts_with_oracle() {
    let (folder, expected) = oracle();
    let tests = folder.join("tests").display().to_string();
    let ran = run(&["check", "--json", "--why", &tests]);
    assert_ne!(ran.code, 2, "{}", ran.err);
    let mut asked = 0;
    for line in ran.out.lines() {
        let value: Value = serde_json::from_str(line).expect("JSON");
        for why in value["why"].as_array().expect("a list") {
            let count = match why["outcome"].as_str() {
                Some("exists") => &value["positive"],
                _ => &value["negative"],
            };
            let answer = why["answer"].as_str().expect("an answer");
            let allowed = count.as_u64() != Some(0);
            assert_eq!(answer == "allowed", allowed, "{line}");
            assert_ne!(answer, "unknown", "{line}");
            if answer == "forbidden" {
                check_cycle(&why["cycle"]);
            }
            asked += 1;
        }
    }
    let lkmm = expected.keys().filter(|(_, model)| model == "lkmm").count();
    assert!(asked + 10 > lkmm, "{asked} of {lkmm}");
}

/// Each link leads to the next, the last one to the first.
fn check_cycle(cycle: &Value) {
    let links = cycle.as_array().expect("links");
    assert!(!links.is_empty());
    for (at, link) in links.iter().enumerate() {
        let next = &links[(at + 1) % links.len()];
        assert_eq!(link["to"], next["from"], "{cycle}");
        assert!(link["text"].as_str().is_some_and(|t| !t.is_empty()));
    }
}
