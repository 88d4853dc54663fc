//! What LKMM says, for people: who an event belongs to, on which line it stands, and what is wrong with a test.

use explore::Reachable;
use litmus::{Setting, Test};
use lkmm::{Event, Explanation, Why};
use machine::SrcuFlavour;
pub use protocol::{LinkText, Reason, Violated};

use crate::graph;
use session::listing::{Line, Listing};
use session::names::capital;

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

    /// A sentence whose first word has been given a capital letter that it does not take: "vCPU 0".
    fn own_case(&self, text: &str) -> String {
        let spelled = |name: &&String| {
            let mut bytes = name.bytes();
            bytes.next().is_some_and(|b| b.is_ascii_lowercase())
                && bytes.next().is_some_and(|b| b.is_ascii_uppercase())
        };
        let mut names = self.threads.iter().filter(spelled);
        let found = names.find_map(|name| Some((name, text.strip_prefix(&capital(name))?)));
        found.map_or_else(|| text.to_owned(), |(name, rest)| format!("{name}{rest}"))
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
            "a data race: unordered plain accesses, which the compiler may transform freely"
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
        "bad-pointer" => "a load through a pointer that leads to no variable",
        "undefined-arithmetic" => "an operation that has no result, such as a division by 0",
        "lock-final" => "a lock that is never released",
        other => other,
    }
}

/// How long it took to judge the present setting, in microseconds; without a full stop.
#[must_use]
pub fn judged(micros: u64, complete: bool) -> String {
    if complete {
        format!("LKMM: checked in {}", time(micros))
    } else {
        "LKMM: stopped at the limit".to_owned()
    }
}

/// How long it took to judge so many settings, to be said behind [`judged`].
#[must_use]
pub fn judged_all(settings: usize, micros: u64) -> String {
    format!(", all {settings} in {}", time(micros))
}

/// Tenths below ten milliseconds; no floating point, whose formatting is large.
fn time(micros: u64) -> String {
    match (micros + 50) / 100 {
        tenths @ ..100 => format!("{}.{} ms", tenths.max(1) / 10, tenths.max(1) % 10),
        _ => format!("{} ms", (micros + 500) / 1000),
    }
}

/// An answer of the judge for people; none where no execution has these values at all.
#[must_use]
pub fn reason(why: &Why, names: &AxiomNames) -> Option<Reason> {
    let explanation = match why {
        Why::NoSuchValues => return None,
        Why::Allowed(execution) => {
            return Some(Reason {
                graph: graph::of_execution(execution, &[], names),
                violated: None,
            });
        }
        Why::Forbidden(explanation) => explanation,
    };
    let Explanation {
        axiom,
        rule,
        execution,
        cycle,
        conclusion,
        candidates,
    } = &**explanation;
    let graph = graph::of_execution(execution, cycle, names);
    let own = |text: &str| names.own_case(text);
    let links = cycle.iter().zip(&graph.cycle).map(|(link, edge)| {
        let events = [Some(link.from), link.through, Some(link.to)];
        let mut lines: Vec<String> = events
            .into_iter()
            .flatten()
            .filter_map(|at| names.line_id(execution.events.get(at)?))
            .collect();
        lines.dedup();
        let letter = |at: usize| graph.nodes.get(at).map_or("", |node| &node.letter);
        LinkText {
            place: format!("{} → {}", letter(edge.from), letter(edge.to)),
            name: edge.name.clone(),
            family: edge.family,
            text: own(&link.text),
            lines,
        }
    });
    let links = links.collect();
    Some(Reason {
        violated: Some(Violated {
            axiom: axiom.clone(),
            rule: capital(rule),
            links,
            conclusion: own(conclusion),
            candidates: match candidates {
                0 | 1 => "This execution would have the outcome:".to_owned(),
                more => format!(
                    "Of {more} executions that would have the outcome, all forbidden, this is the plainest:"
                ),
            },
        }),
        graph,
    })
}

/// What the search of the machine says beside LKMM: by model its name, whether it can happen there, and how many states
/// were searched.
#[must_use]
pub fn machine(found: &[(&str, Reachable, usize)]) -> String {
    let names = |wanted: Reachable| -> Vec<&str> {
        let found = found
            .iter()
            .filter(|(_, reachable, _)| *reachable == wanted);
        found.map(|(name, ..)| *name).collect()
    };
    let (yes, open) = (names(Reachable::Yes), names(Reachable::Unknown));
    let no: Vec<String> = found
        .iter()
        .filter(|(_, reachable, _)| *reachable == Reachable::No)
        .map(|(name, _, states)| format!("{name} ({} states)", session::text::grouped(*states)))
        .collect();
    let mut parts = Vec::new();
    if !yes.is_empty() {
        parts.push(format!("A schedule on {} has it.", listed(&yes)));
    }
    if !no.is_empty() {
        let no: Vec<&str> = no.iter().map(String::as_str).collect();
        parts.push(format!(
            "Every schedule was searched on {}: none has it.",
            listed(&no)
        ));
    }
    if !open.is_empty() {
        parts.push(format!("On {} it is not known.", listed(&open)));
    }
    parts.join(" ")
}

/// What LKMM's answer is, beside the machine's.
#[must_use]
pub fn verdict(allowed: bool, found: &[(&str, Reachable, usize)]) -> &'static str {
    let all = |wanted: Reachable| found.iter().all(|(_, reachable, _)| *reachable == wanted);
    let some = |wanted: Reachable| found.iter().any(|(_, reachable, _)| *reachable == wanted);
    match allowed {
        false => "LKMM forbids it",
        true if all(Reachable::No) => "LKMM allows it, although none of these CPUs does it",
        true if some(Reachable::Yes) => "LKMM allows it, and a CPU does it",
        true => "LKMM allows it",
    }
}

/// What follows where LKMM allows what no model of ours does.
pub const ELSEWHERE: &str = "Other CPUs may, and so may the compiler: code must not rely on it.";

/// "SC, PSO and Arm".
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// What a reader of Tree SRCU should know beside a reason in which SRCU has a part.
#[must_use]
pub fn remark(reason: &Reason, flavour: SrcuFlavour) -> Option<&'static str> {
    let mut nodes = reason.graph.nodes.iter();
    let srcu = flavour == SrcuFlavour::Tree && nodes.any(|node| node.label.contains("srcu"));
    srcu.then_some("LKMM knows SRCU by its contract: it does not count on the full barriers in the lock and unlock of Tree SRCU.")
}
