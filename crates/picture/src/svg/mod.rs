//! Pictures as SVG text. Classes only, no style attributes: the page's
//! stylesheet gives the colours, and a strict content security policy holds.

mod cost;
mod forks;
mod graph;
mod hardware;
mod label;
mod layout;
mod programs;
mod shapes;
mod spans;
mod standalone;
pub mod table;
mod timeline;
mod write;

use crate::graph::Graph;
use session::view::View;

pub use cost::ChartOptions;
use protocol::draw::Fork;
pub use protocol::draw::{HardwareOptions, Theme, TimelineOptions};
pub use standalone::standalone_svg;

/// The width that a picture says of itself, in CSS pixels.
pub(crate) fn width(svg: &str) -> u32 {
    let width = svg
        .split_once(" width=\"")
        .and_then(|(_, rest)| rest.split_once('"'));
    width
        .and_then(|(width, _)| width.parse().ok())
        .unwrap_or_default()
}

/// Store buffers, slots with arrows to objects, pointers in registers, memory, SRCU. A store that
/// can drain is a group with `data-step`, for [`session::Session::step`].
#[must_use]
pub fn hardware_svg(hardware: &crate::Hardware, options: HardwareOptions) -> String {
    hardware::svg(hardware, options)
}

/// A table, for files.
#[must_use]
pub fn table_svg(table: &table::Table) -> String {
    table::svg(table)
}

/// The programs, a column for each CPU, with the state of every line and the store buffers.
#[must_use]
pub fn programs_svg(view: &View) -> String {
    programs::svg(view)
}

/// The space-time diagram. Each step is a group with `data-index`, its place in
/// [`View::steps`]; one that can be gone to has `data-position`, for [`session::Session::goto`].
#[must_use]
pub fn timeline_svg(view: &View, options: TimelineOptions) -> String {
    timeline::svg(view, options)
}

/// The names of the lanes alone, as high as [`timeline_svg`] with the same options.
#[must_use]
pub fn timeline_names_svg(view: &View, options: TimelineOptions) -> String {
    timeline::names_svg(view, options)
}

/// The tree of schedules in rows of so many pixels, for a list beside it; `at` steps of the present one are done.
#[must_use]
pub fn forks_svg(forks: &[Fork], at: usize, row: u32) -> String {
    forks::svg(forks, at, row)
}

/// The execution graph, with the relations that are `shown`. An event is a group with `data-event`, and `data-at` where
/// it has a line.
#[must_use]
pub fn graph_svg(graph: &Graph, shown: &dyn Fn(&str) -> bool) -> String {
    graph::svg(graph, shown, false)
}

/// The same as [`graph_svg`], with a button for each event of a run: it has `data-position`, for [`session::Session::goto`].
/// None of them is a stop of the Tab key: the page makes one so.
#[must_use]
pub fn graph_controls_svg(graph: &Graph, shown: &dyn Fn(&str) -> bool) -> String {
    graph::svg(graph, shown, true)
}

/// The latency of each registration, a line a policy.
#[must_use]
pub fn cost_chart_svg(comparison: &crate::cost::Comparison, options: ChartOptions) -> String {
    cost::chart_svg(comparison, options)
}

/// A time line event by event, with one marked.
#[must_use]
pub fn cost_strip_svg(line: &::cost::TimeLine, at: usize, width: u32) -> String {
    cost::strip_svg(line, at, width)
}
