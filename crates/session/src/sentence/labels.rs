//! A few words for a step: in the timeline, on a button, in a list of effects.

use litmus::ObjectId;
use machine::program::{Atomic, Kind, LocRole, StoreRole};
use machine::{Effect, State, Step, StepKind};

use crate::names::{Names, list};
use crate::reason::readers;

/// A few words for the timeline.
pub(crate) fn label(n: &Names, s: &State, step: Step, effects: &[Effect]) -> String {
    let (cpu, at) = (usize::from(step.cpu), usize::from(step.at));
    let value = effects.iter().find_map(|e| match e {
        Effect::Got { value, .. } if n.points_to(*value).is_none() => {
            Some(format!(": {}", n.value(*value)))
        }
        Effect::Buffered { value, .. } | Effect::Stored { value, .. } => {
            Some(format!(" = {}", n.value(*value)))
        }
        _ => None,
    });
    let value = value.unwrap_or_default();
    let pointer = effects.iter().find_map(|e| match e {
        Effect::Got { value, .. } => n.points_to(*value),
        _ => None,
    });
    let loc = n
        .location(s, cpu, at)
        .map(|loc| n.loc(loc))
        .unwrap_or_default();
    let loc = loc.trim_end_matches("'s contents");
    let kind = n.instr(cpu, at).map(|i| &i.kind);
    match (step.kind, kind) {
        (StepKind::PredictTaken, _) => "guess: taken".to_owned(),
        (StepKind::PredictNot, _) => "guess: not taken".to_owned(),
        (StepKind::PredictFail, _) => "guess: it fails".to_owned(),
        (StepKind::Reach(to), _) => format!("reach {}", n.cpu(usize::from(to))),
        (_, Some(Kind::Load { wait: true })) => "callback".to_owned(),
        (StepKind::Start, _) => "grace period".to_owned(),
        (StepKind::End, _) => "ends".to_owned(),
        (StepKind::Lock, _) => "enter".to_owned(),
        (StepKind::Unlock, _) => "leave".to_owned(),
        (
            _,
            Some(Kind::Store {
                role: StoreRole::Free,
            }),
        ) => "kfree".to_owned(),
        (
            _,
            Some(Kind::Store {
                role: StoreRole::Queue(_),
            }),
        ) => "call_srcu".to_owned(),
        (
            _,
            Some(Kind::Store {
                role: StoreRole::SpinUnlock,
            }),
        ) => format!("unlock {loc}"),
        (_, Some(Kind::Atomic(Atomic::SpinLock))) => format!("lock {loc}"),
        (_, Some(Kind::Load { .. } | Kind::Store { .. } | Kind::Atomic(_))) => match pointer {
            Some(object) => format!("reads {}", n.object(object)),
            None => format!("{loc}{value}"),
        },
        _ => n.noun(s, cpu, at).trim_start_matches("the ").to_owned(),
    }
}

/// What a button says: "load flag", "drain to memory".
pub(crate) fn offer(n: &Names, s: &State, step: Step) -> String {
    let (cpu, at) = (usize::from(step.cpu), usize::from(step.at));
    let loc = n
        .location(s, cpu, at)
        .map(|loc| format!(" {}", n.loc(loc)))
        .unwrap_or_default();
    let kind = n.instr(cpu, at).map(|i| &i.kind);
    match (step.kind, kind) {
        (StepKind::Read, Some(Kind::Load { wait: true })) => "start the callback".to_owned(),
        (StepKind::Read, Some(Kind::Atomic(_))) => format!("read{loc}"),
        (StepKind::Read, _) => format!("load{loc}"),
        (
            StepKind::Enter,
            Some(Kind::Store {
                role: StoreRole::Queue(_),
            }),
        ) => "call call_srcu()".to_owned(),
        (
            StepKind::Drain,
            Some(Kind::Store {
                role: StoreRole::Queue(_),
            }),
        ) => "queue the callback".to_owned(),
        (StepKind::Enter, _) => "put into the store buffer".to_owned(),
        (StepKind::Drain, Some(Kind::Atomic(_))) => format!("write{loc}"),
        (StepKind::Drain, _) if n.p.model.propagation.is_some() => "send out".to_owned(),
        (StepKind::Drain, _) if n.p.model.buffered => "drain to memory".to_owned(),
        (StepKind::Drain, _) => format!("store{loc}"),
        (StepKind::Atomic, Some(Kind::Atomic(Atomic::SpinLock))) => format!("take{loc}"),
        (StepKind::Atomic, _) => format!("read and write{loc}"),
        (StepKind::Fence, _) => "finish the barrier".to_owned(),
        (StepKind::Lock, _) => "enter the section".to_owned(),
        (StepKind::Unlock, _) => "leave the section".to_owned(),
        (StepKind::Start, _) => "start the grace period".to_owned(),
        (StepKind::End, _) => "end the grace period".to_owned(),
        (StepKind::Wait, _) => "stop waiting".to_owned(),
        (StepKind::PredictTaken, _) => "guess: taken".to_owned(),
        (StepKind::PredictNot, _) => "guess: not taken".to_owned(),
        (StepKind::PredictFail, _) => "guess: it fails".to_owned(),
        (StepKind::Reach(to), _) => format!("reach {}", n.cpu(usize::from(to))),
    }
}

