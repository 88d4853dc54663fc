//! What the sections of quiet domains find of one another: chosen last, forced where there is one choice, and counted
//! where no choice can matter.

use super::bounds::Alike;
use super::fill::Fill;
use super::{Choice, Counting, Search};
use crate::algebra::Base;
use crate::relation::{Bits, bit, bits};
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
        let alike = self.alike(&open);
        if first {
            self.same_flags = alike.flags;
        }
        if alike.allowed && alike.flags {
            return None;
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
        let ways = skeleton
            .quiet
            .iter()
            .map(|domain| Fill::new(skeleton, *domain, &self.state).count());
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
