//! `stalebus check`.

mod common;

use common::{BOTH_ZERO, DEADLOCK, Folder, MP, Ran, command, run, run_with, sb, timeless};
use serde_json::Value;
use std::io::Read as _;
use std::process::Stdio;

#[test]
fn the_text_is_that_of_herd7() {
    let text = sb("SB", "", BOTH_ZERO);
    let ran = run_with(&["check", "--model", "tso", "-"], &text);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.err, "");
    assert!(ran.out.contains("\nTime SB 0."));
    assert_eq!(
        timeless(&ran.out),
        "Test SB Allowed
Model x86-TSO
States 4
0:r0=0; 1:r0=0;
0:r0=0; 1:r0=1;
0:r0=1; 1:r0=0;
0:r0=1; 1:r0=1;
Ok
Witnesses
Positive: 1 Negative: 3
Condition exists (0:r0=0 /\\ 1:r0=0)
Observation SB Sometimes 1 3
"
    );
}

fn tso(comment: &str, condition: &str) -> Ran {
    run_with(
        &["check", "--model", "tso", "-"],
        &sb("SB", comment, condition),
    )
}

fn has(ran: &Ran, lines: &[&str]) {
    for line in lines {
        assert!(
            ran.out.lines().any(|l| l == *line),
            "no line {line:?} in\n{}",
            ran.out
        );
    }
}

#[test]
fn quantifiers() {
    let never = "~exists (0:r0=0 /\\ 1:r0=0)";
    has(
        &tso("", never),
        &[
            "Test SB Forbidden",
            "No",
            "Positive: 3 Negative: 1",
            "Condition ~exists (0:r0=0 /\\ 1:r0=0)",
            "Observation SB Sometimes 1 3",
        ],
    );
    has(
        &tso("", "forall (x=1)"),
        &[
            "Test SB Required",
            "Ok",
            "Condition forall ([x]=1)",
            "Observation SB Always 1 0",
            "[x]=1;",
        ],
    );
    has(
        &tso("", ""),
        &[
            "Test SB Required",
            "Ok",
            "States 1",
            "Observation SB Always 1 0",
        ],
    );
}

#[test]
fn models_in_order() {
    let models = |args: &[&str]| -> Vec<String> {
        let ran = run_with(
            &[&["check"], args, &["-"]].concat(),
            &sb("SB", "", BOTH_ZERO),
        );
        let models = ran.out.lines().filter_map(|l| l.strip_prefix("Model "));
        models.map(str::to_string).collect()
    };
    assert_eq!(models(&[]), ["LKMM"]);
    assert_eq!(models(&["--model", "lkmm"]), ["LKMM"]);
    let all = ["SC", "x86-TSO", "PSO", "Arm", "POWER-like", "LKMM"];
    assert_eq!(models(&["--model", "all"]), all);
    assert_eq!(models(&["--model", "all,lkmm,sc"]), all);
    assert_eq!(models(&["--model", "lkmm,arm,sc"]), ["SC", "Arm", "LKMM"]);
}

/// Two stores and two orders of them, by two loads: counted by hand.
#[test]
fn lkmm_counts_executions_and_flags_races() {
    let text = "C race

(* Result: Sometimes DATARACE *)
{}

P0(int *x, int *y)
{
	*x = 1;
	smp_store_release(y, 1);
}

P1(int *x, int *y)
{
	int r0 = READ_ONCE(*y);
	int r1 = *x;
}

P2(int *y)
{
	WRITE_ONCE(*y, 1);
}

exists (1:r0=1 /\\ 1:r1=0)
";
    let ran = run_with(&["check", "-"], text);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(
        timeless(&ran.out),
        "Test race Allowed
Model LKMM
States 4
1:r0=0; 1:r1=0;
1:r0=0; 1:r1=1;
1:r0=1; 1:r1=0;
1:r0=1; 1:r1=1;
Ok
Witnesses
Positive: 4 Negative: 8
Flag data-race
Condition exists (1:r0=1 /\\ 1:r1=0)
Observation race Sometimes 4 8
Claim race Sometimes DATARACE: agrees
"
    );
    let json = run_with(&["check", "--json", "-"], text);
    let value: Value = serde_json::from_str(&json.out).expect("JSON");
    let counts = (&value["positive"], &value["negative"]);
    assert_eq!(counts, (&4.into(), &8.into()));
    assert_eq!(value["flags"].to_string(), "[\"data-race\"]");
    // On a CPU there are no races.
    let tso = run_with(&["check", "--model", "tso", "-"], text);
    assert!(!tso.out.contains("Flag"), "{}", tso.out);
}

