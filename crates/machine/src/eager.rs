//! What a CPU does of itself, along with a step: registers that get their values, branches that are resolved, loads
//! that are undone. None of it is a step, since nothing has to be chosen; it is recorded for those who want to see it.

use crate::apply::Effect;
use crate::eval::{Taken, eval, taken};
use crate::program::Program;
use crate::state::State;

/// Something that happened along with a step, on the step's CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eager {
    /// A register got its value, without memory.
    Computed {
        /// Of the CPU's [`crate::program::Code::locals`].
        local: u16,
        /// The value.
        value: i64,
        /// It rests on a prediction.
        guessed: bool,
    },
    /// A branch was resolved.
    Resolved {
        /// Of this CPU.
        branch: u8,
        /// The first arm.
        taken: bool,
        /// The prediction was wrong.
        mispredicted: bool,
    },
    /// A load, or fence, has to be done again.
    Undone {
        /// The instruction.
        at: u8,
    },
}

impl Program {
    /// What `cpu` did of itself between two states, in program order; what was undone follows the branch that was
    /// guessed wrong. Without a state before, everything that is known in `after`: the first state.
    #[must_use]
    pub fn eager(
        &self,
        before: Option<&State>,
        after: &State,
        cpu: usize,
        effects: &[Effect],
    ) -> Vec<Eager> {
        let Some(code) = self.cpus.get(cpu) else {
            return Vec::new();
        };
        let mut found: Vec<(u16, Eager)> = Vec::new();
        let known = |s: &State, at: usize| {
            let local = code.locals.get(at)?;
            match taken(s, cpu, &local.arms) {
                Taken::Yes(arms) => {
                    let (value, guess) = eval(self, s, cpu, &local.value)?;
                    Some((value, arms | guess != 0))
                }
                _ => None,
            }
        };
        for (at, local) in code.locals.iter().enumerate() {
            let Some((value, guessed)) = known(after, at) else {
                continue;
            };
            let same = |(old, _)| old == value;
            if before.and_then(|s| known(s, at)).is_some_and(same) {
                continue;
            }
            let computed = Eager::Computed {
                local: at as u16,
                value,
                guessed,
            };
            found.push((local.stmt, computed));
        }
        let stmt_of = |branch: u8| code.branches.get(usize::from(branch)).map_or(0, |b| b.stmt);
        for effect in effects {
            match *effect {
                Effect::Resolved {
                    branch,
                    taken,
                    mispredicted,
                } => found.push((
                    stmt_of(branch),
                    Eager::Resolved {
                        branch,
                        taken,
                        mispredicted,
                    },
                )),
                Effect::Undone { at, branch } => {
                    let own = code.instrs.get(usize::from(at)).map_or(0, |i| i.stmt);
                    found.push((branch.map_or(own, stmt_of), Eager::Undone { at }));
                }
                _ => {}
            }
        }
        // Stable: what was undone stays behind its branch.
        found.sort_by_key(|(stmt, _)| *stmt);
        found.into_iter().map(|(_, eager)| eager).collect()
    }

    /// What every CPU knows before the first step: assignments and branches that need no load.
    #[must_use]
    pub fn eager_at_start(&self, start: &State) -> Vec<(usize, Eager)> {
        let mut all = Vec::new();
        for (cpu, code) in self.cpus.iter().enumerate() {
            let resolved = |b: usize| match start.branch(cpu, b as u8) {
                crate::state::BranchState::Resolved(taken) => Some(Effect::Resolved {
                    branch: b as u8,
                    taken,
                    mispredicted: false,
                }),
                _ => None,
            };
            let effects: Vec<Effect> = (0..code.branches.len()).filter_map(resolved).collect();
            let eager = self.eager(None, start, cpu, &effects);
            all.extend(eager.into_iter().map(|eager| (cpu, eager)));
        }
        all
    }
}
