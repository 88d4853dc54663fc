//! Files that the reader gives, and files that the reader is given.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, Url};

use super::focus;

/// Reads a file that holds a text.
///
/// # Errors
/// When it is longer than `most` bytes, no text, or cannot be read.
pub async fn text(file: &File, most: usize) -> Result<String, String> {
    let name = file.name();
    let size = file.size();
    #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand")]
    if size > most as f64 {
        let kib = most / 1024;
        return Err(format!(
            "{name} has {} KiB; a test has at most {kib} KiB.",
            (size / 1024.0).ceil() as u64
        ));
    }
    let buffer = JsFuture::from(file.array_buffer())
        .await
        .map_err(|_| format!("{name} cannot be read."))?;
    let bytes = Uint8Array::new(&buffer).to_vec();
    if bytes.contains(&0) {
        return Err(format!("{name} is no text: it holds zero bytes."));
    }
    // Old tests have Latin-1 in comments; what is no UTF-8 is replaced, as the command line does.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Offers bytes as a file to be saved. False when the browser does not even begin to.
pub fn save(name: &str, kind: &str, bytes: &[u8]) -> bool {
    let parts = Array::of1(&Uint8Array::from(bytes));
    blob(&parts, kind).is_some_and(|blob| save_blob(name, &blob))
}

/// A blob of these parts.
fn blob(parts: &JsValue, kind: &str) -> Option<Blob> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    Blob::new_with_u8_array_sequence_and_options(parts, &options).ok()
}

/// Offers a blob as a file to be saved.
pub fn save_blob(name: &str, blob: &Blob) -> bool {
    let link = || -> Option<()> {
        let address = Url::create_object_url_with_blob(blob).ok()?;
        let anchor: HtmlAnchorElement = focus::document()?
            .create_element("a")
            .ok()?
            .dyn_into()
            .ok()?;
        anchor.set_href(&address);
        anchor.set_download(name);
        anchor.click();
        // The browser has taken what it needs once the click has been handled.
        gloo::timers::callback::Timeout::new(60_000, move || {
            let _ = Url::revoke_object_url(&address);
        })
        .forget();
        Some(())
    };
    link().is_some()
}
