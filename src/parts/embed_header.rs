//! The header of an embedded view: what it is, and the way to the whole laboratory.

use yew::prelude::*;

use super::icon::{Icon, icon};
use super::logo::Logo;
use crate::browser::address;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct EmbedHeaderProps {
    /// The scenario's title.
    pub title: AttrValue,
    /// The model's name.
    pub model: AttrValue,
    /// The link to the same state in the full view.
    pub link: AttrValue,
}

/// See the module.
#[component]
pub fn EmbedHeader(props: &EmbedHeaderProps) -> Html {
    // In a sandboxed frame nothing opens elsewhere: then the frame itself becomes the whole laboratory.
    let target = (!address::is_sandboxed()).then_some("_blank");
    html! {
        <header class="top slim">
            <h1 class="mark"><Logo />{ &props.title }</h1>
            <span class="chip">{ &props.model }</span>
            <span class="spring" />
            <a class="full" data-full="" href={&props.link} {target} rel="noopener">{ "Open full" }{ icon(Icon::Away) }</a>
        </header>
    }
}
