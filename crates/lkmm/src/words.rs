//! The English of explanations.

use litmus::{Span, Test};

use crate::derive::Step;
use crate::execution::{Event, Execution};
use crate::tags::{self, Tags};
use crate::why::Link;

/// How events are spoken of: what threads are called, and which line an event is on.
pub trait Names {
    /// "P1", "vCPU 0".
    fn thread(&self, thread: usize, event: &Event) -> String;
    /// The line of an event, counted as the reader sees it.
    fn line(&self, event: &Event) -> Option<u32>;
}

/// Names from the test itself, lines from its source.
#[derive(Clone, Debug)]
pub struct TestNames {
    threads: Vec<String>,
    /// Where each line of the source starts.
    starts: Vec<u32>,
}

impl TestNames {
    /// `source` is the text that the test was parsed from; without it no lines are told.
    #[must_use]
    pub fn new(test: &Test, source: Option<&str>) -> TestNames {
        let threads = test
            .threads
            .iter()
            .map(|t| t.label.clone().unwrap_or_else(|| t.name.clone()))
            .collect();
        let starts = source.map_or_else(Vec::new, |text| {
            let after = text.match_indices('\n').map(|(at, _)| at as u32 + 1);
            std::iter::once(0).chain(after).collect()
        });
        TestNames { threads, starts }
    }
}

impl Names for TestNames {
    fn thread(&self, thread: usize, event: &Event) -> String {
        match self.threads.get(thread) {
            Some(name) => name.clone(),
            None => match event.worker_of.and_then(|(t, _)| self.threads.get(t)) {
                Some(owner) => format!("the callback of {owner}"),
                None => "the callback".to_owned(),
            },
        }
    }

    fn line(&self, event: &Event) -> Option<u32> {
        if self.starts.is_empty() || event.span == Span::default() {
            return None;
        }
        let line = self
            .starts
            .partition_point(|start| *start <= event.span.start);
        u32::try_from(line).ok()
    }
}

struct Speaker<'a> {
    execution: &'a Execution,
    names: &'a dyn Names,
}

impl Speaker<'_> {
    fn event(&self, at: usize) -> &Event {
        &self.execution.events[at]
    }

    fn owner(&self, at: usize) -> String {
        let event = self.event(at);
        event
            .thread
            .map_or_else(String::new, |thread| self.names.thread(thread, event))
    }

    fn line(&self, at: usize) -> String {
        self.names
            .line(self.event(at))
            .map_or_else(String::new, |line| format!(" (line {line})"))
    }

    /// "vCPU 0's load of `flag` (line 12)".
    fn what(&self, at: usize) -> String {
        let event = self.event(at);
        let has = |tags: Tags| event.tags & tags != 0;
        let place = event.location.as_deref().unwrap_or("memory");
        if event.initial() {
            return format!("the initial value of `{place}`");
        }
        let owner = self.owner(at);
        let line = self.line(at);
        if event.primitive == CALLBACK {
            return match (event.worker_of, event.reads()) {
                (None, _) => format!("{owner}'s call_srcu(){line}"),
                (Some(_), true) => format!("the start of {owner}{line}"),
                (Some(_), false) if event.writes() => {
                    format!("the store to `{place}` by {owner}{line}")
                }
                (Some(_), false) => format!("{owner}{line}"),
            };
        }
        let kind = if has(tags::LKR | tags::LKW) {
            format!("spin_lock of `{place}`")
        } else if has(tags::UL) {
            format!("spin_unlock of `{place}`")
        } else if has(tags::LF) {
            format!("failed spin_trylock of `{place}`")
        } else if has(tags::RL | tags::RU) {
            format!("spin_is_locked of `{place}`")
        } else if has(SECTION) {
            // Not as the access that it is: readers know it by its name.
            format!("{}()", event.primitive)
        } else if event.reads() {
            let how = if has(tags::ACQUIRE) {
                "acquire load"
            } else if has(tags::PLAIN) {
                "plain load"
            } else {
                "load"
            };
            format!("{how} of `{place}`")
        } else if event.writes() {
            let how = if has(tags::RELEASE) {
                "release store"
            } else if has(tags::PLAIN) {
                "plain store"
            } else {
                "store"
            };
            format!("{how} to `{place}`")
        } else {
            format!("{}()", event.primitive)
        };
        format!("{owner}'s {kind}{line}")
    }

    /// "vCPU 0's read-side section (lines 3 to 9)".
    fn section(&self, lock: usize, unlock: usize) -> String {
        let line = |at: usize| self.names.line(self.event(at));
        let lines = match (line(lock), line(unlock)) {
            (Some(first), Some(last)) => format!(" (lines {first} to {last})"),
            _ => String::new(),
        };
        format!("{}'s read-side section{lines}", self.owner(lock))
    }

    /// A fence or atomic of these tags between two events of a CPU.
    fn between(&self, from: usize, to: usize, tags: Tags) -> Option<usize> {
        let thread = self.event(from).thread;
        (from..=to).find(|at| {
            let event = self.event(*at);
            event.thread == thread && event.tags & tags != 0
        })
    }

    fn fence(&self, at: usize) -> String {
        let event = self.event(at);
        let name = if event.primitive.is_empty() {
            event.label()
        } else {
            format!("{}()", event.primitive)
        };
        format!("{name}{}", self.line(at))
    }
}

