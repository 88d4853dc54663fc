//! Sentences of loads, stores and atomics.

use machine::program::{Atomic, Kind, StoreRole};
use machine::value::GARBAGE;
use machine::{Effect, State, StepKind};

use super::Event;
use crate::names::Names;

/// How call_srcu() is modelled.
const AS_STORE: &str = "(modelled as one release store)";

/// A load.
pub(super) fn load(n: &Names, e: &Event, cpu: &str) -> String {
    let Some((loc, value, forwarded)) = e.got() else {
        return format!("{cpu} did a load");
    };
    let name = n.loc(loc);
    let value = match value {
        GARBAGE => "garbage".to_owned(),
        value => n.value(value),
    };
    if forwarded {
        return format!(
            "{cpu} ⟦loaded|loads⟧ {name} from its own store buffer and ⟦got|gets⟧ {value}"
        );
    }
    let Some(j) = e.overtaken(n) else {
        return match pending_store(n, e, loc) {
            Some((by, pending)) => {
                let pending = n.value(pending);
                let owner = n.cpu_owns(by);
                format!(
                    "{cpu} ⟦loaded|loads⟧ {name} and ⟦got|gets⟧ {value}: {pending} is still in {owner} store buffer"
                )
            }
            None => format!("{cpu} ⟦loaded|loads⟧ {name} and ⟦got|gets⟧ {value}"),
        };
    };
    let got = match age(n, e, loc) {
        Age::Initial => format!("⟦got|gets⟧ {value}, the initial value"),
        Age::Old => format!("still ⟦got|gets⟧ {value}"),
        Age::Newest => format!("⟦got|gets⟧ {value}"),
    };
    let before = passed(n, e, j);
    format!("{cpu} ⟦loaded|loads⟧ {name} before {before}, and {got}")
}

/// How a value that a load has got stands to the others of its location.
enum Age {
    /// Nobody has stored there yet: no other value exists.
    Initial,
    /// There is a newer one, which this CPU does not see yet.
    Old,
    /// It is the newest.
    Newest,
}

fn age(n: &Names, e: &Event, loc: usize) -> Age {
    let got = e.got().map(|(_, value, _)| value);
    let differs = |value: Option<i64>| value.is_some() && value != got;
    let pending = pending_store(n, e, loc).map(|(_, value)| value);
    if differs(e.after.mem.get(loc).copied()) || differs(pending) {
        return Age::Old;
    }
    if pending.is_some() || stored_to(n, e.after, loc) {
        Age::Newest
    } else {
        Age::Initial
    }
}

/// Whether any store to a location is done.
fn stored_to(n: &Names, s: &State, loc: usize) -> bool {
    n.p.cpus.iter().enumerate().any(|(cpu, code)| {
        let done = s.cpus.get(cpu).map_or(0, |c| c.done & !c.failed);
        machine::masks::bits(code.writes & done).any(|i| n.location(s, cpu, i) == Some(loc))
    })
}

/// "it loaded flag", "its store to x reached memory".
fn passed(n: &Names, e: &Event, j: usize) -> String {
    let place = n.location(e.after, e.cpu(), j).map(|loc| n.loc(loc));
    match (n.instr(e.cpu(), j).map(|i| &i.kind), place) {
        (Some(Kind::Load { .. }), Some(place)) => format!("it ⟦loaded|loads⟧ {place}"),
        (Some(Kind::Store { .. }), Some(place)) => match e.step.kind {
            StepKind::Read | StepKind::Atomic => {
                format!("its store to {place} ⟦reached|reaches⟧ memory")
            }
            _ => format!("its store to {place}"),
        },
        (Some(Kind::Atomic(_)), Some(place)) => format!("its atomic on {place} ⟦was|is⟧ done"),
        _ => format!("{} ⟦was|is⟧ done", n.noun_on_line(e.after, e.cpu(), j)),
    }
}

/// Another CPU's store of that location that is still in its buffer: whose, and the value.
fn pending_store(n: &Names, e: &Event, loc: usize) -> Option<(usize, i64)> {
    for (cpu, code) in n.p.cpus.iter().enumerate() {
        let c = e.after.cpus.get(cpu)?;
        if cpu == e.cpu() {
            continue;
        }
        let buffered = code.writes & c.begun & !c.done & !c.failed & !code.split;
        for i in machine::masks::bits(buffered) {
            if n.location(e.after, cpu, i) == Some(loc) {
                return Some((cpu, n.stored(e.after, cpu, i)?));
            }
        }
    }
    None
}

