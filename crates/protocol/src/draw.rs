//! What can be drawn and written of a session, and what comes of it: SVG, and the same in words.

use machine::{CpuModel, StepName};
use serde::{Deserialize, Serialize};

use crate::graph::{Family, LinkText};

/// Where a session stands: with the program, all that a picture of it depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The scenario's id, as in links; empty for a test of the reader's own.
    pub id: String,
    /// The CPU model.
    pub model: &'static CpuModel,
    /// Its steps; those that a switch has made impossible as well.
    pub steps: Vec<StepName>,
    /// How many of them are done.
    pub at: u32,
}

/// What is to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Panel {
    /// Store buffers, memory, bus slots and objects, SRCU: [`Drawn::Hardware`].
    Hardware(HardwareOptions),
    /// The space-time diagram: [`Drawn::Timeline`].
    Timeline(TimelineOptions),
    /// The execution graph of the run so far: [`Drawn::RunGraph`].
    RunGraph(GraphOptions),
    /// One of the pictures that a reader can save, in the colours of a theme: [`Drawn::Picture`].
    Picture(PictureOf, Theme),
    /// One of the texts that a reader can save: [`Drawn::Text`].
    Text(TextOf),
}

impl Panel {
    /// Which panel, without the particulars.
    #[must_use]
    pub fn kind(&self) -> PanelKind {
        match self {
            Panel::Hardware(_) => PanelKind::Hardware,
            Panel::Timeline(_) => PanelKind::Timeline,
            Panel::RunGraph(_) => PanelKind::RunGraph,
            Panel::Picture(..) => PanelKind::Picture,
            Panel::Text(of) => PanelKind::Text(*of),
        }
    }
}

/// A [`Panel`] without the particulars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PanelKind {
    /// [`Panel::Hardware`].
    Hardware,
    /// [`Panel::Timeline`].
    Timeline,
    /// [`Panel::RunGraph`].
    RunGraph,
    /// [`Panel::Picture`].
    Picture,
    /// [`Panel::Text`].
    Text(TextOf),
}

/// What has been drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Drawn {
    /// To [`Panel::Hardware`].
    Hardware {
        /// The picture.
        svg: String,
        /// The same in words, a sentence each.
        words: Vec<String>,
    },
    /// To [`Panel::Timeline`].
    Timeline {
        /// The names of the lanes, as high as the diagram.
        names: String,
        /// The diagram.
        lanes: String,
    },
    /// To [`Panel::RunGraph`].
    RunGraph(DrawnRun),
    /// To [`crate::Request::Execution`].
    Execution(DrawnGraph),
    /// To [`Panel::Picture`]: a picture with a style of its own. To [`crate::Request::VerdictsPicture`]: one without.
    Picture(String),
    /// To [`Panel::Text`].
    Text(Text),
}

/// The colours of a picture that stands alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// How the hardware is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HardwareOptions {
    /// The width that there is, in CSS pixels; at least 240 are taken.
    pub width: u32,
    /// Stores in one line each, for little room.
    pub compact: bool,
}

impl Default for HardwareOptions {
    fn default() -> Self {
        HardwareOptions {
            width: 344,
            compact: false,
        }
    }
}

/// How the timeline is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineOptions {
    /// The width that there is, in CSS pixels; the picture is wider when it has many steps.
    pub width: u32,
    /// Lanes close together, for little room.
    pub compact: bool,
    /// The names of the lanes stand in the picture. Where it scrolls they are better drawn beside it.
    pub names: bool,
    /// What CPUs do of themselves between the steps is drawn, too.
    pub micro: bool,
    /// After so many steps every bad outcome has ceased to be possible: marked, where it is known.
    pub closed: Option<usize>,
    /// The steps are buttons, for a page that answers them; else the picture is one image.
    pub interactive: bool,
}

impl Default for TimelineOptions {
    fn default() -> Self {
        TimelineOptions {
            width: 1230,
            compact: false,
            names: true,
            micro: false,
            closed: None,
            interactive: false,
        }
    }
}

/// How an execution graph is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphOptions {
    /// Relations that are not as they are at first, a bit each, by their numbers.
    pub flipped: u32,
    /// The events are buttons, for a page that answers them.
    pub interactive: bool,
}

