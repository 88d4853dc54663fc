//! The figures, each with where it is from.

use crate::{Case, Nanos};

/// Where a figure is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Somebody has measured and published it.
    Source {
        /// The title of the text.
        title: &'static str,
        /// The list that it was sent to.
        list: &'static str,
        /// When.
        date: &'static str,
    },
    /// The kernel's source says so: where.
    Kernel(&'static str),
    /// It follows from other figures: how.
    Computed(&'static str),
    /// Nobody has published it: why this.
    Chosen(&'static str),
}

impl Origin {
    /// "source: …", "computed: …".
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Origin::Source { title, list, date } => format!("source: {title}, {list}, {date}"),
            Origin::Kernel(place) => format!("source: Linux, {place}"),
            Origin::Computed(how) => format!("computed: {how}"),
            Origin::Chosen(why) => format!("chosen: {why}"),
        }
    }
}

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Figure {
    /// The workload that it belongs to; none where it belongs to all.
    pub case: Option<Case>,
    /// What it is.
    pub what: &'static str,
    /// As it is said.
    pub value: &'static str,
    /// Where it is from.
    pub origin: Origin,
}

const fn figure(
    case: Option<Case>,
    what: &'static str,
    value: &'static str,
    origin: Origin,
) -> Figure {
    Figure {
        case,
        what,
        value,
        origin,
    }
}

const COVER: Origin = Origin::Source {
    title: "cover letter of “KVM: Speed up MMIO registrations”",
    list: "kvm list",
    date: "June 2025",
};
const REPLY: Origin = Origin::Source {
    title: "reply in the thread of “KVM: Speed up MMIO registrations”",
    list: "kvm list",
    date: "February 2026",
};
const RFC: Origin = Origin::Source {
    title: "RFC “srcu: KVM: Add, export and use call_srcu_expedited()”",
    list: "kvm list",
    date: "March 2026",
};
const ARM: Option<Case> = Some(Case::FirecrackerArm);
const X86: Option<Case> = Some(Case::FirecrackerX86);
const CROSVM: Option<Case> = Some(Case::Crosvm);

