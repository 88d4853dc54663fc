//! Input that means no good: what is no file, no text, or too much of it.
#![cfg(unix)]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

use common::{BOTH_ZERO, Folder, MP, Ran, command, run, run_with, sb};

/// A named pipe; false where there are none.
fn pipe(path: &str) -> bool {
    let made = Command::new("mkfifo").arg(path).status();
    made.is_ok_and(|status| status.success())
}

/// Nothing in it is for a terminal to obey.
fn harmless(ran: &Ran) {
    for text in [&ran.out, &ran.err] {
        let bad = text
            .chars()
            .find(|c| c.is_control() && !"\n\t".contains(*c));
        assert_eq!(bad, None, "{text:?}");
    }
}

#[test]
fn what_is_no_file_is_never_opened() {
    let folder = Folder::new();
    folder.file("good.litmus", &sb("good", "", BOTH_ZERO));
    let named = folder.path().join("pipe.litmus").display().to_string();
    let socket = folder.path().join("socket.litmus").display().to_string();
    let device = folder.path().join("device.litmus").display().to_string();
    let _listener = UnixListener::bind(&socket).expect("a socket");
    symlink("/dev/zero", &device).expect("a link");
    let mut kinds = vec![(&device, "a device"), (&socket, "a socket")];
    if pipe(&named) {
        kinds.insert(1, (&named, "a named pipe"));
    }
    let whole = folder.path().display().to_string();
    let notes: String = kinds
        .iter()
        .map(|(path, what)| {
            format!("note: {path}: this is {what}, not a file; it is passed over\n")
        })
        .collect();
    for command in [&["check", "--model", "sc"][..], &["fmt", "--check"]] {
        let ran = run(&[command, &[&whole]].concat());
        assert_eq!(ran.err, notes);
        assert!(ran.code < 2);
    }
    for (path, what) in kinds {
        for command in ["check", "explore", "matrix", "fmt"] {
            let ran = run(&[command, path]);
            let refusal = format!(
                "error: {path}: this is {what}, not a file; `-` reads the standard input\n"
            );
            assert_eq!((ran.code, ran.err, ran.out), (2, refusal, String::new()));
        }
    }
}

/// What a shell makes of `<(…)` is open already.
#[test]
fn what_is_open_is_read() {
    let text = sb("SB", "", BOTH_ZERO);
    let ran = run_with(&["check", "--model", "sc", "/dev/stdin"], &text);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("Observation SB Never "), "{}", ran.out);
}

#[test]
fn links_that_lead_nowhere_or_in_circles() {
    let folder = Folder::new();
    folder.file("good.litmus", &sb("good", "", BOTH_ZERO));
    symlink("self.litmus", folder.path().join("self.litmus")).expect("a link");
    symlink("gone", folder.path().join("gone.litmus")).expect("a link");
    symlink(".", folder.path().join("again")).expect("a link");
    symlink(".", folder.path().join("again.litmus")).expect("a link");
    let whole = folder.path().display().to_string();
    let ran = run(&["check", "--model", "sc", &whole]);
    assert_eq!(ran.code, 2);
    let errors: Vec<&str> = ran.err.lines().collect();
    assert_eq!(errors.len(), 2, "{}", ran.err);
    assert!(errors[0].starts_with(&format!("error: {whole}/gone.litmus: No such file")));
    assert!(errors[1].starts_with(&format!("error: {whole}/self.litmus: ")));
    assert_eq!(ran.out.matches("Observation good").count(), 1);
}

