//! The timeline: controls, scrubber, and the space-time diagram.

use std::rc::Rc;

use scene::{TimelineOptions, View};
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use crate::browser::focus;
use crate::browser::width::Watch;
use crate::msg::Msg;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct TimelineProps {
    /// What there is to see.
    pub view: Rc<View>,
    /// The embedded view has little room.
    pub embed: bool,
    /// The schedule is being played.
    pub playing: bool,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let TimelineProps {
        view,
        embed,
        playing,
        send,
    } = props;
    let place = use_node_ref();
    let width = use_state_eq(|| 0_u32);
    {
        let (place, width) = (place.clone(), width.setter());
        use_effect_with((), move |()| {
            let watch = place
                .cast::<Element>()
                .and_then(|element| Watch::new(&element, move |now| width.set(now)));
            move || drop(watch)
        });
    }
    let picture = use_memo((Rc::clone(view), *width, *embed), |(view, width, embed)| {
        let mut options = TimelineOptions {
            compact: *embed || *width < 600,
            names: false,
            ..TimelineOptions::default()
        };
        let names = Drawn::new(scene::timeline_names_svg(view, options));
        options.width = width.saturating_sub(names.width).max(200);
        let lanes = Drawn::new(scene::timeline_svg(view, options));
        Picture { names, lanes }
    });
    // Where the picture is wider than its place, the present moment stays in sight.
    let room = width.saturating_sub(picture.names.width);
    let wide = *width > 0 && picture.lanes.width > room;
    {
        let place = place.clone();
        let (at, len) = (view.at, view.len.max(1));
        let (shown, whole) = (room, picture.lanes.width);
        use_effect_with((at, len, shown, whole), move |_| {
            if let Some(element) = place.cast::<Element>() {
                let now = f64::from(whole) * (at as f64 + 1.0) / (len as f64 + 1.0);
                element.set_scroll_left((now - f64::from(shown) * 0.7) as i32);
            }
        });
    }
    let onclick = send.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        let position = focus::around(event.target(), "[data-position]")
            .and_then(|event| event.get_attribute("data-position")?.parse().ok());
        if let Some(position) = position {
            onclick.emit(Msg::Goto(position));
        }
    });
    html! {
        <section class="panel timeline" aria-labelledby="timeline">
            <h2 id="timeline" class="sr">{ "Timeline" }</h2>
            <Controls at={view.at} len={view.len} playing={*playing} {send} />
            <div class="picture" ref={place} {onclick} tabindex={wide.then_some("0")}
                role={wide.then_some("group")} aria-label={wide.then_some("Diagram")}>
                <div class="names" aria-hidden="true">{ Html::from_html_unchecked(picture.names.svg.clone()) }</div>
                <div class="lanes">{ Html::from_html_unchecked(picture.lanes.svg.clone()) }</div>
            </div>
        </section>
    }
}

/// The diagram in its own size: it is not shrunk to fit, since nobody could read it then. The names of its lanes stay
/// in sight when it is scrolled.
#[derive(PartialEq)]
struct Picture {
    names: Drawn,
    lanes: Drawn,
}

#[derive(PartialEq)]
struct Drawn {
    svg: AttrValue,
    width: u32,
}

impl Drawn {
    fn new(svg: String) -> Drawn {
        let width = svg
            .split_once(" width=\"")
            .and_then(|(_, rest)| rest.split_once('"')?.0.parse().ok());
        Drawn {
            width: width.unwrap_or_default(),
            svg: svg.into(),
        }
    }
}

#[derive(Properties, PartialEq)]
struct ControlsProps {
    at: usize,
    len: usize,
    playing: bool,
    send: Callback<Msg>,
}

#[component]
fn Controls(props: &ControlsProps) -> Html {
    let ControlsProps {
        at,
        len,
        playing,
        send,
    } = props;
    let oninput = send.reform(|event: InputEvent| {
        Msg::Goto(
            event
                .target_unchecked_into::<HtmlInputElement>()
                .value()
                .parse()
                .unwrap_or_default(),
        )
    });
    let play = if *playing { "Stop" } else { "Play" };
    html! {
        <div class="bar">
            <button class="btn icon" data-reset="" aria-label="Reset" title="Reset (R)" disabled={*len == 0}
                onclick={send.reform(|_| Msg::Reset)}><Icon path={RESET} /></button>
            <button class="btn icon" aria-label="One step back" title="Back (←)" disabled={*at == 0}
                onclick={send.reform(|_| Msg::Back)}><Icon path={BACK} /></button>
            <button class="btn icon" data-play={playing.to_string()} aria-label={play} title={format!("{play} (Space)")} disabled={*len == 0}
                onclick={send.reform(|_| Msg::Play)}><Icon path={if *playing { STOP } else { PLAY }} /></button>
            <button class="btn icon" aria-label="One step forth" title="Forth (→)" disabled={at >= len}
                onclick={send.reform(|_| Msg::Forth)}><Icon path={FORTH} /></button>
            <input type="range" min="0" max={len.max(&1).to_string()} step="1" value={at.to_string()} disabled={*len == 0}
                aria-label="Step" aria-valuetext={format!("step {at} of {len}")} data-scrubber="" {oninput} />
            <output class="chip" data-count="">{ format!("step {at} / {len}") }</output>
        </div>
    }
}

const RESET: &str = "M4.500 6.500A6 6 0 1 1 3 10M4 3v4h4";
const BACK: &str = "M11.500 4l-6 5 6 5z";
const FORTH: &str = "M6.500 4l6 5-6 5z";
const PLAY: &str = "M5 3l10 6-10 6z";
const STOP: &str = "M5 4h3v10H5zM10 4h3v10h-3z";

#[derive(Properties, PartialEq)]
struct IconProps {
    path: &'static str,
}

#[component]
fn Icon(props: &IconProps) -> Html {
    let class = if props.path == RESET {
        "icon-line"
    } else {
        "icon-full"
    };
    html! { <svg {class} viewBox="0 0 18 18" width="16" height="16" aria-hidden="true"><path d={props.path} /></svg> }
}
