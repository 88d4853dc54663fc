//! The execution graph: the picture, switches for its relations, and the same in words.

use std::rc::Rc;

use scene::axioms::Reason;
use scene::graph::{Family, Relation};
use yew::prelude::*;

use super::scroll::Scroll;
use crate::browser::focus;
use crate::msg::Msg;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct GraphProps {
    /// What it is the graph of.
    pub reason: Rc<Reason>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn ExecutionGraph(props: &GraphProps) -> Html {
    let GraphProps { reason, send } = props;
    // The relations that are not as they are at first, a bit each; another graph keeps them.
    let flipped = use_state_eq(|| 0_u32);
    let more = use_state_eq(|| false);
    let graph = &reason.graph;
    let on = |name: &str| {
        let mut relations = graph.relations.iter();
        relations.any(|relation| relation.name == name && is_on(relation, *flipped))
    };
    let svg = AttrValue::from(scene::graph_svg(graph, &on));
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
    let (usual, derived): (Vec<&Relation>, Vec<&Relation>) = reason
        .graph
        .relations
        .iter()
        .partition(|relation| relation.usual);
    let switches = |relations: Vec<&Relation>| -> Html {
        relations
            .into_iter()
            .map(|relation| switch(relation, is_on(relation, *flipped)))
            .collect()
    };
    let onmouseover = send.reform(|event: MouseEvent| {
        let event = focus::around(event.target(), "[data-at]");
        Msg::Mark(
            event
                .and_then(|event| event.get_attribute("data-at"))
                .into_iter()
                .collect(),
        )
    });
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
                <div class="graph-picture" data-graph="" {onmouseover} {onmouseleave}>{ Html::from_html_unchecked(svg) }</div>
                <details class="graph-text">
                    <summary>{ "The graph in words" }</summary>
                    <ul>{ for graph.event_texts().into_iter().map(|text| html! { <li>{ text }</li> }) }</ul>
                    <ul>{ for graph.edge_texts(&on).into_iter().map(|text| html! { <li>{ text }</li> }) }</ul>
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
