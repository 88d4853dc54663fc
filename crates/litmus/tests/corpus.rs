//! Every test of the oracle's corpus is read without an error, and printing
//! loses nothing.
//!
//! Set `STALEBUS_ORACLE` to the oracle's directory to run it.

mod common;

use litmus::{Severity, parse};

#[test]
fn corpus_is_read() {
    let Some(paths) = common::corpus() else {
        return;
    };
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
fn corpus_round_trips() {
    for path in common::corpus().unwrap_or_default() {
        let source = std::fs::read_to_string(path).expect("a text file");
        common::check_round_trip(&source);
    }
}
