//! The judge against the corpus of this repository: what it says is recorded in
//! `corpus/expected.txt`, and every piece of LKMM is noticed by some test.
//!
//! `STALEBUS_BLESS=1` writes the record anew. A change there is a change of the
//! model, and needs a reason.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lkmm::{Model, judge, mutants};

/// Choices that a test may take.
const LIMIT: u64 = 1_000_000;

/// Pieces whose absence no test can notice, since the rest of the model says the
/// same. docs/decisions/0006-mutants.md has the arguments.
const SILENT: &[&str] = &[
    "ppo without (po-unlock-lock-po & int)",
    "cumul-strong without (rfe ; [Marked])?",
    "cumul-fence without cumul-strong",
    "ww-nonrace without cross(Marked, W)",
    "ww-nonrace without cross(W, Marked)",
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Every test, by name.
fn corpus() -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder()).expect("the corpus");
    let files = entries.map(|entry| entry.expect("an entry").path());
    files
        .filter(|path| path.extension().is_some_and(|e| e == "litmus"))
        .map(|path| {
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read_to_string(&path).expect("a test"))
        })
        .collect()
}

/// Everything that a model says of a test, on one line.
fn answer(text: &str, model: &'static Model) -> String {
    let parsed = litmus::parse(text);
    let test = parsed
        .test
        .unwrap_or_else(|| panic!("{}\n{text}", parsed.diagnostics[0]));
    match judge(&test, model, LIMIT) {
        Ok(j) if j.complete => format!(
            "{} {} {} flags [{}] states [{}]",
            j.verdict.name(),
            j.positive,
            j.negative,
            j.flags.join(" "),
            j.states.join(" | "),
        ),
        Ok(_) => "not complete".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn answers_are_those_on_record() {
    let mut record = String::new();
    for (name, text) in corpus() {
        for model in lkmm::models::ALL {
            record.push_str(&format!("{name} {}: {}\n", model.id, answer(&text, model)));
        }
    }
    let path = folder().join("expected.txt");
    if std::env::var_os("STALEBUS_BLESS").is_some() {
        std::fs::write(&path, &record).expect("the record");
    }
    let expected = std::fs::read_to_string(&path).expect("the record");
    let wrong: Vec<String> = record
        .lines()
        .zip(expected.lines())
        .filter(|(ours, theirs)| ours != theirs)
        .map(|(ours, theirs)| format!("{ours}\n  for {theirs}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(record.lines().count(), expected.lines().count());
}

#[test]
fn every_piece_of_the_model_is_noticed() {
    let model = Model::by_id("lkmm").expect("LKMM");
    let corpus: Vec<(String, String)> = corpus()
        .into_values()
        .map(|text| (answer(&text, model), text))
        .collect();
    let mut unnoticed = Vec::new();
    let mut count = 0;
    for mutant in mutants(model) {
        count += 1;
        let mutated: &'static Model = Box::leak(Box::new(mutant.model));
        if corpus
            .iter()
            .all(|(ours, text)| answer(text, mutated) == *ours)
        {
            unnoticed.push(mutant.what);
        }
    }
    eprintln!("{count} mutants");
    assert!(count > 100, "{count} mutants are too few to be all");
    assert_eq!(unnoticed, SILENT);
}
