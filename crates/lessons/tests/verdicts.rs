//! FACTS.md §6, row by row: what can happen, on each model and in both flavours
//! of SRCU. The LKMM column was computed with herd7; the machine's verdicts must
//! lie inside it.
//!
//! A verdict that changes here is a bug of the machine, of the scenario or of the
//! facts. It is never a reason to change the table alone.

mod common;

use std::sync::Arc;

use litmus::{Setting, Test};
use machine::SrcuFlavour;

use Lkmm::{Never, Sometimes};

/// What the Linux-kernel memory model says of the row.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lkmm {
    Never,
    Sometimes,
}

/// A row. `tree` and `fast` are the models sc, tso, pso, arm, power in this order, `S`
/// for sometimes and `-` for never.
struct Row {
    name: &'static str,
    file: &'static str,
    off: &'static str,
    outcome: &'static str,
    lkmm: Lkmm,
    tree: &'static str,
    fast: &'static str,
}

/// The row has the same verdicts in both flavours.
const fn both(
    name: &'static str,
    file: &'static str,
    off: &'static str,
    outcome: &'static str,
    lkmm: Lkmm,
    models: &'static str,
) -> Row {
    Row {
        name,
        file,
        off,
        outcome,
        lkmm,
        tree: models,
        fast: models,
    }
}

/// The row is one of the contract: with Tree SRCU, whose lock is a full barrier
/// today, it cannot happen anywhere.
const fn contract(
    name: &'static str,
    file: &'static str,
    off: &'static str,
    outcome: &'static str,
    fast: &'static str,
) -> Row {
    Row {
        name,
        file,
        off,
        outcome,
        lkmm: Sometimes,
        tree: "-----",
        fast,
    }
}

const DOORBELL: &str = "missed-doorbell";
const LOOP: &str = "emulation-loop";
const FREED: &str = "freed-bus";
const TREE: &str = "tree-srcu";

/// The whole scenario.
const WHOLE: &[Row] = &[
    both("A stale", DOORBELL, "", "stale", Never, "-----"),
    both("A uninitialised", DOORBELL, "", "garbage", Never, "-----"),
    contract("B", DOORBELL, "reader-mb", "stale", "---SS"),
    both("B2", "B2", "", "stale", Never, "-----"),
    contract("B3", "B3", "", "stale", "---SS"),
    contract("B3, section outside", "B3-section", "", "stale", "---SS"),
    both("B4", "B4", "", "stale", Never, "-----"),
    both("C", DOORBELL, "flag-release", "stale", Sometimes, "--SSS"),
    both("C2", "C2", "", "stale", Never, "-----"),
    both(
        "D",
        DOORBELL,
        "wait:synchronize_srcu_expedited,flag-release,reader-mb",
        "stale",
        Never,
        "-----",
    ),
    both("D2", "D2", "", "stale", Sometimes, "---SS"),
    contract("D3", "D3", "", "stale", "---SS"),
    both(
        "E",
        LOOP,
        "wait:synchronize_srcu_expedited,flag-release,loop-rmb",
        "stale",
        Never,
        "-----",
    ),
    both("E2", LOOP, "loop-rmb", "stale", Sometimes, "---SS"),
    both("E3", LOOP, "", "stale", Never, "-----"),
    both(
        "F",
        "F",
        "wait:synchronize_srcu,reader-mb,use-mb",
        "stale",
        Never,
        "-----",
    ),
    both("F2", "F", "reader-mb,use-mb", "stale", Sometimes, "SSSSS"),
    both("F2 with smp_mb", "F", "", "stale", Sometimes, "SSSSS"),
    both("G", DOORBELL, "publish", "garbage", Sometimes, "--SSS"),
    both(
        "H",
        FREED,
        "early-wait,wait:synchronize_srcu_expedited,reader-mb",
        "uaf",
        Never,
        "-----",
    ),
    both(
        "H2 no wait",
        FREED,
        "early-wait,wait:none",
        "uaf",
        Sometimes,
        "SSSSS",
    ),
    both(
        "H3 wrong domain",
        FREED,
        "early-wait,wait:3",
        "uaf",
        Sometimes,
        "SSSSS",
    ),
    both("H4 reader unlocked", "H4", "", "uaf", Sometimes, "SSSSS"),
    both(
        "H4 left, entered again",
        FREED,
        "early-wait,section",
        "uaf",
        Sometimes,
        "SSSSS",
    ),
    both(
        "H5 early wait",
        FREED,
        "wait:none",
        "uaf",
        Sometimes,
        "SSSSS",
    ),
    both(
        "H6 early, no fence",
        FREED,
        "wait:none,reader-mb",
        "uaf",
        Sometimes,
        "SSSSS",
    ),
    both("I", FREED, "early-wait", "uaf", Never, "-----"),
    both("I2", FREED, "early-wait,reader-mb", "uaf", Never, "-----"),
    // The same two on the mission's own scenario.
    both("I doorbell", DOORBELL, "", "uaf", Never, "-----"),
    both(
        "I2 doorbell",
        DOORBELL,
        "reader-mb,flag-release",
        "uaf",
        Never,
        "-----",
    ),
];

