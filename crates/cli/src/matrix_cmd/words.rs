//! The smallest sets of barriers, in words.

use explore::{Matrix, MinimalSet, Reachable};
use litmus::{Setting, Test};

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
    let mut choices: Vec<(String, bool, Vec<String>)> = Vec::new();
    for row in &matrix.rows {
        let choice = choice(test, &row.setting);
        let unknown = cell(row, column, outcome) == Reachable::Unknown;
        match choices.iter_mut().find(|(other, ..)| *other == choice) {
            Some((_, some, _)) => *some |= unknown,
            None => choices.push((choice, unknown, Vec::new())),
        }
    }
    for set in matrix.minimal_sets(test, outcome, column) {
        let choice = choice(test, &set.setting);
        if let Some((.., sets)) = choices.iter_mut().find(|(other, ..)| *other == choice) {
            sets.push(barriers(test, &set));
        }
    }
    let mut lines: Vec<(String, String)> = choices
        .into_iter()
        .map(|(choice, unknown, sets)| {
            let text = match (sets.is_empty(), unknown) {
                (false, _) => sets.join("; or "),
                (true, true) => "not known".to_string(),
                (true, false) => "nothing forbids it".to_string(),
            };
            (choice, text)
        })
        .collect();
    if let [(_, first), rest @ ..] = lines.as_slice()
        && rest.iter().all(|(_, text)| text == first)
    {
        lines = vec![(String::new(), first.clone())];
    }
    let line = |(choice, text): (String, String)| {
        if choice.is_empty() {
            text
        } else {
            format!("with {choice}: {text}")
        }
    };
    lines.into_iter().map(line).collect()
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

/// `wait=none`: the positions of toggles that are more than on or off.
fn choice(test: &Test, setting: &Setting) -> String {
    let positions: Vec<String> = test
        .toggles
        .iter()
        .zip(&setting.0)
        .filter(|(toggle, _)| !toggle.is_switch())
        .map(|(toggle, position)| {
            let name = toggle
                .positions
                .get(usize::from(*position))
                .map_or("", |p| p.name.as_str());
            format!("{}={name}", toggle.name)
        })
        .collect();
    positions.join(", ")
}
