//! CPU models as data: which earlier instruction a later one must wait for.
//!
//! A model is a list of [`Rule`]s, two switches and, where stores do not reach all CPUs
//! at once, how they go ([`Propagation`]). The machine has no code
//! that asks which model it runs; another model would be another value here.
//! The rules are those of the operational reading in the project's notes on
//! memory models; the property tests compare them with the axioms' outcomes.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What an instruction is to a rule: a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Class(pub u16);

impl Class {
    /// Reads memory.
    pub const R: Class = Class(1);
    /// Writes memory.
    pub const W: Class = Class(1 << 1);
    /// A read with acquire semantics.
    pub const ACQUIRE: Class = Class(1 << 2);
    /// A write with release semantics.
    pub const RELEASE: Class = Class(1 << 3);
    /// An atomic read-modify-write, successful or not.
    pub const ATOMIC: Class = Class(1 << 4);
    /// An atomic that is a full barrier when it succeeds.
    pub const ATOMIC_MB: Class = Class(1 << 5);
    /// A full fence.
    pub const MB: Class = Class(1 << 6);
    /// `smp_rmb()`.
    pub const RMB: Class = Class(1 << 7);
    /// `smp_wmb()`.
    pub const WMB: Class = Class(1 << 8);
    /// Entry to a read-side section.
    pub const SECTION_ENTRY: Class = Class(1 << 9);
    /// Exit from a read-side section.
    pub const SECTION_EXIT: Class = Class(1 << 10);
    /// A wait for a grace period or for callbacks.
    pub const GRACE_PERIOD: Class = Class(1 << 11);
    /// Entry or exit of an SRCU section that contains a full barrier (Tree SRCU).
    pub const SECTION_MB: Class = Class(1 << 12);

    /// Takes a spinlock.
    pub const LOCK: Class = Class(1 << 13);
    /// Gives a spinlock back.
    pub const UNLOCK: Class = Class(1 << 14);

    /// Reads or writes memory.
    pub const ACCESS: Class = Class(Self::R.0 | Self::W.0);
    /// Any fence.
    pub const FENCE: Class = Class(Self::MB.0 | Self::RMB.0 | Self::WMB.0);
    /// Steps of RCU and SRCU that no later access may pass.
    pub const SECTION_OR_GP: Class = Class(Self::SECTION_ENTRY.0 | Self::GRACE_PERIOD.0);
    /// Everything.
    pub const ANY: Class = Class(u16::MAX);

    /// Both sets.
    #[must_use]
    pub const fn with(self, other: Class) -> Class {
        Class(self.0 | other.0)
    }

    /// The sets share a bit.
    #[must_use]
    pub const fn meets(self, other: Class) -> bool {
        self.0 & other.0 != 0
    }
}

/// The events of an instruction that a rule can hold back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// A load, or the read of an atomic, takes its value.
    Read = 0,
    /// A store goes into the store buffer.
    Enter = 1,
    /// A store, or the write of an atomic, reaches memory.
    Write = 2,
    /// Anything else: a fence is done, a section is entered or left, a grace period starts.
    Other = 3,
}

/// How many [`Action`]s there are.
pub const ACTIONS: usize = 4;

/// How far the earlier instruction must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Until {
    /// A load has its value, a store is in the buffer.
    Begun,
    /// A load has its value, a store is in memory, a fence is done.
    Performed,
}

/// Between which pairs a rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All.
    Always,
    /// Accesses to the same location.
    SameLocation,
    /// Those with an instruction of this class between them.
    Across(Class),
}

