//! What a page shows: plain data, with every text ready to be printed.
//!
//! Indices called `cpu` count [`View::cpus`], and places in the timeline [`View::steps`].

use litmus::ToggleId;
use machine::{StepKind, StepName};

/// Everything that there is to see at one moment of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// `@title`, or the test's name.
    pub title: String,
    /// The name of the CPU model, "x86-TSO".
    pub model: String,
    /// The programs, a column each: the threads, then the workers of `call_srcu`.
    pub cpus: Vec<CpuView>,
    /// The domains of RCU and SRCU that the program uses, by name.
    pub domains: Vec<String>,
    /// The timeline, struck-out steps included.
    pub steps: Vec<StepView>,
    /// Bars of the timeline: sections and grace periods.
    pub spans: Vec<SpanView>,
    /// What the CPUs did of themselves before the first step.
    pub eager: Vec<EagerView>,
    /// The present schedule, then those that were left, as a tree.
    pub forks: Vec<ForkView>,
    /// How many steps are done.
    pub at: usize,
    /// How many steps can be done with `forth`, from the start.
    pub len: usize,
    /// What just happened, in one sentence.
    pub sentence: String,
    /// What became of the schedule when a switch was moved.
    pub replay: Option<ReplayNote>,
    /// Set when nothing more can happen.
    pub finished: Option<FinalView>,
    /// All toggles, in source order.
    pub toggles: Vec<ToggleView>,
}

/// What a CPU stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CpuKind {
    /// A CPU of a plain litmus test.
    Cpu,
    /// A virtual CPU.
    Vcpu,
    /// The VMM's thread.
    Vmm,
    /// A kernel thread.
    Kernel,
    /// RCU's own worker.
    Rcu,
    /// The worker of a `call_srcu`.
    Worker,
}

/// A CPU: its program and its store buffer.
#[derive(Clone, Debug, PartialEq)]
pub struct CpuView {
    /// The CPU part of its steps' names: `0`, or `w0-3` for a worker.
    pub id: String,
    /// The name for people: "vCPU 0", "SRCU callback".
    pub name: String,
    /// What stands beside it: "P1", "kworker".
    pub detail: String,
    /// What it stands for.
    pub kind: CpuKind,
    /// Its lines, by mode and kernel function.
    pub bands: Vec<Band>,
    /// The model has store buffers.
    pub has_buffer: bool,
    /// The store buffer, oldest first.
    pub buffer: Vec<BufferEntry>,
    /// How many stores the buffer is drawn with room for, through the whole run.
    pub buffer_room: usize,
    /// Everything is done.
    pub over: bool,
}

/// A store that waits in a store buffer.
#[derive(Clone, Debug, PartialEq)]
pub struct BufferEntry {
    /// Where it goes.
    pub loc: String,
    /// What it stores.
    pub value: String,
    /// The statement.
    pub stmt: u16,
    /// Its line.
    pub number: u32,
    /// The step that takes it to memory.
    pub drain: StepName,
    /// That step, when it may happen now.
    pub step: Option<StepName>,
    /// Why it may not drain now.
    pub reason: Option<String>,
}

/// Guest mode, host mode or user space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Guest code.
    Guest,
    /// KVM.
    Host,
    /// The VMM's own code.
    User,
}

/// Consecutive lines of one mode and one kernel function.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The mode.
    pub mode: Option<Mode>,
    /// The kernel function that the lines stand for.
    pub function: Option<String>,
    /// Its file.
    pub file: Option<String>,
    /// The lines.
    pub lines: Vec<LineView>,
}

impl Band {
    /// What stands above the lines: the kernel function, or else where the thread is; guest mode in any case.
    #[must_use]
    pub fn head(&self) -> Option<String> {
        let function = self
            .function
            .as_ref()
            .map(|function| format!("{function}()"));
        match (self.mode, function) {
            (Some(Mode::Guest), Some(function)) => Some(format!("guest mode: {function}")),
            (_, Some(function)) => Some(function),
            (Some(Mode::Guest), None) => Some("guest mode".to_owned()),
            (Some(Mode::Host), None) => Some("host mode".to_owned()),
            (Some(Mode::User), None) => Some("user space".to_owned()),
            (None, None) => None,
        }
    }
}

