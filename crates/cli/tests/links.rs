//! Every link that was ever published opens, and ends where it did.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use scene::{Lab, Link};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
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
            let scenario = root()
                .join("scenarios")
                .join(format!("{}.litmus", link.scenario));
            let source = std::fs::read_to_string(scenario).expect("the scenario of the link");
            let test = litmus::parse(&source).test.expect("a scenario that parses");
            let (lab, problems) = Lab::open_link(&link, Arc::new(test)).expect("a link that opens");
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
