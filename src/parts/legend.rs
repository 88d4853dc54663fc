//! What the marks mean.

use litmus::Reachable;
use session::view::Mark;
use yew::prelude::*;

use super::line::prospect_mark;

/// See the module.
#[component]
pub fn Legend() -> Html {
    html! {
        <>
            <h3>{ "Marks" }</h3>
            <ul class="legend">
                <li><span class="key">{ "1" }</span>{ Mark::Ready.text() }{ "; the key that does it" }</li>
                { for Mark::ALL.into_iter().filter(|mark| !matches!(mark, Mark::Silent | Mark::Ready)).map(|mark| html! {
                    <li class={mark.class()}><span class="line-mark">{ mark.symbol() }</span>{ mark.text() }</li>
                }) }
                <li>{ prospect_mark(Some(Reachable::Yes)) }{ "a bad outcome is still possible after it" }</li>
                <li>{ prospect_mark(Some(Reachable::No)) }{ "no bad outcome is possible after it" }</li>
            </ul>
        </>
    }
}
