//! Telling the evaluator of a candidate.

use super::Search;
use crate::algebra::{Base, Level};
use crate::relation::{Relation, bit, bits};
use crate::skeleton::same_locations;
use crate::tags;

impl Search {
    /// Tells the evaluator of the candidate.
    pub(super) fn load(&mut self, level: Level) {
        let Some(skeleton) = &self.skeleton else {
            return;
        };
        let state = &self.state;
        let writes = skeleton.set(tags::W);
        if level == Level::ReadsFrom {
            let mut inverse = std::mem::take(self.evaluator.base_mut(Base::Rf));
            inverse.clear(skeleton.n);
            for read in bits(state.assigned) {
                inverse.add(usize::from(state.rf[read]), read);
            }
            *self.evaluator.base_mut(Base::Rf) = inverse;
            if skeleton.dynamic != 0 {
                same_locations(&state.locs, self.evaluator.base_mut(Base::Loc));
            }
            if skeleton.set(tags::SRCU_LOCK) != 0 {
                let mut differ = std::mem::take(self.evaluator.base_mut(Base::DifferentValues));
                self.different_values(&mut differ);
                *self.evaluator.base_mut(Base::DifferentValues) = differ;
            }
        }
        let n = skeleton.n;
        let co = self.evaluator.base_mut(Base::Co);
        co.clear(n);
        for at in &state.at {
            let here = at & writes;
            for write in bits(here) {
                *co.row_mut(write) = state.coherence.row(write) & here;
            }
        }
        let co = std::mem::take(self.evaluator.base_mut(Base::Co));
        let fr = self.evaluator.base_mut(Base::Fr);
        fr.clear(n);
        for read in bits(state.assigned) {
            *fr.row_mut(read) = co.row(usize::from(state.rf[read])) & !bit(read);
        }
        for domain in &skeleton.quiet {
            // Of what is open, coherence tells as much as is known.
            for entry in bits(domain & skeleton.set(tags::R)) {
                *fr.row_mut(entry) = state.coherence.row(entry) & domain & writes;
            }
        }
        *self.evaluator.base_mut(Base::Co) = co;
        self.evaluator.changed(level);
    }

    pub(super) fn different_values(&self, out: &mut Relation) {
        let (Some(values), Some(skeleton)) = (self.values(), &self.skeleton) else {
            return;
        };
        out.clear(skeleton.n);
        for lock in bits(skeleton.set(tags::SRCU_LOCK)) {
            for unlock in bits(skeleton.set(tags::SRCU_UNLOCK)) {
                if values.found_by(lock) != values.stored(unlock) {
                    out.add(lock, unlock);
                }
            }
        }
    }
}
