//! What a moved switch did to the schedule: which step is impossible now, and what forbids it.

use session::View;
use yew::prelude::*;

use super::scroll::Scroll;

/// The note, and the steps that are struck out.
pub fn replay_note(view: &View) -> Option<Html> {
    let note = view.replay.as_ref()?;
    let struck = view.steps.iter().filter(|step| step.fate.is_struck());
    Some(html! {
        <div class="replay" data-replay="" data-impossible={note.name.map(|name| name.to_string())}>
            <p><span class="ending-mark" aria-hidden="true">{ "⊘" }</span>{ &note.sentence }</p>
            if note.struck_out > 0 {
                <details class="struck">
                    <summary>{ format!("{} struck out", note.struck_out) }</summary>
                    <Scroll class="struck-list" label="Struck out">
                        <ul>
                            { for struck.map(|step| html! { <li data-struck={step.name.to_string()}><s>{ &step.sentence }</s></li> }) }
                        </ul>
                    </Scroll>
                </details>
            }
        </div>
    })
}
