//! Which reads are stale, in words, seen from where a run has come to.

use machine::Stale;

use super::Scene;

/// Says why the read of a step is stale; none when it is not, or not yet. What lies ahead of the reader counts only for
/// steps that lie ahead as well.
pub(super) fn stale(scene: &Scene, step: usize) -> Option<String> {
    let (lab, n) = (scene.lab, &scene.names);
    let seen = if step < lab.at() { lab.at() } else { lab.len() };
    let cpu = usize::from(lab.run().done().get(step)?.step.cpu);
    Some(match lab.run().stale(step, seen)? {
        Stale::Replaced { loc, new, before } => format!(
            "Stale: {} was {} in memory before {} was done.",
            n.loc(usize::from(loc)),
            n.value(new),
            n.noun_on_line(lab.state(), cpu, usize::from(before)),
        ),
        Stale::NotReached { loc, new } => format!(
            "Stale: {} is {} already; that store has not reached {} yet.",
            n.loc(usize::from(loc)),
            n.value(new),
            n.cpu(cpu),
        ),
    })
}
