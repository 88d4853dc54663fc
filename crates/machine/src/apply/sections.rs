//! Read-side sections: which are open, and which one an unlock leaves.

use super::{Effect, Effects};
use crate::masks::{bits, range};
use crate::program::{Domain, Kind, Program};
use crate::state::State;

impl Program {
    /// The section that an `rcu_read_unlock()` leaves: locks and unlocks nest.
    /// Nested sections are sections of their own; a grace period waits for all.
    pub(super) fn rcu_section(&self, s: &State, cpu: usize, unlock: usize) -> Option<u8> {
        let code = &self.cpus[cpu];
        let mut open = Vec::new();
        for i in bits(range(0, unlock) & !s.cpus[cpu].skipped) {
            match &code.instrs[i].kind {
                Kind::Lock(section)
                    if self.sections[usize::from(*section)].domain == Domain::Rcu =>
                {
                    open.push(*section);
                }
                Kind::RcuUnlock => {
                    open.pop();
                }
                _ => {}
            }
        }
        open.pop()
    }

    /// The sections of a domain that somebody is inside of.
    #[must_use]
    pub fn open_sections(&self, s: &State, domain: Domain) -> u64 {
        bits(s.inside)
            .filter(|section| {
                self.sections
                    .get(*section)
                    .is_some_and(|x| x.domain == domain)
            })
            .fold(0, |mask, section| mask | 1 << section)
    }

    pub(super) fn leave(&self, s: &mut State, section: Option<u8>, effects: &mut impl Effects) {
        let Some(section) = section.filter(|section| s.inside & (1 << section) != 0) else {
            effects.add(Effect::UnmatchedUnlock);
            return;
        };
        s.inside &= !(1 << section);
        for (cpu, code) in self.cpus.iter().enumerate() {
            for (i, instr) in code.instrs.iter().enumerate() {
                if matches!(instr.kind, Kind::GracePeriod(_)) {
                    s.vals[self.global(cpu, i)] &= !(1 << section);
                }
            }
        }
        effects.add(Effect::Left { section });
    }
}
