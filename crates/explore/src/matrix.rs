//! The barrier matrix: every setting of the toggles against every model, and the
//! weakest barriers that keep an outcome from happening.

use std::ops::Deref;

use litmus::{Setting, Test};
use machine::{CompileError, CpuModel, SrcuFlavour};

use crate::strength::Strength;
use crate::verdict::{Reachable, report, start};

/// Most settings that a matrix has.
pub const MAX_SETTINGS: usize = 4096;

/// See the module.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// The columns.
    pub models: Vec<&'static CpuModel>,
    /// The rows, a cell for each model, and in it a goal for each named outcome; whoever asks may add columns and goals.
    pub rows: Vec<MatrixRow>,
    /// States visited for all cells.
    pub explored: usize,
}

/// A setting against every model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixRow {
    /// The setting.
    pub setting: Setting,
    /// By column.
    pub cells: Vec<MatrixCell>,
}

/// A setting on a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixCell {
    /// By goal. [`Reachable::Unknown`]: not finished. None: the model does not speak of it.
    pub goals: Vec<Option<Reachable>>,
    /// States visited; for LKMM choices made.
    pub explored: u64,
    /// Every schedule (for LKMM: every execution) has been accounted for.
    pub complete: bool,
    /// What the CPU's axioms allow and no schedule of the machine has.
    pub beyond: Option<Beyond>,
}

impl MatrixCell {
    /// What it says of a goal, by index; none where the model does not speak of it.
    #[must_use]
    pub fn says(&self, goal: usize) -> Option<Reachable> {
        self.goals.get(goal).copied().flatten()
    }

    /// What there is to say of a goal, by index, that no schedule has and the axioms of the CPU allow, or may.
    #[must_use]
    pub fn beyond(&self, goal: usize) -> Option<&str> {
        let beyond = self.beyond.as_ref()?;
        (beyond.goals.get(goal) == Some(&true)).then_some(&*beyond.note)
    }
}

/// What the axioms of a CPU allow, or may allow, beyond the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// By goal: no schedule has it, but the axioms allow it, or are not known not to.
    pub goals: Vec<bool>,
    /// That, and why, in a few sentences.
    pub note: String,
}

/// A setting that prevents an outcome while nothing weaker does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinimalSet {
    /// The setting.
    pub setting: Setting,
    /// The toggles that are on in it, by index; where it was asked what a setting lacks, those that stand higher than
    /// in that one.
    pub on: Vec<usize>,
    /// Nothing weaker prevents it. False when the search of something weaker was not complete: then it may.
    pub proven: bool,
}

/// A matrix that is filled row by row. It holds its test as a reference, or as an
/// `Arc` where it has to live on its own.
#[derive(Debug)]
pub struct MatrixRun<T> {
    test: T,
    settings: Vec<Setting>,
    flavour: SrcuFlavour,
    limit: usize,
    done: Matrix,
}

/// The test has too many toggle settings for a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManySettings;

impl<T: Deref<Target = Test>> MatrixRun<T> {
    /// Begins one; each cell may visit `limit` states.
    ///
    /// # Errors
    /// When there are more than [`MAX_SETTINGS`].
    pub fn new(
        test: T,
        flavour: SrcuFlavour,
        limit: usize,
    ) -> Result<MatrixRun<T>, TooManySettings> {
        let count = test
            .toggles
            .iter()
            .try_fold(1usize, |n, t| n.checked_mul(t.positions.len()))
            .filter(|n| *n <= MAX_SETTINGS)
            .ok_or(TooManySettings)?;
        let settings: Vec<Setting> = Setting::all(&test).take(count).collect();
        Ok(MatrixRun {
            test,
            settings,
            flavour,
            limit,
            done: Matrix {
                models: CpuModel::ALL.to_vec(),
                rows: Vec::new(),
                explored: 0,
            },
        })
    }

    /// Fills the next row. `None` when all are filled.
    ///
    /// # Errors
    /// When the test cannot run on the machine under a setting.
    pub fn step(&mut self) -> Result<Option<&MatrixRow>, CompileError> {
        let at = self.done.rows.len();
        let Some(setting) = self.settings.get(at) else {
            return Ok(None);
        };
        let (row, explored) = row(
            &self.test,
            setting,
            &self.done.models,
            self.flavour,
            self.limit,
        )?;
        self.done.rows.push(row);
        self.done.explored += explored;
        Ok(self.done.rows.last())
    }

