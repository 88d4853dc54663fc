//! The state of the machine: small, hashable, and with nothing in it that does
//! not decide what can still happen.

use crate::apply::Quiet;
use crate::eval::Guess;
use crate::program::{Mask, Program};
use crate::spread::Underway;

/// Where a value in memory or in a register comes from: an instruction's place
/// in arrays over all instructions, or [`INITIAL`].
pub type Source = u16;

/// The initial value.
pub const INITIAL: Source = u16::MAX;

/// A state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// What each CPU has done.
    pub cpus: Vec<CpuState>,
    /// By instruction: what a load found; for a grace period the sections that it
    /// waits for.
    pub vals: Vec<i64>,
    /// By instruction: the store that a load read. Empty unless
    /// [`Program::track_sources`].
    pub sources: Vec<Source>,
    /// By instruction: the predictions that a load rests on. Empty unless
    /// [`Program::branches`].
    pub guesses: Vec<Guess>,
    /// By location: memory.
    pub mem: Vec<i64>,
    /// By location: the store that wrote it. Empty unless [`Program::track_sources`].
    pub writers: Vec<Source>,
    /// The read-side sections that are entered and not left.
    pub inside: u64,
    /// Stores on their way from CPU to CPU, those of one location in its order. Empty
    /// unless the model propagates stores to each CPU separately.
    pub underway: Vec<Underway>,
    /// By CPU: those of `underway` (bits) that every store of it has to come after, since
    /// it took a lock. Empty as above.
    pub carried: Vec<u64>,
}

/// See [`State`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CpuState {
    /// Loads with a value, stores in the buffer or beyond, grace periods started,
    /// and all that is `done`.
    pub begun: Mask,
    /// Loads with a value, stores in memory, everything else that is over.
    pub done: Mask,
    /// In an arm that is not taken.
    pub skipped: Mask,
    /// Conditional atomics that did not store.
    pub failed: Mask,
    /// Conditional atomics that the CPU takes to fail, before they have read.
    pub assumed: Mask,
    /// Accesses to an object that had been freed.
    pub freed: Mask,
    /// Loads that found a field which nothing had initialised.
    pub garbage: Mask,
    /// Loads through a pointer that leads to no location.
    pub bad: Mask,
    /// What used a value that is none, [`crate::value::UNDEFINED`].
    pub undefined: Mask,
    /// Three bits a branch, see [`BranchState`].
    pub branches: u64,
}

impl CpuState {
    /// What went wrong, by instruction.
    pub fn faults(&mut self) -> [&mut Mask; 4] {
        [
            &mut self.freed,
            &mut self.garbage,
            &mut self.bad,
            &mut self.undefined,
        ]
    }
}

/// What a CPU knows of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchState {
    /// Nothing.
    Open,
    /// It goes on as if it knew: the first arm, or the other.
    Predicted(bool),
    /// The condition is known.
    Resolved(bool),
}

impl State {
    /// The state before the first step.
    #[must_use]
    pub fn initial(p: &Program) -> State {
        let tracked = |n: usize| {
            if p.track_sources {
                vec![INITIAL; n]
            } else {
                Vec::new()
            }
        };
        let mut state = State {
            cpus: vec![CpuState::default(); p.cpus.len()],
            vals: vec![0; p.instrs],
            sources: tracked(p.instrs),
            guesses: if p.branches {
                vec![0; p.instrs]
            } else {
                Vec::new()
            },
            mem: p.locs.iter().map(|l| l.init).collect(),
            writers: tracked(p.locs.len()),
            inside: 0,
            underway: Vec::new(),
            carried: match p.model.propagation {
                Some(_) => vec![0; p.cpus.len()],
                None => Vec::new(),
            },
        };
        // A condition that needs no load is resolved before anything happens.
        for cpu in 0..p.cpus.len() {
            p.settle(&mut state, cpu, &mut Quiet::default());
        }
        state
    }

    /// No state of any program: a place to be filled by [`State::copy_from`].
    #[must_use]
    pub fn empty() -> State {
        State {
            cpus: Vec::new(),
            vals: Vec::new(),
            sources: Vec::new(),
            guesses: Vec::new(),
            mem: Vec::new(),
            writers: Vec::new(),
            inside: 0,
            underway: Vec::new(),
            carried: Vec::new(),
        }
    }

    /// What `cpu` knows of a branch.
    #[must_use]
    pub fn branch(&self, cpu: usize, branch: u8) -> BranchState {
        match (self.cpus[cpu].branches >> (3 * u32::from(branch))) & 7 {
            1 => BranchState::Predicted(true),
            2 => BranchState::Predicted(false),
            3 => BranchState::Resolved(true),
            4 => BranchState::Resolved(false),
            _ => BranchState::Open,
        }
    }

    /// Notes on the first CPU what went wrong on any: which instruction it was makes no difference.
    pub fn gather_faults(&mut self) {
        let fine = |c: &CpuState| c.freed | c.garbage | c.bad | c.undefined == 0;
        if self.cpus.iter().all(fine) {
            return;
        }
        let mut all = CpuState::default();
        for c in &mut self.cpus {
            for (sum, own) in all.faults().into_iter().zip(c.faults()) {
                *sum |= Mask::from(*own != 0);
                *own = 0;
            }
        }
        if let Some(c) = self.cpus.first_mut() {
            for (own, sum) in c.faults().into_iter().zip(all.faults()) {
                *own = *sum;
            }
        }
    }

    /// Sets what `cpu` knows of a branch.
    pub fn set_branch(&mut self, cpu: usize, branch: u8, to: BranchState) {
        let code = match to {
            BranchState::Open => 0,
            BranchState::Predicted(true) => 1,
            BranchState::Predicted(false) => 2,
            BranchState::Resolved(true) => 3,
            BranchState::Resolved(false) => 4,
        };
        let shift = 3 * u32::from(branch);
        let word = &mut self.cpus[cpu].branches;
        *word = (*word & !(7 << shift)) | (code << shift);
    }

    /// The predictions that a load rests on.
    #[must_use]
    pub fn guess(&self, global: usize) -> Guess {
        self.guesses.get(global).copied().unwrap_or(0)
    }

    /// Copies `other` into `self` without allocating.
    pub fn copy_from(&mut self, other: &State) {
        self.cpus.clone_from(&other.cpus);
        self.vals.clone_from(&other.vals);
        self.sources.clone_from(&other.sources);
        self.guesses.clone_from(&other.guesses);
        self.mem.clone_from(&other.mem);
        self.writers.clone_from(&other.writers);
        self.inside = other.inside;
        self.underway.clone_from(&other.underway);
        self.carried.clone_from(&other.carried);
    }
}
