//! The barrier matrix: every setting of the toggles against every CPU model and LKMM, and the weakest barriers
//! that keep an outcome from happening.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use explore::{Matrix, MatrixCell, MatrixRow, MinimalSet, Reachable, Strength};
use litmus::{Setting, Test};
use machine::{CpuModel, SrcuFlavour};

use super::cell::Cell;
use super::judging::Judging;
use super::{Clock, Program, Shared, micros, title};
use picture::matrix::{Source, csv, plain, shown, table};
use protocol::Goal;
use protocol::{MatrixFiles, MatrixPanel, MatrixTable, Model, Reply};

/// States for each cell. No built-in scenario comes near it.
const LIMIT: usize = 200_000;

/// A matrix that is being filled. It outlives the questions about it.
pub struct Filling {
    /// The text of the test.
    source: Rc<str>,
    test: Arc<Test>,
    flavour: SrcuFlavour,
    goals: Vec<Goal>,
    /// The rows to come, the next one last.
    settings: Vec<Setting>,
    total: usize,
    /// The rows that are filled: a column for each CPU model, then LKMM's; by goal.
    matrix: Matrix,
    row: Option<FillingRow>,
    spent: f64,
    judged: u64,
}

struct FillingRow {
    setting: Setting,
    test: Arc<Test>,
    /// Begun one by one: a search holds memory.
    cells: Vec<Cell>,
    judging: Option<Judging>,
}

impl Filling {
    /// Begins one. A test with too many settings has no rows.
    pub fn new(source: Rc<str>, test: Arc<Test>, flavour: SrcuFlavour) -> Filling {
        let count = test
            .toggles
            .iter()
            .try_fold(1_usize, |n, toggle| n.checked_mul(toggle.positions.len()))
            .filter(|n| *n <= explore::matrix::MAX_SETTINGS)
            .unwrap_or(0);
        let mut settings: Vec<Setting> = Setting::all(&test).take(count).collect();
        settings.reverse();
        Filling {
            goals: Goal::asked(&test),
            source,
            total: settings.len(),
            test,
            flavour,
            settings,
            matrix: Matrix {
                models: CpuModel::ALL.to_vec(),
                rows: Vec::new(),
                explored: 0,
            },
            row: None,
            spent: 0.0,
            judged: 0,
        }
    }

    /// Searches a little. True when it is filled.
    pub fn stride(&mut self, clock: Clock<'_>) -> bool {
        if self.row.is_none() {
            let Some(setting) = self.settings.pop() else {
                return true;
            };
            self.row = Some(FillingRow {
                test: Arc::new(self.test.with(&setting)),
                setting,
                cells: Vec::new(),
                judging: None,
            });
        }
        let Some(row) = &mut self.row else {
            return true;
        };
        let begun = clock();
        let searched = row.search(self.flavour);
        self.spent += clock() - begun;
        if !searched {
            return false;
        }
        let judging = row
            .judging
            .get_or_insert_with(|| Judging::new(Arc::clone(&row.test), clock));
        if !judging.stride(clock) {
            return false;
        }
        self.matrix.explored += row.cells.iter().map(Cell::explored).sum::<u64>() as usize;
        self.judged += judging.judged(&[]).micros;
        let row = row.finished(&self.goals, &self.test, &self.source);
        self.matrix.rows.push(row);
        self.row = None;
        self.settings.is_empty()
    }

    /// Whether all rows are filled.
    pub fn is_full(&self) -> bool {
        self.matrix.rows.len() == self.total
    }

    /// States visited.
    pub fn explored(&self) -> u64 {
        let row = self.row.iter().flat_map(|row| &row.cells);
        self.matrix.explored as u64 + row.map(Cell::explored).sum::<u64>()
    }

    /// The time of the machine's part, and of LKMM's, in microseconds.
    pub fn micros(&self) -> (u64, u64) {
        (micros(self.spent), self.judged)
    }

    /// What is asked of each cell.
    pub fn goals(&self) -> &[Goal] {
        &self.goals
    }

    /// How many rows there will be.
    pub fn total(&self) -> usize {
        self.total
    }

    /// The rows that are filled: a column for each CPU model, then LKMM's; by goal.
    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// Some setting lets a goal happen, by its index, on some model.
    fn ever(&self, goal: usize) -> bool {
        let mut cells = self.matrix.rows.iter().flat_map(|row| &row.cells);
        cells.any(|cell| cell.says(goal) == Some(Reachable::Yes))
    }

    /// By column the weakest settings that prevent a goal.
    fn sets(&self, goal: usize) -> Vec<Vec<MinimalSet>> {
        let strength = Strength::of(&self.test);
        let columns = self.matrix.rows.first().map_or(0, |row| row.cells.len());
        let sets = |column| self.matrix.minimal_sets(&strength, goal, column, None);
        (0..columns).map(sets).collect()
    }
}

