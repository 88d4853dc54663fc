//! Steps and their names.
//!
//! A name says the CPU, the statement and the kind of event: `0:3r` is "P0
//! satisfies the load of its statement 3". It does not depend on the toggles,
//! the model or the state, so a schedule outlives changes of all of them.
//!
//! ```text
//! step   = cpu ":" statement [ "~" part ] kind
//! cpu    = thread                 a thread of the test
//!        | "w" thread "-" statement [ "~" part ]   the worker of that call_srcu
//! kind   = one letter, see StepKind; behind `s` another cpu; `o` is a `d` after which the
//!          other CPUs get the store by steps of their own
//! ```
//! A part is given when one statement holds several operations
//! (`WRITE_ONCE(*y, READ_ONCE(*x))`, a toggle's position with two statements).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::program::Program;

/// What happens in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum StepKind {
    /// `r`: a load, or the read of an atomic, takes its value.
    Read,
    /// `b`: a store goes into the store buffer.
    Enter,
    /// `d`: a store leaves the buffer for memory; an atomic's write.
    Drain,
    /// `x`: an atomic read-modify-write, at once.
    Atomic,
    /// `f`: a fence is done.
    Fence,
    /// `l`: a read-side section is entered.
    Lock,
    /// `u`: a read-side section is left.
    Unlock,
    /// `g`: a grace period starts.
    Start,
    /// `e`: a grace period ends.
    End,
    /// `w`: a wait for callbacks is over.
    Wait,
    /// `t`: a branch is predicted to be taken.
    PredictTaken,
    /// `n`: a branch is predicted not to be taken.
    PredictNot,
    /// `p`: the CPU goes on as if a conditional atomic failed, and so ordered
    /// nothing. It must then fail.
    PredictFail,
    /// `s`: a store that has left its CPU reaches this other CPU. In a name the CPU
    /// stands behind the letter: `0:3s2`.
    Reach(u8),
}

impl StepKind {
    const LETTERS: [(StepKind, char); 14] = [
        (StepKind::Reach(0), 's'),
        (StepKind::Read, 'r'),
        (StepKind::Enter, 'b'),
        (StepKind::Drain, 'd'),
        (StepKind::Atomic, 'x'),
        (StepKind::Fence, 'f'),
        (StepKind::Lock, 'l'),
        (StepKind::Unlock, 'u'),
        (StepKind::Start, 'g'),
        (StepKind::End, 'e'),
        (StepKind::Wait, 'w'),
        (StepKind::PredictTaken, 't'),
        (StepKind::PredictNot, 'n'),
        (StepKind::PredictFail, 'p'),
    ];

    /// Its letter in names.
    #[must_use]
    pub fn letter(self) -> char {
        Self::LETTERS
            .iter()
            .find(|(kind, _)| std::mem::discriminant(kind) == std::mem::discriminant(&self))
            .map_or('?', |(_, c)| *c)
    }

    fn of(letter: char) -> Option<Self> {
        Self::LETTERS
            .iter()
            .find(|(_, c)| *c == letter)
            .map(|(kind, _)| *kind)
    }
}

/// A step of a [`Program`]: CPU, instruction, kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Step {
    /// The CPU.
    pub cpu: u8,
    /// The instruction; the branch, for a prediction.
    pub at: u8,
    /// What happens.
    pub kind: StepKind,
}

/// The CPU part of a step's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CpuName {
    /// A thread of the test.
    Thread(u8),
    /// The worker of this thread's `call_srcu` in this statement, and which of the
    /// statement's operations that is.
    Worker(u8, u16, u8),
}

/// The name of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepName {
    /// The CPU.
    pub cpu: CpuName,
    /// The statement.
    pub stmt: u16,
    /// The operation in the statement.
    pub part: u8,
    /// What happens. The CPU in [`StepKind::Reach`] is in `way`, and 0 here.
    pub kind: StepKind,
    /// Which CPUs a store reaches in the step.
    pub way: Way,
}

/// Which CPUs a store reaches in a step.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub enum Way {
    /// All, if it is a store that drains.
    #[default]
    All,
    /// None but its own: it leaves the buffer, and the others get it by steps of their own.
    Apart,
    /// This one, in a [`StepKind::Reach`].
    To(CpuName),
}

/// The letter of a store that leaves its buffer and reaches the other CPUs apart.
const APART: char = 'o';

impl fmt::Display for CpuName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CpuName::Thread(t) => write!(f, "{t}"),
            CpuName::Worker(t, stmt, 0) => write!(f, "w{t}-{stmt}"),
            CpuName::Worker(t, stmt, part) => write!(f, "w{t}-{stmt}~{part}"),
        }
    }
}

