//! What can be drawn and written of a session, and what comes of it: SVG, and the same in words.

use serde::{Deserialize, Serialize};

/// A schedule on a model, and how far it is done: with the program, all that a picture of a session depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The CPU model, by its id.
    pub model: String,
    /// The names of its steps; those that a switch has made impossible as well.
    pub steps: Vec<String>,
    /// How many of them are done.
    pub at: u32,
}

/// What is to be drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    RunGraph(RunGraph),
    /// To [`Panel::Picture`]: a picture with a style of its own.
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
pub struct RunGraph {
    /// What it shows, in a sentence or two.
    pub sentence: String,
    /// Around the cycle, a sentence each edge; none where the run is sequentially consistent.
    pub links: Vec<Link>,
    /// The graph.
    pub graph: Graph,
}

/// An edge of a cycle in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its place: "a → b".
    pub place: String,
    /// The name of the relation.
    pub name: String,
    /// The CSS class of its family.
    pub class: String,
    /// The sentence.
    pub text: String,
    /// The lines that it speaks of, by their names in the page.
    pub lines: Vec<String>,
}

/// An execution graph, drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graph {
    /// The picture.
    pub svg: String,
    /// Its relations.
    pub relations: Vec<Relation>,
    /// Its events, in words.
    pub events: Vec<String>,
    /// The edges that are drawn, in words.
    pub edges: Vec<String>,
}

/// A relation of an execution graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// Its number, for [`GraphOptions::flipped`].
    pub number: u32,
    /// Its name.
    pub name: String,
    /// The CSS class of its family.
    pub class: String,
    /// What it means.
    pub meaning: String,
    /// It is drawn at first.
    pub usual: bool,
    /// It is drawn.
    pub on: bool,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
