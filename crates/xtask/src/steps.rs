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

/// The steps of a run and how they ended.
#[derive(Default)]
pub struct Report {
    rows: Vec<(String, Ending, Duration)>,
}

impl Report {
    /// Runs a step under a headline and keeps how it ended. Says whether it passed.
    pub fn step(&mut self, name: &str, step: impl FnOnce() -> Result<(), String>) -> bool {
        println!("\n── {name} ──");
        let started = Instant::now();
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
        self.rows.push((name.to_owned(), result, started.elapsed()));
        passed
    }

    /// Notes a step that was not tried.
    pub fn skip(&mut self, name: &str, why: &str) {
        println!("\n── {name} ──\nskipped: {why}");
        self.rows.push((
            name.to_owned(),
            Ending::Skipped(why.to_owned()),
            Duration::ZERO,
        ));
    }

    /// Prints the table and, as the last line, `N passed, N failed`.
    ///
    /// # Errors
    /// With an empty message when a step failed: everything has been said.
    pub fn finish(self) -> Result<(), String> {
        println!("\n{}", self.table());
        let count = |wanted: fn(&Ending) -> bool| {
            self.rows
                .iter()
                .filter(|(_, result, _)| wanted(result))
                .count()
        };
        let failed = count(|result| matches!(result, Ending::Failed));
        println!(
            "{} passed, {failed} failed",
            count(|result| matches!(result, Ending::Passed))
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
            .map(|(name, ..)| name.chars().count())
            .max()
            .unwrap_or(0);
        let mut text = String::new();
        for (name, result, taken) in &self.rows {
            let (mark, end) = match result {
                Ending::Passed => ("passed", seconds(*taken)),
                Ending::Failed => ("FAILED", seconds(*taken)),
                Ending::Skipped(why) => ("skipped", why.clone()),
            };
            text.push_str(&format!("{name:<width$}  {mark:<7}  {end}\n"));
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
        report.skip("three", "one failed");
        let table = report.table();
        assert!(table.contains("one    FAILED"), "{table}");
        assert!(table.contains("two    passed"), "{table}");
        assert!(table.contains("three  skipped  one failed"), "{table}");
        assert_eq!(report.finish().unwrap_err(), "");
    }

    #[test]
    fn durations() {
        assert_eq!(seconds(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(seconds(Duration::from_millis(9960)), "10 s");
    }
}
