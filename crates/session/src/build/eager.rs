//! What CPUs do of themselves along with a step, in words.

use machine::{Done, Eager};

use super::Moment;
use crate::names::sentence;
use crate::view::{EagerKind, EagerView};

/// What the CPU of a step did along with it.
pub(super) fn after(moment: &Moment, done: &Done) -> Vec<EagerView> {
    let cpu = usize::from(done.step.cpu);
    let eager = done.eager.iter();
    eager.map(|eager| view(moment, cpu, *eager)).collect()
}

/// What all CPUs did before the first step.
pub(super) fn before(moment: &Moment) -> Vec<EagerView> {
    let p = moment.session.program();
    let eager = p.eager_at_start(moment.session.run().state_at(0));
    let views = eager
        .into_iter()
        .map(|(cpu, eager)| view(moment, cpu, eager));
    views.collect()
}

/// What one CPU did by itself.
fn view(moment: &Moment, cpu: usize, eager: Eager) -> EagerView {
    let n = &moment.names;
    let whose = n.cpu(cpu);
    let code = n.p.cpus.get(cpu);
    let (kind, number, text) = match eager {
        Eager::Computed {
            local,
            value,
            guessed,
        } => {
            let local = code.and_then(|c| c.locals.get(usize::from(local)));
            let line = local.and_then(|l| n.listing.line(cpu, l.stmt));
            let number = line.map_or(0, |l| l.number);
            let thread = code.and_then(|c| n.test.threads.get(usize::from(c.thread)));
            let reg = local.and_then(|l| thread?.regs.get(usize::from(l.reg.0)));
            let reg = reg.map_or("a register", |r| r.name.as_str());
            let guess = if guessed { ", on a guess" } else { "" };
            let value = n.value(value);
            let text = format!("{whose} computed {reg} = {value} on line {number}{guess}");
            (EagerKind::Computed, number, text)
        }
        Eager::Resolved {
            branch,
            taken,
            mispredicted,
        } => {
            let number = n.branch_number(cpu, branch);
            let not = if taken { "" } else { "not " };
            let guess = if mispredicted {
                "; the guess was wrong"
            } else {
                ""
            };
            let text = format!("{whose} decided the branch on line {number}: {not}taken{guess}");
            (EagerKind::Resolved, number, text)
        }
        Eager::Undone { at } => {
            let at = usize::from(at);
            let what = n.noun_on_line(moment.state, cpu, at);
            let text = format!("{whose} undid {what}: it has to be done again");
            (EagerKind::Undone, n.number(cpu, at), text)
        }
    };
    EagerView {
        kind,
        cpu,
        number,
        sentence: sentence(&text),
    }
}
