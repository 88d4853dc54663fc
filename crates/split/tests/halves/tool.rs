//! The program, with files.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::linked::{Function, Linked, Segment, Symbol};
use crate::running::is_valid;

fn run(what: &str, words: &[&PathBuf]) -> Output {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_stalebus-split"));
    tool.arg(what)
        .args(words)
        .output()
        .expect("the program starts")
}

#[test]
fn the_program_writes_both_halves() {
    let linked = Linked {
        segments: vec![Segment {
            name: ".rodata",
            address: 0x400,
            bytes: (1..41).collect(),
        }],
        symbols: vec![Symbol {
            segment: 0,
            offset: 8,
            size: 32,
        }],
        functions: ["late", "now"]
            .map(|name| Function {
                name: name.to_owned(),
                reads: if name == "late" {
                    vec![(0, 1, false)]
                } else {
                    Vec::new()
                },
                ..Function::default()
            })
            .to_vec(),
        ..Linked::default()
    };
    let list = "late\nnobody # any more\n";

    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("split");
    fs::create_dir_all(&folder).expect("there is room");
    let files = [
        "bound",
        "linked",
        "later.txt",
        "cold.txt",
        "first",
        "later",
        "names.txt",
        "ran.txt",
    ];
    let files = files.map(|name| folder.join(name));
    let [bound, notes, paths, cold, first, later, names, ran] = &files;
    fs::write(bound, linked.bound()).expect("there is room");
    fs::write(notes, linked.linked()).expect("there is room");
    fs::write(paths, list).expect("there is room");
    fs::write(cold, "").expect("there is room");

    let output = run("halves", &[bound, notes, paths, cold, first, later, names]);
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "2 functions for the first view, 1 later, 1 stand-ins, 32 bytes of constants later\n"
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!(
            "{}: no function has `nobody` in its name\n",
            paths.display()
        )
    );
    for half in [first, later] {
        assert_eq!(is_valid(&fs::read(half).expect("it is written")), Ok(()));
    }

    let text = |path| fs::read_to_string(path).expect("it is written");
    assert_eq!(text(names), "host a\nload b\n");

    // The bound module has no notes.
    let output = run("halves", &[bound, bound, paths, cold, first, later, names]);
    assert!(!output.status.success());
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "the linked module cannot be read: it has no relocations\n"
    );
    let absent = folder.join("absent.wasm");
    let output = run(
        "halves",
        &[&absent, notes, paths, cold, first, later, names],
    );
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.starts_with(&format!("{}: ", absent.display())),
        "{said}"
    );
    assert_eq!(run("halves", &[bound]).status.code(), Some(2));
    assert_eq!(run("noise", &[bound, later]).status.code(), Some(2));

    assert!(run("noting", &[bound, later]).status.success());
    assert_eq!(is_valid(&fs::read(later).expect("it is written")), Ok(()));
    // The number of `need_later`.
    fs::write(ran, "1\n").expect("there is room");
    assert!(run("cold", &[bound, paths, ran, cold]).status.success());
    assert_eq!(text(cold), "now\n");
    fs::write(ran, "1\none").expect("there is room");
    let output = run("cold", &[bound, paths, ran, cold]);
    assert!(!output.status.success());
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!("{}: \"one\" is no number\n", ran.display())
    );
}
