//! The reduced search: every outcome of a program, in slices and on several threads.
//!
//! The first states are searched depth-first. A search that is large takes its open
//! states in batches instead, whether it has one thread or many: what is found behind
//! the states of a batch is stored in the order of the batch, and looked at after it.
//! Several threads share out a batch; so the states, their order and the schedules
//! are the same with any number of them, and in any number of slices. That the order
//! is another one in batches changes nothing in what is found: which steps are left
//! out in a state is read off the state alone, never off the way to it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use litmus::{Cond, Term};
use machine::state::BranchState;
use machine::{Program, State, Step};
use rustc_hash::FxBuildHasher;

use crate::expand::{End, Ground, Origin, Sink, Worker};
use crate::symmetry::Symmetry;
use crate::table::{Hash, StateId, StateTable};
use machine::Outcome;
pub use machine::{Deadlock, deadlock};

/// How far a search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do.
    Running,
    /// Every schedule has been accounted for.
    Complete,
    /// It came to its limit of states: nothing that it has not found is impossible.
    Limited,
}

/// States that are searched depth-first: below it no thread is worth its start.
const SMALL: usize = 1 << 13;
/// The part of these that must be left of a batch for several threads: on a busy
/// machine a thread may wait for milliseconds before it starts.
#[cfg(not(target_arch = "wasm32"))]
const WORTH: usize = 4;
/// Most states of a batch.
const BATCH: usize = 1 << 14;

/// A search over all schedules of a program from one state.
#[derive(Debug)]
pub struct Search {
    pub(crate) p: Arc<Program>,
    pub(crate) ground: Ground,
    pub(crate) start: State,
    limit: usize,
    limited: bool,
    /// Threads that a large search may have.
    jobs: usize,
    /// See [`SMALL`].
    small: usize,
    /// The first is this thread's.
    workers: Vec<Worker>,
    pub(crate) found: Found,
    /// The batch, and how many of it have been looked at.
    batch: Vec<StateId>,
    at: usize,
}

/// What has been found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub table: StateTable,
    /// By state: where it came from, for [`Search::schedule`].
    pub parents: Vec<Origin>,
    /// Found and not looked at.
    open: Vec<StateId>,
    /// Each with a stored state, and the renaming that makes it of that one's.
    outcomes: HashMap<Outcome, (StateId, u8), FxBuildHasher>,
    deadlocks: BTreeMap<Deadlock, (StateId, u8)>,
}

impl Found {
    /// Stores a state, to be looked at. Gives its number, if it is new.
    pub fn add(&mut self, origin: Origin, hash: Hash, state: &[u8]) -> Option<StateId> {
        let (id, new) = self.table.insert_hashed(hash, state);
        if !new {
            return None;
        }
        self.parents.push(origin);
        self.open.push(id);
        Some(id)
    }
}

impl Sink for Found {
    fn found(&mut self, origin: Origin, state: &[u8]) -> Option<StateId> {
        self.add(origin, Hash::of(state), state)
    }

    fn ended(&mut self, at: StateId, renaming: u8, end: End) {
        match end {
            End::Outcome(outcome) => {
                self.outcomes.entry(outcome).or_insert((at, renaming));
            }
            End::Deadlock(deadlock) => {
                self.deadlocks.entry(deadlock).or_insert((at, renaming));
            }
        }
    }
}

impl Search {
    /// A search from the program's first state, of at most `limit` states.
    #[must_use]
    pub fn new(p: Arc<Program>, limit: usize) -> Search {
        let start = State::initial(&p);
        Search::from(p, start, limit)
    }

    /// A search from any state. From one in which a CPU speculates it is not reduced:
    /// the reduction drops what fails of speculation, since the same is reached without.
    #[must_use]
    pub fn from(p: Arc<Program>, start: State, limit: usize) -> Search {
        if speculates(&p, &start) {
            return Search::unreduced_from(p, start, limit);
        }
        let ground = Ground::new(&p, &start);
        Search::begin(p, ground, start, limit)
    }

