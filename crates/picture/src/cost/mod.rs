//! Waiting against callbacks: time lines side by side, as a table and in sentences.

mod panel;
mod words;

use ::cost::{Case, Nanos, Policy, Task, TimeLine, Times, simulate};

pub use panel::panel;
pub use words::{WHY, detail, event_sentence, figures, paragraph};

/// The same registrations under every policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The workload.
    pub case: Case,
    /// Ticks a second.
    pub hz: u64,
    /// How many devices are registered.
    pub registrations: usize,
    /// A time line for each of [`Policy::ALL`].
    pub lines: Vec<TimeLine>,
}

impl Comparison {
    /// Of so many registrations.
    #[must_use]
    pub fn new(case: Case, hz: u64, registrations: usize) -> Comparison {
        let workload = case.workload(registrations);
        let lines = Policy::ALL.map(|policy| simulate(policy, workload, Times::at(hz)));
        Comparison {
            case,
            hz,
            registrations,
            lines: lines.into(),
        }
    }

    /// The time line of a policy.
    #[must_use]
    pub fn line(&self, policy: Policy) -> Option<&TimeLine> {
        self.lines.iter().find(|line| line.policy == policy)
    }

    /// What comes after the registrations, as a heading says it.
    fn afterwards(&self) -> &'static str {
        match self.case.workload(self.registrations).later {
            Some(Task::CreateVcpu) => "KVM_CREATE_VCPU afterwards",
            Some(Task::SetMemory) => "KVM_SET_USER_MEMORY_REGION afterwards",
            _ => "Unregistering afterwards",
        }
    }

    /// The comparison as a table: a row a policy, below [`Comparison::headings`].
    #[must_use]
    pub fn table(&self) -> Vec<Vec<String>> {
        self.lines.iter().map(row).collect()
    }

    /// The headings of [`Comparison::table`].
    #[must_use]
    pub fn headings(&self) -> [&'static str; 7] {
        [
            "What the updater calls",
            "One registration",
            "All",
            "Of that waiting",
            self.afterwards(),
            "Most arrays kept",
            "Freshness",
        ]
    }

    /// How long the operation after the first callback waits at least and at most, by the place in a tick at which the
    /// callback is queued.
    fn range(&self, policy: Policy) -> (Nanos, Nanos) {
        let times = Times::at(self.hz);
        let waited = |into_tick: Nanos| {
            let times = Times { into_tick, ..times };
            let line = simulate(policy, self.case.workload(1), times);
            line.later().map_or(0, |op| op.waited)
        };
        let before = times.jiffy.saturating_sub(times.work + 1);
        (waited(before), waited(0))
    }
}

fn row(line: &TimeLine) -> Vec<String> {
    let (arrays, bytes) = line.peak();
    let later = line.later().map(|op| about(op.latency()));
    let freshness = line.policy.freshness();
    let freshness = freshness.split([':', ';']).next().unwrap_or(freshness);
    vec![
        line.policy.name().to_owned(),
        about(line.longest()),
        about(line.total()),
        about(line.waited()),
        later.unwrap_or_else(|| "–".to_owned()),
        format!("{arrays} ({bytes} bytes)"),
        freshness.to_owned(),
    ]
}

/// "3.5 µs", "20.016 ms": three digits behind the point, the last one rounded. For a clock.
#[must_use]
pub fn time(nanos: Nanos) -> String {
    let (unit, name) = unit(nanos);
    if unit == 1 {
        return format!("{nanos} ns");
    }
    let thousandths = (nanos + unit / 2_000) / (unit / 1_000);
    number(thousandths, name)
}

/// "3.5 µs", "20 ms": two digits, which is what the figures have that it was computed from.
#[must_use]
pub fn about(nanos: Nanos) -> String {
    let mut step = 1;
    while nanos / step >= 100 {
        step *= 10;
    }
    let rounded = (nanos + step / 2) / step * step;
    let (unit, name) = unit(rounded);
    if unit == 1 {
        return format!("{rounded} ns");
    }
    number(rounded / (unit / 1_000), name)
}

fn unit(nanos: Nanos) -> (Nanos, &'static str) {
    match nanos {
        0..=999 => (1, "ns"),
        1_000..=999_999 => (1_000, "µs"),
        1_000_000..=999_999_999 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    }
}

fn number(thousandths: Nanos, name: &str) -> String {
    let (whole, rest) = (thousandths / 1_000, thousandths % 1_000);
    let digits = format!("{rest:03}");
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        format!("{whole} {name}")
    } else {
        format!("{whole}.{digits} {name}")
    }
}
