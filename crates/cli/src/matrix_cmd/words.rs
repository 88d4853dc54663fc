//! The smallest sets of barriers, in words.

use explore::{Matrix, MinimalSet, Reachable};
use litmus::Test;

use super::cell;

/// A paragraph for each model.
pub fn minimal(test: &Test, matrix: &Matrix, outcome: usize) -> String {
    let mut out = "The smallest sets of barriers that forbid it:\n".to_string();
    for (column, model) in matrix.models.iter().enumerate() {
        let sets = matrix.minimal_sets(test, outcome, column);
        let unknown = matrix
            .rows
            .iter()
            .any(|row| cell(row, column, outcome) == Reachable::Unknown);
        let mut lines = lines(test, &sets);
        if sets.is_empty() {
            lines.push(
                if unknown {
                    "not known"
                } else {
                    "no setting forbids it"
                }
                .to_string(),
            );
        }
        if unknown {
            lines.push("(some searches were not complete: a smaller set may do)".to_string());
        }
        let indent = " ".repeat(model.name.chars().count() + 4);
        out.push_str(&format!(
            "  {}: {}\n",
            model.name,
            lines.join(&format!("\n{indent}"))
        ));
    }
    out
}

/// A line for each choice of the toggles that are no barriers, with its sets.
fn lines(test: &Test, sets: &[MinimalSet]) -> Vec<String> {
    let mut choices: Vec<(String, Vec<String>)> = Vec::new();
    for set in sets {
        let choice = choice(test, set);
        let names = barriers(test, set);
        match choices.iter_mut().find(|(other, _)| *other == choice) {
            Some((_, found)) => found.push(names),
            None => choices.push((choice, vec![names])),
        }
    }
    choices.sort();
    choices
        .into_iter()
        .map(|(choice, sets)| {
            let colon = if choice.is_empty() { "" } else { ": " };
            format!("{choice}{colon}{}", sets.join("; or "))
        })
        .collect()
}

fn barriers(test: &Test, set: &MinimalSet) -> String {
    let names: Vec<&str> = set
        .on
        .iter()
        .filter_map(|t| test.toggles.get(*t))
        .map(|t| t.name.as_str())
        .collect();
    match names.as_slice() {
        [] => "none is needed".to_string(),
        [one] => (*one).to_string(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `with wait=none`: the positions of toggles that are more than on or off.
fn choice(test: &Test, set: &MinimalSet) -> String {
    let positions: Vec<String> = test
        .toggles
        .iter()
        .zip(&set.setting.0)
        .filter(|(toggle, _)| !toggle.is_switch())
        .map(|(toggle, position)| {
            let name = toggle
                .positions
                .get(usize::from(*position))
                .map_or("", |p| p.name.as_str());
            format!("{}={name}", toggle.name)
        })
        .collect();
    if positions.is_empty() {
        String::new()
    } else {
        format!("with {}", positions.join(", "))
    }
}
