//! Expressions: what a CPU knows of them now.

use litmus::{BinOp, UnOp};

use crate::program::{Arm, Code, Ex, Node, ObjectInfo, Program};
use crate::state::{BranchState, State};
use crate::value::{Meaning, address, binary, unary};

/// A set of branches of one CPU, bit `b` for branch `b`: those whose prediction
/// a value rests on.
pub type Guess = u32;

/// What `andnot` gives.
#[must_use]
pub fn and_not(a: i64, b: i64) -> i64 {
    binary(BinOp::BitAnd, a, unary(UnOp::BitNot, b))
}

/// The address of a field of the object that `base` points to; a bad pointer
/// (0) when there is none.
#[must_use]
pub fn field(objects: &[ObjectInfo], base: i64, field: u16) -> i64 {
    let Meaning::Pointer(loc, 0) = Meaning::of(base) else {
        return 0;
    };
    objects
        .iter()
        .find(|o| o.loc == loc)
        .and_then(|o| o.fields.iter().find(|(f, _)| *f == field))
        .map_or(0, |(_, var)| address(*var))
}

/// Whether an instruction in these arms happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It does, if the predictions hold.
    Yes(Guess),
    /// It does not, if the predictions hold.
    No(Guess),
    /// Not known: this branch is open.
    Open(u8),
}

/// Whether the arms are taken, as far as `cpu` knows.
#[inline]
#[must_use]
pub fn taken(state: &State, cpu: usize, arms: &[Arm]) -> Taken {
    let mut guess = 0;
    let mut open = None;
    for arm in arms {
        match state.branch(cpu, arm.branch) {
            BranchState::Open => open = open.or(Some(arm.branch)),
            BranchState::Predicted(then) if then == arm.then => guess |= 1 << arm.branch,
            BranchState::Predicted(_) => return Taken::No(guess | (1 << arm.branch)),
            BranchState::Resolved(then) if then == arm.then => {}
            BranchState::Resolved(_) => return Taken::No(0),
        }
    }
    open.map_or(Taken::Yes(guess), Taken::Open)
}

/// The value of an expression on `cpu` and the predictions that it rests on, or
/// `None` while a load or a branch is missing.
#[must_use]
pub fn eval(p: &Program, s: &State, cpu: usize, ex: &Ex) -> Option<(i64, Guess)> {
    match ex {
        Ex::Const(c) => Some((*c, 0)),
        Ex::Load(i) => {
            let at = usize::from(*i);
            let known = s.cpus[cpu].begun & (1 << at) != 0;
            let g = p.global(cpu, at);
            known.then(|| (s.vals[g], s.guess(g)))
        }
        Ex::Node(node) => match node.as_ref() {
            Node::Unary(op, a) => {
                let (a, ga) = eval(p, s, cpu, a)?;
                Some((unary(*op, a), ga))
            }
            Node::Binary(op, a, b) => {
                let (a, ga) = eval(p, s, cpu, a)?;
                let (b, gb) = eval(p, s, cpu, b)?;
                Some((binary(*op, a, b), ga | gb))
            }
            Node::AndNot(a, b) => {
                let (a, ga) = eval(p, s, cpu, a)?;
                let (b, gb) = eval(p, s, cpu, b)?;
                Some((and_not(a, b), ga | gb))
            }
            Node::Once(value, other) => {
                let (value, guess) = eval(p, s, cpu, value)?;
                let (_, more) = eval(p, s, cpu, other)?;
                Some((value, guess | more))
            }
            Node::Field(base, name) => {
                let (base, guess) = eval(p, s, cpu, base)?;
                Some((field(&p.objects, base, *name), guess))
            }
            Node::Select(candidates) => {
                let mut rests_on = 0;
                for (arms, ex) in candidates {
                    match taken(s, cpu, arms) {
                        Taken::Yes(guess) => {
                            let (value, more) = eval(p, s, cpu, ex)?;
                            return Some((value, rests_on | guess | more));
                        }
                        Taken::No(guess) => rests_on |= guess,
                        Taken::Open(_) => return None,
                    }
                }
                Some((0, rests_on))
            }
        },
    }
}

/// The loads that are missing before `ex` is known: the first of them.
#[must_use]
pub fn missing(s: &State, code: &Code, cpu: usize, ex: &Ex) -> Option<usize> {
    let uses = crate::masks::uses(ex, code);
    let open = uses & !s.cpus[cpu].begun & !s.cpus[cpu].skipped;
    (open != 0).then(|| open.trailing_zeros() as usize)
}
