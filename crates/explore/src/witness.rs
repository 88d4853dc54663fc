//! Schedules that show an outcome: the shortest, each step one that the page offers.

use std::sync::Arc;

use machine::pack::Packer;
use machine::touch::Touches;
use machine::{Program, Quiet, State, Step, StepKind};

use crate::search::Search;
use crate::table::{StateId, StateTable};
use machine::{Outcome, outcome};

/// A schedule from the first state to a final one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The steps.
    pub steps: Vec<Step>,
    /// No schedule with this outcome is shorter. Otherwise the search for the
    /// shortest was too large, and this is some schedule.
    pub shortest: bool,
    /// The outcome.
    pub outcome: Outcome,
}

/// A breadth-first walk through the unreduced machine, in slices.
#[derive(Debug)]
pub struct WitnessSearch {
    p: Arc<Program>,
    packer: Packer,
    touches: Touches,
    table: StateTable,
    parents: Vec<(StateId, Step)>,
    at: StateId,
    limit: usize,
    current: State,
    scratch: State,
    buffer: Vec<u8>,
}

/// What a slice of a [`WitnessSearch`] gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Call again.
    Running,
    /// The shortest.
    Witness(Witness),
    /// There is none.
    None,
    /// The limit of states was reached.
    Limited,
}

impl WitnessSearch {
    /// Begins a search of at most `limit` states.
    #[must_use]
    pub fn new(p: Arc<Program>, limit: usize) -> WitnessSearch {
        let start = State::initial(&p);
        let mut packer = Packer::new(&p);
        packer.keeps_offers = true;
        let mut search = WitnessSearch {
            packer,
            touches: Touches::new(&p),
            table: StateTable::default(),
            parents: Vec::new(),
            at: 0,
            limit,
            current: start.clone(),
            scratch: start,
            buffer: Vec::new(),
            p,
        };
        search.visit(
            0,
            Step {
                cpu: u8::MAX,
                at: 0,
                kind: StepKind::Fence,
            },
        );
        search
    }

    /// Looks at `budget` more states for one that `goal` accepts.
    pub fn run(&mut self, budget: usize, goal: &dyn Fn(&Outcome) -> bool) -> Found {
        let p = Arc::clone(&self.p);
        let mut offers = Vec::new();
        for _ in 0..budget {
            if self.at as usize >= self.table.len() {
                return Found::None;
            }
            if self.table.len() >= self.limit {
                return Found::Limited;
            }
            let id = self.at;
            self.at += 1;
            self.packer
                .decode(&p, self.table.get(id), &mut self.current);
            offers.clear();
            p.offers(&self.current, |step, plan| offers.push((step, plan)));
            if offers.is_empty() && p.is_final(&self.current) {
                let outcome = outcome(&p, &self.current);
                if goal(&outcome) {
                    return Found::Witness(Witness {
                        steps: self.path(id),
                        shortest: true,
                        outcome,
                    });
                }
            }
            for (step, plan) in &offers {
                let mut quiet = Quiet::default();
                self.scratch.copy_from(&self.current);
                p.apply(&mut self.scratch, *step, *plan, &mut quiet);
                // A shortest schedule never speculates in vain.
                if !quiet.undone {
                    self.visit(id, *step);
                }
            }
        }
        Found::Running
    }

    fn visit(&mut self, parent: StateId, step: Step) {
        self.packer
            .canonical(&self.p, &self.touches, &mut self.scratch, None);
        self.buffer.clear();
        self.packer.encode(&self.p, &self.scratch, &mut self.buffer);
        if self.table.insert(&self.buffer).1 {
            self.parents.push((parent, step));
        }
    }

    fn path(&self, mut id: StateId) -> Vec<Step> {
        let mut steps = Vec::new();
        while id != 0 {
            let (parent, step) = self.parents[id as usize];
            steps.push(step);
            id = parent;
        }
        steps.reverse();
        steps
    }

    /// States visited so far.
    #[must_use]
    pub fn explored(&self) -> usize {
        self.table.len()
    }
}

/// The shortest schedule to an outcome that `goal` accepts; some schedule when
/// the shortest would take more than `limit` states; `None` when there is none,
/// or none was found in `limit` states either.
#[must_use]
pub fn witness(p: &Arc<Program>, limit: usize, goal: &dyn Fn(&Outcome) -> bool) -> Option<Witness> {
    // The reduced search is much smaller: ask it first whether there is one at all.
    let mut quick = Search::new(Arc::clone(p), limit);
    quick.finish();
    let outcome = quick.outcomes().find(|o| goal(o))?.clone();
    let mut search = WitnessSearch::new(Arc::clone(p), limit);
    loop {
        match search.run(1 << 14, goal) {
            Found::Running => {}
            Found::Witness(witness) => return Some(witness),
            Found::None | Found::Limited => break,
        }
    }
    let steps = quick.schedule(&outcome)?;
    Some(Witness {
        steps,
        shortest: false,
        outcome,
    })
}

/// Whether a bad outcome can still be reached from a state.
#[must_use]
pub fn still_reachable(
    p: &Arc<Program>,
    state: &State,
    limit: usize,
    goal: &dyn Fn(&Outcome) -> bool,
) -> crate::verdict::Reachable {
    use crate::search::Progress;
    use crate::verdict::Reachable;
    let mut search = Search::from(Arc::clone(p), state.clone(), limit);
    loop {
        let progress = search.run(512);
        if search.outcomes().any(goal) {
            return Reachable::Yes;
        }
        match progress {
            Progress::Running => {}
            Progress::Complete => return Reachable::No,
            Progress::Limited => return Reachable::Unknown,
        }
    }
}