#[test]
fn json_has_exactly_its_keys() {
    let text = sb("a\u{e9}b", "", "locations [x]\nexists (0:r0=0 /\\ 1:r0=0)");
    let ran = run_with(&["check", "--json", "--model", "all", "-"], &text);
    assert_eq!((ran.code, ran.out.lines().count()), (0, 6), "{}", ran.err);
    let keys = [
        "file", "test", "model", "verdict", "positive", "negative", "states", "flags", "complete",
        "explored", "seconds",
    ];
    for line in ran.out.lines() {
        let value: Value = serde_json::from_str(line).expect("JSON");
        let object = value.as_object().expect("an object");
        let mut place = 0;
        for key in keys {
            let at = line.find(&format!("\"{key}\":")).expect("the key");
            assert!(at >= place, "{key} comes too early");
            place = at;
        }
        assert_eq!(object.len(), keys.len());
        assert_eq!(value["file"], "-");
        assert_eq!(value["complete"], true);
        assert!(value["seconds"].is_f64() && value["explored"].is_u64());
        assert!(
            value["states"][0]
                .as_str()
                .is_some_and(|s| s.ends_with("[x]=1;"))
        );
    }
}

#[test]
fn claims() {
    let check = |comment: &str, condition: &str, code: i32, claim: &str| {
        let ran = tso(&format!("(* Result: {comment} *)"), condition);
        assert_eq!(ran.code, code, "{comment}: {}", ran.err);
        assert_eq!(
            ran.err.contains("mismatch: -:3:4: `Result:"),
            code == 1,
            "{}",
            ran.err
        );
        has(&ran, &[&format!("Claim SB {comment}: {claim}")]);
    };
    check("Never", BOTH_ZERO, 1, "contradicted");
    check("Never DATARACE", BOTH_ZERO, 1, "contradicted");
    check("Never", "exists (x=2)", 0, "agrees");
    check("Always", BOTH_ZERO, 1, "contradicted");
    check("Always", "exists (x=1)", 0, "agrees");
    check("DEADLOCK", BOTH_ZERO, 1, "contradicted");
    check("Sometimes", BOTH_ZERO, 0, "agrees");
    check("Sometimes", "exists (x=2)", 0, "not decided by this model");
    check("Sometimes", "exists (x=1)", 0, "not decided by this model");
    check("Maybe", BOTH_ZERO, 0, "not decided by this model");
    check("Flag data-race", BOTH_ZERO, 0, "not decided by this model");
}

#[test]
fn lkmm_decides_claims() {
    let check = |comment: &str, text: &str, says: Option<&str>| {
        let text = text.replace("{}", &format!("(* Result: {comment} *)\n{{}}"));
        let ran = run_with(&["check", "-"], &text);
        assert_eq!(
            ran.code,
            i32::from(says.is_some()),
            "{comment}: {}",
            ran.err
        );
        let agrees = format!(
            ": {}",
            if says.is_some() {
                "contradicted"
            } else {
                "agrees"
            }
        );
        assert!(ran.out.contains(&agrees), "{comment}: {}", ran.out);
        let told = says.is_none_or(|says| ran.err.ends_with(&format!("`, but {says}\n")));
        assert!(told, "{comment}: {}", ran.err);
    };
    let both = sb("SB", "", BOTH_ZERO);
    let holds = Some("on LKMM the condition holds in 1 execution (Sometimes)");
    check("Never", &both, holds);
    check("Sometimes", &both, None);
    let fails = Some("on LKMM the condition does not hold in 3 executions (Sometimes)");
    check("Always", &both, fails);
    check(
        "DEADLOCK",
        &both,
        Some("on LKMM the test ends in 4 executions (Sometimes)"),
    );
    check("Sometimes DATARACE", &both, Some("LKMM finds no data race"));
    check("Flag data-race", &both, Some("LKMM raises no flag"));
    let none = sb("SB", "", "exists (x=2)");
    check("Never", &none, None);
    check("Sometimes", &none, Some("LKMM says Never"));
    check(
        "Always",
        &none,
        fails.map(|_| "on LKMM the condition does not hold in 4 executions (Never)"),
    );
    let all = sb("SB", "", "exists (x=1)");
    check("Always", &all, None);
    check("Sometimes", &all, Some("LKMM says Always"));
    let race = sb("SB", "", BOTH_ZERO).replace("WRITE_ONCE(*x, 1)", "*x = 1");
    check("Sometimes DATARACE", &race, None);
    check("Flag data-race", &race, None);
    check("Sometimes", &race, Some("LKMM finds a data race"));
    check(
        "Flag unmatched-rcu-lock",
        &race,
        Some("LKMM raises data-race"),
    );
    let maybe = sb("SB", "(* Result: Maybe *)", BOTH_ZERO);
    let ran = run_with(&["check", "-"], &maybe);
    assert!(ran.out.contains("Maybe: not decided"), "{}", ran.out);
}

