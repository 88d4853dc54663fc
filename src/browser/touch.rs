//! A finger cannot hover: what it rests on is pointed at from the moment that it touches it. A short press does what it
//! does; one that rests long was there to look, and does nothing.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use wasm_bindgen::JsCast as _;
use web_sys::{Event, EventTarget, PointerEvent};

use super::focus;

/// What only looks when it is pressed long: a step of a program.
const STEP: &str = ".programs [data-step]";
/// Where a long press opens no menu of the browser's, which would cover what is to be looked at.
const LINE: &str = ".programs [data-line]";
/// From so many milliseconds on a press is long: what phones take for one.
const LONG: f64 = 500.0;
/// A click that comes so many milliseconds after the finger has left belongs to it.
const CLICK: f64 = 350.0;

/// What is known of the finger, in milliseconds of the events' clock.
#[derive(Default)]
struct Finger {
    /// The last pointer that touched the page was one.
    is: Cell<bool>,
    down: Cell<f64>,
    /// When the last long press ended.
    looked: Cell<Option<f64>>,
}

/// Tells what a finger or a pen touches, until the listeners are dropped.
pub fn points(look: impl Fn(Option<EventTarget>) + 'static) -> Vec<EventListener> {
    let finger = Rc::new(Finger::default());
    let listeners = [
        on(&finger, "pointerdown", move |finger, event| {
            let pointer = event.dyn_ref::<PointerEvent>();
            let is = pointer.is_some_and(|pointer| pointer.pointer_type() != "mouse");
            finger.is.set(is);
            finger.down.set(event.time_stamp());
            finger.looked.set(None);
            if is {
                look(event.target());
            }
        }),
        on(&finger, "pointerup", |finger, event| {
            let now = event.time_stamp();
            let long = finger.is.get() && now - finger.down.get() >= LONG;
            finger.looked.set(long.then_some(now));
        }),
        on(&finger, "contextmenu", |finger, event| {
            if finger.is.get() && focus::around(event.target(), LINE).is_some() {
                event.prevent_default();
            }
        }),
        on(&finger, "click", |finger, event| {
            let looked = finger.looked.take();
            let late = looked.is_some_and(|at| event.time_stamp() - at < CLICK);
            if late && focus::around(event.target(), STEP).is_some() {
                event.prevent_default();
                event.stop_propagation();
            }
        }),
    ];
    listeners.into_iter().flatten().collect()
}

/// Hears an event before the page, which would do the step.
fn on(
    finger: &Rc<Finger>,
    kind: &'static str,
    hear: impl Fn(&Finger, &Event) + 'static,
) -> Option<EventListener> {
    let finger = Rc::clone(finger);
    let options = EventListenerOptions {
        phase: EventListenerPhase::Capture,
        passive: false,
    };
    let document = focus::document()?;
    let listener = EventListener::new_with_options(&document, kind, options, move |event| {
        hear(&finger, event);
    });
    Some(listener)
}
