//! Candidate executions: for every choice of control paths, every way in which
//! reads find writes and writes of a location follow one another. Candidates are
//! not enumerated and tested: after each choice, what follows for coherence, for
//! atomics and for the order that the model asks of anything is drawn at once,
//! and a choice that leads nowhere is left.

use std::sync::Arc;

use litmus::{Cond, Term, Test};

use crate::algebra::{Base, CheckKind, Level};
use crate::eval::Evaluator;
use crate::models::Model;
use crate::paths::{JudgeError, Threads, threads};
use crate::relation::{Bits, Relation, bit, bits};
use crate::skeleton::{NO_THREAD, Skeleton, UNKNOWN, Values, same_locations};
use crate::tags;
use crate::value::{decode, encode, is_symbol, symbol};

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
    /// By event: the value that it finds, for those in `known`.
    found: Vec<i64>,
    known: Bits,
    locs: Vec<u16>,
    /// By variable: accesses that are known to go there.
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
        self.found.clone_from(&other.found);
        self.known = other.known;
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
    /// Which of two writes comes first.
    Writes(usize, usize),
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
    frames: Vec<Frame>,
    depth: usize,
    skip: Vec<bool>,
    enforce: Enforce,
    exhausted: bool,
    /// The present state has just been reached by going on, not back.
    descending: bool,
    checked: bool,
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

/// The events of the candidate at hand, and its relations.
pub(crate) struct Candidate<'s> {
    pub test: &'s Test,
    pub threads: &'s Threads,
    pub skeleton: &'s Skeleton,
    pub chosen: &'s [usize],
    pub locs: &'s [u16],
    found: &'s [i64],
    known: Bits,
    coherence: &'s Relation,
}

