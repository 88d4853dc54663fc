//! The icons of the page: one set, drawn on a square of 18 by 18, in the colour of the text beside them.
//!
//! An icon says nothing to a screen reader: the button that bears it has a name of its own.

use yew::prelude::*;

/// What an icon stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Back to the start.
    Reset,
    /// One step back.
    Back,
    /// One step forth.
    Forth,
    /// Play the schedule.
    Play,
    /// Stop playing.
    Stop,
    /// A link.
    Link,
    /// The theme is the system's.
    Auto,
    /// The light theme.
    Light,
    /// The dark theme.
    Dark,
    /// The high-contrast theme.
    Contrast,
    /// The presenter's view.
    Present,
    /// The keys.
    Keys,
    /// Close.
    Close,
    /// Opens elsewhere.
    Away,
    /// It ended well.
    Good,
    /// It ended badly.
    Bad,
    /// It hangs.
    Stuck,
    /// The hardware.
    Hardware,
    /// The execution graph.
    Graph,
    /// The barrier matrix.
    Matrix,
    /// The outcomes.
    Outcomes,
    /// What waiting costs.
    Cost,
    /// The litmus lab.
    Lab,
    /// Export.
    Export,
}

impl Icon {
    /// Its path, and whether it is filled instead of drawn as lines.
    const fn path(self) -> (&'static str, bool) {
        match self {
            Icon::Reset => ("M4.500 6.500A6 6 0 1 1 3 10M4 3v4h4", false),
            Icon::Back => ("M11.500 4l-6 5 6 5z", true),
            Icon::Forth => ("M6.500 4l6 5-6 5z", true),
            Icon::Play => ("M5 3l10 6-10 6z", true),
            Icon::Stop => ("M5 4h3v10H5zM10 4h3v10h-3z", true),
            Icon::Link => (
                "M7.500 10.500l3-3M8 5.500l1.500-1.500a3.200 3.200 0 0 1 4.500 4.500L12.500 10M10 12.500L8.500 14A3.200 3.200 0 0 1 4 9.500L5.500 8",
                false,
            ),
            Icon::Auto => ("M9 3a6 6 0 1 0 0 12A6 6 0 1 0 9 3zM9 3v12M12 4v10", false),
            Icon::Light => (
                "M9 5.600a3.400 3.400 0 1 0 0 6.800 3.400 3.400 0 1 0 0-6.800zM9 1v2M9 15v2M1 9h2M15 9h2M3.300 3.300l1.500 1.500M13.200 13.200l1.500 1.500M14.700 3.300l-1.500 1.500M4.800 13.200l-1.500 1.500",
                false,
            ),
            Icon::Dark => (
                "M14.500 11A6.500 6.500 0 0 1 7 3.500a6 6 0 1 0 7.500 7.500z",
                false,
            ),
            Icon::Contrast => (
                "M9 2a7 7 0 1 0 0 14A7 7 0 1 0 9 2zM9 4a5 5 0 0 1 0 10z",
                true,
            ),
            Icon::Present => ("M2 3h14v9H2zM9 12v2M6 16l3-2 3 2", false),
            Icon::Keys => (
                "M6 7a3 3 0 1 1 4.500 2.500C9.500 10 9 10.500 9 11.500M9 14.500v.1",
                false,
            ),
            Icon::Close => ("M4.500 4.500l9 9M13.500 4.500l-9 9", false),
            Icon::Away => ("M5 13l8-8M7 5h6v6", false),
            Icon::Good => ("M4 9.500l3.500 3.500L14 5.500", false),
            Icon::Bad => ("M9 3.500v7M9 14.200v.1", false),
            Icon::Stuck => ("M5 5l8 8M13 5l-8 8", false),
            Icon::Hardware => (
                "M5 5h8v8H5zM7 2v3M11 2v3M7 13v3M11 13v3M2 7h3M2 11h3M13 7h3M13 11h3",
                false,
            ),
            Icon::Graph => (
                "M3 5a2 2 0 1 0 4 0 2 2 0 1 0-4 0zM11 5a2 2 0 1 0 4 0 2 2 0 1 0-4 0zM7 14a2 2 0 1 0 4 0 2 2 0 1 0-4 0zM7 5h4M6 7l2 5M12 7l-2 5",
                false,
            ),
            Icon::Matrix => ("M3 3h12v12H3zM3 7h12M3 11h12M7 3v12M11 3v12", false),
            Icon::Outcomes => (
                "M3 4.500v.1M3 9v.1M3 13.500v.1M6.500 4.500H15M6.500 9H15M6.500 13.500H15",
                false,
            ),
            Icon::Cost => (
                "M9 2.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 1 0 0-13zM9 5v4l3 2",
                false,
            ),
            Icon::Lab => (
                "M7 2.500h4M7.500 2.500v5L3.500 15h11l-4-7.500v-5M5.500 11.500h7",
                false,
            ),
            Icon::Export => ("M9 11V2.500M6 5l3-3 3 3M3 9v6h12V9", false),
        }
    }
}

/// An icon, for a place beside a text or in a button.
pub fn icon(icon: Icon) -> Html {
    let (path, full) = icon.path();
    html! {
        <svg class={classes!("ico", full.then_some("full"))} viewBox="0 0 18 18" width="16" height="16" aria-hidden="true">
            <path d={path} fill-rule={full.then_some("evenodd")} />
        </svg>
    }
}