#[test]
fn a_claim_is_about_the_file_as_written() {
    let text = MP.replace("@title", "Result: Never\n * @title");
    let written = run_with(&["check", "--model", "all", "-"], &text);
    assert_eq!((written.code, written.err.as_str()), (0, ""));
    assert!(written.out.contains("Claim mp Never: agrees"));
    let weak = run_with(&["check", "--model", "all", "--off", "rmb", "-"], &text);
    assert_eq!((weak.code, weak.err.as_str()), (0, ""));
    assert!(!weak.out.contains("Claim"));
    assert!(weak.out.contains("Observation mp Sometimes"));
    assert!(weak.out.contains("\nModel Arm, off: rmb\n"));
    let tree = run_with(&["check", "--srcu", "tree", "--model", "sc", "-"], MP);
    assert!(tree.out.contains("\nModel SC, SRCU tree\n"));
    // To LKMM there is one SRCU.
    let lkmm = run_with(&["check", "--srcu", "tree", "-"], MP);
    assert!(lkmm.out.contains("\nModel LKMM\n"));
}

#[test]
fn deadlocks() {
    let ran = run_with(&["check", "--model", "sc", "-"], DEADLOCK);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let lines = [
        "States 0",
        "Flag deadlock",
        "Observation deadlock Never 0 0",
    ];
    has(&ran, &lines);
    has(&ran, &["Claim deadlock DEADLOCK: agrees"]);
    let ran = run_with(&["check", "-"], DEADLOCK);
    has(&ran, &["States 0", "Observation deadlock Never 0 0"]);
    has(&ran, &["Claim deadlock DEADLOCK: agrees"]);
}

#[test]
fn an_incomplete_search_claims_nothing() {
    let text = sb("SB", "(* Result: Never *)", BOTH_ZERO);
    let ran = run_with(&["check", "--model", "sc", "--limit", "2", "-"], &text);
    assert_eq!(ran.code, 3, "{}", ran.err);
    has(&ran, &["??"]);
    assert!(
        ran.out.contains("\nWarning: search incomplete after "),
        "{}",
        ran.out
    );
    has(&ran, &["Claim SB Never: not decided by this model"]);
    assert!(ran.out.contains("Observation SB Unknown "), "{}", ran.out);
    let json = run_with(
        &["check", "--json", "--model", "sc", "--limit", "2", "-"],
        &text,
    );
    let value: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(
        (&value["complete"], &value["verdict"]),
        (&Value::Bool(false), &"Unknown".into())
    );
    let ran = run_with(&["check", "--limit", "2", "-"], &text);
    let warning = "\nWarning: judgement not complete after ";
    assert!(ran.out.contains(warning), "{}", ran.out);
    has(&ran, &["??", "Claim SB Never: not decided by this model"]);
    assert!(ran.out.contains("Observation SB Unknown "), "{}", ran.out);
    let forall = sb("SB", "(* Result: Always *)", "forall (x=1)");
    let ran = run_with(&["check", "--limit", "0", "-"], &forall);
    has(&ran, &["??", "Claim SB Always: not decided by this model"]);
}

