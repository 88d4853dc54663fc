//! Resolving branches, and undoing what rested on a wrong guess or came too early.

use super::{Effect, Effects};
use crate::eval::{Taken, eval, taken};
use crate::masks::{bits, range};
use crate::model::Class;
use crate::program::{Kind, Mask, Program};
use crate::ready::View;
use crate::state::{BranchState, INITIAL, Source, State};
use crate::value::UNDEFINED;

impl Program {
    /// Resolves branches whose conditions are known, and undoes what rested on a
    /// wrong prediction or came too early.
    pub(crate) fn settle(&self, s: &mut State, cpu: usize, effects: &mut impl Effects) {
        let code = &self.cpus[cpu];
        for (number, branch) in code.branches.iter().enumerate() {
            let b = number as u8;
            let known = s.branch(cpu, b);
            if matches!(known, BranchState::Resolved(_))
                || taken(s, cpu, &branch.arms) != Taken::Yes(0)
            {
                continue;
            }
            let Some((value, 0)) = eval(self, s, cpu, &branch.cond) else {
                continue;
            };
            if value == UNDEFINED {
                // Of the load that it comes from, which could still be undone.
                s.cpus[cpu].undefined |= 1 << branch.uses.trailing_zeros().min(63);
            }
            let then = crate::value::number(value) != 0;
            let mispredicted = known == BranchState::Predicted(!then);
            effects.add(Effect::Resolved {
                branch: b,
                taken: then,
                mispredicted,
            });
            if mispredicted {
                self.undo_guesses(s, cpu, b, effects);
            }
            s.set_branch(cpu, b, BranchState::Resolved(then));
            s.cpus[cpu].skipped |= if then { branch.els } else { branch.then };
            for i in 0..code.instrs.len() {
                if let Some(slot) = s.guesses.get_mut(self.global(cpu, i)) {
                    *slot &= !(1 << b);
                }
            }
        }
        if code.dynamic && self.model.speculates {
            self.undo_early(s, cpu, effects);
        }
    }

    /// Undoes the loads that rested on the prediction of `branch`, and the
    /// predictions made behind it.
    fn undo_guesses(&self, s: &mut State, cpu: usize, branch: u8, effects: &mut impl Effects) {
        let code = &self.cpus[cpu];
        for i in bits(s.cpus[cpu].begun) {
            if s.guess(self.global(cpu, i)) & (1 << branch) == 0 {
                continue;
            }
            if let Kind::Lock(section) = code.instrs[i].kind {
                self.leave(s, Some(section), effects);
            }
            self.undo(s, cpu, i, Some(branch), effects);
        }
        for (inner, other) in code.branches.iter().enumerate() {
            let inside = other.arms.iter().any(|a| a.branch == branch);
            if inside && matches!(s.branch(cpu, inner as u8), BranchState::Predicted(_)) {
                s.set_branch(cpu, inner as u8, BranchState::Open);
            }
        }
    }

    fn undo(
        &self,
        s: &mut State,
        cpu: usize,
        i: usize,
        branch: Option<u8>,
        effects: &mut impl Effects,
    ) {
        let g = self.global(cpu, i);
        let c = &mut s.cpus[cpu];
        let keep: Mask = !(1 << i);
        c.begun &= keep;
        c.done &= keep;
        c.failed &= keep;
        c.freed &= keep;
        c.garbage &= keep;
        c.bad &= keep;
        c.undefined &= keep;
        s.vals[g] = 0;
        if let Some(slot) = s.sources.get_mut(g) {
            *slot = INITIAL;
        }
        if let Some(slot) = s.guesses.get_mut(g) {
            *slot = 0;
        }
        effects.add(Effect::Undone {
            at: i as u8,
            branch,
        });
    }

