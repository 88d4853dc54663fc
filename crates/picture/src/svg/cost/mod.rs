//! Pictures of what waiting costs: latencies over registrations, and a time line event by event.

mod chart;
mod strip;

use ::cost::Policy;

pub(super) use chart::svg as chart_svg;
pub(super) use strip::svg as strip_svg;

/// How the chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChartOptions {
    /// The width that there is, in CSS pixels; at least 260 are taken.
    pub width: u32,
    /// Equal steps are equal factors.
    pub logarithmic: bool,
    /// What comes after the registrations is shown.
    pub later: bool,
    /// What is shown besides how it was and how it is.
    pub chosen: Policy,
}

impl Default for ChartOptions {
    fn default() -> Self {
        ChartOptions {
            width: 560,
            logarithmic: true,
            later: true,
            chosen: Policy::Callback,
        }
    }
}
