//! Programs in which CPUs are alike: states that differ only in which of them is
//! which are stored once.
//!
//! A [`Renaming`] exchanges CPUs, and with them locations and read-side sections, so
//! that the program stays the same. It turns schedules into schedules, so of all
//! states that renamings turn into each other one is enough. What the conditions ask
//! about may well tell the CPUs apart: an outcome that is found stands for all that
//! the renamings make of it, and these are what the search gives.

use litmus::Value;
use machine::masks::bits;
use machine::pack::Packer;
use machine::program::{
    Address, Atomic, Branch, Code, Domain, Ex, Instr, Kind, LocRole, MAX_SECTIONS, Node, TermSource,
};
use machine::state::CpuState;
use machine::value::cookie_section;
use machine::{Program, State, Step};

use crate::deadlock::Deadlock;
use crate::outcome::Outcome;

/// Most renamings that are used: each state is compared under all of them.
const MOST: usize = 120;

/// See the module: what each CPU, location, section and term becomes.
#[derive(Clone, Debug)]
pub(crate) struct Renaming {
    cpus: Vec<u8>,
    locs: Vec<u16>,
    sections: Vec<u8>,
    terms: Vec<u16>,
    /// By CPU: the one that becomes it.
    sources: Vec<u8>,
}

/// The renamings of a program: a group, the first of which changes nothing.
#[derive(Debug, Default)]
pub(crate) struct Symmetry {
    all: Vec<Renaming>,
}

/// Room to work in.
#[derive(Debug)]
pub(crate) struct Room {
    keys: Vec<u64>,
    ties: Vec<usize>,
    state: State,
    best: Vec<u8>,
    bytes: Vec<u8>,
}

impl Room {
    pub fn new(start: &State) -> Room {
        Room {
            keys: Vec::new(),
            ties: Vec::new(),
            state: start.clone(),
            best: Vec::new(),
            bytes: Vec::new(),
        }
    }
}

impl Symmetry {
    /// Finds the renamings that keep the program and the state `start` as they are.
    pub fn new(p: &Program, start: &State) -> Symmetry {
        // Where no address is computed, a pointer is a number like any other; else it
        // would have to be renamed wherever it comes to.
        if p.cpus.len() < 2 || p.cpus.iter().any(|code| code.dynamic) {
            return Symmetry::default();
        }
        let mut fixed = 0;
        loop {
            let mut matching = Matching::new(p, fixed);
            matching.extend(0);
            // Those that keep the first CPUs in place are a group as well.
            if !matching.overflow {
                let mut symmetry = Symmetry {
                    all: matching.found,
                };
                let mut renamed = start.clone();
                symmetry.retain(|renaming| {
                    renaming.rename(p, start, &mut renamed);
                    renamed == *start
                });
                return symmetry;
            }
            fixed += 1;
        }
    }

    fn retain(&mut self, keep: impl FnMut(&Renaming) -> bool) {
        self.all.retain(keep);
        if self.all.len() < 2 {
            self.all.clear();
        }
    }

    /// Keeps those that keep the filter as it is.
    pub fn keep_filter(&mut self, filter: &[(usize, Value)]) {
        self.retain(|renaming| {
            filter.iter().all(|(term, value)| {
                let image = usize::from(renaming.terms[*term]);
                filter.contains(&(image, *value))
            })
        });
    }

    /// The renamings; none when there is none but the one that changes nothing.
    pub fn all(&self) -> &[Renaming] {
        &self.all
    }

