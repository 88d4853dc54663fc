//! The schedules that were left: a tree, from which each can be taken up again.

use protocol::Request;
use protocol::draw::{Drawn, Fork};
use session::view::ForkView;
use yew::prelude::*;

use crate::msg::Msg;
use crate::replies::use_reply;
use crate::seen::Seen;

/// The height of a row, in pixels; the style sheet says the same.
const ROW: u32 = 38;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct ForksProps {
    /// What there is to see.
    pub view: Seen,
    /// Unfolded at first.
    pub open: bool,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Forks(props: &ForksProps) -> Html {
    let ForksProps { view, open, send } = props;
    let picture = use_reply(view.clone(), |view| {
        Some(Request::Forks {
            forks: view.forks.iter().map(fork).collect(),
            at: u32::try_from(view.at).unwrap_or(u32::MAX),
            row: ROW,
        })
    });
    let picture = match picture.as_ref().and_then(|picture| picture.drawn()) {
        Some(Drawn::Picture(svg)) => svg.clone(),
        _ => String::new(),
    };
    // Yew would otherwise close it again whenever it is drawn anew.
    let open = use_state(|| *open);
    let ontoggle = {
        let open = open.clone();
        Callback::from(move |event: Event| {
            let details: web_sys::Element = event.target_unchecked_into();
            open.set(details.has_attribute("open"));
        })
    };
    let others = view.forks.len().saturating_sub(1);
    html! {
        <details class="forks" data-forks={others.to_string()} open={*open} {ontoggle}>
            <summary>{ match others {
                1 => "1 other schedule".to_owned(),
                n => format!("{n} other schedules"),
            } }</summary>
            <div class="forks-tree">
                <div class="picture" aria-hidden="true">{ Html::from_html_unchecked(picture.into()) }</div>
                <ol class="forks-list">
                    { for view.forks.iter().map(|fork| row(fork, send)) }
                </ol>
            </div>
        </details>
    }
}

fn row(fork: &ForkView, send: &Callback<Msg>) -> Html {
    let text = html! {
        <>
            <span class="fork-place">{ &fork.text }</span>
            <span class="fork-end">{ &fork.sentence }</span>
        </>
    };
    match fork.id {
        None => html! { <li key="now" class="fork now" aria-current="true">{ text }</li> },
        Some(id) => html! {
            <li key={id}>
                <button type="button" class="fork" data-fork={id.to_string()} title={format!("Back to this schedule: {}", fork.sentence)}
                    aria-label={format!("Back to the schedule {}. {}", fork.text, fork.sentence)}
                    onclick={send.reform(move |_| Msg::TakeUp(id))}>{ text }</button>
            </li>
        },
    }
}

/// A schedule as it is drawn.
fn fork(fork: &ForkView) -> Fork {
    Fork {
        text: format!("{}. {}", fork.text, fork.sentence),
        present: fork.id.is_none(),
        parent: fork.parent,
        from: fork.from,
        len: fork.len,
        struck: fork.struck,
        bad: fork.bad,
    }
}
