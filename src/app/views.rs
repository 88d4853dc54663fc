//! The other two ways of showing the page: for an audience, and on paper.

use gloo::events::EventListener;
use yew::prelude::*;

use super::App;
use crate::msg::Msg;
use crate::{engine, parts};

/// The presenter's view in links.
pub(super) const PRESENT: &str = "present";

impl App {
    /// To the presenter's view, or to the full page. An embed stays what it is.
    pub(super) fn present(&mut self, present: bool) {
        if self.embed || self.present == present {
            return;
        }
        self.present = present;
        let said = if present {
            "Presenter view. P or Esc leads back to the full page."
        } else {
            "The full page."
        };
        self.said = Some(said.into());
        self.write_address();
    }

    /// *Can it happen?*
    pub(super) fn verdicts(&self) -> Html {
        let (lab, send) = (&self.lab, &self.send);
        let showing = self.showing.as_ref().map(|(showing, _)| showing.sought());
        html! {
            <parts::verdicts::Verdicts
                key={self.opened} test={parts::verdicts::Shared(lab.test().clone())} subject={engine::subject(lab)}
                engine={self.engine.clone()} attempt={self.attempt} model={lab.model()}
                {showing} {send} />
        }
    }

    /// What only paper shows: the execution graph, unless it is there anyway, and the address of this state.
    pub(super) fn printed(&self) -> Html {
        let graph = self.tab != "graph";
        html! {
            <div class="printed">
                if graph {
                    <parts::run_graph::GraphTool view={&self.view} send={&self.send} />
                }
                if let Ok(address) = self.address() {
                    <p class="printed-link">{ "This state: " }<span>{ address }</span></p>
                }
            </div>
        }
    }
}

/// Tells when the page is about to be printed, and when it has been.
pub(super) fn on_print(send: &Callback<Msg>) -> Vec<EventListener> {
    let Some(window) = web_sys::window() else {
        return Vec::new();
    };
    [("beforeprint", true), ("afterprint", false)]
        .into_iter()
        .map(|(event, print)| {
            let send = send.clone();
            EventListener::new(&window, event, move |_| send.emit(Msg::Print(print)))
        })
        .collect()
}
