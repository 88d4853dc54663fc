//! How strong the positions of a toggle are, by what their statements *are*.
//!
//! A position is read as accesses with what orders them: what stands between two of them (barriers, grace periods),
//! how each is marked (plain, once, acquire, release, fully ordered), and whether it depends on a load. One position is
//! weaker than another when both make the same accesses and the other has all that orders it, and more. So `smp_mb()`
//! is above `smp_rmb()`, `smp_wmb()`, acquire and release, these are above a dependency, and that is above nothing;
//! `smp_rmb()` and `smp_wmb()` cannot be compared. Where the statements say nothing of it, a switch is stronger when it
//! is on, and the positions of a choice cannot be compared. Why it is so: docs/decisions/0016-strength.md.
//!
//! A search relies on none of this: every setting is searched for itself. The order only says which of those that
//! prevent an outcome ask for less.

mod shape;

use litmus::{Setting, Test};

use shape::Shape;

/// What a position of a toggle has that a weaker one has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// The access itself: a dependency, or that the compiler may not touch it.
    Access,
    /// A barrier, or an access that is one.
    Barrier,
    /// A callback: something is done after a grace period, for which nobody waits.
    Callback,
    /// A wait for a grace period.
    GracePeriod,
    /// A wait until callbacks have run.
    Callbacks,
    /// Other statements.
    Change,
}

impl Means {
    /// Somebody waits.
    #[must_use]
    pub fn waits(self) -> bool {
        matches!(self, Means::GracePeriod | Means::Callbacks)
    }
}

/// The order of the positions of every toggle of a test.
#[derive(Clone, Debug)]
pub struct Strength(Vec<Positions>);

#[derive(Clone, Debug)]
struct Positions {
    means: Vec<Means>,
    /// `weaker[a][b]`: position `a` is weaker than position `b`.
    weaker: Vec<Vec<bool>>,
}

impl Strength {
    /// Of a test that still has its toggles.
    #[must_use]
    pub fn of(test: &Test) -> Strength {
        let toggles = test.without_spans().toggles;
        let positions = toggles.iter().map(|toggle| {
            let shapes = toggle.positions.iter().map(|p| Shape::of(&p.stmts));
            Positions::of(&shapes.collect::<Vec<Shape>>())
        });
        Strength(positions.collect())
    }

    fn positions(&self, toggle: usize) -> &[Vec<bool>] {
        self.0
            .get(toggle)
            .map_or(&[], |positions| positions.weaker.as_slice())
    }

    /// How many positions each toggle has.
    #[must_use]
    pub fn sizes(&self) -> Vec<usize> {
        self.0.iter().map(|toggle| toggle.means.len()).collect()
    }

    /// Whether one position of a toggle is weaker than another.
    #[must_use]
    pub fn is_weaker(&self, toggle: usize, one: u8, other: u8) -> bool {
        let row = self.positions(toggle).get(usize::from(one));
        row.is_some_and(|row| row.get(usize::from(other)) == Some(&true))
    }

    /// Whether no toggle stands higher, or anywhere else, in one setting than in the other.
    #[must_use]
    pub fn at_most(&self, one: &Setting, other: &Setting) -> bool {
        let mut pairs = one.0.iter().zip(&other.0).enumerate();
        pairs.all(|(toggle, (a, b))| a == b || self.is_weaker(toggle, *a, *b))
    }

    /// The positions of a toggle than which none is weaker.
    pub fn weakest(&self, toggle: usize) -> impl Iterator<Item = u8> + '_ {
        let count = self.positions(toggle).len();
        (0..u8::try_from(count).unwrap_or(u8::MAX)).filter(move |at| !self.is_on(toggle, *at))
    }

    /// Some position of the toggle is weaker than this one.
    #[must_use]
    pub fn is_on(&self, toggle: usize, position: u8) -> bool {
        let mut rows = self.positions(toggle).iter();
        rows.any(|row| row.get(usize::from(position)) == Some(&true))
    }

    /// The positions that are weaker than this one with none between.
    pub fn just_below(&self, toggle: usize, position: u8) -> impl Iterator<Item = u8> + '_ {
        let count = self.positions(toggle).len();
        let all = move || 0..u8::try_from(count).unwrap_or(u8::MAX);
        let below = move |a, b| self.is_weaker(toggle, a, b);
        all().filter(move |a| {
            below(*a, position)
                && !all().any(|between| below(*a, between) && below(between, position))
        })
    }

    /// Chains of positions from the strongest to the weakest, each position right below the one before it.
    #[must_use]
    pub fn chains(&self, toggle: usize) -> Vec<Vec<u8>> {
        let count = self.positions(toggle).len();
        let all = 0..u8::try_from(count).unwrap_or(u8::MAX);
        let top = |at: &u8| all.clone().all(|other| !self.is_weaker(toggle, *at, other));
        let mut open: Vec<Vec<u8>> = all.clone().filter(top).map(|at| vec![at]).rev().collect();
        let mut chains = Vec::new();
        while let Some(chain) = open.pop() {
            let last = chain.last().copied().unwrap_or_default();
            let below: Vec<u8> = self.just_below(toggle, last).collect();
            if below.is_empty() {
                chains.push(chain);
                continue;
            }
            let longer = below.iter().rev().map(|next| {
                let mut chain = chain.clone();
                chain.push(*next);
                chain
            });
            open.extend(longer);
        }
        chains
    }

    /// What a position has that a weaker one has not.
    #[must_use]
    pub fn means(&self, toggle: usize, position: u8) -> Means {
        let positions = self.0.get(toggle);
        let means = positions.and_then(|p| p.means.get(usize::from(position)));
        means.copied().unwrap_or(Means::Change)
    }

    /// The toggles that are on in a setting: a weaker position of them is there.
    #[must_use]
    pub fn on(&self, setting: &Setting) -> Vec<usize> {
        let positions = setting.0.iter().enumerate();
        let on = positions.filter(|(toggle, position)| self.is_on(*toggle, **position));
        on.map(|(toggle, _)| toggle).collect()
    }

    /// How many barriers are on. A dependency is none, and neither is a grace period, whether somebody waits for it
    /// or not.
    #[must_use]
    pub fn barriers_on(&self, setting: &Setting) -> usize {
        let is_barrier = |toggle: &usize| {
            let position = setting.0.get(*toggle).copied().unwrap_or_default();
            matches!(
                self.means(*toggle, position),
                Means::Barrier | Means::Change
            )
        };
        self.on(setting).into_iter().filter(is_barrier).count()
    }
}

impl Positions {
    fn of(shapes: &[Shape]) -> Positions {
        let count = shapes.len();
        let mut weaker: Vec<Vec<bool>> = shapes
            .iter()
            .map(|a| shapes.iter().map(|b| a.weaker(b)).collect())
            .collect();
        // What orders grows with every step, so a chain of steps never comes back.
        for middle in 0..count {
            for a in 0..count {
                for b in 0..count {
                    weaker[a][b] |= weaker[a][middle] && weaker[middle][b];
                }
            }
        }
        let mut means: Vec<Means> = shapes.iter().map(Shape::means).collect();
        let compared = weaker.iter().flatten().any(|weaker| *weaker);
        if count == 2 && !compared {
            weaker[1][0] = true;
            for means in &mut means {
                if matches!(means, Means::Barrier | Means::Access) {
                    *means = Means::Change;
                }
            }
        }
        Positions { means, weaker }
    }
}