/// The grace period that each read-side section of a cycle is held against: by step, the event.
///
/// Along a cycle, grace periods open and sections close, like brackets.
fn grace_periods(execution: &Execution, steps: &[Step]) -> Vec<Option<usize>> {
    let mut found = vec![None; steps.len()];
    let waits = tags::SYNC_RCU | tags::SYNC_SRCU;
    let mut open: Vec<usize> = Vec::new();
    // Twice around: a section may stand before its grace period.
    for round in 0..2 {
        for (at, step) in steps.iter().enumerate() {
            if execution.events[step.to].tags & waits != 0 && round == 0 {
                open.push(step.to);
            }
            let section = step.name.ends_with("rscs") && step.inverse;
            if section && found[at].is_none() {
                let domain = &execution.events[step.to].location;
                let same = |wait: &usize| execution.events[*wait].location == *domain;
                if let Some(last) = open.iter().rposition(same) {
                    found[at] = Some(open.remove(last));
                }
            }
        }
    }
    found
}

/// The steps of a cycle in words.
pub(crate) fn links(execution: &Execution, steps: &[Step], names: &dyn Names) -> Vec<Link> {
    let waits = grace_periods(execution, steps);
    let speaker = Speaker { execution, names };
    steps
        .iter()
        .zip(waits)
        .map(|(step, wait)| {
            let mut link = link(execution, step, names);
            if let Some(wait) = wait {
                let (lock, unlock) = (step.to, step.from);
                link.through = Some(wait);
                link.text = sentence(format!(
                    "{} ends after the grace period of {}. Had it been open when that grace period began, the grace period would have waited for it. So all of it comes after the grace period began.",
                    speaker.section(lock, unlock),
                    speaker.what(wait),
                ));
            }
            link
        })
        .collect()
}

const ANY_MB: Tags = tags::MB
    | tags::BEFORE_ATOMIC
    | tags::AFTER_ATOMIC
    | tags::AFTER_SPINLOCK
    | tags::AFTER_UNLOCK_LOCK
    | tags::AFTER_SRCU_READ_UNLOCK;

/// Where an SRCU section begins or ends.
const SECTION: Tags = tags::SRCU_LOCK | tags::SRCU_UNLOCK;

/// How the events of a callback are called.
pub(crate) const CALLBACK: &str = "call_srcu";

/// The event hands a callback over, or takes it.
fn queues(execution: &Execution, at: usize) -> bool {
    let event = &execution.events[at];
    event.primitive == CALLBACK && (event.worker_of.is_none() || event.reads())
}

