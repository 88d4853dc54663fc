//! An answer of the verdict strip in a word, and the button that shows what can happen.

use litmus::Test;
use machine::CpuModel;
use protocol::{Goal, Verdict};
use session::text::grouped;
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

/// The answer on a CPU model; `here`: it is the model that the reader works on.
pub fn answer(model: &CpuModel, verdict: &Verdict, goal: Goal, test: &Test, here: bool) -> Html {
    let Verdict { says, why } = verdict;
    html! {
        <li key={model.id} class={classes!("answer", says.class(goal.bad(test)), here.then_some("here"))}
            data-verdict={format!("{}:{}", goal.id(test), model.id)} data-answer={says.word()} title={why.clone()}>
            <span class="answer-model">{ model.name }</span>
            <span class="answer-word"><span class="answer-mark" aria-hidden="true">{ says.mark() }</span>{ says.word() }</span>
            { for why.iter().map(|why| html! { <span class="sr">{ ": " }{ why }</span> }) }
        </li>
    }
}
