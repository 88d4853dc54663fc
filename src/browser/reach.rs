//! A place that scrolls can be reached by keyboard, for as long as it scrolls.
//!
//! The attributes are set here and not by a render, which may come later than the frame that shows the change. Style
//! sheets let such a place scroll only while it has a `tabindex`, so that there is no moment at which it scrolls and
//! cannot be reached.

use std::cell::RefCell;

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

/// The role of a place that has no other.
const GROUP: &str = "group";

/// Watches a place and what is in it, until it is dropped.
struct Reach {
    place: Element,
    stop: Stop,
    observer: ResizeObserver,
    watched: RefCell<Vec<Element>>,
    _changed: Closure<dyn FnMut()>,
}

/// The stop of the Tab key that a place is while it scrolls.
#[derive(Clone)]
struct Stop {
    label: AttrValue,
    /// Where there is such an element inside, no other stop is needed.
    inside: Option<&'static str>,
}

impl Stop {
    fn measure(&self, place: &Element) {
        let over = |whole: i32, seen: i32| whole > seen + 1;
        let scrolls = over(place.scroll_height(), place.client_height())
            || over(place.scroll_width(), place.client_width());
        let found = |selector| matches!(place.query_selector(selector), Ok(Some(_)));
        let wanted = scrolls && !self.inside.is_some_and(found);
        if wanted == place.has_attribute("tabindex") {
            return;
        }
        // A place that has a role of its own keeps it.
        let role = place.get_attribute("role").is_none_or(|role| role == GROUP);
        for (name, value) in [
            ("role", GROUP),
            ("aria-label", &*self.label),
            ("tabindex", "0"),
        ] {
            let _ = match wanted {
                _ if name == "role" && !role => Ok(()),
                true => place.set_attribute(name, value),
                false => place.remove_attribute(name),
            };
        }
    }
}

impl Reach {
    fn new(place: Element, stop: Stop) -> Option<Reach> {
        let changed = {
            let (place, stop) = (place.clone(), stop.clone());
            Closure::<dyn FnMut()>::new(move || stop.measure(&place))
        };
        let observer = ResizeObserver::new(changed.as_ref().unchecked_ref()).ok()?;
        observer.observe(&place);
        Some(Reach {
            place,
            stop,
            observer,
            watched: RefCell::default(),
            _changed: changed,
        })
    }

    /// A render may have brought other elements into the place.
    fn refresh(&self) {
        let first = self.place.first_element_child();
        let now: Vec<Element> =
            std::iter::successors(first, Element::next_element_sibling).collect();
        let mut watched = self.watched.borrow_mut();
        for gone in watched.iter().filter(|child| !now.contains(child)) {
            self.observer.unobserve(gone);
        }
        for new in now.iter().filter(|child| !watched.contains(child)) {
            self.observer.observe(new);
        }
        *watched = now;
        self.stop.measure(&self.place);
    }
}

impl Drop for Reach {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Makes a place a stop of the Tab key with this name while it scrolls; where `inside` finds an element in it, that is
/// the stop.
#[hook]
pub fn use_reach(place: &NodeRef, label: &AttrValue, inside: Option<&'static str>) {
    let reach = use_mut_ref(|| None::<Reach>);
    let (place, label) = (place.clone(), label.clone());
    use_effect(move || {
        let mut reach = reach.borrow_mut();
        if reach.is_none() {
            *reach = place
                .cast()
                .and_then(|place| Reach::new(place, Stop { label, inside }));
        }
        if let Some(reach) = &*reach {
            reach.refresh();
        }
    });
}
