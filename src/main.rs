//! The page of Stale Bus: mounts the laboratory into `#app`.

mod app;

use app::App;

fn main() {
    // `index.html` always has the host; without it there is no place to say anything either.
    if let Some(host) = host() {
        // `Renderer::new` would clear the whole body.
        yew::Renderer::<App>::with_root(host).render();
    }
}

/// The element whose content the laboratory replaces.
fn host() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.get_element_by_id("app")
}
