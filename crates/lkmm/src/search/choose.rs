//! What is to be chosen next, and what a read may still find.

use super::{Choice, Search};
use crate::algebra::Level;
use crate::relation::{Bits, bit, bits};
use crate::skeleton::{Critical, Skeleton, UNKNOWN};
use crate::tags;

impl Search {
    /// The next choice. `Some(None)`: all are made. `None`: this leads nowhere.
    pub(super) fn choose(&mut self) -> Option<Option<Choice>> {
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
        let skeleton = self.skeleton.as_ref()?;
        let open =
            skeleton.set(tags::R) & !self.state.assigned & !self.state.adrift & !skeleton.sections;
        // Where a read goes nobody knows yet, it may come to nothing: first what says where.
        let astray = if self.wanted.broken {
            bits(open & skeleton.dynamic)
                .filter(|read| self.state.locs[*read] == UNKNOWN)
                .fold(0, |set, read| set | bit(read))
        } else {
            0
        };
        let first = if open == astray { open } else { open & !astray };
        let mut best: Option<(u32, usize, Bits)> = None;
        for read in bits(first) {
            let writes = self.possible(skeleton, read);
            let count = writes.count_ones() + u32::from(self.finds_nothing(read));
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
            return Some(Some(if self.finds_nothing(read) {
                Choice::Nowhere(read, writes)
            } else {
                Choice::ReadsFrom(read, writes)
            }));
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

    /// A read through a pointer to no variable may find that nothing is there: then it gets 0, as
    /// on the machine, and the execution is broken.
    fn finds_nothing(&self, read: usize) -> bool {
        let loc = self.state.locs[read];
        let value = (self.state.known & bit(read) != 0).then(|| self.state.found[read]);
        self.wanted.broken
            && loc != UNKNOWN
            && usize::from(loc) >= self.threads.vars
            && value.unwrap_or(0) == 0
    }

    /// Two critical sections of one lock that have no order yet.
    pub(super) fn open_sections(&self) -> Option<Choice> {
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
    pub(super) fn lock_reads(&mut self) -> bool {
        let Some(skeleton) = &self.skeleton else {
            return false;
        };
        let mut found = Vec::new();
        for c in &skeleton.critical {
            if self.state.assigned & bit(c.read) != 0 {
                continue;
            }
            let before =
                |d: &&Critical| d.lock == c.lock && self.state.coherence.has(d.write, c.write);
            let mut last: Option<&Critical> = None;
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
    pub(super) fn possible(&self, skeleton: &Skeleton, read: usize) -> Bits {
        let state = &self.state;
        if let Some((_, from)) = skeleton.lock_reads.iter().find(|(e, _)| *e == read) {
            return if self.enforce.coherence {
                from & !state.coherence.row(read)
            } else {
                *from
            };
        }
        let writes =
            skeleton.set(tags::W) & !skeleton.set(tags::LKW | tags::UL) & !skeleton.sections;
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
            // Two atomics never find the same write, unless they are operands of one expression.
            if self.enforce.atomic && self.enforce.coherence {
                for other in bits(state.assigned) {
                    if skeleton.rmw[other].is_some() && !skeleton.unsequenced(read, other) {
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
    pub(super) fn ordered(&self, skeleton: &Skeleton, event: usize) -> bool {
        !self.model.marked_only || skeleton.tags[event] & tags::MARKED != 0
    }

    pub(super) fn assign(&mut self, read: usize, write: usize) -> bool {
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

    /// Two writes of one location that have no order yet.
    pub(super) fn open_writes(&self) -> Option<Choice> {
        let skeleton = self.skeleton.as_ref()?;
        let elsewhere = skeleton.set(tags::LKW | tags::UL) | skeleton.sections;
        let (a, b) = self.unordered(skeleton.set(tags::W) & !elsewhere)?;
        Some(Choice::Writes(a, b))
    }

    /// Two of these writes that are of one location and have no order yet.
    pub(super) fn unordered(&self, writes: Bits) -> Option<(usize, usize)> {
        for at in &self.state.at {
            let here = at & writes;
            for a in bits(here) {
                for b in bits(here & !(bit(a) | (bit(a) - 1))) {
                    if !self.state.coherence.has(a, b) && !self.state.coherence.has(b, a) {
                        return Some((a, b));
                    }
                }
            }
        }
        None
    }
}
