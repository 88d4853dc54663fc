//! Where the machine's Arm has less than the axioms of Arm allow, the command says so.

mod common;

use std::collections::BTreeSet;

use common::{Folder, run, run_with};
use lkmm::{Model, judge};
use serde_json::Value;

/// P0 reads `x`, does this, and writes `y`; P1 reads `y` and writes `x` in order.
fn load_buffering(name: &str, between: &str, stored: &str) -> String {
    format!(
        "C {name}

{{}}

P0(int *x, int *y, int *z)
{{
	int r0;
	int r1 = 1;
	int r2;

	r0 = READ_ONCE(*x);
{between}
	WRITE_ONCE(*y, {stored});
}}

P1(int *x, int *y)
{{
	int r0;

	r0 = READ_ONCE(*y);
	smp_mb();
	WRITE_ONCE(*x, r0);
}}

locations [0:r2; y]
exists (0:r0=1 /\\ 1:r0=1)
"
    )
}

const ARMS: [&str; 9] = [
    "",
    "smp_mb();",
    "smp_rmb();",
    "r1 = 1;",
    "r1 = 2;",
    "r2 = READ_ONCE(*z);",
    "r2 = READ_ONCE(*y);",
    "r2 = cmpxchg_acquire(z, 0, 1);",
    "WRITE_ONCE(*z, 1);",
];

/// Every arm against every other, with a constant and with a register stored.
fn programs() -> Vec<(String, String)> {
    let mut programs = Vec::new();
    for then in ARMS {
        for els in ARMS {
            for stored in ["1", "r1"] {
                let name = format!("branch-{}", programs.len());
                let between =
                    format!("\tif (r0 == 0) {{\n\t\t{then}\n\t}} else {{\n\t\t{els}\n\t}}");
                programs.push((name.clone(), load_buffering(&name, &between, stored)));
            }
        }
    }
    for atomic in ["cmpxchg_relaxed(z, 0, 1)", "atomic_fetch_add_relaxed(1, z)"] {
        let name = format!("atomic-{}", programs.len());
        let between = format!("\tr1 = {atomic};\n\tr1 = READ_ONCE(*z);");
        programs.push((name.clone(), load_buffering(&name, &between, "r1")));
    }
    programs
}

fn states(value: &Value) -> BTreeSet<String> {
    let list = value.as_array().cloned().unwrap_or_default();
    list.iter()
        .map(|state| state.as_str().expect("a state").to_owned())
        .collect()
}