    /// How many rows there will be.
    #[must_use]
    pub fn total(&self) -> usize {
        self.settings.len()
    }

    /// The matrix as far as it is filled.
    #[must_use]
    pub fn matrix(&self) -> &Matrix {
        &self.done
    }
}

fn row(
    test: &Test,
    setting: &Setting,
    models: &[&'static CpuModel],
    flavour: SrcuFlavour,
    limit: usize,
) -> Result<(MatrixRow, usize), CompileError> {
    let resolved = test.with(setting);
    let mut cells = Vec::new();
    let mut explored = 0;
    for model in models {
        // The rows are what is shared out to threads.
        let mut search = start(&resolved, model, flavour, limit)?;
        search.set_jobs(1);
        let progress = search.finish();
        let report = report(&resolved, &search, progress);
        explored += report.explored;
        cells.push(MatrixCell {
            goals: report.outcomes.into_iter().map(Some).collect(),
            explored: report.explored as u64,
            beyond: None,
            complete: report.complete,
        });
    }
    Ok((
        MatrixRow {
            setting: setting.clone(),
            cells,
        },
        explored,
    ))
}

/// The whole matrix, on `jobs` threads.
///
/// # Errors
/// When the test cannot run on the machine under some setting.
#[cfg(not(target_arch = "wasm32"))]
pub fn matrix<T>(run: MatrixRun<T>, jobs: usize) -> Result<Matrix, CompileError>
where
    T: Deref<Target = Test> + Sync,
{
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, run.settings.len().max(1)) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(setting) = run.settings.get(at) else {
                        return;
                    };
                    let row = row(&run.test, setting, &run.done.models, run.flavour, run.limit);
                    if let Ok(mut results) = results.lock() {
                        results.push((at, row));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(at, _)| *at);
    let mut done = run.done;
    for (_, result) in results {
        let (row, explored) = result?;
        done.rows.push(row);
        done.explored += explored;
    }
    Ok(done)
}

impl Matrix {
    /// What a cell says; unknown where there is none.
    #[must_use]
    pub fn cell(&self, row: usize, outcome: usize, column: usize) -> Reachable {
        let row = self.rows.get(row);
        let cell = row.and_then(|row| row.cells.get(column)?.says(outcome));
        cell.unwrap_or(Reachable::Unknown)
    }

    /// The weakest settings that make `outcome` impossible on the model `column`: nothing weaker does, as far as
    /// the searches were complete ([`MinimalSet::proven`]). With `above`, of the settings that lack nothing of that
    /// one. Those with the fewest toggles on come first.
    #[must_use]
    pub fn minimal_sets(
        &self,
        strength: &Strength,
        outcome: usize,
        column: usize,
        above: Option<&Setting>,
    ) -> Vec<MinimalSet> {
        let mut below = Below::new(self, strength, outcome, column, above);
        let mut sets = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            let wanted = above.is_none_or(|above| strength.at_most(above, &row.setting));
            if !wanted || self.cell(at, outcome, column) != Reachable::No {
                continue;
            }
            let weaker = below.of(&row.setting);
            if weaker.safe {
                continue;
            }
            let on = match above {
                None => strength.on(&row.setting),
                Some(above) => {
                    let pairs = row.setting.0.iter().zip(&above.0).enumerate();
                    let higher = pairs.filter(|(_, (a, b))| a != b);
                    higher.map(|(toggle, _)| toggle).collect()
                }
            };
            sets.push(MinimalSet {
                setting: row.setting.clone(),
                on,
                proven: !weaker.open,
            });
        }
        sets.sort_by(|a, b| (a.on.len(), &a.on).cmp(&(b.on.len(), &b.on)));
        sets
    }
}

/// What is weaker than a setting, asked for once each.
struct Below<'a> {
    strength: &'a Strength,
    above: Option<&'a Setting>,
    /// By toggle, how far apart two settings are whose positions differ by one.
    strides: Vec<usize>,
    /// By the number of a setting.
    cells: Vec<Reachable>,
    known: Vec<Option<Weaker>>,
}

