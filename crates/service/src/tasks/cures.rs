//! The cheapest cure: the smallest sets of barriers against the outcome that matters now, in a sentence.

use std::cell::RefCell;
use std::rc::Rc;

use explore::{Matrix, Reachable, Row};
use litmus::{Setting, Test};
use machine::CpuModel;

use super::matrix::Filling;
use super::{Clock, Program, Shared};
use crate::goal::Goal;
use crate::reply::{Cures, Reply};

/// States for the whole matrix, after which it is given up: the sentence is a help, not the point.
const ENOUGH: u64 = 3_000_000;

/// See the module.
pub struct Task {
    program: Program,
    model: &'static CpuModel,
    filling: Option<Rc<RefCell<Filling>>>,
}

impl Task {
    /// Begins.
    pub fn new(program: &Program, model: &'static CpuModel) -> Task {
        Task {
            program: program.clone(),
            model,
            filling: None,
        }
    }

    fn cures(&self, filling: &Filling) -> Cures {
        let (micros, judged_micros) = filling.micros();
        let matrix = filling.by_outcome();
        Cures {
            cure: cure(&self.program, self.model, &matrix),
            settings: matrix.rows.len() as u32,
            models: matrix.models.len() as u32,
            explored: filling.explored(),
            micros,
            judged_micros,
        }
    }
}

impl super::Task for Task {
    fn stride(&mut self, shared: &mut Shared, clock: Clock<'_>) -> bool {
        if self.program.test.toggles.is_empty() {
            return true;
        }
        let filling = self
            .filling
            .get_or_insert_with(|| shared.matrix(&self.program));
        let mut filling = filling.borrow_mut();
        filling.stride(clock) || filling.explored() > ENOUGH
    }

    fn reply(&mut self) -> Reply {
        match &self.filling {
            Some(filling) if filling.borrow().is_full() => {
                Reply::Cures(self.cures(&filling.borrow()))
            }
            Some(filling) => Reply::Searching(filling.borrow().explored()),
            None => Reply::Searching(0),
        }
    }
}

fn cure(program: &Program, model: &CpuModel, matrix: &Matrix) -> Option<(Goal, String)> {
    let (test, setting) = (&program.test, &program.setting);
    let column = matrix.models.iter().position(|m| m.id == model.id)?;
    let outcome = matters(test, setting, matrix, column)?;
    let machine = scene::cure::cheapest(test, matrix, outcome, column, setting)?;
    // LKMM's column is behind those of the machine.
    let axioms: Vec<Row> = matrix
        .rows
        .iter()
        .map(|row| Row {
            setting: row.setting.clone(),
            cells: row
                .cells
                .iter()
                .skip(matrix.models.len())
                .cloned()
                .collect(),
        })
        .collect();
    let asked = scene::cure::asked(test, matrix, &axioms, outcome, column, setting);
    let text = match asked {
        Some(asked) => format!("{machine} {asked}"),
        None => machine,
    };
    Some((Goal::Outcome(outcome), text))
}

/// One at a time: what can happen now, else what a setting lets happen, else the first.
fn matters(test: &Test, setting: &Setting, matrix: &Matrix, column: usize) -> Option<usize> {
    let bad: Vec<usize> = (0..test.outcomes.len())
        .filter(|at| test.outcomes[*at].bad)
        .collect();
    let can = |row: &Row, at: usize| {
        let cell = row.cells.get(column).and_then(|cells| cells.get(at));
        cell == Some(&Reachable::Yes)
    };
    let here = matrix.rows.iter().find(|row| row.setting == *setting);
    let now = bad.iter().find(|at| here.is_some_and(|row| can(row, **at)));
    let ever = bad
        .iter()
        .find(|at| matrix.rows.iter().any(|row| can(row, **at)));
    now.or(ever).or(bad.first()).copied()
}
