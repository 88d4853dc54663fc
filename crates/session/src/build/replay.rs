//! What a moved switch did to the schedule.

use machine::run::Fate;

use super::timeline::Timeline;
use super::{Moment, instruction};
use crate::names::sentence;
use crate::reason;
use crate::view::ReplayNote;

/// The note; none while no switch was moved, or there is no schedule.
pub(super) fn note(moment: &Moment, timeline: &Timeline) -> Option<ReplayNote> {
    let session = moment.session;
    if !session.switched() || session.script().is_empty() {
        return None;
    }
    let struck_out = session
        .fates()
        .iter()
        .filter(|fate| matches!(fate, Fate::Impossible(_) | Fate::NotReached))
        .count();
    let failed = session
        .fates()
        .iter()
        .zip(session.script())
        .enumerate()
        .find_map(|(i, (fate, name))| match fate {
            Fate::Impossible(reason) => Some((i, *name, *reason)),
            _ => None,
        });
    let Some((in_script, name, reason)) = failed else {
        return Some(ReplayNote {
            sentence: match session.len() {
                1 => "The step that was done is still possible.".to_owned(),
                n => format!("All {n} steps are still possible."),
            },
            step: None,
            name: None,
            reason: None,
            barrier: None,
            number: None,
            struck_out: 0,
        });
    };
    let n = &moment.names;
    let step = session.program().find(name)?;
    let cpu = usize::from(step.cpu);
    let at = instruction(step);
    let end = session.run().state();
    let clause = reason::clause(n, end, cpu, at, reason);
    let barrier = reason::barrier(n, cpu, at, reason);
    let place = timeline.of_script.get(in_script).copied().flatten();
    let what = match at {
        Some(at) => {
            let noun = n.noun(end, cpu, at);
            format!("{} {}", n.cpu_owns(cpu), noun.trim_start_matches("the "))
        }
        None => format!("{} guess", n.cpu_owns(cpu)),
    };
    let it = match clause.split_whitespace().next() {
        Some("waits" | "needs" | "would") => "it ",
        _ => "",
    };
    let number = place.unwrap_or(in_script) + 1;
    let mut text = sentence(&format!(
        "Step {number}, {what}, is no longer possible: {it}{clause}"
    ));
    match struck_out {
        0 | 1 => {}
        2 => text.push_str(" The step after it is undone too."),
        more => text.push_str(&format!(" The {} steps after it are undone too.", more - 1)),
    }
    Some(ReplayNote {
        sentence: text,
        step: place,
        name: Some(name),
        reason: Some(clause),
        barrier: barrier.map(|at| n.noun_on_line(end, cpu, at)),
        number: barrier.map(|at| n.number(cpu, at)),
        struck_out,
    })
}