/// The state of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Nothing has happened, and nothing may.
    Waiting,
    /// The hardware may do it now.
    Ready,
    /// Its store is in the store buffer.
    Buffered,
    /// It has begun and is not over: a grace period, an atomic between its read and its write.
    Running,
    /// It was done before an earlier line of its CPU.
    Early,
    /// It rests on a prediction.
    Speculative,
    /// It was undone and has to be done again.
    Undone,
    /// It is done.
    Done,
    /// It is switched off.
    Off,
    /// It stands in an arm that is not taken.
    NotTaken,
    /// It used freed memory, or read what nobody had written.
    Bad,
    /// It needs no step: a declaration, register arithmetic, a brace.
    Silent,
}

impl Mark {
    /// All marks, for a legend.
    pub const ALL: [Mark; 12] = [
        Mark::Waiting,
        Mark::Ready,
        Mark::Buffered,
        Mark::Running,
        Mark::Early,
        Mark::Speculative,
        Mark::Undone,
        Mark::Done,
        Mark::Off,
        Mark::NotTaken,
        Mark::Bad,
        Mark::Silent,
    ];

    /// One character, so that no state is told by colour alone.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Mark::Waiting => "·",
            Mark::Ready => "▸",
            Mark::Buffered => "▤",
            Mark::Running => "◔",
            Mark::Early => "◆",
            Mark::Speculative => "?",
            Mark::Undone => "↺",
            Mark::Done => "✓",
            Mark::Off => "–",
            Mark::NotTaken => "⤼",
            Mark::Bad => "!",
            Mark::Silent => "",
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Mark::Waiting => "waiting",
            Mark::Ready => "may happen now",
            Mark::Buffered => "in the store buffer",
            Mark::Running => "begun",
            Mark::Early => "done early",
            Mark::Speculative => "speculative",
            Mark::Undone => "undone",
            Mark::Done => "done",
            Mark::Off => "switched off",
            Mark::NotTaken => "not taken",
            Mark::Bad => "bad access",
            Mark::Silent => "no step",
        }
    }

    /// The CSS class: `mark-early`.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Mark::Waiting => "mark-waiting",
            Mark::Ready => "mark-ready",
            Mark::Buffered => "mark-buffered",
            Mark::Running => "mark-running",
            Mark::Early => "mark-early",
            Mark::Speculative => "mark-speculative",
            Mark::Undone => "mark-undone",
            Mark::Done => "mark-done",
            Mark::Off => "mark-off",
            Mark::NotTaken => "mark-not-taken",
            Mark::Bad => "mark-bad",
            Mark::Silent => "mark-silent",
        }
    }
}

/// A line of a program.
#[derive(Clone, Debug, PartialEq)]
pub struct LineView {
    /// The number of the statement in its thread.
    pub stmt: u16,
    /// The line's number: in the source, if the session has it, else among the
    /// lines shown, from 1.
    pub number: u32,
    /// The statement in one line, without directives.
    pub text: String,
    /// How deep it stands in `if` and `{ }`.
    pub indent: u8,
    /// Its state.
    pub mark: Mark,
    /// The state in a few words: "in the store buffer", "read bus v1", "waits for smp_rmb() on line 7".
    pub state_text: String,
    /// What may happen now.
    pub offers: Vec<Offer>,
    /// Why it may not happen now, when it is waiting.
    pub reason: Option<String>,
    /// The switch in the line.
    pub toggle: Option<ToggleView>,
}

/// A step that the hardware may do now.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Its name.
    pub step: StepName,
    /// A few words: "load flag", "drain to memory".
    pub label: String,
    /// A word or two, where the line itself is in sight: "load", "to the buffer".
    pub action: &'static str,
    /// What it would do, in one sentence.
    pub preview: String,
    /// What it would change, and what would be possible then.
    pub foresight: Foresight,
    /// Its number among all offers, from 1: the key that chooses it.
    pub index: usize,
}

