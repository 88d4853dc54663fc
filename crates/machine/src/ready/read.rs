//! Loads, and the reads of atomics.

use super::{Plan, View};
use litmus::{BinOp, RmwOp};

use crate::eval::{Guess, Taken, and_not, eval, taken};
use crate::masks::{bits, range, same_location};
use crate::model::{Action, Class, Until, Why};
use crate::program::{Atomic, Ex, Kind, Mask, Waits, unlocks};
use crate::reason::Reason;
use crate::state::Source;
use crate::value::{GARBAGE, binary, number};

impl View<'_> {
    /// What a load, or the read of an atomic, may do.
    pub fn read(&self, i: usize) -> Result<Plan, Reason> {
        let instr = self.instr(i);
        let mut guess = match taken(self.s, self.cpu, &instr.arms) {
            Taken::Yes(guess) => guess,
            Taken::Open(branch) => return Err(Reason::Branch { branch }),
            Taken::No(0) => return Err(self.not_taken(i)),
            Taken::No(guess) => {
                return Err(Reason::Branch {
                    branch: guess.trailing_zeros() as u8,
                });
            }
        };
        let (away, away_guess) = if self.code.branches.is_empty() {
            (0, 0)
        } else {
            self.away()
        };
        self.masks(i, Action::Read, away)?;
        let (loc, from) = self.location(i).ok_or_else(|| self.missing_address(i))?;
        guess |= from;
        if !self.code.branches.is_empty() {
            guess |= self.waited(&instr.waits[Action::Read as usize], away, away_guess);
        }
        let (found, more) = self.forward(i, loc, away, away_guess)?;
        guess |= more;
        if self.code.dynamic && self.p.model.speculates {
            // What is older than the store that it reads does not matter.
            let first = found.map_or(0, |(_, source)| {
                usize::from(source).saturating_sub(self.p.base[self.cpu])
            });
            for j in bits(self.code.reads & range(first, i) & !self.c.skipped & !away) {
                if same_location(self.instr(j), instr).is_some() {
                    continue;
                }
                if let Some((other, from)) = self.location(j)
                    && other == loc
                {
                    if self.c.begun & (1 << j) == 0 {
                        return Err(Reason::Rule {
                            why: Why::SameLocation,
                            on: j as u8,
                        });
                    }
                    guess |= from | self.s.guess(self.global(j));
                }
            }
        }
        let (value, source, forwarded) = match found {
            Some((value, source)) => (value, source, true),
            None => {
                let (value, source) = self.s.seen(self.cpu, loc);
                (value, source, false)
            }
        };
        let plain = if value == GARBAGE { 0 } else { value };
        let mut stores = false;
        match &instr.kind {
            Kind::Load { wait: true } if plain == 0 => return Err(Reason::NotQueued),
            Kind::Atomic(atomic) => {
                stores = self.succeeds(atomic, plain, &mut guess)?;
                if matches!(atomic, Atomic::SpinLock) && plain != 0 {
                    return Err(Reason::LockHeld { loc: loc as u16 });
                }
                // One that fails is a load, and takes no notice of another's reservation.
                if stores {
                    if !self.s.newest(self.cpu, loc) {
                        return Err(Reason::NotNewest { loc: loc as u16 });
                    }
                    self.unreserved(loc)?;
                    if self.c.assumed & (1 << i) != 0 {
                        return Err(Reason::WouldSucceed);
                    }
                    self.success(i, away)?;
                    if !self.code.branches.is_empty() {
                        guess |= self.waited(&instr.on_success, away, away_guess);
                    }
                    self.at_once(i, guess)?;
                    self.everywhere(i)?;
                }
            }
            _ => {}
        }
        Ok(Plan::Read {
            loc,
            value,
            source,
            forwarded,
            guess,
            stores,
        })
    }

    /// Whether an atomic that finds `value` stores.
    fn succeeds(&self, atomic: &Atomic, value: i64, guess: &mut Guess) -> Result<bool, Reason> {
        let mut known = |ex: &Ex| {
            let (wanted, from) =
                eval(self.p, self.s, self.cpu, ex).ok_or_else(|| Reason::Data {
                    on: self.missing(ex),
                })?;
            *guess |= from;
            Ok(number(wanted))
        };
        Ok(match atomic {
            Atomic::Rmw(_) => true,
            Atomic::SpinLock | Atomic::SpinTrylock => value == 0,
            Atomic::CmpXchg(expected) => number(value) == known(expected)?,
            Atomic::AddUnless(unless) => number(value) != known(unless)?,
        })
    }

    /// The predictions on which it rests that these waits are over.
    fn waited(&self, waits: &Waits, away: Mask, away_guess: Guess) -> Guess {
        let waited = waits.all();
        let mut guess = 0;
        if waited & away & !self.c.done != 0 {
            guess |= away_guess;
        }
        for j in bits(waited & self.code.reads & !self.c.skipped) {
            guess |= self.s.guess(self.global(j));
        }
        guess
    }

    /// What an atomic that stores waits for beyond what a load does.
    fn success(&self, i: usize, away: Mask) -> Result<(), Reason> {
        let [begun, performed] = self.open(&self.instr(i).on_success, self.c.skipped | away);
        if begun != 0 {
            return Err(self.rule(i, Action::Read, Until::Begun, begun, true));
        }
        if performed != 0 {
            return Err(self.rule(i, Action::Read, Until::Performed, performed, true));
        }
        Ok(())
    }

    /// An atomic whose read and write are one step must be certain, and store a
    /// value that is known.
    fn at_once(&self, i: usize, guess: Guess) -> Result<(), Reason> {
        let instr = self.instr(i);
        if self.code.split & (1 << i) == 0 {
            self.certain(i)?;
            if guess != 0 {
                return Err(Reason::Branch {
                    branch: guess.trailing_zeros() as u8,
                });
            }
            if let Some(ex) = &instr.value {
                self.data(ex)?;
            }
        }
        Ok(())
    }

    /// The CPU's own pending store that a load of `loc` reads, if there is one, and
    /// the predictions that this rests on.
    fn forward(
        &self,
        i: usize,
        loc: usize,
        away: Mask,
        away_guess: Guess,
    ) -> Result<(Option<(i64, Source)>, Guess), Reason> {
        let mut pending = self.code.writes & range(0, i) & !self.c.skipped & !self.c.failed;
        let mut guess = 0;
        if pending & !self.c.done == 0 {
            return Ok((None, guess));
        }
        while pending != 0 {
            let j = 63 - pending.leading_zeros() as usize;
            let bit = 1 << j;
            pending &= !bit;
            let Some((other, from)) = self.location(j) else {
                // The address is not known yet: if it turns out the same, the load is undone.
                continue;
            };
            if other != loc {
                continue;
            }
            if away & bit != 0 {
                guess |= away_guess;
                continue;
            }
            guess |= from;
            let store = self.instr(j);
            match taken(self.s, self.cpu, &store.arms) {
                Taken::Yes(more) => guess |= more,
                Taken::No(_) => continue,
                Taken::Open(branch) => {
                    if store.arms.iter().all(|a| self.instr(i).arms.contains(a)) {
                        continue;
                    }
                    return Err(Reason::Branch { branch });
                }
            }
            if self.c.done & bit != 0 {
                return Ok((None, guess));
            }
            if unlocks(&store.kind) {
                match self.holds(j) {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return Err(Reason::Forward { on: j as u8 }),
                }
            }
            let value = if let Kind::Atomic(_) = store.kind {
                let exchange = matches!(store.kind, Kind::Atomic(Atomic::Rmw(RmwOp::Xchg)));
                if self.c.begun & bit == 0 && !exchange {
                    return Err(Reason::Forward { on: j as u8 });
                }
                if self.instr(i).class.meets(Class::ACQUIRE) {
                    return Err(Reason::Rule {
                        why: Why::AfterAtomic,
                        on: j as u8,
                    });
                }
                self.atomic_value(j)
            } else {
                store
                    .value
                    .as_ref()
                    .and_then(|ex| eval(self.p, self.s, self.cpu, ex))
            };
            let Some((value, from)) = value else {
                return Err(Reason::Forward { on: j as u8 });
            };
            let source = self.global(j) as Source;
            return Ok((Some((value, source)), guess | from));
        }
        Ok((None, guess))
    }

    /// What an atomic that has read stores.
    pub fn atomic_value(&self, i: usize) -> Option<(i64, Guess)> {
        let instr = self.instr(i);
        let Kind::Atomic(atomic) = &instr.kind else {
            return None;
        };
        let g = self.global(i);
        let (operand, guess) = eval(self.p, self.s, self.cpu, instr.value.as_ref()?)?;
        let guess = guess | self.s.guess(g);
        Some((atomic_result(atomic, self.s.vals[g], operand), guess))
    }
}

/// What an atomic stores that found `old`.
#[must_use]
pub fn atomic_result(atomic: &Atomic, old: i64, operand: i64) -> i64 {
    match atomic {
        Atomic::Rmw(op) => match op {
            RmwOp::Add => binary(BinOp::Add, old, operand),
            RmwOp::Sub => binary(BinOp::Sub, old, operand),
            RmwOp::And => binary(BinOp::BitAnd, old, operand),
            RmwOp::Or => binary(BinOp::BitOr, old, operand),
            RmwOp::Xor => binary(BinOp::BitXor, old, operand),
            RmwOp::AndNot => and_not(old, operand),
            RmwOp::Xchg => operand,
        },
        Atomic::CmpXchg(_) => operand,
        Atomic::AddUnless(_) => binary(BinOp::Add, old, operand),
        Atomic::SpinLock | Atomic::SpinTrylock => 1,
    }
}