    /// Of all states that renamings make of `s` the one that is stored, in place.
    /// Gives the renaming that makes it.
    pub fn normalise(
        &self,
        p: &Program,
        packer: &Packer,
        s: &mut State,
        room: &mut Room,
    ) -> Option<&Renaming> {
        let (first, others) = self.all.split_first()?;
        room.keys.clear();
        room.keys
            .extend((0..p.cpus.len()).map(|cpu| key(p, s, cpu)));
        let mut best = first;
        room.ties.clear();
        for (number, renaming) in others.iter().enumerate() {
            let keys = |r: &Renaming, cpu: usize| room.keys[usize::from(r.sources[cpu])];
            let order = (0..p.cpus.len())
                .map(|cpu| keys(renaming, cpu).cmp(&keys(best, cpu)))
                .find(|order| order.is_ne());
            match order {
                Some(std::cmp::Ordering::Less) => {
                    best = renaming;
                    room.ties.clear();
                }
                Some(_) => {}
                None => room.ties.push(number),
            }
        }
        if !room.ties.is_empty() {
            best.rename(p, s, &mut room.state);
            room.best.clear();
            packer.encode(p, &room.state, &mut room.best);
            for tie in &room.ties {
                let renaming = &others[*tie];
                renaming.rename(p, s, &mut room.state);
                room.bytes.clear();
                packer.encode(p, &room.state, &mut room.bytes);
                if room.bytes < room.best {
                    best = renaming;
                    std::mem::swap(&mut room.bytes, &mut room.best);
                }
            }
        }
        if !std::ptr::eq(best, first) {
            best.rename(p, s, &mut room.state);
            std::mem::swap(s, &mut room.state);
        }
        Some(best)
    }

    /// Nothing is changed by it.
    pub fn is_nothing(&self, renaming: &Renaming) -> bool {
        self.all.first().is_some_and(|r| std::ptr::eq(r, renaming))
    }
}

/// A number for what a CPU has done, whichever it is.
fn key(p: &Program, s: &State, cpu: usize) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let c = &s.cpus[cpu];
    let mut hash = 0u64;
    let mut mix = |word: u64| {
        hash = (hash.rotate_left(23) ^ word).wrapping_mul(ODD);
    };
    mix(c.begun);
    mix(c.done);
    mix(c.branches);
    mix(c.failed);
    mix(c.assumed);
    for i in bits(p.cpus[cpu].reads & c.begun) {
        mix(s.vals[p.global(cpu, i)] as u64);
        mix(u64::from(s.guess(p.global(cpu, i))));
    }
    hash ^ (hash >> 31)
}

impl Renaming {
    /// Sets `to` to what `from` becomes.
    fn rename(&self, p: &Program, from: &State, to: &mut State) {
        to.copy_from(from);
        for (cpu, image) in self
            .cpus
            .iter()
            .map(|image| usize::from(*image))
            .enumerate()
        {
            to.cpus[image] = from.cpus[cpu];
            let (source, target) = (p.base[cpu], p.base[image]);
            for (i, instr) in p.cpus[cpu].instrs.iter().enumerate() {
                let value = from.vals[source + i];
                to.vals[target + i] = if matches!(instr.kind, Kind::GracePeriod(_)) {
                    self.sections_of(value as u64) as i64
                } else {
                    value
                };
                if let Some(guess) = to.guesses.get_mut(target + i) {
                    *guess = from.guesses[source + i];
                }
            }
        }
        for (loc, image) in self.locs.iter().enumerate() {
            to.mem[usize::from(*image)] = from.mem[loc];
        }
        to.inside = self.sections_of(from.inside);
        self.gather_flags(from, to);
    }

    /// The canonical form keeps on the first CPU that some CPU has used memory badly.
    fn gather_flags(&self, from: &State, to: &mut State) {
        let flags = |c: &CpuState| (c.freed, c.garbage);
        let others = from.cpus.iter().skip(1);
        if others.map(flags).all(|flags| flags == (0, 0))
            && let Some(first) = self.cpus.first()
        {
            let image = &mut to.cpus[usize::from(*first)];
            let (freed, garbage) = flags(image);
            (image.freed, image.garbage) = (0, 0);
            (to.cpus[0].freed, to.cpus[0].garbage) = (freed, garbage);
        }
    }

    fn sections_of(&self, mask: u64) -> u64 {
        bits(mask).fold(0, |all, s| {
            all | 1 << self.sections.get(s).map_or(s, |s| usize::from(*s))
        })
    }

