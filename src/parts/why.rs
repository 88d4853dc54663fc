//! Why LKMM allows or forbids an outcome: what was searched, the axiom, the cycle in words, and the graph.

use std::rc::Rc;

use protocol::{Beside, LinkText, Reason, Violated};
use session::text::grouped;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::graph::{ReasonGraph, sample};
use super::icon::{Icon, icon};
use super::prose;
use super::scroll::Scroll;
use crate::browser::focus;
use crate::msg::Msg;

/// The answer.
#[derive(Clone)]
pub enum Answer {
    /// Not known yet: so many choices were made.
    Searching(Option<u64>),
    /// Why, and what a reader should know beside it.
    Reason(Rc<Reason>, Option<String>),
    /// No execution has these values, whatever is ordered.
    NoSuchValues,
    /// It cannot be known.
    Unknown(String),
}

/// See the module.
#[derive(Properties, PartialEq)]
pub struct WhyProps {
    /// What is asked about, for people.
    pub label: AttrValue,
    /// The answer; compared by identity.
    pub answer: Shown,
    /// What is to be said of the machine's search.
    pub beside: Beside,
    /// Closes it.
    pub close: Callback<()>,
    /// Ends the search.
    pub stop: Callback<()>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// An answer that is compared by its identity.
#[derive(Clone)]
pub struct Shown(pub Answer);

impl PartialEq for Shown {
    fn eq(&self, other: &Shown) -> bool {
        match (&self.0, &other.0) {
            (Answer::Reason(a, _), Answer::Reason(b, _)) => Rc::ptr_eq(a, b),
            (Answer::Unknown(a), Answer::Unknown(b)) => a == b,
            (Answer::Searching(a), Answer::Searching(b)) => a == b,
            (Answer::NoSuchValues, Answer::NoSuchValues) => true,
            _ => false,
        }
    }
}

/// See the module.
#[component]
pub fn Why(props: &WhyProps) -> Html {
    let WhyProps {
        label,
        answer: Shown(answer),
        beside,
        close,
        stop,
        send,
    } = props;
    let title = use_node_ref();
    {
        let title = title.clone();
        use_effect_with(label.clone(), move |_| {
            if let Some(title) = title.cast::<HtmlElement>() {
                // On a narrow screen the reason stands below.
                title.scroll_into_view();
                let _ = title.focus();
            }
        });
    }
    let onkeydown = {
        let close = close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                close.emit(());
            }
        })
    };
    let allowed = match answer {
        Answer::Reason(reason, _) => Some(reason.violated.is_none()),
        Answer::NoSuchValues => Some(false),
        Answer::Searching(_) | Answer::Unknown(_) => None,
    };
    let verdict = allowed.map(|allowed| match allowed {
        true => &beside.allowed,
        false => &beside.forbidden,
    });
    let (elsewhere, remark) = match answer {
        Answer::Reason(reason, remark) => {
            let elsewhere = beside.remark.as_ref();
            let elsewhere = elsewhere.filter(|_| reason.violated.is_none());
            (elsewhere, remark.as_ref())
        }
        _ => (None, None),
    };
    let state = match allowed {
        Some(true) => "allowed",
        Some(false) => "forbidden",
        None => "open",
    };
    html! {
        <section class="panel why" aria-labelledby="why-title" data-why-panel={state} {onkeydown}>
            <div class="why-head">
                <h2 id="why-title" tabindex="-1" ref={title}>
                    { if allowed == Some(false) { "Why not?" } else { "Why?" } }
                    <span class="why-goal">{ label }</span>
                </h2>
                <button type="button" class="btn icon" aria-label="Close" title="Close (Esc)" data-why-close=""
                    onclick={close.reform(|_| ())}>{ icon(Icon::Close) }</button>
            </div>
            <Scroll class="why-text" label="The reason">
                <p>
                    { for verdict.map(|verdict| html! { <b data-why-verdict="">{ verdict }{ ". " }</b> }) }
                    <span class="quiet" data-why-machine="">{ &beside.machine }</span>
                </p>
                { for elsewhere.into_iter().chain(remark).map(|remark| html! { <p class="quiet">{ remark }</p> }) }
                { match answer {
                    Answer::Searching(None) => html! { <p>{ "Searching…" }</p> },
                    Answer::Searching(Some(choices)) => html! {
                        <p class="progress">{ format!("Searching… {} choices ", grouped(*choices as usize)) }
                            <button type="button" class="btn" data-stop="why" onclick={stop.reform(|_| ())}>{ "Stop" }</button></p>
                    },
                    Answer::Unknown(why) => html! { <p>{ why }</p> },
                    Answer::NoSuchValues => html! { <p>{ "No choice of stores for the loads to read gives these values, so there is nothing that an axiom would have to forbid." }</p> },
                    Answer::Reason(reason, _) => reasons(reason, send),
                } }
            </Scroll>
            if let Answer::Reason(reason, _) = answer {
                <ReasonGraph reason={Rc::clone(reason)} {send} />
            }
        </section>
    }
}

fn reasons(reason: &Reason, send: &Callback<Msg>) -> Html {
    let Some(Violated {
        axiom,
        rule,
        links,
        conclusion,
        candidates,
    }) = &reason.violated
    else {
        return html! { <p>{ "This execution has the outcome, and no axiom is against it:" }</p> };
    };
    html! {
        <>
            <p>{ "Axiom " }<b data-axiom={axiom.clone()}>{ axiom }</b>{ ": " }{ rule }{ " " }{ candidates }</p>
            <ol class="cycle" data-cycle="">{ for links.iter().map(|link| self::link(link, send)) }</ol>
            <p class="conclusion">{ prose::line(conclusion) }</p>
        </>
    }
}

/// A link of the cycle: it shows its lines in the programs while it is looked at, and goes to them when it is pressed.
pub fn link(link: &LinkText, send: &Callback<Msg>) -> Html {
    let lines = link.lines.clone();
    let mark = send.reform(move |()| Msg::Mark(lines.clone()));
    let unmark = send.reform(|()| Msg::Mark(Vec::new()));
    let first = link.lines.first().cloned();
    let onclick = Callback::from(move |_: MouseEvent| {
        if let Some(line) = &first {
            focus::reveal(&format!("[data-line=\"{line}\"]"));
        }
    });
    html! {
        <li>
            <button type="button" class="link" {onclick}
                onmouseenter={mark.reform(|_| ())} onmouseleave={unmark.reform(|_| ())}
                onfocus={mark.reform(|_| ())} onblur={unmark.reform(|_| ())}>
                <span class="cycle-place">{ &link.place }{ " " }{ sample(link.family) }{ " " }<b>{ &link.name }</b></span>
                <span class="cycle-text">{ prose::line(&link.text) }</span>
            </button>
        </li>
    }
}
