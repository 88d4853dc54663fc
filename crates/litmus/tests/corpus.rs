//! Every test of the oracle's corpus is read without an error, and printing
//! loses nothing.
//!
//! Set `STALEBUS_ORACLE` to the oracle's directory to run it.

mod common;

use litmus::{Severity, parse};

#[test]
#[ignore = "needs STALEBUS_ORACLE"]
fn corpus_is_read_with_oracle() {
    let paths = common::corpus();
    let mut errors = String::new();
    for path in &paths {
        let source = std::fs::read_to_string(path).expect("a text file");
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_string();
        for diagnostic in parse(&source).diagnostics {
            if diagnostic.severity == Severity::Error {
                errors.push_str(&format!("{}\n", diagnostic.with_file(&name)));
            } else {
                println!("{}", diagnostic.with_file(&name));
            }
        }
    }
    assert!(errors.is_empty(), "{errors}");
}

#[test]
#[ignore = "needs STALEBUS_ORACLE"]
fn corpus_round_trips_with_oracle() {
    for path in common::corpus() {
        let source = std::fs::read_to_string(path).expect("a text file");
        common::check_round_trip(&source);
    }
}

/// The text between two marks, for the one line of JSON that is needed here.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(open)?;
    Some(rest.split_once(close)?.0)
}

#[test]
#[ignore = "needs STALEBUS_ORACLE"]
fn observed_terms_are_herds_with_oracle() {
    let paths = common::corpus();
    let directory = paths[0].parent().and_then(|p| p.parent());
    let directory = directory.expect("the oracle's directory");
    let expected = std::fs::read_to_string(directory.join("expected.jsonl")).expect("a text file");
    let mut compared = 0;
    for line in expected.lines() {
        let file = between(line, "\"file\":\"", "\"").expect("a file");
        let Some(state) = between(line, "\"states\":[\"", "\"") else {
            continue;
        };
        let source = std::fs::read_to_string(directory.join(file)).expect("a text file");
        let test = common::good(&source);
        let terms: Vec<String> = test
            .observed()
            .iter()
            .map(|term| test.format_term(*term))
            .collect();
        let printed: Vec<&str> = state
            .split(';')
            .filter_map(|part| Some(part.split_once('=')?.0.trim()))
            .collect();
        assert_eq!(terms, printed, "{file}");
        compared += 1;
    }
    assert!(compared > 0);
}
