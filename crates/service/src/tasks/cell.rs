//! The search of one program on one model, which may be one that cannot run it.

use std::sync::Arc;

use explore::{Progress, Reachable, Search};
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
    progress: Progress,
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
            progress: Progress::Running,
            error,
        }
    }

    /// Looks at some more states. True when there is nothing more to do.
    pub fn stride(&mut self) -> bool {
        let Some(search) = &mut self.search else {
            return true;
        };
        if self.progress == Progress::Running {
            self.progress = search.run(STRIDE);
        }
        self.progress != Progress::Running
    }

    /// States visited.
    pub fn explored(&self) -> u64 {
        self.search.as_ref().map_or(0, |s| s.explored() as u64)
    }

    /// What is known. Without a [`explore::Report`]: that has every final state as a text, and this is asked for while
    /// a reader waits.
    pub fn verdict(&self, goals: &[Goal]) -> ModelVerdict {
        let complete = self.search.is_some() && self.progress == Progress::Complete;
        let reachable = |goal: &Goal| match &self.search {
            Some(search) if goal.found(&self.test, search) => Reachable::Yes,
            _ if complete => Reachable::No,
            _ => Reachable::Unknown,
        };
        ModelVerdict {
            model: self.model.id.to_owned(),
            reachable: goals.iter().map(reachable).collect(),
            explored: self.explored(),
            complete,
            over: self.search.is_none() || self.progress != Progress::Running,
            error: self.error.clone(),
        }
    }
}
