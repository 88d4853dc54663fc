//! A part of a batch on several threads. Each looks at some of the states and only
//! reads the table; what they have found is stored afterwards, in order.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use machine::Program;

use crate::expand::{End, Ground, Origin, Sink, Worker};
use crate::search::Found;
use crate::table::{Hash, StateId, StateTable};

/// States that a thread takes at a time.
const PIECE: usize = 64;

/// What was found behind some states of a batch, in order.
#[derive(Debug, Default)]
pub(crate) struct Haul {
    bytes: Vec<u8>,
    states: Vec<Caught>,
    ends: Vec<(StateId, u8, End)>,
    /// By state of the batch: how many of `states` and of `ends` there were after it.
    marks: Vec<(usize, usize)>,
}

#[derive(Clone, Copy, Debug)]
struct Caught {
    origin: Origin,
    hash: Hash,
    /// Where its bytes end.
    end: usize,
}

/// A thread's sink: it leaves out what the table has already.
struct Net<'a> {
    table: &'a StateTable,
    haul: Haul,
}

impl Sink for Net<'_> {
    fn found(&mut self, origin: Origin, state: &[u8]) -> Option<StateId> {
        let hash = Hash::of(state);
        if self.table.find(hash, state).is_none() {
            self.haul.bytes.extend_from_slice(state);
            let end = self.haul.bytes.len();
            self.haul.states.push(Caught { origin, hash, end });
        }
        None
    }

    fn ended(&mut self, at: StateId, renaming: u8, end: End) {
        self.haul.ends.push((at, renaming, end));
    }
}

/// Looks at the states of `batch`, with a thread for each of `workers`. The hauls
/// are in the order of the batch.
pub(crate) fn look_at(
    p: &Program,
    ground: &Ground,
    table: &StateTable,
    batch: &[StateId],
    workers: &mut [Worker],
) -> Vec<Haul> {
    let next = AtomicUsize::new(0);
    let hauls = Mutex::new(Vec::new());
    let work = |worker: &mut Worker| {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(piece) = batch.chunks(PIECE).nth(number) else {
                return;
            };
            let haul = Haul::default();
            let mut net = Net { table, haul };
            for id in piece {
                worker.load(p, ground, *id, || table.get(*id));
                worker.expand(p, ground, *id, &mut net);
                let mark = (net.haul.states.len(), net.haul.ends.len());
                net.haul.marks.push(mark);
            }
            if let Ok(mut hauls) = hauls.lock() {
                hauls.push((number, net.haul));
            }
        }
    };
    let work = &work;
    std::thread::scope(|scope| {
        let mut workers = workers.iter_mut();
        let mine = workers.next();
        for worker in workers {
            scope.spawn(move || work(worker));
        }
        if let Some(worker) = mine {
            work(worker);
        }
    });
    let mut hauls = hauls.into_inner().unwrap_or_default();
    hauls.sort_by_key(|(number, _)| *number);
    hauls.into_iter().map(|(_, haul)| haul).collect()
}

impl Haul {
    /// Gives on what was found, and asks `on` after each state of the batch whether to
    /// go on. False when it said no.
    pub fn land(self, found: &mut Found, mut on: impl FnMut(&mut Found) -> bool) -> bool {
        let mut states = self.states.iter();
        let mut ends = self.ends.into_iter();
        let (mut landed, mut from) = ((0, 0), 0);
        for mark in self.marks {
            for caught in states.by_ref().take(mark.0 - landed.0) {
                let state = &self.bytes[from..caught.end];
                found.add(caught.origin, caught.hash, state);
                from = caught.end;
            }
            for (at, renaming, end) in ends.by_ref().take(mark.1 - landed.1) {
                found.ended(at, renaming, end);
            }
            landed = mark;
            if !on(found) {
                return false;
            }
        }
        true
    }
}