impl fmt::Display for StepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.cpu, self.stmt)?;
        if self.part > 0 {
            write!(f, "~{}", self.part)?;
        }
        match self.way {
            Way::All => write!(f, "{}", self.kind.letter()),
            Way::Apart => write!(f, "{APART}"),
            Way::To(to) => write!(f, "{}{to}", self.kind.letter()),
        }
    }
}

/// A text that is no step name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadStepName(pub String);

impl fmt::Display for BadStepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "“{}” is not the name of a step; one looks like 0:3r",
            self.0
        )
    }
}

impl std::error::Error for BadStepName {}

impl FromStr for StepName {
    type Err = BadStepName;

    fn from_str(text: &str) -> Result<Self, BadStepName> {
        parse(text).ok_or_else(|| BadStepName(text.chars().take(40).collect()))
    }
}

fn parse(text: &str) -> Option<StepName> {
    let (cpu, rest) = text.split_once(':')?;
    let at = rest.find(|c: char| !c.is_ascii_digit() && c != '~')?;
    let (place, tail) = rest.split_at(at);
    let mut tail = tail.chars();
    let (kind, way) = match tail.next()? {
        APART => (StepKind::Drain, Way::Apart),
        letter => (StepKind::of(letter)?, Way::All),
    };
    let way = match (kind, tail.as_str()) {
        (StepKind::Reach(_), to) => Way::To(cpu_of(to)?),
        (_, "") => way,
        _ => return None,
    };
    let (stmt, part) = match place.split_once('~') {
        Some((stmt, part)) => (number(stmt)?, number(part)?),
        None => (number(place)?, 0),
    };
    Some(StepName {
        cpu: cpu_of(cpu)?,
        stmt,
        part,
        kind,
        way,
    })
}

fn cpu_of(text: &str) -> Option<CpuName> {
    let Some(worker) = text.strip_prefix('w') else {
        return Some(CpuName::Thread(number(text)?));
    };
    let (thread, stmt) = worker.split_once('-')?;
    let (stmt, part) = stmt.split_once('~').unwrap_or((stmt, "0"));
    Some(CpuName::Worker(
        number(thread)?,
        number(stmt)?,
        number(part)?,
    ))
}

/// Digits only: `parse` alone would take a sign too.
fn number<T: FromStr>(text: &str) -> Option<T> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

impl Program {
    /// The CPU's name.
    #[must_use]
    pub fn cpu_name(&self, cpu: usize) -> CpuName {
        let code = &self.cpus[cpu];
        match code.worker {
            None => CpuName::Thread(code.thread),
            Some((stmt, part)) => CpuName::Worker(code.thread, stmt, part),
        }
    }

    /// The name of a step.
    #[must_use]
    pub fn name(&self, step: Step) -> StepName {
        let cpu = usize::from(step.cpu);
        let at = usize::from(step.at);
        let (stmt, part) = match step.kind {
            StepKind::PredictTaken | StepKind::PredictNot => {
                let branch = &self.cpus[cpu].branches[at];
                (branch.stmt, branch.part)
            }
            _ => (self.instr(cpu, at).stmt, self.instr(cpu, at).part),
        };
        let (kind, way) = match step.kind {
            StepKind::Reach(to) => (StepKind::Reach(0), Way::To(self.cpu_name(usize::from(to)))),
            StepKind::Drain if self.model.propagation.is_some() => (step.kind, Way::Apart),
            kind => (kind, Way::All),
        };
        StepName {
            cpu: self.cpu_name(cpu),
            stmt,
            part,
            kind,
            way,
        }
    }

    /// The step with this name, if the program has the instruction at all.
    #[must_use]
    pub fn find(&self, name: StepName) -> Option<Step> {
        let find = |name| (0..self.cpus.len()).find(|c| self.cpu_name(*c) == name);
        let cpu = find(name.cpu)?;
        let kind = match name.way {
            Way::To(to) => StepKind::Reach(find(to)? as u8),
            Way::All | Way::Apart => name.kind,
        };
        let code = &self.cpus[cpu];
        let at = match name.kind {
            StepKind::PredictTaken | StepKind::PredictNot => code
                .branches
                .iter()
                .position(|b| (b.stmt, b.part) == (name.stmt, name.part))?,
            _ => code
                .instrs
                .iter()
                .position(|i| (i.stmt, i.part) == (name.stmt, name.part))?,
        };
        Some(Step {
            cpu: cpu as u8,
            at: at as u8,
            kind,
        })
    }
}
