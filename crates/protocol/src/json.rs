//! The lines that `stalebus … --json` prints, and the trace of a session: what other tools read.
//!
//! These types are the boundary: what the engine or the page call things may change, a member may not. One may be
//! added; none is taken away or means something else. The order of the fields is the order of the members.
//! `docs/schema/` has a JSON Schema of each.

use litmus::Reachable;
use machine::SrcuFlavour;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::matrix::Model;

/// A line of `stalebus check --json`: a test on a model.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// The file; `-` for the standard input.
    pub file: String,
    /// The name of the test.
    pub test: String,
    /// The model.
    pub model: Model,
    /// `Never`, `Sometimes`, `Always`, or `Unknown` where the search came to its limit.
    pub verdict: String,
    /// The verdict of the CPU's axioms, where they allow more than the machine, or may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub axioms: Option<String>,
    /// The final states that only they allow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub axioms_states: Option<Vec<String>>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Outcomes (for LKMM: executions) in which the condition holds.
    pub positive: u64,
    /// Those in which it does not.
    pub negative: u64,
    /// The final states, as herd7 prints them.
    pub states: Vec<String>,
    /// What went wrong in some schedule or execution.
    pub flags: Vec<String>,
    /// Every schedule (for LKMM: execution) has been accounted for.
    pub complete: bool,
    /// States visited; for LKMM choices made.
    pub explored: u64,
    /// The time that it took.
    pub seconds: f64,
    /// The `@verdict` lines that name the model.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Claim>,
    /// With `--why`: the reasons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Vec<Why>>,
}

/// What a `@verdict` line claims of a model, and what was found.
#[derive(Clone, Debug, Serialize)]
pub struct Claim {
    /// The outcome.
    pub outcome: String,
    /// The toggles that are not in their first position, as in links.
    pub off: String,
    /// The flavour of SRCU; empty where the claim is about both.
    pub srcu: String,
    /// What is claimed: `yes` or `no`.
    pub claimed: Reachable,
    /// What was found.
    pub found: Reachable,
    /// What the CPU's axioms say, where they allow more than the machine, or may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub axioms: Option<Reachable>,
}

/// Why LKMM allows or forbids an outcome.
#[derive(Clone, Debug, Serialize)]
pub struct Why {
    /// The outcome.
    pub outcome: String,
    /// What is known.
    pub answer: WhyAnswer,
    /// Where it is forbidden: by what.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub forbidden: Option<Forbidden>,
    /// The execution that has the outcome, or would have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution: Option<Execution>,
}

/// See [`Why`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyAnswer {
    /// The search came to its limit.
    Unknown,
    /// An execution has the outcome.
    Allowed,
    /// Executions would have it, and the model forbids each.
    Forbidden,
    /// No execution has these values, whatever is ordered.
    NoSuchValues,
}

/// The axiom that forbids an execution.
#[derive(Clone, Debug, Serialize)]
pub struct Forbidden {
    /// Its name: `happens-before`.
    pub axiom: String,
    /// What it asks, in one sentence.
    pub rule: String,
    /// The cycle that violates it.
    pub cycle: Vec<Link>,
    /// What the cycle comes to.
    pub conclusion: String,
    /// How many executions would have the outcome.
    pub candidates: u64,
}

/// A link of a cycle.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// From this event, by its name in the execution.
    pub from: String,
    /// To this one.
    pub to: String,
    /// The relation.
    pub relation: String,
    /// The fence or grace period that makes it so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// The link in words.
    pub text: String,
}

/// An execution.
#[derive(Clone, Debug, Serialize)]
pub struct Execution {
    /// Its final state, as herd7 prints it.
    pub state: String,
    /// Its events.
    pub events: Vec<Event>,
    /// The relations between them.
    pub edges: Vec<Edge>,
}

/// An event.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// Its name in the execution: `a`.
    pub name: String,
    /// Its thread; initial values have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// Its line in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// As herd7 writes it: `R[acquire]flag=1`.
    pub label: String,
    /// The variable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Two related events.
#[derive(Clone, Debug, Serialize)]
pub struct Edge {
    /// From this event, by its name.
    pub from: String,
    /// To this one.
    pub to: String,
    /// The relation.
    pub relation: String,
    /// It belongs to the cycle.
    pub cycle: bool,
}

/// A line of `stalebus explore --json`: a test on a CPU, with a schedule to each outcome.
#[derive(Clone, Debug, Serialize)]
pub struct Explore {
    /// The file; `-` for the standard input.
    pub file: String,
    /// The name of the test.
    pub test: String,
    /// The model.
    pub model: Model,
    /// The flavour of SRCU.
    pub srcu: SrcuFlavour,
    /// The toggles that are not in their first position, as in links.
    pub off: String,
    /// The final states, as herd7 prints them.
    pub states: Vec<String>,
    /// What went wrong in some schedule.
    pub flags: Vec<String>,
    /// The final states that only the CPU's axioms allow, where they allow more, or may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub axioms_states: Option<Vec<String>>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What can happen.
    pub outcomes: Vec<Reached>,
    /// Every schedule has been accounted for.
    pub complete: bool,
    /// States visited.
    pub explored: u64,
    /// The time that it took.
    pub seconds: f64,
}

/// Whether an outcome can be reached, and how.
#[derive(Clone, Debug, Serialize)]
pub struct Reached {
    /// The outcome.
    pub name: String,
    /// It is a failure.
    pub bad: bool,
    /// For people.
    pub label: String,
    /// Whether a schedule leads to it.
    pub reachable: Reachable,
    /// What the CPU's axioms say, where they allow more than the machine, or may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub axioms: Option<Reachable>,
    /// Where it can be reached: how.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub by: Option<Schedule>,
}

