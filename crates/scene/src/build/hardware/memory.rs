//! Memory: variables, and the slots of the bus array.

use machine::program::LocRole;

use super::{Hardware, elsewhere};
use crate::view::{CellView, SlotView};

pub(in crate::build) fn memory(h: &Hardware) -> Vec<CellView> {
    let hidden = elsewhere(h.scene);
    let names = &h.scene.names;
    let shown = |role| matches!(role, LocRole::Var(var) if !hidden.contains(&var.0));
    let locs = names.p.locs.iter().enumerate();
    locs.filter(|(_, location)| shown(location.role))
        .map(|(loc, _)| h.cell(names.loc(loc), loc))
        .collect()
}

pub(in crate::build) fn slots(h: &Hardware) -> Vec<SlotView> {
    let names = &h.scene.names;
    let slots = h.scene.lab.test().slots.iter();
    slots
        .map(|slot| {
            let loc = usize::from(slot.var.0);
            SlotView {
                label: slot.label.clone(),
                cell: h.cell(names.loc(loc), loc),
                object: names.points_to(h.mem(loc)),
            }
        })
        .collect()
}
