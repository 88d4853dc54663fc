//! Finding elements and moving the focus.

use wasm_bindgen::JsCast as _;
use web_sys::{Document, Element, EventTarget, FocusOptions, HtmlElement};

/// The document.
pub fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// The element whose content the laboratory is.
pub fn host() -> Option<HtmlElement> {
    document()?.get_element_by_id("app")?.dyn_into().ok()
}

/// The nearest element around an event's target that a selector finds.
pub fn around(target: Option<EventTarget>, selector: &str) -> Option<Element> {
    target?
        .dyn_into::<Element>()
        .ok()?
        .closest(selector)
        .ok()
        .flatten()
}

/// Moves the focus among the elements that a selector finds, in the document's order.
pub fn step(selector: &str, forwards: bool) {
    let Some(document) = document() else { return };
    let Ok(found) = document.query_selector_all(selector) else {
        return;
    };
    let active = document.active_element();
    let all: Vec<HtmlElement> = (0..found.length())
        .filter_map(|at| found.get(at)?.dyn_into().ok())
        .collect();
    let at = all
        .iter()
        .position(|element| Some(element.as_ref()) == active.as_ref());
    let next = match (at, forwards) {
        (Some(at), true) => at + 1,
        (Some(at), false) => at.wrapping_sub(1),
        (None, _) => 0,
    };
    if let Some(element) = all.get(next) {
        let _ = element.focus();
    }
}

/// Gives an element the focus; a part of a picture too, which is no [`HtmlElement`].
pub fn give(element: &Element) {
    if let Some(part) = element.dyn_ref::<web_sys::SvgElement>() {
        let _ = part.focus();
    } else if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// The same, and nothing scrolls for it.
pub fn give_in_place(element: &Element) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    if let Some(part) = element.dyn_ref::<web_sys::SvgElement>() {
        let _ = part.focus_with_options(&options);
    } else if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus_with_options(&options);
    }
}

/// Moves the focus to the element that comes after the focused one, or to the first. False when there is none.
pub fn on_next(selector: &str) -> bool {
    let Some(document) = document() else {
        return false;
    };
    let Ok(found) = document.query_selector_all(selector) else {
        return false;
    };
    let active = document.active_element();
    let all: Vec<HtmlElement> = (0..found.length())
        .filter_map(|at| found.get(at)?.dyn_into().ok())
        .collect();
    let at = all
        .iter()
        .position(|element| Some(element.as_ref()) == active.as_ref());
    let next = at.map_or(0, |at| (at + 1) % all.len());
    all.get(next).is_some_and(|element| element.focus().is_ok())
}

/// Brings the first element that a selector finds into sight.
pub fn reveal(selector: &str) {
    if let Some(Ok(Some(element))) = document().map(|document| document.query_selector(selector)) {
        element.scroll_into_view();
    }
}

/// Moves the focus to the first element that a selector finds. False when there is none.
pub fn on(selector: &str) -> bool {
    let Some(Ok(Some(element))) = document().map(|document| document.query_selector(selector))
    else {
        return false;
    };
    element
        .dyn_into::<HtmlElement>()
        .is_ok_and(|element| element.focus().is_ok())
}

/// Scrolls a place so that what is in it comes into sight, clear of heads at its top and its left; the page stays where
/// it is.
pub fn scroll_to(place: &str, inside: &str) {
    let find = |selector: &str| document()?.query_selector(selector).ok().flatten();
    let (Some(place), Some(inside)) = (find(place), find(inside)) else {
        return;
    };
    let (outer, inner) = (
        place.get_bounding_client_rect(),
        inside.get_bounding_client_rect(),
    );
    let middle = |from: f64, size: f64| from + size / 2.0;
    let wanted = |from: f64, size: f64| from + size * 0.75;
    let down = middle(inner.top(), inner.height()) - wanted(outer.top(), outer.height());
    let right = middle(inner.left(), inner.width()) - wanted(outer.left(), outer.width());
    place.set_scroll_top(place.scroll_top() + down as i32);
    place.set_scroll_left(place.scroll_left() + right as i32);
}

/// Moves the focus to the first field that a selector finds, and selects its text.
pub fn select(selector: &str) {
    if let Some(Ok(Some(element))) = document().map(|document| document.query_selector(selector))
        && let Ok(field) = element.dyn_into::<web_sys::HtmlInputElement>()
    {
        let _ = field.focus();
        field.select();
    }
}
