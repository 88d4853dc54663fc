//! A place that scrolls inside when it has to, and can then be reached by keyboard.

use web_sys::Element;
use yew::prelude::*;

use crate::browser::width::Watch;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct ScrollProps {
    /// What it looks like.
    #[prop_or_default]
    pub class: Classes,
    /// What it is called, where it is a stop of its own.
    pub label: AttrValue,
    /// What is in it.
    pub children: Html,
}

/// See the module.
#[component]
pub fn Scroll(props: &ScrollProps) -> Html {
    let place = use_node_ref();
    let scrolls = use_state_eq(|| false);
    let measure = {
        let (place, scrolls) = (place.clone(), scrolls.setter());
        move || {
            if let Some(element) = place.cast::<Element>() {
                scrolls.set(
                    element.scroll_height() > element.client_height() + 1
                        || element.scroll_width() > element.client_width() + 1,
                );
            }
        }
    };
    // What is in it changes with every render, its place with the window.
    use_effect(measure.clone());
    {
        let place = place.clone();
        use_effect_with((), move |()| {
            let watch = place
                .cast::<Element>()
                .and_then(|element| Watch::new(&element, move |_| measure()));
            move || drop(watch)
        });
    }
    html! {
        <div class={classes!("scroll", props.class.clone())} ref={place} tabindex={scrolls.then_some("0")}
            role={scrolls.then_some("group")} aria-label={scrolls.then(|| props.label.clone())}>
            { props.children.clone() }
        </div>
    }
}