#[test]
fn no_verdict_on_arm_hides_what_the_axioms_allow() {
    let folder = Folder::new();
    let programs = programs();
    for (name, text) in &programs {
        folder.file(&format!("{name}.litmus"), text);
    }
    let ran = run(&[
        "check",
        "--json",
        "--model",
        "arm",
        &folder.path().display().to_string(),
    ]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let arm = Model::by_id("arm").expect("Arm");
    let (mut other, mut more) = (0, 0);
    assert_eq!(ran.out.lines().count(), programs.len());
    for line in ran.out.lines() {
        let said: Value = serde_json::from_str(line).expect("JSON");
        let (_, text) = programs
            .iter()
            .find(|(name, _)| said["test"] == name.as_str())
            .expect("a program of ours");
        let test = litmus::parse(text).test.expect("a test");
        let judged = judge(&test, arm, u64::MAX).expect("a judgement");
        let allowed: BTreeSet<String> = judged.states.iter().cloned().collect();
        let reached = states(&said["states"]);
        let beyond: BTreeSet<String> = allowed.difference(&reached).cloned().collect();
        assert_eq!(states(&said["axioms_states"]), beyond, "{text}{line}");
        assert!(reached.is_subset(&allowed), "{text}{line}");
        if beyond.is_empty() {
            assert_eq!(said["axioms"], Value::Null, "{text}{line}");
            assert_eq!(said["verdict"], judged.verdict.name(), "{text}{line}");
            continue;
        }
        assert_eq!(said["axioms"], judged.verdict.name(), "{text}{line}");
        let note = said["note"].as_str().expect("a note");
        let place = if text.contains("if (") {
            "the branch in line 12"
        } else {
            "the atomic in line 12"
        };
        assert!(note.contains(place), "{note}");
        more += 1;
        other += usize::from(said["verdict"] != judged.verdict.name());
    }
    // Otherwise these programs show nothing.
    assert!(more >= 20 && other >= 10, "{more} {other}");
}

/// `if (r0) smp_mb();`: the axioms let the store go first where `r0` is 0.
fn joined() -> String {
    load_buffering("joined", "\tif (r0 != 1)\n\t\tsmp_mb();", "1")
}

#[test]
fn the_text_says_it_and_nothing_is_claimed() {
    let text = joined();
    let ran = run_with(&["check", "--model", "arm,power", "-"], &text);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let notes: Vec<&str> = ran.out.lines().filter(|l| l.starts_with("Note ")).collect();
    assert_eq!(
        notes[0],
        "Note joined: the Observation line is the answer of the machine; by the axioms it would be \
         Sometimes. The axioms of Arm allow 1 final state that no schedule of the machine has \
         (0:r0=1; 0:r2=0; 1:r0=1; [y]=1;). By the axioms a store may overtake the branch in line 12 before it. \
         The machine sends no store off on a guess: where something in the arms concerns the store, it waits \
         until the branch is resolved."
    );
    assert!(notes[1].contains("The axioms of Arm, which allows no more than POWER-like, allow 1"));
    // Whether the condition holds as quantified is left open.
    assert_eq!(ran.out.lines().filter(|line| *line == "??").count(), 2);
    let claimed = text.replace("\n{}\n", "\n(* Result: Never *)\n{}\n");
    let ran = run_with(&["check", "--model", "arm", "-"], &claimed);
    assert!(
        ran.out
            .contains("Claim joined Never: not decided by this model\n"),
        "{}",
        ran.out
    );
    // What stands in the same place on every path keeps its order.
    let plain = load_buffering("plain", "\tsmp_mb();", "1");
    let ran = run_with(&["check", "--model", "arm", "-"], &plain);
    assert!(ran.out.contains("Observation plain Never "), "{}", ran.out);
    assert!(!ran.out.contains("Note"), "{}", ran.out);
}

#[test]
fn a_verdict_of_the_file_is_not_decided_either() {
    let header = "(* @outcome out bad : 0:r0=1 /\\ 1:r0=1\n * @verdict out no=arm *)\n{}\n";
    let text = joined().replace("{}\n", header);
    let ran = run_with(&["check", "--model", "arm", "-"], &text);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let line = "Verdict joined out no: not decided, no schedule has it, but the axioms of the CPU allow it\n";
    assert!(ran.out.contains(line), "{}", ran.out);
    let json = run_with(&["check", "--json", "--model", "arm", "-"], &text);
    let said: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(said["verdicts"][0]["found"], "no");
    assert_eq!(said["verdicts"][0]["axioms"], "yes");
}

#[test]
fn explore_and_matrix_say_it() {
    let ran = run_with(&["explore", "--model", "arm", "-"], &joined());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let line = "no schedule of the machine has it, but the axioms of the CPU allow it\n";
    assert!(ran.out.contains(line), "{}", ran.out);
    assert!(
        ran.out
            .contains("\nNote: The axioms of Arm allow 1 final state"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("cannot happen"), "{}", ran.out);
    let json = run_with(&["explore", "--json", "--model", "arm", "-"], &joined());
    let said: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(said["outcomes"][0]["reachable"], "no");
    assert_eq!(said["outcomes"][0]["axioms"], "yes");

    // With the fence of P1 as a toggle: a barrier alone is not enough, though no schedule shows it.
    let toggled = joined().replace(
        "\tsmp_mb();\n\tWRITE_ONCE(*x",
        "\tsmp_mb(); /*@ toggle mb */\n\tWRITE_ONCE(*x",
    );
    let ran = run_with(&["matrix", "-"], &toggled);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("yes*"), "{}", ran.out);
    assert!(
        ran.out
            .contains("\n* Arm, off: (nothing). The axioms of Arm allow"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("  Arm: None of these barriers prevents it.\n"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("  x86-TSO: It cannot happen, even with no barrier.\n"),
        "{}",
        ran.out
    );
    let json = run_with(&["matrix", "--json", "-"], &toggled);
    let said: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(said["rows"][0]["cells"]["arm"], "yes");
    assert_eq!(said["rows"][0]["cells"]["tso"], "no");
    assert_eq!(said["by_axioms"][0]["model"], "arm");
}

/// A value that each arm sets alike depends on no branch: the machine lets the store go.
#[test]
fn the_same_value_in_each_arm_is_no_dependency() {
    let between = "\tif (r0)\n\t\tr1 = 1;\n\telse\n\t\tr1 = 1;";
    let text = load_buffering("alike", between, "r1");
    let ran = run_with(&["check", "--model", "arm", "-"], &text);
    assert!(
        ran.out.contains("Observation alike Sometimes "),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("Note"), "{}", ran.out);
}

/// They have no axioms but LKMM's.
#[test]
fn of_rcu_nothing_is_said() {
    let text = joined().replace(
        "\tr0 = READ_ONCE(*x);\n",
        "\trcu_read_lock();\n\tr0 = READ_ONCE(*x);\n\trcu_read_unlock();\n",
    );
    let ran = run_with(&["check", "--model", "arm", "-"], &text);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!ran.out.contains("Note"), "{}", ran.out);
}
