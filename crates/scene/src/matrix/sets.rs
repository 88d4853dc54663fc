//! The smallest sets of barriers, as sentences.

use explore::{MinimalSet, Reachable};
use litmus::{Setting, Test, Toggle};

use super::Source;
use crate::listing::Listing;
use crate::names::list;

/// What forbids an outcome under one choice of the toggles that are no switches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The toggles and their positions; empty where the choice does not matter.
    pub positions: Vec<(usize, u8)>,
    /// The smallest sets.
    pub sets: Vec<MinimalSet>,
    /// Some setting under this choice is not known.
    pub open: bool,
}

/// Sorts the smallest sets of one column by choice; one for all where they do not differ.
#[must_use]
pub fn by_choice<'a>(
    test: &Test,
    rows: impl Iterator<Item = (&'a Setting, Reachable)>,
    sets: &[MinimalSet],
) -> Vec<Choice> {
    let positions = |setting: &Setting| -> Vec<(usize, u8)> {
        let all = test.toggles.iter().zip(&setting.0).enumerate();
        all.filter(|(_, (toggle, _))| !toggle.is_switch())
            .map(|(at, (_, position))| (at, *position))
            .collect()
    };
    let mut choices: Vec<Choice> = Vec::new();
    for (setting, reachable) in rows {
        let positions = positions(setting);
        let open = reachable == Reachable::Unknown;
        match choices
            .iter_mut()
            .find(|choice| choice.positions == positions)
        {
            Some(choice) => choice.open |= open,
            None => choices.push(Choice {
                positions,
                sets: Vec::new(),
                open,
            }),
        }
    }
    for set in sets {
        let positions = positions(&set.setting);
        if let Some(choice) = choices
            .iter_mut()
            .find(|choice| choice.positions == positions)
        {
            choice.sets.push(set.clone());
        }
    }
    let same = |a: &Choice, b: &Choice| {
        let told = |choice: &Choice| -> Vec<(Vec<usize>, bool)> {
            let sets = choice.sets.iter();
            sets.map(|set| (set.on.clone(), set.proven)).collect()
        };
        told(a) == told(b) && (!a.sets.is_empty() || a.open == b.open)
    };
    if let [first, rest @ ..] = choices.as_slice()
        && !rest.is_empty()
        && rest.iter().all(|other| same(first, other))
    {
        let open = choices.iter().any(|choice| choice.open);
        choices.truncate(1);
        if let Some(only) = choices.first_mut() {
            only.positions.clear();
            only.open = open;
        }
    }
    choices
}

/// What models that need the same need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sets {
    /// "SC and x86-TSO".
    pub models: String,
    /// A sentence for each choice of the other toggles.
    pub texts: Vec<String>,
    /// Whether it is proven, in a sentence.
    pub proof: &'static str,
    /// It is.
    pub proven: bool,
}

/// By models, what forbids the outcome.
pub(super) fn sentences(
    source: &Source<'_>,
    sets: &[Vec<MinimalSet>],
    listing: &Listing,
) -> Vec<Sets> {
    let test = source.test;
    let mut found: Vec<(Vec<String>, Sets)> = Vec::new();
    for (at, (id, sets)) in source.columns.iter().zip(sets).enumerate() {
        let rows = source.rows.iter().map(|row| {
            let cell = row.cells.get(at).and_then(|cell| cell.reachable);
            (&row.setting, cell.unwrap_or(Reachable::Unknown))
        });
        // A column that says nothing at all has no sets either.
        let silent = |row: &super::KnownRow| {
            let cell = row.cells.get(at);
            cell.is_none_or(|cell| cell.reachable.is_none())
        };
        if source.rows.iter().all(silent) {
            continue;
        }
        let choices = by_choice(test, rows, sets);
        let texts = texts(test, listing, &choices);
        let open = choices.iter().any(|choice| choice.open);
        let proven = !open && choices.iter().flat_map(|c| &c.sets).all(|set| set.proven);
        let sets = Sets {
            models: String::new(),
            texts,
            proof: match (proven, sets.is_empty()) {
                (true, false) if sets.iter().all(|set| set.on.is_empty()) => {
                    "Proven: every execution was accounted for."
                }
                (true, true) => "Proven: every setting has an execution with the outcome.",
                (true, false) => {
                    "Proven: every execution was accounted for, and with less there is one with the outcome."
                }
                (false, _) => "Not proven: some searches did not finish, so less may do.",
            },
            proven,
        };
        let name = super::column(id).name;
        match found.iter_mut().find(|(_, other)| *other == sets) {
            Some((names, _)) => names.push(name),
            None => found.push((vec![name], sets)),
        }
    }
    let named = found.into_iter().map(|(names, sets)| Sets {
        models: list(&names),
        ..sets
    });
    named.collect()
}

