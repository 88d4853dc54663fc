//! Which CPU has which store, on a model that brings stores to each CPU separately.

use machine::masks::bits;
use machine::program::{Address, Code, Instr, Kind};
use machine::{Program, Step, StepKind};

use super::Drawn;
use crate::hardware::{Arrival, ArrivalState, StoreView};

/// The stores that another CPU may read, each with how far it has come; none on other models.
pub(super) fn stores(h: &Drawn) -> Vec<StoreView> {
    let n = &h.moment.names;
    let p = n.p;
    if p.model.propagation.is_none() {
        return Vec::new();
    }
    let mut stores = Vec::new();
    for (cpu, code) in p.cpus.iter().enumerate() {
        for at in bits(code.writes) {
            let Some(instr) = code.instrs.get(at) else {
                continue;
            };
            if read_elsewhere(p, cpu, instr) {
                stores.push(store(h, cpu, code, at));
            }
        }
    }
    stores
}

/// Some other CPU may read what it stores.
fn read_elsewhere(p: &Program, cpu: usize, instr: &Instr) -> bool {
    let other = |readers: &Vec<(u8, u64)>| readers.iter().any(|(c, _)| usize::from(*c) != cpu);
    match instr.addr {
        Some(Address::Static(loc)) => p.readers.get(usize::from(loc)).is_some_and(other),
        _ => p.readers.iter().any(other),
    }
}

fn store(h: &Drawn, cpu: usize, code: &Code, at: usize) -> StoreView {
    let n = &h.moment.names;
    let (p, s) = (n.p, h.moment.state);
    let bit = 1 << at;
    let c = s.cpus.get(cpu).copied().unwrap_or_default();
    let sent = c.done & bit != 0 && c.failed & bit == 0;
    let gone = (c.skipped | c.failed) & bit != 0;
    let writer = p.global(cpu, at);
    let underway = s.underway.iter().find(|u| usize::from(u.writer) == writer);
    let loc = n.location(s, cpu, at);
    let readers = loc.and_then(|loc| p.readers.get(loc));
    let arrival = |to: usize| {
        let reads = readers.is_none_or(|r| r.iter().any(|(c, _)| usize::from(*c) == to));
        let state = match underway {
            _ if to == cpu => ArrivalState::Own,
            _ if !reads => ArrivalState::NeverReads,
            _ if !sent => ArrivalState::NotSent,
            Some(store) if p.lacking(s, store) & (1 << to) != 0 => ArrivalState::OnItsWay,
            _ => ArrivalState::Has,
        };
        let step = Step {
            cpu: cpu as u8,
            at: at as u8,
            kind: StepKind::Reach(to as u8),
        };
        let name = n.cpu(to);
        Arrival {
            cpu: name.trim_start_matches("the ").to_owned(),
            state,
            step: p.plan(s, step).is_ok().then(|| p.name(step)),
        }
    };
    let workers = |to: &usize| p.cpus.get(*to).is_some_and(|code| code.worker.is_none());
    let instr = code.instrs.get(at);
    let frees = matches!(
        instr.map(|i| &i.kind),
        Some(Kind::Store {
            role: machine::program::StoreRole::Free
        })
    );
    let queues = matches!(
        instr.map(|i| &i.kind),
        Some(Kind::Store {
            role: machine::program::StoreRole::Queue(_)
        })
    );
    let value = match underway {
        Some(store) => Some(n.value(store.value)),
        None => n.stored(s, cpu, at).map(|v| n.value(v)),
    };
    let name = match (queues, loc) {
        (true, _) => "call_srcu()".to_owned(),
        _ if frees => "kfree()".to_owned(),
        (_, Some(loc)) => n.loc(loc),
        _ => "?".to_owned(),
    };
    StoreView {
        text: match value.filter(|_| !queues && !frees) {
            Some(value) => format!("{name} = {value}"),
            None => name,
        },
        by: n.cpu(cpu).trim_start_matches("the ").to_owned(),
        number: n.number(cpu, at),
        sent,
        gone,
        arrivals: (0..p.cpus.len()).filter(workers).map(arrival).collect(),
    }
}
