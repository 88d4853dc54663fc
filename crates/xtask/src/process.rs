//! Running other programs: found on PATH, with signs of life while they work.

use std::env;
use std::ffi::OsStr;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
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
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .spawn()
        .map_err(|error| cannot_start(&line, &error))?;
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

    #[test]
    fn commands_are_shown_as_typed() {
        assert_eq!(
            shown(Command::new("cargo").args(["fmt", "--check"])),
            "cargo fmt --check"
        );
    }
}
