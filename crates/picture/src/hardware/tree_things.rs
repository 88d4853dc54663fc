//! Tree SRCU from inside, as plain data: ranks, counters, sums, the state of the grace period.

use litmus::GpPhase;
use machine::StepName;

use super::CellView;

/// Tree SRCU, where its insides are variables of the test.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeView {
    /// "kvm->srcu".
    pub label: String,
    /// The index: which rank is current.
    pub idx: CellView,
    /// The rank that is current in memory; none when the index is neither 0 nor 1.
    pub current: Option<usize>,
    /// The readers, each with the counters of its CPU.
    pub readers: Vec<ReaderView>,
    /// The grace periods, in program order.
    pub periods: Vec<PeriodView>,
}

/// A reader.
#[derive(Clone, Debug, PartialEq)]
pub struct ReaderView {
    /// The CPU.
    pub cpu: usize,
    /// "vCPU 0".
    pub name: String,
    /// Its counters, by rank.
    pub ranks: [CountersView; 2],
    /// Where it is.
    pub state: ReaderState,
    /// In words: "inside: counted in rank 0".
    pub text: String,
}

/// Where a reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReaderState {
    /// It has not begun, or is out again.
    Outside,
    /// It has read the index and not counted itself in.
    Fetched,
    /// Its lock count is in its store buffer: no scan can see it.
    Unseen,
    /// Its lock count is in memory.
    Inside,
    /// Its unlock count is in its store buffer.
    Leaving,
}

impl ReaderState {
    /// One character, so that no state is told by colour alone.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            ReaderState::Outside => "○",
            ReaderState::Fetched => "◔",
            ReaderState::Unseen => "◍",
            ReaderState::Inside => "●",
            ReaderState::Leaving => "◑",
        }
    }

    /// The CSS class.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            ReaderState::Outside => "outside",
            ReaderState::Fetched => "fetched",
            ReaderState::Unseen => "unseen",
            ReaderState::Inside => "inside",
            ReaderState::Leaving => "leaving",
        }
    }
}

/// The counters of one CPU and rank.
#[derive(Clone, Debug, PartialEq)]
pub struct CountersView {
    /// How often it has locked.
    pub lock: CounterView,
    /// How often it has unlocked.
    pub unlock: CounterView,
}

/// A counter.
#[derive(Clone, Debug, PartialEq)]
pub struct CounterView {
    /// In memory.
    pub cell: CellView,
    /// What waits in the store buffer of its CPU.
    pub pending: Option<String>,
}

/// How far a phase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhaseState {
    /// Nothing of it has happened.
    NotYet,
    /// It has begun.
    Running,
    /// It is done.
    Done,
    /// The test leaves it out, or it is switched off.
    LeftOut,
}

impl PhaseState {
    /// One character, so that no state is told by colour alone.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            PhaseState::NotYet => "·",
            PhaseState::Running => "◔",
            PhaseState::Done => "✓",
            PhaseState::LeftOut => "–",
        }
    }

    /// "begun".
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            PhaseState::NotYet => "not yet",
            PhaseState::Running => "begun",
            PhaseState::Done => "done",
            PhaseState::LeftOut => "left out",
        }
    }

    /// The CSS class.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            PhaseState::NotYet => "not-yet",
            PhaseState::Running => "running",
            PhaseState::Done => "over",
            PhaseState::LeftOut => "left-out",
        }
    }
}

/// A phase of a grace period.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseView {
    /// Which.
    pub phase: GpPhase,
    /// Its name for people: "SCAN1".
    pub name: &'static str,
    /// How far it is.
    pub state: PhaseState,
    /// It has begun although an earlier phase is not done.
    pub early: bool,
}

/// A grace period.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodView {
    /// Its phases, those of the test, in program order.
    pub phases: Vec<PhaseView>,
    /// Its scans.
    pub scans: Vec<ScanView>,
    /// Where it is, in words: "SCAN1 of rank 1".
    pub text: String,
}

/// What a scan has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScanResult {
    /// The sums are not both there.
    Open,
    /// The sums are equal: it has seen nobody inside.
    Equal,
    /// They differ: the kernel tries again, and the test leaves such runs out.
    Differ,
    /// There is no such scan in this setting.
    LeftOut,
}

impl ScanResult {
    /// "equal".
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            ScanResult::Open => "",
            ScanResult::Equal => "equal",
            ScanResult::Differ => "differ",
            ScanResult::LeftOut => "left out",
        }
    }
}

/// A scan: the sums of a rank's unlock and lock counts.
#[derive(Clone, Debug, PartialEq)]
pub struct ScanView {
    /// "SCAN1".
    pub name: &'static str,
    /// The rank.
    pub rank: Option<usize>,
    /// The unlock counts.
    pub unlocks: SumView,
    /// The lock counts.
    pub locks: SumView,
    /// The locks are added up first.
    pub locks_first: bool,
    /// What it has found.
    pub result: ScanResult,
}

/// A sum while it is formed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SumView {
    /// What is added, by reader.
    pub parts: Vec<PartView>,
    /// The sum, when every part is there.
    pub total: Option<i64>,
}

/// One value of a sum.
#[derive(Clone, Debug, PartialEq)]
pub struct PartView {
    /// The counter.
    pub name: String,
    /// What was read; none while it was not.
    pub value: Option<i64>,
    /// The step that has just read it, if it was the last one.
    pub fresh: Option<StepName>,
}
