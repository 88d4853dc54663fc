//! Tree SRCU written out: `@srcu`, `@srcu_data`, `/*@ phase … */`.

mod common;

use common::{check_round_trip, good};
use litmus::{GpPhase, Stmt, StmtKind, Test, VarId, parse};

const HEADER: &str = "@srcu \"kvm->srcu\" idx=idx\n@srcu_data P0 locks=l0,l1 unlocks=u0,u1";

fn text(header: &str, phases: [&str; 3]) -> String {
    let [first, second, third] = phases;
    format!(
        "C t\n(*\n{header}\n*)\n{{ idx=0; l0=0; l1=0; u0=0; u1=0; x=0; }}\n\
         P0(int *idx, int *l0) {{ int i = READ_ONCE(*idx); WRITE_ONCE(*l0, 1); {first} }}\n\
         P1(int *u1, int *l1, int *x) {{\n\
         WRITE_ONCE(*x, 1);\n\
         smp_mb(); {second}\n\
         if (1) {{ int a = READ_ONCE(*u1); {third} int b = READ_ONCE(*l1); }}\n\
         WRITE_ONCE(*x, 2);\n}}\n"
    )
}

const PHASES: [&str; 3] = ["", "/*@ phase start */", "/*@ phase scan1 */"];

/// The diagnostics of a text.
fn check(source: &str, expected: &[&str]) {
    let found: Vec<String> = parse(source)
        .diagnostics
        .iter()
        .map(|d| {
            let help = d.suggestion.as_ref().map(|help| format!(" [{help}]"));
            let help = help.unwrap_or_default();
            format!("{}:{} {}{help}", d.line, d.column, d.message)
        })
        .collect();
    assert_eq!(found, expected, "in\n{source}");
}

fn var(test: &Test, name: &str) -> VarId {
    let at = test.vars.iter().position(|var| var.name == name);
    VarId(at.unwrap_or_else(|| panic!("no {name}")) as u16)
}

#[test]
fn variables_have_their_places() {
    let test = good(&text(HEADER, PHASES));
    let tree = test.srcu.as_ref().expect("it is there");
    assert_eq!(tree.label.as_deref(), Some("kvm->srcu"));
    assert_eq!(tree.idx, var(&test, "idx"));
    let [data] = tree.cpus.as_slice() else {
        panic!("one reader: {tree:?}");
    };
    assert_eq!(data.thread, 0);
    assert_eq!(data.locks, ["l0", "l1"].map(|name| var(&test, name)));
    assert_eq!(data.unlocks, ["u0", "u1"].map(|name| var(&test, name)));
}

#[test]
fn a_phase_lasts_until_the_next() {
    fn collect(body: &[Stmt], out: &mut Vec<Option<GpPhase>>) {
        for stmt in body {
            out.push(stmt.phase);
            if let StmtKind::If { then, els, .. } = &stmt.kind {
                collect(then, out);
                collect(els, out);
            }
        }
    }
    let test = good(&text(HEADER, PHASES));
    let mut phases = Vec::new();
    collect(&test.threads[1].body, &mut phases);
    let (start, scan) = (Some(GpPhase::Start), Some(GpPhase::Scan1));
    // The store; the fence; the `if`, then its two loads; the last store.
    assert_eq!(phases, [None, start, start, scan, scan, scan]);
    assert!(test.threads[0].body.iter().all(|stmt| stmt.phase.is_none()));
}

#[test]
fn printing_loses_nothing() {
    check_round_trip(&text(HEADER, PHASES));
    check_round_trip(&text(
        "@srcu idx=idx\n@srcu_data P1 locks=x,l1 unlocks=l0,u1",
        ["/*@ phase flip; mode host */", "", ""],
    ));
    let order: Vec<&str> = GpPhase::ALL.iter().map(|phase| phase.name()).collect();
    let all: String = order
        .iter()
        .map(|name| format!("smp_mb(); /*@ phase {name} */\n"))
        .collect();
    check_round_trip(&text(HEADER, [&all, "", ""]));
}

