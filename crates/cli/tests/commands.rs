//! `stalebus explore`, `matrix`, `export`, `fmt`, and the help.

mod common;

use common::{BOTH_ZERO, DEADLOCK, Folder, MP, run, run_with, sb};
use serde_json::Value;

fn json(args: &[&str], input: &str) -> Value {
    let ran = run_with(args, input);
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).expect("JSON")
}

#[test]
fn explore_tells_the_shortest_schedule() {
    let ran = run_with(&["explore", "--model", "arm", "--off", "rmb", "-"], MP);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for text in [
        "Message passing on Arm, SRCU fast, off: rmb\n",
        "every schedule\n",
        "Final states: 4\n",
        "stale (flag seen, old data): can happen\n",
        "The shortest schedule, 7 steps:\n",
        "   1. ",
        "   7. ",
        "ends with 1:r0=1; 1:r1=0;",
        "READ_ONCE(*data)",
        "P0 (VMM)",
    ] {
        assert!(ran.out.contains(text), "{text:?} in\n{}", ran.out);
    }
    // The condition is the bad outcome again.
    assert!(!ran.out.contains("exists"), "{}", ran.out);
    let strong = run_with(&["explore", "--model", "arm", "-"], MP);
    assert!(
        strong
            .out
            .contains("stale (flag seen, old data): cannot happen\n"),
        "{}",
        strong.out
    );
}

#[test]
fn explore_as_json() {
    let value = json(
        &["explore", "--model", "pso", "--off", "wmb", "--json", "-"],
        MP,
    );
    let outcome = &value["outcomes"][0];
    assert_eq!(
        (outcome["name"].as_str(), outcome["reachable"].as_str()),
        (Some("stale"), Some("yes"))
    );
    assert_eq!(
        (&value["off"], &value["complete"]),
        (&"wmb".into(), &true.into())
    );
    assert_eq!(outcome["shortest"], true);
    let steps = outcome["schedule"].as_array().expect("steps");
    let lines: Vec<&str> = MP.lines().collect();
    for step in steps {
        for key in ["step", "cpu", "text", "did"] {
            assert!(
                step[key].as_str().is_some_and(|text| !text.is_empty()),
                "{key} in {step}"
            );
        }
        let line = step["line"]
            .as_u64()
            .and_then(|n| usize::try_from(n).ok())
            .expect("a line");
        let text = step["text"].as_str().expect("a text");
        assert!(lines[line - 1].contains(text), "{text} on line {line}");
        let name: Result<machine::StepName, _> = step["step"].as_str().expect("a name").parse();
        assert!(name.is_ok());
    }
}

#[test]
fn explore_a_named_outcome() {
    let value = json(
        &[
            "explore",
            "--model",
            "sc",
            "--outcome",
            "fresh",
            "--json",
            "-",
        ],
        MP,
    );
    assert_eq!(value["outcomes"].as_array().map(Vec::len), Some(1));
    assert_eq!(value["outcomes"][0]["name"], "fresh");
    let exists = json(&["explore", "--outcome", "exists", "--json", "-"], MP);
    assert_eq!(exists["model"], "arm", "the scenario's own");
    assert_eq!(exists["outcomes"][0]["reachable"], "no");
    let wrong = run_with(&["explore", "--outcome", "stole", "-"], MP);
    assert_eq!((wrong.code, wrong.out.as_str()), (2, ""));
    assert!(
        wrong.err.contains("there are: stale, fresh, exists"),
        "{}",
        wrong.err
    );
}

#[test]
fn explore_what_goes_wrong() {
    let value = json(&["explore", "--model", "sc", "--json", "-"], DEADLOCK);
    let names: Vec<_> = value["outcomes"]
        .as_array()
        .expect("outcomes")
        .iter()
        .map(|o| &o["name"])
        .collect();
    assert_eq!(names, ["exists", "deadlock"]);
    assert_eq!(value["outcomes"][1]["reachable"], "yes");
    assert!(
        value["outcomes"][1]["end"]
            .as_str()
            .is_some_and(|end| end.contains("its own CPU"))
    );
    let forall = json(
        &["explore", "--model", "tso", "--json", "-"],
        &sb("SB", "", "forall (0:r0=1)"),
    );
    assert_eq!(forall["outcomes"][0]["name"], "forall-fails");
    assert_eq!(forall["outcomes"][0]["reachable"], "yes");
}

#[test]
fn explore_incomplete() {
    let ran = run_with(&["explore", "--model", "sc", "--limit", "2", "-"], MP);
    assert_eq!(ran.code, 3);
    assert!(
        ran.out.contains("Warning: search incomplete after "),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("cannot happen"), "{}", ran.out);
}

#[test]
fn lkmm_has_no_schedules() {
    let ran = run_with(&["explore", "--model", "lkmm", "-"], MP);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("stalebus check"), "{}", ran.err);
}