    /// What an outcome becomes.
    pub fn outcome(&self, outcome: &Outcome) -> Outcome {
        let mut renamed = outcome.clone();
        for (value, image) in outcome.values.iter().zip(&self.terms) {
            renamed.values[usize::from(*image)] = *value;
        }
        renamed
    }

    /// What a deadlock becomes.
    pub fn deadlock(&self, deadlock: Deadlock) -> Deadlock {
        let to = |cpu: u8| self.cpus[usize::from(cpu)];
        match deadlock {
            Deadlock::OwnSection { cpu } => Deadlock::OwnSection { cpu: to(cpu) },
            Deadlock::Readers { cpu } => Deadlock::Readers { cpu: to(cpu) },
            Deadlock::Lock { cpu, loc } => Deadlock::Lock {
                cpu: to(cpu),
                loc: self.locs[usize::from(loc)],
            },
            Deadlock::Callback { cpu } => Deadlock::Callback { cpu: to(cpu) },
        }
    }

    /// What a step becomes.
    pub fn step(&self, step: Step) -> Step {
        Step {
            cpu: self.cpus[usize::from(step.cpu)],
            ..step
        }
    }

    /// What a step was that has become `step`.
    pub fn step_before(&self, step: Step) -> Step {
        Step {
            cpu: self.sources[usize::from(step.cpu)],
            ..step
        }
    }
}

/// A renaming that is being found, CPU by CPU.
struct Matching<'p> {
    p: &'p Program,
    /// So many CPUs stay in place.
    fixed: usize,
    cpus: Vec<u8>,
    locs: Pairs<u16>,
    sections: Pairs<u8>,
    found: Vec<Renaming>,
    overflow: bool,
}

/// What becomes what, as far as is known.
#[derive(Clone)]
struct Pairs<T> {
    to: Vec<Option<T>>,
    from: Vec<Option<T>>,
}

impl<T: Copy + PartialEq + TryFrom<usize> + Into<usize>> Pairs<T> {
    fn new(n: usize) -> Self {
        Pairs {
            to: vec![None; n],
            from: vec![None; n],
        }
    }

    /// Notes that `a` becomes `b`. False when that contradicts something.
    fn pair(&mut self, a: T, b: T) -> bool {
        let (to, from) = (&mut self.to[a.into()], &mut self.from[b.into()]);
        let fits = to.is_none_or(|x| x == b) && from.is_none_or(|x| x == a);
        if fits {
            (*to, *from) = (Some(b), Some(a));
        }
        fits
    }

    /// What nothing is said of stays as it is. `None` when it cannot.
    fn complete(mut self) -> Option<Vec<T>> {
        for i in 0..self.to.len() {
            let same = T::try_from(i).ok()?;
            if self.to[i].is_none() && !self.pair(same, same) {
                return None;
            }
        }
        self.to.into_iter().collect()
    }
}

impl<'p> Matching<'p> {
    fn new(p: &'p Program, fixed: usize) -> Self {
        Matching {
            p,
            fixed,
            cpus: Vec::new(),
            locs: Pairs::new(p.locs.len()),
            sections: Pairs::new(p.sections.len()),
            found: Vec::new(),
            overflow: false,
        }
    }

    /// Finds all renamings that begin with `cpus`. Each CPU is tried in its own place
    /// first, so the first that is found changes nothing.
    fn extend(&mut self, cpu: usize) {
        let n = self.p.cpus.len();
        if cpu == n {
            if let Some(renaming) = self.finish() {
                self.overflow |= self.found.len() == MOST;
                self.found.push(renaming);
            }
            return;
        }
        let others = if cpu < self.fixed { 0..0 } else { 0..n };
        let others = others.filter(|image| *image != cpu);
        for image in std::iter::once(cpu).chain(others) {
            if self.overflow || self.cpus.contains(&(image as u8)) {
                continue;
            }
            let (locs, sections) = (self.locs.clone(), self.sections.clone());
            if self.codes(&self.p.cpus[cpu], &self.p.cpus[image]) {
                self.cpus.push(image as u8);
                self.extend(cpu + 1);
                self.cpus.pop();
            }
            (self.locs, self.sections) = (locs, sections);
        }
    }

