//! The execution graph: the picture, switches for its relations, and the same in words.

use std::rc::Rc;

use protocol::draw::{Drawn, DrawnGraph, DrawnRelation, GraphOptions};
use protocol::{Family, Reason, Request};
use yew::prelude::*;

use super::coming::Coming;
use super::scroll::Scroll;
use crate::browser::{event_buttons, focus};
use crate::msg::Msg;
use crate::replies::use_reply;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct GraphProps {
    /// What is drawn; another one is another picture.
    pub graph: Rc<DrawnGraph>,
    /// It is that of a run: its events are buttons that go to their steps.
    #[prop_or_default]
    pub controls: bool,
    /// The relations that are not as they are at first, a bit each.
    pub flipped: u32,
    /// Shows or hides a relation, by its number.
    pub flip: Callback<u32>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// Why LKMM allows or forbids an outcome, as a graph.
#[derive(Properties)]
pub struct ReasonGraphProps {
    /// The reason; compared by identity.
    pub reason: Rc<Reason>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

impl PartialEq for ReasonGraphProps {
    fn eq(&self, other: &ReasonGraphProps) -> bool {
        Rc::ptr_eq(&self.reason, &other.reason) && self.send == other.send
    }
}

/// See [`ReasonGraphProps`].
#[component]
pub fn ReasonGraph(props: &ReasonGraphProps) -> Html {
    let ReasonGraphProps { reason, send } = props;
    // Another graph keeps what is shown.
    let flipped = use_state_eq(|| 0_u32);
    let picture = use_reply((Same(Rc::clone(reason)), *flipped), |(reason, flipped)| {
        Some(Request::Execution {
            graph: Box::new(reason.0.graph.clone()),
            options: GraphOptions {
                flipped: *flipped,
                interactive: false,
            },
        })
    });
    match picture.as_ref().and_then(|picture| picture.drawn()) {
        Some(Drawn::Execution(graph)) => html! {
            <ExecutionGraph graph={Rc::new(graph.clone())} flipped={*flipped} flip={flip(&flipped)} {send} />
        },
        _ => html! { <Coming /> },
    }
}

/// A reason that is compared by its identity.
#[derive(Clone)]
struct Same(Rc<Reason>);

impl PartialEq for Same {
    fn eq(&self, other: &Same) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Flips a relation among those that are not as they are at first, a bit each.
pub fn flip(flipped: &UseStateHandle<u32>) -> Callback<u32> {
    let flipped = flipped.clone();
    Callback::from(move |number: u32| flipped.set(*flipped ^ 1_u32.wrapping_shl(number)))
}

/// See the module.
#[component]
pub fn ExecutionGraph(props: &GraphProps) -> Html {
    let GraphProps {
        graph,
        controls,
        flipped,
        flip,
        send,
    } = props;
    let controls = *controls;
    let more = use_state_eq(|| false);
    let place = use_node_ref();
    // The event that has the focus, or had it last, by letter.
    let current = use_mut_ref(|| None::<String>);
    let svg = AttrValue::from(graph.svg.clone());
    {
        // A new picture has new events: one of them is the stop of the Tab key, and keeps the focus.
        let (place, current) = (place.clone(), current.clone());
        use_effect_with(svg.clone(), move |_| {
            if controls {
                // To give the focus is to be told of it at once.
                let current = current.borrow().clone();
                event_buttons::keep_stop(&place, current.as_deref());
            }
        });
    }
    let onchange = {
        let flip = flip.clone();
        Callback::from(move |event: Event| {
            let input = focus::around(event.target(), "[data-number]");
            let number = input.and_then(|input| input.get_attribute("data-number")?.parse().ok());
            if let Some(number) = number {
                flip.emit(number);
            }
        })
    };
    let open = {
        let more = more.clone();
        Callback::from(move |_: MouseEvent| more.set(!*more))
    };
    let (usual, derived): (Vec<&DrawnRelation>, Vec<&DrawnRelation>) = graph
        .relations
        .iter()
        .partition(|relation| relation.usual || controls);
    let switches = |relations: Vec<&DrawnRelation>| -> Html {
        relations
            .into_iter()
            .map(|relation| switch(relation, *flipped))
            .collect()
    };
    let line = |target| {
        let event = focus::around(target, "[data-at]");
        let line = event.and_then(|event| event.get_attribute("data-at"));
        Msg::Mark(line.into_iter().collect())
    };
    let onmouseover = send.reform(move |event: MouseEvent| line(event.target()));
    let onfocusin = {
        let (send, place, current) = (send.clone(), place.clone(), current.clone());
        Callback::from(move |event: FocusEvent| {
            if let Some(letter) = event_buttons::letter(event.target()) {
                event_buttons::stop_at(&place, &letter);
                *current.borrow_mut() = Some(letter);
            }
            send.emit(line(event.target()));
        })
    };
    let onfocusout = {
        let (send, current) = (send.clone(), current.clone());
        Callback::from(move |event: FocusEvent| {
            // Where the focus goes nowhere, the picture is being drawn anew.
            if event.related_target().is_some() {
                *current.borrow_mut() = None;
                send.emit(Msg::Mark(Vec::new()));
            }
        })
    };
    let go = |target| {
        let event = focus::around(target, "[data-position]")?;
        event.get_attribute("data-position")?.parse().ok()
    };
    let onclick = {
        let (send, current) = (send.clone(), current.clone());
        Callback::from(move |event: MouseEvent| {
            if let Some(position) = go(event.target()) {
                *current.borrow_mut() = event_buttons::letter(event.target());
                send.emit(Msg::Goto(position));
            }
        })
    };
    let onkeydown = {
        let (send, place) = (send.clone(), place.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(_) = event_buttons::letter(event.target()) else {
                return;
            };
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            match event.key().as_str() {
                "Enter" | " " => {
                    if let Some(position) = go(event.target()) {
                        send.emit(Msg::Goto(position));
                    }
                }
                key => match event_buttons::neighbour(event.target(), key) {
                    Some(to) => event_buttons::focus(&place, &to),
                    None => return,
                },
            }
            event.prevent_default();
        })
    };
    let onmouseleave = send.reform(|_| Msg::Mark(Vec::new()));
    html! {
        <div class="graph-part">
            <fieldset class="relations" {onchange}>
                <legend class="sr">{ "Relations in the graph" }</legend>
                { switches(usual) }
                if !derived.is_empty() {
                    <button type="button" class="link relations-more" aria-expanded={more.to_string()} data-derived="" onclick={open}>
                        { format!("{} derived {}", derived.len(), if *more { "▴" } else { "▾" }) }
                    </button>
                }
                if *more {
                    { switches(derived) }
                }
            </fieldset>
            <Scroll class="graph" label="Execution graph">
                <div class="graph-picture" data-graph="" ref={place} {onmouseover} {onmouseleave} {onfocusin} {onfocusout} {onclick} {onkeydown}>{ Html::from_html_unchecked(svg) }</div>
                <details class="graph-text">
                    <summary>{ "The graph in words" }</summary>
                    <ul>{ for graph.events.iter().map(|text| html! { <li>{ text }</li> }) }</ul>
                    <ul>{ for graph.edges.iter().map(|text| html! { <li>{ text }</li> }) }</ul>
                </details>
            </Scroll>
        </div>
    }
}

fn switch(relation: &DrawnRelation, flipped: u32) -> Html {
    // The picture may be a moment behind: the switch is not.
    let on = relation.usual != (flipped.wrapping_shr(relation.number) & 1 == 1);
    let name: AttrValue = relation.name.clone().into();
    html! {
        <label class="relation" key={&*name} title={relation.meaning.clone()}>
            <input type="checkbox" checked={on} data-relation={name.clone()}
                data-number={relation.number.to_string()} />
            { sample(relation.family) }
            { name }
        </label>
    }
}

/// The line as it is in the picture.
pub fn sample(family: Family) -> Html {
    html! {
        <svg class="sample" viewBox="0 0 20 8" width="20" height="8" aria-hidden="true">
            <g class={family.class()}><path class="line" fill="none" d="M0 4H20" /></g>
        </svg>
    }
}
