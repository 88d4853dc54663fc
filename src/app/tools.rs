//! The tools beside the programs: which there are, and which is open.

use std::iter;
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
        let hardware = html! {
            <parts::hardware::Hardware {view} embed={self.embed} present={self.present} {send} />
        };
        let hardware = tab(tabs::FIRST, "Hardware", Icon::Hardware, hardware);
        if self.embed {
            return vec![hardware];
        }
        let others = [
            ("graph", "Graph", Icon::Graph),
            ("matrix", "Matrix", Icon::Matrix),
            ("outcomes", "Outcomes", Icon::Outcomes),
            ("cost", "Cost", Icon::Cost),
            ("lab", "Litmus lab", Icon::Lab),
            ("export", "Export", Icon::Export),
        ];
        let others = others.map(|(id, name, icon)| {
            // What is in a tool is worked out only while it is open.
            let content = (self.tab.as_str() == id).then(|| self.tool(id));
            tab(id, name, icon, content.unwrap_or_default())
        });
        iter::once(hardware).chain(others).collect()
    }

    /// What is in a tool.
    fn tool(&self, id: &'static str) -> Html {
        let (view, send, lab) = (&self.view, &self.send, &self.lab);
        let shared = || parts::verdicts::Shared(lab.test().clone());
        match id {
            "graph" => html! {
                <parts::run_graph::GraphTool key={id} {view} reasons={self.reasons.clone()} {send} />
            },
            "matrix" => html! {
                <parts::matrix::Matrix key={id} engine={self.engine.clone()} attempt={self.attempt} test={shared()}
                    subject={engine::subject(lab)} model={lab.model()} {send} />
            },
            "outcomes" => html! {
                <parts::outcomes::OutcomeList key={id} engine={self.engine.clone()} attempt={self.attempt} test={shared()}
                    subject={engine::subject(lab)} model={lab.model()} {send} />
            },
            "cost" => html! { <parts::cost::Cost key={id} {send} /> },
            "lab" => html! {
                <parts::lab::LitmusLab key={id} text={self.editing.text()} revision={self.editing.revision()}
                    problems={Rc::clone(self.editing.problems())} name={lab.test().name.clone()} {send} />
            },
            "export" => html! {
                <parts::export::Export key={id} {view} name={lab.test().name.clone()} link={self.address()} embed={self.embed_address()} {send} />
            },
            _ => Html::default(),
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
