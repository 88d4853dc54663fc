//! What the tests share: litmus files and snapshots.
#![allow(dead_code)]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use session::Session;

/// Every test under `tests/litmus`.
pub const ALL: [&str; 6] = ["doorbell", "sb", "guess", "atomics", "uaf", "deadlock"];

fn path(parts: &[&str]) -> PathBuf {
    let mut path = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    path.push("tests");
    path.extend(parts);
    path
}

/// The text of a litmus test.
pub fn source(name: &str) -> String {
    fs::read_to_string(path(&["litmus", &format!("{name}.litmus")])).expect("the test is there")
}

/// A parsed litmus test.
pub fn test(name: &str) -> Arc<litmus::Test> {
    let parsed = litmus::parse(&source(name));
    let errors: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
    Arc::new(
        parsed
            .test
            .unwrap_or_else(|| panic!("{name}: {}", errors.join("\n"))),
    )
}

/// A session with lines numbered as in the file.
pub fn lab(name: &str) -> Session {
    Session::new(name.to_owned(), test(name))
        .expect("it compiles")
        .with_source(&source(name))
}

/// The scenarios of the course.
pub fn scenarios() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let files = fs::read_dir(folder).expect("the scenarios are there");
    let mut names: Vec<String> = files
        .filter_map(|file| file.ok()?.file_name().into_string().ok())
        .filter_map(|file| file.strip_suffix(".litmus").map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// A session with a scenario in its opening setting.
pub fn scenario(name: &str) -> Session {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let source = fs::read_to_string(folder.join(format!("{name}.litmus"))).expect("it is there");
    let test = litmus::parse(&source).test.expect("it parses");
    Session::new(name.to_owned(), Arc::new(test))
        .expect("it compiles")
        .with_source(&source)
}

/// Does steps by name.
pub fn steps(lab: &mut Session, names: &str) {
    for name in names.split_whitespace() {
        let step = name.parse().unwrap_or_else(|e| panic!("{e}"));
        if let Err(reason) = lab.step(step) {
            panic!("{name}: {reason}\n{}", picture::snapshot(&hardware(lab)));
        }
    }
}

/// Compares with a file under `tests/snapshots`; writes it when `UPDATE_SNAPSHOTS=1`.
pub fn check(file: &str, actual: &str) {
    let path = path(&["snapshots", file]);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, actual).expect("the snapshot can be written");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == actual,
        "{file} has changed; UPDATE_SNAPSHOTS=1 writes it anew.\n--- is now:\n{actual}"
    );
}

/// The hardware of a session.
pub fn hardware(session: &session::Session) -> picture::Hardware {
    picture::Hardware::of(session, &session.view())
}
