//! What stands in the place of a panel until it can be drawn, and is about as large.

use yew::prelude::*;

/// In the place of the hardware.
pub fn hardware() -> Html {
    html! {
        <section class="panel hardware coming" aria-labelledby="hardware" aria-busy="true">
            <h2 id="hardware">{ "Hardware" }</h2>
        </section>
    }
}

/// In the place of the space-time diagram, and of the line below it.
pub fn diagram() -> Html {
    html! { <><div class="picture coming" aria-busy="true" /><p class="time-detail idle" /></> }
}

/// In the place of *Can it happen?*
pub fn verdicts() -> Html {
    html! {
        <section class="panel verdicts coming" aria-labelledby="verdicts" aria-busy="true">
            <h2 id="verdicts">{ "Can it happen?" }</h2>
        </section>
    }
}
