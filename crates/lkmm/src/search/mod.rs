//! Candidate executions: for every choice of control paths, every way in which
//! reads find writes and writes of a location follow one another. Candidates are
//! not enumerated and tested: after each choice, what follows for coherence, for
//! atomics and for the order that the model asks of anything is drawn at once,
//! and a choice that leads nowhere is left.

mod begin;
mod bounds;
mod candidate;
mod choose;
mod fill;
mod load;
mod sections;
mod settle;

use std::sync::Arc;

use litmus::{Cond, Term, Test};

use crate::algebra::Level;
use crate::eval::Evaluator;
use crate::models::Model;
use crate::paths::{JudgeError, Threads, threads};
use crate::relation::{Bits, Relation, bit, bits};
use crate::skeleton::{Skeleton, Values};
use bounds::Bounds;

pub(crate) use candidate::Candidate;

/// How executions are counted that differ only in what SRCU's sections find of one another: which entry reads from which
/// exit, and in which order the exits come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counting {
    /// Each counts, as to herd7. Those that nothing can tell apart are a factor.
    #[default]
    All,
    /// Each counts, and each is built. Slow: it is what tests compare with.
    OneByOne,
    /// Together they count as one. Verdict, states and flags are the same, and come sooner.
    AsOne,
}

/// Which candidates are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Only those with this outcome.
    pub outcome: Option<Cond>,
    /// Forbidden ones too, coherent or not.
    pub forbidden: bool,
    /// Those that violate coherence, and atomicity, as well.
    pub incoherent: bool,
    /// Those that violate atomicity as well.
    pub torn: bool,
    /// How they are counted.
    pub counting: Counting,
    /// Flags are asked of them.
    pub flags: bool,
    /// Those as well that come to where C says nothing any more: see [`Candidate::broken`].
    pub broken: bool,
}

/// What the search has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A candidate that the model allows.
    Allowed,
    /// A candidate that it forbids, by this check. Only when wanted.
    Forbidden(usize),
    /// The budget is used up.
    Paused,
    /// There are no more.
    Done,
}

/// What is chosen and what follows from it.
#[derive(Clone, Debug, Default)]
struct State {
    /// By event: the write that the read finds.
    rf: Vec<u8>,
    /// Reads that have their write.
    assigned: Bits,
    /// Section entries of quiet domains that have theirs, or the initial value.
    placed: Bits,
    /// By event: the value that it finds, for those in `known`.
    found: Vec<i64>,
    known: Bits,
    /// Reads through pointers that lead to no variable, and that find nothing there.
    adrift: Bits,
    locs: Vec<u16>,
    /// By location: accesses that are known to go there.
    at: Vec<Bits>,
    /// Transitive: the order within each location as far as it is known.
    coherence: Relation,
    /// Transitive: a part of the order in which the model asks everything to be.
    order: Relation,
}

impl State {
    fn copy_from(&mut self, other: &State) {
        self.rf.clone_from(&other.rf);
        self.assigned = other.assigned;
        self.placed = other.placed;
        self.found.clone_from(&other.found);
        self.known = other.known;
        self.adrift = other.adrift;
        self.locs.clone_from(&other.locs);
        self.at.clone_from(&other.at);
        self.coherence.copy_from(&other.coherence);
        self.order.copy_from(&other.order);
    }
}

#[derive(Clone, Copy, Debug)]
enum Choice {
    /// Which of two critical sections of one lock comes first.
    Sections(usize, usize),
    /// Which of these writes the read finds.
    ReadsFrom(usize, Bits),
    /// The same of a read through a pointer that leads to no variable; or it finds nothing.
    Nowhere(usize, Bits),
    /// Which of two writes comes first.
    Writes(usize, usize),
    /// Which of these writes the section entry finds; itself stands for the initial value.
    Section(usize, Bits),
    /// Which of two section exits comes first.
    SectionEnds(usize, usize),
}

impl Choice {
    /// It concerns a quiet domain.
    fn of_section(self) -> bool {
        matches!(self, Choice::Section(..) | Choice::SectionEnds(..))
    }
}

/// What a candidate comes to that is complete but for its quiet domains.
enum Judged {
    Found(Found),
    /// This matters, and is open.
    Open(Choice),
    Dropped,
}

#[derive(Debug)]
struct Frame {
    choice: Choice,
    /// How many alternatives were tried.
    tried: u32,
    state: State,
}

