//! What is kept from one visit to the next. The one place that touches `localStorage`.
//!
//! In a sandboxed frame, and with some privacy settings, `localStorage` throws. Then everything is kept until the page
//! is left, and no longer.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// Other pages of the same site may keep things there, too.
const PREFIX: &str = "stale-bus.";

thread_local! {
    static MEMORY: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// What was kept under a name.
pub fn get(name: &str) -> Option<String> {
    let name = format!("{PREFIX}{name}");
    MEMORY
        .with_borrow(|memory| memory.get(&name).cloned())
        .or_else(|| storage()?.get_item(&name).ok().flatten())
}

/// Keeps a value under a name.
pub fn set(name: &str, value: &str) {
    let name = format!("{PREFIX}{name}");
    // A full or forbidden storage is no reason to bother anyone: memory has it.
    let _ = storage().map(|storage| storage.set_item(&name, value));
    MEMORY.with_borrow_mut(|memory| memory.insert(name, value.to_owned()));
}
