//! What moves along the schedule: reset, back, play, forth, the scrubber; and whether micro steps are shown.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::icon::{Icon, icon};
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
                onclick={send.reform(|_| Msg::Reset)}>{ icon(Icon::Reset) }</button>
            <button class="btn icon" aria-label="One step back" title="Back (←)" disabled={*at == 0}
                onclick={send.reform(|_| Msg::Back)}>{ icon(Icon::Back) }</button>
            <button class="btn icon" data-play={playing.to_string()} aria-label={play} title={format!("{play} (Space)")} disabled={*len == 0}
                onclick={send.reform(|_| Msg::Play)}>{ icon(if *playing { Icon::Stop } else { Icon::Play }) }</button>
            <button class="btn icon" aria-label="One step forth" title="Forth (→)" disabled={at >= len}
                onclick={send.reform(|_| Msg::Forth)}>{ icon(Icon::Forth) }</button>
            <input type="range" min="0" max={len.max(&1).to_string()} step="1" value={at.to_string()} disabled={*len == 0}
                aria-label="Step" aria-valuetext={format!("step {at} of {len}")} data-scrubber="" {oninput} />
            <output class="chip" data-count=""><span class="wide-text">{ "step " }</span>{ format!("{at} / {len}") }</output>
            <button class="btn micro" aria-pressed={micro.to_string()} data-micro=""
                title="Show what a CPU does of itself between the steps: arithmetic, branches, loads undone"
                onclick={send.reform(|_| Msg::Micro)}>{ "Micro" }</button>
        </div>
    }
}
