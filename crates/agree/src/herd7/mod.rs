//! Running herd7, which is not ours: several tests a call, with a time limit.

mod report;
mod words;

use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

pub use report::Report;
pub use words::words;

/// The variable that names the command.
pub const VARIABLE: &str = "STALEBUS_HERD7";

/// Between two looks at whether herd7 has ended.
const PAUSE: Duration = Duration::from_millis(2);

/// herd7, with its configuration for the Linux-kernel memory model.
#[derive(Debug)]
pub struct Herd7 {
    program: String,
    arguments: Vec<String>,
    limit: Duration,
    folder: PathBuf,
}

/// What herd7 makes of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It has an answer.
    Report(Report),
    /// It does not take the test, and what it says of it.
    Refused(String),
    /// It was stopped.
    TooLong,
}

impl Herd7 {
    /// The command that [`VARIABLE`] holds, `herd7 -I FOLDER -conf linux-kernel.cfg` for one, split as a shell splits
    /// it; `None` without the variable. A test may take as long as `limit`.
    ///
    /// # Errors
    /// When the variable holds no command, or there is no place for files.
    pub fn from_environment(limit: Duration) -> Result<Option<Herd7>, String> {
        match std::env::var(VARIABLE) {
            Ok(command) => Herd7::new(&command, limit).map(Some),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(error) => Err(format!("{VARIABLE}: {error}")),
        }
    }

    /// That of a command line.
    ///
    /// # Errors
    /// When it is none, or there is no place for files.
    pub fn new(command: &str, limit: Duration) -> Result<Herd7, String> {
        let mut words = words(command).map_err(|error| format!("{VARIABLE}: {error}"))?;
        if words.is_empty() {
            return Err(format!("{VARIABLE} is empty"));
        }
        let program = words.remove(0);
        // Each has a folder of its own, also where tests run side by side.
        static FOLDERS: AtomicUsize = AtomicUsize::new(0);
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("stalebus-herd7-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Herd7 {
            program,
            arguments: words,
            limit,
            folder,
        })
    }

    /// What herd7 makes of each of these texts.
    ///
    /// # Errors
    /// When it does not run.
    pub fn ask(&self, texts: &[String]) -> Result<Vec<Reply>, String> {
        let mut replies = vec![None; texts.len()];
        let mut open: Vec<usize> = (0..texts.len()).collect();
        while !open.is_empty() {
            let batch: Vec<&str> = open.iter().map(|at| texts[*at].as_str()).collect();
            let (answers, ended) = self.call(&batch)?;
            for (at, answer) in open.iter().zip(answers) {
                replies[*at] = answer;
            }
            let unanswered: Vec<usize> = open
                .iter()
                .copied()
                .filter(|at| replies[*at].is_none())
                .collect();
            if ended || open.len() == 1 {
                for at in unanswered {
                    replies[at] = Some(Reply::TooLong);
                }
                break;
            }
            // It was stopped: each of those that are left has a call of its own.
            for at in unanswered {
                let (answer, _) = self.call(&[&texts[at]])?;
                let answer = answer.into_iter().next().flatten();
                replies[at] = Some(answer.unwrap_or(Reply::TooLong));
            }
            open.clear();
        }
        Ok(replies.into_iter().flatten().collect())
    }

    /// One call, and whether it came to its end.
    fn call(&self, texts: &[&str]) -> Result<(Vec<Option<Reply>>, bool), String> {
        let broken = |error: io::Error| format!("{}: {error}", self.program);
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        for (number, text) in texts.iter().enumerate() {
            let path = self.folder.join(format!("{number}.litmus"));
            fs::write(&path, renamed(text, number)).map_err(broken)?;
            command.arg(path);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(broken)?;
        let out = reader(child.stdout.take());
        let err = reader(child.stderr.take());
        let ended = wait(&mut child, self.limit).map_err(broken)?;
        let out = out.join().unwrap_or_default();
        let err = err.join().unwrap_or_default();
        let mut reports = Report::read(&out);
        let replies = (0..texts.len()).map(|number| {
            if let Some(report) = reports.remove(&name(number)) {
                return Some(Reply::Report(report));
            }
            let path = format!("{number}.litmus\"");
            let said = err.lines().find(|line| line.contains(&path));
            match said {
                Some(line) => Some(Reply::Refused(message(line))),
                None => ended.then(|| Reply::Refused(err.trim().to_owned())),
            }
        });
        Ok((replies.collect(), ended))
    }
}

impl Drop for Herd7 {
    fn drop(&mut self) {
        // What stays in the folder for temporary files is no error of the comparison.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A name by which a report is found again.
fn name(number: usize) -> String {
    format!("t{number}")
}

fn renamed(text: &str, number: usize) -> String {
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    format!("C {}\n{rest}", name(number))
}

/// What herd7 says of a file, without the file.
fn message(line: &str) -> String {
    let about = line.rsplit_once(".litmus\"").map_or(line, |(_, rest)| rest);
    about.trim_start_matches([',', ':', ' ']).to_owned()
}

fn reader(from: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut from) = from {
            // What came before an error is worth reading.
            let _ = from.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Whether it ended by itself within the limit.
fn wait(child: &mut Child, limit: Duration) -> io::Result<bool> {
    let begun = Instant::now();
    while child.try_wait()?.is_none() {
        if begun.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        thread::sleep(PAUSE);
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_the_name_of_its_place() {
        assert_eq!(renamed("C old\n{}\n", 3), "C t3\n{}\n");
        assert_eq!(renamed("C old", 3), "C t3\n");
    }

    #[test]
    fn a_message_says_nothing_of_the_file() {
        let line = "Warning: File \"/a/0.litmus\", line 8, character 5: Lex error";
        assert_eq!(message(line), "line 8, character 5: Lex error");
        assert_eq!(message("no such thing"), "no such thing");
    }

    #[test]
    fn what_does_not_run_is_an_error() {
        let herd7 = Herd7::new("no-such-command-at-all -x", Duration::from_secs(1));
        let error = herd7.expect("a folder").ask(&["C a\n".to_owned()]);
        assert!(error.is_err_and(|error| error.contains("no-such-command-at-all")));
        assert!(Herd7::new("  ", Duration::from_secs(1)).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_takes_too_long_is_stopped() {
        let herd7 = Herd7::new("sh -c 'exec sleep 60'", Duration::from_millis(50));
        let texts = ["C a\n".to_owned(), "C b\n".to_owned()];
        let replies = herd7.expect("a folder").ask(&texts);
        assert_eq!(replies, Ok(vec![Reply::TooLong, Reply::TooLong]));
    }
}
