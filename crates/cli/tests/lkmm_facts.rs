//! The known verdicts of the Linux-kernel memory model on the race and its
//! variants, each once computed with herd7. A toggle of a scenario expresses most
//! of them; the others are written here.
//!
//! A verdict that changes here is a bug of the judge, of the scenario or of the
//! facts. It is never a reason to change the table alone.

mod common;

use std::path::{Path, PathBuf};

use common::run;
use litmus::{Setting, Test};
use lkmm::{Verdict, judge};

use Verdict::{Never, Sometimes};

/// Far more choices than any of them takes.
const LIMIT: u64 = 1_000_000;

/// Where a row's test comes from.
enum Source {
    /// A scenario, the toggles that are off, and the outcome that is asked for.
    Scenario(&'static str, &'static str, &'static str),
    /// What the updater and the reader do, and the condition.
    Written(&'static str, &'static str, &'static str),
}

use Source::{Scenario, Written};

struct Row(&'static str, Source, Verdict);

const DOORBELL: &str = "missed-doorbell";
const LOOP: &str = "emulation-loop";
const FREED: &str = "freed-bus";

const STALE: &str = "1:seen=1 /\\ 1:b=v1";
const USED_OLD: &str = "1:seen=1 /\\ 1:n=1";
const FREED_IN_USE: &str = "1:b=v1 /\\ 1:freed=1";

/// `call_srcu()`, and the flag by a release.
const UPDATER: &str =
    "*v2 = 2; rcu_assign_pointer(*buses, v2); call_srcu(srcu, v1); smp_store_release(flag, 1);";
/// The wait, and the flag by a plain store.
const WAITING: &str = "*v2 = 2; rcu_assign_pointer(*buses, v2); synchronize_srcu(srcu); kfree(v1); WRITE_ONCE(*flag, 1);";

/// The whole scenario.
const WHOLE: &[Row] = &[
    Row("A stale", Scenario(DOORBELL, "", "stale"), Never),
    Row("A uninitialised", Scenario(DOORBELL, "", "garbage"), Never),
    Row("B", Scenario(DOORBELL, "reader-mb", "stale"), Sometimes),
    Row(
        "B2",
        Written(
            UPDATER,
            "int seen = READ_ONCE(*flag); int idx = srcu_read_lock(srcu); smp_rmb();
             int *b = srcu_dereference(*buses, srcu); srcu_read_unlock(srcu, idx);",
            STALE,
        ),
        Never,
    ),
    Row(
        "B3",
        Written(
            UPDATER,
            "int *b; int seen = READ_ONCE(*flag);
             if (seen) { int idx = srcu_read_lock(srcu); b = srcu_dereference(*buses, srcu); srcu_read_unlock(srcu, idx); }",
            STALE,
        ),
        Sometimes,
    ),
    Row(
        "B3, the section around it",
        Written(
            UPDATER,
            "int *b; int seen = READ_ONCE(*flag); int idx = srcu_read_lock(srcu);
             if (seen) { b = srcu_dereference(*buses, srcu); } srcu_read_unlock(srcu, idx);",
            STALE,
        ),
        Sometimes,
    ),
    Row(
        "B4",
        Written(
            UPDATER,
            "int seen = smp_load_acquire(flag); int idx = srcu_read_lock(srcu);
             int *b = srcu_dereference(*buses, srcu); srcu_read_unlock(srcu, idx);",
            STALE,
        ),
        Never,
    ),
    Row("C", Scenario(DOORBELL, "flag-release", "stale"), Sometimes),
    Row(
        "C2",
        Written(
            "*v2 = 2; rcu_assign_pointer(*buses, v2); call_srcu(srcu, v1); smp_wmb(); WRITE_ONCE(*flag, 1);",
            "int seen = READ_ONCE(*flag); int idx = srcu_read_lock(srcu); smp_mb__after_srcu_read_lock();
             int *b = srcu_dereference(*buses, srcu); srcu_read_unlock(srcu, idx);",
            STALE,
        ),
        Never,
    ),
    Row(
        "D",
        Scenario(
            DOORBELL,
            "wait:synchronize_srcu_expedited,flag-release,reader-mb",
            "stale",
        ),
        Never,
    ),
    Row(
        "D2 no section",
        Written(
            WAITING,
            "int seen = READ_ONCE(*flag); int *b = READ_ONCE(*buses);",
            STALE,
        ),
        Sometimes,
    ),
    Row(
        "D3 another domain",
        Written(
            "*v2 = 2; rcu_assign_pointer(*buses, v2); synchronize_srcu(irq_srcu); kfree(v1); WRITE_ONCE(*flag, 1);",
            "int seen = READ_ONCE(*flag); int idx = srcu_read_lock(srcu);
             int *b = srcu_dereference(*buses, srcu); srcu_read_unlock(srcu, idx);",
            STALE,
        ),
        Sometimes,
    ),
    Row(
        "E",
        Scenario(
            LOOP,
            "wait:synchronize_srcu_expedited,flag-release,loop-rmb",
            "stale",
        ),
        Never,
    ),
    Row("E2", Scenario(LOOP, "loop-rmb", "stale"), Sometimes),
    Row("E3", Scenario(LOOP, "", "stale"), Never),
    Row("F", Written(WAITING, KEPT, USED_OLD), Never),
    Row("F2", Written(UPDATER, KEPT, USED_OLD), Sometimes),
    Row("F2 with smp_mb", Written(UPDATER, KEPT_MB, USED_OLD), Sometimes),
    Row("G", Scenario(DOORBELL, "publish", "garbage"), Sometimes),
    Row(
        "H",
        Scenario(FREED, "early-wait,wait:synchronize_srcu_expedited,reader-mb", "uaf"),
        Never,
    ),
    Row(
        "H2 no wait",
        Scenario(FREED, "early-wait,wait:none", "uaf"),
        Sometimes,
    ),
    Row(
        "H3 wrong domain",
        Scenario(FREED, "early-wait,wait:3", "uaf"),
        Sometimes,
    ),
    Row(
        "H4 reader unlocked",
        Written(
            WAITING,
            "int *b = READ_ONCE(*buses); int freed = READ_ONCE(*v1_freed);",
            FREED_IN_USE,
        ),
        Sometimes,
    ),
    Row(
        "H4 left, entered again",
        Scenario(FREED, "early-wait,section", "uaf"),
        Sometimes,
    ),
    Row(
        "H5 wait before the publish",
        Scenario(FREED, "wait:none", "uaf"),
        Sometimes,
    ),
    Row(
        "H6 the same, no fence",
        Scenario(FREED, "wait:none,reader-mb", "uaf"),
        Sometimes,
    ),
    Row("I", Scenario(FREED, "early-wait", "uaf"), Never),
    Row("I2", Scenario(FREED, "early-wait,reader-mb", "uaf"), Never),
    Row("I doorbell", Scenario(DOORBELL, "", "uaf"), Never),
    Row(
        "I2 doorbell",
        Scenario(DOORBELL, "reader-mb,flag-release", "uaf"),
        Never,
    ),
];

/// A reference that is kept: the pointer first, the flag later in the section.
const KEPT: &str = "int idx = srcu_read_lock(srcu); int *p = srcu_dereference(*buses, srcu);
    int seen = READ_ONCE(*flag); int n = *p; srcu_read_unlock(srcu, idx);";
const KEPT_MB: &str = "int idx = srcu_read_lock(srcu); smp_mb__after_srcu_read_lock();
    int *p = srcu_dereference(*buses, srcu); int seen = READ_ONCE(*flag); smp_mb(); int n = *p;
    srcu_read_unlock(srcu, idx);";

/// The rows by hardware: LKMM says of them what POWER does, wherever C can express them.
const HARDWARE: &[Row] = &[
    Row(
        "dependency broken",
        Scenario("publish", "dependency", "garbage"),
        Sometimes,
    ),
    Row(
        "release of the publish removed",
        Scenario("publish", "publish", "garbage"),
        Sometimes,
    ),
    Row("publish", Scenario("publish", "", "garbage"), Never),
    Row("B and A", Scenario("store-buffering", "", "uaf"), Never),
    Row(
        "B weakened to smp_rmb",
        Scenario("store-buffering", "b", "uaf"),
        Sometimes,
    ),
    Row(
        "A removed, no start barrier",
        Scenario("store-buffering", "a", "uaf"),
        Sometimes,
    ),
    Row(
        "message passing",
        Scenario("message-passing", "", "stale"),
        Never,
    ),
    Row(
        "message passing, no release",
        Scenario("message-passing", "release", "stale"),
        Sometimes,
    ),
    Row(
        "message passing, no acquire",
        Scenario("message-passing", "acquire", "stale"),
        Sometimes,
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn parse(text: &str) -> Test {
    let parsed = litmus::parse(text);
    let said: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
    parsed.test.expect("a test without diagnostics")
}

fn verdict(source: &Source) -> Verdict {
    let (test, outcome) = match source {
        Scenario(id, off, outcome) => {
            let path = root().join("scenarios").join(format!("{id}.litmus"));
            let test = parse(&std::fs::read_to_string(path).expect("a scenario"));
            let setting = Setting::parse_off(&test, off).expect("a setting");
            (test.with(&setting), *outcome)
        }
        Written(updater, reader, condition) => {
            let domains = "struct srcu_struct *srcu, struct srcu_struct *irq_srcu";
            let text = format!(
                "C written\n(*\n @object v1 \"bus v1\" freed=v1_freed\n @outcome asked : {condition}\n*)\n\
                 {{ int v1 = 1; int *buses = &v1; int v1_freed = 0; }}\n\
                 P0(int *flag, int **buses, int *v1, int *v2, {domains})\n{{ {updater} }}\n\
                 P1(int *flag, int **buses, int *v1_freed, {domains})\n{{ {reader} }}\n\
                 exists ({condition})\n"
            );
            (parse(&text), "asked")
        }
    };
    let judgement = judge(&test, &lkmm::models::LKMM, LIMIT).expect("LKMM can judge it");
    assert!(judgement.complete);
    let place = test.outcomes.iter().position(|o| o.name == outcome);
    let executions = judgement.outcomes[place.expect("the outcome")];
    match (executions, judgement.positive + judgement.negative) {
        (0, _) => Never,
        (some, all) if some == all => Verdict::Always,
        _ => Sometimes,
    }
}

fn check(rows: &[Row]) {
    let wrong: Vec<String> = rows
        .iter()
        .map(|Row(name, source, wanted)| (name, verdict(source), *wanted))
        .filter(|(_, found, wanted)| found != wanted)
        .map(|(name, found, wanted)| format!("{name}: {found:?}, not {wanted:?}"))
        .collect();
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

/// What the files say of themselves. `relay` is the one that no CPU of the machine can do.
#[test]
fn the_files_of_the_facts_agree() {
    let folders = ["scenarios", "crates/lessons/tests/facts"];
    let paths = folders.map(|folder| root().join(folder).display().to_string());
    let ran = run(&[&["check".to_string()], &paths[..]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let claims: Vec<&str> = ran
        .out
        .lines()
        .filter(|l| l.starts_with("Claim "))
        .collect();
    assert!(claims.len() >= 16, "{claims:?}");
    assert!(claims.iter().all(|l| l.ends_with(": agrees")), "{claims:?}");
    assert!(
        claims.contains(&"Claim relay Sometimes: agrees"),
        "{claims:?}"
    );
}

/// What LKMM says of a scenario, herd7 would say of its export.
#[test]
fn exports_say_the_same() {
    let mut compared = 0;
    for entry in std::fs::read_dir(root().join("scenarios")).expect("the scenarios") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|e| e != "litmus") {
            continue;
        }
        let test = parse(&std::fs::read_to_string(&path).expect("a scenario"));
        // Objects of several fields are not exported.
        if test.objects.iter().any(|o| o.fields.len() > 1) {
            continue;
        }
        for setting in Setting::all(&test) {
            for outcome in 0..test.outcomes.len() {
                let export = litmus::export_herd_outcome(&test, &setting, outcome);
                let export = parse(&export.expect("an export").text);
                let judged = |test: &Test| judge(test, &lkmm::models::LKMM, LIMIT);
                let ours = judged(&test.with(&setting)).expect("LKMM can judge it");
                let theirs = judged(&export).expect("LKMM can judge it");
                assert!(ours.complete && theirs.complete);
                assert_eq!(
                    ours.outcomes[outcome] > 0,
                    theirs.positive > 0,
                    "{} off={} {}",
                    path.display(),
                    setting.to_off(&test),
                    test.outcomes[outcome].name
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared}");
}
