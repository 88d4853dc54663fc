//! A choice of one control path for each thread: the events, and everything
//! about them that does not depend on which write a read finds.

use litmus::{Test, Value};

use crate::algebra::{BASES, Base};
use crate::domains::quiet;
use crate::models::Model;
use crate::paths::{Node, Path, PathEvent, Sym, Threads, field_address, freed_address};
use crate::relation::{Bits, MAX_EVENTS, Relation, bit, bits};
use crate::tags::{self, Tags};
use crate::value::{binary, encode, is_symbol, pointee, unary};

/// The thread of an initial write.
pub(crate) const NO_THREAD: u8 = u8::MAX;
/// A location that is not known yet.
pub(crate) const UNKNOWN: u16 = u16::MAX;

/// A critical section: taking a lock, and the unlock if there is one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Critical {
    pub read: usize,
    pub write: usize,
    pub unlock: Option<usize>,
    pub lock: u16,
}

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Skeleton {
    /// How many events there are; initial writes come first.
    pub n: usize,
    /// The variables of the initial writes.
    pub inits: Vec<u16>,
    /// The first event of each thread.
    pub first: Vec<usize>,
    pub tags: Vec<Tags>,
    /// By event: its thread, or [`NO_THREAD`].
    pub thread: Vec<u8>,
    /// By tag bit: the events that have it.
    pub sets: [Bits; 64],
    /// By event: its location where that is fixed.
    pub locs: Vec<u16>,
    /// Events whose location depends on values.
    pub dynamic: Bits,
    /// By event: the write of the atomic whose read it is.
    pub rmw: Vec<Option<usize>>,
    /// Base relations, in the order of [`BASES`].
    pub base: Vec<Relation>,
    /// Every taking of a lock.
    pub critical: Vec<Critical>,
    /// By failed or asking lock read: what it may read.
    pub lock_reads: Vec<(usize, Bits)>,
    /// The accesses of each quiet domain; see `domains.rs`.
    pub quiet: Vec<Bits>,
    /// All of them.
    pub sections: Bits,
    /// Section entries that give the same cookie whatever they read, or read nothing.
    pub cookies: Bits,
    /// Some lock is taken twice in vain: no execution ends.
    pub stuck: bool,
}

/// The place of a base relation.
pub(crate) fn place(base: Base) -> usize {
    BASES
        .iter()
        .position(|(_, known)| *known == base)
        .unwrap_or(0)
}

impl Skeleton {
    /// Builds it; `None` when it has too many events.
    /// Without `leave_open`, no domain is quiet.
    pub fn new(
        test: &Test,
        threads: &Threads,
        chosen: &[usize],
        wanted: &[u16],
        model: &Model,
        leave_open: bool,
    ) -> Option<Skeleton> {
        let paths: Vec<&Path> = threads
            .threads
            .iter()
            .zip(chosen)
            .map(|(thread, path)| &thread.paths[*path])
            .collect();
        let quiet = if model.domain_accesses && leave_open {
            quiet(test, threads, &paths, wanted)
        } else {
            Vec::new()
        };
        let mut inits: Vec<u16> = wanted.to_vec();
        let mut dynamic = false;
        for (thread, path) in threads.threads.iter().zip(&paths) {
            for event in path.events.iter() {
                if accesses(event.tags, model) & tags::M == 0 {
                    continue;
                }
                match constant_location(test, thread, event, threads.vars) {
                    Some(var) => inits.push(var),
                    None => dynamic = true,
                }
            }
        }
        if dynamic {
            inits.extend(0..test.vars.len() as u16);
        }
        inits.sort_unstable();
        inits.dedup();
        // Nothing comes before the initial value of a domain, so no axiom ever sees it.
        inits.retain(|var| !quiet.contains(var));
        let n = inits.len() + paths.iter().map(|path| path.events.len()).sum::<usize>();
        if n > MAX_EVENTS {
            return None;
        }
        let mut skeleton = Skeleton {
            n,
            first: Vec::new(),
            tags: vec![tags::W | tags::IW | tags::MARKED; inits.len()],
            thread: vec![NO_THREAD; inits.len()],
            sets: [0; 64],
            locs: inits.clone(),
            dynamic: 0,
            rmw: vec![None; n],
            base: vec![Relation::empty(n); BASES.len()],
            critical: Vec::new(),
            lock_reads: Vec::new(),
            quiet: Vec::new(),
            sections: 0,
            cookies: 0,
            stuck: false,
            inits,
        };
        for (t, path) in paths.iter().enumerate() {
            skeleton.thread(test, t, path, &threads.threads[t], threads.vars, model);
        }
        skeleton.sections(&quiet, model);
        skeleton.locks(test);
        for (event, tags) in skeleton.tags.iter().enumerate() {
            for tag in bits(Bits::from(*tags)) {
                skeleton.sets[tag] |= bit(event);
            }
        }
        skeleton.relations(&paths, model);
        Some(skeleton)
    }

