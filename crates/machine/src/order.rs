//! What went out of order in a run: accesses that have overtaken earlier lines, and reads that are stale.

use crate::apply::Effect;
use crate::eval::{Taken, taken};
use crate::model::Class;
use crate::program::Program;
use crate::run::Run;
use crate::state::State;
use crate::step::StepKind;

/// Where an instruction has its place in program order: accesses, sections, grace periods.
const PLACED: Class = Class::ACCESS
    .with(Class::SECTION_OR_GP)
    .with(Class::SECTION_EXIT);

impl Program {
    /// The earlier instruction that an access has overtaken in this state: one that is
    /// certain to happen and has not, preferably of its own kind.
    #[must_use]
    pub fn overtaken(&self, s: &State, cpu: usize, at: usize) -> Option<usize> {
        let code = self.cpus.get(cpu)?;
        let c = s.cpus.get(cpu)?;
        let this = code.instrs.get(at)?;
        if !this.class.meets(Class::ACCESS) || c.done & (1 << at) == 0 {
            return None;
        }
        // A load that reads its own CPU's store has not overtaken it.
        let place = self.location(s, cpu, at);
        let forwarding = |j: &usize| {
            let other = code.instrs[*j].class;
            this.class.meets(Class::R)
                && other.meets(Class::W)
                && !other.meets(Class::R)
                && self.location(s, cpu, *j) == place
        };
        let pending = |j: &usize| {
            !forwarding(j)
                && (c.done | c.skipped) & (1 << j) == 0
                && matches!(taken(s, cpu, &code.instrs[*j].arms), Taken::Yes(_))
                && code.instrs[*j].class.meets(PLACED)
        };
        let same = |j: &usize| {
            let other = code.instrs[*j].class;
            (this.class.meets(Class::R) && other.meets(Class::R))
                || (this.class.meets(Class::W) && other.meets(Class::W))
        };
        (0..at)
            .filter(pending)
            .find(same)
            .or_else(|| (0..at).find(pending))
    }
}

/// Why a read is stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stale {
    /// Memory had a newer value before this earlier instruction of its CPU was done: at its own place in the program
    /// the read would have found another value.
    Replaced {
        /// The location.
        loc: u16,
        /// The newer value.
        new: i64,
        /// The instruction.
        before: u8,
    },
    /// There was a newer value, in a store that had not reached its CPU.
    NotReached {
        /// The location.
        loc: u16,
        /// The newer value.
        new: i64,
    },
}

impl Run {
    /// Whether the read of a step is stale, as far as the first `seen` steps tell; none when it is not, or not yet.
    #[must_use]
    pub fn stale(&self, step: usize, seen: usize) -> Option<Stale> {
        let p = self.program();
        let read = self.done().get(step)?;
        let (loc, value) = read.effects.iter().find_map(|e| match e {
            Effect::Got {
                loc,
                value,
                forwarded: false,
                ..
            } => Some((*loc, *value)),
            _ => None,
        })?;
        let (cpu, at) = (usize::from(read.step.cpu), read.step.at);
        let before = self.state_at(step);
        let newest = *before.mem.get(usize::from(loc))?;
        if newest != value && !before.newest(cpu, usize::from(loc)) {
            return Some(Stale::NotReached { loc, new: newest });
        }
        let mut replaced = None;
        for later in self.done().get(step + 1..seen)? {
            let own = usize::from(later.step.cpu) == cpu;
            if own {
                let again =
                    |e: &Effect| matches!(e, Effect::Undone { at: undone, .. } if *undone == at);
                if later.effects.iter().any(again) || later.step.at == at {
                    return None;
                }
                let over = !matches!(
                    later.step.kind,
                    StepKind::Enter
                        | StepKind::PredictTaken
                        | StepKind::PredictNot
                        | StepKind::Reach(_)
                );
                let placed = || p.instr(cpu, usize::from(later.step.at)).class.meets(PLACED);
                if let Some(new) = replaced
                    && over
                    && later.step.at < at
                    && placed()
                {
                    let before = later.step.at;
                    return Some(Stale::Replaced { loc, new, before });
                }
            }
            let stored = later.effects.iter().find_map(|e| match e {
                Effect::Stored {
                    loc: l, value: new, ..
                } if *l == loc => Some(*new),
                _ => None,
            });
            match stored {
                Some(new) if own || new == value => replaced = None,
                Some(new) => replaced = Some(new),
                None => {}
            }
        }
        None
    }
}
