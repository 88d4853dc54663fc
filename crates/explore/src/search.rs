//! The reduced search: every outcome of a program, in slices.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use litmus::{Cond, Term, Value};
use machine::eval::eval;
use machine::pack::Packer;
use machine::program::TermSource;
use machine::reason::Reason;
use machine::touch::Touches;
use machine::{Program, Quiet, State, Step, StepKind};
use rustc_hash::FxBuildHasher;

use crate::outcome::{Outcome, outcome};
use crate::reduce::{Next, Offer, is_late, may_deadlock};
use crate::table::{StateId, StateTable};

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

/// A search over all schedules of a program from one state.
#[derive(Debug)]
pub struct Search {
    p: Arc<Program>,
    packer: Packer,
    touches: Touches,
    start: State,
    table: StateTable,
    /// By state: where it came from, for [`Search::schedule`].
    parents: Vec<Origin>,
    stack: Vec<StateId>,
    outcomes: HashMap<Outcome, StateId, FxBuildHasher>,
    deadlocks: BTreeMap<Deadlock, StateId>,
    filter: Vec<(usize, Value)>,
    limit: usize,
    limited: bool,
    reduced: bool,
    /// Of the state that is expanded.
    here: Next,
    /// Of a state behind it.
    next: Next,
    /// The stored state that `next` is of, if it is of one.
    next_of: Option<StateId>,
    offers: Vec<Offer>,
    current: State,
    scratch: State,
    buffer: Vec<u8>,
}

/// How a stored state was reached.
#[derive(Clone, Copy, Debug)]
struct Origin {
    parent: StateId,
    /// The step.
    step: Step,
    /// For the entry of a section: the step right behind it.
    then: Option<Step>,
}

impl Origin {
    /// Of the first state.
    const NONE: Origin = Origin {
        parent: 0,
        step: Step {
            cpu: u8::MAX,
            at: 0,
            kind: StepKind::Wait,
        },
        then: None,
    };
}

/// A state in which nothing can happen and not everything has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deadlock {
    /// A grace period waits for a section of its own CPU.
    OwnSection {
        /// The CPU.
        cpu: u8,
    },
    /// Grace periods wait for sections that cannot end.
    Readers {
        /// A CPU that waits.
        cpu: u8,
    },
    /// A CPU waits for a spinlock that it holds itself, or that nobody gives back.
    Lock {
        /// The CPU.
        cpu: u8,
        /// The location of the lock.
        loc: u16,
    },
    /// A CPU waits for a callback that cannot run.
    Callback {
        /// The CPU.
        cpu: u8,
    },
}

impl Search {
    /// A search from the program's first state, of at most `limit` states.
    #[must_use]
    pub fn new(p: Arc<Program>, limit: usize) -> Search {
        let start = State::initial(&p);
        Search::from(p, start, limit)
    }

    /// A search from any state.
    #[must_use]
    pub fn from(p: Arc<Program>, start: State, limit: usize) -> Search {
        let mut search = Search {
            packer: Packer::new(&p),
            touches: Touches::new(&p),
            table: StateTable::default(),
            parents: Vec::new(),
            stack: Vec::new(),
            outcomes: HashMap::default(),
            deadlocks: BTreeMap::new(),
            filter: Vec::new(),
            limit,
            limited: false,
            reduced: true,
            here: Next::default(),
            next: Next::default(),
            next_of: None,
            offers: Vec::new(),
            current: start.clone(),
            scratch: start.clone(),
            buffer: Vec::new(),
            start,
            p,
        };
        search.scratch.copy_from(&search.start);
        search.here.gentle = may_deadlock(&search.p);
        search.visit(Origin::NONE);
        search
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
        let mut search = Search::from(p, start, limit);
        search.reduced = false;
        search.next_of = None;
        search.packer.follows_undone = true;
        search.table = StateTable::default();
        search.parents.clear();
        search.stack.clear();
        search.scratch.copy_from(&search.start);
        search.visit(Origin::NONE);
        search
    }

    /// Drops a schedule as soon as the filter cannot hold any more. To be called
    /// before the search runs.
    pub fn set_filter(&mut self, filter: &Cond) {
        let mut open = vec![filter];
        while let Some(cond) = open.pop() {
            match cond {
                Cond::And(a, b) => open.extend([&**a, &**b]),
                Cond::Eq(term @ Term::Reg(..), value) => {
                    if let Some(at) = self.p.terms.iter().position(|(t, _)| t == term) {
                        self.filter.push((at, *value));
                    }
                }
                _ => {}
            }
        }
    }

    /// Looks at `budget` more states.
    pub fn run(&mut self, budget: usize) -> Progress {
        for _ in 0..budget {
            let Some(id) = self.stack.pop() else { break };
            self.expand(id);
            if self.table.len() >= self.limit && !self.stack.is_empty() {
                self.limited = true;
                self.stack.clear();
            }
        }
        if !self.stack.is_empty() {
            Progress::Running
        } else if self.limited {
            Progress::Limited
        } else {
            Progress::Complete
        }
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

    /// States visited so far.
    #[must_use]
    pub fn explored(&self) -> usize {
        self.table.len()
    }

    /// Memory that the visited states take, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.table.memory() + self.parents.capacity() * size_of::<Origin>()
    }

