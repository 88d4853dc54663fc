//! The tool *Graph*: the execution graph of the run so far, and the cycle in words.

use std::cell::RefCell;
use std::rc::Rc;

use picture::RunGraph;
use session::Session;
use yew::prelude::*;

use super::graph::{Drawn, ExecutionGraph};
use super::icon::{Icon, icon};
use super::reasons::{Reasons, asks};
use super::why;
use crate::msg::Msg;
use crate::seen::Seen;

/// The graph of the present view: it is drawn when it is looked at, and once.
#[derive(Default)]
pub struct Cache(RefCell<Option<(Seen, Rc<RunGraph>)>>);

impl Cache {
    /// The graph of a session; `view` is its present view.
    pub fn get(&self, lab: &Session, view: &Seen) -> Rc<RunGraph> {
        let mut known = self.0.borrow_mut();
        if let Some((of, graph)) = known.as_ref()
            && of == view
        {
            return Rc::clone(graph);
        }
        let graph = Rc::new(RunGraph::of(lab));
        *known = Some((view.clone(), Rc::clone(&graph)));
        graph
    }
}

/// See the module.
#[derive(Properties)]
pub struct GraphToolProps {
    /// The graph; compared by identity.
    pub graph: Rc<RunGraph>,
    /// The reasons that can be asked for; none on paper.
    #[prop_or_default]
    pub reasons: Reasons,
    /// Where messages go.
    pub send: Callback<Msg>,
}

impl PartialEq for GraphToolProps {
    fn eq(&self, other: &GraphToolProps) -> bool {
        let same = Rc::ptr_eq(&self.graph, &other.graph);
        same && self.reasons == other.reasons && self.send == other.send
    }
}

/// See the module.
#[component]
pub fn GraphTool(props: &GraphToolProps) -> Html {
    let GraphToolProps {
        graph,
        reasons,
        send,
    } = props;
    let cycle = graph.has_cycle();
    html! {
        <section class="panel run-graph" aria-labelledby="run-graph" data-cycle-closed={cycle.to_string()}>
            <h2 id="run-graph">{ "Execution graph" }<span class="hint">{ "of the run so far; an event goes to its step" }</span></h2>
            <div class="why-text">
                <p class={classes!("run-sentence", cycle.then_some("closed"))} data-run-sentence="">
                    <span class="cycle-mark" aria-hidden="true">{ if cycle { "⟳ " } else { "○ " } }</span>{ &graph.sentence }
                </p>
                if cycle {
                    <details class="graph-text">
                        <summary data-cycle-words="">{ "Around the cycle, edge by edge" }</summary>
                        <ol class="cycle" data-cycle="">{ for graph.links.iter().map(|link| why::link(link, send)) }</ol>
                    </details>
                }
                { asks(reasons) }
            </div>
            if graph.graph.nodes.is_empty() {
                <div class="empty" data-graph-empty="">
                    { icon(Icon::Graph) }
                    <p>{ "Loads and stores will stand here as events, with arrows for who reads from whom (rf), which store came first (co), and which read came before a store (fr). A cycle of them shows an outcome that no single order explains." }</p>
                </div>
            } else {
                <ExecutionGraph drawn={Drawn::Run(Rc::clone(graph))} {send} />
            }
        </section>
    }
}
