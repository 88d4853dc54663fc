//! The header: scenario, model, flavour, link, theme, keys.

use machine::SrcuFlavour;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::icon::{Icon, icon};
use super::logo::Logo;
use super::models::{Flavours, Models};
use crate::browser::theme::Theme;
use crate::msg::Msg;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct HeaderProps {
    /// The scenario's id.
    pub id: AttrValue,
    /// The model's id.
    pub model: AttrValue,
    /// The flavour of SRCU, where the scenario uses SRCU.
    pub flavour: Option<SrcuFlavour>,
    /// The theme.
    pub theme: Theme,
    /// It is the presenter's view.
    pub present: bool,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let send = &props.send;
    let theme = format!("Theme: {}. Change it", props.theme.title());
    html! {
        <header class="top">
            <h1 class="mark"><Logo />{ "Stale Bus" }</h1>
            <Scenarios id={&props.id} {send} />
            <Models model={&props.model} {send} />
            if let Some(flavour) = props.flavour {
                <Flavours {flavour} {send} />
            }
            <span class="spring" />
            <button class="btn copy" data-copy="" title="Copy a link to exactly this" onclick={send.reform(|_| Msg::Copy)}>
                { icon(Icon::Link) }
                <span class="copy-text">{ "Copy link" }</span>
            </button>
            <button class="btn icon" data-present="" aria-pressed={props.present.to_string()} aria-label="Presenter view"
                title={if props.present { "Leave the presenter view (P, Esc)" } else { "Presenter view (P)" }}
                onclick={send.reform(|_| Msg::Present(None))}>{ icon(Icon::Present) }</button>
            <button class="btn icon" data-theme-button={props.theme.name()} aria-label={theme.clone()} title={theme}
                onclick={send.reform(|_| Msg::Theme)}>
                { icon(match props.theme {
                    Theme::Auto => Icon::Auto,
                    Theme::Light => Icon::Light,
                    Theme::Dark => Icon::Dark,
                    Theme::Contrast => Icon::Contrast,
                }) }
            </button>
            <button class="btn icon" data-keys="" aria-label="Keys" title="Keys (?)" aria-haspopup="dialog"
                onclick={send.reform(|_| Msg::Keys(true))}>{ icon(Icon::Keys) }</button>
        </header>
    }
}

#[derive(Properties, PartialEq)]
struct ScenariosProps {
    id: AttrValue,
    send: Callback<Msg>,
}

#[component]
fn Scenarios(props: &ScenariosProps) -> Html {
    let onchange = props.send.reform(|event: Event| {
        Msg::Scenario(event.target_unchecked_into::<HtmlSelectElement>().value())
    });
    let lessons = lessons::all();
    let mut chapters: Vec<&str> = lessons.iter().map(|lesson| lesson.chapter).collect();
    chapters.dedup();
    html! {
        <select class="sel" aria-label="Scenario" data-scenario={&props.id} {onchange}>
            if props.id.is_empty() {
                <option value="" selected={true}>{ "Your own test" }</option>
            }
            { for chapters.into_iter().map(|chapter| html! {
                <optgroup label={chapter}>
                    { for lessons.iter().filter(|lesson| lesson.chapter == chapter).map(|lesson| html! {
                        <option value={lesson.id} selected={lesson.id == props.id.as_str()}>{ lesson.title }</option>
                    }) }
                </optgroup>
            }) }
        </select>
    }
}