#[test]
fn what_is_no_text_is_said_once() {
    let folder = Folder::new();
    let path = folder.path().join("bytes.litmus");
    let mut bytes: Vec<u8> = sb("nul", "", BOTH_ZERO).into_bytes();
    bytes.extend((0..50_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8));
    for text in [
        bytes,
        b"C a\n{}\n\0".to_vec(),
        b"\x7fELF\x02\x01\x01\0\0\0".to_vec(),
        b"\xff\xfeC\0 \0a\0".to_vec(),
        [0xc3_u8, 0xc3].repeat(500),
        b"\x1b[2J\x1b[31m\x1b]0;x\x07\x1b[1m\x1b[2m\x1b[3m\x1b[4m\x1b[5m\x1b[6m".to_vec(),
    ] {
        fs::write(&path, text).expect("a file");
        let name = path.display().to_string();
        let ran = run_with(&["check", "--model", "all", &name], b"");
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert_eq!(ran.err.matches("error").count(), 1, "{}", ran.err);
        assert!(
            ran.err.starts_with("error: this is not text\n"),
            "{}",
            ran.err
        );
        harmless(&ran);
    }
    // Old tests have Latin-1 in their comments.
    let mut latin = sb("SB", "(* Jos\u{e9} *)", BOTH_ZERO)
        .replace('\u{e9}', "?")
        .into_bytes();
    let at = latin.iter().position(|b| *b == b'?').expect("the place");
    latin[at] = 0xe9;
    let ran = run_with(&["check", "--model", "sc", "-"], &latin);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn a_file_that_is_too_long() {
    let folder = Folder::new();
    let path = folder.path().join("long.litmus");
    let file = fs::File::create(&path).expect("a file");
    // A terabyte of nothing.
    if file.set_len(1 << 40).is_err() {
        return;
    }
    let name = path.display().to_string();
    let ran = run(&["check", &name]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.starts_with("error: this is not text\n"),
        "{}",
        ran.err
    );
    let text = sb("SB", "", BOTH_ZERO) + &"\n".repeat(300_000);
    fs::write(&path, text).expect("a file");
    let ran = run(&["check", &name]);
    assert_eq!(ran.code, 2);
    let refusal = "error: the test is longer than 256 KiB\n";
    assert!(ran.err.starts_with(refusal), "{}", ran.err);
    harmless(&ran);
}

/// The text above the carets of the first message.
fn marked(err: &str) -> String {
    let lines: Vec<&str> = err.lines().collect();
    let carets = lines.iter().position(|l| l.contains('^')).expect("carets");
    let source: Vec<char> = lines[carets - 1].chars().collect();
    let columns = lines[carets].chars().enumerate();
    columns
        .filter(|(_, c)| *c == '^')
        .filter_map(|(at, _)| source.get(at))
        .collect()
}

#[test]
fn long_lines_are_cut_around_the_place() {
    let filler = "WRITE_ONCE(*x, 1); ".repeat(40);
    for (before, after) in [
        (filler.as_str(), filler.as_str()),
        ("", &filler),
        (&filler, ""),
        ("\t\t", &filler),
    ] {
        let text = format!("C t\n{{}}\nP0(int *x)\n{{\n{before}smp_bm();{after}\n}}\n");
        let ran = run_with(&["check", "-"], &text);
        let line = ran
            .err
            .lines()
            .find(|l| l.starts_with("5 | "))
            .expect("the line");
        assert!(line.chars().count() < 120, "{line}");
        assert_eq!(marked(&ran.err), "smp_bm");
        assert_eq!(line.starts_with("5 | …"), before.len() > 10, "{line}");
        assert_eq!(line.ends_with('…'), !after.is_empty(), "{line}");
    }
    // A name as long as the file may be.
    let name = "a".repeat(200_000);
    let ran = run_with(
        &["check", "-"],
        &format!("C t\n{{}}\nP0(int *x) {{ {name}(1); }}"),
    );
    assert_eq!(ran.code, 2);
    assert!(ran.err.len() < 5_000, "{}", ran.err.len());
}

#[test]
fn many_messages_are_summed_up() {
    let many = |count: usize| {
        let lines = "\tsmp_bm();\n".repeat(count);
        format!("C t\n{{}}\nP0(int *x)\n{{\n{lines}}}\n")
    };
    for (count, shown, last) in [(20, 20, None), (57, 20, Some("-: and 37 more"))] {
        let ran = run_with(&["check", "-"], &many(count));
        assert_eq!(ran.code, 2);
        assert_eq!(ran.err.matches("error: ").count(), shown, "{}", ran.err);
        assert_eq!(ran.err.lines().rfind(|l| l.contains(" more")), last);
    }
    // All are counted, of which more than are kept.
    let ran = run_with(&["check", "-"], &many(200));
    assert_eq!(ran.err.lines().last(), Some("-: and 180 more"));
}

#[test]
fn a_terminal_has_nothing_to_obey() {
    let folder = Folder::new();
    let name = folder.file("\u{1b}[31mred\r.litmus", &sb("SB", "", BOTH_ZERO));
    harmless(&run(&["check", "--model", "all", &name]));
    harmless(&run(&["check", "--json", &name]));
    let missing = folder
        .path()
        .join("\u{1b}]0;title\u{7}")
        .display()
        .to_string();
    harmless(&run(&["check", &missing]));
    let label = MP.replace("flag seen", "\u{1b}[31mflag\u{9b}2J \u{202e}seen");
    for command in ["check", "explore", "matrix"] {
        for json in [&[][..], &["--json"]] {
            let ran = run_with(&[&[command], json, &["-"]].concat(), &label);
            harmless(&ran);
            assert!(!ran.out.contains('\u{202e}'), "{}", ran.out);
        }
    }
    let unknown = MP.replace("smp_wmb()", "smp_\u{1b}[2Jwmb()");
    let ran = run_with(&["check", "-"], &unknown);
    assert_eq!(ran.code, 2);
    harmless(&ran);
    // To a file or a pipe a test goes as it is.
    let ran = run_with(&["fmt", "-"], &label);
    assert!(ran.out.contains("\u{1b}[31mflag"), "{}", ran.out);
}

#[test]
fn the_exit_codes() {
    let folder = Folder::new();
    let open = folder.file("open.litmus", &sb("open", "", BOTH_ZERO));
    let wrong = folder.file(
        "wrong.litmus",
        &sb("wrong", "(* Result: Never *)", "exists (x=1)"),
    );
    let none = folder.path().join("none.litmus").display().to_string();
    let limited = ["check", "--model", "sc", "--limit", "1"];
    let code = |files: &[&str]| run(&[&limited, files].concat()).code;
    assert_eq!(code(&[&open]), 3);
    assert_eq!(code(&[&open, &none]), 2);
    assert_eq!(run(&["check", "--model", "sc", &open]).code, 0);
    assert_eq!(run(&["check", "--model", "sc", &wrong]).code, 1);
    // LKMM contradicts the one with few choices, and does not come to an end of the other.
    let both = ["check", "--limit", "12", &wrong, &open];
    let ran = run(&both);
    assert!(ran.out.contains("Unknown"), "{}", ran.out);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert_eq!(
        run(&["explore", "--model", "sc", "--limit", "1", &open]).code,
        3
    );
    assert_eq!(run(&["matrix", "--limit", "1", &open]).code, 3);
    assert!(run(&["--help"]).out.contains("3 a limit was reached"));
}

/// Many CPUs that write to many places: too large to be searched.
fn large() -> String {
    let mut text = "C large\n{}\n".to_owned();
    for thread in 0..6 {
        text.push_str(&format!(
            "P{thread}(int *a, int *b, int *c, int *d, int *e, int *f) {{\n"
        ));
        for step in 0..5 {
            let place = ["a", "b", "c", "d", "e", "f"][(thread + step) % 6];
            text.push_str(&format!("\tWRITE_ONCE(*{place}, {thread});\n"));
            let place = ["a", "b", "c", "d", "e", "f"][(thread * step + 2) % 6];
            text.push_str(&format!("\tint r{step} = READ_ONCE(*{place});\n"));
        }
        text.push_str("}\n");
    }
    text + "exists (a=7)\n"
}

#[test]
fn what_takes_long_is_said() {
    for args in [
        &["check", "--model", "power", "-"][..],
        &["check", "--json", "--model", "arm", "-"],
        &["matrix", "-"],
    ] {
        let mut child = command()
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(large().as_bytes()).expect("it reads");
        }
        let mut line = String::new();
        let err = child.stderr.take().expect("the standard error");
        BufReader::new(err).read_line(&mut line).expect("a line");
        child.kill().expect("it still runs");
        child.wait().expect("it ends");
        let mut out = String::new();
        let mut stdout = child.stdout.take().expect("the standard output");
        stdout.read_to_string(&mut out).expect("UTF-8");
        assert!(line.starts_with("note: still at work: "), "{line}");
        assert_eq!(out, "");
    }
}

