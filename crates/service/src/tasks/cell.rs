//! The search of one program on one model, which may be one that cannot run it.

use std::sync::Arc;

use explore::{Progress, Reachable, Report, Search};
use litmus::Test;
use machine::{CpuModel, SrcuFlavour};

use super::STRIDE;
use crate::goal::Goal;
use crate::reply::ModelVerdict;

/// See the module.
pub struct Cell {
    model: &'static CpuModel,
    test: Arc<Test>,
    search: Option<Search>,
    /// The last word.
    report: Option<Report>,
    error: Option<String>,
}

impl Cell {
    /// Begins a search of at most `limit` states; the test has its toggles resolved.
    pub fn new(
        test: &Arc<Test>,
        model: &'static CpuModel,
        flavour: SrcuFlavour,
        limit: usize,
    ) -> Cell {
        let started = explore::verdict::start(test, model, flavour, limit);
        let (search, error) = match started {
            Ok(mut search) => {
                search.set_jobs(1);
                (Some(search), None)
            }
            Err(error) => (None, Some(error.message)),
        };
        Cell {
            model,
            test: Arc::clone(test),
            search,
            report: None,
            error,
        }
    }

    /// Looks at some more states. True when there is nothing more to do.
    pub fn stride(&mut self) -> bool {
        let Some(search) = &mut self.search else {
            return true;
        };
        if self.report.is_some() {
            return true;
        }
        let progress = search.run(STRIDE);
        if progress == Progress::Running {
            return false;
        }
        self.report = Some(explore::verdict::report(&self.test, search, progress));
        true
    }

    /// States visited.
    pub fn explored(&self) -> u64 {
        self.search.as_ref().map_or(0, |s| s.explored() as u64)
    }

    /// What is known.
    pub fn verdict(&self, goals: &[Goal]) -> ModelVerdict {
        let report = self.report.clone().or_else(|| {
            let search = self.search.as_ref()?;
            let report = explore::verdict::report(&self.test, search, Progress::Running);
            Some(report)
        });
        let reachable = |goal: &Goal| {
            report
                .as_ref()
                .map_or(Reachable::Unknown, |report| goal.reachable(report))
        };
        ModelVerdict {
            model: self.model.id.to_owned(),
            reachable: goals.iter().map(reachable).collect(),
            explored: self.explored(),
            complete: report.as_ref().is_some_and(|report| report.complete),
            over: self.report.is_some() || self.search.is_none(),
            error: self.error.clone(),
        }
    }
}
