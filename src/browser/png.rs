//! Pictures as PNG: the browser draws the SVG on a canvas.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

use super::focus;

/// Pixels for each unit of the picture, so that it is sharp in print.
const SCALE: u32 = 2;

/// No canvas is larger than this in any browser that counts.
const LARGEST: u32 = 8192;

/// The address of a picture, for an image: it holds the picture itself.
pub fn address(svg: &str) -> String {
    format!(
        "data:image/svg+xml,{}",
        String::from(js_sys::encode_uri_component(svg))
    )
}

/// Draws a picture that stands alone.
///
/// # Errors
/// When the browser cannot.
pub async fn draw(svg: &str) -> Result<Blob, String> {
    let failed = |_: JsValue| "this browser cannot draw the picture".to_owned();
    let image = HtmlImageElement::new().map_err(failed)?;
    image.set_src(&address(svg));
    JsFuture::from(image.decode()).await.map_err(failed)?;
    let (width, height) = (image.natural_width(), image.natural_height());
    let scale = SCALE.min(LARGEST / width.max(height).max(1)).max(1);
    let canvas = canvas(width * scale, height * scale).ok_or("this browser has no canvas")?;
    let context = context(&canvas).ok_or("this browser has no canvas")?;
    let (w, h) = (f64::from(canvas.width()), f64::from(canvas.height()));
    context
        .draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, w, h)
        .map_err(failed)?;
    let drawn = js_sys::Promise::new(&mut |resolve, _| {
        let done = Closure::once_into_js(move |blob: JsValue| {
            let _ = resolve.call1(&JsValue::NULL, &blob);
        });
        let _ = canvas.to_blob(done.unchecked_ref());
    });
    let blob = JsFuture::from(drawn).await.map_err(failed)?;
    blob.dyn_into().map_err(failed)
}

fn canvas(width: u32, height: u32) -> Option<HtmlCanvasElement> {
    let canvas = focus::document()?.create_element("canvas").ok()?;
    let canvas: HtmlCanvasElement = canvas.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    Some(canvas)
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}