/// Of the settings that are weaker than one.
#[derive(Clone, Copy, Default)]
struct Weaker {
    /// Some prevents the outcome.
    safe: bool,
    /// Of some it is not known.
    open: bool,
}

impl<'a> Below<'a> {
    fn new(
        matrix: &Matrix,
        strength: &'a Strength,
        outcome: usize,
        column: usize,
        above: Option<&'a Setting>,
    ) -> Below<'a> {
        let mut count: usize = 1;
        let strides = strength.sizes().into_iter().map(|size| {
            let stride = count;
            count = count.saturating_mul(size).min(MAX_SETTINGS);
            stride
        });
        let strides = strides.collect();
        let mut below = Below {
            strength,
            above,
            strides,
            cells: vec![Reachable::Unknown; count],
            known: vec![None; count],
        };
        for (at, row) in matrix.rows.iter().enumerate() {
            let number = below.number(&row.setting);
            if let Some(cell) = below.cells.get_mut(number) {
                *cell = matrix.cell(at, outcome, column);
            }
        }
        below
    }

    fn number(&self, setting: &Setting) -> usize {
        let places = setting.0.iter().zip(&self.strides);
        places.map(|(at, stride)| usize::from(*at) * stride).sum()
    }

    fn of(&mut self, setting: &Setting) -> Weaker {
        let number = self.number(setting);
        if let Some(known) = self.known.get(number).copied().flatten() {
            return known;
        }
        let mut weaker = Weaker::default();
        for (toggle, position) in setting.0.iter().enumerate() {
            let floor = self.above.and_then(|above| above.0.get(toggle).copied());
            for next in self.strength.just_below(toggle, *position) {
                let allowed = floor.is_none_or(|floor| {
                    floor == next || self.strength.is_weaker(toggle, floor, next)
                });
                if !allowed {
                    continue;
                }
                let mut lower = setting.clone();
                if let Some(place) = lower.0.get_mut(toggle) {
                    *place = next;
                }
                let cell = self.cells.get(self.number(&lower)).copied();
                let further = self.of(&lower);
                weaker.safe |= cell == Some(Reachable::No) || further.safe;
                weaker.open |=
                    !matches!(cell, Some(Reachable::No | Reachable::Yes)) || further.open;
            }
        }
        if let Some(place) = self.known.get_mut(number) {
            *place = Some(weaker);
        }
        weaker
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The minimal sets for the first outcome, where the cells of the settings
    /// (both on, first on, second on, none) are these.
    fn sets(cells: [Reachable; 4]) -> Vec<(Vec<usize>, bool)> {
        let source = "C m\n{}\nP0(int *x) {\n\tWRITE_ONCE(*x, 1);\n\tsmp_mb(); /*@ toggle a */\n\tsmp_mb(); \
            /*@ toggle b */\n\tWRITE_ONCE(*x, 2);\n}\nexists (x=1)\n";
        let parsed = litmus::parse(source);
        let test = parsed.test.expect("a test");
        let settings = [vec![0, 0], vec![0, 1], vec![1, 0], vec![1, 1]];
        let rows = settings.into_iter().zip(cells);
        let row = |(setting, cell)| MatrixRow {
            setting: Setting(setting),
            cells: vec![MatrixCell {
                beyond: None,
                goals: vec![Some(cell)],
                explored: 1,
                complete: cell != Reachable::Unknown,
            }],
        };
        let matrix = Matrix {
            models: vec![CpuModel::ALL[0]],
            rows: rows.map(row).collect(),
            explored: 0,
        };
        let sets = matrix.minimal_sets(&Strength::of(&test), 0, 0, None);
        sets.into_iter().map(|s| (s.on, s.proven)).collect()
    }

    #[test]
    fn a_set_is_proven_where_all_below_it_is_known() {
        use Reachable::{No, Unknown, Yes};
        assert_eq!(sets([No, No, Yes, Yes]), [(vec![0], true)]);
        assert_eq!(sets([No, No, Unknown, Yes]), [(vec![0], true)]);
        assert_eq!(sets([No, No, Yes, Unknown]), [(vec![0], false)]);
        assert_eq!(sets([No, Yes, Unknown, Yes]), [(vec![0, 1], false)]);
        assert_eq!(sets([Unknown, Yes, Yes, No]), [(vec![], true)]);
    }
}
