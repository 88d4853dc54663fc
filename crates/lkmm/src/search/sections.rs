//! What the sections of quiet domains find of one another: chosen last, forced where there is one choice, and counted
//! where no choice can matter.

use std::collections::HashMap;

use super::bounds::Alike;
use super::{Choice, Counting, NONE, Search};
use crate::algebra::Base;
use crate::relation::{Bits, Relation, bit, bits};
use crate::skeleton::Skeleton;
use crate::tags;

impl Search {
    /// The writes that a section entry may still find. The entry itself stands for the initial value.
    pub(super) fn sources(&self, skeleton: &Skeleton, entry: usize) -> Bits {
        let Some(domain) = skeleton.quiet.iter().find(|d| **d & bit(entry) != 0) else {
            return 0;
        };
        let coherence = &self.state.coherence;
        let writes = domain & skeleton.set(tags::W);
        let mut from = writes & !coherence.row(entry);
        let before: Bits = bits(writes)
            .filter(|w| coherence.has(*w, entry))
            .fold(0, |set, w| set | bit(w));
        if before == 0 {
            return from | bit(entry);
        }
        for write in bits(from) {
            if coherence.row(write) & before != 0 {
                from &= !bit(write);
            }
        }
        from
    }

    /// A section entry finds this write, or the initial value.
    pub(super) fn place(&mut self, entry: usize, source: usize) -> bool {
        let Some(skeleton) = &self.skeleton else {
            return false;
        };
        self.state.placed |= bit(entry);
        if source != entry {
            return self.assign(entry, source);
        }
        let domain = skeleton.quiet.iter().find(|d| **d & bit(entry) != 0);
        let writes = domain.map_or(0, |d| d & skeleton.set(tags::W));
        bits(writes).all(|w| self.state.coherence.add_closed(entry, w))
    }

    /// Makes every choice that is none.
    pub(super) fn force_sections(&mut self) -> bool {
        loop {
            let Some(skeleton) = &self.skeleton else {
                return false;
            };
            let open = skeleton.sections & skeleton.set(tags::R) & !self.state.placed;
            let forced = bits(open)
                .map(|entry| (entry, self.sources(skeleton, entry)))
                .find(|(_, sources)| sources.count_ones() < 2);
            let Some((entry, sources)) = forced else {
                return true;
            };
            if sources == 0 {
                return false;
            }
            let source = sources.trailing_zeros() as usize;
            if !self.place(entry, source) || !self.settle_coherence() {
                return false;
            }
        }
    }

    /// A choice of this domain that is not made yet.
    pub(super) fn open_choice(&self, domain: Bits) -> Option<Choice> {
        let skeleton = self.skeleton.as_ref()?;
        let entries = domain & skeleton.set(tags::R) & !self.state.placed;
        let entry = bits(entries)
            .map(|entry| (entry, self.sources(skeleton, entry)))
            .min_by_key(|(_, sources)| sources.count_ones());
        if let Some((entry, sources)) = entry {
            return Some(Choice::Section(entry, sources));
        }
        let (a, b) = self.unordered(domain & skeleton.set(tags::W))?;
        Some(Choice::SectionEnds(a, b))
    }

    /// Domains with a choice that is not made yet.
    pub(super) fn open_domains(&self) -> Vec<Bits> {
        let quiet = self.skeleton.as_ref().map_or(&[][..], |s| &s.quiet);
        let open = quiet.iter().copied();
        open.filter(|d| self.open_choice(*d).is_some()).collect()
    }

    /// The choice to make next, if the axioms or the flags may tell executions apart that differ in what is open.
    pub(super) fn section_choice(&mut self) -> Option<Choice> {
        let first = !self.among_sections();
        if first {
            self.same_flags = true;
        }
        let open = self.open_domains();
        if open.is_empty() {
            return None;
        }
        if self.wanted.counting != Counting::OneByOne {
            let alike = self.alike(&open);
            if first {
                self.same_flags = alike.flags;
            }
            if alike.allowed && alike.flags {
                return None;
            }
        }
        let matters = match open.len() {
            1 => None,
            _ => open.iter().copied().find(|domain| {
                let alike = self.alike(&[*domain]);
                !alike.allowed || !alike.flags
            }),
        };
        self.open_choice(matters.unwrap_or(open[0]))
    }

    /// The last choice is one of a section.
    pub(super) fn among_sections(&self) -> bool {
        self.depth > 0 && self.frames[self.depth - 1].choice.of_section()
    }

