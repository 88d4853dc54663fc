//! What is said when the engine has failed. The page itself goes on.

use yew::prelude::*;

use crate::browser::{clipboard, engine};
use crate::msg::Msg;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct EngineFailureProps {
    /// Why.
    pub why: AttrValue,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn EngineFailure(props: &EngineFailureProps) -> Html {
    let EngineFailureProps { why, send } = props;
    let report = engine::report(&format!("The search engine: {why}"));
    let copy = {
        let (report, send) = (report.clone(), send.clone());
        Callback::from(move |_: MouseEvent| {
            let (report, send) = (report.clone(), send.clone());
            wasm_bindgen_futures::spawn_local(async move {
                let said = if clipboard::copy(&report).await {
                    "Report copied."
                } else {
                    "The report could not be copied; it is on the page."
                };
                send.emit(Msg::Say(said.into()));
            });
        })
    };
    html! {
        <section class="note warn" role="alert" aria-label="About the search" data-engine-failed="">
            <div class="note-text">
                <p><b>{ "The search has failed, by a mistake in it." }</b>{ " It was started anew. What it was searching is not finished; stepping goes on as before." }</p>
                <details><summary>{ "Report" }</summary><pre tabindex="0">{ report }</pre></details>
            </div>
            <button type="button" class="btn" data-copy-report="" onclick={copy}>{ "Copy report" }</button>
            <button type="button" class="btn" data-ask-again="" onclick={send.reform(|_| Msg::AskAgain)}>{ "Search again" }</button>
        </section>
    }
}

/// What is said while the engine could not be loaded.
#[component]
pub fn EngineMissing() -> Html {
    html! {
        <p class="note warn" role="status" data-engine-missing="">
            { "The engine could not be loaded, so pictures, verdicts and tools are missing. Trying again… You can keep stepping the programs." }
        </p>
    }
}
