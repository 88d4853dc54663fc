//! What the page asks of the browser. Everything else in `src/` is free of `web_sys` calls but for events.

pub mod address;
pub mod clipboard;
pub mod clock;
pub mod editor;
pub mod engine;
pub mod event_buttons;
pub mod files;
pub mod focus;
pub mod keep;
pub mod marks;
pub mod motion;
pub mod png;
pub mod reach;
pub mod store;
pub mod theme;
pub mod touch;
pub mod width;