/// A search for candidates. It can be paused.
#[derive(Debug)]
pub(crate) struct Search {
    test: Arc<Test>,
    threads: Threads,
    model: &'static Model,
    evaluator: Evaluator<'static>,
    wanted: Wanted,
    /// Terms whose variables need an initial write.
    terms: Vec<Term>,
    /// By thread: the path chosen. Behind the last when `exhausted`.
    chosen: Vec<usize>,
    skeleton: Option<Skeleton>,
    state: State,
    /// The addresses of the locations behind those of variables.
    nowhere: Vec<i64>,
    /// Some thread computes what can have no result.
    fragile: bool,
    frames: Vec<Frame>,
    depth: usize,
    /// By check: it need not be asked.
    skip: Vec<bool>,
    enforce: Enforce,
    exhausted: bool,
    /// The present state has just been reached by going on, not back.
    descending: bool,
    checked: bool,
    bounds: Bounds,
    /// The ways to fill in the quiet domains before anything is chosen there.
    unchosen_ways: Option<u64>,
    /// Whichever way they are filled in, the flags are the same.
    same_flags: bool,
    /// How many executions the candidate at hand stands for.
    pub weight: u64,
    /// Decisions taken so far.
    pub steps: u64,
    /// Candidates on which the whole model was evaluated.
    pub evaluated: u64,
}

/// What is drawn while building.
#[derive(Clone, Copy, Debug)]
struct Enforce {
    coherence: bool,
    atomic: bool,
    order: bool,
}

impl std::fmt::Debug for Threads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} threads", self.threads.len())
    }
}

const NONE: u8 = u8::MAX;

impl Search {
    pub fn new(
        test: Arc<Test>,
        model: &'static Model,
        wanted: Wanted,
    ) -> Result<Search, JudgeError> {
        let threads = threads(&test)?;
        let graph = &model.graph;
        let has = |name: &str| graph.checks.iter().any(|c| c.name == name);
        let enforce = Enforce {
            coherence: model.usual && has("coherence") && !wanted.incoherent,
            atomic: model.usual && has("atomic") && !wanted.torn && !wanted.incoherent,
            order: !wanted.forbidden,
        };
        let skip = graph
            .checks
            .iter()
            .map(|c| {
                (c.name == "coherence" && enforce.coherence)
                    || (c.name == "atomic" && enforce.atomic)
            })
            .collect();
        let mut terms = test.observed();
        for cond in test
            .filter
            .iter()
            .chain(&wanted.outcome)
            .chain(test.outcomes.iter().map(|o| &o.cond))
        {
            terms.extend(cond.terms());
        }
        let chosen = vec![0; threads.threads.len()];
        let exhausted = threads.threads.iter().any(|t| t.paths.is_empty());
        Ok(Search {
            fragile: threads.fragile(&test),
            test,
            threads,
            model,
            evaluator: Evaluator::new(graph),
            wanted,
            terms,
            chosen,
            skeleton: None,
            state: State::default(),
            nowhere: Vec::new(),
            frames: Vec::new(),
            depth: 0,
            skip,
            enforce,
            exhausted,
            descending: false,
            checked: false,
            bounds: Bounds::new(graph),
            unchosen_ways: None,
            same_flags: true,
            weight: 1,
            steps: 0,
            evaluated: 0,
        })
    }