#[test]
fn closed_ends() {
    let folder = Folder::new();
    let file = folder.file("SB.litmus", &sb("SB", "", BOTH_ZERO));
    let shell = |text: &str| {
        let done = Command::new("sh")
            .args(["-c", text, "sh", env!("CARGO_BIN_EXE_stalebus"), &file])
            .output()
            .expect("a shell");
        (
            done.status.code().expect("an exit code"),
            String::from_utf8(done.stdout).expect("UTF-8"),
            String::from_utf8(done.stderr).expect("UTF-8"),
        )
    };
    let (code, _, err) = shell("\"$1\" check --model sc \"$2\" >&-");
    assert_eq!((code, err.as_str()), (0, ""));
    let (code, out, _) = shell("\"$1\" check --model sc \"$2\" 2>&-");
    assert_eq!((code, out.is_empty()), (0, false));
    let (code, _, err) = shell("\"$1\" check - <&-");
    assert_eq!(code, 2);
    assert!(!err.contains("panicked"), "{err}");
    let (_, out, err) = shell("\"$1\" check --model all \"$2\" \"$2\" \"$2\" | true");
    assert_eq!((out.as_str(), err.as_str()), ("", ""));
}

#[test]
fn arguments_are_named() {
    let folder = Folder::new();
    let file = folder.file("mp.litmus", MP);
    for (args, named) in [
        (&["check", "--off", "nothing"][..], "--off"),
        (&["check", "--why=nothing"], "--why"),
        (&["check", "--limit", "many"], "--limit"),
        (&["check", "--jobs", "0"], "--jobs"),
        (&["check", "--shard", "5/4"], "--shard"),
        (&["check", "--model", "vax"], "--model"),
        (&["explore", "--outcome", "nothing"], "--outcome"),
        (&["matrix", "--outcome", "nothing"], "--outcome"),
        (&["export", "--herd", "--outcome", "nothing"], "--outcome"),
    ] {
        let ran = run(&[args, &[&file]].concat());
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.err.contains(named), "{args:?}: {}", ran.err);
    }
}