impl Candidate<'_> {
    pub fn values(&self) -> Values<'_> {
        Values {
            test: self.test,
            threads: self.threads,
            skeleton: self.skeleton,
            chosen: self.chosen,
            found: self.found,
            known: self.known,
        }
    }

    /// The final value of what a condition names.
    pub fn term(&self, term: Term) -> i64 {
        self.term_known(term).unwrap_or(0)
    }

    fn term_known(&self, term: Term) -> Option<i64> {
        match term {
            Term::Reg(thread, reg) => {
                let thread = usize::from(thread);
                let path = *self.chosen.get(thread)?;
                let sym = self.threads.threads[thread].paths[path].register(reg)?;
                self.values().eval(thread, sym)
            }
            Term::Var(var) => {
                let writes = self.skeleton.set(tags::W);
                let here = |e: &usize| self.locs[*e] == var.0;
                let last = bits(writes).filter(here).find(|w| {
                    bits(writes)
                        .filter(here)
                        .all(|v| v == *w || self.coherence.has(v, *w))
                });
                match last {
                    Some(write) => self.values().stored(write),
                    None if bits(writes).any(|w| here(&w)) => None,
                    None => self
                        .test
                        .vars
                        .get(usize::from(var.0))
                        .map(|v| encode(v.init)),
                }
            }
        }
    }

    /// Whether a formula holds, if that is known.
    fn holds(&self, cond: &Cond) -> Option<bool> {
        let vars = self.threads.vars;
        Some(match cond {
            Cond::True => true,
            Cond::False => false,
            Cond::Eq(term, value) => {
                let found = self.term_known(*term)?;
                !is_symbol(found) && decode(found, vars) == *value
            }
            Cond::EqTerm(a, b) => {
                let (a, b) = (self.term_known(*a)?, self.term_known(*b)?);
                a == b || (!is_symbol(a) && !is_symbol(b) && decode(a, vars) == decode(b, vars))
            }
            Cond::Not(a) => !self.holds(a)?,
            Cond::And(a, b) => match (self.holds(a), self.holds(b)) {
                (Some(false), _) | (_, Some(false)) => false,
                (a, b) => a? && b?,
            },
            Cond::Or(a, b) => match (self.holds(a), self.holds(b)) {
                (Some(true), _) | (_, Some(true)) => true,
                (a, b) => a? || b?,
            },
            Cond::Implies(a, b) => match (self.holds(a), self.holds(b)) {
                (Some(false), _) | (_, Some(true)) => true,
                (a, b) => !a? || b?,
            },
        })
    }

    /// Whether a formula holds of the whole candidate.
    pub fn satisfies(&self, cond: &Cond) -> bool {
        self.holds(cond) == Some(true)
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
            test,
            threads,
            model,
            evaluator: Evaluator::new(graph),
            wanted,
            terms,
            chosen,
            skeleton: None,
            state: State::default(),
            frames: Vec::new(),
            depth: 0,
            skip,
            enforce,
            exhausted,
            descending: false,
            checked: false,
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
            found: &self.state.found,
            known: self.state.known,
            coherence: &self.state.coherence,
        })
    }

    /// The model on the candidate at hand.
    pub fn evaluator(&mut self) -> &mut Evaluator<'static> {
        &mut self.evaluator
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
                        if let Some(found) = self.judge() {
                            return Ok(found);
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

    /// Begins with the chosen control paths. `false` when they lead nowhere.
    fn begin(&mut self) -> Result<bool, JudgeError> {
        let wanted: Vec<u16> = self
            .terms
            .iter()
            .filter_map(|term| match term {
                Term::Var(var) => Some(var.0),
                Term::Reg(..) => None,
            })
            .collect();
        let Some(skeleton) = Skeleton::new(&self.test, &self.threads, &self.chosen, &wanted) else {
            return Err(JudgeError {
                span: litmus::Span::default(),
                message: format!(
                    "an execution of this test has more than {} events",
                    crate::relation::MAX_EVENTS
                ),
            });
        };
        let n = skeleton.n;
        self.evaluator.skeleton(&skeleton);
        self.depth = 0;
        self.checked = false;
        let state = &mut self.state;
        state.rf.clear();
        state.rf.resize(n, NONE);
        state.assigned = 0;
        state.found.clear();
        state.found.resize(n, 0);
        state.known = 0;
        state.locs.clone_from(&skeleton.locs);
        state.at.clear();
        state.at.resize(self.threads.vars, 0);
        state.coherence.clear(n);
        state.order.clear(n);
        let stuck = skeleton.stuck;
        self.skeleton = Some(skeleton);
        if stuck {
            return Ok(false);
        }
        Ok(self.begin_order() && self.begin_locations() && self.begin_values() && self.settle())
    }

    /// What the model orders whatever is read.
    fn begin_order(&mut self) -> bool {
        if !self.enforce.order {
            return true;
        }
        let graph = self.evaluator.graph();
        for check in &graph.checks {
            if check.kind == CheckKind::Acyclic && self.model.order == Some(check.name.as_str()) {
                let order = self.evaluator.relation(check.node);
                if order.reflexive_somewhere() {
                    return false;
                }
                self.state.order.copy_from(order);
            }
        }
        true
    }

    fn begin_locations(&mut self) -> bool {
        let Some(skeleton) = &self.skeleton else {
            return false;
        };
        let accesses = skeleton.set(tags::M);
        let known: Vec<usize> = bits(accesses)
            .filter(|e| self.state.locs[*e] != UNKNOWN)
            .collect();
        known.into_iter().all(|e| self.arrive(e))
    }

    /// An access whose location is known.
    fn arrive(&mut self, event: usize) -> bool {
        let Some(skeleton) = &self.skeleton else {
            return false;
        };
        let state = &mut self.state;
        let loc = usize::from(state.locs[event]);
        let Some(at) = state.at.get_mut(loc) else {
            return false;
        };
        let before = *at;
        *at |= bit(event);
        let writes = skeleton.set(tags::W);
        let thread = skeleton.thread[event];
        for other in bits(before) {
            let init = |e: usize| skeleton.thread[e] == NO_THREAD;
            let ordered = if init(other) || init(event) {
                // Initial writes come first in coherence.
                (writes & bit(other) != 0) && (writes & bit(event) != 0)
            } else {
                self.enforce.coherence && skeleton.thread[other] == thread
            };
            if !ordered {
                continue;
            }
            let (first, second) = if init(event) || (!init(other) && event < other) {
                (event, other)
            } else {
                (other, event)
            };
            if !state.coherence.add_closed(first, second) {
                return false;
            }
        }
        true
    }

    /// Values that a control path fixes: what a successful `cmpxchg` finds.
    fn begin_values(&mut self) -> bool {
        let mut forced = Vec::new();
        for (thread, path) in self.threads.threads.iter().zip(&self.chosen).enumerate() {
            let (nodes, path) = (&path.0.nodes, &path.0.paths[*path.1]);
            for (sym, truth) in &path.constraints {
                use crate::paths::Node;
                let (event, value) =
                    match &nodes[*sym as usize] {
                        Node::Binary(litmus::BinOp::Eq, a, b) if *truth => {
                            match (&nodes[*a as usize], &nodes[*b as usize]) {
                                (Node::Read(e), Node::Const(v))
                                | (Node::Const(v), Node::Read(e)) => (*e, *v),
                                _ => continue,
                            }
                        }
                        Node::Binary(litmus::BinOp::Ne, a, b) if !*truth => {
                            match (&nodes[*a as usize], &nodes[*b as usize]) {
                                (Node::Read(e), Node::Const(v))
                                | (Node::Const(v), Node::Read(e)) => (*e, *v),
                                _ => continue,
                            }
                        }
                        Node::Read(e) if !*truth => (*e, 0),
                        _ => continue,
                    };
                forced.push((thread, usize::from(event), value));
            }
        }
        let Some(skeleton) = &self.skeleton else {
            return false;
        };
        for (thread, local, value) in forced {
            let event = skeleton.first[thread] + local;
            let known = self.state.known & bit(event) != 0;
            if known && self.state.found[event] != value {
                return false;
            }
            self.state.known |= bit(event);
            self.state.found[event] = value;
        }
        true
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

    /// Draws what follows for values, locations, constraints and coherence.
    fn settle(&mut self) -> bool {
        self.settle_values() && self.settle_coherence() && self.hopeful()
    }

    fn settle_values(&mut self) -> bool {
        loop {
            let mut changed = false;
            for read in bits(self.state.assigned) {
                let write = usize::from(self.state.rf[read]);
                let Some(stored) = self.values().and_then(|v| v.stored(write)) else {
                    continue;
                };
                if self.state.known & bit(read) == 0 {
                    self.state.known |= bit(read);
                    self.state.found[read] = stored;
                    changed = true;
                } else if self.state.found[read] != stored {
                    return false;
                }
            }
            let dynamic = self.skeleton.as_ref().map_or(0, |s| s.dynamic);
            for event in bits(dynamic) {
                if self.state.locs[event] != UNKNOWN {
                    continue;
                }
                if let Some(var) = self.values().and_then(|v| v.location(event)) {
                    let Ok(var) = var else {
                        return false;
                    };
                    self.state.locs[event] = var.0;
                    if !self.arrive(event) {
                        return false;
                    }
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        for read in bits(self.state.assigned) {
            let write = usize::from(self.state.rf[read]);
            let (a, b) = (self.state.locs[read], self.state.locs[write]);
            if a != b && a != UNKNOWN && b != UNKNOWN {
                return false;
            }
        }
        self.constraints() != Some(false)
    }

    /// Whether the control paths are taken; `None` while that is open.
    fn constraints(&self) -> Option<bool> {
        let values = self.values()?;
        let mut all = Some(true);
        for (thread, path) in self.chosen.iter().enumerate() {
            for (sym, truth) in &self.threads.threads[thread].paths[*path].constraints {
                match values.eval(thread, *sym) {
                    Some(value) if is_symbol(value) => all = None,
                    Some(value) if (value != 0) != *truth => return Some(false),
                    Some(_) => {}
                    None => all = None,
                }
            }
        }
        all
    }

    /// The filter and the wanted outcome can still hold.
    fn hopeful(&self) -> bool {
        let Some(candidate) = self.candidate() else {
            return false;
        };
        self.test
            .filter
            .iter()
            .chain(&self.wanted.outcome)
            .all(|cond| candidate.holds(cond) != Some(false))
    }

    /// The order within each location, as far as reads-from and atomics say it.
    fn settle_coherence(&mut self) -> bool {
        let Some(skeleton) = &self.skeleton else {
            return false;
        };
        if !self.enforce.coherence {
            return true;
        }
        let writes = skeleton.set(tags::W);
        let State {
            rf,
            assigned,
            locs,
            at,
            coherence,
            ..
        } = &mut self.state;
        loop {
            let mut changed = false;
            for read in bits(*assigned) {
                let write = usize::from(rf[read]);
                let Some(here) = at.get(usize::from(locs[read])) else {
                    continue;
                };
                let others = here & writes & !bit(write);
                if others & bit(write) == 0 && here & bit(write) == 0 {
                    continue;
                }
                if !coherence.has(write, read) {
                    if !coherence.add_closed(write, read) {
                        return false;
                    }
                    changed = true;
                }
                // What is written after the write that is read comes after the read.
                for later in bits(coherence.row(write) & others & !coherence.row(read)) {
                    if !coherence.add_closed(read, later) {
                        return false;
                    }
                    changed = true;
                }
                // What is written before the read comes before the write that is read.
                for other in bits(others & !bit(read)) {
                    if coherence.has(other, read) && !coherence.has(other, write) {
                        if !coherence.add_closed(other, write) {
                            return false;
                        }
                        changed = true;
                    }
                }
                let Some(own) = skeleton.rmw[read].filter(|_| self.enforce.atomic) else {
                    continue;
                };
                // Nothing of another CPU comes between the halves of an atomic.
                for other in bits(others & !bit(own)) {
                    if skeleton.thread[other] == skeleton.thread[read] {
                        continue;
                    }
                    let (after, before) = (coherence.has(write, other), coherence.has(other, own));
                    if after && !coherence.has(own, other) {
                        if !coherence.add_closed(own, other) {
                            return false;
                        }
                        changed = true;
                    }
                    if before && !coherence.has(other, write) {
                        if !coherence.add_closed(other, write) {
                            return false;
                        }
                        changed = true;
                    }
                }
            }
            if !changed {
                return true;
            }
        }
    }

    /// The next choice. `Some(None)`: all are made. `None`: this leads nowhere.
    fn choose(&mut self) -> Option<Option<Choice>> {
        if let Some(choice) = self.open_sections() {
            return Some(Some(choice));
        }
        let locked = self.state.assigned;
        if !self.lock_reads() {
            return None;
        }
        if self.state.assigned != locked && !self.wanted.incoherent {
            // Some orders of critical sections are too much alone.
            self.load(Level::ReadsFrom);
            if self.evaluator.violated(&self.skip).is_some() {
                return None;
            }
        }
        let mut best: Option<(u32, usize, Bits)> = None;
        let skeleton = self.skeleton.as_ref()?;
        for read in bits(skeleton.set(tags::R) & !self.state.assigned) {
            let writes = self.possible(skeleton, read);
            let count = writes.count_ones();
            if count == 0 {
                return None;
            }
            if best.is_none_or(|(least, ..)| count < least) {
                best = Some((count, read, writes));
                if count == 1 {
                    break;
                }
            }
        }
        if let Some((_, read, writes)) = best {
            self.checked = false;
            return Some(Some(Choice::ReadsFrom(read, writes)));
        }
        if !self.finish_values() {
            return None;
        }
        let writes = self.open_writes();
        if writes.is_some() && !self.checked {
            // What is known already may be too much.
            self.load(Level::ReadsFrom);
            self.checked = true;
            if !self.wanted.forbidden && self.evaluator.violated(&self.skip).is_some() {
                return None;
            }
        }
        Some(writes)
    }

    /// Two critical sections of one lock that have no order yet.
    fn open_sections(&self) -> Option<Choice> {
        let critical = &self.skeleton.as_ref()?.critical;
        for (i, a) in critical.iter().enumerate() {
            for (j, b) in critical.iter().enumerate().skip(i + 1) {
                let order = &self.state.coherence;
                if a.lock == b.lock && !order.has(a.write, b.write) && !order.has(b.write, a.write)
                {
                    return Some(Choice::Sections(i, j));
                }
            }
        }
        None
    }

    /// With the order of critical sections known, each lock finds the unlock before it.
    fn lock_reads(&mut self) -> bool {
        let Some(skeleton) = &self.skeleton else {
            return false;
        };
        let mut found = Vec::new();
        for c in &skeleton.critical {
            if self.state.assigned & bit(c.read) != 0 {
                continue;
            }
            let before = |d: &&crate::skeleton::Critical| {
                d.lock == c.lock && self.state.coherence.has(d.write, c.write)
            };
            let mut last: Option<&crate::skeleton::Critical> = None;
            for d in skeleton.critical.iter().filter(before) {
                if last.is_none_or(|l| self.state.coherence.has(l.write, d.write)) {
                    last = Some(d);
                }
            }
            let write = match last {
                Some(d) => d.unlock,
                None => skeleton.inits.iter().position(|var| *var == c.lock),
            };
            let Some(write) = write else {
                return false;
            };
            found.push((c.read, write));
        }
        if found.is_empty() {
            return true;
        }
        for (read, write) in found {
            // Whether it is locked is told by the order alone.
            self.state.known |= bit(read);
            self.state.found[read] = self.values().and_then(|v| v.stored(write)).unwrap_or(0);
            if !self.assign(read, write) {
                return false;
            }
        }
        self.settle()
    }

    /// The writes that a read may still find.
    fn possible(&self, skeleton: &Skeleton, read: usize) -> Bits {
        let state = &self.state;
        if let Some((_, from)) = skeleton.lock_reads.iter().find(|(e, _)| *e == read) {
            return if self.enforce.coherence {
                from & !state.coherence.row(read)
            } else {
                *from
            };
        }
        let writes = skeleton.set(tags::W) & !skeleton.set(tags::LKW | tags::UL);
        let unknown = skeleton.dynamic;
        let unknown = bits(unknown & writes)
            .filter(|w| state.locs[*w] == UNKNOWN)
            .fold(0, |set, w| set | bit(w));
        let here = match state.at.get(usize::from(state.locs[read])) {
            Some(at) => at & writes,
            None => writes,
        };
        let mut from = (here | unknown) & !bit(read);
        if self.enforce.coherence && state.locs[read] != UNKNOWN {
            from &= !state.coherence.row(read);
            for newer in bits(here) {
                if !state.coherence.has(newer, read) {
                    continue;
                }
                for older in bits(from & !bit(newer)) {
                    if state.coherence.has(older, newer) {
                        from &= !bit(older);
                    }
                }
            }
        }
        if let Some(own) = skeleton.rmw[read] {
            from &= !bit(own);
            // Two atomics never find the same write.
            if self.enforce.atomic && self.enforce.coherence {
                for other in bits(state.assigned) {
                    if skeleton.rmw[other].is_some() {
                        from &= !bit(usize::from(state.rf[other]));
                    }
                }
            }
        }
        if self.enforce.order && self.ordered(skeleton, read) {
            let later = state.order.row(read);
            for write in bits(from & later) {
                if self.ordered(skeleton, write) && skeleton.thread[write] != skeleton.thread[read]
                {
                    from &= !bit(write);
                }
            }
        }
        if state.known & bit(read) != 0
            && let Some(values) = self.values()
        {
            for write in bits(from) {
                if values.stored(write).is_some_and(|v| v != state.found[read]) {
                    from &= !bit(write);
                }
            }
        }
        from
    }

    /// The model's order speaks of this event.
    fn ordered(&self, skeleton: &Skeleton, event: usize) -> bool {
        !self.model.marked_only || skeleton.tags[event] & tags::MARKED != 0
    }

    fn assign(&mut self, read: usize, write: usize) -> bool {
        let Some(skeleton) = &self.skeleton else {
            return false;
        };
        self.state.rf[read] = write as u8;
        self.state.assigned |= bit(read);
        let external = skeleton.thread[read] != skeleton.thread[write];
        if self.enforce.order
            && external
            && self.ordered(skeleton, read)
            && self.ordered(skeleton, write)
            && !self.state.order.add_closed(write, read)
        {
            return false;
        }
        true
    }

    /// Values that nothing says: a circle of copies is one value out of thin air.
    fn finish_values(&mut self) -> bool {
        let Some(skeleton) = &self.skeleton else {
            return false;
        };
        let reads = skeleton.set(tags::R);
        if reads & !self.state.known == 0 {
            return self.placed() && self.constraints() == Some(true);
        }
        while let Some(start) = bits(reads & !self.state.known).next() {
            // Follow the copies to a read that the walk has met already.
            let mut walk = Vec::new();
            let mut at = start;
            while !walk.contains(&at) {
                walk.push(at);
                let Some(next) = self.copied_from(at) else {
                    return false;
                };
                at = next;
            }
            let from = walk.iter().position(|read| *read == at).unwrap_or(0);
            let name = walk[from..].iter().map(|read| self.named(*read)).max();
            self.state.known |= bit(at);
            self.state.found[at] = symbol(name.unwrap_or(0));
            if !self.settle() {
                return false;
            }
        }
        self.placed() && self.constraints() == Some(true)
    }

    /// The read whose value the write that a read finds has copied.
    fn copied_from(&self, read: usize) -> Option<usize> {
        let write = usize::from(self.state.rf[read]);
        let values = self.values()?;
        let (thread, event) = values.path_event(write)?;
        match self.threads.threads[thread].nodes[event.value? as usize] {
            crate::paths::Node::Read(local) => {
                Some(values.skeleton.first[thread] + usize::from(local))
            }
            _ => None,
        }
    }

    /// The last name that the value of a read has, counted over all threads.
    fn named(&self, read: usize) -> usize {
        let Some(skeleton) = &self.skeleton else {
            return 0;
        };
        let thread = usize::from(skeleton.thread[read]);
        let all = &self.threads.threads;
        let before: u32 = all[..thread].iter().map(|t| t.names).sum();
        let path = &all[thread].paths[self.chosen[thread]];
        before as usize + path.last_name(read - skeleton.first[thread])
    }

    /// Every access goes somewhere.
    fn placed(&self) -> bool {
        let dynamic = self.skeleton.as_ref().map_or(0, |s| s.dynamic);
        bits(dynamic).all(|e| self.state.locs[e] != UNKNOWN)
    }

    /// Two writes of one location that have no order yet.
    fn open_writes(&self) -> Option<Choice> {
        let skeleton = self.skeleton.as_ref()?;
        let writes = skeleton.set(tags::W) & !skeleton.set(tags::LKW | tags::UL);
        for at in &self.state.at {
            let here = at & writes;
            for a in bits(here) {
                for b in bits(here & !(bit(a) | (bit(a) - 1))) {
                    if !self.state.coherence.has(a, b) && !self.state.coherence.has(b, a) {
                        return Some(Choice::Writes(a, b));
                    }
                }
            }
        }
        None
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
            Choice::ReadsFrom(_, writes) => writes.count_ones(),
            Choice::Sections(..) | Choice::Writes(..) => 2,
        };
        if tried >= count {
            self.depth -= 1;
            return false;
        }
        self.state.copy_from(&frame.state);
        match choice {
            Choice::ReadsFrom(read, writes) => {
                self.checked = false;
                let Some(write) = bits(writes).nth(tried as usize) else {
                    return false;
                };
                self.assign(read, write) && self.settle()
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

    /// Tells the evaluator of the candidate.
    fn load(&mut self, level: Level) {
        let Some(skeleton) = &self.skeleton else {
            return;
        };
        let state = &self.state;
        let writes = skeleton.set(tags::W);
        if level == Level::ReadsFrom {
            let mut inverse = std::mem::take(self.evaluator.base_mut(Base::Rf));
            inverse.clear(skeleton.n);
            for read in bits(state.assigned) {
                inverse.add(usize::from(state.rf[read]), read);
            }
            *self.evaluator.base_mut(Base::Rf) = inverse;
            if skeleton.dynamic != 0 {
                same_locations(&state.locs, self.evaluator.base_mut(Base::Loc));
            }
            if skeleton.set(tags::SRCU_LOCK) != 0 {
                let mut differ = std::mem::take(self.evaluator.base_mut(Base::DifferentValues));
                self.different_values(&mut differ);
                *self.evaluator.base_mut(Base::DifferentValues) = differ;
            }
        }
        let n = skeleton.n;
        let co = self.evaluator.base_mut(Base::Co);
        co.clear(n);
        for at in &state.at {
            let here = at & writes;
            for write in bits(here) {
                *co.row_mut(write) = state.coherence.row(write) & here;
            }
        }
        let co = std::mem::take(self.evaluator.base_mut(Base::Co));
        let fr = self.evaluator.base_mut(Base::Fr);
        fr.clear(n);
        for read in bits(state.assigned) {
            *fr.row_mut(read) = co.row(usize::from(state.rf[read])) & !bit(read);
        }
        *self.evaluator.base_mut(Base::Co) = co;
        self.evaluator.changed(level);
    }

    fn different_values(&self, out: &mut Relation) {
        let (Some(values), Some(skeleton)) = (self.values(), &self.skeleton) else {
            return;
        };
        out.clear(skeleton.n);
        for lock in bits(skeleton.set(tags::SRCU_LOCK)) {
            for unlock in bits(skeleton.set(tags::SRCU_UNLOCK)) {
                let value = |event| {
                    let (thread, event): (usize, &crate::paths::PathEvent) =
                        values.path_event(event)?;
                    values.eval(thread, event.value?)
                };
                if value(lock) != value(unlock) {
                    out.add(lock, unlock);
                }
            }
        }
    }

    /// Judges the whole candidate.
    fn judge(&mut self) -> Option<Found> {
        let candidate = self.candidate()?;
        let passes = self
            .test
            .filter
            .iter()
            .chain(&self.wanted.outcome)
            .all(|cond| candidate.satisfies(cond));
        if !passes {
            return None;
        }
        let level = if self.checked {
            Level::Coherence
        } else {
            Level::ReadsFrom
        };
        self.load(level);
        self.checked = true;
        self.evaluated += 1;
        match self.evaluator.violated(&self.skip) {
            None => Some(Found::Allowed),
            Some(check) if self.wanted.forbidden => Some(Found::Forbidden(check)),
            Some(_) => None,
        }
    }
}
