//! Marking what a step would change, in whatever part of the page shows it.

use std::cell::RefCell;

use super::focus::{document, host};

/// The class of what is marked.
const CLASS: &str = "would-change";

thread_local! {
    /// What is marked.
    static MARKED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Marks the same places again: a picture has been drawn anew.
pub fn again() {
    mark(&MARKED.with_borrow(Clone::clone));
}

/// Marks these places and no others. A place is a name of `session`'s, and so is the attribute that bears it in the pictures:
/// `memory:x` is `data-cell="x"`, with its value `data-key="m:x"`; `store:0:1d` is `data-key="b:0:1d"`; `buffer:0` is
/// `data-buffer="0"`; `srcu:ss` is `data-domain="ss"`. What the page does not show is left out.
pub fn set(targets: &[String]) {
    MARKED.with_borrow_mut(|marked| *marked = targets.to_vec());
    mark(targets);
}

fn mark(targets: &[String]) {
    let (Some(document), Some(host)) = (document(), host()) else {
        return;
    };
    if let Ok(marked) = document.query_selector_all(&format!(".{CLASS}")) {
        for element in (0..marked.length()).filter_map(|at| element(&marked, at)) {
            let _ = element.class_list().remove_1(CLASS);
        }
    }
    for target in targets {
        let Some((kind, name)) = target.split_once(':') else {
            continue;
        };
        // Names of variables and CPUs need no escape in a selector's string.
        if name.contains(['"', '\\', '\n']) {
            continue;
        }
        let selector = match kind {
            "memory" => format!("[data-cell=\"{name}\"], [data-key=\"m:{name}\"]"),
            "store" => format!("[data-key=\"b:{name}\"]"),
            "buffer" => format!("[data-buffer=\"{name}\"]"),
            "srcu" => format!("[data-domain=\"{name}\"]"),
            _ => continue,
        };
        let Ok(found) = host.query_selector_all(&selector) else {
            continue;
        };
        for element in (0..found.length()).filter_map(|at| element(&found, at)) {
            let _ = element.class_list().add_1(CLASS);
        }
    }
}

fn element(list: &web_sys::NodeList, at: u32) -> Option<web_sys::Element> {
    use wasm_bindgen::JsCast as _;
    list.get(at)?.dyn_into().ok()
}