    /// The outcomes found so far.
    pub fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.keys()
    }

    /// The deadlocks found so far.
    pub fn deadlocks(&self) -> impl Iterator<Item = &Deadlock> {
        self.deadlocks.keys()
    }

    /// A schedule to an outcome that was found: possible, not the shortest.
    #[must_use]
    pub fn schedule(&self, outcome: &Outcome) -> Option<Vec<Step>> {
        self.outcomes.get(outcome).map(|id| self.path(*id))
    }

    /// A schedule into a deadlock.
    #[must_use]
    pub fn deadlock_schedule(&self, deadlock: &Deadlock) -> Option<Vec<Step>> {
        self.deadlocks.get(deadlock).map(|id| self.path(*id))
    }

    /// The steps to a stored state: the stored ones, and between them the eager
    /// ones, which follow from the state.
    fn path(&self, id: StateId) -> Vec<Step> {
        let mut stored = Vec::new();
        let mut at = id;
        while at != 0 {
            let origin = self.parents[at as usize];
            stored.push(origin);
            at = origin.parent;
        }
        stored.reverse();
        let mut steps = Vec::new();
        let mut state = self.start.clone();
        let mut next = Next {
            gentle: self.here.gentle,
            ..Next::default()
        };
        next.fill(&self.p, &self.touches, &state);
        self.settle(&mut state, &mut next, |step| steps.push(step));
        for origin in stored {
            for step in [Some(origin.step), origin.then].into_iter().flatten() {
                if let Ok(plan) = self.p.plan(&state, step) {
                    self.p.apply(&mut state, step, plan, &mut Quiet::default());
                    steps.push(step);
                }
                if origin.then.is_some() && step == origin.step {
                    self.settle_behind(&mut state, step, |step| steps.push(step));
                }
            }
            next.fill(&self.p, &self.touches, &state);
            self.settle(&mut state, &mut next, |step| steps.push(step));
        }
        steps
    }

    /// Does eager steps until there is none; `next` is of `state`. False when
    /// speculation failed: the state is one that is reached without it.
    fn settle(&self, state: &mut State, next: &mut Next, mut did: impl FnMut(Step)) -> bool {
        if !self.reduced {
            return true;
        }
        let mut quiet = Quiet::default();
        while let Some(offer) = next.eager(&self.p) {
            self.p.apply(state, offer.step, offer.plan, &mut quiet);
            did(offer.step);
            if quiet.undone {
                return false;
            }
            next.refill(&self.p, &self.touches, state, offer.step);
        }
        true
    }

    /// Behind the entry of a section: fills the CPU's store buffer and does its
    /// fences, which nobody else can notice.
    fn settle_behind(&self, state: &mut State, lock: Step, mut did: impl FnMut(Step)) {
        loop {
            let mut local = None;
            self.p.ready(state, usize::from(lock.cpu), |step, plan| {
                if let (StepKind::Enter | StepKind::Fence, Ok(plan)) = (step.kind, plan) {
                    local = local.or(Some((step, plan)));
                }
            });
            let Some((step, plan)) = local else { return };
            self.p.apply(state, step, plan, &mut Quiet::default());
            did(step);
        }
    }

    /// Stores the state in `scratch`, if it is new, to be expanded.
    fn visit(&mut self, origin: Origin) {
        let mut state = std::mem::replace(&mut self.scratch, State::empty());
        self.next_of = None;
        if self.reduced {
            // `here` is of the state before the last step.
            self.next.copy_from(&self.here);
            let last = origin.then.unwrap_or(origin.step);
            self.next.refill(&self.p, &self.touches, &state, last);
        }
        let mut next = std::mem::take(&mut self.next);
        let sound = self.settle(&mut state, &mut next, |_| {});
        self.next = next;
        if sound && self.filter_may_hold(&state) {
            self.packer.canonical(&self.p, &self.touches, &mut state);
            self.buffer.clear();
            self.packer.encode(&self.p, &state, &mut self.buffer);
            let (id, new) = self.table.insert(&self.buffer);
            if new {
                self.parents.push(origin);
                self.stack.push(id);
                self.next_of = self.reduced.then_some(id);
            }
        }
        self.scratch = state;
    }

    /// The step waits for one that it makes possible.
    fn late(&self, kind: StepKind) -> bool {
        is_late(kind) && !(self.here.gentle && kind == StepKind::Lock)
    }

    fn expand(&mut self, id: StateId) {
        let mut current = std::mem::replace(&mut self.current, State::empty());
        self.packer
            .decode(&self.p, self.table.get(id), &mut current);
        if self.next_of == Some(id) {
            std::mem::swap(&mut self.here, &mut self.next);
        } else {
            self.here.fill(&self.p, &self.touches, &current);
        }
        let cpus = if self.reduced {
            self.here.persistent()
        } else {
            u64::MAX
        };
        let mut offers = std::mem::take(&mut self.offers);
        offers.clear();
        offers.extend(self.here.offers().filter(|o| cpus & (1 << o.step.cpu) != 0));
        if offers.is_empty() {
            self.terminal(id, &current);
        }
        let mut went_on = false;
        for offer in &offers {
            if self.reduced && self.late(offer.step.kind) {
                went_on |= self.go_late(id, &current, offer, &offers);
            } else {
                went_on |= self.go(id, &current, offer);
            }
        }
        if !went_on {
            // Only sections could be entered, and nothing can be done in them yet.
            for offer in offers.iter().filter(|o| is_late(o.step.kind)) {
                self.go(id, &current, offer);
            }
        }
        self.offers = offers;
        self.current = current;
    }

    /// One step. True unless speculation failed.
    fn go(&mut self, id: StateId, current: &State, offer: &Offer) -> bool {
        let mut quiet = Quiet::default();
        self.scratch.copy_from(current);
        self.p
            .apply(&mut self.scratch, offer.step, offer.plan, &mut quiet);
        let sound = !(quiet.undone && self.reduced);
        if sound {
            self.visit(Origin {
                parent: id,
                step: offer.step,
                then: None,
            });
        }
        sound
    }

    /// Enters a section, or predicts, together with each step that only this makes possible.
    fn go_late(&mut self, id: StateId, current: &State, lock: &Offer, offers: &[Offer]) -> bool {
        let mut inside = current.clone();
        let mut quiet = Quiet::default();
        self.p.apply(&mut inside, lock.step, lock.plan, &mut quiet);
        if quiet.undone {
            return false;
        }
        self.settle_behind(&mut inside, lock.step, |_| {});
        let mut then = Vec::new();
        self.p
            .ready(&inside, usize::from(lock.step.cpu), |step, plan| {
                // Two late steps can each be of use only with the other: a load in an
                // open section behind an open branch. Each such pair once.
                let new = !offers.iter().any(|o| o.step == step);
                let pair = is_late(step.kind) && step > lock.step;
                if let (true, Ok(plan)) = (new || pair, plan) {
                    then.push((step, plan));
                }
            });
        let mut went_on = false;
        for (step, plan) in then {
            let mut quiet = Quiet::default();
            self.scratch.copy_from(&inside);
            self.p.apply(&mut self.scratch, step, plan, &mut quiet);
            if !quiet.undone {
                went_on = true;
                self.visit(Origin {
                    parent: id,
                    step: lock.step,
                    then: Some(step),
                });
            }
        }
        went_on
    }

    fn terminal(&mut self, id: StateId, state: &State) {
        if self.p.is_final(state) {
            let outcome = outcome(&self.p, state);
            self.outcomes.entry(outcome).or_insert(id);
        } else if let Some(deadlock) = deadlock(&self.p, state) {
            self.deadlocks.entry(deadlock).or_insert(id);
        }
    }

    fn filter_may_hold(&self, state: &State) -> bool {
        self.filter.iter().all(|(at, wanted)| {
            let Some((_, TermSource::Reg(cpu, ex))) = self.p.terms.get(*at) else {
                return true;
            };
            match eval(&self.p, state, usize::from(*cpu), ex) {
                Some((value, 0)) => crate::outcome::decode(value) == *wanted,
                _ => true,
            }
        })
    }
}