/// "Where wait is none: either smp_rmb() on line 7 of P1, or both of … and …." Choices that need the same have one
/// sentence.
fn texts(test: &Test, listing: &Listing, choices: &[Choice]) -> Vec<String> {
    let mut told: Vec<(String, Vec<&Choice>)> = Vec::new();
    for choice in choices {
        let what = what(test, listing, choice);
        match told.iter_mut().find(|(other, _)| *other == what) {
            Some((_, same)) => same.push(choice),
            None => told.push((what, vec![choice])),
        }
    }
    let sentence = |(what, same): (String, Vec<&Choice>)| {
        let places: Vec<String> = same.iter().map(|choice| position(test, choice)).collect();
        match (same.as_slice(), places.as_slice()) {
            ([choice, ..], _) if choice.positions.is_empty() => format!("{}.", capital(&what)),
            // One toggle: "Where wait is call_srcu or none".
            ([first, ..], _) if first.positions.len() == 1 => {
                let name = first
                    .positions
                    .first()
                    .and_then(|(at, _)| test.toggles.get(*at));
                let name = name.map_or("", |toggle| &toggle.name);
                format!("Where {name} is {}: {what}.", either(&places))
            }
            _ => format!("Where {}: {what}.", either(&places)),
        }
    };
    told.into_iter().map(sentence).collect()
}

/// "none" for a choice of one toggle, "wait is none and flip is off" for one of several.
fn position(test: &Test, choice: &Choice) -> String {
    let positions = choice.positions.iter().filter_map(|(at, position)| {
        let toggle = test.toggles.get(*at)?;
        let name = super::position_name(toggle, *position);
        Some(if choice.positions.len() == 1 {
            name
        } else {
            format!("{} is {name}", toggle.name)
        })
    });
    list(&positions.collect::<Vec<String>>())
}

/// "a, b or c".
fn either(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn what(test: &Test, listing: &Listing, choice: &Choice) -> String {
    let sets = choice.sets.iter();
    let sets: Vec<String> = sets.map(|set| barriers(test, listing, set)).collect();
    match sets.as_slice() {
        [] if choice.open => "not known".to_owned(),
        [] => "none of these barriers forbids it".to_owned(),
        [one] => one.clone(),
        several => format!("either {}", several.join(", or ")),
    }
}

/// With a capital letter, where it begins with a word and not with a name of code.
fn capital(text: &str) -> String {
    let word = text.split(' ').next().unwrap_or_default();
    if ["no", "not", "none", "either", "both", "all"].contains(&word) {
        crate::names::capital(text)
    } else {
        text.to_owned()
    }
}

fn barriers(test: &Test, listing: &Listing, set: &MinimalSet) -> String {
    let names: Vec<String> = set
        .on
        .iter()
        .filter_map(|at| test.toggles.get(*at))
        .map(|toggle| {
            let short = crate::cure::short(test, toggle);
            format!("{short} on {}", place(test, listing, toggle))
        })
        .collect();
    match names.as_slice() {
        [] => "no barrier is needed".to_owned(),
        [one] => one.clone(),
        [_, _] => format!("both of {}", list(&names)),
        _ => format!("all of {}", list(&names)),
    }
}

/// The line of a toggle, as the page numbers it.
fn line(listing: &Listing, toggle: &Toggle) -> u32 {
    let line = listing.line(usize::from(toggle.thread), toggle.stmt);
    line.map_or(0, |line| line.number)
}

/// "line 7 of P1".
pub(super) fn place(test: &Test, listing: &Listing, toggle: &Toggle) -> String {
    let thread = test.threads.get(usize::from(toggle.thread));
    let owner = thread.map_or("?", |thread| thread.label.as_ref().unwrap_or(&thread.name));
    format!("line {} of {owner}", line(listing, toggle))
}
