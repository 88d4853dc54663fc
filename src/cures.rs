//! The barrier matrix behind the cheapest cure: one for each flavour of SRCU, filled in slices.

use std::sync::Arc;

use explore::{Matrix, MatrixRun};
use litmus::Test;
use machine::SrcuFlavour;

use crate::browser::clock;

/// States for each cell. No built-in scenario comes near it.
const LIMIT: usize = 200_000;

/// States for the whole matrix, after which it is given up: the sentence is a help, not the point.
const ENOUGH: usize = 3_000_000;

/// See the module.
#[derive(Default)]
pub struct Cures {
    runs: Vec<(SrcuFlavour, Run)>,
}

struct Run {
    matrix: Option<MatrixRun<Arc<Test>>>,
    spent: f64,
    over: bool,
}

impl Cures {
    /// Searches for a few milliseconds. True when there is nothing more to do.
    pub fn slice(&mut self, test: &Arc<Test>, flavour: SrcuFlavour) -> bool {
        let at = self.runs.iter().position(|(of, _)| *of == flavour);
        let at = at.unwrap_or_else(|| {
            let matrix = MatrixRun::new(Arc::clone(test), flavour, LIMIT).ok();
            let over = matrix.is_none() || test.toggles.is_empty();
            let spent = 0.0;
            self.runs.push((
                flavour,
                Run {
                    matrix,
                    spent,
                    over,
                },
            ));
            self.runs.len() - 1
        });
        self.runs[at].1.slice()
    }

    /// The whole matrix and the milliseconds that it took, when it is filled.
    pub fn found(&self, flavour: SrcuFlavour) -> Option<(&Matrix, f64)> {
        let (_, run) = self.runs.iter().find(|(of, _)| *of == flavour)?;
        let matrix = run.matrix.as_ref()?;
        let whole = matrix.matrix().rows.len() == matrix.total();
        whole.then(|| (matrix.matrix(), run.spent))
    }
}

impl Run {
    fn slice(&mut self) -> bool {
        let Some(matrix) = &mut self.matrix else {
            return true;
        };
        if self.over {
            return true;
        }
        let begun = clock::now();
        self.over = clock::slice(|| {
            let more = matches!(matrix.step(), Ok(Some(_)));
            !more || matrix.matrix().explored > ENOUGH
        });
        self.spent += clock::now() - begun;
        self.over
    }
}
