//! For every step that is offered: can a bad outcome still happen after it? Searched in slices, a step at a time.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use explore::{Progress, Reachable, Search};
use litmus::Test;
use machine::StepName;
use scene::{Lab, View};

use crate::browser::clock;
use crate::goal::Goal;

/// A hint need not cost much: beyond this nothing is said.
const LIMIT: usize = 60_000;

/// States between two looks at the clock.
const STRIDE: usize = 128;

/// What is known, by step.
pub type Known = Rc<BTreeMap<StepName, Reachable>>;

/// See the module.
#[derive(Default)]
pub struct Prospects {
    test: Option<Arc<Test>>,
    goals: Vec<Goal>,
    waiting: VecDeque<(StepName, Box<Search>)>,
    known: Known,
}

impl Prospects {
    /// Begins anew, for the steps that a view offers.
    pub fn restart(&mut self, lab: &Lab, view: &View) {
        let test = lab.resolved();
        self.goals = Goal::of(test)
            .into_iter()
            .filter(|goal| goal.bad(test))
            .collect();
        self.known = Known::default();
        self.waiting.clear();
        self.test = Some(Arc::clone(test));
        if self.goals.is_empty() {
            return;
        }
        let lines = view
            .cpus
            .iter()
            .flat_map(|cpu| &cpu.bands)
            .flat_map(|band| &band.lines);
        for offer in lines.flat_map(|line| &line.offers) {
            if let Some(state) = lab.state_after(offer.step) {
                let mut search = Search::from(Arc::clone(lab.program()), state, LIMIT);
                if let Some(filter) = &test.filter {
                    search.set_filter(filter);
                }
                self.waiting.push_back((offer.step, Box::new(search)));
            }
        }
    }

    /// There is more to search.
    pub fn busy(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// What is known.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// Searches for a few milliseconds. True when something more is known.
    pub fn slice(&mut self) -> bool {
        let before = self.known.len();
        clock::slice(|| {
            self.stride();
            !self.busy()
        });
        self.known.len() != before
    }

    fn stride(&mut self) {
        let (Some((step, search)), Some(test)) = (self.waiting.front_mut(), &self.test) else {
            return;
        };
        let progress = search.run(STRIDE);
        let p = Arc::clone(search.program());
        let found = search.outcomes().any(|outcome| {
            self.goals
                .iter()
                .any(|goal| goal.accepts(test, &p, outcome))
        });
        let answer = match (found, progress) {
            (true, _) => Reachable::Yes,
            (false, Progress::Running) => return,
            (false, Progress::Complete) => Reachable::No,
            (false, Progress::Limited) => Reachable::Unknown,
        };
        Rc::make_mut(&mut self.known).insert(*step, answer);
        self.waiting.pop_front();
    }
}
