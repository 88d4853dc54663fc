//! Memory, slots, objects, pointers, sections and grace periods.

use std::collections::BTreeSet;

use litmus::{Expr, OpKind, Stmt, StmtKind, VarId};
use machine::Effect;
use machine::masks::bits;
use machine::program::{Domain, Kind, LocRole};
use machine::value::pointee;

use super::Scene;
use super::timeline::Timeline;
use crate::names::list;
use crate::reason::readers;
use crate::view::{
    CallbackState, CallbackView, CellView, DomainView, GraceView, InsideView, ObjectState,
    ObjectView, PointerView, SlotView, SrcuView,
};

impl Scene<'_> {
    fn mem(&self, loc: usize) -> i64 {
        self.state.mem.get(loc).copied().unwrap_or(0)
    }

    /// The step of the run that last stored to a location.
    fn writer(&self, loc: usize) -> Option<usize> {
        let done = self.lab.run().done().get(..self.lab.at())?;
        done.iter().rposition(|d| {
            d.effects
                .iter()
                .any(|e| matches!(e, Effect::Stored { loc: l, .. } if usize::from(*l) == loc))
        })
    }

    /// "VMM, line 4".
    fn written_by(&self, loc: usize) -> Option<String> {
        let step = self.lab.run().done().get(self.writer(loc)?)?.step;
        let (cpu, at) = (usize::from(step.cpu), usize::from(step.at));
        let name = self.names.cpu(cpu);
        let name = name.trim_start_matches("the ");
        Some(format!("{name}, line {}", self.names.number(cpu, at)))
    }

    fn fresh(&self, loc: usize) -> bool {
        self.lab.at() > 0 && self.writer(loc) == Some(self.lab.at() - 1)
    }

    /// Variables that are drawn as something else, or are SRCU domains.
    fn elsewhere(&self) -> BTreeSet<u16> {
        let test = self.lab.test();
        let mut vars: BTreeSet<u16> = test.slots.iter().map(|s| s.var.0).collect();
        for object in &test.objects {
            vars.insert(object.var.0);
            vars.extend(object.fields.iter().map(|(_, v)| v.0));
            vars.extend(object.freed.map(|v| v.0));
        }
        for (number, var) in test.vars.iter().enumerate() {
            if var.ty.contains("srcu_struct") {
                vars.insert(number as u16);
            }
        }
        vars
    }
}

pub(super) fn memory(scene: &Scene, timeline: &Timeline) -> Vec<CellView> {
    let hidden = scene.elsewhere();
    let mut cells = Vec::new();
    for (loc, location) in scene.names.p.locs.iter().enumerate() {
        let LocRole::Var(var) = location.role else {
            continue;
        };
        if hidden.contains(&var.0) {
            continue;
        }
        let writer = scene.writer(loc);
        cells.push(CellView {
            name: scene.names.loc(loc),
            value: scene.names.value(scene.mem(loc)),
            written_by: scene.written_by(loc),
            written_at: writer.and_then(|w| timeline.of_run.get(w).copied()),
            fresh: scene.fresh(loc),
        });
    }
    cells
}

pub(super) fn slots(scene: &Scene, _timeline: &Timeline) -> Vec<SlotView> {
    let slots = scene.lab.test().slots.iter();
    slots
        .map(|slot| {
            let loc = usize::from(slot.var.0);
            SlotView {
                label: slot.label.clone(),
                name: scene.lab.test().var_name(slot.var).to_owned(),
                value: scene.names.value(scene.mem(loc)),
                object: scene.names.points_to(scene.mem(loc)),
                written_by: scene.written_by(loc),
                fresh: scene.fresh(loc),
            }
        })
        .collect()
}

/// Locations whose value makes an object published: the slots, or, in a test
/// without slots, every variable that is no field.
fn publishing(scene: &Scene) -> Vec<usize> {
    let test = scene.lab.test();
    if !test.slots.is_empty() {
        return test.slots.iter().map(|s| usize::from(s.var.0)).collect();
    }
    let fields = scene.elsewhere();
    (0..test.vars.len())
        .filter(|v| !fields.contains(&(*v as u16)))
        .collect()
}

pub(super) fn objects(scene: &Scene) -> Vec<ObjectView> {
    let test = scene.lab.test();
    let publishing = publishing(scene);
    let held: BTreeSet<usize> = held(scene)
        .into_iter()
        .map(|(_, _, object)| object)
        .collect();
    let mut views = Vec::new();
    for (number, object) in test.objects.iter().enumerate() {
        let Some(info) = scene.names.p.objects.get(number) else {
            continue;
        };
        let mut fields: Vec<(String, VarId)> = object.fields.clone();
        if !fields.iter().any(|(_, v)| *v == object.var) && fields.is_empty() {
            fields.push((test.var_name(object.var).to_owned(), object.var));
        }
        let value = |v: &VarId| scene.names.value(scene.mem(usize::from(v.0)));
        let points = |loc: &usize| scene.names.points_to(scene.mem(*loc)) == Some(number);
        let published = publishing.iter().any(points);
        let initially = publishing.iter().any(|loc| {
            scene
                .names
                .p
                .locs
                .get(*loc)
                .and_then(|l| scene.names.points_to(l.init))
                == Some(number)
        });
        let done = scene
            .lab
            .run()
            .done()
            .get(..scene.lab.at())
            .unwrap_or_default();
        let was = initially
            || done.iter().flat_map(|d| &d.effects).any(|e| {
                matches!(e, Effect::Stored { loc, value, .. }
                    if publishing.contains(&usize::from(*loc))
                        && scene.names.points_to(*value) == Some(number))
            });
        let state = if scene.mem(usize::from(info.freed)) != 0 {
            ObjectState::Freed
        } else if published {
            ObjectState::Published
        } else if was {
            ObjectState::Retired
        } else {
            ObjectState::Fresh
        };
        views.push(ObjectView {
            label: scene.names.object(number),
            name: test.var_name(object.var).to_owned(),
            fields: fields
                .iter()
                .map(|(name, var)| (name.clone(), value(var)))
                .collect(),
            state,
            reachable: published || held.contains(&number),
        });
    }
    views
}

