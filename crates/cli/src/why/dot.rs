//! The execution as a graph for Graphviz, with herd7's names of the edges.

use std::collections::BTreeMap;

use super::graph::{names, parts, shown};
use super::{Speaker, Told};
use crate::line;

/// One graph; nothing where no execution has the outcome.
pub fn dot(speaker: &Speaker, test: &str, told: &Told) -> Option<String> {
    let (execution, cycle) = told.why.as_ref().and_then(parts)?;
    let verdict = if cycle.is_empty() {
        "allowed"
    } else {
        "forbidden"
    };
    let title = format!("{test}, {}: {verdict}", told.goal.name);
    let mut out = format!("digraph {} {{\n", line::json(&title));
    out.push_str(&format!(
        "  graph [label={}, labelloc=t];\n  node [shape=none, fontname=monospace];\n",
        line::json(&title)
    ));
    let names = names(execution);
    let mut threads: BTreeMap<Option<usize>, Vec<String>> = BTreeMap::new();
    let (events, edges) = shown(execution, cycle);
    for (at, (event, name)) in execution.events.iter().zip(&names).enumerate() {
        if events.get(at) != Some(&true) {
            continue;
        }
        let label = match speaker.line(event) {
            Some(line) => format!("{name}: {}\nline {line}", event.label()),
            None => format!("{name}: {}", event.label()),
        };
        let node = format!("e{at} [label={}];", line::json(&label));
        threads.entry(event.thread).or_default().push(node);
    }
    for (thread, nodes) in &threads {
        match thread {
            None => nodes
                .iter()
                .for_each(|node| out.push_str(&format!("  {node}\n"))),
            Some(thread) => {
                let nodes = nodes.join("\n    ");
                let label = line::json(&speaker.short(*thread));
                out.push_str(&format!(
                    "  subgraph cluster_{thread} {{\n    label={label};\n    {nodes}\n  }}\n"
                ));
            }
        }
    }
    for edge in edges {
        let mut look = format!("label={}", line::json(&edge.name));
        if edge.name == "po" {
            look.push_str(", weight=10");
        } else if !edge.cycle {
            look.push_str(", constraint=false");
        }
        look.push_str(if edge.cycle {
            // Dark enough on white, and apart from the others without its colour.
            ", color=\"#b34700\", fontcolor=\"#b34700\", penwidth=3"
        } else {
            ", color=gray40, fontcolor=gray40"
        });
        out.push_str(&format!("  e{} -> e{} [{look}];\n", edge.from, edge.to));
    }
    out.push_str("}\n");
    Some(out)
}
