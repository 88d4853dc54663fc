//! Programs in which CPUs are alike: states that differ only in which of them is
//! which are stored once.
//!
//! A [`Renaming`] exchanges CPUs, and with them locations and read-side sections, so
//! that the program stays the same. It turns schedules into schedules, so of all
//! states that renamings turn into each other one is enough. What the conditions ask
//! about may well tell the CPUs apart: an outcome that is found stands for all that
//! the renamings make of it, and these are what the search gives.

mod matching;

use litmus::Value;
use machine::masks::bits;
use machine::pack::Packer;
use machine::program::Kind;
use machine::state::CpuState;
use machine::{Program, State, Step};

use machine::Deadlock;
use machine::Outcome;
use matching::Matching;

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
        let separate = p.model.propagation.is_some();
        if p.cpus.len() < 2 || separate || p.cpus.iter().any(|code| code.dynamic) {
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
        let fine = |c: &CpuState| c.freed | c.garbage | c.bad | c.undefined == 0;
        if from.cpus.iter().skip(1).all(fine)
            && let Some(first) = self.cpus.first()
        {
            let image = &mut to.cpus[usize::from(*first)];
            let faults = image.faults().map(std::mem::take);
            for (own, fault) in to.cpus[0].faults().into_iter().zip(faults) {
                *own = fault;
            }
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
