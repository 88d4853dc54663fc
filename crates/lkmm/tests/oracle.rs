//! The judge against the public corpus: for every test and model, the verdict,
//! the numbers of witnesses, the states and the flags.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use lkmm::{Model, judge};
use serde_json::Value;

/// Choices a test may take: far more than any of them needs.
const LIMIT: u64 = 50_000_000;

fn oracle() -> PathBuf {
    let folder = std::env::var_os("STALEBUS_ORACLE");
    folder.expect("STALEBUS_ORACLE is set").into()
}

#[test]
#[ignore = "needs STALEBUS_ORACLE"]
fn answers_equal_the_oracles_with_oracle() {
    let folder = oracle();
    let text = std::fs::read_to_string(folder.join("expected.jsonl")).expect("expected.jsonl");
    let mut wrong = Vec::new();
    let mut compared = 0;
    let mut times: Vec<(Duration, String)> = Vec::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        let text = |key: &str| line[key].as_str().expect("a string").to_owned();
        let list = |key: &str| -> Vec<String> {
            let list = line[key].as_array().expect("a list");
            let list = list
                .iter()
                .map(|s| s.as_str().expect("a string").to_owned());
            list.collect()
        };
        let (file, id) = (text("file"), text("model"));
        let source = std::fs::read_to_string(folder.join(&file)).expect("a test");
        let test = litmus::parse(&source).test.expect("it parses");
        let model = Model::by_id(&id).expect("a model");
        let begun = Instant::now();
        let ours = match judge(&test, model, LIMIT) {
            Ok(ours) => ours,
            Err(error) => {
                wrong.push(format!("{file} {id}: {error}"));
                continue;
            }
        };
        times.push((begun.elapsed(), format!("{file} {id}")));
        compared += 1;
        let mut report = |what: &str, ours: String, theirs: String| {
            if ours != theirs {
                wrong.push(format!("{file} {id}: {what}: {ours} for {theirs}"));
            }
        };
        report("complete", ours.complete.to_string(), "true".to_owned());
        report("verdict", ours.verdict.name().to_owned(), text("verdict"));
        report(
            "witnesses",
            format!("{} {}", ours.positive, ours.negative),
            format!("{} {}", line["positive"], line["negative"]),
        );
        report(
            "flags",
            format!("{:?}", ours.flags),
            format!("{:?}", list("flags")),
        );
        report(
            "states",
            format!("{:?}", ours.states),
            format!("{:?}", list("states")),
        );
    }
    times.sort();
    let total: Duration = times.iter().map(|(time, _)| *time).sum();
    eprintln!(
        "{compared} compared in {total:?}, median {:?}, slowest {:?}",
        times[times.len() / 2].0,
        &times[times.len().saturating_sub(5)..]
    );
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