/// What a step would change, found by doing it in a copy of the state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foresight {
    /// What would be another than it is.
    pub changes: Vec<ChangeView>,
    /// Lines that may happen then and may not now.
    pub opens: Vec<LineRef>,
    /// Lines that may happen now and may not then, the step's own line excepted.
    pub closes: Vec<LineRef>,
    /// What then becomes possible, and what no more, in one sentence; empty when nothing does.
    pub sentence: String,
}

/// What kind of thing a step would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// A location of memory.
    Memory,
    /// A store buffer.
    Buffer,
    /// What a line has read.
    Read,
    /// A read-side section.
    Section,
    /// A grace period.
    GracePeriod,
}

/// Something that a step would change.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeView {
    /// What kind of thing.
    pub kind: ChangeKind,
    /// Its name, to find it in a picture: `memory:x`, a location as people call it; `buffer:0`, a CPU's store buffer;
    /// `store:0:1d`, a store in it, by the step that drains it; `srcu:ss`, a domain; `line:1:3`, a line.
    pub target: String,
    /// In a few words: "flag: 0 → 1".
    pub text: String,
}

/// A line of a program, to point at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRef {
    /// Its name in the page: `1:4`.
    pub id: String,
    /// Its number.
    pub number: u32,
}

/// What became of a step of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub enum StepFate {
    /// It is done.
    Done,
    /// It was taken back and can be done again.
    Future,
    /// The hardware may not do it any more: why.
    Impossible(String),
    /// Its line is switched off.
    SwitchedOff,
    /// It stands behind an impossible step.
    NotReached,
}

impl StepFate {
    /// It is shown struck out.
    #[must_use]
    pub fn is_struck(&self) -> bool {
        !matches!(self, StepFate::Done | StepFate::Future)
    }
}

/// Something that a step did.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectView {
    /// What.
    pub kind: EffectKind,
    /// In a few words: "read flag = 1".
    pub text: String,
}

/// See [`EffectView`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EffectKind {
    /// A value was read.
    Read,
    /// A value was read from the CPU's own store buffer.
    Forwarded,
    /// A store went into the buffer.
    Buffered,
    /// Memory changed.
    Stored,
    /// A conditional atomic stored nothing.
    Failed,
    /// A branch was resolved.
    Resolved,
    /// Speculation was undone.
    Undone,
    /// A section was entered.
    Entered,
    /// A section was left.
    Left,
    /// A grace period started.
    Started,
    /// A failure: use after free, double free, uninitialised read, bad pointer, unmatched unlock.
    Bad,
}

/// A step of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct StepView {
    /// How many steps are done after it; none when it is struck out. What `goto` takes.
    pub position: Option<usize>,
    /// Its name.
    pub name: StepName,
    /// What kind of event it is.
    pub kind: StepKind,
    /// The CPU; none when the program has it no more (its `call_srcu` is switched off).
    pub cpu: Option<usize>,
    /// The line.
    pub number: Option<u32>,
    /// One sentence.
    pub sentence: String,
    /// A few words: "flag = 1", "smp_mb".
    pub label: String,
    /// What it did.
    pub effects: Vec<EffectView>,
    /// It overtook an earlier line of its CPU.
    pub early: bool,
    /// It used freed memory, or read what nobody had written.
    pub bad: bool,
    /// What became of it.
    pub fate: StepFate,
    /// The step whose store it read, in [`View::steps`].
    pub reads_from: Option<usize>,
    /// The read is stale: one sentence that says what had overwritten the value, and before which line.
    pub stale: Option<String>,
    /// At the end of a run: the bad outcome rests on what it read or stored, in one sentence.
    pub outcome: Option<String>,
    /// What its CPU did of itself along with it.
    pub eager: Vec<EagerView>,
}

/// What kind of thing a CPU does of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EagerKind {
    /// A register got its value by arithmetic.
    Computed,
    /// A branch was resolved.
    Resolved,
    /// A load or fence was undone.
    Undone,
}