#[test]
fn errors_do_not_stop_the_others() {
    let folder = Folder::new();
    folder.file("a.litmus", &sb("a", "", BOTH_ZERO));
    let bad = folder.file(
        "b.litmus",
        &sb("b", "", BOTH_ZERO).replace("READ_ONCE(*y)", "READ_ONC(*y)"),
    );
    folder.file("c.litmus", &sb("c", "(* Result: Never *)", BOTH_ZERO));
    folder.file("sub/d.litmus", &sb("d", "", BOTH_ZERO));
    folder.file("notes.txt", "no test");
    let missing = folder.path().join("missing.litmus").display().to_string();
    let ran = run(&[
        "check",
        "--model",
        "tso",
        &missing,
        &folder.path().display().to_string(),
    ]);
    assert_eq!(ran.code, 2);
    let tests: Vec<&str> = ran
        .out
        .lines()
        .filter_map(|l| l.strip_prefix("Test "))
        .collect();
    assert_eq!(tests, ["a Allowed", "c Allowed", "d Allowed"]);
    assert!(ran.err.contains(&format!("--> {bad}:11:7")), "{}", ran.err);
    for text in [
        "r0 = READ_ONC(*y);",
        "^^^^^^^^",
        "READ_ONCE",
        "mismatch: ",
        "missing.litmus: ",
    ] {
        assert!(ran.err.contains(text), "{text:?} in {}", ran.err);
    }
    // Said once, not once a model.
    let all = run(&["check", "--model", "all", &bad]);
    assert_eq!(all.err.matches("error: ").count(), 1, "{}", all.err);
}

#[test]
fn unusable_paths_and_settings() {
    let folder = Folder::new();
    let empty = run(&["check", &folder.path().display().to_string()]);
    assert_eq!(empty.code, 2);
    assert!(empty.err.contains("holds no *.litmus file"));
    let off = run_with(&["check", "--off", "rmp", "-"], MP);
    assert_eq!((off.code, off.out.as_str()), (2, ""));
    assert!(off.err.contains("did you mean `rmb`?"), "{}", off.err);
    for args in [
        &["check"][..],
        &["check", "--model", "x86", "-"],
        &["check", "--shard", "3/2", "-"],
    ] {
        assert_eq!(run(args).code, 2, "{args:?}");
    }
}

#[test]
fn toggles_and_flavours() {
    let verdicts = |args: &[&str]| -> Vec<String> {
        let ran = run_with(
            &[&["check", "--json", "--model", "all"], args, &["-"]].concat(),
            MP,
        );
        assert_eq!(ran.code, 0, "{}", ran.err);
        let word = |line: &str| {
            serde_json::from_str::<Value>(line).expect("JSON")["verdict"]
                .to_string()
                .replace('"', "")
        };
        ran.out.lines().map(word).collect()
    };
    assert_eq!(verdicts(&[]), ["Never"; 6]);
    assert_eq!(
        verdicts(&["--off", "rmb"]),
        [
            "Never",
            "Never",
            "Never",
            "Sometimes",
            "Sometimes",
            "Sometimes"
        ]
    );
    assert_eq!(
        verdicts(&["--off", "wmb"]),
        [
            "Never",
            "Never",
            "Sometimes",
            "Sometimes",
            "Sometimes",
            "Sometimes"
        ]
    );
    assert_eq!(
        verdicts(&["--off", "rmb", "--srcu", "tree"])[3],
        "Sometimes"
    );
}

/// Many small tests, so that threads overtake each other.
fn many() -> Folder {
    let folder = Folder::new();
    for number in 0..40 {
        let comment = if number % 7 == 0 {
            "(* Result: Never *)"
        } else {
            ""
        };
        let text = match number % 5 {
            0 => MP.to_string(),
            1 => "C broken\n{}\nP0(int *x) { oops(); }\nexists (x=1)\n".to_string(),
            _ => sb(&format!("T{number}"), comment, BOTH_ZERO),
        };
        folder.file(&format!("{}/t{number:02}.litmus", number % 3), &text);
    }
    folder
}

#[test]
fn jobs_change_nothing() {
    let folder = many();
    let path = folder.path().display().to_string();
    for json in [&["check", "--model", "all"][..], &["check", "--json"]] {
        let with = |jobs: &str| {
            let ran = run(&[json, &["--jobs", jobs, &path]].concat());
            (ran.code, timeless(&ran.out), ran.err)
        };
        let one = with("1");
        assert_eq!(one.0, 2);
        assert!(!one.1.is_empty());
        for jobs in ["2", "5", "64"] {
            assert_eq!(with(jobs), one, "{jobs} jobs");
        }
    }
}

