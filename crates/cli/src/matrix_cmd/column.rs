//! LKMM's column of the matrix. The explorer fills those of the CPUs.

use std::ops::ControlFlow;

use explore::{Matrix, MatrixCell, Reachable};
use litmus::Test;
use lkmm::{Counting, JudgeError, Judgement};

use crate::axioms::lkmm_judge;
use crate::ordered::in_order;

/// Appends the column to every row. A setting that LKMM cannot judge is left
/// unknown; the first reason is what is returned.
pub fn append(matrix: &mut Matrix, test: &Test, limit: u64, jobs: usize) -> Option<JudgeError> {
    let settings: Vec<_> = matrix.rows.iter().map(|row| row.setting.clone()).collect();
    let mut refused = None;
    in_order(
        settings.len(),
        jobs,
        |row, stop| {
            let setting = settings.get(row)?;
            let test = test.with(setting);
            lkmm_judge(&test, limit, Counting::AsOne, || stop.asked()).transpose()
        },
        |row, judged| {
            let judgement = match judged {
                Some(Ok(judgement)) => Some(judgement),
                Some(Err(error)) => {
                    refused.get_or_insert(error);
                    None
                }
                None => None,
            };
            if let Some(row) = matrix.rows.get_mut(row) {
                row.cells.push(cell(judgement.as_ref()));
            }
            ControlFlow::Continue(())
        },
    );
    refused
}

/// What is not judged has no goals: each is unknown.
fn cell(judgement: Option<&Judgement>) -> MatrixCell {
    let complete = judgement.is_some_and(|judgement| judgement.complete);
    let goal = |executions: &u64| match executions {
        1.. => Some(Reachable::Yes),
        0 if complete => Some(Reachable::No),
        0 => Some(Reachable::Unknown),
    };
    let outcomes = judgement.iter().flat_map(|judgement| &judgement.outcomes);
    MatrixCell {
        goals: outcomes.map(goal).collect(),
        beyond: None,
        explored: judgement.map_or(0, |judgement| judgement.steps),
        complete,
    }
}
