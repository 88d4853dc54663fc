//! The logo: a bus whose rear wheel is stale.

use yew::prelude::*;

/// See the module.
#[component]
pub fn Logo() -> Html {
    html! {
        <svg class="logo" viewBox="0 0 22 22" aria-hidden="true">
            <rect x="2" y="4" width="18" height="12" rx="3" />
            <path d="M2 10h18" />
            <circle class="stale" cx="7" cy="18" r="2" />
            <circle cx="15" cy="18" r="2" />
        </svg>
    }
}
