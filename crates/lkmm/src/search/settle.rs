//! What follows from the choices made: values, locations, the order within each location.

use super::{Search, State};
use crate::paths::Node;
use crate::relation::{bit, bits};
use crate::skeleton::UNKNOWN;
use crate::tags;
use crate::value::{is_symbol, pointee, symbol};

impl Search {
    /// Draws what follows for values, locations, constraints and coherence.
    pub(super) fn settle(&mut self) -> bool {
        self.settle_values() && self.settle_coherence() && self.hopeful()
    }

    pub(super) fn settle_values(&mut self) -> bool {
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
                if let Some(address) = self.values().and_then(|v| v.address(event)) {
                    if is_symbol(address) {
                        return false;
                    }
                    self.state.locs[event] = self.location(address);
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

    /// The location at an address. What leads to no variable has a location of its own, which no
    /// variable shares and where nothing is before the first store.
    fn location(&mut self, address: i64) -> u16 {
        let vars = self.threads.vars;
        if let Some(var) = pointee(&self.test, address, vars) {
            return var.0;
        }
        let known = self.nowhere.iter().position(|known| *known == address);
        let index = known.unwrap_or_else(|| {
            self.nowhere.push(address);
            self.nowhere.len() - 1
        });
        let loc = vars + index;
        if self.state.at.len() <= loc {
            self.state.at.resize(loc + 1, 0);
        }
        // An execution has too few events for more.
        u16::try_from(loc).unwrap_or(UNKNOWN - 1)
    }

    /// Whether the control paths are taken; `None` while that is open.
    pub(super) fn constraints(&self) -> Option<bool> {
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
    pub(super) fn hopeful(&self) -> bool {
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
    pub(super) fn settle_coherence(&mut self) -> bool {
        let Some(skeleton) = &self.skeleton else {
            return false;
        };
        let mut reads = self.state.assigned;
        if !self.enforce.coherence {
            // Quiet domains are coherent in any case: they are no part of a question.
            reads &= skeleton.sections;
        }
        if reads == 0 {
            return true;
        }
        let writes = skeleton.set(tags::W);
        let State {
            rf,
            locs,
            at,
            coherence,
            ..
        } = &mut self.state;
        loop {
            let mut changed = false;
            for read in bits(reads) {
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

    /// Values that nothing says: a circle of copies is one value out of thin air.
    pub(super) fn finish_values(&mut self) -> bool {
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
    pub(super) fn copied_from(&self, read: usize) -> Option<usize> {
        let write = usize::from(self.state.rf[read]);
        let values = self.values()?;
        let (thread, event) = values.path_event(write)?;
        match self.threads.threads[thread].nodes[event.value? as usize] {
            Node::Read(local) => Some(values.skeleton.first[thread] + usize::from(local)),
            _ => None,
        }
    }

    /// The last name that the value of a read has, counted over all threads.
    pub(super) fn named(&self, read: usize) -> usize {
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
    pub(super) fn placed(&self) -> bool {
        let dynamic = self.skeleton.as_ref().map_or(0, |s| s.dynamic);
        bits(dynamic).all(|e| self.state.locs[e] != UNKNOWN)
    }
}
