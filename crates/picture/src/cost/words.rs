//! What is said of the time lines.

use ::cost::{Case, FIGURES, Operation, Policy, Task, TimeLine, Times, What};

use super::{Comparison, about, time};
use session::names::capital;

/// Why a wait is slow that comes after a callback.
pub const WHY: [&str; 2] = [
    "Why the next wait is slow: `call_srcu()` starts a normal grace period, whose worker begins a jiffy later, when a \
     timer fires. `synchronize_srcu()` expedites itself on a domain that has been idle for 25 µs; `call_srcu()` never does.",
    "Our inference, from srcutree.c of 7.1-rc: an expedited request that comes while the timer is armed does not shorten \
     it. It waits for the timer, for that grace period, and then for one of its own. `srcu_expedite_current()` (6.19) \
     comes after the timer is armed too, so by itself it would not help.",
];

/// One sentence for an event of a time line.
#[must_use]
pub fn event_sentence(line: &TimeLine, number: usize) -> String {
    let Some(event) = line.events.get(number) else {
        return "Everything is over.".to_owned();
    };
    let text = match event.what {
        What::Begin(op) => format!("{} is called.", task(line, op)),
        What::Retire(array) => retires(line, array),
        What::Start(period) => starts(line, period),
        What::Worker(period) => {
            let kind = kind(line, period);
            format!("The timer fires, and the worker of the {kind} grace period looks for readers.")
        }
        What::End(period) => {
            let times = Times::at(1);
            let read = line
                .periods
                .get(period)
                .is_some_and(|p| p.ends - p.worker > times.period);
            let after = if read {
                ", once the reader has left"
            } else {
                ""
            };
            format!("The {} grace period is over{after}.", kind(line, period))
        }
        What::Free(array) => {
            let retired = line.retired.get(array);
            let by = retired.and_then(|r| line.operations.get(r.by));
            let by = by.map(|op| op.task.name()).unwrap_or_default();
            match retired.is_some_and(|r| r.callback) {
                true => format!("The callback frees the array that {by} has replaced."),
                false => format!("{} frees the array that it has replaced.", capital(&by)),
            }
        }
        What::Return(op) => {
            let (latency, waited) = line
                .operations
                .get(op)
                .map_or((0, 0), |op| (op.latency(), op.waited));
            let waiting = match waited {
                0 => "none of it waiting".to_owned(),
                _ => format!("{} of it waiting", about(waited)),
            };
            format!(
                "{} returns after {}, {waiting}.",
                task(line, op),
                about(latency)
            )
        }
    };
    format!("{}: {text}", time(event.at))
}

/// "Registration 3".
fn task(line: &TimeLine, op: usize) -> String {
    let name = line.operations.get(op).map(|op| op.task.name());
    capital(&name.unwrap_or_default())
}

fn kind(line: &TimeLine, period: usize) -> &'static str {
    match line.periods.get(period) {
        Some(period) if period.expedited => "expedited",
        _ => "normal",
    }
}

fn retires(line: &TimeLine, array: usize) -> String {
    let Some(retired) = line.retired.get(array) else {
        return String::new();
    };
    let next = line
        .periods
        .get(retired.period)
        .is_some_and(|period| period.starts > retired.at);
    let next = if next {
        "; the grace period that runs began too early, so the next one is asked for"
    } else {
        ""
    };
    let does = if retired.callback {
        "queues a callback"
    } else {
        "waits"
    };
    format!(
        "{} publishes its copy and {does}{next}.",
        task(line, retired.by)
    )
}

fn starts(line: &TimeLine, number: usize) -> String {
    let Some(period) = line.periods.get(number) else {
        return String::new();
    };
    if period.worker > period.starts {
        let delay = about(period.worker - period.starts);
        return format!(
            "A normal grace period starts. A timer is armed for its worker, which fires in {delay}."
        );
    }
    match period.expedited {
        true => "An expedited grace period starts, and its worker begins at once.",
        false => "A normal grace period follows, and its worker begins at once.",
    }
    .to_owned()
}