    fn finish(&self) -> Option<Renaming> {
        let p = self.p;
        let locs = self.locs.clone().complete()?;
        let sections = self.sections.clone().complete()?;
        for (loc, image) in locs.iter().map(|image| usize::from(*image)).enumerate() {
            let (a, b) = (&p.locs[loc], &p.locs[image]);
            let plain = |l: &machine::program::Location| {
                matches!(l.role, LocRole::Var(_)) && l.object.is_none()
            };
            let alike = plain(a)
                && plain(b)
                && a.init == b.init
                && p.observed_locs[loc] == p.observed_locs[image];
            if loc != image && !alike {
                return None;
            }
        }
        let mut sources = vec![0; self.cpus.len()];
        for (cpu, image) in self.cpus.iter().enumerate() {
            sources[usize::from(*image)] = cpu as u8;
        }
        let mut renaming = Renaming {
            cpus: self.cpus.clone(),
            locs,
            sections,
            terms: Vec::new(),
            sources,
        };
        for (_, source) in &p.terms {
            let image = p
                .terms
                .iter()
                .enumerate()
                .position(|(number, (_, other))| {
                    !renaming.terms.contains(&(number as u16))
                        && same_term(&renaming, source, other)
                })?;
            renaming.terms.push(image as u16);
        }
        Some(renaming)
    }

    fn codes(&mut self, a: &'p Code, b: &'p Code) -> bool {
        let masks = |c: &Code| {
            let accesses = (c.reads, c.writes, c.split, c.assumable);
            (accesses, c.unused, c.observed, c.worker)
        };
        masks(a) == masks(b)
            && a.instrs.len() == b.instrs.len()
            && a.branches.len() == b.branches.len()
            && a.instrs
                .iter()
                .zip(&b.instrs)
                .all(|(a, b)| self.instrs(a, b))
            && a.branches.iter().zip(&b.branches).all(|(a, b)| {
                let shape = |x: &'p Branch| (x.uses, x.at, x.then, x.els, &x.arms);
                shape(a) == shape(b) && same(&a.cond, &b.cond)
            })
    }

    fn instrs(&mut self, a: &Instr, b: &Instr) -> bool {
        let masks = |x: &Instr| {
            let waits = (x.begun, x.performed, x.begun_on_success);
            let failed = (x.begun_if_failed, x.performed_if_failed);
            (waits, failed, x.performed_on_success, x.uses, x.inside)
        };
        let across = |x: &Instr| -> Vec<_> {
            let waits = x.across.iter();
            waits.map(|w| (w.fence, w.action, w.performed)).collect()
        };
        let addresses = match (&a.addr, &b.addr) {
            (None, None) => true,
            (Some(Address::Static(a)), Some(Address::Static(b))) => self.locs.pair(*a, *b),
            _ => false,
        };
        let values = match (&a.value, &b.value) {
            (None, None) => true,
            (Some(a), Some(b)) => same(a, b),
            _ => false,
        };
        addresses
            && values
            && a.class == b.class
            && a.arms == b.arms
            && masks(a) == masks(b)
            && across(a) == across(b)
            && self.kinds(&a.kind, &b.kind)
    }