#[test]
fn the_index() {
    let with = |first: &str| {
        text(
            &HEADER.replace("@srcu \"kvm->srcu\" idx=idx", first),
            PHASES,
        )
    };
    let usage = "write `@srcu \"kvm->srcu\" idx=idx`";
    check(&text(HEADER, PHASES), &[]);
    check(
        &with("@srcu \"kvm->srcu\""),
        &[&format!(
            "3:2 `@srcu` does not say which variable is the index [{usage}]"
        )],
    );
    check(
        &with("@srcu idx=idxx"),
        &["3:11 there is no shared variable `idxx` [did you mean `idx`?]"],
    );
    check(
        &with("@srcu idx=idx,l0"),
        &[&format!("3:7 this word means nothing here [{usage}]")],
    );
    check(
        &with("@srcu idx=idx\n@srcu idx=l0"),
        &["4:2 there is a `@srcu` already"],
    );
    check(
        &text("@srcu idx=idx", PHASES),
        &[
            "3:2 nobody counts: there is no `@srcu_data` [write `@srcu_data P0 locks=l0,l1 unlocks=u0,u1`]",
        ],
    );
    check(
        &text("@srcv idx=idx", ["", "", ""]),
        &["3:2 there is no directive `@srcv` [did you mean `@srcu`?]"],
    );
}

#[test]
fn the_counters() {
    let with = |second: &str| text(&format!("@srcu idx=idx\n{second}"), PHASES);
    let usage = "write `@srcu_data P0 locks=l0,l1 unlocks=u0,u1`";
    check(
        &with("@srcu_data"),
        &[&format!("4:2 `@srcu_data` names no thread [{usage}]")],
    );
    check(
        &with("@srcu_data P3 locks=l0,l1 unlocks=u0,u1"),
        &["4:12 there is no thread `P3` [did you mean `P0`?]"],
    );
    check(
        &with("@srcu_data P0 locks=l0 unlocks=u0,u1"),
        &[&format!(
            "4:15 there are two ranks, so two variables [{usage}]"
        )],
    );
    check(
        &with("@srcu_data P0 lock=l0,l1 unlocks=u0,u1"),
        &["4:15 this word means nothing here [did you mean `locks`?]"],
    );
    check(
        &with("@srcu_data P0 locks=l0,l1"),
        &[&format!("4:2 `@srcu_data` has no `unlocks=` [{usage}]")],
    );
    check(
        &with("@srcu_data P0 locks=l0,l1 unlocks=u0,l1"),
        &["4:38 `l1` is counted with twice"],
    );
    check(
        &with("@srcu_data P0 locks=l0,idx unlocks=u0,u1"),
        &["4:24 `idx` is counted with twice"],
    );
    check(
        &with("@srcu_data P0 locks=l0,l1 unlocks=u0,u1\n@srcu_data P0 locks=x,l1 unlocks=u0,u1"),
        &["5:12 `P0` has its counters already"],
    );
    check(
        &text("@srcu_data P0 locks=l0,l1 unlocks=u0,u1", ["", "", ""]),
        &[
            "3:2 the counters belong to a `@srcu`, and there is none [write `@srcu \"kvm->srcu\" idx=idx`]",
        ],
    );
}

#[test]
fn the_phases() {
    check(
        &text(HEADER, ["", "/*@ phase scan3 */", ""]),
        &["10:21 this is no phase of a grace period [did you mean `scan1`?]"],
    );
    check(
        &text(HEADER, ["", "/*@ phase */", ""]),
        &[
            "10:15 this is no phase of a grace period [the phases are start, scan1, flip, scan2, end, callbacks]",
        ],
    );
    check(
        &text(HEADER, ["/*@ phase start */", "/*@ phase end */", ""]),
        &["10:15 the grace period is `P0`'s already [one thread does all of it]"],
    );
    check(
        &text("@title t", ["", "/*@ phase start */", ""]),
        &[
            "9:15 a phase belongs to the grace period of a `@srcu`, and there is none [write `(* @srcu \"kvm->srcu\" idx=idx *)` before the init block]",
        ],
    );
    let behind =
        text(HEADER, PHASES).replace("READ_ONCE(*l1); }", "READ_ONCE(*l1); } /*@ phase flip */");
    check(
        &behind,
        &[
            "11:83 `phase` stands behind a simple statement [write it behind the first statement of the new phase]",
        ],
    );
}