/// A step of a derivation in words.
pub(crate) fn link(execution: &Execution, step: &Step, names: &dyn Names) -> Link {
    let speaker = Speaker { execution, names };
    let (from, to) = (step.from, step.to);
    let (a, b) = (speaker.what(from), speaker.what(to));
    let external = execution.events[from].thread != execution.events[to].thread;
    let place = execution.events[to].location.clone().unwrap_or_default();
    let section = |at: usize| execution.events[at].tags & SECTION != 0;
    let mut through = None;
    let mut relation = step.name.clone();
    let text = match step.name.as_str() {
        "rf" if step.inverse => format!("{a} reads from {b}."),
        "rf" if queues(execution, from) && queues(execution, to) => {
            relation = "rfe".to_owned();
            format!("{b} comes after {a}, which queues it.")
        }
        "rf" if execution.events[from].initial() => format!("{b} reads the initial value."),
        "rf" => {
            relation = (if external { "rfe" } else { "rfi" }).to_owned();
            if section(to) {
                format!("{b} finds `{place}` as {a} left it.")
            } else {
                format!("{b} reads what {a} wrote.")
            }
        }
        "co" => {
            relation = (if external { "coe" } else { "coi" }).to_owned();
            if execution.events[from].initial() {
                format!("{b} replaces the initial value.")
            } else {
                format!("{a} comes before {b} in the order of the stores to `{place}`.")
            }
        }
        "fr" => {
            relation = (if external { "fre" } else { "fri" }).to_owned();
            let value = execution.events[from].value.clone().unwrap_or_default();
            if section(from) {
                format!("{a} finds `{place}` as it was before {b}.")
            } else {
                format!("{a} finds {value}, so it came before {b}, which replaces that value.")
            }
        }
        "addr" => format!("The address of {b} comes from {a}, so it cannot come first."),
        "data" if section(to) => {
            format!("The cookie of {b} comes from {a}, so it cannot come first.")
        }
        "data" => format!("What {b} stores comes from {a}, so it cannot come first."),
        "ctrl" => format!("{b} stands in a branch that depends on {a}, so it cannot come first."),
        "rmw" => format!("{a} and {b} are the halves of one atomic."),
        "po-loc" | "lws" => format!("{a} stands before {b} in the program, at the same location."),
        "acq-po" => format!("{a} is an acquire: {b} comes after it."),
        "po-rel" => format!("{b} is a release: {a} comes before it."),
        "po-unlock-lock-po" => format!(
            "{a} stands before an unlock, and {b} behind a lock that was taken after it, so they are in order."
        ),
        "mb" | "full" => {
            through = speaker.between(from, to, ANY_MB | tags::FULL);
            let fence = through.map_or_else(|| "a full barrier".to_owned(), |at| speaker.fence(at));
            format!("{fence} keeps {b} behind {a}.")
        }
        "rmb" | "wmb" => {
            let tag = if step.name == "rmb" {
                tags::RMB
            } else {
                tags::WMB
            };
            through = speaker.between(from, to, tag);
            let fence =
                through.map_or_else(|| format!("smp_{}()", step.name), |at| speaker.fence(at));
            format!("{fence} keeps {b} behind {a}.")
        }
        "gp" => {
            through = speaker.between(from, to, tags::SYNC_RCU | tags::SYNC_SRCU);
            let wait = through.map_or_else(|| "a grace period".to_owned(), |at| speaker.fence(at));
            if through == Some(to) {
                format!("{a} comes before the grace period of {wait}.")
            } else {
                format!("{wait} is a full barrier as well: {b} stays behind {a}.")
            }
        }
        "rcu-rscs" | "srcu-rscs" => {
            let (lock, unlock) = if step.inverse { (to, from) } else { (from, to) };
            format!(
                "{}: a grace period waits for every section that is open when it begins, so this one cannot reach around it.",
                speaker.section(lock, unlock)
            )
        }
        "po" => {
            let wait =
                |at: usize| execution.events[at].tags & (tags::SYNC_RCU | tags::SYNC_SRCU) != 0;
            let edge = |at: usize, tags: Tags| execution.events[at].tags & tags != 0;
            if edge(to, tags::RCU_UNLOCK | tags::SRCU_UNLOCK) {
                format!("{a} comes before the end of its section.")
            } else if edge(from, tags::RCU_LOCK | tags::SRCU_LOCK) {
                format!("{b} comes after the beginning of its section.")
            } else if wait(to) {
                format!("{a} comes before the grace period of {b}.")
            } else if wait(from) {
                format!("{b} comes after the grace period of {a}.")
            } else {
                format!("{a} stands before {b}.")
            }
        }
        other => format!("{a} is before {b} ({other})."),
    };
    if step.inverse {
        relation.push_str("^-1");
    }
    Link {
        from,
        to,
        relation,
        through,
        text: sentence(text),
    }
}

/// With a capital letter, unless it begins with what is written in code.
fn sentence(text: String) -> String {
    let first = text.split(' ').next().unwrap_or("");
    // Neither does a name change: "vCPU 0".
    let name = first.chars().skip(1).any(char::is_uppercase);
    if name || first.contains(['_', '(', '`']) {
        return text;
    }
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().collect::<String>() + chars.as_str(),
        None => text,
    }
}

/// What an axiom asks.
pub(crate) fn rule(axiom: &str) -> &'static str {
    match axiom {
        "coherence" => {
            "all CPUs agree on the order of the stores to one location, and program order respects it."
        }
        "atomic" => "no other CPU's store comes between the load and the store of one atomic.",
        "happens-before" => {
            "what must happen first, because of dependencies, barriers or a value that was read, makes no circle."
        }
        "propagation" => {
            "a full barrier makes every store that its CPU has seen reach all CPUs before it goes on, and that makes no circle."
        }
        "rcu" => "a grace period does not fit inside of a read-side section.",
        "plain-coherence" => {
            "where the model orders a plain access with another, it reads and overwrites accordingly."
        }
        "order" => "there is one order of all events that every CPU's rules respect.",
        _ => "an axiom of the model.",
    }
}

/// What a cycle comes to.
pub(crate) fn conclusion(
    axiom: &str,
    execution: &Execution,
    cycle: &[Link],
    names: &dyn Names,
) -> String {
    let speaker = Speaker { execution, names };
    if axiom == "atomic" {
        return "So another CPU's store would come between the two halves of an atomic.".to_owned();
    }
    let Some(last) = cycle.last() else {
        return String::new();
    };
    if last.relation == "fre" || last.relation == "fri" {
        return sentence(format!(
            "{} would come before {} and after it: it cannot find the older value.",
            speaker.what(last.from),
            speaker.what(last.to)
        ));
    }
    sentence(format!(
        "{} would come before itself: the outcome is impossible.",
        speaker.what(last.to)
    ))
}