/// Something that a CPU does of itself along with a step: no step, since nothing is chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct EagerView {
    /// What kind of thing.
    pub kind: EagerKind,
    /// The CPU.
    pub cpu: usize,
    /// Its line.
    pub number: u32,
    /// One sentence: "vCPU 0 computes sum = 2 on line 31."
    pub sentence: String,
}

/// A schedule in the tree of those that the reader has made.
#[derive(Clone, Debug, PartialEq)]
pub struct ForkView {
    /// Its number, for [`crate::Session::take_up`]; none for the present one.
    pub id: Option<u32>,
    /// The row of the one that it branches off from, in [`View::forks`]; none for the present one.
    pub parent: Option<usize>,
    /// After how many steps.
    pub from: usize,
    /// How many of its steps are possible now.
    pub len: usize,
    /// How many are struck out.
    pub struck: usize,
    /// What it comes to, in one sentence.
    pub sentence: String,
    /// It ends with a bad outcome, or a failure.
    pub bad: bool,
    /// Where it branches off and how long it is: "from step 6: 5 more steps".
    pub text: String,
}

/// What a bar of the timeline shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpanKind {
    /// A read-side section.
    Section,
    /// A grace period.
    GracePeriod,
    /// A store, from the store buffer to memory.
    Buffered,
}

/// A bar of the timeline, from a step to a step of [`View::steps`].
#[derive(Clone, Debug, PartialEq)]
pub struct SpanView {
    /// What it shows.
    pub kind: SpanKind,
    /// The CPU.
    pub cpu: usize,
    /// "grace period waits for vCPU 0".
    pub label: String,
    /// The step that begins it.
    pub from: usize,
    /// The step that ends it; none while it is open.
    pub to: Option<usize>,
}

/// What a changed switch did to the schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplayNote {
    /// The whole of it in one sentence or two.
    pub sentence: String,
    /// The step that became impossible, in [`View::steps`].
    pub step: Option<usize>,
    /// Its name.
    pub name: Option<StepName>,
    /// Why it is impossible, one clause.
    pub reason: Option<String>,
    /// The barrier, or other statement, that forbids it: "smp_mb() on line 31".
    pub barrier: Option<String>,
    /// The line of that statement.
    pub number: Option<u32>,
    /// How many steps are struck out, the impossible one included.
    pub struck_out: usize,
}

/// A named outcome, in a final state.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeView {
    /// Its name; empty for the test's own condition.
    pub name: String,
    /// One clause for people; the formula where there is none.
    pub label: String,
    /// It is a failure.
    pub bad: bool,
    /// It has happened.
    pub holds: bool,
}

/// The end.
#[derive(Clone, Debug, PartialEq)]
pub struct FinalView {
    /// The named outcomes.
    pub outcomes: Vec<OutcomeView>,
    /// The formula of `exists`, `~exists` or `forall`, and whether it holds here.
    pub condition: Option<OutcomeView>,
    /// The final state as herd prints it.
    pub state: String,
    /// Why nothing can happen though not everything has.
    pub deadlock: Option<String>,
    /// Freed memory was used.
    pub use_after_free: bool,
    /// Memory was read that nobody had written.
    pub uninitialised: bool,
    /// The test's filter rejects this final state: it does not count.
    pub filtered_out: bool,
    /// The whole of it in one sentence.
    pub sentence: String,
}

/// A position of a toggle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PositionView {
    /// `on`, `off`, `call_srcu`: the name in links.
    pub name: String,
    /// The name where there is little room: "synchronize_srcu(irq_srcu) …".
    pub short: String,
    /// The statement that then stands there; "nothing" when it is removed.
    pub text: String,
}

/// A switch.
#[derive(Clone, Debug, PartialEq)]
pub struct ToggleView {
    /// Which.
    pub id: ToggleId,
    /// Its name in links.
    pub name: String,
    /// The text for people.
    pub label: String,
    /// The CPU in whose program it stands.
    pub cpu: usize,
    /// The line that it stands in.
    pub number: u32,
    /// Where it is.
    pub position: u8,
    /// Where it can be.
    pub positions: Vec<PositionView>,
    /// It has two positions, on and off.
    pub is_switch: bool,
}

impl ToggleView {
    /// It is in its first position.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.position == 0
    }
}
