//! What the page says of LKMM's answers.

mod common;

use std::sync::Arc;

use common::{source, test};
use explore::Reachable;
use litmus::Setting;
use lkmm::{Question, Why};
use picture::axioms::{self, AxiomNames};

#[test]
fn a_reason_in_words() {
    let test = test("doorbell");
    let setting = Setting::all_on(&test);
    let names = AxiomNames::new(&test, &setting, Some(&source("doorbell")));
    let resolved = Arc::new(test.with(&setting));
    let cond = resolved.outcomes[0].cond.clone();
    let mut question = Question::new(resolved, &lkmm::models::LKMM, cond);
    let why = question.run(&names, 1_000_000).expect("it can be judged");
    let why = why.expect("it is answered");
    let reason = axioms::reason(&why, &names).expect("there are such values");
    let violated = reason.violated.expect("it is forbidden");
    assert_eq!(violated.axiom, "happens-before");
    assert!(
        violated.rule.starts_with("What must happen first"),
        "{}",
        violated.rule
    );
    let links: Vec<String> = violated
        .links
        .iter()
        .map(|link| {
            format!(
                "{} {}: {} {:?}",
                link.place, link.name, link.text, link.lines
            )
        })
        .collect();
    assert_eq!(
        links,
        [
            "c → e po-rel: VMM's release store to `flag` (line 21) is a release: VMM's release store to `buses` (line 19) comes before it. [\"0:1\", \"0:3\"]",
            "e → f rf: vCPU 0's load of `flag` (line 26) reads what VMM's release store to `flag` (line 21) wrote. [\"0:3\", \"1:0\"]",
            "f → i mb: smp_mb__after_srcu_read_lock() (line 28) keeps vCPU 0's load of `buses` (line 29) behind vCPU 0's load of `flag` (line 26). [\"1:0\", \"1:2\", \"1:3\"]",
            "i → c fr: vCPU 0's load of `buses` (line 29) finds v1, so it came before VMM's release store to `buses` (line 19), which replaces that value. [\"1:3\", \"0:1\"]",
        ]
    );
    assert!(
        violated.conclusion.starts_with("vCPU 0's load"),
        "{}",
        violated.conclusion
    );
    assert_eq!(axioms::reason(&Why::NoSuchValues, &names), None);
}

#[test]
fn beside_the_machine() {
    let no = |name, states| (name, Reachable::No, states);
    let none = [no("SC", 20), no("PSO", 1200)];
    assert_eq!(
        axioms::machine(&none),
        "Every schedule was searched on SC (20 states) and PSO (1\u{202f}200 states): none has it."
    );
    let some = [
        no("SC", 20),
        ("PSO", Reachable::Unknown, 7),
        ("Arm", Reachable::Yes, 30),
    ];
    assert_eq!(
        axioms::machine(&some),
        "A schedule on Arm has it. Every schedule was searched on SC (20 states): none has it. On PSO it is not known."
    );
    assert_eq!(axioms::verdict(false, &none), "LKMM forbids it");
    assert!(axioms::verdict(true, &none).contains("none of these CPUs"));
    assert!(axioms::verdict(true, &some).contains("a CPU does it"));
    // What is not known is not called impossible.
    assert_eq!(axioms::verdict(true, &some[..2]), "LKMM allows it");
}

#[test]
fn flags_and_times() {
    assert_eq!(axioms::flagged(&[]), None);
    let flags = ["data-race".to_owned(), "invalid-sleep".to_owned()];
    let text = axioms::flagged(&flags).expect("there are some");
    assert!(text.starts_with("LKMM also reports a data race:"), "{text}");
    assert!(
        text.contains(", and synchronize_srcu() inside an RCU section"),
        "{text}"
    );
    assert_eq!(axioms::judged(10, true), "LKMM: checked in 0.1 ms");
    assert_eq!(
        axioms::judged(1230, true) + &axioms::judged_all(24, 11_600),
        "LKMM: checked in 1.2 ms, all 24 in 12 ms"
    );
    assert_eq!(axioms::judged(99_000, false), "LKMM: stopped at the limit");
}
