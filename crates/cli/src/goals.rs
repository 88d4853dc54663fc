//! What a schedule is asked for: a named outcome, the test's condition, or
//! something that goes wrong.

use explore::Report;
use litmus::{Cond, Quantifier, Span, Test};
use machine::Program;
use machine::{Deadlock, Outcome};

/// A goal.
#[derive(Clone, Debug)]
pub struct Goal {
    /// Its name on the command line.
    pub name: String,
    /// It is a failure.
    pub bad: bool,
    /// What it means.
    pub label: String,
    /// When it is reached.
    pub kind: Kind,
}

/// See [`Goal`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A final state that satisfies this.
    State(Cond),
    /// A freed object is used.
    UseAfterFree,
    /// What nothing initialised is read.
    Uninitialised,
    /// A load goes through a pointer that leads to no variable.
    BadPointer,
    /// What is computed has no result.
    Undefined,
    /// Some deadlock.
    Deadlock,
}

/// A name that no outcome has.
pub const CONDITION: &str = "exists";
const COUNTEREXAMPLE: &str = "forall-fails";
const USE_AFTER_FREE: &str = "use-after-free";
const UNINITIALISED: &str = "uninitialised-read";
const BAD_POINTER: &str = "bad-pointer";
const UNDEFINED: &str = "undefined-arithmetic";
const DEADLOCK: &str = "deadlock";

/// The named outcomes of a test, then its condition.
pub fn states(test: &Test) -> Vec<Goal> {
    let mut goals: Vec<Goal> = test
        .outcomes
        .iter()
        .map(|outcome| Goal {
            name: outcome.name.clone(),
            bad: outcome.bad,
            label: outcome.label.clone().unwrap_or_default(),
            kind: Kind::State(outcome.cond.clone()),
        })
        .collect();
    if let Some(condition) = &test.condition {
        let (name, label, cond) = match condition.quantifier {
            Quantifier::Exists => (
                CONDITION,
                "the test's condition holds",
                condition.cond.clone(),
            ),
            Quantifier::NotExists => (
                CONDITION,
                "the test's condition holds, which it should not",
                condition.cond.clone(),
            ),
            Quantifier::Forall => (
                COUNTEREXAMPLE,
                "the test's condition does not hold, which it should",
                Cond::Not(Box::new(condition.cond.clone())),
            ),
        };
        goals.push(Goal {
            name: name.to_string(),
            bad: condition.quantifier != Quantifier::Exists,
            label: label.to_string(),
            kind: Kind::State(cond),
        });
    }
    goals
}

/// What can go wrong in any test.
fn accidents() -> [Goal; 5] {
    let goal = |name: &str, label: &str, kind| Goal {
        name: name.to_string(),
        bad: true,
        label: label.to_string(),
        kind,
    };
    [
        goal(USE_AFTER_FREE, "a freed object is used", Kind::UseAfterFree),
        goal(
            UNINITIALISED,
            "what nothing initialised is read",
            Kind::Uninitialised,
        ),
        goal(
            BAD_POINTER,
            "a load goes through a pointer that leads to no variable",
            Kind::BadPointer,
        ),
        goal(UNDEFINED, "a computation has no result", Kind::Undefined),
        goal(DEADLOCK, "some CPU waits for ever", Kind::Deadlock),
    ]
}

/// The goals that are asked for by name; without a name the bad outcomes, the
/// condition, and what the report says goes wrong.
///
/// # Errors
/// When there is no such goal, with those that there are.
pub fn asked(test: &Test, report: &Report, name: Option<&str>) -> Result<Vec<Goal>, String> {
    if let Some(name) = name {
        return find(test, name).map(|goal| vec![goal]);
    }
    let flags = report.flags();
    let accidents = accidents()
        .into_iter()
        .filter(|goal| flags.contains(&goal.name.as_str()));
    Ok(worth_asking(test).into_iter().chain(accidents).collect())
}