    /// The same without eager steps and persistent sets, and with speculation that
    /// fails: for tests of the reduction, and for states in which a CPU speculates.
    #[must_use]
    pub fn unreduced(p: Arc<Program>, limit: usize) -> Search {
        let start = State::initial(&p);
        Search::unreduced_from(p, start, limit)
    }

    /// [`Search::unreduced`], from any state.
    #[must_use]
    pub fn unreduced_from(p: Arc<Program>, start: State, limit: usize) -> Search {
        let mut ground = Ground::new(&p, &start);
        ground.reduced = false;
        ground.symmetry = Symmetry::default();
        ground.packer.follows_undone = true;
        Search::begin(p, ground, start, limit)
    }

    fn begin(p: Arc<Program>, ground: Ground, start: State, limit: usize) -> Search {
        let mut search = Search {
            workers: vec![Worker::new(&start)],
            p,
            ground,
            start,
            limit,
            limited: false,
            jobs: 1,
            small: SMALL,
            found: Found::default(),
            batch: Vec::new(),
            at: 0,
        };
        search.restart();
        search
    }

    fn restart(&mut self) {
        self.found = Found::default();
        if let Some(worker) = self.workers.first_mut() {
            worker.start(&self.p, &self.ground, &self.start, &mut self.found);
        }
    }

    /// Drops a schedule as soon as the filter cannot hold any more, with the deadlocks
    /// that it would come to: the test does not ask about it. To be called before the
    /// search runs.
    pub fn set_filter(&mut self, filter: &Cond) {
        let mut open = vec![filter];
        while let Some(cond) = open.pop() {
            match cond {
                Cond::And(a, b) => open.extend([&**a, &**b]),
                Cond::Eq(term @ Term::Reg(..), value) => {
                    if let Some(at) = self.p.terms.iter().position(|(t, _)| t == term) {
                        self.ground.filter.push((at, *value));
                    }
                }
                _ => {}
            }
        }
        self.ground.symmetry.keep_filter(&self.ground.filter);
        self.restart();
    }

    /// Lets a search that turns out large have so many threads. What it finds does
    /// not depend on it.
    pub fn set_jobs(&mut self, jobs: usize) {
        self.jobs = jobs.max(1);
        self.workers.truncate(self.jobs);
    }

    /// Takes batches after so many states: for tests, since in small programs it
    /// never comes to that otherwise. To be called before the search runs.
    pub fn set_small(&mut self, states: usize) {
        self.small = states;
    }

    /// Looks at `budget` more states.
    pub fn run(&mut self, budget: usize) -> Progress {
        let mut left = budget;
        while left > 0 && !self.is_over() {
            if self.at == self.batch.len() {
                if self.found.table.len() < self.small {
                    self.one();
                    left -= 1;
                    continue;
                }
                self.next_batch();
            }
            let most = left.min(self.batch.len() - self.at);
            left -= self.some_of_batch(most);
        }
        if !self.is_over() {
            Progress::Running
        } else if self.limited {
            Progress::Limited
        } else {
            Progress::Complete
        }
    }

    fn is_over(&self) -> bool {
        self.found.open.is_empty() && self.at == self.batch.len()
    }

    /// Looks at the state that was found last.
    fn one(&mut self) {
        if let Some(id) = self.found.open.pop() {
            self.look_at(id);
            self.keep_limit();
        }
    }

    fn look_at(&mut self, id: StateId) {
        let (p, ground, found) = (&*self.p, &self.ground, &mut self.found);
        if let Some(worker) = self.workers.first_mut() {
            worker.load(p, ground, id, || found.table.get(id));
            worker.expand(p, ground, id, found);
        }
    }

