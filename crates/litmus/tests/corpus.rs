//! Every test of the oracle's corpus is read without an error.
//!
//! Set `STALEBUS_ORACLE` to the oracle's directory to run it.

use std::path::PathBuf;

fn tests() -> Option<Vec<PathBuf>> {
    let Ok(oracle) = std::env::var("STALEBUS_ORACLE") else {
        println!("skipped: STALEBUS_ORACLE is not set");
        return None;
    };
    let directory = PathBuf::from(oracle).join("tests");
    let entries = std::fs::read_dir(&directory).expect("the oracle has a directory `tests`");
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "litmus"))
        .collect();
    paths.sort();
    Some(paths)
}

#[test]
fn corpus_is_read() {
    let Some(paths) = tests() else { return };
    let mut errors = String::new();
    for path in &paths {
        let source = std::fs::read_to_string(path).expect("a text file");
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_string();
        let parsed = litmus::parse(&source);
        for diagnostic in &parsed.diagnostics {
            if diagnostic.severity == litmus::Severity::Error {
                errors.push_str(&format!("{}\n", diagnostic.with_file(&name)));
            } else {
                println!("{}", diagnostic.with_file(&name));
            }
        }
    }
    assert!(errors.is_empty(), "{errors}");
}