/// The execution graph of a run, and what it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnRun {
    /// What it shows, in a sentence or two.
    pub sentence: String,
    /// Around the cycle, a sentence each edge; none where the run is sequentially consistent.
    pub links: Vec<LinkText>,
    /// The graph.
    pub graph: DrawnGraph,
}

/// An execution graph, drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnGraph {
    /// The picture.
    pub svg: String,
    /// Its relations.
    pub relations: Vec<DrawnRelation>,
    /// Its events, in words.
    pub events: Vec<String>,
    /// The edges that are drawn, in words.
    pub edges: Vec<String>,
}

/// A relation of an execution graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnRelation {
    /// Its number, for [`GraphOptions::flipped`].
    pub number: u32,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub family: Family,
    /// What it means.
    pub meaning: String,
    /// It is drawn unless it is flipped.
    pub usual: bool,
}

/// A schedule in the tree of those that the reader has made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fork {
    /// Where it branches off, and what it comes to.
    pub text: String,
    /// It is the present one.
    pub present: bool,
    /// The row of the one that it branches off from; none where it begins at the start.
    pub parent: Option<usize>,
    /// After how many steps.
    pub from: usize,
    /// How many of its steps are possible now.
    pub len: usize,
    /// How many are struck out.
    pub struck: usize,
    /// It ends with a bad outcome, or a failure.
    pub bad: bool,
}

/// A picture that a reader can save.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PictureOf {
    /// The space-time diagram.
    Timeline,
    /// Store buffers, memory, SRCU.
    Hardware,
    /// The programs and the store buffers.
    Programs,
    /// The execution graph of the run.
    Graph,
    /// Every step in words.
    Transcript,
}

/// A text that a reader can save.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TextOf {
    /// Every step in words.
    Transcript,
    /// The trace as JSON.
    Trace,
    /// The test in its present setting, for herd7.
    Herd,
}

/// A text to be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The text; or why there is none.
    pub text: Result<String, String>,
    /// What is to be known of it.
    pub notes: Vec<String>,
}

/// What the reader has chosen of the panel on costs. Places in lists are those of [`CostPanel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostOptions {
    /// The workload: its place in [`CostPanel::cases`]; none: the one that the series was measured with.
    pub case: Option<u32>,
    /// Ticks a second: the place in [`CostPanel::hz`].
    pub hz: u32,
    /// What a registration calls: its place in [`CostPanel::policies`]; none: what the kernel does today.
    pub policy: Option<u32>,
    /// How many devices are registered.
    pub registrations: u32,
    /// Equal steps of the chart are equal factors.
    pub logarithmic: bool,
    /// What comes after the registrations is shown.
    pub later: bool,
    /// The event at which the clock stands.
    pub event: u32,
    /// The width that there is, in CSS pixels; 0 where it is not known.
    pub width: u32,
}

/// What waiting costs, and what callbacks cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostPanel {
    /// The workloads.
    pub cases: Vec<String>,
    /// The one that is shown: its place.
    pub case: u32,
    /// Ticks a second that can be chosen.
    pub hz: Vec<u64>,
    /// What a registration can call.
    pub policies: Vec<String>,
    /// The one that is shown: its place.
    pub policy: u32,
    /// Most devices that can be chosen.
    pub most: u32,
    /// What the workload is.
    pub about: String,
    /// The chart.
    pub chart: String,
    /// The comparison in a paragraph.
    pub paragraph: String,
    /// What is chosen in figures: what, and how much.
    pub details: Vec<[String; 2]>,
    /// The clock, by event.
    pub clock: Option<Clock>,
    /// Why a callback makes the next wait slow, a paragraph each.
    pub why: Vec<String>,
    /// The headings of the table.
    pub headings: Vec<String>,
    /// The table, a row a policy.
    pub table: Vec<Vec<String>>,
    /// Where the figures are from: what, how much, and the source.
    pub figures: Vec<[String; 3]>,
}

/// A time line that stands at an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Which event.
    pub event: u32,
    /// The last event.
    pub last: u32,
    /// What happens there.
    pub sentence: String,
    /// The time line.
    pub picture: String,
}
