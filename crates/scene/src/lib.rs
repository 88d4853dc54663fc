//! State to picture and sentence: pure data, SVG and text; no DOM, no IO, no clock.
//!
//! A page holds a [`Lab`], asks it for a [`View`], shows that, and computes
//! nothing about memory itself.

pub mod axioms;
pub mod beyond;
mod build;
pub mod closing;
pub mod cost;
pub mod cure;
pub mod graph;
pub mod lab;
pub mod link;
mod listing;
pub mod matrix;
mod names;
pub mod outcomes;
pub mod packed;
mod reason;
pub mod run_graph;
mod sentence;
pub mod svg;
pub mod text;
pub mod trace;
pub mod verdicts;
pub mod view;
pub mod words;
pub mod wrap;

pub use graph::Graph;
pub use lab::{Lab, LabError};
pub use link::{Link, LinkProblem};
pub use run_graph::RunGraph;
pub use svg::{
    ChartOptions, HardwareOptions, Theme, TimelineOptions, cost_chart_svg, cost_strip_svg,
    forks_svg, graph_controls_svg, graph_svg, hardware_svg, programs_svg, standalone_svg,
    table_svg, timeline_names_svg, timeline_svg,
};
pub use text::{snapshot, step_text, timeline_legend, transcript, transcript_picture};
pub use trace::trace_json;
pub use view::View;
pub use words::hardware_words;
