//! How large a search will be, before it is run: Knuth's estimate by random probes.
//!
//! A probe goes down from the first state at random and multiplies the numbers
//! of successors on its way: the mean over probes is the number of nodes of the
//! *tree* of schedules. States are shared, so the number of states is smaller;
//! the estimate is an upper bound in the mean, good for "a moment" or "hours".

use std::sync::Arc;

use machine::touch::Touches;
use machine::{Program, Quiet, State};

use crate::reduce::Next;

/// An estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Nodes of the tree of schedules, the mean of the probes.
    pub schedules: f64,
    /// Steps of the longest probe.
    pub depth: usize,
    /// Probes made.
    pub probes: usize,
}

/// Estimates by `probes` probes. The same program and seed give the same answer.
#[must_use]
pub fn estimate(p: &Arc<Program>, probes: usize, seed: u64) -> Estimate {
    let touches = Touches::new(p);
    let mut next = Next::default();
    let nothing = Next::default();
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut total = 0.0;
    let mut depth = 0;
    for _ in 0..probes {
        let mut state = State::initial(p);
        let mut paths = 1.0;
        let mut nodes = 1.0;
        let mut steps = 0;
        loop {
            next.fill(p, &touches, &state);
            let eager = next.eager(p, &nothing);
            let cpus = next.persistent();
            let offers: Vec<_> = match eager {
                Some(offer) => vec![offer],
                None => next.offers_of(cpus).collect(),
            };
            if offers.is_empty() {
                break;
            }
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let offer = offers[(random >> 11) as usize % offers.len()];
            paths *= offers.len() as f64;
            if eager.is_none() {
                nodes += paths;
            }
            let mut quiet = Quiet::default();
            offer.pull.apply(p, &mut state, offer.step, |_| {});
            p.apply(&mut state, offer.step, offer.plan, &mut quiet);
            steps += 1;
            if quiet.undone {
                break;
            }
        }
        depth = depth.max(steps);
        total += nodes;
    }
    Estimate {
        schedules: total / probes.max(1) as f64,
        depth,
        probes,
    }
}
