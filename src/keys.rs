//! The keyboard: what each key does, in one table for the page and for the dialog that lists it.
//!
//! Keys work only while the focus is inside the laboratory, so that they leave a page alone that embeds it.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, KeyboardEvent};

use crate::msg::Msg;

/// The keys and what they do, as the dialog shows them.
pub const TABLE: &[(&[&str], &str)] = &[
    (&["←", "PageUp"], "one step back"),
    (&["→", "PageDown"], "one step forth, if it was taken back"),
    (&["1", "…", "9"], "do the step with this number"),
    (&["↑", "↓"], "from line to line"),
    (&["Space"], "play the schedule from here, or stop"),
    (
        &["F"],
        "the schedule that was left last; again: back to this one",
    ),
    (&["R"], "reset: back to the start, without a schedule"),
    (&["B"], "to the first barrier; again: to the next"),
    (&["P"], "presenter view: large type; again: the full page"),
    (&["?"], "this list"),
    (
        &["Esc"],
        "close this list, the reason, or the presenter view",
    ),
];

/// The lines that the arrow keys visit.
pub const LINES: &str = "#app .line-main";

/// The switches in the lines.
pub const BARRIERS: &str = "#app [data-toggle]";

/// The laboratory while it is in the presenter's view.
const PRESENTING: &str = "#app:has(> .present)";

/// What a key does where it was pressed; `None` when it is not ours.
pub fn meaning(event: &KeyboardEvent) -> Option<Msg> {
    if event.default_prevented() || event.ctrl_key() || event.alt_key() || event.meta_key() {
        return None;
    }
    let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
    let on = |selector: &str| {
        target
            .as_ref()
            .is_some_and(|element| element.closest(selector).ok().flatten().is_some())
    };
    // A choice is a barrier as well: from it to the next.
    if on("select[data-toggle]") && event.key().eq_ignore_ascii_case("b") {
        return Some(Msg::Barrier);
    }
    if on("[role=tab]") && event.key().starts_with("Arrow") {
        return None;
    }
    // The events of a graph and the cells of a table: arrows go from one to the other.
    if on(".graph-picture [role=button], [data-cell]") && moves(&event.key()) {
        return None;
    }
    let key = event.key();
    // Also from a choice or the scrubber, but not out of what closes itself or is typed in.
    if key == "Escape" {
        let leaves = on(PRESENTING) && !on("dialog, textarea, .why, [data-editor]");
        return leaves.then_some(Msg::Present(Some(false)));
    }
    // These have keys of their own, and a dialog or a reason is a world of its own.
    if on("input, select, textarea, dialog, .why, [data-editor]")
        && !(on("input[type=range]") && event.key().starts_with("Page"))
    {
        return None;
    }
    Some(match key.as_str() {
        "ArrowLeft" | "PageUp" => Msg::Back,
        "ArrowRight" | "PageDown" => Msg::Forth,
        "ArrowUp" => Msg::Line { forwards: false },
        "ArrowDown" => Msg::Line { forwards: true },
        " " if !on("button, a, summary") => Msg::Play,
        "r" | "R" => Msg::Reset,
        "f" | "F" => Msg::TakeUpLast,
        "b" | "B" => Msg::Barrier,
        "p" | "P" => Msg::Present(None),
        "?" => Msg::Keys(true),
        digit => match digit.parse::<usize>() {
            Ok(index @ 1..=9) if digit.len() == 1 => Msg::Choose(index),
            _ => return None,
        },
    })
}

/// A key with which one moves about and chooses.
fn moves(key: &str) -> bool {
    key.starts_with("Arrow") || matches!(key, "Home" | "End" | "Enter" | " ")
}
