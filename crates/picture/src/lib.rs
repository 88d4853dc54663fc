//! Pictures, tables and texts of a session, of verdicts and of executions: plain data, SVG and text; no DOM, no IO, no clock.

pub mod axioms;
pub mod beyond;
pub mod cost;
pub mod cure;
pub mod draw;
pub mod graph;
pub mod hardware;
pub mod matrix;
pub mod outcomes;
pub mod packed;
pub mod run_graph;
pub mod svg;
pub mod text;
pub mod trace;
pub mod verdicts;
pub mod words;

pub use graph::Graph;
pub use hardware::Hardware;
pub use run_graph::RunGraph;
pub use svg::{
    ChartOptions, HardwareOptions, Theme, TimelineOptions, cost_chart_svg, cost_strip_svg,
    forks_svg, graph_controls_svg, graph_svg, hardware_svg, programs_svg, standalone_svg,
    table_svg, timeline_names_svg, timeline_svg,
};
pub use text::{snapshot, transcript, transcript_picture};
pub use trace::trace_json;
pub use words::hardware_words;
