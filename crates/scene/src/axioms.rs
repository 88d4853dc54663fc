//! What LKMM says, for people: who an event belongs to, on which line it stands, and what is wrong with a test.

use litmus::{Setting, Test};
use lkmm::Event;

use crate::listing::{Line, Listing};

/// Names for explanations: the threads as the page calls them, the lines as it numbers them.
#[derive(Clone, Debug)]
pub struct AxiomNames {
    threads: Vec<String>,
    listing: Listing,
}

impl AxiomNames {
    /// `test` has its toggles; with `source` the lines are numbered as in it.
    #[must_use]
    pub fn new(test: &Test, setting: &Setting, source: Option<&str>) -> AxiomNames {
        let threads = test
            .threads
            .iter()
            .map(|thread| thread.label.clone().unwrap_or_else(|| thread.name.clone()))
            .collect();
        AxiomNames {
            threads,
            listing: Listing::of_threads(test, setting, source),
        }
    }

    /// The line that an event is on; for a callback that of its `call_srcu()`.
    fn line_of(&self, event: &Event) -> Option<&Line> {
        let (thread, stmt) = match event.worker_of {
            Some(call) => call,
            None => (event.thread?, event.stmt?),
        };
        self.listing.line(thread, stmt)
    }

    /// The name of an event's line in the page, `1:4`; none for an initial value.
    #[must_use]
    pub fn line_id(&self, event: &Event) -> Option<String> {
        let line = self.line_of(event)?;
        let thread = event
            .worker_of
            .map_or(event.thread, |(thread, _)| Some(thread))?;
        Some(format!("{thread}:{}", line.stmt))
    }
}

impl lkmm::Names for AxiomNames {
    fn thread(&self, thread: usize, _: &Event) -> String {
        // A thread behind those of the test is the worker of a `call_srcu()`; its line tells which.
        let name = self
            .threads
            .get(thread)
            .map_or("the SRCU callback", String::as_str);
        name.to_owned()
    }

    fn line(&self, event: &Event) -> Option<u32> {
        self.line_of(event).map(|line| line.number)
    }
}

/// What LKMM flags in a test, as one sentence.
#[must_use]
pub fn flagged(flags: &[String]) -> Option<String> {
    let texts: Vec<&str> = flags.iter().map(|name| flag(name)).collect();
    (!texts.is_empty()).then(|| format!("LKMM also reports {}.", texts.join(", and ")))
}

fn flag(name: &str) -> &str {
    match name {
        "data-race" => {
            "a data race: plain accesses that nothing keeps apart, which the compiler may change at will"
        }
        "mixed-accesses" => {
            "a plain store and a marked access to one location with no barrier in between"
        }
        "unmatched-rcu-lock" | "unmatched-srcu-lock" => "a read-side section that is never left",
        "unmatched-rcu-unlock" | "unmatched-srcu-unlock" => {
            "a read-side section that is left without being entered"
        }
        "multiple-srcu-matches" => "a cookie of srcu_read_lock() that is used twice",
        "srcu-bad-value-match" => "a srcu_read_unlock() with another cookie than its lock gave",
        "invalid-sleep" => "synchronize_srcu() inside an RCU section, which may not sleep",
        "mixed-lock-accesses" => "a lock that is accessed as a variable, too",
        "unmatched-unlock" => "an unlock of a lock that is not held",
        "lock-final" => "a lock that is never released",
        other => other,
    }
}

/// How long it took to judge.
#[must_use]
pub fn judged(milliseconds: f64, complete: bool) -> String {
    if complete {
        format!("LKMM: judged in {:.1} ms.", milliseconds.max(0.1))
    } else {
        "LKMM: stopped at the limit.".to_owned()
    }
}
