//! What the tests share: a verdict of the machine for an outcome in a setting.

use explore::{DEFAULT_LIMIT, Reachable, check};
use litmus::{Setting, Test};
use machine::{CpuModel, SrcuFlavour};

/// Both flavours, with their names in settings.
pub const FLAVOURS: [(&str, SrcuFlavour); 2] =
    [("tree", SrcuFlavour::Tree), ("fast", SrcuFlavour::Fast)];

/// Whether an outcome can happen on each model, in the order of [`CpuModel::ALL`].
pub fn verdicts(
    test: &Test,
    setting: &Setting,
    outcome: usize,
    flavour: SrcuFlavour,
) -> [bool; CpuModel::ALL.len()] {
    let resolved = test.with(setting);
    CpuModel::ALL.map(|model| reachable(&resolved, model, outcome, flavour))
}

/// Whether an outcome of a resolved test can happen. Only a finished search says no.
pub fn reachable(
    resolved: &Test,
    model: &'static CpuModel,
    outcome: usize,
    flavour: SrcuFlavour,
) -> bool {
    let report = check(resolved, model, flavour, DEFAULT_LIMIT).expect("it runs on the machine");
    assert!(
        report.complete,
        "{}: the search is not complete",
        resolved.name
    );
    match report.outcomes[outcome] {
        Reachable::Yes => true,
        Reachable::No => false,
        Reachable::Unknown => panic!("{}: no verdict", resolved.name),
    }
}
