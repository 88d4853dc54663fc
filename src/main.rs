//! The page of Stale Bus: mounts the laboratory into `#app`.
//!
//! The page shows what `session` says and what the engine answers, and computes nothing about memory itself.

mod app;
mod browser;
mod closings;
mod editing;
mod engine;
mod exports;
mod keys;
mod msg;
mod parts;
mod prospects;
mod replies;
mod scenarios;
mod seen;
mod showing;

use app::App;
use browser::focus;

fn main() {
    browser::engine::tell_panics();
    browser::theme::Theme::stored().apply();
    // `index.html` always has the host; without it there is no place to say anything either.
    if let Some(host) = focus::host() {
        // A click anywhere inside brings the focus inside, so that the keys work.
        let _ = host.set_attribute("tabindex", "-1");
        browser::keep::inside(&host);
        wasm_bindgen_futures::spawn_local(async move {
            let fragment = browser::address::fragment();
            if let Some(id) = scenarios::missing(&fragment) {
                // What cannot be loaded is said when it is opened.
                scenarios::load(id).await;
            }
            // `Renderer::new` would clear the whole body.
            yew::Renderer::<App>::with_root(host.into()).render();
        });
    }
}
