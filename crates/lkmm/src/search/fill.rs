//! In how many coherent ways a quiet domain can be filled in.
//!
//! A way is an order of the domain's writes, and for each read a place behind one of them or before all. So one walk goes
//! through all threads together: behind each write every thread takes some of its reads, one thread after the other; then
//! some thread takes its next write. What has been walked before is kept.

use std::collections::HashMap;

use super::{NONE, State};
use crate::relation::{Bits, Relation, bit, bits};
use crate::skeleton::Skeleton;
use crate::tags;

/// Places of the walk that are kept. A domain with more of them has more ways than can be written down.
const PLACES: usize = 1 << 20;

/// See the module.
pub(super) struct Fill<'s> {
    /// The domain's accesses, thread by thread.
    lanes: Vec<Vec<usize>>,
    /// Lanes that can stand for one another.
    alike: Vec<Vec<usize>>,
    writes: Bits,
    coherence: &'s Relation,
    placed: Bits,
    rf: &'s [u8],
    known: HashMap<Place, u64>,
}

/// A place of the walk.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Place {
    /// By lane: how many of its accesses are taken.
    taken: Vec<u8>,
    /// The last write, where that matters.
    last: u8,
    /// The lane whose turn it is to take reads.
    turn: usize,
}

impl<'s> Fill<'s> {
    pub fn new(skeleton: &Skeleton, domain: Bits, state: &'s State) -> Fill<'s> {
        let mut lanes: Vec<Vec<usize>> = Vec::new();
        for event in bits(domain) {
            match lanes.last_mut() {
                Some(lane) if skeleton.thread[lane[0]] == skeleton.thread[event] => {
                    lane.push(event);
                }
                _ => lanes.push(vec![event]),
            }
        }
        let mut fill = Fill {
            lanes,
            alike: Vec::new(),
            writes: domain & skeleton.set(tags::W),
            coherence: &state.coherence,
            placed: state.placed & domain,
            rf: &state.rf,
            known: HashMap::new(),
        };
        if fill.placed == 0 && !fill.across() {
            fill.group();
        }
        fill
    }

    /// How many ways there are; `u64::MAX` when there are more.
    pub fn count(mut self) -> u64 {
        let start = Place {
            taken: vec![0; self.lanes.len()],
            last: NONE,
            turn: 0,
        };
        self.ways(start)
    }

    /// Something is known of the order of two threads' accesses.
    fn across(&self) -> bool {
        let all = |lane: &[usize]| lane.iter().fold(0, |set: Bits, e| set | bit(*e));
        let domain = self.lanes.iter().fold(0, |set, lane| set | all(lane));
        self.lanes.iter().any(|lane| {
            let others = domain & !all(lane);
            lane.iter().any(|e| self.coherence.row(*e) & others != 0)
        })
    }

    /// Finds lanes with the same accesses.
    fn group(&mut self) {
        let shape = |lane: &[usize]| -> Vec<bool> {
            lane.iter().map(|e| self.writes & bit(*e) != 0).collect()
        };
        let mut groups: HashMap<Vec<bool>, Vec<usize>> = HashMap::new();
        for (at, lane) in self.lanes.iter().enumerate() {
            groups.entry(shape(lane)).or_default().push(at);
        }
        self.alike = groups.into_values().filter(|g| g.len() > 1).collect();
    }

    /// The place that stands for all that differ only in which of several like lanes is which.
    fn canonical(&self, mut place: Place) -> Place {
        for group in &self.alike {
            // Lanes that have had their turn are no longer like those that have not.
            let had = group.partition_point(|lane| *lane < place.turn);
            for part in [&group[..had], &group[had..]] {
                let mut taken: Vec<u8> = part.iter().map(|lane| place.taken[*lane]).collect();
                taken.sort_unstable();
                for (lane, taken) in part.iter().zip(taken) {
                    place.taken[*lane] = taken;
                }
            }
        }
        place
    }

    fn ways(&mut self, place: Place) -> u64 {
        let place = self.canonical(place);
        if let Some(ways) = self.known.get(&place) {
            return *ways;
        }
        if self.known.len() >= PLACES {
            return u64::MAX;
        }
        let ways = if place.turn < self.lanes.len() {
            let read = self
                .next(&place, place.turn)
                .filter(|e| self.fits(&place, *e));
            let more = read.map_or(0, |_| {
                let mut after = place.clone();
                after.taken[place.turn] += 1;
                self.ways(after)
            });
            let mut after = place.clone();
            after.turn += 1;
            more.saturating_add(self.ways(after))
        } else if (0..self.lanes.len()).all(|lane| self.next(&place, lane).is_none()) {
            1
        } else {
            let mut sum: u64 = 0;
            for lane in 0..self.lanes.len() {
                let Some(write) = self.next(&place, lane) else {
                    continue;
                };
                if self.writes & bit(write) == 0 || !self.ready(&place, write) {
                    continue;
                }
                let mut after = place.clone();
                after.taken[lane] += 1;
                after.turn = 0;
                if self.placed != 0 {
                    after.last = write as u8;
                }
                sum = sum.saturating_add(self.ways(after));
            }
            sum
        };
        self.known.insert(place, ways);
        ways
    }

    fn next(&self, place: &Place, lane: usize) -> Option<usize> {
        self.lanes[lane]
            .get(usize::from(place.taken[lane]))
            .copied()
    }

    /// All that is known to come before has been taken.
    fn ready(&self, place: &Place, event: usize) -> bool {
        self.lanes.iter().zip(&place.taken).all(|(lane, taken)| {
            let rest = &lane[usize::from(*taken)..];
            !rest.iter().any(|other| self.coherence.has(*other, event))
        })
    }

    /// A read that may stand behind the last write.
    fn fits(&self, place: &Place, event: usize) -> bool {
        let placed = self.placed & bit(event) != 0;
        self.writes & bit(event) == 0
            && (!placed || self.rf.get(event) == Some(&place.last))
            && self.ready(place, event)
    }
}
