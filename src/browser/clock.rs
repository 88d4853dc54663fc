//! Time: timers, and whether things may move.

pub use gloo::timers::callback::Timeout;

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
