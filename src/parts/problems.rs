//! What could not be understood in a link.

use std::rc::Rc;

use yew::prelude::*;

use crate::msg::Msg;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct ProblemsProps {
    /// One sentence each.
    pub problems: Rc<[AttrValue]>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Problems(props: &ProblemsProps) -> Html {
    html! {
        <section class="note warn" aria-label="About this link" data-problems="">
            <div class="note-text">
                <p><b>{ "This link was opened as far as it goes." }</b></p>
                <ul>{ for props.problems.iter().map(|problem| html! { <li>{ problem }</li> }) }</ul>
            </div>
            <button class="btn" data-dismiss="" onclick={props.send.reform(|_| Msg::Dismiss)}>{ "Dismiss" }</button>
        </section>
    }
}
