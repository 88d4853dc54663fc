//! How wide an element is, for as long as someone wants to know.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

/// Calls back with the width of an element whenever it changes, until it is dropped.
pub struct Watch {
    observer: ResizeObserver,
    _changed: Closure<dyn FnMut()>,
}

impl Watch {
    /// Begins to watch.
    pub fn new(element: &Element, mut changed: impl FnMut(u32) + 'static) -> Option<Watch> {
        let watched = element.clone();
        let changed = Closure::<dyn FnMut()>::new(move || {
            changed(width_of(&watched));
        });
        let observer = ResizeObserver::new(changed.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Watch {
            observer,
            _changed: changed,
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

fn width_of(element: &Element) -> u32 {
    u32::try_from(element.client_width()).unwrap_or_default()
}

/// The width of an element in CSS pixels, for a component that is drawn anew when it changes; 0 until it is known.
#[hook]
pub fn use_width(place: &NodeRef) -> u32 {
    let width = use_state_eq(|| 0_u32);
    {
        let (place, width) = (place.clone(), width.setter());
        use_effect_with((), move |()| {
            let watch = place.cast::<Element>().and_then(|element| {
                // The observer would tell only after a first picture of another width has been seen.
                width.set(width_of(&element));
                Watch::new(&element, move |now| width.set(now))
            });
            move || drop(watch)
        });
    }
    *width
}
