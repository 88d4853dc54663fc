//! Pictures of what waiting costs: latencies over registrations, and a time line event by event.

mod chart;
mod strip;

pub(super) use chart::svg as chart_svg;
pub(super) use strip::svg as strip_svg;

/// How the chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChartOptions {
    /// The width that there is, in CSS pixels; at least 260 are taken.
    pub width: u32,
    /// Equal steps are equal factors.
    pub logarithmic: bool,
    /// The operation that waits afterwards is shown.
    pub later: bool,
}

impl Default for ChartOptions {
    fn default() -> Self {
        ChartOptions {
            width: 560,
            logarithmic: true,
            later: true,
        }
    }
}
