//! What prevents each bad outcome on a CPU model, in a sentence or two.

use std::cell::RefCell;
use std::rc::Rc;

use explore::Reachable;
use machine::CpuModel;
use picture::cure::{Asked, Barriers, searched};

use super::matrix::Filling;
use super::{Clock, Program, Shared};
use protocol::Goal;
use protocol::{Cures, Reply};

/// States for the whole matrix, after which it is given up: the sentence is a help, not the point.
const ENOUGH: u64 = 3_000_000;

/// See the module.
pub struct Task {
    program: Program,
    model: &'static CpuModel,
    filling: Option<Rc<RefCell<Filling>>>,
    /// Nothing more will be searched for it.
    over: bool,
}

impl Task {
    /// Begins.
    pub fn new(program: &Program, model: &'static CpuModel) -> Task {
        Task {
            program: program.clone(),
            model,
            filling: None,
            over: false,
        }
    }

    fn cures(&self, filling: &Filling) -> Cures {
        let Program {
            test,
            setting,
            source,
            ..
        } = &self.program;
        let (micros, judged_micros) = filling.micros();
        let matrix = filling.matrix();
        let barriers = Barriers::of(test, Some(source));
        let models = matrix.models.iter();
        let column = models.take_while(|model| model.id != self.model.id).count();
        // LKMM's column is behind those of the machine.
        let lkmm = matrix.models.len();
        let named = Goal::of(test);
        let cure = |(outcome, goal): (usize, &Goal)| {
            let mut rows = 0..matrix.rows.len();
            let ever = rows.any(|row| matrix.cell(row, outcome, column) == Reachable::Yes);
            // A failure that no setting has is not worth a sentence.
            if !ever && !named.contains(goal) {
                return None;
            }
            let asked = Asked {
                barriers: &barriers,
                matrix,
                outcome,
                setting,
            };
            Some((*goal, asked.sentence(column, Some(lkmm))?))
        };
        Cures {
            cures: filling
                .goals()
                .iter()
                .enumerate()
                .filter_map(cure)
                .collect(),
            searched: (filling.total() > 0).then(|| {
                let (rows, explored) = (matrix.rows.len(), filling.explored() as usize);
                searched(rows, filling.total(), explored, micros)
            }),
            settings: matrix.rows.len() as u32,
            micros,
            judged: picture::axioms::judged_all(matrix.rows.len(), judged_micros),
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
        self.over = filling.stride(clock) || filling.explored() > ENOUGH;
        self.over
    }

    fn reply(&mut self) -> Reply {
        match &self.filling {
            Some(filling) if self.over => Reply::Cures(self.cures(&filling.borrow())),
            Some(filling) => Reply::Searching(filling.borrow().explored()),
            None => Reply::Searching(0),
        }
    }
}
