//! What a step would change: it is done in a copy of the state, and the two are compared.

use std::collections::BTreeSet;

use machine::program::{Domain, LocRole};
use machine::{Effect, State, Step, StepKind};

use super::lines::cpu_id;
use super::{Moment, instruction};
use crate::names::{list, sentence as finish};
use crate::sentence::{self, Event};
use crate::view::{ChangeKind, ChangeView, Foresight, LineRef};

/// The sentence of the step, and what it would change.
pub(super) fn foresight(moment: &Moment, step: Step) -> (String, Foresight) {
    let p = moment.names.p;
    let before = moment.state;
    let mut after = before.clone();
    let mut effects = Vec::new();
    if let Ok(plan) = p.plan(before, step) {
        p.apply(&mut after, step, plan, &mut effects);
    }
    let event = Event {
        step,
        effects: &effects,
        before,
        after: &after,
    };
    let preview = sentence::preview(&moment.names, &event);
    let now = lines(moment, &moment.offers);
    let then = lines(moment, &p.steps(&after));
    let own = line(moment, step);
    let other = |line: &&Place| **line != own;
    let opens: Vec<Place> = then.difference(&now).filter(other).cloned().collect();
    let closes: Vec<Place> = now.difference(&then).filter(other).cloned().collect();
    let foresight = Foresight {
        changes: changes(moment, &event),
        sentence: outlook(&opens, &closes),
        opens: opens.into_iter().map(Place::into_ref).collect(),
        closes: closes.into_iter().map(Place::into_ref).collect(),
    };
    (preview, foresight)
}

/// A line, in the order of the programs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    cpu: usize,
    number: u32,
    id: String,
    /// The name of a worker: its lines have no numbers of their own.
    worker: Option<String>,
}

impl Place {
    fn into_ref(self) -> LineRef {
        LineRef {
            id: self.id,
            number: self.number,
        }
    }
}

fn line(moment: &Moment, step: Step) -> Place {
    let n = &moment.names;
    let cpu = usize::from(step.cpu);
    let name = n.p.name(step);
    let worker = matches!(name.cpu, machine::CpuName::Worker(..));
    Place {
        cpu,
        number: match instruction(step) {
            Some(at) => n.number(cpu, at),
            None => n.branch_number(cpu, step.at),
        },
        id: format!("{}:{}", cpu_id(name.cpu), name.stmt),
        worker: worker.then(|| n.cpu(cpu)),
    }
}

fn lines(moment: &Moment, steps: &[Step]) -> BTreeSet<Place> {
    steps.iter().map(|step| line(moment, *step)).collect()
}

fn outlook(opens: &[Place], closes: &[Place]) -> String {
    let named = |places: &[Place]| {
        let plain: Vec<String> = places
            .iter()
            .filter(|p| p.worker.is_none())
            .map(|p| p.number.to_string())
            .collect();
        let mut names: Vec<String> = match plain.len() {
            0 => Vec::new(),
            1 => vec![format!("line {}", plain[0])],
            _ => vec![format!("lines {}", list(&plain))],
        };
        names.extend(places.iter().filter_map(|p| p.worker.clone()));
        names.dedup();
        list(&names)
    };
    match (opens.is_empty(), closes.is_empty()) {
        (true, true) => String::new(),
        (false, true) => finish(&format!("then {} may happen", named(opens))),
        (true, false) => finish(&format!("then {} may not happen any more", named(closes))),
        (false, false) => finish(&format!(
            "then {} may happen, and {} may not any more",
            named(opens),
            named(closes)
        )),
    }
}

fn changes(moment: &Moment, event: &Event) -> Vec<ChangeView> {
    let n = &moment.names;
    let p = n.p;
    let cpu = usize::from(event.step.cpu);
    let id = cpu_id(p.cpu_name(cpu));
    let mut changes = memory(moment, event.before, event.after);
    let mut add = |kind, target: String, text: String| {
        changes.push(ChangeView { kind, target, text });
    };
    let domain = |section: u8| {
        let section = p.sections.get(usize::from(section));
        n.domain(section.map_or(Domain::Rcu, |s| s.domain))
    };
    let name = n.cpu(cpu);
    for effect in event.effects {
        match effect {
            Effect::Got { loc, value, .. } => {
                let place = line(moment, event.step);
                let text = format!(
                    "line {} reads {} = {}",
                    place.number,
                    n.loc(usize::from(*loc)),
                    n.value(*value)
                );
                add(ChangeKind::Read, format!("line:{}", place.id), text);
            }
            Effect::Buffered { loc, value } => {
                let (loc, value) = (n.loc(usize::from(*loc)), n.value(*value));
                let text = format!("{loc} = {value} enters the store buffer");
                add(ChangeKind::Buffer, format!("buffer:{id}"), text);
            }
            Effect::Stored { loc, value, .. }
                if event.step.kind == StepKind::Drain && p.model.buffered =>
            {
                let (loc, value) = (n.loc(usize::from(*loc)), n.value(*value));
                let text = format!("{loc} = {value} leaves the store buffer");
                let target = format!("store:{}", p.name(event.step));
                add(ChangeKind::Buffer, target, text);
            }
            Effect::Reached { loc, value, to } => {
                let to = n.cpu(usize::from(*to));
                let (loc, value) = (n.loc(usize::from(*loc)), n.value(*value));
                let text = format!("{to} has {loc} = {value}");
                add(ChangeKind::Memory, format!("memory:{loc}"), text);
            }
            Effect::Entered { section } => {
                let target = format!("srcu:{}", domain(*section));
                add(ChangeKind::Section, target, format!("{name} is inside"));
            }
            Effect::Left { section } => {
                let target = format!("srcu:{}", domain(*section));
                add(ChangeKind::Section, target, format!("{name} is outside"));
            }
            _ => {}
        }
    }
    let period = instruction(event.step).and_then(|at| match &n.instr(cpu, at)?.kind {
        machine::program::Kind::GracePeriod(domain) => Some(n.domain(*domain)),
        _ => None,
    });
    if let Some(domain) = period {
        let verb = match event.step.kind {
            StepKind::Start => "starts",
            _ => "ends",
        };
        let text = format!("{name}: the grace period {verb}");
        add(ChangeKind::GracePeriod, format!("srcu:{domain}"), text);
    }
    changes
}

/// The locations whose values would be others.
fn memory(moment: &Moment, before: &State, after: &State) -> Vec<ChangeView> {
    let n = &moment.names;
    let mut changes = Vec::new();
    for (loc, (old, new)) in before.mem.iter().zip(&after.mem).enumerate() {
        if old == new {
            continue;
        }
        let text = match n.p.locs.get(loc).map(|l| l.role) {
            Some(LocRole::Var(_)) => {
                format!("{}: {} → {}", n.loc(loc), n.value(*old), n.value(*new))
            }
            Some(LocRole::Freed(object)) => format!("{} is freed", n.object(usize::from(object.0))),
            Some(LocRole::Token(_)) => "a callback is queued".to_owned(),
            _ => continue,
        };
        changes.push(ChangeView {
            kind: ChangeKind::Memory,
            target: format!("memory:{}", n.loc(loc)),
            text,
        });
    }
    changes
}