/// Why a rule holds one instruction back for another: what the page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// This CPU does everything in program order.
    ProgramOrder,
    /// The fence is not done.
    Fence,
    /// The acquire load has no value.
    Acquire,
    /// A release waits for everything before it.
    Release,
    /// An acquire load does not pass an earlier release store.
    ReleaseThenAcquire,
    /// Accesses to one location stay in order.
    SameLocation,
    /// The store buffer is first-in, first-out.
    Fifo,
    /// `smp_wmb()` keeps the two stores in order.
    WriteBarrier,
    /// A full barrier, or a value-returning atomic, waits for everything before it.
    FullBarrier,
    /// An atomic is a full barrier: what follows waits.
    AfterAtomic,
    /// Nothing comes before the entry of its read-side section.
    SectionEntry,
    /// The section ends when its accesses are performed.
    SectionExit,
    /// What follows a grace period waits for its end.
    GracePeriod,
    /// SRCU's own full barrier (B after the lock, C before the unlock).
    SectionBarrier,
}

/// `later` may not do `action` until every `earlier` instruction of its CPU, in
/// `scope`, is as far as `until`.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The event that is held back.
    pub action: Action,
    /// Of which instructions.
    pub later: Class,
    /// For which earlier instructions.
    pub earlier: Class,
    /// How far these must be.
    pub until: Until,
    /// Between which of them.
    pub scope: Scope,
    /// The reason.
    pub why: Why,
}

/// A CPU model.
#[derive(Debug)]
pub struct CpuModel {
    /// The name in links and on the command line.
    pub id: &'static str,
    /// The name for people.
    pub name: &'static str,
    /// Stores wait in a store buffer.
    pub buffered: bool,
    /// Loads may be satisfied behind a branch that is not resolved, and an
    /// atomic's read and write are two steps.
    pub speculates: bool,
    /// What waits for what.
    pub rules: &'static [Rule],
    /// How stores go from CPU to CPU, where they do not reach all at once.
    pub propagation: Option<&'static Propagation>,
}

/// How stores go from CPU to CPU on a model that is not multi-copy atomic: what must
/// have reached a CPU before a store does, and what waits until stores are everywhere.
#[derive(Debug)]
pub struct Propagation {
    /// They wait until all that their CPU has seen has reached every CPU.
    pub strong: Class,
    /// A store of this class comes to a CPU after all that its own CPU had seen.
    pub cumulative: Class,
    /// After one of these, so do all stores of the CPU.
    pub carrying: Class,
    /// A store behind such a fence comes to a CPU after the stores of its own CPU before it.
    pub in_order: Class,
}

impl PartialEq for CpuModel {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for CpuModel {}

impl CpuModel {
    /// All models, from the strongest.
    pub const ALL: [&'static CpuModel; 5] = [&SC, &TSO, &PSO, &ARM, &POWER];

    /// The model with this `id`.
    #[must_use]
    pub fn by_id(id: &str) -> Option<&'static CpuModel> {
        Self::ALL.into_iter().find(|m| m.id == id)
    }
}

/// A model is serialised as its [`id`](CpuModel::id).
impl Serialize for CpuModel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id)
    }
}

impl<'de> Deserialize<'de> for &'static CpuModel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Id;

        impl Visitor<'_> for Id {
            type Value = &'static CpuModel;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the id of a CPU model")
            }

            fn visit_str<E: Error>(self, id: &str) -> Result<Self::Value, E> {
                CpuModel::by_id(id)
                    .ok_or_else(|| E::custom(format_args!("there is no CPU model “{id}”")))
            }
        }

        deserializer.deserialize_str(Id)
    }
}

const fn rule(
    action: Action,
    later: Class,
    earlier: Class,
    until: Until,
    scope: Scope,
    why: Why,
) -> Rule {
    Rule {
        action,
        later,
        earlier,
        until,
        scope,
        why,
    }
}

use Action::{Enter, Other, Read, Write};
use Scope::{Across, Always, SameLocation};
use Until::{Begun, Performed};

