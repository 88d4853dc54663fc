//! The tool *Graph*: the execution graph of the run so far, and the cycle in words.

use std::rc::Rc;

use protocol::draw::{Drawn, GraphOptions, Panel};
use yew::prelude::*;

use super::coming::Coming;
use super::graph::{ExecutionGraph, flip};
use super::icon::{Icon, icon};
use super::reasons::{Reasons, asks};
use super::why;
use crate::msg::Msg;
use crate::replies::use_drawn;
use crate::seen::Seen;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct GraphToolProps {
    /// What there is to see.
    pub view: Seen,
    /// The reasons that can be asked for; none on paper.
    #[prop_or_default]
    pub reasons: Reasons,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn GraphTool(props: &GraphToolProps) -> Html {
    let GraphToolProps {
        view,
        reasons,
        send,
    } = props;
    // The relations that are not as they are at first, a bit each; another graph keeps them.
    let flipped = use_state_eq(|| 0_u32);
    let options = GraphOptions {
        flipped: *flipped,
        interactive: true,
    };
    let picture = use_drawn(view, Panel::RunGraph(options));
    let Some(Drawn::RunGraph(run)) = picture.as_ref().and_then(|picture| picture.drawn()) else {
        return html! {
            <section class="panel run-graph" aria-labelledby="run-graph" aria-busy="true">
                <h2 id="run-graph">{ "Execution graph" }</h2>
                <Coming />
            </section>
        };
    };
    let cycle = !run.links.is_empty();
    html! {
        <section class="panel run-graph" aria-labelledby="run-graph" data-cycle-closed={cycle.to_string()}>
            <h2 id="run-graph">{ "Execution graph" }<span class="hint">{ "of the run so far; an event goes to its step" }</span></h2>
            <div class="why-text">
                <p class={classes!("run-sentence", cycle.then_some("closed"))} data-run-sentence="">
                    <span class="cycle-mark" aria-hidden="true">{ if cycle { "⟳ " } else { "○ " } }</span>{ &run.sentence }
                </p>
                if cycle {
                    <details class="graph-text">
                        <summary data-cycle-words="">{ "Around the cycle, edge by edge" }</summary>
                        <ol class="cycle" data-cycle="">{ for run.links.iter().map(|link| why::link(link, send)) }</ol>
                    </details>
                }
                { asks(reasons) }
            </div>
            if run.graph.events.is_empty() {
                <div class="empty" data-graph-empty="">
                    { icon(Icon::Graph) }
                    <p>{ "Loads and stores will stand here as events, with arrows for who reads from whom (rf), which store came first (co), and which read came before a store (fr). A cycle of them shows an outcome that no single order explains." }</p>
                </div>
            } else {
                <ExecutionGraph graph={Rc::new(run.graph.clone())} controls={true} flipped={*flipped} flip={flip(&flipped)} {send} />
            }
        </section>
    }
}
