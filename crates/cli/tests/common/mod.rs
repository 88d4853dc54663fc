//! Running the command, and tests to run it on.
#![allow(dead_code, reason = "each test uses some of it")]

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a run gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

pub fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_stalebus"))
}

pub fn run<S: AsRef<OsStr>>(args: &[S]) -> Ran {
    run_with(args, "")
}

/// Runs it with something on its standard input, which need not be text.
pub fn run_with<S, I>(args: &[S], input: &I) -> Ran
where
    S: AsRef<OsStr>,
    I: AsRef<[u8]> + ?Sized,
{
    let mut child = command()
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    if let Some(mut stdin) = child.stdin.take() {
        // It may not want to read.
        let _ = stdin.write_all(input.as_ref());
    }
    let done = child.wait_with_output().expect("the command ends");
    Ran {
        code: done.status.code().expect("an exit code"),
        out: String::from_utf8(done.stdout).expect("UTF-8"),
        err: String::from_utf8(done.stderr)
            .expect("UTF-8")
            .lines()
            // Where the machine that tests is slow.
            .filter(|line| !line.starts_with("note: still at work"))
            .map(|line| format!("{line}\n"))
            .collect(),
    }
}

/// A folder of its own for a test, removed at its end.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("stalebus-cli-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file, with the folders that it needs, and gives its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).expect("a folder");
        }
        fs::write(&path, text).expect("a file");
        path.display().to_string()
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).expect("a file")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl AsRef<OsStr> for Folder {
    fn as_ref(&self) -> &OsStr {
        self.0.as_os_str()
    }
}

/// Store buffering, with a comment and an ending.
pub fn sb(name: &str, comment: &str, condition: &str) -> String {
    format!(
        "C {name}

{comment}
{{}}

P0(int *x, int *y)
{{
	int r0;

	WRITE_ONCE(*x, 1);
	r0 = READ_ONCE(*y);
}}

P1(int *x, int *y)
{{
	int r0;

	WRITE_ONCE(*y, 1);
	r0 = READ_ONCE(*x);
}}

{condition}
"
    )
}

pub const BOTH_ZERO: &str = "exists (0:r0=0 /\\ 1:r0=0)";

/// Message passing as a scenario: two toggles, two outcomes.
pub const MP: &str = "C mp

(*
 * @title Message passing
 * @thread P0 \"VMM\" kind=vmm
 * @outcome stale bad \"flag seen, old data\" : 1:r0=1 /\\ 1:r1=0
 * @outcome fresh : 1:r0=1 /\\ 1:r1=1
 * @default cpu=arm off=rmb
 *)

{
	int data = 0;
	int flag = 0;
}

P0(int *data, int *flag)
{
	WRITE_ONCE(*data, 1);
	smp_wmb(); /*@ toggle wmb */
	WRITE_ONCE(*flag, 1);
}

P1(int *data, int *flag)
{
	int r0 = READ_ONCE(*flag);
	smp_rmb(); /*@ toggle rmb */
	int r1 = READ_ONCE(*data);
}

exists (1:r0=1 /\\ 1:r1=0)
";

/// A grace period that waits for its own reader.
pub const DEADLOCK: &str = "C deadlock

(* Result: DEADLOCK *)
{}

P0(int *x)
{
	rcu_read_lock();
	synchronize_rcu();
	WRITE_ONCE(*x, 1);
	rcu_read_unlock();
}

exists (x=1)
";

/// The text without what differs from run to run.
pub fn timeless(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("Time "));
    let lines = lines.map(|line| match line.find(",\"seconds\":") {
        Some(at) => &line[..at],
        None => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}
