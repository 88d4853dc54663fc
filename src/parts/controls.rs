//! What moves along the schedule: reset, back, play, forth, the scrubber; and whether micro steps are shown.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::msg::Msg;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct ControlsProps {
    /// How many steps are done.
    pub at: usize,
    /// How many there are.
    pub len: usize,
    /// The schedule is being played.
    pub playing: bool,
    /// Micro steps are shown.
    pub micro: bool,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Controls(props: &ControlsProps) -> Html {
    let ControlsProps {
        at,
        len,
        playing,
        micro,
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
            <output class="chip" data-count=""><span class="wide-text">{ "step " }</span>{ format!("{at} / {len}") }</output>
            <button class="btn micro" aria-pressed={micro.to_string()} data-micro=""
                title="Show what a CPU does of itself between the steps: arithmetic, branches, loads undone"
                onclick={send.reform(|_| Msg::Micro)}>{ "Micro" }</button>
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
