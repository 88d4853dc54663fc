//! Read-side sections, grace periods, callbacks.

use machine::masks::bits;
use machine::program::{Domain, Kind, LocRole};

use super::{Drawn, tree};
use crate::hardware::{
    CallbackState, CallbackView, DomainView, GraceState, GraceView, SectionState, SectionView,
    SrcuView,
};
use session::names::domains;
use session::names::list;
use session::readers;

pub(super) fn srcu(h: &Drawn) -> SrcuView {
    SrcuView {
        domains: domains(h.moment.names.p)
            .into_iter()
            .map(|d| domain_view(h, d))
            .collect(),
        tree: tree::tree(h),
    }
}

fn domain_view(h: &Drawn, domain: Domain) -> DomainView {
    let n = &h.moment.names;
    let mut view = DomainView {
        name: n.domain(domain),
        ..DomainView::default()
    };
    // The places of the domain's sections in the view.
    let mut places: Vec<usize> = Vec::new();
    for (number, section) in n.p.sections.iter().enumerate() {
        if section.domain != domain {
            continue;
        }
        places.push(number);
        let (cpu, at) = (usize::from(section.cpu), usize::from(section.instr));
        let locked = h
            .moment
            .state
            .cpus
            .get(cpu)
            .is_some_and(|c| c.done & (1 << at) != 0);
        let state = match (locked, h.moment.state.inside & (1 << number) != 0) {
            (_, true) => SectionState::Inside,
            (true, false) => SectionState::Left,
            (false, false) => SectionState::Outside,
        };
        view.sections.push(SectionView {
            cpu,
            name: n.cpu(cpu),
            number: n.number(cpu, at),
            state,
            awaited: false,
        });
    }
    for (cpu, code) in n.p.cpus.iter().enumerate() {
        for (at, instr) in code.instrs.iter().enumerate() {
            if !matches!(instr.kind, Kind::GracePeriod(d) if d == domain) {
                continue;
            }
            let period = grace(h, &view, &places, cpu, at);
            for section in &period.sections {
                if let Some(section) = view.sections.get_mut(*section) {
                    section.awaited = true;
                }
            }
            view.grace_periods.push(period);
            if code.worker.is_some() {
                view.callbacks.push(callback(h, cpu, at));
            }
        }
    }
    view
}

/// The grace period that is instruction `at`.
fn grace(h: &Drawn, view: &DomainView, places: &[usize], cpu: usize, at: usize) -> GraceView {
    let n = &h.moment.names;
    let c = h.moment.state.cpus.get(cpu).copied().unwrap_or_default();
    let bit = 1 << at;
    let state = match (c.begun & bit != 0, c.done & bit != 0) {
        (_, true) => GraceState::Over,
        (true, false) => GraceState::Running,
        (false, false) => GraceState::NotStarted,
    };
    let mut awaited = 0;
    if state == GraceState::Running {
        let sections = h.moment.state.vals.get(n.p.global(cpu, at));
        awaited = sections.copied().unwrap_or(0) as u64 & h.moment.state.inside;
    }
    let sections: Vec<usize> = bits(awaited)
        .filter_map(|number| places.iter().position(|place| *place == number))
        .collect();
    let named: Vec<String> = sections
        .iter()
        .filter_map(|section| view.sections.get(*section))
        .map(|section| format!("{}, line {}", section.name, section.number))
        .collect();
    let whose = n.cpu_owns(cpu);
    let (text, short) = match (state, named.is_empty()) {
        (GraceState::NotStarted, _) => (
            format!("{whose} grace period has not started"),
            "not started".to_owned(),
        ),
        (GraceState::Running, true) => (
            format!("{whose} grace period may end"),
            "may end".to_owned(),
        ),
        (GraceState::Running, false) => (
            format!(
                "{whose} grace period waits for {}",
                list(&readers(n, awaited))
            ),
            format!("waits for {}", named.join("; ")),
        ),
        (GraceState::Over, _) => (format!("{whose} grace period is over"), "over".to_owned()),
    };
    GraceView {
        cpu,
        callback: n.p.cpus.get(cpu).is_some_and(|code| code.worker.is_some()),
        number: n.number(cpu, at),
        state,
        sections,
        text,
        short,
    }
}

/// The callback of a worker whose grace period is instruction `at`.
fn callback(h: &Drawn, cpu: usize, at: usize) -> CallbackView {
    let n = &h.moment.names;
    let p = n.p;
    let place = p
        .locs
        .iter()
        .position(|l| matches!(l.role, LocRole::Token(worker) if usize::from(worker) == cpu));
    let token = place.map_or(0, |loc| h.mem(loc));
    let c = h.moment.state.cpus.get(cpu).copied().unwrap_or_default();
    let all = machine::masks::range(0, p.cpus[cpu].instrs.len());
    let bit = 1 << at;
    let state = if all & !c.done == 0 {
        CallbackState::Done
    } else if c.done & bit != 0 {
        CallbackState::Ready
    } else if c.begun & bit != 0 {
        CallbackState::Waiting
    } else if token != 0 {
        CallbackState::Queued
    } else {
        CallbackState::NotQueued
    };
    let object = p.pointee(token).and_then(|loc| n.object_at(loc));
    CallbackView {
        cpu,
        object: object.map(|o| n.object(o)),
        state,
        queued: place.and_then(|loc| h.written(loc)),
    }
}