/// By hardware. B, C and the grace period's barriers belong to SRCU from inside
/// (`tree-srcu`); `store-buffering` is the shape that B and A are there for.
const HARDWARE: &[Row] = &[
    both("none", DOORBELL, "", "stale", Never, "-----"),
    contract(
        "reader's barrier removed",
        DOORBELL,
        "reader-mb",
        "stale",
        "---SS",
    ),
    contract(
        "only a control dependency",
        "B3-section",
        "",
        "stale",
        "---SS",
    ),
    both("smp_rmb instead", "B2", "", "stale", Never, "-----"),
    both(
        "acquire of the flag instead",
        "B4",
        "",
        "stale",
        Never,
        "-----",
    ),
    both(
        "updater's flag not ordered",
        DOORBELL,
        "flag-release",
        "stale",
        Sometimes,
        "--SSS",
    ),
    both(
        "release of the publish removed",
        "publish",
        "publish",
        "garbage",
        Sometimes,
        "--SSS",
    ),
    both(
        "dependency broken",
        "publish",
        "dependency",
        "garbage",
        Sometimes,
        "---SS",
    ),
    both("B and A", "store-buffering", "", "uaf", Never, "-----"),
    both(
        "B weakened to smp_rmb",
        "store-buffering",
        "b",
        "uaf",
        Sometimes,
        "-SSSS",
    ),
    both(
        "A removed, no start barrier",
        "store-buffering",
        "a",
        "uaf",
        Sometimes,
        "-SSSS",
    ),
    both("B removed", TREE, "b:none", "uaf", Sometimes, "-SSSS"),
    both("B weakened", TREE, "b:smp_rmb", "uaf", Sometimes, "-SSSS"),
    // With the flip's barriers in place these two are not missed: E and D do their
    // work. The row of the facts is about the shape without a flip, above.
    both(
        "start barrier and A removed",
        TREE,
        "start,a1,a2",
        "uaf",
        Never,
        "-----",
    ),
    both(
        "start barrier, A, D and E removed",
        TREE,
        "start,a1,a2,d,e",
        "uaf",
        Sometimes,
        "-SSSS",
    ),
    both("C removed", TREE, "c", "uaf", Sometimes, "---SS"),
    both("C removed, store", TREE, "c", "late", Sometimes, "--SSS"),
    both("relay", "relay", "", "stale", Sometimes, "----S"),
    both(
        "relay, as a lesson",
        "second-hand",
        "tell:1",
        "stale",
        Sometimes,
        "----S",
    ),
    both(
        "message passing",
        "message-passing",
        "",
        "stale",
        Never,
        "-----",
    ),
    both(
        "message passing, no release",
        "message-passing",
        "release",
        "stale",
        Sometimes,
        "--SSS",
    ),
    both(
        "message passing, no acquire",
        "message-passing",
        "acquire",
        "stale",
        Sometimes,
        "---SS",
    ),
];

