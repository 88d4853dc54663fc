//! The verdicts of one setting on every model, in slices: what a page asks for
//! after each toggle.

use litmus::{Setting, Test};
use machine::{CompileError, CpuModel, SrcuFlavour};

use crate::search::{Progress, Search};
use crate::verdict::{Report, report, start};

/// See the module.
#[derive(Debug)]
pub struct Verdicts {
    test: Test,
    searches: Vec<Search>,
    reports: Vec<Option<Report>>,
}

impl Verdicts {
    /// Begins the searches of `test` under `setting`, one for each of
    /// [`CpuModel::ALL`], of at most `limit` states each.
    ///
    /// # Errors
    /// When the test cannot run on the machine under the setting.
    pub fn new(
        test: &Test,
        setting: &Setting,
        flavour: SrcuFlavour,
        limit: usize,
    ) -> Result<Verdicts, CompileError> {
        let test = test.with(setting);
        let searches = CpuModel::ALL
            .into_iter()
            .map(|model| start(&test, model, flavour, limit))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Verdicts {
            test,
            reports: vec![None; searches.len()],
            searches,
        })
    }

    /// Looks at `budget` more states. True when all models are done.
    pub fn run(&mut self, mut budget: usize) -> bool {
        for (search, slot) in self.searches.iter_mut().zip(&mut self.reports) {
            if slot.as_ref().is_some_and(|r| r.complete) {
                continue;
            }
            let before = search.explored();
            let progress = search.run(budget);
            let done = progress != Progress::Running;
            if done {
                *slot = Some(report(&self.test, search, progress));
                budget = budget.saturating_sub(search.explored() - before);
            } else {
                return false;
            }
        }
        true
    }

    /// What is known for a model: the last word when its search is over, else what
    /// it has found so far.
    #[must_use]
    pub fn report(&self, model: &CpuModel) -> Option<Report> {
        let at = self
            .searches
            .iter()
            .position(|s| s.program().model == model)?;
        self.reports[at]
            .clone()
            .or_else(|| Some(report(&self.test, &self.searches[at], Progress::Running)))
    }

    /// States visited so far, for all models.
    #[must_use]
    pub fn explored(&self) -> usize {
        self.searches.iter().map(Search::explored).sum()
    }
}
