//! The machine: CPUs that share memory, one hardware event at a time.
#![doc = include_str!("../README.md")]

pub mod apply;
pub mod compile;
pub mod deadlock;
pub mod eager;
pub mod eval;
pub mod masks;
pub mod model;
pub mod order;
pub mod outcome;
pub mod pack;
pub mod program;
pub mod ready;
pub mod reason;
pub mod room;
pub mod run;
pub mod spread;
pub mod state;
pub mod step;
pub mod touch;
pub mod value;

pub use apply::{Effect, Effects, Quiet};
pub use compile::{CompileError, compile};
pub use deadlock::{Deadlock, deadlock};
pub use eager::Eager;
pub use model::{CpuModel, Why};
pub use order::Stale;
pub use outcome::{Outcome, outcome};
pub use program::{Domain, Program, SrcuFlavour};
pub use ready::Plan;
pub use reason::Reason;
pub use run::{Done, Fate, Replay, Run};
pub use state::State;
pub use step::{BadStepName, CpuName, Step, StepKind, StepName, Way};