/// What the comparison says, in one paragraph.
#[must_use]
pub fn paragraph(comparison: &Comparison, chosen: Policy) -> String {
    let n = comparison.registrations;
    let (Some(wait), Some(line)) = (comparison.line(Policy::Wait), comparison.line(chosen)) else {
        return String::new();
    };
    let devices = if n == 1 { "device" } else { "devices" };
    let mut text = format!(
        "Here, registering {n} {devices} takes about {} with a wait each",
        about(wait.total())
    );
    if chosen != Policy::Wait {
        text.push_str(&format!(
            ", and about {} with {}",
            about(line.total()),
            short(chosen)
        ));
    }
    text.push('.');
    if comparison.case == Case::Crosvm && wait.span() > 0 {
        let share = |line: &TimeLine| (line.waited() * 100 + line.span() / 2) / line.span().max(1);
        text.push_str(&format!(
            " With a wait each, about {} % of the start-up is waiting",
            share(wait)
        ));
        if chosen != Policy::Wait {
            text.push_str(&format!("; with {}, {} %", short(chosen), share(line)));
        }
        text.push('.');
    }
    if let (Some(before), Some(now)) = (wait.later(), line.later()) {
        let task = capital(&now.task.name());
        text.push_str(&format!(
            " {task} then takes about {}",
            about(now.latency())
        ));
        let (before, now) = (about(before.latency()), about(now.latency()));
        if chosen != Policy::Wait && before == now {
            text.push_str(", as before the series");
        } else if chosen != Policy::Wait {
            text.push_str(&format!(", where it took about {before} before the series"));
        }
        text.push('.');
    }
    let slow = |line: &TimeLine| {
        line.later()
            .is_some_and(|op| op.waited > comparison.jiffy() / 2)
    };
    if comparison.case != Case::Crosvm && slow(line) {
        let (least, most) = comparison.range(chosen);
        text.push_str(&format!(
            " That is two ticks at HZ={}, since the clock begins right behind a tick; from {} to {} are possible.",
            comparison.hz,
            about(least),
            about(most)
        ));
        let measured = comparison.case.measured().last();
        if let (100, Policy::Callback, Some((measured, ..))) = (comparison.hz, chosen, measured) {
            let value = measured.trim_start_matches("measured: ");
            text.push_str(&format!(" On a real machine it was {value}."));
        }
    }
    text
}

/// "(a)", "call_srcu()".
fn short(policy: Policy) -> &'static str {
    match policy.name().split_once(") ") {
        Some((letter, _)) if letter.starts_with('(') => policy.name().get(..3).unwrap_or_default(),
        _ => policy.name(),
    }
}

impl Comparison {
    fn jiffy(&self) -> u64 {
        Times::at(self.hz).jiffy
    }
}

/// What there is to know of a policy: what, and how it is.
#[must_use]
pub fn detail(comparison: &Comparison, policy: Policy) -> Vec<[String; 2]> {
    let mut rows = vec![
        ["Status".to_owned(), policy.status().to_owned()],
        ["Freshness".to_owned(), policy.freshness().to_owned()],
        ["Lifetime".to_owned(), policy.lifetime().to_owned()],
    ];
    if let Some(line) = comparison.line(policy) {
        let (arrays, bytes) = line.peak();
        let arrays = match arrays {
            1 => "one old array".to_owned(),
            n => format!("{n} old arrays"),
        };
        let later = line.later().map(|op: &Operation| {
            let task = match op.task {
                Task::Unregister => "a removal".to_owned(),
                task => task.name(),
            };
            format!("; {task} about {}", about(op.latency()))
        });
        rows.push([
            "Cost here".to_owned(),
            format!(
                "a registration at most {}{}; up to {arrays} kept ({bytes} bytes)",
                about(line.longest()),
                later.unwrap_or_default()
            ),
        ]);
    }
    rows
}

/// Every figure of a workload, and of all, with where it is from: what, value, origin.
#[must_use]
pub fn figures(case: Case) -> Vec<[String; 3]> {
    FIGURES
        .iter()
        .filter(|figure| figure.case.is_none_or(|of| of == case))
        .map(|figure| {
            [
                figure.what.to_owned(),
                figure.value.to_owned(),
                figure.origin.text(),
            ]
        })
        .collect()
}
