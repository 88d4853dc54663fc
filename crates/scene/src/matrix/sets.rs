//! The weakest barriers, as a sentence for the models that need the same.

use explore::{MinimalSet, Reachable};

use super::{KnownRow, Source};
use crate::cure::{Barriers, Weakest};
use crate::names::list;

/// What models that need the same need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sets {
    /// "SC and x86-TSO".
    pub models: String,
    /// The present model is one of them.
    pub here: bool,
    /// What they need.
    pub weakest: Weakest,
}

/// By models, what prevents the outcome.
pub(super) fn sentences(
    source: &Source<'_>,
    sets: &[Vec<MinimalSet>],
    barriers: &Barriers<'_>,
) -> Vec<Sets> {
    let mut found: Vec<(Vec<String>, bool, Weakest)> = Vec::new();
    for (at, (id, sets)) in source.columns.iter().zip(sets).enumerate() {
        let cell = |row: &KnownRow| row.cells.get(at).and_then(|cell| cell.reachable);
        // A column that says nothing at all has no sets either.
        if source.rows.iter().all(|row| cell(row).is_none()) {
            continue;
        }
        let known = |row: &KnownRow| cell(row).is_some_and(|cell| cell != Reachable::Unknown);
        let weakest = Weakest::of(barriers, sets, source.rows.iter().all(known));
        let name = super::column(id).name;
        let here = id == source.model;
        match found.iter_mut().find(|(_, _, other)| *other == weakest) {
            Some((names, has_it, _)) => {
                names.push(name);
                *has_it |= here;
            }
            None => found.push((vec![name], here, weakest)),
        }
    }
    let named = found.into_iter().map(|(names, here, weakest)| Sets {
        models: list(&names),
        here,
        weakest,
    });
    named.collect()
}
