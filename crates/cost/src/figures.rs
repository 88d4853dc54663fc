//! The figures, each with where it is from.

use crate::Nanos;

/// Where a figure is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Somebody has measured and published it: who.
    Source(&'static str),
    /// It follows from other figures: how.
    Computed(&'static str),
}

impl Origin {
    /// "source: …" or "computed: …".
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Origin::Source(who) => format!("source: {who}"),
            Origin::Computed(how) => format!("computed: {how}"),
        }
    }
}

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Figure {
    /// What it is.
    pub what: &'static str,
    /// As it is said.
    pub value: &'static str,
    /// Where it is from.
    pub origin: Origin,
}

const SERIES: &str = "the patch series “KVM: Speed up MMIO registrations”, arm64";
const REPORT: &str = "the report of 2026 on the series' price";

/// Every figure that is spoken of.
pub const FIGURES: [Figure; 8] = [
    Figure {
        what: "a registration that waits",
        value: "15–23 µs",
        origin: Origin::Source(SERIES),
    },
    Figure {
        what: "a registration that queues a callback",
        value: "1–6 µs",
        origin: Origin::Source(SERIES),
    },
    Figure {
        what: "waiting, of a VM's start-up",
        value: "about 25 %",
        origin: Origin::Source(SERIES),
    },
    Figure {
        what: "a normal grace period that an expedited one has to wait for",
        value: "about 20 ms at HZ=100",
        origin: Origin::Source(REPORT),
    },
    Figure {
        what: "the first KVM_CREATE_VCPU",
        value: "0.14 ms before, 25 ms after",
        origin: Origin::Source(REPORT),
    },
    Figure {
        what: "the work of a registration, here",
        value: "3.5 µs",
        origin: Origin::Computed("the middle of 1–6 µs"),
    },
    Figure {
        what: "an expedited grace period, here",
        value: "15.5 µs",
        origin: Origin::Computed("the middle of 15–23 µs, less the work"),
    },
    Figure {
        what: "the size of an array of n ranges",
        value: "24 + 24 n bytes",
        origin: Origin::Computed("its fields on a 64-bit machine"),
    },
];

/// How long things take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Times {
    /// A registration without what it waits for: allocate, copy, insert, publish.
    pub work: Nanos,
    /// An expedited grace period.
    pub expedited: Nanos,
    /// A normal one.
    pub normal: Nanos,
}

impl Times {
    /// As [`FIGURES`] say.
    pub const SAID: Times = Times {
        work: 3_500,
        expedited: 15_500,
        normal: 20_000_000,
    };
}

/// The size of an array of `ranges` ranges, in bytes: `struct kvm_io_bus` has two `int`s and an `rcu_head`, a `struct
/// kvm_io_range` has an address, a length and a pointer (FACTS §3).
pub(crate) fn bytes(ranges: usize) -> usize {
    const HEAD: usize = 4 + 4 + 16;
    const RANGE: usize = 8 + 8 + 8;
    HEAD + RANGE * ranges
}
