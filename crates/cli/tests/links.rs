//! Every link that was ever published opens, and ends where it did.

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use picture::packed::{pack, unpack};
use session::{Link, Session};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The text of the scenario, or of the test that the link carries.
fn source(link: &Link) -> String {
    if let Some(z) = &link.z {
        assert_eq!(
            link.scenario, "",
            "a link with a test of its own names no scenario"
        );
        return unpack(z).expect("the test of the link");
    }
    let file = format!("{}.litmus", link.scenario);
    std::fs::read_to_string(root().join("scenarios").join(file)).expect("the scenario of the link")
}

/// Every scenario could travel as a test of the reader's own.
#[test]
fn every_scenario_fits_into_a_link() {
    for entry in std::fs::read_dir(root().join("scenarios")).expect("the scenarios") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "litmus") {
            let text = std::fs::read_to_string(&path).expect("a scenario");
            let packed = pack(&text).expect("it fits");
            assert!(packed.len() < 6_000, "{}: {}", path.display(), packed.len());
            assert_eq!(unpack(&packed).as_deref(), Ok(text.as_str()));
        }
    }
}

#[test]
fn published_links_open() {
    let mut opened = 0;
    for file in std::fs::read_dir(root().join("tests/links")).expect("the folder of links") {
        let path = file.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a file of links");
        for line in text.lines().filter(|line| line.starts_with("#/")) {
            let (address, outcome) = line.rsplit_once(' ').expect("a link and its outcome");
            let (link, problems) = Link::parse(address);
            assert!(problems.is_empty(), "{problems:?} in {address}");
            assert_eq!(link.to_string(), address);
            let source = source(&link);
            let test = litmus::parse(&source).test.expect("a scenario that parses");
            let (lab, problems) =
                Session::open_link(&link, Arc::new(test)).expect("a link that opens");
            assert!(problems.is_empty(), "{problems:?} in {address}");
            assert_eq!(lab.at(), link.steps.len(), "{address}");
            let end = lab.view().finished.expect("a finished run");
            let ended = end.outcomes.iter().any(|o| o.name == outcome && o.holds);
            assert!(ended, "{address} does not end in {outcome}");
            opened += 1;
        }
    }
    assert!(opened > 0);
}

/// The command reads the test of a link as if it were a file.
#[test]
fn the_command_takes_a_link() {
    let text = std::fs::read_to_string(root().join("tests/links/v1-own.txt")).expect("the links");
    let link = text
        .lines()
        .find(|line| line.starts_with("#/"))
        .expect("a link");
    let link = link.rsplit_once(' ').expect("a link and its outcome").0;
    let ran = common::run(&[
        "check",
        "--model",
        "tso",
        &format!("https://example.org/lab/{link}"),
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("Test mine "), "{}", ran.out);
    let none = common::run(&["check", "#/publish?v=1"]);
    assert_ne!(none.code, 0);
    assert!(
        none.err.contains("scenarios/publish.litmus"),
        "{}",
        none.err
    );
    let damaged = common::run(&["check", "#/?v=1&z=AQZZ"]);
    assert!(damaged.err.contains("damaged"), "{}", damaged.err);
}