#[test]
fn shards_partition() {
    let folder = many();
    let path = folder.path().display().to_string();
    let lines = |args: &[&str]| -> Vec<String> {
        let ran = run(&[&["check", "--json", "--model", "tso"], args, &[&path]].concat());
        timeless(&ran.out).lines().map(str::to_string).collect()
    };
    let mut whole = lines(&[]);
    assert_eq!(whole.len(), 32);
    for count in [1, 3, 7, 50] {
        let mut parts: Vec<String> = (1..=count)
            .flat_map(|index| lines(&["--shard", &format!("{index}/{count}")]))
            .collect();
        parts.sort();
        whole.sort();
        assert_eq!(parts, whole, "{count} parts");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = many();
    let mut child = command()
        .args(["check", "--model", "all", "--json", "--jobs", "2"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    // Closed at once.
    drop(child.stdout.take());
    let status = child.wait().expect("the command ends");
    assert!(status.code().is_some());
    let mut err = String::new();
    child
        .stderr
        .take()
        .expect("a pipe")
        .read_to_string(&mut err)
        .expect("UTF-8");
    assert!(
        !err.contains("panicked") && !err.contains("Broken pipe"),
        "{err}"
    );
    assert!(
        !err.contains('\u{1b}') && !err.contains('\r'),
        "no progress bar in a pipe: {err:?}"
    );
}

#[test]
fn a_reader_may_stop_in_the_middle() {
    let mut child = command()
        .args(["check", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    drop(child.stdin.take());
    drop(child.stdout.take());
    let done = child.wait_with_output().expect("the command ends");
    assert_eq!(done.status.code(), Some(2), "an empty text is no test");
}

#[test]
fn hostile_input() {
    let folder = Folder::new();
    let latin = folder.path().join("latin.litmus");
    let mut bytes = sb("L", "(* caf\u{e9} *)", BOTH_ZERO).into_bytes();
    let at = bytes.iter().position(|b| *b == 0xc3).expect("the letter");
    bytes.splice(at..at + 2, [0xe9]);
    std::fs::write(&latin, bytes).expect("a file");
    assert_eq!(run(&["check".as_ref(), latin.as_os_str()]).code, 0);
    for text in [
        "",
        "\u{0}",
        "C",
        "C t\n{",
        "C t\n{}\nP0(int *x) {",
        &"(*".repeat(5000),
        &"x".repeat(300_000),
    ] {
        let ran = run_with(&["check", "-"], text);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
    }
}

/// Each line in its own setting; what is wrong is said with what was found.
#[test]
fn verdicts() {
    let lines = "\n * @verdict stale no=all\n * @verdict stale off=rmb yes=arm,lkmm no=sc,tso\n * @verdict fresh off=wmb yes=all";
    let good = MP.replace("\n * @default", &format!("{lines}\n * @default"));
    let all = run_with(&["check", "--model", "all", "-"], &good);
    assert_eq!((all.code, all.err.as_str()), (0, ""));
    let said = |ran: &Ran| -> Vec<String> {
        let lines = ran.out.lines().filter(|l| l.starts_with("Verdict "));
        lines.map(str::to_string).collect()
    };
    let expect = [
        "Verdict mp stale no: agrees",
        "Verdict mp stale off=rmb no: agrees",
        "Verdict mp fresh off=wmb yes: agrees",
    ];
    assert_eq!(said(&all)[..3], expect, "{}", all.out);
    assert_eq!(said(&all).len(), 3 + 3 + 2 + 3 + 2 + 3);
    let weak = run_with(&["check", "--model", "arm", "--off", "rmb", "-"], &good);
    assert_eq!(said(&weak), ["Verdict mp stale off=rmb yes: agrees"]);
    let json = run_with(
        &["check", "--json", "--model", "arm", "--off", "rmb", "-"],
        &good,
    );
    let value: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(
        value["verdicts"].to_string(),
        r#"[{"claimed":"yes","found":"yes","off":"rmb","outcome":"stale","srcu":""}]"#
    );

    let bad = good.replace("yes=arm,lkmm no=sc,tso", "yes=tso no=lkmm");
    for (model, says) in [
        (
            "tso",
            "mismatch: -:9:4: `@verdict` says yes, but on x86-TSO `stale off=rmb` cannot happen\n",
        ),
        (
            "lkmm",
            "mismatch: -:9:4: `@verdict` says no, but on LKMM `stale off=rmb` can happen\n",
        ),
    ] {
        let ran = run_with(&["check", "--model", model, "-"], &bad);
        assert_eq!((ran.code, ran.err.as_str()), (1, says));
        assert!(ran.out.contains("contradicted\n"), "{}", ran.out);
    }
    let none = run_with(&["check", "--model", "tso", "--limit", "1", "-"], &bad);
    assert_eq!((none.code, none.err.as_str()), (3, ""));
    let undecided = "Verdict mp stale off=rmb yes: not decided, the search is not complete";
    has(&none, &[undecided]);
}
