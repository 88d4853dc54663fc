//! The templates of the litmus lab have the verdicts that the literature gives the shapes, on every CPU model and by LKMM.

use explore::{DEFAULT_LIMIT, check};
use litmus::{Severity, Test};
use machine::{CpuModel, SrcuFlavour};

/// The models that can show each shape, in the order sc, tso, pso, arm; then LKMM.
const KNOWN: &[(&str, [bool; 5])] = &[
    ("SB", [false, true, true, true, true]),
    ("MP", [false, false, true, true, true]),
    ("LB", [false, false, false, true, true]),
    ("S", [false, false, true, true, true]),
    ("R", [false, true, true, true, true]),
    ("2+2W", [false, false, true, true, true]),
    ("WRC", [false, false, false, true, true]),
    ("IRIW", [false, false, false, true, true]),
    ("ISA2", [false, false, true, true, true]),
    ("publish", [false; 5]),
    ("SRCU", [false; 5]),
];

fn reachable(test: &Test, model: &str) -> bool {
    let model = CpuModel::by_id(model).expect("a model");
    let report = check(test, model, SrcuFlavour::Fast, DEFAULT_LIMIT).expect("it runs");
    assert!(report.complete, "{}", test.name);
    report.positive > 0
}

#[test]
fn each_template_shows_what_it_is_known_for() {
    let ids: Vec<&str> = lessons::TEMPLATES
        .iter()
        .map(|template| template.id)
        .collect();
    let known: Vec<&str> = KNOWN.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, known);
    for (template, (id, expected)) in lessons::TEMPLATES.iter().zip(KNOWN) {
        let parsed = litmus::parse(template.source);
        assert!(
            parsed.diagnostics.is_empty(),
            "{id}: {:?}",
            parsed.diagnostics
        );
        let test = parsed.test.expect("no diagnostics, a test");
        assert_eq!(test.name, *id);
        let machine = ["sc", "tso", "pso", "arm"].map(|model| reachable(&test, model));
        assert_eq!(machine, expected[..4], "{id}: sc, tso, pso, arm");
        let judgement = lkmm::judge(&test, &lkmm::models::LKMM, 1_000_000).expect("it is judged");
        assert!(judgement.complete);
        assert_eq!(judgement.positive > 0, expected[4], "{id}: lkmm");
        // What the file itself says is LKMM's verdict.
        let claimed = test
            .expected
            .as_ref()
            .map(|expected| format!("{:?}", expected.verdict));
        let said = if expected[4] { "Sometimes" } else { "Never" };
        assert_eq!(claimed.as_deref(), Some(said), "{id}");
    }
}

/// A template may not make the lab complain, warnings included; `Severity` has no third value that could slip through.
#[test]
fn a_broken_template_would_be_noticed() {
    let broken = lessons::TEMPLATES[0]
        .source
        .replace("WRITE_ONCE(*x, 1);", "WRITE_ONC(*x, 1);");
    let diagnostics = litmus::parse(&broken).diagnostics;
    assert!(diagnostics.iter().any(|d| d.severity == Severity::Error));
}