    fn kinds(&mut self, a: &Kind, b: &Kind) -> bool {
        match (a, b) {
            (Kind::Load { wait: a }, Kind::Load { wait: b }) => a == b,
            (Kind::Store { role: a }, Kind::Store { role: b }) => a == b,
            (Kind::Atomic(a), Kind::Atomic(b)) => match (a, b) {
                (Atomic::Rmw(a), Atomic::Rmw(b)) => a == b,
                (Atomic::CmpXchg(a), Atomic::CmpXchg(b))
                | (Atomic::AddUnless(a), Atomic::AddUnless(b)) => same(a, b),
                (Atomic::SpinLock, Atomic::SpinLock)
                | (Atomic::SpinTrylock, Atomic::SpinTrylock) => true,
                _ => false,
            },
            (Kind::Fence, Kind::Fence) | (Kind::RcuUnlock, Kind::RcuUnlock) => true,
            (Kind::Lock(a), Kind::Lock(b)) => {
                let domain = |s: u8| self.p.sections[usize::from(s)].domain;
                let (of_a, of_b) = (domain(*a), domain(*b));
                self.sections.pair(*a, *b) && self.domains(of_a, of_b)
            }
            (
                Kind::SrcuUnlock { cookie, domain },
                Kind::SrcuUnlock {
                    cookie: other,
                    domain: of_other,
                },
            ) => {
                let n = self.p.sections.len();
                let sections = match (cookie, other) {
                    (Ex::Const(a), Ex::Const(b)) => {
                        cookie_section(*a, n).zip(cookie_section(*b, n))
                    }
                    _ => None,
                };
                let cookies = match sections {
                    Some((a, b)) => self.sections.pair(a as u8, b as u8),
                    None => same(cookie, other),
                };
                cookies && self.domains(*domain, *of_other)
            }
            (Kind::GracePeriod(a), Kind::GracePeriod(b)) | (Kind::Barrier(a), Kind::Barrier(b)) => {
                self.domains(*a, *b)
            }
            _ => false,
        }
    }

    fn domains(&mut self, a: Domain, b: Domain) -> bool {
        match (a, b) {
            (Domain::Rcu, Domain::Rcu) => true,
            (Domain::Srcu(a), Domain::Srcu(b)) => self.locs.pair(a, b),
            _ => false,
        }
    }
}

/// The expressions compute the same from the same loads. Numbers are compared as
/// they are: a cookie that a program computes with has one name only, and so
/// belongs to a section that stays in place.
fn same(a: &Ex, b: &Ex) -> bool {
    let mut open = vec![(a, b)];
    while let Some(pair) = open.pop() {
        match pair {
            (Ex::Const(a), Ex::Const(b)) if a == b => {}
            (Ex::Load(a), Ex::Load(b)) if a == b => {}
            (Ex::Node(a), Ex::Node(b)) => match (a.as_ref(), b.as_ref()) {
                (Node::Unary(x, a), Node::Unary(y, b)) if x == y => open.push((a, b)),
                (Node::Binary(x, a, c), Node::Binary(y, b, d)) if x == y => {
                    open.extend([(a, b), (c, d)]);
                }
                (Node::AndNot(a, c), Node::AndNot(b, d)) => open.extend([(a, b), (c, d)]),
                (Node::Field(a, x), Node::Field(b, y)) if x == y => open.push((a, b)),
                (Node::Select(a), Node::Select(b)) if a.len() == b.len() => {
                    for ((arms, a), (others, b)) in a.iter().zip(b) {
                        if arms != others {
                            return false;
                        }
                        open.push((a, b));
                    }
                }
                _ => return false,
            },
            _ => return false,
        }
    }
    true
}

/// The renaming makes the one final value of the other. Every cookie is shown as 0.
fn same_term(renaming: &Renaming, a: &TermSource, b: &TermSource) -> bool {
    match (a, b) {
        (TermSource::Loc(a), TermSource::Loc(b)) => renaming.locs[usize::from(*a)] == *b,
        (TermSource::Reg(a, x), TermSource::Reg(b, y)) => {
            let cookie =
                |x: &Ex| matches!(x, Ex::Const(c) if cookie_section(*c, MAX_SECTIONS).is_some());
            renaming.cpus[usize::from(*a)] == *b && (same(x, y) || cookie(x) && cookie(y))
        }
        _ => false,
    }
}
