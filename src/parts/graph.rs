//! The execution graph: the picture, switches for its relations, and the same in words.

use std::rc::Rc;

use scene::RunGraph;
use scene::axioms::Reason;
use scene::graph::{Family, Graph, Relation};
use yew::prelude::*;

use super::scroll::Scroll;
use crate::browser::focus;
use crate::browser::picture;
use crate::msg::Msg;

/// What a graph is of; compared by identity.
#[derive(Clone)]
pub enum Drawn {
    /// An execution that LKMM allows or forbids.
    Reason(Rc<Reason>),
    /// The run: its events are buttons that go to their steps.
    Run(Rc<RunGraph>),
}

impl PartialEq for Drawn {
    fn eq(&self, other: &Drawn) -> bool {
        match (self, other) {
            (Drawn::Reason(a), Drawn::Reason(b)) => Rc::ptr_eq(a, b),
            (Drawn::Run(a), Drawn::Run(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Drawn {
    fn graph(&self) -> &Graph {
        match self {
            Drawn::Reason(reason) => &reason.graph,
            Drawn::Run(run) => &run.graph,
        }
    }
}

/// See the module.
#[derive(Properties, PartialEq)]
pub struct GraphProps {
    /// What it is the graph of.
    pub drawn: Drawn,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn ExecutionGraph(props: &GraphProps) -> Html {
    let GraphProps { drawn, send } = props;
    // The relations that are not as they are at first, a bit each; another graph keeps them.
    let flipped = use_state_eq(|| 0_u32);
    let more = use_state_eq(|| false);
    let graph = drawn.graph();
    let place = use_node_ref();
    // The event that has the focus, or had it last, by letter.
    let current = use_mut_ref(|| None::<String>);
    let on = |name: &str| {
        let mut relations = graph.relations.iter();
        relations.any(|relation| relation.name == name && is_on(relation, *flipped))
    };
    let controls = matches!(drawn, Drawn::Run(_));
    let svg = AttrValue::from(if controls {
        scene::graph_controls_svg(graph, &on)
    } else {
        scene::graph_svg(graph, &on)
    });
    {
        // A new picture has new events: one of them is the stop of the Tab key, and keeps the focus.
        let (place, current) = (place.clone(), current.clone());
        use_effect_with(svg.clone(), move |_| {
            if controls {
                // To give the focus is to be told of it at once.
                let current = current.borrow().clone();
                picture::keep_stop(&place, current.as_deref());
            }
        });
    }
    let onchange = {
        let flipped = flipped.clone();
        Callback::from(move |event: Event| {
            let input = focus::around(event.target(), "[data-number]");
            let number = input.and_then(|input| input.get_attribute("data-number")?.parse().ok());
            if let Some(number) = number {
                flipped.set(*flipped ^ 1_u32.wrapping_shl(number));
            }
        })
    };
    let open = {
        let more = more.clone();
        Callback::from(move |_: MouseEvent| more.set(!*more))
    };
    let (usual, derived): (Vec<&Relation>, Vec<&Relation>) = graph
        .relations
        .iter()
        .partition(|relation| relation.usual || controls);
    let switches = |relations: Vec<&Relation>| -> Html {
        relations
            .into_iter()
            .map(|relation| switch(relation, is_on(relation, *flipped)))
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
            if let Some(letter) = picture::letter(event.target()) {
                picture::stop_at(&place, &letter);
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
                *current.borrow_mut() = picture::letter(event.target());
                send.emit(Msg::Goto(position));
            }
        })
    };
    let onkeydown = {
        let (send, place, drawn) = (send.clone(), place.clone(), drawn.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(letter) = picture::letter(event.target()) else {
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
                key => match scene::graph::neighbour(drawn.graph(), &letter, key) {
                    Some(to) => picture::focus(&place, to),
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
                    <ul>{ for scene::graph::event_texts(graph).into_iter().map(|text| html! { <li>{ text }</li> }) }</ul>
                    <ul>{ for scene::graph::edge_texts(graph, &on).into_iter().map(|text| html! { <li>{ text }</li> }) }</ul>
                </details>
            </Scroll>
        </div>
    }
}

fn is_on(relation: &Relation, flipped: u32) -> bool {
    relation.usual != (flipped.wrapping_shr(relation.number) & 1 == 1)
}

fn switch(relation: &Relation, on: bool) -> Html {
    let name: AttrValue = relation.name.clone().into();
    html! {
        <label class="relation" key={&*name} title={meaning(relation)}>
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

fn meaning(relation: &Relation) -> &'static str {
    match relation.family {
        Family::Po => "program order",
        Family::Rf => "reads from: from a store to the load that finds its value",
        Family::Co => "coherence: the order of the stores to one location",
        Family::Fr => "from a load to the store that replaces what it found",
        Family::Dep => "a dependency, or the two halves of an atomic",
        Family::Derived => "what the model derives from the others",
    }
}