/// A store goes into the buffer.
pub(super) fn enter(n: &Names, e: &Event, cpu: &str, kind: Option<&Kind>) -> String {
    let buffered = e.effects.iter().find_map(|e| match e {
        Effect::Buffered { loc, value } => Some((usize::from(*loc), *value)),
        _ => None,
    });
    let Some((loc, value)) = buffered else {
        return format!("{cpu} ⟦put|puts⟧ a store into its buffer");
    };
    match kind {
        Some(Kind::Store {
            role: StoreRole::Queue(_),
        }) => {
            format!(
                "{cpu} ⟦called|calls⟧ call_srcu() for {}; the callback is not queued yet {AS_STORE}",
                n.value(value)
            )
        }
        Some(Kind::Store {
            role: StoreRole::Free,
        }) => {
            format!(
                "{cpu} ⟦put|puts⟧ the free of {} into its store buffer",
                freed(n, loc)
            )
        }
        Some(Kind::Store {
            role: StoreRole::SpinUnlock,
        }) => {
            format!(
                "{cpu} ⟦put|puts⟧ the unlock of {} into its store buffer",
                n.loc(loc)
            )
        }
        _ => format!(
            "{cpu} ⟦put|puts⟧ {} = {} into its store buffer",
            n.loc(loc),
            n.value(value)
        ),
    }
}

/// A store, or the write of an atomic, reaches memory.
pub(super) fn drain(n: &Names, e: &Event, cpu: &str, kind: Option<&Kind>) -> String {
    let Some((loc, value, _)) = e.stored() else {
        return format!("{cpu} stored a value");
    };
    let name = n.loc(loc);
    let text = match kind {
        Some(Kind::Store {
            role: StoreRole::Queue(_),
        }) => {
            return format!(
                "{} call_srcu() ⟦queued|queues⟧ the callback that frees {} {AS_STORE}",
                n.cpu_owns(e.cpu()),
                n.value(value)
            );
        }
        Some(Kind::Store {
            role: StoreRole::Free,
        }) => {
            return format!("{cpu} ⟦freed|frees⟧ {}", freed(n, loc));
        }
        Some(Kind::Store {
            role: StoreRole::SpinUnlock,
        }) => format!("{cpu} ⟦gave|gives⟧ {name} back"),
        Some(Kind::Atomic(Atomic::SpinLock | Atomic::SpinTrylock)) => {
            format!("{cpu} ⟦took|takes⟧ {name}")
        }
        Some(Kind::Atomic(_)) => {
            format!(
                "{cpu} ⟦wrote|writes⟧ {name} = {}; the atomic is done",
                n.value(value)
            )
        }
        _ if n.p.model.propagation.is_some() => format!(
            "{cpu} ⟦sent|sends⟧ {name} = {} out: it is the newest, and the other CPUs get it one by one",
            n.value(value)
        ),
        _ if !n.p.model.buffered => format!("{cpu} ⟦stored|stores⟧ {name} = {}", n.value(value)),
        _ => format!(
            "{} store {name} = {} ⟦reached|reaches⟧ memory",
            n.cpu_owns(e.cpu()),
            n.value(value)
        ),
    };
    match e.overtaken(n) {
        Some(j) => format!("{text} before {}", passed(n, e, j)),
        None => text,
    }
}

/// The object whose freed flag a location is.
fn freed(n: &Names, loc: usize) -> String {
    let object = n.p.objects.iter().position(|o| usize::from(o.freed) == loc);
    object.map_or_else(|| "nothing".to_owned(), |object| n.object(object))
}

/// An atomic, or its read.
pub(super) fn atomic_text(n: &Names, e: &Event, cpu: &str, atomic: &Atomic) -> String {
    let Some((loc, value, _)) = e.got() else {
        return format!("{cpu} did an atomic");
    };
    let name = n.loc(loc);
    let lock = matches!(atomic, Atomic::SpinLock | Atomic::SpinTrylock);
    if e.effects.contains(&Effect::Failed) {
        return if lock {
            format!("{cpu} ⟦found|finds⟧ {name} taken and ⟦did|does⟧ not wait")
        } else {
            format!(
                "{cpu} ⟦found|finds⟧ {name} = {} and ⟦stored|stores⟧ nothing",
                n.value(value)
            )
        };
    }
    match (lock, e.stored()) {
        (true, Some(_)) => format!("{cpu} ⟦took|takes⟧ {name}"),
        (true, None) => format!("{cpu} ⟦found|finds⟧ {name} free, and nobody else may take it now"),
        (_, Some((_, new, _))) => {
            format!(
                "{cpu} ⟦changed|changes⟧ {name} from {} to {} at once",
                n.value(value),
                n.value(new)
            )
        }
        (_, None) => format!(
            "{cpu} ⟦read|reads⟧ {name} and ⟦got|gets⟧ {}; nobody else may write it before this atomic does",
            n.value(value)
        ),
    }
}
