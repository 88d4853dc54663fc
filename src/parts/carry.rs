//! Buttons that save a picture of what a panel shows, in the colours of the page.

use protocol::draw::{Drawn, Theme as Colours};
use protocol::{Reply, Request};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::lab::saved;
use crate::browser::{files, png, theme};
use crate::engine::Ticket;
use crate::exports;
use crate::msg::Msg;
use crate::replies::Asking;

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
    let asking = use_context::<Asking>();
    let ticket = use_mut_ref(|| None::<Ticket>);
    let saving = |file: String, save: fn(String, String, Callback<Msg>)| {
        let (asking, ticket, draw, send) =
            (asking.clone(), ticket.clone(), draw.clone(), send.clone());
        Callback::from(move |_: MouseEvent| {
            let Some(asking) = &asking else {
                return;
            };
            let theme = if theme::is_dark() {
                Colours::Dark
            } else {
                Colours::Light
            };
            let svg = draw.emit(());
            let (file, send) = (file.clone(), send.clone());
            let drawn = Callback::from(move |heard: crate::engine::Heard| {
                if let Reply::Drawn(drawn) = heard.reply
                    && let Drawn::Picture(svg) = *drawn
                {
                    save(file.clone(), svg, send.clone());
                }
            });
            let request = Request::Standalone { svg, theme };
            *ticket.borrow_mut() = Some(asking.engine.ask(request, drawn));
        })
    };
    let as_svg = saving(format!("{name}-{what}.svg"), |file, svg, send| {
        save_svg(&file, &svg, &send);
    });
    let as_png = saving(format!("{name}-{what}.png"), save_png);
    html! {
        <span class="carry" role="group" aria-label="Save as a picture">
            <button type="button" class="btn" data-carry-svg={*what} disabled={*disabled} onclick={as_svg}><span class="sr">{ "Save as " }</span>{ "SVG" }</button>
            <button type="button" class="btn" data-carry-png={*what} disabled={*disabled} onclick={as_png}><span class="sr">{ "Save as " }</span>{ "PNG" }</button>
        </span>
    }
}