/// No other file is written over, and a link stays one.
#[test]
fn formatting_touches_nothing_else() {
    let folder = Folder::new();
    let text = sb("SB", "", BOTH_ZERO).replace("\tint r0;\n\n", "\tint r0;\n");
    let file = folder.file("SB.litmus", &text);
    folder.file("SB.litmus.new", "mine");
    let ran = run(&["fmt", "--write", &file]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("SB.litmus.new"), "{}", ran.err);
    assert_eq!(
        (folder.read("SB.litmus"), folder.read("SB.litmus.new")),
        (text, "mine".to_owned())
    );
    fs::remove_file(folder.path().join("SB.litmus.new")).expect("a file");
    let link = folder.path().join("link.litmus");
    symlink("SB.litmus", &link).expect("a link");
    let ran = run(&["fmt", "--write", &link.display().to_string()]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
    assert_eq!(run(&["fmt", "--check", &file]).code, 0);
}

/// Pieces of tests, and tests in pieces.
#[test]
fn nothing_makes_it_fall_over() {
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for at in (0..MP.len()).step_by(7) {
        texts.push(MP.as_bytes()[..at].to_vec());
    }
    for pair in ["()", "{}", "!-", "~~", "(*"] {
        let (open, close) = pair.split_at(1);
        let deep = open.repeat(5_000) + "1" + &close.repeat(5_000);
        texts
            .push(format!("C t\n{{}}\nP0(int *x)\n{{\n\tWRITE_ONCE(*x, {deep});\n}}").into_bytes());
        texts.push(format!("C t\n{deep}").into_bytes());
        texts.push(format!("C t\n{{}}\nP0(int *x) {{ {deep} }}\nexists {deep}").into_bytes());
    }
    texts.push("if (1) ".repeat(20_000).into_bytes());
    texts.push("\n".repeat(10_000).into_bytes());
    texts.push(MP.replace('\n', "\r\n").into_bytes());
    texts.push(format!("\u{feff}{MP}").into_bytes());
    texts.push(b"C t\n{}\nP0(int *x) { \xed\xa0\x80 }".to_vec());
    for text in texts {
        let ran = run_with(&["check", "--model", "sc", "-"], &text);
        let shown = String::from_utf8_lossy(&text[..text.len().min(300)]).into_owned();
        assert!([0, 2].contains(&ran.code), "{}: {shown}", ran.code);
        assert!(!ran.err.contains("panicked"), "{shown}\n{}", ran.err);
        assert!(ran.err.len() < 40_000, "{shown}");
        harmless(&ran);
    }
}