/// Registers that hold the address of an object: CPU, register's name, object.
fn held(scene: &Scene) -> Vec<(usize, String, usize)> {
    let mut out: Vec<(usize, String, usize)> = Vec::new();
    for (cpu, thread) in scene.lab.resolved().threads.iter().enumerate() {
        let mut stack: Vec<&Stmt> = thread.body.iter().rev().collect();
        while let Some(stmt) = stack.pop() {
            match &stmt.kind {
                StmtKind::If { then, els, .. } => {
                    stack.extend(els.iter().rev());
                    stack.extend(then.iter().rev());
                }
                StmtKind::Block(body) => stack.extend(body.iter().rev()),
                StmtKind::Assign {
                    dst,
                    value: Expr::Op(op),
                    ..
                } if matches!(op.kind, OpKind::Load { .. }) => {
                    let name = thread.regs.get(usize::from(dst.0)).map(|r| r.name.clone());
                    let Some(name) = name else { continue };
                    if let Some(value) = loaded(scene, cpu, stmt.id) {
                        // A later assignment takes the place of an earlier one.
                        out.retain(|(c, r, _)| *c != cpu || *r != name);
                        if let Some(object) = scene.names.points_to(value) {
                            out.push((cpu, name, object));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    out
}

/// What the last load of a statement found, if it has.
fn loaded(scene: &Scene, cpu: usize, stmt: u16) -> Option<i64> {
    let code = scene.names.p.cpus.get(cpu)?;
    let at = code
        .instrs
        .iter()
        .rposition(|i| i.stmt == stmt && matches!(i.kind, Kind::Load { .. }))?;
    let begun = scene.state.cpus.get(cpu)?.begun & (1 << at) != 0;
    begun
        .then(|| scene.state.vals.get(scene.names.p.global(cpu, at)).copied())
        .flatten()
}

pub(super) fn pointers(scene: &Scene) -> Vec<PointerView> {
    let publishing = publishing(scene);
    held(scene)
        .into_iter()
        .map(|(cpu, register, object)| PointerView {
            cpu,
            label: format!("{}: {register}", scene.names.cpu(cpu)),
            object,
            stale: !publishing
                .iter()
                .any(|loc| scene.names.points_to(scene.mem(*loc)) == Some(object)),
        })
        .collect()
}

pub(super) fn srcu(scene: &Scene) -> SrcuView {
    let n = &scene.names;
    let mut domains: Vec<Domain> = Vec::new();
    let mut add = |domain: Domain| {
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    };
    n.p.sections.iter().for_each(|s| add(s.domain));
    for instr in n.p.cpus.iter().flat_map(|c| &c.instrs) {
        match instr.kind {
            Kind::GracePeriod(domain) | Kind::Barrier(domain) | Kind::SrcuUnlock { domain, .. } => {
                add(domain)
            }
            _ => {}
        }
    }
    SrcuView {
        domains: domains.into_iter().map(|d| domain_view(scene, d)).collect(),
    }
}

fn domain_view(scene: &Scene, domain: Domain) -> DomainView {
    let n = &scene.names;
    let mut view = DomainView {
        name: n.domain(domain),
        inside: Vec::new(),
        grace_periods: Vec::new(),
        callbacks: Vec::new(),
    };
    for section in bits(n.p.open_sections(scene.state, domain)) {
        let Some(section) = n.p.sections.get(section) else {
            continue;
        };
        let cpu = usize::from(section.cpu);
        view.inside.push(InsideView {
            cpu,
            name: n.cpu(cpu),
            number: n.number(cpu, usize::from(section.instr)),
        });
    }
    for (cpu, code) in n.p.cpus.iter().enumerate() {
        let Some(c) = scene.state.cpus.get(cpu) else {
            continue;
        };
        for (at, instr) in code.instrs.iter().enumerate() {
            if !matches!(instr.kind, Kind::GracePeriod(d) if d == domain) {
                continue;
            }
            let bit = 1 << at;
            if c.begun & !c.done & bit != 0 {
                let sections = scene
                    .state
                    .vals
                    .get(n.p.global(cpu, at))
                    .copied()
                    .unwrap_or(0);
                let waits_for = readers(n, sections as u64 & scene.state.inside);
                let whose = n.cpu_owns(cpu);
                view.grace_periods.push(GraceView {
                    cpu,
                    text: if waits_for.is_empty() {
                        format!("{whose} grace period may end")
                    } else {
                        format!("{whose} grace period waits for {}", list(&waits_for))
                    },
                    waits_for,
                });
            }
            if code.worker.is_some() {
                view.callbacks.push(callback(scene, cpu, at));
            }
        }
    }
    view
}

/// The callback of a worker whose grace period is instruction `at`.
fn callback(scene: &Scene, cpu: usize, at: usize) -> CallbackView {
    let p = scene.names.p;
    let token = p
        .locs
        .iter()
        .position(|l| matches!(l.role, LocRole::Token(worker) if usize::from(worker) == cpu))
        .map_or(0, |loc| scene.mem(loc));
    let c = scene.state.cpus.get(cpu).copied().unwrap_or_default();
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
    let object = pointee(token, p.locs.len()).and_then(|loc| scene.names.object_at(loc));
    CallbackView {
        cpu,
        object: object.map(|o| scene.names.object(o)),
        state,
    }
}
