//! LKMM's column of the matrix. The explorer fills those of the CPUs.

use std::ops::ControlFlow;

use explore::{Matrix, Reachable};
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
            let cells = match judged {
                Some(Ok(judgement)) => cells(&judgement),
                Some(Err(error)) => {
                    refused.get_or_insert(error);
                    Vec::new()
                }
                None => Vec::new(),
            };
            if let Some(row) = matrix.rows.get_mut(row) {
                row.cells.push(cells);
            }
            ControlFlow::Continue(())
        },
    );
    refused
}

fn cells(judgement: &Judgement) -> Vec<Reachable> {
    let cell = |executions: &u64| match executions {
        1.. => Reachable::Yes,
        0 if judgement.complete => Reachable::No,
        0 => Reachable::Unknown,
    };
    judgement.outcomes.iter().map(cell).collect()
}
