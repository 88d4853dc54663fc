//! The answer as JSON.

use lkmm::{Execution, Link, Why};

use super::graph::{edges, names, parts};
use super::{Speaker, Told};
use crate::json::{Object, list, string};

/// One object.
pub fn json(speaker: &Speaker, told: &Told) -> String {
    let answer = match &told.why {
        None => "unknown",
        Some(Why::Allowed(_)) => "allowed",
        Some(Why::Forbidden(_)) => "forbidden",
        Some(Why::NoSuchValues) => "no-such-values",
    };
    let mut object = Object::new()
        .text("outcome", &told.goal.name)
        .text("answer", answer);
    if let Some(Why::Forbidden(why)) = &told.why {
        let names = names(&why.execution);
        object = object
            .text("axiom", &why.axiom)
            .text("rule", &why.rule)
            .raw("cycle", &list(why.cycle.iter().map(|l| link(&names, l))))
            .text("conclusion", &why.conclusion)
            .number("candidates", why.candidates as u64);
    }
    if let Some((shown, cycle)) = told.why.as_ref().and_then(parts) {
        object = object.raw("execution", &execution(speaker, shown, cycle));
    }
    object.end()
}

fn link(names: &[String], link: &Link) -> String {
    let mut object = ends(names, link.from, link.to).text("relation", &link.relation);
    if let Some(through) = link.through.and_then(|at| names.get(at)) {
        object = object.text("through", through);
    }
    object.text("text", &link.text).end()
}

fn ends(names: &[String], from: usize, to: usize) -> Object {
    let name = |at: usize| names.get(at).map_or("", String::as_str);
    Object::new().text("from", name(from)).text("to", name(to))
}

fn execution(speaker: &Speaker, execution: &Execution, cycle: &[Link]) -> String {
    let names = names(execution);
    let events = execution.events.iter().zip(&names).map(|(event, name)| {
        let mut object = Object::new().text("name", name);
        if let Some(thread) = event.thread {
            object = object.text("thread", &speaker.short(thread));
        }
        if let Some(line) = speaker.line(event) {
            object = object.number("line", u64::from(line));
        }
        object = object.text("label", &event.label());
        for (key, value) in [("location", &event.location), ("value", &event.value)] {
            object = match value {
                Some(value) => object.raw(key, &string(value)),
                None => object,
            };
        }
        object.end()
    });
    let edges = edges(execution, cycle).into_iter().map(|edge| {
        ends(&names, edge.from, edge.to)
            .text("relation", &edge.name)
            .truth("cycle", edge.cycle)
            .end()
    });
    Object::new()
        .text("state", &execution.state)
        .raw("events", &list(events))
        .raw("edges", &list(edges))
        .end()
}