/// Every figure that is spoken of (FACTS §9).
pub const FIGURES: [Figure; 22] = [
    figure(
        ARM,
        "a registration that waits (6.18, HZ=100)",
        "15–23 µs",
        REPLY,
    ),
    figure(
        ARM,
        "a registration that queues a callback",
        "1–6 µs",
        REPLY,
    ),
    figure(
        ARM,
        "KVM_SET_USER_MEMORY_REGION after it",
        "16 µs before the series, 21.0 ms with it",
        REPLY,
    ),
    figure(
        ARM,
        "the work of a registration, here",
        "3.5 µs",
        Origin::Computed("the middle of 1–6 µs"),
    ),
    figure(
        ARM,
        "a grace period from its worker's first look to its end, here",
        "15.5 µs",
        Origin::Computed("the middle of 15–23 µs, less the work"),
    ),
    figure(
        ARM,
        "the work of KVM_SET_USER_MEMORY_REGION, here",
        "0.5 µs",
        Origin::Computed("16 µs, less a grace period"),
    ),
    figure(
        X86,
        "the first KVM_CREATE_VCPU (VMX, 6.18, HZ=100)",
        "0.137 ms before the series, 25.182 ms with it",
        REPLY,
    ),
    figure(
        X86,
        "the second KVM_CREATE_VCPU, which does not wait",
        "46 µs before, 31 µs with it",
        REPLY,
    ),
    figure(
        X86,
        "the first KVM_CREATE_VCPU at HZ=1000",
        "about 1 ms",
        REPLY,
    ),
    figure(
        X86,
        "the work of the first KVM_CREATE_VCPU, here",
        "121.5 µs",
        Origin::Computed("0.137 ms, less a grace period"),
    ),
    figure(
        X86,
        "a registration and a grace period, here",
        "as on Arm",
        Origin::Chosen("none was published for x86"),
    ),
    figure(CROSVM, "waiting, of a VM's start-up", "about 25 %", COVER),
    figure(
        CROSVM,
        "one wait",
        "milliseconds",
        Origin::Source {
            title: "the author in the thread of “KVM: Speed up MMIO registrations”",
            list: "kvm list",
            date: "February 2026",
        },
    ),
    figure(
        CROSVM,
        "a vCPU's read-side sections, here",
        "4 ms each, 0.1 ms between them",
        Origin::Chosen("so that a wait takes milliseconds"),
    ),
    figure(
        CROSVM,
        "from one registration to the next, here",
        "6.15 ms",
        Origin::Chosen("so that waiting is a quarter of it all"),
    ),
    figure(
        CROSVM,
        "a registration and a grace period, here",
        "as in Firecracker",
        Origin::Chosen("none was published for crosvm"),
    ),
    figure(
        None,
        "from a normal request to its worker's first look",
        "one to two ticks",
        Origin::Kernel("srcutree.c: a delay of one jiffy, on the timer wheel"),
    ),
    figure(
        None,
        "a tick",
        "10 ms at HZ=100, 1 ms at HZ=1000",
        Origin::Computed("1 s / HZ"),
    ),
    figure(
        None,
        "the time after which synchronize_srcu() expedites itself on an idle domain",
        "25 µs",
        Origin::Kernel("srcutree.c: srcutree.exp_holdoff"),
    ),
    figure(
        None,
        "the delay of a micro-VM's boot (HZ=100)",
        "about 20 ms: it takes 15 % longer, or more",
        RFC,
    ),
    figure(
        None,
        "the mean creation of a micro-VM, 128 at a time, from 6.17 to 6.18",
        "243–247 ms before, 197 ms after",
        Origin::Source {
            title: "a sandbox service's bisect",
            list: "published by the service",
            date: "July 2026",
        },
    ),
    figure(
        None,
        "the size of an array of n ranges",
        "24 + 24 n bytes",
        Origin::Computed("its fields on a 64-bit machine"),
    ),
];

/// How long things take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Times {
    /// A registration without what it waits for: allocate, copy, insert, publish. A removal takes as long.
    pub work: Nanos,
    /// The first `KVM_CREATE_VCPU` without its wait.
    pub create_vcpu: Nanos,
    /// `KVM_SET_USER_MEMORY_REGION` without its wait.
    pub set_memory: Nanos,
    /// A grace period from its worker's first look to its end, when no reader is inside.
    pub period: Nanos,
    /// Between two ticks.
    pub jiffy: Nanos,
    /// How long after a tick the time line begins.
    pub into_tick: Nanos,
    /// How long a domain must have been idle for `synchronize_srcu()` to expedite itself.
    pub hold_off: Nanos,
}

impl Times {
    /// As [`FIGURES`] say, with so many ticks a second; the time line begins with a tick.
    #[must_use]
    pub fn at(hz: u64) -> Times {
        Times {
            work: 3_500,
            create_vcpu: 121_500,
            set_memory: 500,
            period: 15_500,
            jiffy: 1_000_000_000 / hz.max(1),
            into_tick: 0,
            hold_off: 25_000,
        }
    }

    /// When a timer fires that is armed for the next jiffy: never early, so at the second tick from now.
    pub(crate) fn timer(&self, now: Nanos) -> Nanos {
        let jiffy = self.jiffy.max(1);
        let into = now.saturating_add(self.into_tick) % jiffy;
        now.saturating_add(2 * jiffy - into)
    }
}

/// The size of an array of `ranges` ranges, in bytes: `struct kvm_io_bus` has two `int`s and an `rcu_head`, a `struct
/// kvm_io_range` has an address, a length and a pointer (FACTS §3).
pub(crate) fn bytes(ranges: usize) -> usize {
    const HEAD: usize = 4 + 4 + 16;
    const RANGE: usize = 8 + 8 + 8;
    HEAD + RANGE * ranges
}
