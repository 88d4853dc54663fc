//! Running other programs: found on PATH, with signs of life while they work.

use std::collections::VecDeque;
use std::env;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How often a silent program is reported to be still at work.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A program on PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| is_program(file))
}

/// Whether this is a file that can be run.
pub fn is_program(file: &Path) -> bool {
    let Ok(facts) = file.metadata() else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        facts.is_file() && facts.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    facts.is_file()
}

/// PATH with these folders in front.
///
/// # Errors
/// When a folder's name cannot stand in PATH.
pub fn path_with(folders: &[PathBuf]) -> Result<std::ffi::OsString, String> {
    let old = env::var_os("PATH").unwrap_or_default();
    env::join_paths(folders.iter().cloned().chain(env::split_paths(&old)))
        .map_err(|error| format!("a folder cannot be put on PATH: {error}"))
}

/// Runs a program with its output shown, and says now and then that it is still at work.
///
/// # Errors
/// When it does not start, or fails.
pub fn run(what: &str, command: &mut Command) -> Result<(), String> {
    let line = shown(command);
    let child = command
        .stdin(Stdio::null())
        .spawn()
        .map_err(|error| cannot_start(&line, &error))?;
    wait(what, &line, child)
}

/// Like [`run`], and hands over each line of the standard output, which is shown all the same.
///
/// # Errors
/// When it does not start, or fails.
pub fn run_reading(
    what: &str,
    command: &mut Command,
    mut read: impl FnMut(&str) + Send,
) -> Result<(), String> {
    let line = shown(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| cannot_start(&line, &error))?;
    let output = child.stdout.take();
    thread::scope(|scope| {
        scope.spawn(move || {
            let lines = output.map(|output| BufReader::new(output).split(b'\n'));
            for text in lines.into_iter().flatten().map_while(Result::ok) {
                let text = String::from_utf8_lossy(&text);
                println!("{text}");
                read(&text);
            }
        });
        wait(what, &line, child)
    })
}

