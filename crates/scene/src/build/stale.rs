//! Which reads are stale, seen from where a run has come to.

use machine::model::Class;
use machine::{Effect, StepKind};

use super::Scene;

/// Says why the read of a step is stale; none when it is not, or not yet.
///
/// A read is stale when another CPU's store had replaced its value in memory before everything that comes first in
/// program order was done: at its own place in the program it would have found another value. What lies ahead of the
/// reader counts only for steps that lie ahead as well.
pub(super) fn stale(scene: &Scene, step: usize) -> Option<String> {
    let (lab, n) = (scene.lab, &scene.names);
    let done = lab.run().done();
    let read = done.get(step)?;
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
    let before = lab.run().state_at(step);
    if n.p.model.propagation.is_some() && !before.newest(cpu, usize::from(loc)) {
        let newest = before.mem.get(usize::from(loc)).copied().unwrap_or(0);
        if newest != value {
            return Some(format!(
                "Stale: {} is {} already; that store has not reached {} yet.",
                n.loc(usize::from(loc)),
                n.value(newest),
                n.cpu(cpu),
            ));
        }
    }
    let seen = if step < lab.at() { lab.at() } else { lab.len() };
    let mut replaced = None;
    for later in done.get(step + 1..seen)? {
        let own = usize::from(later.step.cpu) == cpu;
        if own {
            let again =
                |e: &Effect| matches!(e, Effect::Undone { at: undone, .. } if *undone == at);
            if later.effects.iter().any(again) || later.step.at == at {
                return None;
            }
            let instr = n.instr(cpu, usize::from(later.step.at));
            let place = Class::ACCESS
                .with(Class::SECTION_OR_GP)
                .with(Class::SECTION_EXIT);
            let over = !matches!(
                later.step.kind,
                StepKind::Enter | StepKind::PredictTaken | StepKind::PredictNot
            );
            if let Some(new) = replaced
                && over
                && later.step.at < at
                && instr.is_some_and(|i| i.class.meets(place))
            {
                let what = n.noun_on_line(lab.state(), cpu, usize::from(later.step.at));
                return Some(format!(
                    "Stale: {} was {} in memory before {what} was done.",
                    n.loc(usize::from(loc)),
                    n.value(new),
                ));
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