#[test]
fn the_matrix() {
    let ran = run_with(&["matrix", "-"], MP);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(
        ran.out,
        "Can `stale` (flag seen, old data) happen?

off        SC  x86-TSO  PSO  Arm  POWER-like  LKMM
(nothing)  no  no       no   no   no          no
rmb        no  no       no   yes  yes         yes
wmb        no  no       yes  yes  yes         yes
wmb,rmb    no  no       yes  yes  yes         yes

The weakest settings that prevent it:
  SC: It cannot happen, even with no barrier.
  x86-TSO: It cannot happen, even with no barrier.
  PSO: smp_wmb() in line 19 (VMM).
  Arm: smp_wmb() in line 19 (VMM) and smp_rmb() in line 26 (P1).
  POWER-like: smp_wmb() in line 19 (VMM) and smp_rmb() in line 26 (P1).
  LKMM: smp_wmb() in line 19 (VMM) and smp_rmb() in line 26 (P1).
"
    );
    let value = json(
        &[
            "matrix",
            "--json",
            "--outcome",
            "exists",
            "--jobs",
            "1",
            "-",
        ],
        MP,
    );
    assert_eq!(value["rows"].as_array().map(Vec::len), Some(4));
    assert_eq!(value["rows"][2]["cells"]["pso"], "yes");
    assert_eq!(value["rows"][0]["cells"]["lkmm"], "no");
    assert_eq!(value["rows"][1]["cells"]["lkmm"], "yes");
    assert_eq!(
        (&value["outcome"], &value["complete"]),
        (&"exists".into(), &true.into())
    );
    let arm = value["minimal"]
        .as_array()
        .and_then(|sets| sets.iter().find(|s| s["model"] == "arm"));
    assert_eq!(
        arm.map(|set| set["on"].to_string()),
        Some("[\"wmb\",\"rmb\"]".to_string())
    );
    assert_eq!(
        arm.map(|set| set["barriers"][0].to_string()),
        Some("\"smp_wmb() in line 19 (VMM)\"".to_string())
    );
    assert_eq!(arm.map(|set| &set["proven"]), Some(&true.into()));
    let limited = run_with(&["matrix", "--limit", "2", "-"], MP);
    assert!(
        limited.out.contains(" ? ") && limited.out.contains("Not known. Not proven: "),
        "{}",
        limited.out
    );
}

#[test]
fn the_weakest_of_a_choice() {
    let choices = "/*@ toggle rmb choices=smp_mb,smp_rmb,none */";
    let text = MP
        .replace(
            "smp_rmb(); /*@ toggle rmb */",
            &format!("smp_mb(); {choices}"),
        )
        .replace(" off=rmb", "");
    let ran = run_with(&["matrix", "-"], &text);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let arm = "  Arm: smp_wmb() in line 19 (VMM) and smp_rmb() in line 26 (P1).\n";
    assert!(ran.out.contains(arm), "{}", ran.out);
    let value = json(&["matrix", "--json", "-"], &text);
    let mut sets = value["minimal"].as_array().into_iter().flatten();
    let arm = sets.find(|set| set["model"] == "arm").expect("a set");
    assert_eq!(arm["on"].to_string(), "[\"wmb\",\"rmb:smp_rmb\"]");
    assert_eq!(
        (&arm["off"], &arm["waits"]),
        (&"rmb:smp_rmb".into(), &false.into())
    );
}

/// The scenarios whose toggles have choices say the weakest, and what waits is told as such.
#[test]
fn the_weakest_of_the_scenarios() {
    let said = |scenario: &str, model: &str| {
        let root = env!("CARGO_MANIFEST_DIR");
        let ran = run(&[
            "matrix",
            &format!("{root}/../../scenarios/{scenario}.litmus"),
        ]);
        let head = format!("  {model}: ");
        let line = ran.out.lines().find_map(|line| line.strip_prefix(&head));
        line.unwrap_or_else(|| panic!("{}{}", ran.out, ran.err))
            .to_string()
    };
    assert_eq!(
        said("two-witnesses", "Arm"),
        "smp_rmb() in line 67 (vCPU 0) and smp_rmb() in line 74 (vCPU 1)."
    );
    assert_eq!(
        said("two-witnesses", "LKMM"),
        "smp_mb() in line 67 (vCPU 0) and smp_mb() in line 74 (vCPU 1)."
    );
    assert!(said("two-words", "PSO").matches("smp_wmb()").count() == 2);
    assert!(said("chain", "Arm").contains("if (filled) … in line 64 (Kernel thread)"));
    assert!(said("chain", "LKMM").contains("smp_store_release() in line 64 (Kernel thread)"));
    assert!(said("second-hand", "Arm").starts_with("WRITE_ONCE(*flag, bus) in line 60 (vCPU 0)"));
    assert!(said("missed-doorbell", "Arm").ends_with(
        "or waiting with synchronize_srcu_expedited() in line 76 (VMM), which needs no barrier but costs a grace period."
    ));
}

