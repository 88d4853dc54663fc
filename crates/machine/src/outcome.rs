//! Final states as the conditions of a test see them.

use crate::eval::eval;
use crate::program::TermSource;
use crate::value::{GARBAGE, Meaning, UNDEFINED};
use crate::{Program, State};
use litmus::{Cond, Term, Test, Value, VarId};

/// What is left of a final state: the value of each of [`Program::terms`], and
/// what went wrong on the way.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Outcome {
    /// In the order of [`Program::terms`].
    pub values: Vec<Value>,
    /// An access to an object that had been freed, or a second free.
    pub use_after_free: bool,
    /// A read of a field that nothing had initialised.
    pub uninitialised: bool,
    /// A load through a pointer that leads to no variable: the run has no final state.
    pub bad_pointer: bool,
    /// Something was done with a value that is none: the run has no final state.
    pub undefined: bool,
}

/// The outcome of a final state.
#[must_use]
pub fn outcome(p: &Program, s: &State) -> Outcome {
    let mut undefined = s.cpus.iter().any(|c| c.undefined != 0);
    let values = p
        .terms
        .iter()
        .map(|(_, source)| {
            let value = match source {
                TermSource::Loc(loc) => s.mem.get(usize::from(*loc)).copied().unwrap_or(0),
                TermSource::Reg(cpu, ex) => {
                    eval(p, s, usize::from(*cpu), ex).map_or(0, |(value, _)| value)
                }
            };
            undefined |= value == UNDEFINED;
            decode(p, value)
        })
        .collect();
    Outcome {
        values,
        use_after_free: s.cpus.iter().any(|c| c.freed != 0),
        uninitialised: s.cpus.iter().any(|c| c.garbage != 0),
        bad_pointer: s.cpus.iter().any(|c| c.bad != 0),
        undefined,
    }
}

/// A machine value as a value of the test.
#[must_use]
pub fn decode(p: &Program, value: i64) -> Value {
    match Meaning::of(value) {
        _ if value == GARBAGE => Value::Int(0),
        Meaning::Number(n) | Meaning::Cookie(_, n) => Value::Int(i64::from(n)),
        Meaning::Pointer(first, bytes) => match p.pointee(value) {
            Some(loc) => Value::Addr(VarId(loc as u16)),
            None => Value::Beside(VarId(first), i64::from(bytes)),
        },
        Meaning::Undefined => Value::Int(0),
    }
}

impl Outcome {
    /// The value of a term.
    #[must_use]
    pub fn get(&self, p: &Program, term: Term) -> Value {
        p.terms
            .iter()
            .position(|(t, _)| *t == term)
            .and_then(|i| self.values.get(i).copied())
            .unwrap_or(Value::Int(0))
    }

    /// Whether a condition holds in it.
    #[must_use]
    pub fn satisfies(&self, p: &Program, cond: &Cond) -> bool {
        cond.eval(|term| self.get(p, term))
    }

    /// It is a final state that the test's filter lets through.
    #[must_use]
    pub fn passes(&self, p: &Program, test: &Test) -> bool {
        !self.broken() && self.kept(p, test)
    }

    /// The run has come to where C says nothing any more, as the kernel with an oops: it has no final state.
    #[must_use]
    pub fn broken(&self) -> bool {
        self.bad_pointer || self.undefined
    }

    /// Whether the test's filter lets it through, a final state or not.
    #[must_use]
    pub fn kept(&self, p: &Program, test: &Test) -> bool {
        test.filter
            .as_ref()
            .is_none_or(|filter| self.satisfies(p, filter))
    }
}
