//! The barrier matrix: every setting of the toggles against every model, and the
//! smallest sets of barriers that keep an outcome from happening.

use std::ops::Deref;

use litmus::{Setting, Test};
use machine::{CompileError, CpuModel, SrcuFlavour};

use crate::verdict::{Reachable, report, start};

/// Most settings that a matrix has.
pub const MAX_SETTINGS: usize = 4096;

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// The setting.
    pub setting: Setting,
    /// By model, in the order of [`Matrix::models`]: by named outcome.
    pub cells: Vec<Vec<Reachable>>,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// The columns.
    pub models: Vec<&'static CpuModel>,
    /// The rows.
    pub rows: Vec<Row>,
    /// States visited for all cells.
    pub explored: usize,
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
    pub fn step(&mut self) -> Result<Option<&Row>, CompileError> {
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
) -> Result<(Row, usize), CompileError> {
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
        cells.push(report.outcomes);
    }
    Ok((
        Row {
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

/// A smallest set of switches, under one choice of the other toggles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinimalSet {
    /// The setting: exactly the barriers of the set are on.
    pub setting: Setting,
    /// The toggles that are on, by index.
    pub on: Vec<usize>,
    /// No smaller set will do. False when the search of one was not complete: then
    /// it may.
    pub proven: bool,
}

impl Matrix {
    /// The smallest sets of switches that make `outcome` impossible on the model
    /// `column`: no barrier of such a set can be left out, as far as the searches were
    /// complete ([`MinimalSet::proven`]). Toggles with more than two positions are not
    /// barriers that are on or off: there is an answer for each of their positions.
    #[must_use]
    pub fn minimal_sets(&self, test: &Test, outcome: usize, column: usize) -> Vec<MinimalSet> {
        let switches: Vec<usize> = (0..test.toggles.len())
            .filter(|t| test.toggles[*t].is_switch())
            .collect();
        let on = |row: &Row| -> Vec<usize> {
            let setting = &row.setting.0;
            let on = |t: &usize| setting.get(*t) == Some(&0);
            switches.iter().copied().filter(on).collect()
        };
        let choices = |row: &Row| -> Vec<u8> {
            let positions = row.setting.0.iter().enumerate();
            let chosen = positions.filter(|(t, _)| !switches.contains(t));
            chosen.map(|(_, position)| *position).collect()
        };
        let rows = |wanted: Reachable| {
            self.rows.iter().filter(move |row| {
                row.cells.get(column).and_then(|c| c.get(outcome)) == Some(&wanted)
            })
        };
        // Some of `those` has less on, and else the same.
        let less = |those: &[&Row], row: &Row| {
            let mine = on(row);
            those.iter().any(|other| {
                let theirs = on(other);
                choices(other) == choices(row)
                    && theirs.len() < mine.len()
                    && theirs.iter().all(|t| mine.contains(t))
            })
        };
        let safe: Vec<&Row> = rows(Reachable::No).collect();
        let open: Vec<&Row> = rows(Reachable::Unknown).collect();
        let minimal = safe.iter().filter(|row| !less(&safe, row));
        let mut sets: Vec<MinimalSet> = minimal
            .map(|row| MinimalSet {
                setting: row.setting.clone(),
                on: on(row),
                proven: !less(&open, row),
            })
            .collect();
        sets.sort_by(|a, b| (a.on.len(), &a.on).cmp(&(b.on.len(), &b.on)));
        sets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest sets for the first outcome, where the cells of the settings
    /// (both on, first on, second on, none) are these.
    fn sets(cells: [Reachable; 4]) -> Vec<(Vec<usize>, bool)> {
        let source = "C m\n{}\nP0(int *x) {\n\tWRITE_ONCE(*x, 1);\n\tsmp_mb(); /*@ toggle a */\n\tsmp_mb(); \
            /*@ toggle b */\n\tWRITE_ONCE(*x, 2);\n}\nexists (x=1)\n";
        let parsed = litmus::parse(source);
        let test = parsed.test.expect("a test");
        let settings = [vec![0, 0], vec![0, 1], vec![1, 0], vec![1, 1]];
        let rows = settings.into_iter().zip(cells);
        let row = |(setting, cell)| Row {
            setting: Setting(setting),
            cells: vec![vec![cell]],
        };
        let matrix = Matrix {
            models: vec![CpuModel::ALL[0]],
            rows: rows.map(row).collect(),
            explored: 0,
        };
        let sets = matrix.minimal_sets(&test, 0, 0);
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
