//! What holds an event back, and the reason.

use super::View;
use crate::eval::{Taken, eval, missing, taken};
use crate::masks::{applies, bits, bound_by, only_on_success};
use crate::model::{Action, Class, Until, Why};
use crate::program::{Address, Ex, Instr, Mask, Waits};
use crate::reason::Reason;
use crate::state::BranchState;

impl View<'_> {
    pub(super) fn missing(&self, ex: &Ex) -> Option<u8> {
        missing(self.s, self.code, self.cpu, ex).map(|i| i as u8)
    }

    pub(super) fn missing_address(&self, i: usize) -> Reason {
        let on = match &self.instr(i).addr {
            Some(Address::Computed(ex)) => self.missing(ex),
            _ => None,
        };
        Reason::Address { on }
    }

    /// The rule that makes `i` wait for one of `pending`.
    pub(super) fn rule(
        &self,
        i: usize,
        action: Action,
        until: Until,
        pending: Mask,
        success: bool,
    ) -> Reason {
        for on in bits(pending) {
            for act in bound_by(self.instr(i), action, self.p.model)
                .into_iter()
                .flatten()
            {
                if let Some(across) = self
                    .instr(i)
                    .across
                    .iter()
                    .find(|a| a.action == act && a.performed & (1 << on) != 0)
                {
                    let fence = self.instr(usize::from(across.fence)).class;
                    let why = if fence.meets(Class::WMB) {
                        Why::WriteBarrier
                    } else {
                        Why::SectionBarrier
                    };
                    return Reason::Rule { why, on: on as u8 };
                }
                for rule in self.p.rules() {
                    let conditional = only_on_success(rule, self.instr(i), self.p.model);
                    if rule.action == act
                        && rule.until == until
                        && conditional == success
                        && applies(rule, self.code, on, i)
                    {
                        return Reason::Rule {
                            why: rule.why,
                            on: on as u8,
                        };
                    }
                }
            }
        }
        // The masks are made of the rules, so one of them has applied.
        Reason::Done
    }

    /// The instruction waits for nothing before it but what `away` says will not happen.
    pub(super) fn masks(&self, i: usize, action: Action, away: Mask) -> Result<(), Reason> {
        if self.free {
            return Ok(());
        }
        let instr = self.instr(i);
        let gone = self.c.skipped | away;
        let pending = self.pending(instr, action, gone);
        if pending[0] != 0 {
            return Err(self.rule(i, action, Until::Begun, pending[0], false));
        }
        if pending[1] != 0 {
            return Err(self.rule(i, action, Until::Performed, pending[1], false));
        }
        Ok(())
    }

    /// Those that must begin, and be performed, before `action`, and are not.
    pub(super) fn pending(&self, instr: &Instr, action: Action, gone: Mask) -> [Mask; 2] {
        let [begun, mut performed] = self.open(&instr.waits[action as usize], gone);
        for across in &instr.across {
            if across.action == action && gone & (1 << across.fence) == 0 {
                let wait = across.performed & (!self.c.assumed | across.if_failed);
                performed |= wait & !(self.c.done | gone);
            }
        }
        [begun, performed]
    }

    /// Those of `waits` that have not begun, or are not performed, as they must.
    pub(super) fn open(&self, waits: &Waits, gone: Mask) -> [Mask; 2] {
        // An atomic that is taken to fail orders what a load would.
        let assumed = self.c.assumed;
        let begun = waits.begun & !(self.c.begun | gone);
        let performed = waits.performed & !(self.c.done | gone);
        [
            begun & (!assumed | waits.begun_if_failed),
            performed & (!assumed | waits.performed_if_failed),
        ]
    }

    /// The instruction is on the path that is certain.
    pub(super) fn certain(&self, i: usize) -> Result<(), Reason> {
        if self.instr(i).arms.is_empty() {
            return Ok(());
        }
        match taken(self.s, self.cpu, &self.instr(i).arms) {
            Taken::Yes(0) => Ok(()),
            Taken::Open(branch) => Err(Reason::Branch { branch }),
            Taken::Yes(guess) => Err(Reason::Branch {
                branch: guess.trailing_zeros() as u8,
            }),
            Taken::No(0) => Err(self.not_taken(i)),
            Taken::No(guess) => Err(Reason::Branch {
                branch: guess.trailing_zeros() as u8,
            }),
        }
    }

    pub(super) fn not_taken(&self, i: usize) -> Reason {
        let branch = self
            .instr(i)
            .arms
            .iter()
            .find(|a| self.s.branch(self.cpu, a.branch) == BranchState::Resolved(!a.then))
            .map_or(0, |a| a.branch);
        Reason::NotTaken { branch }
    }

    /// The value of a store: known, and resting on no prediction.
    pub(super) fn data(&self, ex: &Ex) -> Result<i64, Reason> {
        match eval(self.p, self.s, self.cpu, ex) {
            None => Err(Reason::Data {
                on: self.missing(ex),
            }),
            Some((value, 0)) => Ok(value),
            Some((_, guess)) => Err(Reason::Branch {
                branch: guess.trailing_zeros() as u8,
            }),
        }
    }

    /// No other CPU is in the middle of an atomic there.
    pub(super) fn unreserved(&self, loc: usize) -> Result<(), Reason> {
        for (cpu, (c, code)) in self.s.cpus.iter().zip(&self.p.cpus).enumerate() {
            let half = code.split & c.begun & !c.done;
            if half == 0 || cpu == self.cpu {
                continue;
            }
            let other = View::new(self.p, self.s, cpu);
            if bits(half).any(|i| other.location(i).is_some_and(|(l, _)| l == loc)) {
                return Err(Reason::Reserved { cpu: cpu as u8 });
            }
        }
        Ok(())
    }
}
