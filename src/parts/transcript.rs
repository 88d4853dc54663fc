//! Every step so far as a sentence.

use std::rc::Rc;

use scene::View;
use scene::view::StepFate;
use yew::prelude::*;

use crate::msg::Msg;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct TranscriptProps {
    /// What there is to see.
    pub view: Rc<View>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Transcript(props: &TranscriptProps) -> Html {
    let TranscriptProps { view, send } = props;
    html! {
        <div class="transcript" id="transcript" data-transcript="">
            <ol>
                { for view.steps.iter().enumerate().map(|(at, step)| {
                    let now = step.position == Some(view.at);
                    let sentence = match step.position {
                        Some(position) => html! {
                            <button type="button" class="link" aria-current={now.then_some("step")}
                                onclick={send.reform(move |_| Msg::Goto(position))}>{ &step.sentence }</button>
                        },
                        None => html! { <><s>{ &step.sentence }</s>{ fate(&step.fate) }</> },
                    };
                    html! { <li key={at} class={classes!(step.bad.then_some("bad"), (step.fate == StepFate::Future).then_some("future"))}>{ sentence }</li> }
                }) }
            </ol>
            if view.steps.is_empty() {
                <p class="quiet">{ "Nothing has happened yet." }</p>
            }
        </div>
    }
}

fn fate(fate: &StepFate) -> Html {
    let text = match fate {
        StepFate::Impossible(why) => format!(" impossible: {why}"),
        StepFate::SwitchedOff => " its line is switched off".to_owned(),
        StepFate::NotReached => " not reached".to_owned(),
        StepFate::Done | StepFate::Future => return Html::default(),
    };
    html! { <span class="quiet">{ text }</span> }
}
