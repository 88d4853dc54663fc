//! LKMM's answer in the verdict strip: a row of its own, since LKMM is no CPU that could be chosen and stepped.

use explore::Reachable;
use litmus::Test;
use machine::SrcuFlavour;
use protocol::{Goal, Judged, Verdicts};
use yew::prelude::*;

use super::answers;
use super::why::{Answer, Found};

/// What a reader of Tree SRCU should know.
const TREE: &str = "LKMM knows SRCU by its contract: it does not count on the full barriers in the lock and unlock of Tree SRCU.";

const FULL_NAME: &str = "the Linux-kernel memory model: what the kernel's code may rely on";

/// What LKMM says of an outcome. None where it says nothing of it.
fn allowed(known: &Verdicts, test: &Test, goal: Goal) -> Option<Reachable> {
    let Judged { allowed, error, .. } = &known.lkmm;
    let at = known.goals.iter().position(|asked| *asked == goal);
    match (at, error) {
        (_, Some(_)) => None,
        (Some(at), None) if at < allowed.len() => allowed[at],
        // Nothing has been heard yet.
        _ => goal.condition(test).map(|_| Reachable::Unknown),
    }
}

/// What can be asked about that.
pub fn question(known: &Verdicts, test: &Test, goal: Goal, found: &Found) -> Option<&'static str> {
    let nowhere = found
        .iter()
        .all(|(_, reachable, _)| *reachable == Reachable::No);
    match allowed(known, test, goal) {
        Some(Reachable::No) => Some("Why not?"),
        Some(Reachable::Yes) if nowhere => Some("Why?"),
        Some(Reachable::Yes) => Some("Graph"),
        _ => None,
    }
}

/// What is not judged: a class, a mark and a word.
pub const NOT_JUDGED: (&str, &str, &str) = ("open", "–", "not judged");

/// LKMM's answer on an outcome: a class, a mark and a word.
pub fn word(
    known: &Verdicts,
    over: bool,
    test: &Test,
    goal: Goal,
) -> (&'static str, &'static str, &'static str) {
    allowed(known, test, goal).map_or(NOT_JUDGED, |allowed| {
        answers::answer(allowed, goal.bad(test), over || known.lkmm.over)
    })
}

/// LKMM's answer on an outcome, and the way to its reason.
pub fn answer(
    known: &Verdicts,
    over: bool,
    test: &Test,
    goal: Goal,
    found: &Found,
    ask: &Callback<Goal>,
) -> Html {
    let id = goal.id(test);
    let allowed = allowed(known, test, goal);
    let (class, mark, word) = word(known, over, test, goal);
    let not_judged = match (&known.lkmm.error, allowed) {
        (Some(error), _) => Some(format!("LKMM cannot judge this test: {error}")),
        (None, None) => {
            Some("LKMM speaks of values, not of what the machine does wrong.".to_owned())
        }
        _ => None,
    };
    let question = question(known, test, goal, found);
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

/// What LKMM says of the test as a whole, and how long it took; for all settings: how many, and the microseconds.
pub fn judged(judged: &Judged, all: Option<(usize, u64)>) -> Html {
    if judged.error.is_some() || judged.allowed.is_empty() {
        return Html::default();
    }
    if !judged.over {
        return html! { { " LKMM: checking…" } };
    }
    let all_micros = all.map(|(_, micros)| micros);
    let flagged = scene::axioms::flagged(&judged.flags);
    html! {
        <>
            { " " }
            <span data-judged-ms={milliseconds(judged.micros)} data-judged-settings={all.map(|(settings, _)| settings.to_string())} data-judged-all-ms={all_micros.map(milliseconds)}>{ scene::axioms::judged(judged.micros, judged.complete, all) }</span>
            { for flagged.map(|text| html! { <strong class="flagged" data-flags={judged.flags.join(" ")}>{ text }</strong> }) }
        </>
    }
}

/// Microseconds as milliseconds, with their fraction.
pub fn milliseconds(micros: u64) -> String {
    format!("{}.{:03}", micros / 1000, micros % 1000)
}

/// What a reader should know beside the answer.
pub fn remarks(answer: &Answer, found: &Found, flavour: SrcuFlavour) -> Vec<&'static str> {
    let Answer::Reason(reason) = answer else {
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
