//! The weakest barriers, as a sentence for the models that need the same.

use explore::{MatrixRow, MinimalSet, Reachable};
use protocol::{Sets, Weakest};

use super::Source;
use crate::cure::{self, Barriers};
use session::names::list;

/// By models, what prevents the outcome.
pub(super) fn sentences(
    source: &Source<'_>,
    sets: &[Vec<MinimalSet>],
    barriers: &Barriers<'_>,
) -> Vec<Sets> {
    let mut found: Vec<(Vec<String>, bool, Weakest)> = Vec::new();
    for (at, (model, sets)) in source.columns.iter().zip(sets).enumerate() {
        let cell = |row: &MatrixRow| row.cells.get(at)?.says(source.goal);
        // A column that says nothing at all has no sets either.
        if source.rows.iter().all(|row| cell(row).is_none()) {
            continue;
        }
        let known = |row: &MatrixRow| cell(row).is_some_and(|cell| cell != Reachable::Unknown);
        let weakest = cure::weakest(barriers, sets, source.rows.iter().all(known));
        let name = model.name().to_owned();
        let here = model.id() == source.model;
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
