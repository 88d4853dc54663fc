//! Heap objects with their lives, and the registers that can point to them.

use litmus::{Expr, OpKind, Stmt, StmtKind, VarId};
use machine::Effect;
use machine::program::Kind;

use super::{Drawn, elsewhere};
use crate::hardware::{ObjectState, ObjectView, PointerView};

/// Locations whose value makes an object published: the slots, or, in a test
/// without slots, every variable that is no field.
fn publishing(h: &Drawn) -> Vec<usize> {
    let test = h.moment.session.test();
    if !test.slots.is_empty() {
        return test.slots.iter().map(|s| usize::from(s.var.0)).collect();
    }
    let fields = elsewhere(h.moment);
    (0..test.vars.len())
        .filter(|v| !fields.contains(&(*v as u16)))
        .collect()
}

pub(super) fn objects(h: &Drawn) -> Vec<ObjectView> {
    let test = h.moment.session.test();
    let names = &h.moment.names;
    let publishing = publishing(h);
    let held = held(h);
    let mut views = Vec::new();
    for (number, object) in test.objects.iter().enumerate() {
        let Some(info) = names.p.objects.get(number) else {
            continue;
        };
        let mut fields: Vec<(String, VarId)> = object.fields.clone();
        if fields.is_empty() {
            fields.push(("contents".to_owned(), object.var));
        }
        let points = |loc: &usize| names.points_to(h.mem(*loc)) == Some(number);
        let published = publishing.iter().any(points);
        let freed = usize::from(info.freed);
        let state = if h.mem(freed) != 0 {
            ObjectState::Freed
        } else if published {
            ObjectState::Published
        } else if was_published(h, &publishing, number) {
            ObjectState::Retired
        } else {
            ObjectState::Allocated
        };
        let mut cells = Vec::new();
        for (name, var) in fields {
            cells.push(h.cell(name, usize::from(var.0)));
        }
        views.push(ObjectView {
            label: names.object(number),
            name: test.var_name(object.var).to_owned(),
            fields: cells,
            state,
            freed: h.written(freed),
            reachable: published || held.iter().any(|r| r.object == Some(number)),
        });
    }
    views
}

/// A slot has pointed to it, at the start or since.
fn was_published(h: &Drawn, publishing: &[usize], object: usize) -> bool {
    let (session, names) = (h.moment.session, &h.moment.names);
    let initially = publishing.iter().any(|loc| {
        let location = names.p.locs.get(*loc);
        location.and_then(|l| names.points_to(l.init)) == Some(object)
    });
    let done = session.run().done().get(..session.at()).unwrap_or_default();
    let published = |effect: &Effect| {
        matches!(effect, Effect::Stored { loc, value, .. }
            if publishing.contains(&usize::from(*loc)) && names.points_to(*value) == Some(object))
    };
    initially || done.iter().flat_map(|d| &d.effects).any(published)
}

/// A register that a load can leave the address of an object in.
struct Register {
    cpu: usize,
    name: String,
    /// What it points to.
    object: Option<usize>,
    /// Where the last step has loaded it from.
    loaded: Option<String>,
}

/// The registers that are declared as pointers or hold one, by CPU and then in program order.
fn held(h: &Drawn) -> Vec<Register> {
    let mut out: Vec<Register> = Vec::new();
    for (cpu, thread) in h.moment.session.resolved().threads.iter().enumerate() {
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
                    let Some(register) = thread.regs.get(usize::from(dst.0)) else {
                        continue;
                    };
                    let found = loaded(h, cpu, stmt.id);
                    let object = found
                        .as_ref()
                        .and_then(|(value, _)| h.moment.names.points_to(*value));
                    let known = out
                        .iter_mut()
                        .find(|r| r.cpu == cpu && r.name == register.name);
                    match (known, found) {
                        // A later assignment takes the place of an earlier one.
                        (Some(known), Some((_, from))) => {
                            known.object = object;
                            known.loaded = from;
                        }
                        (None, found) if register.ty.contains('*') || object.is_some() => {
                            out.push(Register {
                                cpu,
                                name: register.name.clone(),
                                object,
                                loaded: found.and_then(|(_, from)| from),
                            });
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
    out
}

/// What the last load of a statement found, if it has, and where, if that was the last step.
fn loaded(h: &Drawn, cpu: usize, stmt: u16) -> Option<(i64, Option<String>)> {
    let names = &h.moment.names;
    let code = names.p.cpus.get(cpu)?;
    let at = code
        .instrs
        .iter()
        .rposition(|i| i.stmt == stmt && matches!(i.kind, Kind::Load { .. }))?;
    if h.moment.state.cpus.get(cpu)?.begun & (1 << at) == 0 {
        return None;
    }
    let value = *h.moment.state.vals.get(names.p.global(cpu, at))?;
    let from = (h.just_read() == Some((cpu, at)))
        .then(|| names.location(h.moment.state, cpu, at))
        .flatten();
    Some((value, from.map(|loc| names.loc(loc))))
}

pub(super) fn pointers(h: &Drawn) -> Vec<PointerView> {
    if h.moment.session.test().objects.is_empty() {
        return Vec::new();
    }
    let names = &h.moment.names;
    let publishing = publishing(h);
    let points = |object| {
        publishing
            .iter()
            .any(|loc| names.points_to(h.mem(*loc)) == Some(object))
    };
    held(h)
        .into_iter()
        .map(|register| PointerView {
            cpu: register.cpu,
            label: format!("{}: {}", names.cpu(register.cpu), register.name),
            object: register.object,
            stale: register.object.is_some_and(|object| !points(object)),
            loaded: register.loaded,
        })
        .collect()
}
