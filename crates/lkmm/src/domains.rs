//! SRCU domains whose accesses can be left open while a candidate is built.
//!
//! Entering a section reads the domain, leaving it writes the cookie there. Where every cookie is the same number whatever
//! is read, who reads what changes no value: such a domain is *quiet*. Its reads-from and coherence are chosen last, or
//! not chosen but counted (`search/sections.rs`).

use litmus::{Test, Value};

use crate::paths::{Node, Path, PathEvent, Sym, Thread, Threads};
use crate::tags;
use crate::value::{binary, encode, pointee, unary};

/// The cookie of a section of a quiet domain.
pub(crate) const COOKIE: i64 = 0;

/// A path of a thread.
type Chosen<'t> = (&'t Thread, &'t Path);

/// The quiet domains, apart from `named` ones.
pub(crate) fn quiet(test: &Test, threads: &Threads, paths: &[&Path], named: &[u16]) -> Vec<u16> {
    let chosen: Vec<Chosen> = threads.threads.iter().zip(paths.iter().copied()).collect();
    let mut found = Vec::new();
    for (thread, path) in &chosen {
        for event in &path.events {
            if event.tags & (tags::SRCU_LOCK | tags::SRCU_UNLOCK) == 0 {
                continue;
            }
            let Some(domain) = fixed(thread, event) else {
                // It can be any domain.
                return Vec::new();
            };
            let var = pointee(test, domain, test.vars.len()).map(|var| var.0);
            found.extend(var.filter(|var| !named.contains(var)));
        }
    }
    found.sort_unstable();
    found.dedup();
    found.retain(|domain| is_quiet(test, &chosen, *domain));
    found
}

/// The address of an access that is known from the control path alone.
fn fixed(thread: &Thread, event: &PathEvent) -> Option<i64> {
    match thread.nodes[event.loc? as usize] {
        Node::Const(value) => Some(value),
        _ => None,
    }
}

fn is_quiet(test: &Test, chosen: &[Chosen], domain: u16) -> bool {
    let var = test.vars.get(usize::from(domain));
    if var.is_none_or(|var| var.init != Value::Int(COOKIE)) {
        return false;
    }
    let address = encode(test, Value::Addr(litmus::VarId(domain)));
    let escapes = leaks(test, chosen, address);
    chosen.iter().all(|(thread, path)| {
        path.events.iter().all(|event| {
            if event.tags & tags::M == 0 {
                return true;
            }
            match fixed(thread, event) {
                None => !escapes,
                Some(at) if at != address => true,
                Some(_) if event.tags & tags::SRCU_LOCK != 0 => true,
                Some(_) if event.tags & tags::SRCU_UNLOCK != 0 => {
                    let own = |read: u8| {
                        path.events.get(usize::from(read)).is_some_and(|e| {
                            e.tags & tags::SRCU_LOCK != 0 && fixed(thread, e) == Some(address)
                        })
                    };
                    event
                        .value
                        .and_then(|value| cookie(&thread.nodes, value, &own))
                        == Some(COOKIE)
                }
                Some(_) => false,
            }
        })
    })
}

/// What an expression comes to when it rests on nothing but cookies of one domain.
fn cookie(nodes: &[Node], sym: Sym, own: &dyn Fn(u8) -> bool) -> Option<i64> {
    match &nodes[sym as usize] {
        Node::Const(value) => Some(*value),
        Node::Read(event) => own(*event).then_some(COOKIE),
        Node::Unary(op, a) => Some(unary(*op, cookie(nodes, *a, own)?)),
        Node::Binary(op, a, b) => Some(binary(
            *op,
            cookie(nodes, *a, own)?,
            cookie(nodes, *b, own)?,
        )),
        Node::Field(..) | Node::Freed(_) => None,
    }
}

/// The address may come to a place from which an access takes its own.
fn leaks(test: &Test, chosen: &[Chosen], address: i64) -> bool {
    test.vars
        .iter()
        .any(|var| encode(test, var.init) == address)
        || chosen.iter().any(|(thread, path)| {
            let mentions =
                |sym: &Option<Sym>| sym.is_some_and(|s| names(&thread.nodes, s, address));
            path.events.iter().any(|event| {
                mentions(&event.value) || (fixed(thread, event).is_none() && mentions(&event.loc))
            })
        })
}

fn names(nodes: &[Node], sym: Sym, address: i64) -> bool {
    match &nodes[sym as usize] {
        Node::Const(value) => *value == address,
        Node::Read(_) => false,
        Node::Unary(_, a) | Node::Field(a, _) | Node::Freed(a) => names(nodes, *a, address),
        Node::Binary(_, a, b) => names(nodes, *a, address) || names(nodes, *b, address),
    }
}
