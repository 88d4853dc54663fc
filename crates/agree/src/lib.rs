//! Random small programs from critical cycles, as litmus text: what fails can be
//! pasted anywhere. And shrinking them.
//!
//! A critical cycle goes through 1 to 4 CPUs. Each CPU has two accesses to
//! different locations with something between them: a fence, a dependency, an
//! acquire or release, a lock, a section, a grace period. From one CPU to the
//! next it goes by a location that both access. These are the programs in which
//! models differ.
//!
//! [`whole()`] gives programs of the whole dialect instead, in which readers of the
//! dialect differ; [`herd7`] runs herd7 on them, and [`differ`] says where it and we do.
//!
//! A relay hands a message from CPU to CPU, past stores that nobody reads: what is carried
//! on from one store to the next shows there.

mod cycle;
pub mod differ;
pub mod herd7;
mod joins;
mod program;
mod relay;
mod shrink;
mod values;
mod whole;

pub use cycle::{Dialect, cycle};
pub use joins::joins;
pub use program::Program;
pub use relay::relay;
pub use shrink::shrink;
pub use values::values;
pub use whole::{THEMES, Tongue, whole};

/// A generator with a fixed sequence for each seed (xorshift).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % n.max(1)
    }

    /// One of these.
    pub fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}
