//! *Can it happen?* On every CPU model by search, and by LKMM's axioms.

use std::sync::Arc;

use litmus::Test;
use machine::CpuModel;

use super::cell::Cell;
use super::judging::Judging;
use super::{Clock, LIMIT, Program, Shared};
use protocol::{Goal, Judged, ModelVerdict, Reply, Verdicts};

/// Strides of LKMM before the machine has its turn: enough for all but the largest tests.
const FIRST: usize = 32;

/// See the module.
pub struct Task {
    test: Arc<Test>,
    goals: Vec<Goal>,
    cells: Vec<Cell>,
    judging: Option<Judging>,
    judged: bool,
    strides: usize,
    program: Program,
}

impl Task {
    /// Begins.
    pub fn new(program: &Program) -> Task {
        let cell = |model| Cell::new(&program.resolved, model, program.flavour, LIMIT);
        Task {
            test: Arc::clone(&program.resolved),
            goals: Goal::asked(&program.test),
            cells: CpuModel::ALL.into_iter().map(cell).collect(),
            judging: None,
            judged: false,
            strides: 0,
            program: program.clone(),
        }
    }

    /// What is known on a model.
    fn verdict(&self, cell: &Cell) -> ModelVerdict {
        let mut verdict = cell.verdict(&self.goals);
        let Program {
            source,
            test,
            setting,
            ..
        } = &self.program;
        let beside = cell.beside(&self.goals, test, setting, source);
        verdict.beyond = beside.map(|beyond| protocol::Beyond {
            goals: beyond.goals,
            note: beyond.note,
        });
        verdict
    }
}

impl super::Task for Task {
    fn stride(&mut self, _: &mut Shared, clock: Clock<'_>) -> bool {
        self.strides += 1;
        let judging = self
            .judging
            .get_or_insert_with(|| Judging::new(Arc::clone(&self.test), clock));
        // By turns.
        if !self.judged && (self.strides <= FIRST || self.strides.is_multiple_of(2)) {
            self.judged = judging.stride(clock);
            return false;
        }
        let searched = self.cells.iter_mut().all(Cell::stride);
        if searched && !self.judged {
            self.judged = judging.stride(clock);
        }
        searched && self.judged
    }

    fn reply(&mut self) -> Reply {
        let judged = |judging: &Judging| judging.judged(&self.goals);
        Reply::Verdicts(Box::new(Verdicts {
            models: self.cells.iter().map(|cell| self.verdict(cell)).collect(),
            lkmm: self.judging.as_ref().map_or_else(Judged::default, judged),
            explored: self.cells.iter().map(Cell::explored).sum(),
            goals: self.goals.clone(),
        }))
    }
}
