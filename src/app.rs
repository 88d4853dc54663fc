//! The shell around the laboratory: the header and the main landmark.

use yew::prelude::*;

/// The whole page.
#[component]
pub fn App() -> Html {
    html! {
        <>
            <header class="top">
                <h1 class="mark"><Mark />{ "Stale Bus" }</h1>
            </header>
            <main class="lab">
                <section class="panel" aria-labelledby="about">
                    <h2 id="about">{ "About" }</h2>
                    <p>{ "A laboratory for one Linux kernel race and the memory ordering behind it." }</p>
                </section>
            </main>
        </>
    }
}

/// The logo: a bus whose rear wheel is stale.
#[component]
fn Mark() -> Html {
    html! {
        <svg class="logo" viewBox="0 0 22 22" aria-hidden="true">
            <rect x="2" y="4" width="18" height="12" rx="3" />
            <path d="M2 10h18" />
            <circle class="stale" cx="7" cy="18" r="2" />
            <circle cx="15" cy="18" r="2" />
        </svg>
    }
}
