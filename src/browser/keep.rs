//! The focus never gets lost.
//!
//! A step draws much of the page anew, and what had the focus may be gone then: a key would reach nobody. Components hear
//! of a render too late to mend that: on a busy machine Yew tells them in a task of its own, and a key that is pressed
//! meanwhile comes before it. A [mutation observer] hears of every change before any other task.
//!
//! [mutation observer]: https://dom.spec.whatwg.org/#mutation-observers

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use js_sys::{Array, Function};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{
    Document, Element, EventTarget, FocusEvent, HtmlElement, MutationObserver,
    MutationObserverInit, Node,
};

use super::focus;

/// What names a part of a picture: the new picture has the same part again.
const NAMES: [&str; 2] = ["data-index", "data-event"];

/// What cannot have the focus any more, although it may still seem to: a button that is off, a place that has ceased to
/// scroll.
const UNABLE: &str = ":disabled, .scroll:not([tabindex])";

/// From now on the focus, where it gets lost in an element, goes to what has replaced the part that had it; else to the
/// element itself, so that the keys go on working.
pub fn inside(host: &HtmlElement) {
    let seen = Rc::new(RefCell::new(Seen::default()));
    for (kind, hear) in [
        ("focusin", Seen::arrived as fn(&mut Seen, &FocusEvent)),
        ("focusout", Seen::left),
    ] {
        let seen = Rc::clone(&seen);
        // Before anyone else, who may draw something anew because of it.
        let phase = EventListenerOptions::run_in_capture_phase();
        EventListener::new_with_options(host, kind, phase, move |event| {
            if let Some(event) = event.dyn_ref() {
                hear(&mut seen.borrow_mut(), event);
            }
        })
        .forget();
    }
    let target = host.clone();
    let changed = Closure::<dyn FnMut()>::new(move || {
        // To give the focus is to be told of it at once.
        let now = seen.borrow().clone();
        if !now.is_on_its_way() {
            give_back(&target, now.part.as_deref());
        }
    });
    // A browser without observers keeps the focus where it can.
    let _ = observe(host, changed.into_js_value().unchecked_ref());
}

/// What is known of the focus.
#[derive(Clone, Default)]
struct Seen {
    /// The selector that finds the part of a picture that has it, or had it last.
    part: Option<String>,
    /// Where it goes to: in between, the browser says that nothing has it.
    to: Option<Node>,
}

impl Seen {
    fn arrived(&mut self, event: &FocusEvent) {
        *self = Seen {
            part: successor(event.target()),
            to: None,
        };
    }

    fn left(&mut self, event: &FocusEvent) {
        self.to = event.related_target().and_then(|to| to.dyn_into().ok());
    }

    /// It need not arrive where what it goes to is gone meanwhile.
    fn is_on_its_way(&self) -> bool {
        self.to.as_ref().is_some_and(Node::is_connected)
    }
}

/// Hears of elements that come and go in an element, and of attributes that can take the focus away.
fn observe(host: &HtmlElement, changed: &Function) -> Result<(), JsValue> {
    let options = MutationObserverInit::new();
    options.set_child_list(true);
    options.set_subtree(true);
    options.set_attribute_filter(&Array::of3(
        &"disabled".into(),
        &"tabindex".into(),
        &"open".into(),
    ));
    MutationObserver::new(changed)?.observe_with_options(host, &options)
}

/// The selector that finds a part of a picture again.
fn successor(target: Option<EventTarget>) -> Option<String> {
    let part: Element = target?.dyn_into().ok()?;
    NAMES.iter().find_map(|name| {
        let value = part.get_attribute(name)?;
        Some(format!("#app [tabindex][{name}=\"{value}\"]"))
    })
}

fn give_back(host: &HtmlElement, wanted: Option<&str>) {
    let Some(document) = focus::document().filter(is_lost) else {
        return;
    };
    let part = wanted.and_then(|selector| document.query_selector(selector).ok().flatten());
    match part {
        Some(part) => focus::give_in_place(&part),
        None => focus::give_in_place(host),
    }
}

/// Nothing has the focus, although the window has it. An embed does not take it from the page around it.
fn is_lost(document: &Document) -> bool {
    let unable = |element: Element| {
        element.local_name() == "body" || element.matches(UNABLE).unwrap_or_default()
    };
    document.has_focus().unwrap_or_default() && document.active_element().is_none_or(unable)
}
