//! Relations between the events of one candidate execution, as bit matrices.

/// A set of events: bit `e` for event `e`.
pub type Bits = u128;

/// Events that one candidate execution can have at most.
pub const MAX_EVENTS: usize = Bits::BITS as usize;

/// The set of one event.
#[must_use]
pub fn bit(event: usize) -> Bits {
    1 << event
}

/// The events of a set, in order.
pub fn bits(mut set: Bits) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        if set == 0 {
            return None;
        }
        let event = set.trailing_zeros() as usize;
        set &= set - 1;
        Some(event)
    })
}

/// A relation: for each event, the set of those that it leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relation {
    rows: Vec<Bits>,
}

impl Relation {
    /// The empty relation between `n` events.
    #[must_use]
    pub fn empty(n: usize) -> Relation {
        Relation { rows: vec![0; n] }
    }

    /// Makes this the empty relation between `n` events.
    pub fn clear(&mut self, n: usize) {
        self.rows.clear();
        self.rows.resize(n, 0);
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Nothing is related.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.iter().all(|row| *row == 0)
    }

    /// What an event leads to.
    #[must_use]
    pub fn row(&self, from: usize) -> Bits {
        self.rows.get(from).copied().unwrap_or(0)
    }

    /// The same, to be changed. Out of range: a panic, since events are counted here alone.
    pub fn row_mut(&mut self, from: usize) -> &mut Bits {
        &mut self.rows[from]
    }

    /// Adds a pair.
    pub fn add(&mut self, from: usize, to: usize) {
        if let Some(row) = self.rows.get_mut(from) {
            *row |= bit(to);
        }
    }

    /// Whether a pair is related.
    #[must_use]
    pub fn has(&self, from: usize, to: usize) -> bool {
        self.row(from) & bit(to) != 0
    }

    /// Every pair.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.rows
            .iter()
            .enumerate()
            .flat_map(|(from, row)| bits(*row).map(move |to| (from, to)))
    }

    /// How many pairs there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.iter().map(|row| row.count_ones() as usize).sum()
    }

    /// Events that lead somewhere.
    #[must_use]
    pub fn domain(&self) -> Bits {
        self.rows
            .iter()
            .enumerate()
            .filter(|(_, row)| **row != 0)
            .fold(0, |set, (from, _)| set | bit(from))
    }

    /// Events that something leads to.
    #[must_use]
    pub fn range(&self) -> Bits {
        self.rows.iter().fold(0, |set, row| set | row)
    }

    /// Some event is related to itself.
    #[must_use]
    pub fn reflexive_somewhere(&self) -> bool {
        self.rows
            .iter()
            .enumerate()
            .any(|(from, row)| row & bit(from) != 0)
    }

    /// Takes over another relation's pairs.
    pub fn copy_from(&mut self, other: &Relation) {
        self.rows.clone_from(&other.rows);
    }

    fn zip(&mut self, other: &Relation, op: impl Fn(Bits, Bits) -> Bits) {
        for (row, other) in self.rows.iter_mut().zip(&other.rows) {
            *row = op(*row, *other);
        }
    }

    /// `self | other`.
    pub fn union(&mut self, other: &Relation) {
        self.zip(other, |a, b| a | b);
    }

    /// `self & other`.
    pub fn intersect(&mut self, other: &Relation) {
        self.zip(other, |a, b| a & b);
    }

    /// `self \ other`.
    pub fn subtract(&mut self, other: &Relation) {
        self.zip(other, |a, b| a & !b);
    }

    /// `[set] ; self`.
    pub fn from_set(&mut self, set: Bits) {
        for (from, row) in self.rows.iter_mut().enumerate() {
            if set & bit(from) == 0 {
                *row = 0;
            }
        }
    }

    /// `self ; [set]`.
    pub fn to_set(&mut self, set: Bits) {
        for row in &mut self.rows {
            *row &= set;
        }
    }

    /// `self?`: with every event related to itself.
    pub fn or_id(&mut self) {
        for (from, row) in self.rows.iter_mut().enumerate() {
            *row |= bit(from);
        }
    }

    /// Makes this `a ; b`.
    pub fn compose(&mut self, a: &Relation, b: &Relation) {
        self.rows.clear();
        self.rows.extend(a.rows.iter().map(|row| {
            let mut out = 0;
            for mid in bits(*row) {
                out |= b.rows[mid];
            }
            out
        }));
    }

    /// Makes this the inverse of `a`.
    pub fn invert(&mut self, a: &Relation) {
        self.clear(a.len());
        for (from, row) in a.rows.iter().enumerate() {
            for to in bits(*row) {
                self.rows[to] |= bit(from);
            }
        }
    }

    /// The transitive closure, in place.
    pub fn close(&mut self) {
        let n = self.rows.len();
        for mid in 0..n {
            let through = self.rows[mid];
            if through == 0 {
                continue;
            }
            let mask = bit(mid);
            for row in &mut self.rows {
                if *row & mask != 0 {
                    *row |= through;
                }
            }
        }
    }

    /// Adds a pair to a transitive relation and closes it again. `false` when
    /// that makes a cycle; the relation is then not to be used.
    #[must_use]
    pub fn add_closed(&mut self, from: usize, to: usize) -> bool {
        if from == to || self.has(to, from) {
            return false;
        }
        if self.has(from, to) {
            return true;
        }
        let gained = self.rows[to] | bit(to);
        let mask = bit(from);
        for (at, row) in self.rows.iter_mut().enumerate() {
            if at == from || *row & mask != 0 {
                *row |= gained;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relation(n: usize, pairs: &[(usize, usize)]) -> Relation {
        let mut relation = Relation::empty(n);
        for (from, to) in pairs {
            relation.add(*from, *to);
        }
        relation
    }

    #[test]
    fn composition_and_inverse() {
        let a = relation(4, &[(0, 1), (1, 2)]);
        let b = relation(4, &[(1, 3), (2, 0)]);
        let mut c = Relation::default();
        c.compose(&a, &b);
        assert_eq!(c, relation(4, &[(0, 3), (1, 0)]));
        let mut d = Relation::default();
        d.invert(&c);
        assert_eq!(d, relation(4, &[(3, 0), (0, 1)]));
    }

    #[test]
    fn closing_step_by_step_is_closing() {
        let mut seed = 7u64;
        for _ in 0..500 {
            let mut plain = Relation::empty(9);
            let mut closed = Relation::empty(9);
            for _ in 0..12 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let (from, to) = ((seed >> 33) as usize % 9, (seed >> 45) as usize % 9);
                let mut next = closed.clone();
                let fine = next.add_closed(from, to);
                let mut with = plain.clone();
                with.add(from, to);
                let mut all = with.clone();
                all.close();
                assert_eq!(fine, !all.reflexive_somewhere());
                if fine {
                    assert_eq!(next, all);
                    (plain, closed) = (with, next);
                }
            }
        }
    }
}
