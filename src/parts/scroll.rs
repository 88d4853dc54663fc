//! A place that scrolls inside when it has to, and can then be reached by keyboard.

use yew::prelude::*;

use crate::browser::reach::use_reach;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct ScrollProps {
    /// What it looks like.
    #[prop_or_default]
    pub class: Classes,
    /// What it is called, where it is a stop of its own.
    pub label: AttrValue,
    /// What finds a stop of the Tab key inside, if there is one: then it need not be a stop itself.
    #[prop_or_default]
    pub inside: Option<&'static str>,
    /// What is in it.
    pub children: Html,
}

/// See the module.
#[component]
pub fn Scroll(props: &ScrollProps) -> Html {
    let place = use_node_ref();
    use_reach(&place, &props.label, props.inside);
    html! {
        <div class={classes!("scroll", props.class.clone())} ref={place}>{ props.children.clone() }</div>
    }
}
