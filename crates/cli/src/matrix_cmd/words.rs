//! The smallest sets of barriers, in words.

use explore::{Matrix, MinimalSet, Reachable};
use litmus::Test;
use scene::matrix::{Choice, by_choice};

use super::{cell, columns};

/// A paragraph for each model.
pub fn minimal(test: &Test, matrix: &Matrix, outcome: usize) -> String {
    let mut out = "The smallest sets of barriers that forbid it:\n".to_string();
    for (column, model) in columns(matrix).into_iter().enumerate() {
        let mut lines = lines(test, matrix, outcome, column);
        if matrix
            .rows
            .iter()
            .any(|row| cell(row, column, outcome) == Reachable::Unknown)
        {
            lines.push("(not everything is known: other sets may do as well)".to_string());
        }
        let indent = " ".repeat(model.name().chars().count() + 4);
        out.push_str(&format!(
            "  {}: {}\n",
            model.name(),
            lines.join(&format!("\n{indent}"))
        ));
    }
    out
}

/// A line for each choice of the toggles that are no barriers; one for all when
/// the choice does not matter.
fn lines(test: &Test, matrix: &Matrix, outcome: usize, column: usize) -> Vec<String> {
    let rows = matrix
        .rows
        .iter()
        .map(|row| (&row.setting, cell(row, column, outcome)));
    let sets = matrix.minimal_sets(test, outcome, column);
    let line = |choice: Choice| {
        let sets: Vec<String> = choice.sets.iter().map(|set| barriers(test, set)).collect();
        let text = match (sets.is_empty(), choice.open) {
            (false, _) => sets.join("; or "),
            (true, true) => "not known".to_string(),
            (true, false) => "nothing forbids it".to_string(),
        };
        let positions: Vec<String> = choice
            .positions
            .iter()
            .filter_map(|(at, position)| {
                let toggle = test.toggles.get(*at)?;
                let chosen = toggle.positions.get(usize::from(*position));
                let name = chosen.map_or("", |chosen| chosen.name.as_str());
                Some(format!("{}={name}", toggle.name))
            })
            .collect();
        if positions.is_empty() {
            text
        } else {
            format!("with {}: {text}", positions.join(", "))
        }
    };
    by_choice(test, rows, &sets).into_iter().map(line).collect()
}

fn barriers(test: &Test, set: &MinimalSet) -> String {
    let names: Vec<&str> = set
        .on
        .iter()
        .filter_map(|t| test.toggles.get(*t))
        .map(|t| t.name.as_str())
        .collect();
    let names = match names.as_slice() {
        [] => "none is needed".to_string(),
        [one] => (*one).to_string(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    };
    let doubt = if set.proven { "" } else { " (perhaps fewer)" };
    names + doubt
}
