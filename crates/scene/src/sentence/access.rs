//! Sentences of loads, stores and atomics.

use machine::program::{Atomic, Kind, StoreRole};
use machine::value::GARBAGE;
use machine::{Effect, StepKind};

use super::Event;
use crate::names::Names;

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
    // Nobody has stored there yet, though somebody may.
    let changed = e.after.mem.get(loc) != n.p.locs.get(loc).map(|l| &l.init);
    let got = if changed {
        "⟦got|gets⟧"
    } else {
        "still ⟦got|gets⟧"
    };
    let Some(j) = e.overtaken(n) else {
        return match pending_store(n, e, loc) {
            Some(pending) => {
                format!("{cpu} ⟦loaded|loads⟧ {name} and ⟦got|gets⟧ {value}: {pending}")
            }
            None => format!("{cpu} ⟦loaded|loads⟧ {name} and ⟦got|gets⟧ {value}"),
        };
    };
    format!(
        "{cpu} ⟦loaded|loads⟧ {name} before {}, and {got} {value}",
        passed(n, e, j)
    )
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

/// Another CPU's store of that location that is still in its buffer.
fn pending_store(n: &Names, e: &Event, loc: usize) -> Option<String> {
    for (cpu, code) in n.p.cpus.iter().enumerate() {
        let c = e.after.cpus.get(cpu)?;
        if cpu == e.cpu() {
            continue;
        }
        let buffered = code.writes & c.begun & !c.done & !c.failed & !code.split;
        for i in machine::masks::bits(buffered) {
            if n.location(e.after, cpu, i) == Some(loc) {
                let value = n.value(n.stored(e.after, cpu, i)?);
                return Some(format!(
                    "{value} is still in {} store buffer",
                    n.cpu_owns(cpu)
                ));
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
                "{cpu} ⟦put|puts⟧ call_srcu() for {} into its store buffer",
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
                "{cpu} ⟦queued|queues⟧ the callback that frees {}",
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
            "{cpu} ⟦drained|drains⟧ {name} = {} to memory",
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
