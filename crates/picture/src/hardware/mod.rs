//! The hardware of a session at one moment, as plain data: who has which store, memory, objects, sections, Tree SRCU.

mod memory;
mod objects;
mod srcu;
mod stores;
mod things;
mod tree;
mod tree_things;

use std::collections::BTreeSet;

use machine::{Effect, StepKind};
use session::view::CpuView;
use session::{Moment, Session, View};

pub use things::*;
pub use tree_things::*;

/// What the picture of the hardware shows. Indices called `object` count [`Hardware::objects`], `cpu` [`Hardware::cpus`].
#[derive(Clone, Debug, PartialEq)]
pub struct Hardware {
    /// The CPUs, with their store buffers.
    pub cpus: Vec<CpuView>,
    /// Who has which store; empty where a store reaches all CPUs at once.
    pub stores: Vec<StoreView>,
    /// Variables that are neither slots nor fields of an object.
    pub memory: Vec<CellView>,
    /// The slots of the bus array.
    pub slots: Vec<SlotView>,
    /// Heap objects.
    pub objects: Vec<ObjectView>,
    /// Registers that can hold a pointer to an object.
    pub pointers: Vec<PointerView>,
    /// Read-side sections, grace periods, callbacks.
    pub srcu: SrcuView,
}

impl Hardware {
    /// The hardware of a session, of which `view` is the view.
    #[must_use]
    pub fn of(session: &Session, view: &View) -> Hardware {
        let places = view.steps.iter().enumerate();
        let of_run: Vec<usize> = places
            .filter(|(_, step)| step.position.is_some())
            .map(|(place, _)| place)
            .collect();
        session.at_moment(|moment| {
            let drawn = Drawn {
                moment,
                of_run: &of_run,
                rests: &session::rests(moment).locs,
            };
            Hardware {
                cpus: view.cpus.clone(),
                stores: stores::stores(&drawn),
                memory: memory::memory(&drawn),
                slots: memory::slots(&drawn),
                objects: objects::objects(&drawn),
                pointers: objects::pointers(&drawn),
                srcu: srcu::srcu(&drawn),
            }
        })
    }
}

/// A moment, its timeline, and what its outcome rests on.
struct Drawn<'a> {
    moment: &'a Moment<'a>,
    /// Where in the timeline the steps of the run are.
    of_run: &'a [usize],
    /// The locations that a bad outcome rests on.
    rests: &'a [usize],
}

impl Drawn<'_> {
    fn mem(&self, loc: usize) -> i64 {
        self.moment.state.mem.get(loc).copied().unwrap_or(0)
    }

    /// The step of the run that last stored to a location.
    fn writer(&self, loc: usize) -> Option<usize> {
        let session = self.moment.session;
        let done = session.run().done().get(..session.at())?;
        done.iter().rposition(|d| {
            d.effects
                .iter()
                .any(|e| matches!(e, Effect::Stored { loc: l, .. } if usize::from(*l) == loc))
        })
    }

    fn written(&self, loc: usize) -> Option<WrittenView> {
        let (session, names) = (self.moment.session, &self.moment.names);
        let writer = self.writer(loc)?;
        let step = session.run().done().get(writer)?.step;
        let (cpu, at) = (usize::from(step.cpu), usize::from(step.at));
        let name = names.cpu(cpu);
        let name = name.trim_start_matches("the ");
        Some(WrittenView {
            by: format!("{name}, line {}", names.number(cpu, at)),
            step: names.p.name(step),
            at: self.of_run.get(writer).copied(),
            fresh: writer + 1 == session.at(),
        })
    }

    fn cell(&self, name: String, loc: usize) -> CellView {
        CellView {
            name,
            loc: self.moment.names.loc(loc),
            value: self.moment.names.value(self.mem(loc)),
            written: self.written(loc),
            outcome: self.rests.contains(&loc),
        }
    }

    /// The instruction that the last step read with, if it was a load.
    fn just_read(&self) -> Option<(usize, usize)> {
        let session = self.moment.session;
        let step = session.run().done().get(session.at().checked_sub(1)?)?.step;
        (step.kind == StepKind::Read).then_some((usize::from(step.cpu), usize::from(step.at)))
    }
}

/// Variables that are drawn as something else, or are SRCU domains.
fn elsewhere(moment: &Moment) -> BTreeSet<u16> {
    let test = moment.session.test();
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