/// What a press on the line does, in a word or two.
pub(crate) fn action(n: &Names, step: Step) -> &'static str {
    let kind = n
        .instr(usize::from(step.cpu), usize::from(step.at))
        .map(|i| &i.kind);
    match (step.kind, kind) {
        (StepKind::Read, Some(Kind::Load { wait: true })) => "start",
        (StepKind::Read, Some(Kind::Atomic(_))) => "read",
        (StepKind::Read, _) => "load",
        (
            StepKind::Enter,
            Some(Kind::Store {
                role: StoreRole::Queue(_),
            }),
        ) => "call",
        (
            StepKind::Drain,
            Some(Kind::Store {
                role: StoreRole::Queue(_),
            }),
        ) => "queue",
        (StepKind::Enter, _) => "to the buffer",
        (StepKind::Drain, Some(Kind::Atomic(_))) => "write",
        (StepKind::Drain, _) if n.p.model.propagation.is_some() => "send",
        (StepKind::Drain, _) if n.p.model.buffered => "drain",
        (StepKind::Drain, _) => "store",
        (StepKind::Atomic, Some(Kind::Atomic(Atomic::SpinLock))) => "take",
        (StepKind::Atomic, _) => "read and write",
        (StepKind::Fence, _) => "fence",
        (StepKind::Lock, _) => "enter",
        (StepKind::Unlock, _) => "leave",
        (StepKind::Start, _) => "start",
        (StepKind::End, _) => "end",
        (StepKind::Wait, _) => "go on",
        (StepKind::PredictTaken, _) => "guess: taken",
        (StepKind::PredictNot, _) => "guess: not taken",
        (StepKind::PredictFail, _) => "guess: it fails",
        (StepKind::Reach(_), _) => "reach",
    }
}

/// The name of an object.
pub(super) fn object_name(n: &Names, object: ObjectId) -> String {
    n.object(usize::from(object.0))
}

/// An effect in a few words, for lists; none for what is no news.
pub(crate) fn effect(n: &Names, cpu: usize, s: &State, e: &Effect) -> String {
    let is = |loc: u16, value: i64| format!("{} = {}", n.loc(usize::from(loc)), n.value(value));
    match e {
        Effect::Got {
            loc,
            value,
            forwarded: false,
            ..
        } => format!("read {}", is(*loc, *value)),
        Effect::Got { loc, value, .. } => format!("forwarded {}", is(*loc, *value)),
        Effect::Buffered { loc, value } => format!("buffered {}", is(*loc, *value)),
        Effect::Stored { loc, value, .. }
            if matches!(
                n.p.locs.get(usize::from(*loc)).map(|l| l.role),
                Some(LocRole::Token(_))
            ) =>
        {
            format!("queued the free of {}", n.value(*value))
        }
        Effect::Stored { loc, value, .. } => format!("stored {}", is(*loc, *value)),
        Effect::Reached { loc, value, to } => {
            format!("{} reached {}", is(*loc, *value), n.cpu(usize::from(*to)))
        }
        Effect::Failed => "stored nothing".to_owned(),
        Effect::Resolved {
            branch,
            taken,
            mispredicted,
        } => format!(
            "branch on line {} {}taken{}",
            n.branch_number(cpu, *branch),
            if *taken { "" } else { "not " },
            if *mispredicted { ", guess wrong" } else { "" }
        ),
        Effect::Undone { at, .. } => {
            format!("undone: {}", n.noun_on_line(s, cpu, usize::from(*at)))
        }
        Effect::Entered { .. } => "entered the section".to_owned(),
        Effect::Left { .. } => "left the section".to_owned(),
        Effect::UnmatchedUnlock => "no open section belongs to this unlock".to_owned(),
        Effect::NotHeld { loc } => format!("does not hold {}", n.loc(usize::from(*loc))),
        Effect::Started { sections } => {
            format!("grace period waits for {}", list(&readers(n, *sections)))
        }
        Effect::UseAfterFree { object } => format!("use after free of {}", object_name(n, *object)),
        Effect::DoubleFree { object } => format!("double free of {}", object_name(n, *object)),
        Effect::Uninitialised { loc } => format!("{} not initialised", n.loc(usize::from(*loc))),
        Effect::Wild => "the pointer leads nowhere".to_owned(),
    }
}