/// A schedule to an outcome.
#[derive(Clone, Debug, Serialize)]
pub struct Schedule {
    /// None is shorter.
    pub shortest: bool,
    /// What it ends with.
    pub end: String,
    /// Its steps.
    pub schedule: Vec<Step>,
}

/// A step of a schedule.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Its name, as in links.
    pub step: String,
    /// Who does it.
    pub cpu: String,
    /// The line in the file.
    pub line: u32,
    /// What the line says.
    pub text: String,
    /// What the step does.
    pub did: String,
}

/// A line of `stalebus matrix --json`: an outcome in every setting on every model.
#[derive(Clone, Debug, Serialize)]
pub struct Matrix {
    /// The file; `-` for the standard input.
    pub file: String,
    /// The name of the test.
    pub test: String,
    /// The flavour of SRCU.
    pub srcu: SrcuFlavour,
    /// The outcome.
    pub outcome: String,
    /// It is a failure.
    pub bad: bool,
    /// The columns.
    pub models: Vec<Model>,
    /// The settings.
    pub rows: Vec<Row>,
    /// By model the weakest settings that prevent the outcome.
    pub minimal: Vec<Minimal>,
    /// What only a CPU's axioms allow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by_axioms: Vec<ByAxioms>,
    /// Every cell is known.
    pub complete: bool,
    /// States visited.
    pub explored: u64,
    /// The time that it took.
    pub seconds: f64,
}

/// A setting.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The toggles that are not in their first position, as in links.
    pub off: String,
    /// By model, whether the outcome can happen: `yes`, `no` or `?`.
    #[serde(serialize_with = "cells")]
    pub cells: Vec<(Model, Reachable)>,
}

fn cells<S: Serializer>(cells: &[(Model, Reachable)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(cells.len()))?;
    for (model, reachable) in cells {
        let word = match reachable {
            Reachable::Yes => "yes",
            Reachable::No => "no",
            Reachable::Unknown => "?",
        };
        map.serialize_entry(model.id(), word)?;
    }
    map.end()
}

/// A weakest setting.
#[derive(Clone, Debug, Serialize)]
pub struct Minimal {
    /// The model.
    pub model: Model,
    /// The toggles that are on, those with several positions with the position.
    pub on: Vec<String>,
    /// What they are.
    pub barriers: Vec<String>,
    /// The toggles that are not in their first position, as in links.
    pub off: String,
    /// It waits for a grace period.
    pub waits: bool,
    /// Nothing weaker prevents the outcome.
    pub proven: bool,
}

/// What only the axioms of a CPU allow in a setting.
#[derive(Clone, Debug, Serialize)]
pub struct ByAxioms {
    /// The model.
    pub model: Model,
    /// The setting, as in links.
    pub off: String,
    /// In words.
    pub note: String,
}

/// The trace of a session: `docs/trace.md` says what each member means.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// [`Trace::SCHEMA`].
    pub schema: &'static str,
    /// [`Trace::VERSION`].
    pub version: u32,
    /// What was run.
    pub test: TraceTest,
    /// The CPU model.
    pub cpu: Model,
    /// The flavour of SRCU.
    pub srcu: SrcuFlavour,
    /// The toggles that are not in their first position, as in links.
    pub off: Vec<String>,
    /// The schedule.
    pub steps: Vec<TraceStep>,
    /// How many of its steps are done.
    pub at: usize,
    /// How it ended; none until nothing more can happen.
    pub end: Option<TraceEnd>,
}

impl Trace {
    /// The name of the schema.
    pub const SCHEMA: &'static str = "stale-bus-trace";
    /// The version of the schema.
    pub const VERSION: u32 = 1;
}

/// What was run.
#[derive(Clone, Debug, Serialize)]
pub struct TraceTest {
    /// The name of the test.
    pub name: String,
    /// For people.
    pub title: String,
    /// The id of a built-in scenario.
    pub scenario: Option<String>,
    /// The text of the test.
    pub source: Option<String>,
}

/// A step.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceStep {
    /// From 1.
    pub number: usize,
    /// Its name, as in links.
    pub step: String,
    /// Who does it.
    pub cpu: Option<String>,
    /// The line in the file.
    pub line: Option<u32>,
    /// What it did or would do.
    pub sentence: String,
    /// What became of it.
    pub fate: TraceFate,
    /// Why it is impossible.
    pub why: Option<String>,
    /// It overtook an earlier line of its CPU.
    pub early: bool,
    /// It used freed memory, or read what nobody had written.
    pub bad: bool,
    /// The number of the step whose store it read.
    pub reads_from: Option<usize>,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TraceFate {
    /// It is done.
    Done,
    /// It was taken back.
    Future,
    /// The hardware may not do it in this setting.
    Impossible,
    /// Its line is switched off.
    SwitchedOff,
    /// It stands behind an impossible one.
    NotReached,
}

/// How a session ended.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceEnd {
    /// In words.
    pub sentence: String,
    /// The final state, as herd7 prints it.
    pub state: String,
    /// The named outcomes.
    pub outcomes: Vec<TraceOutcome>,
    /// Whether the test's own condition holds; none without one.
    pub condition: Option<bool>,
    /// Why nobody can go on.
    pub deadlock: Option<String>,
    /// A freed object was used.
    pub use_after_free: bool,
    /// Something was read that nobody had written.
    pub uninitialised: bool,
    /// The test's filter rejects the state.
    pub filtered_out: bool,
}

/// A named outcome.
#[derive(Clone, Debug, Serialize)]
pub struct TraceOutcome {
    /// Its name.
    pub name: String,
    /// For people.
    pub label: String,
    /// It is a failure.
    pub bad: bool,
    /// It has happened.
    pub holds: bool,
}