/// Why a state in which nothing can happen is not final. `None` when CPUs wait
/// for each other between the read and the write of an atomic: hardware would
/// give one of them up, and that schedule is another one.
#[must_use]
pub fn deadlock(p: &Program, state: &State) -> Option<Deadlock> {
    let mut found = None;
    let mut reserved = false;
    for cpu in 0..p.cpus.len() {
        p.look(state, cpu, |step, plan| {
            let c = step.cpu;
            match plan {
                Err(Reason::Reserved { .. } | Reason::WouldSucceed) => reserved = true,
                Err(Reason::Readers { sections }) => {
                    let own = machine::masks::bits(sections)
                        .any(|s| p.sections.get(s).is_some_and(|x| x.cpu == c));
                    let this = if own {
                        Deadlock::OwnSection { cpu: c }
                    } else {
                        Deadlock::Readers { cpu: c }
                    };
                    found = Some(found.map_or(this, |f: Deadlock| f.min(this)));
                }
                Err(Reason::LockHeld { loc }) => {
                    let this = Deadlock::Lock { cpu: c, loc };
                    found = Some(found.map_or(this, |f: Deadlock| f.min(this)));
                }
                Err(Reason::Callback { .. }) => {
                    let this = Deadlock::Callback { cpu: c };
                    found = Some(found.map_or(this, |f: Deadlock| f.min(this)));
                }
                _ => {}
            }
        });
    }
    if reserved { None } else { found }
}
