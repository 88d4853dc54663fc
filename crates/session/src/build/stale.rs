//! Which reads are stale, in words, seen from where a run has come to.

use machine::Stale;

use super::Moment;

/// Says why the read of a step is stale; none when it is not, or not yet. What lies ahead of the reader counts only for
/// steps that lie ahead as well.
pub(super) fn stale(moment: &Moment, step: usize) -> Option<String> {
    let (session, n) = (moment.session, &moment.names);
    let seen = if step < session.at() {
        session.at()
    } else {
        session.len()
    };
    let cpu = usize::from(session.run().done().get(step)?.step.cpu);
    Some(match session.run().stale(step, seen)? {
        Stale::Replaced { loc, new, before } => format!(
            "Stale: {} was {} in memory before {} was done.",
            n.loc(usize::from(loc)),
            n.value(new),
            n.noun_on_line(session.state(), cpu, usize::from(before)),
        ),
        Stale::NotReached { loc, new } => format!(
            "Stale: {} is {} already; that store has not reached {} yet.",
            n.loc(usize::from(loc)),
            n.value(new),
            n.cpu(cpu),
        ),
    })
}
