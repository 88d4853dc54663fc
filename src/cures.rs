//! The barrier matrix behind the cheapest cure: one for each flavour of SRCU, then LKMM's column, filled in slices.

use std::sync::Arc;

use explore::{Matrix, MatrixRun, Reachable, Row};
use litmus::{Setting, Test};
use machine::SrcuFlavour;

use crate::browser::clock;
use crate::goal::Goal;
use crate::judging::Judging;

/// States for each cell. No built-in scenario comes near it.
const LIMIT: usize = 200_000;

/// States for the whole matrix, after which it is given up: the sentence is a help, not the point.
const ENOUGH: usize = 3_000_000;

/// See the module.
#[derive(Default)]
pub struct Cures {
    runs: Vec<(SrcuFlavour, Run)>,
    /// Knows no flavours.
    column: Column,
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
        let run = &mut self.runs[at].1;
        // LKMM's column is for a matrix that is there.
        match &run.matrix {
            Some(matrix) if run.over => {
                matrix.matrix().rows.len() < matrix.total() || self.column.slice(test)
            }
            Some(_) => {
                run.slice();
                false
            }
            None => true,
        }
    }

    /// LKMM's column, a row a setting, and the milliseconds that it took, when it is filled.
    pub fn judged(&self) -> Option<(&[Row], f64)> {
        let Column {
            rows, spent, over, ..
        } = &self.column;
        (*over && !rows.is_empty()).then_some((rows, *spent))
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
    fn slice(&mut self) {
        let Some(matrix) = &mut self.matrix else {
            return;
        };
        let begun = clock::now();
        self.over = clock::slice(|| {
            let more = matches!(matrix.step(), Ok(Some(_)));
            !more || matrix.matrix().explored > ENOUGH
        });
        self.spent += clock::now() - begun;
    }
}

/// LKMM's answers to every setting.
#[derive(Default)]
struct Column {
    settings: Vec<Setting>,
    judging: Option<Judging>,
    rows: Vec<Row>,
    spent: f64,
    over: bool,
}

impl Column {
    /// Judges for a few milliseconds. True when every setting is judged.
    fn slice(&mut self, test: &Test) -> bool {
        if self.over {
            return true;
        }
        let begun = clock::now();
        if self.settings.is_empty() {
            self.settings = Setting::all(test).collect();
        }
        self.over = clock::slice(|| {
            let Some(setting) = self.settings.get(self.rows.len()) else {
                return true;
            };
            let judging = self
                .judging
                .get_or_insert_with(|| Judging::new(Arc::new(test.with(setting))));
            if !judging.slice() {
                return false;
            }
            let cell = |at: usize| Goal::Outcome(at).allowed(judging.judgement()?);
            let cells = (0..test.outcomes.len()).map(|at| cell(at).unwrap_or(Reachable::Unknown));
            self.rows.push(Row {
                setting: setting.clone(),
                cells: vec![cells.collect()],
            });
            self.judging = None;
            false
        });
        self.spent += clock::now() - begun;
        self.over
    }
}