/// What waits on every model that has a store buffer: full barriers, sections, grace
/// periods. With `in order`, loads, and stores on their way into the buffer, stay in
/// program order as well.
macro_rules! common {
    (in order, $($rest:expr),* $(,)?) => {
        common![
            rule(Read, Class::R, Class::ACCESS, Begun, Always, Why::ProgramOrder),
            rule(Enter, Class::W, Class::ACCESS, Begun, Always, Why::ProgramOrder),
            rule(Read, Class::R, Class::WMB, Performed, Always, Why::ProgramOrder),
            rule(Read, Class::ATOMIC, Class::ACCESS, Performed, Always, Why::FullBarrier),
            rule(Other, Class::FENCE, Class::ACCESS, Begun, Always, Why::ProgramOrder),
            rule(Other, Class::SECTION_ENTRY, Class::ACCESS, Begun, Always, Why::ProgramOrder),
            $($rest),*
        ]
    };
    ($($rest:expr),* $(,)?) => {
        &[
            rule(Read, Class::R, Class::MB.with(Class::RMB), Performed, Always, Why::Fence),
            rule(Enter, Class::W, Class::FENCE, Performed, Always, Why::Fence),
            rule(Read, Class::R, Class::SECTION_ENTRY, Performed, Always, Why::SectionEntry),
            rule(Enter, Class::W, Class::SECTION_ENTRY, Performed, Always, Why::SectionEntry),
            rule(Read, Class::R, Class::GRACE_PERIOD, Performed, Always, Why::GracePeriod),
            rule(Enter, Class::W, Class::GRACE_PERIOD, Performed, Always, Why::GracePeriod),
            rule(Read, Class::R, Class::ACCESS, Performed, Across(Class::SECTION_MB), Why::SectionBarrier),
            rule(Enter, Class::W, Class::ACCESS, Performed, Across(Class::SECTION_MB), Why::SectionBarrier),
            rule(Other, Class::MB, Class::ACCESS, Performed, Always, Why::FullBarrier),
            rule(Other, Class::FENCE, Class::FENCE.with(Class::SECTION_OR_GP), Performed, Always, Why::ProgramOrder),
            rule(Other, Class::SECTION_ENTRY, Class::FENCE.with(Class::SECTION_OR_GP), Performed, Always, Why::ProgramOrder),
            rule(Other, Class::SECTION_EXIT, Class::ACCESS.with(Class::FENCE), Performed, Always, Why::SectionExit),
            rule(Other, Class::SECTION_EXIT, Class::SECTION_OR_GP, Performed, Always, Why::ProgramOrder),
            rule(Other, Class::GRACE_PERIOD, Class::ANY, Performed, Always, Why::FullBarrier),
            $($rest),*
        ]
    };
}

/// Sequential consistency: everything in order, no buffer.
pub static SC: CpuModel = CpuModel {
    id: "sc",
    name: "SC",
    buffered: false,
    speculates: false,
    rules: &[
        rule(
            Read,
            Class::ANY,
            Class::ANY,
            Performed,
            Always,
            Why::ProgramOrder,
        ),
        rule(
            Write,
            Class::ANY,
            Class::ANY,
            Performed,
            Always,
            Why::ProgramOrder,
        ),
        rule(
            Other,
            Class::ANY,
            Class::ANY,
            Performed,
            Always,
            Why::ProgramOrder,
        ),
    ],
    propagation: None,
};

/// x86: a first-in, first-out store buffer; loads may pass it.
pub static TSO: CpuModel = CpuModel {
    id: "tso",
    name: "x86-TSO",
    buffered: true,
    speculates: false,
    rules: common![
        in order,
        rule(Write, Class::W, Class::W, Performed, Always, Why::Fifo),
    ],
    propagation: None,
};

/// PSO: as TSO, but the buffer keeps only the order that something asks for.
pub static PSO: CpuModel = CpuModel {
    id: "pso",
    name: "PSO",
    buffered: true,
    speculates: false,
    rules: common![
        in order,
        rule(Write, Class::W, Class::W, Performed, SameLocation, Why::SameLocation),
        rule(Write, Class::W, Class::W, Performed, Across(Class::WMB), Why::WriteBarrier),
        rule(Write, Class::RELEASE, Class::W, Performed, Always, Why::Release),
    ],
    propagation: None,
};

