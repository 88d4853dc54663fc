//! What just happened: the sentence of the last step, the end of the run, and what a switch did. It is the page's one
//! live region.

use std::rc::Rc;

use yew::prelude::*;

use super::icon::{Icon, icon};
use super::transcript::Transcript;
use super::{ending, prose, replay_note};
use crate::browser::reach::use_reach;
use crate::closings::Closed;
use crate::msg::Msg;
use crate::seen::Seen;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct SayProps {
    /// What there is to see.
    pub view: Seen,
    /// Where bad outcomes cease to be possible.
    pub closed: Rc<Closed>,
    /// Micro steps are shown.
    pub micro: bool,
    /// Something to say once.
    pub said: Option<AttrValue>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Say(props: &SayProps) -> Html {
    let SayProps {
        view,
        closed,
        micro,
        said,
        send,
    } = props;
    let tone = view.finished.as_ref().map(ending::tone);
    let bad = view.at.checked_sub(1).is_some_and(|at| {
        view.steps
            .iter()
            .any(|s| s.position == Some(at + 1) && s.bad)
    });
    let open = use_state(|| false);
    let flip = {
        let open = open.clone();
        Callback::from(move |_| open.set(!*open))
    };
    let live = use_node_ref();
    use_reach(&live, &"What just happened".into(), Some("summary"));
    html! {
        <section class={classes!("say", "panel", tone, bad.then_some("bad"))} aria-labelledby="happened">
            <h2 id="happened" class="sr">{ "What just happened" }</h2>
            <div class="say-live" ref={live} role="status" aria-live="polite" aria-atomic="true" data-live="">
                { replay_note::replay_note(view) }
                <div class="say-now">
                    if let Some(end) = &view.finished {
                        { ending::banner(end) }
                    }
                    <p class="sentence" data-sentence="">
                        if view.at > 0 {
                            <b class="step-number">{ format!("Step {}.", view.at) }</b>
                        }
                        { prose::line(&view.sentence) }
                    </p>
                    { for closed.at(view.at).into_iter().chain(&closed.by_switch).map(|text| html! {
                        <p class="closed" data-closed=""><span class="prospect never" aria-hidden="true">{ "○" }</span>{ " " }{ text }</p>
                    }) }
                    if let Some(still) = &closed.still {
                        <p class="said" data-still="">{ still }</p>
                    }
                    if let Some(said) = said {
                        <p class="said" data-said="">{ said }</p>
                    }
                </div>
            </div>
            <div class="say-buttons">
                <button class="btn" data-transcript-button="" aria-expanded={open.to_string()} aria-controls="transcript"
                    onclick={flip}>{ "Transcript" }</button>
                <button class="btn with-icon" data-back="" disabled={view.at == 0} onclick={send.reform(|_| Msg::Back)}>{ icon(Icon::Back) }{ "Back" }</button>
                <button class="btn with-icon" data-next="" disabled={view.at >= view.len} onclick={send.reform(|_| Msg::Forth)}>{ "Next" }{ icon(Icon::Forth) }</button>
            </div>
            if *open {
                <Transcript {view} {closed} micro={*micro} {send} />
            }
        </section>
    }
}
