//! An answer of the verdict strip in a word, and the button that shows what can happen.

use explore::Reachable;
use litmus::Test;
use machine::CpuModel;
use session::text::grouped;
use protocol::Goal;
use yew::prelude::*;

use crate::msg::Msg;
use crate::showing::Sought;

/// The way to see an outcome; while its schedule is being searched, to stop that.
pub fn show(
    goal: Goal,
    best: &'static CpuModel,
    test: &Test,
    showing: Option<Sought>,
    send: &Callback<Msg>,
) -> Html {
    let (id, label) = (goal.id(test), goal.label(test));
    let sought = showing.filter(|sought| (sought.goal, sought.model) == (goal, best.id));
    if let Some(explored) = sought.and_then(|sought| sought.explored) {
        let states = grouped(explored as usize);
        return html! {
            <button type="button" class="btn show" data-stop="show" aria-label={format!("Stop the search for a schedule: {label}")}
                onclick={send.reform(|_| Msg::StopShowing)}>{ format!("■ Stop: {states} states") }</button>
        };
    }
    let busy = sought.is_some();
    html! {
        <button type="button" class={classes!("btn", "show", goal.bad(test).then_some("bad"))} data-show={format!("{id}:{}", best.id)}
            aria-label={format!("Show me on {}: {label}", best.name)}
            disabled={busy} onclick={send.reform(move |_| Msg::Show(goal, best))}>
            { if busy { "searching…".to_owned() } else { format!("▶ Show me on {}", best.name) } }
        </button>
    }
}

/// A class, a mark and a word. “No” is said only by a search that is complete.
pub fn answer(
    reachable: Reachable,
    bad: bool,
    over: bool,
) -> (&'static str, &'static str, &'static str) {
    match (reachable, over) {
        (Reachable::Yes, _) if bad => ("yes", "●", "yes"),
        (Reachable::Yes, _) => ("can", "●", "yes"),
        (Reachable::No, _) => ("no", "○", "no"),
        (Reachable::Unknown, false) => ("open", "·", "…"),
        (Reachable::Unknown, true) => ("open", "?", "not finished"),
    }
}
