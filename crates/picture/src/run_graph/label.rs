//! What is written in the box of an event: as herd7 does, with the names of the page.

use explore::execution::{Event, EventKind};
use machine::model::Class;
use machine::program::{Atomic, Domain, Instr, Kind, StoreRole};

use session::names::Names;

/// `R[acquire] flag=1`, `F[mb]`, `srcu-lock(srcu)`.
pub(super) fn of(names: &Names, event: &Event) -> String {
    let Some(instr) = names.instr(event.cpu, event.instr) else {
        return String::new();
    };
    let loc = event.loc.map(|loc| names.loc(loc)).unwrap_or_default();
    let value = event.value.map(|value| names.value(value));
    let value = value.unwrap_or_default();
    let of_domain = |domain: Domain, what: &str| match domain {
        Domain::Rcu => format!("rcu-{what}"),
        Domain::Srcu(_) => format!("srcu-{what}({})", names.domain(domain)),
    };
    let read = event.kind == EventKind::Read;
    match &instr.kind {
        Kind::Load { wait: true } => "callback begins".to_owned(),
        Kind::Store {
            role: StoreRole::Queue(_),
        } => format!("call_srcu({value})"),
        Kind::Store {
            role: StoreRole::Free,
        } => {
            let freed = |loc: usize| {
                let mut objects = names.p.objects.iter();
                objects.position(|object| usize::from(object.freed) == loc)
            };
            let object = event.loc.and_then(freed);
            format!(
                "kfree({})",
                object.map_or(loc, |object| names.object(object))
            )
        }
        Kind::Store {
            role: StoreRole::SpinUnlock,
        } => format!("UL({loc})"),
        Kind::Atomic(Atomic::SpinLock) if read => format!("LKR({loc})"),
        Kind::Atomic(Atomic::SpinLock) => format!("LKW({loc})"),
        Kind::Load { .. } | Kind::Atomic(_) if read => {
            format!(
                "R{} {loc}={value}",
                mark(instr, Class::ACQUIRE, "[acquire]")
            )
        }
        Kind::Load { .. } | Kind::Store { .. } | Kind::Atomic(_) => {
            format!(
                "W{} {loc}={value}",
                mark(instr, Class::RELEASE, "[release]")
            )
        }
        Kind::Fence => fence(instr.class).to_owned(),
        Kind::Lock(section) => {
            let section = names.p.sections.get(usize::from(*section));
            of_domain(section.map_or(Domain::Rcu, |s| s.domain), "lock")
        }
        Kind::RcuUnlock => of_domain(Domain::Rcu, "unlock"),
        Kind::SrcuUnlock { domain, .. } => of_domain(*domain, "unlock"),
        Kind::GracePeriod(Domain::Rcu) => "sync-rcu".to_owned(),
        Kind::GracePeriod(domain) => format!("sync-srcu({})", names.domain(*domain)),
        Kind::Barrier(domain) => format!("srcu-barrier({})", names.domain(*domain)),
    }
}

fn mark(instr: &Instr, class: Class, name: &'static str) -> &'static str {
    if instr.class.meets(Class::ATOMIC_MB) {
        "[mb]"
    } else if instr.class.meets(class) {
        name
    } else {
        ""
    }
}

fn fence(class: Class) -> &'static str {
    if class.meets(Class::MB) {
        "F[mb]"
    } else if class.meets(Class::RMB) {
        "F[rmb]"
    } else if class.meets(Class::WMB) {
        "F[wmb]"
    } else {
        "F"
    }
}