    /// The candidate at hand.
    pub fn candidate(&self) -> Option<Candidate<'_>> {
        self.skeleton.as_ref().map(|skeleton| Candidate {
            test: &self.test,
            threads: &self.threads,
            skeleton,
            chosen: &self.chosen,
            locs: &self.state.locs,
            adrift: self.state.adrift,
            found: &self.state.found,
            known: self.state.known,
            coherence: &self.state.coherence,
        })
    }

    /// The candidate at hand may be broken, or load through a pointer that leads to no variable.
    pub fn may_break(&self) -> bool {
        self.fragile || self.skeleton.as_ref().is_some_and(|s| s.dynamic != 0)
    }

    /// The model on the candidate at hand.
    pub fn evaluator(&mut self) -> &mut Evaluator<'static> {
        &mut self.evaluator
    }

    /// This flag need not be asked for any more.
    pub fn leave_flag(&mut self, check: usize) {
        self.skip[check] = true;
    }

    /// Goes on to the next candidate that is wanted, with a budget of decisions.
    pub fn next(&mut self, mut budget: u64) -> Result<Found, JudgeError> {
        loop {
            if self.exhausted {
                return Ok(Found::Done);
            }
            if budget == 0 {
                return Ok(Found::Paused);
            }
            budget -= 1;
            self.steps += 1;
            if self.skeleton.is_none() {
                self.descending = self.begin()?;
                if !self.descending {
                    self.next_paths();
                }
                continue;
            }
            if self.descending {
                match self.choose() {
                    Some(Some(choice)) => self.push(choice),
                    Some(None) => {
                        self.descending = false;
                        match self.judge() {
                            Judged::Found(found) => return Ok(found),
                            Judged::Open(choice) => self.push(choice),
                            Judged::Dropped => {}
                        }
                    }
                    None => self.descending = false,
                }
            } else if self.depth == 0 {
                self.next_paths();
            } else {
                self.descending = self.alternative();
            }
        }
    }

    fn next_paths(&mut self) {
        self.skeleton = None;
        for (at, thread) in self.threads.threads.iter().enumerate() {
            self.chosen[at] += 1;
            if self.chosen[at] < thread.paths.len() {
                return;
            }
            self.chosen[at] = 0;
        }
        self.exhausted = true;
    }

    fn values(&self) -> Option<Values<'_>> {
        self.skeleton.as_ref().map(|skeleton| Values {
            test: &self.test,
            threads: &self.threads,
            skeleton,
            chosen: &self.chosen,
            found: &self.state.found,
            known: self.state.known,
        })
    }

    fn push(&mut self, choice: Choice) {
        if self.frames.len() == self.depth {
            self.frames.push(Frame {
                choice,
                tried: 0,
                state: State::default(),
            });
        }
        let frame = &mut self.frames[self.depth];
        frame.choice = choice;
        frame.tried = 0;
        frame.state.copy_from(&self.state);
        self.depth += 1;
        self.descending = false;
    }

    /// Tries the next alternative of the last choice. `false`: it leads nowhere, or there is none.
    fn alternative(&mut self) -> bool {
        let frame = &mut self.frames[self.depth - 1];
        let tried = frame.tried;
        frame.tried += 1;
        let choice = frame.choice;
        let count = match choice {
            Choice::ReadsFrom(_, writes) | Choice::Section(_, writes) => writes.count_ones(),
            Choice::Nowhere(_, writes) => writes.count_ones() + 1,
            Choice::Sections(..) | Choice::Writes(..) | Choice::SectionEnds(..) => 2,
        };
        if tried >= count {
            self.depth -= 1;
            // What the sections found is open again.
            self.checked &= !choice.of_section();
            return false;
        }
        self.state.copy_from(&frame.state);
        match choice {
            Choice::ReadsFrom(read, writes) | Choice::Nowhere(read, writes) => {
                self.checked = false;
                match bits(writes).nth(tried as usize) {
                    Some(write) => self.assign(read, write) && self.settle(),
                    None => {
                        self.state.adrift |= bit(read);
                        self.state.known |= bit(read);
                        self.settle()
                    }
                }
            }
            Choice::Section(entry, writes) => {
                self.checked = false;
                let Some(write) = bits(writes).nth(tried as usize) else {
                    return false;
                };
                self.place(entry, write) && self.settle() && self.force_sections()
            }
            Choice::SectionEnds(a, b) => {
                self.checked = false;
                let (first, second) = if tried == 0 { (a, b) } else { (b, a) };
                self.state.coherence.add_closed(first, second)
                    && self.settle_coherence()
                    && self.force_sections()
            }
            Choice::Writes(a, b) => {
                let (first, second) = if tried == 0 { (a, b) } else { (b, a) };
                self.state.coherence.add_closed(first, second)
                    && self.settle_coherence()
                    && self.hopeful()
            }
            Choice::Sections(a, b) => {
                let (first, second) = if tried == 0 { (a, b) } else { (b, a) };
                self.sections_in_order(first, second)
            }
        }
    }

    fn sections_in_order(&mut self, first: usize, second: usize) -> bool {
        let Some(skeleton) = &self.skeleton else {
            return false;
        };
        let (first, second) = (skeleton.critical[first], skeleton.critical[second]);
        // Who never unlocks comes last.
        let Some(unlock) = first.unlock else {
            return false;
        };
        let coherence = &mut self.state.coherence;
        if self.enforce.coherence {
            coherence.add_closed(unlock, second.read)
        } else {
            coherence.add_closed(first.write, unlock)
                && coherence.add_closed(unlock, second.write)
                && second
                    .unlock
                    .is_none_or(|u| coherence.add_closed(second.write, u))
        }
    }

    /// Judges the whole candidate, but for what is open in quiet domains.
    fn judge(&mut self) -> Judged {
        let Some(candidate) = self.candidate() else {
            return Judged::Dropped;
        };
        let passes = self
            .test
            .filter
            .iter()
            .chain(&self.wanted.outcome)
            .all(|cond| candidate.satisfies(cond));
        if !passes || self.fragile && !self.wanted.broken && candidate.undefined() {
            return Judged::Dropped;
        }
        let level = if self.checked {
            Level::Coherence
        } else {
            Level::ReadsFrom
        };
        self.load(level);
        self.checked = true;
        self.evaluated += 1;
        if let Some(check) = self.evaluator.violated(&self.skip) {
            if !self.wanted.forbidden {
                return Judged::Dropped;
            }
            self.leave_sections();
            return Judged::Found(Found::Forbidden(check));
        }
        if self.skeleton.as_ref().is_none_or(|s| s.quiet.is_empty()) {
            self.weight = 1;
            return Judged::Found(Found::Allowed);
        }
        if let Some(choice) = self.section_choice() {
            return Judged::Open(choice);
        }
        self.weight = self.weigh();
        if self.wanted.counting == Counting::AsOne && self.same_flags {
            self.leave_sections();
        }
        Judged::Found(Found::Allowed)
    }
}
