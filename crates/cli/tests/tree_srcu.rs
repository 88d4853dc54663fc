//! What becomes of Tree SRCU when something is taken out of it: row by row and model
//! by model, with one and two readers and with one and two sections. Most rows are a
//! setting of a scenario; what has no toggle is edited in its text.
//!
//! The table that these rows are taken from was computed with herd7 and by
//! enumeration; it has one column for whatever is weaker than x86-TSO. The machine
//! and LKMM confirm each of its rows, and say more in four places:
//!
//! - *C removed*: on PSO only the store can be late. Loads stay in front of the unlock
//!   count there, so nobody reads what is freed.
//! - *A removed, two readers*: what counts is A of the scan of the rank that both readers
//!   are in. PSO is safe, as it keeps loads in order.
//! - *the start barrier, A and E removed*: with D still there this is safe on SC and on
//!   x86-TSO, and a use after free on PSO and Arm: the flip overtakes the publish.
//! - *no flip*: safe with two readers too.
//!
//! Every sum is compared once and must be equal: the filter leaves out the executions
//! that would scan again. What scans again later only sees more.

use std::path::{Path, PathBuf};

use explore::{DEFAULT_LIMIT, Reachable, check};
use litmus::{Setting, Test};
use lkmm::judge;
use machine::{CpuModel, SrcuFlavour};

/// Far more choices than any of them takes.
const LIMIT: u64 = 100_000_000;

const ONE: &str = "tree-srcu";
const TWO: &str = "tree-two-readers";
const LATE: &str = "tree-scans";
const SECTIONS: &str = "tree-two-sections";

/// The name, the scenario, the toggles that are off, lines to be replaced, and the
/// verdicts of SC, x86-TSO, PSO, Arm and LKMM: `!` when `outcome` can happen.
struct Row {
    name: &'static str,
    scenario: &'static str,
    off: &'static str,
    edits: &'static [(&'static str, &'static str)],
    outcome: &'static str,
    expect: &'static str,
}

const fn row(
    name: &'static str,
    scenario: &'static str,
    off: &'static str,
    expect: &'static str,
) -> Row {
    Row {
        name,
        scenario,
        off,
        edits: &[],
        outcome: "uaf",
        expect,
    }
}

const fn edited(
    name: &'static str,
    scenario: &'static str,
    edits: &'static [(&'static str, &'static str)],
    expect: &'static str,
) -> Row {
    Row {
        name,
        scenario,
        off: "",
        edits,
        outcome: "uaf",
        expect,
    }
}

const fn late(mut row: Row) -> Row {
    row.outcome = "late";
    row
}

const SAFE: &str = "------";
const TSO: &str = "-!!!!!";
const ARM: &str = "---!!!";
const EVERYWHERE: &str = "!!!!!!";

/// `smp_mb();` in front of the callback.
const END: &[(&str, &str)] = &[(
    "smp_mb(); /*@ in srcu_gp_end kernel/rcu/srcutree.c; phase end */",
    "; /*@ phase end */",
)];
const END_START: &[(&str, &str)] = &[
    END[0],
    (
        "smp_mb(); /*@ in srcu_gp_start kernel/rcu/srcutree.c; phase start */",
        "; /*@ phase start */",
    ),
];
/// Both barriers of the flip.
const ED: &[(&str, &str)] = &[
    (
        "smp_mb(); /*@ in srcu_flip kernel/rcu/srcutree.c; phase flip */",
        "; /*@ phase flip */",
    ),
    ("smp_mb(); /*@ in srcu_flip kernel/rcu/srcutree.c */", ";"),
];
/// The flip itself.
const FLIP: &[(&str, &str)] = &[(
    "WRITE_ONCE(*idx, 1); /*@ in srcu_flip kernel/rcu/srcutree.c */",
    ";",
)];
/// The first scan of a fresh domain: both sums are what nobody has counted.
const FIRST: &[(&str, &str)] = &[
    ("int out1 = READ_ONCE(*u1);", "int out1 = 0;"),
    ("int in1 = READ_ONCE(*l1);", "int in1 = 0;"),
];
/// The second scan looks at the new rank, as the first one did.
const NEW_RANK: &[(&str, &str)] = &[
    ("int out0 = READ_ONCE(*u0);", "int out0 = READ_ONCE(*u1);"),
    ("int in0 = READ_ONCE(*l0);", "int in0 = READ_ONCE(*l1);"),
];

