//! The machine against the public corpus: for every test of the oracle and every
//! model, the set of final states and the verdict.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use explore::verdict::{DEFAULT_LIMIT, check};
use machine::{CpuModel, SrcuFlavour};
use serde_json::Value;

/// What the oracle expects of a file: by model, the verdict and the states.
type Expected = BTreeMap<String, BTreeMap<String, (String, Vec<String>)>>;

fn oracle() -> PathBuf {
    let folder = std::env::var_os("STALEBUS_ORACLE");
    folder.expect("STALEBUS_ORACLE is set").into()
}

fn expected(folder: &Path) -> Expected {
    let text = std::fs::read_to_string(folder.join("expected.jsonl")).expect("expected.jsonl");
    let mut expected = Expected::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        let text = |key: &str| line[key].as_str().expect("a string").to_owned();
        let states = line["states"].as_array().expect("states");
        let states = states
            .iter()
            .map(|s| s.as_str().expect("a state").to_owned())
            .collect();
        expected
            .entry(text("file"))
            .or_default()
            .insert(text("model"), (text("verdict"), states));
    }
    expected
}

#[test]
#[ignore = "needs STALEBUS_ORACLE"]
fn states_equal_the_oracles_with_oracle() {
    let folder = oracle();
    let mut wrong = Vec::new();
    let mut compared = 0;
    let mut inside = 0;
    let mut beyond = Vec::new();
    let mut more = 0;
    let mut slowest = (Duration::ZERO, String::new());
    for (file, models) in expected(&folder) {
        let source = std::fs::read_to_string(folder.join(&file)).expect("a test");
        let parsed = litmus::parse(&source);
        let Some(test) = parsed.test else {
            wrong.push(format!("{file}: {}", parsed.diagnostics[0]));
            continue;
        };
        let mut on_arm = Vec::new();
        for model in CpuModel::ALL {
            let begun = Instant::now();
            let report = match check(&test, model, SrcuFlavour::Fast, DEFAULT_LIMIT) {
                Ok(report) => report,
                Err(error) => {
                    wrong.push(format!("{file} {}: {error}", model.id));
                    continue;
                }
            };
            slowest = slowest.max((begun.elapsed(), format!("{file} {}", model.id)));
            if !report.complete {
                wrong.push(format!("{file} {}: not complete", model.id));
            }
            match model.id {
                "arm" => on_arm = report.states.clone(),
                "power" => {
                    let missing = on_arm.iter().filter(|s| !report.states.contains(s));
                    let missing: Vec<_> = missing.take(4).collect();
                    if !missing.is_empty() {
                        wrong.push(format!("{file} power: only on Arm: {missing:?}"));
                    }
                    if let Some((_, states)) = models.get("lkmm") {
                        let missing = states.iter().filter(|s| !report.states.contains(s));
                        let missing: Vec<_> = missing.cloned().collect();
                        if !missing.is_empty() {
                            beyond.push((file.clone(), report.states.len(), missing));
                        }
                    }
                    more += usize::from(report.states.len() > on_arm.len());
                }
                _ => {}
            }
            if let Some((verdict, states)) = models.get(model.id) {
                compared += 1;
                if *states != report.states || *verdict != report.verdict.name() {
                    let ours = report.states.iter().filter(|s| !states.contains(s));
                    let theirs = states.iter().filter(|s| !report.states.contains(s));
                    wrong.push(format!(
                        "{file} {}: {} for {verdict}\n  only ours: {:?}\n  only the oracle's: {:?}",
                        model.id,
                        report.verdict.name(),
                        ours.take(4).collect::<Vec<_>>(),
                        theirs.take(4).collect::<Vec<_>>(),
                    ));
                }
            }
            if let Some((_, states)) = models.get("lkmm") {
                inside += 1;
                // TSO, PSO and Arm lie inside LKMM, and so does what RCU adds to them.
                let outside: Vec<_> = report
                    .states
                    .iter()
                    .filter(|s| !states.contains(s))
                    .take(4)
                    .collect();
                if !outside.is_empty() {
                    wrong.push(format!("{file} {}: outside LKMM: {outside:?}", model.id));
                }
            }
        }
    }
    eprintln!(
        "{compared} compared, {inside} inside LKMM, slowest {:?} {}",
        slowest.0, slowest.1
    );
    eprintln!(
        "power: more than Arm on {more} tests; LKMM more on {}, {} states",
        beyond.len(),
        beyond.iter().map(|(.., m)| m.len()).sum::<usize>()
    );
    if std::env::var_os("STALEBUS_BEYOND").is_some() {
        for (file, reached, missing) in &beyond {
            eprintln!("{file}: {reached} reached, not: {missing:?}");
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
