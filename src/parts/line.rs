//! A line of a program: its mark, its text, its state, what may be done with it, and its switch.

use litmus::Reachable;
use session::view::{LineView, Mark, Offer};
use yew::prelude::*;

use super::toggle::Toggle;
use crate::msg::Msg;
use crate::prospects::Known;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct LineProps {
    /// The line's name in the page: `1:4`.
    pub id: AttrValue,
    /// The line.
    pub line: LineView,
    /// For each offer, whether a bad outcome can still be reached after it.
    pub prospects: Vec<Option<Reachable>>,
    /// Something speaks of it.
    pub marked: bool,
    /// It may happen after the step that is pointed at, and may not now.
    pub opens: bool,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// What is known of a line's offers.
pub fn prospects(line: &LineView, known: &Known) -> Vec<Option<Reachable>> {
    line.offers
        .iter()
        .map(|offer| known.get(&offer.step).copied())
        .collect()
}

/// See the module.
#[component]
pub fn Line(props: &LineProps) -> Html {
    let LineProps {
        id,
        line,
        prospects,
        marked,
        opens,
        send,
    } = props;
    let first = line.offers.first();
    let class = classes!(
        "line",
        line.mark.class(),
        first.is_some().then_some("now"),
        line.toggle.is_some().then_some("switched"),
        marked.then_some("marked"),
        opens.then_some("opens"),
        format!("indent-{}", line.indent.min(3))
    );
    html! {
        <li {class} data-line={id} data-mark={line.mark.class().trim_start_matches("mark-")}>
            { main(line, prospects.first().copied().flatten(), send) }
            if let Some(toggle) = &line.toggle {
                <Toggle toggle={toggle.clone()} {send} />
            }
            if line.offers.len() > 1 {
                <span class="line-others">
                    { for line.offers.iter().zip(prospects).skip(1).map(|(offer, prospect)| other(offer, *prospect, send)) }
                </span>
            }
        </li>
    }
}

/// The line itself: a button for what may be done, or for why it may not.
fn main(line: &LineView, prospect: Option<Reachable>, send: &Callback<Msg>) -> Html {
    let inside = |mark: Html, state: Option<&str>, action: Option<&'static str>, prospect: Html| {
        html! {
            <>
                <span class="line-mark" aria-hidden="true">{ mark }</span>
                <span class={classes!("line-body", action.is_some().then_some("acting"))}>
                    <code class="line-text">{ wrapped(&line.text) }</code>
                    { for state.map(|state| html! { <span class="line-state">{ state }</span> }) }
                    { for action.map(|action| html! { <span class="line-action">{ action }</span> }) }
                </span>
                { prospect }
            </>
        }
    };
    if let Some(offer) = line.offers.first() {
        let step = offer.step;
        // A line that has begun offers something else than what it says.
        let begun = line.mark != Mark::Ready;
        let name = format!(
            "line {}: {} {}: {}, key {}.{}",
            line.number,
            line.text,
            line.mark.text(),
            offer.label,
            offer.index,
            spoken(prospect)
        );
        return html! {
            <button type="button" class="line-main" data-step={step.to_string()} aria-label={name}
                onclick={send.reform(move |_| Msg::Step(step))}>
                { inside(number(offer), begun.then_some(offer.action), (!begun).then_some(offer.action), prospect_mark(prospect)) }
            </button>
        };
    }
    let symbol = html! { line.mark.symbol() };
    // What a line waits for is said when it is asked for: a page full of reasons is hard to read. That a line is off is
    // seen.
    let quiet = matches!(line.mark, Mark::Waiting | Mark::Off | Mark::Silent);
    let state = (!quiet).then_some(line.state_text.as_str());
    match &line.reason {
        // A button, so that the reason can be had by keyboard and by touch as well.
        Some(reason) => {
            let name = format!(
                "line {}: {} {}: {reason}",
                line.number,
                line.text,
                line.mark.text()
            );
            html! {
                <button type="button" class="line-main" aria-disabled="true" aria-label={name}>
                    { inside(symbol, state, None, Html::default()) }
                </button>
            }
        }
        None => html! {
            <div class="line-main">
                { inside(symbol, state, None, Html::default()) }
                if state.is_none() && line.mark != Mark::Silent {
                    <span class="sr">{ line.mark.text() }</span>
                }
            </div>
        },
    }
}

/// The text of a line, which may wrap between its pieces.
fn wrapped(text: &str) -> Html {
    let pieces = session::wrap::pieces(text).into_iter().enumerate();
    html! { { for pieces.map(|(at, piece)| html! { <>if at > 0 { <wbr /> }{ piece }</> }) } }
}

/// Another step of the same line.
fn other(offer: &Offer, prospect: Option<Reachable>, send: &Callback<Msg>) -> Html {
    let step = offer.step;
    html! {
        <button type="button" class="offer" key={step.to_string()} data-step={step.to_string()}
            onclick={send.reform(move |_| Msg::Step(step))}>
            { number(offer) }{ " " }{ &offer.label }{ prospect_mark(prospect) }
            <span class="sr">{ spoken(prospect) }</span>
        </button>
    }
}

/// The key that does the step.
fn number(offer: &Offer) -> Html {
    if offer.index <= 9 {
        html! { <span class="key">{ offer.index }</span> }
    } else {
        html! { Mark::Ready.symbol() }
    }
}

/// A small mark: full while a bad outcome can still happen after the step, empty when it cannot.
pub fn prospect_mark(prospect: Option<Reachable>) -> Html {
    match prospect {
        Some(Reachable::Yes) => {
            html! { <span class="prospect may" data-prospect="yes" aria-hidden="true">{ "●" }</span> }
        }
        Some(Reachable::No) => {
            html! { <span class="prospect never" data-prospect="no" aria-hidden="true">{ "○" }</span> }
        }
        // Always there, so that the line does not move when the answer comes.
        _ => html! { <span class="prospect" aria-hidden="true">{ "·" }</span> },
    }
}

/// The same in words.
pub fn spoken(prospect: Option<Reachable>) -> &'static str {
    match prospect {
        Some(Reachable::Yes) => " A bad outcome is still possible after it.",
        Some(Reachable::No) => " After it no bad outcome is possible.",
        _ => "",
    }
}