/// A scenario of the course, or a file of `tests/facts`.
fn test(file: &str) -> Arc<Test> {
    if let Some(lesson) = lessons::by_id(file) {
        return lesson.test();
    }
    let path = format!("{}/tests/facts/{file}.litmus", env!("CARGO_MANIFEST_DIR"));
    let source = std::fs::read_to_string(&path).expect("a file of the facts");
    let parsed = litmus::parse(&source);
    let said: Vec<String> = parsed
        .diagnostics
        .iter()
        .map(|d| d.with_file(&path).to_string())
        .collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
    Arc::new(parsed.test.expect("a test without diagnostics"))
}

fn verdicts(row: &Row, flavour: SrcuFlavour) -> String {
    let test = test(row.file);
    let setting = Setting::parse_off(&test, row.off).expect("a setting");
    let outcome = test
        .outcomes
        .iter()
        .position(|o| o.name == row.outcome)
        .expect("an outcome");
    let reached = common::verdicts(&test, &setting, outcome, flavour);
    reached
        .map(|reached| if reached { "S" } else { "-" })
        .concat()
}

fn check(rows: &[Row]) {
    let mut wrong = Vec::new();
    println!("{:32} {:10} tree fast", "", "LKMM");
    for row in rows {
        let mut found = Vec::new();
        for (name, flavour) in common::FLAVOURS {
            let expected = if name == "tree" { row.tree } else { row.fast };
            let verdicts = verdicts(row, flavour);
            if verdicts != expected {
                wrong.push(format!(
                    "{} srcu={name}: {verdicts}, not {expected}",
                    row.name
                ));
            }
            if row.lkmm == Never && verdicts != "-----" {
                wrong.push(format!(
                    "{} srcu={name}: {verdicts}, and LKMM says Never",
                    row.name
                ));
            }
            found.push(verdicts);
        }
        // A lighter SRCU promises no more than a heavier one.
        let stronger = found[0]
            .chars()
            .zip(found[1].chars())
            .all(|(t, f)| t == '-' || f == 'S');
        if !stronger {
            wrong.push(format!("{}: tree can do what fast cannot", row.name));
        }
        println!(
            "{:32} {:10} {} {}",
            row.name,
            format!("{:?}", row.lkmm),
            found[0],
            found[1]
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_whole_scenario() {
    check(WHOLE);
}

#[test]
fn by_hardware() {
    check(HARDWARE);
}

/// In every setting of every scenario: SC ⊆ TSO ⊆ PSO ⊆ POWER and SC ⊆ Arm ⊆ POWER.
#[test]
fn models_grow_weaker() {
    for lesson in lessons::all() {
        let test = lesson.test();
        for setting in Setting::all(&test) {
            for outcome in 0..test.outcomes.len() {
                for (name, flavour) in common::FLAVOURS {
                    let [sc, tso, pso, arm, power] =
                        common::verdicts(&test, &setting, outcome, flavour);
                    assert!(
                        (!sc || tso && arm) && (!tso || pso) && (!(pso || arm) || power),
                        "{} off={} srcu={name}",
                        lesson.id,
                        setting.to_off(&test)
                    );
                }
            }
        }
    }
}

/// What a file's `Result:` says of it as written is what the table says.
#[test]
fn claims_agree_with_the_table() {
    for row in WHOLE
        .iter()
        .chain(HARDWARE)
        .filter(|row| row.off.is_empty())
    {
        let test = test(row.file);
        let same = test.condition.as_ref().map(|c| &c.cond)
            == test
                .outcomes
                .iter()
                .find(|o| o.name == row.outcome)
                .map(|o| &o.cond);
        if same {
            let claim = test.expected.as_ref().map(|e| format!("{:?}", e.verdict));
            assert_eq!(claim, Some(format!("{:?}", row.lkmm)), "{}", row.name);
        }
    }
}