    /// The events with one of these tags.
    pub fn set(&self, tags: Tags) -> Bits {
        bits(Bits::from(tags)).fold(0, |set, tag| set | self.sets[tag])
    }

    /// Events of one thread without program order between them: of operands of one expression.
    pub fn unsequenced(&self, a: usize, b: usize) -> bool {
        let po = &self.base[place(Base::Po)];
        self.thread[a] == self.thread[b] && !po.has(a, b) && !po.has(b, a)
    }

    fn sections(&mut self, quiet: &[u16], model: &Model) {
        let is = |e: &usize, tags: Tags| self.tags[*e] & tags != 0;
        for domain in quiet {
            let here =
                |e: &usize| self.locs[*e] == *domain && is(e, tags::SRCU_LOCK | tags::SRCU_UNLOCK);
            let accesses = (0..self.n).filter(here).fold(0, |set, e| set | bit(e));
            self.quiet.push(accesses);
            self.sections |= accesses;
        }
        let locks = (0..self.n).filter(|e| is(e, tags::SRCU_LOCK));
        let locks = locks.fold(0, |set, e| set | bit(e));
        self.cookies = if model.domain_accesses {
            locks & self.sections
        } else {
            locks
        };
    }

    #[allow(clippy::too_many_arguments)] // all of it is of one thread
    fn thread(
        &mut self,
        test: &Test,
        t: usize,
        path: &Path,
        thread: &crate::paths::Thread,
        vars: usize,
        model: &Model,
    ) {
        let first = self.tags.len();
        self.first.push(first);
        let shift = |deps: u64| Bits::from(deps) << first;
        for (local, event) in path.events.iter().enumerate() {
            let id = first + local;
            self.tags.push(accesses(event.tags, model));
            self.thread.push(t as u8);
            let loc = match event.loc {
                None => UNKNOWN,
                Some(_) => constant_location(test, thread, event, vars).unwrap_or_else(|| {
                    self.dynamic |= bit(id);
                    UNKNOWN
                }),
            };
            self.locs.push(loc);
            if event.rmw {
                self.rmw[id] = Some(id + 1);
                self.base[place(Base::Rmw)].add(id, id + 1);
            }
            let compared = if model.comparisons_order {
                event.compared
            } else {
                0
            };
            for (base, deps) in [
                (Base::Addr, event.addr),
                (Base::Data, event.data),
                (Base::Ctrl, event.ctrl | compared),
            ] {
                for from in bits(shift(deps)) {
                    self.base[place(base)].add(from, id);
                }
            }
        }
        for (lock, unlock) in &path.sections {
            self.base[place(Base::RcuRscs)].add(first + lock, first + unlock);
        }
    }