    /// Gives up at the limit. True when it did.
    fn keep_limit(&mut self) -> bool {
        let over = self.found.table.len() >= self.limit && !self.is_over();
        if over {
            self.limited = true;
            self.found.open.clear();
            self.batch.clear();
            self.at = 0;
        }
        over
    }

    fn next_batch(&mut self) {
        let open = &mut self.found.open;
        self.batch.clear();
        self.batch
            .extend(open.drain(open.len().saturating_sub(BATCH)..));
        self.at = 0;
    }

    /// Looks at the next `most` states of the batch. Says at how many.
    fn some_of_batch(&mut self, most: usize) -> usize {
        #[cfg(not(target_arch = "wasm32"))]
        if self.jobs > 1 && most * WORTH >= self.small {
            return self.share_out(most);
        }
        for done in 1..=most {
            let id = self.batch[self.at];
            self.at += 1;
            self.look_at(id);
            if self.keep_limit() {
                return done;
            }
        }
        most
    }

    /// [`Search::some_of_batch`] on several threads.
    #[cfg(not(target_arch = "wasm32"))]
    fn share_out(&mut self, most: usize) -> usize {
        self.workers
            .resize_with(self.jobs, || Worker::new(&self.start));
        let (first, length, limit) = (self.at, self.batch.len(), self.limit);
        let hauls = crate::parallel::look_at(
            &self.p,
            &self.ground,
            &self.found.table,
            &self.batch[first..first + most],
            &mut self.workers,
        );
        for haul in hauls {
            let at = &mut self.at;
            let goes_on = haul.land(&mut self.found, |found| {
                *at += 1;
                let over = found.open.is_empty() && *at == length;
                over || found.table.len() < limit
            });
            if !goes_on {
                break;
            }
        }
        let done = self.at - first;
        self.keep_limit();
        done
    }

    /// Runs to the end.
    pub fn finish(&mut self) -> Progress {
        loop {
            match self.run(1 << 16) {
                Progress::Running => {}
                done => return done,
            }
        }
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Arc<Program> {
        &self.p
    }

    /// How many states may be stored as one, since CPUs of the program are alike.
    #[must_use]
    pub fn alike(&self) -> usize {
        self.ground.symmetry.all().len().max(1)
    }

    /// States visited so far.
    #[must_use]
    pub fn explored(&self) -> usize {
        self.found.table.len()
    }

    /// Memory that the visited states take, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.found.table.memory() + self.found.parents.capacity() * size_of::<Origin>()
    }

    /// The outcomes found so far.
    pub fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        self.found.outcomes.keys()
    }

    /// The deadlocks found so far.
    pub fn deadlocks(&self) -> impl Iterator<Item = &Deadlock> {
        self.found.deadlocks.keys()
    }

    /// A schedule to an outcome that was found: possible, not the shortest.
    #[must_use]
    pub fn schedule(&self, outcome: &Outcome) -> Option<Vec<Step>> {
        let (id, renaming) = self.found.outcomes.get(outcome)?;
        Some(self.path(*id, *renaming))
    }

    /// A schedule into a deadlock.
    #[must_use]
    pub fn deadlock_schedule(&self, deadlock: &Deadlock) -> Option<Vec<Step>> {
        let (id, renaming) = self.found.deadlocks.get(deadlock)?;
        Some(self.path(*id, *renaming))
    }
}

/// Some CPU has done something that it may have to undo, or assumes something.
fn speculates(p: &Program, state: &State) -> bool {
    (0..p.cpus.len()).any(|cpu| {
        let code = &p.cpus[cpu];
        let c = &state.cpus[cpu];
        let open = machine::masks::range(0, code.instrs.len()) & !(c.done | c.skipped);
        let predicted = (0..code.branches.len())
            .any(|b| matches!(state.branch(cpu, b as u8), BranchState::Predicted(_)));
        let early = code.dynamic && p.model.speculates && open != 0 && code.reads & c.begun != 0;
        predicted || early || c.assumed & open != 0
    })
}
