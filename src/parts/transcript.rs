//! Every step so far as a sentence.

use std::rc::Rc;

use session::view::{EagerView, StepFate};
use yew::prelude::*;

use super::scroll::Scroll;
use crate::closings::Closed;
use crate::msg::Msg;
use crate::seen::Seen;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct TranscriptProps {
    /// What there is to see.
    pub view: Seen,
    /// Where bad outcomes cease to be possible.
    pub closed: Rc<Closed>,
    /// Micro steps are shown.
    pub micro: bool,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Transcript(props: &TranscriptProps) -> Html {
    let TranscriptProps {
        view,
        closed,
        micro,
        send,
    } = props;
    html! {
        <div class="transcript" id="transcript" data-transcript="">
            if *micro && !view.eager.is_empty() {
                { eager(&view.eager) }
            }
            <Scroll class="transcript-list" label="Transcript" inside="button">
                <ol>
                    { for view.steps.iter().enumerate().map(|(at, step)| {
                        let now = step.position == Some(view.at);
                        let sentence = match step.position {
                            Some(position) => html! {
                                <button type="button" class="link" aria-current={now.then_some("step")}
                                    onclick={send.reform(move |_| Msg::Goto(position))}>{ &step.sentence }</button>
                            },
                            None => html! { <><span class="sr">{ "struck out: " }</span><s>{ &step.sentence }</s></> },
                        };
                        html! { <li key={at} class={classes!(step.bad.then_some("bad"), (step.fate == StepFate::Future).then_some("future"))}>{ sentence }
                            { for step.stale.iter().chain(&step.outcome).map(|more| html! { <span class="stale">{ " " }{ more }</span> }) }
                            if let Some(closed) = step.position.and_then(|at| closed.at(at)) { <p class="quiet">{ "○ " }{ closed }</p> }
                            if *micro && !step.eager.is_empty() { { eager(&step.eager) } }
                        </li> }
                    }) }
                </ol>
            </Scroll>
            if view.steps.is_empty() {
                <p class="quiet">{ "Nothing has happened yet." }</p>
            }
        </div>
    }
}

/// What a CPU did of itself.
fn eager(eager: &[EagerView]) -> Html {
    html! {
        <ul class="eager" data-eager="">
            { for eager.iter().map(|eager| html! { <li>{ &eager.sentence }</li> }) }
        </ul>
    }
}