/// What waits on a CPU that goes out of order: the rules of Armv8 within one CPU, but for
/// the order of a release before an acquire.
macro_rules! out_of_order {
    ($($rest:expr),* $(,)?) => {
        common![
        rule(Read, Class::R, Class::ACQUIRE, Begun, Always, Why::Acquire),
        rule(Enter, Class::W, Class::ACQUIRE, Begun, Always, Why::Acquire),
        rule(
            Other,
            Class::SECTION_ENTRY,
            Class::ACQUIRE,
            Begun,
            Always,
            Why::Acquire
        ),
        rule(
            Read,
            Class::R,
            Class::R,
            Begun,
            SameLocation,
            Why::SameLocation
        ),
        rule(
            Enter,
            Class::W,
            Class::R,
            Begun,
            SameLocation,
            Why::SameLocation
        ),
        rule(
            Write,
            Class::W,
            Class::W,
            Performed,
            SameLocation,
            Why::SameLocation
        ),
        rule(
            Write,
            Class::W,
            Class::W,
            Performed,
            Across(Class::WMB),
            Why::WriteBarrier
        ),
        rule(Enter, Class::RELEASE, Class::R, Begun, Always, Why::Release),
        rule(
            Write,
            Class::RELEASE,
            Class::W,
            Performed,
            Always,
            Why::Release
        ),
        rule(
            Read,
            Class::ATOMIC_MB,
            Class::ACCESS,
            Performed,
            Always,
            Why::FullBarrier
        ),
        rule(
            Read,
            Class::R,
            Class::ATOMIC_MB,
            Performed,
            Always,
            Why::AfterAtomic
        ),
        rule(
            Enter,
            Class::W,
            Class::ATOMIC_MB,
            Performed,
            Always,
            Why::AfterAtomic
        ),
        rule(Other, Class::RMB, Class::R, Begun, Always, Why::Fence),
        rule(
            Other,
            Class::WMB,
            Class::W,
            Begun,
            Always,
            Why::WriteBarrier
        ),
        $($rest),*
        ]
    };
}

/// Armv8 under the kernel's mapping: other-multi-copy-atomic, out of order.
pub static ARM: CpuModel = CpuModel {
    id: "arm",
    name: "Arm",
    buffered: true,
    speculates: true,
    rules: out_of_order![rule(
        Read,
        Class::ACQUIRE,
        Class::RELEASE,
        Performed,
        Always,
        Why::ReleaseThenAcquire
    )],
    propagation: None,
};

/// POWER-like: out of order as Arm, and a store reaches each CPU separately. Fences are
/// cumulative; `smp_wmb()` keeps the stores of its own CPU in order, as LKMM has it and
/// `eieio` does. An acquire may pass an earlier release, but for spinlocks.
pub static POWER: CpuModel = CpuModel {
    id: "power",
    name: "POWER-like",
    buffered: true,
    speculates: true,
    rules: out_of_order![
        rule(
            Read,
            Class::LOCK,
            Class::UNLOCK,
            Performed,
            Always,
            Why::ReleaseThenAcquire
        ),
        rule(
            Other,
            Class::SECTION_MB,
            Class::ACCESS,
            Performed,
            Always,
            Why::SectionBarrier
        ),
        rule(
            Read,
            Class::R,
            Class::SECTION_MB,
            Performed,
            Always,
            Why::SectionBarrier
        ),
        rule(
            Enter,
            Class::W,
            Class::SECTION_MB,
            Performed,
            Always,
            Why::SectionBarrier
        ),
    ],
    propagation: Some(&Propagation {
        strong: Class::MB
            .with(Class::ATOMIC_MB)
            .with(Class::GRACE_PERIOD)
            .with(Class::SECTION_MB),
        cumulative: Class::RELEASE,
        carrying: Class::LOCK,
        in_order: Class::WMB,
    }),
};
