//! The candidate at hand, and what a condition says of it.

use litmus::{Cond, Term, Test};

use crate::paths::{Node, Threads};
use crate::relation::{Bits, Relation, bit, bits};
use crate::skeleton::{Skeleton, UNKNOWN, Values};
use crate::tags;
use crate::value::{UNDEFINED, decode, encode, is_symbol};

/// The events of the candidate at hand, and its relations.
pub(crate) struct Candidate<'s> {
    pub test: &'s Test,
    pub threads: &'s Threads,
    pub skeleton: &'s Skeleton,
    pub chosen: &'s [usize],
    pub locs: &'s [u16],
    /// Reads through pointers that lead to no variable, and that find nothing there.
    pub(super) adrift: Bits,
    pub(super) found: &'s [i64],
    pub(super) known: Bits,
    pub(super) coherence: &'s Relation,
}

impl Candidate<'_> {
    pub fn values(&self) -> Values<'_> {
        Values {
            test: self.test,
            threads: self.threads,
            skeleton: self.skeleton,
            chosen: self.chosen,
            found: self.found,
            known: self.known,
        }
    }

    /// Some read goes through a pointer that leads to no variable, and perhaps finds a store there.
    pub fn bad_pointer(&self) -> bool {
        let reads = self.skeleton.set(tags::R) & self.skeleton.dynamic;
        bits(reads).any(|read| usize::from(self.locs[read]) >= self.threads.vars)
    }

    /// Something in it has no value: C says nothing of what is done with it.
    pub fn undefined(&self) -> bool {
        let values = self.values();
        let none = |thread: usize, sym| values.eval(thread, sym) == Some(UNDEFINED);
        let in_threads = self.chosen.iter().enumerate().any(|(thread, path)| {
            let path = &self.threads.threads[thread].paths[*path];
            let used = path
                .events
                .iter()
                .flat_map(|e| e.loc.into_iter().chain(e.value));
            let decided = path.constraints.iter().map(|(sym, _)| *sym);
            used.chain(decided).any(|sym| none(thread, sym))
        });
        in_threads
            || self
                .test
                .observed()
                .into_iter()
                .any(|t| self.term(t) == UNDEFINED)
    }

    /// It comes to where C says nothing any more, as the kernel to an oops: it is no execution.
    pub fn broken(&self) -> bool {
        self.adrift != 0 || self.undefined()
    }

    /// The final value of what a condition names.
    pub fn term(&self, term: Term) -> i64 {
        self.term_known(term).unwrap_or(0)
    }

    /// The reads that the final value of a register is computed from.
    pub fn reads_of(&self, term: Term) -> Bits {
        let Term::Reg(thread, reg) = term else {
            return 0;
        };
        let thread = usize::from(thread);
        let path = self.chosen.get(thread).copied();
        let sym = path.and_then(|path| self.threads.threads[thread].paths[path].register(reg));
        let mut reads = 0;
        let mut open: Vec<_> = sym.into_iter().collect();
        while let Some(sym) = open.pop() {
            match &self.threads.threads[thread].nodes[sym as usize] {
                Node::Read(local) => {
                    reads |= bit(self.skeleton.first[thread] + usize::from(*local));
                }
                Node::Unary(_, a) | Node::Field(a, _) | Node::Freed(a) => open.push(*a),
                Node::Binary(_, a, b) => open.extend([*a, *b]),
                Node::Const(_) => {}
            }
        }
        reads
    }

    fn term_known(&self, term: Term) -> Option<i64> {
        match term {
            Term::Reg(thread, reg) => {
                let thread = usize::from(thread);
                let path = *self.chosen.get(thread)?;
                let sym = self.threads.threads[thread].paths[path].register(reg)?;
                self.values().eval(thread, sym)
            }
            Term::Var(var) => {
                // Locking and unlocking store no value, as to herd.
                let locks = self.skeleton.set(tags::LKW | tags::UL);
                let writes = self.skeleton.set(tags::W) & !locks;
                // What is stored through a pointer that is not known yet may be stored here.
                if bits(writes).any(|w| self.locs[w] == UNKNOWN) {
                    return None;
                }
                let here = |e: &usize| self.locs[*e] == var.0;
                let last = bits(writes).filter(here).find(|w| {
                    bits(writes)
                        .filter(here)
                        .all(|v| v == *w || self.coherence.has(v, *w))
                });
                match last {
                    Some(write) => self.values().stored(write),
                    None if bits(writes).any(|w| here(&w)) => None,
                    None => self
                        .test
                        .vars
                        .get(usize::from(var.0))
                        .map(|v| encode(self.test, v.init)),
                }
            }
        }
    }

    /// Whether a formula holds, if that is known.
    pub(super) fn holds(&self, cond: &Cond) -> Option<bool> {
        Some(match cond {
            Cond::True => true,
            Cond::False => false,
            Cond::Eq(term, value) => {
                let found = self.term_known(*term)?;
                !is_symbol(found) && decode(self.test, found) == *value
            }
            Cond::EqTerm(a, b) => {
                let (a, b) = (self.term_known(*a)?, self.term_known(*b)?);
                a == b
                    || (!is_symbol(a)
                        && !is_symbol(b)
                        && decode(self.test, a) == decode(self.test, b))
            }
            Cond::Not(a) => !self.holds(a)?,
            Cond::And(a, b) => match (self.holds(a), self.holds(b)) {
                (Some(false), _) | (_, Some(false)) => false,
                (a, b) => a? && b?,
            },
            Cond::Or(a, b) => match (self.holds(a), self.holds(b)) {
                (Some(true), _) | (_, Some(true)) => true,
                (a, b) => a? || b?,
            },
            Cond::Implies(a, b) => match (self.holds(a), self.holds(b)) {
                (Some(false), _) | (_, Some(true)) => true,
                (a, b) => !a? || b?,
            },
        })
    }

    /// Whether a formula holds of the whole candidate.
    pub fn satisfies(&self, cond: &Cond) -> bool {
        self.holds(cond) == Some(true)
    }
}
