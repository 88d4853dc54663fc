//! Copying text.

use wasm_bindgen_futures::JsFuture;

/// Copies a text. False when the browser does not allow it, as in most frames.
pub async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    // Without a secure origin there is no clipboard, whatever the type says.
    if !window.is_secure_context() {
        return false;
    }
    JsFuture::from(window.navigator().clipboard().write_text(text))
        .await
        .is_ok()
}
