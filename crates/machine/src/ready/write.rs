//! Stores, and the writes of atomics.

use super::{Plan, View};
use crate::masks::{bits, range};
use crate::model::{Action, Why};
use crate::program::{Kind, StoreRole};
use crate::reason::Reason;
use crate::value::{address, number};

impl View<'_> {
    /// What every store, and the write of an atomic, needs on its way out.
    fn store(&self, i: usize) -> Result<(usize, i64), Reason> {
        let instr = self.instr(i);
        self.certain(i)?;
        let (loc, guess) = self.location(i).ok_or_else(|| self.missing_address(i))?;
        if guess != 0 {
            return Err(Reason::Branch {
                branch: guess.trailing_zeros() as u8,
            });
        }
        let value = match (&instr.kind, &instr.value) {
            (Kind::Atomic(_), _) => match self.atomic_value(i) {
                Some((value, 0)) => value,
                Some((_, guess)) => {
                    return Err(Reason::Branch {
                        branch: guess.trailing_zeros() as u8,
                    });
                }
                None => {
                    let on = instr.value.as_ref().and_then(|ex| self.missing(ex));
                    return Err(Reason::Data { on });
                }
            },
            (Kind::Store { role }, Some(ex)) => {
                let value = self.data(ex)?;
                match role {
                    // The worker must notice a callback that frees nothing as well.
                    StoreRole::Queue(_) if number(value) == 0 => address(self.p.wild() as u16),
                    _ => value,
                }
            }
            (_, Some(ex)) => self.data(ex)?,
            (_, None) => 0,
        };
        Ok((loc, value))
    }

    /// The accesses before a store that could still turn out to concern it.
    fn settled(&self, i: usize, loc: usize, action: Action) -> Result<(), Reason> {
        let instr = self.instr(i);
        if !self.p.model.speculates {
            return Ok(());
        }
        if !self.code.branches.is_empty() {
            // What it waited for must not be undone by a wrong prediction.
            let mut waited = instr.waits[action as usize].all();
            if action == Action::Write {
                waited |= instr.waits[Action::Enter as usize].begun;
            }
            for j in bits(waited & self.code.reads & !self.c.skipped) {
                // If a prediction that it stands behind is wrong, it never was there.
                let guess = self.s.guess(self.global(j)) & !self.instr(j).inside;
                if guess != 0 {
                    return Err(Reason::Branch {
                        branch: guess.trailing_zeros() as u8,
                    });
                }
            }
        }
        if !self.code.dynamic {
            return Ok(());
        }
        let earlier = (self.code.reads | self.code.writes) & range(0, i) & !self.c.skipped;
        for j in bits(earlier) {
            match self.location(j) {
                None | Some((_, 1..)) => return Err(Reason::AddressOf { on: j as u8 }),
                Some((other, 0)) => {
                    let reads = self.code.reads & (1 << j) != 0;
                    let pending = self.c.begun & (1 << j) == 0;
                    if other == loc && reads && (pending || self.s.guess(self.global(j)) != 0) {
                        return Err(Reason::Rule {
                            why: Why::SameLocation,
                            on: j as u8,
                        });
                    }
                    if reads && pending && self.overtaken(j, i, other) {
                        return Err(Reason::AddressOf { on: j as u8 });
                    }
                }
            }
        }
        Ok(())
    }

    /// A load after `j` and before `i` has already read `loc`, which `j` has not:
    /// it may have to be undone.
    fn overtaken(&self, j: usize, i: usize, loc: usize) -> bool {
        let first = self.p.base[self.cpu];
        bits(self.code.reads & range(j + 1, i) & self.c.begun & !self.c.skipped).any(|b| {
            let source = usize::from(self.s.sources[self.global(b)]);
            let newer = source > first + j && source < first + b;
            !newer && self.location(b).is_some_and(|(l, _)| l == loc)
        })
    }

    /// A store may go into the buffer.
    pub fn enter(&self, i: usize) -> Result<Plan, Reason> {
        self.certain(i)?;
        self.masks(i, Action::Enter, 0)?;
        let (loc, value) = self.store(i)?;
        self.settled(i, loc, Action::Enter)?;
        Ok(Plan::Enter { loc, value })
    }

    /// A store, or the write of an atomic, may reach memory.
    pub fn write(&self, i: usize) -> Result<Plan, Reason> {
        let atomic = matches!(self.instr(i).kind, Kind::Atomic(_));
        self.certain(i)?;
        self.masks(i, Action::Write, 0)?;
        let (loc, value) = self.store(i)?;
        if atomic {
            self.settled(i, loc, Action::Write)?;
        }
        if self.code.dynamic && !self.static_order(i) {
            for j in bits(self.code.writes & range(0, i) & !self.c.skipped & !self.c.done) {
                if self.location(j).is_none_or(|(other, _)| other == loc) {
                    return Err(Reason::Rule {
                        why: Why::SameLocation,
                        on: j as u8,
                    });
                }
            }
        }
        self.unreserved(loc)?;
        Ok(Plan::Write { loc, value })
    }

    /// The masks alone keep this store in order with earlier ones of its location.
    fn static_order(&self, i: usize) -> bool {
        self.static_location(i)
            && bits(self.code.writes & range(0, i)).all(|j| self.static_location(j))
    }
}
