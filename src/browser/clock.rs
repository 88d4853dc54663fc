//! Time: timers, and whether things may move.

pub use gloo::timers::callback::Timeout;

/// The reader has asked for less motion.
pub fn reduced_motion() -> bool {
    prefers("(prefers-reduced-motion: reduce)")
}

/// What the reader's system says of a media query.
pub fn prefers(query: &str) -> bool {
    web_sys::window()
        .and_then(|window| window.match_media(query).ok().flatten())
        .is_some_and(|query| query.matches())
}