    /// A load that passed an older store of the same location, whose address was
    /// not known then, has to be done again.
    fn undo_early(&self, s: &mut State, cpu: usize, effects: &mut impl Effects) {
        let code = &self.cpus[cpu];
        for b in bits(code.reads & s.cpus[cpu].begun & !s.cpus[cpu].skipped) {
            let view = View::new(self, s, cpu);
            let Some((loc, _)) = view.location(b) else {
                continue;
            };
            let first = self.base[cpu];
            let source = usize::from(s.sources[self.global(cpu, b)]);
            let pending = code.writes
                & range(0, b)
                & !s.cpus[cpu].done
                & !s.cpus[cpu].skipped
                & !s.cpus[cpu].failed;
            let passed = bits(pending).any(|j| {
                let newer = source >= first + j && source < first + b;
                taken(s, cpu, &code.instrs[j].arms) == Taken::Yes(0)
                    && view.location(j).is_some_and(|(l, _)| l == loc)
                    && !newer
            });
            if passed {
                self.undo_from(s, cpu, b, effects);
                return;
            }
        }
    }

    /// A younger load of the same location that has already read another store
    /// than `at` does now has to be done again.
    pub(super) fn reread(
        &self,
        s: &mut State,
        cpu: usize,
        at: usize,
        loc: usize,
        source: Source,
        effects: &mut impl Effects,
    ) {
        let code = &self.cpus[cpu];
        if !code.dynamic || !self.model.speculates {
            return;
        }
        let first = self.base[cpu];
        let later = code.reads & range(at + 1, code.instrs.len());
        for b in bits(later & s.cpus[cpu].begun & !s.cpus[cpu].skipped) {
            let view = View::new(self, s, cpu);
            if view.location(b).is_none_or(|(l, _)| l != loc) {
                continue;
            }
            let read = usize::from(s.sources[self.global(cpu, b)]);
            let own_newer = read > first + at && read < first + b;
            if s.sources[self.global(cpu, b)] != source && !own_newer {
                self.undo_from(s, cpu, b, effects);
                return;
            }
        }
    }

    /// Undoes the load `b` and every later load and read fence. No store behind
    /// `b` has left: it waits until all earlier addresses are known and settled.
    fn undo_from(&self, s: &mut State, cpu: usize, b: usize, effects: &mut impl Effects) {
        let code = &self.cpus[cpu];
        let c = s.cpus[cpu];
        let mut undone: Mask = 0;
        for i in bits(c.begun & range(b, code.instrs.len())) {
            let instr = &code.instrs[i];
            let stored = code.split & (1 << i) != 0 && c.done & !c.failed & (1 << i) != 0;
            let load = instr.class.meets(Class::R) && !stored;
            if load || instr.class.meets(Class::RMB) {
                self.undo(s, cpu, i, None, effects);
                undone |= 1 << i;
            }
        }
        self.reopen(s, cpu, undone, effects);
    }

    /// What the undone loads had decided is open again. Stores in those arms have not left
    /// either; sections may have been entered.
    fn reopen(&self, s: &mut State, cpu: usize, undone: Mask, effects: &mut impl Effects) {
        let code = &self.cpus[cpu];
        let mut open: u64 = 0;
        for (number, branch) in code.branches.iter().enumerate() {
            let inside = branch.arms.iter().any(|arm| open & (1 << arm.branch) != 0);
            let resolved = matches!(s.branch(cpu, number as u8), BranchState::Resolved(_));
            let decided = resolved && branch.uses & undone != 0;
            if !(inside || decided) {
                continue;
            }
            open |= 1 << number;
            s.set_branch(cpu, number as u8, BranchState::Open);
            for i in bits(s.cpus[cpu].begun & (branch.then | branch.els)) {
                if let Kind::Lock(section) = code.instrs[i].kind {
                    self.leave(s, Some(section), effects);
                    self.undo(s, cpu, i, None, effects);
                }
            }
        }
        if open == 0 {
            return;
        }
        let mut skipped = 0;
        for (number, branch) in code.branches.iter().enumerate() {
            if let BranchState::Resolved(then) = s.branch(cpu, number as u8) {
                skipped |= if then { branch.els } else { branch.then };
            }
        }
        s.cpus[cpu].skipped = skipped;
    }
}
