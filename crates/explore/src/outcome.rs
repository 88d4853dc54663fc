//! Final states as the conditions of a test see them.

use litmus::{Cond, Term, Test, Value, VarId};
use machine::eval::eval;
use machine::program::{MAX_SECTIONS, TermSource};
use machine::value::{GARBAGE, POINTER, cookie_section};
use machine::{Program, State};

/// What is left of a final state: the value of each of [`Program::terms`], and
/// what went wrong on the way.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Outcome {
    /// In the order of [`Program::terms`].
    pub values: Vec<Value>,
    /// An access to an object that had been freed, or a second free.
    pub use_after_free: bool,
    /// A read of a field that nothing had initialised, or through a bad pointer.
    pub uninitialised: bool,
}

/// The outcome of a final state.
#[must_use]
pub fn outcome(p: &Program, s: &State) -> Outcome {
    let values = p
        .terms
        .iter()
        .map(|(_, source)| match source {
            TermSource::Loc(loc) => decode(s.mem.get(usize::from(*loc)).copied().unwrap_or(0)),
            TermSource::Reg(cpu, ex) => {
                decode(eval(p, s, usize::from(*cpu), ex).map_or(0, |(value, _)| value))
            }
        })
        .collect();
    Outcome {
        values,
        use_after_free: s.cpus.iter().any(|c| c.freed != 0),
        uninitialised: s.cpus.iter().any(|c| c.garbage != 0),
    }
}

/// A machine value as a value of the test.
#[must_use]
pub fn decode(value: i64) -> Value {
    const RANGE: i64 = 1 << 16;
    match value {
        GARBAGE => Value::Int(0),
        v if (POINTER..POINTER + RANGE).contains(&v) => Value::Addr(VarId((v - POINTER) as u16)),
        v if cookie_section(v, MAX_SECTIONS).is_some() => Value::Int(0),
        v => Value::Int(v),
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

    /// Whether the test's filter lets it through.
    #[must_use]
    pub fn passes(&self, p: &Program, test: &Test) -> bool {
        test.filter
            .as_ref()
            .is_none_or(|filter| self.satisfies(p, filter))
    }
}
