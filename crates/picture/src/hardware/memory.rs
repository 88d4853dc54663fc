//! Memory: variables, and the slots of the bus array.

use machine::program::LocRole;

use super::{Drawn, elsewhere};
use crate::hardware::{CellView, SlotView};

pub(super) fn memory(h: &Drawn) -> Vec<CellView> {
    let hidden = elsewhere(h.moment);
    let names = &h.moment.names;
    let shown = |role| matches!(role, LocRole::Var(var) if !hidden.contains(&var.0));
    let locs = names.p.locs.iter().enumerate();
    locs.filter(|(_, location)| shown(location.role))
        .map(|(loc, _)| h.cell(names.loc(loc), loc))
        .collect()
}

pub(super) fn slots(h: &Drawn) -> Vec<SlotView> {
    let names = &h.moment.names;
    let slots = h.moment.session.test().slots.iter();
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
