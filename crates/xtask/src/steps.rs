//! What the person at the terminal sees: one line a step, and a table at the end.

use std::time::{Duration, Instant};

/// Says that a step had nothing to do.
pub fn already(what: &str) {
    println!("✓ {what} … already there");
}

/// Does a step and says how long it took; `verb` is what was done to it ("built", "installed").
///
/// # Errors
/// Those of the step.
pub fn timed<T>(
    what: &str,
    verb: &str,
    step: impl FnOnce() -> Result<T, String>,
) -> Result<T, String> {
    println!("· {what} …");
    let started = Instant::now();
    let outcome = step();
    let taken = seconds(started.elapsed());
    match &outcome {
        Ok(_) => println!("✓ {what} … {verb} in {taken}"),
        Err(_) => println!("✗ {what} … failed after {taken}"),
    }
    outcome
}

/// A duration for people: tenths below ten seconds, else whole seconds.
pub fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 9.95 {
        format!("{seconds:.1} s")
    } else {
        format!("{seconds:.0} s")
    }
}

/// How a step of a longer run ended.
pub enum Ending {
    /// It did what it should.
    Passed,
    /// It did not; the message has been printed.
    Failed,
    /// It could not be tried, and why.
    Skipped(String),
}

/// A line of the table.
struct Row {
    name: String,
    ending: Ending,
    taken: Duration,
    remark: String,
}

/// The steps of a run and how they ended.
#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
    started: Option<Instant>,
}

impl Report {
    /// Runs a step under a headline and keeps how it ended. Says whether it passed.
    pub fn step(&mut self, name: &str, step: impl FnOnce() -> Result<(), String>) -> bool {
        println!("\n── {name} ──");
        let started = Instant::now();
        self.started.get_or_insert(started);
        let outcome = step();
        let passed = outcome.is_ok();
        if let Err(message) = outcome {
            println!("{name} failed: {message}");
        }
        let result = if passed {
            Ending::Passed
        } else {
            Ending::Failed
        };
        self.rows.push(Row {
            name: name.to_owned(),
            ending: result,
            taken: started.elapsed(),
            remark: String::new(),
        });
        passed
    }

    /// Adds something about the last step to its line of the table.
    pub fn remark(&mut self, remark: &str) {
        if let Some(row) = self.rows.last_mut() {
            row.remark = remark.to_owned();
        }
    }

    /// Notes a step that was not tried.
    pub fn skip(&mut self, name: &str, why: &str) {
        println!("\n── {name} ──\nskipped: {why}");
        self.rows.push(Row {
            name: name.to_owned(),
            ending: Ending::Skipped(why.to_owned()),
            taken: Duration::ZERO,
            remark: String::new(),
        });
    }

    /// Prints the table with how long each step took and, as the last line, `N passed, N failed, N skipped`.
    ///
    /// # Errors
    /// With an empty message when a step failed: everything has been said.
    pub fn finish(self) -> Result<(), String> {
        println!("\n{}", self.table());
        let count = |wanted: fn(&Ending) -> bool| {
            self.rows.iter().filter(|row| wanted(&row.ending)).count()
        };
        let failed = count(|result| matches!(result, Ending::Failed));
        println!(
            "{} passed, {failed} failed, {} skipped",
            count(|result| matches!(result, Ending::Passed)),
            count(|result| matches!(result, Ending::Skipped(_)))
        );
        if failed == 0 {
            Ok(())
        } else {
            Err(String::new())
        }
    }

    fn table(&self) -> String {
        let width = self
            .rows
            .iter()
            .map(|row| row.name.chars().count())
            .chain(["together".len()])
            .max()
            .unwrap_or(0);
        let mut text = String::new();
        for row in &self.rows {
            let (mark, taken, remark) = match &row.ending {
                Ending::Passed => ("passed", seconds(row.taken), &row.remark),
                Ending::Failed => ("FAILED", seconds(row.taken), &row.remark),
                Ending::Skipped(why) => ("skipped", "-".to_owned(), why),
            };
            let name = &row.name;
            let line = format!("{name:<width$}  {mark:<7}  {taken:>6}  {remark}");
            text.push_str(line.trim_end());
            text.push('\n');
        }
        if let Some(started) = self.started {
            let taken = seconds(started.elapsed());
            text.push_str(&format!("{:<width$}  {:<7}  {taken:>6}\n", "together", ""));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_does_not_hide_the_next_step() {
        let mut report = Report::default();
        assert!(!report.step("one", || Err("no".into())));
        assert!(report.step("two", || Ok(())));
        report.remark("5 tests");
        report.skip("three", "one failed");
        let table = report.table();
        assert!(table.contains("one       FAILED    0.0 s\n"), "{table}");
        assert!(
            table.contains("two       passed    0.0 s  5 tests\n"),
            "{table}"
        );
        assert!(
            table.contains("three     skipped       -  one failed\n"),
            "{table}"
        );
        assert!(table.contains("together            0.0 s\n"), "{table}");
        assert_eq!(report.finish().unwrap_err(), "");
    }

    #[test]
    fn durations() {
        assert_eq!(seconds(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(seconds(Duration::from_millis(9960)), "10 s");
    }
}