    fn relations(&mut self, paths: &[&Path], model: &Model) {
        let last = self.n;
        for (t, (first, path)) in self.first.iter().zip(paths).enumerate() {
            let end = self.first.get(t + 1).copied().unwrap_or(last);
            let own: Bits = (*first..end).fold(0, |set, e| set | bit(e));
            for (e, event) in (*first..end).zip(&path.events) {
                let before = if model.unsequenced {
                    Bits::from(event.before) << first
                } else {
                    own & (bit(e) - 1)
                };
                for earlier in bits(before) {
                    self.base[place(Base::Po)].add(earlier, e);
                }
                *self.base[place(Base::Int)].row_mut(e) = own;
            }
        }
        let inits: Bits = (0..self.inits.len()).fold(0, |set, e| set | bit(e));
        let all: Bits = (0..self.n).fold(0, |set, e| set | bit(e));
        for e in 0..self.n {
            if e < self.inits.len() {
                *self.base[place(Base::Int)].row_mut(e) = inits;
            }
            let int = self.base[place(Base::Int)].row(e);
            *self.base[place(Base::Ext)].row_mut(e) = all & !int;
            self.base[place(Base::Id)].add(e, e);
        }
        let mut loc = std::mem::take(&mut self.base[place(Base::Loc)]);
        same_locations(&self.locs, &mut loc);
        self.base[place(Base::Loc)] = loc;
    }

    /// Pairs locks with unlocks, and says what a failed or asking read may find.
    fn locks(&mut self, test: &Test) {
        let n = self.n;
        let is = |e: usize, tags: Tags| self.tags[e] & tags != 0;
        let mut unmatched = Vec::new();
        let mut critical = Vec::new();
        let mut reads = Vec::new();
        for e in 0..n {
            let own = self.thread[e];
            let later = (e + 1..n).take_while(|l| self.thread[*l] == own);
            let mut later = later.filter(|l| self.locs[*l] == self.locs[e]);
            if is(e, tags::LKR) {
                let write = e + 1;
                let next = later.find(|l| *l > write && is(*l, tags::LKR | tags::UL));
                let unlock = next.filter(|l| is(*l, tags::UL));
                if next.is_some() && unlock.is_none() {
                    self.stuck = true;
                }
                critical.push(Critical {
                    read: e,
                    write,
                    unlock,
                    lock: self.locs[e],
                });
            } else if is(e, tags::LF | tags::RL | tags::RU) {
                reads.push(e);
            }
        }
        for e in (0..n).filter(|e| is(*e, tags::UL)) {
            if !critical.iter().any(|c| c.unlock == Some(e)) {
                unmatched.push(e);
            }
        }
        for (index, c) in critical.iter().enumerate() {
            let twice = |d: &Critical| d.lock == c.lock && d.unlock.is_none();
            if c.unlock.is_none() && critical[index + 1..].iter().any(twice) {
                self.stuck = true;
            }
        }
        for e in reads {
            let inside = critical.iter().find(|c| {
                let over = c.unlock.unwrap_or(usize::MAX);
                self.thread[c.write] == self.thread[e]
                    && c.lock == self.locs[e]
                    && c.write < e
                    && e < over
            });
            let mut from = 0;
            let same = |w: &usize| self.locs[*w] == self.locs[e];
            if self.tags[e] & tags::RU == 0 {
                match inside {
                    Some(c) => from = bit(c.write),
                    None => {
                        for w in (0..n).filter(same) {
                            if is(w, tags::LKW) && self.thread[w] != self.thread[e] {
                                from |= bit(w);
                            }
                        }
                    }
                }
            } else if inside.is_none() {
                // Whoever holds the lock does not find it free.
                for w in (0..n).filter(same) {
                    let external = self.thread[w] != self.thread[e];
                    let retaken = critical.iter().any(|c| {
                        self.thread[c.write] == self.thread[e]
                            && c.lock == self.locs[e]
                            && w < c.write
                            && c.write < e
                    });
                    // Of its own unlocks it finds the last, also if that ends no section.
                    let own_unlock = |u: usize| same(&u) && is(u, tags::UL);
                    let newer =
                        (w + 1..e).any(|u| self.thread[u] == self.thread[e] && own_unlock(u));
                    let last = w < e && !retaken && !newer;
                    if is(w, tags::UL | tags::IW) && (external || last) {
                        from |= bit(w);
                    }
                }
            }
            self.lock_reads.push((e, from));
        }
        self.critical = critical;
        for e in unmatched {
            // It has no place in the order of the lock's sections.
            self.tags[e] = self.tags[e] & !tags::W | tags::UNMATCHED_UNLOCK;
        }
        for term in test.observed() {
            if let litmus::Term::Var(var) = term {
                for e in 0..n {
                    if self.locs[e] == var.0 && self.tags[e] & tags::LOCKS != 0 {
                        self.tags[e] |= tags::FINAL_LOCK;
                    }
                }
            }
        }
    }
}

