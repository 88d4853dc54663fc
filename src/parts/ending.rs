//! The end of a run: what happened.

use session::view::FinalView;
use yew::prelude::*;

use super::icon::{Icon, icon};

/// How a run ended, for the colour of its banner.
pub fn tone(end: &FinalView) -> &'static str {
    let bad = end
        .outcomes
        .iter()
        .any(|outcome| outcome.bad && outcome.holds);
    if end.deadlock.is_some() {
        "deadlock"
    } else if bad || end.use_after_free || end.uninitialised {
        "bad"
    } else {
        "good"
    }
}

/// The banner.
pub fn banner(end: &FinalView) -> Html {
    let tone = tone(end);
    let mark = match tone {
        "good" => Icon::Good,
        "deadlock" => Icon::Stuck,
        _ => Icon::Bad,
    };
    html! {
        <p class={classes!("ending", tone)} data-ending={tone}>
            <span class="ending-mark" aria-hidden="true">{ icon(mark) }</span>
            <b>{ &end.sentence }</b>
        </p>
    }
}