    /// What all ways to fill in these domains have in common.
    fn alike(&mut self, open: &[Bits]) -> Alike {
        let Some(skeleton) = &self.skeleton else {
            return Alike::default();
        };
        let state = &self.state;
        self.bounds.begin(&self.evaluator);
        for domain in open {
            let writes = domain & skeleton.set(tags::W);
            for entry in bits(domain & skeleton.set(tags::R)) {
                if state.placed & bit(entry) == 0 {
                    for write in bits(self.sources(skeleton, entry) & !bit(entry)) {
                        self.bounds.possible(Base::Rf, write, entry);
                    }
                }
                for write in bits(writes).filter(|w| !state.coherence.has(*w, entry)) {
                    self.bounds.possible(Base::Fr, entry, write);
                }
            }
            for first in bits(writes) {
                for second in bits(writes & !bit(first)) {
                    if !state.coherence.has(second, first) {
                        self.bounds.possible(Base::Co, first, second);
                    }
                }
            }
        }
        let mut alike = self.bounds.alike(
            &mut self.evaluator,
            &self.skip,
            &skeleton.quiet,
            &state.coherence,
        );
        alike.flags |= !self.wanted.flags;
        alike
    }

    /// How many ways there are to fill in the quiet domains.
    pub(super) fn weigh(&mut self) -> u64 {
        if self.wanted.counting == Counting::AsOne {
            return 1;
        }
        let Some(skeleton) = &self.skeleton else {
            return 1;
        };
        let chosen = self.among_sections();
        if let (false, Some(ways)) = (chosen, self.unchosen_ways) {
            return ways;
        }
        let ways = skeleton.quiet.iter().map(|domain| {
            let mut fill = Fill {
                skeleton,
                lanes: lanes(skeleton, *domain),
                coherence: &self.state.coherence,
                placed: self.state.placed,
                rf: &self.state.rf,
                known: HashMap::new(),
            };
            fill.ways(0, NONE, 0)
        });
        let ways = ways.fold(1, u64::saturating_mul);
        if !chosen {
            self.unchosen_ways = Some(ways);
        }
        ways
    }

    /// Leaves out the other ways to fill in the quiet domains of this candidate.
    pub(super) fn leave_sections(&mut self) {
        while self.among_sections() {
            self.depth -= 1;
            self.checked = false;
        }
    }
}

/// The accesses of a domain, thread by thread.
fn lanes(skeleton: &Skeleton, domain: Bits) -> Vec<Vec<usize>> {
    let mut lanes: Vec<Vec<usize>> = Vec::new();
    for event in bits(domain) {
        match lanes.last_mut() {
            Some(lane) if skeleton.thread[lane[0]] == skeleton.thread[event] => lane.push(event),
            _ => lanes.push(vec![event]),
        }
    }
    lanes
}

/// The coherent ways to fill in a domain: an order of its writes, and for each entry a place between two of them. After
/// each write every thread takes some entries, one thread after the other; then some thread takes the next write.
struct Fill<'s> {
    skeleton: &'s Skeleton,
    lanes: Vec<Vec<usize>>,
    coherence: &'s Relation,
    placed: Bits,
    rf: &'s [u8],
    /// What is taken, the last write, and the thread whose turn it is: how many ways from there.
    known: HashMap<(Bits, u8, usize), u64>,
}

impl Fill<'_> {
    fn ways(&mut self, taken: Bits, last: u8, turn: usize) -> u64 {
        if let Some(ways) = self.known.get(&(taken, last, turn)) {
            return *ways;
        }
        let next: Vec<Option<usize>> = self
            .lanes
            .iter()
            .map(|lane| lane.iter().copied().find(|e| taken & bit(*e) == 0))
            .collect();
        let ways = match next.get(turn) {
            Some(event) => {
                let entry = event.filter(|e| self.is_write(*e) == Some(false));
                let entry = entry.filter(|e| self.fits(taken, last, *e));
                let more = entry.map_or(0, |e| self.ways(taken | bit(e), last, turn));
                more.saturating_add(self.ways(taken, last, turn + 1))
            }
            None if next.iter().all(Option::is_none) => 1,
            None => {
                let writes = next.iter().flatten().copied();
                let writes: Vec<usize> = writes
                    .filter(|e| self.is_write(*e) == Some(true) && self.ready(taken, *e))
                    .collect();
                writes.into_iter().fold(0, |sum: u64, e| {
                    sum.saturating_add(self.ways(taken | bit(e), e as u8, 0))
                })
            }
        };
        self.known.insert((taken, last, turn), ways);
        ways
    }

    fn is_write(&self, event: usize) -> Option<bool> {
        self.skeleton
            .tags
            .get(event)
            .map(|tags| tags & tags::W != 0)
    }

    /// All that is known to come before has been taken.
    fn ready(&self, taken: Bits, event: usize) -> bool {
        let mut all = self.lanes.iter().flatten();
        all.all(|other| taken & bit(*other) != 0 || !self.coherence.has(*other, event))
    }

    /// An entry may stand behind this write.
    fn fits(&self, taken: Bits, last: u8, entry: usize) -> bool {
        let placed = self.placed & bit(entry) != 0;
        (!placed || self.rf.get(entry) == Some(&last)) && self.ready(taken, entry)
    }
}
