//! The cheapest cure: the smallest sets of barriers that forbid an outcome, in a sentence.

use explore::{Matrix, MinimalSet, Reachable, Row};
use litmus::{Setting, Test, Toggle};

/// Alternatives that a sentence names at most.
const MOST: usize = 2;

/// What a column of the matrix says of the barriers against an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cure {
    /// It cannot happen anyway.
    NotNeeded,
    /// It can happen with all of them.
    None,
    /// The smallest sets: "smp_mb() + smp_rmb()".
    Sets(Vec<String>),
}

/// Which barriers, switched on alone, keep a named outcome from happening on the model `column`.
///
/// The toggles that are choices stay as `setting` has them; another choice is named only where it needs fewer
/// barriers. None while the matrix does not know.
#[must_use]
pub fn cheapest(
    test: &Test,
    matrix: &Matrix,
    outcome: usize,
    column: usize,
    setting: &Setting,
) -> Option<String> {
    let model = matrix.models.get(column)?.name;
    Some(match cure(test, &matrix.rows, outcome, column, setting)? {
        Cure::NotNeeded => format!("On {model} no barrier is needed against it."),
        Cure::None => format!("On {model} none of these barriers forbids it."),
        Cure::Sets(sets) => format!("Cheapest cure on {model}: {}.", sets.join(", or ")),
    })
}

/// What LKMM asks for, where that is not what the model `column` needs. `axioms` are LKMM's answers, a row a setting
/// with one column.
#[must_use]
pub fn asked(
    test: &Test,
    matrix: &Matrix,
    axioms: &[Row],
    outcome: usize,
    column: usize,
    setting: &Setting,
) -> Option<String> {
    let machine = cure(test, &matrix.rows, outcome, column, setting)?;
    let cure = cure(test, axioms, outcome, 0, setting)?;
    if cure == machine {
        return None;
    }
    Some(match cure {
        Cure::NotNeeded => "LKMM asks for no barrier.".to_owned(),
        Cure::None => "By LKMM none of these barriers forbids it.".to_owned(),
        Cure::Sets(sets) => format!("LKMM asks for {}.", sets.join(", or ")),
    })
}

fn cure(
    test: &Test,
    rows: &[Row],
    outcome: usize,
    column: usize,
    setting: &Setting,
) -> Option<Cure> {
    let known = rows.iter().all(|row| {
        let cell = row.cells.get(column).and_then(|cells| cells.get(outcome));
        cell.is_some_and(|cell| *cell != Reachable::Unknown)
    });
    if !known || rows.is_empty() {
        return None;
    }
    let matrix = Matrix {
        models: Vec::new(),
        rows: rows.to_vec(),
        explored: 0,
    };
    let sets = matrix.minimal_sets(test, outcome, column);
    let (here, elsewhere): (Vec<&MinimalSet>, Vec<&MinimalSet>) = sets
        .iter()
        .partition(|set| changes(test, setting, &set.setting).is_empty());
    let least = here.first().map(|set| set.on.len());
    if least == Some(0) {
        return Some(Cure::NotNeeded);
    }
    let mut cures: Vec<String> = here
        .iter()
        .filter(|set| Some(set.on.len()) == least)
        .map(|set| barriers(test, set))
        .collect();
    let other = elsewhere
        .iter()
        .filter(|set| least.is_none_or(|least| set.on.len() < least))
        .min_by_key(|set| (set.on.len(), changes(test, setting, &set.setting).len()));
    if let Some(set) = other {
        cures.truncate(MOST - 1);
        let choices = changes(test, setting, &set.setting).join(" + ");
        cures.push(if set.on.is_empty() {
            format!("{choices} alone")
        } else {
            format!("{choices} + {}", barriers(test, set))
        });
    }
    cures.truncate(MOST);
    Some(if cures.is_empty() {
        Cure::None
    } else {
        Cure::Sets(cures)
    })
}

/// How much was searched for it, and in how many microseconds.
#[must_use]
pub fn searched(settings: usize, models: usize, explored: usize, micros: u64) -> String {
    format!(
        "{settings} {} × {models} models, {} states, searched in {} ms.",
        if settings == 1 { "setting" } else { "settings" },
        grouped(explored),
        ((micros + 500) / 1000).max(1)
    )
}

/// A number with thin gaps between its thousands.
#[must_use]
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// "smp_mb() + smp_rmb()".
fn barriers(test: &Test, set: &MinimalSet) -> String {
    let names: Vec<String> = set
        .on
        .iter()
        .filter_map(|at| test.toggles.get(*at))
        .map(|toggle| short(test, toggle))
        .collect();
    names.join(" + ")
}

/// What a toggle is called in few words: its label up to what explains it.
pub(crate) fn short(test: &Test, toggle: &Toggle) -> String {
    let Some(label) = &toggle.label else {
        let thread = test.threads.get(usize::from(toggle.thread));
        let written = toggle.positions.first().and_then(|first| {
            let text = thread?.format_stmt(test, first.stmts.first()?);
            Some(text.trim_end_matches(';').to_owned())
        });
        return written.unwrap_or_else(|| toggle.name.clone());
    };
    let end = label.find([':', ';']).unwrap_or(label.len());
    let text = label.get(..end).unwrap_or(label).trim();
    if text.contains('(') {
        text.to_owned()
    } else {
        format!("“{text}”")
    }
}

/// The choices that differ: "synchronize_srcu".
fn changes(test: &Test, now: &Setting, then: &Setting) -> Vec<String> {
    let places = test.toggles.iter().zip(now.0.iter().zip(&then.0));
    places
        .filter(|(toggle, (now, then))| !toggle.is_switch() && now != then)
        .filter_map(|(toggle, (_, then))| toggle.positions.get(usize::from(*then)))
        .map(|position| crate::names::short_position(&position.name))
        .collect()
}