#[test]
fn export_and_its_output() {
    let folder = Folder::new();
    let from = folder.file("mp.litmus", MP);
    let to = folder.path().join("out.litmus").display().to_string();
    let ran = run(&["export", "--herd", "--off", "rmb", &from]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.starts_with("C mp\n") && !ran.out.contains("smp_rmb") && !ran.out.contains('@')
    );
    assert_eq!(
        run(&["export", "--herd", "--off", "rmb", "-o", &to, &from]).code,
        0
    );
    assert_eq!(folder.read("out.litmus"), ran.out);
    // What is exported says what the scenario says.
    let verdict = |args: &[&str]| json(args, "")["states"].clone();
    assert_eq!(
        verdict(&["check", "--json", "--model", "arm", &to]),
        verdict(&["check", "--json", "--model", "arm", "--off", "rmb", &from])
    );
    let itself = run(&["export", "--herd", "-o", &from, &from]);
    assert_eq!(itself.code, 2);
    assert_eq!(folder.read("mp.litmus"), MP);
    let fresh = run(&["export", "--herd", "--outcome", "fresh", &from]);
    assert!(
        fresh.out.contains("exists (1:r0=1 /\\ 1:r1=1)"),
        "{}",
        fresh.out
    );
    assert_eq!(
        run(&["export", "--herd", "--outcome", "none", &from]).code,
        2
    );
}

#[test]
fn fmt_prints_checks_and_writes() {
    let folder = Folder::new();
    let messy = MP.replace("\tWRITE_ONCE", "  WRITE_ONCE");
    let file = folder.file("mp.litmus", &messy);
    let printed = run(&["fmt", &file]);
    assert_eq!((printed.code, printed.err.as_str()), (0, ""));
    assert_ne!(printed.out, messy);
    assert_eq!(
        run_with(&["fmt", "-"], &printed.out).out,
        printed.out,
        "twice is once"
    );
    let check = run(&["fmt", "--check", &file]);
    assert_eq!((check.code, check.out), (1, format!("{file}\n")));
    assert_eq!(run(&["fmt", "--write", &file]).code, 0);
    assert_eq!(folder.read("mp.litmus"), printed.out);
    assert_eq!(run(&["fmt", "--check", &file]).code, 0);
    assert_eq!(run(&["fmt", "--check", "--write", &file]).code, 2);
}

#[test]
fn our_scenarios_are_formatted() {
    let folder = format!("{}/../../scenarios", env!("CARGO_MANIFEST_DIR"));
    let check = run(&["fmt", "--check", &folder]);
    assert_eq!((check.code, check.out.as_str()), (0, ""));
}

#[test]
fn fmt_loses_no_comment() {
    let folder = Folder::new();
    let header = sb("SB", "(* Why this matters. *)", BOTH_ZERO);
    let kept = folder.file("kept.litmus", &header);
    assert_eq!(run(&["fmt", "--write", &kept]).code, 0);
    assert!(
        folder
            .read("kept.litmus")
            .contains(" * Why this matters.\n")
    );
    let text = "\
C all

(*
 * One
 *)

{
	(* two *)
	x=1;
}

// three
void P0(int *x, volatile int *y /* four */)
{
	// five
	int r0 = (int)READ_ONCE(*x); /* six */
	(void)xchg(y, 0x10); // seven
	if (r0 /* eight */ == 1) {
		/* nine
		 * and a half */
		int r1, *r2 = (int *)y;
		// ten
	} else {
		*x = (r0 + 1);
		/* eleven */
	}
	/* twelve */
} /* thirteen */

/* fourteen */
exists (x=1)
(* fifteen *)
";
    let file = folder.file("all.litmus", text);
    assert_eq!(run(&["fmt", &file]).out, text);
    assert_eq!(run(&["fmt", "--check", &file]).code, 0);
    let bad = text
        .replace('\t', "")
        .replace(" = ", "=")
        .replace(", ", " ,");
    let file = folder.file("bad.litmus", &bad);
    assert_eq!(run(&["fmt", &file]).out, text);
    // The claim is printed, the words beside it are not.
    let text = sb("SB", "/* Result: Never\n as I think */", BOTH_ZERO);
    let file = folder.file("sb.litmus", &text);
    let ran = run(&["fmt", "--write", &file]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains(&format!("--> {file}:4:2")), "{}", ran.err);
    assert_eq!(folder.read("sb.litmus"), text);
    assert!(
        run(&["fmt", "--check", &file])
            .out
            .contains("comments that formatting would lose")
    );
    assert_eq!(run(&["fmt", &file]).code, 0);
}

#[test]
fn the_help() {
    for (args, name) in [
        (&["--help"][..], "stalebus"),
        (&["check", "--help"], "check"),
        (&["explore", "--help"], "explore"),
        (&["matrix", "--help"], "matrix"),
        (&["export", "--help"], "export"),
        (&["fmt", "--help"], "fmt"),
    ] {
        let ran = run(args);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let path = format!("{}/tests/help/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE_HELP").is_some() {
            std::fs::write(&path, &ran.out).expect("the snapshot is written");
        }
        let wanted = std::fs::read_to_string(&path).expect("the snapshot");
        assert_eq!(ran.out, wanted, "set UPDATE_HELP=1 to accept it");
    }
    assert_eq!(
        run(&["--version"]).out,
        format!("stalebus {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(run::<&str>(&[]).code, 2);
}
