//! LKMM's answer in the verdict strip: a row of its own, since LKMM is no CPU that could be chosen and stepped.

use explore::Reachable;
use litmus::Test;
use machine::SrcuFlavour;
use yew::prelude::*;

use super::verdicts;
use super::why::Found;
use crate::asking::{Answer, Asking};
use crate::goal::Goal;
use crate::judging::Judging;

/// What a reader of Tree SRCU should know.
const TREE: &str = "LKMM knows SRCU by its contract: it does not count on the full barriers in the lock and unlock of Tree SRCU.";

const FULL_NAME: &str = "the Linux-kernel memory model: what the kernel's code may rely on";

/// LKMM's answer on an outcome, and the way to its reason.
pub fn answer(
    judging: &Judging,
    test: &Test,
    goal: Goal,
    found: &Found,
    ask: &Callback<Goal>,
) -> Html {
    let id = goal.id(test);
    let allowed = match (judging.judgement(), judging.error()) {
        (_, Some(_)) => None,
        (None, None) => Some(Reachable::Unknown),
        (Some(judgement), None) => goal.allowed(judgement),
    };
    let (class, mark, word) = allowed.map_or(("open", "–", "not judged"), |allowed| {
        verdicts::answer(allowed, goal.bad(test), judging.is_over())
    });
    let not_judged = match (judging.error(), allowed) {
        (Some(error), _) => Some(format!("LKMM cannot judge this test: {error}")),
        (None, None) => {
            Some("LKMM speaks of values, not of what the machine does wrong.".to_owned())
        }
        _ => None,
    };
    let nowhere = found
        .iter()
        .all(|(_, reachable, _)| *reachable == Reachable::No);
    let question = match allowed {
        Some(Reachable::No) => Some("Why not?"),
        Some(Reachable::Yes) if nowhere => Some("Why?"),
        Some(Reachable::Yes) => Some("Graph"),
        _ => None,
    };
    html! {
        <li class={classes!("answer", "axioms", class)} data-verdict={format!("{id}:lkmm")} data-answer={word} title={not_judged.clone()}>
            <abbr class="answer-model" title={FULL_NAME}>{ "LKMM" }</abbr>
            <span class="answer-word"><span class="answer-mark" aria-hidden="true">{ mark }</span>{ word }</span>
            { for not_judged.map(|why| html! { <span class="sr">{ ": " }{ why }</span> }) }
            { for question.map(|question| html! {
                <button type="button" class="btn ask" data-why={id.clone()} aria-label={format!("{question} {}", goal.label(test))}
                    onclick={ask.reform(move |_| goal)}>{ question }</button>
            }) }
        </li>
    }
}

/// What LKMM says of the test as a whole, and how long it took.
pub fn judged(judging: &Judging, all: Option<(usize, f64)>) -> Html {
    let Some(judgement) = judging.judgement() else {
        return Html::default();
    };
    if !judging.is_over() {
        return html! { { " LKMM: judging…" } };
    }
    let spent = judging.spent();
    let flagged = scene::axioms::flagged(&judgement.flags);
    html! {
        <>
            { " " }
            <span data-judged-ms={format!("{spent:.2}")} data-judged-settings={all.map(|(settings, _)| settings.to_string())} data-judged-all-ms={all.map(|(_, spent)| format!("{spent:.1}"))}>{ scene::axioms::judged(spent, judgement.complete, all) }</span>
            { for flagged.map(|text| html! { <strong class="flagged" data-flags={judgement.flags.join(" ")}>{ text }</strong> }) }
        </>
    }
}

/// What a reader should know beside the answer.
pub fn remarks(asking: &Asking, found: &Found, flavour: SrcuFlavour) -> Vec<&'static str> {
    let Answer::Reason(reason) = asking.answer() else {
        return Vec::new();
    };
    let mut nodes = reason.graph.nodes.iter();
    let srcu = nodes.any(|node| node.label.contains("srcu"));
    let nowhere = found
        .iter()
        .all(|(_, reachable, _)| *reachable == Reachable::No);
    let mut remarks = Vec::new();
    if nowhere && reason.violated.is_none() {
        remarks.push(scene::axioms::ELSEWHERE);
    }
    if srcu && flavour == SrcuFlavour::Tree {
        remarks.push(TREE);
    }
    remarks
}
