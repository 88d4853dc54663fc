//! Time: the clock, timers, and whether things may move.

pub use gloo::timers::callback::Timeout;

/// How long a slice of a search may take, in milliseconds: half a frame, so that the page stays smooth.
const SLICE: f64 = 6.0;

/// Milliseconds since the page was opened.
pub fn now() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |clock| clock.now())
}

/// Calls `work` again and again until it is done or the slice is over. True when it is done.
pub fn slice(mut work: impl FnMut() -> bool) -> bool {
    let end = now() + SLICE;
    loop {
        if work() {
            return true;
        }
        if now() >= end {
            return false;
        }
    }
}

/// The reader has asked for less motion.
pub fn reduced_motion() -> bool {
    web_sys::window()
        .and_then(|window| {
            window
                .match_media("(prefers-reduced-motion: reduce)")
                .ok()
                .flatten()
        })
        .is_some_and(|query| query.matches())
}
