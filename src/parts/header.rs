//! The header: scenario, model, flavour, link, theme, keys.

use machine::SrcuFlavour;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

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
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let send = &props.send;
    let theme = format!("Theme: {}. Change it", props.theme.name());
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
                <svg viewBox="0 0 18 18" width="16" height="16" aria-hidden="true" class="icon-line">
                    <path d="M7.500 10.500l3-3M8 5.500l1.500-1.500a3.200 3.200 0 0 1 4.500 4.500L12.500 10M10 12.500L8.500 14A3.200 3.200 0 0 1 4 9.500L5.500 8" />
                </svg>
                <span class="copy-text">{ "Copy link" }</span>
            </button>
            <button class="btn icon" data-theme-button={props.theme.name()} aria-label={theme.clone()} title={theme}
                onclick={send.reform(|_| Msg::Theme)}>
                <ThemeIcon theme={props.theme} />
            </button>
            <button class="btn icon" data-keys="" aria-label="Keys" title="Keys (?)" aria-haspopup="dialog"
                onclick={send.reform(|_| Msg::Keys(true))}>{ "?" }</button>
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

#[derive(Properties, PartialEq)]
struct ThemeIconProps {
    theme: Theme,
}

/// A circle: half full, empty with rays, or full.
#[component]
fn ThemeIcon(props: &ThemeIconProps) -> Html {
    let inside = match props.theme {
        Theme::Auto => html! {
            <>
                <circle cx="9" cy="9" r="6" fill="none" stroke="currentColor" stroke-width="1.6" />
                <path d="M9 3a6 6 0 0 1 0 12z" fill="currentColor" />
            </>
        },
        Theme::Light => html! {
            <>
                <circle cx="9" cy="9" r="3.4" fill="none" stroke="currentColor" stroke-width="1.6" />
                <path d="M9 1v2.4M9 14.600V17M1 9h2.400M14.600 9H17M3.300 3.300l1.700 1.700M13 13l1.700 1.700M14.700 3.300L13 5M5 13l-1.700 1.700"
                    stroke="currentColor" stroke-width="1.600" stroke-linecap="round" />
            </>
        },
        Theme::Dark => {
            html! { <path d="M14.500 11A6.500 6.500 0 0 1 7 3.500a6 6 0 1 0 7.500 7.500z" fill="currentColor" /> }
        }
    };
    html! { <svg viewBox="0 0 18 18" width="18" height="18" aria-hidden="true">{ inside }</svg> }
}
