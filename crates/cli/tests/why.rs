//! `stalebus check --why`.

mod common;

use common::{BOTH_ZERO, MP, run_with, sb};
use serde_json::Value;

fn why(args: &[&str], text: &str) -> Vec<String> {
    let ran = run_with(&[&["check"], args, &["-"]].concat(), text);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let lines = ran.out.lines().skip_while(|l| !l.starts_with("Why "));
    lines.map(str::to_string).collect()
}

#[test]
fn a_forbidden_outcome_has_a_cycle() {
    let lines = why(&["--why"], MP);
    let relations: Vec<&str> = lines
        .iter()
        .filter(|l| l.contains(". "))
        .filter_map(|l| l.split_whitespace().nth(1))
        .collect();
    // The condition is the bad outcome again, and is asked for once.
    let asked = lines.iter().filter(|l| l.starts_with("Why ")).count();
    assert_eq!(asked, 1, "{lines:?}");
    assert!(lines[0].starts_with("Why stale: forbidden by `happens-before`: "));
    assert_eq!(relations, ["wmb", "rfe", "rmb", "fre"], "{lines:?}");
    assert!(lines.iter().any(|l| l.starts_with("   => ")), "{lines:?}");
    // By the lines of the file.
    let line = MP
        .lines()
        .position(|l| l.contains("smp_rmb"))
        .expect("a line")
        + 1;
    let fence = format!("smp_rmb() (line {line})");
    assert!(lines.iter().any(|l| l.contains(&fence)), "{lines:?}");
}

#[test]
fn an_allowed_outcome_has_an_execution() {
    let lines = why(&["--why=stale", "--off", "rmb"], MP);
    assert_eq!(
        lines,
        [
            "Why stale: allowed: this execution ends with 1:r0=1; 1:r1=0;",
            "  idata:               W[init]data=0",
            "  a:     VMM  line 18  W[once]data=1",
            "  b:     VMM  line 19  F[wmb]",
            "  c:     VMM  line 20  W[once]flag=1",
            "  d:     P1   line 25  R[once]flag=1",
            "  e:     P1   line 27  R[once]data=0",
            "  idata -rf-> e  c -rf-> d  e -fr-> a",
            "",
        ]
    );
    let both = why(&["--why"], &sb("SB", "", BOTH_ZERO));
    assert!(both[0].starts_with("Why exists: allowed: "), "{both:?}");
    let forall = why(&["--why"], &sb("SB", "", "forall (0:r0=1)"));
    assert!(forall[0].starts_with("Why forall-fails: allowed: "));
    let nothing = why(&["--why"], &sb("SB", "", ""));
    assert!(nothing.is_empty());
    let values = why(&["--why"], &sb("SB", "", "exists (0:r0=7)"));
    let none = "Why exists: forbidden: no choice of stores for the loads gives these values";
    assert_eq!(values[0], none);
}

#[test]
fn an_unanswered_question_is_not_answered() {
    let ran = run_with(&["check", "--why", "--limit", "2", "-"], MP);
    assert_eq!((ran.code, ran.err.as_str()), (3, ""));
    let line = "\nWhy stale: not answered within the limit\n";
    assert!(ran.out.contains(line), "{}", ran.out);
    let ran = run_with(&["check", "--why", "--json", "--limit", "2", "-"], MP);
    let value: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(value["why"][0]["answer"], "unknown");
    assert_eq!(value["why"][0]["execution"], Value::Null);
}

#[test]
fn the_graph_as_json() {
    let ran = run_with(&["check", "--why", "--json", "-"], MP);
    let value: Value = serde_json::from_str(&ran.out).expect("JSON");
    let why = &value["why"][0];
    assert_eq!(
        (&why["outcome"], &why["answer"]),
        (&"stale".into(), &"forbidden".into())
    );
    assert_eq!(why["axiom"], "happens-before");
    let execution = &why["execution"];
    let names: Vec<&str> = execution["events"]
        .as_array()
        .expect("events")
        .iter()
        .filter_map(|event| event["name"].as_str())
        .collect();
    for edge in execution["edges"].as_array().expect("edges") {
        for end in ["from", "to"] {
            assert!(
                edge[end].as_str().is_some_and(|name| names.contains(&name)),
                "{edge}"
            );
        }
    }
    // Without the question there is no answer.
    let plain = run_with(&["check", "--json", "-"], MP);
    assert!(!plain.out.contains("\"why\""));
    // On a CPU there is no reason of this kind.
    let all = run_with(&["check", "--why", "--json", "--model", "all", "-"], MP);
    let asked: Vec<bool> = all
        .out
        .lines()
        .map(|line| line.contains("\"answer\""))
        .collect();
    assert_eq!(asked, [false, false, false, false, false, true]);
}

#[test]
fn the_graph_for_graphviz() {
    let ran = run_with(&["check", "--why", "--dot", "-"], MP);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(
        ran.out.starts_with("digraph \"mp, stale: forbidden\" {\n"),
        "{}",
        ran.out
    );
    assert!(ran.out.ends_with("}\n"));
    for edge in ["rf", "fr", "wmb", "rmb"] {
        let label = format!("label=\"{edge}\"");
        let on_cycle = ran
            .out
            .lines()
            .any(|l| l.contains(&label) && l.contains("penwidth"));
        assert!(on_cycle, "{edge} in\n{}", ran.out);
    }
    // Every edge is between nodes.
    for line in ran.out.lines().filter(|l| l.contains(" -> ")) {
        for end in line.split_whitespace().take(3).filter(|word| *word != "->") {
            assert!(ran.out.contains(&format!("{end} [label=")), "{line}");
        }
    }
}

#[test]
fn questions_that_cannot_be_asked() {
    let check = |args: &[&str], text: &str, says: &str| {
        let ran = run_with(&[&["check"], args, &["-"]].concat(), text);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.contains(says), "{args:?}: {}", ran.err);
    };
    check(&["--why=stole"], MP, "there are: stale, fresh, exists");
    check(&["--why=deadlock"], MP, "there are: stale, fresh, exists");
    check(&["--why", "--model", "tso"], MP, "stalebus explore");
    check(&["--dot"], MP, "--why");
    check(&["--why", "--dot", "--json"], MP, "cannot be used with");
}
