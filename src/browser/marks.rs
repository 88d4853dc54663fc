//! Marking what a step would change, in whatever part of the page shows it.

use super::focus::{document, host};

/// The class of what is marked.
const CLASS: &str = "would-change";

/// Marks these places and no others. A place is a name of `scene`'s, and the picture of the hardware has keys: `memory:x`
/// is what bears `data-key="m:x"`, `store:0:1d` what bears `data-key="b:0:1d"`. What the page does not show is left out.
pub fn set(targets: &[String]) {
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
        let key = match kind {
            "memory" => "m",
            "store" => "b",
            _ => continue,
        };
        // Names of variables and CPUs need no escape in a selector's string.
        if name.contains(['"', '\\', '\n']) {
            continue;
        }
        let Ok(found) = host.query_selector_all(&format!("[data-key=\"{key}:{name}\"]")) else {
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
