//! *Can it happen?* On every CPU model by search, and by LKMM's axioms.

use std::sync::Arc;

use litmus::Test;
use machine::CpuModel;
use picture::verdicts::{Judgement, Known, ModelVerdict};
use protocol::draw::Drawn;

use super::cell::Cell;
use super::judging::Judging;
use super::{Clock, LIMIT, Program, Shared, title};
use protocol::{Goal, GoalVerdicts, Reply, Stage};

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
    stage: Stage,
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
            stage: Stage::Searching,
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
        verdict.beyond = cell.beside(&self.goals, test, setting, source);
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
        if searched && self.judged {
            self.stage = Stage::Done;
        }
        self.stage == Stage::Done
    }

    fn reply(&mut self) -> Reply {
        let judged = |judging: &Judging| judging.judged(&self.goals);
        let models: Vec<ModelVerdict> = self.cells.iter().map(|cell| self.verdict(cell)).collect();
        let known = Known {
            test: &self.program.test,
            goals: &self.goals,
            models: &models,
            lkmm: &self
                .judging
                .as_ref()
                .map_or_else(Judgement::default, judged),
            stage: self.stage,
        };
        Reply::Verdicts(Box::new(known.verdicts()))
    }

    fn stopped(&mut self) -> Reply {
        self.stage = Stage::Stopped;
        self.reply()
    }
}

/// The verdicts as a picture.
pub struct Picture(String);

impl Picture {
    /// Draws what is known.
    pub fn new(program: &Program, goals: &[GoalVerdicts], notes: &[String]) -> Picture {
        let Program { test, setting, .. } = program;
        let models = CpuModel::ALL.map(|model| model.name);
        let table = picture::verdicts::picture(title(test), test, setting, &models, goals, notes);
        Picture(picture::table_svg(&table))
    }
}

impl super::Task for Picture {
    fn stride(&mut self, _: &mut Shared, _: Clock<'_>) -> bool {
        true
    }

    fn reply(&mut self) -> Reply {
        Reply::Drawn(Box::new(Drawn::Picture(self.0.clone())))
    }
}
