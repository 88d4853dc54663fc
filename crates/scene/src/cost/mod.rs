//! Waiting against callbacks: time lines side by side, as a table and in sentences.

mod words;

use ::cost::{Nanos, Policy, TimeLine, Times, Workload, simulate};

pub use words::{event_sentence, figures, paragraph};

/// The same registrations under every policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// How many devices are registered.
    pub registrations: usize,
    /// A time line for each of [`Policy::ALL`].
    pub lines: Vec<TimeLine>,
}

impl Comparison {
    /// Of so many registrations, one right after the other.
    #[must_use]
    pub fn new(registrations: usize) -> Comparison {
        let workload = Workload {
            registrations,
            pause: 0,
        };
        let lines = Policy::ALL.map(|policy| simulate(policy, workload, Times::SAID));
        Comparison {
            registrations,
            lines: lines.into(),
        }
    }

    /// The time line of a policy.
    #[must_use]
    pub fn line(&self, policy: Policy) -> Option<&TimeLine> {
        self.lines.iter().find(|line| line.policy == policy)
    }

    /// The comparison as a table: a row a policy, below [`Comparison::HEADINGS`].
    #[must_use]
    pub fn table(&self) -> Vec<Vec<String>> {
        self.lines.iter().map(row).collect()
    }

    /// The headings of [`Comparison::table`].
    pub const HEADINGS: [&'static str; 7] = [
        "What the updater calls",
        "One registration",
        "All",
        "Of that waiting",
        "Grace periods",
        "Most arrays held",
        "A wait afterwards",
    ];
}

fn row(line: &TimeLine) -> Vec<String> {
    let (arrays, bytes) = line.peak();
    let later = line.later_wait().map(|op| time(op.latency()));
    vec![
        line.policy.name().to_owned(),
        time(line.longest()),
        time(line.total()),
        time(line.waited()),
        periods(line),
        format!("{arrays} ({bytes} bytes)"),
        later.unwrap_or_else(|| "–".to_owned()),
    ]
}

/// "50 expedited", "1 normal, 1 expedited".
fn periods(line: &TimeLine) -> String {
    let expedited = line.periods.iter().filter(|p| p.expedited).count();
    let normal = line.periods.len() - expedited;
    let counts = [(normal, "normal"), (expedited, "expedited")];
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, kind)| format!("{count} {kind}"))
        .collect();
    if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join(", ")
    }
}

/// "3.5 µs", "20.015 ms": three digits behind the point, and what is left is cut off.
#[must_use]
pub fn time(nanos: Nanos) -> String {
    let (unit, name) = match nanos {
        0..=999 => return format!("{nanos} ns"),
        1_000..=999_999 => (1_000, "µs"),
        1_000_000..=999_999_999 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    let thousandths = nanos / (unit / 1_000);
    let (whole, rest) = (thousandths / 1_000, thousandths % 1_000);
    let digits = format!("{rest:03}");
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        format!("{whole} {name}")
    } else {
        format!("{whole}.{digits} {name}")
    }
}
