//! What is drawn of an execution: its basic relations and the links of the cycle.

use lkmm::{BASE, Event, Execution, Explanation, Link, Why};

/// The execution of an answer, with the cycle that forbids it.
pub fn parts(why: &Why) -> Option<(&Execution, &[Link])> {
    match why {
        Why::Allowed(execution) => Some((execution, &[])),
        Why::Forbidden(explanation) => {
            let Explanation {
                execution, cycle, ..
            } = &**explanation;
            Some((execution, cycle))
        }
        Why::NoSuchValues => None,
    }
}

/// An edge with the name that herd7 gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// From this event.
    pub from: usize,
    /// To this one.
    pub to: usize,
    /// `po`, `rf`, `mb`.
    pub name: String,
    /// It is part of the cycle.
    pub cycle: bool,
}

/// `po`, `rf`, `co`, `fr` and the dependencies, then what else the cycle goes along.
pub fn edges(execution: &Execution, cycle: &[Link]) -> Vec<Named> {
    let on_cycle = |name: &str, from: usize, to: usize| {
        cycle.iter().any(|link| {
            let name_of = base_name(&link.relation);
            (link.from, link.to) == (from, to) && name_of == name
        })
    };
    let mut edges: Vec<Named> = BASE
        .iter()
        .flat_map(|(name, _)| {
            execution.edges(name).iter().map(|edge| Named {
                from: edge.from,
                to: edge.to,
                name: (*name).to_string(),
                cycle: on_cycle(name, edge.from, edge.to),
            })
        })
        .collect();
    for link in cycle {
        let name = base_name(&link.relation);
        let drawn = |edge: &Named| edge.cycle && (edge.from, edge.to) == (link.from, link.to);
        if !edges.iter().any(|edge| drawn(edge) && edge.name == name) {
            edges.push(Named {
                from: link.from,
                to: link.to,
                name: link.relation.clone(),
                cycle: true,
            });
        }
    }
    edges
}

/// What a person is shown: initial writes only where they are read, and program
/// order where the cycle does not say more.
pub fn shown(execution: &Execution, cycle: &[Link]) -> (Vec<bool>, Vec<Named>) {
    let initial = |at: usize| execution.events.get(at).is_some_and(Event::initial);
    let mut edges = edges(execution, cycle);
    let said: Vec<(usize, usize)> = cycle.iter().map(|link| (link.from, link.to)).collect();
    edges.retain(|edge| {
        edge.cycle
            || match edge.name.as_str() {
                "co" => !initial(edge.from),
                "po" => !said.contains(&(edge.from, edge.to)),
                _ => true,
            }
    });
    let used = |at: usize| edges.iter().any(|edge| edge.from == at || edge.to == at);
    let events = (0..execution.events.len())
        .map(|at| !initial(at) || used(at))
        .collect();
    (events, edges)
}

/// `rfe` and `rfi` are edges of `rf`.
fn base_name(relation: &str) -> &str {
    match relation {
        "rfe" | "rfi" => "rf",
        "coe" | "coi" => "co",
        "fre" | "fri" => "fr",
        other => other,
    }
}

/// `a`, `b`, …, as herd7 names events; `ix` and the like for initial writes.
pub fn names(execution: &Execution) -> Vec<String> {
    let mut number = 0_u32;
    let each = execution.events.iter().map(|event| {
        if event.initial() {
            let location = event.location.as_deref().unwrap_or_default();
            return format!("i{}", location.replace(' ', "_"));
        }
        let round = number / 26;
        let letter = char::from_u32(u32::from('a') + number % 26).unwrap_or('a');
        number += 1;
        if round == 0 {
            letter.to_string()
        } else {
            format!("{letter}{round}")
        }
    });
    each.collect()
}
