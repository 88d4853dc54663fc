//! The answer in words.

use lkmm::{Execution, Explanation, Why};

use super::graph::{names, shown};
use super::{Speaker, Told};

/// A paragraph.
pub fn text(speaker: &Speaker, told: &Told) -> String {
    let name = &told.goal.name;
    match &told.why {
        None => format!("Why {name}: not answered within the limit\n"),
        Some(Why::NoSuchValues) => {
            format!("Why {name}: forbidden: no choice of stores for the loads gives these values\n")
        }
        Some(Why::Forbidden(why)) => forbidden(name, why),
        Some(Why::Allowed(execution)) => allowed(speaker, name, execution),
    }
}

fn forbidden(name: &str, why: &Explanation) -> String {
    let mut out = format!("Why {name}: forbidden by `{}`: {}\n", why.axiom, why.rule);
    let width = |text: &String| text.chars().count();
    let relations: Vec<&String> = why.cycle.iter().map(|link| &link.relation).collect();
    let most = relations.iter().map(|text| width(text)).max().unwrap_or(0);
    for (number, link) in (1..).zip(&why.cycle) {
        out.push_str(&format!(
            "{number:>4}. {:<most$}  {}\n",
            link.relation, link.text
        ));
    }
    out.push_str(&format!("   => {}\n", why.conclusion));
    out
}

fn allowed(speaker: &Speaker, name: &str, execution: &Execution) -> String {
    let mut out = format!(
        "Why {name}: allowed: this execution ends with {}\n",
        execution.state
    );
    let names = names(execution);
    let (events, edges) = shown(execution, &[]);
    let rows: Vec<[String; 4]> = execution
        .events
        .iter()
        .zip(&names)
        .zip(events)
        .filter(|(_, shown)| *shown)
        .map(|((event, name), _)| {
            let line = speaker.line(event).map(|line| format!("line {line}"));
            [
                format!("{name}:"),
                speaker.thread(event).unwrap_or_default(),
                line.unwrap_or_default(),
                event.label(),
            ]
        })
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let [first, second, third] = [width(0), width(1), width(2)];
    for [name, thread, line, label] in &rows {
        out.push_str(&format!(
            "  {name:<first$} {thread:<second$}  {line:<third$}  {label}\n"
        ));
    }
    let name = |at: usize| names.get(at).map_or("?", String::as_str);
    let between: Vec<String> = edges
        .iter()
        .filter(|edge| matches!(edge.name.as_str(), "rf" | "co" | "fr"))
        .map(|edge| format!("{} -{}-> {}", name(edge.from), edge.name, name(edge.to)))
        .collect();
    if !between.is_empty() {
        out.push_str(&format!("  {}\n", between.join("  ")));
    }
    out
}
