//! The messages that change the laboratory: whatever a part of the page or a key can ask for.

use litmus::{Setting, ToggleId};
use machine::{CpuModel, SrcuFlavour, StepName};
use protocol::Goal;
use yew::AttrValue;

use crate::engine::Heard;
use crate::parts::reasons::Reasons;

/// What can happen to the laboratory.
pub enum Msg {
    /// Does a step.
    Step(StepName),
    /// Does the offered step with this number.
    Choose(usize),
    /// Takes a step back.
    Back,
    /// Does a step again.
    Forth,
    /// To the state after so many steps.
    Goto(usize),
    /// Back to the start, without a schedule.
    Reset,
    /// Takes up a schedule that was left, by its number.
    TakeUp(u32),
    /// Takes up the schedule that was left last.
    TakeUpLast,
    /// What the engine says of when bad outcomes cease to be possible.
    Closed(Heard),
    /// Shows micro steps, or hides them.
    Micro,
    /// Plays the schedule, or stops.
    Play,
    /// The next step of what is being played.
    Tick,
    /// Moves a toggle.
    Position(ToggleId, u8),
    /// Chooses the CPU model.
    Model(&'static CpuModel),
    /// Chooses the flavour of SRCU.
    Flavour(SrcuFlavour),
    /// Opens a scenario in its opening setting.
    Scenario(String),
    /// Opens a link within the page.
    Link(String),
    /// Searches the shortest schedule to an outcome on a model, and plays it.
    Show(Goal, &'static CpuModel),
    /// Moves all toggles at once.
    Set {
        /// Their positions.
        setting: Setting,
        /// And chooses this CPU model.
        model: Option<&'static CpuModel>,
        /// And plays the shortest schedule to this.
        show: Option<Goal>,
        /// What to say of it.
        said: AttrValue,
    },
    /// Plays a schedule.
    PlaySteps(Vec<StepName>),
    /// Something about the schedule that is to be shown.
    Shown(Heard),
    /// The search for it takes long.
    SlowShowing,
    /// Ends it.
    StopShowing,
    /// Something about what the offered steps may lead to.
    Foreseen(Heard),
    /// The engine has failed, and why; it has been started anew.
    EngineFailed(String),
    /// Asks the engine again what it has not answered.
    AskAgain,
    /// To another line.
    Line {
        /// Downwards.
        forwards: bool,
    },
    /// Other reasons can be asked for than before.
    Reasons(Reasons),
    /// Marks lines of the programs, by name, while something speaks of them.
    Mark(Vec<String>),
    /// To the next barrier.
    Barrier,
    /// The text in the litmus lab was changed there.
    Edit(AttrValue),
    /// Reads the text in the litmus lab.
    Read,
    /// A text has been read.
    HasRead(Heard),
    /// Why the engine could not be loaded yet; none when it has come.
    EngineLoaded(Option<String>),
    /// Puts a text into the litmus lab, and opens it.
    Test(AttrValue),
    /// Opens a tool, by the identifier of its tab.
    Tab(AttrValue),
    /// Opens or closes the list of keys.
    Keys(bool),
    /// To the presenter's view, or out of it; to the other when it does not say.
    Present(Option<bool>),
    /// The page is about to be printed, or has been.
    Print(bool),
    /// The next theme.
    Theme,
    /// Copies the link.
    Copy,
    /// Says something once.
    Say(AttrValue),
    /// Closes the note about a link.
    Dismiss,
}
