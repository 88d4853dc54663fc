//! The events of a graph as buttons: one of them is a stop of the Tab key, and arrows go from one to the other.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, EventTarget, HtmlElement, SvgElement};
use yew::NodeRef;

use super::focus;

const EVENTS: &str = "[role=button][data-event]";

/// The letter of the event that is a target, or in which one is.
pub fn letter(target: Option<EventTarget>) -> Option<String> {
    focus::around(target, EVENTS)?.get_attribute("data-event")
}

/// The letter of the event to which a key leads from that in which a target is: the picture says so itself.
pub fn neighbour(target: Option<EventTarget>, key: &str) -> Option<String> {
    let keys = focus::around(target, EVENTS)?.get_attribute("data-keys")?;
    keys.split(' ')
        .find_map(|pair| pair.strip_prefix(key)?.strip_prefix(':'))
        .map(str::to_owned)
}

fn events(place: &NodeRef) -> Vec<Element> {
    let Some(Ok(found)) = place
        .cast::<HtmlElement>()
        .map(|place| place.query_selector_all(EVENTS))
    else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|at| found.get(at)?.dyn_into().ok())
        .collect()
}

fn is(event: &Element, letter: &str) -> bool {
    event.get_attribute("data-event").as_deref() == Some(letter)
}

/// Makes an event the stop of the Tab key.
pub fn stop_at(place: &NodeRef, letter: &str) {
    for event in events(place) {
        let stop = if is(&event, letter) { "0" } else { "-1" };
        let _ = event.set_attribute("tabindex", stop);
    }
}

/// Moves the focus to an event.
pub fn focus(place: &NodeRef, letter: &str) {
    if let Some(event) = events(place).iter().find(|event| is(event, letter))
        && let Some(event) = event.dyn_ref::<SvgElement>()
    {
        let _ = event.focus();
    }
}

/// In a picture that was drawn anew: the stop is where it was, or at the first event, and has the focus that has got
/// lost with the old picture.
pub fn keep_stop(place: &NodeRef, current: Option<&str>) {
    let all = events(place);
    let known = current.filter(|letter| all.iter().any(|event| is(event, letter)));
    let first = || all.first()?.get_attribute("data-event");
    if let Some(stop) = known.map(str::to_owned).or_else(first) {
        stop_at(place, &stop);
    }
    let active = focus::document().and_then(|document| document.active_element());
    let lost = active.is_none_or(|active| active.local_name() == "body" || active.id() == "app");
    if let Some(letter) = known.filter(|_| lost) {
        focus(place, letter);
    }
}
