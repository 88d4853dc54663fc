//! What several test files share.

use litmus::{Severity, Test, format, parse, print};
use std::path::PathBuf;

/// The oracle's tests, for tests that are ignored without the variable.
#[allow(dead_code)]
pub fn corpus() -> Vec<PathBuf> {
    let oracle = std::env::var_os("STALEBUS_ORACLE").expect("STALEBUS_ORACLE is set");
    let directory = PathBuf::from(oracle).join("tests");
    let entries = std::fs::read_dir(&directory).expect("the oracle has a directory `tests`");
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "litmus"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no tests in {}", directory.display());
    paths
}

/// The test of a text that has no errors.
#[allow(dead_code)]
pub fn good(source: &str) -> Test {
    let parsed = parse(source);
    let errors: Vec<String> = parsed
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .map(|d| d.to_string())
        .collect();
    parsed
        .test
        .unwrap_or_else(|| panic!("{}\nin\n{source}", errors.join("\n")))
}

/// A body for P0, on line 4.
#[allow(dead_code)]
pub fn body(text: &str) -> String {
    format!("C t\n{{}}\nP0(int *x, int **p, struct srcu_struct *ss) {{\n{text}\n}}")
}

/// Printing loses nothing but places and layout, and is stable.
#[allow(dead_code)]
pub fn check_round_trip(source: &str) {
    let test = good(source);
    let printed = print(&test);
    let again = good(&printed);
    assert_eq!(
        test.without_spans(),
        again.without_spans(),
        "\n{source}\nprinted\n{printed}"
    );
    assert_eq!(print(&again), printed, "printing is stable");
    let formatted = format(source, &test);
    let again = good(&formatted);
    assert_eq!(
        test.without_spans(),
        again.without_spans(),
        "\n{source}\nformatted\n{formatted}"
    );
    assert_eq!(
        format(&formatted, &again),
        formatted,
        "formatting is stable"
    );
}
