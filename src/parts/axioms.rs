//! LKMM's answer in the verdict strip: a row of its own, since LKMM is no CPU that could be chosen and stepped.

use litmus::Test;
use protocol::{Cures, Goal, GoalVerdicts, Judged, Verdict};
use yew::prelude::*;

const FULL_NAME: &str = "the Linux-kernel memory model: what the kernel's code may rely on";

/// LKMM's answer on an outcome, and the way to its reason.
pub fn answer(known: &GoalVerdicts, test: &Test, ask: &Callback<Goal>) -> Html {
    let GoalVerdicts {
        goal,
        lkmm: Verdict { says, why },
        question,
        ..
    } = known;
    let (goal, id) = (*goal, goal.id(test));
    let question = question.map(protocol::Question::word);
    html! {
        <li class={classes!("answer", "axioms", says.class(goal.bad(test)))} data-verdict={format!("{id}:lkmm")} data-answer={says.word()} title={why.clone()}>
            <abbr class="answer-model" title={FULL_NAME}>{ "LKMM" }</abbr>
            <span class="answer-word"><span class="answer-mark" aria-hidden="true">{ says.mark() }</span>{ says.word() }</span>
            { for why.iter().map(|why| html! { <span class="sr">{ ": " }{ why }</span> }) }
            { for question.map(|question| html! {
                <button type="button" class="btn ask" data-why={id.clone()} aria-label={format!("{question} {}", goal.label(test))}
                    onclick={ask.reform(move |_| goal)}>{ question }</button>
            }) }
        </li>
    }
}

/// What LKMM says of the test as a whole, and how long it took; of all settings, too, when they are judged.
pub fn judged(judged: &Judged, cures: Option<&Cures>) -> Html {
    if !judged.over {
        return html! { { format!(" {}", judged.sentence) } };
    }
    let all = cures.filter(|_| judged.complete);
    let all = all.map_or("", |cures| &cures.judged);
    html! {
        <>
            { " " }
            <span data-judged-ms={milliseconds(judged.micros)} data-judged-settings={cures.map(|cures| cures.settings.to_string())}
                data-judged-all-ms={cures.map(|cures| milliseconds(cures.judged_micros))}>{ format!("{}{all}.", judged.sentence) }</span>
            { for judged.flagged.iter().map(|text| html! { <strong class="flagged" data-flags={judged.flags.join(" ")}>{ text }</strong> }) }
        </>
    }
}

/// Microseconds as milliseconds, with their fraction.
pub fn milliseconds(micros: u64) -> String {
    format!("{}.{:03}", micros / 1000, micros % 1000)
}
