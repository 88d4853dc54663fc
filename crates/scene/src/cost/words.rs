//! What is said of the time lines.

use ::cost::{FIGURES, Policy, Task, TimeLine, What};

use super::{Comparison, time};

/// One sentence for an event of a time line.
#[must_use]
pub fn event_sentence(line: &TimeLine, number: usize) -> String {
    let Some(event) = line.events.get(number) else {
        return "Everything is over.".to_owned();
    };
    let at = time(event.at);
    let task = |op: usize| match line.operations.get(op).map(|op| op.task) {
        Some(Task::Register(device)) => format!("Registration {}", device + 1),
        _ => "The operation that waits".to_owned(),
    };
    let kind = |period: usize| match line.periods.get(period) {
        Some(period) if period.expedited => "expedited",
        _ => "normal",
    };
    let array = |n: usize| line.retired.get(n).map_or(0, |r| r.by + 1);
    let text = match event.what {
        What::Begin(op) => format!("{} is called.", task(op)),
        What::Retire(n) => {
            let number = array(n);
            let running = line.retired.get(n).is_some_and(|retired| {
                line.periods
                    .get(retired.period)
                    .is_some_and(|period| period.starts > retired.at)
            });
            let next = if running {
                "; the grace period that runs began too early, so the next one is asked for"
            } else {
                ""
            };
            match line.policy {
                Policy::Wait => {
                    format!("Registration {number} publishes its copy and waits{next}.")
                }
                _ => {
                    format!("Registration {number} publishes its copy and queues a callback{next}.")
                }
            }
        }
        What::Start(period) => format!("A {} grace period starts.", kind(period))
            .replace("A expedited", "An expedited"),
        What::End(period) => format!("The {} grace period is over.", kind(period)),
        What::Free(n) => match line.policy {
            Policy::Wait => format!(
                "Registration {} frees the array that it has replaced.",
                array(n)
            ),
            _ => format!("The callback of registration {} frees its array.", array(n)),
        },
        What::Return(op) => {
            let (latency, waited) = line
                .operations
                .get(op)
                .map_or((0, 0), |op| (op.latency(), op.waited));
            let waiting = match waited {
                0 => "none of it waiting".to_owned(),
                _ => format!("{} of it waiting", time(waited)),
            };
            format!("{} returns after {}, {waiting}.", task(op), time(latency))
        }
    };
    format!("{at}: {text}")
}

/// What the comparison says, in one paragraph.
#[must_use]
pub fn paragraph(comparison: &Comparison) -> String {
    let n = comparison.registrations;
    let (Some(wait), Some(callback), Some(then)) = (
        comparison.line(Policy::Wait),
        comparison.line(Policy::Callback),
        comparison.line(Policy::CallbackThenWait),
    ) else {
        return String::new();
    };
    let later = then.later_wait().map_or(0, ::cost::Operation::latency);
    let (arrays, bytes) = callback.peak();
    let devices = if n == 1 { "device" } else { "devices" };
    format!(
        "Registering {n} {devices} takes {} with a wait each and {} with callbacks. Nothing waits then, \
         but up to {arrays} old arrays ({bytes} bytes) are kept until a grace period is over. And call_srcu() starts a \
         normal grace period: whoever waits afterwards, expedited or not, first has to see the end of it. That takes {} \
         here, where an expedited grace period alone takes {}.",
        time(wait.total()),
        time(callback.total()),
        time(later),
        time(::cost::Times::SAID.expedited),
    )
}

/// Every figure with where it is from: what, value, origin.
#[must_use]
pub fn figures() -> Vec<[String; 3]> {
    FIGURES
        .iter()
        .map(|figure| {
            [
                figure.what.to_owned(),
                figure.value.to_owned(),
                figure.origin.text(),
            ]
        })
        .collect()
}