/// Waits for a program, and says now and then that it is still at work.
fn wait(what: &str, line: &str, mut child: Child) -> Result<(), String> {
    let started = Instant::now();
    let mut beat = HEARTBEAT;
    let mut pause = Duration::from_millis(2);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) => {}
            Err(error) => return Err(format!("`{line}` was lost: {error}")),
        }
        // A terminal shows the programs' own progress; a log would look dead.
        if started.elapsed() >= beat {
            beat += HEARTBEAT;
            if !std::io::stderr().is_terminal() {
                eprintln!("  … {what}: {} s", started.elapsed().as_secs());
            }
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(100));
    };
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{line}` failed ({status})"))
    }
}

/// Something that Cargo builds while it builds other things.
pub struct Job {
    /// What the progress line calls it.
    pub what: String,
    /// The commands, one after the other.
    pub commands: Vec<Command>,
    /// About how many crates they compile.
    pub crates: usize,
}

/// How many of the last lines of a failed program are shown.
const KEPT: usize = 40;

/// Runs jobs side by side, with one line for their progress: output of several would be a jumble.
///
/// Each has an answer of its own, which holds what the program said last when it failed.
pub fn together(jobs: Vec<Job>) -> Vec<Result<(), String>> {
    let labels: Vec<(String, usize)> = jobs
        .iter()
        .map(|job| (job.what.clone(), job.crates))
        .collect();
    let counters: Vec<AtomicUsize> = jobs.iter().map(|_| AtomicUsize::new(0)).collect();
    let started = Instant::now();
    thread::scope(|scope| {
        let threads: Vec<_> = jobs
            .into_iter()
            .zip(&counters)
            .map(|(job, counter)| {
                scope.spawn(move || {
                    job.commands
                        .into_iter()
                        .try_for_each(|mut command| counted(&mut command, counter))
                })
            })
            .collect();
        let terminal = std::io::stderr().is_terminal();
        let pause = if terminal {
            Duration::from_secs(1)
        } else {
            HEARTBEAT
        };
        let mut next = pause;
        while threads.iter().any(|thread| !thread.is_finished()) {
            thread::sleep(Duration::from_millis(100));
            if started.elapsed() >= next {
                next += pause;
                let parts: Vec<String> = labels
                    .iter()
                    .zip(&counters)
                    .zip(&threads)
                    .map(|(((what, crates), counter), thread)| {
                        let done = thread.is_finished();
                        part(what, counter.load(Ordering::Relaxed), *crates, done)
                    })
                    .collect();
                let line = format!(
                    "  … {} s: {}",
                    started.elapsed().as_secs(),
                    parts.join(", ")
                );
                if terminal {
                    // In place of the line before it.
                    eprint!("\r{line}\u{1b}[K");
                    let _ = std::io::stderr().flush();
                } else {
                    eprintln!("{line}");
                }
            }
        }
        if terminal && next > pause {
            eprintln!();
        }
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err("the thread that waited for it has ended".into()))
            })
            .collect()
    })
}

/// How far one job is.
fn part(what: &str, compiled: usize, crates: usize, done: bool) -> String {
    if done {
        format!("{what} done")
    } else if compiled == 0 {
        format!("{what} starting")
    } else {
        // The number differs a little from system to system.
        format!("{what} {compiled} of about {} crates", crates.max(compiled))
    }
}

/// Runs a command of Cargo's and counts what it compiles.
fn counted(command: &mut Command, counter: &AtomicUsize) -> Result<(), String> {
    let line = shown(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| cannot_start(&line, &error))?;
    let mut last = VecDeque::new();
    if let Some(output) = child.stderr.take() {
        for text in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let text = String::from_utf8_lossy(&text).into_owned();
            if text.trim_start().starts_with("Compiling ") {
                counter.fetch_add(1, Ordering::Relaxed);
            }
            if last.len() == KEPT {
                last.pop_front();
            }
            last.push_back(text);
        }
    }
    let status = child
        .wait()
        .map_err(|error| format!("`{line}` was lost: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        let last: Vec<String> = last.into();
        Err(format!("{}\n`{line}` failed ({status})", last.join("\n")))
    }
}

/// Runs a program silently and gives what it printed.
///
/// # Errors
/// When it does not start, or fails: with what it printed to standard error.
pub fn capture(command: &mut Command) -> Result<String, String> {
    let line = shown(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| cannot_start(&line, &error))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(format!(
            "`{line}` failed ({}): {}",
            output.status,
            complaint.trim()
        ))
    }
}

/// The version that `program --version` prints as its second word ("trunk 0.21.14"), or its only one ("v20.1.0").
pub fn version_of(program: impl AsRef<OsStr>) -> Option<String> {
    let text = capture(Command::new(program).arg("--version")).ok()?;
    let first = text.lines().next()?;
    let word = first
        .split_whitespace()
        .nth(1)
        .or_else(|| first.split_whitespace().next())?;
    Some(word.trim_start_matches('v').to_owned())
}

/// Whether this process may write everywhere.
pub fn is_root() -> bool {
    cfg!(unix) && capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn cannot_start(line: &str, error: &std::io::Error) -> String {
    format!("`{line}` did not start: {error}")
}

/// A command as one would type it.
pub fn shown(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command() {
        let error = run("x", &mut Command::new("no-such-program-anywhere")).unwrap_err();
        assert!(error.contains("no-such-program-anywhere"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn jobs_side_by_side_count_crates_and_tell_what_failed() {
        let shell = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        };
        let counter = AtomicUsize::new(0);
        let script =
            "echo '   Compiling a v1' >&2; echo '  Compiling b v1' >&2; echo 'warning: c' >&2";
        counted(&mut shell(script), &counter).unwrap();
        assert_eq!(counter.load(Ordering::Relaxed), 2);

        let job = |what: &str, commands| Job {
            what: what.into(),
            commands,
            crates: 1,
        };
        let answers = together(vec![
            job(
                "fails",
                vec![
                    shell("echo 'error: no such crate' >&2; exit 1"),
                    shell("exit 0"),
                ],
            ),
            job("passes", vec![shell("exit 0")]),
        ]);
        let error = answers[0].as_ref().unwrap_err();
        assert!(error.contains("error: no such crate"), "{error}");
        assert!(answers[1].is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn what_a_program_prints_can_be_read_on_the_way() {
        let mut lines = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two; exit 1"]);
        let outcome = run_reading("x", &mut command, |line| lines.push(line.to_owned()));
        assert!(outcome.is_err());
        assert_eq!(lines, ["one", "two"]);
    }

    #[test]
    fn progress_never_exceeds_what_is_expected() {
        assert_eq!(part("x", 0, 9, false), "x starting");
        assert_eq!(part("x", 3, 9, false), "x 3 of about 9 crates");
        assert_eq!(part("x", 10, 9, false), "x 10 of about 10 crates");
        assert_eq!(part("x", 9, 9, true), "x done");
    }

    #[test]
    fn commands_are_shown_as_typed() {
        assert_eq!(
            shown(Command::new("cargo").args(["fmt", "--check"])),
            "cargo fmt --check"
        );
    }
}
