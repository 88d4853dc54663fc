//! SRCU: who is inside, which grace period waits for whom, which callbacks are queued.

use scene::view::{CallbackState, DomainView, SrcuView};
use yew::prelude::*;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct SrcuProps {
    /// All domains.
    pub srcu: SrcuView,
}

/// See the module.
#[component]
pub fn Srcu(props: &SrcuProps) -> Html {
    props
        .srcu
        .domains
        .iter()
        .map(|domain| {
            html! {
                <div class="hw-row" key={domain.name.clone()} data-domain={domain.name.clone()}>
                    <h3 class="hw-name">{ &domain.name }</h3>
                    <ul class="facts">{ facts(domain) }</ul>
                </div>
            }
        })
        .collect()
}

fn facts(domain: &DomainView) -> Html {
    let inside = domain.inside.iter().map(|inside| {
        html! { <li class="fact in">{ "inside: " }{ &inside.name }</li> }
    });
    let periods = domain
        .grace_periods
        .iter()
        .map(|period| html! { <li class="fact gp">{ &period.text }</li> });
    let callbacks = domain.callbacks.iter().filter(|callback| callback.state != CallbackState::NotQueued).map(|callback| {
        let what = callback.object.as_ref().map_or_else(String::new, |object| format!(" for {object}"));
        html! { <li class={classes!("fact", (callback.state == CallbackState::Done).then_some("over"))}>
            { format!("callback{what}: {}", callback.state.text()) }
        </li> }
    });
    let facts: Vec<Html> = inside.chain(periods).chain(callbacks).collect();
    if facts.is_empty() {
        html! { <li class="quiet">{ "nobody inside, no grace period" }</li> }
    } else {
        facts.into_iter().collect()
    }
}
