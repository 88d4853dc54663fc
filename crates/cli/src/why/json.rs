//! The answer as JSON.

use lkmm::{Execution, Link, Why};
use protocol::json::{self, Edge, Event, Forbidden, WhyAnswer};

use super::graph::{edges, names, parts};
use super::{Speaker, Told};

/// The answer about one outcome.
pub fn json(speaker: &Speaker, told: &Told) -> json::Why {
    let (answer, forbidden) = match &told.why {
        None => (WhyAnswer::Unknown, None),
        Some(Why::Allowed(_)) => (WhyAnswer::Allowed, None),
        Some(Why::NoSuchValues) => (WhyAnswer::NoSuchValues, None),
        Some(Why::Forbidden(why)) => {
            let names = names(&why.execution);
            let forbidden = Forbidden {
                axiom: why.axiom.clone(),
                rule: why.rule.clone(),
                cycle: why.cycle.iter().map(|l| link(&names, l)).collect(),
                conclusion: why.conclusion.clone(),
                candidates: why.candidates as u64,
            };
            (WhyAnswer::Forbidden, Some(forbidden))
        }
    };
    let parts = told.why.as_ref().and_then(parts);
    json::Why {
        outcome: told.goal.name.clone(),
        answer,
        forbidden,
        execution: parts.map(|(shown, cycle)| execution(speaker, shown, cycle)),
    }
}

fn link(names: &[String], link: &Link) -> json::Link {
    json::Link {
        from: name(names, link.from),
        to: name(names, link.to),
        relation: link.relation.clone(),
        through: link.through.and_then(|at| names.get(at)).cloned(),
        text: link.text.clone(),
    }
}

fn name(names: &[String], at: usize) -> String {
    names.get(at).cloned().unwrap_or_default()
}

fn execution(speaker: &Speaker, execution: &Execution, cycle: &[Link]) -> json::Execution {
    let names = names(execution);
    let events = execution.events.iter().zip(&names);
    let events = events.map(|(event, name)| Event {
        name: name.clone(),
        thread: event.thread.map(|thread| speaker.short(thread)),
        line: speaker.line(event),
        label: event.label(),
        location: event.location.clone(),
        value: event.value.clone(),
    });
    let edges = edges(execution, cycle).into_iter().map(|edge| Edge {
        from: name(&names, edge.from),
        to: name(&names, edge.to),
        relation: edge.name.clone(),
        cycle: edge.cycle,
    });
    json::Execution {
        state: execution.state.clone(),
        events: events.collect(),
        edges: edges.collect(),
    }
}
