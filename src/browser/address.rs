//! The address bar: its fragment always holds the whole state.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;

/// Browsers refuse more than about three changes a second.
const PAUSE: u32 = 350;

/// The fragment of the address, `#/…`; empty when there is none.
pub fn fragment() -> String {
    web_sys::window()
        .and_then(|window| window.location().hash().ok())
        .unwrap_or_default()
}

/// The address of this page with another fragment.
pub fn with_fragment(fragment: &str) -> String {
    let address = web_sys::window()
        .and_then(|window| window.location().href().ok())
        .unwrap_or_default();
    let page = address.split('#').next().unwrap_or_default();
    format!("{page}{fragment}")
}

/// The page is in a frame that has no origin of its own.
pub fn is_sandboxed() -> bool {
    web_sys::window().is_some_and(|window| {
        window.origin() == "null" && window.location().protocol().is_ok_and(|p| p != "file:")
    })
}

/// Calls back whenever someone opens a link within this page.
pub fn on_change(mut opened: impl FnMut(String) + 'static) -> Option<EventListener> {
    let window = web_sys::window()?;
    Some(EventListener::new(&window, "hashchange", move |_| {
        opened(fragment())
    }))
}

/// Writes the address, not too often, and always what came last.
///
/// A link that someone has opened stands in the address bar before the page hears of it. It is never written over.
pub struct Writer {
    state: Rc<RefCell<State>>,
}

struct State {
    waiting: Option<String>,
    timer: Option<Timeout>,
    /// What the page knows to stand in the address bar.
    known: String,
}

impl Writer {
    /// A writer for the address as it is now.
    pub fn new() -> Writer {
        let state = State {
            waiting: None,
            timer: None,
            known: fragment(),
        };
        Writer {
            state: Rc::new(RefCell::new(state)),
        }
    }

    /// Writes this fragment soon.
    pub fn write(&mut self, fragment: String) {
        let mut state = self.state.borrow_mut();
        state.waiting = Some(fragment);
        if state.timer.is_none() {
            let writing = Rc::clone(&self.state);
            let write = move || writing.borrow_mut().write();
            state.timer = Some(Timeout::new(PAUSE, write));
        }
    }

    /// Forgets what is still to be written: the address is to stay as it is now.
    pub fn forget(&mut self) {
        let mut state = self.state.borrow_mut();
        state.waiting = None;
        state.known = fragment();
    }
}

impl State {
    fn write(&mut self) {
        self.timer = None;
        let waiting = self.waiting.take();
        if let Some(wanted) = waiting.filter(|_| self.known == fragment()) {
            replace(&wanted);
            self.known = fragment();
        }
    }
}

/// Does not add to the history, and does not call [`on_change`].
fn replace(fragment: &str) {
    let Some(window) = web_sys::window() else {
        return;
    };
    if let Ok(history) = window.history() {
        // Where it is forbidden (a frame without an origin) there is no address bar either.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(fragment));
    }
}
