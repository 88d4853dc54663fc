//! `stalebus check --json` against a sample of the oracle's corpus. The explorer's
//! own tests compare all of it.
//!
//! Set `STALEBUS_ORACLE` to the oracle's directory to run it.

mod common;

use std::collections::BTreeMap;
use std::path::PathBuf;

use common::run;
use serde_json::Value;

/// One file in so many.
const SAMPLE: usize = 9;

#[test]
fn a_sample_equals_the_oracle() {
    let Some(folder) = std::env::var_os("STALEBUS_ORACLE").map(PathBuf::from) else {
        eprintln!("skipped: STALEBUS_ORACLE is not set");
        return;
    };
    let text = std::fs::read_to_string(folder.join("expected.jsonl")).expect("expected.jsonl");
    let mut expected = BTreeMap::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let key = |key: &str| line[key].as_str().expect("a string").to_string();
        let (file, model) = (key("file"), key("model"));
        if model != "lkmm" {
            expected.insert((file, model), line);
        }
    }
    let mut files: Vec<&String> = expected.keys().map(|(file, _)| file).collect();
    files.dedup();
    let files: Vec<String> = files.into_iter().step_by(SAMPLE).cloned().collect();
    let paths = files
        .iter()
        .map(|file| folder.join(file).display().to_string());
    let args: Vec<String> = ["check", "--json", "--srcu", "fast"]
        .map(str::to_string)
        .into_iter()
        .chain(paths)
        .collect();
    let ran = run(&args);
    assert_ne!(ran.code, 2, "{}", ran.err);
    let got: Vec<Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(got.len(), files.len() * 4);
    let mut compared = 0;
    for (number, value) in got.iter().enumerate() {
        let file = &files[number / 4];
        assert!(
            value["file"]
                .as_str()
                .is_some_and(|f| f.ends_with(file.as_str())),
            "in order"
        );
        let model = value["model"].as_str().expect("a model").to_string();
        if let Some(wanted) = expected.get(&(file.clone(), model)) {
            for key in ["verdict", "states"] {
                assert_eq!(value[key], wanted[key], "{file} {} {key}", value["model"]);
            }
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared} compared");
}
