//! What stands in the place of something that the engine has not drawn yet.

use yew::prelude::*;

use crate::replies::Loading;

/// See the module: that it is being drawn, or that the engine could not be loaded and is asked for again.
#[component]
pub fn Coming() -> Html {
    let loading = use_context::<Loading>().unwrap_or_default();
    html! {
        <p class="quiet coming-note" role="status" data-coming="">
            { match &loading.0 {
                None => "Loading…".to_owned(),
                Some(_) => "This could not be loaded. Trying again…".to_owned(),
            } }
        </p>
    }
}
