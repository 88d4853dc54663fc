//! The editor of the litmus lab, which is JavaScript: `editor/editor.js`, loaded when it is first needed.

use js_sys::{Array, Function, Object, Promise, Reflect, Uint32Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Element;

/// What is wrong, for the editor: from and to in UTF-16 units, whether it is an error, and the text.
pub type Mark = (u32, u32, bool, String);

/// What opens editors.
pub struct Loaded(JsValue);

/// Loads it.
///
/// # Errors
/// When it cannot be had: without a network, or where the page was built without it.
pub async fn load() -> Result<Loaded, String> {
    let failed = |error: JsValue| {
        Reflect::get(&error, &"message".into())
            .ok()
            .and_then(|message| message.as_string())
            .unwrap_or_else(|| "it could not be loaded".to_owned())
    };
    let promise = || -> Result<Promise, JsValue> {
        let host = get(&js_sys::global(), "stalebusHost")?;
        call(&host, "loadEditor", &Array::new())?.dyn_into()
    };
    let loaded = JsFuture::from(promise().map_err(failed)?).await;
    loaded.map(Loaded).map_err(failed)
}

fn get(object: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(object, &name.into())
}

fn call(object: &JsValue, name: &str, arguments: &Array) -> Result<JsValue, JsValue> {
    let function: Function = get(object, name)?.dyn_into()?;
    function.apply(object, arguments)
}

/// What an editor is told when it is opened.
pub struct Options<'a> {
    /// The text.
    pub text: &'a str,
    /// Its accessible name.
    pub label: &'a str,
    /// Its accessible description.
    pub described: &'a str,
    /// Names of the kinds of text, by their numbers.
    pub kinds: &'a [&'a str],
}

/// An open editor; dropping it removes it from the page.
pub struct Editor {
    editor: JsValue,
    _changed: Closure<dyn Fn(String)>,
}

impl Editor {
    /// Puts an editor into an element; `changed` is called with the text whenever the reader has changed it.
    ///
    /// `None` when it does not start.
    pub fn open(
        loaded: &Loaded,
        host: &Element,
        options: &Options<'_>,
        changed: impl Fn(String) + 'static,
    ) -> Option<Editor> {
        let changed = Closure::<dyn Fn(String)>::new(changed);
        let kinds: Array = options
            .kinds
            .iter()
            .map(|kind| JsValue::from(*kind))
            .collect();
        let given = Object::new();
        let values: [(&str, &JsValue); 5] = [
            ("text", &options.text.into()),
            ("label", &options.label.into()),
            ("describedBy", &options.described.into()),
            ("kinds", &kinds),
            ("changed", changed.as_ref()),
        ];
        for (name, value) in values {
            Reflect::set(&given, &name.into(), value).ok()?;
        }
        let arguments = Array::of2(host, &given);
        Some(Editor {
            editor: call(&loaded.0, "open", &arguments).ok()?,
            _changed: changed,
        })
    }

    /// Shows another text. `changed` is not called.
    pub fn set_text(&self, text: &str) {
        let _ = call(&self.editor, "setText", &Array::of1(&text.into()));
    }

    /// Colours a text, if the editor still has it: from, to (in UTF-16 units) and kind of each piece.
    pub fn set_pieces(&self, text: &str, pieces: &[u32]) {
        let pieces = Uint32Array::from(pieces);
        let _ = call(
            &self.editor,
            "setPieces",
            &Array::of2(&text.into(), &pieces),
        );
    }

    /// Marks what is wrong.
    pub fn set_marks(&self, marks: impl Iterator<Item = Mark>) {
        let marks: Array = marks
            .map(|(from, to, error, message)| {
                let severity = if error { "error" } else { "warning" };
                Array::of4(&from.into(), &to.into(), &severity.into(), &message.into())
            })
            .collect();
        let _ = call(&self.editor, "setProblems", &Array::of1(&marks));
    }

    /// Puts the cursor and the focus there.
    pub fn go_to(&self, at: u32) {
        let _ = call(&self.editor, "goTo", &Array::of1(&at.into()));
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = call(&self.editor, "destroy", &Array::new());
    }
}
