//! Buttons that save a picture of what a panel shows, in the colours of the page.

use picture::{Theme as Colours, standalone_svg};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::lab::saved;
use crate::browser::{files, png, theme};
use crate::exports;
use crate::msg::Msg;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct CarryProps {
    /// What is saved, as in the file's name: `matrix`.
    pub what: &'static str,
    /// The name of the test.
    pub test: AttrValue,
    /// There is nothing whole to be saved yet.
    #[prop_or_default]
    pub disabled: bool,
    /// Draws it, without a style of its own.
    pub draw: Callback<(), String>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// Saves a picture that stands alone, and says so.
pub fn save_svg(file: &str, svg: &str, send: &Callback<Msg>) {
    let begun = files::save(file, "image/svg+xml", svg.as_bytes());
    send.emit(Msg::Say(saved(file, begun).into()));
}

/// The same as pixels.
pub fn save_png(file: String, svg: String, send: Callback<Msg>) {
    spawn_local(async move {
        let said = match png::draw(&svg).await {
            Ok(blob) => saved(&file, files::save_blob(&file, &blob)),
            Err(why) => format!("There is no PNG: {why}."),
        };
        send.emit(Msg::Say(said.into()));
    });
}

/// See the module.
#[component]
pub fn Carry(props: &CarryProps) -> Html {
    let CarryProps {
        what,
        test,
        disabled,
        draw,
        send,
    } = props;
    let name = exports::file_name(test);
    let drawn = {
        let draw = draw.clone();
        move || {
            let colours = if theme::is_dark() {
                Colours::Dark
            } else {
                Colours::Light
            };
            standalone_svg(&draw.emit(()), colours)
        }
    };
    let as_svg = {
        let (file, send, drawn) = (format!("{name}-{what}.svg"), send.clone(), drawn.clone());
        Callback::from(move |_: MouseEvent| save_svg(&file, &drawn(), &send))
    };
    let as_png = {
        let (file, send) = (format!("{name}-{what}.png"), send.clone());
        Callback::from(move |_: MouseEvent| save_png(file.clone(), drawn(), send.clone()))
    };
    html! {
        <span class="carry" role="group" aria-label="Save as a picture">
            <button type="button" class="btn" data-carry-svg={*what} disabled={*disabled} onclick={as_svg}><span class="sr">{ "Save as " }</span>{ "SVG" }</button>
            <button type="button" class="btn" data-carry-png={*what} disabled={*disabled} onclick={as_png}><span class="sr">{ "Save as " }</span>{ "PNG" }</button>
        </span>
    }
}
