//! The hardware: how much room the store buffers have, memory, objects, sections, Tree SRCU.

mod memory;
mod objects;
mod srcu;
mod stores;
mod tree;

use std::collections::BTreeSet;

use machine::{Effect, StepKind};

use super::Scene;
use crate::view::{CellView, WrittenView};

pub(super) use memory::{memory, slots};
pub(super) use objects::{objects, pointers};
pub(crate) use srcu::domains;
pub(super) use srcu::srcu;
pub(super) use stores::stores;

/// A session, its timeline, and who has written what.
pub(super) struct Hardware<'a> {
    pub scene: &'a Scene<'a>,
    /// Where in the timeline the steps of the run are.
    pub of_run: &'a [usize],
    /// The locations that a bad outcome rests on.
    pub rests: &'a [usize],
}

impl Hardware<'_> {
    fn mem(&self, loc: usize) -> i64 {
        self.scene.state.mem.get(loc).copied().unwrap_or(0)
    }

    /// The step of the run that last stored to a location.
    fn writer(&self, loc: usize) -> Option<usize> {
        let lab = self.scene.lab;
        let done = lab.run().done().get(..lab.at())?;
        done.iter().rposition(|d| {
            d.effects
                .iter()
                .any(|e| matches!(e, Effect::Stored { loc: l, .. } if usize::from(*l) == loc))
        })
    }

    fn written(&self, loc: usize) -> Option<WrittenView> {
        let (lab, names) = (self.scene.lab, &self.scene.names);
        let writer = self.writer(loc)?;
        let step = lab.run().done().get(writer)?.step;
        let (cpu, at) = (usize::from(step.cpu), usize::from(step.at));
        let name = names.cpu(cpu);
        let name = name.trim_start_matches("the ");
        Some(WrittenView {
            by: format!("{name}, line {}", names.number(cpu, at)),
            step: names.p.name(step),
            at: self.of_run.get(writer).copied(),
            fresh: writer + 1 == lab.at(),
        })
    }

    fn cell(&self, name: String, loc: usize) -> CellView {
        CellView {
            name,
            loc: self.scene.names.loc(loc),
            value: self.scene.names.value(self.mem(loc)),
            written: self.written(loc),
            outcome: self.rests.contains(&loc),
        }
    }

    /// The instruction that the last step read with, if it was a load.
    fn just_read(&self) -> Option<(usize, usize)> {
        let lab = self.scene.lab;
        let step = lab.run().done().get(lab.at().checked_sub(1)?)?.step;
        (step.kind == StepKind::Read).then_some((usize::from(step.cpu), usize::from(step.at)))
    }
}

/// Variables that are drawn as something else, or are SRCU domains.
fn elsewhere(scene: &Scene) -> BTreeSet<u16> {
    let test = scene.lab.test();
    let mut vars: BTreeSet<u16> = test.slots.iter().map(|s| s.var.0).collect();
    for object in &test.objects {
        vars.insert(object.var.0);
        vars.extend(object.fields.iter().map(|(_, v)| v.0));
        vars.extend(object.freed.map(|v| v.0));
    }
    if let Some(tree) = &test.srcu {
        vars.insert(tree.idx.0);
        vars.extend(tree.cpus.iter().flat_map(|data| data.vars()).map(|v| v.0));
    }
    for (number, var) in (0_u16..).zip(&test.vars) {
        if var.ty.contains("srcu_struct") {
            vars.insert(number);
        }
    }
    vars
}