/// The final state that is asked for by name; without a name the bad ones and the
/// condition.
///
/// # Errors
/// When there is no such outcome, with those that there are.
pub fn told(test: &Test, name: Option<&str>) -> Result<Vec<Goal>, String> {
    let Some(name) = name else {
        return Ok(worth_asking(test));
    };
    let goal = find(test, name)?;
    match goal.kind {
        Kind::State(_) => Ok(vec![goal]),
        _ => Err(no_outcome(name, &states(test))),
    }
}

fn worth_asking(test: &Test) -> Vec<Goal> {
    let condition = |goal: &Goal| goal.name == CONDITION || goal.name == COUNTEREXAMPLE;
    let all = states(test);
    // Many a scenario's condition is one of its bad outcomes: once is enough.
    let twice = |goal: &Goal| {
        let same = |other: &&Goal| other.bad && !condition(other) && other.kind == goal.kind;
        condition(goal) && all.iter().any(|other| same(&other))
    };
    all.iter()
        .filter(|goal| (goal.bad || condition(goal)) && !twice(goal))
        .cloned()
        .collect()
}

fn find(test: &Test, name: &str) -> Result<Goal, String> {
    let known = states(test);
    // A scenario's own outcome comes before a name of ours.
    let found = known
        .iter()
        .chain(&accidents())
        .find(|goal| goal.name == name || (name == CONDITION && goal.name == COUNTEREXAMPLE))
        .cloned();
    found.ok_or_else(|| no_outcome(name, &known))
}

/// The message for a name that is none.
pub fn no_outcome(name: &str, known: &[Goal]) -> String {
    let names: Vec<&str> = known.iter().map(|goal| goal.name.as_str()).collect();
    match names.as_slice() {
        [] => format!("there is no outcome `{name}`; the test names none and has no condition"),
        names => format!(
            "there is no outcome `{name}`; there are: {}",
            names.join(", ")
        ),
    }
}

impl Goal {
    /// As a named outcome of a test. What is no final state holds in none.
    pub fn as_outcome(&self) -> litmus::Outcome {
        litmus::Outcome {
            name: self.name.clone(),
            bad: self.bad,
            label: None,
            cond: match &self.kind {
                Kind::State(cond) => cond.clone(),
                _ => Cond::False,
            },
            span: Span::default(),
        }
    }

    /// Whether a final state reaches it. Deadlocks have none.
    pub fn accepts(&self, p: &Program, test: &Test, outcome: &Outcome) -> bool {
        // What goes wrong may leave no final state.
        outcome.kept(p, test)
            && match &self.kind {
                Kind::State(cond) => !outcome.broken() && outcome.satisfies(p, cond),
                Kind::UseAfterFree => outcome.use_after_free,
                Kind::Uninitialised => outcome.uninitialised,
                Kind::BadPointer => outcome.bad_pointer,
                Kind::Undefined => outcome.undefined,
                Kind::Deadlock => false,
            }
    }
}

/// What a deadlock is, in words.
pub fn deadlock_words(p: &Program, deadlock: Deadlock) -> String {
    let cpu_name = |cpu: u8| {
        p.cpus.get(usize::from(cpu)).map_or_else(
            || format!("CPU {cpu}"),
            |code| match code.worker {
                None => format!("P{}", code.thread),
                Some(_) => format!("the callback of P{}", code.thread),
            },
        )
    };
    match deadlock {
        Deadlock::OwnSection { cpu } => format!(
            "{}: the grace period waits for a read-side section of its own CPU",
            cpu_name(cpu)
        ),
        Deadlock::Readers { cpu } => format!(
            "{}: the grace period waits for a read-side section that cannot end",
            cpu_name(cpu)
        ),
        Deadlock::Lock { cpu, loc } => format!(
            "{}: the spinlock {} is held and never released",
            cpu_name(cpu),
            p.locs.get(usize::from(loc)).map_or("", |l| l.name.as_str())
        ),
        Deadlock::Callback { cpu } => {
            format!("{}: it waits for a callback that cannot run", cpu_name(cpu))
        }
    }
}
