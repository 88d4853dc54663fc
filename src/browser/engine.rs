//! What is on the other side of `static/boot.js`: the engine, in a worker, or on this thread where none starts; the
//! texts of the scenarios; the panel that stays when the page fails.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast as _, JsValue};

#[wasm_bindgen]
extern "C" {
    /// Gives the engine a message, now or when it has started.
    #[wasm_bindgen(js_namespace = stalebusHost, js_name = sendToEngine)]
    pub fn send(message: &[u8]);

    /// Says who hears the engine's answers, and why it failed when it has failed and been started anew.
    #[wasm_bindgen(js_namespace = stalebusHost, js_name = hearEngine)]
    fn hear(
        answers: &Closure<dyn FnMut(Vec<u8>)>,
        failed: &Closure<dyn FnMut(String)>,
        loaded: &Closure<dyn FnMut(Option<String>)>,
    );

    /// Says what a panic of the page says; the exception that follows it says nothing.
    #[wasm_bindgen(js_namespace = stalebusHost, js_name = panicked)]
    fn panicked(message: &str);

    /// A built-in scenario: its text, and its test, packed.
    #[wasm_bindgen(catch, js_namespace = stalebusHost, js_name = scenario)]
    async fn scenario_of(id: &str) -> Result<JsValue, JsValue>;

    /// Says what the link to the present state is: for the panel that stays when the page fails.
    #[wasm_bindgen(js_namespace = stalebusHost)]
    pub fn remember(fragment: &str);

    /// What a reader can copy about a failure.
    #[wasm_bindgen(js_namespace = stalebusHost, js_name = report)]
    pub fn report(message: &str) -> String;
}

/// As long as it lives, the engine is heard.
pub struct Hearing {
    _answers: Closure<dyn FnMut(Vec<u8>)>,
    _failed: Closure<dyn FnMut(String)>,
    _loaded: Closure<dyn FnMut(Option<String>)>,
}

/// A built-in scenario: its text, and its test, packed.
///
/// # Errors
/// When it cannot be had.
pub async fn scenario(id: &str) -> Result<(String, Vec<u8>), JsValue> {
    let found: Array = scenario_of(id).await?.dyn_into()?;
    let source = found.get(0).as_string().unwrap_or_default();
    let packed: Uint8Array = found.get(1).dyn_into()?;
    Ok((source, packed.to_vec()))
}

/// Hears the engine.
pub fn listen(
    answers: impl FnMut(Vec<u8>) + 'static,
    failed: impl FnMut(String) + 'static,
    loaded: impl FnMut(Option<String>) + 'static,
) -> Hearing {
    let answers = Closure::new(answers);
    let failed = Closure::new(failed);
    let loaded = Closure::new(loaded);
    hear(&answers, &failed, &loaded);
    Hearing {
        _answers: answers,
        _failed: failed,
        _loaded: loaded,
    }
}

/// From now on a panic is told to the page's script, which shows it.
pub fn tell_panics() {
    yew::set_custom_panic_hook(Box::new(|what| panicked(&what.to_string())));
}