const TABLE: &[Row] = &[
    row("none", ONE, "", SAFE),
    late(row("none, late store", ONE, "", SAFE)),
    row("none, two readers", TWO, "", SAFE),
    row("none, a rank of the past", LATE, "", SAFE),
    row("none, two sections", SECTIONS, "", SAFE),
    row("D removed", ONE, "d", SAFE),
    row("E removed", ONE, "e", SAFE),
    row("D and E removed", ONE, "d,e", SAFE),
    edited("D and E removed, two readers", TWO, ED, SAFE),
    edited("D and E removed, a rank of the past", LATE, ED, SAFE),
    edited("D and E removed, two sections", SECTIONS, ED, SAFE),
    row("start barrier removed", ONE, "start", SAFE),
    edited("end barrier removed", ONE, END, SAFE),
    edited("end barrier removed, two readers", TWO, END, SAFE),
    edited("end barrier removed, two sections", SECTIONS, END, SAFE),
    edited("start and end removed, two readers", TWO, END_START, SAFE),
    row("B removed", ONE, "b:none", TSO),
    row("B removed, two readers", TWO, "b:none", TSO),
    row("B removed, first section", SECTIONS, "b1:none", TSO),
    row("B removed, second section", SECTIONS, "b2:none", TSO),
    row("B weakened to smp_rmb", ONE, "b:smp_rmb", TSO),
    row("B weakened, two readers", TWO, "b:smp_rmb", TSO),
    row("B weakened, first section", SECTIONS, "b1:smp_rmb", TSO),
    row("B weakened, second section", SECTIONS, "b2:smp_rmb", TSO),
    row("A removed", ONE, "a1,a2", SAFE),
    row("A removed, two readers", TWO, "a1,a2", ARM),
    row("A of the first scan, two readers", TWO, "a1", SAFE),
    row("A of the second scan, two readers", TWO, "a2", ARM),
    row("C removed", ONE, "c", ARM),
    late(row("C removed, late store", ONE, "c", "--!!!!")),
    row("C removed, two readers", TWO, "c", ARM),
    row("C removed, first section", SECTIONS, "c1", ARM),
    row("C removed, second section", SECTIONS, "c2", ARM),
    row("start, A, D and E removed", ONE, "start,a1,a2,d,e", TSO),
    row("start, A and E removed", ONE, "start,a1,a2,e", "--!!!!"),
    row("start, A and D removed", ONE, "start,a1,a2,d", SAFE),
    row("start, D and E removed", ONE, "start,d,e", SAFE),
    row("locks before unlocks", TWO, "order", EVERYWHERE),
    edited("flip, new rank scanned only", ONE, NEW_RANK, EVERYWHERE),
    row("flip, no scan of the old rank", LATE, "scan2", EVERYWHERE),
    edited("no first scan, from fresh", ONE, FIRST, SAFE),
    row(
        "no first scan, a rank of the past",
        LATE,
        "scan1",
        EVERYWHERE,
    ),
    edited("no flip", ONE, FLIP, SAFE),
    edited("no flip, two readers", TWO, FLIP, SAFE),
    row("no flip, a rank of the past", LATE, "flip", SAFE),
    edited("no flip, two sections", SECTIONS, FLIP, SAFE),
];

fn test(row: &Row) -> Test {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let path: PathBuf = root.join(format!("{}.litmus", row.scenario));
    let mut source = std::fs::read_to_string(path).expect("a scenario");
    for (from, to) in row.edits {
        assert!(source.contains(from), "{}: no `{from}`", row.name);
        source = source.replace(from, to);
    }
    litmus::parse(&source).test.expect("a test")
}

fn verdicts(row: &Row) -> String {
    let test = test(row);
    let outcome = test.outcomes.iter().position(|o| o.name == row.outcome);
    let outcome = outcome.expect("an outcome");
    let resolved = test.with(&Setting::parse_off(&test, row.off).expect("a setting"));
    let mut found = String::new();
    let mut say = |happens: bool| found.push(if happens { '!' } else { '-' });
    for model in CpuModel::ALL {
        let report = check(&resolved, model, SrcuFlavour::Tree, DEFAULT_LIMIT).expect("a report");
        assert!(report.complete, "{}", row.name);
        assert!(
            !report.states.is_empty(),
            "{}: the grace period never ends",
            row.name
        );
        say(report.outcomes[outcome] == Reachable::Yes);
    }
    let judged = judge(&resolved, &lkmm::models::LKMM, LIMIT).expect("a judgement");
    assert!(judged.complete, "{}", row.name);
    say(judged.outcomes[outcome] > 0);
    found
}

#[test]
fn the_table_of_mutations() {
    let mut wrong = Vec::new();
    for row in TABLE {
        let found = verdicts(row);
        println!("{:40} {found}", row.name);
        if found != row.expect {
            wrong.push(format!("{}: {found}, not {}", row.name, row.expect));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