impl FillingRow {
    /// Searches on the models a little. True when all are searched.
    fn search(&mut self, flavour: SrcuFlavour) -> bool {
        if let Some(cell) = self.cells.last_mut()
            && !cell.stride()
        {
            return false;
        }
        let Some(model) = CpuModel::ALL.get(self.cells.len()) else {
            return true;
        };
        self.cells
            .push(Cell::new(&self.test, model, flavour, LIMIT));
        false
    }

    fn finished(&self, goals: &[Goal], test: &Test, source: &str) -> MatrixRow {
        let cells = self.cells.iter().map(|cell| {
            let verdict = cell.verdict(goals);
            // Where the axioms of the CPU allow more, that no schedule has it proves nothing.
            let known = |(goal, reachable): (&Goal, Reachable)| match reachable {
                Reachable::No if cell.beyond(*goal) => Some(Reachable::Unknown),
                reachable => Some(reachable),
            };
            MatrixCell {
                goals: goals.iter().zip(verdict.reachable).map(known).collect(),
                explored: verdict.explored,
                complete: verdict.complete,
                beyond: cell.beside(goals, test, &self.setting, source),
            }
        });
        let judged = self.judging.iter().map(|judging| {
            let judged = judging.judged(goals);
            MatrixCell {
                goals: judged.allowed,
                explored: judging.steps(),
                complete: judged.complete,
                beyond: None,
            }
        });
        MatrixRow {
            setting: self.setting.clone(),
            cells: cells.chain(judged).collect(),
        }
    }
}

/// The question for it.
pub struct Task {
    program: Program,
    filling: Option<Rc<RefCell<Filling>>>,
    model: &'static CpuModel,
    goal: Option<Goal>,
    most: usize,
    search: bool,
    /// Nothing more will be searched for it.
    over: bool,
}

impl Task {
    /// Begins. The goal is the reader's, where one was chosen; without `search` the answer is what is known.
    pub fn new(
        program: &Program,
        model: &'static CpuModel,
        goal: Option<Goal>,
        most: u32,
        search: bool,
    ) -> Task {
        Task {
            program: program.clone(),
            filling: None,
            model,
            goal,
            most: most as usize,
            search,
            over: false,
        }
    }

    /// The goals that can be asked about, and the index of the one that is: the reader's, else the first that some
    /// setting lets happen, else the first.
    fn goals(&self, filling: &Filling) -> (Vec<Goal>, Option<usize>) {
        let named = Goal::of(&self.program.test);
        let goals = || filling.goals.iter().copied().enumerate();
        let chosen = goals()
            .find(|(_, goal)| Some(*goal) == self.goal)
            .or_else(|| goals().find(|(at, _)| filling.ever(*at)))
            .or_else(|| goals().next());
        // A failure that no setting has is not worth a line.
        let worth = goals().filter(|(at, goal)| named.contains(goal) || filling.ever(*at));
        let goals = worth.map(|(_, goal)| goal).collect();
        (goals, chosen.map(|(at, _)| at))
    }

    fn panel(&self, filling: &Filling) -> MatrixPanel {
        let Program {
            test,
            source,
            setting,
            ..
        } = &self.program;
        let (goals, at) = self.goals(filling);
        let goal = at.and_then(|at| filling.goals.get(at).copied());
        let complete = filling.is_full();
        let sets = at.filter(|_| complete).map(|at| filling.sets(at));
        let whole = table(&Source {
            test,
            text: Some(source),
            goal: at.unwrap_or_default(),
            outcome: &goal.map_or_else(String::new, |goal| goal.label(test)),
            setting,
            model: self.model.id,
            columns: &Model::all(),
            rows: &filling.matrix.rows,
            total: filling.total,
            sets: sets.as_deref(),
            flavour: filling.flavour,
        });
        let some = shown(&whole, setting, self.most);
        MatrixPanel {
            goals,
            goal,
            more: (whole.rows.len() - some.rows.len()) as u32,
            explored: filling.explored(),
            complete,
            files: self.over.then(|| files(test, &whole, &some)),
            table: some,
        }
    }
}

fn files(test: &Test, whole: &MatrixTable, some: &MatrixTable) -> MatrixFiles {
    MatrixFiles {
        plain: plain(whole),
        csv: csv(whole),
        svg: picture::table_svg(&picture::matrix::picture(some, title(test))),
    }
}

impl super::Task for Task {
    fn stride(&mut self, shared: &mut Shared, clock: Clock<'_>) -> bool {
        let filling = self
            .filling
            .get_or_insert_with(|| shared.matrix(&self.program));
        self.over = !self.search || filling.borrow_mut().stride(clock);
        self.over
    }

    fn reply(&mut self) -> Reply {
        match &self.filling {
            None => Reply::Searching(0),
            Some(filling) => Reply::Matrix(Box::new(self.panel(&filling.borrow()))),
        }
    }

    fn stopped(&mut self) -> Reply {
        self.over = true;
        match self.filling {
            None => Reply::Stopped,
            Some(_) => self.reply(),
        }
    }
}
