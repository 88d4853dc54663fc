//! The tools beside the programs: which there are, and which is open.

use std::rc::Rc;

use yew::prelude::*;

use super::App;
use crate::parts::icon::Icon;
use crate::parts::tabs::{self, Tab, tab};
use crate::{engine, parts, scenarios};

impl App {
    /// The tools beside the programs, a line each.
    pub(super) fn tools(&self) -> Vec<Tab> {
        let (view, send) = (&self.view, &self.send);
        let hardware = html! { <parts::hardware::Hardware {view} embed={self.embed} present={self.present} {send} /> };
        let hardware = tab(tabs::FIRST, "Hardware", Icon::Hardware, hardware);
        if self.embed {
            return vec![hardware];
        }
        let graph = self.when_open("graph", |id| {
            let graph = self.graph.get(&self.lab, view);
            html! { <parts::run_graph::GraphTool key={id} {graph} {send} /> }
        });
        let text_lab = self.when_open("lab", |id| html! {
            <parts::lab::LitmusLab key={id} text={self.editing.text()} revision={self.editing.revision()}
                problems={Rc::clone(self.editing.problems())} name={self.lab.test().name.clone()} {send} />
        });
        let cost = self.when_open("cost", |id| html! { <parts::cost::Cost key={id} /> });
        let lab = &self.lab;
        let shared = || parts::verdicts::Shared(lab.test().clone());
        let matrix = self.when_open("matrix", |id| {
            html! {
                <parts::matrix::Matrix key={id} engine={self.engine.clone()} attempt={self.attempt} test={shared()}
                    subject={engine::subject(lab)} model={lab.model().id} {send} />
            }
        });
        let outcomes = self.when_open("outcomes", |id| {
            html! {
                <parts::outcomes::OutcomeList key={id} engine={self.engine.clone()} attempt={self.attempt} test={shared()}
                    subject={engine::subject(lab)} model={lab.model()} {send} />
            }
        });
        let export = self.when_open("export", |id| {
            let exports = self.exports.get(&self.lab, view, &self.graph.get(&self.lab, view));
            html! { <parts::export::Export key={id} {exports} link={self.address()} embed={self.embed_address()} {send} /> }
        });
        vec![
            hardware,
            tab("graph", "Graph", Icon::Graph, graph),
            tab("matrix", "Matrix", Icon::Matrix, matrix),
            tab("outcomes", "Outcomes", Icon::Outcomes, outcomes),
            tab("cost", "Cost", Icon::Cost, cost),
            tab("lab", "Litmus lab", Icon::Lab, text_lab),
            tab("export", "Export", Icon::Export, export),
        ]
    }

    /// What is in a tool, worked out only while it is open.
    fn when_open(&self, id: &'static str, content: impl FnOnce(&'static str) -> Html) -> Html {
        if self.tab.as_str() == id {
            content(id)
        } else {
            Html::default()
        }
    }

    /// The tool that the scenario opens with.
    pub(super) fn opening_tab(&self) -> &'static str {
        scenarios::tab(self.lab.id()).unwrap_or(tabs::FIRST)
    }

    /// Opens the tool that a link names, or else the scenario's.
    pub(super) fn choose(&mut self, wanted: Option<String>) {
        let wanted = wanted.unwrap_or_else(|| self.opening_tab().to_owned());
        if self.tools().iter().any(|tool| tool.id == wanted) {
            self.tab = wanted.into();
            return;
        }
        self.tab = tabs::FIRST.into();
        // An embed has no tabs, and what is missing there is no mistake.
        if !self.embed {
            let problem = format!("tab: there is no tab “{wanted}”");
            self.problems = self
                .problems
                .iter()
                .cloned()
                .chain([problem.into()])
                .collect();
        }
    }
}