/// Fills `loc`: events at the same known location.
pub(crate) fn same_locations(locs: &[u16], loc: &mut Relation) {
    loc.clear(locs.len());
    for a in 0..locs.len() {
        if locs[a] == UNKNOWN {
            continue;
        }
        for b in 0..locs.len() {
            if locs[a] == locs[b] {
                loc.add(a, b);
            }
        }
    }
}

/// What an event is to a model.
fn accesses(tags: Tags, model: &Model) -> Tags {
    if model.domain_accesses || tags & (tags::SRCU_LOCK | tags::SRCU_UNLOCK) == 0 {
        tags
    } else {
        tags & !tags::M
    }
}

fn constant_location(
    test: &Test,
    thread: &crate::paths::Thread,
    event: &PathEvent,
    vars: usize,
) -> Option<u16> {
    match thread.nodes[event.loc? as usize] {
        Node::Const(value) => pointee(test, value, vars).map(|var| var.0),
        _ => None,
    }
}

/// What is known of the values that reads find.
pub(crate) struct Values<'a> {
    pub test: &'a Test,
    pub threads: &'a Threads,
    pub skeleton: &'a Skeleton,
    pub chosen: &'a [usize],
    /// By event, for the reads in `known`.
    pub found: &'a [i64],
    pub known: Bits,
}

impl Values<'_> {
    /// An expression of a thread; `None` while a read in it is open.
    pub fn eval(&self, thread: usize, sym: Sym) -> Option<i64> {
        let nodes = &self.threads.threads[thread].nodes;
        match &nodes[sym as usize] {
            Node::Const(value) => Some(*value),
            Node::Read(local) => {
                let event = self.skeleton.first[thread] + usize::from(*local);
                (self.known & bit(event) != 0).then(|| self.found[event])
            }
            Node::Unary(op, a) => Some(unary(*op, self.operand(thread, *a)?)),
            Node::Binary(op, a, b) => Some(binary(
                *op,
                self.operand(thread, *a)?,
                self.operand(thread, *b)?,
            )),
            Node::Field(base, field) => Some(field_address(
                self.test,
                self.operand(thread, *base)?,
                field,
            )),
            Node::Freed(base) => Some(freed_address(self.test, self.operand(thread, *base)?)),
        }
    }

    /// Nothing can be computed from a value out of thin air.
    fn operand(&self, thread: usize, sym: Sym) -> Option<i64> {
        self.eval(thread, sym).filter(|value| !is_symbol(*value))
    }

    /// The event of a thread's path.
    pub fn path_event(&self, event: usize) -> Option<(usize, &PathEvent)> {
        let thread = usize::from(self.skeleton.thread[event]);
        let path = *self.chosen.get(thread)?;
        let local = event - self.skeleton.first[thread];
        let path = &self.threads.threads[thread].paths[path];
        path.events.get(local).map(|event| (thread, event))
    }

    /// What a read finds.
    pub fn found_by(&self, read: usize) -> Option<i64> {
        (self.known & bit(read) != 0).then(|| self.found[read])
    }

    /// What a write stores.
    pub fn stored(&self, write: usize) -> Option<i64> {
        if write < self.skeleton.inits.len() {
            let var = usize::from(self.skeleton.inits[write]);
            let init = self.test.vars.get(var).map_or(Value::Int(0), |v| v.init);
            return Some(encode(self.test, init));
        }
        let (thread, event) = self.path_event(write)?;
        self.eval(thread, event.value?)
    }

    /// The address that an access goes to.
    pub fn address(&self, event: usize) -> Option<i64> {
        let (thread, event) = self.path_event(event)?;
        self.eval(thread, event.loc?)
    }
}
