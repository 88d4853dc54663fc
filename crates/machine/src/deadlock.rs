//! States in which nothing can happen and not everything has.

use crate::reason::Reason;
use crate::{Program, State};

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

/// Why a state in which nothing can happen is not final. `None` when CPUs wait
/// for each other between the read and the write of an atomic: hardware would
/// give one of them up, and that schedule is another one.
#[must_use]
pub fn deadlock(p: &Program, state: &State) -> Option<Deadlock> {
    // What a CPU waits for is not the stores on their way to it.
    let mut everywhere;
    let mut state = state;
    if !state.underway.is_empty() {
        everywhere = state.clone();
        everywhere.arrive_all();
        state = &everywhere;
    }
    let mut found = None;
    let mut reserved = false;
    for cpu in 0..p.cpus.len() {
        p.look(state, cpu, |step, plan| {
            let c = step.cpu;
            match plan {
                Err(Reason::Reserved { .. } | Reason::WouldSucceed) => reserved = true,
                Err(Reason::Readers { sections }) => {
                    let own = crate::masks::bits(sections)
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
