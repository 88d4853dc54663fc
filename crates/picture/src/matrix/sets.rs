//! The weakest barriers, as a sentence for the models that need the same.

use explore::{MinimalSet, Reachable};
use protocol::MatrixRow;

use super::Source;
use crate::cure::{Barriers, Weakest};
use session::names::list;

/// What models that need the same need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sets {
    /// "SC and x86-TSO".
    pub models: String,
    /// What they need.
    pub weakest: Weakest,
}

/// By models, what prevents the outcome.
pub(super) fn sentences(
    source: &Source<'_>,
    sets: &[Vec<MinimalSet>],
    barriers: &Barriers<'_>,
) -> Vec<Sets> {
    let mut found: Vec<(Vec<String>, Weakest)> = Vec::new();
    for (at, (model, sets)) in source.columns.iter().zip(sets).enumerate() {
        let cell = |row: &MatrixRow| row.cells.get(at)?.says(source.goal);
        // A column that says nothing at all has no sets either.
        if source.rows.iter().all(|row| cell(row).is_none()) {
            continue;
        }
        let known = |row: &MatrixRow| cell(row).is_some_and(|cell| cell != Reachable::Unknown);
        let weakest = Weakest::of(barriers, sets, source.rows.iter().all(known));
        let name = model.name().to_owned();
        match found.iter_mut().find(|(_, other)| *other == weakest) {
            Some((names, _)) => names.push(name),
            None => found.push((vec![name], weakest)),
        }
    }
    let named = found.into_iter().map(|(names, weakest)| Sets {
        models: list(&names),
        weakest,
    });
    named.collect()
}
